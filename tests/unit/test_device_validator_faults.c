/* Validators in trouble: light, buzzer or screen dead or silent, the guard, the end. */
#include "tests/unit/device_validator_bench.h"

static void a_dark_light_without_a_screen_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    light_answers(&bench, 10, DEVICE_ORDER_REFUSED);
    expect_none_settled(&bench);
    assert_int_equal(bench.out.order_count, 0);
    bench_deadline(&bench, 3000);
    expect_settled(&bench, 1, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
    assert_int_equal(bench.out.order_count, 0);
}

static void a_dark_light_before_a_screen_that_says_nothing_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, true);
    pay(&bench, 0);
    light_answers(&bench, 10, DEVICE_ORDER_REFUSED);
    bench.device.screen = false;
    bench_deadline(&bench, 3000);
    expect_unshown(&bench, 1);
}

static void a_light_that_was_on_before_a_refused_order_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    light_answers(&bench, 10, DEVICE_ORDER_DONE);
    pay(&bench, 2500);
    light_answers(&bench, 2510, DEVICE_ORDER_REFUSED);
    expect_none_settled(&bench);
    bench_deadline(&bench, 5500);
    expect_unshown(&bench, 1);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, LIGHT, 0);
}

static void a_light_that_went_off_before_the_payment_is_dark_again(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    light_answers(&bench, 10, DEVICE_ORDER_DONE);
    bench_deadline(&bench, 3000);
    answer(&bench, 3010, LIGHT, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE);
    pay(&bench, 3500);
    light_answers(&bench, 3510, DEVICE_ORDER_REFUSED);
    bench_deadline(&bench, 6500);
    expect_settled(&bench, 1, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void an_off_before_a_newer_on_proves_no_darkness(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    light_answers(&bench, 10, DEVICE_ORDER_DONE);
    bench_deadline(&bench, 3000);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, LIGHT, 0);
    pay(&bench, 3005);
    light_answers(&bench, 3010, DEVICE_ORDER_DONE);
    answer(&bench, 3020, LIGHT, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE);
    bench_deadline(&bench, 6005);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, LIGHT, 0);
}

static void an_unknown_order_for_the_light_is_switched_off_and_not_evidence(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    light_answers(&bench, 10, DEVICE_ORDER_UNKNOWN);
    expect_none_settled(&bench);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, LIGHT, 0);
    answer(&bench, 20, LIGHT, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE);
    bench_deadline(&bench, 3000);
    expect_unshown(&bench, 1);
}

static void a_light_without_an_answer_does_not_hold_up_the_next_payment(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, true);
    pay(&bench, 0);
    pay(&bench, 100);
    assert_int_equal(bench.out.order_count, 0);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_SHOWN, .shown = 2}, 200);
    expect_shown(&bench, 2, PAYMENT_EVIDENCE_SHOWN_MS);
    pay(&bench, 4900);
    bench_deadline(&bench, 5000);
    assert_int_equal(bench.out.order_count, 2);
    assert_int_equal(bench.out.orders[0].kind, DEVICE_ORDER_OFF);
    assert_int_equal(bench.out.orders[1].kind, DEVICE_ORDER_ON);
    light_answers(&bench, 5020, DEVICE_ORDER_DONE);
    expect_shown(&bench, 1, PAYMENT_EVIDENCE_LIGHT_MS);
    bench_deadline(&bench, 8000);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, LIGHT, 0);
}

static void an_answer_after_it_was_given_up_is_no_evidence(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    bench_deadline(&bench, 3000);
    expect_unshown(&bench, 1);
    bench_deadline(&bench, 5000);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, LIGHT, 0);
    light_answers(&bench, 5010, DEVICE_ORDER_DONE);
    expect_none_settled(&bench);
    bench_expect_nothing(&bench);
}

static void a_dead_buzzer_changes_nothing_for_the_payments(void **state)
{
    static const enum device_order_result results[] = {DEVICE_ORDER_REFUSED, DEVICE_ORDER_UNKNOWN};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        validator_init(&bench, true, true, false);
        pay(&bench, 0);
        assert_int_equal(bench.out.order_count, 2);
        answer(&bench, 5, BUZZER, DEVICE_ORDER_PULSE, results[i]);
        expect_none_settled(&bench);
        light_answers(&bench, 10, DEVICE_ORDER_DONE);
        expect_shown(&bench, 1, PAYMENT_EVIDENCE_LIGHT_MS);
        pay(&bench, 500);
        assert_int_equal(bench.out.order_count, 2); /* tried again for the next payment */
    }
}

static void a_buzzer_without_an_answer_is_given_up(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, false, true, true);
    pay(&bench, 0);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_SHOWN, .shown = 1}, 30);
    pay(&bench, 5100);
    assert_int_equal(bench.out.order_count, 0);
    bench_deadline(&bench, 5150);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, BUZZER, BUZZ);
}

static int struck(const struct bench *bench)
{
    return bench->out.settled > 0 && bench->out.verdict == DEVICE_VERDICT_STRIKE;
}

static void a_crowd_that_was_not_shown_is_one_strike_and_the_next_one_another(void **state)
{
    struct bench bench;
    int strikes = 0;
    (void)state;
    validator_init(&bench, true, false, false);
    for (int64_t at = 0; at < 12000; at += 100) {
        bench_time(&bench, at);
        strikes += struck(&bench);
        light_answers(&bench, at, DEVICE_ORDER_REFUSED);
        strikes += struck(&bench);
        if (at < 2000 || (at >= 6000 && at < 8000)) {
            pay(&bench, at);
            strikes += struck(&bench);
        }
        assert_int_equal(strikes, at < 3200 ? 0 : at < 9200 ? 1 : 2);
    }
}

