/* What should not come and is stood all the same: damaged rows of the store, clocks of nonsense, orders of no
 * kind, things that happen at once or never end. */
#include "tests/unit/core_script.h"

static void restored_product(int32_t product, struct core_product_state from)
{
    begin(CORE_EVENT_RESTORE_PRODUCT);
    event.u.product.product = product;
    event.u.product.state = from;
    step();
}

static void restored_device(int32_t device, enum core_lock lock)
{
    begin(CORE_EVENT_RESTORE_DEVICE);
    event.u.device.device = device;
    event.u.device.state.lock = lock;
    step();
}

static void rows_of_what_is_not_configured_change_nothing(void **state)
{
    (void)state;
    script_begin();
    static struct core before;
    restored_product(COLA, (struct core_product_state){.stock = 3});
    memcpy(&before, &core, sizeof(core));
    restored_product(-1, (struct core_product_state){.stock = 9, .disabled = true});
    restored_product(config.product_count, (struct core_product_state){.stock = 9, .disabled = true});
    restored_device(-1, CORE_LOCK_JAM);
    restored_device(config.device_count, CORE_LOCK_JAM);
    assert_memory_equal(&before, &core, sizeof(core));
}

static void a_damaged_row_of_prices_counts_for_nothing(void **state)
{
    (void)state;
    static const int32_t counts[] = {-1, CORE_MAX_PRICES + 1};
    for (int i = 0; i < 2; i++) {
        script_begin();
        restored_product(COLA, (struct core_product_state){
                                   .stock = 3, .price_count = counts[i], .prices = {{1, 1}, {2, 1}}});
        assert_int_equal(core_price_at(&core, COLA, WALL), config.products[COLA].price);
    }
}

static void the_configuration_says_what_is_counted(void **state)
{
    (void)state;
    script_begin();
    restored_product(COLA, (struct core_product_state){.stock = -1});
    restored_product(CHIPS, (struct core_product_state){.stock = 7});
    assert_int_equal(core_stock_free(&core, COLA), config.products[COLA].stock);
    assert_int_equal(core_stock_free(&core, CHIPS), -1);
}

/* A list that no price.set has written: the place for the new price would be before its beginning. */
static void prices_out_of_order_take_no_new_one(void **state)
{
    (void)state;
    script_begin();
    restored_product(COLA, (struct core_product_state){
                               .stock = 3,
                               .price_count = CORE_MAX_PRICES,
                               .prices = {{WALL + 9999, 1}, {WALL - 9, 2}, {WALL - 8, 3}, {WALL - 7, 4}}});
    script_start();
    command(CORE_COMMAND_PRICE_SET, COLA);
    event.u.command.price = 5;
    step();
    assert_string_equal(action(CORE_ACTION_ANSWER, 0)->u.answer.error, "too many price changes are planned");
    assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    assert_int_equal(core.products[COLA].price_count, CORE_MAX_PRICES);
}

static void an_order_of_no_kind_is_answered_and_does_nothing(void **state)
{
    (void)state;
    command(CORE_COMMAND_COUNT, COLA);
    step();
    assert_false(action(CORE_ACTION_ANSWER, 0)->u.answer.ok);
    assert_string_equal(action(CORE_ACTION_ANSWER, 0)->u.answer.error, "unknown command");
    assert_int_equal(acts.count, 1);
}

static int64_t received_at(const char *id)
{
    pay(id, COLA);
    return action(CORE_ACTION_STORE, 0)->u.txn.payment.received_at;
}

/* Reports go on from the last time that could be one. */
static void a_trusted_clock_of_nonsense_is_not_carried_on(void **state)
{
    (void)state;
    static const int64_t nonsense[] = {INT64_MIN, INT64_MAX};
    for (int i = 0; i < 2; i++) {
        (void)script_ready(NULL);
        int64_t at_s = WALL + now_ms / 1000;
        begin(CORE_EVENT_TICK);
        event.wall_s = nonsense[i];
        step();
        wall_offset_s = -WALL; /* then it is lost altogether */
        health(CORE_HEALTH_CLOCK, false);
        now_ms += 5000;
        assert_int_equal(received_at("1"), at_s + 5);
    }
}

