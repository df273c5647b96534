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
    config.machine.parallel = 2;
    config.devices[CHIPS].line[CONFIG_ROLE_FEEDBACK] = DROP;
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

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, script_ready)
    const struct CMUnitTest tests[] = {
        TEST(parallel_bounds_the_devices_that_move),
        TEST(slots_over_one_beam_never_move_together),
        TEST(parallel_is_bounded_by_the_core_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
