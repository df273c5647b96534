/* A store and a broker in virtual time around the outbox's policy. For tests/unit/test_outbox*.c. */
#ifndef TESTS_UNIT_OUTBOX_WORLD_H
#define TESTS_UNIT_OUTBOX_WORLD_H

#include <string.h>
#include "controller/outbox_policy.h"

enum { MOST = 20000, LOG = 200000 };

struct world {
    struct outbox_policy policy;
    int64_t now_ms;
    int64_t last; /* seqs 1..last exist */
    bool acked[MOST + 1];
    int sent[MOST + 1]; /* how often */
    int64_t first_at[MOST + 1];
    int64_t log[LOG]; /* seqs as they left */
    int64_t log_at[LOG];
    int logged;
    bool deaf; /* PUBACKs do not come */
    int queries;
};
static struct world world;

static void reset(void)
{
    memset(&world, 0, sizeof world);
    outbox_policy_init(&world.policy);
    world.now_ms = 1000000;
}

static void page(const struct outbox_job *job)
{
    int rows = 0;
    world.queries++;
    for (int64_t seq = job->after + 1; seq <= world.last && rows < job->max; seq++) {
        if (world.acked[seq])
            continue;
        rows++;
        if (!outbox_policy_wants(&world.policy, job, seq))
            continue;
        outbox_policy_sent(&world.policy, job, seq, world.now_ms);
        if (world.sent[seq]++ == 0)
            world.first_at[seq] = world.now_ms;
        assert_true(world.logged < LOG);
        world.log_at[world.logged] = world.now_ms;
        world.log[world.logged++] = seq;
        if (!world.deaf)
            outbox_policy_landed(&world.policy, seq);
    }
    outbox_policy_done(&world.policy, job, rows, world.now_ms);
}

/* Runs until the time is over or nothing more is to do now (until = now). */
static void run_until(int64_t until_ms)
{
    struct outbox_job job;
    for (int turns = 0; turns < 1000000; turns++) {
        outbox_policy_next(&world.policy, world.now_ms, &job);
        if (job.kind != OUTBOX_WAIT) {
            page(&job);
            continue;
        }
        if (job.wait_ms < 0 || world.now_ms + job.wait_ms > until_ms) {
            world.now_ms = until_ms;
            return;
        }
        assert_true(job.wait_ms > 0);
        world.now_ms += job.wait_ms;
    }
    fail_msg("the policy never rests");
}

static void run_for(int64_t ms)
{
    run_until(world.now_ms + ms);
}

static void add(int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        outbox_policy_new(&world.policy, ++world.last);
}

#endif
