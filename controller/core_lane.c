/* Lanes beyond one movement: the operator's opening and hold, the fire alarm, the contact that keeps a
 * barrier open, and the evidence that ends a lock after a power loss.
 *
 * The hold contact is a level, not a movement: it is on while somebody wants the barrier open and off
 * otherwise, ordered anew until the order is done. Off is not "close": the barrier's own controller decides
 * when the arm may come down. */
#include "controller/core_state.h"

#include <string.h>

/* ---- fire ---- */

static bool line_alarms(const struct core *core, int32_t line)
{
    return line >= 0 && core->lines[line].level != DEVICE_LEVEL_ON; /* a broken wire reads as alarm */
}

bool core_lane_fire_on(const struct core *core, int32_t device)
{
    return line_alarms(core, core->config->devices[device].line[CONFIG_ROLE_FIRE]) ||
           (core_device_lane(core, device) && line_alarms(core, core->config->machine.fire));
}

void core_lane_fire(struct core *core, int32_t line, struct core_actions *out)
{
    int32_t common = core->config->machine.fire;
    enum device_level level = core->lines[line].level;
    for (int32_t i = 0; i < core->config->device_count; i++) {
        struct core_device_state *state = &core->devices[i].state;
        bool own = core->config->devices[i].line[CONFIG_ROLE_FIRE] == line;
        if (!own && !(line == common && core_device_lane(core, i)))
            continue;
        if (own && line != common && level == DEVICE_LEVEL_OFF)
            core_emit_event(out, CORE_CODE_FIRE, -1, i, line);
        if (own && line != common && level == DEVICE_LEVEL_ON && core->lines[line].changed_ms > 0)
            core_emit_event(out, CORE_CODE_FIRE_CLEAR, -1, i, line);
        if (level != DEVICE_LEVEL_OFF || state->lock == CORE_LOCK_FIRE)
            continue;
        state->lock = CORE_LOCK_FIRE; /* whatever else it was: the same service ends both */
        core->view_changed = true;
        core_emit_event(out, CORE_CODE_DEVICE_LOCKED, -1, i, line);
        core_device_store(core, i, out);
    }
}

/* ---- the hold ---- */

static void tell_hold(struct core_actions *out, enum core_code code, int32_t device, const char *owner,
                      const char *why, int64_t until)
{
    core_emit_event(out, code, -1, device, -1);
    struct core_action *action = &out->item[out->count - 1];
    memcpy(action->u.event.owner, owner, CORE_OWNER_SIZE);
    memcpy(action->u.event.why, why, CORE_WHY_SIZE);
    action->u.event.until = until;
}

static void hold_forget(struct core *core, int32_t device)
{
    struct core_device *at = &core->devices[device];
    at->state.hold_until = at->state.hold_since = 0;
    memset(at->state.hold_owner, 0, sizeof(at->state.hold_owner));
    memset(at->state.hold_why, 0, sizeof(at->state.hold_why));
    at->hold_ticket = 0;
    at->hold_end_ms = 0;
    at->hold_restored = false;
    core->view_changed = true;
}

/* A restored hold counts from when the clock is trusted; in the run the monotonic clock ends it. */
static void hold_expire(struct core *core, int32_t device, struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    if (at->hold_restored) {
        int64_t left_s = at->state.hold_until - core->wall_s;
        if (!core->clock_trusted)
            return;
        at->hold_restored = false;
        at->hold_end_ms = core->now_ms + (left_s > CORE_HOLD_MOST_S ? CORE_HOLD_MOST_S : left_s) * 1000;
    }
    if (at->hold_ticket != 0 || core->now_ms < at->hold_end_ms)
        return;
    tell_hold(out, CORE_CODE_HOLD_ENDED, device, at->state.hold_owner, at->state.hold_why,
              at->state.hold_until);
    hold_forget(core, device);
    core_device_store(core, device, out);
}

