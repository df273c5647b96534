/* The group screen: what it holds, what it holds where the file is silent, and what is refused. */
#include "common/theme.h"
#include "tests/unit/config/cases.h"

static const struct cases_edit screen_cases[] = {
    {"shift_px = 6", "shift_px = 17", "49: screen.shift_px: is 17; must be 0..16 px\n"},
    {"shift_px = 6", "shift_px = \"6\"", "49: screen.shift_px: is \"6\"; must be a whole number 0..16 px\n"},
    {"shift_px = 6", "shift = 6", "49: screen.shift: unknown key; did you mean \"shift_s\"?\n"},
    {"\"touch\"", "\"all\"", "49: screen.language: is \"all\"; must be \"turn\", \"first\" or \"touch\"\n"},
    {"sounds = 40", "sounds = 101", "49: screen.sounds: is 101; must be 0..100 %\n"},
    {"sounds = 40", "sounds = true", "49: screen.sounds: is true; must be a whole number 0..100 %\n"},
    {"bright_s = 7", "bright_s = 0", "49: screen.bright_s: is 0; must be 1..3600 s\n"},
    {"\"06:30\"", "\"24:00\"",
     "50: screen.brightness[0].from: is \"24:00\"; must be a time of the day like \"22:30\"\n"},
    {"\"06:30\"", "\"6:30\"",
     "50: screen.brightness[0].from: is \"6:30\"; must be a time of the day like \"22:30\"\n"},
    {"\"06:30\"", "\"06:60\"",
     "50: screen.brightness[0].from: is \"06:60\"; must be a time of the day like \"22:30\"\n"},
    {"\"06:30\"", "\":6:30\"",
     "50: screen.brightness[0].from: is \":6:30\"; must be a time of the day like \"22:30\"\n"},
    {"\"06:30\"", "\"\"",
     "50: screen.brightness[0].from: is \"\"; must be a time of the day like \"22:30\"\n"},
    {"\"06:30\"", "630",
     "50: screen.brightness[0].from: is 630; must be in quotes: a time of the day like \"22:30\"\n"},
    {"\"06:30\"", "\"22:00\"",
     "50: screen.brightness[1].from: screen.brightness[0] begins at the same time\n"},
    {"percent = 40", "percent = 0", "50: screen.brightness[1].percent: is 0; must be 1..100 %\n"},
    {"; percent = 40", "",
     "50: screen.brightness[1].percent: is missing; must be given: of the full brightness; with the clock "
     "not set "
     "the panel is at 100\n"},
    {"\"dark\"", "\"black\"",
     "51: screen.theme.base: is \"black\"; must be \"light\", \"dark\" or \"night\"\n"},
    {"\"large\"", "\"huge\"", "51: screen.theme.text: is \"huge\"; must be \"normal\" or \"large\"\n"},
    {"#FFD500", "FFD500", "51: screen.theme.accent: is \"FFD500\"; must be a colour like \"#0E3A5B\"\n"},
    {"#FFD500", "#FFD50", "51: screen.theme.accent: is \"#FFD50\"; must be a colour like \"#0E3A5B\"\n"},
    {"#FFD500", "#FFD50G", "51: screen.theme.accent: is \"#FFD50G\"; must be a colour like \"#0E3A5B\"\n"},
    {"\"#FFD500\"", "0xFFD500",
     "51: screen.theme.accent: is 16766208; must be in quotes: a colour like \"#0E3A5B\"\n"},
    {"#FFD500", "#777777",
     "51: screen.theme.accent: text #000000 on #777777 has a contrast of 4.7:1; it must have 7:1 to be read "
     "in the sun\n"},
    {"#ffffff", "#707070",
     "51: screen.theme.ground: text #707070 on #101418 has a contrast of 3.7:1; it must have 7:1 to be read "
     "in the sun\n"
     "51: screen.theme.card: text #707070 on #1A2026 has a contrast of 3.3:1; it must have 7:1 to be read "
     "in the sun\n"},
    {"ground = \"#101418\"", "ground = \"#E0E0E0\"",
     "51: screen.theme.ground: text #FFFFFF on #E0E0E0 has a contrast of 1.3:1; it must have 7:1 to be read "
     "in the sun\n"},
    {"night_to = \"06:15\";", "",
     "52: screen.theme: night_from and night_to belong together; give both or none\n"},
    {"logo = \"/dev/null\"", "logo = 5",
     "52: screen.theme.logo: is 5; must be in quotes: a path of at most 255 bytes\n"},
    {"( { from", "( 5, { from", "50: screen.brightness[0]: is 5; must be a group: { ... }\n"},
};

static struct cases_said said;

static void the_screen_is_read(void **state)
{
    (void)state;
    assert_int_equal(cases_load("tests/unit/config/base.cfg", 0, &said), 0);
    const struct config_screen *screen = &cases_config.screen;
    assert_int_equal(screen->language_by, CONFIG_LANGUAGE_TOUCH);
    assert_int_equal(screen->language_back_s, 20);
    assert_int_equal(screen->shift_px, 6);
    assert_int_equal(screen->shift_s, 5);
    assert_int_equal(screen->bright_s, 7);
    assert_int_equal(screen->sounds, 40);
    assert_non_null(strstr(screen->backlight, "/tests/unit/config/light"));
    assert_non_null(strstr(screen->connectors, "/tests/unit/config/drm"));
    assert_int_equal(screen->theme.base, THEME_DARK);
    assert_int_equal(screen->theme.large, 1);
    assert_int_equal(screen->theme.accent, 0xFFD500);
    assert_int_equal(screen->theme.ink, 0xFFFFFF);
    assert_int_equal(screen->theme.night_from_min, 23 * 60);
    assert_int_equal(screen->theme.night_to_min, 6 * 60 + 15);
    assert_non_null(strstr(screen->theme.logo, "/dev/null"));
    assert_int_equal(screen->brightness_count, 2);
    assert_int_equal(screen->brightness[0].from_min, 390);
    assert_int_equal(screen->brightness[1].from_min, 1320);
    assert_int_equal(screen->brightness[1].percent, 40);
}

static void a_silent_file_gives_the_presets(void **state)
{
    (void)state;
    static struct config_screen presets;
    config_screen_presets(&presets);
    assert_int_equal(cases_load("tests/unit/config/least.cfg", 0, &said), 0);
    assert_memory_equal(&cases_config.screen, &presets, sizeof(presets));
    assert_int_equal(presets.language_by, CONFIG_LANGUAGE_TURN);
    assert_int_equal(presets.shift_px, 4);
    assert_int_equal(presets.sounds, 0);
    assert_int_equal(presets.brightness_count, 0);
    assert_int_equal(presets.theme.base, THEME_LIGHT);
    assert_int_equal(presets.theme.accent, CONFIG_NO_COLOUR);
    assert_int_equal(presets.theme.night_from_min, CONFIG_NO_TIME);
    assert_string_equal(presets.backlight, "/sys/class/backlight");
}

static void faults_of_the_screen_are_told(void **state)
{
    (void)state;
    cases_run(screen_cases, sizeof(screen_cases) / sizeof(screen_cases[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_screen_is_read),
        cmocka_unit_test(a_silent_file_gives_the_presets),
        cmocka_unit_test(faults_of_the_screen_are_told),
    };
    return cmocka_run_group_tests(tests, cases_setup, cases_teardown);
}
