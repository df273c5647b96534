/* The operator at a barrier: opening it and holding it open. */
#include "tests/unit/core_lane_bench.h"

static void held(int64_t seconds)
{
    hold_for(seconds);
    commit();
    assert_int_equal(hold_ordered(), 1);
    ordered(HOLD_OUT, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
}

static void a_hold_is_durable_before_it_is_ordered(void **state)
{
    (void)state;
    hold_for(3600);
    assert_int_equal(hold_ordered(), 0);
    assert_int_equal(count_actions(CORE_ACTION_ANSWER), 0);
    assert_int_equal(stored(0)->parts, CORE_TXN_DEVICE);
    assert_int_equal(stored(0)->device_state.hold_until, event.wall_s + 3600);
    assert_int_equal(stored(0)->device_state.hold_since, event.wall_s);
    assert_string_equal(stored(0)->device_state.hold_owner, "alice");
    assert_string_equal(stored(0)->device_state.hold_why, "a funeral");
    const struct core_action *begun = told(CORE_CODE_HOLD_BEGUN);
    assert_string_equal(begun->u.event.owner, "alice");
    assert_string_equal(begun->u.event.why, "a funeral");
    assert_int_equal(begun->u.event.until, event.wall_s + 3600);
    commit();
    assert_int_equal(hold_ordered(), 1);
    assert_true(action(CORE_ACTION_ANSWER, 0)->u.answer.ok);
    assert_true(gate_view().held);
    assert_true(core.devices[GATE].device.held);
}

static void what_is_held_is_not_sold(void **state)
{
    (void)state;
    assert_int_equal(hold_of(GATE), CORE_HOLD_NONE);
    hold_for(3600);
    assert_int_equal(hold_of(GATE), CORE_HOLD_HELD);
    commit();
    pay("1", GATE);
    commit();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_OUT_OF_SERVICE);
}

static void a_hold_ends_by_the_monotonic_clock(void **state)
{
    (void)state;
    held(60);
    wall_offset_s = 100000; /* the wall clock jumps */
    tick(59999);
    assert_int_equal(hold_ordered(), 0);
    assert_int_equal(acts.deadline_ms, now_ms + 1);
    tick(1);
    assert_int_equal(hold_ordered(), -1);
    const struct core_action *ended = told(CORE_CODE_HOLD_ENDED);
    assert_string_equal(ended->u.event.owner, "alice");
    assert_true(ended->u.event.until > 0);
    assert_int_equal(stored(0)->device_state.hold_until, 0);
    assert_string_equal(stored(0)->device_state.hold_owner, "");
    assert_int_equal(hold_of(GATE), CORE_HOLD_NONE);
}

static void a_longer_hold_takes_over_without_a_gap(void **state)
{
    (void)state;
    held(60);
    hold_for(7200);
    assert_int_equal(hold_ordered(), 0);
    tick(60001); /* the first one would be over, the second is not durable yet */
    assert_int_equal(hold_ordered(), 0);
    commit();
    assert_int_equal(hold_ordered(), 0);
    tick(3600000);
    assert_true(gate_view().held);
}

static void a_release_ends_it_and_names_who(void **state)
{
    (void)state;
    held(3600);
    operator_says(CORE_COMMAND_LANE_RELEASE, "bob", "enough");
    step();
    assert_int_equal(hold_ordered(), -1);
    const struct core_action *ended = told(CORE_CODE_HOLD_ENDED);
    assert_string_equal(ended->u.event.owner, "bob");
    assert_string_equal(ended->u.event.why, "enough");
    assert_int_equal(ended->u.event.until, 0);
    assert_int_equal(stored(0)->device_state.hold_until, 0);
    commit();
    assert_true(action(CORE_ACTION_ANSWER, 0)->u.answer.ok);
    operator_says(CORE_COMMAND_LANE_RELEASE, "bob", "");
    step();
    assert_string_equal(error_told(), "it is not held open");
}

