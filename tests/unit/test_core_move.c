#include "tests/unit/core_script.h"

static const struct core_txn *stored(int n)
{
    return &action(CORE_ACTION_STORE, n)->u.txn;
}

static enum core_lock lock_of(int device)
{
    struct core_device_view view;
    core_view_device(&core, device, &view);
    return view.state.lock;
}

static void spiral_turns_drops_and_is_delivered_with_evidence(void **state)
{
    (void)state;
    pay("1", WATER);
    commit();
    struct core_device_view view;
    core_view_device(&core, WATER, &view);
    assert_true(view.moving);
    assert_int_equal(view.phase, DEVICE_PHASE_MOVING);
    now_ms += 10;
    ordered(MOTOR, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    now_ms += 80;
    line(HOME, false);
    now_ms += 900;
    line(DROP, true);
    assert_false(event_told(CORE_CODE_DROP_WITHOUT_SALE));
    now_ms += 60;
    line(DROP, false);
    now_ms += 200;
    line(HOME, true);
    assert_int_equal(action(CORE_ACTION_ORDER, 0)->u.order.kind, DEVICE_ORDER_OFF);
    ordered(MOTOR, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE);
    while (txn_count == 0)
        tick(100);
    commit();
    const struct payment_outcome *outcome = &action(CORE_ACTION_OUTCOME, 0)->u.payment.outcome;
    assert_int_equal(outcome->result, PAYMENT_RESULT_DELIVERED);
    assert_true(outcome->verified);
    assert_int_equal(outcome->refund, PAYMENT_REFUND_NO);
}

static void latency_is_told_once_with_the_first_order(void **state)
{
    (void)state;
    pay("1", WATER);
    commit();
    now_ms += 7;
    ordered(MOTOR, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    assert_int_equal(action(CORE_ACTION_LATENCY, 0)->u.latency_us, 7000);
    ordered(MOTOR, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    assert_int_equal(count_actions(CORE_ACTION_LATENCY), 0);
}

static void device_deadline_is_the_cores_deadline(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    assert_true(acts.deadline_ms > now_ms);
    now_ms = acts.deadline_ms;
    tick(0);
    assert_int_equal(stored(0)->payment.outcome.result, PAYMENT_RESULT_UNKNOWN);
    assert_int_equal(stored(0)->payment.outcome.refund, PAYMENT_REFUND_REVIEW);
}

static void refused_order_fails_gives_stock_back_and_strikes(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED);
    assert_true(event_told(CORE_CODE_DEVICE_STRIKE));
    assert_int_equal(stored(0)->parts, CORE_TXN_OUTCOME | CORE_TXN_PRODUCT | CORE_TXN_DEVICE);
    assert_int_equal(stored(0)->payment.outcome.result, PAYMENT_RESULT_FAILED);
    assert_int_equal(stored(0)->payment.outcome.refund, PAYMENT_REFUND_YES);
    assert_int_equal(stored(0)->product_state.stock, 3);
    assert_int_equal(stored(0)->device_state.strikes, 1);
}

static void two_strikes_in_a_row_and_it_is_out(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        pay(i == 0 ? "1" : "2", COLA);
        commit();
        ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED);
        assert_int_equal(event_told(CORE_CODE_DEVICE_LOCKED), i == 1);
        commit();
    }
    assert_int_equal(lock_of(COLA), CORE_LOCK_STRUCK_OUT);
    assert_int_equal(hold_of(COLA), CORE_HOLD_STRUCK_OUT);
    pay("3", COLA);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
}

static void good_movement_clears_the_strike(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED);
    commit();
    pay("2", COLA);
    commit();
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    assert_int_equal(stored(0)->parts, CORE_TXN_OUTCOME | CORE_TXN_DEVICE);
    assert_int_equal(stored(0)->device_state.strikes, 0);
}

static void jam_locks_at_once(void **state)
{
    (void)state;
    pay("1", WATER);
    commit();
    ordered(MOTOR, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    now_ms += 80;
    line(HOME, false);
    while (txn_count == 0) {
        tick(100);
        if (count_actions(CORE_ACTION_ORDER) > 0)
            ordered(MOTOR, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE);
    }
    assert_int_equal(txns[txn_head].payment.outcome.reason, PAYMENT_REASON_JAM);
    assert_int_equal(lock_of(WATER), CORE_LOCK_JAM);
    commit();
    assert_int_equal(hold_of(WATER), CORE_HOLD_DEVICE_LOCKED);
}

static void output_fault_locks_and_ends_the_movement(void **state)
{
    (void)state;
    pay("1", WATER);
    commit();
    ordered(MOTOR, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = MOTOR;
    step();
    assert_true(event_told(CORE_CODE_OUTPUT_FAULT));
    assert_true(event_told(CORE_CODE_DEVICE_LOCKED));
    assert_int_equal(stored(0)->parts, CORE_TXN_DEVICE);
    assert_int_equal(stored(0)->device_state.lock, CORE_LOCK_OUTPUT_FAULT);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_OUTPUT_FAULTS), 1);
    step(); /* said twice: known */
    assert_int_equal(acts.count, 0);
    while (txn_count < 2)
        tick(100);
    assert_int_equal(lock_of(WATER), CORE_LOCK_OUTPUT_FAULT);
}

