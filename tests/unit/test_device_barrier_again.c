/* The arm that does not rise, and further pulses with their own intents. */
#include "tests/unit/device_barrier_bench.h"

#define NOBODY CONFIG_ROLE_COUNT

/* The first pulse was sent, and up_ms is over. */
static void pulse_in_vain(struct bench *bench, int with)
{
    barrier_init(bench, with);
    bench_start(bench);
    barrier_answer(bench, 520, DEVICE_ORDER_DONE, 10);
    bench_deadline(bench, 8010);
    assert_true(bench_noted(bench, CORE_CODE_ARM_NOT_UP));
}

static void an_arm_not_up_gets_one_more_pulse_under_its_own_intent(void **state)
{
    struct bench bench;
    (void)state;
    pulse_in_vain(&bench, WITH_ALL);
    bench_expect_note(&bench, CORE_CODE_ARM_NOT_UP, UP);
    assert_true(bench.out.need_intent);
    bench_expect_nothing(&bench);
    bench_event(&bench, 8030, DEVICE_EVENT_INTENT, NOBODY);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, OPEN, 500);
    assert_false(bench.out.need_intent);
    barrier_answer(&bench, 8550, DEVICE_ORDER_DONE, 8040);
    barrier_move_arm(&bench, 9000, 10000, true);
    barrier_pass(&bench, 12000);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 2);
}

static void an_arm_not_up_again_is_unknown_and_locked(void **state)
{
    static const int with[] = {WITH_ALL, WITH_UP, WITH_UP | WITH_PASSAGE};
    (void)state;
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++) {
        struct bench bench;
        pulse_in_vain(&bench, with[i]);
        bench_event(&bench, 8030, DEVICE_EVENT_INTENT, NOBODY);
        barrier_answer(&bench, 8550, DEVICE_ORDER_DONE, 8040);
        bench_deadline(&bench, 16040);
        bench_expect_note(&bench, CORE_CODE_ARM_NOT_UP, UP);
        assert_false(bench.out.need_intent);
        barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NOT_UP, DEVICE_VERDICT_LOCK);
    }
}

static void an_arm_up_late_is_up(void **state)
{
    struct bench bench;
    (void)state;
    pulse_in_vain(&bench, WITH_ALL);
    barrier_move_arm(&bench, 8015, 8020, true);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    bench_event(&bench, 8030, DEVICE_EVENT_INTENT, NOBODY); /* not needed any more */
    bench_expect_quiet(&bench);
    barrier_pass(&bench, 9000);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 1);
}

static void a_vehicle_that_passes_shows_that_the_arm_is_up(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_input(&bench, 600, DOWN, OFF);
    bench_input(&bench, 7000, PASSAGE, ON);
    bench_deadline(&bench, 8010);
    bench_expect_note(&bench, CORE_CODE_ARM_NOT_UP, UP);
    assert_false(bench.out.need_intent);
    bench_input(&bench, 8500, PRESENCE, OFF);
    bench_input(&bench, 9000, PASSAGE, OFF);
    barrier_expect_delivered(&bench, true);
}

static void a_vehicle_that_passes_while_the_intent_is_written_needs_no_pulse(void **state)
{
    struct bench bench;
    (void)state;
    pulse_in_vain(&bench, WITH_ALL);
    bench_input(&bench, 8015, DOWN, OFF);
    bench_input(&bench, 8020, PASSAGE, ON);
    bench_event(&bench, 8030, DEVICE_EVENT_INTENT, NOBODY);
    bench_expect_order(&bench, DEVICE_ORDER_ON, SIGN, 0);
}

