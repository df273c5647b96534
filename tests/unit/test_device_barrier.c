/* Barriers: may it start, and what counts as delivered with which sensors. */
#include "tests/unit/device_barrier_bench.h"

static struct device_check check_at(const struct bench *bench, int64_t at_ms)
{
    return device_check(&bench->device, BENCH_START + at_ms);
}

static void expect_refusal(const struct bench *bench, int64_t at_ms, enum config_role role,
                           enum core_hold hold)
{
    struct device_check check = check_at(bench, at_ms);
    assert_int_equal(check.readiness, DEVICE_REFUSE);
    assert_int_equal(check.reason, PAYMENT_REASON_OUT_OF_SERVICE);
    assert_int_equal(check.role, role);
    assert_int_equal(check.hold, hold);
}

static void expect_wait(const struct bench *bench, int64_t at_ms, enum payment_reason reason, int64_t wait_ms)
{
    struct device_check check = check_at(bench, at_ms);
    assert_int_equal(check.readiness, DEVICE_WAIT);
    assert_int_equal(check.reason, reason);
    assert_int_equal(check.wait_ms, wait_ms);
}

/* ---- delivered ---- */

static void a_vehicle_that_passes_is_delivered_and_verified(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, OPEN, 500);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_MOVING);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_expect_quiet(&bench);
    bench_input(&bench, 600, DOWN, OFF);
    bench_expect_quiet(&bench);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_MOVING);
    bench_input(&bench, 2000, UP, ON);
    bench_expect_order(&bench, DEVICE_ORDER_ON, SIGN, 0);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    bench_input(&bench, 4000, PASSAGE, ON);
    bench_expect_quiet(&bench);
    bench_input(&bench, 4500, PRESENCE, OFF);
    bench_expect_quiet(&bench);
    bench_input(&bench, 5500, PASSAGE, OFF);
    barrier_expect_delivered(&bench, true);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, SIGN, 0);
    assert_int_equal(bench.out.note_count, 0);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 1);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_UP_MS), 2000);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PRESENCE_MS), 4500);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PASSAGE_MS), 4000);
}

static void without_up_it_may_go_when_the_pulse_is_sent(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS | WITH_SIGN | WITH_DOWN);
    bench_input(&bench, -100, DOWN, OFF);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_expect_order(&bench, DEVICE_ORDER_ON, SIGN, 0);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    barrier_pass(&bench, 3000);
    barrier_expect_delivered(&bench, true);
}

static void with_passage_alone_on_and_off_is_a_passage(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_PASSAGE);
    barrier_open(&bench);
    bench_input(&bench, 5000, PASSAGE, ON);
    bench_expect_quiet(&bench);
    bench_input(&bench, 6000, PASSAGE, OFF);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PRESENCE_MS), -1);
}

static void without_passage_an_arm_seen_up_is_delivered_and_verified(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_UP | WITH_SIGN);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_expect_quiet(&bench);
    bench_input(&bench, 2000, UP, ON);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench.out.order_count, 0);
}

static void an_arm_that_is_up_before_the_pulse_ends_is_seen_with_its_end(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_UP);
    bench_start(&bench);
    bench_input(&bench, 300, UP, ON);
    bench_expect_quiet(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_UP_MS), 300);
}

static void with_neither_a_sent_pulse_is_delivered_not_verified(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_PRESENCE);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    barrier_expect_delivered(&bench, false);
}

static void a_vehicle_that_passes_during_the_pulse_ends_with_the_pulse(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, -5000, DOWN, OFF);
    bench_input(&bench, -4000, UP, ON);
    bench_start(&bench);
    barrier_pass(&bench, 10);
    bench_expect_nothing(&bench);
    barrier_answer(&bench, 1600, DEVICE_ORDER_DONE, 10);
    barrier_expect_delivered(&bench, true);
}

/* ---- may it start ---- */

static void a_ready_lane_goes(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    assert_int_equal(check_at(&bench, 0).readiness, DEVICE_GO);
}

static void every_lost_input_is_a_refusal(void **state)
{
    static const struct {
        enum config_role role;
        enum core_hold hold;
    } rows[] = {{PRESENCE, CORE_HOLD_NONE}, {PASSAGE, CORE_HOLD_NONE},        {UP, CORE_HOLD_NONE},
                {DOWN, CORE_HOLD_NONE},     {FAULTY, CORE_HOLD_DEVICE_FAULT}, {FIRE, CORE_HOLD_FIRE}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench bench;
        barrier_init(&bench, WITH_ALL);
        bench_input(&bench, -100, rows[i].role, LOST);
        expect_refusal(&bench, 0, rows[i].role, rows[i].hold);
    }
}

