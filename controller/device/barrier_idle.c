/* The arm and the passage while nobody has a right: what must be told, and nothing is ever ordered. */
#include "controller/device/barrier.h"

#include <assert.h>

void barrier_note(struct device_out *out, enum core_code code, enum config_role role)
{
    assert(out->note_count < DEVICE_MAX_NOTES);
    out->notes[out->note_count++] = (struct device_note){.code = code, .role = role};
}

bool barrier_flag(const struct device *device, int64_t flag)
{
    return (device->word[BARRIER_FLAGS] & flag) != 0;
}

void barrier_set(struct device *device, int64_t flag, bool on)
{
    device->word[BARRIER_FLAGS] = (device->word[BARRIER_FLAGS] & ~flag) | (on ? flag : 0);
}

int64_t barrier_param_ms(const struct device *device, enum config_param seconds)
{
    return (int64_t)device->config->param[seconds] * 1000;
}

bool barrier_has_limits(const struct device *device)
{
    return kind_has(device, CONFIG_ROLE_UP) || kind_has(device, CONFIG_ROLE_DOWN);
}

enum barrier_arm barrier_arm(const struct device *device)
{
    enum device_level up =
        kind_has(device, CONFIG_ROLE_UP) ? kind_level(device, CONFIG_ROLE_UP) : DEVICE_LEVEL_UNKNOWN;
    enum device_level down =
        kind_has(device, CONFIG_ROLE_DOWN) ? kind_level(device, CONFIG_ROLE_DOWN) : DEVICE_LEVEL_UNKNOWN;

    if (down == DEVICE_LEVEL_ON)
        return up == DEVICE_LEVEL_ON ? BARRIER_ARM_UNKNOWN : BARRIER_ARM_DOWN; /* both at once: broken */
    if (up == DEVICE_LEVEL_ON)
        return BARRIER_ARM_UP;
    if (down == DEVICE_LEVEL_OFF)
        return BARRIER_ARM_BETWEEN;
    return up == DEVICE_LEVEL_OFF && !kind_has(device, CONFIG_ROLE_DOWN) ? BARRIER_ARM_DOWN
                                                                         : BARRIER_ARM_UNKNOWN;
}

static int64_t barrier_down_by(const struct device *device, int64_t now_ms)
{
    return now_ms + barrier_param_ms(device, CONFIG_PARAM_DOWN_S);
}

/* ---- every event ---- */

static void barrier_watch_arm(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;
    enum barrier_arm before = (enum barrier_arm)word[BARRIER_ARM], arm = barrier_arm(device);

    word[BARRIER_ARM] = arm;
    if (arm == BARRIER_ARM_UNKNOWN) {
        word[BARRIER_OPEN_SINCE] = 0;
    } else if (arm != BARRIER_ARM_DOWN) {
        if (word[BARRIER_OPEN_SINCE] == 0)
            word[BARRIER_OPEN_SINCE] = now_ms;
        if (before == BARRIER_ARM_UNKNOWN && !barrier_flag(device, BARRIER_STOOD)) {
            /* How it stands when it is first seen is nobody's doing; but it should come down. */
            barrier_set(device, BARRIER_STOOD, true);
            word[BARRIER_DOWN_BY] = barrier_down_by(device, now_ms);
        }
    } else {
        word[BARRIER_OPEN_SINCE] = 0;
        if (barrier_flag(device, BARRIER_LATE))
            barrier_note(out, CORE_CODE_ARM_DOWN,
                         kind_has(device, CONFIG_ROLE_DOWN) ? CONFIG_ROLE_DOWN : CONFIG_ROLE_UP);
        barrier_set(device, BARRIER_LATE, false);
        if (kind_level(device, CONFIG_ROLE_PASSAGE) != DEVICE_LEVEL_ON)
            barrier_set(device, BARRIER_FORCED, false);
        if (!device->moving && before != BARRIER_ARM_DOWN) {
            barrier_set(device, BARRIER_STOOD | BARRIER_OWED, false);
            word[BARRIER_DOWN_BY] = 0;
        }
    }
}

static void barrier_watch_fault(struct device *device, enum device_level level, struct device_out *out)
{
    if (level == DEVICE_LEVEL_ON && !barrier_flag(device, BARRIER_FAULTY))
        barrier_note(out, CORE_CODE_DEVICE_FAULT, CONFIG_ROLE_FAULT);
    else if (level == DEVICE_LEVEL_OFF && barrier_flag(device, BARRIER_FAULTY))
        barrier_note(out, CORE_CODE_DEVICE_FAULT_CLEAR, CONFIG_ROLE_FAULT);
    if (level != DEVICE_LEVEL_UNKNOWN)
        barrier_set(device, BARRIER_FAULTY, level == DEVICE_LEVEL_ON);
}

