/* A barrier where two things come together: no pulse on a guess, none for a right that may be used up. */
#include "tests/unit/device_barrier_bench.h"

static void leaves(struct bench *bench, int64_t at_ms)
{
    bench_input(bench, at_ms, PRESENCE, OFF);
    bench_time(bench, at_ms + 2000);
    assert_int_equal(bench->out.phase, DEVICE_PHASE_RETURN);
}

static void intent(struct bench *bench, int64_t at_ms)
{
    bench_event(bench, at_ms, DEVICE_EVENT_INTENT, CONFIG_ROLE_COUNT);
}

/* The arm still stood open for the last vehicle. */
static void one_that_passed_before_its_order_was_refused_has_passed(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_move_arm(&bench, -2000, -1000, true);
    bench_start(&bench);
    barrier_pass(&bench, 100);
    bench_expect_nothing(&bench);
    barrier_answer(&bench, 1700, DEVICE_ORDER_REFUSED, -1);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 0);
}

/* Its two further pulses are used: the third that does not raise the arm is the last. */
static void an_arm_not_up_after_the_last_pulse_of_a_right_locks(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    for (int64_t at_ms = 10000; at_ms <= 20000; at_ms += 10000) {
        leaves(&bench, at_ms);
        barrier_move_arm(&bench, at_ms + 3000, at_ms + 4000, false);
        bench_input(&bench, at_ms + 5000, PRESENCE, ON);
        assert_true(bench.out.need_intent);
        intent(&bench, at_ms + 5010);
        bench_expect_order(&bench, DEVICE_ORDER_PULSE, OPEN, 500);
        barrier_answer(&bench, at_ms + 5600, DEVICE_ORDER_DONE, at_ms + 5020);
        if (at_ms == 10000)
            barrier_move_arm(&bench, at_ms + 6000, at_ms + 7000, true);
    }
    bench_deadline(&bench, 25020 + 8000);
    assert_false(bench.out.need_intent);
    assert_true(bench_noted(&bench, CORE_CODE_ARM_NOT_UP));
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NOT_UP, DEVICE_VERDICT_LOCK);
}

/* How long one waits for a vehicle was over before the arm was: a moment is left all the same. */
static void one_that_left_a_slow_arm_long_ago_has_a_moment_to_come_back(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench.config.param[CONFIG_PARAM_VEHICLE_WAIT_S] = 5;
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_input(&bench, 1000, PRESENCE, OFF);
    bench_deadline(&bench, 8010);
    assert_true(bench_noted(&bench, CORE_CODE_VEHICLE_LEFT));
    assert_int_equal(bench.out.phase, DEVICE_PHASE_RETURN);
    bench_deadline(&bench, 10010);
    barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

/* Nobody knows whether the first pulse was sent: whoever comes back finds the arm as it is. */
static void one_that_comes_back_after_an_unknown_order_gets_no_pulse(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OPEN, 0);
    leaves(&bench, 4000);
    bench_input(&bench, 20000, PRESENCE, ON);
    assert_false(bench.out.need_intent);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    bench_deadline(&bench, 60000);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

/* Somebody from inside stands under the arm: it is up for him, or he waits for it. */
static void one_that_comes_back_while_another_is_on_the_passage_gets_no_pulse(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    leaves(&bench, 4000);
    bench_input(&bench, 20000, PASSAGE, ON);
    bench_expect_note(&bench, CORE_CODE_WRONG_WAY, PASSAGE);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_RETURN);
    bench_input(&bench, 21000, PRESENCE, ON);
    assert_false(bench.out.need_intent);
    bench_expect_nothing(&bench);
    bench_input(&bench, 22000, PASSAGE, OFF);
    bench_expect_nothing(&bench); /* that was the other one */
    barrier_pass(&bench, 25000);
    barrier_expect_delivered(&bench, true);
}

/* It had left the loop long before the arm was up: whether it came from there cannot be proven any more. */
static void one_that_passes_late_under_an_arm_that_was_not_seen_up_may_have_passed(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_input(&bench, 1000, PRESENCE, OFF);
    bench_input(&bench, 3500, PASSAGE, ON);
    bench_input(&bench, 4500, PASSAGE, OFF);
    bench_expect_nothing(&bench);
    while (!bench.out.finished)
        bench_time(&bench, bench.out.deadline_ms - bench.started_ms);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

/* Free before the look away and free after it. */
static void presence_not_looked_at_after_it_was_free_proves_the_passage_all_the_same(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_gap(&bench, 4300, PRESENCE, 250);
    bench_input(&bench, 4400, PASSAGE, ON);
    bench_input(&bench, 5400, PASSAGE, OFF);
    barrier_expect_delivered(&bench, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_passed_before_its_order_was_refused_has_passed),
        cmocka_unit_test(an_arm_not_up_after_the_last_pulse_of_a_right_locks),
        cmocka_unit_test(one_that_left_a_slow_arm_long_ago_has_a_moment_to_come_back),
        cmocka_unit_test(one_that_comes_back_after_an_unknown_order_gets_no_pulse),
        cmocka_unit_test(one_that_comes_back_while_another_is_on_the_passage_gets_no_pulse),
        cmocka_unit_test(one_that_passes_late_under_an_arm_that_was_not_seen_up_may_have_passed),
        cmocka_unit_test(presence_not_looked_at_after_it_was_free_proves_the_passage_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
