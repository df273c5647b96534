/* The barrier of the simulated machine: its arm and controller, and the cars in its lane. */
#include "tests/unit/sim_lane_bench.h"

static struct sim_bench bench;

static bool seen(int32_t line)
{
    return bench.machine.lines[line].seen;
}

/* ---- arm and controller ---- */

static void a_pulse_opens_and_it_closes_by_itself_if_nobody_comes(void **state)
{
    int64_t up_ms, down_ms;
    (void)state;
    sim_lane_bench_init(&bench, "in nobody");
    assert_true(seen(ENTRY_DOWN) && !seen(ENTRY_UP) && seen(ENTRY_FIRE) && !seen(ENTRY_FAULT));
    sim_lane_bench_pulse(&bench, 1000, ENTRY_OPEN);
    assert_false(seen(ENTRY_DOWN));
    up_ms = sim_bench_await(&bench, ENTRY_UP, true, 9000);
    assert_in_range(up_ms, 2200, 2700);
    down_ms = sim_bench_await(&bench, ENTRY_DOWN, true, 30000);
    assert_in_range(down_ms - up_ms, 9000, 10000);
    sim_bench_to(&bench, down_ms + 100);
    SIM_TOLD(&bench, "in arm rises", "in arm up", "in arm closes", "in arm down");
}

static void a_short_up_ms_makes_the_arm_quicker(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "in nobody");
    bench.config.devices[ENTRY].param[CONFIG_PARAM_UP_MS] = 1000;
    sim_lane_bench_pulse(&bench, 1000, ENTRY_OPEN);
    assert_in_range(sim_bench_await(&bench, ENTRY_UP, true, 9000), 1300, 1500);
}

static void the_hold_contact_keeps_it_up_and_lets_it_close(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "in nobody");
    sim_bench_set(&bench, 1000, ENTRY_HOLD, true);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_UP, true, 4000), -1);
    sim_bench_to(&bench, 60000);
    assert_true(seen(ENTRY_UP));
    sim_bench_set(&bench, 60000, ENTRY_HOLD, false);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_DOWN, true, 75000), -1);
}

static void a_second_pulse_on_its_way_down_opens_again(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "in nobody");
    sim_lane_bench_pulse(&bench, 1000, ENTRY_OPEN);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_UP, true, 9000), -1);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_UP, false, 20000), -1);
    sim_lane_bench_pulse(&bench, bench.machine.now_us / 1000 - SIM_BENCH_START / 1000, ENTRY_OPEN);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_UP, true, 30000), -1);
    assert_false(sim_bench_told(&bench, "arm down"));
}

static void one_that_does_not_move_does_so_until_its_next_start(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "in arrive\nat vend 1 in no_movement");
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    assert_int_equal(sim_bench_await(&bench, ENTRY_DOWN, false, 13000), -1);
    sim_lane_bench_pulse(&bench, 13000, ENTRY_OPEN);
    sim_bench_to(&bench, 25000);
    SIM_TOLD(&bench, "in does not move", "in arm up", "car 1 drives", "car 1 passed");
}

static void a_slow_arm_is_slow(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "in slow 15%");
    sim_lane_bench_pulse(&bench, 1000, ENTRY_OPEN);
    assert_in_range(sim_bench_await(&bench, ENTRY_UP, true, 20000), 10000, 12000);
}

static void without_power_the_arm_stays_where_it_is(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "in nobody\nafter 1500ms in power_loss 10s");
    sim_lane_bench_pulse(&bench, 1000, ENTRY_OPEN);
    sim_bench_to(&bench, 9000);
    assert_true(seen(ENTRY_FAULT) && !seen(ENTRY_UP) && !seen(ENTRY_DOWN));
    assert_int_equal(sim_bench_await(&bench, ENTRY_FAULT, false, 12000), 11500);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_UP, true, 14000), -1);
}

static void a_unit_with_a_fault_obeys_nothing(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "in unit_fault 5s");
    sim_lane_bench_pulse(&bench, 1000, ENTRY_OPEN);
    assert_true(seen(ENTRY_FAULT));
    assert_int_equal(sim_bench_await(&bench, ENTRY_DOWN, false, 20000), -1);
    assert_false(seen(ENTRY_FAULT));
}

static void in_a_fire_it_opens_by_its_own_wire(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "after 2s in fire_alarm 30s");
    assert_int_equal(sim_bench_await(&bench, ENTRY_FIRE, false, 3000), 2000);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_UP, true, 5000), -1);
    sim_bench_to(&bench, 31000);
    assert_true(seen(ENTRY_UP));
    assert_int_equal(sim_bench_await(&bench, ENTRY_FIRE, true, 33000), 32000);
}

static void the_alarm_of_the_machine_opens_every_lane(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "after 2s fire alarm 5s");
    sim_bench_to(&bench, 5000);
    assert_true(seen(ENTRY_UP));
    assert_true(sim_bench_told(&bench, "out arm up"));
}

static void hands_push_it_up_and_it_comes_down(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "in nobody\nafter 1s in push");
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_UP, true, 4000), -1);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_DOWN, true, 7000), -1);
    assert_true(sim_bench_told(&bench, "in arm pushed up by hand"));
}

