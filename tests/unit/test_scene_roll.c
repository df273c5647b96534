#include "tests/unit/scene_bench.h"

static bool overlap(struct scene_box a, struct scene_box b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

static void an_empty_list_says_what_will_be_there(void **state)
{
    (void)state;
    bus();
    build();
    assert_true(shows_text("Ваша аплата з'явіцца тут."));
    rides(1, 1, SNAPSHOT_MOVING);
    build();
    assert_false(shows_text("Ваша аплата"));
    assert_true(shows_sign(SIGN_CHECK));
}

static void a_line_has_time_reference_and_amount(void **state)
{
    (void)state;
    bus();
    view.utc_offset_s = 10800;
    view.language = 3;
    rides(17, 17, SNAPSHOT_MOVING);
    build();
    assert_true(shows_text("17:13:20")); /* 1790000000 is 14:13:20 UTC */
    assert_true(shows_text("…0017"));
    assert_false(shows_text("K00017")); /* four characters, not the whole */
    assert_true(shows_text("1.10 BYN"));
}

static void the_newest_stands_on_top(void **state)
{
    (void)state;
    bus();
    rides(1, 3, SNAPSHOT_TAKE);
    build();
    const struct scene_item *first = find_text("0001"), *last = find_text("0003");
    assert_true(first && last && last->box.y < first->box.y);
}

/* Within one second, on every usual screen: each payment has a line of its own that can be read. */
static void fifty_payments_have_fifty_lines(void **state)
{
    (void)state;
    for (size_t size = 0; size + 1 < SIZES; size++) {
        bus();
        size_set(size);
        rides(1, 50, SNAPSHOT_MOVING);
        build();
        struct scene_box lines[51];
        for (uint64_t number = 1; number <= 50; number++) {
            char text[16];
            (void)snprintf(text, sizeof(text), "%04u", (unsigned)number);
            const struct scene_item *item = find_text(text);
            if (!item || item->size_px < 11)
                fail_msg("%dx%d: payment %u is not legible", view.width, view.height, (unsigned)number);
            lines[number] = item ? item->box : (struct scene_box){0};
            for (uint64_t other = 1; other < number; other++)
                assert_false(overlap(lines[number], lines[other]));
        }
        assert_int_equal(count_kind(SCENE_QR), 1);
        assert_int_equal(scene.shown.from, 1);
        assert_int_equal(scene.shown.to, 50);
    }
}

static void the_lines_grow_again_when_the_rush_is_over(void **state)
{
    (void)state;
    bus();
    rides(1, 50, SNAPSHOT_TAKE);
    build();
    const struct scene_item *dense = find_text("0050");
    int32_t small = dense ? dense->size_px : 0;
    view.now_ms += snapshot.lanes[0].show_ms;
    build();
    const struct scene_item *roomy = find_text("0050");
    assert_true(small > 0 && roomy && roomy->size_px > small);
    assert_false(shows_ride(1));
}

/* ---- what is said to be shown ---- */

static void what_is_said_to_be_shown_is_in_the_picture(void **state)
{
    (void)state;
    for (size_t size = 0; size < SIZES; size++) {
        bus();
        size_set(size);
        for (uint64_t last = 1; last <= 200; last++) {
            rides(last, last, last % 3 ? SNAPSHOT_TAKE : SNAPSHOT_MOVING);
            view.now_ms += 150;
            build();
            assert_true(scene.shown.from >= 1 && scene.shown.to == last);
            for (uint64_t number = scene.shown.from; number <= scene.shown.to; number++)
                if (!shows_ride(number))
                    fail_msg("%dx%d: %u of %u is not there", view.width, view.height, (unsigned)number,
                             (unsigned)last);
        }
    }
}

static void nothing_is_shown_before_the_first_payment(void **state)
{
    (void)state;
    bus();
    shown(0, 0);
    snapshot.number = 77;
    build();
    assert_int_equal(scene.shown.number, 77);
}

static void a_payment_that_waits_is_not_shown_as_accepted(void **state)
{
    (void)state;
    bus();
    rides(1, 2, SNAPSHOT_TAKE);
    rides(3, 3, SNAPSHOT_PAID);
    build();
    assert_true(shows_sign(SIGN_DOTS));
    shown(1, 2);
    rides(4, 5, SNAPSHOT_MOVING);
    shown(4, 5); /* unsettled ones first */
}

static void of_two_runs_the_one_with_the_oldest_unsettled_is_said(void **state)
{
    (void)state;
    bus();
    rides(1, 2, SNAPSHOT_MOVING);
    rides(3, 3, SNAPSHOT_PAID);
    rides(4, 5, SNAPSHOT_MOVING);
    shown(1, 2);
}

static void payments_that_were_never_heard_of_are_not_said_to_be_shown(void **state)
{
    (void)state;
    bus();
    rides(1, 10, SNAPSHOT_TAKE);
    shown(1, 10);
    for (uint64_t number = 100; number < 100 + SNAPSHOT_MAX_ACTIVITIES; number++)
        (void)ride(number, 0, SNAPSHOT_MOVING); /* the snapshots between got lost */
    feed();
    shown(100, 99 + SNAPSHOT_MAX_ACTIVITIES);
}

static void payments_of_other_products_do_not_break_the_range(void **state)
{
    (void)state;
    sample("bus-and-gate");
    snapshot.activity_count = 0;
    memset(&journal, 0, sizeof(journal));
    (void)ride(1, 0, SNAPSHOT_MOVING);
    (void)ride(2, 1, SNAPSHOT_MOVING);
    (void)ride(3, 0, SNAPSHOT_MOVING);
    feed();
    shown(1, 3);
}

static void two_validators_break_each_others_range_only_where_a_line_is_missing(void **state)
{
    (void)state;
    bus();
    snapshot.lanes[1] = snapshot.lanes[0];
    snapshot.lane_count = 2;
    view.now_ms += 3600000 - 1;
    for (uint64_t number = 1; number <= 40; number++)
        ride(number, 1, SNAPSHOT_TAKE)->age_ms = 60000; /* long ago: only the newest have lines */
    for (uint64_t number = 41; number <= 44; number++)
        (void)ride(number, 0, SNAPSHOT_MOVING);
    feed();
    build();
    assert_false(shows_ride(1));
    assert_true(scene.shown.from > 1 && scene.shown.from < 41 && scene.shown.to == 44);
}

static void a_closed_bus_still_shows_its_payments(void **state)
{
    (void)state;
    bus();
    snapshot.lanes[0].state = SNAPSHOT_LANE_CLOSED;
    snapshot.products[0].can_sell = false;
    rides(1, 3, SNAPSHOT_MOVING);
    shown(1, 3);
    assert_int_equal(count_kind(SCENE_QR), 0);
}

static void numbers_begin_anew_with_the_daemon(void **state)
{
    (void)state;
    bus();
    rides(1, 3, SNAPSHOT_TAKE);
    journal_lose(&journal);
    snapshot.activity_count = 0;
    feed();
    shown(0, 0);
    assert_true(shows_ride(3)); /* still remembered */
    snapshot.activity_count = 0;
    (void)ride(1, 0, SNAPSHOT_MOVING);
    (void)text_copy(snapshot.activities[0].reference, SNAPSHOT_REFERENCE_SIZE, "N04711");
    feed();
    shown(1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_list_says_what_will_be_there),
        cmocka_unit_test(a_line_has_time_reference_and_amount),
        cmocka_unit_test(the_newest_stands_on_top),
        cmocka_unit_test(fifty_payments_have_fifty_lines),
        cmocka_unit_test(the_lines_grow_again_when_the_rush_is_over),
        cmocka_unit_test(what_is_said_to_be_shown_is_in_the_picture),
        cmocka_unit_test(nothing_is_shown_before_the_first_payment),
        cmocka_unit_test(a_payment_that_waits_is_not_shown_as_accepted),
        cmocka_unit_test(of_two_runs_the_one_with_the_oldest_unsettled_is_said),
        cmocka_unit_test(payments_that_were_never_heard_of_are_not_said_to_be_shown),
        cmocka_unit_test(payments_of_other_products_do_not_break_the_range),
        cmocka_unit_test(two_validators_break_each_others_range_only_where_a_line_is_missing),
        cmocka_unit_test(a_closed_bus_still_shows_its_payments),
        cmocka_unit_test(numbers_begin_anew_with_the_daemon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
