/* The configuration as plain data: what the file says, checked, with names resolved to indices.
 *
 * Filled by config_load() (config/load.h) and never changed afterwards; everybody borrows it. Times carry
 * their unit in the name. Money is in minor units (250 = 2.50). Strings are UTF-8, NUL-terminated, never
 * NULL; "" = not given. An index of -1 means "none". The key names, ranges and defaults stand in one table:
 * config/schema.c.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CONFIG_MAX_PRODUCTS = 64,
    CONFIG_MAX_DEVICES = 64,
    CONFIG_MAX_LANES = 16, /* of these barriers, turnstiles and validators: all may be at work at once */
    CONFIG_MAX_LINES = 192,
    CONFIG_MAX_BUSES = 8,
    CONFIG_MAX_KEYS = 8,
    CONFIG_MAX_LANGUAGES = 8,
    CONFIG_MAX_BRIGHTNESS = 8,
    CONFIG_ID_SIZE = 65,    /* ids and names: 1..64 of [A-Za-z0-9_.-] */
    CONFIG_TEXT_SIZE = 257, /* titles, names, accounts: up to 64 characters, 256 bytes */
    CONFIG_PATH_SIZE = 256,
    CONFIG_HOST_SIZE = 254,
    CONFIG_QR_SIZE = 1025, /* QR text, bytes + NUL (config check: at most 1024) */
    CONFIG_LANG_SIZE = 4,
};

enum config_clock_trust { CONFIG_CLOCK_NTP, CONFIG_CLOCK_RTC, CONFIG_CLOCK_ALWAYS };

enum config_key_alg { CONFIG_ALG_EDDSA, CONFIG_ALG_HS256 };
enum { CONFIG_USE_PAYMENT = 1, CONFIG_USE_ACK = 2, CONFIG_USE_COMMAND = 4 };

struct config_key {
    char kid[CONFIG_ID_SIZE];
    enum config_key_alg alg;
    uint8_t
        secret[64]; /* EdDSA: 32 bytes public key; HS256: the secret read from secret_file, 32..64 bytes */
    uint32_t secret_size;
    uint32_t use; /* CONFIG_USE_* bits */
};

struct config_mqtt {
    char host[CONFIG_HOST_SIZE];
    int32_t port;
    char prefix[CONFIG_ID_SIZE];
    int32_t version; /* 5 or 3 (3 = 3.1.1; the file may say 3, 4 or 311) */
    char username[CONFIG_TEXT_SIZE];
    char password_file[CONFIG_PATH_SIZE];
    int32_t keepalive_s;
    int64_t session_expiry_s;
    bool tls; /* the tls group is present */
    char tls_ca[CONFIG_PATH_SIZE], tls_cert[CONFIG_PATH_SIZE], tls_key[CONFIG_PATH_SIZE];
};

enum config_bus_type { CONFIG_BUS_TCP, CONFIG_BUS_RTU };
struct config_bus {
    char name[CONFIG_ID_SIZE];
    enum config_bus_type type;
    char host[CONFIG_HOST_SIZE]; /* tcp */
    int32_t port;
    char device[CONFIG_PATH_SIZE]; /* rtu */
    int32_t baud;
    char parity; /* 'N', 'E', 'O' */
    int32_t data_bits, stop_bits;
    bool rs485; /* kernel RS-485 mode wanted */
    int32_t response_ms;
    int32_t gap_ms; /* least quiet time between two requests */
};

enum config_driver { CONFIG_DRIVER_GPIO, CONFIG_DRIVER_MODBUS, CONFIG_DRIVER_SIM };
enum config_bias { CONFIG_BIAS_AS_IS, CONFIG_BIAS_DISABLED, CONFIG_BIAS_PULL_UP, CONFIG_BIAS_PULL_DOWN };
enum config_modbus_kind { CONFIG_MODBUS_COIL, CONFIG_MODBUS_DISCRETE, CONFIG_MODBUS_REGISTER_BIT };

