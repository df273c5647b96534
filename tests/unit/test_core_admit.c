#include "tests/unit/core_script.h"

static void first_payment_is_stored_with_its_intent_before_anything_else(void **state)
{
    (void)state;
    pay("1", COLA);
    assert_int_equal(acts.count, 1);
    const struct core_txn *txn = &action(CORE_ACTION_STORE, 0)->u.txn;
    assert_int_equal(txn->parts, CORE_TXN_PAYMENT | CORE_TXN_INTENT | CORE_TXN_PRODUCT);
    assert_int_equal(txn->payment.state, PAYMENT_STATE_MOVING);
    assert_int_equal(txn->payment.attempts, 1);
    assert_int_equal(txn->payment.started_at, WALL + now_ms / 1000);
    assert_int_equal(txn->product_state.stock, 2);
    commit();
    assert_int_equal(action(CORE_ACTION_RELEASE, 0)->u.token, next_token);
    expect_receipt(CORE_RECEIPT_ACCEPTED, PAYMENT_REASON_NONE);
    assert_int_equal(action(CORE_ACTION_ORDER, 0)->u.order.line, OUT_A);
    assert_int_equal(count_actions(CORE_ACTION_OUTCOME), 0);
}

static void product_may_be_named_by_its_account(void **state)
{
    (void)state;
    payment("1", COLA);
    event.u.in.claims.product[0] = '\0';
    memcpy(event.u.in.claims.account, "acc-1", 6);
    step();
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.product, COLA);
}

static void empty_account_names_no_product(void **state)
{
    (void)state;
    payment("1", CHIPS);
    event.u.in.claims.product[0] = '\0';
    step();
    expect_refused(PAYMENT_REASON_UNKNOWN_PRODUCT);
}

static void wrong_claims_are_refused_with_their_reason(void **state)
{
    (void)state;
    payment("1", COLA);
    memcpy(event.u.in.claims.product, "tea", 4);
    step();
    expect_refused(PAYMENT_REASON_UNKNOWN_PRODUCT);
    payment("2", COLA);
    memcpy(event.u.in.claims.currency, "EUR", 4);
    step();
    expect_refused(PAYMENT_REASON_WRONG_CURRENCY);
    payment("3", COLA);
    event.u.in.claims.amount--;
    step();
    expect_refused(PAYMENT_REASON_WRONG_AMOUNT);
    payment("4", COLA);
    event.u.in.claims.test = true;
    step();
    expect_refused(PAYMENT_REASON_TEST_PAYMENT);
}

static void retained_payment_is_refused_before_anything_else_is_looked_at(void **state)
{
    (void)state;
    payment("1", COLA);
    event.u.in.claims.retained = true;
    event.u.in.claims.amount = 1;
    step();
    assert_true(event_told(CORE_CODE_PAYMENT_RETAINED));
    assert_int_equal(count_actions(CORE_ACTION_STORE), 1);
    commit();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_RETAINED);
}

static void price_of_the_time_of_payment_counts(void **state)
{
    (void)state;
    command(CORE_COMMAND_PRICE_SET, COLA);
    event.u.command.price = 400;
    step();
    commit();
    payment("old", COLA);
    event.u.in.claims.paid_at -= 1;
    step();
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
    payment("wrong", COLA);
    step();
    commit();
    expect_receipt(CORE_RECEIPT_ACCEPTED, PAYMENT_REASON_NONE); /* of "old" */
    commit();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_WRONG_AMOUNT);
    payment("new", COLA);
    event.u.in.claims.amount = 400;
    step();
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts, CORE_TXN_PAYMENT); /* waits behind "old" */
}

static void payment_is_fresh_up_to_its_last_second(void **state)
{
    (void)state;
    payment("1", COLA);
    event.u.in.claims.paid_at -= 120;
    step();
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts & CORE_TXN_OUTCOME, 0);
    payment("2", CHIPS);
    event.u.in.claims.paid_at -= 121;
    step();
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.payment.outcome.reason, PAYMENT_REASON_EXPIRED);
}

static void payment_three_hours_late_is_expired(void **state)
{
    (void)state;
    payment("1", COLA);
    event.u.in.claims.paid_at -= 10800;
    step();
    expect_refused(PAYMENT_REASON_EXPIRED);
}

static void claim_exp_that_has_passed_is_expired(void **state)
{
    (void)state;
    payment("1", COLA);
    event.u.in.exp_past = true;
    step();
    expect_refused(PAYMENT_REASON_EXPIRED);
}

static void clock_without_trust_refuses(void **state)
{
    (void)state;
    health(CORE_HEALTH_CLOCK, false);
    pay("1", COLA);
    expect_refused(PAYMENT_REASON_CLOCK_UNTRUSTED);
}

