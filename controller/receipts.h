/* Receipts on their way: the newest ones are kept until the broker has them, and sent again when a connection
 * that broke took them along. Pure memory, and bounded: a receipt that was pushed out, or that a restart
 * forgot, is missed only until the payment's outcome, which the store keeps.
 */
#ifndef CONTROLLER_RECEIPTS_H
#define CONTROLLER_RECEIPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECEIPTS_KEPT = 64, RECEIPT_SIZE = 2048 };

/* Tags of receipts have this bit and not the outbox's. */
#define RECEIPTS_TAG (UINT64_C(1) << 61)

struct receipt {
    uint64_t tag; /* 0 = none */
    bool unsent;
    size_t size;
    char json[RECEIPT_SIZE];
};

struct receipts { /* all zero: none */
    uint64_t count;
    struct receipt kept[RECEIPTS_KEPT];
};

/* Copies it (at most RECEIPT_SIZE bytes; else it is not kept) in the oldest one's place. The tag to publish
 * it with. */
uint64_t receipts_keep(struct receipts *receipts, const char *json, size_t size);
/* MQTT_EVENT_PUBLISHED (sent) and MQTT_EVENT_UNSENT. true: the tag was a receipt's. */
bool receipts_landed(struct receipts *receipts, uint64_t tag, bool sent);
/* The oldest that did not get out, as if it were sent now; NULL = no more. Valid until the next call. */
const struct receipt *receipts_take_unsent(struct receipts *receipts);

#endif
