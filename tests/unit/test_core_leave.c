/* Going down, or at the end of what the store can promise, while lanes are in the middle of something:
 * nothing opens any more. And what begins together. */
#include "tests/unit/core_lane_bench.h"

static void leave(void)
{
    begin(CORE_EVENT_LEAVE);
    step();
}

static void moving(const char *id)
{
    pay(id, GATE);
    commit();
    assert_int_equal(puppet_starts, 1);
}

static void wants_another_pulse(void)
{
    puppet_answer[DEVICE_EVENT_INPUT].need_intent = true;
    puppet_answer[DEVICE_EVENT_INTENT].order_count = 1;
    puppet_answer[DEVICE_EVENT_INTENT].orders[0] =
        (struct device_order){DEVICE_ORDER_PULSE, CONFIG_ROLE_OPEN, 500};
    line(PRESENCE, false);
}

static void no_further_intent_once_it_goes_down(void **state)
{
    (void)state;
    moving("1");
    leave();
    wants_another_pulse();
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    assert_int_equal(puppet_events[DEVICE_EVENT_INTENT], 0);
}

static void a_further_intent_that_is_durable_too_late_opens_nothing(void **state)
{
    (void)state;
    moving("1");
    wants_another_pulse();
    assert_int_equal(stored(0)->parts, CORE_TXN_INTENT);
    leave();
    commit();
    assert_int_equal(puppet_events[DEVICE_EVENT_INTENT], 0);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
}

static void a_further_intent_after_the_store_failed_opens_nothing(void **state)
{
    (void)state;
    moving("1");
    wants_another_pulse();
    health(CORE_HEALTH_STORE, false);
    commit(); /* this one came through all the same */
    assert_int_equal(puppet_events[DEVICE_EVENT_INTENT], 0);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
}

static void one_more_pulse_is_not_ordered_once_it_goes_down(void **state)
{
    (void)state;
    moving("1");
    leave();
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "stuck");
    step();
    assert_string_equal(error_told(), "the machine is going down");
    assert_int_equal(puppet_events[DEVICE_EVENT_AGAIN], 0);
    assert_int_equal(count_actions(CORE_ACTION_EVENT), 0);
}

/* The first refusal ends the movement, the second is nobody's. */
static void of_two_refused_orders_the_second_ends_nothing_again(void **state)
{
    (void)state;
    moving("1");
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = OUT_A;
    step();
    puppet_answer[DEVICE_EVENT_INPUT].order_count = 2;
    puppet_answer[DEVICE_EVENT_INPUT].orders[0] =
        (struct device_order){DEVICE_ORDER_PULSE, CONFIG_ROLE_OPEN, 500};
    puppet_answer[DEVICE_EVENT_INPUT].orders[1] = puppet_answer[DEVICE_EVENT_INPUT].orders[0];
    puppet_answer[DEVICE_EVENT_ORDER] =
        finished(PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
    line(PRESENCE, false);
    assert_int_equal(puppet_events[DEVICE_EVENT_ORDER], 1);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 1);
    assert_int_equal(stored(0)->parts & CORE_TXN_OUTCOME, CORE_TXN_OUTCOME);
}

/* Three lanes whose intents are durable and that wait for the same moment: a few begin in each step, the rest
 * at once after it. */
static void who_waits_for_one_moment_begins_a_few_at_a_time(void **state)
{
    (void)state;
    enum { LANES = 3 };
    _Static_assert((int)LANES > (int)CORE_BEGIN_MAX, "more than begin in one step");
    puppet_clear();
    script_begin();
    lane_config();
    for (int d = 0; d < LANES; d++) {
        config.devices[d].kind = CONFIG_KIND_BARRIER;
        config.devices[d].line[CONFIG_ROLE_OPEN] = d == GATE ? OUT_A : d == CHIPS ? OUT_B : MOTOR;
    }
    core_init(&core, &config);
    lane_start();
    for (int d = 0; d < LANES; d++) {
        char id[4] = {(char)('1' + d)};
        pay(id, d);
        puppet_check[d] = (struct device_check){
            .readiness = DEVICE_WAIT, .reason = PAYMENT_REASON_NO_VEHICLE, .wait_ms = 60000};
        commit();
    }
    assert_int_equal(puppet_starts, 0);
    memset(puppet_check, 0, sizeof(puppet_check));
    begin(CORE_EVENT_TICK);
    step();
    assert_int_equal(puppet_starts, CORE_BEGIN_MAX);
    assert_int_equal(acts.deadline_ms, now_ms);
    tick(0);
    assert_int_equal(puppet_starts, LANES);
}

/* No line is to blame, so nothing says that it will pass by itself. */
static void a_refusal_that_names_no_line_is_not_waited_for(void **state)
{
    (void)state;
    puppet_check[GATE] = (struct device_check){
        .readiness = DEVICE_REFUSE, .reason = PAYMENT_REASON_OUT_OF_SERVICE, .role = CONFIG_ROLE_HOME};
    assert_int_equal(hold_of(GATE), CORE_HOLD_SENSOR);
    pay("1", GATE);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
    tick(10 * CORE_STUCK_MS);
    assert_false(event_told(CORE_CODE_SENSOR_STUCK));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lane_ready)
    const struct CMUnitTest tests[] = {
        TEST(no_further_intent_once_it_goes_down),
        TEST(a_further_intent_that_is_durable_too_late_opens_nothing),
        TEST(a_further_intent_after_the_store_failed_opens_nothing),
        TEST(one_more_pulse_is_not_ordered_once_it_goes_down),
        TEST(of_two_refused_orders_the_second_ends_nothing_again),
        TEST(who_waits_for_one_moment_begins_a_few_at_a_time),
        TEST(a_refusal_that_names_no_line_is_not_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
