/* A validator: many payments at once, each settled by light or screen, none behind another. */
#include "tests/unit/core_many_bench.h"

static void sixty_in_a_second_begin_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++) {
        now_ms += 16;
        ride(i);
        assert_int_equal(puppet_starts, i + 1);
    }
    assert_int_equal(hold_of(RIDE), CORE_HOLD_NONE);
    light_settles(60);
    assert_int_equal(finish_all(), 60);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_DELIVERED), 60);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_DELIVERED_MINOR), 60 * 300);
}

static void messages_in_hand_begin_together(void **state)
{
    (void)state;
    char id[16];
    for (int i = 0; i < CORE_MAX_UNRELEASED; i++) {
        (void)snprintf(id, sizeof(id), "m%d", i);
        pay(id, RIDE);
        assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT | CORE_TXN_INTENT);
    }
    for (int i = 0; i < CORE_MAX_UNRELEASED; i++)
        commit();
    assert_int_equal(puppet_starts, CORE_MAX_UNRELEASED);
}

static void the_oldest_are_settled_with_their_own_time(void **state)
{
    (void)state;
    ride(0);
    now_ms += 100;
    ride(1);
    now_ms += 100;
    ride(2);
    light_settles(2);
    for (int i = 0; i < 2; i++) {
        const struct payment *done = &stored(i)->payment;
        assert_string_equal(done->claims.payment_id, i == 0 ? "r0" : "r1");
        assert_int_equal(stored(i)->parts, CORE_TXN_OUTCOME);
        assert_int_equal(done->outcome.result, PAYMENT_RESULT_DELIVERED);
        assert_true(done->outcome.verified);
        assert_int_equal(done->outcome.evidence_count, 1);
        assert_int_equal(done->outcome.evidence[0].name, PAYMENT_EVIDENCE_LIGHT_MS);
        assert_int_equal(done->outcome.evidence[0].value, i == 0 ? 200 : 100);
    }
    assert_int_equal(count_state(CORE_SLOT_MOVING), 1);
    assert_int_equal(count_actions(CORE_ACTION_OUTCOME), 0); /* not before it is durable */
}

static void outcomes_are_written_a_few_in_each_step(void **state)
{
    (void)state;
    rides(20);
    light_settles(20);
    assert_int_equal(count_actions(CORE_ACTION_STORE), CORE_RUN_MAX);
    assert_int_equal(acts.deadline_ms, now_ms);
    tick(0);
    assert_int_equal(count_actions(CORE_ACTION_STORE), CORE_RUN_MAX);
    struct core_machine_view view;
    core_view_machine(&core, &view);
    assert_int_equal(view.unsettled, 20);
    tick(0);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 4);
    assert_int_not_equal(acts.deadline_ms, now_ms);
}

static void the_screen_settles_a_gapless_beginning(void **state)
{
    (void)state;
    rides(5);
    uint64_t first = order_of("r0");
    shown(first + 2, first + 4); /* the two oldest have rolled off before they were drawn */
    assert_int_equal(puppet_events[DEVICE_EVENT_SHOWN], 0);
    shown(first, first + 1);
    assert_int_equal(puppet_events[DEVICE_EVENT_SHOWN], 1);
    assert_int_equal(puppet_last.shown, 2);
    shown(first - 1, first + 100);
    assert_int_equal(puppet_last.shown, 5);
    shown(first + 100, first + 200);
    assert_int_equal(puppet_events[DEVICE_EVENT_SHOWN], 2);
}

static void what_begins_late_is_settled_late(void **state)
{
    (void)state;
    puppet_check[RIDE].readiness = DEVICE_WAIT;
    pay("late", RIDE);
    commit();
    puppet_check[RIDE].readiness = DEVICE_GO;
    pay("next", RIDE);
    commit();
    commit();
    light_settles(1);
    finish_all();
    assert_int_equal(count_state(CORE_SLOT_MOVING), 1);
    assert_int_equal(puppet_starts, 2);
}

static void nobody_waits_for_one_that_waits(void **state)
{
    (void)state;
    puppet_check[RIDE].readiness = DEVICE_WAIT;
    pay("waits", RIDE);
    assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT);
    puppet_check[RIDE].readiness = DEVICE_GO;
    pay("goes", RIDE);
    assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT | CORE_TXN_INTENT);
}

