/* Dispatch: time in, one event to its file, then the stored payments get their turn, then the next deadline.
 */
#include "controller/core_state.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

struct core_action *core_emit(struct core_actions *out, enum core_action_kind kind)
{
    assert(out->count < CORE_MAX_ACTIONS);
    struct core_action *action = &out->item[out->count++];
    action->kind = kind;
    return action;
}

struct core_txn *core_emit_store(struct core *core, struct core_actions *out, uint32_t parts)
{
    struct core_txn *txn = &core_emit(out, CORE_ACTION_STORE)->u.txn;
    memset(txn, 0, sizeof(*txn));
    txn->ticket = core->next_ticket++;
    txn->parts = parts;
    txn->product = -1;
    txn->device = -1;
    return txn;
}

bool core_rate_allow(struct core_rate *rate, int64_t now_ms, int64_t window_ms, int32_t max)
{
    if (rate->used == 0 || now_ms - rate->since_ms >= window_ms) {
        rate->since_ms = now_ms;
        rate->used = 0;
    }
    if (rate->used >= max)
        return false;
    rate->used++;
    return true;
}

void core_count(struct core *core, enum core_counter counter, int64_t amount)
{
    int64_t *value = &core->counters[counter];
    if (__builtin_add_overflow(*value, amount, value))
        *value = INT64_MAX;
}

int64_t core_report_time(const struct core *core)
{
    if (core->clock_trusted || !core->clock_known)
        return core->wall_s;
    return (core->wall_offset_ms + core->now_ms) / 1000;
}

void core_init(struct core *core, const struct config *config)
{
    assert(config->product_count <= CONFIG_MAX_PRODUCTS && config->device_count <= CONFIG_MAX_DEVICES &&
           config->line_count <= CONFIG_MAX_LINES);
    memset(core, 0, offsetof(struct core, products));
    memset(core->products, 0, sizeof(core->products[0]) * (size_t)config->product_count);
    memset(core->devices, 0, sizeof(core->devices[0]) * (size_t)config->device_count);
    for (int32_t i = 0; i < CORE_MAX_OPEN; i++)
        core->slots[i].state = CORE_SLOT_FREE;
    core->config = config;
    core->next_ticket = 1;
    core->next_order = core->next_begun = 1;
    for (int32_t i = 0; i < config->product_count; i++)
        core->products[i].stock = config->products[i].stock;
    for (int32_t i = 0; i < config->device_count; i++) {
        device_init(&core->devices[i].device, &config->devices[i]);
        core->devices[i].slot = -1;
        core->devices[i].hold_sure = true; /* all outputs are off at start */
        for (int32_t k = 0; k < config->device_count; k++)
            if (k != i && device_shares_line(&config->devices[i], &config->devices[k]))
                core->shares[i] |= (uint64_t)1 << k;
    }
}

/* What changes for those who look, only because time has passed. */
static void step_views(struct core *core, int64_t before_ms, int64_t wall_before_s)
{
    for (int32_t i = 0; i < core->config->product_count; i++)
        if (core->products[i].price_count > 0 &&
            core_price_at(core, i, wall_before_s) != core_price_at(core, i, core->wall_s))
            core->view_changed = true;
    for (int32_t i = 0; i < core->config->device_count; i++) {
        int64_t grace_end_ms = core_health_grace_end(core, i);
        if (before_ms < grace_end_ms && core->now_ms >= grace_end_ms)
            core->view_changed = true;
    }
}

static void step_time(struct core *core, const struct core_event *event)
{
    int64_t wall_before_s = core->wall_s, before_ms = core->now_ms;
    if (event->now_ms > core->now_ms)
        core->now_ms = event->now_ms;
    core->wall_s = event->wall_s;
    bool trust_goes = event->kind == CORE_EVENT_HEALTH && event->u.health.what == CORE_HEALTH_CLOCK;
    if (core->clock_trusted && !trust_goes && core->wall_s < INT64_MAX / 2000 &&
        core->wall_s > INT64_MIN / 2000) {
        core->clock_known = true;
        core->wall_offset_ms = core->wall_s * 1000 - core->now_ms;
    }
    step_views(core, before_ms, wall_before_s);
}

static void step_leave(struct core *core)
{
    core->view_changed |= !core->stopping;
    core->stopping = true;
}

static void step_stop(struct core *core, struct core_actions *out)
{
    step_leave(core);
    if (core->aborted)
        return;
    core->aborted = true;
    core_move_abort(core, out);
}

