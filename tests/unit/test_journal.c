/* The payments that the screen remembers, and the inspector's view of them. */
#include "tests/unit/scene_bench.h"

#include "display/inspect.h"

static uint64_t number_at(int32_t back)
{
    const struct journal_entry *entry = journal_at(&journal, back);
    return entry ? entry->number : 0;
}

static int set_up(void **state)
{
    (void)state;
    bus();
    return 0;
}

/* ---- journal ---- */

static void payments_of_validators_are_kept_in_the_order_of_their_numbers(void **state)
{
    (void)state;
    sample("bus-and-gate");
    memset(&journal, 0, sizeof(journal));
    snapshot.activity_count = 0;
    (void)ride(1, 0, SNAPSHOT_MOVING);
    (void)ride(2, 1, SNAPSHOT_MOVING); /* of the turnstile */
    (void)ride(5, 0, SNAPSHOT_MOVING);
    feed();
    assert_int_equal(journal.count, 2);
    snapshot.activity_count = 0;
    (void)ride(3, 0, SNAPSHOT_MOVING); /* heard of later */
    feed();
    assert_int_equal(number_at(0), 5);
    assert_int_equal(number_at(1), 3);
    assert_int_equal(number_at(2), 1);
    assert_null(journal_at(&journal, 3));
}

static void a_payment_of_no_lane_has_its_line_where_nothing_else_tells_it(void **state)
{
    (void)state;
    (void)ride(1, -1, SNAPSHOT_REFUSED);
    feed();
    assert_int_equal(journal_at(&journal, 0)->lane, 0);
    snapshot.products[1] = snapshot.products[0];
    snapshot.products[1].lane = -1; /* there it is a card */
    snapshot.product_count = 2;
    (void)ride(2, -1, SNAPSHOT_REFUSED);
    feed();
    assert_int_equal(journal.count, 1);
}

static void a_payment_heard_of_again_is_kept_once_with_its_newest_phase(void **state)
{
    (void)state;
    (void)ride(1, 0, SNAPSHOT_MOVING);
    feed();
    int64_t seen_ms = journal_at(&journal, 0)->seen_ms;
    snapshot.activities[0].phase = SNAPSHOT_TAKE;
    view.now_ms += 500;
    feed();
    assert_int_equal(journal.count, 1);
    assert_int_equal(journal_at(&journal, 0)->phase, SNAPSHOT_TAKE);
    assert_int_equal(journal_at(&journal, 0)->seen_ms, seen_ms); /* no news for the customer */
    snapshot.activities[0].phase = SNAPSHOT_UNKNOWN;
    feed();
    assert_int_equal(journal_at(&journal, 0)->seen_ms, view.now_ms);
}

static void an_hour_is_kept_and_no_longer(void **state)
{
    (void)state;
    snapshot.wall_s = 1790000000;
    (void)ride(1, 0, SNAPSHOT_TAKE);
    feed();
    assert_int_equal(journal.since_s, 1790000000);
    journal_age(&journal, view.now_ms + JOURNAL_KEEP_MS - 1, snapshot.wall_s + 3599);
    assert_int_equal(journal.count, 1);
    assert_int_equal(journal.since_s, 1790000000);
    journal_age(&journal, view.now_ms + JOURNAL_KEEP_MS, snapshot.wall_s + 3700);
    assert_int_equal(journal.count, 0);
    assert_int_equal(journal.since_s, 1790000100);
}

static void a_full_journal_drops_the_oldest_and_says_so(void **state)
{
    (void)state;
    snapshot.wall_s = 1790000000;
    for (uint64_t number = 1; number <= JOURNAL_MAX + 3; number++) {
        snapshot.activity_count = 0;
        ride(number, 0, SNAPSHOT_TAKE)->at = 1790000000 + (int64_t)number;
        feed();
    }
    assert_int_equal(journal.count, JOURNAL_MAX);
    assert_int_equal(number_at(0), JOURNAL_MAX + 3);
    assert_int_equal(number_at(JOURNAL_MAX - 1), 4);
    assert_int_equal(journal.since_s, 1790000004); /* number 3 was the last one lost */
}

