/* A parking barrier: one order, "open", and then a long look at the vehicle. There is no order to close: the
 * barrier's own controller does that, when its own loop is free.
 *
 * Lines: open (pulse), sign* (on = go), presence* (vehicle before the arm), passage* (vehicle under or behind
 * it), up*, down* (limits of the arm), fault* (1 = fault), fire* (1 = no alarm). The line hold* belongs to
 * the core.
 *
 *   PULSING ──sent──▶ RISING ──up──▶ GOING ──passed──▶ delivered
 *      ▲                │ not up       │ ▲
 *      │ own intent     ▼        gone  ▼ │ back, arm still up
 *      └───────────── ASKING ◀──back── AWAY ──time over──▶ failed, or unknown
 *
 * Without `up` the arm counts as up when the pulse is sent. docs/devices.md gives every case and its reason.
 */
#include "controller/device/barrier.h"

static struct device_check barrier_refuse(enum config_role role, enum core_hold hold)
{
    struct device_check check = kind_refuse(role);
    check.hold = hold;
    return check;
}

static struct device_check barrier_wait(enum payment_reason reason, int64_t wait_ms)
{
    return (struct device_check){.readiness = DEVICE_WAIT, .reason = reason, .wait_ms = wait_ms};
}

/* A sensor that is active before the start must become quiet, or it would be evidence for this vehicle. */
static struct device_check barrier_check_quiet(const struct device *device, enum config_role role,
                                               int64_t since_ms, int64_t now_ms, int64_t longest_ms)
{
    if (!kind_has(device, role) || kind_level(device, role) == DEVICE_LEVEL_OFF)
        return kind_go();
    if (kind_level(device, role) == DEVICE_LEVEL_UNKNOWN || now_ms - since_ms >= longest_ms)
        return kind_refuse(role);
    return barrier_wait(PAYMENT_REASON_OUT_OF_SERVICE, longest_ms);
}

static struct device_check barrier_check_vehicle(const struct device *device)
{
    if (!kind_has(device, CONFIG_ROLE_PRESENCE))
        return kind_go();
    if (kind_level(device, CONFIG_ROLE_PRESENCE) == DEVICE_LEVEL_UNKNOWN)
        return kind_refuse(CONFIG_ROLE_PRESENCE);
    if (kind_level(device, CONFIG_ROLE_PRESENCE) == DEVICE_LEVEL_OFF &&
        device->config->param[CONFIG_PARAM_EMPTY_LANE] == 0)
        return barrier_wait(PAYMENT_REASON_NO_VEHICLE, barrier_param_ms(device, CONFIG_PARAM_VEHICLE_WAIT_S));
    return kind_go();
}

static struct device_check barrier_check_limits(const struct device *device, int64_t now_ms)
{
    for (enum config_role role = CONFIG_ROLE_UP; role <= CONFIG_ROLE_DOWN; role++) {
        if (kind_has(device, role) && kind_level(device, role) == DEVICE_LEVEL_UNKNOWN)
            return kind_refuse(role);
    }
    if (barrier_flag(device, BARRIER_LATE) && device->config->param[CONFIG_PARAM_NOT_DOWN] != 0)
        return barrier_refuse(kind_has(device, CONFIG_ROLE_DOWN) ? CONFIG_ROLE_DOWN : CONFIG_ROLE_UP,
                              CORE_HOLD_ARM);
    if (kind_has(device,
                 CONFIG_ROLE_PASSAGE)) /* the passage is the evidence; the last vehicle's arm may be up */
        return kind_go();
    return barrier_check_quiet(device, CONFIG_ROLE_UP, device->word[BARRIER_UP_SINCE], now_ms,
                               BARRIER_COMING_MS);
}

static struct device_check barrier_check(const struct device *device, int64_t now_ms)
{
    struct device_check check;

