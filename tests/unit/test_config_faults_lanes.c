/* Barriers, turnstiles and validators: one change to a legal file, and every word that config_load says about
 * it. */
#include "tests/unit/config/cases.h"

#define UNUSED "warning: lines."

static const struct cases_edit barrier_cases[] = {
    /* What proves a delivery. */
    {"up = \"arm_up\"; ", "passage = \"arm_up\"; ", ""},
    {"up = \"arm_up\"; ", "down = \"arm_up\"; ",
     "37: warning: devices[4]: has neither passage nor up: no delivery can ever be proven (verified); give "
     "at "
     "least one\n"},
    {"up = \"arm_up\"; ", "up = \"arm_upp\"; ",
     "37: devices[4].up: \"arm_upp\" is not in lines; did you mean \"arm_up\"?\n"},
    /* The vehicle before the arm. */
    {"presence = \"arm_loop\"", "presence = \"arm_loop\"; empty_lane = \"wait\"; vehicle_wait_s = 120", ""},
    {"presence = \"arm_loop\"", "passage = \"arm_loop\"; empty_lane = \"wait\"",
     "37: devices[4].empty_lane: needs presence: without it nobody knows whether a vehicle is there, and the "
     "arm opens at once\n"},
    {"presence = \"arm_loop\"", "passage = \"arm_loop\"; empty_lane = \"open\"; vehicle_wait_s = 30",
     "37: warning: devices[4].vehicle_wait_s: has no effect without presence\n"
     "37: warning: devices[4].empty_lane: has no effect without presence\n"},
    {"presence = \"arm_loop\"", "presence = \"arm_loop\"; empty_lane = \"shut\"",
     "37: devices[4].empty_lane: is \"shut\"; must be \"wait\" or \"open\"\n"},
    {"presence = \"arm_loop\"", "presence = \"arm_loop\"; vehicle_wait_s = 121",
     "45: warning: products[4].max_age_s: is 120: a payment is refused before vehicle_wait_s of devices[4] "
     "(\"e1\") is over; should be at least 121\n"},
    {"presence = \"arm_loop\"", "presence = \"arm_loop\"; vehicle_wait_s = 121; empty_lane = \"open\"", ""},
    /* The arm. */
    {"up = \"arm_up\"; ", "passage = \"arm_up\"; up_ms = 4000; ",
     "37: warning: devices[4].up_ms: has no effect without up or down\n"},
    {"up = \"arm_up\"; ", "up = \"arm_up\"; up_ms = 500; ",
     "37: warning: devices[4].pulse_ms: should be less than up_ms: when that is over a second pulse may "
     "follow\n"},
    {"up = \"arm_up\"; ", "up = \"arm_up\"; passage_s = 20; ",
     "37: warning: devices[4].passage_s: has no effect without passage\n"},
    {"up = \"arm_up\"; ", "up = \"arm_up\"; down_s = 20; not_down = \"pause\"; ", ""},
    {"up = \"arm_up\"; ", "passage = \"arm_up\"; down_s = 20; not_down = \"alarm\"; ",
     "37: warning: devices[4].down_s: has no effect without down or up\n"
     "37: warning: devices[4].not_down: has no effect without down or up\n"},
    {"up = \"arm_up\"; ", "passage = \"arm_up\"; not_down = \"pause\"; ",
     "37: devices[4].not_down: needs down or up: without a limit nobody knows that the arm is not down\n"},
    {"up = \"arm_up\"; hold = \"arm_hold\"; presence = \"arm_loop\"",
     "down = \"arm_up\"; hold = \"arm_hold\"; passage = \"arm_loop\"; down_s = 9; not_down = \"pause\"", ""},
    {"up = \"arm_up\"; ", "up = \"arm_up\"; direction = \"out\"; ", ""},
    /* Fire. */
    {"hold = \"arm_hold\"; ", "hold = \"arm_hold\"; on_fire = \"hold\"; ", ""},
    {"hold = \"arm_hold\"; ", "on_fire = \"hold\"; ",
     "24: " UNUSED "arm_hold: nothing uses it\n"
     "37: devices[4].on_fire: needs hold: the output that keeps the arm up\n"},
    {"fire = \"fire\"; },", "on_fire = \"hold\"; },", ""},
    /* Boards that end a pulse themselves. */
    {"arm = { driver = \"sim\"; direction = \"out\"; };",
     "arm = { driver = \"modbus\"; bus = \"io\"; coil = 9; pulse = \"flash\"; direction = \"out\"; };", ""},
    {"arm_hold = { driver = \"sim\"; direction = \"out\"; };",
     "arm_hold = { driver = \"modbus\"; bus = \"io\"; coil = 9; pulse = \"flash\"; direction = \"out\"; };",
     "37: devices[4].hold: needs a line that is switched on and off; this one has pulse = \"flash\", which "
     "only does pulses\n"},
    {"open = \"arm\"; pulse_ms = 500", "open = \"arm\"; pulse_ms = 0",
     "37: devices[4].pulse_ms: is 0; must be 10..10000 ms\n"},
};

