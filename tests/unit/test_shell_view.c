/* What the screen is told of lanes: from the core's views to the snapshot. */
#include "tests/unit/core_lane_bench.h"

#include "common/text.h"
#include "controller/shell_view.h"

static struct snapshot told_view;

static const struct snapshot_lane *gate(void)
{
    memset(&told_view, 0x5A, sizeof(told_view));
    shell_view_snapshot(&told_view, &config, &core, "", now_ms, WALL, true);
    assert_int_equal(told_view.lane_count, 1);
    return &told_view.lanes[0];
}

static void expect(enum snapshot_lane_state state)
{
    if (gate()->state != state)
        fail_msg("the lane is %s, not %s", snapshot_lane_state_name(gate()->state),
                 snapshot_lane_state_name(state));
}

static int set_up(void **state)
{
    (void)lane_ready(state);
    memcpy(config.kiosk.languages[0], "en", 3);
    config.kiosk.language_count = 1;
    memcpy(config.devices[GATE].name, "gate", 5);
    return 0;
}

/* Pays and starts the movement; the device says that it is in this phase. */
static void move(enum device_phase phase)
{
    puppet_start.phase = phase;
    pay("payment-0001", GATE);
    commit();
    assert_true(gate_view().moving);
}

static void lanes_come_with_their_products_and_payments(void **state)
{
    (void)state;
    pay("payment-0001", GATE);
    commit();
    const struct snapshot_lane *lane = gate();
    assert_string_equal(lane->device, "gate");
    assert_int_equal(lane->kind, SNAPSHOT_BARRIER);
    assert_true(lane->vehicle);
    assert_false(lane->out);
    assert_int_equal(told_view.products[GATE].lane, 0);
    assert_int_equal(told_view.products[CHIPS].lane, -1);
    assert_int_equal(told_view.activity_count, 1);
    assert_int_equal(told_view.activities[0].lane, 0);
    assert_true(told_view.activities[0].number > 0);
    assert_int_equal(told_view.activities[0].refund, SNAPSHOT_REFUND_NONE);
}

static void the_snapshot_of_lanes_is_one_the_screen_takes(void **state)
{
    (void)state;
    static char wire[SNAPSHOT_MAX_BYTES];
    static struct snapshot taken;
    memcpy(config.kiosk.id, "k1", 3);
    move(DEVICE_PHASE_TAKE);
    (void)gate();
    told_view.number = 1;
    assert_true(snapshot_decode(&taken, wire, snapshot_encode(wire, sizeof(wire), &told_view)));
    assert_int_equal(taken.lanes[0].state, SNAPSHOT_LANE_GO);
}

static void a_lane_is_free_until_a_vehicle_stands_there(void **state)
{
    (void)state;
    expect(SNAPSHOT_LANE_PAY);
    line(PRESENCE, false);
    expect(SNAPSHOT_LANE_FREE);
    assert_false(gate()->vehicle);
    config.devices[GATE].line[CONFIG_ROLE_PRESENCE] = -1; /* nobody can know */
    expect(SNAPSHOT_LANE_PAY);
}

static void a_movement_is_told_by_its_phase(void **state)
{
    (void)state;
    static const struct {
        enum device_phase phase;
        enum snapshot_lane_state told;
    } phases[] = {{DEVICE_PHASE_MOVING, SNAPSHOT_LANE_OPENING},
                  {DEVICE_PHASE_TAKE, SNAPSHOT_LANE_GO},
                  {DEVICE_PHASE_RETURN, SNAPSHOT_LANE_RETURN},
                  {DEVICE_PHASE_WAITING, SNAPSHOT_LANE_PAID}};
    for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
        (void)set_up(state);
        move(phases[i].phase);
        expect(phases[i].told);
    }
}

static void a_payment_that_waits_for_its_vehicle_is_paid(void **state)
{
    (void)state;
    line(PRESENCE, false);
    puppet_check[GATE] = (struct device_check){
        .readiness = DEVICE_WAIT, .reason = PAYMENT_REASON_NO_VEHICLE, .wait_ms = 60000};
    pay("payment-0001", GATE);
    commit();
    expect(SNAPSHOT_LANE_PAID);
    assert_false(gate()->vehicle);
}