static void one_that_stays_up_closes_when_the_fault_is_over(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "in arrive\nat vend 1 in stays_up 60s");
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    sim_bench_to(&bench, 64000);
    assert_true(seen(ENTRY_UP));
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_DOWN, true, 70000), -1);
}

/* ---- cars ---- */

static void a_car_comes_by_itself_and_drives_when_the_arm_is_up(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "out nobody");
    assert_in_range(sim_bench_await(&bench, ENTRY_PRESENCE, true, 9000), 2000, 2500);
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    sim_bench_to(&bench, 15000);
    SIM_TOLD(&bench, "car 1 arrives", "in_presence occupied", "car 1 waits", "in_open on", "arm up",
             "car 1 drives", "in_passage occupied", "in_presence free", "car 1 passed", "in_passage free",
             "arm closes", "arm down");
    assert_int_equal(sim_bench_times(&bench, "in_presence occupied"), 1);
}

static void the_next_one_comes_when_the_lane_is_empty(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "out nobody");
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    sim_bench_to(&bench, 30000);
    SIM_TOLD(&bench, "car 1 passed", "car 2 arrives", "car 2 waits");
    assert_false(sim_bench_told(&bench, "car 2 drives"));
}

static void nobody_comes_by_himself_where_the_script_says_who_comes(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "out nobody\nafter 20s in arrive van");
    assert_int_equal(sim_bench_await(&bench, ENTRY_PRESENCE, true, 20000), -1);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_PRESENCE, true, 25000), -1);
    sim_bench_to(&bench, 300000);
    assert_string_equal(strstr(bench.told, "van 1 waits"), "van 1 waits\n");
}

static void traffic_begins_when_the_script_says(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "out nobody\nafter 1s in arrive\nafter 20s in traffic 15s");
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    sim_bench_to(&bench, 34000);
    assert_false(sim_bench_told(&bench, "car 2"));
    sim_bench_to(&bench, 36000);
    assert_true(sim_bench_told(&bench, "35000 in car 2 arrives"));
    sim_lane_bench_pulse(&bench, 40000, ENTRY_OPEN);
    sim_bench_to(&bench, 62000);
    SIM_TOLD(&bench, "car 2 passed", "car 3 arrives");
}

static void an_opening_for_one_car_is_not_for_the_next(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "in arrive\nafter 2s in arrive\nin stays_up");
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    sim_bench_to(&bench, 60000);
    SIM_TOLD(&bench, "car 2 waits", "car 1 passed");
    assert_false(sim_bench_told(&bench, "car 2 drives"));
    sim_lane_bench_pulse(&bench, 60000, ENTRY_OPEN);
    sim_bench_to(&bench, 70000);
    assert_true(sim_bench_told(&bench, "car 2 passed"));
}

static void a_car_that_comes_after_the_payment_drives_in_all_the_same(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "after 3s in arrive");
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_PRESENCE, true, 9000), -1);
    sim_lane_bench_pulse(&bench, bench.machine.now_us / 1000 - SIM_BENCH_START / 1000 + 20, ENTRY_OPEN);
    sim_bench_to(&bench, 15000);
    SIM_TOLD(&bench, "car 1 drives", "car 1 passed");
}

static void bumper_to_bumper_frees_the_passage_but_not_the_arming_loop(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "out nobody\nin arrive\nafter 1s in follow");
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    sim_bench_to(&bench, 20000);
    SIM_TOLD(&bench, "car 1 drives", "car 2 follows", "car 1 passed", "in_passage free",
             "in_passage occupied", "in_presence free", "car 2 passed", "arm closes");
    assert_int_equal(sim_bench_times(&bench, "in_presence occupied"), 1);
    assert_int_equal(sim_bench_times(&bench, "in_passage occupied"), 2);
    assert_int_equal(sim_bench_times(&bench, "arm closes"), 1);
}

static void one_who_follows_at_a_distance_is_a_second_vehicle_on_the_loops(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "out nobody\nin arrive\nafter 1s in follow 1500ms");
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    sim_bench_to(&bench, 20000);
    assert_int_equal(sim_bench_times(&bench, "in_presence occupied"), 2);
    assert_true(sim_bench_told(&bench, "car 2 passed"));
}

static void one_who_reverses_leaves_the_loop_and_waits_outside(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "out nobody\nin arrive\nat vend 1 after 500ms in reverse\n"
                                "at vend 1 after 20s in come_back");
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_PRESENCE, false, 9000), -1);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_DOWN, true, 24000), -1);
    assert_int_not_equal(sim_bench_await(&bench, ENTRY_PRESENCE, true, 30000), -1);
    assert_false(sim_bench_told(&bench, "passed"));
    sim_lane_bench_pulse(&bench, 30000, ENTRY_OPEN);
    sim_bench_to(&bench, 40000);
    SIM_TOLD(&bench, "car 1 reverses", "car 1 is outside", "car 1 comes back", "car 1 drives",
             "car 1 passed");
}

