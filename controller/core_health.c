/* Lines and the health of the machine: levels go to the devices, losses and alarms become events and holds.
 */
#include "controller/core_state.h"

#include <assert.h>

bool core_line_passing(const struct core *core, int32_t line, bool patient)
{
    const struct core_line *at = &core->lines[line];
    if (core->config->lines[line].output || at->level != DEVICE_LEVEL_UNKNOWN)
        return false;
    return patient || (!at->heard && core->now_ms < core->start_ms + CORE_SETTLE_MS);
}

int32_t core_device_lost_line(const struct core *core, int32_t device, bool patient, bool *ret_passing)
{
    const struct config_device *config = &core->config->devices[device];
    int32_t passing_line = -1;
    for (int32_t role = 0; role < CONFIG_ROLE_COUNT; role++) {
        int32_t line = config->line[role];
        if (line < 0)
            continue;
        const struct core_line *at = &core->lines[line];
        if (core->config->lines[line].output ? !at->lost : at->level != DEVICE_LEVEL_UNKNOWN)
            continue;
        if (!core_line_passing(core, line, patient)) {
            *ret_passing = false;
            return line;
        }
        passing_line = line;
    }
    *ret_passing = true;
    return passing_line;
}

/* A level that is known and forbids selling is a sensor that is stuck, if it stays so. */
void core_health_watch(struct core *core, int32_t device)
{
    struct core_device *at = &core->devices[device];
    bool stuck = false;
    int32_t line = -1;
    if (at->use == CORE_DEVICE_IDLE) {
        struct device_check check = device_check(&at->device, core->now_ms);
        /* What has a name of its own is told by it. */
        line = check.readiness == DEVICE_REFUSE && check.hold == CORE_HOLD_NONE
                   ? at->device.config->line[check.role]
                   : -1;
        stuck = line >= 0 && core->lines[line].level != DEVICE_LEVEL_UNKNOWN;
    }
    if (!stuck) {
        at->stuck_since_ms = 0;
        at->stuck_said = false;
    } else if (at->stuck_since_ms == 0) {
        at->stuck_since_ms = core->now_ms > 0 ? core->now_ms : 1;
    }
    at->stuck_line = line;
}

int64_t core_health_grace_end(const struct core *core, int32_t device)
{
    const struct core_device *at = &core->devices[device];
    if (at->stuck_since_ms == 0 || core->lines[at->stuck_line].changed_ms == 0)
        return 0;
    return core->lines[at->stuck_line].changed_ms + CORE_SENSOR_GRACE_MS;
}

/* A customer at his open locker takes the time he needs; after that somebody should look. */
static int64_t patience_end(const struct core *core, int32_t device, int32_t line)
{
    int64_t opened_ms = core->lines[line].let_open_ms;
    if (opened_ms == 0)
        return 0;
    return opened_ms + (int64_t)core->config->devices[device].param[CONFIG_PARAM_SHUT_WAIT_S] * 1000;
}

int64_t core_health_stuck_end(const struct core *core, int32_t device)
{
    const struct core_device *at = &core->devices[device];
    if (at->stuck_since_ms == 0 || at->stuck_said)
        return 0;
    int64_t soonest_ms = at->stuck_since_ms + CORE_STUCK_MS;
    int64_t patient_ms = patience_end(core, device, at->stuck_line);
    return patient_ms > soonest_ms ? patient_ms : soonest_ms;
}

enum core_hold core_health_hold(const struct core *core, int32_t device, int32_t line)
{
    return core->now_ms < patience_end(core, device, line) ? CORE_HOLD_STILL_OPEN : CORE_HOLD_SENSOR;
}

void core_health_time(struct core *core, struct core_actions *out)
{
    int32_t said = 0;
    for (int32_t i = 0; i < core->config->device_count && said < CORE_RUN_MAX; i++) {
        struct core_device *at = &core->devices[i];
        int64_t end_ms = core_health_stuck_end(core, i);
        if (end_ms == 0 || core->now_ms < end_ms)
            continue;
        at->stuck_said = true;
        core->view_changed = true;
        said++;
        core_emit_event(out, CORE_CODE_SENSOR_STUCK, -1, i, at->stuck_line);
    }
}

/* Released now or moments ago: whose opening this is need not be asked. */
static bool lock_lets_open(const struct core *core, int32_t device)
{
    const struct core_device *at = &core->devices[device];
    int64_t wait_ms = (int64_t)at->device.config->param[CONFIG_PARAM_OPEN_WAIT_S] * 1000;
    return at->use != CORE_DEVICE_IDLE ||
           (at->ended_ms > 0 && core->now_ms - at->device.started_ms < wait_ms);
}

/* Who opened a locker's door: a customer, or nobody who was let to. What was open before this run was heard
 * is taken for a customer's: he may have stood there when the power went. */
static void note_door(struct core *core, int32_t line, bool first)
{
    struct core_line *at = &core->lines[line];
    if (at->level == DEVICE_LEVEL_ON)
        at->let_open_ms = 0;
    if (at->level != DEVICE_LEVEL_OFF || at->let_open_ms != 0)
        return;
    for (int32_t i = 0; i < core->config->device_count; i++)
        if (core->config->devices[i].line[CONFIG_ROLE_DOOR] == line && (first || lock_lets_open(core, i)))
            at->let_open_ms = core->now_ms > 0 ? core->now_ms : 1;
}

