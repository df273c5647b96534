/* A validator beside other devices, its test and the screen, and times within one millisecond. */
#include "tests/unit/core_many_bench.h"

static void test_ride(void)
{
    command(CORE_COMMAND_DEVICE_TEST, RIDE);
    step();
}

static bool ride_moves(void)
{
    struct core_device_view view;
    core_view_device(&core, RIDE, &view);
    return view.moving;
}

static void it_moves_while_its_own_payment_or_test_is_unsettled(void **state)
{
    (void)state;
    assert_false(ride_moves());
    pay("c", COLA);
    commit();
    assert_false(ride_moves());
    ride(0);
    assert_true(ride_moves());
    light_settles(1);
    assert_false(ride_moves());
    test_ride();
    assert_true(ride_moves());
    light_settles(1);
    assert_false(ride_moves());
}

/* The screen answers for what it has drawn; what stands before the test must be among it. */
static void a_test_after_a_payment_that_is_not_drawn_is_not_shown(void **state)
{
    (void)state;
    ride(0);
    test_ride();
    uint64_t order = order_of("r0");
    shown(order + 1, order + 9);
    assert_int_equal(puppet_events[DEVICE_EVENT_SHOWN], 0);
    shown(order, order);
    assert_int_equal(puppet_events[DEVICE_EVENT_SHOWN], 1);
    assert_int_equal(puppet_last.shown, 2);
}

/* The core counts in milliseconds, the message has its time in microseconds. */
static void a_latency_is_never_less_than_nothing(void **state)
{
    (void)state;
    static const struct {
        int64_t before_us;
        int told;
    } cases[] = {{5000, 1}, {0, 1}, {-1, 0}};
    for (int i = 0; i < 3; i++) {
        char id[4] = {(char)('a' + i)};
        payment(id, RIDE)->u.in.received_us = now_ms * 1000 - cases[i].before_us;
        step();
        commit();
        light_settles(1);
        assert_int_equal(count_actions(CORE_ACTION_LATENCY), cases[i].told);
        if (cases[i].told)
            assert_int_equal(action(CORE_ACTION_LATENCY, 0)->u.latency_us, cases[i].before_us);
        commit();
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, many_ready)
    const struct CMUnitTest tests[] = {
        TEST(it_moves_while_its_own_payment_or_test_is_unsettled),
        TEST(a_test_after_a_payment_that_is_not_drawn_is_not_shown),
        TEST(a_latency_is_never_less_than_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