static void one_who_leaves_does_not_come_back(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "out nobody\nin arrive\nafter 5s in leave\nafter 20s in come_back");
    sim_bench_to(&bench, 40000);
    SIM_TOLD(&bench, "car 1 waits", "car 1 reverses", "car 1 is gone");
    assert_int_equal(bench.machine.devices[ENTRY].barrier.car_count, 0);
    assert_int_equal(sim_bench_times(&bench, "in_presence occupied"), 1);
}

static void the_arm_never_comes_down_on_one_who_stops_under_it(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "out nobody\nin arrive\nat vend 1 in stop_under 60s");
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    sim_bench_to(&bench, 64000);
    assert_true(seen(ENTRY_PASSAGE) && seen(ENTRY_PRESENCE) && seen(ENTRY_UP));
    sim_bench_to(&bench, 75000);
    SIM_TOLD(&bench, "car 1 stops under the arm", "car 1 drives on", "car 1 passed", "arm closes");
}

static void one_who_waits_drives_when_he_is_told(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "out nobody\nin arrive\nin wait\nafter 30s in drive");
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    sim_bench_to(&bench, 29000);
    assert_true(seen(ENTRY_PRESENCE) && seen(ENTRY_UP));
    sim_bench_to(&bench, 40000);
    SIM_TOLD(&bench, "people: wait over", "car 1 drives", "car 1 passed");
}

static void every_vehicle_covers_both_loops_in_turn(void **state)
{
    static const char *const vehicles[] = {"car", "van", "truck", "motorcycle"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        char script[64];
        snprintf(script, sizeof script, "out nobody\nin arrive %s", vehicles[i]);
        sim_lane_bench_init(&bench, script);
        sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
        sim_bench_to(&bench, 30000);
        SIM_TOLD(&bench, "in_presence occupied", "in_passage occupied", "in_presence free", "in_passage free",
                 "arm down");
        assert_int_equal(sim_bench_times(&bench, "arm closes"), 1);
    }
}

static void stuck_loops_change_what_is_read_and_not_what_happens(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "out nobody\nin arrive\nline in_passage stuck off");
    sim_lane_bench_pulse(&bench, 5000, ENTRY_OPEN);
    assert_int_equal(sim_bench_await(&bench, ENTRY_PASSAGE, true, 20000), -1);
    assert_true(sim_bench_told(&bench, "car 1 passed"));
}

static void a_lane_that_is_full_takes_no_more(void **state)
{
    (void)state;
    sim_lane_bench_init(&bench, "in arrive\nin arrive\nin arrive\nin arrive\nin arrive\n"
                                "in arrive\nin arrive\nin follow\nout nobody");
    sim_bench_to(&bench, 60000);
    assert_int_equal(bench.machine.devices[ENTRY].barrier.car_count, SIM_MAX_CARS);
    assert_int_equal(sim_bench_times(&bench, "waits"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pulse_opens_and_it_closes_by_itself_if_nobody_comes),
        cmocka_unit_test(a_short_up_ms_makes_the_arm_quicker),
        cmocka_unit_test(the_hold_contact_keeps_it_up_and_lets_it_close),
        cmocka_unit_test(a_second_pulse_on_its_way_down_opens_again),
        cmocka_unit_test(one_that_does_not_move_does_so_until_its_next_start),
        cmocka_unit_test(a_slow_arm_is_slow),
        cmocka_unit_test(without_power_the_arm_stays_where_it_is),
        cmocka_unit_test(a_unit_with_a_fault_obeys_nothing),
        cmocka_unit_test(in_a_fire_it_opens_by_its_own_wire),
        cmocka_unit_test(the_alarm_of_the_machine_opens_every_lane),
        cmocka_unit_test(hands_push_it_up_and_it_comes_down),
        cmocka_unit_test(one_that_stays_up_closes_when_the_fault_is_over),
        cmocka_unit_test(a_car_comes_by_itself_and_drives_when_the_arm_is_up),
        cmocka_unit_test(the_next_one_comes_when_the_lane_is_empty),
        cmocka_unit_test(nobody_comes_by_himself_where_the_script_says_who_comes),
        cmocka_unit_test(traffic_begins_when_the_script_says),
        cmocka_unit_test(an_opening_for_one_car_is_not_for_the_next),
        cmocka_unit_test(a_car_that_comes_after_the_payment_drives_in_all_the_same),
        cmocka_unit_test(bumper_to_bumper_frees_the_passage_but_not_the_arming_loop),
        cmocka_unit_test(one_who_follows_at_a_distance_is_a_second_vehicle_on_the_loops),
        cmocka_unit_test(one_who_reverses_leaves_the_loop_and_waits_outside),
        cmocka_unit_test(one_who_leaves_does_not_come_back),
        cmocka_unit_test(the_arm_never_comes_down_on_one_who_stops_under_it),
        cmocka_unit_test(one_who_waits_drives_when_he_is_told),
        cmocka_unit_test(every_vehicle_covers_both_loops_in_turn),
        cmocka_unit_test(stuck_loops_change_what_is_read_and_not_what_happens),
        cmocka_unit_test(a_lane_that_is_full_takes_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