/* true if something was ordered. */
static bool hold_order(struct core *core, int32_t device, bool wanted, struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    int32_t line = at->device.config->line[CONFIG_ROLE_HOLD];
    if (line < 0 || core->lines[line].faulted || (at->hold_sure && at->hold_level == wanted) ||
        core->now_ms < at->hold_order_ms)
        return false;
    struct core_action *action = core_emit(out, CORE_ACTION_ORDER);
    action->u.order.line = line;
    action->u.order.kind = wanted ? DEVICE_ORDER_ON : DEVICE_ORDER_OFF;
    action->u.order.ms = 0; /* a level without a limit */
    at->hold_sure = false;
    at->hold_order_ms = core->now_ms + CORE_QUIET_MS; /* if no result comes at all */
    return true;
}

void core_lane_ordered(struct core *core, int32_t device, const struct core_event *event)
{
    struct core_device *at = &core->devices[device];
    at->hold_sure = event->u.order.result == DEVICE_ORDER_DONE;
    at->hold_level = event->u.order.kind == DEVICE_ORDER_ON;
    at->hold_order_ms = core->now_ms;
    /* Refused: at the start the line may not be there yet, and the arm has come down meanwhile. */
    if (!at->hold_sure)
        at->hold_order_ms +=
            event->u.order.result == DEVICE_ORDER_REFUSED ? CORE_HOLD_SOON_MS : CORE_HOLD_AGAIN_MS;
}

void core_lane_lost(struct core *core, int32_t line)
{
    for (int32_t i = 0; i < core->config->device_count; i++)
        if (core->config->devices[i].line[CONFIG_ROLE_HOLD] == line && core->devices[i].hold_level)
            core->devices[i].hold_sure = false; /* the board may come back with everything off */
}

/* ---- every step ---- */

static bool lane_held(const struct core *core, int32_t device)
{
    const struct core_device *at = &core->devices[device];
    bool fire = at->device.config->param[CONFIG_PARAM_ON_FIRE] != 0 && at->state.lock == CORE_LOCK_FIRE;
    return at->device.config->kind == CONFIG_KIND_BARRIER && (at->hold_end_ms > 0 || fire);
}

/* What its sensors say proves that the movement that the power loss cut is over. */
static bool lane_evident(struct core *core, int32_t device, struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    const struct device_kind *kind = device_kind(at->device.config->kind);
    if (at->state.lock != CORE_LOCK_UNKNOWN || at->use != CORE_DEVICE_IDLE || core->store_failed ||
        !kind->evident || !kind->evident(&at->device))
        return false;
    at->state.lock = CORE_LOCK_NONE;
    core->view_changed = true;
    core_emit_event(out, CORE_CODE_DEVICE_UNLOCKED, -1, device, -1);
    core_device_store(core, device, out);
    return true;
}

/* true if actions came of it. */
static bool lane_run(struct core *core, int32_t device, struct core_actions *out)
{
    struct core_device *at = &core->devices[device];
    int32_t before = out->count;
    if (at->state.hold_until != 0)
        hold_expire(core, device, out);
    bool held = lane_held(core, device);
    if (held != at->device.held) {
        struct device_event time = {.kind = DEVICE_EVENT_TIME, .now_ms = core->now_ms};
        at->device.held = held;
        core->view_changed = true;
        if (at->use != CORE_DEVICE_MOVING)
            core_move_feed(core, device, &time, out);
    }
    (void)hold_order(core, device, held && !core->aborted, out);
    return out->count > before;
}

void core_lane_run(struct core *core, struct core_actions *out)
{
    int32_t done = 0;
    for (int32_t i = 0; i < core->config->device_count; i++) {
        if (done == CORE_RUN_MAX) {
            core->more = true;
            return;
        }
        bool acted = core_device_lane(core, i) && lane_run(core, i, out);
        acted |= lane_evident(core, i, out);
        done += acted;
    }
}

int64_t core_lane_deadline(const struct core *core, int32_t device)
{
    const struct core_device *at = &core->devices[device];
    int64_t deadline_ms = at->hold_ticket == 0 ? at->hold_end_ms : 0;
    int32_t line = at->device.config->line[CONFIG_ROLE_HOLD];
    if (line >= 0 && !at->hold_sure && !core->lines[line].faulted && !core->aborted &&
        (deadline_ms == 0 || at->hold_order_ms < deadline_ms))
        deadline_ms = at->hold_order_ms;
    return deadline_ms;
}

/* ---- the operator's orders ---- */

