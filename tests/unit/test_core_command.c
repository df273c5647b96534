#include "tests/unit/core_script.h"

static const struct core_txn *stored(int n)
{
    return &action(CORE_ACTION_STORE, n)->u.txn;
}

static void expect_answer(bool ok)
{
    const struct core_action *answer = action(CORE_ACTION_ANSWER, 0);
    assert_int_equal(answer->u.answer.id, 77);
    assert_int_equal(answer->u.answer.ok, ok);
    assert_int_equal(answer->u.answer.error == NULL, ok);
}

/* Runs the prepared command; it must be refused at once and change nothing. */
static void expect_no(void)
{
    step();
    assert_int_equal(acts.count, 1);
    expect_answer(false);
}

/* Runs the prepared command; it must be stored and then answered. */
static const struct core_txn *expect_yes(void)
{
    step();
    assert_int_equal(count_actions(CORE_ACTION_ANSWER), 0);
    const struct core_txn *txn = commit();
    expect_answer(true);
    return txn;
}

static void disabled_product_is_not_sold_until_enabled(void **state)
{
    (void)state;
    command(CORE_COMMAND_PRODUCT_DISABLE, COLA);
    assert_true(expect_yes()->product_state.disabled);
    assert_int_equal(hold_of(COLA), CORE_HOLD_DISABLED);
    pay("1", COLA);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
    command(CORE_COMMAND_PRODUCT_ENABLE, COLA);
    assert_int_equal(expect_yes()->parts, CORE_TXN_PRODUCT);
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
}

static void strike_out_cola(void)
{
    for (int i = 0; i < 2; i++) {
        pay(i == 0 ? "s1" : "s2", COLA);
        commit();
        ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED);
        commit();
    }
    assert_int_equal(hold_of(COLA), CORE_HOLD_STRUCK_OUT);
}

static void enabling_a_product_clears_its_device(void **state)
{
    (void)state;
    strike_out_cola();
    command(CORE_COMMAND_PRODUCT_ENABLE, COLA);
    step();
    assert_true(event_told(CORE_CODE_DEVICE_UNLOCKED));
    assert_int_equal(stored(0)->parts, CORE_TXN_PRODUCT | CORE_TXN_DEVICE);
    assert_int_equal(stored(0)->device_state.strikes, 0);
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
}

static void reset_clears_a_device(void **state)
{
    (void)state;
    strike_out_cola();
    command(CORE_COMMAND_DEVICE_RESET, COLA);
    assert_int_equal(expect_yes()->device_state.lock, CORE_LOCK_NONE);
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
}

static void test_that_ends_delivered_clears_a_device(void **state)
{
    (void)state;
    strike_out_cola();
    int32_t stock = core_stock_free(&core, COLA);
    command(CORE_COMMAND_DEVICE_TEST, COLA);
    step();
    assert_int_equal(action(CORE_ACTION_ORDER, 0)->u.order.line, OUT_A);
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    expect_answer(true);
    assert_true(event_told(CORE_CODE_DEVICE_TESTED));
    assert_int_equal(action(CORE_ACTION_ANSWER, 0)->u.answer.outcome.result, PAYMENT_RESULT_DELIVERED);
    assert_int_equal(stored(0)->parts, CORE_TXN_DEVICE);
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
    assert_int_equal(core_stock_free(&core, COLA), stock);
}

static void test_that_fails_strikes_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        command(CORE_COMMAND_DEVICE_TEST, COLA);
        step();
        ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED);
        expect_answer(false);
        assert_int_equal(count_actions(CORE_ACTION_STORE), 0);
    }
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
}

static void test_counts_against_the_devices_that_move(void **state)
{
    (void)state;
    command(CORE_COMMAND_DEVICE_TEST, COLA);
    step();
    pay("1", CHIPS);
    assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT);
    commit();
    command(CORE_COMMAND_DEVICE_TEST, COLA);
    expect_no();
    command(CORE_COMMAND_DEVICE_TEST, CHIPS);
    expect_no();
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    assert_int_equal(stored(0)->parts, CORE_TXN_INTENT);
}

static void test_needs_a_machine_that_may_move(void **state)
{
    (void)state;
    line(DOOR, false);
    command(CORE_COMMAND_DEVICE_TEST, COLA);
    expect_no();
    line(DOOR, true);
    line_lost(OUT_A);
    command(CORE_COMMAND_DEVICE_TEST, COLA);
    expect_no();
    line(DROP, true);
    command(CORE_COMMAND_DEVICE_TEST, WATER);
    expect_no();
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = OUT_B;
    step();
    command(CORE_COMMAND_DEVICE_TEST, CHIPS);
    expect_no();
    command(CORE_COMMAND_DEVICE_TEST, 99);
    expect_no();
}

