#include "tests/unit/core_script.h"
#include "controller/codes.h"

static void names_are_those_of_the_contract(void **state)
{
    (void)state;
    assert_string_equal(core_hold_name(CORE_HOLD_BROKER), "offline");
    assert_string_equal(core_hold_name(CORE_HOLD_STOPPING), "stopping");
    assert_string_equal(core_code_name(CORE_CODE_PAYMENT_CONFLICT), "conflicting_duplicate");
    assert_string_equal(core_code_severity(CORE_CODE_PAYMENT_CONFLICT), "alarm");
    assert_string_equal(core_counter_name(CORE_COUNTER_STARTS), "movements");
    assert_string_equal(payment_reason_name(PAYMENT_REASON_NO_VEHICLE), "no_vehicle");
    assert_string_equal(payment_reason_name(PAYMENT_REASON_STOPPED), "stopped");
    assert_string_equal(payment_result_name(PAYMENT_RESULT_REFUSED), "refused");
    assert_string_equal(payment_refund_name(PAYMENT_REFUND_REVIEW), "review");
    assert_string_equal(payment_state_name(PAYMENT_STATE_MOVING), "moving");
    assert_string_equal(payment_evidence_name(PAYMENT_EVIDENCE_LIGHT_MS), "light_ms");
}

static void every_name_is_there_and_different(void **state)
{
    (void)state;
    for (int a = 0; a < CORE_CODE_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(core_code_name((enum core_code)a), core_code_name((enum core_code)b));
    for (int a = 0; a < CORE_HOLD_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(core_hold_name((enum core_hold)a), core_hold_name((enum core_hold)b));
    for (int a = 0; a < PAYMENT_REASON_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(payment_reason_name((enum payment_reason)a),
                                    payment_reason_name((enum payment_reason)b));
}

static void same_key_is_provider_and_id(void **state)
{
    (void)state;
    struct payment_claims a = payment("1", COLA)->u.in.claims, b = a;
    b.amount++;
    assert_true(payment_same_key(&a, &b));
    assert_false(payment_same_content(&a, &b));
    b = a;
    b.provider[0] = 'x';
    assert_false(payment_same_key(&a, &b));
    b = a;
    b.paid_at++;
    b.exp = 5;
    assert_true(payment_same_content(&a, &b));
    memcpy(b.account, "other", 6);
    assert_false(payment_same_content(&a, &b));
    b = a;
    memcpy(b.currency, "EUR", 4);
    assert_false(payment_same_content(&a, &b));
    b = a;
    memcpy(b.product, "chips", 6);
    assert_false(payment_same_content(&a, &b));
    b = a;
    memcpy(b.payment_id, "2", 2);
    assert_false(payment_same_content(&a, &b));
}

static void evidence_beyond_its_room_is_dropped(void **state)
{
    (void)state;
    struct payment_outcome outcome = {0};
    for (int i = 0; i < PAYMENT_MAX_EVIDENCE + 3; i++)
        payment_add_evidence(&outcome, PAYMENT_EVIDENCE_PULSES, i);
    assert_int_equal(outcome.evidence_count, PAYMENT_MAX_EVIDENCE);
    assert_int_equal(outcome.evidence[PAYMENT_MAX_EVIDENCE - 1].value, PAYMENT_MAX_EVIDENCE - 1);
}

static void activities_are_newest_first_and_only_durable_ones(void **state)
{
    (void)state;
    struct core_activity shown[8];
    pay("1", COLA);
    assert_int_equal(core_view_activities(&core, shown, 8), 0);
    commit();
    finish_cola();
    pay("2", WATER);
    commit();
    pay("3", COLA);
    commit();
    assert_int_equal(core_view_activities(&core, shown, 8), 3);
    assert_string_equal(shown[0].payment->claims.payment_id, "3");
    assert_int_equal(shown[0].phase, DEVICE_PHASE_WAITING);
    assert_int_equal(shown[1].phase, DEVICE_PHASE_MOVING);
    assert_false(shown[1].finished);
    assert_true(shown[2].finished);
    assert_int_equal(shown[2].payment->outcome.result, PAYMENT_RESULT_DELIVERED);
    assert_int_equal(core_view_activities(&core, shown, 2), 2);
}

static void recent_ones_are_bounded(void **state)
{
    (void)state;
    struct core_activity shown[CORE_MAX_RECENT + 8];
    char id[16];
    for (int i = 0; i < CORE_MAX_RECENT + 5; i++) {
        (void)snprintf(id, sizeof(id), "%d", i);
        payment(id, COLA);
        event.u.in.claims.amount = 1;
        step();
        commit();
    }
    assert_int_equal(core_view_activities(&core, shown, CORE_MAX_RECENT + 8), CORE_MAX_RECENT);
    assert_string_equal(shown[0].payment->claims.payment_id, id);
}

static void machine_view_counts(void **state)
{
    (void)state;
    struct core_machine_view view;
    pay("1", COLA);
    commit();
    pay("2", COLA);
    commit();
    core_view_machine(&core, &view);
    assert_int_equal(view.open, 2);
    assert_int_equal(view.moving, 1);
    assert_int_equal(view.queued, 1);
    assert_false(view.store_failed);
    line(DOOR, false);
    core_view_machine(&core, &view);
    assert_int_equal(view.holds, 1u << CORE_HOLD_DOOR);
    assert_false(view.selling);
}

static void why_names_every_fact_in_order(void **state)
{
    (void)state;
    enum core_hold why[CORE_HOLD_COUNT];
    assert_int_equal(core_why(&core, WATER, why, CORE_HOLD_COUNT), 0);
    line(DROP, true);
    line(DOOR, false);
    health(CORE_HEALTH_BROKER, false);
    command(CORE_COMMAND_PRODUCT_DISABLE, WATER);
    step();
    assert_int_equal(core_why(&core, WATER, why, CORE_HOLD_COUNT), 4);
    assert_int_equal(why[0], CORE_HOLD_DOOR);
    assert_int_equal(why[1], CORE_HOLD_BROKER);
    assert_int_equal(why[2], CORE_HOLD_DISABLED);
    assert_int_equal(why[3], CORE_HOLD_SENSOR);
    assert_int_equal(core_why(&core, WATER, why, 2), 2);
}

static void queued_payments_count_against_the_stock_shown(void **state)
{
    (void)state;
    struct core_product_view view;
    pay("1", CHIPS);
    commit();
    pay("2", COLA);
    core_view_product(&core, COLA, WALL, &view);
    assert_int_equal(view.stock, 2);
    assert_true(view.can_sell);
    assert_string_equal(view.qr, "qr-cola");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, script_ready)
    const struct CMUnitTest tests[] = {
        TEST(names_are_those_of_the_contract),
        TEST(every_name_is_there_and_different),
        TEST(same_key_is_provider_and_id),
        TEST(evidence_beyond_its_room_is_dropped),
        TEST(activities_are_newest_first_and_only_durable_ones),
        TEST(recent_ones_are_bounded),
        TEST(machine_view_counts),
        TEST(why_names_every_fact_in_order),
        TEST(queued_payments_count_against_the_stock_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
