/* libFuzzer target for the core: bytes become events in any order that the shell could send them in, with
 * every kind of device. Two bytes or more are one event: what, and its arguments. The shell's own promises
 * are kept (tickets that were issued, commits in their order, at most CORE_MAX_UNRELEASED messages at once);
 * everything else is free: failing disks, results that never come, sensors that flicker, power cuts between
 * any two events. Checked besides crashes and assertions: nothing moves without a durable intent, an
 * operator's order or a hold; receipts only for what is durable; outcomes only as they are durable, always
 * the same; starts never exceed intents and orders.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/core_machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { IDS = 24, TXNS = 1024, ORDERS = 512, EPOCH_S = 1700000000 };

static struct core core;
static struct core_actions actions;
static struct core_event event;

struct record {
    struct payment payment; /* state NONE: not on disk */
    struct payment_outcome told;
    bool was_told;
};

static struct {
    struct record records[IDS];
    struct core_product_state products[CONFIG_MAX_PRODUCTS];
    struct core_device_state devices[CONFIG_MAX_DEVICES];
    bool product_known[CONFIG_MAX_PRODUCTS], device_known[CONFIG_MAX_DEVICES], machine_disabled, failed;
    struct core_txn txns[TXNS];
    int32_t txn_first, txn_count;
    struct {
        int32_t line;
        enum device_order_kind kind;
    } orders[ORDERS];
    int32_t order_count, unreleased;
    int64_t now_ms, intents[CONFIG_MAX_DEVICES], services[CONFIG_MAX_DEVICES], starts[CONFIG_MAX_DEVICES];
    uint64_t next_token;
} world;

struct input {
    const uint8_t *at, *end;
};

static uint8_t next(struct input *input)
{
    return input->at < input->end ? *input->at++ : 0;
}

static void must(bool fact)
{
    if (!fact)
        abort();
}

/* ---- judging ---- */

static bool is_start(enum config_role role)
{
    return role == CONFIG_ROLE_MOTOR || role == CONFIG_ROLE_OUTPUT || role == CONFIG_ROLE_OPEN ||
           role == CONFIG_ROLE_UNLOCK;
}

static enum config_role role_of(const struct config_device *device, int32_t line)
{
    int32_t role = 0;
    while (role < CONFIG_ROLE_COUNT && device->line[role] != line)
        role++;
    return (enum config_role)role;
}

static void judge_order(const struct core_action *action)
{
    int32_t line = action->u.order.line;
    must(line >= 0 && line < config.line_count && config.lines[line].output);
    int32_t index = config.lines[line].device;
    const struct config_device *device = &config.devices[index];
    if (world.order_count < ORDERS) {
        world.orders[world.order_count].line = line;
        world.orders[world.order_count++].kind = action->u.order.kind;
    }
    enum config_role role = role_of(device, line);
    if (action->u.order.kind == DEVICE_ORDER_OFF || !is_start(role))
        return;
    world.starts[index]++;
    int64_t per_intent = device->kind == CONFIG_KIND_PULSES ? device->param[CONFIG_PARAM_COUNT_N] : 1;
    must(world.starts[index] <= (world.intents[index] + world.services[index]) * per_intent);
}

static struct record *record_of(const struct payment_claims *claims)
{
    int32_t id = claims->payment_id[0] - 'A';
    must(id >= 0 && id < IDS);
    return &world.records[id];
}

static void judge_outcome(const struct payment *payment)
{
    struct record *record = record_of(&payment->claims);
    must(record->payment.state == PAYMENT_STATE_DONE);
    must(memcmp(&payment->outcome, &record->payment.outcome, sizeof payment->outcome) == 0);
    must(!record->was_told || memcmp(&record->told, &payment->outcome, sizeof record->told) == 0);
    record->told = payment->outcome;
    record->was_told = true;
    must(payment->outcome.result != PAYMENT_RESULT_REFUSED || payment->outcome.refund == PAYMENT_REFUND_YES);
    must(payment->outcome.result != PAYMENT_RESULT_UNKNOWN ||
         payment->outcome.refund == PAYMENT_REFUND_REVIEW);
    must(!payment->outcome.verified || payment->outcome.result == PAYMENT_RESULT_DELIVERED);
}