/* A welded relay is not talked back on sale. */
static void expect_test_refused(const char *word)
{
    command(CORE_COMMAND_DEVICE_TEST, COLA);
    step();
    assert_non_null(strstr(action(CORE_ACTION_ANSWER, 0)->u.answer.error, word));
}

static void refused_test_says_what_stands_over_the_machine(void **state)
{
    (void)state;
    line(DOOR, false);
    expect_test_refused("door is open");
    line_lost(DOOR);
    expect_test_refused("cannot be read");
    line(DOOR, true);
    line(FIRE, false);
    expect_test_refused("fire");
    line(FIRE, true);
    health(CORE_HEALTH_NO_CRASH_LOOP, false);
    expect_test_refused("crashed");
    begin(CORE_EVENT_LEAVE);
    step();
    expect_test_refused("going down");
}

static void output_that_is_still_on_cannot_be_enabled_away(void **state)
{
    (void)state;
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = OUT_B;
    event.u.line.on = true;
    step();
    command(CORE_COMMAND_PRODUCT_ENABLE, CHIPS);
    expect_no();
    command(CORE_COMMAND_DEVICE_RESET, CHIPS);
    expect_no();
    assert_int_equal(hold_of(CHIPS), CORE_HOLD_DEVICE_LOCKED);
}

static void output_ended_by_its_limit_can_be_enabled_after_a_look(void **state)
{
    (void)state;
    begin(CORE_EVENT_OUTPUT_FAULT);
    event.u.line.line = OUT_B;
    step();
    commit();
    assert_int_equal(hold_of(CHIPS), CORE_HOLD_DEVICE_LOCKED);
    command(CORE_COMMAND_PRODUCT_ENABLE, CHIPS);
    expect_yes();
    assert_int_equal(hold_of(CHIPS), CORE_HOLD_NONE);
}

static void price_applies_from_now_and_brings_its_qr(void **state)
{
    (void)state;
    struct core_product_view view;
    command(CORE_COMMAND_PRICE_SET, COLA);
    event.u.command.price = 275;
    memcpy(event.u.command.qr, "qr-new", 7);
    const struct core_txn *txn = expect_yes();
    assert_int_equal(txn->product_state.price_count, 1);
    assert_int_equal(txn->product_state.prices[0].from, WALL + now_ms / 1000);
    core_view_product(&core, COLA, WALL + now_ms / 1000, &view);
    assert_int_equal(view.price, 275);
    assert_string_equal(view.qr, "qr-new");
    core_view_product(&core, COLA, WALL, &view);
    assert_int_equal(view.price, 250);
}

static void later_price_shows_itself_when_its_time_comes(void **state)
{
    (void)state;
    struct core_product_view view;
    command(CORE_COMMAND_PRICE_SET, COLA);
    event.u.command.price = 275;
    event.u.command.from = event.wall_s + 10;
    (void)expect_yes();
    assert_int_equal(acts.deadline_ms, now_ms + 10000);
    core_view_product(&core, COLA, WALL + now_ms / 1000, &view);
    assert_int_equal(view.price, 250);
    tick(10000);
    assert_true(acts.view_changed);
    core_view_product(&core, COLA, WALL + now_ms / 1000, &view);
    assert_int_equal(view.price, 275);
}

static void price_of_the_past_begins_now(void **state)
{
    (void)state;
    command(CORE_COMMAND_PRICE_SET, COLA);
    event.u.command.price = 1;
    event.u.command.from = 5;
    assert_int_equal(expect_yes()->product_state.prices[0].from, WALL + now_ms / 1000);
    command(CORE_COMMAND_PRICE_SET, COLA); /* the newest word for the same second counts */
    event.u.command.price = 2;
    const struct core_txn *txn = expect_yes();
    assert_int_equal(txn->product_state.price_count, 1);
    assert_int_equal(txn->product_state.prices[0].price, 2);
}

static void oldest_prices_give_way_but_never_the_one_that_counts(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        command(CORE_COMMAND_PRICE_SET, COLA);
        event.u.command.price = 100 + i;
        (void)expect_yes();
        tick(1000);
    }
    assert_int_equal(core_price_at(&core, COLA, WALL + now_ms / 1000), 105);
    assert_int_equal(core.products[COLA].price_count, CORE_MAX_PRICES);
    for (int i = 0; i < 3; i++) {
        command(CORE_COMMAND_PRICE_SET, COLA);
        event.u.command.price = 200 + i;
        event.u.command.from = event.wall_s + 100 * (i + 1);
        (void)expect_yes();
    }
    command(CORE_COMMAND_PRICE_SET, COLA);
    event.u.command.price = 300;
    event.u.command.from = event.wall_s + 1000;
    expect_no();
    assert_int_equal(core_price_at(&core, COLA, WALL + now_ms / 1000), 105);
    command(CORE_COMMAND_PRICE_SET, COLA); /* now: the one before it may go */
    event.u.command.price = 111;
    (void)expect_yes();
    assert_int_equal(core_price_at(&core, COLA, WALL + now_ms / 1000), 111);
    assert_int_equal(core_price_at(&core, COLA, WALL + now_ms / 1000 + 250), 201);
}