static void an_age_beyond_all_numbers_is_still_an_age(void **state)
{
    (void)state;
    static const int64_t most_ms = INT64_MAX / 4;
    assert_int_equal(core_age_ms(100, 40), 60000);
    assert_int_equal(core_age_ms(40, 100), -60000);
    assert_true(core_age_ms(most_ms / 1000 + 1, 0) == most_ms);
    assert_true(core_age_ms(0, most_ms / 1000 + 1) == -most_ms);
    assert_true(core_age_ms(INT64_MAX, INT64_MIN) == most_ms);
    assert_true(core_age_ms(INT64_MIN, INT64_MAX) == -most_ms);
    assert_true(core_age_ms(INT64_MAX, 0) == most_ms);
    assert_true(core_age_ms(INT64_MIN, 0) == -most_ms);
}

static void what_is_said_twice_changes_nothing(void **state)
{
    (void)state;
    for (enum core_health what = CORE_HEALTH_CLOCK; what < CORE_HEALTH_COUNT; what++)
        for (int good = 0; good < 2; good++) {
            health(what, good != 0);
            health(what, good != 0);
            assert_false(acts.view_changed);
            assert_int_equal(acts.count, 0);
            health(what, good == 0);
            assert_true(acts.view_changed);
        }
}

static void a_store_that_is_good_again_stays_failed_in_this_run(void **state)
{
    (void)state;
    health(CORE_HEALTH_STORE, false);
    assert_true(event_told(CORE_CODE_STORE_FAILED));
    health(CORE_HEALTH_STORE, true);
    assert_int_equal(hold_of(COLA), CORE_HOLD_STORE);
    health(CORE_HEALTH_STORE, false);
    assert_false(event_told(CORE_CODE_STORE_FAILED));
}

/* One contact that forbids selling everywhere: said for each device, a few in each step, in the end for all.
 */
static void many_stuck_sensors_are_told_a_few_at_a_time(void **state)
{
    (void)state;
    enum { DEVICES = 2 * CORE_RUN_MAX + 1 };
    script_begin();
    for (int d = 0; d < DEVICES; d++) {
        config.devices[d] = config.devices[CHIPS];
        config.lines[OUT_B].device = 0;
    }
    config.device_count = DEVICES;
    core_init(&core, &config);
    script_start();
    line(FEEDBACK, true);
    int told = 0;
    now_ms += CORE_STUCK_MS;
    for (int steps = 0; steps < 3; steps++) {
        tick(0);
        int now_told = 0;
        for (int32_t i = 0; i < acts.count; i++)
            now_told += acts.item[i].kind == CORE_ACTION_EVENT &&
                        acts.item[i].u.event.code == CORE_CODE_SENSOR_STUCK &&
                        acts.item[i].u.event.line == FEEDBACK;
        assert_in_range(now_told, 1, CORE_RUN_MAX);
        told += now_told;
        if (told < DEVICES)
            assert_int_equal(acts.deadline_ms, now_ms);
    }
    assert_int_equal(told, DEVICES);
}

/* The lock is that of a lane, from a configuration in which this device was one. */
static void a_fire_lock_on_what_is_no_lane_does_not_wait_for_the_machines_fire(void **state)
{
    (void)state;
    script_begin();
    restored_device(COLA, CORE_LOCK_FIRE);
    script_start();
    script_lines();
    line(FIRE, false);
    assert_int_equal(core.devices[COLA].state.lock, CORE_LOCK_FIRE);
    command(CORE_COMMAND_DEVICE_RESET, COLA);
    step();
    commit();
    assert_true(action(CORE_ACTION_ANSWER, 0)->u.answer.ok);
    assert_int_equal(core.devices[COLA].state.lock, CORE_LOCK_NONE);
    assert_int_equal(hold_of(COLA), CORE_HOLD_FIRE); /* of the machine, as long as it lasts */
}

