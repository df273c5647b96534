/* Relays, with and without a feedback contact. */
#include "tests/unit/device_bench.h"

#define FEEDBACK CONFIG_ROLE_FEEDBACK
#define OUTPUT   CONFIG_ROLE_OUTPUT
#define ON       DEVICE_LEVEL_ON
#define OFF      DEVICE_LEVEL_OFF
#define LOST     DEVICE_LEVEL_UNKNOWN

static void relay_init(struct bench *bench, bool feedback)
{
    bench_init(bench, CONFIG_KIND_RELAY);
    bench->config.line[OUTPUT] = 0;
    bench->config.line[FEEDBACK] = feedback ? 1 : -1;
    bench->config.param[CONFIG_PARAM_PULSE_MS] = 700;
    bench->config.param[CONFIG_PARAM_FEEDBACK_MS] = 2000;
    if (feedback)
        bench_input(bench, -1000, FEEDBACK, OFF);
}

static void relay_pulse(struct bench *bench)
{
    bench_start(bench);
    bench_expect_order(bench, DEVICE_ORDER_PULSE, OUTPUT, 700);
    bench_result(bench, 720, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
}

static void without_feedback_a_sent_pulse_is_delivered_not_verified(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, false);
    relay_pulse(&bench);
    bench_expect_delivered(&bench, false, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 1);
}

static void feedback_in_time_is_delivered_and_verified(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    relay_pulse(&bench);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 2010);
    bench_input(&bench, 1500, FEEDBACK, ON);
    bench_expect_nothing(&bench);
    bench_input(&bench, 1800, FEEDBACK, OFF);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_FEEDBACK_MS), 1500);
}

static void feedback_during_the_pulse_counts_when_the_pulse_is_over(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    bench_start(&bench);
    bench_input(&bench, 200, FEEDBACK, ON);
    bench_input(&bench, 500, FEEDBACK, OFF);
    bench_expect_nothing(&bench);
    bench_result(&bench, 720, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

static void a_contact_that_stays_closed_ends_the_movement_and_refuses_the_next(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    relay_pulse(&bench);
    bench_input(&bench, 1500, FEEDBACK, ON);
    bench_deadline(&bench, 2500);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    bench_expect_refusal(&bench, FEEDBACK);
}

static void no_feedback_is_unknown_with_a_strike(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    relay_pulse(&bench);
    bench_time(&bench, 2009);
    bench_expect_nothing(&bench);
    bench_deadline(&bench, 2010);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_FEEDBACK, DEVICE_VERDICT_STRIKE);
}

static void feedback_later_than_allowed_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    bench.config.param[CONFIG_PARAM_FEEDBACK_MS] = 300;
    bench_start(&bench);
    bench_input(&bench, 400, FEEDBACK, ON);
    bench_input(&bench, 600, FEEDBACK, OFF);
    bench_result(&bench, 720, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_FEEDBACK, DEVICE_VERDICT_STRIKE);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_FEEDBACK_MS), 400);
}

static void a_window_shorter_than_the_pulse_ends_with_the_pulse(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    bench.config.param[CONFIG_PARAM_FEEDBACK_MS] = 300;
    relay_pulse(&bench);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_FEEDBACK, DEVICE_VERDICT_STRIKE);
}

static void a_contact_that_closed_before_the_output_went_on_is_no_evidence(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    bench_start(&bench);
    bench_input(&bench, 5, FEEDBACK, ON);
    bench_input(&bench, 300, FEEDBACK, OFF);
    bench_result(&bench, 720, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_FEEDBACK, DEVICE_VERDICT_STRIKE);
}

static void start_is_refused_with_feedback_closed_or_lost(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    bench_input(&bench, -500, FEEDBACK, ON);
    bench_expect_refusal(&bench, FEEDBACK);
    bench_input(&bench, -400, FEEDBACK, LOST);
    bench_expect_refusal(&bench, FEEDBACK);
}

static void a_refused_order_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), -1);
}