struct config_line {
    char name[CONFIG_ID_SIZE];
    enum config_driver driver;
    bool output;
    bool active_low;
    /* gpio */
    char chip[CONFIG_ID_SIZE]; /* "gpiochip0", "/dev/gpiochip0" or the chip's label */
    int32_t gpio_line;         /* offset, or -1: find by gpio_name */
    char gpio_name[CONFIG_ID_SIZE];
    enum config_bias bias;
    int32_t debounce_ms;
    /* modbus */
    int32_t bus;  /* index into buses */
    int32_t unit; /* 1..247, on tcp also 255 */
    enum config_modbus_kind modbus;
    int32_t address; /* 0..65535: coil, discrete input or holding register */
    int32_t bit;     /* 0..15 with a holding register */
    bool flash;      /* the board ends the pulse by itself (coil 0x0200 + channel, n x 100 ms) */
    int32_t poll_ms; /* inputs: how often while it matters */
    /* who uses it; set by the loader */
    int32_t limit_ms; /* outputs: longest time on by any legal order, 0 = may stay on (sign, hold, light) */
    int32_t device;   /* device that uses it (the first of several), -1: machine input, unused */
};

enum config_kind {
    CONFIG_KIND_SPIRAL,
    CONFIG_KIND_RELAY,
    CONFIG_KIND_PULSES,
    CONFIG_KIND_LOCK,
    CONFIG_KIND_BARRIER,
    CONFIG_KIND_TURNSTILE,
    CONFIG_KIND_VALIDATOR,
    CONFIG_KIND_COUNT
};

/* What a line is for its device. One list for all kinds; schema.c says which kind has which. */
enum config_role {
    CONFIG_ROLE_MOTOR,
    CONFIG_ROLE_HOME,
    CONFIG_ROLE_DROP,
    CONFIG_ROLE_OUTPUT,
    CONFIG_ROLE_FEEDBACK,
    CONFIG_ROLE_DOOR,
    CONFIG_ROLE_OPEN,
    CONFIG_ROLE_HOLD,
    CONFIG_ROLE_SIGN,
    CONFIG_ROLE_PRESENCE,
    CONFIG_ROLE_PASSAGE,
    CONFIG_ROLE_UP,
    CONFIG_ROLE_DOWN,
    CONFIG_ROLE_FAULT,
    CONFIG_ROLE_FIRE,
    CONFIG_ROLE_UNLOCK,
    CONFIG_ROLE_PASS,
    CONFIG_ROLE_READY,
    CONFIG_ROLE_LIGHT,
    CONFIG_ROLE_BUZZER,
    CONFIG_ROLE_WRONG_WAY,
    CONFIG_ROLE_COUNT
};

enum config_param {
    CONFIG_PARAM_MAX_MS,
    CONFIG_PARAM_JOGS,
    CONFIG_PARAM_PULSE_MS,
    CONFIG_PARAM_FEEDBACK_MS,
    CONFIG_PARAM_COUNT_N, /* key "count" */
    CONFIG_PARAM_ON_MS,
    CONFIG_PARAM_OFF_MS,
    CONFIG_PARAM_OPEN_WAIT_S,
    CONFIG_PARAM_UP_MS,
    CONFIG_PARAM_VEHICLE_WAIT_S,
    CONFIG_PARAM_PASSAGE_S,
    CONFIG_PARAM_MODE, /* key "mode": 0 pulse, 1 level */
    CONFIG_PARAM_RELOCK_S,
    CONFIG_PARAM_RIGHTS,
    CONFIG_PARAM_SHOW_MS,
    CONFIG_PARAM_DOWN_S,     /* barrier: the arm must be down this long after the passage */
    CONFIG_PARAM_NOT_DOWN,   /* key "not_down": 0 alarm, 1 pause (nothing sold until it is down) */
    CONFIG_PARAM_EMPTY_LANE, /* key "empty_lane": 0 wait for a vehicle, 1 open all the same */
    CONFIG_PARAM_ON_FIRE,    /* key "on_fire": 0 stop selling, 1 hold open as well */
    CONFIG_PARAM_NO_PASSAGE, /* key "no_passage": 0 refund, 1 keep the money */
    CONFIG_PARAM_DIRECTION,  /* key "direction": 0 in, 1 out */
    CONFIG_PARAM_BUZZ_MS,
    CONFIG_PARAM_SHUT_WAIT_S,
    CONFIG_PARAM_COUNT
};

