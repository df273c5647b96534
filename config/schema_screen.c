/* The rows of the groups screen, screen.theme and screen.brightness. */
#include "common/theme.h"
#include "config/schema.h"

#define SCREEN(field)                                                                                        \
    .offset = offsetof(struct config, screen.field), .size = sizeof(((struct config *)0)->screen.field)
#define LEVEL(field)                                                                                         \
    .offset = offsetof(struct config_brightness, field),                                                     \
    .size = sizeof(((struct config_brightness *)0)->field)

const struct schema_key schema_screen_keys[SCHEMA_SCREEN_KEYS] = {
    {"language", SCHEMA_CHOICE, .preset = CONFIG_LANGUAGE_TURN, .choices = "turn|first|touch",
     SCREEN(language_by),
     .meaning = "all of kiosk.languages in turn; only the first; the first, and a button changes it"},
    {"language_back_s", SCHEMA_INT, .min = 5, .max = 3600, .preset = 30, .unit = "s", SCREEN(language_back_s),
     .meaning = "with \"touch\": so long after the last touch the first language is back"},
    {"shift_px", SCHEMA_INT, .min = 0, .max = 16, .preset = 4, .unit = "px", SCREEN(shift_px),
     .meaning = "against burn-in: how far the whole picture wanders to each side; 0 = it stands still"},
    {"shift_s", SCHEMA_INT, .min = 1, .max = 86400, .preset = 60, .unit = "s", SCREEN(shift_s),
     .meaning = "how often it moves one pixel further; never while a payment is on the screen"},
    {"bright_s", SCHEMA_INT, .min = 1, .max = 3600, .preset = 30, .unit = "s", SCREEN(bright_s),
     .meaning = "full brightness so long after a touch and after a payment has left the screen"},
    {"sounds", SCHEMA_INT, .min = 0, .max = 100, .preset = 0, .unit = "%", SCREEN(sounds),
     .meaning = "volume of the sounds for paid, ready and failed; 0 = the screen is silent"},
    {"backlight", SCHEMA_PATH, .preset_text = "/sys/class/backlight", SCREEN(backlight),
     .meaning = "folder of the panel's backlight, or of all of them (the first by name is taken); without "
                "one that can "
                "be written the picture is drawn darker"},
    {"connectors", SCHEMA_PATH, .preset_text = "", SCREEN(connectors),
     .meaning =
         "folder with CARD-CONNECTOR/status, watched for unplugged panels; \"\" = /sys/class/drm with the "
         "kmsdrm driver, nothing else"},
    {"theme", SCHEMA_GROUP, .preset_text = "light, normal texts",
     .meaning = "colours, letters and logo; see screen.theme"},
    {"brightness", SCHEMA_GROUP, .preset_text = "full all day", .meaning = "see screen.brightness"},
};

#define THEME(field) SCREEN(theme.field)
const struct schema_key schema_theme_keys[SCHEMA_THEME_KEYS] = {
    {"base", SCHEMA_CHOICE, .preset = THEME_LIGHT, .choices = "light|dark|night", THEME(base),
     .meaning = "all colours at once; night is dim, for a dark place"},
    {"text", SCHEMA_CHOICE, .choices = "normal|large", THEME(large),
     .meaning = "size of the texts; large for weak sight, with fewer products on a page"},
    {"accent", SCHEMA_COLOUR, .preset = CONFIG_NO_COLOUR, .preset_text = "the base's", THEME(accent),
     .meaning = "heading and price tags; black or white on it must have a contrast of 7:1"},
    {"ground", SCHEMA_COLOUR, .preset = CONFIG_NO_COLOUR, .preset_text = "the base's", THEME(ground),
     .meaning = "behind the cards"},
    {"card", SCHEMA_COLOUR, .preset = CONFIG_NO_COLOUR, .preset_text = "the base's", THEME(card),
     .meaning = "cards of the products"},
    {"ink", SCHEMA_COLOUR, .preset = CONFIG_NO_COLOUR, .preset_text = "the base's", THEME(ink),
     .meaning = "texts on ground and card; 7:1 on both"},
    {"night_from", SCHEMA_TIME, .preset = CONFIG_NO_TIME, .preset_text = "never", THEME(night_from_min),
     .meaning = "from this time of the day the base is night"},
    {"night_to", SCHEMA_TIME, .preset = CONFIG_NO_TIME, .preset_text = "never", THEME(night_to_min),
     .meaning = "until this one"},
    {"logo", SCHEMA_PATH, .preset_text = "", THEME(logo),
     .meaning = "picture (PNG or JPEG) for the heading, before the name"},
    {"font", SCHEMA_PATH, .preset_text = "", THEME(font),
     .meaning = "font file (TrueType or OpenType) of the texts; \"\" = Roboto"},
    {"font_bold", SCHEMA_PATH, .preset_text = "", THEME(font_bold),
     .meaning = "font file of headings and prices; \"\" = Roboto Bold"},
};

const struct schema_key schema_brightness_keys[SCHEMA_BRIGHTNESS_KEYS] = {
    {"from", SCHEMA_TIME, .required = true, LEVEL(from_min), .meaning = "local time of the machine"},
    {"percent", SCHEMA_INT, .required = true, .min = 1, .max = 100, .unit = "%", LEVEL(percent),
     .meaning = "of the full brightness; with the clock not set the panel is at 100"},
};
