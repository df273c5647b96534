#include "tests/unit/core_script.h"

static const struct core_txn *stored(int n)
{
    return &action(CORE_ACTION_STORE, n)->u.txn;
}

static void oldest_payment_moves_first(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    pay("2", COLA);
    commit();
    expect_receipt(CORE_RECEIPT_ACCEPTED, PAYMENT_REASON_NONE);
    pay("3", CHIPS);
    commit();
    finish_cola();
    assert_int_equal(action(CORE_ACTION_OUTCOME, 0)->u.payment.outcome.result, PAYMENT_RESULT_DELIVERED);
    assert_int_equal(stored(0)->parts, CORE_TXN_INTENT | CORE_TXN_PRODUCT);
    assert_string_equal(stored(0)->payment.claims.payment_id, "2");
    assert_int_equal(count_actions(CORE_ACTION_STORE), 1);
}

static void waiting_payment_does_not_block_another_device(void **state)
{
    (void)state;
    line(DROP, true); /* passing: water waits */
    pay("1", WATER);
    commit();
    pay("2", COLA);
    assert_int_equal(stored(0)->parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
}

static void later_payment_does_not_overtake_for_the_same_device(void **state)
{
    (void)state;
    line(DROP, true);
    pay("1", WATER);
    line(DROP, false); /* "1" is not durable yet */
    pay("2", WATER);
    assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT);
    commit();
    assert_string_equal(stored(0)->payment.claims.payment_id, "1");
}

static void payment_that_grew_old_in_the_queue_is_refused(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    pay("2", COLA);
    commit();
    tick(120000);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 1); /* of "1": the relay never answered */
    tick(1000);
    const struct core_txn *txn = stored(0);
    assert_int_equal(txn->parts, CORE_TXN_OUTCOME);
    assert_int_equal(txn->payment.outcome.reason, PAYMENT_REASON_EXPIRED);
    assert_int_equal(txn->payment.outcome.refund, PAYMENT_REFUND_YES);
}

static void clock_stepping_back_makes_no_old_payment_fresh(void **state)
{
    (void)state;
    pay("1", CHIPS);
    commit();
    pay("2", COLA);
    commit();
    wall_offset_s = -1000;
    tick(121000);
    bool expired = false;
    for (int i = 0; i < count_actions(CORE_ACTION_STORE); i++)
        expired |= stored(i)->payment.outcome.reason == PAYMENT_REASON_EXPIRED;
    assert_true(expired);
}

