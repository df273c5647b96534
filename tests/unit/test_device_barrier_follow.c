/* The vehicle at a barrier: straight through, back out and back, two of them, short and long ones, and lines
 * that fail in between. */
#include "tests/unit/device_barrier_bench.h"

/* ---- what a passage is ---- */

static void a_long_vehicle_over_both_loops_is_one(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PASSAGE, ON);
    bench_input(&bench, 14000, PRESENCE, OFF);
    bench_input(&bench, 15000, PRESENCE, ON); /* the trailer */
    bench_expect_quiet(&bench);
    bench_input(&bench, 18000, PRESENCE, OFF);
    bench_expect_quiet(&bench);
    bench_input(&bench, 20000, PASSAGE, OFF);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench.out.note_count, 0);
}

static void a_motorcycle_fits_between_the_loops(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_expect_quiet(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 6000);
    bench_input(&bench, 5500, PASSAGE, ON);
    bench_expect_quiet(&bench);
    bench_input(&bench, 6000, PASSAGE, OFF);
    barrier_expect_delivered(&bench, true);
}

static void one_that_stood_between_the_loops_had_not_left(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    assert_true(bench_noted(&bench, CORE_CODE_VEHICLE_LEFT));
    assert_int_equal(bench.out.phase, DEVICE_PHASE_RETURN);
    bench_input(&bench, 12000, PASSAGE, ON);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    bench_input(&bench, 13000, PASSAGE, OFF);
    barrier_expect_delivered(&bench, true);
}

static void a_nose_on_the_passage_and_back_is_no_passage(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PASSAGE, ON);
    bench_input(&bench, 5000, PASSAGE, OFF);
    bench_expect_quiet(&bench);
    bench_deadline(&bench, 42000);
    bench_expect_note(&bench, CORE_CODE_VEHICLE_STAYS, PRESENCE);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

static void after_a_nose_the_same_vehicle_may_go_and_perhaps_there_were_two(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PASSAGE, ON);
    bench_input(&bench, 5000, PASSAGE, OFF);
    bench_input(&bench, 6000, PASSAGE, ON);
    bench_input(&bench, 7000, PRESENCE, OFF);
    bench_expect_quiet(&bench);
    bench_input(&bench, 8000, PASSAGE, OFF);

    bench_expect_note(&bench, CORE_CODE_TAILGATE, PASSAGE);
    barrier_expect_delivered(&bench, true);
}

static void bumper_to_bumper_is_delivered_but_proves_nothing(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PASSAGE, ON);
    bench_input(&bench, 5000, PASSAGE, OFF);
    bench_expect_quiet(&bench);
    bench_input(&bench, 6000, PASSAGE, ON);
    bench_expect_quiet(&bench);
    bench_input(&bench, 7000, PASSAGE, OFF);
    bench_expect_note(&bench, CORE_CODE_TAILGATE, PASSAGE);
    barrier_expect_delivered(&bench, false);
}

static void a_right_that_may_be_used_up_ends_soon_after_the_arm_is_down(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PASSAGE, ON);
    bench_input(&bench, 5000, PASSAGE, OFF); /* the next one stands on the loop already */
    barrier_move_arm(&bench, 8000, 10000, false);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, SIGN, 0);
    assert_false(bench.out.need_intent);
    bench_deadline(&bench, 15000);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

static void a_second_one_while_the_first_is_on_the_passage_is_not_the_first(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PASSAGE, ON);
    bench_input(&bench, 4500, PRESENCE, OFF);
    bench_input(&bench, 5000, PRESENCE, ON);
    bench_input(&bench, 5500, PASSAGE, OFF);
    barrier_expect_delivered(&bench, true);
    bench_input(&bench, 6000, PASSAGE, ON);
    bench_expect_note(&bench, CORE_CODE_TAILGATE, PASSAGE);
}

static void a_presence_detector_that_flickers_frees_nothing(void **state)
{
    (void)state;
    for (int64_t ms = 99; ms <= 100; ms++) {
        struct bench bench;
        barrier_init(&bench, WITH_ALL);
        barrier_open(&bench);
        bench_input(&bench, 4000, PASSAGE, ON);
        bench_input(&bench, 4500, PRESENCE, OFF);
        bench_input(&bench, 4500 + ms, PRESENCE, ON);
        bench_input(&bench, 5500, PASSAGE, OFF);
        assert_int_equal(bench.out.finished, ms >= 100);
    }
}

static void one_that_comes_from_the_other_side_is_nobodys_passage(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF); /* backs out to let it through */
    bench_deadline(&bench, 6000);
    bench_input(&bench, 20000, PASSAGE, ON);
    bench_expect_note(&bench, CORE_CODE_WRONG_WAY, PASSAGE);
    bench_input(&bench, 20500, PRESENCE, ON);
    bench_input(&bench, 21000, PASSAGE, OFF);
    bench_expect_quiet(&bench);
    bench_input(&bench, 22000, PRESENCE, OFF);
    bench_deadline(&bench, 24000);
    bench_input(&bench, 30000, PRESENCE, ON); /* and comes back */
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    barrier_pass(&bench, 32000);
    barrier_expect_delivered(&bench, true);
}

static void one_that_drives_out_while_the_payer_makes_room_is_not_the_payer(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    bench_input(&bench, 7000, PASSAGE, ON);
    assert_int_equal(bench.out.note_count, 0);
    bench_input(&bench, 8000, PRESENCE, ON);
    bench_expect_note(&bench, CORE_CODE_WRONG_WAY, PASSAGE);
    bench_input(&bench, 9000, PASSAGE, OFF);
    bench_expect_quiet(&bench);
    bench_input(&bench, 10000, PRESENCE, OFF);
    bench_deadline(&bench, 12000);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_RETURN);
    bench_input(&bench, 15000, PRESENCE, ON);
    barrier_pass(&bench, 16000);
    barrier_expect_delivered(&bench, true);
}

