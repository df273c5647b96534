/* The guard: limits, pulses, repeats and latches over virtual time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "hal/guard.h"

enum { MS = 1000 };
#define NOW INT64_C(5000000)

/* A guard of three outputs, all confirmed off. */
static struct guard *fresh(void)
{
    static struct guard guard;
    guard_init(&guard, 3);
    for (int32_t i = 0; i < 3; i++)
        guard_confirm_off(&guard, i);
    return &guard;
}

static void nothing_may_be_switched_on_before_its_first_read_back(void **state)
{
    (void)state;
    struct guard guard;
    guard_init(&guard, 2);
    assert_false(guard_allows_on(&guard, 0));
    guard_confirm_off(&guard, 0);
    assert_true(guard_allows_on(&guard, 0));
    assert_false(guard_allows_on(&guard, 1));
    assert_true(guard_next_us(&guard) == GUARD_NEVER);
}

static void an_output_that_is_on_may_not_be_switched_on_again(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    guard_switch_on(guard, 0, NOW, 100);
    assert_false(guard_allows_on(guard, 0));
    guard_confirm_off(guard, 0);
    assert_true(guard_allows_on(guard, 0));
}

static void the_limit_counts_from_the_write_and_strikes_at_its_microsecond(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    enum guard_due why;
    assert_true(guard_switch_on(guard, 1, NOW, 700) == NOW + 700 * MS);
    assert_true(guard_next_us(guard) == NOW + 700 * MS);
    assert_int_equal(guard_find_due(guard, NOW + 700 * MS - 1, &why), -1);
    assert_int_equal(guard_find_due(guard, NOW + 700 * MS, &why), 1);
    assert_int_equal(why, GUARD_DUE_LIMIT);
}

static void without_a_limit_it_may_stay_on(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    enum guard_due why;
    assert_true(guard_switch_on(guard, 0, NOW, 0) == GUARD_NEVER);
    assert_true(guard_next_us(guard) == GUARD_NEVER);
    assert_int_equal(guard_find_due(guard, INT64_MAX - 1, &why), -1);
}

static void a_pulse_ends_by_plan_and_not_by_a_strike(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    enum guard_due why;
    guard_switch_on(guard, 0, NOW, 700);
    guard_set_end(guard, 0, NOW + 300 * MS);
    assert_int_equal(guard_find_due(guard, NOW + 300 * MS, &why), 0);
    assert_int_equal(why, GUARD_DUE_END);
}

static void a_pulse_never_ends_after_the_limit(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    guard_switch_on(guard, 0, NOW, 200);
    guard_set_end(guard, 0, NOW + 900 * MS);
    assert_true(guard_next_end_us(guard) == NOW + 200 * MS);
}

static void an_off_that_fails_is_repeated_soon_and_then_with_growing_pauses(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    int64_t at = NOW, pause = 0, last = 0;
    guard_switch_on(guard, 0, NOW, 100);
    for (int n = 1; n < 12; n++) {
        enum guard_verdict verdict = guard_off_failed(guard, 0, at, false);
        assert_int_equal(verdict, n < GUARD_QUICK_TRIES ? GUARD_TRY_AGAIN : GUARD_GIVE_UP);
        last = pause;
        pause = guard_next_us(guard) - at;
        assert_true(pause >= last);
        at += pause;
    }
    assert_true(pause == GUARD_RETRY_MOST_MS * MS);
    assert_false(guard_allows_on(guard, 0));
}

static void an_output_that_reads_on_after_off_is_latched_for_good(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    guard_switch_on(guard, 0, NOW, 100);
    assert_int_equal(guard_off_failed(guard, 0, NOW, true), GUARD_TRY_AGAIN);
    assert_int_equal(guard_off_failed(guard, 0, NOW, true), GUARD_TRY_AGAIN);
    assert_int_equal(guard_off_failed(guard, 0, NOW, true), GUARD_LATCHED);
    assert_int_equal(guard_off_failed(guard, 0, NOW, true), GUARD_GIVE_UP);
    guard_confirm_off(guard, 0);
    assert_false(guard_allows_on(guard, 0));
}

static void silence_alone_does_not_latch(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    guard_switch_on(guard, 0, NOW, 100);
    for (int n = 0; n < 6; n++)
        assert_int_not_equal(guard_off_failed(guard, 0, NOW, false), GUARD_LATCHED);
    guard_confirm_off(guard, 0);
    assert_true(guard_allows_on(guard, 0));
}

static void the_count_of_failures_starts_anew_after_a_confirmed_off(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    guard_off_failed(guard, 0, NOW, true);
    guard_off_failed(guard, 0, NOW, true);
    guard_confirm_off(guard, 0);
    assert_int_equal(guard_off_failed(guard, 0, NOW, true), GUARD_TRY_AGAIN);
}

static void an_output_that_is_on_comes_before_a_repeated_off(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    enum guard_due why;
    guard_want_off(guard, 2, NOW - 900 * MS);
    guard_switch_on(guard, 1, NOW - 100 * MS, 100);
    guard_switch_on(guard, 0, NOW - 200 * MS, 150);
    assert_int_equal(guard_find_due(guard, NOW, &why), 0);
    guard_confirm_off(guard, 0);
    assert_int_equal(guard_find_due(guard, NOW, &why), 1);
    guard_confirm_off(guard, 1);
    assert_int_equal(guard_find_due(guard, NOW, &why), 2);
    assert_int_equal(why, GUARD_DUE_RETRY);
}

static void repeats_do_not_count_as_ends(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    guard_want_off(guard, 2, NOW);
    assert_true(guard_next_end_us(guard) == GUARD_NEVER);
    assert_true(guard_next_us(guard) == NOW);
}

static void a_lost_line_is_on_hold(void **state)
{
    (void)state;
    struct guard *guard = fresh();
    enum guard_due why;
    guard_off_failed(guard, 0, NOW, false);
    guard_want_off(guard, 0, GUARD_NEVER);
    assert_int_equal(guard_find_due(guard, INT64_MAX - 1, &why), -1);
    guard_want_off(guard, 0, NOW);
    assert_int_equal(guard_find_due(guard, NOW, &why), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_may_be_switched_on_before_its_first_read_back),
        cmocka_unit_test(an_output_that_is_on_may_not_be_switched_on_again),
        cmocka_unit_test(the_limit_counts_from_the_write_and_strikes_at_its_microsecond),
        cmocka_unit_test(without_a_limit_it_may_stay_on),
        cmocka_unit_test(a_pulse_ends_by_plan_and_not_by_a_strike),
        cmocka_unit_test(a_pulse_never_ends_after_the_limit),
        cmocka_unit_test(an_off_that_fails_is_repeated_soon_and_then_with_growing_pauses),
        cmocka_unit_test(an_output_that_reads_on_after_off_is_latched_for_good),
        cmocka_unit_test(silence_alone_does_not_latch),
        cmocka_unit_test(the_count_of_failures_starts_anew_after_a_confirmed_off),
        cmocka_unit_test(an_output_that_is_on_comes_before_a_repeated_off),
        cmocka_unit_test(repeats_do_not_count_as_ends),
        cmocka_unit_test(a_lost_line_is_on_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