static void a_screen_that_says_nothing_is_no_strike_where_there_is_no_light(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, false, false, true);
    pay(&bench, 0);
    bench_deadline(&bench, 3000);
    expect_settled(&bench, 1, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_FEEDBACK, DEVICE_VERDICT_NONE);
}

static void payments_that_nobody_asked_about_for_long_are_settled_too(void **state)
{
    struct bench bench;
    int32_t settled = 0;
    (void)state;
    validator_init(&bench, false, false, true);
    for (int n = 0; n < 30; n++) /* the core is late: no time comes between them, but each start is one */
        pay(&bench, n < 14 ? n * 200 : 2700 + n);
    for (int64_t at = 2900; at < 8000; at += 100) {
        bench_time(&bench, at);
        settled += bench.out.settled;
    }
    assert_int_equal(settled, 30);
    assert_int_equal(bench.out.deadline_ms, 0);
}

static void a_guard_fault_of_the_light_leaves_the_screen_to_decide(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, true);
    pay(&bench, 0);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = LIGHT}, 100);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, LIGHT, 0);
    expect_none_settled(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_SHOWN, .shown = 1}, 200);
    expect_shown(&bench, 1, PAYMENT_EVIDENCE_SHOWN_MS);
}

static void a_guard_fault_of_the_buzzer_leaves_the_light(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, true, false);
    pay(&bench, 0);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = BUZZER}, 5);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, BUZZER, 0);
    light_answers(&bench, 10, DEVICE_ORDER_DONE);
    expect_shown(&bench, 1, PAYMENT_EVIDENCE_LIGHT_MS);
}

static void an_abort_ends_light_and_sound_and_what_was_not_shown_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, true, false);
    pay(&bench, 0);
    pay(&bench, 5);
    light_answers(&bench, 10, DEVICE_ORDER_DONE);
    expect_shown(&bench, 1, PAYMENT_EVIDENCE_LIGHT_MS);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 20);
    expect_settled(&bench, 1, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench.out.order_count, 2);
    assert_int_equal(bench.out.orders[0].kind, DEVICE_ORDER_OFF);
    assert_int_equal(bench.out.orders[0].role, LIGHT);
    assert_int_equal(bench.out.orders[1].kind, DEVICE_ORDER_OFF);
    assert_int_equal(bench.out.orders[1].role, BUZZER);
}

static void an_abort_at_rest_orders_nothing(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, true, false);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 20);
    bench_expect_nothing(&bench);
    expect_none_settled(&bench);
}

static void a_guard_fault_of_the_shining_light_switches_it_off_and_orders_no_other(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    light_answers(&bench, 10, DEVICE_ORDER_DONE);
    expect_shown(&bench, 1, PAYMENT_EVIDENCE_LIGHT_MS);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = LIGHT}, 100);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, LIGHT, 0);
    assert_int_equal(bench.out.deadline_ms, 0);
    bench_time(&bench, SHOW + 10);
    bench_expect_nothing(&bench);
}

static void a_light_whose_off_is_not_confirmed_is_not_dark(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    light_answers(&bench, 10, DEVICE_ORDER_DONE);
    bench_deadline(&bench, 3000);
    answer(&bench, 3010, LIGHT, DEVICE_ORDER_OFF, DEVICE_ORDER_UNKNOWN);
    pay(&bench, 3500);
    light_answers(&bench, 3510, DEVICE_ORDER_REFUSED);
    bench_time(&bench, 6500);
    expect_unshown(&bench, 1);
}

static void an_abort_switches_a_shining_light_off(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    light_answers(&bench, 10, DEVICE_ORDER_DONE);
    expect_shown(&bench, 1, PAYMENT_EVIDENCE_LIGHT_MS);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 20);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, LIGHT, 0);
    expect_none_settled(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dark_light_without_a_screen_is_failed),
        cmocka_unit_test(a_dark_light_before_a_screen_that_says_nothing_is_unknown),
        cmocka_unit_test(a_light_that_was_on_before_a_refused_order_is_unknown),
        cmocka_unit_test(a_light_that_went_off_before_the_payment_is_dark_again),
        cmocka_unit_test(an_off_before_a_newer_on_proves_no_darkness),
        cmocka_unit_test(an_unknown_order_for_the_light_is_switched_off_and_not_evidence),
        cmocka_unit_test(a_light_without_an_answer_does_not_hold_up_the_next_payment),
        cmocka_unit_test(an_answer_after_it_was_given_up_is_no_evidence),
        cmocka_unit_test(a_dead_buzzer_changes_nothing_for_the_payments),
        cmocka_unit_test(a_buzzer_without_an_answer_is_given_up),
        cmocka_unit_test(a_crowd_that_was_not_shown_is_one_strike_and_the_next_one_another),
        cmocka_unit_test(a_screen_that_says_nothing_is_no_strike_where_there_is_no_light),
        cmocka_unit_test(payments_that_nobody_asked_about_for_long_are_settled_too),
        cmocka_unit_test(a_guard_fault_of_the_light_leaves_the_screen_to_decide),
        cmocka_unit_test(a_guard_fault_of_the_buzzer_leaves_the_light),
        cmocka_unit_test(an_abort_ends_light_and_sound_and_what_was_not_shown_is_unknown),
        cmocka_unit_test(an_abort_at_rest_orders_nothing),
        cmocka_unit_test(a_guard_fault_of_the_shining_light_switches_it_off_and_orders_no_other),
        cmocka_unit_test(a_light_whose_off_is_not_confirmed_is_not_dark),
        cmocka_unit_test(an_abort_switches_a_shining_light_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
