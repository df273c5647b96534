/* A spiral (coil) slot: one turn from home to home pushes one product over the edge, through the drop beam.
 *
 * Lines: motor (output), home (1 = the cam is home), drop* (1 = the beam is broken; usually shared by many
 * slots).
 *
 *   ORDERED ──on──▶ TURNING ──home again, or a fault──▶ SETTLING ──▶ CLEARING ──▶ finished
 *      ▲                                                   │ beam silent and proven, a jog is left
 *      └───────────────────────────────────────────────────┘
 *
 * The cam must leave home within SPIRAL_START_MS of the motor being on, and be home again by max_ms. Whatever
 * ends the turn, the motor is ordered off and the sensors are watched for SPIRAL_SETTLE_MS more: the motor
 * runs down and a product may still be falling. Then spiral_decide() says what they prove. docs/devices.md
 * gives the reasons.
 */
#include "controller/device/spiral.h"

enum {
    SPIRAL_START_MS = 300,      /* on, but the cam has not left home: no movement */
    SPIRAL_BOUNCE_MS = 50,      /* home again sooner than this after leaving it: the switch bounced */
    SPIRAL_SETTLE_MS = 1500,    /* run-down of the motor and a fall of two metres with a roll in the chute */
    SPIRAL_MARGIN_MS = 50,      /* off is ordered so long before max_ms, which is also the guard's limit */
    SPIRAL_TURN_LEAST_MS = 200, /* no cam leaves home and is back sooner */
    SPIRAL_PART_MS = 700,       /* a product of the first, partial turn is through the beam by then */
};

static struct device_check spiral_check_service(const struct device *device, int64_t now_ms)
{
    (void)now_ms;
    if (kind_level(device, CONFIG_ROLE_HOME) == DEVICE_LEVEL_UNKNOWN)
        return kind_refuse(CONFIG_ROLE_HOME);
    return kind_check_idle(device, CONFIG_ROLE_DROP, DEVICE_LEVEL_OFF);
}

/* A sale may begin with the cam away from home only if the beam can tell what came of the part of a turn. */
static struct device_check spiral_check(const struct device *device, int64_t now_ms)
{
    if (kind_level(device, CONFIG_ROLE_HOME) != DEVICE_LEVEL_ON && !kind_has(device, CONFIG_ROLE_DROP))
        return kind_refuse(CONFIG_ROLE_HOME);
    return spiral_check_service(device, now_ms);
}

/* ---- the motor ---- */

static void spiral_turn(struct device *device, int64_t now_ms, struct device_out *out)
{
    int32_t max_ms = device->config->param[CONFIG_PARAM_MAX_MS];
    int64_t *word = device->word;

    word[SPIRAL_STATE] = SPIRAL_ORDERED;
    word[SPIRAL_CAUSE] = SPIRAL_HOME;
    word[SPIRAL_TURN_AT] = now_ms;
    word[SPIRAL_ON_AT] = word[SPIRAL_OFF_AT] = word[SPIRAL_OFF_DONE] = word[SPIRAL_LEFT_AT] = 0;
    word[SPIRAL_TURNS]++;
    kind_order(out, DEVICE_ORDER_ON, CONFIG_ROLE_MOTOR, max_ms);
    kind_wait(device, DEVICE_PHASE_MOVING, now_ms + max_ms);
}

static void spiral_start(struct device *device, int64_t now_ms, struct device_out *out)
{
    spiral_turn(device, now_ms, out);
    if (kind_level(device, CONFIG_ROLE_HOME) != DEVICE_LEVEL_ON) {
        device->word[SPIRAL_AWAY] = 1;
        device->word[SPIRAL_LEFT_AT] = now_ms;
    }
}

static enum device_phase spiral_phase(const struct device *device)
{
    return device->word[SPIRAL_DROP_AT] != 0 ? DEVICE_PHASE_TAKE : DEVICE_PHASE_MOVING;
}

