/* Events of the machine: the newest ones, for whoever asks here, and each until the broker has it. One that a
 * connection took along when it broke is sent again; its "seq" tells where it belongs. Pure memory, bounded.
 */
#ifndef CONTROLLER_EVENT_LOG_H
#define CONTROLLER_EVENT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "controller/report.h"

enum { EVENT_LOG_KEPT = 200 };

/* Tags of events have this bit as their highest. */
#define EVENT_LOG_TAG (UINT64_C(1) << 60)

struct event_log { /* all zero: none */
    uint64_t count;
    bool unsent[EVENT_LOG_KEPT];
    char text[EVENT_LOG_KEPT][REPORT_EVENT_SIZE];
};

/* Copies it in the oldest one's place; it waits for event_log_take_unsent. length < REPORT_EVENT_SIZE. */
void event_log_keep(struct event_log *events, const char *text, size_t length);
/* The oldest that waits, as if it were sent now with this tag; NULL = no more. */
const char *event_log_take_unsent(struct event_log *events, uint64_t *ret_tag);
/* MQTT_EVENT_PUBLISHED (sent) and MQTT_EVENT_UNSENT: then it waits again. true: the tag was an event's. */
bool event_log_landed(struct event_log *events, uint64_t tag, bool sent);
/* How many are kept; the one that is `back` before the newest (0 = the newest). */
int event_log_size(const struct event_log *events);
const char *event_log_at(const struct event_log *events, int back);

#endif
