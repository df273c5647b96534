/* Fault scripts: what they say, and how a wrong line is refused. */
#include "tests/unit/sim_lane_bench.h"
#include "hal/sim_words.h"

#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

static struct config config;
static struct sim_script script;

static const struct sim_rule *one_rule(const char *text)
{
    char error[256] = "";

    sim_lane_bench_config(&config);
    if (!sim_script_parse(&script, &config, "x.script", text, error, sizeof error))
        fail_msg("%s", error);
    assert_int_equal(script.count, 1);
    return &script.rules[0];
}

static void expect_refused(const char *text, const char *expected)
{
    char error[256] = "";

    sim_lane_bench_config(&config);
    script.count = 77;
    assert_false(sim_script_parse(&script, &config, "x.script", text, error, sizeof error));
    assert_string_equal(error, expected);
    assert_int_equal(script.count, 77);
}

static void an_empty_script_and_comments_are_no_rules(void **state)
{
    char error[256];
    (void)state;
    sim_lane_bench_config(&config);
    assert_true(sim_script_parse(&script, &config, "x", "", error, sizeof error));
    assert_int_equal(script.count, 0);
    assert_true(
        sim_script_parse(&script, &config, "x", "# all is well\n\n   \r\n\t# yes", error, sizeof error));
    assert_int_equal(script.count, 0);
}

static void a_device_fault_has_its_usual_value(void **state)
{
    const struct sim_rule *rule;
    (void)state;
    rule = one_rule("a1 jam # in the middle");
    assert_int_equal(rule->fault, SIM_FAULT_JAM);
    assert_int_equal(rule->device, A1);
    assert_int_equal(rule->line, -1);
    assert_int_equal(rule->value, 200);
    assert_int_equal(rule->vend, 0);
    assert_int_equal(one_rule("a2 late_drop")->value, 2000000);
    assert_int_equal(one_rule("a2 slow")->value, 50);
}

static void a_device_fault_takes_its_own_value(void **state)
{
    (void)state;
    assert_int_equal(one_rule("a1 jam 359")->value, 359);
    assert_int_equal(one_rule("a1 slow 10%")->value, 10);
    assert_int_equal(one_rule("a1 slow 100")->value, 100);
    assert_int_equal(one_rule("b1 late_feedback 1500ms")->value, 1500000);
    assert_int_equal(one_rule("d1 late_open 2m")->value, 120000000);
}

static void vend_and_time_and_length_can_be_given_together(void **state)
{
    const struct sim_rule *rule;
    (void)state;
    rule = one_rule("\n\nat vend 3 after 250ms line home_a1 lost 5s\n");
    assert_int_equal(rule->vend, 3);
    assert_int_equal(rule->after_us, 250000);
    assert_int_equal(rule->for_us, 5000000);
    assert_int_equal(rule->line, HOME_A1);
    assert_int_equal(rule->device, -1);
    assert_int_equal(rule->fault, SIM_FAULT_LOST);
    assert_int_equal(rule->file_line, 3);
}

