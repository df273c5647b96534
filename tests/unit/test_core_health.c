#include "tests/unit/core_script.h"

static void machine_sells_when_everything_is_good(void **state)
{
    (void)state;
    struct core_machine_view view;
    core_view_machine(&core, &view);
    assert_true(view.selling);
    assert_int_equal(view.holds, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(hold_of(i), CORE_HOLD_NONE);
}

static void each_missing_thing_has_its_name(void **state)
{
    (void)state;
    static const struct {
        enum core_health what;
        enum core_hold hold;
    } healths[] = {{CORE_HEALTH_CLOCK, CORE_HOLD_CLOCK},
                   {CORE_HEALTH_BROKER, CORE_HOLD_BROKER},
                   {CORE_HEALTH_NO_CRASH_LOOP, CORE_HOLD_CRASH_LOOP}};
    for (int i = 0; i < 3; i++) {
        health(healths[i].what, false);
        assert_true(acts.view_changed);
        assert_int_equal(hold_of(COLA), healths[i].hold);
        health(healths[i].what, false);
        assert_false(acts.view_changed);
        health(healths[i].what, true);
        assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
    }
}

static void nothing_is_sold_before_the_start(void **state)
{
    (void)state;
    script_begin();
    assert_int_equal(hold_of(COLA), CORE_HOLD_STARTING);
}

static void door_opens_and_shuts_with_events(void **state)
{
    (void)state;
    line(DOOR, false);
    assert_true(event_told(CORE_CODE_DOOR_OPEN));
    assert_int_equal(hold_of(COLA), CORE_HOLD_DOOR);
    line(DOOR, true);
    assert_true(event_told(CORE_CODE_DOOR_SHUT));
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
}

static void fire_alarm_and_its_broken_wire_hold_everything(void **state)
{
    (void)state;
    line(FIRE, false);
    assert_true(event_told(CORE_CODE_FIRE));
    assert_int_equal(hold_of(COLA), CORE_HOLD_FIRE);
    line(FIRE, true);
    assert_true(event_told(CORE_CODE_FIRE_CLEAR));
    line_lost(FIRE);
    assert_true(event_told(CORE_CODE_LINE_LOST));
    assert_int_equal(hold_of(COLA), CORE_HOLD_FIRE);
}

static void unknown_door_is_a_lost_line(void **state)
{
    (void)state;
    line_lost(DOOR);
    assert_int_equal(hold_of(COLA), CORE_HOLD_LINE_LOST);
    struct core_product_view view;
    core_view_product(&core, COLA, WALL, &view);
    assert_int_equal(view.line, DOOR);
}

static void door_in_use_does_not_interrupt_a_movement(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    line(DOOR, false);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
    line(FIRE, false);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.payment.outcome.result, PAYMENT_RESULT_DELIVERED);
}

static void lost_line_holds_its_products_only_and_comes_back(void **state)
{
    (void)state;
    line_lost(FEEDBACK);
    assert_true(event_told(CORE_CODE_LINE_LOST));
    assert_int_equal(hold_of(CHIPS), CORE_HOLD_LINE_LOST);
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
    line_lost(FEEDBACK);
    assert_int_equal(acts.count, 0);
    line(FEEDBACK, false);
    assert_true(event_told(CORE_CODE_LINE_BACK));
    assert_int_equal(hold_of(CHIPS), CORE_HOLD_NONE);
}

static void lost_output_holds_its_product(void **state)
{
    (void)state;
    line_lost(OUT_A);
    assert_int_equal(hold_of(COLA), CORE_HOLD_LINE_LOST);
    line(OUT_A, false);
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
}

static void shared_beam_holds_every_slot_behind_it(void **state)
{
    (void)state;
    config.devices[COLA].kind = CONFIG_KIND_SPIRAL;
    config.devices[COLA].line[CONFIG_ROLE_HOME] = HOME;
    config.devices[COLA].line[CONFIG_ROLE_DROP] = DROP;
    line(HOME, false);
    line(HOME, true);
    line(DROP, true);
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE); /* perhaps a product that falls */
    assert_int_equal(acts.deadline_ms, now_ms + CORE_SENSOR_GRACE_MS);
    tick(CORE_SENSOR_GRACE_MS);
    assert_true(acts.view_changed);
    assert_int_equal(hold_of(COLA), CORE_HOLD_SENSOR);
    assert_int_equal(hold_of(WATER), CORE_HOLD_SENSOR);
    assert_int_equal(hold_of(CHIPS), CORE_HOLD_NONE);
}

