#include "controller/outbox_policy.h"

#include <string.h>

enum { STALL_MS = 50 };

void outbox_policy_init(struct outbox_policy *policy)
{
    memset(policy, 0, sizeof *policy);
}

static int64_t backoff_ms(int step)
{
    int64_t ms = OUTBOX_FIRST_MS;
    for (int i = 0; i < step && ms < OUTBOX_LONGEST_MS; i++)
        ms *= 2;
    return ms < OUTBOX_LONGEST_MS ? ms : OUTBOX_LONGEST_MS;
}

static void begin_round(struct outbox_policy *policy, int64_t now_ms)
{
    policy->round_running = true;
    policy->round_cursor = 0;
    policy->round_sent = 0;
    policy->round_end = policy->newest > 0 ? policy->fresh : INT64_MAX;
    policy->round_at_ms = now_ms;
}

void outbox_policy_up(struct outbox_policy *policy, int64_t now_ms)
{
    policy->up = true;
    policy->connection++;
    policy->fresh = policy->newest; /* the round brings them, in their order */
    policy->young_count = 0;
    policy->flight_count = 0;
    policy->round_step = 0;
    policy->round_first = true;
    policy->store_at_ms = 0;
    begin_round(policy, now_ms);
}

void outbox_policy_down(struct outbox_policy *policy)
{
    policy->up = false;
    policy->flight_count = 0;
}

void outbox_policy_busy(struct outbox_policy *policy, int64_t now_ms)
{
    policy->busy_ms = now_ms;
}

void outbox_policy_new(struct outbox_policy *policy, int64_t seq)
{
    if (policy->newest == 0) { /* the first of this run: what is older is the round's */
        policy->fresh = seq - 1;
        if (policy->round_running && policy->round_end > seq - 1)
            policy->round_end = seq - 1;
    }
    if (seq > policy->newest)
        policy->newest = seq;
}

void outbox_policy_landed(struct outbox_policy *policy, int64_t seq)
{
    for (int i = 0; i < policy->flight_count; i++)
        if (policy->flight[i].seq == seq) {
            policy->flight[i] = policy->flight[--policy->flight_count];
            return;
        }
}

/* ---- what next ---- */

static void expire_flights(struct outbox_policy *policy, int64_t now_ms)
{
    for (int i = policy->flight_count - 1; i >= 0; i--)
        if (now_ms - policy->flight[i].since_ms >= OUTBOX_FLIGHT_MS)
            policy->flight[i] = policy->flight[--policy->flight_count];
}

static int find_young(const struct outbox_policy *policy, int64_t seq)
{
    for (int i = 0; i < policy->young_count; i++)
        if (policy->young[i].seq == seq)
            return i;
    return -1;
}

/* The young one whose turn comes first, -1 = none. */
static int next_young(const struct outbox_policy *policy)
{
    int first = -1;
    for (int i = 0; i < policy->young_count; i++)
        if (first < 0 || policy->young[i].at_ms < policy->young[first].at_ms)
            first = i;
    return first;
}

/* When a repetition that is due at at_ms may begin. */
static int64_t put_off(const struct outbox_policy *policy, int64_t at_ms)
{
    int64_t quiet_ms = policy->busy_ms + OUTBOX_BUSY_MS, latest_ms = at_ms + OUTBOX_BUSY_MOST_MS;
    if (policy->busy_ms == 0 || quiet_ms <= at_ms)
        return at_ms;
    return quiet_ms < latest_ms ? quiet_ms : latest_ms;
}

static void sooner(struct outbox_job *job, int64_t ms)
{
    if (ms < 1)
        ms = 1;
    if (job->wait_ms < 0 || ms < job->wait_ms)
        job->wait_ms = ms;
}

static struct outbox_job ask(const struct outbox_policy *policy, enum outbox_job_kind kind, int64_t after,
                             int max)
{
    return (struct outbox_job){
        .kind = kind, .after = after, .max = max, .until = policy->newest, .connection = policy->connection};
}

static struct outbox_job choose(struct outbox_policy *policy, int64_t now_ms)
{
    struct outbox_job wait = {.kind = OUTBOX_WAIT, .wait_ms = -1};
    int room = OUTBOX_WINDOW - policy->flight_count, young = next_young(policy);
    if (policy->flight_count > 0)
        sooner(&wait, OUTBOX_FLIGHT_MS);
    if (now_ms < policy->store_at_ms) {
        sooner(&wait, policy->store_at_ms - now_ms);
        return wait;
    }
    if (room <= 0)
        return wait;
    if (policy->fresh < policy->newest)
        return ask(policy, OUTBOX_FRESH, policy->fresh, room < OUTBOX_PAGE ? room : OUTBOX_PAGE);
    if (young >= 0) {
        int64_t at_ms = put_off(policy, policy->young[young].at_ms);
        if (at_ms <= now_ms)
            return ask(policy, OUTBOX_YOUNG_AGAIN, policy->young[young].seq - 1, 1);
        sooner(&wait, at_ms - now_ms);
    }
    int64_t round_ms = policy->round_running || policy->round_first ? policy->round_at_ms
                                                                    : put_off(policy, policy->round_at_ms);
    if (now_ms < round_ms) {
        sooner(&wait, round_ms - now_ms);
        return wait;
    }
    if (!policy->round_running)
        begin_round(policy, now_ms);
    if (policy->flight_count > OUTBOX_ROUND_WINDOW)
        return wait;
    return ask(policy, OUTBOX_ROUND, policy->round_cursor, OUTBOX_PAGE);
}

