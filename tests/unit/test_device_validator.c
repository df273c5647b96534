/* Validators: every payment is shown by the light or the screen. */
#include "tests/unit/device_validator_bench.h"

static void the_light_that_is_confirmed_on_delivers(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    bench_expect_order(&bench, DEVICE_ORDER_ON, LIGHT, LEASE);
    expect_none_settled(&bench);
    light_answers(&bench, 10, DEVICE_ORDER_DONE);
    expect_shown(&bench, 1, PAYMENT_EVIDENCE_LIGHT_MS);
    assert_int_equal(bench.out.order_count, 0);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
}

static void the_light_goes_off_show_ms_after_the_newest_payment(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    light_answers(&bench, 10, DEVICE_ORDER_DONE);
    pay(&bench, 2000);
    bench_expect_order(&bench, DEVICE_ORDER_ON, LIGHT, LEASE);
    light_answers(&bench, 2010, DEVICE_ORDER_DONE);
    expect_shown(&bench, 1, PAYMENT_EVIDENCE_LIGHT_MS);
    bench_time(&bench, 3000);
    assert_int_equal(bench.out.order_count, 0);
    bench_deadline(&bench, 2000 + SHOW);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, LIGHT, 0);
    answer(&bench, 5010, LIGHT, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.deadline_ms, 0);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_IDLE);
}

static void payments_during_an_order_are_settled_by_the_next_one(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, false);
    pay(&bench, 0);
    for (int n = 1; n < 50; n++) {
        pay(&bench, n);
        assert_int_equal(bench.out.order_count, 0);
    }
    light_answers(&bench, 60, DEVICE_ORDER_DONE);
    expect_shown(&bench, 1, PAYMENT_EVIDENCE_LIGHT_MS);
    bench_expect_order(&bench, DEVICE_ORDER_ON, LIGHT, LEASE);
    light_answers(&bench, 90, DEVICE_ORDER_DONE);
    expect_shown(&bench, 49, PAYMENT_EVIDENCE_LIGHT_MS);
    assert_int_equal(bench.out.order_count, 0);
}

static void a_thousand_payments_in_a_second_are_all_settled_once(void **state)
{
    struct bench bench;
    int32_t settled = 0;
    (void)state;
    validator_init(&bench, true, true, true);
    for (int n = 0; n < 1000; n++) {
        pay(&bench, n);
        settled += bench.out.settled;
        if (n % 20 == 19) {
            light_answers(&bench, n, DEVICE_ORDER_DONE);
            settled += bench.out.settled;
        }
    }
    for (int64_t at = 1000; at < 4500; at += 500) {
        bench_time(&bench, at);
        settled += bench.out.settled;
        light_answers(&bench, at, DEVICE_ORDER_DONE);
        settled += bench.out.settled;
    }
    assert_int_equal(settled, 1000);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_SHOWN, .shown = 5}, 6000);
    expect_none_settled(&bench);
}

static void the_screen_delivers_the_oldest_that_it_has_drawn(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, false, false, true);
    for (int n = 0; n < 5; n++)
        pay(&bench, n * 300);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_SHOWN, .shown = 3}, 1400);
    expect_shown(&bench, 3, PAYMENT_EVIDENCE_SHOWN_MS);
    assert_int_equal(bench.out.order_count, 0);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_SHOWN, .shown = 9}, 1500);
    expect_shown(&bench, 2, PAYMENT_EVIDENCE_SHOWN_MS);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_SHOWN, .shown = 9}, 1600);
    expect_none_settled(&bench);
    assert_int_equal(bench.out.deadline_ms, 0);
}

static void the_screen_before_the_light_leaves_nothing_for_the_light(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, true, false, true);
    pay(&bench, 0);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_SHOWN, .shown = 1}, 30);
    expect_shown(&bench, 1, PAYMENT_EVIDENCE_SHOWN_MS);
    pay(&bench, 40);
    light_answers(&bench, 50, DEVICE_ORDER_DONE); /* began before the second payment */
    expect_none_settled(&bench);
    bench_expect_order(&bench, DEVICE_ORDER_ON, LIGHT, LEASE);
    light_answers(&bench, 60, DEVICE_ORDER_DONE);
    expect_shown(&bench, 1, PAYMENT_EVIDENCE_LIGHT_MS);
}

static void without_light_it_sells_only_before_a_screen(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, false, true, false);
    struct device_check check = device_check(&bench.device, BENCH_START);
    assert_int_equal(check.readiness, DEVICE_REFUSE);
    assert_int_equal(check.reason, PAYMENT_REASON_OUT_OF_SERVICE);
    assert_int_equal(check.hold, CORE_HOLD_SCREEN);
    bench.device.screen = true;
    assert_int_equal(device_check(&bench.device, BENCH_START).readiness, DEVICE_GO);
}

static void each_payment_has_its_three_seconds(void **state)
{
    struct bench bench;
    int32_t settled = 0;
    (void)state;
    validator_init(&bench, false, false, true);
    for (int n = 0; n < 40; n++) {
        pay(&bench, n * 100);
        settled += bench.out.settled;
    }
    for (int64_t at = 4000; at <= 7200 && settled < 40; at += 10) {
        bench_time(&bench, at);
        settled += bench.out.settled;
        /* Payment n began at n * 100 and shares at most VALIDATOR_GRAIN_MS with later ones. */
        int32_t due = (int32_t)((at - 3000) / 100) + 1;
        assert_true(settled <= due && settled >= due - 4);
    }
    assert_int_equal(settled, 40);
}

static void the_buzzer_sounds_for_each_payment_with_at_most_one_waiting(void **state)
{
    struct bench bench;
    (void)state;
    validator_init(&bench, false, true, true);
    pay(&bench, 0);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, BUZZER, BUZZ);
    for (int n = 1; n < 10; n++) {
        pay(&bench, n);
        assert_int_equal(bench.out.order_count, 0);
    }
    answer(&bench, 160, BUZZER, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    bench_expect_nothing(&bench);
    bench_deadline(&bench, 260);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, BUZZER, BUZZ);
    answer(&bench, 420, BUZZER, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    bench_time(&bench, 600);
    assert_int_equal(bench.out.order_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_light_that_is_confirmed_on_delivers),
        cmocka_unit_test(the_light_goes_off_show_ms_after_the_newest_payment),
        cmocka_unit_test(payments_during_an_order_are_settled_by_the_next_one),
        cmocka_unit_test(a_thousand_payments_in_a_second_are_all_settled_once),
        cmocka_unit_test(the_screen_delivers_the_oldest_that_it_has_drawn),
        cmocka_unit_test(the_screen_before_the_light_leaves_nothing_for_the_light),
        cmocka_unit_test(without_light_it_sells_only_before_a_screen),
        cmocka_unit_test(each_payment_has_its_three_seconds),
        cmocka_unit_test(the_buzzer_sounds_for_each_payment_with_at_most_one_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