static void a_payment_open_over_a_restart_of_the_daemon_is_kept_once(void **state)
{
    (void)state;
    (void)ride(7, 0, SNAPSHOT_MOVING);
    (void)ride(8, 0, SNAPSHOT_TAKE);
    feed();
    journal_lose(&journal);
    snapshot.activities[1].number = 1; /* number 7 comes back */
    snapshot.activities[1].phase = SNAPSHOT_UNKNOWN;
    snapshot.activities[0] = snapshot.activities[1];
    snapshot.activity_count = 1;
    feed();
    assert_int_equal(journal.count, 2);
    assert_int_equal(number_at(0), 1);
    assert_int_equal(journal_at(&journal, 0)->phase, SNAPSHOT_UNKNOWN);
    assert_string_equal(journal_at(&journal, 0)->reference, "K00007");
}

static void other_devices_are_not_told_the_payments_of_the_old_ones(void **state)
{
    (void)state;
    (void)ride(1, 0, SNAPSHOT_TAKE);
    feed();
    (void)text_copy(snapshot.lanes[0].device, CONFIG_ID_SIZE, "another");
    snapshot.activity_count = 0;
    feed();
    assert_int_equal(journal.count, 0);
}

static void a_gap_between_snapshots_is_noticed(void **state)
{
    (void)state;
    for (uint64_t number = 1; number <= SNAPSHOT_MAX_ACTIVITIES; number++)
        (void)ride(number, 0, SNAPSHOT_TAKE);
    feed();
    assert_int_equal(journal.complete_from, 0);
    for (uint64_t number = 65; number <= 128; number++)
        (void)ride(number, 0, SNAPSHOT_TAKE);
    feed();
    assert_int_equal(journal.complete_from, 0); /* 65 follows 64 */
    for (uint64_t number = 130; number <= 193; number++)
        (void)ride(number, 0, SNAPSHOT_TAKE);
    feed();
    assert_int_equal(journal.complete_from, 130); /* 129 was never heard of */
}

/* ---- the inspector's view ---- */

static void a_long_press_opens_and_a_short_one_does_not(void **state)
{
    (void)state;
    struct inspect inspect = {0};
    inspect_press(&inspect, true, 1000);
    assert_int_equal(inspect_next_ms(&inspect, 1500), 1500);
    inspect_release(&inspect, 0, 1000 + INSPECT_HOLD_MS - 1);
    assert_false(inspect.open);
    inspect_press(&inspect, true, 5000);
    inspect_check(&inspect, 5000 + INSPECT_HOLD_MS);
    assert_true(inspect.open);
    inspect_release(&inspect, 3, 7500);
    assert_true(inspect.open);
    assert_int_equal(inspect.page, 0); /* that press has done its work */
}

static void touches_turn_pages_within_bounds(void **state)
{
    (void)state;
    struct inspect inspect = {0};
    inspect_key(&inspect, INSPECT_TOGGLE, 3, 0);
    for (int i = 0; i < 5; i++) {
        inspect_press(&inspect, true, 100);
        inspect_release(&inspect, 3, 200);
    }
    assert_int_equal(inspect.page, 2);
    inspect_key(&inspect, INSPECT_NEWER, 3, 300);
    assert_int_equal(inspect.page, 1);
    inspect_press(&inspect, false, 400);
    inspect_release(&inspect, 3, 500);
    inspect_press(&inspect, false, 600);
    inspect_release(&inspect, 3, 700);
    assert_int_equal(inspect.page, 0);
    inspect_key(&inspect, INSPECT_OLDER, 0, 800);
    assert_int_equal(inspect.page, 0);
}

