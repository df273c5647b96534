/* What a lane says beside its movements: notes with a trace, time while idle, waiting, rights, money kept. */
#include "tests/unit/core_lane_bench.h"

static void note(struct device_out *out, enum core_code code, enum config_role role)
{
    out->notes[out->note_count++] = (struct device_note){code, role};
}

static void add_change(enum config_role role, enum device_level level, int64_t ago_ms)
{
    struct device *device = &core.devices[GATE].device;
    device->trace[device->trace_next] = (struct device_change){role, level, now_ms - ago_ms};
    device->trace_next = (device->trace_next + 1) % DEVICE_TRACE;
    if (device->trace_count < DEVICE_TRACE)
        device->trace_count++;
}

static void a_note_in_a_movement_names_the_payment(void **state)
{
    (void)state;
    pay("42", GATE);
    commit();
    note(&puppet_answer[DEVICE_EVENT_INPUT], CORE_CODE_TAILGATE, CONFIG_ROLE_PRESENCE);
    line(PRESENCE, false);
    const struct core_action *event_of = told(CORE_CODE_TAILGATE);
    assert_string_equal(event_of->u.event.payment_id, "42");
    assert_string_equal(event_of->u.event.provider, "psp");
    assert_int_equal(event_of->u.event.device, GATE);
    assert_int_equal(event_of->u.event.product, GATE);
    assert_int_equal(event_of->u.event.line, PRESENCE);
}

