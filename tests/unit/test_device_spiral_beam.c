/* Coils: a silent beam and jogs. */
#include "tests/unit/device_spiral_bench.h"

/* ---- the beam is silent ---- */

static void beam_proven_and_silent_is_failed_with_a_strike(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_prove_beam(&bench);
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_result(&bench, 2130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 3630);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_DROP, DEVICE_VERDICT_STRIKE);
}

static void beam_never_seen_working_and_silent_is_unknown_with_a_strike(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_result(&bench, 2130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 3630);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_DROP, DEVICE_VERDICT_STRIKE);
}

static void a_silent_beam_is_doubted_from_then_on(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_vend(&bench);
    for (int i = 0; i < 2; i++) {
        spiral_leave(&bench);
        bench_input(&bench, 2120, HOME, ON);
        bench_result(&bench, 2130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
        bench_deadline(&bench, 3630);
        bench_expect_end(&bench, i == 0 ? PAYMENT_RESULT_FAILED : PAYMENT_RESULT_UNKNOWN,
                         PAYMENT_REASON_NO_DROP, DEVICE_VERDICT_STRIKE);
        bench.started_ms += 10000;
    }
}

static void a_beam_that_only_broke_and_never_cleared_proves_nothing(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_input(&bench, -500, DROP, ON);
    bench_input(&bench, -450, DROP, LOST);
    bench_input(&bench, -400, DROP, OFF);
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_result(&bench, 2130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 3630);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_DROP, DEVICE_VERDICT_STRIKE);
}

static void a_beam_lost_during_the_turn_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_prove_beam(&bench);
    spiral_leave(&bench);
    bench_input(&bench, 1000, DROP, LOST);
    bench_expect_nothing(&bench);
    bench_input(&bench, 1500, DROP, OFF);
    bench_input(&bench, 2120, HOME, ON);
    bench_result(&bench, 2130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 3630);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

static void a_beam_not_looked_at_for_a_while_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_prove_beam(&bench);
    spiral_leave(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_GAP, .role = DROP, .gap_ms = 250}, 1500);
    bench_expect_nothing(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_result(&bench, 2130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 3630);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

static void a_cam_not_looked_at_may_have_moved(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_deadline(&bench, 310);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_GAP, .role = HOME, .gap_ms = 2000}, 320);
    bench_result(&bench, 330, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 1830);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_MOVEMENT, DEVICE_VERDICT_STRIKE);
}

static void beam_silent_but_the_motor_not_certainly_off_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_prove_beam(&bench);
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_deadline(&bench, 3620);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_DROP, DEVICE_VERDICT_STRIKE);
}

static void an_overshot_cam_is_no_reason_to_lock(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    spiral_prove_beam(&bench);
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_result(&bench, 2130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_input(&bench, 2300, HOME, OFF);
    bench_deadline(&bench, 3630);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_DROP, DEVICE_VERDICT_STRIKE);
}

/* ---- jogs ---- */

static void jog_once(struct bench *bench)
{
    spiral_init(bench, true);
    bench->config.param[CONFIG_PARAM_JOGS] = 1;
    spiral_prove_beam(bench);
    spiral_leave(bench);
    bench_input(bench, 2120, HOME, ON);
    bench_result(bench, 2130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(bench, 3630);
    bench_expect_order(bench, DEVICE_ORDER_ON, MOTOR, 4000);
    assert_false(bench->out.finished);
}

static void a_jog_is_one_more_turn_and_can_deliver(void **state)
{
    struct bench bench;
    (void)state;
    jog_once(&bench);
    bench_result(&bench, 3650, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 3640);
    bench_input(&bench, 3750, HOME, OFF);
    bench_input(&bench, 5000, DROP, ON);
    bench_input(&bench, 5070, DROP, OFF);
    bench_input(&bench, 5750, HOME, ON);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_JOGS), 1);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_MOTOR_MS), 2110 + 2110);
}

static void after_the_last_jog_a_silent_beam_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    jog_once(&bench);
    bench_result(&bench, 3650, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 3640);
    bench_input(&bench, 3750, HOME, OFF);
    bench_input(&bench, 5750, HOME, ON);
    bench_result(&bench, 5760, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 7260);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_DROP, DEVICE_VERDICT_STRIKE);
}

static void a_refused_jog_is_failed(void **state)
{
    struct bench bench;
    (void)state;
    jog_once(&bench);
    bench_result(&bench, 3650, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void a_product_seen_before_a_jog_was_refused_is_delivered(void **state)
{
    struct bench bench;
    (void)state;
    jog_once(&bench);
    bench_input(&bench, 3640, DROP, ON);
    bench_input(&bench, 3645, DROP, OFF);
    bench_result(&bench, 3650, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED, -1);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_STRIKE);
}

static void a_beam_that_can_not_be_believed_never_jogs(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench.config.param[CONFIG_PARAM_JOGS] = 3;
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_result(&bench, 2130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 3630);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_DROP, DEVICE_VERDICT_STRIKE);
}

static void a_machine_going_down_never_jogs(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench.config.param[CONFIG_PARAM_JOGS] = 1;
    spiral_prove_beam(&bench);
    spiral_leave(&bench);
    bench_input(&bench, 2120, HOME, ON);
    bench_result(&bench, 2130, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 2500);
    bench_expect_nothing(&bench);
    bench_deadline(&bench, 3630);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_DROP, DEVICE_VERDICT_STRIKE);
}

static void a_cam_not_looked_at_for_less_than_a_turn_has_not_moved(void **state)
{
    struct bench bench;
    (void)state;
    spiral_init(&bench, true);
    bench_start(&bench);
    bench_result(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_deadline(&bench, 310);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_GAP, .role = HOME, .gap_ms = 199}, 320);
    bench_result(&bench, 330, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 1830);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_MOVEMENT, DEVICE_VERDICT_STRIKE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beam_proven_and_silent_is_failed_with_a_strike),
        cmocka_unit_test(beam_never_seen_working_and_silent_is_unknown_with_a_strike),
        cmocka_unit_test(a_silent_beam_is_doubted_from_then_on),
        cmocka_unit_test(a_beam_that_only_broke_and_never_cleared_proves_nothing),
        cmocka_unit_test(a_beam_lost_during_the_turn_is_unknown),
        cmocka_unit_test(a_beam_not_looked_at_for_a_while_is_unknown),
        cmocka_unit_test(a_cam_not_looked_at_may_have_moved),
        cmocka_unit_test(beam_silent_but_the_motor_not_certainly_off_is_unknown),
        cmocka_unit_test(an_overshot_cam_is_no_reason_to_lock),
        cmocka_unit_test(a_jog_is_one_more_turn_and_can_deliver),
        cmocka_unit_test(after_the_last_jog_a_silent_beam_is_failed),
        cmocka_unit_test(a_refused_jog_is_failed),
        cmocka_unit_test(a_product_seen_before_a_jog_was_refused_is_delivered),
        cmocka_unit_test(a_beam_that_can_not_be_believed_never_jogs),
        cmocka_unit_test(a_machine_going_down_never_jogs),
        cmocka_unit_test(a_cam_not_looked_at_for_less_than_a_turn_has_not_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
