/* The simulated machine behind the hal: threads, real time (ten times faster), events, trace, scripts. */
#include "tests/unit/sim_bench.h"

#include <stdlib.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/queue.h"
#include "hal/hal.h"

enum { WAIT_MS = 5000 };

static struct config config;
static struct queue *events;
static struct hal *hal;
static char folder[64], trace_file[96], script_file[96], error[256];
static char trace_text[65536];

static int set_up(void **state)
{
    (void)state;
    sim_bench_config(&config);
    config.sim.speed_percent = 1000;
    for (int i = 0; i < SIM_BENCH_LINES; i++)
        config.lines[i].limit_ms = config.lines[i].output ? 4000 : 0;
    snprintf(folder, sizeof folder, "/tmp/sim-driver-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(trace_file, sizeof trace_file, "%s/trace", folder);
    snprintf(script_file, sizeof script_file, "%s/x.script", folder);
    snprintf(config.sim.trace, sizeof config.sim.trace, "%s", trace_file);
    unsetenv("KIOSK_SIM_SCRIPT");
    unsetenv("KIOSK_SIM_TRACE");
    return queue_open(&events, sizeof(struct hal_event), 256);
}

static int tear_down(void **state)
{
    (void)state;
    queue_close(events);
    unlink(trace_file);
    unlink(script_file);
    return rmdir(folder);
}

static void script_is(const char *text)
{
    FILE *stream = fopen(script_file, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    fclose(stream);
    snprintf(config.sim.script, sizeof config.sim.script, "%s", script_file);
}

static void open_hal(void)
{
    if (hal_open(&hal, &config, true, events, error, sizeof error) < 0)
        fail_msg("%s", error);
}

static const char *trace(void)
{
    FILE *stream = fopen(trace_file, "r");
    size_t length;
    assert_non_null(stream);
    length = fread(trace_text, 1, sizeof trace_text - 1, stream);
    trace_text[length] = '\0';
    fclose(stream);
    return trace_text;
}

/* The next event of this kind on this line; others before it are dropped. */
static struct hal_event await_event(enum hal_event_kind kind, int32_t line)
{
    int64_t until_us = clock_mono_us() + WAIT_MS * 1000;
    struct hal_event event;

    while (clock_mono_us() < until_us) {
        if (queue_pop_wait(events, &event, 100) && event.kind == kind && event.line == line)
            return event;
    }
    fail_msg("no event %d of line %d", kind, line);
    return event;
}

static void await_input(int32_t line, bool on)
{
    while (await_event(HAL_EVENT_INPUT, line).on != on)
        continue;
}

static enum hal_result order(int32_t line, enum hal_order_kind kind, int32_t ms)
{
    assert_true(hal_order(hal, &(struct hal_order){.line = line, .kind = kind, .ms = ms}));
    return await_event(HAL_EVENT_ORDER, line).result;
}

static void a_turn_is_seen_by_the_hal_and_by_the_witness(void **state)
{
    (void)state;
    open_hal();
    await_event(HAL_EVENT_SAFE, MOTOR_A1);
    assert_int_equal(order(MOTOR_A1, HAL_ON, 4000), HAL_DONE);
    await_input(HOME_A1, false);
    await_input(DROP, true);
    await_input(HOME_A1, true);
    assert_int_equal(order(MOTOR_A1, HAL_OFF, 0), HAL_DONE);
    assert_int_equal(hal_close(hal), 0);
    assert_non_null(strstr(trace(), "Z sim start\n"));
    assert_non_null(strstr(trace_text, "Z motor_a1 on\n"));
    assert_non_null(strstr(trace_text, "Z home_a1 left home\n"));
    assert_non_null(strstr(trace_text, "Z a1 product released\n"));
    assert_non_null(strstr(trace_text, "Z drop broken\n"));
    assert_non_null(strstr(trace_text, "Z a1 product fell\n"));
    assert_non_null(strstr(trace_text, "Z home_a1 home\n"));
    assert_non_null(strstr(trace_text, "Z motor_a1 off\n"));
    assert_non_null(strstr(trace_text, "Z sim end\n"));
}

static void every_line_of_the_trace_has_two_times_a_name_and_words(void **state)
{
    long long ms, last_ms = -1;
    char wall[64], name[80], what[80];
    (void)state;
    open_hal();
    await_event(HAL_EVENT_SAFE, OUT_B1);
    assert_int_equal(order(OUT_B1, HAL_PULSE, 200), HAL_DONE);
    assert_int_equal(hal_close(hal), 0);
    for (const char *line = trace(); *line != '\0'; line = strchr(line, '\n') + 1) {
        assert_int_equal(sscanf(line, "%lld %63s %79s %79[^\n]", &ms, wall, name, what), 4);
        assert_int_equal(strlen(wall), strlen("2026-01-02T03:04:05.678Z"));
        assert_true(ms >= last_ms);
        last_ms = ms;
    }
    assert_true(last_ms >= 200);
}

static void the_machine_stops_with_the_output_at_its_limit(void **state)
{
    struct hal_event fault;
    (void)state;
    open_hal();
    await_event(HAL_EVENT_SAFE, MOTOR_A1);
    assert_int_equal(order(MOTOR_A1, HAL_ON, 100), HAL_DONE);
    fault = await_event(HAL_EVENT_FAULT, MOTOR_A1);
    assert_false(fault.still_on);
    assert_int_equal(hal_close(hal), 0);
    assert_non_null(strstr(trace(), "motor_a1 off"));
}

static void a_welded_output_is_latched_as_still_on(void **state)
{
    (void)state;
    script_is("a1 motor welded\n");
    open_hal();
    await_event(HAL_EVENT_SAFE, MOTOR_A1);
    assert_int_equal(order(MOTOR_A1, HAL_ON, 4000), HAL_DONE);
    assert_true(hal_order(hal, &(struct hal_order){.line = MOTOR_A1, .kind = HAL_OFF}));
    assert_true(await_event(HAL_EVENT_FAULT, MOTOR_A1).still_on);
    assert_int_equal(hal_close(hal), 1);
}

static void a_lost_input_is_lost_and_comes_back_with_its_level(void **state)
{
    (void)state;
    script_is("after 100ms line home_a1 lost 200ms\n");
    open_hal();
    await_event(HAL_EVENT_INPUT, HOME_A1);
    await_event(HAL_EVENT_LOST, HOME_A1);
    await_input(HOME_A1, true);
    assert_int_equal(hal_close(hal), 0);
}

static void a_lost_output_refuses_and_comes_back(void **state)
{
    (void)state;
    script_is("after 50ms line motor_a1 lost 200ms\n");
    open_hal();
    await_event(HAL_EVENT_LOST, MOTOR_A1);
    assert_int_equal(order(MOTOR_A1, HAL_ON, 1000), HAL_REFUSED);
    await_event(HAL_EVENT_BACK, MOTOR_A1);
    assert_int_equal(order(MOTOR_A1, HAL_ON, 1000), HAL_DONE);
    assert_int_equal(order(MOTOR_A1, HAL_OFF, 0), HAL_DONE);
    assert_int_equal(hal_close(hal), 0);
}

static void a_board_that_times_its_pulse_ends_it_on_its_own(void **state)
{
    struct hal_event event;
    (void)state;
    config.lines[OUT_B1].flash = true;
    open_hal();
    await_event(HAL_EVENT_SAFE, OUT_B1);
    assert_true(hal_order(hal, &(struct hal_order){.line = OUT_B1, .kind = HAL_PULSE, .ms = 150}));
    event = await_event(HAL_EVENT_ORDER, OUT_B1);
    assert_int_equal(event.result, HAL_DONE);
    assert_in_range(event.at_us - event.on_at_us, 200000, 400000);
    assert_int_equal(hal_close(hal), 0);
}

static void a_wrong_script_is_refused_with_its_place(void **state)
{
    char expected[160];
    (void)state;
    script_is("a1 jam\nz9 jam\n");
    assert_true(hal_open(&hal, &config, true, events, error, sizeof error) < 0);
    snprintf(expected, sizeof expected, "%s:2: 'z9': expected the name of a device or of a line",
             script_file);
    assert_string_equal(error, expected);
    snprintf(config.sim.script, sizeof config.sim.script, "%s/none", folder);
    assert_true(hal_open(&hal, &config, true, events, error, sizeof error) < 0);
    assert_non_null(strstr(error, "No such file"));
}

static void a_trace_that_can_not_be_written_is_an_error(void **state)
{
    (void)state;
    snprintf(config.sim.trace, sizeof config.sim.trace, "%s/none/trace", folder);
    assert_true(hal_open(&hal, &config, true, events, error, sizeof error) < 0);
    assert_non_null(strstr(error, "none/trace: No such file"));
}

static void the_environment_overrides_script_and_trace(void **state)
{
    (void)state;
    script_is("z9 jam\n");
    snprintf(config.sim.trace, sizeof config.sim.trace, "%s/none/trace", folder);
    setenv("KIOSK_SIM_SCRIPT", "", 1);
    setenv("KIOSK_SIM_TRACE", trace_file, 1);
    open_hal();
    assert_int_equal(hal_close(hal), 0);
    assert_non_null(strstr(trace(), "sim start"));
    config.sim.script[0] = '\0';
    setenv("KIOSK_SIM_SCRIPT", script_file, 1);
    assert_true(hal_open(&hal, &config, true, events, error, sizeof error) < 0);
}

static void making_safe_is_told_to_the_same_witness(void **state)
{
    (void)state;
    assert_int_equal(hal_make_safe(&config, true, false, NULL, NULL), 0);
    assert_non_null(strstr(trace(), "sim make safe\n"));
    assert_non_null(strstr(trace_text, "motor_a1 made safe\n"));
    assert_non_null(strstr(trace_text, "out_d1 made safe\n"));
    assert_null(strstr(trace_text, "home_a1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_turn_is_seen_by_the_hal_and_by_the_witness, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_line_of_the_trace_has_two_times_a_name_and_words, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_machine_stops_with_the_output_at_its_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_welded_output_is_latched_as_still_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_input_is_lost_and_comes_back_with_its_level, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_lost_output_refuses_and_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_board_that_times_its_pulse_ends_it_on_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_script_is_refused_with_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_trace_that_can_not_be_written_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_environment_overrides_script_and_trace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(making_safe_is_told_to_the_same_witness, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