static void every_line_fault_has_its_words(void **state)
{
    static const struct {
        const char *text;
        enum sim_fault fault;
    } rows[] = {
        {"drop stuck on", SIM_FAULT_STUCK_ON},
        {"drop stuck off", SIM_FAULT_STUCK_OFF},
        {"drop lost", SIM_FAULT_LOST},
        {"motor_a1 lost", SIM_FAULT_LOST},
        {"motor_a1 refuses", SIM_FAULT_REFUSES},
        {"motor_a1 unanswered", SIM_FAULT_UNANSWERED},
        {"motor_a1 deaf", SIM_FAULT_DEAF},
        {"motor_a1 welded", SIM_FAULT_WELDED},
        {"line door stuck on", SIM_FAULT_STUCK_ON},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(one_rule(rows[i].text)->fault, rows[i].fault);
}

static void a_welded_actuator_is_a_fault_of_its_line(void **state)
{
    (void)state;
    assert_int_equal(one_rule("a2 motor welded")->line, MOTOR_A2);
    assert_int_equal(one_rule("b1 output welded")->line, OUT_B1);
    assert_int_equal(one_rule("b1 output welded 2s")->for_us, 2000000);
}

static void door_and_fire_are_said_in_their_own_words(void **state)
{
    (void)state;
    assert_int_equal(one_rule("door open")->line, DOOR);
    assert_int_equal(one_rule("door open")->fault, SIM_FAULT_STUCK_OFF);
    assert_int_equal(one_rule("door shut")->fault, SIM_FAULT_STUCK_ON);
    assert_int_equal(one_rule("fire alarm 1s")->line, FIRE);
    assert_int_equal(one_rule("fire alarm")->fault, SIM_FAULT_STUCK_OFF);
    assert_int_equal(one_rule("fire clear")->fault, SIM_FAULT_STUCK_ON);
}

static void names_read_back_as_they_are_written(void **state)
{
    (void)state;
    assert_string_equal(sim_fault_name(SIM_FAULT_JAM), "jam");
    assert_string_equal(sim_fault_name(SIM_FAULT_LATE_OPEN), "late_open");
    assert_string_equal(sim_fault_name(SIM_FAULT_STUCK_ON), "stuck on");
    assert_string_equal(sim_fault_name(SIM_FAULT_STUCK_OFF), "stuck off");
    assert_string_equal(sim_fault_name(SIM_FAULT_LOST), "lost");
    assert_string_equal(sim_fault_name(SIM_FAULT_WELDED), "welded");
}

static void what_people_do_has_its_usual_value_too(void **state)
{
    (void)state;
    assert_int_equal(one_rule("in arrive")->value, 0);
    assert_string_equal(sim_vehicle((int32_t)one_rule("in arrive truck")->value)->name, "truck");
    assert_int_equal(one_rule("in follow")->value, 600000);
    assert_int_equal(one_rule("at vend 2 after 1s in follow 1500ms")->value, 1500000);
    assert_int_equal(one_rule("in push")->for_us, 3000000);
    assert_int_equal(one_rule("in stop_under 20s")->for_us, 20000000);
    assert_int_equal(one_rule("in wait")->for_us, 0);
    assert_int_equal(one_rule("t1 late_pass")->value, 3000000);
    assert_int_equal(one_rule("t1 power_loss 2s")->for_us, 2000000);
    assert_int_equal(one_rule("t1 jump")->device, GATE);
}

static void faults_habits_and_acts_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(sim_fault_manner(SIM_FAULT_STAYS_UP), SIM_MANNER_FAULT);
    assert_int_equal(sim_fault_manner(SIM_FAULT_LOST), SIM_MANNER_FAULT);
    assert_int_equal(sim_fault_manner(SIM_HABIT_PUSH), SIM_MANNER_HABIT);
    assert_int_equal(sim_fault_manner(SIM_ACT_ARRIVE), SIM_MANNER_ACT);
}