static void fault_and_fire_are_refusals_with_their_names(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, -100, FIRE, OFF);
    expect_refusal(&bench, 0, FIRE, CORE_HOLD_FIRE);
    bench_input(&bench, -90, FAULTY, ON);
    expect_refusal(&bench, 0, FAULTY, CORE_HOLD_DEVICE_FAULT);
    bench_input(&bench, -80, FIRE, ON);
    bench_input(&bench, -70, FAULTY, OFF);
    assert_int_equal(check_at(&bench, 0).readiness, DEVICE_GO);
}

static void a_covered_passage_is_waited_for_and_then_stuck(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, 0, PASSAGE, ON);
    expect_wait(&bench, 14999, PAYMENT_REASON_OUT_OF_SERVICE, 15000);
    expect_refusal(&bench, 15000, PASSAGE, CORE_HOLD_NONE);
    bench_input(&bench, 20000, PASSAGE, OFF);
    assert_int_equal(check_at(&bench, 20000).readiness, DEVICE_GO);
}

static void the_last_vehicles_arm_is_waited_for_where_it_would_be_the_evidence(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LIMITS | WITH_PRESENCE);
    barrier_move_arm(&bench, 0, 1000, true);
    expect_wait(&bench, 60999, PAYMENT_REASON_OUT_OF_SERVICE, 60000);
    expect_refusal(&bench, 61000, UP, CORE_HOLD_NONE);
}

static void with_passage_the_next_vehicle_need_not_wait_for_the_arm(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_move_arm(&bench, -3000, -1000, true);
    assert_int_equal(check_at(&bench, 0).readiness, DEVICE_GO);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    barrier_pass(&bench, 2000);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_UP_MS), -1);
}

static void a_payment_waits_for_its_vehicle(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, -100, PRESENCE, OFF);
    expect_wait(&bench, 0, PAYMENT_REASON_NO_VEHICLE, 60000);
    bench.config.param[CONFIG_PARAM_EMPTY_LANE] = 1;
    assert_int_equal(check_at(&bench, 0).readiness, DEVICE_GO);
}

static void an_arm_not_down_in_time_pauses_the_sale_if_so_configured(void **state)
{
    (void)state;
    for (int pause = 0; pause < 2; pause++) {
        struct bench bench;
        barrier_init(&bench, WITH_ALL);
        bench.config.param[CONFIG_PARAM_NOT_DOWN] = pause;
        barrier_open(&bench);
        barrier_pass(&bench, 4000);
        barrier_expect_delivered(&bench, true);
        bench_input(&bench, 6000, PRESENCE, ON);
        bench_deadline(&bench, 35500);
        bench_expect_note(&bench, CORE_CODE_ARM_NOT_DOWN, DOWN);
        if (pause != 0)
            expect_refusal(&bench, 35600, DOWN, CORE_HOLD_ARM);
        else
            assert_int_equal(check_at(&bench, 35600).readiness, DEVICE_GO);
        bench_input(&bench, 40000, UP, OFF);
        bench_input(&bench, 41000, DOWN, ON);
        bench_expect_note(&bench, CORE_CODE_ARM_DOWN, DOWN);
        assert_int_equal(check_at(&bench, 41000).readiness, DEVICE_GO);
    }
}

static void a_service_movement_may_always_start(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, -300, PRESENCE, OFF);
    bench_input(&bench, -200, FIRE, OFF);
    bench_input(&bench, -200, FAULTY, ON);
    bench_input(&bench, -200, PASSAGE, ON);
    assert_int_equal(device_check_service(&bench.device, BENCH_START).readiness, DEVICE_GO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vehicle_that_passes_is_delivered_and_verified),
        cmocka_unit_test(without_up_it_may_go_when_the_pulse_is_sent),
        cmocka_unit_test(with_passage_alone_on_and_off_is_a_passage),
        cmocka_unit_test(without_passage_an_arm_seen_up_is_delivered_and_verified),
        cmocka_unit_test(an_arm_that_is_up_before_the_pulse_ends_is_seen_with_its_end),
        cmocka_unit_test(with_neither_a_sent_pulse_is_delivered_not_verified),
        cmocka_unit_test(a_vehicle_that_passes_during_the_pulse_ends_with_the_pulse),
        cmocka_unit_test(a_ready_lane_goes),
        cmocka_unit_test(every_lost_input_is_a_refusal),
        cmocka_unit_test(fault_and_fire_are_refusals_with_their_names),
        cmocka_unit_test(a_covered_passage_is_waited_for_and_then_stuck),
        cmocka_unit_test(the_last_vehicles_arm_is_waited_for_where_it_would_be_the_evidence),
        cmocka_unit_test(with_passage_the_next_vehicle_need_not_wait_for_the_arm),
        cmocka_unit_test(a_payment_waits_for_its_vehicle),
        cmocka_unit_test(an_arm_not_down_in_time_pauses_the_sale_if_so_configured),
        cmocka_unit_test(a_service_movement_may_always_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
