/* A transcript for the core in virtual time: small steps in, the actions of the step out. One machine for all
 * tests:
 *
 *   product cola  (0) -> device a (0): relay without feedback, counted stock 3 of 5, account acc-1, price 250
 *   product chips (1) -> device b (1): relay with feedback, not counted, price 300
 *   product water (2) -> device s (2): spiral with home and drop beam, counted stock 2, price 100
 *
 * Commits and results of orders come only when the test says so.
 */
#ifndef TESTS_UNIT_CORE_SCRIPT_H
#define TESTS_UNIT_CORE_SCRIPT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "controller/core_state.h"

enum { COLA, CHIPS, WATER };
enum { DOOR, FIRE, OUT_A, OUT_B, MOTOR, HOME, DROP, FEEDBACK, LINES };
enum { WALL = 1700000000, TXNS = 512 };

static struct config config;
static struct core core;
static struct core_actions acts;
static struct core_event event;
static int64_t now_ms, wall_offset_s;
static struct core_txn txns[TXNS];
static int txn_head, txn_count;
static uint64_t next_token;

#define UNUSED __attribute__((unused))

UNUSED static struct core_event *begin(enum core_event_kind kind)
{
    memset(&event, 0, sizeof(event));
    event.kind = kind;
    event.now_ms = now_ms;
    event.wall_s = WALL + now_ms / 1000 + wall_offset_s;
    return &event;
}

UNUSED static void step(void)
{
    core_step(&core, &event, &acts);
    for (int32_t i = 0; i < acts.count; i++)
        if (acts.item[i].kind == CORE_ACTION_STORE) {
            assert_true(txn_count < TXNS);
            txns[(txn_head + txn_count++) % TXNS] = acts.item[i].u.txn;
        }
}

UNUSED static int count_actions(enum core_action_kind kind)
{
    int count = 0;
    for (int32_t i = 0; i < acts.count; i++)
        count += acts.item[i].kind == kind;
    return count;
}

/* The n-th action of this kind in the last step; fails the test if there is none. */
UNUSED static const struct core_action *action(enum core_action_kind kind, int n)
{
    for (int32_t i = 0; i < acts.count; i++)
        if (acts.item[i].kind == kind && n-- == 0)
            return &acts.item[i];
    fail_msg("no such action of kind %d", (int)kind);
    return &acts.item[0];
}

UNUSED static bool event_told(enum core_code code)
{
    for (int32_t i = 0; i < acts.count; i++)
        if (acts.item[i].kind == CORE_ACTION_EVENT && acts.item[i].u.event.code == code)
            return true;
    return false;
}

UNUSED static void tick(int64_t ms)
{
    now_ms += ms;
    begin(CORE_EVENT_TICK);
    step();
}

UNUSED static void health(enum core_health what, bool good)
{
    begin(CORE_EVENT_HEALTH);
    event.u.health.what = what;
    event.u.health.good = good;
    step();
}

UNUSED static void line(int index, bool on)
{
    begin(CORE_EVENT_LINE);
    event.u.line.line = index;
    event.u.line.good = true;
    event.u.line.on = on;
    step();
}

UNUSED static void line_lost(int index)
{
    begin(CORE_EVENT_LINE);
    event.u.line.line = index;
    step();
}

/* Ends the oldest transaction and returns it. */
UNUSED static const struct core_txn *commit_as(bool ok, bool conflict)
{
    assert_true(txn_count > 0);
    const struct core_txn *txn = &txns[txn_head];
    txn_head = (txn_head + 1) % TXNS;
    txn_count--;
    begin(CORE_EVENT_COMMITTED);
    event.u.commit.ticket = txn->ticket;
    event.u.commit.ok = ok;
    event.u.commit.conflict = conflict;
    step();
    return txn;
}

UNUSED static const struct core_txn *commit(void)
{
    return commit_as(true, false);
}

UNUSED static void ordered(int line_index, enum device_order_kind kind, enum device_order_result result)
{
    begin(CORE_EVENT_ORDER);
    event.u.order.line = line_index;
    event.u.order.kind = kind;
    event.u.order.result = result;
    event.u.order.on_at_us = kind == DEVICE_ORDER_OFF || result != DEVICE_ORDER_DONE ? 0 : now_ms * 1000;
    step();
}

/* A good payment for the product, paid this second; not yet stepped. */
UNUSED static struct core_event *payment(const char *id, int product)
{
    begin(CORE_EVENT_PAYMENT);
    struct payment_claims *claims = &event.u.in.claims;
    memcpy(claims->provider, "psp", 4);
    (void)snprintf(claims->payment_id, sizeof(claims->payment_id), "%s", id);
    memcpy(claims->product, config.products[product].id, sizeof(claims->product));
    memcpy(claims->currency, "BYN", 4);
    claims->amount = config.products[product].price;
    claims->paid_at = event.wall_s;
    event.u.in.received_us = now_ms * 1000;
    event.u.in.token = ++next_token;
    return &event;
}

UNUSED static void pay(const char *id, int product)
{
    payment(id, product);
    step();
}

