/* Inside of kioskctl: what its files share. One request is one answer; docs/control.md has the fields. */
#ifndef CONTROLLER_KIOSKCTL_KIOSKCTL_H
#define CONTROLLER_KIOSKCTL_KIOSKCTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include "config/config.h"

enum { CTL_DONE = 0, CTL_FAILED = 1, CTL_USAGE = 2 };
enum { CTL_WAIT_S = 65, CTL_QUERY_S = 15, CTL_SILENCE_MS = 5000, CTL_ANSWER_SIZE = 1048576, CTL_PAGE = 200 };

struct ctl {
    const char *config_file, *socket; /* socket: NULL = RUN_DIR/control.sock of the configuration */
    bool json, config_given;          /* config_given: --config, not its default */
    bool faulty;                      /* the configuration, as it stands now */
    bool query;                       /* only asks: an answer is there at once, or something hangs */
    /* options of single commands; NULL = not given */
    const char *find, *from, *to, *since, *before, *limit, *format, *output;
    const char *reason, *owner, *span; /* span: --for */
    int fd;                            /* -1 = not connected yet */
    char path[CONFIG_PATH_SIZE + 16];
    char *buffer; /* CTL_ANSWER_SIZE */
};

typedef void ctl_show(const json_t *data);

/* Complains on stderr: "kioskctl: …". */
void ctl_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- client.c ---- */

/* Asks the daemon; takes over args (NULL = none). 0 and *ret_data (to be freed), or CTL_FAILED / CTL_USAGE
 * after a complaint. A daemon that refuses may say what is known: then *ret_data is set with CTL_FAILED, else
 * it is not touched. */
int ctl_ask(struct ctl *ctl, const char *command, json_t *args, json_t **ret_data);
/* The two halves of it; between them the answer may be waited for: true when it is there (or the end). */
int ctl_send(struct ctl *ctl, const char *command, json_t *args);
bool ctl_ready(struct ctl *ctl, int wait_ms);
int ctl_receive(struct ctl *ctl, json_t **ret_data);
void ctl_hang_up(struct ctl *ctl);

/* ---- commands.c ---- */

/* Runs the command in argv[0]; the exit status. */
int ctl_run(struct ctl *ctl, int argc, char **argv);
void ctl_print_commands(FILE *out);

/* Whole numbers from 0 on. CTL_DONE, or CTL_USAGE after a complaint. */
int ctl_read_number(const char *name, const char *text, json_int_t *ret);
/* --from, --to, --since, --before, --limit and --find into args. CTL_DONE, or CTL_USAGE after a complaint. */
int ctl_read_period(const struct ctl *ctl, json_t *args);

/* ---- payments.c ---- */
int ctl_payments(struct ctl *ctl);

/* ---- screenshot.c ---- */
int ctl_screenshot(struct ctl *ctl, const char *path);

/* ---- lane.c, live.c ---- */
int ctl_barrier(struct ctl *ctl, const char *order, const char *device);
/* An order that moves something: shows what the device's lines do until its answer is there. Takes over args.
 */
int ctl_move(struct ctl *ctl, const char *command, const char *device, json_t *args, ctl_show *show);
/* device: NULL = all. */
int ctl_watch(struct ctl *ctl, const char *device);

/* ---- times.c ---- */

/* Unix seconds from "1764000000", "2026-11-23", "2026-11-23 14:05" or "2026-11-23T14:05:09" (local time). */
bool ctl_read_time(const char *text, json_int_t *ret);
/* Seconds from "90", "90s", "30m", "2h" or "1d"; at least 1. */
bool ctl_read_span(const char *text, json_int_t *ret);
/* "14:05:09.120" in local time. Static buffers likewise. */
const char *ctl_clock_ms(json_int_t unix_ms);
/* "2026-11-23 14:05:09" in local time; "-" for 0. Static buffers, four at a time. */
const char *ctl_time(json_int_t unix_s);
/* "3 d 4 h", "12 min 5 s". Static buffers likewise. */
const char *ctl_span(json_int_t seconds);

/* ---- show*.c: tables for people ---- */

ctl_show show_version, show_status, show_selling, show_products, show_why, show_payments, show_ledger,
    show_devices, show_lines, show_events, show_log, show_refill, show_test, show_json, show_passages,
    show_hold_begun, show_hold_ended;
/* "up_ms = 2100" and the like, one a line. */
void show_evidence(const json_t *data);
/* What a hold means and what to do about it; the name itself if it is not known. product, device: whose, NULL
 * = of several. Static buffer. */
const char *show_hold(const char *hold, const char *product, const char *device);
/* After an order, or a refusal of it, what follows from it; asks the daemon again. */
void show_ordered(struct ctl *ctl, const char *command, const json_t *data);

/* Members with a default, so that an older or newer daemon is shown as far as possible. */
const char *show_text(const json_t *object, const char *key);
json_int_t show_number(const json_t *object, const char *key);
bool show_bool(const json_t *object, const char *key);
bool show_has(const json_t *object, const char *key);
/* Amount in the currency of the object's "currency" member. Static buffers, four at a time. */
const char *show_money(const json_t *object, const char *key);

/* ---- export.c ---- */

int ctl_export(struct ctl *ctl);

/* ---- table.c ---- */

struct table {
    int columns, cells, room;
    bool right[16];
    char **cell;
};
/* Heads separated by '|'; a head that begins with '>' is for a column of numbers. */
void table_begin(struct table *table, const char *heads);
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints and frees. */
void table_end(struct table *table);

#endif
