/* Coils that begin away from home: after a power cut, an overshoot, a jam. */
#include "tests/unit/device_spiral_bench.h"

static void away_start(struct bench *bench, bool beam)
{
    spiral_init(bench, beam);
    bench_input(bench, -100, HOME, OFF);
    device_start(&bench->device, bench->started_ms, &bench->out);
    bench_expect_order(bench, DEVICE_ORDER_ON, MOTOR, 4000);
    bench_result(bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_expect_nothing(bench);
    assert_int_equal(bench->out.deadline_ms, BENCH_START + 3960);
}

/* The part of a turn is over at 400 ms, nothing has fallen; the cam leaves home again at 550 ms. */
static void away_pass(struct bench *bench)
{
    away_start(bench, true);
    bench_input(bench, 400, HOME, ON);
    bench_expect_nothing(bench);
    assert_int_equal(bench->out.deadline_ms, BENCH_START + 3960);
    bench_input(bench, 550, HOME, OFF);
    bench_expect_nothing(bench);
}

static void service_without_a_beam_stops_at_home_and_never_says_delivered(void **state)
{
    struct bench bench;
    (void)state;
    away_start(&bench, false);
    bench_input(&bench, 40, HOME, ON);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_DROP, DEVICE_VERDICT_GOOD);
    bench_restart(&bench, 5000);
}

static void a_product_of_the_part_is_the_product_and_it_stops_at_home(void **state)
{
    struct bench bench;
    (void)state;
    away_start(&bench, true);
    bench_input(&bench, 500, DROP, ON);
    bench_input(&bench, 570, DROP, OFF);
    bench_expect_nothing(&bench);
    bench_input(&bench, 800, HOME, ON);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

static void a_part_without_a_product_goes_on_for_a_whole_turn(void **state)
{
    struct bench bench;
    (void)state;
    away_pass(&bench);
    bench_input(&bench, 1900, DROP, ON);
    bench_input(&bench, 1970, DROP, OFF);
    bench_expect_nothing(&bench);
    bench_input(&bench, 2500, HOME, ON);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_MOTOR_MS), 2490);
}

static void a_product_of_the_part_that_falls_late_stops_the_motor_before_a_second_one(void **state)
{
    struct bench bench;
    (void)state;
    away_pass(&bench);
    bench_input(&bench, 900, DROP, ON);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, MOTOR, 0);
    assert_false(bench.out.finished);
    bench_input(&bench, 970, DROP, OFF);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

static void the_whole_turn_silent_is_judged_as_any_other(void **state)
{
    struct bench bench;
    (void)state;
    away_pass(&bench);
    bench_input(&bench, 2500, HOME, ON);
    bench_result(&bench, 2510, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 4010);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_DROP, DEVICE_VERDICT_STRIKE);
}

static void a_cam_that_stands_at_home_after_passing_it_is_a_jam_not_no_movement(void **state)
{
    struct bench bench;
    (void)state;
    away_start(&bench, true);
    bench_input(&bench, 400, HOME, ON);
    bench_deadline(&bench, 3960);
    bench_result(&bench, 3970, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 5470);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_JAM, DEVICE_VERDICT_LOCK);
}

static void a_part_that_never_reaches_home_is_a_jam(void **state)
{
    struct bench bench;
    (void)state;
    away_start(&bench, true);
    bench_deadline(&bench, 3960);
    bench_result(&bench, 3970, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 5470);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_JAM, DEVICE_VERDICT_LOCK);
}

static void a_part_stopped_early_is_unknown_however_short_it_was(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_vend(&bench);
    bench_input(&bench, -100, HOME, OFF);
    bench_start(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 30);
    bench_result(&bench, 40, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 1540);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_LOCK);
}

static void a_refused_order_is_failed_wherever_the_cam_stands(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_input(&bench, -100, HOME, OFF);
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(service_without_a_beam_stops_at_home_and_never_says_delivered),
        cmocka_unit_test(a_product_of_the_part_is_the_product_and_it_stops_at_home),
        cmocka_unit_test(a_part_without_a_product_goes_on_for_a_whole_turn),
        cmocka_unit_test(a_product_of_the_part_that_falls_late_stops_the_motor_before_a_second_one),
        cmocka_unit_test(the_whole_turn_silent_is_judged_as_any_other),
        cmocka_unit_test(a_cam_that_stands_at_home_after_passing_it_is_a_jam_not_no_movement),
        cmocka_unit_test(a_part_that_never_reaches_home_is_a_jam),
        cmocka_unit_test(a_part_stopped_early_is_unknown_however_short_it_was),
        cmocka_unit_test(a_refused_order_is_failed_wherever_the_cam_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