static void an_order_that_failed_comes_again(void **state)
{
    (void)state;
    hold_for(3600);
    commit();
    ordered(HOLD_OUT, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED);
    assert_int_equal(hold_ordered(), 0);
    tick(CORE_HOLD_AGAIN_MS - 1);
    assert_int_equal(hold_ordered(), 0);
    tick(1);
    assert_int_equal(hold_ordered(), 1);
    tick(CORE_QUIET_MS); /* no answer at all */
    assert_int_equal(hold_ordered(), 1);
    ordered(HOLD_OUT, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    tick(CORE_QUIET_MS * 2);
    assert_int_equal(hold_ordered(), 0);
    assert_int_equal(puppet_events[DEVICE_EVENT_ORDER], 0); /* nothing of it concerns the kind */
}

static void a_board_that_came_back_is_told_again(void **state)
{
    (void)state;
    held(3600);
    line_lost(HOLD_OUT);
    ordered(HOLD_OUT, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED);
    tick(CORE_HOLD_AGAIN_MS);
    assert_int_equal(hold_ordered(), 1);
}

static void a_latched_hold_contact_gets_no_order(void **state)
{
    (void)state;
    held(3600);
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = HOLD_OUT;
    event.u.line.on = true;
    step();
    assert_int_equal(core.devices[GATE].state.lock, CORE_LOCK_OUTPUT_FAULT);
    assert_int_equal(puppet_events[DEVICE_EVENT_FAULT], 0);
    operator_says(CORE_COMMAND_LANE_RELEASE, "bob", "");
    step();
    assert_int_equal(hold_ordered(), 0);
    assert_true(acts.deadline_ms == 0 || acts.deadline_ms > now_ms);
}

static void a_stop_ends_the_order_but_not_the_hold(void **state)
{
    (void)state;
    held(3600);
    begin(CORE_EVENT_LEAVE);
    step();
    assert_int_equal(hold_ordered(), 0);
    begin(CORE_EVENT_STOP);
    step();
    assert_int_equal(hold_ordered(), -1);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    assert_true(core.devices[GATE].state.hold_until > 0);
}

static void a_store_that_fails_leaves_it_open(void **state)
{
    (void)state;
    held(60);
    health(CORE_HEALTH_STORE, false);
    assert_int_equal(hold_ordered(), 0);
    tick(60000);
    assert_int_equal(hold_ordered(), -1);
}

/* A new run that remembers a hold until then. */
static void restart_with_hold(int64_t until)
{
    puppet_clear();
    script_begin();
    lane_config();
    core_init(&core, &config);
    begin(CORE_EVENT_RESTORE_DEVICE);
    event.u.device.device = GATE;
    event.u.device.state.hold_until = until;
    memcpy(event.u.device.state.hold_owner, "alice", 6);
    step();
    begin(CORE_EVENT_START);
    step();
}

static void a_restored_hold_waits_for_a_trusted_clock(void **state)
{
    (void)state;
    restart_with_hold(WALL + 110); /* the run begins at WALL + 10 */
    assert_int_equal(hold_ordered(), 0);
    assert_false(gate_view().held);
    tick(50000);
    assert_int_equal(hold_ordered(), 0);
    health(CORE_HEALTH_CLOCK, true);
    assert_int_equal(hold_ordered(), 1);
    ordered(HOLD_OUT, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    tick(50000);
    assert_true(event_told(CORE_CODE_HOLD_ENDED));
    assert_int_equal(hold_ordered(), -1);
}

static void a_hold_that_ended_meanwhile_is_not_restored(void **state)
{
    (void)state;
    restart_with_hold(WALL + 5);
    health(CORE_HEALTH_CLOCK, true);
    assert_int_equal(hold_ordered(), 0);
    assert_true(event_told(CORE_CODE_HOLD_ENDED));
    assert_int_equal(stored(0)->device_state.hold_until, 0);
}

static void a_start_without_a_hold_orders_nothing(void **state)
{
    (void)state;
    puppet_clear();
    script_begin();
    lane_config();
    core_init(&core, &config);
    begin(CORE_EVENT_START);
    step();
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
    health(CORE_HEALTH_CLOCK, true);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
}

static void impossible_holds_are_refused(void **state)
{
    (void)state;
    hold_for(0);
    assert_string_equal(error_told(), "that time is over");
    hold_for(CORE_HOLD_MOST_S + 1);
    assert_string_equal(error_told(), "a hold lasts at most 7 days");
    health(CORE_HEALTH_CLOCK, false);
    hold_for(60);
    assert_string_equal(error_told(), "the clock is not trusted: a hold needs a time when it ends");
    health(CORE_HEALTH_CLOCK, true);
    config.devices[GATE].line[CONFIG_ROLE_HOLD] = -1;
    hold_for(60);
    assert_string_equal(error_told(), "the barrier has no hold contact");
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    for (int kind = CORE_COMMAND_LANE_OPEN; kind <= CORE_COMMAND_LANE_RELEASE; kind++) {
        command((enum core_command_kind)kind, CHIPS);
        step();
        assert_string_equal(error_told(), "not a barrier");
        command((enum core_command_kind)kind, -1);
        step();
        assert_string_equal(error_told(), "unknown device");
    }
}

static void the_kind_hears_that_the_hold_begins_and_ends(void **state)
{
    (void)state;
    held(60);
    assert_int_equal(puppet_events[DEVICE_EVENT_TIME], 1);
    tick(60000);
    assert_int_equal(puppet_events[DEVICE_EVENT_TIME], 2);
    assert_false(core.devices[GATE].device.held);
}

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

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lane_ready)
    const struct CMUnitTest tests[] = {
        TEST(a_hold_is_durable_before_it_is_ordered),
        TEST(what_is_held_is_not_sold),
        TEST(a_hold_ends_by_the_monotonic_clock),
        TEST(a_longer_hold_takes_over_without_a_gap),
        TEST(a_release_ends_it_and_names_who),
        TEST(an_order_that_failed_comes_again),
        TEST(a_board_that_came_back_is_told_again),
        TEST(a_latched_hold_contact_gets_no_order),
        TEST(a_stop_ends_the_order_but_not_the_hold),
        TEST(a_store_that_fails_leaves_it_open),
        TEST(a_restored_hold_waits_for_a_trusted_clock),
        TEST(a_hold_that_ended_meanwhile_is_not_restored),
        TEST(a_start_without_a_hold_orders_nothing),
        TEST(impossible_holds_are_refused),
        TEST(the_kind_hears_that_the_hold_begins_and_ends),
        TEST(an_opening_is_a_movement_with_its_result_in_the_answer),
        TEST(nobody_drove_through_is_still_opened),
        TEST(an_opening_in_a_paid_movement_is_one_more_pulse_of_it),
        TEST(neither_fire_nor_door_nor_a_lock_forbids_an_opening),
        TEST(a_faulty_output_or_the_end_forbids_an_opening),
        TEST(a_payment_waits_for_the_vehicle_that_is_let_in_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
