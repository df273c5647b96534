/* simulation --seeds N --seed S [--progress]: runs the worlds S .. S+N-1 and stops at the first violation. */
#include "tests/simulation/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct world world;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print_trace(void)
{
    uint64_t from = world.trace_count > WORLD_TRACE ? world.trace_count - WORLD_TRACE : 0;
    for (uint64_t i = from; i < world.trace_count; i++) {
        const struct world_trace *at = &world.trace[i % WORLD_TRACE];
        printf("%10.3f  %-24s %d %d %" PRId64 "\n", (double)at->at_ms / 1000, at->what, at->a, at->b, at->c);
    }
    printf("VIOLATION  %s\nseed %" PRIu64 "  (replay: simulation --seeds 1 --seed %" PRIu64 " --trace)\n",
           world.violation, world.seed, world.seed);
}

static void print_names(const char *title, const int64_t *counts, int first, int count,
                        const char *(*name)(int))
{
    printf("%s:", title);
    for (int i = first; i < count; i++)
        printf(" %s %" PRId64, name(i), counts[i]);
    printf("\n");
}

static const char *result_name(int result)
{
    return payment_result_name((enum payment_result)result);
}

static const char *reason_name(int reason)
{
    return payment_reason_name((enum payment_reason)reason);
}

struct totals {
    int64_t payments, steps, movements, results[PAYMENT_RESULT_COUNT], reasons[PAYMENT_REASON_COUNT];
};

static void add_up(struct totals *totals)
{
    totals->payments += world.payment_count;
    totals->steps += world.steps;
    totals->movements += world.movements;
    for (int i = 0; i < PAYMENT_RESULT_COUNT; i++)
        totals->results[i] += world.results_seen[i];
    for (int i = 0; i < PAYMENT_REASON_COUNT; i++)
        totals->reasons[i] += world.reasons_seen[i];
}

static int usage(void)
{
    fprintf(stderr, "usage: simulation [--seeds N] [--seed S] [--progress] [--trace]\n");
    return 2;
}

int main(int argc, char **argv)
{
    uint64_t seeds = 1000, first = 1;
    bool progress = false, trace = false;
    struct totals totals = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc)
            seeds = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            first = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--progress") == 0)
            progress = true;
        else if (strcmp(argv[i], "--trace") == 0)
            trace = true;
        else
            return usage();
    }
    double begun = seconds(), said = begun;
    for (uint64_t i = 0; i < seeds; i++) {
        world_run(&world, first + i);
        add_up(&totals);
        if (world.violation || (trace && i + 1 == seeds)) {
            if (!world.violation)
                world.violation = "none";
            print_trace();
            return strcmp(world.violation, "none") == 0 ? 0 : 1;
        }
        double now = seconds();
        if (progress && now - said >= 1) {
            said = now;
            fprintf(stderr, "%" PRIu64 " of %" PRIu64 " seeds, %.0f payments/s\n", i + 1, seeds,
                    (double)totals.payments / (now - begun));
        }
    }
    double took = seconds() - begun;
    printf("%" PRIu64 " seeds from %" PRIu64 ": %" PRId64 " payments, %" PRId64 " movements, %" PRId64
           " steps, no violation, %.1f s, %.0f payments/s\n",
           seeds, first, totals.payments, totals.movements, totals.steps, took,
           (double)totals.payments / (took > 0 ? took : 1));
    print_names("results", totals.results, 1, PAYMENT_RESULT_COUNT, result_name);
    print_names("reasons", totals.reasons, 1, PAYMENT_REASON_COUNT, reason_name);
    return 0;
}
