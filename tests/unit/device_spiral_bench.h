/* A coil on the bench: home cam, beam or none, max_ms 4000, a usual turn of 2000 ms. */
#ifndef TESTS_UNIT_DEVICE_SPIRAL_BENCH_H
#define TESTS_UNIT_DEVICE_SPIRAL_BENCH_H

#include "tests/unit/device_bench.h"

#define HOME  CONFIG_ROLE_HOME
#define DROP  CONFIG_ROLE_DROP
#define MOTOR CONFIG_ROLE_MOTOR
#define ON    DEVICE_LEVEL_ON
#define OFF   DEVICE_LEVEL_OFF
#define LOST  DEVICE_LEVEL_UNKNOWN

static inline void spiral_init(struct bench *bench, bool beam)
{
    bench_init(bench, CONFIG_KIND_SPIRAL);
    bench->config.line[MOTOR] = 0;
    bench->config.line[HOME] = 1;
    bench->config.line[DROP] = beam ? 2 : -1;
    bench->config.param[CONFIG_PARAM_MAX_MS] = 4000;
    bench_input(bench, -1000, HOME, ON);
    if (beam)
        bench_input(bench, -1000, DROP, OFF);
}

/* Ordered, on at 10 ms, the cam leaves home at 120 ms. */
static inline void spiral_leave(struct bench *bench)
{
    bench_start(bench);
    bench_result(bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_input(bench, 120, HOME, OFF);
    bench_expect_nothing(bench);
}

/* Another slot's product goes through the beam: it is proven. */
static inline void spiral_prove_beam(struct bench *bench)
{
    bench_input(bench, -500, DROP, ON);
    bench_input(bench, -400, DROP, OFF);
    bench_expect_nothing(bench);
}

/* A whole good turn of 2000 ms; the next movement may begin. */
static inline void spiral_vend(struct bench *bench)
{
    spiral_leave(bench);
    bench_input(bench, 1800, DROP, ON);
    bench_input(bench, 1870, DROP, OFF);
    bench_input(bench, 2120, HOME, ON);
    bench_expect_delivered(bench, true, DEVICE_VERDICT_GOOD);
    bench_result(bench, 2130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench->started_ms += 10000;
}

#endif