static void step_dispatch(struct core *core, const struct core_event *event, struct core_actions *out)
{
    assert(event->kind < CORE_EVENT_COUNT);
    switch (event->kind) {
    case CORE_EVENT_RESTORE_PAYMENT:
    case CORE_EVENT_RESTORE_PRODUCT:
    case CORE_EVENT_RESTORE_DEVICE:
    case CORE_EVENT_RESTORE_MACHINE:
        core_recover_restore(core, event);
        break;
    case CORE_EVENT_START:
        core_recover_start(core);
        break;
    case CORE_EVENT_PAYMENT:
        core_admit(core, event, out);
        break;
    case CORE_EVENT_COMMITTED:
        core_payments_committed(core, event, out);
        break;
    case CORE_EVENT_LINE:
        core_health_line(core, event, out);
        break;
    case CORE_EVENT_GAP:
        core_health_gap(core, event, out);
        break;
    case CORE_EVENT_ORDER:
        core_move_order(core, event, out);
        break;
    case CORE_EVENT_OUTPUT_FAULT:
        core_move_output_fault(core, event->u.line.line, event->u.line.on, out);
        break;
    case CORE_EVENT_HEALTH:
        core_health_set(core, event, out);
        break;
    case CORE_EVENT_COMMAND:
        core_command(core, event, out);
        break;
    case CORE_EVENT_SHOWN:
        core_many_shown(core, event, out);
        break;
    case CORE_EVENT_LEAVE:
        step_leave(core);
        break;
    case CORE_EVENT_STOP:
        step_stop(core, out);
        break;
    case CORE_EVENT_TICK:
    case CORE_EVENT_COUNT:
    default:
        core_move_time(core, out);
        core_health_time(core, out);
        break;
    }
}

static void sooner(int64_t *deadline_ms, int64_t at_ms)
{
    if (at_ms > 0 && (*deadline_ms == 0 || at_ms < *deadline_ms))
        *deadline_ms = at_ms;
}

static int64_t deadline_devices(const struct core *core)
{
    int64_t deadline_ms = 0;
    for (int32_t i = 0; i < core->config->device_count; i++) {
        const struct core_device *device = &core->devices[i];
        if (device->use == CORE_DEVICE_MOVING || core_device_lane(core, i))
            sooner(&deadline_ms, device->deadline_ms);
        sooner(&deadline_ms, core_lane_deadline(core, i));
        if (device->use == CORE_DEVICE_ENDING && device->settled)
            sooner(&deadline_ms, device->orders_open > 0 ? device->quiet_by_ms : device->maybe_on_until_ms);
        int64_t grace_end_ms = core_health_grace_end(core, i);
        if (grace_end_ms > core->now_ms)
            sooner(&deadline_ms, grace_end_ms);
        sooner(&deadline_ms, core_health_stuck_end(core, i));
    }
    return deadline_ms;
}

/* When a price that was set for later begins; the wall clock may step, so this is only good if it is trusted.
 */
static int64_t deadline_prices(const struct core *core)
{
    int64_t deadline_ms = 0;
    if (!core->clock_trusted)
        return 0;
    for (int32_t i = 0; i < core->config->product_count; i++)
        for (int32_t k = 0; k < core->products[i].price_count; k++) {
            int64_t left_s = core->products[i].prices[k].from - core->wall_s;
            if (left_s > 0 && left_s < 86400)
                sooner(&deadline_ms, core->now_ms + left_s * 1000);
        }
    return deadline_ms;
}

static bool someone_waits(const struct core *core)
{
    for (int32_t i = 0; i < core->slot_end; i++)
        if (core->slots[i].state == CORE_SLOT_RESERVED && core->slots[i].ticket == 0)
            return true;
    return !core->store_failed && !core->stopping && core_waiting_count(core) > 0;
}

static int64_t step_deadline(const struct core *core)
{
    int64_t deadline_ms = 0;
    if (!core->started)
        return 0;
    sooner(&deadline_ms, deadline_devices(core));
    sooner(&deadline_ms, deadline_prices(core));
    if (core->now_ms < core->start_ms + CORE_SETTLE_MS)
        sooner(&deadline_ms, core->start_ms + CORE_SETTLE_MS);
    if (someone_waits(core))
        sooner(&deadline_ms, core->now_ms + CORE_POLL_MS);
    if (core->more)
        sooner(&deadline_ms, core->now_ms);
    if (deadline_ms != 0 && deadline_ms <= core->now_ms)
        deadline_ms = core->now_ms > 0 ? core->now_ms : 1;
    return deadline_ms;
}

void core_step(struct core *core, const struct core_event *event, struct core_actions *ret)
{
    ret->count = 0;
    core->more = false;
    core->view_changed = false;
    step_time(core, event);
    if (event->kind == CORE_EVENT_PAYMENT) /* finish what is stored before reading more */
        core_payments_run(core, ret);
    step_dispatch(core, event, ret);
    core_payments_run(core, ret);
    if (core->started)
        core_lane_run(core, ret);
    ret->deadline_ms = step_deadline(core);
    ret->view_changed = core->view_changed;
}
