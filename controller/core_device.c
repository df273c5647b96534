/* What becomes of a device: strikes and locks, free again or not, and what an ending means for money and
 * stock.
 */
#include "controller/core_state.h"

#include <assert.h>

void core_device_store(struct core *core, int32_t device, struct core_actions *out)
{
    if (core->store_failed)
        return;
    struct core_txn *txn = core_emit_store(core, out, CORE_TXN_DEVICE);
    txn->device = device;
    txn->device_state = core->devices[device].state;
}

void core_device_lock(struct core *core, int32_t device, enum core_lock lock, struct core_actions *out)
{
    struct core_device_state *state = &core->devices[device].state;
    if (state->lock == CORE_LOCK_OUTPUT_FAULT || state->lock == CORE_LOCK_FIRE || state->lock == lock)
        return;
    state->lock = lock;
    core->view_changed = true;
    core_emit_event(out, CORE_CODE_DEVICE_LOCKED, -1, device, -1);
}

bool core_device_unlock(struct core *core, int32_t device, struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    bool changed = at->state.lock != CORE_LOCK_NONE || at->state.strikes != 0;
    if (at->state.lock != CORE_LOCK_NONE)
        core_emit_event(out, CORE_CODE_DEVICE_UNLOCKED, -1, device, -1);
    at->state.lock = CORE_LOCK_NONE;
    at->state.strikes = 0;
    for (int32_t role = 0; role < CONFIG_ROLE_COUNT; role++)
        if (core->config->devices[device].line[role] >= 0)
            core->lines[core->config->devices[device].line[role]].faulted = false;
    core->view_changed = true;
    return changed;
}

void core_device_free(struct core *core, int32_t device)
{
    struct core_device *at = &core->devices[device];
    at->use = CORE_DEVICE_IDLE;
    at->slot = -1;
    at->test = at->opening = false;
    at->settled = false;
    at->at_rest = false;
    at->freed_ms = core->now_ms;
    at->phase = DEVICE_PHASE_IDLE;
    core->view_changed = true;
    core_health_watch(core, device);
}

void core_device_settle(struct core *core, int32_t device, bool settled)
{
    struct core_device *at = &core->devices[device];
    if (settled) {
        at->settled = true;
        at->slot = -1;
    }
    if (at->use == CORE_DEVICE_ENDING && at->settled && at->orders_open == 0 &&
        core->now_ms >= at->maybe_on_until_ms)
        core_device_free(core, device);
}

bool core_device_verdict(struct core *core, int32_t device, const struct device_out *result,
                         struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    struct core_device_state before = at->state;
    switch (result->verdict) {
    case DEVICE_VERDICT_GOOD:
        at->state.strikes = 0;
        if (at->test && result->outcome.result == PAYMENT_RESULT_DELIVERED &&
            at->state.lock != CORE_LOCK_FIRE && at->state.lock != CORE_LOCK_OUTPUT_FAULT)
            core_device_unlock(core, device, out);
        break;
    case DEVICE_VERDICT_STRIKE:
        if (at->test)
            break;
        at->state.strikes++;
        core_emit_event(out, CORE_CODE_DEVICE_STRIKE, -1, device, -1);
        if (at->state.strikes >= CORE_STRIKES_OUT)
            core_device_lock(core, device, CORE_LOCK_STRUCK_OUT, out);
        break;
    case DEVICE_VERDICT_LOCK:
    default:
        core_device_lock(core, device,
                         result->outcome.result == PAYMENT_RESULT_UNKNOWN &&
                                 result->outcome.reason != PAYMENT_REASON_JAM &&
                                 result->outcome.reason != PAYMENT_REASON_NOT_UP
                             ? CORE_LOCK_UNKNOWN
                             : CORE_LOCK_JAM,
                         out);
        break;
    case DEVICE_VERDICT_NONE:
        break;
    }
    return before.lock != at->state.lock || before.strikes != at->state.strikes;
}

enum payment_refund core_refund_of(const struct payment_outcome *outcome)
{
    assert(outcome->result == PAYMENT_RESULT_DELIVERED || outcome->result == PAYMENT_RESULT_FAILED ||
           outcome->result == PAYMENT_RESULT_UNKNOWN);
    if (outcome->result == PAYMENT_RESULT_DELIVERED)
        return PAYMENT_REFUND_NO;
    if (outcome->result != PAYMENT_RESULT_FAILED)
        return PAYMENT_REFUND_REVIEW;
    /* Who did not use an open way in time may have to pay all the same, if the owner says so. */
    return outcome->reason == PAYMENT_REASON_NO_PASSAGE && outcome->refund == PAYMENT_REFUND_NO
               ? PAYMENT_REFUND_NO
               : PAYMENT_REFUND_YES;
}

uint32_t core_return_stock(struct core *core, const struct payment *payment)
{
    if (payment->outcome.result != PAYMENT_RESULT_FAILED || payment->outcome.refund == PAYMENT_REFUND_NO)
        return 0;
    struct core_product_state *state = &core->products[payment->product];
    int32_t capacity = core->config->products[payment->product].capacity;
    if (state->stock < 0 || (capacity >= 0 && state->stock >= capacity))
        return 0;
    state->stock++;
    return CORE_TXN_PRODUCT;
}

bool core_device_stuck_on(const struct core *core, int32_t device)
{
    for (int32_t role = 0; role < CONFIG_ROLE_COUNT; role++) {
        int32_t line = core->config->devices[device].line[role];
        if (line >= 0 && core->lines[line].stuck_on)
            return true;
    }
    return false;
}