    if (kind_has(device, CONFIG_ROLE_FAULT) && kind_level(device, CONFIG_ROLE_FAULT) != DEVICE_LEVEL_OFF)
        return barrier_refuse(CONFIG_ROLE_FAULT, CORE_HOLD_DEVICE_FAULT);
    if (kind_has(device, CONFIG_ROLE_FIRE) && kind_level(device, CONFIG_ROLE_FIRE) != DEVICE_LEVEL_ON)
        return barrier_refuse(CONFIG_ROLE_FIRE, CORE_HOLD_FIRE);
    check = barrier_check_limits(device, now_ms);
    if (check.readiness == DEVICE_GO)
        check = barrier_check_quiet(device, CONFIG_ROLE_PASSAGE, device->word[BARRIER_PASSAGE_SINCE], now_ms,
                                    BARRIER_CLEAR_MS);
    return check.readiness == DEVICE_GO ? barrier_check_vehicle(device) : check;
}

/* The operator knows what he does; opening hurts nobody. */
static struct device_check barrier_check_service(const struct device *device, int64_t now_ms)
{
    (void)device;
    (void)now_ms;
    return kind_go();
}

/* ---- the pulse ---- */

void barrier_pulse(struct device *device, int64_t now_ms, struct device_out *out)
{
    int32_t pulse_ms = device->config->param[CONFIG_PARAM_PULSE_MS];
    int64_t *word = device->word;

    word[BARRIER_STATE] = BARRIER_PULSING;
    word[BARRIER_ON_AT] = now_ms;
    word[BARRIER_EFFECT] = word[BARRIER_AGAIN] = 0;
    word[BARRIER_BY] = now_ms + pulse_ms + KIND_RESULT_WAIT_MS;
    barrier_set(device, BARRIER_STOOD, true);
    kind_order(out, DEVICE_ORDER_PULSE, CONFIG_ROLE_OPEN, pulse_ms);
}

bool barrier_settled(const struct device *device, int64_t now_ms)
{
    const int64_t *word = device->word;
    if (word[BARRIER_STATE] == BARRIER_PULSING || word[BARRIER_UNANSWERED] != 0)
        return false;
    return word[BARRIER_EFFECT] != 0 || !barrier_has_limits(device) ||
           now_ms >= word[BARRIER_ON_AT] + device->config->param[CONFIG_PARAM_UP_MS];
}

static void barrier_start(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;

    word[BARRIER_SEEN] = kind_level(device, CONFIG_ROLE_PRESENCE) == DEVICE_LEVEL_ON;
    barrier_set(device, BARRIER_BEFORE, barrier_flag(device, BARRIER_STOOD));
    barrier_set(device, BARRIER_OWED, false);
    word[BARRIER_DOWN_BY] = 0;
    barrier_pulse(device, now_ms, out);
    barrier_show(device, out);
}

void barrier_finish(struct device *device, int64_t now_ms, enum payment_result result,
                    enum payment_reason reason, enum device_verdict verdict, struct device_out *out)
{
    const int64_t *word = device->word;
    bool verified =
        kind_has(device, CONFIG_ROLE_PASSAGE) ? word[BARRIER_MAYBE] == 0 : word[BARRIER_UP_AT] != 0;

    if (word[BARRIER_STATE] == BARRIER_PULSING)
        kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_OPEN, 0);
    if (word[BARRIER_SIGN] != 0)
        kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_SIGN, 0);
    payment_add_evidence(&out->outcome, PAYMENT_EVIDENCE_PULSES, word[BARRIER_SENT]);
    kind_evidence_at(device, out, PAYMENT_EVIDENCE_UP_MS, word[BARRIER_UP_AT]);
    kind_evidence_at(device, out, PAYMENT_EVIDENCE_PRESENCE_MS, word[BARRIER_LEFT_AT]);
    kind_evidence_at(device, out, PAYMENT_EVIDENCE_PASSAGE_MS, word[BARRIER_PASSAGE_AT]);
    if (result == PAYMENT_RESULT_DELIVERED)
        kind_deliver(out, verified, verdict);
    else
        kind_finish(out, result, reason, verdict);
    barrier_leave(device, now_ms, result == PAYMENT_RESULT_DELIVERED);
}

void barrier_ask(struct device *device, int64_t now_ms, struct device_out *out)
{
    device->word[BARRIER_STATE] = BARRIER_ASKING;
    device->word[BARRIER_FURTHER]++;
    device->word[BARRIER_BY] = now_ms + KIND_RESULT_WAIT_MS;
    out->need_intent = true;
}

