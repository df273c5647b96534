/* The turnstile and the validator of the simulated machine, and the people who use them. */
#include "tests/unit/sim_lane_bench.h"

static struct sim_bench bench;

static void begin(const char *script)
{
    char text[256];

    snprintf(text, sizeof text, "in nobody\nout nobody\n%s", script);
    sim_lane_bench_init(&bench, text);
}

static bool seen(int32_t line)
{
    return bench.machine.lines[line].seen;
}

static void a_unit_at_rest_is_ready_and_locked(void **state)
{
    (void)state;
    begin("");
    sim_bench_to(&bench, 60000);
    assert_true(seen(GATE_READY) && seen(GATE_FIRE) && !seen(GATE_PASS) && !seen(GATE_WRONG_WAY));
    assert_false(sim_bench_told(&bench, "t1 person"));
}

static void a_pulse_lets_one_person_through_and_locks_again(void **state)
{
    (void)state;
    begin("");
    sim_lane_bench_pulse(&bench, 1000, GATE_UNLOCK);
    assert_int_equal(sim_bench_await(&bench, GATE_PASS, true, 9000), 2500);
    assert_int_equal(sim_bench_await(&bench, GATE_PASS, false, 9000), 2750);
    sim_bench_to(&bench, 30000);
    SIM_TOLD(&bench, "t1 unlocked", "t1 person 1 passed", "t1 locked");
    assert_int_equal(sim_bench_times(&bench, "pass closed"), 1);
}

static void nobody_passes_and_it_locks_after_its_own_time(void **state)
{
    (void)state;
    begin("t1 nobody");
    sim_lane_bench_pulse(&bench, 1000, GATE_UNLOCK);
    assert_int_equal(sim_bench_await(&bench, GATE_PASS, true, 30000), -1);
    assert_true(sim_bench_told(&bench, "9000 t1 locked"));
}

static void two_pulses_in_a_row_let_two_through(void **state)
{
    (void)state;
    begin("");
    sim_lane_bench_pulse(&bench, 1000, GATE_UNLOCK);
    sim_lane_bench_pulse(&bench, 4000, GATE_UNLOCK);
    sim_bench_to(&bench, 30000);
    SIM_TOLD(&bench, "t1 person 1 passed", "t1 unlocked", "t1 person 2 passed");
}

static void level_mode_is_free_as_long_as_the_line_is_on(void **state)
{
    (void)state;
    begin("");
    sim_bench_set(&bench, 1000, WAY_UNLOCK, true);
    assert_int_equal(sim_bench_await(&bench, WAY_PASS, true, 9000), 2500);
    assert_false(sim_bench_told(&bench, "t2 locked"));
    sim_bench_set(&bench, 6000, WAY_UNLOCK, false);
    sim_bench_to(&bench, 6002);
    assert_true(sim_bench_told(&bench, "t2 locked"));
}

static void one_who_comes_too_late_finds_it_locked(void **state)
{
    (void)state;
    begin("t1 late_pass 10s");
    sim_lane_bench_pulse(&bench, 1000, GATE_UNLOCK);
    assert_int_equal(sim_bench_await(&bench, GATE_PASS, true, 30000), -1);
    SIM_TOLD(&bench, "t1 locked", "t1 person 1 finds it locked");
}

static void one_who_steps_in_at_the_last_moment_passes_after_the_relock(void **state)
{
    (void)state;
    begin("t1 late_pass 6700ms");
    sim_lane_bench_pulse(&bench, 1000, GATE_UNLOCK);
    assert_int_equal(sim_bench_await(&bench, GATE_PASS, true, 30000), 9200);
    SIM_TOLD(&bench, "9000 t1 locked", "t1 person 1 passed");
}

static void two_on_one_right_close_the_contact_twice(void **state)
{
    (void)state;
    begin("at vend 1 t1 two_pass");
    sim_lane_bench_pulse(&bench, 1000, GATE_UNLOCK);
    sim_lane_bench_pulse(&bench, 20000, GATE_UNLOCK);
    sim_bench_to(&bench, 30000);
    assert_int_equal(sim_bench_times(&bench, "pass closed"), 3);
    SIM_TOLD(&bench, "person 1 passed", "t1 locked", "person 2 passed behind the one before", "person 3");
}

static void one_who_jumps_closes_the_contact_of_a_locked_unit(void **state)
{
    (void)state;
    begin("after 2s t1 jump");
    assert_int_equal(sim_bench_await(&bench, GATE_PASS, true, 9000), 2000);
    assert_true(sim_bench_told(&bench, "t1 person 1 jumps over"));
    assert_false(sim_bench_told(&bench, "unlocked"));
}

