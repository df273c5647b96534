/* Validators: every payment is shown by the light or the screen, or it is told that it was not. */
#include "tests/unit/device_bench.h"

#define LIGHT  CONFIG_ROLE_LIGHT
#define BUZZER CONFIG_ROLE_BUZZER

enum { SHOW = 3000, LEASE = 4000, BUZZ = 150 };

static void validator_init(struct bench *bench, bool light, bool buzzer, bool screen)
{
    bench_init(bench, CONFIG_KIND_VALIDATOR);
    bench->config.line[LIGHT] = light ? 0 : -1;
    bench->config.line[BUZZER] = buzzer ? 1 : -1;
    bench->config.param[CONFIG_PARAM_SHOW_MS] = SHOW;
    bench->config.param[CONFIG_PARAM_BUZZ_MS] = BUZZ;
    bench->device.screen = screen;
}

static void pay(struct bench *bench, int64_t at_ms)
{
    int64_t now_ms = bench->started_ms + at_ms;
    assert_int_equal(device_check(&bench->device, now_ms).readiness, DEVICE_GO);
    device_start(&bench->device, now_ms, &bench->out);
    assert_false(bench->out.finished);
}

static void answer(struct bench *bench, int64_t at_ms, enum config_role role, enum device_order_kind kind,
                   enum device_order_result result)
{
    bench_send(
        bench,
        (struct device_event){.kind = DEVICE_EVENT_ORDER, .role = role, .order_kind = kind, .result = result},
        at_ms);
}

static void light_answers(struct bench *bench, int64_t at_ms, enum device_order_result result)
{
    answer(bench, at_ms, LIGHT, DEVICE_ORDER_ON, result);
}

static void expect_settled(const struct bench *bench, int32_t count, enum payment_result result,
                           enum payment_reason reason, enum device_verdict verdict)
{
    assert_false(bench->out.finished);
    assert_int_equal(bench->out.settled, count);
    assert_int_equal(bench->out.settled_evidence == PAYMENT_EVIDENCE_COUNT,
                     result != PAYMENT_RESULT_DELIVERED);
    assert_string_equal(payment_result_name(bench->out.outcome.result), payment_result_name(result));
    assert_string_equal(payment_reason_name(bench->out.outcome.reason), payment_reason_name(reason));
    assert_int_equal(bench->out.verdict, verdict);
    assert_int_equal(bench->out.outcome.verified, result == PAYMENT_RESULT_DELIVERED);
    assert_int_equal(bench->out.outcome.refund, result == PAYMENT_RESULT_FAILED    ? PAYMENT_REFUND_YES
                                                : result == PAYMENT_RESULT_UNKNOWN ? PAYMENT_REFUND_REVIEW
                                                                                   : PAYMENT_REFUND_NO);
}

static void expect_shown(const struct bench *bench, int32_t count, enum payment_evidence how)
{
    expect_settled(bench, count, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench->out.settled_evidence, how);
}

static void expect_none_settled(const struct bench *bench)
{
    assert_int_equal(bench->out.settled, 0);
    assert_false(bench->out.finished);
}

static void expect_unshown(const struct bench *bench, int32_t count)
{
    expect_settled(bench, count, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_FEEDBACK, DEVICE_VERDICT_STRIKE);
}

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
        cmocka_unit_test(a_dark_light_without_a_screen_is_failed),
        cmocka_unit_test(a_dark_light_before_a_screen_that_says_nothing_is_unknown),
        cmocka_unit_test(a_light_that_was_on_before_a_refused_order_is_unknown),
        cmocka_unit_test(a_light_that_went_off_before_the_payment_is_dark_again),
        cmocka_unit_test(an_off_before_a_newer_on_proves_no_darkness),
        cmocka_unit_test(an_unknown_order_for_the_light_is_switched_off_and_not_evidence),
        cmocka_unit_test(a_light_without_an_answer_does_not_hold_up_the_next_payment),
        cmocka_unit_test(an_answer_after_it_was_given_up_is_no_evidence),
        cmocka_unit_test(each_payment_has_its_three_seconds),
        cmocka_unit_test(the_buzzer_sounds_for_each_payment_with_at_most_one_waiting),
        cmocka_unit_test(a_dead_buzzer_changes_nothing_for_the_payments),
        cmocka_unit_test(a_buzzer_without_an_answer_is_given_up),
        cmocka_unit_test(a_guard_fault_of_the_light_leaves_the_screen_to_decide),
        cmocka_unit_test(a_guard_fault_of_the_buzzer_leaves_the_light),
        cmocka_unit_test(an_abort_ends_light_and_sound_and_what_was_not_shown_is_unknown),
        cmocka_unit_test(an_abort_at_rest_orders_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
