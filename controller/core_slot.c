/* The steps of one accepted payment: each writes its transaction, and only its commit allows what follows. */
#include "controller/core_state.h"

#include <assert.h>
#include <string.h>

void core_slot_enter(struct core *core, struct core_slot *slot, enum core_slot_state state)
{
    int32_t index = (int32_t)(slot - core->slots);
    slot->state = state;
    slot->since_ms = core->now_ms;
    core->view_changed = true;
    if (index >= core->slot_end)
        core->slot_end = index + 1;
    while (core->slot_end > 0 && core->slots[core->slot_end - 1].state == CORE_SLOT_FREE)
        core->slot_end--;
}

int32_t core_storing_count(const struct core *core)
{
    int32_t count = 0;
    for (int32_t i = 0; i < core->slot_end; i++)
        count += core->slots[i].state != CORE_SLOT_FREE && core->slots[i].ticket != 0;
    return count;
}

void core_slot_store(struct core *core, struct core_slot *slot, uint32_t parts, struct core_actions *out)
{
    slot->parts = parts;
    slot->ticket = 0;
    if (core->store_failed) /* what was never durable must not become the ground of something that is */
        return;
    struct core_txn *txn = core_emit_store(core, out, parts);
    slot->ticket = txn->ticket;
    txn->payment = slot->payment;
    txn->product = slot->payment.product;
    txn->device = slot->payment.device;
    if (parts & CORE_TXN_PRODUCT)
        txn->product_state = core->products[txn->product];
    if (parts & CORE_TXN_DEVICE)
        txn->device_state = core->devices[txn->device].state;
}

void core_slot_refuse(struct core *core, struct core_slot *slot, enum payment_reason reason, int32_t line,
                      uint32_t parts, struct core_actions *out)
{
    struct payment_outcome *outcome = &slot->payment.outcome;
    memset(outcome, 0, sizeof(*outcome));
    outcome->result = PAYMENT_RESULT_REFUSED;
    outcome->reason = reason;
    outcome->refund = PAYMENT_REFUND_YES;
    outcome->finished_at = core_report_time(core);
    if (line >= 0 && core->config->devices[slot->payment.device].line[CONFIG_ROLE_DROP] == line)
        payment_add_evidence(outcome, PAYMENT_EVIDENCE_BEAM, core->lines[line].level == DEVICE_LEVEL_ON);
    slot->payment.started_at = 0;
    slot->payment.state = PAYMENT_STATE_DONE;
    core_slot_store(core, slot, parts | CORE_TXN_OUTCOME, out);
    core_slot_enter(core, slot, parts & CORE_TXN_PAYMENT ? CORE_SLOT_STORING : CORE_SLOT_FINISHING);
}

void core_slot_reserve(struct core *core, struct core_slot *slot, uint32_t parts, struct core_actions *out)
{
    struct core_device *device = &core->devices[slot->payment.device];
    struct core_product_state *product = &core->products[slot->payment.product];
    assert(device->use == CORE_DEVICE_IDLE && !core->store_failed && !core->stopping);
    if (!core_device_many(core, slot->payment.device)) {
        device->use = CORE_DEVICE_RESERVED;
        device->slot = (int32_t)(slot - core->slots);
        device->test = false;
    }
    parts |= CORE_TXN_INTENT;
    if (product->stock > 0) {
        product->stock--;
        parts |= CORE_TXN_PRODUCT;
    }
    slot->payment.state = PAYMENT_STATE_MOVING;
    slot->payment.attempts++;
    slot->payment.started_at = core_report_time(core);
    core_slot_store(core, slot, parts, out);
    core_slot_enter(core, slot, parts & CORE_TXN_PAYMENT ? CORE_SLOT_STORING : CORE_SLOT_RESERVED);
    if (parts & CORE_TXN_PRODUCT && product->stock == 0)
        core_emit_event(out, CORE_CODE_SOLD_OUT, slot->payment.product, slot->payment.device, -1);
}
