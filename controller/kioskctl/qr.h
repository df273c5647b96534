/* Inside of kioskctl: the sub-commands of `kioskctl qr`, which ask nobody. One table in qr.c, one file each.
 */
#ifndef CONTROLLER_KIOSKCTL_QR_H
#define CONTROLLER_KIOSKCTL_QR_H

#include "controller/kioskctl/kioskctl.h"

/* argv[0] is the sub-command; what follows is its own, options included. The exit status. */
typedef int ctl_qr_run(struct ctl *ctl, int argc, char **argv);

struct ctl_qr_command {
    const char *name;
    ctl_qr_run *run;
    const char *usage, *help; /* as in the table of commands */
    const char *more;         /* what --help adds, lines with their ends; "" = nothing */
};

ctl_qr_run ctl_qr_check, ctl_qr_make, ctl_qr_sheet;
extern const char ctl_qr_check_more[];

/* Every sub-command takes these; the letters are free for nothing else. */
enum { CTL_QR_JSON = 1000 };
/* clang-format off */
#define CTL_QR_OPTIONS                               \
    {"config", required_argument, NULL, 'c'},        \
    {"json", no_argument, NULL, CTL_QR_JSON},        \
    {"help", no_argument, NULL, 'h'}
/* clang-format on */
#define CTL_QR_LETTERS ":c:h" /* ':': the complaints are ours */
/* What getopt_long gave and the sub-command does not know itself. -1: taken, go on; else the exit status. */
int ctl_qr_option(struct ctl *ctl, char **argv, int option);
/* Says how the sub-command is used; CTL_USAGE. */
int ctl_qr_usage(const char *command);

/* ---- qr_show.c ---- */

/* The report of qr check, in words. */
void ctl_qr_show(const json_t *report);
/* The symbol on a terminal, dark on light, with its border. CTL_DONE, or CTL_FAILED after a complaint. */
int ctl_qr_draw(const char *text);

/* ---- qr.c ---- */

/* The sub-command in argv[1]; argv[0] is "qr". */
int ctl_qr(struct ctl *ctl, int argc, char **argv);
void ctl_qr_print(FILE *out);

#endif
