#include "tests/unit/core_script.h"

static const struct core_txn *stored(int n)
{
    return &action(CORE_ACTION_STORE, n)->u.txn;
}

static void restore(const char *id, int product, enum payment_state state, int64_t age_s)
{
    struct core_event from = *payment(id, product);
    begin(CORE_EVENT_RESTORE_PAYMENT);
    event.u.payment.claims = from.u.in.claims;
    event.u.payment.claims.paid_at -= age_s;
    event.u.payment.state = state;
    event.u.payment.product = event.u.payment.device = product;
    event.u.payment.received_at = WALL - age_s;
    event.u.payment.received_us = 12345;
    event.u.payment.attempts = state == PAYMENT_STATE_MOVING;
    event.u.payment.started_at = state == PAYMENT_STATE_MOVING ? WALL : 0;
    step();
    assert_int_equal(acts.count, 0);
}

static void what_was_moving_is_unknown_and_locks_its_device(void **state)
{
    (void)state;
    script_begin();
    restore("1", COLA, PAYMENT_STATE_MOVING, 5);
    script_lines();
    begin(CORE_EVENT_START);
    step();
    assert_true(event_told(CORE_CODE_RECOVERED_UNKNOWN));
    const struct core_txn *txn = stored(0);
    assert_int_equal(txn->parts, CORE_TXN_OUTCOME | CORE_TXN_DEVICE);
    assert_int_equal(txn->payment.outcome.result, PAYMENT_RESULT_UNKNOWN);
    assert_int_equal(txn->payment.outcome.reason, PAYMENT_REASON_POWER_LOSS);
    assert_int_equal(txn->payment.outcome.refund, PAYMENT_REFUND_REVIEW);
    assert_false(txn->payment.outcome.verified);
    assert_int_equal(txn->payment.outcome.evidence[0].name, PAYMENT_EVIDENCE_RESTARTS);
    assert_int_equal(txn->device_state.lock, CORE_LOCK_UNKNOWN);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
    commit();
    assert_int_equal(count_actions(CORE_ACTION_OUTCOME), 1);
    assert_int_equal(count_actions(CORE_ACTION_RELEASE), 0);
    health(CORE_HEALTH_CLOCK, true);
    health(CORE_HEALTH_BROKER, true);
    assert_int_equal(hold_of(COLA), CORE_HOLD_DEVICE_LOCKED);
}

static void what_was_paid_resumes_oldest_first(void **state)
{
    (void)state;
    script_begin();
    restore("young", COLA, PAYMENT_STATE_PAID, 3);
    restore("old", COLA, PAYMENT_STATE_PAID, 9);
    script_start();
    script_lines();
    assert_int_equal(txn_count, 1);
    assert_string_equal(txns[txn_head].payment.claims.payment_id, "old");
    assert_int_equal(txns[txn_head].parts, CORE_TXN_INTENT | CORE_TXN_PRODUCT);
    commit();
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 1);
    assert_int_equal(count_actions(CORE_ACTION_RECEIPT) + count_actions(CORE_ACTION_RELEASE), 0);
    finish_cola();
    assert_int_equal(count_actions(CORE_ACTION_LATENCY), 0);
}

static void what_was_paid_too_long_ago_is_refused(void **state)
{
    (void)state;
    script_begin();
    restore("1", COLA, PAYMENT_STATE_PAID, 10800);
    script_start();
    assert_int_equal(txns[txn_head].parts, CORE_TXN_OUTCOME);
    assert_int_equal(txns[txn_head].payment.outcome.reason, PAYMENT_REASON_EXPIRED);
}

static void restored_payment_waits_for_its_inputs_and_expires_without_them(void **state)
{
    (void)state;
    script_begin();
    restore("1", WATER, PAYMENT_STATE_PAID, 20);
    script_start();
    line(DOOR, true);
    line(FIRE, true);
    line_lost(HOME);
    tick(90000);
    assert_int_equal(txn_count, 0);
    tick(12000);
    assert_int_equal(stored(0)->payment.outcome.result, PAYMENT_RESULT_REFUSED);
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_EXPIRED);
}

static void restored_payment_does_not_wait_for_what_is_known_to_forbid_it(void **state)
{
    (void)state;
    script_begin();
    restore("1", COLA, PAYMENT_STATE_PAID, 20);
    script_start();
    line(FIRE, true);
    line(DOOR, false);
    assert_int_equal(stored(0)->payment.outcome.result, PAYMENT_RESULT_REFUSED);
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_OUT_OF_SERVICE);
}

static void restored_payment_does_not_wait_for_an_output_that_is_lost(void **state)
{
    (void)state;
    script_begin();
    restore("1", COLA, PAYMENT_STATE_PAID, 20);
    script_start();
    line_lost(OUT_A);
    assert_int_equal(stored(0)->payment.outcome.result, PAYMENT_RESULT_REFUSED);
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_OUT_OF_SERVICE);
}

static void restored_payment_waits_for_the_clock_but_not_for_ever(void **state)
{
    (void)state;
    script_begin();
    restore("1", COLA, PAYMENT_STATE_PAID, 20);
    begin(CORE_EVENT_START);
    step();
    script_lines();
    tick(119000);
    assert_int_equal(txn_count, 0);
    tick(2000);
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_CLOCK_UNTRUSTED);
}

