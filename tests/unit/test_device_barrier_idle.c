/* A barrier while nobody has a right: who opened it, who follows, what stays up; and when a lock may end. */
#include "tests/unit/device_barrier_bench.h"

/* One vehicle paid and passed: delivered at 5500, the arm still up. */
static void one_passed(struct bench *bench, int with)
{
    barrier_init(bench, with);
    barrier_open(bench);
    barrier_pass(bench, 4000);
    barrier_expect_delivered(bench, true);
}

static void an_arm_down_in_time_says_nothing(void **state)
{
    struct bench bench;
    (void)state;
    one_passed(&bench, WITH_ALL);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 35500);
    bench_input(&bench, 10000, UP, OFF);
    bench_expect_quiet(&bench);
    bench_input(&bench, 12000, DOWN, ON);
    bench_expect_quiet(&bench);
    assert_int_equal(bench.out.deadline_ms, 0);
}

static void an_arm_not_down_in_time_is_told_and_its_return_too(void **state)
{
    struct bench bench;
    (void)state;
    one_passed(&bench, WITH_LOOPS | WITH_UP);
    bench_deadline(&bench, 35500);
    bench_expect_note(&bench, CORE_CODE_ARM_NOT_DOWN, UP);
    assert_int_equal(bench.out.deadline_ms, 0);
    bench_input(&bench, 90000, UP, OFF);
    bench_expect_note(&bench, CORE_CODE_ARM_DOWN, UP);
}

static void a_second_vehicle_without_a_right_is_told_each_time(void **state)
{
    struct bench bench;
    (void)state;
    one_passed(&bench, WITH_ALL);
    for (int64_t at_ms = 7000; at_ms < 13000; at_ms += 3000) {
        bench_input(&bench, at_ms, PRESENCE, ON);
        bench_expect_quiet(&bench);
        bench_input(&bench, at_ms + 1000, PASSAGE, ON);
        bench_expect_note(&bench, CORE_CODE_TAILGATE, PASSAGE);
        bench_input(&bench, at_ms + 1500, PRESENCE, OFF);
        bench_input(&bench, at_ms + 2000, PASSAGE, OFF);
        bench_expect_quiet(&bench);
        assert_int_equal(bench.out.deadline_ms, BENCH_START + at_ms + 32000);
    }
}

static void the_next_vehicle_with_a_right_is_no_tailgater(void **state)
{
    struct bench bench;
    (void)state;
    one_passed(&bench, WITH_ALL);
    bench_input(&bench, 8000, PRESENCE, ON);
    bench_restart(&bench, 10000);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, OPEN, 500);
    barrier_answer(&bench, 520, DEVICE_ORDER_DONE, 10);
    barrier_pass(&bench, 2000);
    assert_int_equal(bench.out.note_count, 0);
    barrier_expect_delivered(&bench, true);
}

static void an_arm_pushed_up_is_told_once_until_it_is_down(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    for (int64_t at_ms = 0; at_ms < 100000; at_ms += 50000) {
        bench_input(&bench, at_ms, DOWN, OFF);
        bench_expect_quiet(&bench);
        bench_deadline(&bench, at_ms + 1000);
        bench_expect_note(&bench, CORE_CODE_FORCED_OPEN, DOWN);
        bench_input(&bench, at_ms + 2000, UP, ON);
        bench_expect_quiet(&bench);
        bench_input(&bench, at_ms + 3000, PASSAGE, ON);
        bench_expect_quiet(&bench);
        bench_input(&bench, at_ms + 4000, PASSAGE, OFF);
        bench_input(&bench, at_ms + 5000, UP, OFF);
        bench_input(&bench, at_ms + 6000, DOWN, ON);
        bench_expect_quiet(&bench);
    }
}

static void a_passage_that_stays_covered_is_looked_at_again_when_it_counts_as_stuck(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, 1000, PASSAGE, ON);
    bench_expect_note(&bench, CORE_CODE_FORCED_OPEN, PASSAGE);
    assert_int_equal(device_check(&bench.device, BENCH_START + 15999).readiness, DEVICE_WAIT);
    bench_deadline(&bench, 16000);
    assert_int_equal(device_check(&bench.device, BENCH_START + 16000).readiness, DEVICE_REFUSE);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 31000);
}

