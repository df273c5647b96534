/* Movements: events in, orders out. */
#include "controller/core_state.h"

#include <assert.h>
#include <string.h>

/* The role of the line for this device, CONFIG_ROLE_COUNT if it has none. */
static enum config_role role_of(const struct config_device *device, int32_t line)
{
    for (int32_t role = 0; role < CONFIG_ROLE_COUNT; role++)
        if (device->line[role] == line)
            return (enum config_role)role;
    return CONFIG_ROLE_COUNT;
}

static void move_finish(struct core *core, int32_t device, const struct device_out *result,
                        struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    bool changed = core_device_verdict(core, device, result, out);
    at->use = CORE_DEVICE_ENDING;
    at->settled = false;
    at->ended_ms = core->now_ms;
    at->quiet_by_ms = core->now_ms + CORE_QUIET_MS;
    core->view_changed = true;
    if (at->test) {
        if (changed)
            core_device_store(core, device, out);
        core_command_tested(core, device, result, out);
        core_device_settle(core, device, true);
        return;
    }
    struct core_slot *slot = &core->slots[at->slot];
    uint32_t parts = CORE_TXN_OUTCOME | (changed ? CORE_TXN_DEVICE : 0);
    slot->payment.outcome = result->outcome;
    slot->payment.outcome.refund = core_refund_of(&result->outcome);
    slot->payment.outcome.finished_at = core_report_time(core);
    slot->payment.state = PAYMENT_STATE_DONE;
    parts |= core_return_stock(core, &slot->payment);
    /* After a failed commit it stays an intent on disk: the next start says unknown. */
    core_slot_store(core, slot, parts, out);
    core_slot_enter(core, slot, CORE_SLOT_FINISHING);
}

static void further_intent(struct core *core, int32_t device, struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    if (at->test) {
        struct device_event event = {.kind = DEVICE_EVENT_INTENT, .now_ms = core->now_ms};
        core_move_feed(core, device, &event, out);
        return;
    }
    struct core_slot *slot = &core->slots[at->slot];
    if (core->store_failed || core->stopping || slot->further_ticket != 0)
        return;
    slot->payment.attempts++;
    struct core_txn *txn = core_emit_store(core, out, CORE_TXN_INTENT);
    txn->payment = slot->payment;
    txn->product = slot->payment.product;
    txn->device = device;
    slot->further_ticket = txn->ticket;
}

/* Carries out the orders. Those for a latched line go nowhere: returns how many, and which. */
static int32_t move_orders(struct core *core, int32_t device, const struct device_out *result,
                           struct device_order ret_refused[DEVICE_MAX_ORDERS], struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    int32_t refused = 0;
    assert(result->order_count >= 0 && result->order_count <= DEVICE_MAX_ORDERS);
    for (int32_t i = 0; i < result->order_count; i++) {
        const struct device_order *order = &result->orders[i];
        int32_t line = at->device.config->line[order->role];
        assert(line >= 0);
        if (core->lines[line].faulted && order->kind != DEVICE_ORDER_OFF) {
            ret_refused[refused++] = *order;
            continue;
        }
        struct core_action *action = core_emit(out, CORE_ACTION_ORDER);
        action->u.order.line = line;
        action->u.order.kind = order->kind;
        action->u.order.ms = order->ms;
        at->orders_open++;
    }
    return refused;
}

void core_move_apply(struct core *core, int32_t device, const struct device_out *result,
                     struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    struct device_order refused[DEVICE_MAX_ORDERS];
    at->deadline_ms = result->deadline_ms;
    at->at_rest = result->at_rest;
    if (at->phase != result->phase)
        core->view_changed = true;
    at->phase = result->phase;
    int32_t refused_count = move_orders(core, device, result, refused, out);
    core_tell_notes(core, device, result, out);
    core_many_settle(core, device, result, out);
    if (result->finished) {
        move_finish(core, device, result, out);
        return;
    }
    for (int32_t i = 0; i < refused_count; i++) {
        struct device_event event = {.kind = DEVICE_EVENT_ORDER,
                                     .now_ms = core->now_ms,
                                     .role = refused[i].role,
                                     .order_kind = refused[i].kind,
                                     .result = DEVICE_ORDER_REFUSED};
        core_move_feed(core, device, &event, out); /* nothing, if the last one ended the movement */
    }
    if (refused_count == 0 && result->need_intent)
        further_intent(core, device, out);
}

void core_move_start(struct core *core, int32_t device, struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    struct device_out result;
    at->use = CORE_DEVICE_MOVING;
    at->orders_open = 0;
    at->maybe_on_until_ms = 0;
    at->latency_said = false;
    at->at_rest = false;
    if (!at->test)
        core_slot_enter(core, &core->slots[at->slot], CORE_SLOT_MOVING);
    core_count(core, CORE_COUNTER_STARTS, 1);
    core->view_changed = true;
    device_start(&at->device, core->now_ms, &result);
    core_move_apply(core, device, &result, out);
}

void core_move_feed(struct core *core, int32_t device, const struct device_event *event,
                    struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    struct device_out result;
    bool moving = at->use == CORE_DEVICE_MOVING || core_device_many(core, device);
    if (!moving && event->kind != DEVICE_EVENT_INPUT && event->kind != DEVICE_EVENT_TIME)
        return;
    device_event(&at->device, event, &result);
    if (moving) {
        core_move_apply(core, device, &result, out);
        return;
    }
    /* A device that does not move has nothing to order. */
    at->deadline_ms = result.deadline_ms;
    core_tell_notes(core, device, &result, out);
    if (event->kind == DEVICE_EVENT_TIME)
        core_health_watch(core, device); /* a sensor may by now be stuck */
}