static const struct cases_edit turnstile_cases[] = {
    {"mode = \"level\"", "mode = \"level\"; relock_s = 20; rights = 7; wrong_way = \"arm_loop2\"",
     "38: devices[5].wrong_way: \"arm_loop2\" is not in lines; did you mean \"arm_loop\"?\n"},
    {"mode = \"level\"", "mode = \"level\"; pulse_ms = 300",
     "38: warning: devices[5].pulse_ms: has no effect with mode \"level\"\n"},
    {"mode = \"level\"", "mode = \"pulse\"; pulse_ms = 2001; relock_s = 2",
     "38: devices[5].pulse_ms: must be at most relock_s: the pulse must be over when the time to go is\n"},
    {"mode = \"level\"", "mode = \"pulse\"; pulse_ms = 2000; relock_s = 2", ""},
    {"mode = \"level\"", "mode = \"level\"; rights = 33", "38: devices[5].rights: is 33; must be 1..32\n"},
    {"mode = \"level\"", "mode = \"level\"; rights = 16; relock_s = 8", ""},
    {"mode = \"level\"", "mode = \"level\"; rights = 17; relock_s = 8",
     "46: warning: products[5].max_age_s: is 120: a payment is refused before the waiting time of the last "
     "of "
     "rights of devices[5] (\"f1\") is over; should be at least 128\n"},
    {"mode = \"level\"", "mode = \"level\"; relock_s = 301",
     "38: devices[5].relock_s: is 301; must be 1..300 s\n"},
    {"pass = \"gate_pass\"; ready = \"gate_ready\"", "pass = \"gate_pass\"",
     "27: " UNUSED "gate_ready: nothing uses it\n"
     "38: warning: devices[5].pass: without ready a turnstile that loses its power may look like a passage; "
     "wire ready as well\n"},
    {"pass = \"gate_pass\"; ready = \"gate_ready\"", "ready = \"gate_ready\"; no_passage = \"keep\"",
     "27: " UNUSED "gate_pass: nothing uses it\n"
     "38: warning: devices[5]: has no pass: no passage can ever be proven (verified)\n"
     "38: warning: devices[5].no_passage: has no effect without pass\n"},
    {"mode = \"level\"", "mode = \"level\"; no_passage = \"keep\"; direction = \"out\"", ""},
    {"mode = \"level\"", "mode = \"level\"; direction = \"up\"",
     "38: devices[5].direction: is \"up\"; must be \"in\" or \"out\"\n"},
    {"gate = { driver = \"sim\"; direction = \"out\"; };",
     "gate = { driver = \"modbus\"; bus = \"io\"; coil = 9; pulse = \"flash\"; direction = \"out\"; };",
     "38: devices[5].unlock: needs a line that is switched on and off; this one has pulse = \"flash\", which "
     "only does pulses\n"},
};

static const struct cases_edit validator_cases[] = {
    {"light = \"lamp\"; } )", "} )", "28: " UNUSED "lamp: nothing uses it\n"},
    {"light = \"lamp\"; } )", "light = \"lamp\"; buzz_ms = 100; } )",
     "39: warning: devices[6].buzz_ms: has no effect without buzzer\n"},
    {"light = \"lamp\"; } )", "buzzer = \"lamp\"; show_ms = 99; } )",
     "39: devices[6].show_ms: is 99; must be 100..60000 ms\n"},
    {"lamp = { driver = \"sim\"; direction = \"out\"; };",
     "lamp = { driver = \"modbus\"; bus = \"io\"; coil = 9; pulse = \"flash\"; direction = \"out\"; };",
     "39: devices[6].light: needs a line that is switched on and off; this one has pulse = \"flash\", which "
     "only does pulses\n"},
};

static void barrier_faults_are_told(void **state)
{
    (void)state;
    cases_run(barrier_cases, sizeof(barrier_cases) / sizeof(barrier_cases[0]));
}

static void turnstile_faults_are_told(void **state)
{
    (void)state;
    cases_run(turnstile_cases, sizeof(turnstile_cases) / sizeof(turnstile_cases[0]));
}

static void validator_faults_are_told(void **state)
{
    (void)state;
    cases_run(validator_cases, sizeof(validator_cases) / sizeof(validator_cases[0]));
}

static struct cases_said said;

/* base.cfg with two places changed. */
static void edit_twice(const char *from, const char *to, const char *then_from, const char *then_to)
{
    static char kept[CASES_TEXT_SIZE];
    memcpy(kept, cases_base, sizeof(kept));
    cases_edit(from, to);
    (void)cases_read(cases_path("base.cfg"), cases_base, sizeof(cases_base));
    cases_edit(then_from, then_to);
    memcpy(cases_base, kept, sizeof(kept));
    (void)cases_load(cases_path("base.cfg"), 0, &said);
}

static void a_hold_on_fire_needs_a_contact_that_tells_of_fire(void **state)
{
    (void)state;
    edit_twice("fire = \"fire\"; parallel", "parallel", "fire = \"fire\"; },", "on_fire = \"hold\"; },");
    assert_string_equal(said.text,
                        "30: warning: lines.fire: nothing uses it\n"
                        "37: devices[4].on_fire: needs a fire contact: fire here, or machine.fire\n");
}