UNUSED static void script_config(void)
{
    static const int outputs[] = {OUT_A, OUT_B, MOTOR};
    static const char *const ids[] = {"cola", "chips", "water"};
    memset(&config, 0, sizeof(config));
    memcpy(config.kiosk.currency, "BYN", 4);
    config.line_count = LINES;
    config.device_count = config.product_count = 3;
    config.machine.door = DOOR;
    config.machine.fire = FIRE;
    config.machine.parallel = 1;
    for (int d = 0; d < 3; d++) {
        struct config_device *device = &config.devices[d];
        struct config_product *product = &config.products[d];
        device->kind = d == WATER ? CONFIG_KIND_SPIRAL : CONFIG_KIND_RELAY;
        for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
            device->line[role] = -1;
        device->line[d == WATER ? CONFIG_ROLE_MOTOR : CONFIG_ROLE_OUTPUT] = outputs[d];
        device->param[CONFIG_PARAM_MAX_MS] = 4000;
        device->param[CONFIG_PARAM_PULSE_MS] = 500;
        device->param[CONFIG_PARAM_FEEDBACK_MS] = 1000;
        config.lines[outputs[d]] =
            (struct config_line){.output = true, .limit_ms = d == WATER ? 4000 : 500, .device = d};
        memcpy(product->id, ids[d], strlen(ids[d]) + 1);
        product->device = d;
        product->price = d == COLA ? 250 : d == CHIPS ? 300 : 100;
        product->stock = d == COLA ? 3 : d == CHIPS ? -1 : 2;
        product->capacity = d == CHIPS ? -1 : 5;
        product->max_age_s = 120;
    }
    memcpy(config.products[COLA].account, "acc-1", 6);
    memcpy(config.products[COLA].qr, "qr-cola", 8);
    config.devices[CHIPS].line[CONFIG_ROLE_FEEDBACK] = FEEDBACK;
    config.devices[WATER].line[CONFIG_ROLE_HOME] = HOME;
    config.devices[WATER].line[CONFIG_ROLE_DROP] = DROP;
}

UNUSED static void script_begin(void)
{
    /* Also makes the linker take payment.o, which the core needs, from an archive that comes before the
     * core's. */
    assert_string_equal(payment_state_name(PAYMENT_STATE_PAID), "paid");
    script_config();
    core_init(&core, &config);
    now_ms = 10000;
    wall_offset_s = 0;
    txn_head = txn_count = 0;
}

UNUSED static void script_lines(void)
{
    line(DOOR, true);
    line(FIRE, true);
    line(HOME, true);
    line(DROP, false);
    line(FEEDBACK, false);
}

UNUSED static void script_start(void)
{
    begin(CORE_EVENT_START);
    step();
    health(CORE_HEALTH_CLOCK, true);
    health(CORE_HEALTH_BROKER, true);
}

/* Everything good, ready to sell; for cmocka's setup. */
UNUSED static int script_ready(void **state)
{
    (void)state;
    script_begin();
    script_start();
    script_lines();
    tick(CORE_SETTLE_MS + 1);
    return 0;
}

/* cola's relay: the pulse was sent, the outcome is durable. */
UNUSED static void finish_cola(void)
{
    now_ms += 500;
    ordered(OUT_A, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE);
    commit();
}

UNUSED static void expect_receipt(enum core_receipt_result result, enum payment_reason reason)
{
    const struct core_action *receipt = action(CORE_ACTION_RECEIPT, 0);
    assert_int_equal(receipt->u.receipt.result, result);
    assert_int_equal(receipt->u.receipt.reason, reason);
}

/* The last step asked for PAYMENT and OUTCOME refused with this reason; the commit releases, receipts and
 * publishes. */
UNUSED static void expect_refused(enum payment_reason reason)
{
    assert_int_equal(count_actions(CORE_ACTION_STORE), 1);
    assert_int_equal(action(CORE_ACTION_STORE, 0)->u.txn.parts, CORE_TXN_PAYMENT | CORE_TXN_OUTCOME);
    assert_int_equal(count_actions(CORE_ACTION_RELEASE) + count_actions(CORE_ACTION_RECEIPT), 0);
    commit();
    assert_int_equal(action(CORE_ACTION_RELEASE, 0)->u.token, next_token);
    expect_receipt(CORE_RECEIPT_REFUSED, reason);
    const struct payment *told = &action(CORE_ACTION_OUTCOME, 0)->u.payment;
    assert_int_equal(told->state, PAYMENT_STATE_DONE);
    assert_int_equal(told->outcome.result, PAYMENT_RESULT_REFUSED);
    assert_int_equal(told->outcome.reason, reason);
    assert_int_equal(told->outcome.refund, PAYMENT_REFUND_YES);
    assert_int_equal(told->attempts, 0);
    assert_int_equal(count_actions(CORE_ACTION_ORDER), 0);
}

UNUSED static enum core_hold hold_of(int product)
{
    struct core_product_view view;
    core_view_product(&core, product, WALL + now_ms / 1000 + wall_offset_s, &view);
    assert_int_equal(view.can_sell, view.hold == CORE_HOLD_NONE);
    return view.hold;
}

UNUSED static void command(enum core_command_kind kind, int index)
{
    begin(CORE_EVENT_COMMAND);
    event.u.command.kind = kind;
    event.u.command.id = 77;
    event.u.command.product = event.u.command.device = index;
}

#endif