/* ---- back out, and back ---- */

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

/* ---- it stays ---- */

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

/* ---- lines that fail in between ---- */

static void a_line_not_seen_while_it_is_on_the_passage_proves_nothing(void **state)
{
    static const enum config_role roles[] = {PASSAGE, PRESENCE};
    (void)state;
    for (int i = 0; i < 2; i++) {
        for (int gap = 0; gap < 2; gap++) {
            struct bench bench;
            barrier_init(&bench, WITH_ALL);
            barrier_open(&bench);
            bench_input(&bench, 4000, PASSAGE, ON);
            bench_input(&bench, 4500, PRESENCE, OFF);
            if (gap != 0) {
                bench_gap(&bench, 5000, roles[i], 200);
            } else {
                bench_input(&bench, 5000, roles[i], LOST);
                bench_input(&bench, 5200, roles[i], roles[i] == PASSAGE ? ON : OFF);
            }
            bench_input(&bench, 5500, PASSAGE, OFF);
            bench_expect_nothing(&bench);
            bench_time(&bench, 7500);
            bench_time(&bench, 70000);
            barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST,
                               DEVICE_VERDICT_STRIKE);
        }
    }
}

static void a_presence_line_lost_for_good_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 3000, PRESENCE, LOST);
    bench_expect_quiet(&bench);
    bench_input(&bench, 4000, PASSAGE, ON);
    bench_input(&bench, 5500, PASSAGE, OFF);
    bench_expect_quiet(&bench);
    bench_deadline(&bench, 42000);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

static void a_passage_line_back_with_the_vehicle_on_it_is_followed(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 3000, PASSAGE, LOST);
    bench_input(&bench, 5000, PASSAGE, ON);
    bench_input(&bench, 5200, PRESENCE, OFF);
    bench_input(&bench, 6000, PASSAGE, OFF);
    barrier_expect_delivered(&bench, true);
}

static void an_up_line_lost_lets_the_passage_decide(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_input(&bench, 600, DOWN, OFF);
    bench_input(&bench, 1000, UP, LOST);
    bench_deadline(&bench, 8010);
    assert_int_equal(bench.out.note_count, 0);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    barrier_pass(&bench, 9000);
    barrier_expect_delivered(&bench, true);
}

static void an_up_line_lost_without_passage_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_UP);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_input(&bench, 1000, UP, LOST);
    bench_deadline(&bench, 8010);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_vehicle_over_both_loops_is_one),
        cmocka_unit_test(a_motorcycle_fits_between_the_loops),
        cmocka_unit_test(one_that_stood_between_the_loops_had_not_left),
        cmocka_unit_test(a_nose_on_the_passage_and_back_is_no_passage),
        cmocka_unit_test(after_a_nose_the_same_vehicle_may_go_and_perhaps_there_were_two),
        cmocka_unit_test(bumper_to_bumper_is_delivered_but_proves_nothing),
        cmocka_unit_test(a_right_that_may_be_used_up_ends_soon_after_the_arm_is_down),
        cmocka_unit_test(a_second_one_while_the_first_is_on_the_passage_is_not_the_first),
        cmocka_unit_test(a_presence_detector_that_flickers_frees_nothing),
        cmocka_unit_test(one_that_comes_from_the_other_side_is_nobodys_passage),
        cmocka_unit_test(one_that_drives_out_while_the_payer_makes_room_is_not_the_payer),
        cmocka_unit_test(one_that_backs_out_keeps_its_right_while_the_arm_is_up),
        cmocka_unit_test(one_that_comes_back_to_a_closed_arm_gets_its_own_pulse),
        cmocka_unit_test(an_arm_that_comes_down_on_one_that_had_come_back_is_opened_again),
        cmocka_unit_test(a_right_opens_at_most_three_times),
        cmocka_unit_test(one_that_never_comes_back_is_refunded),
        cmocka_unit_test(one_that_never_comes_back_under_an_arm_still_up_is_unknown),
        cmocka_unit_test(one_that_never_comes_back_is_refunded_without_limits_too),
        cmocka_unit_test(silence_of_a_passage_not_seen_all_the_time_is_unknown),
        cmocka_unit_test(a_passage_silent_twice_in_a_row_proves_nothing),
        cmocka_unit_test(flickering_presence_does_not_keep_the_right_for_ever),
        cmocka_unit_test(one_that_stays_before_the_open_arm_is_unknown),
        cmocka_unit_test(one_that_stays_until_the_arm_is_down_again_is_refunded),
        cmocka_unit_test(one_that_stays_under_the_arm_is_unknown),
        cmocka_unit_test(one_that_is_just_driving_through_is_waited_for),
        cmocka_unit_test(nobody_in_an_empty_lane_is_refunded_once_the_arm_is_down),
        cmocka_unit_test(one_that_comes_to_the_open_arm_of_an_empty_lane_passes),
        cmocka_unit_test(a_line_not_seen_while_it_is_on_the_passage_proves_nothing),
        cmocka_unit_test(a_presence_line_lost_for_good_is_unknown),
        cmocka_unit_test(a_passage_line_back_with_the_vehicle_on_it_is_followed),
        cmocka_unit_test(an_up_line_lost_lets_the_passage_decide),
        cmocka_unit_test(an_up_line_lost_without_passage_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