struct config_device {
    char name[CONFIG_ID_SIZE];
    enum config_kind kind;
    int32_t line[CONFIG_ROLE_COUNT];   /* index into lines, -1 = not given */
    int32_t param[CONFIG_PARAM_COUNT]; /* the default where the file is silent */
};

struct config_product {
    char id[CONFIG_ID_SIZE];
    char title[CONFIG_MAX_LANGUAGES][CONFIG_TEXT_SIZE]; /* by index of kiosk.languages; every one filled */
    int64_t price;                                      /* minor units, > 0 */
    int32_t device;                                     /* index into devices */
    int32_t stock, capacity;                            /* -1 = not counted: never sold out */
    char account[CONFIG_TEXT_SIZE];
    int32_t max_age_s;
    char image[CONFIG_PATH_SIZE]; /* absolute, or "" */
    char qr[CONFIG_QR_SIZE];
    bool qr_built; /* from fields: a new price makes a new one */
};

/* Which of kiosk.languages the screen shows. */
enum config_language_by { CONFIG_LANGUAGE_TURN, CONFIG_LANGUAGE_FIRST, CONFIG_LANGUAGE_TOUCH };

struct config_brightness {
    int32_t from_min; /* local time, minutes since midnight; until the next entry's */
    int32_t percent;
};

enum { CONFIG_NO_COLOUR = -1, CONFIG_NO_TIME = -1 };

/* Colours, letters and the logo of the screen; base as enum theme_base (common/theme.h). */
struct config_theme {
    int32_t base, large;               /* large: 1 = texts for weak sight */
    int32_t accent, ground, card, ink; /* 0xRRGGBB, CONFIG_NO_COLOUR = the base's */
    int32_t night_from_min, night_to_min;
    char logo[CONFIG_PATH_SIZE], font[CONFIG_PATH_SIZE], font_bold[CONFIG_PATH_SIZE];
};

/* What kiosk-display does with its panel. */
struct config_screen {
    enum config_language_by language_by;
    int32_t language_back_s;
    int32_t shift_px; /* the picture wanders so far to each side; 0 = stands still */
    int32_t shift_s;  /* a pixel further every so often */
    int32_t bright_s; /* full brightness so long after a touch or a payment */
    int32_t sounds;   /* volume, percent; 0 = silent */
    char backlight[CONFIG_PATH_SIZE], connectors[CONFIG_PATH_SIZE];
    struct config_theme theme;
    int32_t brightness_count; /* 0 = always full */
    struct config_brightness brightness[CONFIG_MAX_BRIGHTNESS];
};

struct config {
    char file[CONFIG_PATH_SIZE];
    struct {
        char id[CONFIG_ID_SIZE], name[CONFIG_TEXT_SIZE], currency[4];
        char languages[CONFIG_MAX_LANGUAGES][CONFIG_LANG_SIZE];
        int32_t language_count; /* at least 1 */
        char support[CONFIG_TEXT_SIZE], state_dir[CONFIG_PATH_SIZE], run_dir[CONFIG_PATH_SIZE];
    } kiosk;
    enum config_clock_trust clock_trust;
    struct config_mqtt mqtt;
    struct {
        int32_t door, fire; /* line index or -1 */
        int32_t parallel, telemetry_s, offline_s;
    } machine;
    struct {
        char script[CONFIG_PATH_SIZE]; /* fault script of the simulated machine, "" = all goes well */
        char trace[CONFIG_PATH_SIZE];  /* where it writes what moved, "" = nowhere */
        int32_t speed_percent;         /* 100 = real time */
    } sim;
    struct config_screen screen;
    int32_t key_count, bus_count, line_count, device_count, product_count;
    struct config_key keys[CONFIG_MAX_KEYS];
    struct config_bus buses[CONFIG_MAX_BUSES];
    struct config_line lines[CONFIG_MAX_LINES];
    struct config_device devices[CONFIG_MAX_DEVICES];
    struct config_product products[CONFIG_MAX_PRODUCTS];
};

/* The longest time the role's output may be on by any legal order of this device, ms; 0 = no limit (sign,
 * hold, light). The loader puts it into config_line.limit_ms (config/limits.c). */
int32_t config_limit_ms(const struct config_device *device, enum config_role role);

#endif