void outbox_policy_next(struct outbox_policy *policy, int64_t now_ms, struct outbox_job *ret)
{
    expire_flights(policy, now_ms);
    *ret = policy->up ? choose(policy, now_ms) : (struct outbox_job){.kind = OUTBOX_WAIT, .wait_ms = -1};
}

/* ---- what became of it ---- */

static bool current(const struct outbox_policy *policy, const struct outbox_job *job)
{
    return policy->up && job->connection == policy->connection;
}

static void pass(struct outbox_policy *policy, const struct outbox_job *job, int64_t seq)
{
    if (job->kind == OUTBOX_FRESH && seq <= policy->newest)
        policy->fresh = seq;
    if (job->kind == OUTBOX_ROUND)
        policy->round_cursor = seq;
}

bool outbox_policy_wants(struct outbox_policy *policy, const struct outbox_job *job, int64_t seq)
{
    bool wanted = current(policy, job);
    if (!wanted)
        return false;
    switch (job->kind) {
    case OUTBOX_FRESH:
        wanted = seq > policy->fresh && seq <= policy->newest;
        break;
    case OUTBOX_YOUNG_AGAIN:
        wanted = seq == job->after + 1;
        break;
    case OUTBOX_ROUND:
        wanted = seq <= policy->round_end && find_young(policy, seq) < 0;
        break;
    case OUTBOX_WAIT:
        wanted = false;
        break;
    }
    if (!wanted)
        pass(policy, job, seq);
    return wanted;
}

static void add_young(struct outbox_policy *policy, int64_t seq, int64_t now_ms)
{
    if (policy->young_count == OUTBOX_YOUNG) { /* the rounds have it, and soon */
        policy->round_step = 0;
        if (!policy->round_running && policy->round_at_ms > now_ms + backoff_ms(0))
            policy->round_at_ms = now_ms + backoff_ms(0);
        return;
    }
    int i = policy->young_count++;
    policy->young[i].seq = seq;
    policy->young[i].step = 0;
    policy->young[i].at_ms = now_ms + backoff_ms(0);
}

void outbox_policy_sent(struct outbox_policy *policy, const struct outbox_job *job, int64_t seq,
                        int64_t now_ms)
{
    if (!current(policy, job))
        return;
    pass(policy, job, seq);
    if (policy->flight_count < OUTBOX_WINDOW) {
        policy->flight[policy->flight_count].seq = seq;
        policy->flight[policy->flight_count++].since_ms = now_ms;
    }
    if (job->kind == OUTBOX_FRESH)
        add_young(policy, seq, now_ms);
    if (job->kind == OUTBOX_ROUND)
        policy->round_sent++;
    int young = job->kind == OUTBOX_YOUNG_AGAIN ? find_young(policy, seq) : -1;
    if (young >= 0)
        policy->young[young].at_ms = now_ms + backoff_ms(++policy->young[young].step);
}

/* The next page of a round waits as long as this one's share of the rate. */
static void pace_round(struct outbox_policy *policy, int64_t now_ms)
{
    policy->round_at_ms +=
        policy->round_sent * 1000 / (policy->round_first ? OUTBOX_FIRST_RATE : OUTBOX_ROUND_RATE);
    policy->round_sent = 0;
    if (policy->round_at_ms < now_ms)
        policy->round_at_ms = now_ms;
}

void outbox_policy_done(struct outbox_policy *policy, const struct outbox_job *job, int rows, int64_t now_ms)
{
    if (!current(policy, job))
        return;
    int young = job->kind == OUTBOX_YOUNG_AGAIN ? find_young(policy, job->after + 1) : -1;
    /* Still due means that it was not among the rows: acknowledged. */
    if (young >= 0 && policy->young[young].at_ms <= now_ms)
        policy->young[young] = policy->young[--policy->young_count];
    if (job->kind == OUTBOX_FRESH && rows < job->max)
        policy->fresh = job->until; /* those in between are acknowledged already */
    if (job->kind != OUTBOX_ROUND || !policy->round_running)
        return;
    pace_round(policy, now_ms);
    if (rows < job->max || policy->round_cursor >= policy->round_end) {
        policy->round_running = policy->round_first = false;
        policy->round_at_ms = now_ms + backoff_ms(policy->round_step++);
    }
}

void outbox_policy_stalled(struct outbox_policy *policy, bool store, int64_t now_ms)
{
    policy->store_at_ms = now_ms + (store ? OUTBOX_STORE_RETRY_MS : STALL_MS);
}