static void a_vehicle_that_left_gets_no_second_pulse_until_it_is_back(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct bench bench;
        barrier_init(&bench, WITH_ALL);
        bench_start(&bench);
        barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
        if (late == 0)
            bench_input(&bench, 3000, PRESENCE, OFF);
        bench_deadline(&bench, 8010);
        assert_int_equal(bench.out.need_intent, late);
        if (late != 0) {
            bench_input(&bench, 8020, PRESENCE, OFF);
            bench_event(&bench, 8030, DEVICE_EVENT_INTENT, NOBODY);
        }
        assert_true(bench_noted(&bench, CORE_CODE_VEHICLE_LEFT));
        assert_int_equal(bench.out.order_count, 0);
        assert_int_equal(bench.out.phase, DEVICE_PHASE_RETURN);
        assert_int_equal(bench.out.deadline_ms, BENCH_START + (late != 0 ? 68020 : 63000));
        bench_input(&bench, 20000, PRESENCE, ON);
        assert_true(bench.out.need_intent);
        bench_event(&bench, 20010, DEVICE_EVENT_INTENT, NOBODY);
        bench_expect_order(&bench, DEVICE_ORDER_PULSE, OPEN, 500);
    }
}

static void an_arm_that_never_rose_for_one_that_left_is_refunded(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_input(&bench, 3000, PRESENCE, OFF);
    bench_deadline(&bench, 8010);
    bench_deadline(&bench, 63000);
    barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

static void an_intent_that_never_comes_is_unknown_and_locked(void **state)
{
    struct bench bench;
    (void)state;
    pulse_in_vain(&bench, WITH_ALL);
    bench_deadline(&bench, 13010);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NOT_UP, DEVICE_VERDICT_LOCK);
    bench_event(&bench, 14000, DEVICE_EVENT_INTENT, NOBODY);
    bench_expect_quiet(&bench);
}

static void an_intent_that_never_comes_for_one_that_came_back_is_refunded(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    barrier_move_arm(&bench, 9000, 11000, false);
    bench_input(&bench, 30000, PRESENCE, ON);
    assert_true(bench.out.need_intent);
    bench_deadline(&bench, 35000);
    barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

static void a_second_pulse_refused_with_the_arm_down_opened_nothing(void **state)
{
    (void)state;
    for (int lost = 0; lost < 2; lost++) {
        struct bench bench;
        pulse_in_vain(&bench, WITH_ALL);
        if (lost != 0)
            bench_gap(&bench, 8020, PASSAGE, 500);
        bench_event(&bench, 8030, DEVICE_EVENT_INTENT, NOBODY);
        barrier_answer(&bench, 8100, DEVICE_ORDER_REFUSED, -1);
        barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED,
                           DEVICE_VERDICT_STRIKE);
    }
}

static void a_second_pulse_without_answer_is_not_followed_by_a_third(void **state)
{
    struct bench bench;
    (void)state;
    pulse_in_vain(&bench, WITH_ALL);
    bench_event(&bench, 8030, DEVICE_EVENT_INTENT, NOBODY);
    bench_deadline(&bench, 13530);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OPEN, 0);
    bench_deadline(&bench, 16030);
    assert_false(bench.out.need_intent);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void an_arm_coming_down_as_the_pulse_is_sent_must_rise_again(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_move_arm(&bench, -5000, -3000, true);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    bench_input(&bench, 600, UP, OFF);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_MOVING);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, SIGN, 0);
    bench_input(&bench, 1500, UP, ON);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    barrier_pass(&bench, 3000);
    barrier_expect_delivered(&bench, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arm_not_up_gets_one_more_pulse_under_its_own_intent),
        cmocka_unit_test(an_arm_not_up_again_is_unknown_and_locked),
        cmocka_unit_test(an_arm_up_late_is_up),
        cmocka_unit_test(a_vehicle_that_passes_shows_that_the_arm_is_up),
        cmocka_unit_test(a_vehicle_that_passes_while_the_intent_is_written_needs_no_pulse),
        cmocka_unit_test(a_vehicle_that_left_gets_no_second_pulse_until_it_is_back),
        cmocka_unit_test(an_arm_that_never_rose_for_one_that_left_is_refunded),
        cmocka_unit_test(an_intent_that_never_comes_is_unknown_and_locked),
        cmocka_unit_test(an_intent_that_never_comes_for_one_that_came_back_is_refunded),
        cmocka_unit_test(a_second_pulse_refused_with_the_arm_down_opened_nothing),
        cmocka_unit_test(a_second_pulse_without_answer_is_not_followed_by_a_third),
        cmocka_unit_test(an_arm_coming_down_as_the_pulse_is_sent_must_rise_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
