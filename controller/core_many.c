/* Devices with many payments at once (validators): nothing to move but light, buzzer and screen, and nobody
 * waits for another.
 *
 * Such a device is never busy. Its payments are MOVING side by side from their start on; the kind says how
 * many of the oldest are settled, and with what. Their outcomes are written a few in each step. */
#include "controller/core_state.h"

#include <assert.h>
#include <string.h>

bool core_device_many(const struct core *core, int32_t device)
{
    return device_kind(core->config->devices[device].kind)->many;
}

static bool is_unsettled(const struct core_slot *slot, int32_t device)
{
    return slot->state == CORE_SLOT_MOVING && slot->payment.device == device;
}

bool core_many_unsettled(const struct core *core, int32_t device)
{
    if (!core_device_many(core, device))
        return false;
    for (int32_t i = 0; i < core->slot_end; i++)
        if (is_unsettled(&core->slots[i], device))
            return true;
    return core->devices[device].test;
}

static struct core_slot *oldest_unsettled(struct core *core, int32_t device)
{
    struct core_slot *oldest = NULL;
    for (int32_t i = 0; i < core->slot_end; i++) {
        struct core_slot *slot = &core->slots[i];
        if (is_unsettled(slot, device) && (!oldest || slot->begun < oldest->begun))
            oldest = slot;
    }
    return oldest;
}

static void end_payment(struct core *core, struct core_slot *slot, const struct device_out *result)
{
    slot->payment.outcome = result->outcome;
    slot->payment.outcome.refund = core_refund_of(&result->outcome);
    slot->payment.outcome.finished_at = core_report_time(core);
    if (result->settled_evidence != PAYMENT_EVIDENCE_COUNT)
        payment_add_evidence(&slot->payment.outcome, result->settled_evidence, core->now_ms - slot->begun_ms);
    slot->payment.state = PAYMENT_STATE_DONE;
    core_slot_enter(core, slot, CORE_SLOT_SETTLED);
}

static void end_oldest(struct core *core, int32_t device, const struct device_out *result,
                       struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    struct core_slot *slot = oldest_unsettled(core, device);
    if (at->test && (!slot || at->test_begun < slot->begun)) {
        core_command_tested(core, device, result, out);
        at->test = false;
        return;
    }
    assert(slot); /* no kind settles what it was not given */
    end_payment(core, slot, result);
}

void core_many_settle(struct core *core, int32_t device, const struct device_out *result,
                      struct core_actions *out)
{
    if (result->settled <= 0)
        return;
    if (core_device_verdict(core, device, result, out))
        core_device_store(core, device, out);
    for (int32_t i = 0; i < result->settled; i++)
        end_oldest(core, device, result, out);
    core->view_changed = true;
}

void core_many_start(struct core *core, int32_t device, struct core_slot *slot, struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    struct device_out result;
    if (slot) {
        core_slot_enter(core, slot, CORE_SLOT_MOVING);
        slot->begun = core->next_begun++;
        slot->begun_ms = core->now_ms;
    } else {
        at->test_begun = core->next_begun++;
    }
    core_count(core, CORE_COUNTER_STARTS, 1);
    core->view_changed = true;
    device_start(&at->device, core->now_ms, &result);
    core_move_apply(core, device, &result, out);
}

/* How many of the oldest unsettled ones lie in the range, without a gap. */
static int32_t shown_count(const struct core *core, int32_t device, uint64_t from, uint64_t to)
{
    uint64_t unseen = UINT64_MAX; /* the oldest one that the screen does not show */
    int32_t count = 0;
    for (int32_t i = 0; i < core->slot_end; i++) {
        const struct core_slot *slot = &core->slots[i];
        if (is_unsettled(slot, device) && (slot->order < from || slot->order > to) && slot->begun < unseen)
            unseen = slot->begun;
    }
    for (int32_t i = 0; i < core->slot_end; i++)
        count += is_unsettled(&core->slots[i], device) && core->slots[i].begun < unseen;
    /* A test has no line of its own: that the screen answers is all there is to see. */
    return count + (core->devices[device].test && core->devices[device].test_begun < unseen);
}

void core_many_shown(struct core *core, const struct core_event *event, struct core_actions *out)
{
    for (int32_t i = 0; i < core->config->device_count; i++) {
        struct device_event shown = {.kind = DEVICE_EVENT_SHOWN, .now_ms = core->now_ms};
        if (!core_device_many(core, i))
            continue;
        shown.shown = shown_count(core, i, event->u.shown.from, event->u.shown.to);
        if (shown.shown > 0)
            core_move_feed(core, i, &shown, out);
    }
}

static struct core_slot *oldest_settled(struct core *core)
{
    struct core_slot *oldest = NULL;
    for (int32_t i = 0; i < core->slot_end; i++) {
        struct core_slot *slot = &core->slots[i];
        if (slot->state == CORE_SLOT_SETTLED && (!oldest || slot->order < oldest->order))
            oldest = slot;
    }
    return oldest;
}

void core_many_run(struct core *core, struct core_actions *out)
{
    struct core_slot *slot;
    int32_t written = 0, room = CORE_STORING_MAX - core_storing_count(core);
    /* After a failed commit they stay intents on disk: the next start says unknown. */
    while (!core->store_failed && written < room && (slot = oldest_settled(core))) {
        if (written++ == CORE_RUN_MAX) {
            core->more = true;
            return;
        }
        int64_t began_us = slot->begun_ms * 1000;
        if (slot->payment.received_us > 0 && began_us >= slot->payment.received_us)
            core_emit(out, CORE_ACTION_LATENCY)->u.latency_us = began_us - slot->payment.received_us;
        core_slot_store(core, slot, CORE_TXN_OUTCOME | core_return_stock(core, &slot->payment), out);
        core_slot_enter(core, slot, CORE_SLOT_FINISHING);
    }
}

void core_many_facts(const struct core *core, int32_t device, struct core_facts *facts)
{
    int32_t light = core->config->devices[device].line[CONFIG_ROLE_LIGHT];
    bool lost = light >= 0 && core->lines[light].lost;
    if (core->screen_good || (light >= 0 && !lost && !core->lines[light].faulted))
        return;
    core_add_fact(facts,
                  light < 0 ? CORE_HOLD_SCREEN
                  : lost    ? CORE_HOLD_LINE_LOST
                            : CORE_HOLD_DEVICE_FAULT,
                  light, false, PAYMENT_REASON_OUT_OF_SERVICE);
}
