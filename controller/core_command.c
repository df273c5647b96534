/* The operator's orders. What changes durable state is answered after its commit; a refusal is answered at
 * once. */
#include "controller/core_state.h"

#include <assert.h>
#include <string.h>

static const char stuck_on[] = "an output is still on after it was switched off: repair it, then restart";

static const char fire_on[] =
    "the fire input gives alarm or is not known: the lock can be cleared when it is good again";

void core_command_answer(struct core_actions *out, uint64_t id, const char *error)
{
    struct core_action *action = core_emit(out, CORE_ACTION_ANSWER);
    memset(&action->u.answer, 0, sizeof(action->u.answer));
    action->u.answer.id = id;
    action->u.answer.ok = error == NULL;
    action->u.answer.error = error;
}

void core_command_committed(struct core *core, uint64_t ticket, bool ok, struct core_actions *out)
{
    if (ok)
        core_lane_committed(core, ticket);
    for (int32_t i = 0; i < CORE_MAX_COMMANDS; i++)
        if (core->answers[i].ticket == ticket) {
            core->answers[i].ticket = 0;
            core_command_answer(out, core->answers[i].id, ok ? NULL : "the store failed");
            return;
        }
}

static struct core_answer *free_answer(struct core *core)
{
    for (int32_t i = 0; i < CORE_MAX_COMMANDS; i++)
        if (core->answers[i].ticket == 0)
            return &core->answers[i];
    return NULL;
}

uint64_t core_command_store(struct core *core, const struct core_command *command, uint32_t parts,
                            int32_t device, struct core_actions *out)
{
    struct core_answer *waiting = free_answer(core);
    assert(waiting); /* asked for before anything was changed */
    struct core_txn *txn = core_emit_store(core, out, parts);
    if (parts & CORE_TXN_PRODUCT) {
        txn->product = command->product;
        txn->product_state = core->products[command->product];
    }
    if (parts & CORE_TXN_DEVICE) {
        txn->device = device;
        txn->device_state = core->devices[device].state;
    }
    txn->machine_disabled = core->machine_disabled;
    waiting->ticket = txn->ticket;
    waiting->id = command->id;
    core->view_changed = true;
    return txn->ticket;
}

/* Why service may not bring the device back yet; NULL if it may. */
static const char *unlock_hindered(const struct core *core, int32_t device)
{
    if (core_device_stuck_on(core, device))
        return stuck_on;
    if (core->devices[device].state.lock == CORE_LOCK_FIRE && core_lane_fire_on(core, device))
        return fire_on;
    return NULL;
}

static const char *product_able(struct core *core, const struct core_command *command,
                                struct core_actions *out)
{
    bool enable = command->kind == CORE_COMMAND_PRODUCT_ENABLE;
    int32_t device = core->config->products[command->product].device;
    uint32_t parts = CORE_TXN_PRODUCT;
    const char *hindered = enable ? unlock_hindered(core, device) : NULL;
    if (hindered)
        return hindered;
    core->products[command->product].disabled = !enable;
    core_emit_event(out, enable ? CORE_CODE_PRODUCT_ENABLED : CORE_CODE_PRODUCT_DISABLED, command->product,
                    device, -1);
    if (enable && core_device_unlock(core, device, out))
        parts |= CORE_TXN_DEVICE;
    core_command_store(core, command, parts, device, out);
    return NULL;
}

/* Puts a price into the list, which is in order of its beginning; the newest word for a moment counts. */
static const char *insert_price(struct core_product_state *state, int64_t wall_s, struct core_price price)
{
    int32_t at = 0;
    while (at < state->price_count && state->prices[at].from < price.from)
        at++;
    if (at < state->price_count && state->prices[at].from == price.from) {
        state->prices[at] = price;
        return NULL;
    }
    if (state->price_count == CORE_MAX_PRICES) {
        /* The oldest may only go if a newer one is already valid. */
        int64_t next_from = at == 1 ? price.from : state->prices[1].from;
        if (at == 0 || next_from > wall_s)
            return "too many price changes are planned";
        memmove(&state->prices[0], &state->prices[1], sizeof(price) * (CORE_MAX_PRICES - 1));
        state->price_count--;
        at--;
    }
    memmove(&state->prices[at + 1], &state->prices[at], sizeof(price) * (size_t)(state->price_count - at));
    state->prices[at] = price;
    state->price_count++;
    return NULL;
}

static const char *price_set(struct core *core, const struct core_command *command, struct core_actions *out)
{
    struct core_product_state *state = &core->products[command->product];
    struct core_price price = {command->from > core->wall_s ? command->from : core->wall_s, command->price};
    if (!core->clock_trusted)
        return "the clock is not trusted: a price needs a time from which it is valid";
    if (command->price <= 0)
        return "a price is more than 0";
    if (command->qr[0] != '\0' && price.from > core->wall_s)
        return "a new qr is shown at once, so its price cannot begin later";
    const char *error = insert_price(state, core->wall_s, price);
    if (error)
        return error;
    if (command->qr[0] != '\0')
        memcpy(state->qr, command->qr, sizeof(state->qr));
    core_emit_event(out, CORE_CODE_PRICE_SET, command->product, -1, -1);
    core_command_store(core, command, CORE_TXN_PRODUCT, -1, out);
    return NULL;
}

static const char *stock_set(struct core *core, const struct core_command *command, struct core_actions *out)
{
    const struct config_product *product = &core->config->products[command->product];
    if (product->stock < 0)
        return "this product is not counted";
    if (command->stock < 0)
        return "a stock is 0 or more";
    if (command->stock > product->capacity)
        return "more than the capacity";
    core->products[command->product].stock = command->stock;
    core_emit_event(out, CORE_CODE_STOCK_SET, command->product, product->device, -1);
    core_command_store(core, command, CORE_TXN_PRODUCT, -1, out);
    return NULL;
}