static void restored_payment_from_the_future_is_not_believed(void **state)
{
    (void)state;
    script_begin();
    restore("1", COLA, PAYMENT_STATE_PAID, -3600);
    script_start();
    script_lines();
    assert_int_equal(txn_count, 0);
    tick(121000);
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_CLOCK_UNTRUSTED);
}

static void payment_for_a_product_that_is_gone_is_refused(void **state)
{
    (void)state;
    script_begin();
    restore("1", COLA, PAYMENT_STATE_PAID, 1);
    core.slots[0].payment.product = -1;
    restore("2", COLA, PAYMENT_STATE_MOVING, 2);
    core.slots[1].payment.product = core.slots[1].payment.device = 1000;
    script_start();
    assert_int_equal(txn_count, 2);
    assert_int_equal(txns[txn_head].payment.outcome.result, PAYMENT_RESULT_UNKNOWN);
    assert_int_equal(txns[txn_head].parts, CORE_TXN_OUTCOME);
    assert_int_equal(txns[txn_head + 1].payment.outcome.reason, PAYMENT_REASON_UNKNOWN_PRODUCT);
}

static void duplicate_of_a_restored_one_starts_nothing(void **state)
{
    (void)state;
    script_begin();
    restore("1", COLA, PAYMENT_STATE_PAID, 0);
    script_start();
    pay("1", COLA);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    expect_receipt(CORE_RECEIPT_DUPLICATE, PAYMENT_REASON_NONE);
}

static void stock_prices_locks_and_the_machine_are_remembered(void **state)
{
    (void)state;
    script_begin();
    begin(CORE_EVENT_RESTORE_PRODUCT);
    event.u.product.product = COLA;
    event.u.product.state =
        (struct core_product_state){.stock = 1, .price_count = 1, .prices = {{WALL - 5, 99}}};
    step();
    begin(CORE_EVENT_RESTORE_PRODUCT);
    event.u.product.product = CHIPS;
    event.u.product.state = (struct core_product_state){.stock = 1, .price_count = 99};
    step();
    begin(CORE_EVENT_RESTORE_PRODUCT);
    event.u.product.product = -1; /* gone from the configuration */
    step();
    begin(CORE_EVENT_RESTORE_DEVICE);
    event.u.device.device = WATER;
    event.u.device.state = (struct core_device_state){.strikes = 2, .lock = CORE_LOCK_STRUCK_OUT};
    step();
    begin(CORE_EVENT_RESTORE_MACHINE);
    event.u.machine_disabled = true;
    step();
    script_start();
    script_lines();
    struct core_product_view view;
    core_view_product(&core, COLA, WALL, &view);
    assert_int_equal(view.stock, 1);
    assert_int_equal(view.price, 99);
    assert_int_equal(view.hold, CORE_HOLD_MACHINE_DISABLED);
    core_view_product(&core, CHIPS, WALL, &view);
    assert_int_equal(view.stock, -1);
    assert_int_equal(view.price, 300);
    enum core_hold why[CORE_HOLD_COUNT];
    assert_int_equal(core_why(&core, WATER, why, CORE_HOLD_COUNT), 2);
    assert_int_equal(why[0], CORE_HOLD_MACHINE_DISABLED);
    assert_int_equal(why[1], CORE_HOLD_STRUCK_OUT);
}

static void more_open_payments_than_the_table_stay_in_the_store(void **state)
{
    (void)state;
    int outcomes = 0;
    char id[16];
    script_begin();
    for (int i = 0; i < CORE_MAX_OPEN + 5; i++) {
        (void)snprintf(id, sizeof(id), "%d", i);
        restore(id, COLA, PAYMENT_STATE_MOVING, i);
    }
    script_start();
    while (acts.deadline_ms == now_ms)
        tick(0);
    assert_int_equal(txn_count, CORE_STORING_MAX);
    for (int i = 0; i < CORE_MAX_UNRELEASED; i++) { /* whoever pays now still gets an answer */
        (void)snprintf(id, sizeof(id), "new%d", i);
        pay(id, CHIPS);
        assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts, CORE_TXN_PAYMENT | CORE_TXN_OUTCOME);
    }
    while (txn_count > 0 || core.more) {
        if (core.more)
            tick(0);
        else
            outcomes += (commit()->parts & CORE_TXN_OUTCOME) != 0;
    }
    assert_int_equal(outcomes, CORE_MAX_ACCEPTED + CORE_MAX_UNRELEASED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test(name)
    const struct CMUnitTest tests[] = {
        TEST(what_was_moving_is_unknown_and_locks_its_device),
        TEST(what_was_paid_resumes_oldest_first),
        TEST(what_was_paid_too_long_ago_is_refused),
        TEST(restored_payment_waits_for_its_inputs_and_expires_without_them),
        TEST(restored_payment_does_not_wait_for_what_is_known_to_forbid_it),
        TEST(restored_payment_does_not_wait_for_an_output_that_is_lost),
        TEST(restored_payment_waits_for_the_clock_but_not_for_ever),
        TEST(restored_payment_from_the_future_is_not_believed),
        TEST(payment_for_a_product_that_is_gone_is_refused),
        TEST(duplicate_of_a_restored_one_starts_nothing),
        TEST(stock_prices_locks_and_the_machine_are_remembered),
        TEST(more_open_payments_than_the_table_stay_in_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
