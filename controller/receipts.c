#include "controller/receipts.h"

#include <string.h>

static struct receipt *slot_of(struct receipts *receipts, uint64_t number)
{
    return &receipts->kept[number % RECEIPTS_KEPT];
}

uint64_t receipts_keep(struct receipts *receipts, const char *json, size_t size)
{
    if (size > RECEIPT_SIZE)
        return 0;
    struct receipt *receipt = slot_of(receipts, ++receipts->count);
    *receipt = (struct receipt){.tag = RECEIPTS_TAG | receipts->count, .size = size};
    memcpy(receipt->json, json, size);
    return receipt->tag;
}

bool receipts_landed(struct receipts *receipts, uint64_t tag, bool sent)
{
    /* The outbox's tags, and those of commands, have another upper end. */
    if (tag >> 61 != RECEIPTS_TAG >> 61)
        return false;
    struct receipt *receipt = slot_of(receipts, tag & (RECEIPTS_TAG - 1));
    if (receipt->tag != tag)
        return true; /* a newer one has its place */
    receipt->unsent = !sent;
    if (sent)
        receipt->tag = 0;
    return true;
}

const struct receipt *receipts_take_unsent(struct receipts *receipts)
{
    for (uint64_t i = 1; i <= RECEIPTS_KEPT; i++) {
        struct receipt *receipt = slot_of(receipts, receipts->count + i);
        if (receipt->tag != 0 && receipt->unsent) {
            receipt->unsent = false;
            return receipt;
        }
    }
    return NULL;
}
