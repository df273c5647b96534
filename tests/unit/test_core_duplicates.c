#include "tests/unit/core_script.h"

static void second_of_the_same_is_a_duplicate(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    pay("1", COLA);
    assert_int_equal(acts.count, 2);
    assert_int_equal(action(CORE_ACTION_RELEASE, 0)->u.token, next_token);
    expect_receipt(CORE_RECEIPT_DUPLICATE, PAYMENT_REASON_NONE);
}

static void duplicate_of_what_is_not_yet_durable_is_answered_with_it(void **state)
{
    (void)state;
    pay("1", COLA);
    pay("1", COLA);
    assert_int_equal(acts.count, 0);
    payment("1", COLA);
    event.u.in.claims.amount++;
    step();
    assert_true(event_told(CORE_CODE_PAYMENT_CONFLICT));
    assert_int_equal(count_actions(CORE_ACTION_RELEASE) + count_actions(CORE_ACTION_RECEIPT), 0);
    commit();
    assert_int_equal(count_actions(CORE_ACTION_RELEASE), 3);
    assert_int_equal(action(CORE_ACTION_RECEIPT, 1)->u.receipt.result, CORE_RECEIPT_DUPLICATE);
    assert_int_equal(action(CORE_ACTION_RECEIPT, 2)->u.receipt.reason, PAYMENT_REASON_CONFLICTING_DUPLICATE);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 1);
}

static void other_amount_under_the_same_id_is_an_alarm_and_starts_nothing(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    payment("1", COLA);
    event.u.in.claims.amount = 1;
    step();
    assert_true(event_told(CORE_CODE_PAYMENT_CONFLICT));
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_CONFLICTING_DUPLICATE);
    assert_int_equal(count_actions(CORE_ACTION_RELEASE), 1);
    assert_int_equal(count_actions(CORE_ACTION_STORE) + count_actions(CORE_ACTION_OUTCOME), 0);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_CONFLICTS), 1);
}

static void whatever_differs_under_the_same_id_is_a_conflict(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    for (int what = 0; what < 3; what++) {
        struct payment_claims *claims = &payment("1", COLA)->u.in.claims;
        char *text = what == 0 ? claims->product : what == 1 ? claims->account : claims->currency;
        (void)snprintf(text, 4, "%s", "EUR");
        step();
        assert_true(event_told(CORE_CODE_PAYMENT_CONFLICT));
        expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_CONFLICTING_DUPLICATE);
    }
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_CONFLICTS), 3);
}

static void duplicate_of_a_finished_one_gets_its_outcome_again_at_a_bounded_rate(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    finish_cola();
    assert_int_equal(count_actions(CORE_ACTION_OUTCOME), 1);
    int outcomes = 0;
    for (int i = 0; i < 1000; i++) {
        pay("1", COLA);
        expect_receipt(CORE_RECEIPT_DUPLICATE, PAYMENT_REASON_NONE);
        outcomes += count_actions(CORE_ACTION_OUTCOME);
        assert_int_equal(count_actions(CORE_ACTION_STORE) + count_actions(CORE_ACTION_ORDER), 0);
    }
    assert_int_equal(outcomes, 1);
    tick(CORE_REPUBLISH_MS);
    pay("1", COLA);
    assert_int_equal(count_actions(CORE_ACTION_OUTCOME), 1);
}

static void duplicate_of_what_only_the_store_knows_starts_nothing(void **state)
{
    (void)state;
    payment("1", COLA);
    event.u.in.known.claims = event.u.in.claims;
    event.u.in.known.state = PAYMENT_STATE_DONE;
    event.u.in.known.outcome.result = PAYMENT_RESULT_DELIVERED;
    step();
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    expect_receipt(CORE_RECEIPT_DUPLICATE, PAYMENT_REASON_NONE);
    assert_int_equal(action(CORE_ACTION_OUTCOME, 0)->u.payment.outcome.result, PAYMENT_RESULT_DELIVERED);
    payment("1", COLA);
    event.u.in.known.claims = event.u.in.claims;
    event.u.in.known.state = PAYMENT_STATE_DONE;
    event.u.in.claims.amount++;
    step();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_CONFLICTING_DUPLICATE);
    assert_int_equal(count_actions(CORE_ACTION_OUTCOME), 0);
}

static void outcomes_again_are_bounded_for_all_payments_together(void **state)
{
    (void)state;
    int outcomes = 0;
    for (int i = 0; i < 100; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "%d", i);
        payment(id, COLA);
        event.u.in.known.claims = event.u.in.claims;
        event.u.in.known.state = PAYMENT_STATE_DONE;
        step();
        outcomes += count_actions(CORE_ACTION_OUTCOME);
    }
    assert_int_equal(outcomes, CORE_REPUBLISH_MAX);
}

static void key_that_the_store_had_already_never_moves(void **state)
{
    (void)state;
    pay("1", COLA);
    commit_as(true, true);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
    assert_int_equal(count_actions(CORE_ACTION_RELEASE), 1);
    expect_receipt(CORE_RECEIPT_DUPLICATE, PAYMENT_REASON_NONE);
    struct core_product_view view;
    core_view_product(&core, COLA, WALL, &view);
    assert_int_equal(view.stock, 3);
    pay("2", COLA); /* the device is free again */
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
}

static void alarms_that_a_sender_causes_are_bounded(void **state)
{
    (void)state;
    int alarms = 0;
    pay("1", COLA);
    commit();
    for (int i = 0; i < 100; i++) {
        payment("1", COLA);
        event.u.in.claims.amount = 1;
        step();
        alarms += event_told(CORE_CODE_PAYMENT_CONFLICT);
    }
    assert_int_equal(alarms, CORE_ALARM_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, script_ready)
    const struct CMUnitTest tests[] = {
        TEST(second_of_the_same_is_a_duplicate),
        TEST(duplicate_of_what_is_not_yet_durable_is_answered_with_it),
        TEST(other_amount_under_the_same_id_is_an_alarm_and_starts_nothing),
        TEST(whatever_differs_under_the_same_id_is_a_conflict),
        TEST(duplicate_of_a_finished_one_gets_its_outcome_again_at_a_bounded_rate),
        TEST(duplicate_of_what_only_the_store_knows_starts_nothing),
        TEST(outcomes_again_are_bounded_for_all_payments_together),
        TEST(key_that_the_store_had_already_never_moves),
        TEST(alarms_that_a_sender_causes_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
