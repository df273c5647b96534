#include "hal/guard.h"

#include <assert.h>
#include <stddef.h>

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static struct guard_entry *at(struct guard *guard, int32_t i)
{
    assert(i >= 0 && i < guard->count);
    return &guard->entry[i];
}

void guard_init(struct guard *guard, int32_t count)
{
    assert(count >= 0 && count <= CONFIG_MAX_LINES);
    guard->count = count;
    for (int32_t i = 0; i < count; i++)
        guard->entry[i] = (struct guard_entry){
            .state = GUARD_UNSURE, .limit_us = GUARD_NEVER, .end_us = GUARD_NEVER, .retry_us = GUARD_NEVER};
}

bool guard_allows_on(const struct guard *guard, int32_t i)
{
    assert(i >= 0 && i < guard->count);
    return guard->entry[i].state == GUARD_OFF && !guard->entry[i].latched;
}

int64_t guard_switch_on(struct guard *guard, int32_t i, int64_t now_us, int32_t limit_ms)
{
    struct guard_entry *entry = at(guard, i);
    entry->state = GUARD_ON;
    entry->pulse = false;
    entry->end_us = GUARD_NEVER;
    entry->limit_us = limit_ms > 0 ? now_us + (int64_t)limit_ms * 1000 : GUARD_NEVER;
    return entry->limit_us;
}

void guard_set_end(struct guard *guard, int32_t i, int64_t end_us)
{
    struct guard_entry *entry = at(guard, i);
    entry->pulse = true;
    entry->end_us = earlier(end_us, entry->limit_us);
}

void guard_confirm_off(struct guard *guard, int32_t i)
{
    struct guard_entry *entry = at(guard, i);
    entry->state = GUARD_OFF;
    entry->tries = 0;
}

enum guard_verdict guard_off_failed(struct guard *guard, int32_t i, int64_t now_us, bool reads_on)
{
    struct guard_entry *entry = at(guard, i);
    entry->state = GUARD_UNSURE;
    entry->tries++;
    if (entry->tries < GUARD_QUICK_TRIES) {
        entry->retry_us = now_us + GUARD_QUICK_MS * 1000;
        return GUARD_TRY_AGAIN;
    }
    int32_t wait_ms = GUARD_RETRY_FIRST_MS;
    for (int32_t n = GUARD_QUICK_TRIES; n < entry->tries && wait_ms < GUARD_RETRY_MOST_MS; n++)
        wait_ms *= 2;
    entry->retry_us =
        now_us + (int64_t)(wait_ms < GUARD_RETRY_MOST_MS ? wait_ms : GUARD_RETRY_MOST_MS) * 1000;
    if (!reads_on || entry->latched)
        return GUARD_GIVE_UP;
    entry->latched = true;
    return GUARD_LATCHED;
}

void guard_want_off(struct guard *guard, int32_t i, int64_t at_us)
{
    struct guard_entry *entry = at(guard, i);
    if (entry->state != GUARD_UNSURE)
        entry->tries = 0;
    entry->state = GUARD_UNSURE;
    entry->retry_us = at_us;
}

static int64_t due_us(const struct guard_entry *entry)
{
    switch (entry->state) {
    case GUARD_OFF:
        return GUARD_NEVER;
    case GUARD_ON:
        return earlier(entry->end_us, entry->limit_us);
    case GUARD_UNSURE:
        return entry->retry_us;
    }
    return GUARD_NEVER;
}

/* Outputs that are on come before repeated OFFs: these may wait for a dead board. */
static bool is_before(const struct guard_entry *a, const struct guard_entry *b)
{
    if ((a->state == GUARD_ON) != (b->state == GUARD_ON))
        return a->state == GUARD_ON;
    return due_us(a) < due_us(b);
}

int32_t guard_find_due(const struct guard *guard, int64_t now_us, enum guard_due *ret_why)
{
    const struct guard_entry *first = NULL;
    for (int32_t i = 0; i < guard->count; i++) {
        const struct guard_entry *entry = &guard->entry[i];
        if (due_us(entry) <= now_us && (!first || is_before(entry, first)))
            first = entry;
    }
    if (!first)
        return -1;
    *ret_why = first->state == GUARD_UNSURE ? GUARD_DUE_RETRY
               : first->pulse               ? GUARD_DUE_END
                                            : GUARD_DUE_LIMIT;
    return (int32_t)(first - guard->entry);
}

int64_t guard_next_us(const struct guard *guard)
{
    int64_t next = GUARD_NEVER;
    for (int32_t i = 0; i < guard->count; i++)
        next = earlier(next, due_us(&guard->entry[i]));
    return next;
}

int64_t guard_next_end_us(const struct guard *guard)
{
    int64_t next = GUARD_NEVER;
    for (int32_t i = 0; i < guard->count; i++)
        if (guard->entry[i].state == GUARD_ON)
            next = earlier(next, due_us(&guard->entry[i]));
    return next;
}
