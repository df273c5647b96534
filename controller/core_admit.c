/* What comes in: is it known already, may it be accepted, and if not, why. */
#include "controller/core_state.h"

#include <assert.h>
#include <string.h>

static int32_t find_slot(const struct core *core, const struct payment_claims *claims)
{
    for (int32_t i = 0; i < core->slot_end; i++)
        if (core->slots[i].state != CORE_SLOT_FREE &&
            payment_same_key(&core->slots[i].payment.claims, claims))
            return i;
    return -1;
}

static const struct payment *find_recent(const struct core *core, const struct payment_claims *claims)
{
    for (int32_t i = 0; i < core->recent_count; i++)
        if (payment_same_key(&core->recent[i].payment.claims, claims))
            return &core->recent[i].payment;
    return NULL;
}

int32_t core_free_slot(const struct core *core)
{
    for (int32_t i = 0; i < core->slot_end; i++)
        if (core->slots[i].state == CORE_SLOT_FREE)
            return i;
    return core->slot_end;
}

static int32_t open_count(const struct core *core)
{
    int32_t count = 0;
    for (int32_t i = 0; i < core->slot_end; i++)
        count += core->slots[i].state != CORE_SLOT_FREE;
    return count;
}

static void wait_for_first(struct core *core, int32_t slot, uint64_t token, bool conflict)
{
    int32_t place = 0;
    for (; core->waiting[place].used; place++)
        assert(place + 1 < CORE_MAX_UNRELEASED); /* the shell has no more messages without RELEASE */
    core->waiting[place] = (struct core_waiting){true, conflict, slot, token};
}

static void answer_known(struct core *core, const struct core_event *event, bool conflict,
                         struct core_actions *out)
{
    core_emit(out, CORE_ACTION_RELEASE)->u.token = event->u.in.token;
    struct core_action *receipt = core_emit(out, CORE_ACTION_RECEIPT);
    receipt->u.receipt.claims = event->u.in.claims;
    receipt->u.receipt.result = conflict ? CORE_RECEIPT_REFUSED : CORE_RECEIPT_DUPLICATE;
    receipt->u.receipt.reason = conflict ? PAYMENT_REASON_CONFLICTING_DUPLICATE : PAYMENT_REASON_NONE;
    core_count(core, conflict ? CORE_COUNTER_CONFLICTS : CORE_COUNTER_DUPLICATES, 1);
}

/* The first one with this key counts; this one starts nothing, whatever it says. */
static void admit_known(struct core *core, const struct core_event *event, const struct payment *first,
                        int32_t slot, struct core_actions *out)
{
    bool conflict = !payment_same_content(&first->claims, &event->u.in.claims);
    if (conflict && core_rate_allow(&core->alarm_rate, core->now_ms, CORE_ALARM_MS, CORE_ALARM_MAX))
        core_emit_payment_event(out, CORE_CODE_PAYMENT_CONFLICT, first, PAYMENT_REASON_CONFLICTING_DUPLICATE);
    if (slot >= 0 && core->slots[slot].state == CORE_SLOT_STORING) {
        if (!core->store_failed) /* otherwise nothing about this payment will ever be answered in this run */
            wait_for_first(core, slot, event->u.in.token, conflict);
        return;
    }
    answer_known(core, event, conflict, out);
    if (slot < 0 && !conflict && first->state == PAYMENT_STATE_DONE)
        core_publish_again(core, first, out);
}

static int32_t find_product(const struct config *config, const struct payment_claims *claims)
{
    for (int32_t i = 0; i < config->product_count; i++) {
        const struct config_product *product = &config->products[i];
        if (claims->product[0] != '\0'
                ? strcmp(product->id, claims->product) == 0
                : claims->account[0] != '\0' && strcmp(product->account, claims->account) == 0)
            return i;
    }
    return -1;
}

/* What is wrong with it whatever the machine does. */
static enum payment_reason judge_claims(const struct core *core, const struct payment *payment)
{
    const struct payment_claims *claims = &payment->claims;
    if (claims->retained)
        return PAYMENT_REASON_RETAINED;
    if (payment->product < 0)
        return PAYMENT_REASON_UNKNOWN_PRODUCT;
    if (strcmp(claims->currency, core->config->kiosk.currency) != 0)
        return PAYMENT_REASON_WRONG_CURRENCY;
    if (claims->amount != core_price_at(core, payment->product, claims->paid_at))
        return PAYMENT_REASON_WRONG_AMOUNT;
    if (claims->test)
        return PAYMENT_REASON_TEST_PAYMENT;
    return PAYMENT_REASON_NONE;
}

