/* The vehicle at a barrier: straight through, two of them, short and long ones, one from inside, and lines
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
    bench_expect_quiet(&bench);
    bench_deadline(&bench, 16000);
    barrier_expect_delivered(&bench, true);
}

/* So short that it leaves the passage before it comes onto the loop. */
static void a_motorcycle_from_inside_is_nobodys_passage(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    bench_input(&bench, 12000, PASSAGE, ON);
    bench_input(&bench, 13000, PASSAGE, OFF);
    bench_input(&bench, 14000, PRESENCE, ON);
    bench_expect_note(&bench, CORE_CODE_WRONG_WAY, PASSAGE);
    bench_time(&bench, 16000);
    bench_expect_nothing(&bench);
    bench_input(&bench, 17000, PRESENCE, OFF);
    bench_deadline(&bench, 19000);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_RETURN);
}

static void while_it_is_not_sure_where_one_came_from_lines_must_be_good(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        struct bench bench;
        barrier_init(&bench, WITH_ALL);
        barrier_open(&bench);
        bench_input(&bench, 4000, PRESENCE, OFF);
        bench_deadline(&bench, 6000);
        bench_input(&bench, 12000, PASSAGE, ON);
        bench_input(&bench, 13000, PASSAGE, OFF);
        if (how == 0) {
            bench_gap(&bench, 14000, PRESENCE, 900);
        } else {
            bench_input(&bench, 14000, PASSAGE, LOST);
            bench_input(&bench, 15000, PASSAGE, OFF);
        }
        bench_deadline(&bench, 16000);
        bench_expect_nothing(&bench);
        bench_time(&bench, 16010); /* nobody is there */
        bench_time(&bench, 80000);
        barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
    }
}

static void a_second_one_before_that_is_sure_makes_it_unsure(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    bench_input(&bench, 12000, PASSAGE, ON);
    bench_input(&bench, 13000, PASSAGE, OFF);
    bench_input(&bench, 14000, PASSAGE, ON);
    bench_input(&bench, 15000, PASSAGE, OFF);
    bench_expect_nothing(&bench);
    bench_deadline(&bench, 18000);
    bench_expect_note(&bench, CORE_CODE_TAILGATE, PASSAGE);
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

static void nobody_knows_since_when_presence_is_free_that_was_not_seen(void **state)
{
    (void)state;
    for (int gap = 0; gap < 2; gap++) {
        struct bench bench;
        barrier_init(&bench, WITH_ALL);
        barrier_open(&bench);
        if (gap != 0)
            bench_gap(&bench, 4000, PRESENCE, 3000);
        else
            bench_input(&bench, 3000, PRESENCE, LOST);
        bench_input(&bench, 4000, PRESENCE, OFF);
        bench_input(&bench, 5000, PASSAGE, ON); /* the payer, or one that drives out? */
        bench_input(&bench, 6000, PASSAGE, OFF);
        bench_expect_quiet(&bench);
    }
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
        cmocka_unit_test(a_motorcycle_from_inside_is_nobodys_passage),
        cmocka_unit_test(while_it_is_not_sure_where_one_came_from_lines_must_be_good),
        cmocka_unit_test(a_second_one_before_that_is_sure_makes_it_unsure),
        cmocka_unit_test(a_nose_on_the_passage_and_back_is_no_passage),
        cmocka_unit_test(after_a_nose_the_same_vehicle_may_go_and_perhaps_there_were_two),
        cmocka_unit_test(bumper_to_bumper_is_delivered_but_proves_nothing),
        cmocka_unit_test(a_right_that_may_be_used_up_ends_soon_after_the_arm_is_down),
        cmocka_unit_test(a_second_one_while_the_first_is_on_the_passage_is_not_the_first),
        cmocka_unit_test(a_presence_detector_that_flickers_frees_nothing),
        cmocka_unit_test(one_that_comes_from_the_other_side_is_nobodys_passage),
        cmocka_unit_test(one_that_drives_out_while_the_payer_makes_room_is_not_the_payer),
        cmocka_unit_test(nobody_knows_since_when_presence_is_free_that_was_not_seen),
        cmocka_unit_test(a_line_not_seen_while_it_is_on_the_passage_proves_nothing),
        cmocka_unit_test(a_presence_line_lost_for_good_is_unknown),
        cmocka_unit_test(a_passage_line_back_with_the_vehicle_on_it_is_followed),
        cmocka_unit_test(an_up_line_lost_lets_the_passage_decide),
        cmocka_unit_test(an_up_line_lost_without_passage_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
