/* What today's kinds do not do but the interface allows: waiting for a vehicle, a further intent, every order
 * at once. */
#include "tests/unit/core_puppet.h"

static void no_vehicle(int64_t wait_ms)
{
    puppet_check[COLA] = (struct device_check){
        .readiness = DEVICE_WAIT, .reason = PAYMENT_REASON_NO_VEHICLE, .wait_ms = wait_ms};
}

static void device_that_waits_begins_when_it_is_ready(void **state)
{
    (void)state;
    no_vehicle(60000);
    pay("1", COLA);
    assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT);
    commit();
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE); /* one may pay before the vehicle is there */
    tick(30000);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    puppet_check[COLA].readiness = DEVICE_GO;
    tick(CORE_POLL_MS);
    assert_int_equal(stored(0)->parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
}

static void device_that_waits_too_long_refuses_with_its_reason(void **state)
{
    (void)state;
    no_vehicle(60000);
    pay("1", COLA);
    commit();
    tick(60000);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    tick(1);
    assert_string_equal(payment_reason_name(stored(0)->payment.outcome.reason), "no_vehicle");
}

static void vehicle_that_left_after_the_intent_is_waited_for_too(void **state)
{
    (void)state;
    pay("1", COLA);
    no_vehicle(60000);
    commit();
    assert_int_equal(puppet_starts, 0);
    tick(60001);
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_NO_VEHICLE);
    assert_int_equal(stored(0)->payment.started_at, 0);
    assert_int_equal(puppet_starts, 0);
}

static void stop_refuses_who_waits_with_an_intent(void **state)
{
    (void)state;
    pay("1", COLA);
    no_vehicle(60000);
    commit();
    begin(CORE_EVENT_STOP);
    step();
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_OUT_OF_SERVICE);
}

static void further_start_wants_its_own_durable_intent(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    puppet_answer[DEVICE_EVENT_TIME].need_intent = true;
    core.devices[COLA].deadline_ms = now_ms;
    tick(0);
    assert_int_equal(stored(0)->parts, CORE_TXN_INTENT);
    assert_int_equal(stored(0)->payment.attempts, 2);
    assert_int_equal(puppet_events[DEVICE_EVENT_INTENT], 0);
    core.devices[COLA].deadline_ms = now_ms;
    tick(0); /* asked again while it is on its way: once is enough */
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    commit();
    assert_int_equal(puppet_events[DEVICE_EVENT_INTENT], 1);
}

static void further_intent_after_a_failed_store_never_comes(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    puppet_answer[DEVICE_EVENT_TIME].need_intent = true;
    core.devices[COLA].deadline_ms = now_ms;
    tick(0);
    commit_as(false, false);
    assert_int_equal(puppet_events[DEVICE_EVENT_ABORT], 1);
    assert_int_equal(puppet_events[DEVICE_EVENT_INTENT], 0);
    core.devices[COLA].deadline_ms = now_ms;
    tick(0);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
}

static void further_start_in_a_test_needs_no_intent(void **state)
{
    (void)state;
    puppet_start.need_intent = true;
    puppet_answer[DEVICE_EVENT_INTENT] =
        finished(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    command(CORE_COMMAND_DEVICE_TEST, COLA);
    step();
    assert_int_equal(puppet_events[DEVICE_EVENT_INTENT], 1);
    assert_true(action(CORE_ACTION_ANSWER, 0)->u.answer.ok);
}

static void latched_output_gets_no_order_and_the_kind_hears_refused(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = OUT_A;
    step();
    assert_int_equal(puppet_events[DEVICE_EVENT_FAULT], 1);
    puppet_answer[DEVICE_EVENT_TIME].order_count = 2;
    puppet_answer[DEVICE_EVENT_TIME].orders[0] =
        (struct device_order){DEVICE_ORDER_PULSE, CONFIG_ROLE_OUTPUT, 100};
    puppet_answer[DEVICE_EVENT_TIME].orders[1] =
        (struct device_order){DEVICE_ORDER_OFF, CONFIG_ROLE_OUTPUT, 0};
    core.devices[COLA].deadline_ms = now_ms;
    tick(0);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 1);
    assert_int_equal(action(CORE_ACTION_ORDER, 0)->u.order.kind, DEVICE_ORDER_OFF);
    assert_int_equal(puppet_events[DEVICE_EVENT_ORDER], 1);
}

static void verdict_lock_follows_the_result(void **state)
{
    (void)state;
    static const struct {
        enum payment_result result;
        enum payment_reason reason;
        enum core_lock lock;
    } cases[] = {{PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_DROP, CORE_LOCK_UNKNOWN},
                 {PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_JAM, CORE_LOCK_JAM},
                 {PAYMENT_RESULT_FAILED, PAYMENT_REASON_JAM, CORE_LOCK_JAM}};
    for (int i = 0; i < 3; i++) {
        (void)puppet_ready(state);
        puppet_start = finished(cases[i].result, cases[i].reason, DEVICE_VERDICT_LOCK);
        pay("1", COLA);
        commit();
        assert_true(event_told(CORE_CODE_DEVICE_LOCKED));
        assert_int_equal(core.devices[COLA].state.lock, cases[i].lock);
        commit();
    }
}

