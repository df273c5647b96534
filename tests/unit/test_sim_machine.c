/* The physics of the simulated machine, and its faults. */
#include "tests/unit/sim_bench.h"

static struct sim_bench bench;

/* Turns a1 from motor on to the cam coming home, as a good controller does; returns when it came home. */
static int64_t turn_a1(int64_t at_ms)
{
    int64_t home_ms;

    sim_bench_set(&bench, at_ms, MOTOR_A1, true);
    assert_int_not_equal(sim_bench_await(&bench, HOME_A1, false, at_ms + 300), -1);
    home_ms = sim_bench_await(&bench, HOME_A1, true, at_ms + 4000);
    sim_bench_set(&bench, home_ms == -1 ? at_ms + 4000 : home_ms, MOTOR_A1, false);
    return home_ms;
}

static void a_machine_at_rest_is_home_shut_and_quiet(void **state)
{
    static const bool rest[SIM_BENCH_LINES] = {
        [HOME_A1] = true, [HOME_A2] = true, [DOOR_D1] = true, [DOOR] = true, [FIRE] = true};
    (void)state;
    sim_bench_init(&bench, "");
    for (int i = 0; i < SIM_BENCH_LINES; i++)
        assert_int_equal(bench.machine.lines[i].seen, rest[i]);
    assert_true(sim_machine_step(&bench.machine, SIM_BENCH_START + 1000000) == SIM_NEVER);
    assert_string_equal(bench.told, "");
}

static void a_turn_takes_about_the_usual_time_and_stops_at_home(void **state)
{
    int64_t home_ms;
    (void)state;
    sim_bench_init(&bench, "");
    home_ms = turn_a1(0);
    assert_in_range(home_ms, 1900, 2300);
    sim_bench_to(&bench, home_ms + 1000);
    assert_true(bench.machine.lines[HOME_A1].seen);
    assert_int_equal(bench.machine.devices[A1].speed, 0);
    assert_true(sim_machine_step(&bench.machine, SIM_BENCH_START + 9000000) == SIM_NEVER);
}

static void the_cam_leaves_home_within_300_ms(void **state)
{
    (void)state;
    sim_bench_init(&bench, "");
    sim_bench_set(&bench, 0, MOTOR_A1, true);
    assert_in_range(sim_bench_await(&bench, HOME_A1, false, 300), 50, 250);
}

static void many_turns_in_a_row_stay_in_step(void **state)
{
    int64_t at_ms = 0;
    (void)state;
    sim_bench_init(&bench, "");
    for (int i = 0; i < 50; i++) {
        int64_t home_ms = turn_a1(at_ms);
        assert_in_range(home_ms - at_ms, 1700, 2400);
        at_ms = home_ms + 1000;
        sim_bench_to(&bench, at_ms);
        assert_true(bench.machine.lines[HOME_A1].seen);
        assert_int_equal(bench.machine.devices[A1].starts, i + 1);
        bench.told_length = 0;
    }
}

static void one_turn_breaks_the_beam_once(void **state)
{
    int64_t broken_ms;
    (void)state;
    sim_bench_init(&bench, "");
    sim_bench_set(&bench, 0, MOTOR_A1, true);
    broken_ms = sim_bench_await(&bench, DROP, true, 4000);
    assert_in_range(broken_ms, 1400, 2200);
    assert_in_range(sim_bench_await(&bench, DROP, false, 4000) - broken_ms, 60, 80);
    sim_bench_set(&bench, 2100, MOTOR_A1, false);
    sim_bench_to(&bench, 6000);
    assert_int_equal(sim_bench_times(&bench, "drop broken"), 1);
    assert_int_equal(sim_bench_times(&bench, "a1 product fell"), 1);
    assert_int_equal(sim_bench_times(&bench, "motor_a1 on"), 1);
    assert_int_equal(sim_bench_times(&bench, "home_a1 left home"), 1);
}

