/* What promise.c remembers to judge by. */
#ifndef TESTS_SIMULATION_PROMISE_H
#define TESTS_SIMULATION_PROMISE_H

#include "config/config.h"

#include <stdbool.h>
#include <stdint.h>

struct world_promise {
    int64_t on_since_ms[CONFIG_MAX_LINES]; /* -1 = off */
    uint32_t on_generation[CONFIG_MAX_LINES];
    bool stuck_told[CONFIG_MAX_LINES];  /* it read on after off, and the core was told */
    bool stuck;                         /* any of them */
    bool off_last[CONFIG_MAX_LINES];    /* its newest order was OFF */
    int64_t off_step[CONFIG_MAX_LINES]; /* the step that ordered it off */
    uint64_t moved;                     /* a digest of all orders and outcomes with their times */
};

#endif
