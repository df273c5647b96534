/* Orders against a driver that answers as the test wishes: what is written, what is told, what is latched. */
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

static int set_up(void **state)
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

static int tear_down(void **state)
{
    struct bench *bench = *state;
    runner_close(bench->instance.runner);
    queue_close(bench->events);
    return 0;
}

static struct hal_event next_event(struct bench *bench)
{
    struct hal_event event;
    events_flush(&bench->instance);
    assert_true(queue_pop(bench->events, &event));
    return event;
}

static void assert_silent(struct bench *bench)
{
    events_flush(&bench->instance);
    assert_int_equal(queue_length(bench->events), 0);
}

/* The output is found, switched off and good. */
static void prove(struct bench *bench)
{
    hal_line_found(&bench->instance, &bench->lines[0]);
    outputs_guard(&bench->instance);
    assert_int_equal(next_event(bench).kind, HAL_EVENT_SAFE);
    fake.off_writes = 0;
}

static void order(struct bench *bench, enum hal_order_kind kind, int32_t ms)
{
    outputs_order(&bench->instance, &(struct hal_order){.line = 0, .kind = kind, .ms = ms});
}

static void assert_order(struct bench *bench, enum hal_order_kind kind, enum hal_result result)
{
    struct hal_event event = next_event(bench);
    assert_int_equal(event.kind, HAL_EVENT_ORDER);
    assert_int_equal(event.order, kind);
    assert_int_equal(event.result, result);
}

/* Time passes: whatever the guard waits for is due now. */
static void pass_time(struct bench *bench)
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

static void orders_before_the_first_read_back_are_refused_without_a_write(void **state)
{
    order(*state, HAL_ON, 0);
    assert_order(*state, HAL_ON, HAL_REFUSED);
    assert_int_equal(fake.on_writes, 0);
}

static void an_on_is_written_once_and_done(void **state)
{
    prove(*state);
    order(*state, HAL_ON, 0);
    struct hal_event event = next_event(*state);
    assert_int_equal(event.result, HAL_DONE);
    assert_true(event.on_at_us > 0);
    assert_int_equal(fake.on_writes, 1);
}

static void an_on_of_unknown_result_is_switched_off_and_not_repeated(void **state)
{
    prove(*state);
    fake.on_result = HAL_UNKNOWN;
    order(*state, HAL_PULSE, 100);
    assert_order(*state, HAL_PULSE, HAL_UNKNOWN);
    assert_int_equal(fake.on_writes, 1);
    assert_false(fake.pin);
    pass_time(*state);
    assert_silent(*state);
}

static void a_refused_on_leaves_the_output_usable(void **state)
{
    prove(*state);
    fake.on_result = HAL_REFUSED;
    order(*state, HAL_ON, 0);
    assert_order(*state, HAL_ON, HAL_REFUSED);
    fake.on_result = HAL_DONE;
    order(*state, HAL_ON, 0);
    assert_order(*state, HAL_ON, HAL_DONE);
}

static void a_pulse_is_told_after_its_off(void **state)
{
    prove(*state);
    order(*state, HAL_PULSE, 100);
    assert_silent(*state);
    assert_true(fake.pin);
    pass_time(*state);
    assert_order(*state, HAL_PULSE, HAL_DONE);
    assert_false(fake.pin);
}

static void an_off_ends_a_pulse_and_both_are_told(void **state)
{
    prove(*state);
    order(*state, HAL_PULSE, 100);
    order(*state, HAL_OFF, 0);
    assert_order(*state, HAL_PULSE, HAL_DONE);
    assert_order(*state, HAL_OFF, HAL_DONE);
}

static void a_pulse_into_a_running_pulse_is_refused(void **state)
{
    prove(*state);
    order(*state, HAL_PULSE, 100);
    order(*state, HAL_PULSE, 100);
    assert_order(*state, HAL_PULSE, HAL_REFUSED);
    assert_int_equal(fake.on_writes, 1);
}

static void the_limit_is_a_fault_that_is_off(void **state)
{
    prove(*state);
    order(*state, HAL_ON, 0);
    assert_order(*state, HAL_ON, HAL_DONE);
    pass_time(*state);
    struct hal_event event = next_event(*state);
    assert_int_equal(event.kind, HAL_EVENT_FAULT);
    assert_false(event.still_on);
    assert_silent(*state);
}

static void an_order_cannot_lift_the_limit_of_the_line(void **state)
{
    struct bench *bench = *state;
    prove(bench);
    order(bench, HAL_ON, 10 * LIMIT_MS);
    assert_true(guard_next_end_us(&bench->instance.runner->guard) <= clock_mono_us() + LIMIT_MS * 1000);
}