static void test_that_locks_is_stored(void **state)
{
    (void)state;
    puppet_start = finished(PAYMENT_RESULT_FAILED, PAYMENT_REASON_JAM, DEVICE_VERDICT_LOCK);
    command(CORE_COMMAND_DEVICE_TEST, COLA);
    step();
    assert_int_equal(stored(0)->parts, CORE_TXN_DEVICE);
    assert_int_equal(stored(0)->device_state.lock, CORE_LOCK_JAM);
}

static void returned_stock_never_exceeds_the_capacity(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    command(CORE_COMMAND_STOCK_SET, COLA);
    event.u.command.stock = 5;
    step();
    commit();
    puppet_answer[DEVICE_EVENT_TIME] =
        finished(PAYMENT_RESULT_FAILED, PAYMENT_REASON_JAM, DEVICE_VERDICT_GOOD);
    core.devices[COLA].deadline_ms = now_ms;
    tick(0);
    assert_int_equal(stored(0)->parts, CORE_TXN_OUTCOME);
    assert_int_equal(core.products[COLA].stock, 5);
}

/* Every device of a big machine moves, and all of them order as much as they may in one step. */
static void everything_at_once_fits_into_the_actions(void **state)
{
    struct device_out all = finished(PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_LOCK);
    all.order_count = DEVICE_MAX_ORDERS;
    for (int i = 0; i < DEVICE_MAX_ORDERS; i++)
        all.orders[i] = (struct device_order){DEVICE_ORDER_OFF, CONFIG_ROLE_OUTPUT, 0};
    (void)state;
    script_config();
    config.device_count = config.product_count = 20;
    config.machine.parallel = 64;
    for (int i = 3; i < 20; i++) {
        config.devices[i] = config.devices[COLA];
        config.devices[i].line[CONFIG_ROLE_OUTPUT] = config.line_count; /* one of its own */
        config.lines[config.line_count++] = config.lines[OUT_A];
        config.products[i] = config.products[CHIPS];
        (void)snprintf(config.products[i].id, sizeof(config.products[i].id), "p%d", i);
        config.products[i].device = i;
    }
    core_init(&core, &config);
    script_start();
    script_lines();
    memset(&puppet_start, 0, sizeof(puppet_start));
    char id[16];
    for (int i = 3; i < 20; i++) {
        (void)snprintf(id, sizeof(id), "%d", i);
        pay(id, i);
        commit();
    }
    assert_int_equal(puppet_starts, CORE_MAX_PARALLEL);
    puppet_answer[DEVICE_EVENT_ABORT] = all;
    health(CORE_HEALTH_STORE, false);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), CORE_MAX_PARALLEL * DEVICE_MAX_ORDERS);
    assert_true(acts.count <= CORE_MAX_ACTIONS);
}

static void kind_that_never_moves_its_deadline_makes_no_endless_loop(void **state)
{
    (void)state;
    puppet_start.deadline_ms = puppet_answer[DEVICE_EVENT_TIME].deadline_ms = now_ms;
    pay("1", COLA);
    commit();
    assert_int_equal(acts.deadline_ms, now_ms);
    tick(0);
    assert_int_equal(puppet_events[DEVICE_EVENT_TIME], 1);
    assert_int_equal(acts.deadline_ms, now_ms + CORE_PAUSE_MS);
}

static void idle_input_reaches_the_device_and_orders_nothing(void **state)
{
    (void)state;
    puppet_answer[DEVICE_EVENT_INPUT].order_count = 1;
    puppet_answer[DEVICE_EVENT_INPUT].orders[0] =
        (struct device_order){DEVICE_ORDER_ON, CONFIG_ROLE_MOTOR, 100};
    line(DROP, true);
    assert_int_equal(puppet_events[DEVICE_EVENT_INPUT], 1);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
}

static void sensor_gap(void)
{
    begin(CORE_EVENT_GAP);
    event.u.gap.line = DROP;
    event.u.gap.ms = 300;
    step();
}

static void gap_in_a_sensor_reaches_the_movement_and_nobody_at_rest(void **state)
{
    (void)state;
    sensor_gap();
    assert_int_equal(puppet_events[DEVICE_EVENT_GAP], 0);
    pay("1", WATER);
    commit();
    sensor_gap();
    assert_int_equal(puppet_events[DEVICE_EVENT_GAP], 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, puppet_ready)
    const struct CMUnitTest tests[] = {
        TEST(device_that_waits_begins_when_it_is_ready),
        TEST(device_that_waits_too_long_refuses_with_its_reason),
        TEST(vehicle_that_left_after_the_intent_is_waited_for_too),
        TEST(stop_refuses_who_waits_with_an_intent),
        TEST(further_start_wants_its_own_durable_intent),
        TEST(further_intent_after_a_failed_store_never_comes),
        TEST(further_start_in_a_test_needs_no_intent),
        TEST(latched_output_gets_no_order_and_the_kind_hears_refused),
        TEST(verdict_lock_follows_the_result),
        TEST(test_that_locks_is_stored),
        TEST(returned_stock_never_exceeds_the_capacity),
        TEST(everything_at_once_fits_into_the_actions),
        TEST(kind_that_never_moves_its_deadline_makes_no_endless_loop),
        TEST(idle_input_reaches_the_device_and_orders_nothing),
        TEST(gap_in_a_sensor_reaches_the_movement_and_nobody_at_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
