/* The outbox: its policy in virtual time against a simulated store and broker, and its thread against a fake
 * store. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/outbox_world.h"

static void nothing_leaves_without_a_connection(void **state)
{
    (void)state;
    reset();
    add(3);
    run_for(3600000);
    assert_int_equal(world.logged, 0);
}

static void a_backlog_leaves_in_order_after_connecting(void **state)
{
    (void)state;
    reset();
    world.last = 100; /* of an earlier run: never announced */
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(1000);
    assert_int_equal(world.logged, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(world.log[i], i + 1);
}

static void a_new_outcome_leaves_at_once(void **state)
{
    (void)state;
    reset();
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(3333);
    add(1);
    run_for(0);
    assert_int_equal(world.sent[1], 1);
}

static void a_new_outcome_overtakes_a_long_backlog(void **state)
{
    (void)state;
    reset();
    world.last = 15000;
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(2000);
    assert_int_equal(world.sent[15000], 0);
    int64_t at = world.now_ms;
    add(1);
    run_for(0);
    assert_int_equal(world.sent[15001], 1);
    assert_int_equal(world.first_at[15001], at);
}

static void no_outcome_of_a_long_backlog_is_left_out(void **state)
{
    (void)state;
    reset();
    world.last = 15000;
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(2000);
    add(500);
    run_for(60000);
    for (int i = 1; i <= 15500; i++)
        assert_true(world.sent[i] >= 1);
}

/* The most that left within any second from this index of the log on. */
static int busiest_second(int from)
{
    int most = 0;
    for (int i = from; i < world.logged; i++) {
        while (world.log_at[i] - world.log_at[from] >= 1000)
            from++;
        most = i - from + 1 > most ? i - from + 1 : most;
    }
    return most;
}

static void rounds_stay_below_their_rates(void **state)
{
    (void)state;
    reset();
    world.last = 15000;
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(10000);
    assert_int_equal(world.logged, 15000);
    assert_in_range(busiest_second(0), OUTBOX_FIRST_RATE * 9 / 10, OUTBOX_FIRST_RATE + OUTBOX_PAGE);
    int first = world.logged;
    run_for(20000);
    assert_in_range(world.logged - first, 5000, 10000);
    assert_in_range(busiest_second(first), OUTBOX_ROUND_RATE * 9 / 10, OUTBOX_ROUND_RATE + OUTBOX_PAGE);
}

static void an_acknowledged_outcome_is_not_repeated(void **state)
{
    (void)state;
    reset();
    outbox_policy_up(&world.policy, world.now_ms);
    add(1);
    run_for(100);
    world.acked[1] = true;
    run_for(7200000);
    assert_int_equal(world.sent[1], 1);
}

