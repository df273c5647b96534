/* The rows of the groups screen and screen.brightness. */
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
    {"backlight", SCHEMA_PATH, .preset_text = "/sys/class/backlight", SCREEN(backlight),
     .meaning = "folder of the panel's backlight, or of all of them (the first by name is taken); without "
                "one that can "
                "be written the picture is drawn darker"},
    {"connectors", SCHEMA_PATH, .preset_text = "", SCREEN(connectors),
     .meaning =
         "folder with CARD-CONNECTOR/status, watched for unplugged panels; \"\" = /sys/class/drm with the "
         "kmsdrm driver, nothing else"},
    {"brightness", SCHEMA_GROUP, .preset_text = "full all day", .meaning = "see screen.brightness"},
};

const struct schema_key schema_brightness_keys[SCHEMA_BRIGHTNESS_KEYS] = {
    {"from", SCHEMA_TIME, .required = true, LEVEL(from_min), .meaning = "local time of the machine"},
    {"percent", SCHEMA_INT, .required = true, .min = 1, .max = 100, .unit = "%", LEVEL(percent),
     .meaning = "of the full brightness; with the clock not set the panel is at 100"},
};
