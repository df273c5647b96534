/* What others may see. Reads only; the words are those of the last step's time. */
#include "controller/core_state.h"

#include <assert.h>

/* A beam that just sees a product fall is no reason to take the QR of its neighbours away: who pays now waits
 * for it. */
static bool fact_shown(const struct core_fact *fact)
{
    return !(fact->passing && fact->hold == CORE_HOLD_SENSOR);
}

static bool facts_allow(const struct core_facts *facts)
{
    for (int32_t i = 0; i < facts->count; i++)
        if (fact_shown(&facts->item[i]))
            return false;
    return true;
}

void core_view_product(const struct core *core, int32_t product, int64_t wall_s,
                       struct core_product_view *ret)
{
    assert(product >= 0 && product < core->config->product_count);
    const struct core_product_state *state = &core->products[product];
    struct core_facts facts;
    core_gather_facts(core, product, false, &facts);
    ret->hold = CORE_HOLD_NONE;
    ret->line = -1;
    for (int32_t i = 0; i < facts.count; i++)
        if (fact_shown(&facts.item[i]) && (ret->hold == CORE_HOLD_NONE || facts.item[i].hold < ret->hold)) {
            ret->hold = facts.item[i].hold;
            ret->line = facts.item[i].line;
        }
    ret->can_sell = facts_allow(&facts);
    ret->price = core_price_at(core, product, wall_s);
    ret->stock = core_stock_free(core, product);
    ret->qr = state->qr[0] != '\0' ? state->qr : core->config->products[product].qr;
}

int32_t core_why(const struct core *core, int32_t product, enum core_hold *ret, int32_t max)
{
    assert(product >= 0 && product < core->config->product_count);
    struct core_facts facts;
    int32_t count = 0;
    core_gather_facts(core, product, false, &facts);
    for (int32_t hold = CORE_HOLD_NONE + 1; hold < CORE_HOLD_COUNT; hold++)
        for (int32_t i = 0; i < facts.count; i++)
            if (facts.item[i].hold == (enum core_hold)hold && count < max) {
                ret[count++] = facts.item[i].hold;
                break;
            }
    return count;
}

/* Ending now would leave an intent without an outcome: the next start could only say unknown. */
static bool slot_unsettled(const struct core_slot *slot)
{
    return slot->state == CORE_SLOT_MOVING || slot->state == CORE_SLOT_SETTLED ||
           slot->state == CORE_SLOT_RESERVED || slot->state == CORE_SLOT_FINISHING ||
           (slot->state == CORE_SLOT_STORING && slot->parts & CORE_TXN_INTENT);
}

void core_view_machine(const struct core *core, struct core_machine_view *ret)
{
    ret->selling = false;
    for (int32_t i = 0; i < core->config->product_count && !ret->selling; i++) {
        struct core_facts facts;
        core_gather_facts(core, i, false, &facts);
        ret->selling = facts_allow(&facts);
    }
    ret->holds = core_machine_holds(core);
    ret->open = ret->moving = ret->unsettled = 0;
    for (int32_t i = 0; i < core->slot_end; i++) {
        ret->open += core->slots[i].state != CORE_SLOT_FREE;
        ret->moving += core->slots[i].state == CORE_SLOT_MOVING;
        ret->unsettled += slot_unsettled(&core->slots[i]);
    }
    ret->queued = core_waiting_count(core);
    ret->store_failed = core->store_failed;
}

void core_view_device(const struct core *core, int32_t device, struct core_device_view *ret)
{
    assert(device >= 0 && device < core->config->device_count);
    const struct core_device *at = &core->devices[device];
    ret->state = at->state;
    ret->moving = at->use == CORE_DEVICE_MOVING || core_many_unsettled(core, device);
    ret->phase = at->phase;
    ret->held = at->device.held;
    ret->presence = at->device.config->line[CONFIG_ROLE_PRESENCE] < 0
                        ? DEVICE_LEVEL_UNKNOWN
                        : at->device.inputs.level[CONFIG_ROLE_PRESENCE];
    ret->rights = core_rights_used(core, device);
}

static bool slot_shown(const struct core_slot *slot)
{
    return slot->state != CORE_SLOT_FREE && slot->state != CORE_SLOT_STORING;
}

static enum device_phase slot_phase(const struct core *core, const struct core_slot *slot)
{
    if (slot->state == CORE_SLOT_MOVING)
        return core->devices[slot->payment.device].phase;
    return slot->state == CORE_SLOT_QUEUED || slot->state == CORE_SLOT_RESERVED ? DEVICE_PHASE_WAITING
                                                                                : DEVICE_PHASE_IDLE;
}

/* Puts it in its place among the newest; the oldest goes if there is no room. */
static int32_t keep_newest(struct core_activity *list, int32_t count, int32_t max, struct core_activity one)
{
    int32_t at = count < max ? count++ : max;
    for (; at > 0 && list[at - 1].order < one.order; at--)
        if (at < max)
            list[at] = list[at - 1];
    if (at < max)
        list[at] = one;
    return count;
}

int32_t core_view_activities(const struct core *core, struct core_activity *ret, int32_t max)
{
    int32_t count = 0;
    for (int32_t i = 0; i < core->slot_end; i++) {
        const struct core_slot *slot = &core->slots[i];
        if (slot_shown(slot))
            count = keep_newest(ret, count, max,
                                (struct core_activity){&slot->payment, slot_phase(core, slot), false,
                                                       slot->order, slot->since_ms});
    }
    for (int32_t i = 0; i < core->recent_count; i++) {
        const struct core_recent *recent = &core->recent[i];
        count = keep_newest(ret, count, max,
                            (struct core_activity){&recent->payment, DEVICE_PHASE_IDLE, true, recent->order,
                                                   recent->since_ms});
    }
    return count;
}

int64_t core_view_counter(const struct core *core, enum core_counter counter)
{
    assert((unsigned)counter < CORE_COUNTER_COUNT);
    return core->counters[counter];
}
