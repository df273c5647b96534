/* The life of an accepted payment: its turn, its transactions, and what each commit allows.
 *
 * Only a commit lets the core move, answer or publish. A commit that fails latches the store as failed for
 * this run. */
#include "controller/core_state.h"

#include <assert.h>
#include <string.h>

/* It has waited as long as its device wants one to wait; while another had the device, nobody waited for it.
 */
static bool wait_is_over(const struct core *core, const struct core_slot *slot, int64_t wait_ms)
{
    int64_t freed_ms = core->devices[slot->payment.device].freed_ms;
    int64_t since_ms = freed_ms > slot->accepted_ms ? freed_ms : slot->accepted_ms;
    return wait_ms != 0 && core->now_ms - since_ms > wait_ms;
}

/* Takes back what core_slot_reserve took: nothing moved. */
static uint32_t slot_unreserve(struct core *core, struct core_slot *slot)
{
    uint32_t product_part = slot->parts & CORE_TXN_PRODUCT;
    if (product_part)
        core->products[slot->payment.product].stock++;
    if (slot->parts & CORE_TXN_INTENT && !core_device_many(core, slot->payment.device))
        core_device_free(core, slot->payment.device);
    return product_part;
}

/* The intent is durable; the disk may have been slow, so everything that can change is judged once more. What
 * is only passing (a beam that still sees the last product fall) is waited for. true if a movement was begun.
 */
static bool slot_begin(struct core *core, struct core_slot *slot, struct core_actions *out)
{
    int32_t device = slot->payment.device;
    enum core_device_use use = core->devices[device].use;
    bool wait_for_clock =
        false; /* its age was measured before the intent and goes on without the wall clock */
    core->devices[device].use = CORE_DEVICE_IDLE; /* so that the judge asks the device */
    struct core_judgement judgement = core_judge_service(core, slot->payment.product, slot->restored);
    core->devices[device].use = use;
    enum payment_reason reason = core_judge_age(core, slot, &wait_for_clock);
    if (reason != PAYMENT_REASON_NONE)
        judgement = (struct core_judgement){CORE_VERDICT_REFUSE, reason, -1, 0};
    if (judgement.verdict == CORE_VERDICT_WAIT && !wait_is_over(core, slot, judgement.wait_ms)) {
        core_slot_enter(core, slot, CORE_SLOT_RESERVED);
        return false;
    }
    if (judgement.verdict == CORE_VERDICT_GO) {
        if (core_device_many(core, device))
            core_many_start(core, device, slot, out);
        else
            core_move_start(core, device, out);
        return true;
    }
    uint32_t parts = slot_unreserve(core, slot);
    core_slot_refuse(core, slot, judgement.reason, judgement.line, parts, out);
    return false;
}

/* ---- the turn of the stored ones ---- */

static struct core_slot *next_slot(struct core *core, uint64_t after)
{
    struct core_slot *next = NULL;
    for (int32_t i = 0; i < core->slot_end; i++) {
        struct core_slot *slot = &core->slots[i];
        if ((slot->state == CORE_SLOT_QUEUED || slot->state == CORE_SLOT_RECOVER) && slot->order > after &&
            (!next || slot->order < next->order))
            next = slot;
    }
    return next;
}

/* Its device is free and it is the oldest for it. true if a transaction was begun. */
static bool slot_turn(struct core *core, struct core_slot *slot, struct core_actions *out)
{
    struct core_judgement judgement = core_judge_service(core, slot->payment.product, slot->restored);
    if (judgement.verdict == CORE_VERDICT_WAIT) {
        if (!wait_is_over(core, slot, judgement.wait_ms))
            return false;
        judgement.verdict = CORE_VERDICT_REFUSE;
    }
    if (judgement.verdict == CORE_VERDICT_GO && core->products[slot->payment.product].stock == 0)
        judgement = (struct core_judgement){CORE_VERDICT_REFUSE, PAYMENT_REASON_SOLD_OUT, -1, 0};
    if (judgement.verdict == CORE_VERDICT_REFUSE)
        core_slot_refuse(core, slot, judgement.reason, judgement.line, 0, out);
    else
        core_slot_reserve(core, slot, 0, out);
    return true;
}

/* true if a transaction was begun. *blocked: devices whose oldest payment waits, so that later ones do not
 * overtake. */
