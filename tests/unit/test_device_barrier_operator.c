/* The operator's opening at a barrier, endings by force, and what is never ordered. */
#include "tests/unit/device_barrier_bench.h"

#define NOBODY CONFIG_ROLE_COUNT

static void the_operators_pulse_needs_no_intent_of_ours(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    barrier_move_arm(&bench, 20000, 22000, false);
    bench_event(&bench, 25000, DEVICE_EVENT_AGAIN, NOBODY);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, OPEN, 500);
    assert_false(bench.out.need_intent);
    barrier_answer(&bench, 25520, DEVICE_ORDER_DONE, 25010);
    barrier_move_arm(&bench, 26000, 27000, true);
    barrier_pass(&bench, 30000);
    barrier_expect_delivered(&bench, true);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 2);
}

static void the_operators_pulse_waits_for_the_one_on_its_way(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    bench_event(&bench, 100, DEVICE_EVENT_AGAIN, NOBODY);
    bench_expect_quiet(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, OPEN, 500);
    barrier_answer(&bench, 1040, DEVICE_ORDER_DONE, 530);
    bench_expect_quiet(&bench);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_MOVING);
}

static void the_operators_pulse_refused_ends_no_right(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_event(&bench, 10000, DEVICE_EVENT_AGAIN, NOBODY);
    barrier_answer(&bench, 10010, DEVICE_ORDER_REFUSED, -1);
    bench_expect_nothing(&bench);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    barrier_pass(&bench, 12000);
    barrier_expect_delivered(&bench, true);
}

static void the_operators_pulse_is_sent_where_ours_was_refused(void **state)
{
    (void)state;
    for (int sent = 0; sent < 2; sent++) {
        struct bench bench;
        barrier_init(&bench, WITH_PRESENCE);
        bench_start(&bench);
        bench_event(&bench, 5, DEVICE_EVENT_AGAIN, NOBODY);
        barrier_answer(&bench, 10, DEVICE_ORDER_REFUSED, -1);
        bench_expect_order(&bench, DEVICE_ORDER_PULSE, OPEN, 500);
        barrier_answer(&bench, 600, sent != 0 ? DEVICE_ORDER_DONE : DEVICE_ORDER_REFUSED, -1);
        if (sent != 0)
            barrier_expect_delivered(&bench, false);
        else
            barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED,
                               DEVICE_VERDICT_STRIKE);
    }
}

static void the_operators_pulse_refused_after_one_without_answer_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    bench_event(&bench, 400, DEVICE_EVENT_AGAIN, NOBODY);
    barrier_answer(&bench, 410, DEVICE_ORDER_REFUSED, -1);
    bench_expect_quiet(&bench);
    bench_time(&bench, 8400);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE);
}

static void the_operators_pulse_refused_after_one_that_the_arm_answered_makes_no_refund(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    barrier_answer(&bench, 300, DEVICE_ORDER_UNKNOWN, -1);
    barrier_move_arm(&bench, 400, 2000, true);
    bench_input(&bench, 2100, PASSAGE, LOST); /* the vehicle goes through and nobody sees it */
    bench_input(&bench, 4000, PRESENCE, OFF);
    barrier_move_arm(&bench, 6000, 8000, false);
    bench_event(&bench, 10000, DEVICE_EVENT_AGAIN, NOBODY);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, OPEN, 500);
    barrier_answer(&bench, 10010, DEVICE_ORDER_REFUSED, -1);
    for (int64_t at_ms = 12000; !bench.out.finished && at_ms < 200000; at_ms += 2000)
        bench_time(&bench, at_ms);
    assert_true(bench.out.finished);
    assert_int_equal(bench.out.outcome.result, PAYMENT_RESULT_UNKNOWN);
}

static void an_opening_without_a_payment_follows_the_vehicle_too(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, -100, FIRE, OFF);
    bench_input(&bench, -100, PASSAGE, ON); /* somebody stands under the arm */
    device_start(&bench.device, BENCH_START, &bench.out);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    barrier_move_arm(&bench, 600, 2000, true);
    bench_input(&bench, 3000, PASSAGE, OFF);
    bench_expect_quiet(&bench);
    barrier_pass(&bench, 5000);
    barrier_expect_delivered(&bench, true);
}

static void an_opening_of_an_arm_that_is_up_without_passage_is_not_verified(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LIMITS);
    barrier_move_arm(&bench, -5000, -3000, true);
    device_start(&bench.device, BENCH_START, &bench.out);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    barrier_expect_delivered(&bench, false);
}

