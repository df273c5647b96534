/* Orders to one output (line 0) of a driver that answers as the test wishes. */
#ifndef TESTS_UNIT_OUTPUTS_BENCH_H
#define TESTS_UNIT_OUTPUTS_BENCH_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "common/clock.h"
#include "hal/runner.h"

enum { LIMIT_MS = 500, EVENTS = 32 };

/* The driver of the test. */
static struct {
    enum hal_result on_result;
    bool pin, welded, gone, no_read_back;
    int on_writes, off_writes;
} fake;

static void fake_set(struct hal_instance *instance, struct hal_line *line, struct hal_write *write)
{
    if (write->on)
        fake.on_writes++;
    else
        fake.off_writes++;
    write->known = false;
    write->at_us = clock_mono_us();
    if (fake.gone) {
        write->result = HAL_REFUSED;
        hal_line_lost(instance, line);
        return;
    }
    if (write->on && fake.on_result == HAL_REFUSED) {
        write->result = HAL_REFUSED;
        return;
    }
    if (write->on || !fake.welded)
        fake.pin = write->on;
    write->known = !fake.no_read_back;
    write->reads_on = fake.pin;
    write->result = write->known && fake.pin == write->on ? HAL_DONE : HAL_UNKNOWN;
    if (write->on && fake.on_result == HAL_UNKNOWN)
        write->result = HAL_UNKNOWN;
}

static bool fake_read(struct hal_instance *instance, struct hal_line *line, bool *ret_on)
{
    (void)instance;
    (void)line;
    *ret_on = fake.pin;
    return true;
}

static int32_t fake_set_ms(const struct hal_instance *instance)
{
    (void)instance;
    return 1;
}

static const struct hal_driver fake_driver = {
    .name = "fake", .set = fake_set, .read = fake_read, .set_ms = fake_set_ms};

struct bench {
    struct config_line config[2];
    struct hal_line lines[2];
    struct hal_line_run run[2];
    struct hal_instance instance;
    struct queue *events;
};

static inline int set_up(void **state)
{
    static struct bench bench;
    static const struct config config;
    memset(&fake, 0, sizeof fake);
    fake.on_result = HAL_DONE;
    memset(&bench, 0, sizeof bench);
    bench.config[0] = (struct config_line){.name = "motor", .output = true, .limit_ms = LIMIT_MS};
    bench.config[1] = (struct config_line){.name = "home"};
    for (int32_t i = 0; i < 2; i++) {
        bench.lines[i].index = i;
        bench.lines[i].config = &bench.config[i];
        bench.lines[i].run = &bench.run[i];
    }
    bench.instance = (struct hal_instance){
        .driver = &fake_driver, .config = &config, .bus = -1, .line_count = 2, .lines = bench.lines};
    *state = &bench;
    return queue_open(&bench.events, sizeof(struct hal_event), EVENTS) ||
           runner_open(&bench.instance.runner, &bench.instance, bench.events);
}

static inline int tear_down(void **state)
{
    struct bench *bench = *state;
    runner_close(bench->instance.runner);
    queue_close(bench->events);
    return 0;
}

static inline struct hal_event next_event(struct bench *bench)
{
    struct hal_event event;
    events_flush(&bench->instance);
    assert_true(queue_pop(bench->events, &event));
    return event;
}

static inline void assert_silent(struct bench *bench)
{
    events_flush(&bench->instance);
    assert_int_equal(queue_length(bench->events), 0);
}

/* The output is found, switched off and good. */
static inline void prove(struct bench *bench)
{
    hal_line_found(&bench->instance, &bench->lines[0]);
    outputs_guard(&bench->instance);
    assert_int_equal(next_event(bench).kind, HAL_EVENT_SAFE);
    fake.off_writes = 0;
}

static inline void order(struct bench *bench, enum hal_order_kind kind, int32_t ms)
{
    outputs_order(&bench->instance, &(struct hal_order){.line = 0, .kind = kind, .ms = ms});
}

static inline void assert_order(struct bench *bench, enum hal_order_kind kind, enum hal_result result)
{
    struct hal_event event = next_event(bench);
    assert_int_equal(event.kind, HAL_EVENT_ORDER);
    assert_int_equal(event.order, kind);
    assert_int_equal(event.result, result);
}

/* Time passes: whatever the guard waits for is due now. */
static inline void pass_time(struct bench *bench)
{
    struct guard_entry *entry = &bench->instance.runner->guard.entry[0];
    int64_t now_us = clock_mono_us();
    if (entry->limit_us != GUARD_NEVER)
        entry->limit_us = now_us;
    if (entry->end_us != GUARD_NEVER)
        entry->end_us = now_us;
    if (entry->retry_us != GUARD_NEVER)
        entry->retry_us = now_us;
    outputs_guard(&bench->instance);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