static void what_failed_can_be_sold_again(void **state)
{
    (void)state;
    config.products[RIDE].stock = core.products[RIDE].stock = 5;
    pay("r0", RIDE);
    commit();
    assert_int_equal(core.products[RIDE].stock, 4);
    puppet_answer[DEVICE_EVENT_ORDER].settled = 1;
    puppet_answer[DEVICE_EVENT_ORDER].outcome.result = PAYMENT_RESULT_FAILED;
    ordered(OUT_B, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED);
    assert_int_equal(stored(0)->product_state.stock, 5);
}

static void too_many_open_ones_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i < CORE_MAX_ACCEPTED; i++)
        ride(i);
    pay("one too many", RIDE);
    commit();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_BUSY);
    light_settles(CORE_MAX_ACCEPTED);
    assert_int_equal(finish_all(), CORE_MAX_ACCEPTED);
    ride(1000);
}

static void no_more_is_on_its_way_to_the_disk_than_its_queue_takes(void **state)
{
    (void)state;
    int stores = 0;
    rides(CORE_MAX_ACCEPTED);
    light_settles(CORE_MAX_ACCEPTED);
    stores += count_actions(CORE_ACTION_STORE);
    while (acts.deadline_ms == now_ms) {
        tick(0);
        stores += count_actions(CORE_ACTION_STORE);
    }
    assert_int_equal(stores, CORE_STORING_MAX);
    commit();
    assert_int_equal(count_actions(CORE_ACTION_STORE), 1);
    assert_int_equal(finish_all(), CORE_MAX_ACCEPTED - 1);
}

static void a_duplicate_begins_nothing(void **state)
{
    (void)state;
    ride(0);
    pay("r0", RIDE);
    expect_receipt(CORE_RECEIPT_DUPLICATE, PAYMENT_REASON_NONE);
    assert_int_equal(puppet_starts, 1);
}

static void others_do_not_wait_for_it_nor_it_for_them(void **state)
{
    (void)state;
    ride(0);
    pay("cola", COLA);
    commit();
    assert_int_equal(puppet_starts, 2);
    ride(1);
    assert_int_equal(puppet_starts, 3);
}

static void without_light_it_sells_while_a_screen_is_there(void **state)
{
    (void)state;
    config.devices[RIDE].line[CONFIG_ROLE_LIGHT] = -1;
    tick(1);
    assert_int_equal(hold_of(RIDE), CORE_HOLD_SCREEN);
    pay("dark", RIDE);
    commit();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_OUT_OF_SERVICE);
    health(CORE_HEALTH_SCREEN, true);
    assert_true(acts.view_changed);
    assert_true(core.devices[RIDE].device.screen);
    assert_int_equal(hold_of(RIDE), CORE_HOLD_NONE);
    ride(0);
    health(CORE_HEALTH_SCREEN, false);
    assert_int_equal(hold_of(RIDE), CORE_HOLD_SCREEN);
}

static void a_light_out_of_order_stops_it_only_without_a_screen(void **state)
{
    (void)state;
    line_lost(OUT_B);
    assert_int_equal(hold_of(RIDE), CORE_HOLD_LINE_LOST);
    health(CORE_HEALTH_SCREEN, true);
    assert_int_equal(hold_of(RIDE), CORE_HOLD_NONE);
    line(OUT_B, false);
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = OUT_B;
    event.u.line.on = true;
    step();
    assert_true(event_told(CORE_CODE_OUTPUT_FAULT));
    assert_int_equal(puppet_events[DEVICE_EVENT_FAULT], 1);
    assert_int_equal(hold_of(RIDE), CORE_HOLD_NONE);
    health(CORE_HEALTH_SCREEN, false);
    assert_int_equal(hold_of(RIDE), CORE_HOLD_DEVICE_FAULT);
}

static void a_test_has_its_place_among_the_payments(void **state)
{
    (void)state;
    ride(0);
    command(CORE_COMMAND_DEVICE_TEST, RIDE);
    step();
    assert_int_equal(puppet_starts, 2);
    ride(1);
    command(CORE_COMMAND_DEVICE_TEST, RIDE);
    step();
    assert_string_equal(action(CORE_ACTION_ANSWER, 0)->u.answer.error, "the device is busy");
    light_settles(1);
    assert_int_equal(count_actions(CORE_ACTION_ANSWER), 0);
    light_settles(1);
    assert_true(action(CORE_ACTION_ANSWER, 0)->u.answer.ok);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    light_settles(1);
    assert_string_equal(stored(0)->payment.claims.payment_id, "r1");
}

