/* The one table of the configuration: groups, keys, types, ranges, defaults, meanings.
 *
 * Reading, checking, help text and the man page walk this table; nothing else knows a key by heart except the
 * checks between keys (config/check_*.c).
 */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "config/config.h"

enum schema_type {
    SCHEMA_INT,       /* int32_t */
    SCHEMA_WIDE,      /* int64_t */
    SCHEMA_BOOL,      /* bool */
    SCHEMA_TEXT,      /* UTF-8, at most 64 characters */
    SCHEMA_ID,        /* 1..64 of A-Z a-z 0-9 _ . - */
    SCHEMA_KID,       /* 1..64 printable ASCII characters without space */
    SCHEMA_PATH,      /* made absolute against the configuration's folder */
    SCHEMA_HOST,      /* host name or address */
    SCHEMA_PREFIX,    /* MQTT topic levels without wildcards */
    SCHEMA_CURRENCY,  /* ISO 4217 letters */
    SCHEMA_CHOICE,    /* one of choices; stored as its index (int32_t or enum) */
    SCHEMA_PARITY,    /* char */
    SCHEMA_VERSION,   /* MQTT version */
    SCHEMA_BUS,       /* name of a bus, stored as index */
    SCHEMA_LINE_IN,   /* name of an input line, stored as index */
    SCHEMA_LINE_OUT,  /* name of an output line, stored as index */
    SCHEMA_DEVICE,    /* name of a device, stored as index */
    SCHEMA_LANGUAGES, /* list of language codes; whole struct config */
    SCHEMA_TITLE,     /* text or group of texts by language */
    SCHEMA_QR,        /* text shown as a QR code, or fields from which it is built */
    SCHEMA_QR_FIELDS, /* list of "TAG=VALUE"; struct qr_fields */
    SCHEMA_USES,      /* list of "payment", "ack", "command" */
    SCHEMA_PUBLIC,    /* Ed25519 public key; struct config_key */
    SCHEMA_SECRET,    /* file with an HMAC secret; struct config_key */
    SCHEMA_GPIO,      /* number or name of a gpio line; struct config_line */
    SCHEMA_TIME,      /* time of the day, stored in minutes (int32_t) */
    SCHEMA_COLOUR,    /* "#RRGGBB", stored as a number (int32_t) */
    SCHEMA_GROUP,     /* a group with its own entry in schema_groups */
    SCHEMA_TYPE_COUNT
};

struct schema_key {
    const char *name;
    enum schema_type type;
    bool required;
    uint32_t only;    /* bits of the selector's values to which the key belongs; 0 = all */
    int64_t min, max; /* numbers: range; texts and paths: 0 or the greatest number of bytes in max */
    int64_t preset;   /* numbers, bool, choice: where the file is silent */
    const char
        *preset_text; /* texts: the default; numbers: how a default that is not a number is described */
    const char *unit;
    const char *choices; /* "ntp|rtc|always" */
    size_t offset, size; /* field in the entry's struct */
    const char *meaning;
};

enum schema_shape {
    SCHEMA_ONE,   /* name = { ... }; */
    SCHEMA_NAMED, /* name = { a = { ... }; b = { ... }; }; the entry's name goes to its first field */
    SCHEMA_LIST,  /* name = ( { ... }, { ... } ); */
    SCHEMA_INNER, /* inside of a key's value; read by that key's reader */
};

struct schema_group {
    const char *name; /* path of the group */
    enum schema_shape shape;
    bool required;
    const char *selector; /* key (a choice) that decides which keys belong; NULL = none */
    const struct schema_key *keys;
    size_t key_count;
    /* NAMED and LIST: the array in struct config */
    size_t offset, stride, count_offset;
    int32_t limit;
    const char *limit_name;
    const char *meaning;
};

/* schema_screen.c: what kiosk-display is told about its panel. */
enum { SCHEMA_SCREEN_KEYS = 10, SCHEMA_THEME_KEYS = 11, SCHEMA_BRIGHTNESS_KEYS = 2 };
extern const struct schema_key schema_screen_keys[SCHEMA_SCREEN_KEYS];
extern const struct schema_key schema_theme_keys[SCHEMA_THEME_KEYS];
extern const struct schema_key schema_brightness_keys[SCHEMA_BRIGHTNESS_KEYS];

/* In the order in which they are read: what is named comes before what names it. */
extern const struct schema_group schema_groups[];
extern const size_t schema_group_count;

/* NULL if there is none. */
const struct schema_group *schema_find_group(const char *name);
/* The key as it stands for this value of the selector (-1: not known, the first of that name); NULL if none.
 */
const struct schema_key *schema_find_key(const struct schema_group *group, const char *name,
                                         int32_t selected);
bool schema_key_applies(const struct schema_key *key, int32_t selected);
const struct schema_key *schema_selector(const struct schema_group *group);

/* Index of value[length] in "a|b|c", -1 if it is not there. */
int32_t schema_choice_index(const char *choices, const char *value);
/* Writes choice number index of "a|b|c"; "" if there is none. */
void schema_choice_name(char *ret, size_t size, const char *choices, int32_t index);

/* "whole number, 1..65535 ms": what may stand there, for messages and tables. */
void schema_describe(char *ret, size_t size, const struct schema_key *key);

#endif