static const char *lane_start(struct core *core, const struct core_command *command, struct core_actions *out)
{
    struct core_device *at = &core->devices[command->device];
    int32_t line = at->device.config->line[CONFIG_ROLE_OPEN];
    if (core->stopping)
        return "the machine is going down";
    if (at->state.lock == CORE_LOCK_OUTPUT_FAULT)
        return "an output is faulty: reset the device first";
    if (at->use != CORE_DEVICE_IDLE)
        return "the device is busy: order it again";
    if (!core_parallel_free(core, command->device))
        return "another device moves";
    if (core->lines[line].lost)
        return "the line that opens it is lost";
    if (device_check_service(&at->device, core->now_ms).readiness != DEVICE_GO)
        return "a sensor or an output forbids it";
    at->slot = -1;
    at->test = at->opening = true;
    at->test_id = command->id;
    tell_hold(out, CORE_CODE_FREE_OPEN, command->device, command->owner, command->why, 0);
    core_move_start(core, command->device, out);
    return NULL;
}

/* For a vehicle that is just being let in: one more pulse of the same movement; its end is not waited for. */
static const char *lane_again(struct core *core, const struct core_command *command, struct core_actions *out)
{
    struct device_event again = {.kind = DEVICE_EVENT_AGAIN, .now_ms = core->now_ms};
    if (core->stopping)
        return "the machine is going down";
    tell_hold(out, CORE_CODE_FREE_OPEN, command->device, command->owner, command->why, 0);
    core_command_answer(out, command->id, NULL);
    core_move_feed(core, command->device, &again, out);
    return NULL;
}

static const char *lane_hold(struct core *core, const struct core_command *command, struct core_actions *out)
{
    struct core_device *at = &core->devices[command->device];
    if (at->device.config->line[CONFIG_ROLE_HOLD] < 0)
        return "the barrier has no hold contact";
    if (core->lines[at->device.config->line[CONFIG_ROLE_HOLD]].faulted)
        return "the hold contact is faulty: reset the device first";
    if (!core->clock_trusted)
        return "the clock is not trusted: a hold needs a time when it ends";
    if (command->until <= core->wall_s)
        return "that time is over";
    if (command->until - core->wall_s > CORE_HOLD_MOST_S)
        return "a hold lasts at most 7 days";
    at->state.hold_until = command->until;
    at->state.hold_since = core->wall_s;
    memcpy(at->state.hold_owner, command->owner, sizeof(at->state.hold_owner));
    memcpy(at->state.hold_why, command->why, sizeof(at->state.hold_why));
    at->hold_next_ms = core->now_ms + (command->until - core->wall_s) * 1000;
    tell_hold(out, CORE_CODE_HOLD_BEGUN, command->device, command->owner, command->why, command->until);
    at->hold_ticket = core_command_store(core, command, CORE_TXN_DEVICE, command->device, out);
    return NULL;
}

static const char *lane_release(struct core *core, const struct core_command *command,
                                struct core_actions *out)
{
    if (core->devices[command->device].state.hold_until == 0)
        return "it is not held open";
    hold_forget(core, command->device);
    tell_hold(out, CORE_CODE_HOLD_ENDED, command->device, command->owner, command->why, 0);
    (void)core_command_store(core, command, CORE_TXN_DEVICE, command->device, out);
    return NULL;
}

void core_lane_committed(struct core *core, uint64_t ticket)
{
    for (int32_t i = 0; i < core->config->device_count; i++) {
        struct core_device *at = &core->devices[i];
        if (at->hold_ticket != ticket)
            continue;
        at->hold_ticket = 0;
        at->hold_end_ms = at->hold_next_ms;
    }
}

const char *core_lane_command(struct core *core, const struct core_command *command, struct core_actions *out)
{
    const struct config_device *config = &core->config->devices[command->device];
    if (config->kind != CONFIG_KIND_BARRIER)
        return "not a barrier";
    if (command->kind == CORE_COMMAND_LANE_HOLD)
        return lane_hold(core, command, out);
    if (command->kind == CORE_COMMAND_LANE_RELEASE)
        return lane_release(core, command, out);
    if (core->devices[command->device].use == CORE_DEVICE_MOVING)
        return lane_again(core, command, out);
    return lane_start(core, command, out);
}