/* The next deadline while the motor turns. */
static void spiral_await(struct device *device)
{
    const int64_t *word = device->word;
    int32_t max_ms = device->config->param[CONFIG_PARAM_MAX_MS];
    int32_t margin_ms = max_ms / 10 < SPIRAL_MARGIN_MS ? max_ms / 10 : SPIRAL_MARGIN_MS;
    int64_t at_ms = word[SPIRAL_TURN_AT] + max_ms;

    if (word[SPIRAL_STATE] == SPIRAL_TURNING) {
        at_ms = word[SPIRAL_ON_AT] + max_ms - margin_ms;
        if (word[SPIRAL_LEFT_AT] == 0 && word[SPIRAL_PASSED_AT] == 0 &&
            word[SPIRAL_ON_AT] + SPIRAL_START_MS < at_ms)
            at_ms = word[SPIRAL_ON_AT] + SPIRAL_START_MS;
    }
    kind_wait(device, spiral_phase(device), at_ms);
}

/* ---- after the motor ---- */

static bool spiral_may_jog(const struct device *device)
{
    const int64_t *word = device->word;
    return word[SPIRAL_CAUSE] == SPIRAL_HOME && word[SPIRAL_ABORTED] == 0 && word[SPIRAL_OFF_DONE] != 0 &&
           word[SPIRAL_DROP_AT] == 0 && spiral_beam_proven(device) &&
           kind_level(device, CONFIG_ROLE_HOME) == DEVICE_LEVEL_ON &&
           word[SPIRAL_TURNS] <= device->config->param[CONFIG_PARAM_JOGS];
}

/* Everything that will be seen has been seen, but for the beam becoming clear again. */
static void spiral_settled(struct device *device, int64_t now_ms, struct device_out *out)
{
    if (spiral_may_jog(device)) {
        spiral_turn(device, now_ms, out);
    } else if (kind_level(device, CONFIG_ROLE_DROP) == DEVICE_LEVEL_ON) {
        device->word[SPIRAL_STATE] = SPIRAL_CLEARING;
        kind_wait(device, spiral_phase(device), now_ms + KIND_CLEAR_MS);
    } else {
        spiral_finish(device, out);
    }
}

static void spiral_stop(struct device *device, enum spiral_cause cause, int64_t now_ms,
                        struct device_out *out)
{
    int64_t *word = device->word;

    word[SPIRAL_CAUSE] = cause;
    word[SPIRAL_STATE] = SPIRAL_SETTLING;
    word[SPIRAL_OFF_AT] = now_ms;
    word[SPIRAL_RUN_MS] += now_ms - (word[SPIRAL_ON_AT] != 0 ? word[SPIRAL_ON_AT] : word[SPIRAL_TURN_AT]);
    kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_MOTOR, 0);
    kind_wait(device, spiral_phase(device), now_ms + SPIRAL_SETTLE_MS);
    if (word[SPIRAL_DROP_AT] != 0 || (cause == SPIRAL_HOME && !kind_has(device, CONFIG_ROLE_DROP)))
        spiral_settled(device, now_ms, out);
}

/* ---- events ---- */

/* Also while the slot rests: another slot's product proves the beam as well as an own one. */
static void spiral_watch_beam(struct device *device, enum device_level level)
{
    int64_t *word = device->word;

    if (level == DEVICE_LEVEL_UNKNOWN)
        word[SPIRAL_BEAM_PROVEN] = 0;
    else if (level == DEVICE_LEVEL_OFF && word[SPIRAL_BEAM_BROKEN] != 0)
        word[SPIRAL_BEAM_PROVEN] = 1;
    word[SPIRAL_BEAM_BROKEN] = level == DEVICE_LEVEL_ON;
}

static void spiral_idle(struct device *device, const struct device_event *event, struct device_out *out)
{
    (void)out;
    if (event->kind == DEVICE_EVENT_INPUT && event->role == CONFIG_ROLE_DROP)
        spiral_watch_beam(device, event->level);
    if (event->kind == DEVICE_EVENT_ORDER && event->order_kind == DEVICE_ORDER_OFF)
        device->word[SPIRAL_OFF_UNSURE] = event->result != DEVICE_ORDER_DONE;
}