static void a_held_lane_is_open_and_sells_nothing(void **state)
{
    (void)state;
    hold_for(3600);
    commit();
    ordered(HOLD_OUT, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    expect(SNAPSHOT_LANE_HELD);
    assert_false(told_view.products[GATE].can_sell);
    assert_string_equal(told_view.products[GATE].qr, "");
}

static void fire_comes_before_everything(void **state)
{
    (void)state;
    move(DEVICE_PHASE_TAKE);
    line(LANE_FIRE, false);
    expect(SNAPSHOT_LANE_FIRE);
    line(LANE_FIRE, true);
    expect(SNAPSHOT_LANE_FIRE); /* until it is cleared */
    assert_string_equal(told_view.products[GATE].qr, "");
}

static void an_unknown_end_calls_for_help(void **state)
{
    (void)state;
    move(DEVICE_PHASE_MOVING);
    puppet_answer[DEVICE_EVENT_TIME] =
        finished(PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NOT_UP, DEVICE_VERDICT_LOCK);
    core.devices[GATE].deadline_ms = now_ms + 1;
    tick(1);
    commit();
    expect(SNAPSHOT_LANE_HELP);
    assert_int_equal(told_view.activities[0].phase, SNAPSHOT_UNKNOWN);
    assert_int_equal(told_view.activities[0].refund, SNAPSHOT_REFUND_REVIEW);
    assert_string_equal(told_view.activities[0].reason, "not_up");
    now_ms += 3600000;
    expect(SNAPSHOT_LANE_HELP); /* as long as it is locked */
}

static void a_lane_that_cannot_sell_is_closed_and_its_product_says_why(void **state)
{
    (void)state;
    puppet_check[GATE] = (struct device_check){.readiness = DEVICE_REFUSE,
                                               .reason = PAYMENT_REASON_OUT_OF_SERVICE,
                                               .role = CONFIG_ROLE_FAULT,
                                               .hold = CORE_HOLD_ARM};
    tick(1);
    expect(SNAPSHOT_LANE_CLOSED);
    assert_string_equal(told_view.products[GATE].hold, "arm_not_down");
}

static void a_turnstile_tells_its_direction_and_rights(void **state)
{
    (void)state;
    config.devices[GATE].kind = CONFIG_KIND_TURNSTILE;
    config.devices[GATE].param[CONFIG_PARAM_DIRECTION] = 1;
    config.devices[GATE].param[CONFIG_PARAM_RIGHTS] = 4;
    move(DEVICE_PHASE_TAKE);
    pay("payment-0002", GATE);
    commit();
    const struct snapshot_lane *lane = gate();
    assert_int_equal(lane->kind, SNAPSHOT_TURNSTILE);
    assert_int_equal(lane->state, SNAPSHOT_LANE_GO);
    assert_true(lane->out);
    assert_int_equal(lane->rights, 2);
}

static void a_validator_always_invites_to_pay(void **state)
{
    (void)state;
    config.devices[GATE].kind = CONFIG_KIND_VALIDATOR;
    config.devices[GATE].line[CONFIG_ROLE_LIGHT] = OUT_A;
    config.devices[GATE].param[CONFIG_PARAM_SHOW_MS] = 2500;
    expect(SNAPSHOT_LANE_PAY);
    assert_int_equal(gate()->show_ms, 2500);
    pay("payment-0001", GATE);
    commit();
    expect(SNAPSHOT_LANE_PAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lanes_come_with_their_products_and_payments, set_up),
        cmocka_unit_test_setup(the_snapshot_of_lanes_is_one_the_screen_takes, set_up),
        cmocka_unit_test_setup(a_lane_is_free_until_a_vehicle_stands_there, set_up),
        cmocka_unit_test(a_movement_is_told_by_its_phase),
        cmocka_unit_test_setup(a_payment_that_waits_for_its_vehicle_is_paid, set_up),
        cmocka_unit_test_setup(a_held_lane_is_open_and_sells_nothing, set_up),
        cmocka_unit_test_setup(fire_comes_before_everything, set_up),
        cmocka_unit_test_setup(an_unknown_end_calls_for_help, set_up),
        cmocka_unit_test_setup(a_lane_that_cannot_sell_is_closed_and_its_product_says_why, set_up),
        cmocka_unit_test_setup(a_turnstile_tells_its_direction_and_rights, set_up),
        cmocka_unit_test_setup(a_validator_always_invites_to_pay, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
