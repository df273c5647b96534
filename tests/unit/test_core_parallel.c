#include "tests/unit/core_script.h"

static const struct core_txn *stored(int n)
{
    return &action(CORE_ACTION_STORE, n)->u.txn;
}

static void parallel_bounds_the_devices_that_move(void **state)
{
    (void)state;
    config.machine.parallel = 2;
    pay("1", COLA);
    pay("2", CHIPS);
    assert_int_equal(stored(0)->parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
    pay("3", WATER);
    assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT);
}

static void slots_over_one_beam_never_move_together(void **state)
{
    (void)state;
    script_begin();
    config.machine.parallel = 2;
    config.devices[CHIPS].line[CONFIG_ROLE_FEEDBACK] = DROP;
    core_init(&core, &config);
    script_start();
    script_lines();
    tick(CORE_SETTLE_MS + 1);
    pay("1", WATER);
    commit();
    pay("2", CHIPS);
    assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT);
    pay("3", COLA); /* another sensor's device may */
    assert_int_equal(stored(0)->parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
}

static void parallel_is_bounded_by_the_core_itself(void **state)
{
    (void)state;
    config.machine.parallel = 1000;
    assert_true(core_parallel_free(&core, CHIPS));
    config.machine.parallel = 0;
    assert_true(core_parallel_free(&core, CHIPS));
    pay("1", COLA);
    assert_false(core_parallel_free(&core, CHIPS));
}

static void lane_kind(int device)
{
    config.devices[device].kind = CONFIG_KIND_TURNSTILE;
}

static void lanes_and_machines_do_not_wait_for_one_another(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    lane_kind(CHIPS);
    lane_kind(WATER);
    assert_true(core_parallel_free(&core, CHIPS));
    core.devices[CHIPS].use = CORE_DEVICE_MOVING;
    assert_true(core_parallel_free(&core, WATER));
    core.devices[COLA].use = CORE_DEVICE_IDLE;
    assert_true(core_parallel_free(&core, COLA));
}

static void lanes_are_bounded_by_the_core_too(void **state)
{
    (void)state;
    config.device_count = CORE_MAX_PARALLEL + 2;
    for (int i = 0; i < config.device_count; i++) {
        config.devices[i] = config.devices[COLA];
        config.devices[i].line[CONFIG_ROLE_OUTPUT] = -1;
        core.devices[i].device.config = &config.devices[i];
        lane_kind(i);
        core.devices[i].use = i < CORE_MAX_PARALLEL ? CORE_DEVICE_MOVING : CORE_DEVICE_IDLE;
    }
    assert_false(core_parallel_free(&core, CORE_MAX_PARALLEL));
    core.devices[0].use = CORE_DEVICE_IDLE;
    assert_true(core_parallel_free(&core, CORE_MAX_PARALLEL));
}

/* cola becomes a locker whose door is FEEDBACK. */
static void an_open_locker_keeps_nobody_waiting(void **state)
{
    (void)state;
    config.devices[CHIPS].line[CONFIG_ROLE_FEEDBACK] = -1;
    config.devices[COLA].kind = CONFIG_KIND_LOCK;
    config.devices[COLA].line[CONFIG_ROLE_DOOR] = FEEDBACK;
    config.devices[COLA].param[CONFIG_PARAM_OPEN_WAIT_S] = 30;
    line(FEEDBACK, true);
    pay("1", COLA);
    commit();
    assert_false(core_parallel_free(&core, CHIPS)); /* its pulse is on */
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    assert_int_equal(core.devices[COLA].use, CORE_DEVICE_MOVING);
    assert_true(core_parallel_free(&core, CHIPS));
    pay("2", CHIPS);
    assert_int_equal(stored(0)->parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
    assert_false(core_parallel_free(&core, WATER)); /* one moves now */
}

/* A pulse that may still be on is no rest. */
static void a_locker_with_an_uncertain_output_is_waited_for(void **state)
{
    (void)state;
    config.devices[CHIPS].line[CONFIG_ROLE_FEEDBACK] = -1;
    config.devices[COLA].kind = CONFIG_KIND_LOCK;
    config.devices[COLA].line[CONFIG_ROLE_DOOR] = FEEDBACK;
    config.devices[COLA].param[CONFIG_PARAM_OPEN_WAIT_S] = 30;
    line(FEEDBACK, true);
    pay("1", COLA);
    commit();
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN);
    assert_false(core_parallel_free(&core, CHIPS));
    ordered(OUT_A, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE);
    assert_true(core_parallel_free(&core, CHIPS));
}

static void rest_needs_answered_orders_and_a_certain_off(void **state)
{
    (void)state;
    struct core_device *locker = &core.devices[COLA];
    locker->use = CORE_DEVICE_MOVING;
    locker->at_rest = true;
    assert_true(core_parallel_free(&core, CHIPS));
    locker->orders_open = 1;
    assert_false(core_parallel_free(&core, CHIPS));
    locker->orders_open = 0;
    locker->maybe_on_until_ms = now_ms + 1;
    assert_false(core_parallel_free(&core, CHIPS));
    tick(1);
    assert_true(core_parallel_free(&core, CHIPS));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, script_ready)
    const struct CMUnitTest tests[] = {
        TEST(parallel_bounds_the_devices_that_move),
        TEST(slots_over_one_beam_never_move_together),
        TEST(parallel_is_bounded_by_the_core_itself),
        TEST(lanes_and_machines_do_not_wait_for_one_another),
        TEST(lanes_are_bounded_by_the_core_too),
        TEST(an_open_locker_keeps_nobody_waiting),
        TEST(a_locker_with_an_uncertain_output_is_waited_for),
        TEST(rest_needs_answered_orders_and_a_certain_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