static bool spiral_is_turning(const struct device *device)
{
    return device->word[SPIRAL_STATE] == SPIRAL_ORDERED || device->word[SPIRAL_STATE] == SPIRAL_TURNING;
}

static void spiral_drop(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;

    spiral_watch_beam(device, event->level);
    if (event->level == DEVICE_LEVEL_UNKNOWN)
        word[SPIRAL_DROP_LOST] = 1;
    if (event->level == DEVICE_LEVEL_ON && word[SPIRAL_DROP_AT] == 0)
        word[SPIRAL_DROP_AT] = event->now_ms;
    if (word[SPIRAL_STATE] == SPIRAL_CLEARING && event->level != DEVICE_LEVEL_ON)
        spiral_finish(device, out);
    else if (word[SPIRAL_STATE] == SPIRAL_SETTLING && word[SPIRAL_DROP_AT] != 0)
        spiral_settled(device, event->now_ms, out);
    else if (spiral_is_turning(device) && word[SPIRAL_DROP_AT] == event->now_ms &&
             word[SPIRAL_PASSED_AT] != 0 && event->now_ms - word[SPIRAL_PASSED_AT] < SPIRAL_PART_MS)
        spiral_stop(device, SPIRAL_PART, event->now_ms, out); /* or a second product would follow */
    else
        word[KIND_WORD_PHASE] = spiral_phase(device);
}

/* The part of a turn that was left has let nothing out: the motor stays on for a whole one. */
static void spiral_pass_home(struct device *device, int64_t now_ms)
{
    device->word[SPIRAL_AWAY] = 0;
    device->word[SPIRAL_LEFT_AT] = 0;
    device->word[SPIRAL_PASSED_AT] = now_ms;
    spiral_await(device);
}

static void spiral_home_on(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;
    int64_t turn_ms = now_ms - word[SPIRAL_LEFT_AT];

    if (word[SPIRAL_LEFT_AT] == 0)
        return;
    if (turn_ms < SPIRAL_BOUNCE_MS && word[SPIRAL_AWAY] == 0) {
        word[SPIRAL_LEFT_AT] = 0;
        spiral_await(device);
        return;
    }
    if (word[SPIRAL_AWAY] != 0 && word[SPIRAL_DROP_AT] == 0 && kind_has(device, CONFIG_ROLE_DROP)) {
        spiral_pass_home(device, now_ms);
        return;
    }
    if (word[SPIRAL_AWAY] == 0 && (word[SPIRAL_FASTEST_MS] == 0 || turn_ms < word[SPIRAL_FASTEST_MS]))
        word[SPIRAL_FASTEST_MS] = turn_ms;
    word[SPIRAL_HOME_AT] = now_ms;
    spiral_stop(device, SPIRAL_HOME, now_ms, out);
}

static void spiral_home(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;

    switch (event->level) {
    case DEVICE_LEVEL_UNKNOWN:
    default: /* nobody knows where it stands: stop at once */
        word[SPIRAL_UNSEEN] = 1;
        if (spiral_is_turning(device))
            spiral_stop(device, SPIRAL_HOME_LOST, event->now_ms, out);
        break;
    case DEVICE_LEVEL_OFF:
        if (word[SPIRAL_LEFT_AT] == 0)
            word[SPIRAL_LEFT_AT] = event->now_ms;
        if (spiral_is_turning(device))
            spiral_await(device);
        break;
    case DEVICE_LEVEL_ON:
        if (spiral_is_turning(device))
            spiral_home_on(device, event->now_ms, out);
        break;
    }
}

