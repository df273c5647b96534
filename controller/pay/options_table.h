/* The one list of options. Private to options*.c. */
#ifndef CONTROLLER_PAY_OPTIONS_TABLE_H
#define CONTROLLER_PAY_OPTIONS_TABLE_H

#include <stddef.h>
#include "controller/pay/options.h"

enum { PAY_OPTION_MAX = 64 };

enum pay_option_kind {
    PAY_OPTION_FLAG,
    PAY_OPTION_TEXT,
    PAY_OPTION_NUMBER,
    PAY_OPTION_HELP,
    PAY_OPTION_VERSION
};

struct pay_option {
    const char *name; /* NULL ends the table */
    char letter;      /* 0 = none */
    enum pay_option_kind kind;
    unsigned commands;   /* bit 1 << enum pay_command: who takes it */
    size_t offset;       /* into struct pay_options: bool, const char * or int64_t by kind */
    int64_t least, most; /* numbers */
    const char *value;   /* how the help calls the value */
    const char *help;
};

extern const struct pay_option pay_option_table[];

/* Help on one command, or on all (NULL). */
void pay_options_help(FILE *out, const enum pay_command *command);

#endif
