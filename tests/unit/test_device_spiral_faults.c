/* Coils: jams, orders that go wrong, sensors lost, faults, the end of the machine. */
#include "tests/unit/device_spiral_bench.h"

/* ---- jam ---- */

static void a_jam_is_unknown_and_locks_the_slot(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_prove_beam(&bench);
    spiral_leave(&bench);
    bench_deadline(&bench, 3960);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_result(&bench, 3970, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 5470);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_JAM, DEVICE_VERDICT_LOCK);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_HOME_MS), -1);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_MOTOR_MS), 3950);
}

static void a_jam_after_the_product_fell_is_delivered_and_locks_the_slot(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_leave(&bench);
    bench_input(&bench, 1800, DROP, ON);
    bench_input(&bench, 1870, DROP, OFF);
    bench_deadline(&bench, 3960);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_LOCK);
}

static void a_jam_without_a_beam_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, false);
    spiral_leave(&bench);
    bench_deadline(&bench, 3960);
    bench_result(&bench, 3970, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 5470);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_JAM, DEVICE_VERDICT_LOCK);
}

static void a_jam_that_comes_free_while_running_down_is_still_a_jam(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, false);
    spiral_leave(&bench);
    bench_deadline(&bench, 3960);
    bench_input(&bench, 3980, HOME, ON);
    bench_deadline(&bench, 5460);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_JAM, DEVICE_VERDICT_LOCK);
}

/* ---- orders that go wrong ---- */

static void a_refused_order_is_failed_with_a_strike(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
    assert_int_equal(bench.out.order_count, 0);
}

static void something_in_the_beam_or_a_moving_cam_is_no_refund_though_the_order_was_refused(void **state)
{
    static const enum config_role roles[] = {DROP, HOME};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct bench bench;
        spiral_init(&bench, true);
        bench_start(&bench);
        bench_input(&bench, 5, roles[i], roles[i] == DROP ? ON : OFF);
        bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED, -1);
        bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
    }
}

static void a_refused_order_after_an_unconfirmed_off_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, false);
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_result(&bench, 2200, DEVICE_ORDER_OFF, DEVICE_ORDER_UNKNOWN, -1);
    bench_restart(&bench, 10000);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
    bench_result(&bench, 3000, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_restart(&bench, 10000);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void an_unknown_order_with_the_cam_seen_home_all_the_time_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 300, DEVICE_ORDER_ON, DEVICE_ORDER_UNKNOWN, -1);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_result(&bench, 310, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 1810);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void an_unknown_order_with_the_cam_away_is_unknown_and_locked(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_input(&bench, 200, HOME, OFF);
    bench_result(&bench, 300, DEVICE_ORDER_ON, DEVICE_ORDER_UNKNOWN, -1);
    bench_result(&bench, 310, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 1810);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_LOCK);
}

static void an_unknown_order_whose_product_fell_is_delivered(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_input(&bench, 200, HOME, OFF);
    bench_result(&bench, 300, DEVICE_ORDER_ON, DEVICE_ORDER_UNKNOWN, -1);
    bench_input(&bench, 900, DROP, ON);
    bench_input(&bench, 970, DROP, OFF);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_LOCK);
}

static void an_unknown_order_on_a_lost_board_is_unknown_but_comes_back_by_itself(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 300, DEVICE_ORDER_ON, DEVICE_ORDER_UNKNOWN, -1);
    bench_input(&bench, 310, HOME, LOST);
    bench_input(&bench, 310, DROP, LOST);
    bench_result(&bench, 900, DEVICE_ORDER_OFF, DEVICE_ORDER_UNKNOWN, -1);
    bench_deadline(&bench, 1800);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
    bench_expect_refusal(&bench, HOME);
    bench_input(&bench, 60000, HOME, ON);
    bench_input(&bench, 60000, DROP, OFF);
    bench_restart(&bench, 70000);
}

static void an_order_without_any_result_is_ended_at_max_ms(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_deadline(&bench, 4000);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_result(&bench, 4010, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

/* ---- sensors lost, faults, the end of the machine ---- */

static void a_cam_lost_in_the_turn_stops_at_once_and_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_leave(&bench);
    bench_input(&bench, 900, HOME, LOST);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_result(&bench, 910, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_input(&bench, 1000, HOME, LOST);
    bench_deadline(&bench, 2410);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

static void a_cam_lost_after_the_product_fell_is_delivered(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_leave(&bench);
    bench_input(&bench, 1500, DROP, ON);
    bench_input(&bench, 1570, DROP, OFF);
    bench_input(&bench, 1600, HOME, LOST);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_STRIKE);
}

static void stopped_before_any_coil_can_release_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_vend(&bench);
    spiral_leave(&bench);
    bench_input(&bench, 300, HOME, LOST);
    bench_result(&bench, 310, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_input(&bench, 400, HOME, OFF);
    bench_deadline(&bench, 1810);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_LOCK);
}

static void stopped_when_a_coil_may_have_released_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_vend(&bench);
    spiral_leave(&bench);
    bench_input(&bench, 490, HOME, LOST);
    bench_result(&bench, 500, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 2000);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

static void a_guard_fault_in_the_turn_is_unknown_and_locked(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_leave(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = MOTOR}, 700);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_result(&bench, 710, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 2210);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK);
}

