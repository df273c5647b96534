/* Colours by what they are for: every text of every theme can be read in the sun. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include "common/contrast.h"
#include "common/theme.h"

static const struct {
    enum colour text, ground;
} pairs[] = {
    {COLOUR_TEXT, COLOUR_PAGE},      {COLOUR_TEXT, COLOUR_TILE}, {COLOUR_TEXT, COLOUR_VOID},
    {COLOUR_SOFT, COLOUR_PAGE},      {COLOUR_SOFT, COLOUR_TILE}, {COLOUR_SOFT, COLOUR_VOID},
    {COLOUR_INK, COLOUR_TILE},       {COLOUR_PASS, COLOUR_TILE}, {COLOUR_STOP, COLOUR_TILE},
    {COLOUR_BAR_TEXT, COLOUR_BAR},   {COLOUR_ON, COLOUR_GOOD},   {COLOUR_ON, COLOUR_BUSY},
    {COLOUR_ON, COLOUR_BAD},         {COLOUR_ON, COLOUR_WARN},   {COLOUR_ON, COLOUR_SHUT},
    {COLOUR_NOTE_TEXT, COLOUR_NOTE},
};

static void readable(const struct theme_choice *choice, const char *name)
{
    struct theme theme;
    theme_make(&theme, choice);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        double is = contrast_ratio(theme.colour[pairs[i].text], theme.colour[pairs[i].ground]);
        if (is < CONTRAST_TEXT)
            fail_msg("%s: colour %d on %d is %.2f:1", name, pairs[i].text, pairs[i].ground, is);
    }
    assert_int_equal(theme.colour[COLOUR_PAPER], 0xFFFFFF); /* a code is dark on light in every theme */
}

static void contrast_is_that_of_wcag(void **state)
{
    (void)state;
    assert_int_equal(contrast_ratio(0xFFFFFF, 0x000000) * 100, 2100);
    assert_int_equal(contrast_ratio(0x777777, 0xFFFFFF) * 100, 447);
    assert_int_equal(contrast_ratio(0x123456, 0x123456) * 100, 100);
    assert_int_equal(contrast_on(0xFFE000), 0x000000);
    assert_int_equal(contrast_on(0x103050), 0xFFFFFF);
}

static void every_base_can_be_read(void **state)
{
    (void)state;
    for (int base = 0; base < THEME_BASE_COUNT; base++) {
        struct theme_choice choice = theme_choice_none();
        choice.base = (enum theme_base)base;
        readable(&choice, theme_base_name(choice.base));
        assert_int_equal(theme_base_find(theme_base_name(choice.base)), base);
    }
    assert_int_equal(theme_base_find("pink"), THEME_BASE_COUNT);
}

/* The loader refuses what does not reach 7:1; whatever it lets through is read with all that follows from it.
 */
static void what_the_loader_accepts_can_be_read(void **state)
{
    (void)state;
    static const int32_t grounds[] = {0xFFFFFF, 0xFFF8E0, 0xE0F0E8, 0x102018, 0x000000, 0x301020};
    static const int32_t accents[] = {0xFFD500, 0x6A1B9A, 0x003300, 0xFFFFFF, 0x000000};
    for (size_t g = 0; g < sizeof(grounds) / sizeof(grounds[0]); g++)
        for (size_t a = 0; a < sizeof(accents) / sizeof(accents[0]); a++)
            for (int base = THEME_LIGHT; base <= THEME_DARK; base++) {
                uint32_t ground = (uint32_t)grounds[g], card = ground;
                struct theme_choice choice = {.base = (enum theme_base)base,
                                              .accent = accents[a],
                                              .ground = (int32_t)ground,
                                              .card = (int32_t)card,
                                              .ink = (int32_t)contrast_on(card)};
                readable(&choice, "own colours");
            }
}

static void the_night_keeps_its_own_colours(void **state)
{
    (void)state;
    struct theme plain, own;
    struct theme_choice choice = theme_choice_none();
    choice.base = THEME_NIGHT;
    theme_make(&plain, &choice);
    choice.accent = choice.ground = choice.card = 0xFFFFFF;
    choice.ink = 0;
    theme_make(&own, &choice);
    assert_memory_equal(&plain, &own, sizeof(own));
}

static void a_night_goes_over_midnight(void **state)
{
    (void)state;
    assert_true(theme_is_night(1320, 360, 1320) && theme_is_night(1320, 360, 0) &&
                theme_is_night(1320, 360, 359));
    assert_false(theme_is_night(1320, 360, 360) || theme_is_night(1320, 360, 1319));
    assert_true(theme_is_night(60, 120, 60) && !theme_is_night(60, 120, 120));
    assert_false(theme_is_night(-1, -1, 10) || theme_is_night(1320, 360, -1) || theme_is_night(5, 5, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contrast_is_that_of_wcag),
        cmocka_unit_test(every_base_can_be_read),
        cmocka_unit_test(what_the_loader_accepts_can_be_read),
        cmocka_unit_test(a_night_goes_over_midnight),
        cmocka_unit_test(the_night_keeps_its_own_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