static bool slot_consider(struct core *core, struct core_slot *slot, uint64_t *blocked,
                          struct core_actions *out)
{
    if (slot->state == CORE_SLOT_RECOVER) {
        core_recover_moving(core, slot, out);
        return true;
    }
    bool wait_for_clock = false;
    enum payment_reason reason = slot->payment.device < 0 ? PAYMENT_REASON_UNKNOWN_PRODUCT
                                                          : core_judge_age(core, slot, &wait_for_clock);
    if (reason != PAYMENT_REASON_NONE) {
        core_slot_refuse(core, slot, reason, -1, 0, out);
        return true;
    }
    uint64_t bit = (uint64_t)1 << slot->payment.device;
    if (*blocked & bit)
        return false;
    *blocked |= bit;
    if (wait_for_clock || core->devices[slot->payment.device].use != CORE_DEVICE_IDLE ||
        !core_parallel_free(core, slot->payment.device))
        return false;
    bool begun = slot_turn(core, slot, out);
    /* Refused, or nobody waits for another: the next one for this device has its turn. */
    if (slot->state == CORE_SLOT_FINISHING || (begun && core_device_many(core, slot->payment.device)))
        *blocked &= ~bit;
    return begun;
}

/* Those whose intent is durable and that wait for something passing; also when nothing new may start, to
 * refuse them. */
static void run_reserved(struct core *core, struct core_actions *out)
{
    int32_t begun = 0;
    for (int32_t i = 0; i < core->slot_end && begun < CORE_BEGIN_MAX; i++) {
        struct core_slot *slot = &core->slots[i];
        if (slot->state == CORE_SLOT_RESERVED && slot->ticket == 0)
            begun += slot_begin(core, slot, out);
    }
    core->more |= begun == CORE_BEGIN_MAX;
}

void core_payments_run(struct core *core, struct core_actions *out)
{
    _Static_assert(CONFIG_MAX_DEVICES <= 64, "blocked has a bit per device");
    if (!core->started)
        return;
    run_reserved(core, out);
    core_many_run(core, out);
    if (core->store_failed || core->stopping)
        return;
    uint64_t blocked = 0, after = 0;
    int32_t begun = 0, room = CORE_STORING_MAX - core_storing_count(core);
    for (struct core_slot *slot = next_slot(core, after); slot && begun < room;
         slot = next_slot(core, after)) {
        if (begun == CORE_RUN_MAX) {
            core->more = true;
            return;
        }
        after = slot->order;
        begun += slot_consider(core, slot, &blocked, out);
    }
}

/* ---- commits ---- */

void core_publish_again(struct core *core, const struct payment *payment, struct core_actions *out)
{
    uint64_t key = 14695981039346656037u; /* FNV-1a */
    for (const char *at = payment->claims.provider; *at; at++)
        key = (key ^ (uint8_t)*at) * 1099511628211u;
    key *= 1099511628211u;
    for (const char *at = payment->claims.payment_id; *at; at++)
        key = (key ^ (uint8_t)*at) * 1099511628211u;
    for (int32_t i = 0; i < CORE_MAX_RECENT; i++)
        if (core->republished[i].key == key && core->now_ms - core->republished[i].at_ms < CORE_REPUBLISH_MS)
            return;
    if (!core_rate_allow(&core->republish_rate, core->now_ms, CORE_REPUBLISH_MS, CORE_REPUBLISH_MAX))
        return;
    core->republished[core->republished_next].key = key;
    core->republished[core->republished_next].at_ms = core->now_ms;
    core->republished_next = (core->republished_next + 1) % CORE_MAX_RECENT;
    core_emit(out, CORE_ACTION_OUTCOME)->u.payment = *payment;
}

static void answer(struct core_actions *out, const struct payment *payment, uint64_t token,
                   enum core_receipt_result result, enum payment_reason reason)
{
    core_emit(out, CORE_ACTION_RELEASE)->u.token = token;
    struct core_action *receipt = core_emit(out, CORE_ACTION_RECEIPT);
    receipt->u.receipt.claims = payment->claims;
    receipt->u.receipt.result = result;
    receipt->u.receipt.reason = reason;
}

void core_answer_waiting(struct core *core, int32_t slot, struct core_actions *out)
{
    for (int32_t i = 0; i < CORE_MAX_UNRELEASED; i++) {
        struct core_waiting *waiting = &core->waiting[i];
        if (!waiting->used || waiting->slot != slot)
            continue;
        waiting->used = false;
        answer(out, &core->slots[slot].payment, waiting->token,
               waiting->conflict ? CORE_RECEIPT_REFUSED : CORE_RECEIPT_DUPLICATE,
               waiting->conflict ? PAYMENT_REASON_CONFLICTING_DUPLICATE : PAYMENT_REASON_NONE);
        core_count(core, waiting->conflict ? CORE_COUNTER_CONFLICTS : CORE_COUNTER_DUPLICATES, 1);
    }
}