static void sensor_that_stays_is_reported_once(void **state)
{
    (void)state;
    line(DROP, true);
    assert_false(event_told(CORE_CODE_SENSOR_STUCK));
    tick(CORE_SENSOR_GRACE_MS);
    assert_int_equal(acts.deadline_ms, now_ms + CORE_STUCK_MS - CORE_SENSOR_GRACE_MS);
    tick(CORE_STUCK_MS - CORE_SENSOR_GRACE_MS - 1);
    assert_false(event_told(CORE_CODE_SENSOR_STUCK));
    tick(1);
    assert_true(event_told(CORE_CODE_SENSOR_STUCK));
    tick(1000);
    assert_int_equal(acts.count, 0);
    line(DROP, false);
    line(DROP, true);
    tick(CORE_STUCK_MS);
    assert_true(event_told(CORE_CODE_SENSOR_STUCK));
}

/* cola becomes a locker whose door is FEEDBACK; it stands shut. */
static void make_locker(void)
{
    config.devices[CHIPS].line[CONFIG_ROLE_FEEDBACK] = -1;
    config.devices[COLA].kind = CONFIG_KIND_LOCK;
    config.devices[COLA].line[CONFIG_ROLE_DOOR] = FEEDBACK;
    config.devices[COLA].param[CONFIG_PARAM_OPEN_WAIT_S] = 10;
    config.devices[COLA].param[CONFIG_PARAM_SHUT_WAIT_S] = 60;
    line(FEEDBACK, true);
}

/* Sold 500 ms ago, and the customer opens it now. */
static void sell_locker(const char *id)
{
    pay(id, COLA);
    commit();
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    line(FEEDBACK, false);
    commit();
    assert_int_equal(core.devices[COLA].use, CORE_DEVICE_IDLE);
}

static void customer_at_his_open_locker_has_time(void **state)
{
    (void)state;
    make_locker();
    sell_locker("1");
    int64_t opened_ms = now_ms;
    assert_int_equal(hold_of(COLA), CORE_HOLD_STILL_OPEN);
    tick(CORE_STUCK_MS);
    assert_false(event_told(CORE_CODE_SENSOR_STUCK));
    assert_int_equal(hold_of(COLA), CORE_HOLD_STILL_OPEN);
    assert_int_equal(acts.deadline_ms, opened_ms + 60000);
    line(FEEDBACK, true);
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
    tick(60000);
    assert_false(event_told(CORE_CODE_SENSOR_STUCK));
}

static void locker_that_stays_open_is_reported_once(void **state)
{
    (void)state;
    make_locker();
    sell_locker("1");
    tick(59999);
    assert_false(event_told(CORE_CODE_SENSOR_STUCK));
    tick(1);
    assert_true(event_told(CORE_CODE_SENSOR_STUCK));
    assert_true(acts.view_changed);
    assert_int_equal(hold_of(COLA), CORE_HOLD_SENSOR);
    tick(60000);
    assert_false(event_told(CORE_CODE_SENSOR_STUCK));
}

static void payment_for_a_locker_that_stands_open_is_refused(void **state)
{
    (void)state;
    make_locker();
    sell_locker("1");
    tick(CORE_SENSOR_GRACE_MS);
    pay("2", COLA);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
}

/* It fell shut and is opened again: as long as the lock is open anyway that is the customer. */
static void locker_opened_again_in_its_time_is_still_the_customer(void **state)
{
    (void)state;
    make_locker();
    sell_locker("1");
    now_ms += 3000;
    line(FEEDBACK, true);
    now_ms += 6499;
    line(FEEDBACK, false);
    assert_int_equal(hold_of(COLA), CORE_HOLD_STILL_OPEN);
    line(FEEDBACK, true);
    now_ms += 1;
    line(FEEDBACK, false);
    tick(CORE_SENSOR_GRACE_MS);
    assert_int_equal(hold_of(COLA), CORE_HOLD_SENSOR);
}

static void locker_that_nobody_released_is_reported_at_once(void **state)
{
    (void)state;
    make_locker();
    line(FEEDBACK, false);
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE); /* the moment that every sensor has */
    tick(CORE_SENSOR_GRACE_MS);
    assert_int_equal(hold_of(COLA), CORE_HOLD_SENSOR);
    tick(CORE_STUCK_MS - CORE_SENSOR_GRACE_MS);
    assert_true(event_told(CORE_CODE_SENSOR_STUCK));
}