static void barrier_operator(struct device *device, int64_t now_ms, struct device_out *out)
{
    barrier_pulse(device, now_ms, out);
    device->word[BARRIER_AGAIN] = 2;
}

/* The pulse is sent, or may have been: now the arm. */
static void barrier_rise(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;

    word[BARRIER_STATE] = BARRIER_RISING;
    word[BARRIER_BY] = word[BARRIER_ON_AT] + device->config->param[CONFIG_PARAM_UP_MS];
    if (word[BARRIER_AGAIN] == 1)
        barrier_operator(device, now_ms, out);
    else if (word[BARRIER_PASSED] != 0)
        barrier_finish(device, now_ms, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD,
                       out);
    else if (!kind_has(device, CONFIG_ROLE_UP) || kind_level(device, CONFIG_ROLE_UP) == DEVICE_LEVEL_ON)
        barrier_go(device, now_ms, out);
}

static void barrier_unanswered(struct device *device, int64_t now_ms, struct device_out *out)
{
    device->word[BARRIER_UNANSWERED] = 1;
    kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_OPEN, 0);
    barrier_rise(device, now_ms, out);
}

/* Not executed. With the first pulse nothing was opened for this right; but the arm may still be open for the
 * last one, or be held up. */
static void barrier_refused(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;
    /* One without an answer is no longer called so once the arm was seen up: then it was sent. */
    bool first = word[BARRIER_SENT] == 0 && word[BARRIER_UNANSWERED] == 0 && word[BARRIER_UP_AT] == 0,
         nothing;

    word[BARRIER_STATE] = BARRIER_RISING; /* no pulse is on its way */
    /* The operator's pulse ends no right that has had its own. */
    if (word[BARRIER_PASSED] != 0 || word[BARRIER_AGAIN] == 1 || (word[BARRIER_AGAIN] == 2 && !first)) {
        barrier_rise(device, now_ms, out);
        return;
    }
    nothing = first && word[BARRIER_PASSAGE_AT] == 0 && !barrier_held(device)
                  ? barrier_arm(device) == BARRIER_ARM_DOWN ||
                        (!barrier_has_limits(device) && !barrier_flag(device, BARRIER_BEFORE))
                  : barrier_nothing_passed(device, now_ms);
    barrier_finish(device, now_ms, nothing ? PAYMENT_RESULT_FAILED : PAYMENT_RESULT_UNKNOWN,
                   PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE, out);
}

static void barrier_result(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;

    if (event->role != CONFIG_ROLE_OPEN || event->order_kind != DEVICE_ORDER_PULSE ||
        word[BARRIER_STATE] != BARRIER_PULSING)
        return;
    switch (event->result) {
    case DEVICE_ORDER_DONE:
        word[BARRIER_SENT]++;
        word[BARRIER_ON_AT] =
            event->on_at_ms < word[BARRIER_ON_AT] ? word[BARRIER_ON_AT] : kind_on_at(device, event);
        barrier_rise(device, event->now_ms, out);
        break;
    case DEVICE_ORDER_REFUSED:
        barrier_refused(device, event->now_ms, out);
        break;
    case DEVICE_ORDER_UNKNOWN:
    default:
        barrier_unanswered(device, event->now_ms, out);
        break;
    }
}

/* The arm was not up in time. A vehicle that passes shows that it is all the same. */
static void barrier_not_up(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;

    if (kind_level(device, CONFIG_ROLE_UP) == DEVICE_LEVEL_UNKNOWN) {
        if (kind_has(device, CONFIG_ROLE_PASSAGE))
            barrier_go(device, now_ms, out);
        else
            barrier_finish(device, now_ms, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST,
                           DEVICE_VERDICT_STRIKE, out);
        return;
    }
    barrier_note(out, CORE_CODE_ARM_NOT_UP, CONFIG_ROLE_UP);
    word[BARRIER_NOT_UP]++;
    if (word[BARRIER_PASSAGE_AT] != 0)
        barrier_go(device, now_ms, out);
    else if (word[BARRIER_UNANSWERED] != 0)
        barrier_finish(device, now_ms, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN,
                       DEVICE_VERDICT_STRIKE, out);
    else if (word[BARRIER_NOT_UP] > 1 || word[BARRIER_FURTHER] >= BARRIER_FURTHER_MOST)
        barrier_finish(device, now_ms, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NOT_UP, DEVICE_VERDICT_LOCK,
                       out);
    else if (barrier_vehicle_there(device))
        barrier_ask(device, now_ms, out);
    else
        barrier_wait_for_return(device, now_ms, out);
}