static void a_step_over_seconds_sees_the_same_as_many_small_ones(void **state)
{
    (void)state;
    sim_bench_init(&bench, "");
    sim_bench_set(&bench, 0, MOTOR_A1, true);
    sim_bench_to(&bench, 2000);
    assert_true(sim_bench_told(&bench, "a1 product fell"));
    assert_int_equal(sim_bench_times(&bench, "drop clear"), 1);
}

static void twice_the_speed_takes_half_the_time(void **state)
{
    int64_t home_ms;
    (void)state;
    sim_bench_init(&bench, "");
    bench.config.sim.speed_percent = 200;
    sim_bench_begin(&bench);
    home_ms = turn_a1(0);
    assert_in_range(home_ms, 950, 1200);
}

static void two_products_in_the_air_break_one_beam_until_the_last_is_through(void **state)
{
    (void)state;
    sim_bench_init(&bench, "");
    sim_bench_set(&bench, 0, MOTOR_A1, true);
    sim_bench_set(&bench, 30, MOTOR_A2, true);
    assert_int_not_equal(sim_bench_await(&bench, DROP, true, 4000), -1);
    assert_int_not_equal(sim_bench_await(&bench, DROP, false, 4000), -1);
    assert_int_equal(sim_bench_times(&bench, "drop broken"), 1);
    assert_int_equal(sim_bench_times(&bench, "product fell"), 2);
}

/* ---- faults of coils ---- */

static void a_jam_sticks_at_its_angle_and_never_comes_home(void **state)
{
    (void)state;
    sim_bench_init(&bench, "at vend 1 a1 jam 300");
    assert_int_equal(turn_a1(0), -1);
    assert_int_equal(bench.machine.devices[A1].angle_udeg, 300 * 1000000);
    assert_int_equal(sim_bench_times(&bench, "a1 jammed"), 1);
    assert_int_equal(sim_bench_times(&bench, "a1 product fell"), 1);
}

static void a_jam_before_the_release_lets_nothing_out_and_is_over_with_the_next_start(void **state)
{
    (void)state;
    sim_bench_init(&bench, "at vend 1 a1 jam");
    assert_int_equal(turn_a1(0), -1);
    assert_false(sim_bench_told(&bench, "released"));
    sim_bench_set(&bench, 6000, MOTOR_A1, true);
    assert_int_not_equal(sim_bench_await(&bench, HOME_A1, true, 9000), -1);
    assert_true(sim_bench_told(&bench, "a1 fault jam over"));
    assert_true(sim_bench_told(&bench, "a1 product released"));
}

static void no_movement_keeps_the_cam_home(void **state)
{
    (void)state;
    sim_bench_init(&bench, "a1 no_movement");
    sim_bench_set(&bench, 0, MOTOR_A1, true);
    assert_int_equal(sim_bench_await(&bench, HOME_A1, false, 3000), -1);
}

static void no_drop_turns_but_the_beam_is_silent(void **state)
{
    (void)state;
    sim_bench_init(&bench, "a1 no_drop");
    assert_int_not_equal(turn_a1(0), -1);
    sim_bench_to(&bench, 6000);
    assert_false(sim_bench_told(&bench, "drop broken"));
    assert_true(sim_bench_told(&bench, "a1 product stays"));
}

static void a_fault_of_the_second_vend_spares_the_first_and_the_third(void **state)
{
    (void)state;
    sim_bench_init(&bench, "at vend 2 a1 no_drop");
    for (int i = 0; i < 3; i++)
        assert_int_not_equal(turn_a1(i * 5000), -1);
    sim_bench_to(&bench, 20000);
    assert_int_equal(sim_bench_times(&bench, "a1 product fell"), 2);
}

static void a_late_drop_is_late(void **state)
{
    (void)state;
    sim_bench_init(&bench, "a1 late_drop 3s");
    sim_bench_set(&bench, 0, MOTOR_A1, true);
    sim_bench_set(&bench, 2100, MOTOR_A1, false);
    assert_in_range(sim_bench_await(&bench, DROP, true, 9000), 4400, 5200);
}

