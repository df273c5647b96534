/* Fire at a lane: latched until cleared, and the evidence that ends a lock after a power loss. */
#include "tests/unit/core_lane_bench.h"

static enum core_lock lock_of(int device)
{
    struct core_device_view view;
    core_view_device(&core, device, &view);
    return view.state.lock;
}

static void an_alarm_locks_the_lane_until_it_is_cleared(void **state)
{
    (void)state;
    line(LANE_FIRE, false);
    assert_int_equal(lock_of(GATE), CORE_LOCK_FIRE);
    assert_int_equal(told(CORE_CODE_FIRE)->u.event.device, GATE);
    assert_int_equal(told(CORE_CODE_FIRE)->u.event.line, LANE_FIRE);
    assert_int_equal(stored(0)->device_state.lock, CORE_LOCK_FIRE);
    assert_int_equal(hold_of(GATE), CORE_HOLD_FIRE);
    assert_int_equal(lock_of(CHIPS), CORE_LOCK_NONE);
    assert_int_equal(hold_of(CHIPS), CORE_HOLD_NONE); /* its own input is no matter of the others */
    line(LANE_FIRE, true);
    assert_true(event_told(CORE_CODE_FIRE_CLEAR));
    assert_int_equal(lock_of(GATE), CORE_LOCK_FIRE);
    assert_int_equal(hold_of(GATE), CORE_HOLD_FIRE);
    pay("1", GATE);
    commit();
    commit();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_OUT_OF_SERVICE);
    command(CORE_COMMAND_DEVICE_RESET, GATE);
    step();
    assert_int_equal(stored(0)->device_state.lock, CORE_LOCK_NONE);
    assert_int_equal(hold_of(GATE), CORE_HOLD_NONE);
}

static void it_cannot_be_cleared_while_the_alarm_lasts(void **state)
{
    (void)state;
    static const char text[] =
        "the fire input gives alarm or is not known: the lock can be cleared when it is good again";
    line(LANE_FIRE, false);
    command(CORE_COMMAND_DEVICE_RESET, GATE);
    step();
    assert_string_equal(error_told(), text);
    command(CORE_COMMAND_PRODUCT_ENABLE, GATE);
    step();
    assert_string_equal(error_told(), text);
    line_lost(LANE_FIRE);
    command(CORE_COMMAND_PRODUCT_ENABLE, GATE);
    step();
    assert_string_equal(error_told(), text);
    line(LANE_FIRE, true);
    line(FIRE, false); /* the machine's input protects the lane as well */
    command(CORE_COMMAND_DEVICE_RESET, GATE);
    step();
    assert_string_equal(error_told(), text);
    line(FIRE, true);
    step();
    command(CORE_COMMAND_PRODUCT_ENABLE, GATE);
    step();
    assert_int_equal(count_actions(CORE_ACTION_ANSWER), 0); /* after its commit */
    assert_int_equal(lock_of(GATE), CORE_LOCK_NONE);
}

static void a_lost_input_stops_sales_and_latches_nothing(void **state)
{
    (void)state;
    line_lost(LANE_FIRE);
    assert_int_equal(lock_of(GATE), CORE_LOCK_NONE);
    assert_int_not_equal(hold_of(GATE), CORE_HOLD_NONE);
    line(LANE_FIRE, true);
    assert_int_equal(hold_of(GATE), CORE_HOLD_NONE);
}

static void the_machines_alarm_latches_lanes_only(void **state)
{
    (void)state;
    line(FIRE, false);
    assert_int_equal(lock_of(GATE), CORE_LOCK_FIRE);
    assert_int_equal(lock_of(CHIPS), CORE_LOCK_NONE);
    int fires = 0;
    for (int32_t i = 0; i < acts.count; i++)
        fires += acts.item[i].kind == CORE_ACTION_EVENT && acts.item[i].u.event.code == CORE_CODE_FIRE;
    assert_int_equal(fires, 1);
    line(FIRE, true);
    assert_int_equal(hold_of(GATE), CORE_HOLD_FIRE);
    assert_int_equal(hold_of(CHIPS), CORE_HOLD_NONE);
}