static void price_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    command(CORE_COMMAND_PRICE_SET, COLA);
    event.u.command.price = 0;
    expect_no();
    command(CORE_COMMAND_PRICE_SET, COLA);
    event.u.command.price = 5;
    event.u.command.from = event.wall_s + 5;
    memcpy(event.u.command.qr, "qr", 3);
    expect_no();
    command(CORE_COMMAND_PRICE_SET, -1);
    expect_no();
    health(CORE_HEALTH_CLOCK, false);
    command(CORE_COMMAND_PRICE_SET, COLA);
    event.u.command.price = 5;
    expect_no();
}

static void refill_makes_it_sellable_again(void **state)
{
    (void)state;
    command(CORE_COMMAND_STOCK_SET, COLA);
    (void)expect_yes();
    assert_int_equal(hold_of(COLA), CORE_HOLD_SOLD_OUT);
    command(CORE_COMMAND_STOCK_SET, COLA);
    event.u.command.stock = 5;
    assert_int_equal(expect_yes()->product_state.stock, 5);
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
}

static void stock_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    command(CORE_COMMAND_STOCK_SET, COLA);
    event.u.command.stock = 6;
    expect_no();
    command(CORE_COMMAND_STOCK_SET, COLA);
    event.u.command.stock = -1;
    expect_no();
    command(CORE_COMMAND_STOCK_SET, CHIPS);
    expect_no();
}

static void last_one_is_told(void **state)
{
    (void)state;
    command(CORE_COMMAND_STOCK_SET, COLA);
    event.u.command.stock = 1;
    (void)expect_yes();
    pay("1", COLA);
    assert_true(event_told(CORE_CODE_SOLD_OUT));
}

static void machine_is_disabled_and_enabled(void **state)
{
    (void)state;
    command(CORE_COMMAND_MACHINE_DISABLE, -1);
    assert_true(expect_yes()->machine_disabled);
    assert_int_equal(hold_of(COLA), CORE_HOLD_MACHINE_DISABLED);
    pay("1", COLA);
    expect_refused(PAYMENT_REASON_OUT_OF_SERVICE);
    health(CORE_HEALTH_NO_CRASH_LOOP, false);
    command(CORE_COMMAND_MACHINE_ENABLE, -1);
    assert_false(expect_yes()->machine_disabled);
    assert_int_equal(hold_of(COLA), CORE_HOLD_NONE);
}

static void command_whose_commit_fails_is_answered_so(void **state)
{
    (void)state;
    command(CORE_COMMAND_PRODUCT_DISABLE, COLA);
    step();
    commit_as(false, false);
    expect_answer(false);
    command(CORE_COMMAND_PRODUCT_ENABLE, COLA);
    expect_no();
}

static void commands_that_wait_are_bounded(void **state)
{
    (void)state;
    for (int i = 0; i < CORE_MAX_COMMANDS; i++) {
        command(CORE_COMMAND_STOCK_SET, COLA);
        step();
    }
    command(CORE_COMMAND_STOCK_SET, COLA);
    expect_no();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, script_ready)
    const struct CMUnitTest tests[] = {
        TEST(disabled_product_is_not_sold_until_enabled),
        TEST(enabling_a_product_clears_its_device),
        TEST(reset_clears_a_device),
        TEST(test_that_ends_delivered_clears_a_device),
        TEST(test_that_fails_strikes_nobody),
        TEST(test_counts_against_the_devices_that_move),
        TEST(test_needs_a_machine_that_may_move),
        TEST(refused_test_says_what_stands_over_the_machine),
        TEST(output_that_is_still_on_cannot_be_enabled_away),
        TEST(output_ended_by_its_limit_can_be_enabled_after_a_look),
        TEST(price_applies_from_now_and_brings_its_qr),
        TEST(later_price_shows_itself_when_its_time_comes),
        TEST(price_of_the_past_begins_now),
        TEST(oldest_prices_give_way_but_never_the_one_that_counts),
        TEST(price_that_makes_no_sense_is_refused),
        TEST(refill_makes_it_sellable_again),
        TEST(stock_that_makes_no_sense_is_refused),
        TEST(last_one_is_told),
        TEST(machine_is_disabled_and_enabled),
        TEST(command_whose_commit_fails_is_answered_so),
        TEST(commands_that_wait_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
