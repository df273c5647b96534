/* Barriers: may it start, the pulse, the arm, and one vehicle that does what it should. */
#include "tests/unit/device_barrier_bench.h"

static struct device_check check_now(const struct bench *bench, int64_t at_ms)
{
    return device_check(&bench->device, BENCH_START + at_ms);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vehicle_that_passes_is_delivered_and_verified),
    };
    (void)check_now;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
