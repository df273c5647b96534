/* Trains of pulses. */
#include "tests/unit/device_bench.h"

#define OUTPUT CONFIG_ROLE_OUTPUT

static void pulses_start(struct bench *bench)
{
    bench_init(bench, CONFIG_KIND_PULSES);
    bench->config.line[OUTPUT] = 0;
    bench->config.param[CONFIG_PARAM_COUNT_N] = 3;
    bench->config.param[CONFIG_PARAM_ON_MS] = 50;
    bench->config.param[CONFIG_PARAM_OFF_MS] = 100;
    bench_start(bench);
    bench_expect_order(bench, DEVICE_ORDER_PULSE, OUTPUT, 50);
}

/* The first of three is sent; the gap runs. */
static void pulses_send_one(struct bench *bench)
{
    pulses_start(bench);
    bench_result(bench, 60, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 5);
    bench_expect_nothing(bench);
}

static void the_whole_train_is_delivered_not_verified(void **state)
{
    struct bench bench;
    (void)state;
    pulses_send_one(&bench);
    bench_time(&bench, 159);
    bench_expect_nothing(&bench);
    bench_deadline(&bench, 160);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, OUTPUT, 50);
    bench_result(&bench, 220, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 165);
    bench_deadline(&bench, 320);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, OUTPUT, 50);
    bench_result(&bench, 380, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 325);
    bench_expect_delivered(&bench, false, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 3);
    assert_int_equal(bench.out.order_count, 0);
}

static void the_first_pulse_refused_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    pulses_start(&bench);
    bench_result(&bench, 10, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 0);
}

static void a_later_pulse_refused_is_unknown_with_what_was_given(void **state)
{
    struct bench bench;
    (void)state;
    pulses_send_one(&bench);
    bench_deadline(&bench, 160);
    bench_result(&bench, 170, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 1);
}

static void an_unknown_pulse_ends_the_train_and_is_not_repeated(void **state)
{
    struct bench bench;
    (void)state;
    pulses_send_one(&bench);
    bench_deadline(&bench, 160);
    bench_result(&bench, 500, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN, -1);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 1);
}

static void a_pulse_without_any_result_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    pulses_start(&bench);
    bench_deadline(&bench, 5050);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void a_guard_fault_is_unknown_and_locks(void **state)
{
    struct bench bench;
    (void)state;
    pulses_start(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = OUTPUT}, 80);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK);
}

static void an_abort_in_the_gap_sends_no_more(void **state)
{
    struct bench bench;
    (void)state;
    pulses_send_one(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 80);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

static void what_means_nothing_changes_nothing(void **state)
{
    struct bench bench;
    (void)state;
    pulses_send_one(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_INTENT}, 70);
    bench_expect_nothing(&bench);
    bench_input(&bench, 75, CONFIG_ROLE_DOOR, DEVICE_LEVEL_ON);
    bench_expect_nothing(&bench);
    bench_result(&bench, 80, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 5);
    bench_expect_nothing(&bench);
    bench_result(&bench, 80, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 160);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_train_is_delivered_not_verified),
        cmocka_unit_test(the_first_pulse_refused_is_failed),
        cmocka_unit_test(a_later_pulse_refused_is_unknown_with_what_was_given),
        cmocka_unit_test(an_unknown_pulse_ends_the_train_and_is_not_repeated),
        cmocka_unit_test(a_pulse_without_any_result_is_unknown),
        cmocka_unit_test(a_guard_fault_is_unknown_and_locks),
        cmocka_unit_test(an_abort_in_the_gap_sends_no_more),
        cmocka_unit_test(what_means_nothing_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