static void barrier_watch_presence(struct device *device, const struct device_event *event)
{
    int64_t *at_ms = &device->word[BARRIER_BLIND_AT];

    if (event->kind == DEVICE_EVENT_INPUT && event->level == DEVICE_LEVEL_UNKNOWN)
        *at_ms = -1;
    else if ((event->kind == DEVICE_EVENT_INPUT && *at_ms < 0) ||
             (event->kind == DEVICE_EVENT_GAP && event->gap_ms >= BARRIER_GAP_MS))
        *at_ms = event->now_ms;
}

void barrier_watch(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;

    if (event->role == CONFIG_ROLE_PRESENCE)
        barrier_watch_presence(device, event);
    if (event->kind != DEVICE_EVENT_INPUT)
        return;
    if (event->role == CONFIG_ROLE_FAULT)
        barrier_watch_fault(device, event->level, out);
    if (event->role == CONFIG_ROLE_UP)
        word[BARRIER_UP_SINCE] = event->level == DEVICE_LEVEL_ON ? event->now_ms : 0;
    if (event->role == CONFIG_ROLE_UP || event->role == CONFIG_ROLE_DOWN)
        barrier_watch_arm(device, event->now_ms, out);
    if (event->role != CONFIG_ROLE_PASSAGE)
        return;
    if (event->level == DEVICE_LEVEL_OFF && word[BARRIER_PASSAGE_SINCE] != 0)
        barrier_set(device, BARRIER_DOUBT, false); /* it works */
    barrier_set(device, BARRIER_FREE, event->level == DEVICE_LEVEL_OFF);
    if (event->level != DEVICE_LEVEL_ON)
        word[BARRIER_PASSAGE_SINCE] = 0;
    else if (word[BARRIER_PASSAGE_SINCE] == 0)
        word[BARRIER_PASSAGE_SINCE] = event->now_ms;
}

/* ---- what time alone changes at rest ---- */

/* From when on a covered sensor counts as stuck: what is sold changes then without any edge. 0 = never. */
static int64_t barrier_idle_patience(const struct device *device, int64_t now_ms)
{
    bool passage = kind_has(device, CONFIG_ROLE_PASSAGE);
    int64_t since_ms = device->word[passage ? BARRIER_PASSAGE_SINCE : BARRIER_UP_SINCE];
    int64_t at_ms = since_ms + (passage ? BARRIER_CLEAR_MS : BARRIER_COMING_MS);

    return since_ms != 0 && at_ms > now_ms ? at_ms : 0;
}

/* The wobble may be over, the arm has to be down, or a covered sensor counts as stuck. */
static int64_t barrier_idle_next(const struct device *device, int64_t now_ms)
{
    int64_t open_ms = device->word[BARRIER_OPEN_SINCE], by_ms = device->word[BARRIER_DOWN_BY];
    int64_t patience_ms = barrier_idle_patience(device, now_ms);

    if (patience_ms != 0 && (by_ms == 0 || patience_ms < by_ms))
        by_ms = patience_ms;
    if (open_ms != 0 && open_ms + BARRIER_WOBBLE_MS > now_ms &&
        !barrier_flag(device, BARRIER_STOOD | BARRIER_FORCED))
        return open_ms + BARRIER_WOBBLE_MS;
    return by_ms;
}

/* ---- the end of a movement ---- */

void barrier_leave(struct device *device, int64_t now_ms, bool delivered)
{
    int64_t *word = device->word;
    bool shut = barrier_has_limits(device) && barrier_arm(device) == BARRIER_ARM_DOWN &&
                barrier_settled(device, now_ms);

    barrier_set(device, BARRIER_STOOD, !shut);
    word[BARRIER_DOWN_BY] = shut ? 0 : barrier_down_by(device, now_ms);
    barrier_set(device, BARRIER_OWED,
                !delivered && !shut && kind_level(device, CONFIG_ROLE_PASSAGE) == DEVICE_LEVEL_OFF);
    word[KIND_WORD_DEADLINE] = barrier_idle_next(device, now_ms);
}

/* ---- at rest ---- */

bool barrier_held(const struct device *device)
{
    return device->held ||
           (kind_has(device, CONFIG_ROLE_FIRE) && kind_level(device, CONFIG_ROLE_FIRE) != DEVICE_LEVEL_ON);
}