static void a_double_drop_breaks_the_beam_twice(void **state)
{
    (void)state;
    sim_bench_init(&bench, "a1 double_drop");
    sim_bench_set(&bench, 0, MOTOR_A1, true);
    sim_bench_set(&bench, 2100, MOTOR_A1, false);
    sim_bench_to(&bench, 5000);
    assert_int_equal(sim_bench_times(&bench, "drop broken"), 2);
}

static void a_slow_motor_takes_longer(void **state)
{
    (void)state;
    sim_bench_init(&bench, "a1 slow 60%");
    assert_in_range(turn_a1(0), 3300, 3900);
}

static void a_welded_motor_runs_on_and_reads_on(void **state)
{
    (void)state;
    sim_bench_init(&bench, "a1 motor welded");
    sim_bench_set(&bench, 0, MOTOR_A1, true);
    assert_int_equal(sim_bench_set(&bench, 500, MOTOR_A1, false), SIM_ANSWER_UNKNOWN);
    assert_true(sim_machine_reads(&bench.machine, MOTOR_A1));
    sim_bench_to(&bench, 9000);
    assert_true(sim_bench_times(&bench, "a1 product fell") >= 3);
    assert_false(sim_bench_told(&bench, "motor_a1 off"));
}

/* ---- faults of lines ---- */

static void a_weld_that_comes_free_lets_the_output_go_off(void **state)
{
    (void)state;
    sim_bench_init(&bench, "line motor_a1 welded 2s");
    sim_bench_set(&bench, 0, MOTOR_A1, true);
    sim_bench_set(&bench, 500, MOTOR_A1, false);
    sim_bench_to(&bench, 1999);
    assert_true(sim_machine_reads(&bench.machine, MOTOR_A1));
    sim_bench_to(&bench, 2001);
    assert_false(sim_machine_reads(&bench.machine, MOTOR_A1));
}

static void a_stuck_beam_reads_broken_whatever_falls(void **state)
{
    (void)state;
    sim_bench_init(&bench, "drop stuck on");
    sim_bench_to(&bench, 1);
    assert_true(bench.machine.lines[DROP].seen);
}

static void a_dead_beam_sees_nothing_while_products_fall(void **state)
{
    (void)state;
    sim_bench_init(&bench, "drop stuck off");
    sim_bench_set(&bench, 0, MOTOR_A1, true);
    assert_int_equal(sim_bench_await(&bench, DROP, true, 3000), -1);
    assert_true(sim_bench_told(&bench, "a1 product fell"));
}

static void a_line_is_lost_in_the_middle_of_a_vend_and_comes_back(void **state)
{
    (void)state;
    sim_bench_init(&bench, "at vend 1 after 500ms line home_a1 lost 5s");
    sim_bench_set(&bench, 1000, MOTOR_A1, true);
    sim_bench_to(&bench, 1499);
    assert_false(bench.machine.lines[HOME_A1].lost);
    sim_bench_to(&bench, 1500);
    assert_true(bench.machine.lines[HOME_A1].lost);
    sim_bench_to(&bench, 6499);
    assert_true(bench.machine.lines[HOME_A1].lost);
    sim_bench_to(&bench, 6500);
    assert_false(bench.machine.lines[HOME_A1].lost);
}

static void the_door_opens_after_a_time_and_shuts_again(void **state)
{
    (void)state;
    sim_bench_init(&bench, "after 10s door open 5s\nafter 20s fire alarm");
    assert_true(sim_machine_step(&bench.machine, SIM_BENCH_START) == SIM_BENCH_START + 10000000);
    assert_int_equal(sim_bench_await(&bench, DOOR, false, 30000), 10000);
    assert_int_equal(sim_bench_await(&bench, DOOR, true, 30000), 15000);
    assert_int_equal(sim_bench_await(&bench, FIRE, false, 30000), 20000);
}