static void an_arm_forced_open_that_stays_is_not_down_either(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, 0, DOWN, OFF);
    bench_input(&bench, 500, UP, ON);
    bench_expect_note(&bench, CORE_CODE_FORCED_OPEN, UP);
    bench_deadline(&bench, 30500);
    bench_expect_note(&bench, CORE_CODE_ARM_NOT_DOWN, DOWN);
    bench_input(&bench, 40000, UP, OFF);
    bench_input(&bench, 41000, DOWN, ON);
    bench_expect_note(&bench, CORE_CODE_ARM_DOWN, DOWN);
}

static void the_wind_forces_nothing(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, 0, DOWN, OFF);
    bench_input(&bench, 600, DOWN, ON);
    bench_expect_quiet(&bench);
    bench_time(&bench, 1000);
    bench_expect_quiet(&bench);
}

static void a_passage_with_the_arm_down_is_forced(void **state)
{
    static const int with[] = {WITH_ALL, WITH_PASSAGE};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        barrier_init(&bench, with[i]);
        for (int64_t at_ms = 0; at_ms < 20000; at_ms += 10000) {
            bench_input(&bench, at_ms, PASSAGE, ON);
            bench_expect_note(&bench, CORE_CODE_FORCED_OPEN, PASSAGE);
            bench_input(&bench, at_ms + 2000, PASSAGE, OFF);
            bench_expect_quiet(&bench);
        }
    }
}

static void how_it_stands_at_first_is_nobodys_doing(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    device_init(&bench.device, &bench.config);
    bench_input(&bench, 0, FIRE, ON);
    bench_input(&bench, 0, UP, ON);
    bench_expect_quiet(&bench);
    bench_input(&bench, 1, DOWN, OFF);
    bench_expect_quiet(&bench);
    bench_input(&bench, 2, PASSAGE, ON);
    bench_expect_quiet(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 15002); /* stuck, if it stays covered */
    bench_input(&bench, 9000, PASSAGE, OFF);
    bench_expect_quiet(&bench);
    bench_deadline(&bench, 39000);
    bench_expect_note(&bench, CORE_CODE_ARM_NOT_DOWN, DOWN);
}

static void while_it_is_held_open_nothing_is_told(void **state)
{
    (void)state;
    for (int fire = 0; fire < 2; fire++) {
        struct bench bench;
        barrier_init(&bench, WITH_ALL);
        bench.device.held = fire == 0;
        if (fire != 0)
            bench_input(&bench, 0, FIRE, OFF);
        else
            bench_time(&bench, 0);
        barrier_move_arm(&bench, 500, 2000, true);
        bench_expect_quiet(&bench);
        bench_input(&bench, 5000, PASSAGE, ON);
        bench_expect_quiet(&bench);
        bench_input(&bench, 6000, PASSAGE, OFF);
        bench_time(&bench, 900000);
        bench_expect_quiet(&bench);
        bench.device.held = false;
        if (fire != 0)
            bench_input(&bench, 1000000, FIRE, ON);
        else
            bench_time(&bench, 1000000);
        bench_expect_quiet(&bench);
        bench_deadline(&bench, 1030000);
        bench_expect_note(&bench, CORE_CODE_ARM_NOT_DOWN, DOWN);
    }
}

static void after_the_hold_an_arm_that_comes_down_in_time_says_nothing(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench.device.held = true;
    bench_time(&bench, 0);
    barrier_move_arm(&bench, 500, 2000, true);
    bench.device.held = false;
    bench_time(&bench, 60000);
    barrier_move_arm(&bench, 61000, 63000, false);
    bench_expect_quiet(&bench);
    assert_int_equal(bench.out.deadline_ms, 0);
}

static void a_fault_is_told_when_it_comes_and_when_it_goes(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, 0, FAULTY, ON);
    bench_expect_note(&bench, CORE_CODE_DEVICE_FAULT, FAULTY);
    bench_input(&bench, 10, FAULTY, LOST);
    bench_expect_quiet(&bench);
    bench_input(&bench, 20, FAULTY, ON);
    bench_expect_quiet(&bench);
    bench_input(&bench, 30, FAULTY, OFF);
    bench_expect_note(&bench, CORE_CODE_DEVICE_FAULT_CLEAR, FAULTY);
}