static void payment_from_the_future_is_refused_and_told(void **state)
{
    (void)state;
    payment("1", COLA);
    event.u.in.claims.paid_at += CORE_FUTURE_S + 1;
    step();
    assert_true(event_told(CORE_CODE_CLOCK_SKEW));
    commit();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_CLOCK_UNTRUSTED);
    payment("2", COLA);
    event.u.in.claims.paid_at += CORE_FUTURE_S;
    step();
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
}

static void extreme_times_are_refused_without_overflow(void **state)
{
    (void)state;
    payment("1", COLA);
    event.u.in.claims.paid_at = INT64_MAX;
    step();
    commit();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_CLOCK_UNTRUSTED);
    payment("2", COLA);
    event.u.in.claims.paid_at = INT64_MIN;
    step();
    expect_refused(PAYMENT_REASON_EXPIRED);
}

static void what_others_have_bought_is_not_sold_again(void **state)
{
    (void)state;
    pay("1", COLA);
    pay("2", COLA);
    pay("3", COLA);
    pay("4", COLA);
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.payment.outcome.reason, PAYMENT_REASON_SOLD_OUT);
}

static void uncounted_product_is_never_sold_out(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "%d", i);
        pay(id, CHIPS);
        assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts & CORE_TXN_OUTCOME, 0);
    }
}

static void machine_that_may_not_sell_refuses(void **state)
{
    (void)state;
    line(DOOR, false);
    pay("1", COLA);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
    line(DOOR, true);
    line(FIRE, false);
    pay("2", COLA);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
    line_lost(FIRE);
    pay("3", COLA);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
    line(FIRE, true);
    health(CORE_HEALTH_NO_CRASH_LOOP, false);
    pay("4", COLA);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
}

static void silent_broker_does_not_refuse(void **state)
{
    (void)state;
    health(CORE_HEALTH_BROKER, false);
    pay("1", COLA);
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
}

static void beam_stuck_before_the_start_refuses_with_evidence(void **state)
{
    (void)state;
    line(DROP, true);
    tick(CORE_SENSOR_GRACE_MS);
    pay("1", WATER);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
    const struct payment_outcome *outcome = &action(CORE_ACTION_OUTCOME, 0)->u.payment.outcome;
    assert_int_equal(outcome->evidence_count, 1);
    assert_int_equal(outcome->evidence[0].name, PAYMENT_EVIDENCE_BEAM);
    assert_int_equal(outcome->evidence[0].value, 1);
}

static void beam_that_was_broken_just_now_is_waited_for(void **state)
{
    (void)state;
    line(DROP, true);
    tick(100);
    pay("1", WATER);
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts, CORE_TXN_PAYMENT);
    commit();
    line(DROP, false);
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
}

static void lost_line_refuses(void **state)
{
    (void)state;
    line_lost(FEEDBACK);
    pay("1", CHIPS);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
    line_lost(OUT_A);
    pay("2", COLA);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
}

static void full_queue_is_busy(void **state)
{
    (void)state;
    char id[16];
    for (int i = 0; i <= CORE_MAX_QUEUE; i++) { /* the first one moves */
        (void)snprintf(id, sizeof(id), "%d", i);
        pay(id, CHIPS);
        assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts & CORE_TXN_OUTCOME, 0);
        commit();
    }
    assert_int_equal(hold_of(CHIPS), CORE_HOLD_BUSY);
    pay("late", CHIPS);
    expect_refused(PAYMENT_REASON_BUSY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, script_ready)
    const struct CMUnitTest tests[] = {
        TEST(first_payment_is_stored_with_its_intent_before_anything_else),
        TEST(product_may_be_named_by_its_account),
        TEST(empty_account_names_no_product),
        TEST(wrong_claims_are_refused_with_their_reason),
        TEST(retained_payment_is_refused_before_anything_else_is_looked_at),
        TEST(price_of_the_time_of_payment_counts),
        TEST(payment_is_fresh_up_to_its_last_second),
        TEST(payment_three_hours_late_is_expired),
        TEST(claim_exp_that_has_passed_is_expired),
        TEST(clock_without_trust_refuses),
        TEST(payment_from_the_future_is_refused_and_told),
        TEST(extreme_times_are_refused_without_overflow),
        TEST(what_others_have_bought_is_not_sold_again),
        TEST(uncounted_product_is_never_sold_out),
        TEST(machine_that_may_not_sell_refuses),
        TEST(silent_broker_does_not_refuse),
        TEST(beam_stuck_before_the_start_refuses_with_evidence),
        TEST(beam_that_was_broken_just_now_is_waited_for),
        TEST(lost_line_refuses),
        TEST(full_queue_is_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
