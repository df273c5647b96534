/* Receipts on their way to the broker: none is forgotten by a connection that breaks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "controller/outbox.h"
#include "controller/receipts.h"

static struct receipts receipts;

static int fresh(void **state)
{
    (void)state;
    memset(&receipts, 0, sizeof receipts);
    return 0;
}

static uint64_t keep(int number)
{
    char json[32];
    int size = snprintf(json, sizeof json, "{\"n\":%d}", number);
    return receipts_keep(&receipts, json, (size_t)size);
}

static void next_unsent_is(int number)
{
    char json[32];
    int size = snprintf(json, sizeof json, "{\"n\":%d}", number);
    const struct receipt *receipt = receipts_take_unsent(&receipts);
    assert_non_null(receipt);
    assert_int_equal(receipt->size, size);
    assert_memory_equal(receipt->json, json, receipt->size);
}

static void what_the_broker_has_is_not_sent_again(void **state)
{
    (void)state;
    assert_true(receipts_landed(&receipts, keep(1), true));
    assert_null(receipts_take_unsent(&receipts));
}

static void what_is_under_way_is_not_sent_twice(void **state)
{
    (void)state;
    keep(1);
    assert_null(receipts_take_unsent(&receipts));
}

static void what_did_not_get_out_goes_again_in_order_and_once(void **state)
{
    (void)state;
    uint64_t tag[3];
    for (int i = 0; i < 3; i++)
        tag[i] = keep(i);
    assert_true(receipts_landed(&receipts, tag[2], false));
    assert_true(receipts_landed(&receipts, tag[0], false));
    next_unsent_is(0);
    next_unsent_is(2);
    assert_null(receipts_take_unsent(&receipts));
    assert_true(receipts_landed(&receipts, tag[0], false)); /* and the next connection broke, too */
    next_unsent_is(0);
}

static void the_oldest_gives_way_and_its_late_end_changes_nothing(void **state)
{
    (void)state;
    uint64_t first = keep(0);
    for (int i = 1; i <= RECEIPTS_KEPT; i++)
        keep(i);
    assert_true(receipts_landed(&receipts, first, false));
    assert_null(receipts_take_unsent(&receipts));
}

static void a_full_ring_keeps_its_order(void **state)
{
    (void)state;
    for (int i = 0; i < RECEIPTS_KEPT + 7; i++)
        assert_true(receipts_landed(&receipts, keep(i), false));
    for (int i = 7; i < RECEIPTS_KEPT + 7; i++)
        next_unsent_is(i);
    assert_null(receipts_take_unsent(&receipts));
}

static void other_tags_are_left_to_others(void **state)
{
    (void)state;
    static const uint64_t foreign[] = {0, 1, OUTBOX_TAG | 1, OUTBOX_TAG | RECEIPTS_TAG, UINT64_MAX};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_false(receipts_landed(&receipts, foreign[i], false));
}

static void one_that_is_too_long_is_not_kept(void **state)
{
    (void)state;
    static char json[RECEIPT_SIZE + 1];
    assert_int_equal(receipts_keep(&receipts, json, sizeof json), 0);
    assert_int_equal(receipts_keep(&receipts, json, RECEIPT_SIZE), RECEIPTS_TAG | 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_the_broker_has_is_not_sent_again, fresh),
        cmocka_unit_test_setup(what_is_under_way_is_not_sent_twice, fresh),
        cmocka_unit_test_setup(what_did_not_get_out_goes_again_in_order_and_once, fresh),
        cmocka_unit_test_setup(the_oldest_gives_way_and_its_late_end_changes_nothing, fresh),
        cmocka_unit_test_setup(a_full_ring_keeps_its_order, fresh),
        cmocka_unit_test_setup(other_tags_are_left_to_others, fresh),
        cmocka_unit_test_setup(one_that_is_too_long_is_not_kept, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
