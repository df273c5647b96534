/* Every state of every size against its golden picture, as a list of what is drawn where: the scene is pure,
 * so the list is the same on every system. `make goldens` writes them anew: KIOSK_WRITE_GOLDENS=1 in the
 * environment.
 *
 * tests/goldens/WxH.txt has a line "= state-page language items sum" for each picture; two sizes have the
 * lists themselves below it, so that a difference can be read. The other sizes have only the sums: a list can
 * be had by KIOSK_SHOW_GOLDEN=1024x600/idle-p1.
 */
#include "tests/unit/scene_bench.h"
#include <inttypes.h>
#include <stdlib.h>

enum { TEXT_SIZE = 1 << 20, NAME_SIZE = 96 };

static const struct {
    int32_t width, height;
    bool whole; /* with the lists */
} panels[] = {{800, 480, true},    {480, 800, true},    {1024, 600, false},
              {600, 1024, false},  {1280, 800, false},  {800, 1280, false},
              {1920, 1080, false}, {1080, 1920, false}, {792, 472, false}};
enum { PANELS = sizeof(panels) / sizeof(panels[0]) };

/* A new field of an item must be printed below, or it could change unseen. */
_Static_assert(sizeof(struct scene_item) == 60, "print the new field");

static char now[TEXT_SIZE], golden[TEXT_SIZE], list[TEXT_SIZE];
static size_t now_used, list_used;
static int32_t differences, told;

static void item_print(const struct scene_item *item)
{
    static const char *const kinds[] = {[SCENE_RECT] = "rect",
                                        [SCENE_TEXT] = "text",
                                        [SCENE_QR] = "code",
                                        [SCENE_IMAGE] = "image",
                                        [SCENE_SIGN] = "sign"};
    static const char *const aligns[] = {
        [SCENE_LEFT] = "", [SCENE_CENTRE] = " centre", [SCENE_RIGHT] = " right"};
    assert_true((size_t)item->kind < sizeof(kinds) / sizeof(kinds[0]));
    const char *text = scene_text(&scene, item);
    assert_true(text_append(list, sizeof(list), &list_used, "%s %d,%d %dx%d %06X", kinds[item->kind],
                            item->box.x, item->box.y, item->box.w, item->box.h, (unsigned)item->colour));
    if (item->radius)
        (void)text_append(list, sizeof(list), &list_used, " round %d", item->radius);
    if (item->size_px)
        (void)text_append(list, sizeof(list), &list_used, " %d-%d/%d", item->size_px, item->least_px,
                          item->lines);
    (void)text_append(list, sizeof(list), &list_used, "%s%s%s", aligns[item->align],
                      item->bold ? " bold" : "", item->top ? " top" : "");
    if (item->module_px)
        (void)text_append(list, sizeof(list), &list_used, " module %d", item->module_px);
    if (item->sign)
        (void)text_append(list, sizeof(list), &list_used, " sign %d", (int)item->sign);
    (void)text_append(list, sizeof(list), &list_used, "%s%s\n", text[0] ? " " : "", text);
}

static void list_print(void)
{
    list_used = 0;
    list[0] = '\0';
    for (int32_t i = 0; i < scene.count; i++)
        item_print(&scene.items[i]);
    for (int32_t i = 0; i < scene.touch_count; i++) {
        const struct scene_touch *touch = &scene.touches[i];
        assert_true(text_append(list, sizeof(list), &list_used, "touch %d,%d %dx%d kind %d product %d\n",
                                touch->box.x, touch->box.y, touch->box.w, touch->box.h, (int)touch->kind,
                                touch->product));
    }
}

/* FNV-1a, 64 bits. */
static uint64_t sum_of(const char *text)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    for (; *text; text++)
        sum = (sum ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return sum;
}