static void a_barrier_that_is_to_be_open_in_a_fire_is_held(void **state)
{
    (void)state;
    config.devices[GATE].param[CONFIG_PARAM_ON_FIRE] = 1;
    line(LANE_FIRE, false);
    assert_int_equal(hold_ordered(), 1);
    assert_true(gate_view().held);
    ordered(HOLD_OUT, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    operator_says(CORE_COMMAND_LANE_RELEASE, "bob", "");
    step();
    assert_string_equal(error_told(), "it is not held open"); /* by an operator; the fire goes on */
    line(LANE_FIRE, true);
    tick(86400000);
    assert_int_equal(hold_ordered(), 0);
    command(CORE_COMMAND_DEVICE_RESET, GATE);
    step();
    assert_int_equal(hold_ordered(), -1);
}

static void a_barrier_that_only_stops_selling_is_not_held(void **state)
{
    (void)state;
    line(LANE_FIRE, false);
    assert_int_equal(hold_ordered(), 0);
    assert_false(gate_view().held);
}

static void no_other_lock_takes_the_place_of_fire(void **state)
{
    (void)state;
    config.devices[GATE].param[CONFIG_PARAM_ON_FIRE] = 1;
    pay("1", GATE);
    commit();
    line(LANE_FIRE, false);
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = OUT_A;
    event.u.line.on = true;
    step();
    assert_int_equal(lock_of(GATE), CORE_LOCK_FIRE);
    puppet_answer[DEVICE_EVENT_TIME] =
        finished(PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_JAM, DEVICE_VERDICT_LOCK);
    core.devices[GATE].deadline_ms = now_ms;
    tick(0);
    assert_int_equal(lock_of(GATE), CORE_LOCK_FIRE);
    assert_true(gate_view().held);
}

static void an_opening_that_ends_well_clears_no_alarm(void **state)
{
    (void)state;
    line(LANE_FIRE, false);
    puppet_start = finished(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_int_equal(lock_of(GATE), CORE_LOCK_FIRE);
    core.devices[GATE].state.lock = CORE_LOCK_JAM;
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_int_equal(lock_of(GATE), CORE_LOCK_NONE);
}

/* A new run in which a payment had been moving at the barrier. */
static void restart_in_a_movement(enum core_lock lock)
{
    puppet_clear();
    script_begin();
    lane_config();
    core_init(&core, &config);
    begin(CORE_EVENT_RESTORE_DEVICE);
    event.u.device.device = GATE;
    event.u.device.state.lock = lock;
    event.u.device.state.strikes = 1;
    step();
    payment("1", GATE);
    struct payment moving = {.claims = event.u.in.claims,
                             .state = PAYMENT_STATE_MOVING,
                             .product = GATE,
                             .device = GATE,
                             .attempts = 1,
                             .started_at = WALL};
    begin(CORE_EVENT_RESTORE_PAYMENT);
    event.u.payment = moving;
    step();
    lane_start();
}

static void after_a_power_loss_evidence_ends_the_lock(void **state)
{
    (void)state;
    restart_in_a_movement(CORE_LOCK_NONE);
    assert_int_equal(txns[txn_head].payment.outcome.reason, PAYMENT_REASON_POWER_LOSS);
    assert_int_equal(txns[txn_head].device_state.lock, CORE_LOCK_UNKNOWN);
    commit();
    assert_int_equal(lock_of(GATE), CORE_LOCK_UNKNOWN);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
    puppet_is_evident = true;
    line(PRESENCE, false);
    assert_int_equal(lock_of(GATE), CORE_LOCK_NONE);
    assert_int_equal(told(CORE_CODE_DEVICE_UNLOCKED)->u.event.device, GATE);
    assert_int_equal(stored(0)->parts, CORE_TXN_DEVICE);
    assert_int_equal(stored(0)->device_state.lock, CORE_LOCK_NONE);
    assert_int_equal(stored(0)->device_state.strikes, 1); /* no service was there */
    assert_int_equal(puppet_starts, 0);
}

static void evidence_ends_no_lock_in_a_movement_nor_without_a_store(void **state)
{
    (void)state;
    restart_in_a_movement(CORE_LOCK_NONE);
    commit();
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    puppet_is_evident = true;
    line(PRESENCE, false);
    assert_int_equal(lock_of(GATE), CORE_LOCK_UNKNOWN);
    puppet_answer[DEVICE_EVENT_ABORT] =
        finished(PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
    health(CORE_HEALTH_STORE, false);
    tick(1);
    assert_int_equal(lock_of(GATE), CORE_LOCK_UNKNOWN);
}

/* A fire that holds many barriers open at once: a few in each step, all of them in the end. */
static void all_barriers_are_held_in_a_fire(void **state)
{
    (void)state;
    int opened = 0;
    puppet_clear();
    script_begin();
    lane_config();
    config.devices[GATE].param[CONFIG_PARAM_ON_FIRE] = 1;
    config.device_count = CORE_MAX_PARALLEL;
    for (int i = 1; i < CORE_MAX_PARALLEL; i++) {
        config.devices[i] = config.devices[GATE];
        config.devices[i].line[CONFIG_ROLE_OPEN] = config.devices[i].line[CONFIG_ROLE_PRESENCE] = -1;
        config.devices[i].line[CONFIG_ROLE_HOLD] = config.line_count;
        config.lines[config.line_count++] = config.lines[HOLD_OUT];
    }
    core_init(&core, &config);
    lane_start();
    line(LANE_FIRE, false);
    opened += count_actions(CORE_ACTION_ORDER);
    assert_int_equal(opened, CORE_RUN_MAX);
    assert_int_equal(acts.deadline_ms, now_ms);
    tick(0);
    opened += count_actions(CORE_ACTION_ORDER);
    assert_int_equal(opened, CORE_MAX_PARALLEL);
}

static void evidence_ends_no_other_lock(void **state)
{
    (void)state;
    static const enum core_lock locks[] = {CORE_LOCK_JAM, CORE_LOCK_FIRE, CORE_LOCK_OUTPUT_FAULT,
                                           CORE_LOCK_STRUCK_OUT};
    for (int i = 0; i < 4; i++) {
        restart_in_a_movement(locks[i]);
        puppet_is_evident = true;
        line(PRESENCE, false);
        assert_int_equal(lock_of(GATE), locks[i]);
    }
}

static void an_arm_that_did_not_rise_is_no_matter_of_evidence(void **state)
{
    (void)state;
    pay("1", GATE);
    puppet_start = finished(PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NOT_UP, DEVICE_VERDICT_LOCK);
    puppet_is_evident = true; /* it is down, as always */
    commit();
    commit();
    tick(1000);
    assert_int_equal(lock_of(GATE), CORE_LOCK_JAM);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lane_ready)
    const struct CMUnitTest tests[] = {
        TEST(an_alarm_locks_the_lane_until_it_is_cleared),
        TEST(it_cannot_be_cleared_while_the_alarm_lasts),
        TEST(a_lost_input_stops_sales_and_latches_nothing),
        TEST(the_machines_alarm_latches_lanes_only),
        TEST(a_barrier_that_is_to_be_open_in_a_fire_is_held),
        TEST(a_barrier_that_only_stops_selling_is_not_held),
        TEST(no_other_lock_takes_the_place_of_fire),
        TEST(an_opening_that_ends_well_clears_no_alarm),
        TEST(after_a_power_loss_evidence_ends_the_lock),
        TEST(evidence_ends_no_lock_in_a_movement_nor_without_a_store),
        TEST(all_barriers_are_held_in_a_fire),
        TEST(evidence_ends_no_other_lock),
        TEST(an_arm_that_did_not_rise_is_no_matter_of_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