static void queue_waits_for_the_clock_and_then_goes_on(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    pay("2", COLA);
    commit();
    health(CORE_HEALTH_CLOCK, false);
    finish_cola();
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    tick(1000);
    assert_int_equal(acts.deadline_ms, now_ms + CORE_POLL_MS);
    health(CORE_HEALTH_CLOCK, true);
    assert_int_equal(stored(0)->parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
}

static void wrong_clock_without_trust_changes_nothing_that_runs(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    wall_offset_s = 1500000000;
    health(CORE_HEALTH_CLOCK, false);
    assert_int_equal(count_actions(CORE_ACTION_STORE) + count_actions(CORE_ACTION_ORDER), 0);
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    assert_int_equal(stored(0)->payment.outcome.result, PAYMENT_RESULT_DELIVERED);
    assert_int_equal(stored(0)->payment.outcome.finished_at, WALL + now_ms / 1000);
}

static void queue_without_trusted_clock_is_bounded_by_its_age(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    pay("2", CHIPS);
    commit();
    finish_cola();
    commit(); /* the intent of "2": it moves */
    pay("3", CHIPS);
    commit();
    core.slots[0].aged = core.slots[1].aged = core.slots[2].aged = false; /* as after a restart */
    health(CORE_HEALTH_CLOCK, false);
    tick(121000);
    bool refused = false;
    for (int i = 0; i < count_actions(CORE_ACTION_STORE); i++)
        refused |= stored(i)->payment.outcome.reason == PAYMENT_REASON_CLOCK_UNTRUSTED;
    assert_true(refused);
}

static void slow_disk_is_judged_again_before_the_movement(void **state)
{
    (void)state;
    pay("1", COLA);
    now_ms += 121000;
    commit();
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
    expect_receipt(CORE_RECEIPT_ACCEPTED, PAYMENT_REASON_NONE);
    const struct core_txn *txn = stored(0);
    assert_int_equal(txn->parts, CORE_TXN_OUTCOME | CORE_TXN_PRODUCT);
    assert_int_equal(txn->product_state.stock, 3);
    assert_int_equal(txn->payment.outcome.reason, PAYMENT_REASON_EXPIRED);
    assert_int_equal(txn->payment.attempts, 1);
    assert_int_equal(txn->payment.started_at, 0);
    commit();
    assert_int_equal(count_actions(CORE_ACTION_OUTCOME), 1);
    pay("2", COLA); /* the device is free */
    assert_int_equal(stored(0)->parts & CORE_TXN_INTENT, CORE_TXN_INTENT);
}

static void fire_door_stop_and_lock_after_the_intent_move_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        script_ready(NULL);
        pay("1", COLA);
        if (i == 0)
            line(FIRE, false);
        else if (i == 1)
            line(DOOR, false);
        else if (i == 2) {
            begin(CORE_EVENT_STOP);
            step();
        } else {
            begin(CORE_EVENT_OUTPUT_FAULT);
            event.u.line.line = OUT_A;
            step();
        }
        commit();
        assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
        assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_OUT_OF_SERVICE);
    }
}

static void passing_sensor_after_the_intent_is_waited_for(void **state)
{
    (void)state;
    pay("1", WATER);
    line(DROP, true);
    commit();
    assert_int_equal(count_actions(CORE_ACTION_ORDER) + count_actions(CORE_ACTION_STORE), 0);
    assert_int_equal(acts.deadline_ms, now_ms + CORE_POLL_MS);
    line(DROP, false);
    assert_int_equal(action(CORE_ACTION_ORDER, 0)->u.order.line, MOTOR);
}

static void sensor_that_stays_after_the_intent_refuses(void **state)
{
    (void)state;
    pay("1", WATER);
    line(DROP, true);
    commit();
    tick(CORE_SENSOR_GRACE_MS);
    assert_int_equal(stored(0)->payment.outcome.result, PAYMENT_RESULT_REFUSED);
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_OUT_OF_SERVICE);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
}

static void sold_out_is_judged_again_when_the_turn_comes(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    pay("2", COLA);
    commit();
    command(CORE_COMMAND_STOCK_SET, COLA);
    event.u.command.stock = 0;
    step();
    commit();
    finish_cola();
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_SOLD_OUT);
}

static void failed_commit_releases_nothing_and_starts_nothing_more(void **state)
{
    (void)state;
    pay("1", COLA);
    commit_as(false, false);
    assert_true(event_told(CORE_CODE_STORE_FAILED));
    assert_int_equal(acts.count, 1);
    assert_int_equal(hold_of(COLA), CORE_HOLD_STORE);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_COMMIT_FAILURES), 1);
    pay("1", COLA);
    assert_int_equal(acts.count, 0);
    pay("2", CHIPS);
    assert_int_equal(acts.count, 0);
    health(CORE_HEALTH_STORE, true);
    assert_int_equal(hold_of(COLA), CORE_HOLD_STORE);
}

static void failed_commit_brings_a_movement_to_its_safe_end(void **state)
{
    (void)state;
    config.machine.parallel = 2;
    pay("1", WATER);
    commit();
    pay("2", COLA);
    commit_as(false, false);
    assert_int_equal(action(CORE_ACTION_ORDER, 0)->u.order.line, MOTOR);
    assert_int_equal(action(CORE_ACTION_ORDER, 0)->u.order.kind, DEVICE_ORDER_OFF);
}