static void wrong_lines_are_refused_with_their_place(void **state)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"a1 jam\n\nz9 jam", "x.script:3: 'z9': expected the name of a device or of a line"},
        {"at", "x.script:1: '': expected 'vend' and its number after 'at'"},
        {"at vend 0 a1 jam", "x.script:1: '0': expected the number of the vend, from 1"},
        {"at vend x a1 jam", "x.script:1: 'x': expected the number of the vend, from 1"},
        {"at vend 99999999999999999999 a1 jam",
         "x.script:1: '99999999999999999999': expected the number of the vend, from 1"},
        {"at vend 1x a1 jam", "x.script:1: '1x': expected the number of the vend, from 1"},
        {"after 10 door open", "x.script:1: '10': expected a time with its unit, as 500ms, 10s or 2m"},
        {"after 2d door open", "x.script:1: '2d': expected a time with its unit, as 500ms, 10s or 2m"},
        {"after 80000m door open",
         "x.script:1: '80000m': expected a time with its unit, as 500ms, 10s or 2m"},
        {"a1 explode",
         "x.script:1: 'explode': expected what a device can do, as 'jam', 'motor welded' or 'arrive'"},
        {"a1", "x.script:1: '': expected what a device can do, as 'jam', 'motor welded' or 'arrive'"},
        {"b1 jam", "x.script:1: 'jam': expected what this kind of device can do"},
        {"a1 output welded", "x.script:1: 'output': expected an output that this device has"},
        {"a1 jam 360", "x.script:1: '360': expected an angle from 0 to 359"},
        {"a1 jam 1e9", "x.script:1: '1e9': expected an angle from 0 to 359"},
        {"a1 slow 0", "x.script:1: '0': expected percent of the usual speed, from 1 to 100"},
        {"a1 slow 5x", "x.script:1: '5x': expected percent of the usual speed, from 1 to 100"},
        {"a1 late_drop 5", "x.script:1: '5': expected a time with its unit"},
        {"a1 no_drop 5s", "x.script:1: '5s': expected the end of the line"},
        {"in arrive bus", "x.script:1: 'bus': expected 'car', 'van', 'truck' or 'motorcycle'"},
        {"in jump", "x.script:1: 'jump': expected what this kind of device can do"},
        {"t1 arrive", "x.script:1: 'arrive': expected what this kind of device can do"},
        {"in stop_under 20", "x.script:1: '20': expected a time with its unit"},
        {"in reverse 2s", "x.script:1: '2s': expected the end of the line"},
        {"drop refuses", "x.script:1: 'refuses': expected what an input can do"},
        {"motor_a1 stuck on", "x.script:1: 'stuck': expected what an output can do"},
        {"drop stuck sideways", "x.script:1: 'stuck': expected 'stuck on', 'stuck off', 'lost', 'refuses', "
                                "'unanswered', 'deaf' or 'welded'"},
        {"drop lost 5s 6s", "x.script:1: '6s': expected the end of the line"},
        {"line a1 jam", "x.script:1: 'a1': expected the name of a device or of a line"},
        {"a b c d e f g h i j k l m", "x.script:1: 'm': expected fewer words"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_refused(rows[i].text, rows[i].error);
}

static void a_machine_without_a_door_can_not_open_it(void **state)
{
    char error[256] = "";
    (void)state;
    sim_lane_bench_config(&config);
    config.machine.door = -1;
    assert_false(sim_script_parse(&script, &config, "x", "door open", error, sizeof error));
    assert_string_equal(error, "x:1: 'door': expected an input that the machine has");
}

static void too_long_a_line_and_too_many_rules_are_refused(void **state)
{
    static char text[SIM_MAX_RULES * 16 + 512];
    char error[256] = "";
    (void)state;
    memset(text, 'a', 300);
    text[300] = '\0';
    expect_refused(text, "x.script:1: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa': expected a shorter line");
    text[0] = '\0';
    for (int i = 0; i < SIM_MAX_RULES; i++)
        strcat(text, "a1 jam\n");
    sim_lane_bench_config(&config);
    assert_true(sim_script_parse(&script, &config, "x", text, error, sizeof error));
    assert_int_equal(script.count, SIM_MAX_RULES);
    strcat(text, "a1 jam\n");
    assert_false(sim_script_parse(&script, &config, "x", text, error, sizeof error));
    assert_string_equal(error, "x:129: 'a1': expected fewer rules");
}

static void write_file(const char *file, const char *bytes, size_t size)
{
    FILE *stream = fopen(file, "w");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    fclose(stream);
}

