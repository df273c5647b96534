/* Outputs that may stay on as such, but are ordered on for a time: whoever wants them on goes on saying so.
 */
#include "tests/unit/outputs_bench.h"

enum { LEASE_MS = 400 };

static int64_t end_us(const struct bench *bench)
{
    return guard_next_end_us(&bench->instance.runner->guard);
}

/* The output has no limit of its own, and it is on. */
static void light_on(struct bench *bench, int32_t ms)
{
    bench->config[0].limit_ms = 0;
    prove(bench);
    order(bench, HAL_ON, ms);
    assert_order(bench, HAL_ON, HAL_DONE);
}

static void an_order_without_a_time_may_stay_on(void **state)
{
    light_on(*state, 0);
    assert_true(end_us(*state) == GUARD_NEVER);
}

static void the_end_of_a_lease_is_no_fault_and_the_output_stays_usable(void **state)
{
    light_on(*state, LEASE_MS);
    assert_true(end_us(*state) <= clock_mono_us() + LEASE_MS * 1000);
    pass_time(*state);
    assert_false(fake.pin);
    assert_silent(*state);
    order(*state, HAL_ON, LEASE_MS);
    assert_order(*state, HAL_ON, HAL_DONE);
    assert_true(fake.pin);
}

static void each_order_writes_it_again_and_its_time_counts_anew(void **state)
{
    struct bench *bench = *state;
    light_on(bench, LEASE_MS);
    int64_t first_us = end_us(bench);
    bench->instance.runner->guard.entry[0].end_us = bench->instance.runner->guard.entry[0].limit_us =
        first_us - 100000; /* a while has passed */
    order(bench, HAL_ON, LEASE_MS);
    assert_order(bench, HAL_ON, HAL_DONE);
    assert_true(end_us(bench) >= first_us);
    assert_int_equal(fake.on_writes, 2);
    assert_int_equal(fake.off_writes, 0);
}

static void an_order_without_a_time_ends_the_lease_and_the_other_way_round(void **state)
{
    light_on(*state, LEASE_MS);
    order(*state, HAL_ON, 0);
    assert_order(*state, HAL_ON, HAL_DONE);
    assert_true(end_us(*state) == GUARD_NEVER);
    order(*state, HAL_ON, LEASE_MS);
    assert_order(*state, HAL_ON, HAL_DONE);
    assert_true(end_us(*state) <= clock_mono_us() + LEASE_MS * 1000);
}

static void a_renewal_that_was_refused_leaves_the_end_as_it_was(void **state)
{
    struct bench *bench = *state;
    light_on(bench, LEASE_MS);
    int64_t before_us = end_us(bench);
    fake.on_result = HAL_REFUSED;
    order(bench, HAL_ON, 10 * LEASE_MS);
    assert_order(bench, HAL_ON, HAL_REFUSED);
    assert_true(fake.pin);
    assert_true(end_us(bench) == before_us);
    pass_time(bench);
    assert_false(fake.pin);
}

static void a_renewal_that_nobody_knows_of_is_switched_off(void **state)
{
    light_on(*state, LEASE_MS);
    fake.on_result = HAL_UNKNOWN;
    order(*state, HAL_ON, LEASE_MS);
    assert_order(*state, HAL_ON, HAL_UNKNOWN);
    assert_false(fake.pin);
    assert_int_equal(fake.on_writes, 2);
}

static void a_light_that_went_out_on_the_board_is_on_again(void **state)
{
    light_on(*state, LEASE_MS);
    fake.pin = false;
    order(*state, HAL_ON, LEASE_MS);
    assert_order(*state, HAL_ON, HAL_DONE);
    assert_true(fake.pin);
}

static void a_board_that_goes_away_ends_it_at_its_time(void **state)
{
    struct bench *bench = *state;
    light_on(bench, LEASE_MS);
    fake.gone = true;
    order(bench, HAL_ON, LEASE_MS);
    assert_int_equal(next_event(bench).kind, HAL_EVENT_LOST);
    assert_order(bench, HAL_ON, HAL_REFUSED);
    assert_true(end_us(bench) <= clock_mono_us() + LEASE_MS * 1000);
    fake.gone = false;
    pass_time(bench);
    assert_false(fake.pin);
}

static void an_output_with_a_limit_is_not_renewed(void **state)
{
    struct bench *bench = *state;
    prove(bench);
    order(bench, HAL_ON, LEASE_MS);
    assert_order(bench, HAL_ON, HAL_DONE);
    int64_t first_us = end_us(bench);
    order(bench, HAL_ON, LEASE_MS);
    assert_order(bench, HAL_ON, HAL_DONE);
    assert_true(end_us(bench) == first_us);
    assert_int_equal(fake.on_writes, 1);
    pass_time(bench);
    assert_int_equal(next_event(bench).kind, HAL_EVENT_FAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_order_without_a_time_may_stay_on),
        TEST(the_end_of_a_lease_is_no_fault_and_the_output_stays_usable),
        TEST(each_order_writes_it_again_and_its_time_counts_anew),
        TEST(an_order_without_a_time_ends_the_lease_and_the_other_way_round),
        TEST(a_renewal_that_was_refused_leaves_the_end_as_it_was),
        TEST(a_renewal_that_nobody_knows_of_is_switched_off),
        TEST(a_light_that_went_out_on_the_board_is_on_again),
        TEST(a_board_that_goes_away_ends_it_at_its_time),
        TEST(an_output_with_a_limit_is_not_renewed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
