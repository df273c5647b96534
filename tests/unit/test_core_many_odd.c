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

/* Slots are used again: their places say nothing about who came first. */
static void the_oldest_is_settled_first_whatever_its_slot(void **state)
{
    (void)state;
    ride(0);
    ride(1);
    light_settles(1);
    commit();
    ride(2); /* where the first one was */
    light_settles(1);
    assert_string_equal(stored(0)->payment.claims.payment_id, "r1");
    commit();
    light_settles(1);
    assert_string_equal(stored(0)->payment.claims.payment_id, "r2");
}

/* Likewise where several were settled at once. */
static void outcomes_are_written_in_the_order_of_their_payments(void **state)
{
    (void)state;
    ride(0);
    ride(1);
    light_settles(1);
    commit();
    ride(2);
    light_settles(2);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 2);
    assert_string_equal(stored(0)->payment.claims.payment_id, "r1");
    assert_string_equal(stored(1)->payment.claims.payment_id, "r2");
}

static void what_the_screen_draws_of_others_settles_no_ride(void **state)
{
    (void)state;
    pay("c", COLA);
    commit();
    ride(0);
    pay("d", COLA);
    commit();
    uint64_t order = order_of("r0");
    shown(order - 1, order - 1);
    shown(order + 1, order + 1);
    assert_int_equal(puppet_events[DEVICE_EVENT_SHOWN], 0);
    shown(order - 1, order + 1);
    assert_int_equal(puppet_last.shown, 1);
}

static void what_was_not_shown_has_no_time_of_it(void **state)
{
    (void)state;
    ride(0);
    struct device_out *out = &puppet_answer[DEVICE_EVENT_ORDER];
    out->settled = 1;
    out->settled_evidence = PAYMENT_EVIDENCE_COUNT;
    out->outcome.result = PAYMENT_RESULT_UNKNOWN;
    ordered(OUT_B, DEVICE_ORDER_ON, DEVICE_ORDER_UNKNOWN);
    assert_int_equal(stored(0)->payment.outcome.result, PAYMENT_RESULT_UNKNOWN);
    assert_int_equal(stored(0)->payment.outcome.evidence_count, 0);
}

static void a_ride_from_before_a_restart_has_no_latency(void **state)
{
    (void)state;
    payment("old", RIDE)->u.in.received_us = 0;
    step();
    commit();
    light_settles(1);
    assert_int_equal(count_actions(CORE_ACTION_LATENCY), 0);
}

/* Light and screen went while the disk wrote: refused, and the stock is there again. */
static void what_cannot_be_shown_after_the_intent_is_refused(void **state)
{
    (void)state;
    config.products[RIDE].stock = core.products[RIDE].stock = 4;
    pay("1", RIDE);
    assert_int_equal(stored(0)->product_state.stock, 3);
    line_lost(OUT_B);
    commit();
    assert_int_equal(puppet_starts, 0);
    assert_int_equal(stored(0)->payment.outcome.result, PAYMENT_RESULT_REFUSED);
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_OUT_OF_SERVICE);
    assert_int_equal(stored(0)->product_state.stock, 4);
}

/* A screen that says nothing is no fault of the device: neither a strike nor the end of one. */
static void a_verdict_about_nobody_leaves_the_strikes(void **state)
{
    (void)state;
    core.devices[RIDE].state.strikes = 1;
    ride(0);
    struct device_out *out = &puppet_answer[DEVICE_EVENT_ORDER];
    out->settled = 1;
    out->settled_evidence = PAYMENT_EVIDENCE_COUNT;
    out->outcome.result = PAYMENT_RESULT_UNKNOWN;
    out->verdict = DEVICE_VERDICT_NONE;
    ordered(OUT_B, DEVICE_ORDER_ON, DEVICE_ORDER_UNKNOWN);
    assert_int_equal(core.devices[RIDE].state.strikes, 1);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 1); /* the outcome, not the device */
    assert_int_equal(stored(0)->parts & CORE_TXN_DEVICE, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, many_ready)
    const struct CMUnitTest tests[] = {
        TEST(it_moves_while_its_own_payment_or_test_is_unsettled),
        TEST(a_test_after_a_payment_that_is_not_drawn_is_not_shown),
        TEST(a_latency_is_never_less_than_nothing),
        TEST(the_oldest_is_settled_first_whatever_its_slot),
        TEST(outcomes_are_written_in_the_order_of_their_payments),
        TEST(what_the_screen_draws_of_others_settles_no_ride),
        TEST(what_was_not_shown_has_no_time_of_it),
        TEST(a_ride_from_before_a_restart_has_no_latency),
        TEST(what_cannot_be_shown_after_the_intent_is_refused),
        TEST(a_verdict_about_nobody_leaves_the_strikes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
