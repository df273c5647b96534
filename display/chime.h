/* Which sounds a new snapshot asks for, compared with the one before. Pure; small enough to stand anywhere.
 *
 * paid: a payment that was not there is received. ready: its goods may be taken, or a barrier or turnstile
 * has opened. failed: it failed, was refused, or nobody knows. A validator's payment is "paid" and no more:
 * its passenger walks on.
 */
#ifndef DISPLAY_CHIME_H
#define DISPLAY_CHIME_H

#include "common/snapshot.h"
#include "display/tone.h"

struct chime {
    bool known; /* there was a snapshot before: what changes, changes now */
    uint64_t newest;
    int32_t count, lane_count;
    struct {
        uint64_t number;
        enum snapshot_phase phase;
    } payments[SNAPSHOT_MAX_ACTIVITIES];
    enum snapshot_lane_state lanes[SNAPSHOT_MAX_LANES];
};

/* Bits (1 << tone). The first snapshot, and the first after chime_lose(), asks for none: what it tells may be
 * old. */
unsigned chime_feed(struct chime *chime, const struct snapshot *snapshot);
/* The daemon is gone; its next run numbers its payments anew. */
void chime_lose(struct chime *chime);

#endif
