/* May this be sold, and may this payment still move: prices, age, stock, machine, lines, device. Changes
 * nothing but the age of a payment, which is measured once with a trusted clock and then carried by the
 * monotonic one. */
#include "controller/core_state.h"

#include <assert.h>
#include <string.h>

int64_t core_price_at(const struct core *core, int32_t product, int64_t paid_at)
{
    const struct core_product_state *state = &core->products[product];
    int64_t price = core->config->products[product].price;
    for (int32_t i = 0; i < state->price_count; i++)
        if (state->prices[i].from <= paid_at)
            price = state->prices[i].price;
    return price;
}

int64_t core_age_ms(int64_t wall_s, int64_t paid_at)
{
    int64_t age_ms;
    if (__builtin_sub_overflow(wall_s, paid_at, &age_ms) || __builtin_mul_overflow(age_ms, 1000, &age_ms))
        return wall_s > paid_at ? INT64_MAX / 4 : -(INT64_MAX / 4);
    return age_ms > INT64_MAX / 4 ? INT64_MAX / 4 : age_ms < -(INT64_MAX / 4) ? -(INT64_MAX / 4) : age_ms;
}

enum payment_reason core_judge_age(struct core *core, struct core_slot *slot, bool *ret_wait)
{
    assert(slot->payment.product >= 0);
    int64_t max_ms = (int64_t)core->config->products[slot->payment.product].max_age_s * 1000;
    int64_t wall_age_ms = core_age_ms(core->wall_s, slot->payment.claims.paid_at);
    /* A restored payment from the future means that today's clock is wrong, however much it is trusted. */
    bool trusted = core->clock_trusted && (slot->aged || wall_age_ms >= -(int64_t)CORE_FUTURE_S * 1000);
    int64_t age_ms = INT64_MIN;
    if (trusted && !slot->aged) {
        slot->aged = true;
        slot->age_ms = wall_age_ms;
        slot->aged_at_ms = core->now_ms;
    }
    if (slot->aged)
        age_ms = slot->age_ms + (core->now_ms - slot->aged_at_ms);
    if (trusted && wall_age_ms > age_ms)
        age_ms = wall_age_ms;
    *ret_wait = !trusted;
    if (age_ms > max_ms)
        return PAYMENT_REASON_EXPIRED;
    if (!trusted && core->now_ms - slot->accepted_ms > max_ms)
        return PAYMENT_REASON_CLOCK_UNTRUSTED;
    return PAYMENT_REASON_NONE;
}

/* Accepted, and its intent is not yet begun. */
static bool slot_waits(const struct core_slot *slot)
{
    return slot->state == CORE_SLOT_QUEUED ||
           (slot->state == CORE_SLOT_STORING && !(slot->parts & (CORE_TXN_INTENT | CORE_TXN_OUTCOME)));
}

int32_t core_waiting_count(const struct core *core)
{
    int32_t count = 0;
    for (int32_t i = 0; i < core->slot_end; i++)
        count += slot_waits(&core->slots[i]) || core->slots[i].state == CORE_SLOT_RECOVER;
    return count;
}

bool core_device_awaited(const struct core *core, int32_t device)
{
    for (int32_t i = 0; i < core->slot_end; i++)
        if (slot_waits(&core->slots[i]) && core->slots[i].payment.device == device)
            return true;
    return false;
}

int32_t core_stock_free(const struct core *core, int32_t product)
{
    int32_t stock = core->products[product].stock;
    if (stock < 0)
        return -1;
    for (int32_t i = 0; i < core->slot_end; i++)
        if (slot_waits(&core->slots[i]) && core->slots[i].payment.product == product)
            stock--;
    return stock < 0 ? 0 : stock;
}

bool core_device_lane(const struct core *core, int32_t device)
{
    return device_kind(core->config->devices[device].kind)->lane;
}

int32_t core_rights_used(const struct core *core, int32_t device)
{
    int32_t used = 0;
    for (int32_t i = 0; i < core->slot_end; i++) {
        const struct core_slot *slot = &core->slots[i];
        used += slot->payment.device == device &&
                (slot_waits(slot) || slot->state == CORE_SLOT_RESERVED || slot->state == CORE_SLOT_MOVING ||
                 (slot->state == CORE_SLOT_STORING && slot->parts & CORE_TXN_INTENT));
    }
    return used;
}

bool core_rights_full(const struct core *core, int32_t device)
{
    const struct config_device *config = &core->config->devices[device];
    return config->kind == CONFIG_KIND_TURNSTILE &&
           core_rights_used(core, device) >= config->param[CONFIG_PARAM_RIGHTS];
}