static void say_latency(struct core *core, struct core_device *at, int64_t on_at_us, struct core_actions *out)
{
    if (at->latency_said || at->slot < 0 || on_at_us <= 0)
        return;
    int64_t received_us = core->slots[at->slot].payment.received_us;
    at->latency_said = true;
    if (received_us > 0 && on_at_us >= received_us)
        core_emit(out, CORE_ACTION_LATENCY)->u.latency_us = on_at_us - received_us;
}

/* While an output may still be on, the device counts as moving (I13). */
static void note_result(struct core *core, struct core_device *at, const struct core_event *event)
{
    bool off = event->u.order.kind == DEVICE_ORDER_OFF;
    if (at->orders_open > 0)
        at->orders_open--;
    if (event->u.order.result == DEVICE_ORDER_DONE)
        at->maybe_on_until_ms = off || event->u.order.kind == DEVICE_ORDER_PULSE ? 0 : at->maybe_on_until_ms;
    else if (off || event->u.order.result == DEVICE_ORDER_UNKNOWN)
        at->maybe_on_until_ms =
            core->now_ms + core->config->lines[event->u.order.line].limit_ms + CORE_GUARD_MS;
}

void core_move_order(struct core *core, const struct core_event *event, struct core_actions *out)
{
    int32_t line = event->u.order.line;
    assert(line >= 0 && line < core->config->line_count);
    for (int32_t i = 0; i < core->config->device_count; i++) {
        struct core_device *at = &core->devices[i];
        enum config_role role = role_of(at->device.config, line);
        if (role == CONFIG_ROLE_COUNT)
            continue;
        if (role == CONFIG_ROLE_HOLD) {
            core_lane_ordered(core, i, event);
            return;
        }
        note_result(core, at, event);
        if (event->u.order.result == DEVICE_ORDER_DONE && event->u.order.kind != DEVICE_ORDER_OFF)
            say_latency(core, at, event->u.order.on_at_us, out);
        struct device_event order = {.kind = DEVICE_EVENT_ORDER,
                                     .now_ms = core->now_ms,
                                     .role = role,
                                     .order_kind = event->u.order.kind,
                                     .result = event->u.order.result,
                                     .on_at_ms = event->u.order.on_at_us / 1000};
        core_move_feed(core, i, &order, out);
        core_device_settle(core, i, false);
        return; /* an output has one user */
    }
}

void core_move_output_fault(struct core *core, int32_t line, bool still_on, struct core_actions *out)
{
    assert(line >= 0 && line < core->config->line_count);
    core->lines[line].stuck_on |= still_on;
    if (core->lines[line].faulted)
        return;
    core->lines[line].faulted = true;
    core_count(core, CORE_COUNTER_OUTPUT_FAULTS, 1);
    for (int32_t i = 0; i < core->config->device_count; i++) {
        enum config_role role = role_of(core->devices[i].device.config, line);
        if (role == CONFIG_ROLE_COUNT)
            continue;
        core_emit_event(out, CORE_CODE_OUTPUT_FAULT, -1, i, line);
        /* What many at once are shown by may have a second way; core_many_facts knows whether it has. */
        if (!core_device_many(core, i)) {
            core_device_lock(core, i, CORE_LOCK_OUTPUT_FAULT, out);
            core_device_store(core, i, out);
        }
        if (role == CONFIG_ROLE_HOLD) /* no part of a movement */
            return;
        core->devices[i].maybe_on_until_ms = 0; /* ended by the guard, or it never will be */
        struct device_event fault = {.kind = DEVICE_EVENT_FAULT, .now_ms = core->now_ms, .role = role};
        core_move_feed(core, i, &fault, out);
        core_device_settle(core, i, false);
        return;
    }
    core_emit_event(out, CORE_CODE_OUTPUT_FAULT, -1, -1, line);
}

static void move_due(struct core *core, int32_t device, struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    struct device_event time = {.kind = DEVICE_EVENT_TIME, .now_ms = core->now_ms};
    core->view_changed |= at->use != CORE_DEVICE_MOVING; /* what it needs to start may have become true */
    core_move_feed(core, device, &time, out);
    core_health_watch(core, device);
    /* A kind that asks for a time that has passed gets it after a pause: no loop without end. */
    if (at->deadline_ms > 0 && at->deadline_ms <= core->now_ms)
        at->deadline_ms = core->now_ms + CORE_PAUSE_MS;
}

/* Whether its output is off was never confirmed. */
static void move_unquiet(struct core *core, int32_t device, struct core_actions *out)
{
    core->devices[device].orders_open = 0;
    core_device_free(core, device);
    core_emit_event(out, CORE_CODE_OUTPUT_FAULT, -1, device, -1);
    core_device_lock(core, device, CORE_LOCK_OUTPUT_FAULT, out);
    core_device_store(core, device, out);
}

void core_move_time(struct core *core, struct core_actions *out)
{
    for (int32_t i = 0; i < core->config->device_count; i++) {
        struct core_device *at = &core->devices[i];
        if ((at->use == CORE_DEVICE_MOVING || core_device_lane(core, i)) && at->deadline_ms > 0 &&
            core->now_ms >= at->deadline_ms)
            move_due(core, i, out);
        else if (at->use == CORE_DEVICE_ENDING && at->settled && at->orders_open > 0 &&
                 core->now_ms >= at->quiet_by_ms)
            move_unquiet(core, i, out);
        else
            core_device_settle(core, i, false);
    }
}

void core_move_abort(struct core *core, struct core_actions *out)
{
    for (int32_t i = 0; i < core->config->device_count; i++) {
        struct device_event stop = {.kind = DEVICE_EVENT_ABORT, .now_ms = core->now_ms};
        core_move_feed(core, i, &stop, out);
    }
}