static void a_welded_output_is_one_fault_and_refuses_from_then_on(void **state)
{
    prove(*state);
    order(*state, HAL_ON, 0);
    assert_order(*state, HAL_ON, HAL_DONE);
    fake.welded = true;
    for (int n = 0; n < 5; n++)
        pass_time(*state);
    struct hal_event event = next_event(*state);
    assert_int_equal(event.kind, HAL_EVENT_FAULT);
    assert_true(event.still_on);
    assert_silent(*state);
    assert_true(fake.off_writes >= 5);
    order(*state, HAL_ON, 0);
    assert_order(*state, HAL_ON, HAL_REFUSED);
    fake.welded = false;
    pass_time(*state);
    order(*state, HAL_PULSE, 10);
    assert_order(*state, HAL_PULSE, HAL_REFUSED);
    assert_int_equal(fake.on_writes, 1);
}

static void a_line_lost_in_a_pulse_makes_it_unknown_and_is_off_before_it_is_back(void **state)
{
    struct bench *bench = *state;
    prove(bench);
    order(bench, HAL_PULSE, 100);
    fake.gone = true;
    hal_line_lost(&bench->instance, &bench->lines[0]);
    assert_int_equal(next_event(bench).kind, HAL_EVENT_LOST);
    assert_order(bench, HAL_PULSE, HAL_UNKNOWN);
    order(bench, HAL_ON, 0);
    assert_order(bench, HAL_ON, HAL_REFUSED);
    fake.gone = false;
    hal_line_found(&bench->instance, &bench->lines[0]);
    outputs_guard(&bench->instance);
    assert_false(fake.pin);
    assert_int_equal(next_event(bench).kind, HAL_EVENT_BACK);
    assert_silent(bench);
}

static void a_line_lost_by_the_write_itself_is_refused_and_lost(void **state)
{
    struct bench *bench = *state;
    prove(bench);
    fake.gone = true;
    order(bench, HAL_ON, 0);
    assert_int_equal(next_event(bench).kind, HAL_EVENT_LOST);
    assert_order(bench, HAL_ON, HAL_REFUSED);
    assert_false(bench->lines[0].now.on);
}

static void an_order_to_an_input_is_refused(void **state)
{
    struct bench *bench = *state;
    hal_input_level(&bench->instance, &bench->lines[1], true, 1);
    assert_int_equal(next_event(bench).kind, HAL_EVENT_INPUT);
    outputs_order(&bench->instance, &(struct hal_order){.line = 1, .kind = HAL_ON});
    assert_int_equal(next_event(bench).result, HAL_REFUSED);
}

static void only_changes_of_an_input_are_told(void **state)
{
    struct bench *bench = *state;
    for (int n = 0; n < 3; n++)
        hal_input_level(&bench->instance, &bench->lines[1], true, 7);
    assert_true(next_event(bench).on);
    assert_silent(bench);
    hal_line_lost(&bench->instance, &bench->lines[1]);
    assert_int_equal(next_event(bench).kind, HAL_EVENT_LOST);
    hal_input_level(&bench->instance, &bench->lines[1], true, 9);
    assert_int_equal(next_event(bench).at_us, 9);
}

static void a_caller_that_does_not_read_loses_no_result(void **state)
{
    struct bench *bench = *state;
    prove(bench);
    for (int n = 0; n < 2 * EVENTS; n++) {
        hal_input_level(&bench->instance, &bench->lines[1], n % 2 == 0, n + 1);
        order(bench, HAL_PULSE, 0);
    }
    int refused = 0;
    for (struct hal_event event; queue_pop(bench->events, &event); events_flush(&bench->instance))
        refused += event.kind == HAL_EVENT_ORDER;
    assert_int_equal(refused, 2 * EVENTS);
    assert_true(events_have_room(bench->instance.runner));
}

static void the_end_sets_every_output_off(void **state)
{
    struct bench *bench = *state;
    prove(bench);
    order(bench, HAL_ON, 0);
    assert_int_equal(outputs_end(&bench->instance), 0);
    assert_false(fake.pin);
}

static void the_end_counts_what_could_not_be_confirmed(void **state)
{
    struct bench *bench = *state;
    prove(bench);
    order(bench, HAL_ON, 0);
    fake.no_read_back = true;
    assert_int_equal(outputs_end(&bench->instance), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(orders_before_the_first_read_back_are_refused_without_a_write),
        TEST(an_on_is_written_once_and_done),
        TEST(an_on_of_unknown_result_is_switched_off_and_not_repeated),
        TEST(a_refused_on_leaves_the_output_usable),
        TEST(a_pulse_is_told_after_its_off),
        TEST(an_off_ends_a_pulse_and_both_are_told),
        TEST(a_pulse_into_a_running_pulse_is_refused),
        TEST(the_limit_is_a_fault_that_is_off),
        TEST(an_order_cannot_lift_the_limit_of_the_line),
        TEST(a_welded_output_is_one_fault_and_refuses_from_then_on),
        TEST(a_line_lost_in_a_pulse_makes_it_unknown_and_is_off_before_it_is_back),
        TEST(a_line_lost_by_the_write_itself_is_refused_and_lost),
        TEST(an_order_to_an_input_is_refused),
        TEST(only_changes_of_an_input_are_told),
        TEST(a_caller_that_does_not_read_loses_no_result),
        TEST(the_end_sets_every_output_off),
        TEST(the_end_counts_what_could_not_be_confirmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