static void take_actions(void)
{
    for (int32_t i = 0; i < actions.count; i++) {
        const struct core_action *action = &actions.item[i];
        switch (action->kind) {
        case CORE_ACTION_STORE:
            must(world.txn_count < TXNS);
            world.txns[(world.txn_first + world.txn_count++) % TXNS] = action->u.txn;
            break;
        case CORE_ACTION_ORDER:
            judge_order(action);
            break;
        case CORE_ACTION_RELEASE:
            must(--world.unreleased >= 0);
            break;
        case CORE_ACTION_RECEIPT:
            must(record_of(&action->u.receipt.claims)->payment.state != PAYMENT_STATE_NONE);
            break;
        case CORE_ACTION_OUTCOME:
            judge_outcome(&action->u.payment);
            break;
        case CORE_ACTION_EVENT:
            must((unsigned)action->u.event.code < CORE_CODE_COUNT &&
                 action->u.event.trace_count <= DEVICE_TRACE);
            break;
        case CORE_ACTION_ANSWER:
        case CORE_ACTION_LATENCY:
            break;
        case CORE_ACTION_COUNT:
            must(false);
        }
    }
}

static void step(enum core_event_kind kind)
{
    event.kind = kind;
    event.now_ms = world.now_ms;
    event.wall_s = EPOCH_S + world.now_ms / 1000;
    core_step(&core, &event, &actions);
    take_actions();
}

/* ---- the disk ---- */

static void write_down(const struct core_txn *txn)
{
    if (txn->parts & (CORE_TXN_PAYMENT | CORE_TXN_INTENT | CORE_TXN_OUTCOME)) {
        struct record *record = record_of(&txn->payment.claims);
        must(record->payment.state != PAYMENT_STATE_DONE); /* an outcome never changes */
        if (txn->parts & CORE_TXN_INTENT) {
            int32_t most = config.devices[txn->device].kind == CONFIG_KIND_BARRIER ? 3 : 1;
            must(txn->payment.attempts == record->payment.attempts + 1 && txn->payment.attempts <= most);
            world.intents[txn->device]++;
        }
        record->payment = txn->payment;
    }
    if (txn->parts & CORE_TXN_PRODUCT) {
        world.products[txn->product] = txn->product_state;
        world.product_known[txn->product] = true;
    }
    if (txn->parts & CORE_TXN_DEVICE) {
        world.devices[txn->device] = txn->device_state;
        world.device_known[txn->device] = true;
    }
    if (txn->parts & CORE_TXN_MACHINE)
        world.machine_disabled = txn->machine_disabled;
}

static void commit(uint8_t how)
{
    if (world.txn_count == 0)
        return;
    const struct core_txn *txn = &world.txns[world.txn_first];
    world.failed |= how == 255;
    bool conflict = !world.failed && txn->parts & CORE_TXN_PAYMENT &&
                    record_of(&txn->payment.claims)->payment.state != PAYMENT_STATE_NONE;
    if (!world.failed && !conflict)
        write_down(txn);
    memset(&event, 0, sizeof event);
    event.u.commit.ticket = txn->ticket;
    event.u.commit.ok = !world.failed && !conflict;
    event.u.commit.conflict = conflict;
    world.txn_first = (world.txn_first + 1) % TXNS;
    world.txn_count--;
    step(CORE_EVENT_COMMITTED);
}

static void start(void)
{
    core_init(&core, &config);
    memset(&event, 0, sizeof event);
    for (int32_t i = 0; i < IDS; i++)
        if (world.records[i].payment.state == PAYMENT_STATE_PAID ||
            world.records[i].payment.state == PAYMENT_STATE_MOVING) {
            event.u.payment = world.records[i].payment;
            step(CORE_EVENT_RESTORE_PAYMENT);
        }
    for (int32_t i = 0; i < config.product_count; i++)
        if (world.product_known[i]) {
            event.u.product.product = i;
            event.u.product.state = world.products[i];
            step(CORE_EVENT_RESTORE_PRODUCT);
        }
    for (int32_t i = 0; i < config.device_count; i++)
        if (world.device_known[i]) {
            event.u.device.device = i;
            event.u.device.state = world.devices[i];
            step(CORE_EVENT_RESTORE_DEVICE);
        }
    event.u.machine_disabled = world.machine_disabled;
    step(CORE_EVENT_RESTORE_MACHINE);
    for (int32_t what = 0; what < CORE_HEALTH_COUNT; what++) {
        event.u.health.what = (enum core_health)what;
        event.u.health.good = true;
        step(CORE_EVENT_HEALTH);
    }
    step(CORE_EVENT_START);
}

static void cut_power(void)
{
    world.txn_first = world.txn_count = world.order_count = world.unreleased = 0;
    world.failed = false;
    for (int32_t i = 0; i < CONFIG_MAX_DEVICES; i++)
        world.services[i] = 0;
    /* Intents that were not used up may not be used any more. */
    memcpy(world.starts, world.intents, sizeof world.starts);
    for (int32_t i = 0; i < config.device_count; i++)
        if (config.devices[i].kind == CONFIG_KIND_PULSES)
            world.starts[i] = world.intents[i] * config.devices[i].param[CONFIG_PARAM_COUNT_N];
    start();
}

