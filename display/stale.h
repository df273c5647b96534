/* How long the screen believes what it was told. Pure. */
#ifndef DISPLAY_STALE_H
#define DISPLAY_STALE_H

#include <stdbool.h>
#include <stdint.h>
#include "common/snapshot.h"

struct stale {
    struct snapshot snapshot; /* the newest, or how the kiosk is called while there is none */
    int64_t since_ms;         /* monotonic: when it came in, or when the screen started */
    bool believed;            /* a snapshot came and its sender is still there */
};

/* Before the first snapshot: "starting" for SNAPSHOT_STALE_MS, then out of service. kiosk: name, support,
 * languages (language_count at least 1); everything else is cleared. */
void stale_start(struct stale *stale, const struct snapshot *kiosk, int64_t now_ms);
void stale_feed(struct stale *stale, const struct snapshot *snapshot, int64_t now_ms);
/* The sender is gone. */
void stale_lose(struct stale *stale, int64_t now_ms);
/* Call before drawing: stale->snapshot then is what may be shown; an old one has become out of service, its
 * products and payments wiped, so that no QR can come back from here. */
void stale_check(struct stale *stale, int64_t now_ms);
/* Milliseconds until stale_check changes something; -1 = never. */
int64_t stale_next_ms(const struct stale *stale, int64_t now_ms);

#endif
