/* The shipped scripts for lanes, played against the device kinds: what becomes of the payment, what is told,
 * and that it is true. */
#include "tests/unit/sim_lane_rig.h"

static struct sim_lane_rig rig;

struct situation {
    const char *script; /* in config/sim */
    int64_t at_ms;      /* of the payment */
    enum payment_result result;
    enum payment_reason reason;
    bool verified;
    const char *notes; /* all of them, in order, until 30 s after the end */
    int32_t pulses;
    const char *happened; /* what the machine must have seen, or NULL */
};

static void play(int32_t device, const char *script)
{
    char file[96], error[256] = "";

    memset(&rig, 0, sizeof rig);
    sim_lane_bench_config(&rig.bench.config);
    if (script != NULL) {
        snprintf(file, sizeof file, "config/sim/%s.script", script);
        if (!sim_script_read(&rig.bench.script, &rig.bench.config, file, error, sizeof error))
            fail_msg("%s", error);
    }
    sim_bench_begin(&rig.bench);
    sim_lane_rig_begin(&rig, device);
}

static void expect(const struct situation *situation)
{
    enum payment_result result = rig.refused ? PAYMENT_RESULT_REFUSED : rig.out.outcome.result;
    enum payment_reason reason = rig.refused ? rig.why.reason : rig.out.outcome.reason;

    if (strcmp(rig.notes, situation->notes) != 0)
        print_message("%s\n", rig.bench.told);
    assert_string_equal(payment_result_name(result), payment_result_name(situation->result));
    assert_string_equal(payment_reason_name(reason), payment_reason_name(situation->reason));
    assert_int_equal(rig.out.outcome.verified, situation->verified);
    assert_string_equal(rig.notes, situation->notes);
    assert_int_equal(rig.pulses, situation->pulses);
    assert_true(rig.pulses <= rig.intents);
    if (situation->happened != NULL && !sim_bench_told(&rig.bench, situation->happened))
        fail_msg("'%s' did not happen in:\n%s", situation->happened, rig.bench.told);
}

static void each_situation_at_a_turnstile_has_its_outcome(void **state)
{
    static const struct situation rows[] = {
        {NULL, 1000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, "", 1, "t1 person 1 passed"},
        {"nobody_passes", 1000, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, false, "", 1, "t1 locked"},
        {"late_pass", 1000, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, false, " late_passage", 1,
         "t1 person 1 passed"},
        {"two_pass", 1000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, " forced_passage", 1,
         "t1 person 2 passed behind"},
        {"jump", 15000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, " forced_passage", 1,
         "t1 person 1 jumps over"},
        {"wrong_way", 15000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, " wrong_way", 1, NULL},
        {"stuck_pass", 15000, PAYMENT_RESULT_REFUSED, PAYMENT_REASON_OUT_OF_SERVICE, false, " forced_passage",
         0, NULL},
        {"turnstile_power", 1000, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST, false, "", 1, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("  %s\n", rows[i].script != NULL ? rows[i].script : "no script");
        play(GATE, rows[i].script);
        sim_lane_rig_pay(&rig, rows[i].at_ms);
        expect(&rows[i]);
    }
}

static void each_situation_at_a_barrier_has_its_outcome(void **state)
{
    static const struct situation rows[] = {
        {NULL, 5000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, "", 1, "in car 1 passed"},
        {"car", 5000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, "", 1, "in car 1 passed"},
        {"late_car", 5000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, "", 1, "in car 1 passed"},
        {"empty_lane", 5000, PAYMENT_RESULT_REFUSED, PAYMENT_REASON_NO_VEHICLE, false, "", 0, NULL},
        {"tailgate", 5000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, " tailgate", 1,
         "in car 2 passed"},
        {"tailgate_gap", 5000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, " tailgate", 1,
         "in car 2 passed"},
        {"reverse", 5000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, " vehicle_left", 2,
         "in car 1 passed"},
        {"leave", 5000, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, false, " vehicle_left", 1,
         "in car 1 is gone"},
        {"stop_under", 5000, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, false,
         " vehicle_stays arm_not_down", 1, "in car 1 stops under the arm"},
        {"wait", 5000, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, false,
         " vehicle_stays late_passage arm_not_down", 1, NULL},
        {"push", 60000, PAYMENT_RESULT_REFUSED, PAYMENT_REASON_NO_VEHICLE, false, " forced_open", 0,
         "in arm pushed up by hand"},
        {"free_rider", 60000, PAYMENT_RESULT_REFUSED, PAYMENT_REASON_NO_VEHICLE, false, " forced_open", 0,
         "in car 1 passed"},
        {"arm_not_up", 5000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, " arm_not_up", 2,
         "in car 1 passed"},
        {"arm_broken", 5000, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NOT_UP, false, " arm_not_up arm_not_up",
         2, NULL},
        {"arm_stays_up", 5000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, " arm_not_down", 1,
         "in car 1 passed"},
        {"stuck_passage", 50000, PAYMENT_RESULT_REFUSED, PAYMENT_REASON_OUT_OF_SERVICE, false, " forced_open",
         0, NULL},
        {"lost_limits", 5000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, "", 1, "in car 1 passed"},
        {"barrier_power", 5000, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true,
         " device_fault device_fault_clear", 1, "in car 1 passed"},
        {"barrier_fault", 15000, PAYMENT_RESULT_REFUSED, PAYMENT_REASON_OUT_OF_SERVICE, false,
         " device_fault", 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("  %s\n", rows[i].script != NULL ? rows[i].script : "no script");
        play(ENTRY, rows[i].script);
        sim_lane_rig_pay(&rig, rows[i].at_ms);
        expect(&rows[i]);
    }
}

static void a_turnstile_in_level_mode_counts_the_same_passage(void **state)
{
    (void)state;
    play(WAY, NULL);
    sim_lane_rig_pay(&rig, 1000);
    assert_int_equal(rig.out.outcome.result, PAYMENT_RESULT_DELIVERED);
    assert_true(rig.out.outcome.verified);
    assert_int_equal(sim_bench_times(&rig.bench, "t2_unlock on"), 1);
    SIM_TOLD(&rig.bench, "t2_pass closed", "t2_unlock off", "t2 locked");
}

static void a_validator_shows_by_its_light_or_by_the_screen_alone(void **state)
{
    (void)state;
    play(BUS, NULL);
    sim_lane_rig_pay(&rig, 1000);
    assert_int_equal(rig.out.outcome.result, PAYMENT_RESULT_DELIVERED);
    SIM_TOLD(&rig.bench, "light on", "light off");
    play(BUS, "dead_light");
    sim_lane_rig_pay(&rig, 1000);
    assert_int_equal(rig.out.outcome.result, PAYMENT_RESULT_UNKNOWN);
    assert_false(sim_bench_told(&rig.bench, "light on"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_situation_at_a_barrier_has_its_outcome),
        cmocka_unit_test(each_situation_at_a_turnstile_has_its_outcome),
        cmocka_unit_test(a_turnstile_in_level_mode_counts_the_same_passage),
        cmocka_unit_test(a_validator_shows_by_its_light_or_by_the_screen_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
