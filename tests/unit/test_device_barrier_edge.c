/* A barrier with a line too few or lost: what is not known is neither opened for, nor paid back, nor told. */
#include "tests/unit/device_barrier_bench.h"

static void leaves(struct bench *bench, int64_t at_ms)
{
    bench_input(bench, at_ms, PRESENCE, OFF);
    bench_time(bench, at_ms + 2000);
    assert_int_equal(bench->out.phase, DEVICE_PHASE_RETURN);
}

/* On the passage and back, presence covered all the time. */
static void noses(struct bench *bench, int64_t at_ms)
{
    bench_input(bench, at_ms, PASSAGE, ON);
    bench_input(bench, at_ms + 500, PASSAGE, OFF);
    assert_false(bench->out.finished);
}

static void begin_for_service(struct bench *bench)
{
    assert_int_equal(device_check_service(&bench->device, bench->started_ms).readiness, DEVICE_GO);
    device_start(&bench->device, bench->started_ms, &bench->out);
}

static void with_up_alone_that_is_the_line_to_blame_for_an_arm_not_down(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS | WITH_UP);
    bench.config.param[CONFIG_PARAM_NOT_DOWN] = 1;
    barrier_open(&bench);
    barrier_pass(&bench, 3000);
    bench_deadline(&bench, 34500);
    bench_expect_note(&bench, CORE_CODE_ARM_NOT_DOWN, UP);
    bench.started_ms += 40000;
    bench_expect_refusal(&bench, UP);
}

static void an_answer_after_it_was_given_up_is_no_pulse(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    bench_deadline(&bench, 5500);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OPEN, 0);
    barrier_answer(&bench, 5600, DEVICE_ORDER_DONE, 100);
    bench_expect_nothing(&bench);
    bench_deadline(&bench, 8000);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 0);
}

static void without_a_passage_sensor_an_arm_that_is_down_is_evidence_enough(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LIMITS);
    assert_true(device_kind(CONFIG_KIND_BARRIER)->evident(&bench.device));
    barrier_move_arm(&bench, 0, 1000, true);
    assert_false(device_kind(CONFIG_KIND_BARRIER)->evident(&bench.device));
}

static void an_opening_with_a_passage_that_was_lost_before_it_proves_nothing(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, -500, PASSAGE, LOST);
    begin_for_service(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    barrier_move_arm(&bench, 600, 2000, true);
    barrier_move_arm(&bench, 20000, 22000, false);
    bench_deadline(&bench, 42000);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

/* Nobody was there; that presence was lost and is back says nothing else. */
static void in_an_empty_lane_nobody_has_left(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench.config.param[CONFIG_PARAM_EMPTY_LANE] = 1;
    bench_input(&bench, -5000, PRESENCE, OFF);
    barrier_open(&bench);
    bench_input(&bench, 3000, PRESENCE, LOST);
    bench_input(&bench, 3100, PRESENCE, OFF);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 42000);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
}

static void one_from_inside_is_no_use_of_an_empty_lanes_right(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench.config.param[CONFIG_PARAM_EMPTY_LANE] = 1;
    bench_input(&bench, -5000, PRESENCE, OFF);
    barrier_open(&bench);
    bench_input(&bench, 2500, PRESENCE, LOST);
    bench_input(&bench, 2900, PRESENCE, OFF); /* nobody was on it all the same */
    bench_input(&bench, 3000, PASSAGE, ON);
    bench_expect_note(&bench, CORE_CODE_WRONG_WAY, PASSAGE);
    bench_input(&bench, 4000, PASSAGE, OFF);
    bench_expect_nothing(&bench);
}

static void an_arm_that_does_not_rise_in_an_empty_lane_waits_for_a_vehicle(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench.config.param[CONFIG_PARAM_EMPTY_LANE] = 1;
    bench_input(&bench, -5000, PRESENCE, OFF);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_deadline(&bench, 8010);
    bench_expect_note(&bench, CORE_CODE_ARM_NOT_UP, UP); /* and nobody has left */
    assert_false(bench.out.need_intent);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_RETURN);
}

static void for_a_vehicle_that_is_not_seen_any_more_there_is_no_second_pulse(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_input(&bench, 3000, PRESENCE, LOST);
    bench_deadline(&bench, 8010);
    assert_false(bench.out.need_intent);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 68010); /* from now on: since when is not known */
}

static void a_passage_that_is_covered_to_the_end_is_a_vehicle_that_stays(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    leaves(&bench, 4000);
    barrier_move_arm(&bench, 9000, 11000, false);
    bench_deadline(&bench, 64000); /* silent once */
    barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
    bench.started_ms += 100000;
    bench_input(&bench, -100, PRESENCE, ON);
    barrier_open(&bench);
    bench_input(&bench, 20000, PASSAGE, ON);
    bench_deadline(&bench, 42000);
    bench_expect_note(&bench, CORE_CODE_VEHICLE_STAYS, PASSAGE); /* the sensor works */
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

static void with_down_alone_an_arm_that_is_not_down_needs_no_pulse(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS | WITH_DOWN);
    barrier_open(&bench);
    leaves(&bench, 4000);
    bench_input(&bench, 20000, PRESENCE, ON);
    assert_false(bench.out.need_intent);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
}

