/* A vehicle at a barrier that backs out and comes back or not, and one that stays. */
#include "tests/unit/device_barrier_bench.h"

static void one_that_backs_out_keeps_its_right_while_the_arm_is_up(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    bench_expect_note(&bench, CORE_CODE_VEHICLE_LEFT, PRESENCE);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_RETURN);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, SIGN, 0);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 64000);
    bench_input(&bench, 50000, PRESENCE, ON);
    assert_false(bench.out.need_intent);
    bench_expect_order(&bench, DEVICE_ORDER_ON, SIGN, 0);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 90000);
    barrier_pass(&bench, 55000);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 1);
}

static void one_that_comes_back_to_a_closed_arm_gets_its_own_pulse(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    barrier_move_arm(&bench, 9000, 11000, false);
    bench_expect_quiet(&bench);
    bench_input(&bench, 30000, PRESENCE, ON);
    assert_true(bench.out.need_intent);
    bench_expect_nothing(&bench);
    bench_event(&bench, 30020, DEVICE_EVENT_INTENT, CONFIG_ROLE_COUNT);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, OPEN, 500);
    barrier_answer(&bench, 30540, DEVICE_ORDER_DONE, 30030);
    barrier_move_arm(&bench, 31000, 32000, true);
    barrier_pass(&bench, 33000);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 2);
}

static void an_arm_that_comes_down_on_one_that_had_come_back_is_opened_again(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    bench_input(&bench, 9000, PRESENCE, ON);
    assert_false(bench.out.need_intent);
    bench_input(&bench, 9500, UP, OFF);
    assert_true(bench.out.need_intent);
}

static void a_right_opens_at_most_three_times(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    for (int64_t at_ms = 10000; at_ms <= 30000; at_ms += 10000) {
        bench_input(&bench, at_ms, PRESENCE, OFF);
        bench_time(&bench, at_ms + 2000);
        assert_int_equal(bench.out.phase, DEVICE_PHASE_RETURN);
        barrier_move_arm(&bench, at_ms + 3000, at_ms + 4000, false);
        bench_input(&bench, at_ms + 5000, PRESENCE, ON);
        assert_int_equal(bench.out.need_intent, at_ms < 30000);
        if (at_ms == 30000)
            break;
        bench_event(&bench, at_ms + 5010, DEVICE_EVENT_INTENT, CONFIG_ROLE_COUNT);
        barrier_answer(&bench, at_ms + 5600, DEVICE_ORDER_DONE, at_ms + 5020);
        barrier_move_arm(&bench, at_ms + 6000, at_ms + 7000, true);
        assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    }
    bench_deadline(&bench, 75000);
    barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 3);
}

static void one_that_never_comes_back_is_refunded(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    barrier_move_arm(&bench, 9000, 11000, false);
    bench_deadline(&bench, 64000);
    barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

static void one_that_never_comes_back_under_an_arm_still_up_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    bench_deadline(&bench, 64000);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
    bench_input(&bench, 70000, PASSAGE, ON); /* and there it goes */
    bench_expect_note(&bench, CORE_CODE_LATE_PASSAGE, PASSAGE);
}

static void one_that_never_comes_back_is_refunded_without_limits_too(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    bench_deadline(&bench, 64000);
    barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

static void silence_of_a_passage_not_seen_all_the_time_is_unknown(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        struct bench bench;
        barrier_init(&bench, WITH_ALL);
        barrier_open(&bench);
        if (how == 0) {
            bench_gap(&bench, 3000, PASSAGE, 200);
        } else {
            bench_input(&bench, 3000, PASSAGE, LOST);
            bench_input(&bench, 3100, PASSAGE, OFF);
        }
        bench_input(&bench, 4000, PRESENCE, OFF);
        bench_deadline(&bench, 6000);
        barrier_move_arm(&bench, 9000, 11000, false);
        bench_deadline(&bench, 64000);
        barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
    }
}

