/* Makes a failing run short: leaves out planned items and faults as long as the same promise breaks. */
#include "tests/simulation/world.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHRINK_MAX = 4096, SHRINK_RUNS_MOST = 3000, SHRINK_LINE = 16384 };

static const char asserted[] = "an assertion of the core fails";
static sigjmp_buf back;
static bool left_out[SHRINK_MAX], tried[SHRINK_MAX];

static void aborted(int signal)
{
    (void)signal;
    siglongjmp(back, 1);
}

void shrink_try(struct world *world, uint64_t seed)
{
    struct sigaction action = {.sa_handler = aborted, .sa_flags = SA_NODEFER}, old;
    sigaction(SIGABRT, &action, &old);
    if (sigsetjmp(back, 1) == 0) {
        world_run(world, seed);
        if (!world->violation)
            twin_run(world, seed);
    } else {
        world_violate(world, asserted);
    }
    sigaction(SIGABRT, &old, NULL);
}

static bool breaks(struct world *world, uint64_t seed, const char *what, const bool *without)
{
    world->options.without = without;
    world->options.without_count = SHRINK_MAX;
    shrink_try(world, seed);
    return world->violation && strcmp(world->violation, what) == 0;
}

/* Tries to leave out these as well. */
static bool leave_out(struct world *world, uint64_t seed, const char *what, int32_t from, int32_t count)
{
    bool more = false;
    memcpy(tried, left_out, sizeof(tried));
    for (int32_t i = from; i < from + count && i < SHRINK_MAX; i++) {
        more |= !tried[i];
        tried[i] = true;
    }
    if (!more || !breaks(world, seed, what, tried))
        return false;
    memcpy(left_out, tried, sizeof(tried));
    return true;
}

void shrink_run(struct world *world, uint64_t seed)
{
    const char *what = world->violation;
    int32_t planned = (int32_t)world->planned + WORLD_KNOBS, runs = 0;
    memset(left_out, 0, sizeof(left_out));
    for (bool again = true; again && runs < SHRINK_RUNS_MOST;) {
        again = false;
        for (int32_t size = planned / 2; size >= 1; size /= 2)
            for (int32_t from = 1; from <= planned && runs < SHRINK_RUNS_MOST; from += size, runs++)
                again |= leave_out(world, seed, what, from, size);
    }
    (void)breaks(world, seed, what, left_out);
}

static void print_list(const struct world *world, FILE *to)
{
    int32_t planned = (int32_t)world->planned + WORLD_KNOBS;
    const char *comma = "";
    for (int32_t i = 1; i <= planned; i++) {
        int32_t last = i;
        if (!left_out[i])
            continue;
        while (last < planned && left_out[last + 1])
            last++;
        if (last > i)
            (void)fprintf(to, "%s%d-%d", comma, i, last);
        else
            (void)fprintf(to, "%s%d", comma, i);
        comma = ",";
        i = last;
    }
}

void shrink_print(const struct world *world)
{
    int32_t planned = (int32_t)world->planned + WORLD_KNOBS, kept = planned;
    for (int32_t i = 1; i <= planned; i++)
        kept -= left_out[i];
    printf("shrunk: %d of %d planned items are needed, %" PRId64 " steps, %.3f s of virtual time\n", kept,
           planned, world->steps, (double)world->now_ms / 1000);
    printf("keep: echo '%" PRIu64 " ", world->seed);
    print_list(world, stdout);
    printf("' >>tests/simulation/traces/NAME.txt\nreplay: build/gcc/simulation --seed %" PRIu64 " --without ",
           world->seed);
    print_list(world, stdout);
    printf("\n");
}

/* "3,7-12,40" */
bool shrink_read(struct world *world, const char *list)
{
    memset(left_out, 0, sizeof(left_out));
    for (const char *at = list; *at != '\0' && *at != '\n';) {
        char *end;
        long from = strtol(at, &end, 10), to = from;
        if (end == at)
            return false;
        if (*end == '-')
            to = strtol(end + 1, &end, 10);
        if (from < 1 || to < from || to >= SHRINK_MAX || (*end != ',' && *end != '\0' && *end != '\n'))
            return false;
        memset(left_out + from, true, (size_t)(to - from + 1));
        at = *end == ',' ? end + 1 : end;
    }
    world->options.without = left_out;
    world->options.without_count = SHRINK_MAX;
    return true;
}

/* A line: the seed and what is left out; '#' begins a remark. */
bool shrink_replay(struct world *world, const char *path)
{
    static char line[SHRINK_LINE];
    FILE *file = fopen(path, "re");
    bool good = file != NULL;
    if (!file)
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
    while (good && fgets(line, sizeof(line), file)) {
        char *list;
        uint64_t seed = strtoull(line, &list, 10);
        if (line[0] == '#' || list == line)
            continue;
        good = shrink_read(world, list + strspn(list, " "));
        if (good)
            shrink_try(world, seed);
        else
            (void)fprintf(stderr, "%s: not a list: %s", path, list);
        good = good && !world->violation;
    }
    if (file)
        (void)fclose(file);
    world->options.without = NULL;
    return good;
}