static void spiral_result(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;

    if (event->order_kind == DEVICE_ORDER_OFF) {
        word[SPIRAL_OFF_UNSURE] = event->result != DEVICE_ORDER_DONE;
        if (word[SPIRAL_STATE] == SPIRAL_SETTLING && event->result == DEVICE_ORDER_DONE &&
            word[SPIRAL_OFF_DONE] == 0) {
            word[SPIRAL_OFF_DONE] = event->now_ms;
            kind_wait(device, spiral_phase(device), event->now_ms + SPIRAL_SETTLE_MS);
        }
        return;
    }
    if (event->result == DEVICE_ORDER_REFUSED && word[SPIRAL_ON_AT] == 0 &&
        word[SPIRAL_STATE] != SPIRAL_CLEARING) {
        word[SPIRAL_CAUSE] = SPIRAL_REFUSED;
        spiral_finish(device, out);
    } else if (word[SPIRAL_STATE] == SPIRAL_ORDERED && event->result == DEVICE_ORDER_DONE) {
        word[SPIRAL_STATE] = SPIRAL_TURNING;
        word[SPIRAL_ON_AT] = kind_on_at(device, event);
        spiral_await(device);
    } else if (word[SPIRAL_STATE] == SPIRAL_ORDERED) {
        spiral_stop(device, SPIRAL_UNANSWERED, event->now_ms, out);
    }
}

static void spiral_time(struct device *device, int64_t now_ms, struct device_out *out)
{
    bool stood = device->word[SPIRAL_LEFT_AT] == 0 && device->word[SPIRAL_PASSED_AT] == 0;

    switch ((enum spiral_state)device->word[SPIRAL_STATE]) {
    case SPIRAL_ORDERED:
        spiral_stop(device, SPIRAL_UNANSWERED, now_ms, out);
        break;
    case SPIRAL_TURNING:
        spiral_stop(device, stood ? SPIRAL_NO_MOVEMENT : SPIRAL_JAM, now_ms, out);
        break;
    case SPIRAL_SETTLING:
        spiral_settled(device, now_ms, out);
        break;
    case SPIRAL_CLEARING:
    default:
        spiral_finish(device, out);
        break;
    }
}

static void spiral_abort(struct device *device, const struct device_event *event, struct device_out *out)
{
    enum spiral_cause cause = event->kind == DEVICE_EVENT_FAULT ? SPIRAL_FAULT : SPIRAL_ABORT;

    device->word[SPIRAL_ABORTED] = 1;
    if (spiral_is_turning(device))
        spiral_stop(device, cause, event->now_ms, out);
    else if (cause == SPIRAL_FAULT)
        device->word[SPIRAL_CAUSE] = cause;
}

static void spiral_event(struct device *device, const struct device_event *event, struct device_out *out)
{
    switch (event->kind) {
    case DEVICE_EVENT_INPUT:
        if (event->role == CONFIG_ROLE_HOME)
            spiral_home(device, event, out);
        else if (event->role == CONFIG_ROLE_DROP)
            spiral_drop(device, event, out);
        break;
    case DEVICE_EVENT_GAP: /* a fall, or a cam that left and came back, may be what was not seen */
        if (event->role == CONFIG_ROLE_DROP)
            device->word[SPIRAL_DROP_LOST] = 1;
        else if (event->role == CONFIG_ROLE_HOME && event->gap_ms >= SPIRAL_TURN_LEAST_MS)
            device->word[SPIRAL_UNSEEN] = 1;
        break;
    case DEVICE_EVENT_ORDER:
        spiral_result(device, event, out);
        break;
    case DEVICE_EVENT_TIME:
        if (kind_due(device, event))
            spiral_time(device, event->now_ms, out);
        break;
    case DEVICE_EVENT_FAULT:
    case DEVICE_EVENT_ABORT:
        spiral_abort(device, event, out);
        break;
    case DEVICE_EVENT_INTENT:
    case DEVICE_EVENT_SHOWN:
    case DEVICE_EVENT_AGAIN:
    default:
        break;
    }
}

const struct device_kind kind_spiral = {
    .check = spiral_check,
    .check_service = spiral_check_service,
    .start = spiral_start,
    .event = spiral_event,
    .idle = spiral_idle,
};
