/* Barriers: may it start, the pulse, and what counts as delivered with which sensors. */
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

/* ---- the order ---- */

static void a_refused_order_is_failed(void **state)
{
    static const int with[] = {WITH_ALL, WITH_LOOPS, WITH_UP, WITH_PRESENCE};
    (void)state;
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++) {
        struct bench bench;
        barrier_init(&bench, with[i]);
        bench_start(&bench);
        barrier_answer(&bench, 10, DEVICE_ORDER_REFUSED, -1);
        barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED,
                           DEVICE_VERDICT_STRIKE);
        assert_int_equal(bench.out.order_count, 0);
    }
}

static void a_refused_order_under_an_arm_that_is_up_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_move_arm(&bench, -3000, -1000, true);
    bench_start(&bench);
    barrier_answer(&bench, 10, DEVICE_ORDER_REFUSED, -1);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void a_refused_order_with_a_vehicle_on_the_passage_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS);
    bench_start(&bench);
    bench_input(&bench, 5, PASSAGE, ON);
    barrier_answer(&bench, 10, DEVICE_ORDER_REFUSED, -1);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void an_unknown_order_is_settled_by_the_vehicle(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OPEN, 0);
    barrier_move_arm(&bench, 600, 2000, true);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    barrier_pass(&bench, 4000);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 0);
}

static void an_unknown_order_is_settled_by_the_arm_where_that_is_the_evidence(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_UP);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    bench_input(&bench, 2000, UP, ON);
    barrier_expect_delivered(&bench, true);
}

static void an_unknown_order_and_an_arm_that_stays_down_is_unknown_without_a_second_pulse(void **state)
{
    static const int with[] = {WITH_ALL, WITH_UP, WITH_UP | WITH_PRESENCE};
    (void)state;
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++) {
        struct bench bench;
        barrier_init(&bench, with[i]);
        bench_start(&bench);
        barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
        bench_deadline(&bench, 8000);
        assert_false(bench.out.need_intent);
        barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN,
                           DEVICE_VERDICT_STRIKE);
    }
}

static void an_unknown_order_without_up_follows_the_vehicle(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS | WITH_DOWN);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    bench_deadline(&bench, 40300); /* down all the time, but the pulse may still be on its way */
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void an_unknown_order_without_any_witness_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_PRESENCE);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void an_order_without_any_result_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_PRESENCE);
    bench_start(&bench);
    bench_deadline(&bench, 5500);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OPEN, 0);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void a_guard_fault_is_unknown_and_locks(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    bench_event(&bench, 700, DEVICE_EVENT_FAULT, OPEN);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OPEN, 0);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK);
}

static void a_fault_of_the_sign_hinders_nobody(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_event(&bench, 3000, DEVICE_EVENT_FAULT, SIGN);
    bench_expect_quiet(&bench);
    bench_send(&bench,
               (struct device_event){.kind = DEVICE_EVENT_ORDER,
                                     .role = SIGN,
                                     .order_kind = DEVICE_ORDER_ON,
                                     .result = DEVICE_ORDER_REFUSED},
               3010);
    bench_expect_quiet(&bench);
    barrier_pass(&bench, 4000);
    barrier_expect_delivered(&bench, true);
}

static void what_means_nothing_changes_nothing(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_event(&bench, 2100, DEVICE_EVENT_INTENT, CONFIG_ROLE_COUNT);
    bench_expect_quiet(&bench);
    bench_event(&bench, 2200, DEVICE_EVENT_SHOWN, CONFIG_ROLE_COUNT);
    bench_expect_quiet(&bench);
    barrier_answer(&bench, 2300, DEVICE_ORDER_REFUSED, -1);
    bench_expect_quiet(&bench);
    bench_time(&bench, 2400);
    bench_expect_quiet(&bench);
    bench_gap(&bench, 2500, PASSAGE, 199);
    bench_expect_quiet(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 42000);
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
        cmocka_unit_test(a_refused_order_is_failed),
        cmocka_unit_test(a_refused_order_under_an_arm_that_is_up_is_unknown),
        cmocka_unit_test(a_refused_order_with_a_vehicle_on_the_passage_is_unknown),
        cmocka_unit_test(an_unknown_order_is_settled_by_the_vehicle),
        cmocka_unit_test(an_unknown_order_is_settled_by_the_arm_where_that_is_the_evidence),
        cmocka_unit_test(an_unknown_order_and_an_arm_that_stays_down_is_unknown_without_a_second_pulse),
        cmocka_unit_test(an_unknown_order_without_up_follows_the_vehicle),
        cmocka_unit_test(an_unknown_order_without_any_witness_is_unknown),
        cmocka_unit_test(an_order_without_any_result_is_unknown),
        cmocka_unit_test(a_guard_fault_is_unknown_and_locks),
        cmocka_unit_test(a_fault_of_the_sign_hinders_nobody),
        cmocka_unit_test(what_means_nothing_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