static void picture_print(size_t panel, const char *state)
{
    char name[NAME_SIZE];
    list_print();
    (void)snprintf(name, sizeof(name), "%s-p%d", state, scene.page + 1);
    assert_true(text_append(now, sizeof(now), &now_used, "= %s %d items %016" PRIx64 "\n", name, scene.count,
                            sum_of(list)));
    if (panels[panel].whole)
        assert_true(text_append(now, sizeof(now), &now_used, "%s", list));
    char whole[NAME_SIZE + 32];
    (void)snprintf(whole, sizeof(whole), "%dx%d/%s", panels[panel].width, panels[panel].height, name);
    const char *wanted = getenv("KIOSK_SHOW_GOLDEN");
    if (wanted && strcmp(wanted, whole) == 0)
        print_message("%s:\n%s", whole, list);
}

static void panel_print(size_t panel)
{
    now_used = 0;
    for (int32_t i = 0; i < samples_count(); i++) {
        sample(samples_name(i));
        view.width = panels[panel].width;
        view.height = panels[panel].height;
        view.language = i % SAMPLES_LANGUAGES;
        for (view.page = 0; view.page == 0 || view.page < scene.pages; view.page++) {
            build();
            picture_print(panel, samples_name(i));
        }
    }
}

/* With the button for the language, where no sample has it. */
static void buttons_print(size_t panel)
{
    static const char *const states[][2] = {{"bus-few", "bus-button"}, {"offline", "offline-button"}};
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        sample(states[i][0]);
        view.width = panels[panel].width;
        view.height = panels[panel].height;
        view.language_button = true;
        build();
        picture_print(panel, states[i][1]);
    }
}

/* Cuts the first line off *text; "" behind the last. */
static const char *line_take(char **text)
{
    char *line = *text, *end = strchr(line, '\n');
    if (!end)
        return "";
    *end = '\0';
    *text = end + 1;
    return line;
}

static void difference_tell(const char *file, const char *picture, const char *was, const char *is)
{
    differences++;
    if (told++ < 20)
        print_error("%s, %s\n  was: %s\n  is:  %s\n", file, picture, was, is);
}

/* Skips what one list has more than the other, up to the next picture. */
static void rest_take(char **text, const char *file, const char *picture, bool old)
{
    const char *first = **text && **text != '=' ? line_take(text) : NULL;
    if (first)
        difference_tell(file, picture, old ? first : "nothing", old ? "nothing" : first);
    while (**text && **text != '=')
        (void)line_take(text);
}

static void golden_compare(const char *file, char *was, char *is)
{
    char picture[NAME_SIZE] = "";
    while (*was || *is) {
        if (*is == '=' && *was != '=')
            rest_take(&was, file, picture, true);
        else if (*was == '=' && *is != '=')
            rest_take(&is, file, picture, false);
        const char *old = line_take(&was), *new = line_take(&is);
        if (new[0] == '=')
            (void)snprintf(picture, sizeof(picture), "%.*s", (int)strcspn(new + 2, " "), new + 2);
        if (strcmp(old, new) != 0)
            difference_tell(file, picture, old, new);
    }
}

static void golden_check(size_t panel)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "tests/goldens/%dx%d.txt", panels[panel].width, panels[panel].height);
    panel_print(panel);
    buttons_print(panel);
    if (getenv("KIOSK_WRITE_GOLDENS")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_int_equal(fwrite(now, 1, now_used, file), now_used);
        assert_int_equal(fclose(file), 0);
        return;
    }
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is missing; make goldens writes it", path);
    size_t size = file ? fread(golden, 1, sizeof(golden) - 1, file) : 0;
    golden[size] = '\0';
    if (file)
        assert_int_equal(fclose(file), 0);
    if (strcmp(golden, now) != 0)
        golden_compare(path, golden, now);
}

static void every_state_of_every_size_is_as_it_was(void **state)
{
    (void)state;
    differences = 0;
    for (size_t panel = 0; panel < PANELS; panel++)
        golden_check(panel);
    if (differences > 0)
        fail_msg("%d differences; if they are meant, look at the pictures (kiosk-display --gallery DIR), "
                 "then make goldens",
                 differences);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_of_every_size_is_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
