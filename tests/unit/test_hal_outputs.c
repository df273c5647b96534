/* Orders against a driver that answers as the test wishes: what is written, what is told, what is latched. */
#include "tests/unit/outputs_bench.h"

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
