/* The order to open at a barrier: refused, unknown, without a result, ended by the guard. */
#include "tests/unit/device_barrier_bench.h"

static void a_refused_order_is_failed(void **state)
{
    static const int with[] = {WITH_ALL, WITH_LOOPS, WITH_UP, WITH_PRESENCE};
    (void)state;
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++) {
        struct bench bench;
        barrier_init(&bench, with[i]);
        bench_start(&bench);
        barrier_answer(&bench, 10, DEVICE_ORDER_REFUSED, -1);
        barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED,
                           DEVICE_VERDICT_STRIKE);
        assert_int_equal(bench.out.order_count, 0);
    }
}

static void a_refused_order_under_an_arm_that_is_up_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_move_arm(&bench, -3000, -1000, true);
    bench_start(&bench);
    barrier_answer(&bench, 10, DEVICE_ORDER_REFUSED, -1);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void a_refused_order_without_limits_soon_after_another_vehicle_is_unknown(void **state)
{
    (void)state;
    for (int64_t later_ms = 20000; later_ms <= 60000; later_ms += 40000) {
        struct bench bench;
        barrier_init(&bench, WITH_LOOPS);
        barrier_open(&bench);
        barrier_pass(&bench, 4000);
        bench_time(&bench, later_ms - 100);
        bench_input(&bench, later_ms - 50, PRESENCE, ON);
        bench_restart(&bench, later_ms);
        barrier_answer(&bench, 10, DEVICE_ORDER_REFUSED, -1);
        barrier_expect_end(&bench, later_ms == 20000 ? PAYMENT_RESULT_UNKNOWN : PAYMENT_RESULT_FAILED,
                           PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
    }
}

static void a_refused_order_with_a_vehicle_on_the_passage_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS);
    bench_start(&bench);
    bench_input(&bench, 5, PASSAGE, ON);
    barrier_answer(&bench, 10, DEVICE_ORDER_REFUSED, -1);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void a_refused_order_under_an_arm_that_is_let_up_is_unknown(void **state)
{
    (void)state;
    for (int fire = 0; fire < 2; fire++) {
        struct bench bench;
        barrier_init(&bench, WITH_ALL & ~(WITH_PASSAGE | WITH_DOWN));
        bench_start(&bench);
        bench.device.held = fire == 0;
        if (fire != 0)
            bench_input(&bench, 5, FIRE, OFF);
        barrier_answer(&bench, 600, DEVICE_ORDER_REFUSED, -1); /* on its way up: not seen yet */
        barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED,
                           DEVICE_VERDICT_STRIKE);
    }
}

static void an_unknown_order_is_settled_by_the_vehicle(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OPEN, 0);
    barrier_move_arm(&bench, 600, 2000, true);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    barrier_pass(&bench, 4000);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 0);
}

static void an_unknown_order_is_settled_by_the_arm_where_that_is_the_evidence(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_UP);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    bench_input(&bench, 2000, UP, ON);
    barrier_expect_delivered(&bench, true);
}

static void an_unknown_order_and_an_arm_that_stays_down_is_unknown_without_a_second_pulse(void **state)
{
    static const int with[] = {WITH_ALL, WITH_UP, WITH_UP | WITH_PRESENCE};
    (void)state;
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++) {
        struct bench bench;
        barrier_init(&bench, with[i]);
        bench_start(&bench);
        barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
        bench_deadline(&bench, 8000);
        assert_false(bench.out.need_intent);
        barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN,
                           DEVICE_VERDICT_STRIKE);
    }
}

static void an_unknown_order_without_up_follows_the_vehicle(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS | WITH_DOWN);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    bench_deadline(&bench, 40300); /* down all the time, but the pulse may still be on its way */
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void an_unknown_order_without_any_witness_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_PRESENCE);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void an_order_without_any_result_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_PRESENCE);
    bench_start(&bench);
    bench_deadline(&bench, 5500);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OPEN, 0);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void a_guard_fault_is_unknown_and_locks(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    bench_event(&bench, 700, DEVICE_EVENT_FAULT, OPEN);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OPEN, 0);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK);
}

static void a_fault_of_the_sign_hinders_nobody(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_event(&bench, 3000, DEVICE_EVENT_FAULT, SIGN);
    bench_expect_quiet(&bench);
    bench_send(&bench,
               (struct device_event){.kind = DEVICE_EVENT_ORDER,
                                     .role = SIGN,
                                     .order_kind = DEVICE_ORDER_ON,
                                     .result = DEVICE_ORDER_REFUSED},
               3010);
    bench_expect_quiet(&bench);
    barrier_pass(&bench, 4000);
    barrier_expect_delivered(&bench, true);
}

static void what_means_nothing_changes_nothing(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_event(&bench, 2100, DEVICE_EVENT_INTENT, CONFIG_ROLE_COUNT);
    bench_expect_quiet(&bench);
    bench_event(&bench, 2200, DEVICE_EVENT_SHOWN, CONFIG_ROLE_COUNT);
    bench_expect_quiet(&bench);
    barrier_answer(&bench, 2300, DEVICE_ORDER_REFUSED, -1);
    bench_expect_quiet(&bench);
    bench_time(&bench, 2400);
    bench_expect_quiet(&bench);
    bench_gap(&bench, 2500, PASSAGE, 199);
    bench_expect_quiet(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 42000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_order_is_failed),
        cmocka_unit_test(a_refused_order_under_an_arm_that_is_up_is_unknown),
        cmocka_unit_test(a_refused_order_without_limits_soon_after_another_vehicle_is_unknown),
        cmocka_unit_test(a_refused_order_with_a_vehicle_on_the_passage_is_unknown),
        cmocka_unit_test(a_refused_order_under_an_arm_that_is_let_up_is_unknown),
        cmocka_unit_test(an_unknown_order_is_settled_by_the_vehicle),
        cmocka_unit_test(an_unknown_order_is_settled_by_the_arm_where_that_is_the_evidence),
        cmocka_unit_test(an_unknown_order_and_an_arm_that_stays_down_is_unknown_without_a_second_pulse),
        cmocka_unit_test(an_unknown_order_without_up_follows_the_vehicle),
        cmocka_unit_test(an_unknown_order_without_any_witness_is_unknown),
        cmocka_unit_test(an_order_without_any_result_is_unknown),
        cmocka_unit_test(a_guard_fault_is_unknown_and_locks),
        cmocka_unit_test(a_fault_of_the_sign_hinders_nobody),
        cmocka_unit_test(what_means_nothing_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