static void it_closes_after_30_seconds_without_a_touch(void **state)
{
    (void)state;
    struct inspect inspect = {0};
    assert_int_equal(inspect_next_ms(&inspect, 5), -1);
    inspect_key(&inspect, INSPECT_TOGGLE, 3, 0);
    inspect_key(&inspect, INSPECT_OLDER, 3, 20000);
    assert_int_equal(inspect_next_ms(&inspect, 20000), INSPECT_OPEN_MS);
    inspect_check(&inspect, 20000 + INSPECT_OPEN_MS - 1);
    assert_true(inspect.open);
    inspect_check(&inspect, 20000 + INSPECT_OPEN_MS);
    assert_false(inspect.open);
    inspect_key(&inspect, INSPECT_OLDER, 3, 60000);
    assert_false(inspect.open);
}

static void a_long_press_and_the_keys_close_it(void **state)
{
    (void)state;
    struct inspect inspect = {0};
    inspect_key(&inspect, INSPECT_TOGGLE, 1, 0);
    inspect_press(&inspect, false, 100);
    inspect_check(&inspect, 100 + INSPECT_HOLD_MS);
    assert_false(inspect.open);
    inspect_check(&inspect, 100 + 2 * INSPECT_HOLD_MS);
    assert_false(inspect.open); /* one press, one change */
    inspect_key(&inspect, INSPECT_TOGGLE, 1, 5000);
    inspect_key(&inspect, INSPECT_CLOSE, 1, 5001);
    assert_false(inspect.open);
}

/* ---- signs ---- */

static void every_sign_is_a_shape_inside_its_square_and_unlike_the_others(void **state)
{
    (void)state;
    enum { STEPS = 40, POINTS = STEPS * STEPS };
    static bool drawn[SIGN_COUNT][POINTS];
    for (int sign = SIGN_NONE; sign < SIGN_COUNT; sign++) {
        int covered = 0, edge = 0;
        for (int i = 0; i < POINTS; i++) {
            int x = i % STEPS, y = i / STEPS;
            drawn[sign][i] = sign_covers((enum sign)sign, (2 * x + 1) * SIGN_UNITS / (2 * STEPS),
                                         (2 * y + 1) * SIGN_UNITS / (2 * STEPS));
            covered += drawn[sign][i];
            edge += drawn[sign][i] && (x == 0 || y == 0 || x == STEPS - 1 || y == STEPS - 1);
        }
        if (sign == SIGN_NONE)
            assert_int_equal(covered, 0);
        else if (covered < POINTS / 25 || covered > POINTS * 3 / 4 || edge > 0)
            fail_msg("sign %d covers %d of %d, %d at the edge", sign, covered, POINTS, edge);
        for (int other = 0; other < sign; other++)
            assert_memory_not_equal(drawn[sign], drawn[other], sizeof(drawn[0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payments_of_validators_are_kept_in_the_order_of_their_numbers),
        cmocka_unit_test_setup(a_payment_of_no_lane_has_its_line_where_nothing_else_tells_it, set_up),
        cmocka_unit_test_setup(a_payment_heard_of_again_is_kept_once_with_its_newest_phase, set_up),
        cmocka_unit_test_setup(an_hour_is_kept_and_no_longer, set_up),
        cmocka_unit_test_setup(a_full_journal_drops_the_oldest_and_says_so, set_up),
        cmocka_unit_test_setup(a_payment_open_over_a_restart_of_the_daemon_is_kept_once, set_up),
        cmocka_unit_test_setup(other_devices_are_not_told_the_payments_of_the_old_ones, set_up),
        cmocka_unit_test_setup(a_gap_between_snapshots_is_noticed, set_up),
        cmocka_unit_test(a_long_press_opens_and_a_short_one_does_not),
        cmocka_unit_test(touches_turn_pages_within_bounds),
        cmocka_unit_test(it_closes_after_30_seconds_without_a_touch),
        cmocka_unit_test(a_long_press_and_the_keys_close_it),
        cmocka_unit_test(every_sign_is_a_shape_inside_its_square_and_unlike_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