/* A loop that died: the first vehicle is refunded, and then no more. */
static void a_passage_silent_twice_in_a_row_proves_nothing(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    for (int i = 0; i < 3; i++) {
        barrier_open(&bench);
        bench_input(&bench, 4000, PRESENCE, OFF);
        bench_deadline(&bench, 6000);
        barrier_move_arm(&bench, 9000, 11000, false);
        bench_deadline(&bench, 64000);
        barrier_expect_end(&bench, i == 1 ? PAYMENT_RESULT_UNKNOWN : PAYMENT_RESULT_FAILED,
                           PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
        assert_int_equal(bench_noted(&bench, CORE_CODE_SENSOR_STUCK), i == 1);
        bench_input(&bench, 70000, PRESENCE, ON);
        if (i == 1) { /* it works after all */
            bench_input(&bench, 71000, PASSAGE, ON);
            bench_input(&bench, 72000, PASSAGE, OFF);
        }
        bench.started_ms += 100000;
    }
}

static void the_silence_of_a_passage_is_no_wonder_while_the_vehicle_stood_before_it(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    for (int i = 0; i < 3; i++) {
        barrier_open(&bench);
        barrier_move_arm(&bench, 20000, 22000, false);
        bench_deadline(&bench, 42000);
        assert_false(bench_noted(&bench, CORE_CODE_SENSOR_STUCK));
        barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
        bench.started_ms += 100000;
    }
}

static void flickering_presence_does_not_keep_the_right_for_ever(void **state)
{
    struct bench bench;
    int64_t at_ms = 3000;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    while (!bench.out.finished && at_ms < 3600000) {
        bench_input(&bench, at_ms, PRESENCE, OFF);
        bench_time(&bench, at_ms + 2000);
        if (!bench.out.finished)
            bench_input(&bench, at_ms + 30000, PRESENCE, ON);
        at_ms += 35000;
    }
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
    assert_true(at_ms < 600000);
}

static void one_that_stays_before_the_open_arm_is_unknown(void **state)
{
    static const int with[] = {WITH_ALL, WITH_LOOPS, WITH_LOOPS | WITH_UP, WITH_PASSAGE};
    (void)state;
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++) {
        struct bench bench;
        barrier_init(&bench, with[i]);
        barrier_open(&bench);
        bench_time(&bench, 43000);
        assert_true(bench_noted(&bench, CORE_CODE_VEHICLE_STAYS));
        barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
    }
}

static void one_that_stays_until_the_arm_is_down_again_is_refunded(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    barrier_move_arm(&bench, 20000, 22000, false);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, SIGN, 0);
    assert_false(bench.out.need_intent);
    bench_deadline(&bench, 42000);
    bench_expect_note(&bench, CORE_CODE_VEHICLE_STAYS, PRESENCE);
    barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

static void one_that_stays_under_the_arm_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PASSAGE, ON);
    bench_input(&bench, 4500, PRESENCE, OFF);
    bench_deadline(&bench, 42000);
    bench_expect_note(&bench, CORE_CODE_VEHICLE_STAYS, PASSAGE);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
    bench_input(&bench, 60000, PASSAGE, OFF);
    bench_expect_quiet(&bench);
}

static void one_that_is_just_driving_through_is_waited_for(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 41000, PASSAGE, ON);
    bench_deadline(&bench, 42000);
    bench_expect_quiet(&bench);
    bench_input(&bench, 44000, PRESENCE, OFF);
    bench_input(&bench, 45000, PASSAGE, OFF);
    barrier_expect_delivered(&bench, true);
}

static void nobody_in_an_empty_lane_is_refunded_once_the_arm_is_down(void **state)
{
    (void)state;
    for (int down = 0; down < 2; down++) {
        struct bench bench;
        barrier_init(&bench, WITH_ALL);
        bench.config.param[CONFIG_PARAM_EMPTY_LANE] = 1;
        bench_input(&bench, -100, PRESENCE, OFF);
        barrier_open(&bench);
        if (down != 0)
            barrier_move_arm(&bench, 20000, 22000, false);
        bench_deadline(&bench, 42000);
        assert_int_equal(bench.out.note_count, 0);
        barrier_expect_end(&bench, down != 0 ? PAYMENT_RESULT_FAILED : PAYMENT_RESULT_UNKNOWN,
                           PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
    }
}

static void one_that_comes_to_the_open_arm_of_an_empty_lane_passes(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench.config.param[CONFIG_PARAM_EMPTY_LANE] = 1;
    bench_input(&bench, -100, PRESENCE, OFF);
    barrier_open(&bench);
    bench_input(&bench, 20000, PRESENCE, ON);
    bench_expect_quiet(&bench);
    barrier_pass(&bench, 21000);
    barrier_expect_delivered(&bench, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_backs_out_keeps_its_right_while_the_arm_is_up),
        cmocka_unit_test(one_that_comes_back_to_a_closed_arm_gets_its_own_pulse),
        cmocka_unit_test(an_arm_that_comes_down_on_one_that_had_come_back_is_opened_again),
        cmocka_unit_test(a_right_opens_at_most_three_times),
        cmocka_unit_test(one_that_never_comes_back_is_refunded),
        cmocka_unit_test(one_that_never_comes_back_under_an_arm_still_up_is_unknown),
        cmocka_unit_test(one_that_never_comes_back_is_refunded_without_limits_too),
        cmocka_unit_test(silence_of_a_passage_not_seen_all_the_time_is_unknown),
        cmocka_unit_test(a_passage_silent_twice_in_a_row_proves_nothing),
        cmocka_unit_test(the_silence_of_a_passage_is_no_wonder_while_the_vehicle_stood_before_it),
        cmocka_unit_test(flickering_presence_does_not_keep_the_right_for_ever),
        cmocka_unit_test(one_that_stays_before_the_open_arm_is_unknown),
        cmocka_unit_test(one_that_stays_until_the_arm_is_down_again_is_refunded),
        cmocka_unit_test(one_that_stays_under_the_arm_is_unknown),
        cmocka_unit_test(one_that_is_just_driving_through_is_waited_for),
        cmocka_unit_test(nobody_in_an_empty_lane_is_refunded_once_the_arm_is_down),
        cmocka_unit_test(one_that_comes_to_the_open_arm_of_an_empty_lane_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