static enum payment_reason judge_time(struct core *core, struct core_slot *slot, bool exp_past,
                                      struct core_actions *out)
{
    if (!core->clock_trusted)
        return PAYMENT_REASON_CLOCK_UNTRUSTED;
    if (core_age_ms(core->wall_s, slot->payment.claims.paid_at) < -(int64_t)CORE_FUTURE_S * 1000) {
        if (core_rate_allow(&core->alarm_rate, core->now_ms, CORE_ALARM_MS, CORE_ALARM_MAX))
            core_emit_payment_event(out, CORE_CODE_CLOCK_SKEW, &slot->payment,
                                    PAYMENT_REASON_CLOCK_UNTRUSTED);
        return PAYMENT_REASON_CLOCK_UNTRUSTED;
    }
    bool wait;
    enum payment_reason reason = core_judge_age(core, slot, &wait);
    return reason != PAYMENT_REASON_NONE ? reason : exp_past ? PAYMENT_REASON_EXPIRED : PAYMENT_REASON_NONE;
}

static struct core_slot *new_slot(struct core *core, const struct payment_claims *claims)
{
    int32_t free = core_free_slot(core);
    assert(free <
           CORE_MAX_OPEN); /* CORE_MAX_ACCEPTED leaves room for every message the shell may have in hand */
    struct core_slot *slot = &core->slots[free];
    memset(slot, 0, sizeof(*slot));
    slot->order = core->next_order++;
    slot->accepted_ms = core->now_ms;
    slot->payment.claims = *claims;
    slot->payment.product = find_product(core->config, claims);
    slot->payment.device =
        slot->payment.product < 0 ? -1 : core->config->products[slot->payment.product].device;
    slot->payment.state = PAYMENT_STATE_PAID;
    return slot;
}

/* A new one: everything that is decided now goes into one transaction. The slot is not yet entered, so it
 * does not count against the stock or the queue it is judged by. */
static void admit_new(struct core *core, const struct core_event *event, struct core_actions *out)
{
    bool full = open_count(core) >= CORE_MAX_ACCEPTED;
    struct core_slot *slot = new_slot(core, &event->u.in.claims);
    slot->payment.received_at = core_report_time(core);
    slot->payment.received_us = event->u.in.received_us;
    slot->token = event->u.in.token;
    int32_t product = slot->payment.product;
    struct core_judgement judgement = {CORE_VERDICT_REFUSE, judge_claims(core, &slot->payment), -1, 0};
    if (judgement.reason == PAYMENT_REASON_NONE)
        judgement.reason = judge_time(core, slot, event->u.in.exp_past, out);
    if (judgement.reason == PAYMENT_REASON_NONE && core_stock_free(core, product) == 0)
        judgement.reason = PAYMENT_REASON_SOLD_OUT;
    if (judgement.reason == PAYMENT_REASON_NONE)
        judgement = core_judge_service(core, product, false);
    int32_t device = slot->payment.device;
    bool at_once = judgement.verdict == CORE_VERDICT_GO &&
                   (core_device_many(core, device) || !core_device_awaited(core, device)) &&
                   core_parallel_free(core, device);
    if (judgement.verdict != CORE_VERDICT_REFUSE &&
        (full || core_rights_full(core, device) || (!at_once && core_waiting_count(core) >= CORE_MAX_QUEUE)))
        judgement = (struct core_judgement){CORE_VERDICT_REFUSE, PAYMENT_REASON_BUSY, -1, 0};
    if (judgement.verdict == CORE_VERDICT_REFUSE) {
        core_slot_refuse(core, slot, judgement.reason, judgement.line, CORE_TXN_PAYMENT, out);
    } else if (at_once) {
        core_slot_reserve(core, slot, CORE_TXN_PAYMENT, out);
    } else {
        core_slot_store(core, slot, CORE_TXN_PAYMENT, out);
        core_slot_enter(core, slot, CORE_SLOT_STORING);
    }
}

void core_admit(struct core *core, const struct core_event *event, struct core_actions *out)
{
    assert(core->started);
    const struct payment_claims *claims = &event->u.in.claims;
    if (claims->retained && core_rate_allow(&core->alarm_rate, core->now_ms, CORE_ALARM_MS, CORE_ALARM_MAX)) {
        struct payment told = {.claims = *claims, .product = -1, .device = -1};
        core_emit_payment_event(out, CORE_CODE_PAYMENT_RETAINED, &told, PAYMENT_REASON_RETAINED);
    }
    int32_t slot = find_slot(core, claims);
    const struct payment *recent = slot < 0 ? find_recent(core, claims) : NULL;
    if (slot >= 0)
        admit_known(core, event, &core->slots[slot].payment, slot, out);
    else if (recent)
        admit_known(core, event, recent, -1, out);
    else if (event->u.in.known.state != PAYMENT_STATE_NONE)
        admit_known(core, event, &event->u.in.known, -1, out);
    else if (!core->store_failed) /* without a store there is nothing to promise: no receipt, no RELEASE */
        admit_new(core, event, out);
}
