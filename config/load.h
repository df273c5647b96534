/* Reads a configuration file into struct config; reports every fault of it in one run.
 *
 * Source of the keys: config/schema.c, the one table from which the checks, the man page and `--help` come.
 * Touches no hardware and no network; reads only the file, what it includes and the key files it names.
 */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include <stdio.h>
#include "config/config.h"

enum {
    CONFIG_LOAD_NO_SECRETS = 1, /* do not open key and password files (kiosk-display, kioskctl) */
    /* Fill *ret in spite of faults, to make outputs safe when the file was broken meanwhile (kiosk-safe):
     * only its buses and lines count then, and a line with a fault of its own is left as an input, which
     * nobody drives. */
    CONFIG_LOAD_LINES = 2,
    /* Fill ret->kiosk.run_dir in spite of faults, and nothing else, to reach the daemon that runs on with
     * what it read before the file was broken (kioskctl). "" if the file does not tell it. */
    CONFIG_LOAD_RUN_DIR = 4,
};

/* Called once per fault or warning, in file order as far as known. text: "key: what is wrong and what would
 * be right". */
struct config_report {
    void (*fault)(void *user, const char *file, int line, const char *text);
    void (*warning)(void *user, const char *file, int line, const char *text);
    void *user;
};

/* Prints "FILE:LINE: text" (warnings: "FILE:LINE: warning: text") to stderr. */
extern const struct config_report config_report_stderr;

/* Loads and checks. Returns the number of faults: 0 = *ret is complete; else it is untouched, but for
 * CONFIG_LOAD_LINES and CONFIG_LOAD_RUN_DIR. Blocks on file reads only. */
int config_load(struct config *ret, const char *path, unsigned flags, const struct config_report *report);

/* Prints the table of all keys (group, key, type, range, default, meaning); roff for the man page or plain
 * text. */
void config_schema_print(FILE *out, bool roff);

/* What struct config_screen holds where the file is silent. */
void config_screen_presets(struct config_screen *ret);

/* Names as the file writes them. Never NULL. */
const char *config_kind_name(enum config_kind kind);
const char *config_role_name(enum config_role role);
const char *config_param_name(enum config_param param);

/* Index by name, -1 if there is none. */
int config_find_product(const struct config *config, const char *id);
int config_find_device(const struct config *config, const char *name);
int config_find_line(const struct config *config, const char *name);

#endif