/* Its outputs are certainly off and stay so until the end of the movement. */
static bool device_rests(const struct core *core, const struct core_device *device)
{
    return device->use != CORE_DEVICE_RESERVED && device->at_rest && device->orders_open == 0 &&
           core->now_ms >= device->maybe_on_until_ms;
}

/* Two devices that one sensor watches (slots over one drop beam) never move at once: nobody could say whose
 * product it saw (I7, I8). */
static bool shares_sensor_with_busy(const struct core *core, int32_t device)
{
    for (int32_t i = 0; i < core->config->device_count; i++)
        if (core->devices[i].use != CORE_DEVICE_IDLE && core->shares[device] & (uint64_t)1 << i)
            return true;
    return false;
}

bool core_parallel_free(const struct core *core, int32_t device)
{
    bool lane = core_device_lane(core, device);
    int32_t parallel = core->config->machine.parallel, busy = 0, moving = 0;
    if (shares_sensor_with_busy(core, device))
        return false;
    for (int32_t i = 0; i < core->config->device_count; i++) {
        if (core->devices[i].use == CORE_DEVICE_IDLE || core_device_lane(core, i) != lane)
            continue;
        busy++;
        moving += !device_rests(core, &core->devices[i]);
    }
    if (busy >= CORE_MAX_PARALLEL)
        return false;
    return lane || moving < (parallel < 1 ? 1 : parallel);
}

uint32_t core_machine_holds(const struct core *core)
{
    uint32_t holds = 0;
    int32_t door = core->config->machine.door, fire = core->config->machine.fire;
    holds |= !core->started ? 1u << CORE_HOLD_STARTING : 0;
    holds |= core->store_failed ? 1u << CORE_HOLD_STORE : 0;
    holds |= core->crash_loop ? 1u << CORE_HOLD_CRASH_LOOP : 0;
    holds |= core->machine_disabled ? 1u << CORE_HOLD_MACHINE_DISABLED : 0;
    holds |= !core->clock_trusted ? 1u << CORE_HOLD_CLOCK : 0;
    holds |= !core->broker_heard ? 1u << CORE_HOLD_BROKER : 0;
    holds |= core->stopping ? 1u << CORE_HOLD_STOPPING : 0;
    if (fire >= 0 && core->lines[fire].level != DEVICE_LEVEL_ON) /* a broken wire reads as alarm */
        holds |= 1u << CORE_HOLD_FIRE;
    if (door >= 0 && core->lines[door].level == DEVICE_LEVEL_OFF)
        holds |= 1u << CORE_HOLD_DOOR;
    if (door >= 0 && core->lines[door].level == DEVICE_LEVEL_UNKNOWN)
        holds |= 1u << CORE_HOLD_LINE_LOST;
    return holds;
}

void core_add_fact(struct core_facts *facts, enum core_hold hold, int32_t line, bool passing,
                   enum payment_reason reason)
{
    assert(facts->count < (int32_t)(sizeof(facts->item) / sizeof(facts->item[0])));
    facts->item[facts->count++] = (struct core_fact){hold, line, passing, reason};
}

static void gather_machine(const struct core *core, bool patient, struct core_facts *facts)
{
    uint32_t holds = core_machine_holds(core);
    int32_t door = core->config->machine.door, fire = core->config->machine.fire;
    for (; holds != 0; holds &= holds - 1) {
        int32_t hold = __builtin_ctz(holds);
        int32_t line = hold == CORE_HOLD_FIRE                                  ? fire
                       : hold == CORE_HOLD_DOOR || hold == CORE_HOLD_LINE_LOST ? door
                                                                               : -1;
        bool passing = line >= 0 && core_line_passing(core, line, patient);
        core_add_fact(facts, (enum core_hold)hold, line, passing,
                      hold == CORE_HOLD_CLOCK ? PAYMENT_REASON_CLOCK_UNTRUSTED
                                              : PAYMENT_REASON_OUT_OF_SERVICE);
    }
}