static void say_door_and_fire(struct core *core, int32_t line, enum device_level before,
                              struct core_actions *out)
{
    enum device_level level = core->lines[line].level;
    if (line == core->config->machine.door) {
        if (level == DEVICE_LEVEL_OFF)
            core_emit_event(out, CORE_CODE_DOOR_OPEN, -1, -1, line);
        else if (level == DEVICE_LEVEL_ON && before == DEVICE_LEVEL_OFF)
            core_emit_event(out, CORE_CODE_DOOR_SHUT, -1, -1, line);
    }
    if (line == core->config->machine.fire) {
        bool heard_before = core->lines[line].changed_ms > 0;
        if (level == DEVICE_LEVEL_ON && heard_before)
            core_emit_event(out, CORE_CODE_FIRE_CLEAR, -1, -1, line);
        else if (level == DEVICE_LEVEL_OFF)
            core_emit_event(out, CORE_CODE_FIRE, -1, -1, line);
    }
}

/* Something fell although nobody moved anything behind this beam: theft, or a product that hung. */
static bool drop_is_stray(const struct core *core, int32_t line)
{
    bool beam = false;
    for (int32_t i = 0; i < core->config->device_count; i++) {
        const struct core_device *at = &core->devices[i];
        if (at->device.config->line[CONFIG_ROLE_DROP] != line)
            continue;
        beam = true;
        if (at->use == CORE_DEVICE_MOVING ||
            (at->ended_ms > 0 && core->now_ms - at->ended_ms < CORE_SETTLE_MS))
            return false;
    }
    return beam;
}

static void feed_devices(struct core *core, int32_t line, struct core_actions *out)
{
    for (int32_t i = 0; i < core->config->device_count; i++) {
        const struct config_device *config = &core->config->devices[i];
        bool uses = false;
        for (int32_t role = 0; role < CONFIG_ROLE_COUNT; role++) {
            if (config->line[role] != line)
                continue;
            struct device_event input = {.kind = DEVICE_EVENT_INPUT,
                                         .now_ms = core->now_ms,
                                         .role = (enum config_role)role,
                                         .level = core->lines[line].level};
            uses = true;
            core_move_feed(core, i, &input, out);
        }
        if (uses)
            core_health_watch(core, i);
    }
}

void core_health_line(struct core *core, const struct core_event *event, struct core_actions *out)
{
    int32_t line = event->u.line.line;
    assert(line >= 0 && line < core->config->line_count);
    struct core_line *at = &core->lines[line];
    enum device_level before = at->level;
    if (at->lost == event->u.line.good) {
        at->lost = !event->u.line.good;
        core->view_changed = true;
        core_emit_event(out, at->lost ? CORE_CODE_LINE_LOST : CORE_CODE_LINE_BACK, -1, -1, line);
        core_lane_lost(core, line);
    }
    bool first = !at->heard;
    core->view_changed |= first;
    at->heard = true;
    if (core->config->lines[line].output)
        return;
    at->level = !event->u.line.good ? DEVICE_LEVEL_UNKNOWN
                : event->u.line.on  ? DEVICE_LEVEL_ON
                                    : DEVICE_LEVEL_OFF;
    if (at->level == before)
        return;
    core->view_changed = true;
    note_door(core, line, first);
    say_door_and_fire(core, line, before, out);
    /* The first level heard is how the machine stands, not a change. */
    if (before != DEVICE_LEVEL_UNKNOWN)
        at->changed_ms = core->now_ms > 0 ? core->now_ms : 1;
    if (before == DEVICE_LEVEL_OFF && at->level == DEVICE_LEVEL_ON && drop_is_stray(core, line))
        core_emit_event(out, CORE_CODE_DROP_WITHOUT_SALE, -1, -1, line);
    core_lane_fire(core, line, out);
    feed_devices(core, line, out);
}

/* The level is good and may even be the same; what came and went meanwhile is not known. */
void core_health_gap(struct core *core, const struct core_event *event, struct core_actions *out)
{
    int32_t line = event->u.gap.line;
    assert(line >= 0 && line < core->config->line_count);
    for (int32_t i = 0; i < core->config->device_count; i++)
        for (int32_t role = 0; role < CONFIG_ROLE_COUNT; role++)
            if (core->config->devices[i].line[role] == line) {
                struct device_event gap = {.kind = DEVICE_EVENT_GAP,
                                           .now_ms = core->now_ms,
                                           .role = (enum config_role)role,
                                           .gap_ms = event->u.gap.ms};
                core_move_feed(core, i, &gap, out);
            }
}

/* The shell found these facts and tells them to the world itself, with their causes; here they only hold the
 * sale. */
void core_health_set(struct core *core, const struct core_event *event, struct core_actions *out)
{
    enum core_health what = event->u.health.what;
    assert(what < CORE_HEALTH_COUNT);
    if (what == CORE_HEALTH_STORE) {
        if (!event->u.health.good)
            core_store_fail(core, out); /* good again only in the next run */
        return;
    }
    bool *fact = what == CORE_HEALTH_CLOCK    ? &core->clock_trusted
                 : what == CORE_HEALTH_BROKER ? &core->broker_heard
                 : what == CORE_HEALTH_SCREEN ? &core->screen_good
                                              : &core->crash_loop;
    bool value = event->u.health.good != (what == CORE_HEALTH_NO_CRASH_LOOP);
    if (*fact == value)
        return;
    *fact = value;
    core->view_changed = true;
    if (what == CORE_HEALTH_SCREEN)
        for (int32_t i = 0; i < core->config->device_count; i++)
            core->devices[i].device.screen = value;
}