static void orders_are_refused_unheard_or_unanswered(void **state)
{
    (void)state;
    sim_bench_init(&bench, "motor_a1 refuses\nmotor_a2 deaf\nout_b1 unanswered\nout_c1 lost");
    assert_int_equal(sim_bench_set(&bench, 0, MOTOR_A1, true), SIM_ANSWER_REFUSED);
    assert_false(sim_machine_reads(&bench.machine, MOTOR_A1));
    assert_int_equal(sim_bench_set(&bench, 0, MOTOR_A2, true), SIM_ANSWER_UNKNOWN);
    assert_false(sim_machine_reads(&bench.machine, MOTOR_A2));
    assert_int_equal(sim_bench_set(&bench, 0, OUT_B1, true), SIM_ANSWER_UNKNOWN);
    assert_true(sim_machine_reads(&bench.machine, OUT_B1));
    assert_int_equal(sim_bench_set(&bench, 0, OUT_C1, true), SIM_ANSWER_REFUSED);
    assert_int_equal(sim_bench_set(&bench, 0, OUT_D1, true), SIM_ANSWER_DONE);
}

static void a_fault_of_a_line_counts_the_vends_of_the_whole_machine(void **state)
{
    (void)state;
    sim_bench_init(&bench, "at vend 2 drop stuck on");
    sim_bench_set(&bench, 0, OUT_B1, true);
    sim_bench_set(&bench, 500, OUT_B1, false);
    assert_false(bench.machine.lines[DROP].seen);
    sim_bench_set(&bench, 1000, MOTOR_A1, true);
    sim_bench_to(&bench, 1001);
    assert_true(bench.machine.lines[DROP].seen);
}

/* ---- relays, pulses, locks ---- */

static void a_relay_answers_and_lets_go(void **state)
{
    int64_t closed_ms;
    (void)state;
    sim_bench_init(&bench, "");
    sim_bench_set(&bench, 0, OUT_B1, true);
    closed_ms = sim_bench_await(&bench, BACK_B1, true, 1000);
    assert_int_equal(closed_ms, 120);
    assert_int_equal(sim_bench_await(&bench, BACK_B1, false, 1000), 420);
    assert_true(sim_bench_told(&bench, "b1 served"));
}

static void a_relay_without_feedback_stays_silent_and_a_late_one_is_late(void **state)
{
    (void)state;
    sim_bench_init(&bench, "at vend 1 b1 no_feedback\nat vend 2 b1 late_feedback 3s");
    sim_bench_set(&bench, 0, OUT_B1, true);
    assert_int_equal(sim_bench_await(&bench, BACK_B1, true, 4000), -1);
    sim_bench_set(&bench, 5000, OUT_B1, false);
    sim_bench_set(&bench, 6000, OUT_B1, true);
    assert_int_equal(sim_bench_await(&bench, BACK_B1, true, 20000), 9120);
}

static void a_train_of_pulses_is_one_vend_and_a_credit_each(void **state)
{
    (void)state;
    sim_bench_init(&bench, "");
    for (int i = 0; i < 3; i++) {
        sim_bench_set(&bench, i * 100, OUT_C1, true);
        sim_bench_set(&bench, i * 100 + 50, OUT_C1, false);
    }
    assert_int_equal(sim_bench_times(&bench, "c1 one credit"), 3);
    assert_int_equal(bench.machine.devices[C1].starts, 1);
    sim_bench_set(&bench, 5000, OUT_C1, true);
    assert_int_equal(bench.machine.devices[C1].starts, 2);
}

static void a_person_opens_the_released_door_and_shuts_it(void **state)
{
    (void)state;
    sim_bench_init(&bench, "");
    sim_bench_set(&bench, 0, OUT_D1, true);
    sim_bench_set(&bench, 500, OUT_D1, false);
    assert_int_equal(sim_bench_await(&bench, DOOR_D1, false, 9000), 800);
    assert_int_equal(sim_bench_await(&bench, DOOR_D1, true, 9000), 3800);
    assert_true(sim_bench_told(&bench, "d1 goods taken"));
}