static void for_one_that_came_back_and_left_again_the_arm_may_come_down(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    leaves(&bench, 4000);
    bench_input(&bench, 9000, PRESENCE, ON);
    bench_input(&bench, 10000, PRESENCE, OFF);
    barrier_move_arm(&bench, 10100, 11500, false);
    assert_false(bench.out.need_intent);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, SIGN, 0);
}

static void a_right_that_may_be_used_up_opens_nothing_more(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS | WITH_UP);
    barrier_open(&bench);
    noses(&bench, 3000);
    leaves(&bench, 5000);
    bench_input(&bench, 7500, UP, OFF);
    bench_input(&bench, 8000, PRESENCE, ON);
    assert_false(bench.out.need_intent);
    bench_expect_nothing(&bench);
    while (!bench.out.finished)
        bench_time(&bench, bench.out.deadline_ms - bench.started_ms);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

static void two_noses_are_no_passage_where_the_line_was_lost_between(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    noses(&bench, 3000);
    bench_input(&bench, 4000, PASSAGE, LOST);
    bench_input(&bench, 4100, PASSAGE, OFF);
    noses(&bench, 5000);
    bench_deadline(&bench, 42000);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

static void a_passage_lost_under_the_vehicle_is_not_waited_for(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 41000, PASSAGE, ON);
    bench_input(&bench, 41500, PASSAGE, LOST);
    bench_deadline(&bench, 42000);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

/* It was up for the last vehicle, and stayed so for the time of ours. */
static void an_arm_up_all_the_time_that_comes_down_later_has_been_up(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_move_arm(&bench, -2000, -1000, true);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    bench_input(&bench, 8010, UP, OFF);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 40520);
}

static void only_an_arm_that_is_down_ends_a_doubtful_right_sooner(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS); /* without limits nobody knows */
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    noses(&bench, 3000);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 40520);
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    noses(&bench, 3000);
    barrier_move_arm(&bench, 38000, 39000, false); /* and never later than it was */
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 42000);
}

static void an_arm_that_is_late_already_is_told_once(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    barrier_pass(&bench, 3000);
    bench_deadline(&bench, 34500);
    bench_expect_note(&bench, CORE_CODE_ARM_NOT_DOWN, DOWN);
    bench_input(&bench, 36000, PASSAGE, ON); /* a second one, then a third with a right */
    bench_input(&bench, 37000, PASSAGE, OFF);
    assert_int_equal(bench.out.deadline_ms, 0);
    bench.started_ms += 100000;
    bench_input(&bench, -100, PRESENCE, ON);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    barrier_pass(&bench, 3000);
    barrier_expect_delivered(&bench, true);
    bench_time(&bench, 34500);
    assert_int_equal(bench.out.note_count, 0);
    bench_input(&bench, 50000, UP, OFF);
    bench_input(&bench, 51000, DOWN, ON);
    bench_expect_note(&bench, CORE_CODE_ARM_DOWN, DOWN);
}

static void the_end_of_an_earlier_order_is_not_the_pulse(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OPEN, 0);
    bench_event(&bench, 400, DEVICE_EVENT_AGAIN, CONFIG_ROLE_COUNT);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, OPEN, 500);
    bench_send(
        &bench,
        (struct device_event){.kind = DEVICE_EVENT_ORDER, .role = OPEN, .order_kind = DEVICE_ORDER_OFF}, 450);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 5900); /* the pulse's result is still waited for */
    barrier_answer(&bench, 950, DEVICE_ORDER_DONE, 410);
    barrier_move_arm(&bench, 1000, 2400, true);
    barrier_pass(&bench, 3000);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_up_alone_that_is_the_line_to_blame_for_an_arm_not_down),
        cmocka_unit_test(an_answer_after_it_was_given_up_is_no_pulse),
        cmocka_unit_test(without_a_passage_sensor_an_arm_that_is_down_is_evidence_enough),
        cmocka_unit_test(an_opening_with_a_passage_that_was_lost_before_it_proves_nothing),
        cmocka_unit_test(in_an_empty_lane_nobody_has_left),
        cmocka_unit_test(one_from_inside_is_no_use_of_an_empty_lanes_right),
        cmocka_unit_test(an_arm_that_does_not_rise_in_an_empty_lane_waits_for_a_vehicle),
        cmocka_unit_test(for_a_vehicle_that_is_not_seen_any_more_there_is_no_second_pulse),
        cmocka_unit_test(a_passage_that_is_covered_to_the_end_is_a_vehicle_that_stays),
        cmocka_unit_test(with_down_alone_an_arm_that_is_not_down_needs_no_pulse),
        cmocka_unit_test(for_one_that_came_back_and_left_again_the_arm_may_come_down),
        cmocka_unit_test(a_right_that_may_be_used_up_opens_nothing_more),
        cmocka_unit_test(two_noses_are_no_passage_where_the_line_was_lost_between),
        cmocka_unit_test(a_passage_lost_under_the_vehicle_is_not_waited_for),
        cmocka_unit_test(an_arm_up_all_the_time_that_comes_down_later_has_been_up),
        cmocka_unit_test(only_an_arm_that_is_down_ends_a_doubtful_right_sooner),
        cmocka_unit_test(an_arm_that_is_late_already_is_told_once),
        cmocka_unit_test(the_end_of_an_earlier_order_is_not_the_pulse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