static void an_outcome_without_ack_is_repeated_with_back_off(void **state)
{
    static const int64_t gap_s[] = {5, 10, 20, 40, 80, 160, 320, 600, 600, 600};
    (void)state;
    reset();
    outbox_policy_up(&world.policy, world.now_ms);
    add(1);
    run_for(3600000);
    assert_true(world.logged > 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(world.log_at[i + 1] - world.log_at[i], gap_s[i] * 1000);
}

static void an_old_outcome_without_ack_is_repeated_with_back_off(void **state)
{
    (void)state;
    reset();
    world.last = 1;
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(4 * 3600000);
    assert_int_equal(world.log_at[1] - world.log_at[0], 5000);
    assert_int_equal(world.log_at[2] - world.log_at[1], 10000);
    assert_in_range(world.log_at[world.logged - 1] - world.log_at[world.logged - 2], 599000, 601000);
    assert_in_range(world.sent[1], 24, 34);
}

static void a_reconnect_starts_over_from_the_oldest(void **state)
{
    (void)state;
    reset();
    outbox_policy_up(&world.policy, world.now_ms);
    add(50);
    run_for(3600000);
    world.acked[2] = true;
    outbox_policy_down(&world.policy);
    run_for(1000);
    int before = world.logged;
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(4000);
    assert_int_equal(world.logged - before, 49);
    assert_int_equal(world.log[before], 1);
    assert_int_equal(world.log[before + 1], 3);
    assert_int_equal(world.log[before + 48], 50);
    run_for(2000);
    assert_int_equal(world.logged - before, 98); /* and the back-off too */
}

static void what_became_durable_while_offline_leaves_after_connecting(void **state)
{
    (void)state;
    reset();
    outbox_policy_up(&world.policy, world.now_ms);
    outbox_policy_down(&world.policy);
    add(40);
    run_for(1000);
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(1000);
    assert_int_equal(world.logged, 40);
}

static void many_unacknowledged_new_ones_are_all_repeated(void **state)
{
    (void)state;
    reset();
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(2 * 3600000); /* the rounds have backed off to ten minutes */
    add(1000);
    run_for(16000);
    for (int i = 1; i <= 1000; i++)
        assert_in_range(world.sent[i], 2, 4);
}

static void no_more_is_under_way_than_the_window(void **state)
{
    (void)state;
    reset();
    world.deaf = true;
    outbox_policy_up(&world.policy, world.now_ms);
    add(10000);
    run_for(1000);
    assert_int_equal(world.logged, OUTBOX_WINDOW);
    assert_int_equal(world.policy.flight_count, OUTBOX_WINDOW);
}

static void a_lost_puback_does_not_stop_it_for_ever(void **state)
{
    (void)state;
    reset();
    world.deaf = true;
    outbox_policy_up(&world.policy, world.now_ms);
    add(OUTBOX_WINDOW + 1);
    run_for(OUTBOX_FLIGHT_MS + 1000);
    assert_int_equal(world.sent[OUTBOX_WINDOW + 1], 1);
}

static void a_page_of_an_earlier_connection_changes_nothing(void **state)
{
    struct outbox_job job;
    (void)state;
    reset();
    world.last = 5000;
    outbox_policy_up(&world.policy, world.now_ms);
    outbox_policy_next(&world.policy, world.now_ms, &job);
    assert_int_equal(job.kind, OUTBOX_ROUND);
    outbox_policy_down(&world.policy);
    outbox_policy_up(&world.policy, world.now_ms);
    assert_false(outbox_policy_wants(&world.policy, &job, 4000));
    outbox_policy_done(&world.policy, &job, 0, world.now_ms);
    run_for(30000);
    for (int i = 1; i <= 5000; i++)
        assert_int_equal(world.sent[i] > 0, 1);
}

static void one_committed_between_question_and_answer_is_not_passed_over(void **state)
{
    struct outbox_job job;
    (void)state;
    reset();
    outbox_policy_up(&world.policy, world.now_ms);
    add(1);
    outbox_policy_next(&world.policy, world.now_ms, &job);
    assert_int_equal(job.kind, OUTBOX_FRESH);
    add(1); /* seq 2, not in the page that was asked for */
    assert_true(outbox_policy_wants(&world.policy, &job, 1));
    outbox_policy_sent(&world.policy, &job, 1, world.now_ms);
    outbox_policy_done(&world.policy, &job, 1, world.now_ms);
    run_for(0);
    assert_int_equal(world.sent[2], 1);
}

static void a_failing_store_is_asked_again_later(void **state)
{
    struct outbox_job job;
    (void)state;
    reset();
    outbox_policy_up(&world.policy, world.now_ms);
    outbox_policy_stalled(&world.policy, true, world.now_ms);
    outbox_policy_next(&world.policy, world.now_ms, &job);
    assert_int_equal(job.kind, OUTBOX_WAIT);
    assert_in_range(job.wait_ms, 1, OUTBOX_STORE_RETRY_MS);
    add(1);
    run_for(OUTBOX_STORE_RETRY_MS + 100);
    assert_int_equal(world.sent[1], 1);
}

static void traffic_puts_repeating_off(void **state)
{
    (void)state;
    reset();
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(10000);
    add(3);
    run_for(0);
    for (int i = 0; i < 30; i++) { /* 30 s of messages coming in */
        run_for(1000);
        outbox_policy_busy(&world.policy, world.now_ms);
    }
    assert_int_equal(world.sent[1], 1);
    world.acked[1] = world.acked[2] = true;
    run_for(OUTBOX_BUSY_MS);
    assert_int_equal(world.sent[1], 1);
    assert_int_equal(world.sent[2], 1);
    assert_int_equal(world.sent[3], 2);
}

static void endless_traffic_does_not_put_repeating_off_for_ever(void **state)
{
    (void)state;
    reset();
    world.last = 1;
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(0);
    assert_int_equal(world.sent[1], 1); /* the first round goes whatever comes in */
    outbox_policy_new(&world.policy, ++world.last);
    for (int i = 0; i < 90; i++) {
        run_for(1000);
        outbox_policy_busy(&world.policy, world.now_ms);
    }
    assert_in_range(world.sent[1], 2, 3);
    assert_in_range(world.sent[2], 2, 3);
}

static void the_first_round_is_not_put_off(void **state)
{
    (void)state;
    reset();
    world.last = 50;
    outbox_policy_busy(&world.policy, world.now_ms);
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(500);
    assert_int_equal(world.logged, 50);
}

static void at_rest_it_hardly_asks_the_store(void **state)
{
    (void)state;
    reset();
    outbox_policy_up(&world.policy, world.now_ms);
    run_for(3600000);
    world.queries = 0;
    run_for(3600000);
    assert_in_range(world.queries, 1, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leaves_without_a_connection),
        cmocka_unit_test(a_backlog_leaves_in_order_after_connecting),
        cmocka_unit_test(a_new_outcome_leaves_at_once),
        cmocka_unit_test(a_new_outcome_overtakes_a_long_backlog),
        cmocka_unit_test(no_outcome_of_a_long_backlog_is_left_out),
        cmocka_unit_test(rounds_stay_below_their_rates),
        cmocka_unit_test(an_acknowledged_outcome_is_not_repeated),
        cmocka_unit_test(an_outcome_without_ack_is_repeated_with_back_off),
        cmocka_unit_test(an_old_outcome_without_ack_is_repeated_with_back_off),
        cmocka_unit_test(a_reconnect_starts_over_from_the_oldest),
        cmocka_unit_test(what_became_durable_while_offline_leaves_after_connecting),
        cmocka_unit_test(many_unacknowledged_new_ones_are_all_repeated),
        cmocka_unit_test(no_more_is_under_way_than_the_window),
        cmocka_unit_test(a_lost_puback_does_not_stop_it_for_ever),
        cmocka_unit_test(a_page_of_an_earlier_connection_changes_nothing),
        cmocka_unit_test(one_committed_between_question_and_answer_is_not_passed_over),
        cmocka_unit_test(a_failing_store_is_asked_again_later),
        cmocka_unit_test(traffic_puts_repeating_off),
        cmocka_unit_test(endless_traffic_does_not_put_repeating_off_for_ever),
        cmocka_unit_test(the_first_round_is_not_put_off),
        cmocka_unit_test(at_rest_it_hardly_asks_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
