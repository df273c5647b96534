/* Events: kept for whoever asks, and told to the broker whatever a connection takes along. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "controller/event_log.h"
#include "controller/outbox.h"
#include "controller/receipts.h"

static struct event_log events;

static int fresh(void **state)
{
    (void)state;
    memset(&events, 0, sizeof events);
    return 0;
}

static void keep(int number)
{
    char text[32];
    event_log_keep(&events, text, (size_t)snprintf(text, sizeof text, "event %d", number));
}

static uint64_t take(int number)
{
    char text[32];
    uint64_t tag = 0;
    const char *taken = event_log_take_unsent(&events, &tag);
    (void)snprintf(text, sizeof text, "event %d", number);
    assert_non_null(taken);
    assert_string_equal(taken, text);
    return tag;
}

static void none_waits(void)
{
    uint64_t tag;
    assert_null(event_log_take_unsent(&events, &tag));
}

static void each_is_sent_once_in_order(void **state)
{
    (void)state;
    none_waits();
    for (int i = 1; i <= 3; i++)
        keep(i);
    for (int i = 1; i <= 3; i++)
        assert_true(event_log_landed(&events, take(i), true));
    none_waits();
}

static void what_a_connection_took_along_is_sent_again(void **state)
{
    (void)state;
    keep(1);
    keep(2);
    uint64_t first = take(1);
    (void)take(2);
    assert_true(event_log_landed(&events, first, false));
    keep(3);
    first = take(1);
    (void)take(3);
    none_waits();
    assert_true(event_log_landed(&events, first, false)); /* and the next connection broke, too */
    assert_true(event_log_landed(&events, take(1), true));
    none_waits();
}

static void the_oldest_give_way(void **state)
{
    (void)state;
    keep(1);
    uint64_t first = take(1);
    for (int i = 2; i <= EVENT_LOG_KEPT + 1; i++)
        keep(i);
    assert_true(event_log_landed(&events, first, false)); /* its place is another's */
    for (int i = 2; i <= EVENT_LOG_KEPT + 1; i++)
        (void)take(i);
    none_waits();
}

static void the_newest_can_be_asked_for(void **state)
{
    (void)state;
    assert_int_equal(event_log_size(&events), 0);
    keep(1);
    keep(2);
    assert_int_equal(event_log_size(&events), 2);
    assert_string_equal(event_log_at(&events, 0), "event 2");
    assert_string_equal(event_log_at(&events, 1), "event 1");
    for (int i = 3; i <= EVENT_LOG_KEPT + 9; i++)
        keep(i);
    assert_int_equal(event_log_size(&events), EVENT_LOG_KEPT);
    assert_string_equal(event_log_at(&events, EVENT_LOG_KEPT - 1), "event 10");
}

static void other_tags_are_left_to_others(void **state)
{
    (void)state;
    static const uint64_t foreign[] = {0, 1, RECEIPTS_TAG | 1, OUTBOX_TAG | 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_false(event_log_landed(&events, foreign[i], false));
    static struct receipts receipts;
    assert_false(receipts_landed(&receipts, EVENT_LOG_TAG | 1, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_is_sent_once_in_order, fresh),
        cmocka_unit_test_setup(what_a_connection_took_along_is_sent_again, fresh),
        cmocka_unit_test_setup(the_oldest_give_way, fresh),
        cmocka_unit_test_setup(the_newest_can_be_asked_for, fresh),
        cmocka_unit_test_setup(other_tags_are_left_to_others, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
