/* What device.c does for every kind: the trace of its inputs, which lines devices have in common, rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "controller/device/device.h"

static struct config_device config;
static struct device device;
static struct device_out out;

static int setup(void **state)
{
    (void)state;
    memset(&config, 0, sizeof config);
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
        config.line[role] = -1;
    config.kind = CONFIG_KIND_LOCK;
    config.line[CONFIG_ROLE_OUTPUT] = 1;
    config.line[CONFIG_ROLE_DOOR] = 2;
    config.param[CONFIG_PARAM_PULSE_MS] = 500;
    config.param[CONFIG_PARAM_OPEN_WAIT_S] = 30;
    device_init(&device, &config);
    return 0;
}

static void hear(int64_t now_ms, enum config_role role, enum device_level level)
{
    struct device_event event = {.kind = DEVICE_EVENT_INPUT, .now_ms = now_ms, .role = role, .level = level};
    device_event(&device, &event, &out);
}

static void each_change_is_kept_with_its_time(void **state)
{
    (void)state;
    hear(100, CONFIG_ROLE_DOOR, DEVICE_LEVEL_ON);
    hear(200, CONFIG_ROLE_DOOR, DEVICE_LEVEL_ON); /* no change */
    hear(300, CONFIG_ROLE_DOOR, DEVICE_LEVEL_UNKNOWN);
    assert_int_equal(device.trace_count, 2);
    assert_int_equal(device.trace[0].role, CONFIG_ROLE_DOOR);
    assert_int_equal(device.trace[0].level, DEVICE_LEVEL_ON);
    assert_int_equal(device.trace[0].at_ms, 100);
    assert_int_equal(device.trace[1].level, DEVICE_LEVEL_UNKNOWN);
    assert_int_equal(device.trace[1].at_ms, 300);
}

static void only_the_newest_changes_are_kept(void **state)
{
    (void)state;
    for (int i = 0; i < DEVICE_TRACE + 3; i++)
        hear(i + 1, CONFIG_ROLE_DOOR, i % 2 ? DEVICE_LEVEL_OFF : DEVICE_LEVEL_ON);
    assert_int_equal(device.trace_count, DEVICE_TRACE);
    assert_int_equal(device.trace[device.trace_next].at_ms, 4); /* the oldest is where the next one goes */
}

static void a_start_does_not_forget_the_trace(void **state)
{
    (void)state;
    hear(100, CONFIG_ROLE_DOOR, DEVICE_LEVEL_ON);
    device_start(&device, 200, &out);
    assert_int_equal(device.trace_count, 1);
}

static void a_lock_rests_when_its_pulse_is_over(void **state)
{
    (void)state;
    hear(100, CONFIG_ROLE_DOOR, DEVICE_LEVEL_ON);
    device_start(&device, 200, &out);
    assert_false(out.at_rest);
    struct device_event done = {.kind = DEVICE_EVENT_ORDER,
                                .now_ms = 700,
                                .role = CONFIG_ROLE_OUTPUT,
                                .order_kind = DEVICE_ORDER_PULSE,
                                .result = DEVICE_ORDER_DONE,
                                .on_at_ms = 200};
    device_event(&device, &done, &out);
    assert_false(out.finished);
    assert_true(out.at_rest);
}

static void a_lock_whose_output_may_be_on_does_not_rest(void **state)
{
    (void)state;
    hear(100, CONFIG_ROLE_DOOR, DEVICE_LEVEL_ON);
    device_start(&device, 200, &out);
    struct device_event order = {.kind = DEVICE_EVENT_ORDER,
                                 .now_ms = 700,
                                 .role = CONFIG_ROLE_OUTPUT,
                                 .order_kind = DEVICE_ORDER_PULSE,
                                 .result = DEVICE_ORDER_UNKNOWN};
    device_event(&device, &order, &out);
    assert_false(out.at_rest);
    order.order_kind = DEVICE_ORDER_OFF;
    order.result = DEVICE_ORDER_DONE;
    device_event(&device, &order, &out);
    assert_true(out.at_rest);
}

static void inputs_of_the_place_are_no_common_sensor(void **state)
{
    (void)state;
    static const enum config_role common[] = {CONFIG_ROLE_FIRE, CONFIG_ROLE_FAULT, CONFIG_ROLE_READY};
    struct config_device other = config;
    other.line[CONFIG_ROLE_OUTPUT] = other.line[CONFIG_ROLE_DOOR] = -1;
    for (int i = 0; i < 3; i++) {
        config.line[common[i]] = other.line[common[i]] = 9;
        assert_false(device_shares_line(&config, &other));
        config.line[common[i]] = other.line[common[i]] = -1;
    }
    other.line[CONFIG_ROLE_PASSAGE] = 2;
    assert_true(device_shares_line(&config, &other));
    other.line[CONFIG_ROLE_PASSAGE] = -1;
    other.line[CONFIG_ROLE_FAULT] = 2; /* the door of one as the fault of the other is evidence for one */
    assert_true(device_shares_line(&config, &other));
}

static void only_a_validator_without_a_light_needs_a_screen(void **state)
{
    (void)state;
    assert_false(device_needs_screen(&config));
    config.kind = CONFIG_KIND_VALIDATOR;
    assert_true(device_needs_screen(&config));
    config.line[CONFIG_ROLE_LIGHT] = 3;
    assert_false(device_needs_screen(&config));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(each_change_is_kept_with_its_time),
        TEST(only_the_newest_changes_are_kept),
        TEST(a_start_does_not_forget_the_trace),
        TEST(a_lock_rests_when_its_pulse_is_over),
        TEST(a_lock_whose_output_may_be_on_does_not_rest),
        TEST(inputs_of_the_place_are_no_common_sensor),
        TEST(only_a_validator_without_a_light_needs_a_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