static void barrier_force(struct device *device, int64_t now_ms, enum config_role role,
                          struct device_out *out)
{
    if (barrier_flag(device, BARRIER_FORCED))
        return;
    barrier_set(device, BARRIER_FORCED, true);
    barrier_note(out, CORE_CODE_FORCED_OPEN, role);
    device->word[BARRIER_DOWN_BY] = barrier_down_by(device, now_ms);
}

static void barrier_idle_passage(struct device *device, const struct device_event *event,
                                 struct device_out *out)
{
    if (event->level == DEVICE_LEVEL_ON) {
        if (!barrier_flag(device, BARRIER_STOOD))
            barrier_force(device, event->now_ms, CONFIG_ROLE_PASSAGE, out);
        else if (barrier_flag(device, BARRIER_OWED))
            barrier_note(out, CORE_CODE_LATE_PASSAGE, CONFIG_ROLE_PASSAGE);
        else
            barrier_note(out, CORE_CODE_TAILGATE, CONFIG_ROLE_PASSAGE);
        barrier_set(device, BARRIER_OWED, false);
        return;
    }
    if (event->level != DEVICE_LEVEL_OFF)
        return;
    if (barrier_flag(device, BARRIER_STOOD) && !barrier_flag(device, BARRIER_LATE))
        device->word[BARRIER_DOWN_BY] = barrier_down_by(device, event->now_ms);
    if (device->word[BARRIER_OPEN_SINCE] == 0)
        barrier_set(device, BARRIER_FORCED, false);
}

/* Open, and nobody has a right. */
static void barrier_idle_open(struct device *device, int64_t now_ms, struct device_out *out)
{
    bool up = kind_level(device, CONFIG_ROLE_UP) == DEVICE_LEVEL_ON;
    enum config_role role = up ? CONFIG_ROLE_UP : CONFIG_ROLE_DOWN;
    int64_t at_ms = device->word[BARRIER_OPEN_SINCE] + BARRIER_WOBBLE_MS;

    if (barrier_flag(device, BARRIER_STOOD) || barrier_flag(device, BARRIER_FORCED))
        return;
    if (up || now_ms >= at_ms)
        barrier_force(device, now_ms, role, out);
}

/* The time is over by which the arm had to be down. */
static void barrier_idle_due(struct device *device, struct device_out *out)
{
    device->word[BARRIER_DOWN_BY] = 0;
    if (device->word[BARRIER_OPEN_SINCE] == 0) {
        barrier_set(device, BARRIER_STOOD | BARRIER_OWED, false);
        return;
    }
    if (!barrier_flag(device, BARRIER_LATE))
        barrier_note(out, CORE_CODE_ARM_NOT_DOWN,
                     kind_has(device, CONFIG_ROLE_DOWN) ? CONFIG_ROLE_DOWN : CONFIG_ROLE_UP);
    barrier_set(device, BARRIER_LATE, true);
}

void barrier_idle(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;
    bool edge = event->role == CONFIG_ROLE_PASSAGE &&
                (event->level == DEVICE_LEVEL_OFF || barrier_flag(device, BARRIER_FREE));

    if (event->kind != DEVICE_EVENT_INPUT && event->kind != DEVICE_EVENT_TIME)
        return;
    barrier_watch(device, event, out);
    if (barrier_held(device)) {
        barrier_set(device, BARRIER_HELD | BARRIER_STOOD, true);
        word[BARRIER_DOWN_BY] = 0;
        word[KIND_WORD_DEADLINE] = barrier_idle_next(device, event->now_ms);
        return;
    }
    if (barrier_flag(device, BARRIER_HELD)) {
        bool shut = barrier_arm(device) == BARRIER_ARM_DOWN;
        barrier_set(device, BARRIER_HELD, false);
        barrier_set(device, BARRIER_STOOD, !shut); /* also at the start, when the fire line is read last */
        word[BARRIER_DOWN_BY] = shut ? 0 : barrier_down_by(device, event->now_ms);
    }
    if (event->kind == DEVICE_EVENT_INPUT && edge)
        barrier_idle_passage(device, event, out);
    if (word[BARRIER_DOWN_BY] != 0 && event->now_ms >= word[BARRIER_DOWN_BY])
        barrier_idle_due(device, out);
    if (word[BARRIER_OPEN_SINCE] != 0)
        barrier_idle_open(device, event->now_ms, out);
    word[KIND_WORD_DEADLINE] = barrier_idle_next(device, event->now_ms);
}
