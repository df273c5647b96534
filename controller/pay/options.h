/* What kiosk-pay was asked to do: command line first, then the kiosk's configuration (-c) for what was left
 * open.
 *
 * One table (options.c) holds every option, the commands that take it and its help text.
 */
#ifndef CONTROLLER_PAY_OPTIONS_H
#define CONTROLLER_PAY_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "config/config.h"

enum pay_command {
    PAY_COMMAND_KEYGEN,
    PAY_COMMAND_PUBLIC,
    PAY_COMMAND_SIGN,
    PAY_COMMAND_VERIFY,
    PAY_COMMAND_PAY,
    PAY_COMMAND_ACK,
    PAY_COMMAND_COMMAND,
    PAY_COMMAND_LISTEN,
    PAY_COMMAND_SERVE,
    PAY_COMMAND_COUNT
};

enum { PAY_DONE = 0, PAY_FAILED = 1, PAY_USAGE = 2 };

/* Strings are borrowed from argv or from `config`; NULL or -1 = not given. */
struct pay_options {
    enum pay_command command;
    const char *const *words; /* what follows the command */
    int word_count;
    const char *config_file, *key_file, *output;
    const char *host, *prefix, *kiosk, *ca, *cert, *tls_key, *user, *password_file;
    int64_t port, mqtt;
    const char *alg, *kid, *use, *type, *claims;
    const char *provider, *id, *product, *account, *currency, *result, *args, *jti, *issuer, *ledger;
    int64_t amount, paid_at, age_s, expires_s, repeat, count, rate, wait_s;
    bool test, retain, ack, no_ack, no_wait, json;
    const struct config *config; /* NULL without -c */
};

/* Reads the command line. PAY_DONE: go on; with *ret_stop set, everything was printed (--help, --version) and
 * the program ends with PAY_DONE. PAY_USAGE: a sentence stands on stderr. Loads the configuration if one is
 * named. */
int pay_options_read(struct pay_options *ret, int argc, char **argv, bool *ret_stop);

const char *pay_command_name(enum pay_command command);
/* A sentence on stderr, "kiosk-pay: " in front. */
void pay_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