static void strikes_put_it_out_of_service(void **state)
{
    (void)state;
    struct device_out *out = &puppet_answer[DEVICE_EVENT_ORDER];
    for (int i = 0; i < 2; i++) {
        ride(i);
        *out = (struct device_out){.settled = 1, .verdict = DEVICE_VERDICT_STRIKE};
        out->outcome.result = PAYMENT_RESULT_FAILED;
        out->outcome.reason = PAYMENT_REASON_ORDER_REFUSED;
        ordered(OUT_B, DEVICE_ORDER_ON, DEVICE_ORDER_REFUSED);
        assert_int_equal(stored(0)->parts, CORE_TXN_DEVICE);
        assert_int_equal(stored(1)->payment.outcome.refund, PAYMENT_REFUND_YES);
        assert_int_equal(finish_all(), 1);
    }
    assert_int_equal(hold_of(RIDE), CORE_HOLD_STRUCK_OUT);
}

static void a_failed_store_leaves_intents(void **state)
{
    (void)state;
    rides(3);
    light_settles(3);
    commit_as(false, false);
    assert_true(event_told(CORE_CODE_STORE_FAILED));
    assert_int_equal(puppet_events[DEVICE_EVENT_ABORT], 1);
    assert_int_equal(count_actions(CORE_ACTION_OUTCOME), 0);
}

static void a_power_loss_leaves_no_lock(void **state)
{
    (void)state;
    ride(0);
    struct payment moving = core.slots[0].payment;
    core_init(&core, &config);
    txn_count = 0;
    begin(CORE_EVENT_RESTORE_PAYMENT);
    event.u.payment = moving;
    step();
    script_start();
    script_lines();
    assert_int_equal(txns[txn_head].payment.outcome.result, PAYMENT_RESULT_UNKNOWN);
    assert_int_equal(core.devices[RIDE].state.lock, CORE_LOCK_NONE);
    assert_int_equal(hold_of(RIDE), CORE_HOLD_NONE);
}

static void what_was_paid_before_a_restart_begins_together(void **state)
{
    (void)state;
    char id[16];
    core_init(&core, &config);
    txn_count = 0;
    for (int i = 0; i < 5; i++) {
        (void)snprintf(id, sizeof(id), "p%d", i);
        payment(id, RIDE);
        struct payment paid = {
            .claims = event.u.in.claims, .state = PAYMENT_STATE_PAID, .product = RIDE, .device = RIDE};
        begin(CORE_EVENT_RESTORE_PAYMENT);
        event.u.payment = paid;
        step();
    }
    script_start();
    script_lines();
    assert_int_equal(txn_count, 5);
    while (txn_count > 0)
        assert_int_equal(commit()->parts, CORE_TXN_INTENT);
    assert_int_equal(puppet_starts, 5);
}

static void it_moves_while_something_is_unsettled(void **state)
{
    (void)state;
    struct core_device_view view;
    rides(2);
    core_view_device(&core, RIDE, &view);
    assert_true(view.moving);
    assert_int_equal(view.rights, 2);
    light_settles(2);
    finish_all();
    core_view_device(&core, RIDE, &view);
    assert_false(view.moving);
    assert_int_equal(view.rights, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, many_ready)
    const struct CMUnitTest tests[] = {
        TEST(sixty_in_a_second_begin_at_once),
        TEST(messages_in_hand_begin_together),
        TEST(the_oldest_are_settled_with_their_own_time),
        TEST(outcomes_are_written_a_few_in_each_step),
        TEST(the_screen_settles_a_gapless_beginning),
        TEST(what_begins_late_is_settled_late),
        TEST(nobody_waits_for_one_that_waits),
        TEST(what_failed_can_be_sold_again),
        TEST(too_many_open_ones_are_refused),
        TEST(no_more_is_on_its_way_to_the_disk_than_its_queue_takes),
        TEST(a_duplicate_begins_nothing),
        TEST(others_do_not_wait_for_it_nor_it_for_them),
        TEST(without_light_it_sells_while_a_screen_is_there),
        TEST(a_light_out_of_order_stops_it_only_without_a_screen),
        TEST(a_test_has_its_place_among_the_payments),
        TEST(strikes_put_it_out_of_service),
        TEST(a_failed_store_leaves_intents),
        TEST(a_power_loss_leaves_no_lock),
        TEST(what_was_paid_before_a_restart_begins_together),
        TEST(it_moves_while_something_is_unsettled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
