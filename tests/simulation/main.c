/* simulation: runs the worlds S .. S+N-1 and stops at the first violation, which it makes as short as it can.
 */
#include "tests/simulation/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct world world;

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print_trace(void)
{
    uint64_t from = world.trace_count > WORLD_TRACE ? world.trace_count - WORLD_TRACE : 0;
    for (uint64_t i = from; i < world.trace_count; i++) {
        const struct world_trace *at = &world.trace[i % WORLD_TRACE];
        printf("%10.3f  %-24s %d %d %" PRId64 "\n", (double)at->at_ms / 1000, at->what, at->a, at->b, at->c);
    }
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

struct wish {
    uint64_t seeds, first;
    bool progress, trace, no_shrink;
    const char *without;
};

static int violated(const struct wish *wish)
{
    if (wish->no_shrink || wish->without) {
        print_trace();
    } else {
        printf("seed %" PRIu64 " after %" PRId64 " steps: %s\n", world.seed, world.steps, world.violation);
        (void)fflush(stdout);
        shrink_run(&world, world.seed);
        print_trace();
        shrink_print(&world);
    }
    printf("VIOLATION  %s\nseed %" PRIu64 "  (as it was: simulation --seed %" PRIu64 " --no-shrink)\n",
           world.violation, world.seed, world.seed);
    return 1;
}

static void say(const struct totals *totals, uint64_t done, uint64_t seeds, double took)
{
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    (void)fprintf(stderr, "%" PRIu64 " of %" PRIu64 " seeds, %" PRId64 " payments, %.0f/s, %.0f/s of CPU\n",
                  done, seeds, totals->payments, (double)totals->payments / took,
                  (double)totals->payments / cpu);
}

static int run(const struct wish *wish)
{
    struct totals totals = {0};
    double begun = seconds(CLOCK_MONOTONIC), said = begun;
    for (uint64_t i = 0; i < wish->seeds; i++) {
        shrink_try(&world, wish->first + i);
        add_up(&totals);
        if (world.violation)
            return violated(wish);
        if (!wish->progress || i % 64 != 0)
            continue;
        double now = seconds(CLOCK_MONOTONIC);
        if (now - said >= (now - begun < 60 ? 1 : 30)) {
            said = now;
            say(&totals, i + 1, wish->seeds, now - begun);
        }
    }
    if (wish->trace)
        print_trace();
    double took = seconds(CLOCK_MONOTONIC) - begun;
    printf("%" PRIu64 " seeds from %" PRIu64 ": %" PRId64 " payments, %" PRId64 " movements, %" PRId64
           " steps, no violation, %.1f s, %.0f payments/s, %.0f per second of processor time\n",
           wish->seeds, wish->first, totals.payments, totals.movements, totals.steps, took,
           (double)totals.payments / (took > 0 ? took : 1),
           (double)totals.payments / seconds(CLOCK_PROCESS_CPUTIME_ID));
    print_names("results", totals.results, 1, PAYMENT_RESULT_COUNT, result_name);
    print_names("reasons", totals.reasons, 1, PAYMENT_REASON_COUNT, reason_name);
    return 0;
}

static int replay(char **paths, int count)
{
    struct wish wish = {.no_shrink = true};
    for (int i = 0; i < count; i++) {
        printf("%s\n", paths[i]);
        if (!shrink_replay(&world, paths[i]))
            return world.violation ? violated(&wish) : 2;
    }
    return 0;
}

static int usage(void)
{
    (void)fprintf(stderr, "usage: simulation [--seeds N] [--seed S] [--without LIST] [--no-shrink] [--trace]"
                          " [--progress]\n       simulation --replay FILE…\n");
    return 2;
}

int main(int argc, char **argv)
{
    struct wish wish = {.first = 1};
    bool one = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--replay") == 0 && i + 1 < argc)
            return replay(argv + i + 1, argc - i - 1);
        if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc)
            wish.seeds = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            one = true, wish.first = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--without") == 0 && i + 1 < argc)
            wish.without = argv[++i];
        else if (strcmp(argv[i], "--progress") == 0)
            wish.progress = true;
        else if (strcmp(argv[i], "--no-shrink") == 0)
            wish.no_shrink = true;
        else if (strcmp(argv[i], "--trace") == 0)
            wish.trace = true;
        else
            return usage();
    }
    if (wish.seeds == 0)
        wish.seeds = one ? 1 : 1000;
    if (wish.without && !shrink_read(&world, wish.without))
        return usage();
    return run(&wish);
}
