/* The payments of the last hour that passed before this screen, for the rolling list and for the inspector.
 * Kept in memory only: a restart of the screen forgets it and says so. Pure.
 */
#ifndef DISPLAY_JOURNAL_H
#define DISPLAY_JOURNAL_H

#include "common/snapshot.h"

enum { JOURNAL_MAX = 4096, JOURNAL_KEEP_MS = 3600000 };

struct journal_entry {
    uint64_t number; /* of this run of the daemon; 0: of an earlier one */
    int64_t at;      /* wall s */
    int64_t seen_ms; /* monotonic: when it began to be worth a line */
    int64_t amount;
    enum snapshot_phase phase;
    int32_t lane;
    char currency[4], reference[SNAPSHOT_REFERENCE_SIZE], reason[SNAPSHOT_CODE_SIZE];
};

struct journal {
    int32_t first, count;                           /* ring; by number, those of earlier runs first */
    int64_t since_s;                                /* wall: nothing after this is missing; 0 = not known */
    uint64_t newest;                                /* greatest number heard of in this run, of any payment */
    uint64_t complete_from;                         /* from this number on no payment was missed */
    char lanes[SNAPSHOT_MAX_LANES][CONFIG_ID_SIZE]; /* devices that the entries' lanes mean */
    struct journal_entry entries[JOURNAL_MAX];
};

/* Takes in the payments of validators. */
void journal_feed(struct journal *journal, const struct snapshot *snapshot, int64_t now_ms);
/* The daemon is gone: numbers begin anew. */
void journal_lose(struct journal *journal);
/* Forgets what is older than an hour. */
void journal_age(struct journal *journal, int64_t now_ms, int64_t wall_s);
/* The entry that is `back` places before the newest; NULL: there is none. */
const struct journal_entry *journal_at(const struct journal *journal, int32_t back);

#endif
