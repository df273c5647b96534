#include "display/journal.h"

#include <string.h>
#include "common/text.h"

static struct journal_entry *entry_of(struct journal *journal, int32_t index)
{
    return &journal->entries[(journal->first + index) % JOURNAL_MAX];
}

const struct journal_entry *journal_at(const struct journal *journal, int32_t back)
{
    if (back < 0 || back >= journal->count)
        return NULL;
    return &journal->entries[(journal->first + journal->count - 1 - back) % JOURNAL_MAX];
}

static void first_drop(struct journal *journal)
{
    journal->first = (journal->first + 1) % JOURNAL_MAX;
    journal->count--;
}

void journal_lose(struct journal *journal)
{
    for (int32_t i = 0; i < journal->count; i++)
        entry_of(journal, i)->number = 0;
    journal->newest = journal->complete_from = 0;
}

void journal_age(struct journal *journal, int64_t now_ms, int64_t wall_s)
{
    while (journal->count > 0 && now_ms - entry_of(journal, 0)->seen_ms >= JOURNAL_KEEP_MS)
        first_drop(journal);
    if (wall_s > 0 && journal->since_s == 0)
        journal->since_s = wall_s;
    if (wall_s > 0 && journal->since_s < wall_s - JOURNAL_KEEP_MS / 1000)
        journal->since_s = wall_s - JOURNAL_KEEP_MS / 1000;
}

static void entry_remove(struct journal *journal, int32_t index)
{
    for (; index + 1 < journal->count; index++)
        *entry_of(journal, index) = *entry_of(journal, index + 1);
    journal->count--;
}

/* A payment that was open when the daemon started anew comes back with another number. */
static bool same_payment(const struct journal_entry *entry, const struct snapshot_activity *activity)
{
    return entry->at == activity->at && entry->amount == activity->amount && entry->lane == activity->lane &&
           strcmp(entry->reference, activity->reference) == 0;
}

static void old_run_forget(struct journal *journal, const struct snapshot_activity *activity)
{
    int32_t looked = 0;
    for (int32_t i = journal->count - 1; i >= 0 && looked < 2 * SNAPSHOT_MAX_ACTIVITIES; i--) {
        if (entry_of(journal, i)->number != 0)
            continue;
        looked++;
        if (same_payment(entry_of(journal, i), activity)) {
            entry_remove(journal, i);
            return;
        }
    }
}

/* Room at its place by number. */
static struct journal_entry *entry_insert(struct journal *journal, uint64_t number)
{
    if (journal->count == JOURNAL_MAX) {
        int64_t lost_at = entry_of(journal, 0)->at;
        journal->since_s = lost_at >= journal->since_s ? lost_at + 1 : journal->since_s;
        first_drop(journal);
    }
    int32_t index = journal->count++;
    for (; index > 0 && entry_of(journal, index - 1)->number > number; index--)
        *entry_of(journal, index) = *entry_of(journal, index - 1);
    return entry_of(journal, index);
}

static struct journal_entry *entry_find(struct journal *journal, uint64_t number)
{
    for (int32_t i = journal->count - 1; i >= 0 && entry_of(journal, i)->number >= number; i--)
        if (entry_of(journal, i)->number == number)
            return entry_of(journal, i);
    return NULL;
}

static void activity_take(struct journal *journal, const struct snapshot_activity *activity, int64_t now_ms)
{
    struct journal_entry *entry = entry_find(journal, activity->number);
    if (!entry && activity->age_ms >= JOURNAL_KEEP_MS)
        return;
    if (!entry) {
        old_run_forget(journal, activity);
        entry = entry_insert(journal, activity->number);
        *entry = (struct journal_entry){.number = activity->number,
                                        .at = activity->at,
                                        .seen_ms = now_ms - activity->age_ms,
                                        .amount = activity->amount,
                                        .phase = activity->phase,
                                        .lane = activity->lane};
        (void)text_copy(entry->currency, sizeof(entry->currency), activity->currency);
        (void)text_copy(entry->reference, sizeof(entry->reference), activity->reference);
    }
    /* From waiting to accepted, or from accepted to an end that is none: news once more. */
    bool news = entry->phase == SNAPSHOT_PAID || activity->phase > SNAPSHOT_TAKE;
    if (entry->phase != activity->phase && news)
        entry->seen_ms = now_ms - activity->age_ms;
    entry->phase = activity->phase;
    (void)text_copy(entry->reason, sizeof(entry->reason), activity->reason);
}

/* Other devices behind the same numbers: what is remembered belongs to nobody here. */
static void lanes_check(struct journal *journal, const struct snapshot *snapshot)
{
    bool same = true;
    for (int32_t i = 0; i < SNAPSHOT_MAX_LANES; i++) {
        const char *device = i < snapshot->lane_count ? snapshot->lanes[i].device : "";
        same = same && strcmp(journal->lanes[i], device) == 0;
        (void)text_copy(journal->lanes[i], sizeof(journal->lanes[i]), device);
    }
    if (same)
        return;
    journal->count = 0;
    journal->since_s = snapshot->wall_s;
    journal->newest = journal->complete_from = 0;
}

/* The list that tells of this payment; -1: none. With nothing but validators also what belongs to no lane has
 * its line, in the first. */
static int32_t lane_of(const struct snapshot *snapshot, const struct snapshot_activity *activity)
{
    int32_t lane = activity->lane;
    for (int32_t i = 0; lane < 0 && i < snapshot->product_count; i++)
        if (snapshot->products[i].lane < 0)
            return -1;
    lane = lane < 0 ? 0 : lane;
    return lane < snapshot->lane_count && snapshot->lanes[lane].kind == SNAPSHOT_VALIDATOR ? lane : -1;
}

void journal_feed(struct journal *journal, const struct snapshot *snapshot, int64_t now_ms)
{
    lanes_check(journal, snapshot);
    journal_age(journal, now_ms, snapshot->wall_s);
    int32_t count = snapshot->activity_count;
    /* A full list that does not reach back to what was known: between them some were never heard of. */
    if (count == SNAPSHOT_MAX_ACTIVITIES && snapshot->activities[count - 1].number > journal->newest + 1)
        journal->complete_from = snapshot->activities[count - 1].number;
    if (count > 0 && snapshot->activities[0].number > journal->newest)
        journal->newest = snapshot->activities[0].number;
    for (int32_t i = count - 1; i >= 0; i--) {
        struct snapshot_activity activity = snapshot->activities[i];
        activity.lane = lane_of(snapshot, &activity);
        if (activity.lane >= 0)
            activity_take(journal, &activity, now_ms);
    }
}