static void a_welded_relay_after_the_turn_locks_and_is_never_failed(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_prove_beam(&bench);
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = MOTOR}, 2180);
    bench_expect_nothing(&bench);
    bench_deadline(&bench, 3620);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK);
}

static void an_abort_before_the_cam_left_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 60);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_result(&bench, 70, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 1570);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

static void an_abort_in_the_turn_is_unknown_and_locked(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_leave(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 900);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_result(&bench, 910, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 2410);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_LOCK);
}

static void what_means_nothing_changes_nothing(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_leave(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_INTENT}, 200);
    bench_expect_nothing(&bench);
    bench_input(&bench, 210, CONFIG_ROLE_DOOR, ON);
    bench_expect_nothing(&bench);
    bench_result(&bench, 220, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_expect_nothing(&bench);
    bench_input(&bench, 230, HOME, OFF);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 3960);
    assert_true(bench.device.moving);
}

static void a_late_result_of_the_last_movement_moves_nothing(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, false);
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_restart(&bench, 3000);
    bench_result(&bench, 5, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.deadline_ms, bench.started_ms + 4000);
}

static void the_fastest_turn_seen_says_how_long_nothing_can_have_come_out(void **state)
{
    struct bench bench;
    (void)state;
    for (int faster = 0; faster < 2; faster++) {
        spiral_init(&bench, true);
        spiral_vend(&bench); /* a turn of 2000 ms */
        if (faster) {
            spiral_leave(&bench);
            bench_input(&bench, 1000, DROP, ON);
            bench_input(&bench, 1060, DROP, OFF);
            bench_input(&bench, 1120, HOME, ON);
            bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
            bench_result(&bench, 1130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
            bench.started_ms += 10000;
        }
        spiral_leave(&bench);
        bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 200);
        bench_result(&bench, 300, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
        bench_deadline(&bench, 1800);
        bench_expect_end(&bench, faster ? PAYMENT_RESULT_UNKNOWN : PAYMENT_RESULT_FAILED,
                         PAYMENT_REASON_STOPPED, DEVICE_VERDICT_LOCK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jam_is_unknown_and_locks_the_slot),
        cmocka_unit_test(a_jam_after_the_product_fell_is_delivered_and_locks_the_slot),
        cmocka_unit_test(a_jam_without_a_beam_is_unknown),
        cmocka_unit_test(a_jam_that_comes_free_while_running_down_is_still_a_jam),
        cmocka_unit_test(a_refused_order_is_failed_with_a_strike),
        cmocka_unit_test(a_refused_order_after_an_unconfirmed_off_is_unknown),
        cmocka_unit_test(something_in_the_beam_or_a_moving_cam_is_no_refund_though_the_order_was_refused),
        cmocka_unit_test(an_unknown_order_with_the_cam_seen_home_all_the_time_is_failed),
        cmocka_unit_test(an_unknown_order_with_the_cam_away_is_unknown_and_locked),
        cmocka_unit_test(an_unknown_order_whose_product_fell_is_delivered),
        cmocka_unit_test(an_unknown_order_on_a_lost_board_is_unknown_but_comes_back_by_itself),
        cmocka_unit_test(an_order_without_any_result_is_ended_at_max_ms),
        cmocka_unit_test(a_cam_lost_in_the_turn_stops_at_once_and_is_unknown),
        cmocka_unit_test(a_cam_lost_after_the_product_fell_is_delivered),
        cmocka_unit_test(stopped_before_any_coil_can_release_is_failed),
        cmocka_unit_test(stopped_when_a_coil_may_have_released_is_unknown),
        cmocka_unit_test(a_guard_fault_in_the_turn_is_unknown_and_locked),
        cmocka_unit_test(a_welded_relay_after_the_turn_locks_and_is_never_failed),
        cmocka_unit_test(an_abort_before_the_cam_left_is_failed),
        cmocka_unit_test(an_abort_in_the_turn_is_unknown_and_locked),
        cmocka_unit_test(what_means_nothing_changes_nothing),
        cmocka_unit_test(a_late_result_of_the_last_movement_moves_nothing),
        cmocka_unit_test(the_fastest_turn_seen_says_how_long_nothing_can_have_come_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
