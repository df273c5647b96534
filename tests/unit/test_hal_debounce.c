/* Debounce: one change after quiet time, over virtual time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "hal/debounce.h"

static void nothing_is_due_before_the_first_edge(void **state)
{
    (void)state;
    struct debounce debounce;
    int64_t since = -1;
    debounce_init(&debounce, 5);
    assert_true(debounce_due_us(&debounce) == INT64_MAX);
    assert_false(debounce_take(&debounce, 1000000, &since));
    assert_int_equal(since, -1);
}

static void the_level_counts_after_the_quiet_time(void **state)
{
    (void)state;
    struct debounce debounce;
    int64_t since = 0;
    debounce_init(&debounce, 5);
    debounce_edge(&debounce, 1000);
    assert_true(debounce_due_us(&debounce) == 6000);
    assert_false(debounce_take(&debounce, 5999, &since));
    assert_true(debounce_take(&debounce, 6000, &since));
    assert_int_equal(since, 1000);
}

static void every_edge_starts_the_quiet_time_anew(void **state)
{
    (void)state;
    struct debounce debounce;
    int64_t since = 0;
    debounce_init(&debounce, 5);
    for (int64_t at = 1000; at <= 41000; at += 4000) {
        assert_false(debounce_take(&debounce, at, &since));
        debounce_edge(&debounce, at);
    }
    assert_true(debounce_take(&debounce, 46000, &since));
    assert_int_equal(since, 41000);
}

static void a_change_is_taken_once(void **state)
{
    (void)state;
    struct debounce debounce;
    int64_t since = 0;
    debounce_init(&debounce, 5);
    debounce_edge(&debounce, 1000);
    assert_true(debounce_take(&debounce, 9000, &since));
    assert_false(debounce_take(&debounce, 20000, &since));
    assert_true(debounce_due_us(&debounce) == INT64_MAX);
}

static void without_quiet_time_an_edge_counts_at_once(void **state)
{
    (void)state;
    struct debounce debounce;
    int64_t since = 0;
    debounce_init(&debounce, 0);
    debounce_edge(&debounce, 1000);
    assert_true(debounce_take(&debounce, 1000, &since));
}

static void edges_that_come_late_do_not_shorten_the_quiet_time(void **state)
{
    (void)state;
    struct debounce debounce;
    debounce_init(&debounce, 5);
    debounce_edge(&debounce, 9000);
    debounce_edge(&debounce, 2000);
    assert_true(debounce_due_us(&debounce) == 14000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_due_before_the_first_edge),
        cmocka_unit_test(the_level_counts_after_the_quiet_time),
        cmocka_unit_test(every_edge_starts_the_quiet_time_anew),
        cmocka_unit_test(a_change_is_taken_once),
        cmocka_unit_test(without_quiet_time_an_edge_counts_at_once),
        cmocka_unit_test(edges_that_come_late_do_not_shorten_the_quiet_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
