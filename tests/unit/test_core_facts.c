/* What is sold and shown when several things come together at a lane. */
#include "tests/unit/core_lane_bench.h"

static int count_told(enum core_code code)
{
    int count = 0;
    for (int32_t i = 0; i < acts.count; i++)
        count += acts.item[i].kind == CORE_ACTION_EVENT && acts.item[i].u.event.code == code;
    return count;
}

static void restart(void)
{
    core_init(&core, &config);
    lane_start();
}

static void a_fault_contact_in_a_movement_takes_the_qr_away(void **state)
{
    (void)state;
    config.devices[GATE].line[CONFIG_ROLE_FAULT] = FEEDBACK;
    restart();
    pay("1", GATE);
    commit();
    assert_int_equal(hold_of(GATE), CORE_HOLD_NONE); /* the next one may pay already */
    line(FEEDBACK, true);
    assert_int_equal(hold_of(GATE), CORE_HOLD_DEVICE_FAULT);
    line(FEEDBACK, false);
    assert_int_equal(hold_of(GATE), CORE_HOLD_NONE);
}

static void a_machine_without_door_and_fire_input_sells(void **state)
{
    (void)state;
    config.machine.door = config.machine.fire = -1;
    restart();
    line(DOOR, false);
    line(FIRE, false);
    assert_int_equal(hold_of(GATE), CORE_HOLD_NONE);
    assert_int_equal(hold_of(CHIPS), CORE_HOLD_NONE);
    assert_int_equal(core.devices[GATE].state.lock, CORE_LOCK_NONE);
}

static void of_two_holds_the_first_of_the_list_is_told(void **state)
{
    (void)state;
    hold_for(600);
    commit();
    assert_int_equal(hold_of(GATE), CORE_HOLD_HELD);
    line_lost(PRESENCE);
    assert_int_equal(hold_of(GATE), CORE_HOLD_LINE_LOST);
    line(PRESENCE, true);
    assert_int_equal(hold_of(GATE), CORE_HOLD_HELD);
}

static void a_fire_input_that_is_the_machines_too_is_told_once(void **state)
{
    (void)state;
    config.devices[GATE].line[CONFIG_ROLE_FIRE] = FIRE;
    restart();
    line(FIRE, false);
    assert_int_equal(count_told(CORE_CODE_FIRE), 1);
    assert_int_equal(told(CORE_CODE_FIRE)->u.event.device, -1);
    assert_int_equal(core.devices[GATE].state.lock, CORE_LOCK_FIRE);
    line(FIRE, true);
    assert_int_equal(count_told(CORE_CODE_FIRE_CLEAR), 1);
}

