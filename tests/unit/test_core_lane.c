/* The operator at a barrier: opening it without a payment. */
#include "tests/unit/core_lane_bench.h"

static void an_opening_is_a_movement_with_its_result_in_the_answer(void **state)
{
    (void)state;
    puppet_start.order_count = 1;
    puppet_start.orders[0] = (struct device_order){DEVICE_ORDER_PULSE, CONFIG_ROLE_OPEN, 500};
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "lost ticket");
    step();
    assert_int_equal(puppet_starts, 1);
    assert_int_equal(action(CORE_ACTION_ORDER, 0)->u.order.line, OUT_A);
    assert_string_equal(told(CORE_CODE_FREE_OPEN)->u.event.owner, "alice");
    assert_string_equal(told(CORE_CODE_FREE_OPEN)->u.event.why, "lost ticket");
    assert_int_equal(count_actions(CORE_ACTION_ANSWER), 0);
    puppet_answer[DEVICE_EVENT_INPUT] =
        finished(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    line(PRESENCE, false);
    assert_true(action(CORE_ACTION_ANSWER, 0)->u.answer.ok);
    assert_int_equal(action(CORE_ACTION_ANSWER, 0)->u.answer.outcome.result, PAYMENT_RESULT_DELIVERED);
    assert_false(event_told(CORE_CODE_DEVICE_TESTED));
}

static void nobody_drove_through_is_still_opened(void **state)
{
    (void)state;
    puppet_start = finished(PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_true(action(CORE_ACTION_ANSWER, 0)->u.answer.ok);
    assert_int_equal(action(CORE_ACTION_ANSWER, 0)->u.answer.outcome.reason, PAYMENT_REASON_NO_PASSAGE);
    puppet_start = finished(PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NOT_UP, DEVICE_VERDICT_GOOD);
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_string_equal(error_told(), "the movement did not end well");
}

static void an_opening_in_a_paid_movement_is_one_more_pulse_of_it(void **state)
{
    (void)state;
    pay("1", GATE);
    commit();
    assert_int_equal(puppet_starts, 1);
    puppet_answer[DEVICE_EVENT_AGAIN].order_count = 1;
    puppet_answer[DEVICE_EVENT_AGAIN].orders[0] =
        (struct device_order){DEVICE_ORDER_PULSE, CONFIG_ROLE_OPEN, 500};
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "stuck");
    step();
    assert_int_equal(puppet_starts, 1);
    assert_int_equal(puppet_events[DEVICE_EVENT_AGAIN], 1);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 1);
    assert_true(action(CORE_ACTION_ANSWER, 0)->u.answer.ok);
    assert_string_equal(told(CORE_CODE_FREE_OPEN)->u.event.owner, "alice");
}

static void neither_fire_nor_door_nor_a_lock_forbids_an_opening(void **state)
{
    (void)state;
    line(DOOR, false);
    line(FIRE, false);
    assert_int_equal(core.devices[GATE].state.lock, CORE_LOCK_FIRE);
    line_lost(PRESENCE);
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_int_equal(puppet_starts, 1);
}

static void a_faulty_output_or_the_end_forbids_an_opening(void **state)
{
    (void)state;
    line_lost(OUT_A);
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_string_equal(error_told(), "the line that opens it is lost");
    core.devices[GATE].state.lock = CORE_LOCK_OUTPUT_FAULT;
    step();
    assert_string_equal(error_told(), "an output is faulty: reset the device first");
    begin(CORE_EVENT_LEAVE);
    step();
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_string_equal(error_told(), "the machine is going down");
    assert_int_equal(puppet_starts, 0);
}

static void a_payment_waits_for_the_vehicle_that_is_let_in_free(void **state)
{
    (void)state;
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    pay("1", GATE);
    assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT);
    commit();
    puppet_answer[DEVICE_EVENT_INPUT] =
        finished(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    line(PRESENCE, false);
    assert_int_equal(stored(0)->parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
}

static void who_shares_a_sensor_or_is_forbidden_by_one_is_not_opened(void **state)
{
    (void)state;
    pay("1", CHIPS);
    commit();
    core.shares[GATE] = UINT64_C(1) << CHIPS;
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_string_equal(error_told(), "another device moves");
    core.shares[GATE] = 0;
    puppet_check[GATE].readiness = DEVICE_REFUSE;
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_string_equal(error_told(), "a sensor or an output forbids it");
}

static void an_output_fault_outlives_an_opening_that_ends_well(void **state)
{
    (void)state;
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = HOLD_OUT;
    step();
    puppet_answer[DEVICE_EVENT_INPUT] =
        finished(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    line(PRESENCE, false);
    assert_int_equal(core.devices[GATE].state.lock, CORE_LOCK_OUTPUT_FAULT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lane_ready)
    const struct CMUnitTest tests[] = {
        TEST(an_opening_is_a_movement_with_its_result_in_the_answer),
        TEST(nobody_drove_through_is_still_opened),
        TEST(an_opening_in_a_paid_movement_is_one_more_pulse_of_it),
        TEST(neither_fire_nor_door_nor_a_lock_forbids_an_opening),
        TEST(a_faulty_output_or_the_end_forbids_an_opening),
        TEST(a_payment_waits_for_the_vehicle_that_is_let_in_free),
        TEST(who_shares_a_sensor_or_is_forbidden_by_one_is_not_opened),
        TEST(an_output_fault_outlives_an_opening_that_ends_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
