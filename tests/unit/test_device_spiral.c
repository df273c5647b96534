/* Coils: may it start, what goes well, no movement. */
#include "tests/unit/device_spiral_bench.h"

/* ---- may it start ---- */

static void start_is_refused_while_nothing_is_known(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, CONFIG_KIND_SPIRAL);
    bench_expect_refusal(&bench, HOME);
}

static void start_is_refused_with_the_beam_broken(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_input(&bench, -500, DROP, ON);
    bench_expect_refusal(&bench, DROP);
    bench_input(&bench, -400, DROP, OFF);
    bench_start(&bench);
}

static void start_is_refused_with_the_beam_lost(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_input(&bench, -500, DROP, LOST);
    bench_expect_refusal(&bench, DROP);
}

static void start_is_refused_with_the_cam_lost(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_input(&bench, -500, HOME, LOST);
    bench_expect_refusal(&bench, HOME);
    assert_int_equal(device_check_service(&bench.device, BENCH_START).readiness, DEVICE_REFUSE);
}

static void a_cam_away_from_home_needs_a_beam_or_service(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, false);
    bench_input(&bench, -400, HOME, OFF);
    bench_expect_refusal(&bench, HOME);
    assert_int_equal(device_check_service(&bench.device, BENCH_START).readiness, DEVICE_GO);
    spiral_init(&bench, true);
    bench_input(&bench, -400, HOME, OFF);
    assert_int_equal(device_check(&bench.device, BENCH_START).readiness, DEVICE_GO);
    bench_input(&bench, -300, DROP, ON);
    bench_expect_refusal(&bench, DROP);
    assert_int_equal(device_check_service(&bench.device, BENCH_START).role, DROP);
}

static void a_moving_slot_makes_the_next_one_wait(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_leave(&bench);
    assert_int_equal(device_check(&bench.device, BENCH_START + 200).readiness, DEVICE_WAIT);
    assert_int_equal(device_check(&bench.device, BENCH_START + 200).reason, PAYMENT_REASON_BUSY);
    assert_int_equal(device_check_service(&bench.device, BENCH_START + 200).readiness, DEVICE_WAIT);
}

/* ---- what goes well ---- */

static void product_through_the_beam_is_delivered_and_verified(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_expect_order(&bench, DEVICE_ORDER_ON, MOTOR, 4000);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_MOVING);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 310);
    bench_input(&bench, 120, HOME, OFF);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 10 + 4000 - 50);
    bench_input(&bench, 1800, DROP, ON);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    bench_expect_nothing(&bench);
    bench_input(&bench, 1870, DROP, OFF);
    bench_input(&bench, 2120, HOME, ON);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_MOTOR_MS), 2110);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_HOME_LEFT_MS), 120);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_HOME_MS), 2120);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_DROP_MS), 1800);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_BEAM), 1);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_JOGS), -1);
}

static void product_that_falls_after_the_motor_is_off_counts(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 2120 + 1500);
    bench_result(&bench, 2200, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 2200 + 1500);
    bench_input(&bench, 3600, DROP, ON);
    bench_expect_nothing(&bench);
    bench_input(&bench, 3670, DROP, OFF);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

static void the_movement_lasts_until_the_beam_is_clear_again(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_leave(&bench);
    bench_input(&bench, 2100, DROP, ON);
    bench_input(&bench, 2120, HOME, ON);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    assert_false(bench.out.finished);
    bench_deadline(&bench, 3120);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    bench_expect_refusal(&bench, DROP);
}

static void without_a_beam_coming_home_is_delivered_not_verified(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, false);
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_expect_delivered(&bench, false, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_BEAM), -1);
}

static void a_bouncing_cam_switch_is_not_a_turn(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, false);
    spiral_leave(&bench);
    bench_input(&bench, 130, HOME, ON);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 310);
    bench_input(&bench, 140, HOME, OFF);
    bench_input(&bench, 2120, HOME, ON);
    bench_expect_delivered(&bench, false, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_HOME_LEFT_MS), 140);
}

static void a_turn_that_ends_before_the_answer_of_a_slow_bus_counts(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, false);
    bench_start(&bench);
    bench_input(&bench, 100, HOME, OFF);
    bench_input(&bench, 600, HOME, ON);
    bench_expect_delivered(&bench, false, DEVICE_VERDICT_GOOD);
    bench_result(&bench, 700, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 50);
    bench_expect_nothing(&bench);
}