static void an_arm_that_did_not_rise_may_do_so_late(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_UP | WITH_DOWN | WITH_PASSAGE);
    bench_start(&bench);
    bench_event(&bench, 100, DEVICE_EVENT_ABORT, CONFIG_ROLE_COUNT);
    assert_true(bench.out.finished);
    barrier_move_arm(&bench, 500, 2000, true);
    bench_expect_quiet(&bench);
    bench_input(&bench, 3000, PASSAGE, ON);
    bench_expect_note(&bench, CORE_CODE_LATE_PASSAGE, PASSAGE);
    bench_input(&bench, 4000, PASSAGE, OFF);
    bench_input(&bench, 5000, PASSAGE, ON);
    bench_expect_note(&bench, CORE_CODE_TAILGATE, PASSAGE);
}

static void when_a_sensor_begins_to_be_stuck_is_a_time_of_its_own(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_UP | WITH_PRESENCE);
    bench_input(&bench, 0, UP, ON);
    bench_expect_note(&bench, CORE_CODE_FORCED_OPEN, UP);
    bench_deadline(&bench, 30000);
    bench_deadline(&bench, 60000);
    bench_expect_quiet(&bench);
    assert_int_equal(device_check(&bench.device, BENCH_START + 60000).readiness, DEVICE_REFUSE);
}

static void without_limits_the_time_decides_who_was_still_allowed(void **state)
{
    struct bench bench;
    (void)state;
    one_passed(&bench, WITH_LOOPS);
    bench_input(&bench, 30000, PASSAGE, ON);
    bench_expect_note(&bench, CORE_CODE_TAILGATE, PASSAGE);
    bench_input(&bench, 31000, PASSAGE, OFF);
    bench_deadline(&bench, 61000);
    bench_expect_quiet(&bench);
    bench_input(&bench, 62000, PASSAGE, ON);
    bench_expect_note(&bench, CORE_CODE_FORCED_OPEN, PASSAGE);
}

static void a_lock_ends_when_the_arm_is_down_and_nobody_under_it(void **state)
{
    const struct device_kind *kind = device_kind(CONFIG_KIND_BARRIER);
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    assert_true(kind->evident(&bench.device));
    bench_input(&bench, 0, PASSAGE, ON);
    assert_false(kind->evident(&bench.device));
    bench_input(&bench, 10, PASSAGE, OFF);
    bench_input(&bench, 20, DOWN, OFF);
    assert_false(kind->evident(&bench.device));
    bench_input(&bench, 30, DOWN, LOST);
    assert_false(kind->evident(&bench.device));
    barrier_init(&bench, WITH_LOOPS);
    assert_false(kind->evident(&bench.device));
}

static void both_limits_at_once_say_nothing(void **state)
{
    struct bench bench;
    (void)state;
    barrier_init(&bench, WITH_ALL);
    bench_input(&bench, 0, UP, ON);
    bench_expect_quiet(&bench);
    assert_false(device_kind(CONFIG_KIND_BARRIER)->evident(&bench.device));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arm_down_in_time_says_nothing),
        cmocka_unit_test(an_arm_not_down_in_time_is_told_and_its_return_too),
        cmocka_unit_test(a_second_vehicle_without_a_right_is_told_each_time),
        cmocka_unit_test(the_next_vehicle_with_a_right_is_no_tailgater),
        cmocka_unit_test(an_arm_pushed_up_is_told_once_until_it_is_down),
        cmocka_unit_test(a_passage_that_stays_covered_is_looked_at_again_when_it_counts_as_stuck),
        cmocka_unit_test(an_arm_forced_open_that_stays_is_not_down_either),
        cmocka_unit_test(the_wind_forces_nothing),
        cmocka_unit_test(a_passage_with_the_arm_down_is_forced),
        cmocka_unit_test(how_it_stands_at_first_is_nobodys_doing),
        cmocka_unit_test(while_it_is_held_open_nothing_is_told),
        cmocka_unit_test(after_the_hold_an_arm_that_comes_down_in_time_says_nothing),
        cmocka_unit_test(a_fault_is_told_when_it_comes_and_when_it_goes),
        cmocka_unit_test(an_arm_that_did_not_rise_may_do_so_late),
        cmocka_unit_test(when_a_sensor_begins_to_be_stuck_is_a_time_of_its_own),
        cmocka_unit_test(without_limits_the_time_decides_who_was_still_allowed),
        cmocka_unit_test(a_lock_ends_when_the_arm_is_down_and_nobody_under_it),
        cmocka_unit_test(both_limits_at_once_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