static void an_abort_on_the_way_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PASSAGE, ON);
    bench_event(&bench, 4200, DEVICE_EVENT_ABORT, NOBODY);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, SIGN, 0);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

static void an_abort_during_the_pulse_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    bench_event(&bench, 100, DEVICE_EVENT_ABORT, NOBODY);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, OPEN, 0);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

static void an_abort_after_the_pulse_before_the_arm_moved_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_event(&bench, 600, DEVICE_EVENT_ABORT, NOBODY);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

static void an_abort_with_the_arm_down_again_and_nobody_passed_is_refunded(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    barrier_open(&bench);
    bench_input(&bench, 4000, PRESENCE, OFF);
    bench_deadline(&bench, 6000);
    barrier_move_arm(&bench, 9000, 11000, false);
    bench_event(&bench, 15000, DEVICE_EVENT_ABORT, NOBODY);
    barrier_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

static void an_abort_while_an_intent_is_written_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_UP);
    bench_start(&bench);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    bench_deadline(&bench, 8010);
    assert_true(bench.out.need_intent);
    bench_event(&bench, 8020, DEVICE_EVENT_ABORT, NOBODY);
    barrier_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

static void a_guard_fault_after_the_vehicle_passed_is_delivered_and_locks(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_LOOPS);
    bench_start(&bench);
    barrier_pass(&bench, 100);
    bench_event(&bench, 1700, DEVICE_EVENT_FAULT, OPEN);
    barrier_expect_end(&bench, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_LOCK);
}

/* I14: whatever happens, the only orders are the pulse, its end, and the sign. */
static void nothing_but_open_and_sign_is_ever_ordered(void **state)
{
    uint32_t seed = 1;
    (void)state;
    for (int run = 0; run < 2000; run++) {
        struct bench bench;
        barrier_init(&bench, WITH_ALL);
        bench.config.line[CONFIG_ROLE_HOLD] = 20;
        device_start(&bench.device, BENCH_START, &bench.out);
        for (int64_t at_ms = 10; at_ms < 100000 && !bench.out.finished; at_ms += 1 + (seed >> 8) % 3000) {
            seed = seed * 1664525 + 1013904223;
            bench_send(&bench,
                       (struct device_event){.kind = (enum device_event_kind)((seed >> 28) % 9),
                                             .role = (enum config_role)(CONFIG_ROLE_OPEN + (seed >> 20) % 9),
                                             .level = (enum device_level)((seed >> 16) % 3),
                                             .order_kind = DEVICE_ORDER_PULSE,
                                             .result = (enum device_order_result)((seed >> 12) % 3),
                                             .gap_ms = (int32_t)((seed >> 8) % 500)},
                       at_ms);
            for (int32_t i = 0; i < bench.out.order_count; i++) {
                enum config_role role = bench.out.orders[i].role;
                enum device_order_kind kind = bench.out.orders[i].kind;
                assert_true(role == SIGN ? kind != DEVICE_ORDER_PULSE
                                         : role == OPEN && kind != DEVICE_ORDER_ON);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_operators_pulse_needs_no_intent_of_ours),
        cmocka_unit_test(the_operators_pulse_waits_for_the_one_on_its_way),
        cmocka_unit_test(the_operators_pulse_refused_ends_no_right),
        cmocka_unit_test(the_operators_pulse_is_sent_where_ours_was_refused),
        cmocka_unit_test(the_operators_pulse_refused_after_one_without_answer_is_unknown),
        cmocka_unit_test(the_operators_pulse_refused_after_one_that_the_arm_answered_makes_no_refund),
        cmocka_unit_test(an_opening_without_a_payment_follows_the_vehicle_too),
        cmocka_unit_test(an_opening_of_an_arm_that_is_up_without_passage_is_not_verified),
        cmocka_unit_test(an_abort_on_the_way_is_unknown),
        cmocka_unit_test(an_abort_during_the_pulse_is_unknown),
        cmocka_unit_test(an_abort_after_the_pulse_before_the_arm_moved_is_unknown),
        cmocka_unit_test(an_abort_with_the_arm_down_again_and_nobody_passed_is_refunded),
        cmocka_unit_test(an_abort_while_an_intent_is_written_is_unknown),
        cmocka_unit_test(a_guard_fault_after_the_vehicle_passed_is_delivered_and_locks),
        cmocka_unit_test(nothing_but_open_and_sign_is_ever_ordered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