static const char *device_reset(struct core *core, const struct core_command *command,
                                struct core_actions *out)
{
    const char *hindered = unlock_hindered(core, command->device);
    if (hindered)
        return hindered;
    core_device_unlock(core, command->device, out);
    core_command_store(core, command, CORE_TXN_DEVICE, command->device, out);
    return NULL;
}

static const char *machine_able(struct core *core, const struct core_command *command,
                                struct core_actions *out)
{
    bool enable = command->kind == CORE_COMMAND_MACHINE_ENABLE;
    core->machine_disabled = !enable;
    if (enable)
        core->crash_loop = false;
    core_emit_event(out, enable ? CORE_CODE_MACHINE_ENABLED : CORE_CODE_MACHINE_DISABLED, -1, -1, -1);
    core_command_store(core, command, CORE_TXN_MACHINE, -1, out);
    return NULL;
}

/* What stands over the whole machine and forbids a test, too; NULL = nothing. */
static const char *machine_forbids(uint32_t holds)
{
    static const struct {
        enum core_hold hold;
        const char *error;
    } errors[] = {
        {CORE_HOLD_STOPPING, "the daemon is going down"},
        {CORE_HOLD_CRASH_LOOP, "the daemon crashed five times in ten minutes: enable the machine first"},
        {CORE_HOLD_FIRE, "the fire input says alarm, or its wire is broken"},
        {CORE_HOLD_DOOR, "the machine's door is open"},
        {CORE_HOLD_LINE_LOST, "the contact of the machine's door cannot be read"}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (holds & (1u << errors[i].hold))
            return errors[i].error;
    return NULL;
}

/* A movement without a payment. A locked device may be tested, that is how it comes back; a latched output
 * may not. */
static const char *device_test(struct core *core, const struct core_command *command,
                               struct core_actions *out)
{
    struct core_device *device = &core->devices[command->device];
    const char *forbids = machine_forbids(core_machine_holds(core));
    bool passing;
    if (forbids)
        return forbids;
    if (device->state.lock == CORE_LOCK_OUTPUT_FAULT)
        return "an output is faulty: reset the device first";
    if (device->use != CORE_DEVICE_IDLE || device->test)
        return "the device is busy";
    if (!core_parallel_free(core, command->device))
        return "another device moves";
    if (core_device_lost_line(core, command->device, false, &passing) >= 0)
        return "a line of the device is lost";
    if (device_check_service(&device->device, core->now_ms).readiness != DEVICE_GO)
        return "a sensor forbids it";
    device->slot = -1;
    device->test = true;
    device->test_id = command->id;
    if (core_device_many(core, command->device))
        core_many_start(core, command->device, NULL, out);
    else
        core_move_start(core, command->device, out);
    return NULL;
}

void core_command_tested(struct core *core, int32_t device, const struct device_out *result,
                         struct core_actions *out)
{
    bool good = result->outcome.result == PAYMENT_RESULT_DELIVERED;
    if (core->devices[device].opening) {
        good |= result->outcome.reason == PAYMENT_REASON_NO_PASSAGE; /* opened, and nobody drove through */
    } else {
        core_emit_event(out, CORE_CODE_DEVICE_TESTED, -1, device, -1);
        out->item[out->count - 1].u.event.reason = result->outcome.reason;
    }
    core_command_answer(out, core->devices[device].test_id, good ? NULL : "the movement did not end well");
    struct payment_outcome *outcome = &out->item[out->count - 1].u.answer.outcome;
    *outcome = result->outcome;
    outcome->refund = PAYMENT_REFUND_NO;
    outcome->finished_at = core_report_time(core);
}

static const char *command_run(struct core *core, const struct core_command *command,
                               struct core_actions *out)
{
    bool product_good = command->product >= 0 && command->product < core->config->product_count;
    bool device_good = command->device >= 0 && command->device < core->config->device_count;
    if (core->store_failed)
        return "the store failed";
    if (!free_answer(core))
        return "too many commands at once";
    switch (command->kind) {
    case CORE_COMMAND_PRODUCT_ENABLE:
    case CORE_COMMAND_PRODUCT_DISABLE:
        return product_good ? product_able(core, command, out) : "unknown product";
    case CORE_COMMAND_PRICE_SET:
        return product_good ? price_set(core, command, out) : "unknown product";
    case CORE_COMMAND_STOCK_SET:
        return product_good ? stock_set(core, command, out) : "unknown product";
    case CORE_COMMAND_DEVICE_TEST:
        return device_good ? device_test(core, command, out) : "unknown device";
    case CORE_COMMAND_DEVICE_RESET:
        return device_good ? device_reset(core, command, out) : "unknown device";
    case CORE_COMMAND_MACHINE_ENABLE:
    case CORE_COMMAND_MACHINE_DISABLE:
        return machine_able(core, command, out);
    case CORE_COMMAND_LANE_OPEN:
    case CORE_COMMAND_LANE_HOLD:
    case CORE_COMMAND_LANE_RELEASE:
        return device_good ? core_lane_command(core, command, out) : "unknown device";
    case CORE_COMMAND_COUNT:
    default:
        return "unknown command";
    }
}

void core_command(struct core *core, const struct core_event *event, struct core_actions *out)
{
    assert(core->started);
    const char *error = command_run(core, &event->u.command, out);
    if (error)
        core_command_answer(out, event->u.command.id, error);
}
