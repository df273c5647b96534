/* What the files of the loader share while one configuration is being read. Internal to config/. */
#ifndef CONFIG_LOADING_H
#define CONFIG_LOADING_H

#include <libconfig.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "config/config.h"
#include "config/load.h"
#include "config/schema.h"

enum {
    LOADING_KEY_SIZE = 256,      /* full path of a key, for messages */
    LOADING_TEXT_SIZE = 640,     /* one message */
    LOADING_MAX_FAULTS = 500,    /* told one by one; the rest is counted */
    LOADING_MAX_FILES = 64,      /* the configuration and what it includes */
    LOADING_MAX_DEPTH = 9,       /* of includes, one below what libconfig takes */
    LOADING_MAX_BYTES = 1 << 20, /* of one file */
    LOADING_MAX_NUMBERS = 20000,
};

struct loading_fault {
    int file, line;
    int number; /* in the order in which they were found */
    bool warning;
    char text[LOADING_TEXT_SIZE];
};

/* An integer as the file writes it. libconfig 1.5 wraps "10737418240" and "0xFFFFFFFF0" silently, so the
 * source text decides; numbers stand in the order of the file, and so do the settings of the tree. */
struct loading_number {
    int file, line;
    bool overflow; /* does not fit in 64 bits */
    int64_t value;
};

struct loading_file {
    char name[PATH_MAX];    /* as shown in messages */
    char written[PATH_MAX]; /* as the @include writes it; "" for the configuration itself */
};

struct loading {
    struct config *config;
    config_t tree;
    unsigned flags;
    char folder[PATH_MAX];      /* of the configuration, as given: for messages and includes */
    char base[PATH_MAX];        /* the same, absolute: for the paths in it */
    struct loading_file *files; /* LOADING_MAX_FILES */
    int file_count;
    struct loading_number *numbers;
    int number_count;
    struct loading_fault *faults;
    /* Something could not be told from its name or its kind: who is unused is not known. */
    bool doubtful_buses, doubtful_lines, doubtful_devices;
    bool doubtful_languages; /* kiosk.languages was refused: what a title lacks is not known */
    int fault_count;         /* stored: faults and warnings */
    int real_count;          /* faults, also those that are not stored */
    char *main_text;         /* the configuration with a line end added, as libconfig reads it */
    size_t main_size;
};

/* fault.c: keeps messages; `at` gives file and line (NULL: line 1 of the configuration). key is the full
 * path. */
void loading_fault(struct loading *loading, const config_setting_t *at, const char *key, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));
void loading_warning(struct loading *loading, const config_setting_t *at, const char *key, const char *format,
                     ...) __attribute__((format(printf, 4, 5)));
void loading_fault_at(struct loading *loading, int file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Index in files of a name as libconfig tells it (NULL: the configuration itself). */
int loading_file_index(const struct loading *loading, const char *name);
/* Tells everything in the order of files and lines. */
void loading_tell(struct loading *loading, const struct config_report *report);
/* The nearest of the two so far: keeps candidate in best if it is closer to name than *distance. */
void loading_nearest(const char *name, const char *candidate, const char **best, int *distance);

/* scan.c: reads the files and lists their integers. false: do not hand this to libconfig (a fault was kept).
 */
bool loading_scan(struct loading *loading, const char *path);
/* Hangs the true values onto the integer settings of the tree. */
void loading_match(struct loading *loading);
/* The true value of an integer setting; NULL if there is none. */
const struct loading_number *loading_number_of(const config_setting_t *setting);

/* show.c: what the setting holds, for messages: `"x"`, `250`, `a list ( )`. */
void loading_show(char *ret, size_t size, const config_setting_t *setting);

/* read.c: one value by its type. base: the struct that the key's offset refers to. */
struct loading_place {
    char path[LOADING_KEY_SIZE];
    const struct schema_key *key;
    const config_setting_t *setting;
    void *entry;
};
typedef void loading_reader(struct loading *loading, const struct loading_place *place);
void loading_read(struct loading *loading, const struct loading_place *place);
void loading_preset(const struct schema_key *key, void *entry);
/* show.c: keeps the fault "is X; must be Y". */
void loading_refuse(struct loading *loading, const struct loading_place *place);
/* show.c: the string of a setting, NULL after a fault. */
const char *loading_string(struct loading *loading, const struct loading_place *place);

/* Writes text into ret if it is UTF-8 of at most 64 characters without control characters; else a fault. */
bool loading_text(struct loading *loading, const struct loading_place *place, const char *text, char *ret,
                  size_t size);
/* Makes text absolute against the configuration's folder; false after a fault. "" stays "". */
bool loading_path(struct loading *loading, const struct loading_place *place, const char *text, char *ret,
                  size_t size);

/* lists.c, secret.c: the types with a life of their own. */
loading_reader loading_read_languages, loading_read_title, loading_read_uses;
loading_reader loading_read_public, loading_read_secret;
/* read_qr.c: a code as a group of fields; and the list of further fields in it. */
loading_reader loading_read_qr_group, loading_read_qr_fields;
/* Are the files of the mqtt group readable? */
void loading_check_files(struct loading *loading);

/* walk.c: all groups of the table into the config. */
void loading_walk(struct loading *loading);
/* One entry of a group; entry may be NULL: an optional group that is not there. */
void loading_walk_entry(struct loading *loading, const struct schema_group *group,
                        const config_setting_t *entry, const char *path, void *target);
/* Entry number index of a NAMED or LIST group and its key's full path ("lines.door.bus"); key may be NULL. */
const config_setting_t *loading_entry(const struct loading *loading, const char *group, int index);
const config_setting_t *loading_member(const struct loading *loading, const char *group, int index,
                                       const char *key);
void loading_entry_path(char ret[LOADING_KEY_SIZE], const struct loading *loading, const char *group,
                        int index, const char *key);

/* check_*.c: what no single key can tell. */
void loading_check_lines(struct loading *loading);
/* Makes inputs of the lines that have a fault of their own. */
void loading_disarm_lines(struct loading *loading);
void loading_check_devices(struct loading *loading);
void loading_check_lanes(struct loading *loading);
void loading_check_products(struct loading *loading);
/* check_theme.c */
void loading_check_theme(struct loading *loading);
void loading_check_rest(struct loading *loading);
/* Faults for a text field that two entries share; "" is nobody's. offset: of the field in the entry's struct.
 */
void loading_check_unique(struct loading *loading, const char *group, const char *key, size_t offset);

#endif