static void a_script_is_read_from_its_file(void **state)
{
    char file[] = "/tmp/sim-script-XXXXXX", error[256] = "";
    static char large[SIM_SCRIPT_SIZE + 1];
    int fd = mkstemp(file);
    (void)state;
    assert_true(fd >= 0);
    close(fd);
    sim_lane_bench_config(&config);
    write_file(file, "a1 jam\n", 7);
    assert_true(sim_script_read(&script, &config, file, error, sizeof error));
    assert_int_equal(script.count, 1);
    write_file(file, "a1\0jam", 6);
    assert_false(sim_script_read(&script, &config, file, error, sizeof error));
    memset(large, '\n', sizeof large);
    write_file(file, large, sizeof large);
    assert_false(sim_script_read(&script, &config, file, error, sizeof error));
    unlink(file);
    assert_false(sim_script_read(&script, &config, file, error, sizeof error));
    assert_non_null(strstr(error, "No such file"));
}

static void every_shipped_script_is_right(void **state)
{
    char error[256] = "";
    glob_t found;
    (void)state;
    sim_lane_bench_config(&config);
    assert_int_equal(glob("config/sim/*.script", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        if (!sim_script_read(&script, &config, found.gl_pathv[i], error, sizeof error))
            fail_msg("%s", error);
        assert_true(script.count > 0);
    }
    globfree(&found);
}

static char manual[65536];

static void read_manual(void)
{
    FILE *stream = fopen("docs/simulator.md", "r");
    size_t length;

    assert_non_null(stream);
    length = fread(manual, 1, sizeof manual - 1, stream);
    assert_true(length < sizeof manual - 1);
    manual[length] = '\0';
    fclose(stream);
}

static void every_word_stands_in_the_manual(void **state)
{
    const struct sim_device_word *word;
    const struct sim_vehicle *vehicle;
    char text[64];
    (void)state;
    read_manual();
    for (int32_t i = 0; (word = sim_device_word(i)) != NULL; i++) {
        snprintf(text, sizeof text, "1 %s", word->name); /* a1 jam, t1 jump */
        if (strstr(manual, text) == NULL)
            snprintf(text, sizeof text, "`in %s", word->name);
        if (strstr(manual, text) == NULL)
            fail_msg("docs/simulator.md does not have '%s'", word->name);
    }
    for (int32_t i = 0; (vehicle = sim_vehicle(i)) != NULL; i++) {
        snprintf(text, sizeof text, "| `%s` |", vehicle->name);
        if (strstr(manual, text) == NULL)
            fail_msg("docs/simulator.md does not have '%s'", vehicle->name);
    }
}

static void every_shipped_script_stands_in_the_manual(void **state)
{
    glob_t found;
    (void)state;
    read_manual();
    assert_int_equal(glob("config/sim/*.script", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *name = found.gl_pathv[i] + strlen("config/sim/");
        char text[64];
        snprintf(text, sizeof text, "`%.*s`", (int)strcspn(name, "."), name);
        if (strstr(manual, text) == NULL)
            fail_msg("docs/simulator.md does not have %s", text);
    }
    globfree(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_script_and_comments_are_no_rules),
        cmocka_unit_test(a_device_fault_has_its_usual_value),
        cmocka_unit_test(a_device_fault_takes_its_own_value),
        cmocka_unit_test(vend_and_time_and_length_can_be_given_together),
        cmocka_unit_test(every_line_fault_has_its_words),
        cmocka_unit_test(a_welded_actuator_is_a_fault_of_its_line),
        cmocka_unit_test(door_and_fire_are_said_in_their_own_words),
        cmocka_unit_test(names_read_back_as_they_are_written),
        cmocka_unit_test(what_people_do_has_its_usual_value_too),
        cmocka_unit_test(faults_habits_and_acts_are_told_apart),
        cmocka_unit_test(wrong_lines_are_refused_with_their_place),
        cmocka_unit_test(a_machine_without_a_door_can_not_open_it),
        cmocka_unit_test(too_long_a_line_and_too_many_rules_are_refused),
        cmocka_unit_test(a_script_is_read_from_its_file),
        cmocka_unit_test(every_shipped_script_is_right),
        cmocka_unit_test(every_word_stands_in_the_manual),
        cmocka_unit_test(every_shipped_script_stands_in_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