static void count_outcome(struct core *core, const struct payment *payment)
{
    static const enum core_counter counters[PAYMENT_RESULT_COUNT] = {
        [PAYMENT_RESULT_DELIVERED] = CORE_COUNTER_DELIVERED,
        [PAYMENT_RESULT_FAILED] = CORE_COUNTER_FAILED,
        [PAYMENT_RESULT_UNKNOWN] = CORE_COUNTER_UNKNOWN,
        [PAYMENT_RESULT_REFUSED] = CORE_COUNTER_REFUSED,
    };
    int64_t amount = payment->claims.amount;
    enum payment_result result = payment->outcome.result;
    assert(result > PAYMENT_RESULT_NONE && result < PAYMENT_RESULT_COUNT);
    core_count(core, counters[result], 1);
    core_count(core,
               payment->outcome.refund == PAYMENT_REFUND_NO    ? CORE_COUNTER_DELIVERED_MINOR
               : payment->outcome.refund == PAYMENT_REFUND_YES ? CORE_COUNTER_REFUND_MINOR
                                                               : CORE_COUNTER_REVIEW_MINOR,
               amount);
}

/* The outcome is durable: publish it, remember it for a while, free everything. */
static void slot_close(struct core *core, struct core_slot *slot, struct core_actions *out)
{
    struct core_recent *recent = &core->recent[core->recent_next];
    core_emit(out, CORE_ACTION_OUTCOME)->u.payment = slot->payment;
    count_outcome(core, &slot->payment);
    recent->payment = slot->payment;
    recent->order = slot->order;
    recent->since_ms = core->now_ms;
    core->recent_next = (core->recent_next + 1) % CORE_MAX_RECENT;
    if (core->recent_count < CORE_MAX_RECENT)
        core->recent_count++;
    int32_t device = slot->payment.device, index = (int32_t)(slot - core->slots);
    slot->ticket = 0;
    core_slot_enter(core, slot, CORE_SLOT_FREE);
    if (device >= 0 && core->devices[device].slot == index)
        core_device_settle(core, device, true);
}

/* The store had this key already, from a time the core does not remember: this message starts nothing. */
static void slot_conflict(struct core *core, struct core_slot *slot, struct core_actions *out)
{
    slot_unreserve(core, slot);
    answer(out, &slot->payment, slot->token, CORE_RECEIPT_DUPLICATE, PAYMENT_REASON_NONE);
    core_count(core, CORE_COUNTER_DUPLICATES, 1);
    core_answer_waiting(core, (int32_t)(slot - core->slots), out);
    slot->ticket = 0;
    core_slot_enter(core, slot, CORE_SLOT_FREE);
}

static void slot_received(struct core *core, struct core_slot *slot, struct core_actions *out)
{
    bool refused = (slot->parts & CORE_TXN_OUTCOME) != 0;
    core_count(core, CORE_COUNTER_PAYMENTS, 1);
    core_count(core, CORE_COUNTER_PAID_MINOR, slot->payment.claims.amount);
    answer(out, &slot->payment, slot->token, refused ? CORE_RECEIPT_REFUSED : CORE_RECEIPT_ACCEPTED,
           refused ? slot->payment.outcome.reason : PAYMENT_REASON_NONE);
    core_answer_waiting(core, (int32_t)(slot - core->slots), out);
}

static void slot_committed(struct core *core, struct core_slot *slot, struct core_actions *out)
{
    uint32_t parts = slot->parts;
    if (parts & CORE_TXN_PAYMENT)
        slot_received(core, slot, out);
    slot->ticket = 0;
    if (parts & CORE_TXN_OUTCOME)
        slot_close(core, slot, out);
    else if (parts & CORE_TXN_INTENT)
        slot_begin(core, slot, out);
    else
        core_slot_enter(core, slot, CORE_SLOT_QUEUED);
}

void core_store_fail(struct core *core, struct core_actions *out)
{
    if (core->store_failed)
        return;
    core->store_failed = true;
    core->view_changed = true;
    core_emit_event(out, CORE_CODE_STORE_FAILED, -1, -1, -1);
    core_move_abort(core, out);
}

void core_payments_committed(struct core *core, const struct core_event *event, struct core_actions *out)
{
    uint64_t ticket = event->u.commit.ticket;
    assert(ticket > 0 && ticket < core->next_ticket);
    if (!event->u.commit.ok) {
        core_count(core, CORE_COUNTER_COMMIT_FAILURES, 1);
        core_store_fail(core, out);
        core_command_committed(core, ticket, false, out);
        return;
    }
    core_command_committed(core, ticket, true, out);
    for (int32_t i = 0; i < core->slot_end; i++) {
        struct core_slot *slot = &core->slots[i];
        if (slot->state == CORE_SLOT_FREE)
            continue;
        if (slot->further_ticket == ticket) {
            slot->further_ticket = 0;
            struct device_event further = {.kind = DEVICE_EVENT_INTENT, .now_ms = core->now_ms};
            if (!core->store_failed && !core->stopping)
                core_move_feed(core, slot->payment.device, &further, out);
            return;
        }
        if (slot->ticket != ticket)
            continue;
        if (event->u.commit.conflict && slot->parts & CORE_TXN_PAYMENT)
            slot_conflict(core, slot, out);
        else
            slot_committed(core, slot, out);
        return;
    }
}