static void the_wrong_way_closes_its_own_contact(void **state)
{
    (void)state;
    begin("after 2s t1 wrong_way");
    assert_int_equal(sim_bench_await(&bench, GATE_WRONG_WAY, true, 9000), 2000);
    assert_int_equal(sim_bench_await(&bench, GATE_WRONG_WAY, false, 9000), 2250);
    assert_false(sim_bench_told(&bench, "pass"));
}

static void a_power_loss_drops_the_pass_contact_before_ready(void **state)
{
    (void)state;
    begin("t1 nobody\nat vend 1 after 1s t1 power_loss 5s");
    sim_lane_bench_pulse(&bench, 1000, GATE_UNLOCK);
    assert_int_equal(sim_bench_await(&bench, GATE_PASS, true, 9000), 2000);
    assert_true(seen(GATE_READY));
    assert_int_equal(sim_bench_await(&bench, GATE_READY, false, 9000), 2040);
    assert_int_equal(sim_bench_await(&bench, GATE_READY, true, 9000), 7500);
    assert_false(seen(GATE_PASS));
    assert_false(sim_bench_told(&bench, "passed"));
}

static void a_unit_with_a_fault_is_not_ready_and_does_not_unlock(void **state)
{
    (void)state;
    begin("t1 unit_fault 5s");
    assert_false(seen(GATE_READY));
    sim_lane_bench_pulse(&bench, 1000, GATE_UNLOCK);
    assert_true(sim_bench_told(&bench, "t1 does not unlock"));
    assert_int_equal(sim_bench_await(&bench, GATE_READY, true, 9000), 5000);
}

static void the_alarm_opens_its_contact_for_a_time(void **state)
{
    (void)state;
    begin("after 1s t1 fire_alarm 3s");
    assert_int_equal(sim_bench_await(&bench, GATE_FIRE, false, 9000), 1000);
    assert_int_equal(sim_bench_await(&bench, GATE_FIRE, true, 9000), 4000);
    assert_true(sim_bench_told(&bench, "t1_fire alarm"));
}

static void a_stuck_contact_is_stuck(void **state)
{
    (void)state;
    begin("pass stuck on");
    sim_bench_to(&bench, 1);
    assert_true(seen(GATE_PASS));
}

static void each_light_of_a_validator_is_a_start(void **state)
{
    (void)state;
    begin("at vend 2 light welded");
    for (int i = 0; i < 2; i++) {
        sim_bench_set(&bench, 1000 + i * 5000, BUS_LIGHT, true);
        sim_bench_set(&bench, 4000 + i * 5000, BUS_LIGHT, false);
    }
    assert_int_equal(bench.machine.devices[BUS].starts, 2);
    assert_true(sim_machine_reads(&bench.machine, BUS_LIGHT));
    sim_lane_bench_pulse(&bench, 10000, BUS_BUZZER);
    assert_int_equal(bench.machine.devices[BUS].starts, 2);
    SIM_TOLD(&bench, "light on", "light off", "light on", "buzzer on", "buzzer off");
}

static void a_machine_with_nobody_in_its_lanes_sleeps(void **state)
{
    (void)state;
    begin("");
    sim_bench_to(&bench, 1000);
    assert_true(sim_machine_step(&bench.machine, SIM_BENCH_START + 1000000) > SIM_BENCH_START + 5000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_at_rest_is_ready_and_locked),
        cmocka_unit_test(a_pulse_lets_one_person_through_and_locks_again),
        cmocka_unit_test(nobody_passes_and_it_locks_after_its_own_time),
        cmocka_unit_test(two_pulses_in_a_row_let_two_through),
        cmocka_unit_test(level_mode_is_free_as_long_as_the_line_is_on),
        cmocka_unit_test(one_who_comes_too_late_finds_it_locked),
        cmocka_unit_test(one_who_steps_in_at_the_last_moment_passes_after_the_relock),
        cmocka_unit_test(two_on_one_right_close_the_contact_twice),
        cmocka_unit_test(one_who_jumps_closes_the_contact_of_a_locked_unit),
        cmocka_unit_test(the_wrong_way_closes_its_own_contact),
        cmocka_unit_test(a_power_loss_drops_the_pass_contact_before_ready),
        cmocka_unit_test(a_unit_with_a_fault_is_not_ready_and_does_not_unlock),
        cmocka_unit_test(the_alarm_opens_its_contact_for_a_time),
        cmocka_unit_test(a_stuck_contact_is_stuck),
        cmocka_unit_test(each_light_of_a_validator_is_a_start),
        cmocka_unit_test(a_machine_with_nobody_in_its_lanes_sleeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