static void an_impossible_time_of_switching_on_is_not_believed(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 50, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 99999);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 350);
}

static void a_short_limit_keeps_a_tenth_of_itself_in_reserve(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench.config.param[CONFIG_PARAM_MAX_MS] = 200;
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_deadline(&bench, 190);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
}

static void only_the_first_product_sets_the_time(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_leave(&bench);
    bench_input(&bench, 1700, DROP, ON);
    bench_input(&bench, 1750, DROP, OFF);
    bench_input(&bench, 1800, DROP, ON);
    bench_input(&bench, 2110, HOME, ON);
    bench_input(&bench, 2115, DROP, ON);
    bench_expect_nothing(&bench);
    bench_result(&bench, 2120, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_result(&bench, 2120, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED, -1);
    bench_expect_nothing(&bench);
    bench_input(&bench, 2130, DROP, LOST);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_DROP_MS), 1700);
}

static void a_cam_told_home_again_before_it_left_changes_nothing(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, false);
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_result(&bench, 25, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_input(&bench, 60, HOME, ON);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 310);
}

/* ---- no movement ---- */

static void no_movement_within_300_ms_is_failed_with_a_strike(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_time(&bench, 309);
    bench_expect_nothing(&bench);
    bench_deadline(&bench, 310);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_result(&bench, 320, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 1820);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_MOVEMENT, DEVICE_VERDICT_STRIKE);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_MOTOR_MS), 300);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_BEAM), 0);
}

static void no_movement_but_a_product_fell_is_delivered_with_a_strike(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_deadline(&bench, 310);
    bench_result(&bench, 320, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_input(&bench, 700, DROP, ON);
    bench_input(&bench, 770, DROP, OFF);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_STRIKE);
}

static void no_movement_with_the_motor_not_certainly_off_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_deadline(&bench, 310);
    bench_result(&bench, 400, DEVICE_ORDER_OFF, DEVICE_ORDER_UNKNOWN, -1);
    bench_deadline(&bench, 1810);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_MOVEMENT, DEVICE_VERDICT_STRIKE);
}

static void a_coil_that_moves_after_it_was_given_up_is_unknown_and_locked(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_deadline(&bench, 310);
    bench_result(&bench, 320, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_input(&bench, 330, HOME, OFF);
    bench_deadline(&bench, 1820);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_MOVEMENT, DEVICE_VERDICT_LOCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_is_refused_while_nothing_is_known),
        cmocka_unit_test(start_is_refused_with_the_beam_broken),
        cmocka_unit_test(start_is_refused_with_the_beam_lost),
        cmocka_unit_test(start_is_refused_with_the_cam_lost),
        cmocka_unit_test(a_cam_away_from_home_needs_a_beam_or_service),
        cmocka_unit_test(a_moving_slot_makes_the_next_one_wait),
        cmocka_unit_test(product_through_the_beam_is_delivered_and_verified),
        cmocka_unit_test(product_that_falls_after_the_motor_is_off_counts),
        cmocka_unit_test(the_movement_lasts_until_the_beam_is_clear_again),
        cmocka_unit_test(without_a_beam_coming_home_is_delivered_not_verified),
        cmocka_unit_test(a_bouncing_cam_switch_is_not_a_turn),
        cmocka_unit_test(a_turn_that_ends_before_the_answer_of_a_slow_bus_counts),
        cmocka_unit_test(an_impossible_time_of_switching_on_is_not_believed),
        cmocka_unit_test(a_short_limit_keeps_a_tenth_of_itself_in_reserve),
        cmocka_unit_test(only_the_first_product_sets_the_time),
        cmocka_unit_test(a_cam_told_home_again_before_it_left_changes_nothing),
        cmocka_unit_test(no_movement_within_300_ms_is_failed_with_a_strike),
        cmocka_unit_test(no_movement_but_a_product_fell_is_delivered_with_a_strike),
        cmocka_unit_test(no_movement_with_the_motor_not_certainly_off_is_unknown),
        cmocka_unit_test(a_coil_that_moves_after_it_was_given_up_is_unknown_and_locked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