static void fault_of_a_line_without_device_is_told(void **state)
{
    (void)state;
    config.devices[COLA].line[CONFIG_ROLE_OUTPUT] = -1;
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = OUT_A;
    step();
    assert_true(event_told(CORE_CODE_OUTPUT_FAULT));
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
}

static void device_is_busy_until_its_outcome_is_durable(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    pay("2", COLA);
    assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT);
}

static void unconfirmed_off_keeps_other_devices_still_until_the_guard_has_acted(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN);
    assert_int_equal(action(CORE_ACTION_ORDER, 0)->u.order.kind, DEVICE_ORDER_OFF);
    commit();
    pay("2", CHIPS);
    commit();
    ordered(OUT_A, DEVICE_ORDER_OFF, DEVICE_ORDER_UNKNOWN);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    tick(500 + CORE_GUARD_MS - 1);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    tick(1);
    assert_int_equal(stored(0)->parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
}

static void order_that_is_never_answered_is_an_output_fault(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN); /* an OFF is out now */
    commit();
    tick(CORE_QUIET_MS);
    assert_true(event_told(CORE_CODE_OUTPUT_FAULT));
    assert_int_equal(lock_of(COLA), CORE_LOCK_OUTPUT_FAULT);
    assert_int_equal(stored(0)->parts, CORE_TXN_DEVICE);
}

static void stop_brings_what_moves_to_its_end_and_starts_nothing(void **state)
{
    (void)state;
    pay("1", WATER);
    commit();
    ordered(MOTOR, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    pay("2", COLA);
    commit();
    begin(CORE_EVENT_STOP);
    step();
    assert_int_equal(action(CORE_ACTION_ORDER, 0)->u.order.kind, DEVICE_ORDER_OFF);
    begin(CORE_EVENT_STOP);
    step();
    assert_int_equal(acts.count, 0);
    ordered(MOTOR, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE);
    while (txn_count == 0)
        tick(100);
    assert_int_equal(txns[txn_head].parts & CORE_TXN_OUTCOME, CORE_TXN_OUTCOME);
    commit();
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0); /* "2" stays paid for the next start */
    pay("3", COLA);
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_OUT_OF_SERVICE);
}

static void leaving_lets_what_moves_end_and_starts_nothing(void **state)
{
    struct core_machine_view view;
    (void)state;
    pay("1", WATER);
    commit();
    ordered(MOTOR, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    pay("2", WATER);
    commit();
    begin(CORE_EVENT_LEAVE);
    step();
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
    core_view_machine(&core, &view);
    assert_int_equal(view.unsettled, 1);
    line(HOME, false);
    line(DROP, true);
    line(DROP, false);
    tick(1000);
    line(HOME, true);
    assert_int_equal(txns[txn_head].payment.outcome.result, PAYMENT_RESULT_DELIVERED);
    core_view_machine(&core, &view);
    assert_int_equal(view.moving, 0);
    assert_int_equal(view.unsettled, 1); /* its outcome is not durable yet */
    commit();
    core_view_machine(&core, &view);
    assert_int_equal(view.unsettled, 0); /* "2" is only paid: the next start has it */
    assert_int_equal(view.open, 1);
}

static void leaving_while_an_intent_is_on_its_way_moves_nothing_and_says_so(void **state)
{
    struct core_machine_view view;
    (void)state;
    pay("1", COLA);
    begin(CORE_EVENT_LEAVE);
    step();
    core_view_machine(&core, &view);
    assert_int_equal(view.moving, 0);
    assert_int_equal(view.unsettled, 1);
    commit();
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
    assert_int_equal(txns[txn_head].payment.outcome.result, PAYMENT_RESULT_REFUSED);
    commit();
    core_view_machine(&core, &view);
    assert_int_equal(view.unsettled, 0);
}

static void result_of_an_order_that_nobody_gave_is_ignored(void **state)
{
    (void)state;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    ordered(DOOR, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE);
    assert_int_equal(acts.count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, script_ready)
    const struct CMUnitTest tests[] = {
        TEST(spiral_turns_drops_and_is_delivered_with_evidence),
        TEST(latency_is_told_once_with_the_first_order),
        TEST(device_deadline_is_the_cores_deadline),
        TEST(refused_order_fails_gives_stock_back_and_strikes),
        TEST(two_strikes_in_a_row_and_it_is_out),
        TEST(good_movement_clears_the_strike),
        TEST(jam_locks_at_once),
        TEST(output_fault_locks_and_ends_the_movement),
        TEST(fault_of_a_line_without_device_is_told),
        TEST(device_is_busy_until_its_outcome_is_durable),
        TEST(unconfirmed_off_keeps_other_devices_still_until_the_guard_has_acted),
        TEST(order_that_is_never_answered_is_an_output_fault),
        TEST(stop_brings_what_moves_to_its_end_and_starts_nothing),
        TEST(leaving_lets_what_moves_end_and_starts_nothing),
        TEST(leaving_while_an_intent_is_on_its_way_moves_nothing_and_says_so),
        TEST(result_of_an_order_that_nobody_gave_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