/* ---- events ---- */

static void barrier_intent(struct device *device, int64_t now_ms, struct device_out *out)
{
    if (device->word[BARRIER_STATE] != BARRIER_ASKING)
        return;
    if (device->word[BARRIER_CROSSING] != 0)
        barrier_go(device, now_ms, out);
    else if (barrier_vehicle_there(device))
        barrier_pulse(device, now_ms, out);
    else
        barrier_wait_for_return(device, now_ms, out);
}

static void barrier_again(struct device *device, int64_t now_ms, struct device_out *out)
{
    if (device->word[BARRIER_STATE] == BARRIER_PULSING)
        device->word[BARRIER_AGAIN] = 1;
    else
        barrier_operator(device, now_ms, out);
}

static void barrier_due(struct device *device, const struct device_event *event, struct device_out *out)
{
    if (!kind_due(device, event))
        return;
    switch ((enum barrier_state)device->word[BARRIER_STATE]) {
    case BARRIER_PULSING:
        barrier_unanswered(device, event->now_ms, out);
        break;
    case BARRIER_RISING:
        barrier_not_up(device, event->now_ms, out);
        break;
    case BARRIER_ASKING:
    case BARRIER_GOING:
    case BARRIER_AWAY:
    default:
        barrier_time(device, event->now_ms, out);
        break;
    }
}

static void barrier_stop(struct device *device, int64_t now_ms, enum payment_reason reason,
                         enum device_verdict verdict, struct device_out *out)
{
    bool nothing = reason == PAYMENT_REASON_STOPPED && barrier_nothing_passed(device, now_ms);
    barrier_finish(device, now_ms,
                   device->word[BARRIER_PASSED] != 0 ? PAYMENT_RESULT_DELIVERED
                   : nothing                         ? PAYMENT_RESULT_FAILED
                                                     : PAYMENT_RESULT_UNKNOWN,
                   reason, verdict, out);
}

static void barrier_event(struct device *device, const struct device_event *event, struct device_out *out)
{
    barrier_watch(device, event, out);
    switch (event->kind) {
    case DEVICE_EVENT_INPUT:
    case DEVICE_EVENT_GAP:
        barrier_follow(device, event, out);
        break;
    case DEVICE_EVENT_ORDER:
        barrier_result(device, event, out);
        break;
    case DEVICE_EVENT_TIME:
        barrier_due(device, event, out);
        break;
    case DEVICE_EVENT_INTENT:
        barrier_intent(device, event->now_ms, out);
        break;
    case DEVICE_EVENT_AGAIN:
        barrier_again(device, event->now_ms, out);
        break;
    case DEVICE_EVENT_FAULT:
        if (event->role == CONFIG_ROLE_OPEN)
            barrier_stop(device, event->now_ms, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK, out);
        break;
    case DEVICE_EVENT_ABORT:
        barrier_stop(device, event->now_ms, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD, out);
        break;
    case DEVICE_EVENT_SHOWN:
    default:
        break;
    }
    if (!out->finished)
        barrier_show(device, out);
}

/* The arm is down and nobody is under it. Without limits nothing can say so. */
static bool barrier_evident(const struct device *device)
{
    return barrier_has_limits(device) && barrier_arm(device) == BARRIER_ARM_DOWN &&
           (!kind_has(device, CONFIG_ROLE_PASSAGE) ||
            kind_level(device, CONFIG_ROLE_PASSAGE) == DEVICE_LEVEL_OFF);
}

const struct device_kind kind_barrier = {.lane = true,
                                         .again = true,
                                         .check = barrier_check,
                                         .check_service = barrier_check_service,
                                         .start = barrier_start,
                                         .event = barrier_event,
                                         .idle = barrier_idle,
                                         .evident = barrier_evident};