static void a_note_of_the_start_or_the_end_is_told(void **state)
{
    (void)state;
    note(&puppet_start, CORE_CODE_ARM_NOT_UP, CONFIG_ROLE_COUNT);
    pay("1", GATE);
    commit();
    assert_int_equal(told(CORE_CODE_ARM_NOT_UP)->u.event.line, -1);
    puppet_answer[DEVICE_EVENT_INPUT] =
        finished(PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
    note(&puppet_answer[DEVICE_EVENT_INPUT], CORE_CODE_VEHICLE_STAYS, CONFIG_ROLE_PRESENCE);
    line(PRESENCE, false);
    assert_string_equal(told(CORE_CODE_VEHICLE_STAYS)->u.event.payment_id, "1");
}

static void a_note_while_idle_names_no_payment(void **state)
{
    (void)state;
    note(&puppet_answer[DEVICE_EVENT_INPUT], CORE_CODE_FORCED_OPEN, CONFIG_ROLE_PRESENCE);
    line(PRESENCE, false);
    assert_string_equal(told(CORE_CODE_FORCED_OPEN)->u.event.payment_id, "");
    assert_int_equal(told(CORE_CODE_FORCED_OPEN)->u.event.device, GATE);
}

static void a_note_has_the_last_changes_oldest_first(void **state)
{
    (void)state;
    add_change(CONFIG_ROLE_FIRE, DEVICE_LEVEL_UNKNOWN, 999);
    for (int i = 0; i < DEVICE_TRACE; i++)
        add_change(CONFIG_ROLE_PRESENCE, i % 2 ? DEVICE_LEVEL_ON : DEVICE_LEVEL_OFF, 100 - i);
    note(&puppet_answer[DEVICE_EVENT_INPUT], CORE_CODE_FORCED_OPEN, CONFIG_ROLE_PRESENCE);
    line(PRESENCE, false);
    const struct core_action *event_of = told(CORE_CODE_FORCED_OPEN);
    assert_int_equal(event_of->u.event.trace_count, DEVICE_TRACE);
    for (int i = 0; i < DEVICE_TRACE; i++) {
        assert_int_equal(event_of->u.event.trace[i].line, PRESENCE);
        assert_int_equal(event_of->u.event.trace[i].level, i % 2 ? DEVICE_LEVEL_ON : DEVICE_LEVEL_OFF);
        assert_int_equal(event_of->u.event.trace[i].ago_ms, 100 - i);
    }
}

static void a_change_of_last_month_is_no_younger_for_it(void **state)
{
    (void)state;
    now_ms += (int64_t)INT32_MAX + 5;
    add_change(CONFIG_ROLE_PRESENCE, DEVICE_LEVEL_OFF, (int64_t)INT32_MAX + 1);
    add_change(CONFIG_ROLE_PRESENCE, DEVICE_LEVEL_ON, INT32_MAX);
    note(&puppet_answer[DEVICE_EVENT_INPUT], CORE_CODE_FORCED_OPEN, CONFIG_ROLE_PRESENCE);
    line(PRESENCE, false);
    assert_int_equal(told(CORE_CODE_FORCED_OPEN)->u.event.trace[0].ago_ms, INT32_MAX);
    assert_int_equal(told(CORE_CODE_FORCED_OPEN)->u.event.trace[1].ago_ms, INT32_MAX);
}

static void an_idle_lane_gets_the_time_it_asked_for(void **state)
{
    (void)state;
    puppet_answer[DEVICE_EVENT_INPUT].deadline_ms = now_ms + 5000;
    line(PRESENCE, false);
    assert_int_equal(acts.deadline_ms, now_ms + 5000);
    tick(4999);
    assert_int_equal(puppet_events[DEVICE_EVENT_TIME], 0);
    note(&puppet_answer[DEVICE_EVENT_TIME], CORE_CODE_ARM_NOT_DOWN, CONFIG_ROLE_DOWN);
    tick(1);
    assert_true(event_told(CORE_CODE_ARM_NOT_DOWN));
    assert_true(acts.view_changed); /* whether it may start can depend on the time */
    assert_int_equal(acts.deadline_ms, 0);
}

static void a_lane_goes_on_watching_after_its_movement(void **state)
{
    (void)state;
    pay("1", GATE);
    commit();
    puppet_answer[DEVICE_EVENT_INPUT] =
        finished(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    puppet_answer[DEVICE_EVENT_INPUT].deadline_ms = now_ms + 30000;
    line(PRESENCE, false);
    commit();
    assert_int_equal(acts.deadline_ms, now_ms + 30000);
    tick(30000);
    assert_int_equal(puppet_events[DEVICE_EVENT_TIME], 1);
}

static void a_wait_counts_from_when_the_device_was_free(void **state)
{
    (void)state;
    pay("1", GATE);
    commit();
    pay("2", GATE);
    commit();
    puppet_answer[DEVICE_EVENT_TIME] =
        finished(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    core.devices[GATE].deadline_ms = now_ms + 70000;
    tick(70000);
    puppet_check[GATE] = (struct device_check){
        .readiness = DEVICE_WAIT, .reason = PAYMENT_REASON_NO_VEHICLE, .wait_ms = 30000};
    commit(); /* free now: the second one waits for its vehicle */
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    tick(30000);
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    tick(1);
    assert_int_equal(stored(0)->payment.outcome.reason, PAYMENT_REASON_NO_VEHICLE);
}

static void a_check_may_name_what_holds_the_sale(void **state)
{
    (void)state;
    puppet_check[GATE] = (struct device_check){.readiness = DEVICE_REFUSE,
                                               .reason = PAYMENT_REASON_OUT_OF_SERVICE,
                                               .role = CONFIG_ROLE_PRESENCE,
                                               .hold = CORE_HOLD_ARM};
    line(PRESENCE, false);
    assert_int_equal(hold_of(GATE), CORE_HOLD_ARM);
    pay("1", GATE); /* at once, whatever changed just now */
    commit();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_OUT_OF_SERVICE);
    tick(CORE_STUCK_MS);
    assert_false(event_told(CORE_CODE_SENSOR_STUCK));
    puppet_check[GATE].hold = CORE_HOLD_NONE;
    line(PRESENCE, true);
    tick(CORE_SENSOR_GRACE_MS);
    assert_int_equal(hold_of(GATE), CORE_HOLD_SENSOR);
    tick(CORE_STUCK_MS);
    assert_true(event_told(CORE_CODE_SENSOR_STUCK));
}

static void turnstile(void)
{
    config.devices[GATE].kind = CONFIG_KIND_TURNSTILE;
    config.devices[GATE].param[CONFIG_PARAM_RIGHTS] = 3;
}

static void rights_are_bounded_and_end_with_the_passage(void **state)
{
    (void)state;
    turnstile();
    config.products[GATE].stock = core.products[GATE].stock = -1;
    pay("1", GATE);
    commit();
    pay("2", GATE);
    commit();
    assert_int_equal(hold_of(GATE), CORE_HOLD_NONE);
    pay("3", GATE);
    commit();
    assert_int_equal(gate_view().rights, 3);
    assert_int_equal(hold_of(GATE), CORE_HOLD_BUSY);
    pay("4", GATE);
    commit();
    expect_receipt(CORE_RECEIPT_REFUSED, PAYMENT_REASON_BUSY);
    assert_int_equal(hold_of(CHIPS), CORE_HOLD_NONE);
    puppet_answer[DEVICE_EVENT_INPUT] =
        finished(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    line(PRESENCE, false);
    assert_int_equal(gate_view().rights, 2);
    assert_int_equal(hold_of(GATE), CORE_HOLD_NONE);
    memset(&puppet_answer[DEVICE_EVENT_INPUT], 0, sizeof(puppet_answer[0]));
    pay("5", GATE);
    assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT);
}

static void ends_with(enum payment_result result, enum payment_reason reason, enum payment_refund refund)
{
    (void)lane_ready(NULL);
    pay("1", GATE);
    commit();
    puppet_answer[DEVICE_EVENT_INPUT] = finished(result, reason, DEVICE_VERDICT_GOOD);
    puppet_answer[DEVICE_EVENT_INPUT].outcome.refund = refund;
    line(PRESENCE, false);
}

static void who_did_not_go_through_may_have_to_pay(void **state)
{
    (void)state;
    ends_with(PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, PAYMENT_REFUND_NO);
    assert_int_equal(stored(0)->payment.outcome.refund, PAYMENT_REFUND_NO);
    assert_int_equal(stored(0)->parts & CORE_TXN_PRODUCT, 0); /* sold, used or not */
    commit();
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_FAILED), 1);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_DELIVERED_MINOR), 250);
    assert_int_equal(core_view_counter(&core, CORE_COUNTER_REFUND_MINOR), 0);
    ends_with(PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, PAYMENT_REFUND_YES);
    assert_int_equal(stored(0)->payment.outcome.refund, PAYMENT_REFUND_YES);
    assert_int_equal(stored(0)->parts & CORE_TXN_PRODUCT, CORE_TXN_PRODUCT);
}