static void while_it_gets_ready_or_ends_another_opening_is_not_begun(void **state)
{
    (void)state;
    pay("1", GATE);
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_string_equal(error_told(), "the device is busy: order it again");
    commit();
    puppet_answer[DEVICE_EVENT_INPUT] =
        finished(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    line(PRESENCE, false); /* the outcome is on its way */
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_string_equal(error_told(), "the device is busy: order it again");
    assert_int_equal(puppet_starts, 1);
    commit();
    operator_says(CORE_COMMAND_LANE_OPEN, "alice", "");
    step();
    assert_int_equal(puppet_starts, 2);
}

static void a_hold_ends_in_time_although_its_order_waits_longer(void **state)
{
    (void)state;
    hold_for(2);
    commit();
    int64_t end_ms = now_ms + 2000;
    ordered(HOLD_OUT, DEVICE_ORDER_ON, DEVICE_ORDER_UNKNOWN);
    assert_int_equal(acts.deadline_ms, end_ms);
    tick(2000);
    assert_true(event_told(CORE_CODE_HOLD_ENDED));
    assert_int_equal(acts.deadline_ms, core.devices[GATE].hold_order_ms);
}

static void a_right_counts_from_its_first_transaction_on(void **state)
{
    (void)state;
    config.devices[GATE].kind = CONFIG_KIND_TURNSTILE;
    config.devices[GATE].param[CONFIG_PARAM_RIGHTS] = 2;
    restart();
    pay("1", GATE); /* on its way with its intent */
    assert_int_equal(gate_view().rights, 1);
    pay("2", GATE); /* on its way */
    assert_int_equal(gate_view().rights, 2);
    assert_int_equal(hold_of(GATE), CORE_HOLD_BUSY);
    pay("3", GATE);
    assert_int_equal(gate_view().rights, 2); /* a refusal uses none */
    commit();
    commit();
    commit();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_BUSY);
    puppet_answer[DEVICE_EVENT_INPUT] =
        finished(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    line(PRESENCE, false);
    commit(); /* the outcome; the intent of the second is on its way */
    assert_int_equal(core.slots[1].state, CORE_SLOT_RESERVED);
    assert_int_equal(gate_view().rights, 1);
}

static void no_other_account_names_the_product(void **state)
{
    (void)state;
    payment("1", CHIPS);
    memset(event.u.in.claims.product, 0, sizeof(event.u.in.claims.product));
    memcpy(event.u.in.claims.account, "acc-2", 6);
    step();
    expect_refused(PAYMENT_REASON_UNKNOWN_PRODUCT);
}

/* Slots are used again: their places say nothing about who came first. */
static void activities_are_in_the_order_of_their_coming_whatever_their_slots(void **state)
{
    (void)state;
    struct core_activity shown[8];
    pay("1", GATE);
    pay("2", CHIPS);
    commit();
    commit();
    puppet_answer[DEVICE_EVENT_INPUT] =
        finished(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    line(PRESENCE, false);
    assert_int_equal(core_view_activities(&core, shown, 8), 2);
    assert_int_equal(shown[1].phase, DEVICE_PHASE_IDLE); /* moved; not yet durable */
    assert_false(shown[1].finished);
    commit();
    assert_int_equal(core_view_activities(&core, shown, 8), 2); /* its slot is free, it is remembered */
    assert_true(shown[1].finished);
    pay("3", GATE);
    commit();
    assert_int_equal(core_view_activities(&core, shown, 8), 3);
    for (int i = 0; i < 3; i++) {
        char id[4] = {(char)('3' - i)};
        assert_string_equal(shown[i].payment->claims.payment_id, id);
    }
}

/* Its intent is on the way, or waits for its moment: to the customer that is waiting. */
static void a_payment_that_gets_ready_is_shown_as_waiting(void **state)
{
    (void)state;
    struct core_activity shown[4];
    puppet_check[GATE] = (struct device_check){
        .readiness = DEVICE_WAIT, .reason = PAYMENT_REASON_NO_VEHICLE, .wait_ms = 60000};
    pay("1", GATE);
    commit();
    puppet_check[GATE].readiness = DEVICE_GO;
    tick(CORE_POLL_MS);
    assert_int_equal(core.slots[0].state, CORE_SLOT_RESERVED);
    assert_int_equal(core_view_activities(&core, shown, 4), 1);
    assert_int_equal(shown[0].phase, DEVICE_PHASE_WAITING);
    commit();
    assert_int_equal(puppet_starts, 1);
}

static void a_lock_that_stands_is_not_told_again(void **state)
{
    (void)state;
    puppet_start = finished(PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_JAM, DEVICE_VERDICT_LOCK);
    for (int i = 0; i < 2; i++) {
        command(CORE_COMMAND_DEVICE_TEST, CHIPS);
        step();
        assert_int_equal(count_told(CORE_CODE_DEVICE_LOCKED), i == 0);
        assert_int_equal(count_actions(CORE_ACTION_STORE), i == 0);
    }
    assert_int_equal(core.devices[CHIPS].state.lock, CORE_LOCK_JAM);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lane_ready)
    const struct CMUnitTest tests[] = {
        TEST(a_fault_contact_in_a_movement_takes_the_qr_away),
        TEST(a_machine_without_door_and_fire_input_sells),
        TEST(of_two_holds_the_first_of_the_list_is_told),
        TEST(a_fire_input_that_is_the_machines_too_is_told_once),
        TEST(while_it_gets_ready_or_ends_another_opening_is_not_begun),
        TEST(a_hold_ends_in_time_although_its_order_waits_longer),
        TEST(a_right_counts_from_its_first_transaction_on),
        TEST(no_other_account_names_the_product),
        TEST(activities_are_in_the_order_of_their_coming_whatever_their_slots),
        TEST(a_payment_that_gets_ready_is_shown_as_waiting),
        TEST(a_lock_that_stands_is_not_told_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
