/* Locks, with and without the contact of their door (1 = shut). */
#include "tests/unit/device_bench.h"

#define DOOR   CONFIG_ROLE_DOOR
#define OUTPUT CONFIG_ROLE_OUTPUT
#define SHUT   DEVICE_LEVEL_ON
#define OPEN   DEVICE_LEVEL_OFF
#define LOST   DEVICE_LEVEL_UNKNOWN

static void lock_init(struct bench *bench, bool door)
{
    bench_init(bench, CONFIG_KIND_LOCK);
    bench->config.line[OUTPUT] = 0;
    bench->config.line[DOOR] = door ? 1 : -1;
    bench->config.param[CONFIG_PARAM_PULSE_MS] = 500;
    bench->config.param[CONFIG_PARAM_OPEN_WAIT_S] = 10;
    if (door)
        bench_input(bench, -1000, DOOR, SHUT);
}

static void lock_pulse(struct bench *bench)
{
    bench_start(bench);
    bench_expect_order(bench, DEVICE_ORDER_PULSE, OUTPUT, 500);
    assert_int_equal(bench->out.phase, DEVICE_PHASE_TAKE);
    bench_result(bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
}

static void without_a_contact_a_sent_pulse_is_delivered_not_verified(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, false);
    lock_pulse(&bench);
    bench_expect_delivered(&bench, false, DEVICE_VERDICT_GOOD);
}

static void the_door_opening_is_delivered_and_verified(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    lock_pulse(&bench);
    bench_expect_nothing(&bench);
    bench_input(&bench, 4000, DOOR, OPEN);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_DOOR_MS), 4000);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 1);
}

static void a_door_opened_during_the_pulse_ends_with_the_pulse(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench_start(&bench);
    bench_input(&bench, 300, DOOR, OPEN);
    bench_expect_nothing(&bench);
    bench_input(&bench, 400, DOOR, SHUT);
    bench_result(&bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_DOOR_MS), 300);
}

static void a_door_seen_shut_all_the_time_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    lock_pulse(&bench);
    bench_time(&bench, 10009);
    bench_expect_nothing(&bench);
    bench_deadline(&bench, 10010);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_DOOR_NOT_OPENED, DEVICE_VERDICT_STRIKE);
}

static void a_door_not_seen_for_a_while_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    lock_pulse(&bench);
    bench_input(&bench, 2000, DOOR, LOST);
    bench_input(&bench, 3000, DOOR, SHUT);
    bench_deadline(&bench, 10010);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

static void a_door_not_looked_at_long_enough_to_be_used_is_unknown(void **state)
{
    (void)state;
    for (int32_t gap_ms = 100; gap_ms <= 1000; gap_ms += 900) {
        struct bench bench;
        lock_init(&bench, true);
        lock_pulse(&bench);
        bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_GAP, .role = DOOR, .gap_ms = gap_ms},
                   3000);
        bench_deadline(&bench, 10010);
        if (gap_ms == 100)
            bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_DOOR_NOT_OPENED,
                             DEVICE_VERDICT_STRIKE);
        else
            bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST,
                             DEVICE_VERDICT_STRIKE);
    }
}

static void a_wait_shorter_than_the_pulse_ends_with_the_pulse(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench.config.param[CONFIG_PARAM_OPEN_WAIT_S] = 0;
    lock_pulse(&bench);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_DOOR_NOT_OPENED, DEVICE_VERDICT_STRIKE);
}

static void start_is_refused_with_the_door_open_or_lost(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench_input(&bench, -500, DOOR, OPEN);
    bench_expect_refusal(&bench, DOOR);
    bench_input(&bench, -400, DOOR, LOST);
    bench_expect_refusal(&bench, DOOR);
}

static void a_refused_order_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 10, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void a_refused_order_with_the_door_open_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench_start(&bench);
    bench_input(&bench, 5, DOOR, OPEN);
    bench_result(&bench, 10, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void an_unknown_order_is_settled_by_the_door(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 300, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN, -1);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_input(&bench, 2000, DOOR, OPEN);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

static void an_unknown_order_certainly_off_with_the_door_shut_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 300, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN, -1);
    bench_result(&bench, 310, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 10300);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void an_unknown_order_perhaps_still_on_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 300, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN, -1);
    bench_result(&bench, 310, DEVICE_ORDER_OFF, DEVICE_ORDER_UNKNOWN, -1);
    bench_deadline(&bench, 10300);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void an_unknown_order_without_a_contact_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, false);
    bench_start(&bench);
    bench_result(&bench, 300, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void an_order_without_any_result_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, false);
    bench_start(&bench);
    bench_deadline(&bench, 5500);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void a_guard_fault_is_unknown_and_locks(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench_start(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = OUTPUT}, 600);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK);
}

static void an_abort_after_the_door_opened_is_delivered(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench_start(&bench);
    bench_input(&bench, 100, DOOR, OPEN);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 300);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OUTPUT, 0);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

static void an_abort_with_the_door_shut_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    lock_pulse(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 3000);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

static void what_means_nothing_changes_nothing(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 5, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_expect_nothing(&bench);
    bench_result(&bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_INTENT}, 800);
    bench_expect_nothing(&bench);
    bench_input(&bench, 810, CONFIG_ROLE_HOME, DEVICE_LEVEL_ON);
    bench_expect_nothing(&bench);
    bench_result(&bench, 820, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 10010);
}

static void a_door_opened_twice_during_the_pulse_counts_from_the_first_time(void **state)
{
    struct bench bench;
    (void)state;
    lock_init(&bench, true);
    bench_start(&bench);
    bench_input(&bench, 100, DOOR, OPEN);
    bench_input(&bench, 200, DOOR, SHUT);
    bench_input(&bench, 300, DOOR, OPEN);
    bench_expect_nothing(&bench);
    bench_result(&bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_DOOR_MS), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_contact_a_sent_pulse_is_delivered_not_verified),
        cmocka_unit_test(the_door_opening_is_delivered_and_verified),
        cmocka_unit_test(a_door_opened_during_the_pulse_ends_with_the_pulse),
        cmocka_unit_test(a_door_seen_shut_all_the_time_is_failed),
        cmocka_unit_test(a_door_not_seen_for_a_while_is_unknown),
        cmocka_unit_test(a_door_not_looked_at_long_enough_to_be_used_is_unknown),
        cmocka_unit_test(a_wait_shorter_than_the_pulse_ends_with_the_pulse),
        cmocka_unit_test(start_is_refused_with_the_door_open_or_lost),
        cmocka_unit_test(a_refused_order_is_failed),
        cmocka_unit_test(a_refused_order_with_the_door_open_is_unknown),
        cmocka_unit_test(an_unknown_order_is_settled_by_the_door),
        cmocka_unit_test(an_unknown_order_certainly_off_with_the_door_shut_is_failed),
        cmocka_unit_test(an_unknown_order_perhaps_still_on_is_unknown),
        cmocka_unit_test(an_unknown_order_without_a_contact_is_unknown),
        cmocka_unit_test(an_order_without_any_result_is_unknown),
        cmocka_unit_test(a_guard_fault_is_unknown_and_locks),
        cmocka_unit_test(an_abort_after_the_door_opened_is_delivered),
        cmocka_unit_test(an_abort_with_the_door_shut_is_unknown),
        cmocka_unit_test(what_means_nothing_changes_nothing),
        cmocka_unit_test(a_door_opened_twice_during_the_pulse_counts_from_the_first_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
