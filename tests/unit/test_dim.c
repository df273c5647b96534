/* A picture that is drawn darker can still be read: every text and sign on what lies under it, in every
 * theme. */
#include "common/contrast.h"
#include "display/frame.h"
#include "common/theme.h"
#include "tests/unit/scene_bench.h"

/* Large texts of WCAG 2, level AA; every text of a screen to be read at two metres is large. */
#define CONTRAST_DIM 3.0

static uint8_t tone[256];

static uint32_t dim(uint32_t colour)
{
    return (uint32_t)tone[colour >> 16 & 0xFF] << 16 | (uint32_t)tone[colour >> 8 & 0xFF] << 8 |
           tone[colour & 0xFF];
}

/* The last box drawn under the middle of an item; NULL: a picture or a code, or nothing. */
static const struct scene_item *ground_of(int32_t index)
{
    const struct scene_item *item = &scene.items[index], *found = NULL;
    int32_t x = item->box.x + item->box.w / 2, y = item->box.y + item->box.h / 2;
    for (int32_t i = 0; i < index; i++) {
        const struct scene_item *under = &scene.items[i];
        if (under->kind != SCENE_TEXT && under->kind != SCENE_SIGN && x >= under->box.x &&
            x < under->box.x + under->box.w && y >= under->box.y && y < under->box.y + under->box.h)
            found = under;
    }
    return found && found->kind == SCENE_RECT ? found : NULL;
}

static double least_of_picture(void)
{
    double least = 21;
    for (int32_t i = 0; i < scene.count; i++) {
        const struct scene_item *item = &scene.items[i];
        const struct scene_item *ground =
            item->kind == SCENE_TEXT || item->kind == SCENE_SIGN ? ground_of(i) : NULL;
        double is = ground ? contrast_ratio(dim(item->colour), dim(ground->colour)) : 21;
        if (is < CONTRAST_DIM)
            fail_msg("%06X on %06X is %.2f:1: %s", (unsigned)item->colour, (unsigned)ground->colour, is,
                     scene_text(&scene, item));
        least = is < least ? is : least;
    }
    return least;
}

static void texts_and_signs_can_be_read_at_the_least_brightness(void **state)
{
    (void)state;
    frame_tone(tone, 1);
    for (int base = 0; base < THEME_BASE_COUNT; base++) {
        static struct theme theme;
        struct theme_choice choice = theme_choice_none();
        choice.base = (enum theme_base)base;
        theme_make(&theme, &choice);
        double least = 21;
        for (int32_t i = 0; i < samples_count(); i++) {
            sample(samples_name(i));
            view.theme = &theme;
            build();
            double here = least_of_picture();
            least = here < least ? here : least;
        }
        print_message("# %s: at least %.1f:1\n", theme_base_name((enum theme_base)base), least);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_and_signs_can_be_read_at_the_least_brightness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