static void an_unknown_order_without_feedback_is_unknown_and_switched_off(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, false);
    bench_start(&bench);
    bench_result(&bench, 300, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN, -1);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void an_unknown_order_is_settled_by_feedback(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 300, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN, -1);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    assert_false(bench.out.finished);
    bench_input(&bench, 900, FEEDBACK, ON);
    bench_input(&bench, 1000, FEEDBACK, OFF);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

static void an_unknown_order_and_silence_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 300, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN, -1);
    bench_deadline(&bench, 2300);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void an_order_without_any_result_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, false);
    bench_start(&bench);
    bench_deadline(&bench, 5700);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void a_lost_contact_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    relay_pulse(&bench);
    bench_input(&bench, 900, FEEDBACK, LOST);
    bench_input(&bench, 950, FEEDBACK, OFF);
    bench_deadline(&bench, 2010);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

static void a_guard_fault_is_unknown_and_locks(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, false);
    bench_start(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = OUTPUT}, 800);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK);
}

static void a_guard_fault_after_feedback_is_delivered_and_locks(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    bench_start(&bench);
    bench_input(&bench, 300, FEEDBACK, ON);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = OUTPUT}, 800);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_LOCK);
}

static void an_abort_switches_off_and_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    bench_start(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 300);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

static void what_means_nothing_changes_nothing(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    relay_pulse(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_INTENT}, 800);
    bench_expect_nothing(&bench);
    bench_input(&bench, 800, CONFIG_ROLE_DOOR, ON);
    bench_expect_nothing(&bench);
    bench_result(&bench, 800, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_expect_nothing(&bench);
    bench_result(&bench, 800, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    bench_expect_nothing(&bench);
    bench_input(&bench, 850, FEEDBACK, OFF);
    bench_expect_nothing(&bench);
}

static void a_refused_order_with_the_contact_closed_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    bench_start(&bench);
    bench_input(&bench, 10, FEEDBACK, ON);
    bench_result(&bench, 20, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_FEEDBACK_MS), 10);
}

static void a_contact_said_to_be_closed_again_has_not_opened(void **state)
{
    struct bench bench;
    (void)state;
    relay_init(&bench, true);
    relay_pulse(&bench);
    bench_input(&bench, 1500, FEEDBACK, ON);
    bench_input(&bench, 1600, FEEDBACK, ON);
    bench_expect_nothing(&bench);
    bench_input(&bench, 1700, FEEDBACK, OFF);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_feedback_a_sent_pulse_is_delivered_not_verified),
        cmocka_unit_test(feedback_in_time_is_delivered_and_verified),
        cmocka_unit_test(feedback_during_the_pulse_counts_when_the_pulse_is_over),
        cmocka_unit_test(a_contact_that_stays_closed_ends_the_movement_and_refuses_the_next),
        cmocka_unit_test(no_feedback_is_unknown_with_a_strike),
        cmocka_unit_test(feedback_later_than_allowed_is_unknown),
        cmocka_unit_test(a_window_shorter_than_the_pulse_ends_with_the_pulse),
        cmocka_unit_test(a_contact_that_closed_before_the_output_went_on_is_no_evidence),
        cmocka_unit_test(start_is_refused_with_feedback_closed_or_lost),
        cmocka_unit_test(a_refused_order_is_failed),
        cmocka_unit_test(an_unknown_order_without_feedback_is_unknown_and_switched_off),
        cmocka_unit_test(an_unknown_order_is_settled_by_feedback),
        cmocka_unit_test(an_unknown_order_and_silence_is_unknown),
        cmocka_unit_test(an_order_without_any_result_is_unknown),
        cmocka_unit_test(a_lost_contact_is_unknown),
        cmocka_unit_test(a_guard_fault_is_unknown_and_locks),
        cmocka_unit_test(a_guard_fault_after_feedback_is_delivered_and_locks),
        cmocka_unit_test(an_abort_switches_off_and_is_unknown),
        cmocka_unit_test(what_means_nothing_changes_nothing),
        cmocka_unit_test(a_refused_order_with_the_contact_closed_is_unknown),
        cmocka_unit_test(a_contact_said_to_be_closed_again_has_not_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
