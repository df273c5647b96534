/* What is the same for all kinds, and the limits of outputs. */
#include "tests/unit/device_bench.h"

static void every_kind_of_the_contract_is_in_the_table(void **state)
{
    (void)state;
    for (int kind = 0; kind < CONFIG_KIND_COUNT; kind++) {
        const struct device_kind *found = device_kind((enum config_kind)kind);
        assert_non_null(found->check);
        assert_non_null(found->start);
        assert_non_null(found->event);
    }
}

static void devices_with_a_sensor_in_common_are_found(void **state)
{
    struct bench a, b;
    (void)state;
    bench_init(&a, CONFIG_KIND_SPIRAL);
    bench_init(&b, CONFIG_KIND_RELAY);
    assert_false(device_shares_line(&a.config, &b.config));
    a.config.line[CONFIG_ROLE_MOTOR] = 0;
    a.config.line[CONFIG_ROLE_DROP] = 1;
    b.config.line[CONFIG_ROLE_OUTPUT] = 2;
    assert_false(device_shares_line(&a.config, &b.config));
    b.config.line[CONFIG_ROLE_FEEDBACK] = 1;
    assert_true(device_shares_line(&a.config, &b.config));
    assert_true(device_shares_line(&b.config, &a.config));
}

/* Fire, fault and ready of a whole place are nobody's evidence; a fire input that is the other's door is. */
static void a_line_is_common_only_if_it_is_common_for_both(void **state)
{
    static const enum config_role common[] = {CONFIG_ROLE_FIRE, CONFIG_ROLE_FAULT, CONFIG_ROLE_READY};
    struct bench a, b;
    (void)state;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            bench_init(&a, CONFIG_KIND_TURNSTILE);
            bench_init(&b, CONFIG_KIND_BARRIER);
            a.config.line[common[i]] = 7;
            b.config.line[common[j]] = 7;
            assert_false(device_shares_line(&a.config, &b.config));
            b.config.line[CONFIG_ROLE_PRESENCE] = 7;
            assert_true(device_shares_line(&a.config, &b.config));
            assert_true(device_shares_line(&b.config, &a.config));
        }
}

static void a_new_device_knows_no_level(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, CONFIG_KIND_RELAY);
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
        assert_int_equal(bench.device.inputs.level[role], DEVICE_LEVEL_UNKNOWN);
    assert_false(bench.device.moving);
}

static void inputs_are_followed_while_nothing_moves(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, CONFIG_KIND_LOCK);
    bench_input(&bench, -10, CONFIG_ROLE_DOOR, DEVICE_LEVEL_ON);
    assert_int_equal(bench.device.inputs.level[CONFIG_ROLE_DOOR], DEVICE_LEVEL_ON);
    bench_expect_nothing(&bench);
    bench_input(&bench, -5, CONFIG_ROLE_DOOR, DEVICE_LEVEL_UNKNOWN);
    assert_int_equal(bench.device.inputs.level[CONFIG_ROLE_DOOR], DEVICE_LEVEL_UNKNOWN);
}

static void a_resting_device_never_orders(void **state)
{
    (void)state;
    for (int kind = 0; kind < CONFIG_KIND_COUNT; kind++) {
        struct bench bench;
        bench_init(&bench, (enum config_kind)kind);
        for (int event = DEVICE_EVENT_INPUT; event <= DEVICE_EVENT_ABORT; event++) {
            for (int role = 0; role < CONFIG_ROLE_COUNT; role++) {
                bench_send(&bench,
                           (struct device_event){.kind = (enum device_event_kind)event,
                                                 .role = (enum config_role)role,
                                                 .level = DEVICE_LEVEL_ON},
                           role);
                bench_expect_nothing(&bench);
            }
        }
    }
}

static struct config_device device_with_times(enum config_kind kind)
{
    struct config_device device = {.kind = kind};
    device.param[CONFIG_PARAM_MAX_MS] = 4000;
    device.param[CONFIG_PARAM_PULSE_MS] = 700;
    device.param[CONFIG_PARAM_ON_MS] = 50;
    device.param[CONFIG_PARAM_RELOCK_S] = 8;
    device.param[CONFIG_PARAM_SHOW_MS] = 3000;
    device.param[CONFIG_PARAM_BUZZ_MS] = 150;
    return device;
}

static void limits_are_the_longest_legal_order(void **state)
{
    static const struct {
        enum config_kind kind;
        enum config_role role;
        int32_t limit_ms;
    } rows[] = {
        {CONFIG_KIND_SPIRAL, CONFIG_ROLE_MOTOR, 4000}, {CONFIG_KIND_RELAY, CONFIG_ROLE_OUTPUT, 700},
        {CONFIG_KIND_LOCK, CONFIG_ROLE_OUTPUT, 700},   {CONFIG_KIND_PULSES, CONFIG_ROLE_OUTPUT, 50},
        {CONFIG_KIND_BARRIER, CONFIG_ROLE_OPEN, 700},  {CONFIG_KIND_BARRIER, CONFIG_ROLE_HOLD, 0},
        {CONFIG_KIND_BARRIER, CONFIG_ROLE_SIGN, 0},    {CONFIG_KIND_TURNSTILE, CONFIG_ROLE_UNLOCK, 700},
        {CONFIG_KIND_VALIDATOR, CONFIG_ROLE_LIGHT, 0}, {CONFIG_KIND_VALIDATOR, CONFIG_ROLE_BUZZER, 150},
        {CONFIG_KIND_SPIRAL, CONFIG_ROLE_HOME, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct config_device device = device_with_times(rows[i].kind);
        assert_int_equal(config_limit_ms(&device, rows[i].role), rows[i].limit_ms);
    }
}

static void a_turnstile_held_open_by_level_is_limited_by_its_relock_time(void **state)
{
    struct config_device device = device_with_times(CONFIG_KIND_TURNSTILE);
    (void)state;
    device.param[CONFIG_PARAM_MODE] = 1;
    assert_int_equal(config_limit_ms(&device, CONFIG_ROLE_UNLOCK), 8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_the_contract_is_in_the_table),
        cmocka_unit_test(devices_with_a_sensor_in_common_are_found),
        cmocka_unit_test(a_line_is_common_only_if_it_is_common_for_both),
        cmocka_unit_test(a_new_device_knows_no_level),
        cmocka_unit_test(inputs_are_followed_while_nothing_moves),
        cmocka_unit_test(a_resting_device_never_orders),
        cmocka_unit_test(limits_are_the_longest_legal_order),
        cmocka_unit_test(a_turnstile_held_open_by_level_is_limited_by_its_relock_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
