/* The guard: how long each output may stay on, and what to do about one that does not go off. Pure: time
 * comes in.
 *
 * One table per driver thread. The runner tells it what it did; it answers what is due and when. An entry is
 *   OFF      confirmed by read-back; may be switched on unless latched
 *   ON       on, or possibly on; ends at the earlier of pulse end and limit
 *   UNSURE   an OFF is wanted and not confirmed yet; tried again with back-off, or on hold while the line is
 * lost Latched = it read on after it was switched off (GUARD_QUICK_TRIES times): never switched on again in
 * this run.
 */
#ifndef HAL_GUARD_H
#define HAL_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include "config/config.h"

enum {
    GUARD_QUICK_TRIES = 3, /* OFF attempts GUARD_QUICK_MS apart before a verdict */
    GUARD_QUICK_MS = 15,
    GUARD_RETRY_FIRST_MS = 100, /* afterwards: doubling up to GUARD_RETRY_MOST_MS, for ever */
    GUARD_RETRY_MOST_MS = 2000,
};

#define GUARD_NEVER INT64_MAX

enum guard_state { GUARD_OFF, GUARD_ON, GUARD_UNSURE };

struct guard_entry {
    enum guard_state state;
    bool latched;
    bool pulse;       /* ON: ends by plan, reaching the limit is no fault */
    int64_t limit_us; /* ON: must be off then; GUARD_NEVER = may stay on */
    int64_t end_us;   /* ON: pulse end, or GUARD_NEVER */
    int64_t retry_us; /* UNSURE: next OFF; GUARD_NEVER = on hold */
    int32_t tries;    /* UNSURE: OFF attempts that failed */
};

struct guard {
    int32_t count;
    struct guard_entry entry[CONFIG_MAX_LINES];
};

/* All entries UNSURE and on hold: nothing is known before the first read-back. */
void guard_init(struct guard *guard, int32_t count);
/* OFF and not latched. */
bool guard_allows_on(const struct guard *guard, int32_t i);
/* The output is being switched on at now_us (before the write). limit_ms 0: may stay on. Returns the limit
 * (monotonic us). */
int64_t guard_switch_on(struct guard *guard, int32_t i, int64_t now_us, int32_t limit_ms);
/* It is to end at end_us; never later than its limit. */
void guard_set_end(struct guard *guard, int32_t i, int64_t end_us);
/* Read back as off. */
void guard_confirm_off(struct guard *guard, int32_t i);

enum guard_verdict {
    GUARD_TRY_AGAIN, /* too early to tell: the next OFF is due within GUARD_QUICK_MS */
    GUARD_GIVE_UP,   /* not confirmed; it goes on trying */
    GUARD_LATCHED,   /* not confirmed and it reads on: latched now */
};
/* An OFF was not confirmed; reads_on: the read-back says it is on (false: no read-back). */
enum guard_verdict guard_off_failed(struct guard *guard, int32_t i, int64_t now_us, bool reads_on);
/* OFF is wanted at at_us (GUARD_NEVER: when the line is found again); the entry becomes UNSURE. */
void guard_want_off(struct guard *guard, int32_t i, int64_t at_us);

enum guard_due { GUARD_DUE_END, GUARD_DUE_LIMIT, GUARD_DUE_RETRY };
/* The entry whose time has come at now_us (outputs that are on before repeated OFFs, then the earliest), or
 * -1. */
int32_t guard_find_due(const struct guard *guard, int64_t now_us, enum guard_due *ret_why);
/* When the next entry is due; GUARD_NEVER = none. */
int64_t guard_next_us(const struct guard *guard);
/* As guard_next_us, of outputs that are on: nothing may delay these. */
int64_t guard_next_end_us(const struct guard *guard);

#endif