static void nothing_is_written_after_a_failed_commit(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    health(CORE_HEALTH_STORE, false); /* the relay is stopped: its outcome stays open for the next start */
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    assert_int_equal(count_actions(CORE_ACTION_STORE) + count_actions(CORE_ACTION_OUTCOME), 0);
}

static void store_that_says_it_failed_stops_the_queue(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    pay("2", COLA);
    commit();
    health(CORE_HEALTH_STORE, false);
    assert_true(event_told(CORE_CODE_STORE_FAILED));
    tick(200000);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
}

static void outcome_is_published_after_its_commit_only(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    assert_int_equal(count_actions(CORE_ACTION_OUTCOME), 0);
    assert_int_equal(stored(0)->parts, CORE_TXN_OUTCOME);
    struct payment_outcome outcome = stored(0)->payment.outcome;
    commit();
    assert_memory_equal(&action(CORE_ACTION_OUTCOME, 0)->u.payment.outcome, &outcome, sizeof(outcome));
}

static void unknown_ticket_of_the_past_is_ignored(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    begin(CORE_EVENT_COMMITTED);
    event.u.commit.ticket = 1;
    event.u.commit.ok = true;
    step();
    assert_int_equal(acts.count, 0);
}

static void few_transactions_are_begun_in_one_step(void **state)
{
    (void)state;
    char id[16];
    for (int i = 0; i < 20; i++) {
        (void)snprintf(id, sizeof(id), "%d", i);
        pay(id, CHIPS);
        commit();
    }
    now_ms += 121000;
    line(DROP, true); /* any event */
    assert_int_equal(count_actions(CORE_ACTION_STORE), CORE_RUN_MAX);
    assert_int_equal(acts.deadline_ms, now_ms);
    tick(0);
    assert_true(count_actions(CORE_ACTION_STORE) >= CORE_RUN_MAX);
}

static void books_balance(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    finish_cola();
    payment("2", COLA);
    event.u.in.claims.amount = 7;
    step();
    commit();
    pay("3", COLA);
    commit();
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN);
    commit();
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_PAYMENTS), 3);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_PAID_MINOR), 507);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_DELIVERED_MINOR), 250);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_REFUND_MINOR), 7);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_REVIEW_MINOR), 250);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_STARTS), 2);
}

static void counters_stop_at_their_end(void **state)
{
    (void)state;
    core_count(&core, CORE_COUNTER_PAID_MINOR, INT64_MAX);
    core_count(&core, CORE_COUNTER_PAID_MINOR, INT64_MAX);
    assert_true(core_view_counter(&core, CORE_COUNTER_PAID_MINOR) == INT64_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, script_ready)
    const struct CMUnitTest tests[] = {
        TEST(oldest_payment_moves_first),
        TEST(waiting_payment_does_not_block_another_device),
        TEST(later_payment_does_not_overtake_for_the_same_device),
        TEST(payment_that_grew_old_in_the_queue_is_refused),
        TEST(clock_stepping_back_makes_no_old_payment_fresh),
        TEST(queue_waits_for_the_clock_and_then_goes_on),
        TEST(wrong_clock_without_trust_changes_nothing_that_runs),
        TEST(queue_without_trusted_clock_is_bounded_by_its_age),
        TEST(slow_disk_is_judged_again_before_the_movement),
        TEST(fire_door_stop_and_lock_after_the_intent_move_nothing),
        TEST(passing_sensor_after_the_intent_is_waited_for),
        TEST(sensor_that_stays_after_the_intent_refuses),
        TEST(sold_out_is_judged_again_when_the_turn_comes),
        TEST(failed_commit_releases_nothing_and_starts_nothing_more),
        TEST(failed_commit_brings_a_movement_to_its_safe_end),
        TEST(nothing_is_written_after_a_failed_commit),
        TEST(store_that_says_it_failed_stops_the_queue),
        TEST(outcome_is_published_after_its_commit_only),
        TEST(unknown_ticket_of_the_past_is_ignored),
        TEST(few_transactions_are_begun_in_one_step),
        TEST(books_balance),
        TEST(counters_stop_at_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