static void a_door_may_be_opened_late_or_never(void **state)
{
    (void)state;
    sim_bench_init(&bench, "at vend 1 d1 not_opened\nat vend 2 d1 late_open");
    sim_bench_set(&bench, 0, OUT_D1, true);
    assert_int_equal(sim_bench_await(&bench, DOOR_D1, false, 9000), -1);
    sim_bench_set(&bench, 10000, OUT_D1, false);
    sim_bench_set(&bench, 11000, OUT_D1, true);
    assert_int_equal(sim_bench_await(&bench, DOOR_D1, false, 20000), 16800);
}

static void a_board_timed_pulse_ends_by_itself(void **state)
{
    (void)state;
    sim_bench_init(&bench, "");
    sim_bench_to(&bench, 100);
    assert_int_equal(sim_machine_set(&bench.machine, OUT_B1, true, SIM_BENCH_START + 600000),
                     SIM_ANSWER_DONE);
    sim_bench_to(&bench, 599);
    assert_true(sim_machine_reads(&bench.machine, OUT_B1));
    sim_bench_to(&bench, 600);
    assert_false(sim_machine_reads(&bench.machine, OUT_B1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_at_rest_is_home_shut_and_quiet),
        cmocka_unit_test(a_turn_takes_about_the_usual_time_and_stops_at_home),
        cmocka_unit_test(the_cam_leaves_home_within_300_ms),
        cmocka_unit_test(many_turns_in_a_row_stay_in_step),
        cmocka_unit_test(one_turn_breaks_the_beam_once),
        cmocka_unit_test(a_step_over_seconds_sees_the_same_as_many_small_ones),
        cmocka_unit_test(twice_the_speed_takes_half_the_time),
        cmocka_unit_test(two_products_in_the_air_break_one_beam_until_the_last_is_through),
        cmocka_unit_test(a_jam_sticks_at_its_angle_and_never_comes_home),
        cmocka_unit_test(a_jam_before_the_release_lets_nothing_out_and_is_over_with_the_next_start),
        cmocka_unit_test(no_movement_keeps_the_cam_home),
        cmocka_unit_test(no_drop_turns_but_the_beam_is_silent),
        cmocka_unit_test(a_fault_of_the_second_vend_spares_the_first_and_the_third),
        cmocka_unit_test(a_late_drop_is_late),
        cmocka_unit_test(a_double_drop_breaks_the_beam_twice),
        cmocka_unit_test(a_slow_motor_takes_longer),
        cmocka_unit_test(a_welded_motor_runs_on_and_reads_on),
        cmocka_unit_test(a_weld_that_comes_free_lets_the_output_go_off),
        cmocka_unit_test(a_stuck_beam_reads_broken_whatever_falls),
        cmocka_unit_test(a_dead_beam_sees_nothing_while_products_fall),
        cmocka_unit_test(a_line_is_lost_in_the_middle_of_a_vend_and_comes_back),
        cmocka_unit_test(the_door_opens_after_a_time_and_shuts_again),
        cmocka_unit_test(orders_are_refused_unheard_or_unanswered),
        cmocka_unit_test(a_fault_of_a_line_counts_the_vends_of_the_whole_machine),
        cmocka_unit_test(a_relay_answers_and_lets_go),
        cmocka_unit_test(a_relay_without_feedback_stays_silent_and_a_late_one_is_late),
        cmocka_unit_test(a_train_of_pulses_is_one_vend_and_a_credit_each),
        cmocka_unit_test(a_person_opens_the_released_door_and_shuts_it),
        cmocka_unit_test(a_door_may_be_opened_late_or_never),
        cmocka_unit_test(a_board_timed_pulse_ends_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