static void no_other_ending_keeps_the_money(void **state)
{
    (void)state;
    ends_with(PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, PAYMENT_REFUND_NO);
    assert_int_equal(stored(0)->payment.outcome.refund, PAYMENT_REFUND_YES);
    ends_with(PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_PASSAGE, PAYMENT_REFUND_NO);
    assert_int_equal(stored(0)->payment.outcome.refund, PAYMENT_REFUND_REVIEW);
}

static void every_order_for_a_latched_line_is_told_as_refused(void **state)
{
    (void)state;
    config.devices[GATE].line[CONFIG_ROLE_SIGN] = OUT_B;
    config.devices[CHIPS].line[CONFIG_ROLE_OUTPUT] = -1;
    pay("1", GATE);
    commit();
    core.lines[OUT_A].faulted = core.lines[OUT_B].faulted = true;
    struct device_out *out = &puppet_answer[DEVICE_EVENT_INPUT];
    out->order_count = 2;
    out->orders[0] = (struct device_order){DEVICE_ORDER_ON, CONFIG_ROLE_SIGN, 0};
    out->orders[1] = (struct device_order){DEVICE_ORDER_PULSE, CONFIG_ROLE_OPEN, 500};
    line(PRESENCE, false);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
    assert_int_equal(puppet_events[DEVICE_EVENT_ORDER], 2);
}

static void the_view_knows_the_vehicle(void **state)
{
    (void)state;
    assert_int_equal(gate_view().presence, DEVICE_LEVEL_ON);
    line(PRESENCE, false);
    assert_int_equal(gate_view().presence, DEVICE_LEVEL_OFF);
    config.devices[GATE].line[CONFIG_ROLE_PRESENCE] = -1;
    assert_int_equal(gate_view().presence, DEVICE_LEVEL_UNKNOWN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lane_ready)
    const struct CMUnitTest tests[] = {
        TEST(a_note_in_a_movement_names_the_payment),
        TEST(a_note_of_the_start_or_the_end_is_told),
        TEST(a_note_while_idle_names_no_payment),
        TEST(a_note_has_the_last_changes_oldest_first),
        TEST(a_change_of_last_month_is_no_younger_for_it),
        TEST(an_idle_lane_gets_the_time_it_asked_for),
        TEST(a_lane_goes_on_watching_after_its_movement),
        TEST(a_wait_counts_from_when_the_device_was_free),
        TEST(a_check_may_name_what_holds_the_sale),
        TEST(rights_are_bounded_and_end_with_the_passage),
        TEST(who_did_not_go_through_may_have_to_pay),
        TEST(no_other_ending_keeps_the_money),
        TEST(every_order_for_a_latched_line_is_told_as_refused),
        TEST(the_view_knows_the_vehicle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
