/* Start: what the store remembers. What was moving when the power went is unknown and never runs again; what
 * was only paid gets its turn in the order it came, if it is still fresh then. */
#include "controller/core_state.h"

#include <assert.h>
#include <string.h>

static void restore_payment(struct core *core, const struct payment *payment)
{
    int32_t free = core_free_slot(core);
    if (free >= CORE_MAX_ACCEPTED) /* stays in the store as it is; the next start finds it */
        return;
    struct core_slot *slot = &core->slots[free];
    memset(slot, 0, sizeof(*slot));
    slot->payment = *payment;
    slot->payment.received_us = 0;
    slot->restored = true;
    assert(payment->state == PAYMENT_STATE_PAID || payment->state == PAYMENT_STATE_MOVING);
    core_slot_enter(core, slot, payment->state == PAYMENT_STATE_PAID ? CORE_SLOT_QUEUED : CORE_SLOT_RECOVER);
    core_count(core, CORE_COUNTER_PAID_MINOR, payment->claims.amount);
}

static void restore_product(struct core *core, int32_t product, const struct core_product_state *state)
{
    if (product < 0 || product >= core->config->product_count)
        return;
    struct core_product_state *at = &core->products[product];
    int32_t configured = core->config->products[product].stock;
    *at = *state;
    if (at->price_count < 0 || at->price_count > CORE_MAX_PRICES)
        at->price_count = 0;
    if (configured < 0 || at->stock < 0) /* the configuration says whether it is counted */
        at->stock = configured;
}

static void restore_device(struct core *core, int32_t device, const struct core_device_state *state)
{
    struct core_device *at = &core->devices[device];
    at->state = *state;
    at->state.hold_owner[CORE_OWNER_SIZE - 1] = at->state.hold_why[CORE_WHY_SIZE - 1] = '\0';
    if (at->device.config->kind != CONFIG_KIND_BARRIER)
        at->state.hold_until = 0;
    at->hold_restored = at->state.hold_until != 0;
}

void core_recover_restore(struct core *core, const struct core_event *event)
{
    assert(!core->started);
    if (event->kind == CORE_EVENT_RESTORE_PAYMENT)
        restore_payment(core, &event->u.payment);
    else if (event->kind == CORE_EVENT_RESTORE_PRODUCT)
        restore_product(core, event->u.product.product, &event->u.product.state);
    else if (event->kind == CORE_EVENT_RESTORE_MACHINE)
        core->machine_disabled = event->u.machine_disabled;
    else if (event->u.device.device >= 0 && event->u.device.device < core->config->device_count)
        restore_device(core, event->u.device.device, &event->u.device.state);
}

static void settle_indices(struct core *core, struct core_slot *slot)
{
    struct payment *payment = &slot->payment;
    if (payment->product >= core->config->product_count)
        payment->product = -1;
    if (payment->device >= core->config->device_count)
        payment->device = -1;
    if (slot->state == CORE_SLOT_QUEUED)
        payment->device = payment->product < 0 ? -1 : core->config->products[payment->product].device;
}

/* Gives the restored payments their order, oldest first; they came in any order. */
static void order_restored(struct core *core)
{
    for (;;) {
        struct core_slot *oldest = NULL;
        for (int32_t i = 0; i < core->slot_end; i++) {
            struct core_slot *slot = &core->slots[i];
            if (slot->order == 0 && (!oldest || slot->payment.received_at < oldest->payment.received_at))
                oldest = slot;
        }
        if (!oldest)
            return;
        oldest->order = core->next_order++;
    }
}

void core_recover_start(struct core *core)
{
    assert(!core->started);
    core->started = true;
    core->start_ms = core->now_ms;
    core->view_changed = true;
    order_restored(core);
    for (int32_t i = 0; i < core->slot_end; i++) {
        struct core_slot *slot = &core->slots[i];
        settle_indices(core, slot);
        slot->accepted_ms = core->now_ms;
        slot->since_ms = core->now_ms;
        if (slot->state == CORE_SLOT_RECOVER && slot->payment.device >= 0 &&
            core->devices[slot->payment.device].state.lock == CORE_LOCK_NONE &&
            !core_device_many(core, slot->payment.device)) /* with nothing that moves, nothing is left over */
            core->devices[slot->payment.device].state.lock = CORE_LOCK_UNKNOWN;
    }
}

void core_recover_moving(struct core *core, struct core_slot *slot, struct core_actions *out)
{
    struct payment *payment = &slot->payment;
    int64_t now_s = core_report_time(core);
    memset(&payment->outcome, 0, sizeof(payment->outcome));
    payment->outcome.result = PAYMENT_RESULT_UNKNOWN;
    payment->outcome.reason = PAYMENT_REASON_POWER_LOSS;
    payment->outcome.refund = PAYMENT_REFUND_REVIEW;
    payment->outcome.finished_at = now_s > payment->started_at ? now_s : payment->started_at;
    payment_add_evidence(&payment->outcome, PAYMENT_EVIDENCE_RESTARTS, 1);
    payment->state = PAYMENT_STATE_DONE;
    core_emit_payment_event(out, CORE_CODE_RECOVERED_UNKNOWN, payment, PAYMENT_REASON_POWER_LOSS);
    core_slot_store(core, slot, CORE_TXN_OUTCOME | (payment->device >= 0 ? CORE_TXN_DEVICE : 0u), out);
    core_slot_enter(core, slot, CORE_SLOT_FINISHING);
}