#define FLASH "= { driver = \"modbus\"; bus = \"io\"; coil = 9; pulse = \"flash\"; direction = \"out\"; };"

static void a_board_times_a_pulse_in_steps_of_100_ms(void **state)
{
    (void)state;
    edit_twice("arm = { driver = \"sim\"; direction = \"out\"; };", "arm " FLASH, "pulse_ms = 500",
               "pulse_ms = 550");
    assert_string_equal(said.text,
                        "37: devices[4].pulse_ms: must be a multiple of 100 ms, because the line has "
                        "pulse = \"flash\"\n");
    edit_twice("gate = { driver = \"sim\"; direction = \"out\"; };", "gate " FLASH, "mode = \"level\"",
               "mode = \"pulse\"; pulse_ms = 250");
    assert_string_equal(said.text,
                        "38: devices[5].pulse_ms: must be a multiple of 100 ms, because the line has "
                        "pulse = \"flash\"\n");
    edit_twice("lamp = { driver = \"sim\"; direction = \"out\"; };", "lamp " FLASH, "light = \"lamp\"",
               "buzzer = \"lamp\"");
    assert_string_equal(said.text,
                        "39: devices[6].buzz_ms: must be a multiple of 100 ms, because the line has "
                        "pulse = \"flash\"\n");
    edit_twice("lamp = { driver = \"sim\"; direction = \"out\"; };", "lamp " FLASH, "light = \"lamp\"",
               "buzzer = \"lamp\"; buzz_ms = 200");
    assert_string_equal(said.text, "");
}

static void a_go_sign_is_no_pulse(void **state)
{
    (void)state;
    edit_twice("arm_hold = { driver = \"sim\"; direction = \"out\"; };", "arm_hold " FLASH,
               "hold = \"arm_hold\"", "sign = \"arm_hold\"");
    assert_string_equal(said.text,
                        "37: devices[4].sign: needs a line that is switched on and off; this one has "
                        "pulse = \"flash\", which only does pulses\n");
}

static void what_two_lanes_share_is_questioned_unless_it_is_fire_fault_or_ready(void **state)
{
    static const char second[] = "{ name = \"e2\"; kind = \"barrier\"; open = \"latch\"; pulse_ms = 500; ";
    char text[256];
    (void)state;
    (void)snprintf(text, sizeof(text),
                   "%sup = \"ajar\"; fire = \"fire\"; fault = \"seen\"; },\n  { name = \"d1\"", second);
    edit_twice("{ name = \"d1\"", text,
               "kind = \"lock\"; output = \"latch\"; pulse_ms = 300; door = \"ajar\"; open_wait_s = 9;",
               "kind = \"turnstile\"; unlock = \"arm_hold\"; mode = \"level\"; pass = \"drop\"; ready = "
               "\"gate_ready\"; fire = \"fire\";");
    assert_null(strstr(said.text, "lines.fire serves"));
    assert_null(strstr(said.text, "lines.gate_ready serves"));
    (void)snprintf(text, sizeof(text), "%sup = \"ajar\"; presence = \"arm_loop\"; },\n  { name = \"d1\"",
                   second);
    edit_twice("{ name = \"d1\"", text, "output = \"latch\"; pulse_ms = 300; door = \"ajar\"",
               "output = \"gate\"; pulse_ms = 300");
    assert_non_null(strstr(said.text,
                           "38: warning: devices[5].presence: lines.arm_loop serves devices[3] (\"e2\") as "
                           "well; is that meant?\n"));
}

static void there_are_at_most_sixteen_lanes(void **state)
{
    static const char last[] = "{ name = \"g1\"; kind = \"validator\"; light = \"lamp\"; } )";
    char text[2048];
    size_t used = 0;
    (void)state;
    for (int i = 0; i < 13; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 "{ name = \"v%d\"; kind = \"validator\"; },\n", i);
    (void)snprintf(text + used, sizeof(text) - used, "%s", last);
    cases_edit(last, text);
    assert_int_equal(cases_load(cases_path("base.cfg"), 0, &said), 0);
    (void)snprintf(text + used, sizeof(text) - used, "{ name = \"x\"; kind = \"validator\"; },\n%s", last);
    cases_edit(last, text);
    assert_int_equal(cases_load(cases_path("base.cfg"), 0, &said), 1);
    assert_non_null(
        strstr(said.text, "53: devices[20]: is one lane too many; at most 16 (CONFIG_MAX_LANES)\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(barrier_faults_are_told),
        cmocka_unit_test(turnstile_faults_are_told),
        cmocka_unit_test(validator_faults_are_told),
        cmocka_unit_test(a_hold_on_fire_needs_a_contact_that_tells_of_fire),
        cmocka_unit_test(a_board_times_a_pulse_in_steps_of_100_ms),
        cmocka_unit_test(a_go_sign_is_no_pulse),
        cmocka_unit_test(what_two_lanes_share_is_questioned_unless_it_is_fire_fault_or_ready),
        cmocka_unit_test(there_are_at_most_sixteen_lanes),
    };
    return cmocka_run_group_tests(tests, cases_setup, cases_teardown);
}