/* ---- events ---- */

static void pay(struct input *input)
{
    uint8_t id = next(input) % IDS, what = next(input);
    if (world.unreleased >= CORE_MAX_UNRELEASED)
        return;
    memset(&event, 0, sizeof event);
    struct payment_claims *claims = &event.u.in.claims;
    claims->provider[0] = 'p';
    claims->payment_id[0] = (char)('A' + id);
    claims->product[0] = (char)('a' + what % 10); /* one more than there are */
    memcpy(claims->currency, what & 0x40 ? "USD" : "BYN", 4);
    claims->amount = what & 0x80 ? 99 : 100;
    claims->paid_at = EPOCH_S + world.now_ms / 1000 - next(input);
    event.u.in.known = world.records[id].payment;
    event.u.in.token = world.next_token++;
    world.unreleased++;
    step(CORE_EVENT_PAYMENT);
}

static void end_order(struct input *input)
{
    if (world.order_count == 0)
        return;
    int32_t at = next(input) % world.order_count;
    memset(&event, 0, sizeof event);
    event.u.order.line = world.orders[at].line;
    event.u.order.kind = world.orders[at].kind;
    event.u.order.result = (enum device_order_result)(next(input) % 3);
    event.u.order.on_at_us = event.u.order.result == DEVICE_ORDER_DONE ? world.now_ms * 1000 : 0;
    world.orders[at] = world.orders[--world.order_count];
    step(CORE_EVENT_ORDER);
}

static void command(struct input *input)
{
    memset(&event, 0, sizeof event);
    struct core_command *at = &event.u.command;
    at->kind = (enum core_command_kind)(next(input) % CORE_COMMAND_COUNT);
    at->id = world.next_token++;
    at->product = at->device = next(input) % config.device_count;
    at->price = 100;
    at->stock = next(input) % 8;
    at->until = EPOCH_S + world.now_ms / 1000 + next(input);
    at->owner[0] = at->why[0] = 'o';
    if (at->kind == CORE_COMMAND_DEVICE_TEST || at->kind == CORE_COMMAND_LANE_OPEN)
        world.services[at->device] += 1 + 2; /* and a barrier may open again for the same vehicle */
    step(CORE_EVENT_COMMAND);
}

static void feel(struct input *input, enum core_event_kind kind)
{
    int32_t line = next(input) % config.line_count;
    uint8_t how = next(input);
    memset(&event, 0, sizeof event);
    if (kind == CORE_EVENT_GAP) {
        event.u.gap.line = line;
        event.u.gap.ms = how * 20;
    } else {
        if ((kind == CORE_EVENT_OUTPUT_FAULT) != config.lines[line].output)
            return;
        event.u.line.line = line;
        event.u.line.good = how % 8 != 0;
        event.u.line.on = event.u.line.good && how & 0x80;
    }
    step(kind);
}

static void act(struct input *input)
{
    static const int32_t waits_ms[] = {0, 1, 10, 50, 200, 1000, 5000, 60000};
    uint8_t what = next(input);
    world.now_ms += waits_ms[what >> 5];
    memset(&event, 0, sizeof event);
    switch (what & 0x1F) {
    case 0:
    case 1:
    case 2:
    case 3:
        pay(input);
        break;
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
        commit(next(input));
        break;
    case 9:
    case 10:
    case 11:
    case 12:
        end_order(input);
        break;
    case 13:
    case 14:
    case 15:
    case 16:
    case 17:
        feel(input, CORE_EVENT_LINE);
        break;
    case 18:
        feel(input, CORE_EVENT_GAP);
        break;
    case 19:
        feel(input, CORE_EVENT_OUTPUT_FAULT);
        break;
    case 20:
    case 21:
        command(input);
        break;
    case 22:
        event.u.health.what = (enum core_health)(
            1 + next(input) % (CORE_HEALTH_COUNT - 1)); /* the store fails by its commits */
        event.u.health.good = next(input) & 1;
        step(CORE_EVENT_HEALTH);
        break;
    case 23:
        event.u.shown.from = next(input);
        event.u.shown.to = event.u.shown.from + next(input);
        step(CORE_EVENT_SHOWN);
        break;
    case 24:
        cut_power();
        break;
    case 25:
        step(next(input) & 1 ? CORE_EVENT_STOP : CORE_EVENT_LEAVE);
        break;
    default:
        step(CORE_EVENT_TICK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, data + size};
    if (config.device_count == 0)
        build_machine();
    memset(&world, 0, sizeof world);
    world.now_ms = 1000;
    world.next_token = 1;
    start();
    while (input.at < input.end)
        act(&input);
    return 0;
}