static void gather_device(const struct core *core, int32_t index, bool patient, struct core_facts *facts)
{
    const struct core_device *device = &core->devices[index];
    if (device->state.lock == CORE_LOCK_STRUCK_OUT)
        core_add_fact(facts, CORE_HOLD_STRUCK_OUT, -1, false, PAYMENT_REASON_OUT_OF_SERVICE);
    else if (device->state.lock == CORE_LOCK_FIRE)
        core_add_fact(facts, CORE_HOLD_FIRE, device->device.config->line[CONFIG_ROLE_FIRE], false,
                      PAYMENT_REASON_OUT_OF_SERVICE);
    else if (device->state.lock != CORE_LOCK_NONE)
        core_add_fact(facts, CORE_HOLD_DEVICE_LOCKED, -1, false, PAYMENT_REASON_OUT_OF_SERVICE);
    if (device->state.hold_until != 0)
        core_add_fact(facts, CORE_HOLD_HELD, -1, false, PAYMENT_REASON_OUT_OF_SERVICE);
    bool many = core_device_many(core, index), passing = false;
    if (many)
        core_many_facts(core, index, facts);
    int32_t lost = many ? -1 : core_device_lost_line(core, index, patient, &passing);
    if (lost >= 0)
        core_add_fact(facts, CORE_HOLD_LINE_LOST, lost, passing, PAYMENT_REASON_OUT_OF_SERVICE);
    int32_t fault = device->device.config->line[CONFIG_ROLE_FAULT];
    if (device->use != CORE_DEVICE_IDLE && fault >= 0 && core->lines[fault].level == DEVICE_LEVEL_ON)
        core_add_fact(facts, CORE_HOLD_DEVICE_FAULT, fault, false, PAYMENT_REASON_OUT_OF_SERVICE);
    if (lost >= 0 || device->use != CORE_DEVICE_IDLE)
        return;
    facts->check = device_check(&device->device, core->now_ms);
    facts->checked = true;
    if (facts->check.readiness != DEVICE_REFUSE)
        return;
    int32_t line = device->device.config->line[facts->check.role];
    bool named = facts->check.hold != CORE_HOLD_NONE;
    bool fresh = !named && line >= 0 && core->lines[line].changed_ms > 0 &&
                 core->now_ms - core->lines[line].changed_ms < CORE_SENSOR_GRACE_MS;
    enum core_hold unnamed = line >= 0 ? core_health_hold(core, index, line) : CORE_HOLD_SENSOR;
    core_add_fact(facts, named ? facts->check.hold : unnamed, line, fresh, facts->check.reason);
}

void core_gather_facts(const struct core *core, int32_t product, bool patient, struct core_facts *ret)
{
    ret->count = 0;
    ret->checked = false;
    gather_machine(core, patient, ret);
    if (core->products[product].disabled)
        core_add_fact(ret, CORE_HOLD_DISABLED, -1, false, PAYMENT_REASON_OUT_OF_SERVICE);
    int32_t device = core->config->products[product].device;
    gather_device(core, device, patient, ret);
    if (core_stock_free(core, product) == 0)
        core_add_fact(ret, CORE_HOLD_SOLD_OUT, -1, false, PAYMENT_REASON_SOLD_OUT);
    bool full = core->slot_end >= CORE_MAX_QUEUE && core_waiting_count(core) >= CORE_MAX_QUEUE;
    if (full || core_rights_full(core, device))
        core_add_fact(ret, CORE_HOLD_BUSY, -1, true, PAYMENT_REASON_BUSY);
}

struct core_judgement core_judge_service(const struct core *core, int32_t product, bool patient)
{
    struct core_judgement ret = {CORE_VERDICT_GO, PAYMENT_REASON_NONE, -1, 0};
    struct core_facts facts;
    core_gather_facts(core, product, patient, &facts);
    for (int32_t i = 0; i < facts.count; i++) {
        const struct core_fact *fact = &facts.item[i];
        /* The payment is here already, and its clock, stock and place in the queue are judged by its own age.
         */
        if (fact->hold == CORE_HOLD_BROKER || fact->hold == CORE_HOLD_CLOCK ||
            fact->hold == CORE_HOLD_SOLD_OUT || fact->hold == CORE_HOLD_BUSY)
            continue;
        if (fact->passing) {
            ret.verdict = CORE_VERDICT_WAIT;
            continue;
        }
        bool sensor = fact->hold == CORE_HOLD_SENSOR || fact->hold == CORE_HOLD_STILL_OPEN;
        return (struct core_judgement){CORE_VERDICT_REFUSE, fact->reason, sensor ? fact->line : -1, 0};
    }
    if (facts.checked && facts.check.readiness == DEVICE_WAIT)
        return (struct core_judgement){CORE_VERDICT_WAIT, facts.check.reason, -1, facts.check.wait_ms};
    if (!facts.checked)
        ret.verdict = CORE_VERDICT_WAIT;
    return ret;
}
