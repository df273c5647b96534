/* Turnstiles whose orders are refused, unknown, or without a result. */
#include "tests/unit/device_turnstile_bench.h"

static const int32_t modes[] = {0, 1};

static enum device_order_kind release_of(int32_t mode)
{
    return mode == 0 ? DEVICE_ORDER_PULSE : DEVICE_ORDER_ON;
}

static void a_refused_order_is_failed(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        turnstile_init(&bench, modes[i]);
        bench_start(&bench);
        turnstile_answer(&bench, 10, release_of(modes[i]), DEVICE_ORDER_REFUSED, -1);
        bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
        assert_int_equal(bench.out.order_count, 0);
    }
}

static void a_refused_order_of_a_board_that_is_gone_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_start(&bench);
    bench_input(&bench, 5, PASS, LOST);
    bench_input(&bench, 5, READY, LOST);
    bench_expect_quiet(&bench);
    turnstile_answer(&bench, 6, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void a_refused_order_with_somebody_passing_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_start(&bench);
    bench_input(&bench, 100, PASS, ON);
    bench_time(&bench, 300);
    turnstile_answer(&bench, 310, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    expect_unknown(&bench, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void an_unknown_order_is_ended_and_settled_by_the_contact(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        turnstile_init(&bench, modes[i]);
        bench_start(&bench);
        turnstile_answer(&bench, 300, release_of(modes[i]), DEVICE_ORDER_UNKNOWN, -1);
        bench_expect_order(&bench, DEVICE_ORDER_OFF, UNLOCK, 0);
        turnstile_answer(&bench, 310, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
        bench_expect_quiet(&bench);
        bench_input(&bench, 2000, PASS, ON);
        bench_input(&bench, 2100, PASS, OFF);
        bench_deadline(&bench, 2150);
        bench_deadline(&bench, 2200);
        bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    }
}

static void an_unknown_order_with_nobody_passing_is_unknown(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        turnstile_init(&bench, modes[i]);
        bench_start(&bench);
        turnstile_answer(&bench, 300, release_of(modes[i]), DEVICE_ORDER_UNKNOWN, -1);
        turnstile_answer(&bench, 310, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
        bench_deadline(&bench, 8300);
        expect_unknown(&bench, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
    }
}

static void an_order_without_a_result_is_ended_and_unknown(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        int64_t by_ms = modes[i] == 0 ? 5500 : 5000;
        turnstile_init(&bench, modes[i]);
        bench_start(&bench);
        bench_deadline(&bench, by_ms);
        bench_expect_order(&bench, DEVICE_ORDER_OFF, UNLOCK, 0);
        turnstile_answer(&bench, by_ms + 10, release_of(modes[i]), DEVICE_ORDER_DONE, 10); /* too late */
        bench_expect_quiet(&bench);
        bench_deadline(&bench, by_ms + BENCH_RELOCK);
        expect_unknown(&bench, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
    }
}

static void an_unknown_order_without_a_contact_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench.config.line[PASS] = -1;
    bench_start(&bench);
    turnstile_answer(&bench, 300, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN, -1);
    bench_deadline(&bench, 8300);
    expect_unknown(&bench, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void a_level_that_may_still_be_on_is_no_proof_that_nobody_came(void **state)
{
    static const enum device_order_result results[] = {DEVICE_ORDER_UNKNOWN, DEVICE_ORDER_REFUSED};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        turnstile_init(&bench, 1);
        turnstile_release(&bench);
        bench_deadline(&bench, 7960);
        turnstile_answer(&bench, 7970, DEVICE_ORDER_OFF, results[i], -1);
        bench_deadline(&bench, 8010);
        expect_unknown(&bench, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
    }
}

static void a_level_whose_off_has_no_result_is_waited_for_and_then_unknown(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 1);
    turnstile_release(&bench);
    bench_deadline(&bench, 7960);
    bench_time(&bench, 8010);
    bench_expect_quiet(&bench);
    bench_deadline(&bench, 13010);
    expect_unknown(&bench, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void a_level_whose_off_comes_late_is_failed_then(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 1);
    turnstile_release(&bench);
    bench_deadline(&bench, 7960);
    turnstile_answer(&bench, 8400, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_order_is_failed),
        cmocka_unit_test(a_refused_order_of_a_board_that_is_gone_is_failed),
        cmocka_unit_test(a_refused_order_with_somebody_passing_is_unknown),
        cmocka_unit_test(an_unknown_order_is_ended_and_settled_by_the_contact),
        cmocka_unit_test(an_unknown_order_with_nobody_passing_is_unknown),
        cmocka_unit_test(an_order_without_a_result_is_ended_and_unknown),
        cmocka_unit_test(an_unknown_order_without_a_contact_is_unknown),
        cmocka_unit_test(a_level_that_may_still_be_on_is_no_proof_that_nobody_came),
        cmocka_unit_test(a_level_whose_off_has_no_result_is_waited_for_and_then_unknown),
        cmocka_unit_test(a_level_whose_off_comes_late_is_failed_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
