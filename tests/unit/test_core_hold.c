/* The operator at a barrier: holding it open. */
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
    const struct {
        enum device_order_result result;
        int32_t after_ms;
    } cases[] = {{DEVICE_ORDER_UNKNOWN, CORE_HOLD_AGAIN_MS}, {DEVICE_ORDER_REFUSED, CORE_HOLD_SOON_MS}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ordered(HOLD_OUT, DEVICE_ORDER_ON, cases[i].result);
        assert_int_equal(hold_ordered(), 0);
        tick(cases[i].after_ms - 1);
        assert_int_equal(hold_ordered(), 0);
        tick(1);
        assert_int_equal(hold_ordered(), 1);
    }
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
    assert_int_equal(hold_ordered(), 1);
    ordered(HOLD_OUT, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED);
    tick(CORE_HOLD_AGAIN_MS);
    assert_int_equal(hold_ordered(), 1);
    ordered(HOLD_OUT, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    operator_says(CORE_COMMAND_LANE_RELEASE, "bob", "");
    step();
    ordered(HOLD_OUT, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE);
    line_lost(HOLD_OUT); /* it is off and comes back off */
    line(HOLD_OUT, false);
    assert_int_equal(hold_ordered(), 0);
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

static void a_contact_that_latches_under_an_order_is_left_alone(void **state)
{
    (void)state;
    hold_for(3600);
    commit();
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = HOLD_OUT;
    step();
    tick(CORE_QUIET_MS);
    assert_int_equal(hold_ordered(), 0);
    assert_true(acts.deadline_ms > now_ms);
    hold_for(7200);
    assert_string_equal(error_told(), "the hold contact is faulty: reset the device first");
    command(CORE_COMMAND_DEVICE_RESET, GATE);
    step();
    assert_int_equal(hold_ordered(), 1); /* it is still to be held */
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

static void a_hold_restored_by_a_clock_that_went_back_ends_all_the_same(void **state)
{
    (void)state;
    restart_with_hold(WALL + 400 * 86400);
    health(CORE_HEALTH_CLOCK, true);
    assert_int_equal(hold_ordered(), 1);
    tick((int64_t)CORE_HOLD_MOST_S * 1000);
    assert_true(event_told(CORE_CODE_HOLD_ENDED));
}

static void a_hold_of_what_is_no_barrier_any_more_is_forgotten(void **state)
{
    (void)state;
    puppet_clear();
    script_begin();
    begin(CORE_EVENT_RESTORE_DEVICE);
    event.u.device.device = GATE;
    event.u.device.state.hold_until = WALL + 400 * 86400;
    step();
    script_start();
    script_lines();
    tick(CORE_SETTLE_MS);
    assert_int_equal(hold_of(GATE), CORE_HOLD_NONE);
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
        TEST(a_contact_that_latches_under_an_order_is_left_alone),
        TEST(a_stop_ends_the_order_but_not_the_hold),
        TEST(a_store_that_fails_leaves_it_open),
        TEST(a_restored_hold_waits_for_a_trusted_clock),
        TEST(a_hold_restored_by_a_clock_that_went_back_ends_all_the_same),
        TEST(a_hold_of_what_is_no_barrier_any_more_is_forgotten),
        TEST(a_hold_that_ended_meanwhile_is_not_restored),
        TEST(a_start_without_a_hold_orders_nothing),
        TEST(impossible_holds_are_refused),
        TEST(the_kind_hears_that_the_hold_begins_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