static void line_that_is_lost_takes_no_time_from_the_customer(void **state)
{
    (void)state;
    make_locker();
    sell_locker("1");
    int64_t opened_ms = now_ms;
    now_ms += 1000;
    line_lost(FEEDBACK);
    assert_int_equal(hold_of(COLA), CORE_HOLD_LINE_LOST);
    now_ms += 1000;
    line(FEEDBACK, false);
    assert_int_equal(hold_of(COLA), CORE_HOLD_STILL_OPEN);
    assert_int_equal(acts.deadline_ms, opened_ms + 60000);
}

/* Nobody knows who opened it before this run. */
static void locker_found_open_at_the_start_is_given_time(void **state)
{
    (void)state;
    script_begin();
    script_start();
    config.devices[CHIPS].line[CONFIG_ROLE_FEEDBACK] = -1;
    config.devices[COLA].kind = CONFIG_KIND_LOCK;
    config.devices[COLA].line[CONFIG_ROLE_DOOR] = FEEDBACK;
    config.devices[COLA].param[CONFIG_PARAM_SHUT_WAIT_S] = 60;
    line(DOOR, true);
    line(FIRE, true);
    line(FEEDBACK, false);
    int64_t heard_ms = now_ms;
    tick(CORE_SETTLE_MS);
    assert_int_equal(hold_of(COLA), CORE_HOLD_STILL_OPEN);
    assert_int_equal(acts.deadline_ms, heard_ms + 60000);
}

static void drop_without_sale_is_told(void **state)
{
    (void)state;
    line(DROP, true);
    assert_true(event_told(CORE_CODE_DROP_WITHOUT_SALE));
    line(DROP, false);
    assert_int_equal(acts.count, 0);
    line(HOME, false);
    assert_false(event_told(CORE_CODE_DROP_WITHOUT_SALE));
}

static void input_that_was_not_heard_yet_is_waited_for_after_the_start(void **state)
{
    (void)state;
    script_begin();
    script_start();
    line(DOOR, true);
    line(FIRE, true);
    pay("1", CHIPS);
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts, CORE_TXN_PAYMENT);
    commit();
    line(FEEDBACK, false);
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts, CORE_TXN_INTENT);
}

static void input_that_is_never_heard_is_lost_after_a_while(void **state)
{
    (void)state;
    script_begin();
    script_start();
    line(DOOR, true);
    line(FIRE, true);
    assert_int_equal(acts.deadline_ms, now_ms + CORE_SETTLE_MS);
    tick(CORE_SETTLE_MS);
    pay("1", CHIPS);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
}

static void idle_machine_wants_no_tick(void **state)
{
    (void)state;
    assert_int_equal(acts.deadline_ms, 0);
    assert_int_equal(acts.count, 0);
}

static void time_that_goes_back_is_ignored(void **state)
{
    (void)state;
    pay("1", COLA);
    commit();
    int64_t deadline_ms = acts.deadline_ms;
    now_ms -= 5000;
    tick(0);
    assert_int_equal(acts.deadline_ms, deadline_ms);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, script_ready)
    const struct CMUnitTest tests[] = {
        TEST(machine_sells_when_everything_is_good),
        TEST(each_missing_thing_has_its_name),
        TEST(nothing_is_sold_before_the_start),
        TEST(door_opens_and_shuts_with_events),
        TEST(fire_alarm_and_its_broken_wire_hold_everything),
        TEST(unknown_door_is_a_lost_line),
        TEST(door_in_use_does_not_interrupt_a_movement),
        TEST(lost_line_holds_its_products_only_and_comes_back),
        TEST(lost_output_holds_its_product),
        TEST(shared_beam_holds_every_slot_behind_it),
        TEST(sensor_that_stays_is_reported_once),
        TEST(customer_at_his_open_locker_has_time),
        TEST(locker_that_stays_open_is_reported_once),
        TEST(payment_for_a_locker_that_stands_open_is_refused),
        TEST(locker_opened_again_in_its_time_is_still_the_customer),
        TEST(locker_that_nobody_released_is_reported_at_once),
        TEST(line_that_is_lost_takes_no_time_from_the_customer),
        TEST(locker_found_open_at_the_start_is_given_time),
        TEST(drop_without_sale_is_told),
        TEST(input_that_was_not_heard_yet_is_waited_for_after_the_start),
        TEST(input_that_is_never_heard_is_lost_after_a_while),
        TEST(idle_machine_wants_no_tick),
        TEST(time_that_goes_back_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
