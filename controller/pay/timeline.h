/* What the kiosk says, one line each: "05:30:12.345  outcome  delivered, verified ...", or one JSON object
 * with --json. */
#ifndef CONTROLLER_PAY_TIMELINE_H
#define CONTROLLER_PAY_TIMELINE_H

#include <stdbool.h>
#include <stdio.h>
#include <jansson.h>
#include "controller/pay/broker.h"

/* One message of the kiosk; body is its JSON or NULL if it is none. */
void pay_timeline_message(const struct pay_message *message, json_t *body, bool json);
/* One line of our own doing: what ("payment", "ack"), and a sentence. Silent with json. */
void pay_timeline_own(bool json, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The outcome in words, as in "delivered, verified, 1730 ms". */
void pay_timeline_outcome(char *ret, size_t size, const json_t *outcome);

#endif