static void on_at(int64_t at_us)
{
    begin(CORE_EVENT_ORDER);
    event.u.order.line = MOTOR;
    event.u.order.kind = DEVICE_ORDER_ON;
    event.u.order.result = DEVICE_ORDER_DONE;
    event.u.order.on_at_us = at_us;
    step();
}

static void a_latency_is_told_only_if_both_times_are_known_and_in_order(void **state)
{
    (void)state;
    static const struct {
        int64_t received_us, on_us;
        int told;
    } cases[] = {{9000000, 9000500, 1},
                 {9000000, 9000000, 1},
                 {9000000, 8999999, 0},
                 {0, 9000500, 0},
                 {9000000, 0, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        (void)script_ready(NULL);
        payment("1", WATER)->u.in.received_us = cases[i].received_us;
        step();
        commit();
        on_at(cases[i].on_us);
        assert_int_equal(count_actions(CORE_ACTION_LATENCY), cases[i].told);
        if (cases[i].told)
            assert_int_equal(action(CORE_ACTION_LATENCY, 0)->u.latency_us,
                             cases[i].on_us - cases[i].received_us);
    }
}

static int32_t unsettled(void)
{
    struct core_machine_view view;
    core_view_machine(&core, &view);
    return view.unsettled;
}

/* Who ends the daemon waits for it: ending now would leave an intent that nobody knows the end of. */
static void a_payment_is_unsettled_from_its_intent_to_its_durable_outcome(void **state)
{
    (void)state;
    pay("1", COLA); /* payment and intent on their way */
    assert_int_equal(unsettled(), 1);
    pay("2", COLA); /* the payment alone on its way */
    assert_int_equal(unsettled(), 1);
    commit();
    commit(); /* one moves, one waits */
    assert_int_equal(unsettled(), 1);
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE); /* its outcome on its way */
    assert_int_equal(core.slots[0].state, CORE_SLOT_FINISHING);
    assert_int_equal(unsettled(), 1);
    commit(); /* durable; the intent of the other is on its way */
    assert_int_equal(core.slots[1].state, CORE_SLOT_RESERVED);
    assert_int_equal(unsettled(), 1);
    commit();
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    commit();
    assert_int_equal(unsettled(), 0);
    begin(CORE_EVENT_PAYMENT);
    payment("3", COLA)->u.in.claims.amount++; /* refused: moves nothing, its outcome goes with it */
    step();
    assert_int_equal(core.slots[0].state, CORE_SLOT_STORING);
    assert_int_equal(unsettled(), 0);
}

/* It was so when the machine started: nothing that passes by itself. */
static void a_sensor_found_closed_at_the_start_is_not_waited_for(void **state)
{
    (void)state;
    script_begin();
    script_start();
    script_lines();
    core.lines[FEEDBACK] = (struct core_line){0};
    line(FEEDBACK, true);
    pay("1", CHIPS);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, script_ready)
    const struct CMUnitTest tests[] = {
        TEST(rows_of_what_is_not_configured_change_nothing),
        TEST(a_damaged_row_of_prices_counts_for_nothing),
        TEST(the_configuration_says_what_is_counted),
        TEST(prices_out_of_order_take_no_new_one),
        TEST(an_order_of_no_kind_is_answered_and_does_nothing),
        TEST(a_trusted_clock_of_nonsense_is_not_carried_on),
        TEST(an_age_beyond_all_numbers_is_still_an_age),
        TEST(what_is_said_twice_changes_nothing),
        TEST(a_store_that_is_good_again_stays_failed_in_this_run),
        TEST(many_stuck_sensors_are_told_a_few_at_a_time),
        TEST(a_fire_lock_on_what_is_no_lane_does_not_wait_for_the_machines_fire),
        TEST(a_latency_is_told_only_if_both_times_are_known_and_in_order),
        TEST(a_payment_is_unsettled_from_its_intent_to_its_durable_outcome),
        TEST(a_sensor_found_closed_at_the_start_is_not_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
