/* A turnstile: one release, one passage, and the contact that says so.
 *
 * Lines: unlock, pass* (closes when somebody goes through), ready* (1 = the unit can work), fire* (1 = no
 * alarm), wrong_way*. Mode "pulse": a pulse releases one passage and the unit locks again by itself; mode
 * "level": unlock stays on until the passage, at most until shortly before relock_s.
 *
 * A passage is the edge of `pass` in the time of the release while the unit is ready, and the unit is still
 * ready and all lines good PROOF_MS later: a unit that loses its power moves all its contacts within moments,
 * and that is nobody's passage. Nobody by relock_s: failed, if pass and ready were good and looked at all the
 * time and the release is certainly over. Everything between is unknown.
 */
#include "controller/device/turnstile.h"

static bool turnstile_is(const struct device *device, enum config_role role, enum device_level level)
{
    return !kind_has(device, role) || kind_level(device, role) == level;
}

static bool turnstile_is_level(const struct device *device)
{
    return device->config->param[CONFIG_PARAM_MODE] != 0;
}

static int64_t turnstile_relock_ms(const struct device *device)
{
    return (int64_t)device->config->param[CONFIG_PARAM_RELOCK_S] * 1000;
}

static struct device_check turnstile_check(const struct device *device, int64_t now_ms)
{
    (void)now_ms;
    if (!turnstile_is(device, CONFIG_ROLE_FIRE, DEVICE_LEVEL_ON)) {
        struct device_check check = kind_refuse(CONFIG_ROLE_FIRE);
        check.hold = CORE_HOLD_FIRE;
        return check;
    }
    if (!turnstile_is(device, CONFIG_ROLE_READY, DEVICE_LEVEL_ON))
        return kind_refuse(CONFIG_ROLE_READY);
    return kind_check_idle(device, CONFIG_ROLE_PASS, DEVICE_LEVEL_OFF);
}

static void turnstile_start(struct device *device, int64_t now_ms, struct device_out *out)
{
    bool level = turnstile_is_level(device);
    int32_t ms = config_limit_ms(device->config, CONFIG_ROLE_UNLOCK);

    kind_order(out, level ? DEVICE_ORDER_ON : DEVICE_ORDER_PULSE, CONFIG_ROLE_UNLOCK, ms);
    device->word[TURNSTILE_BY] = now_ms + (level ? 0 : ms) + KIND_RESULT_WAIT_MS;
    /* The pulse has released it long before its result comes. */
    kind_wait(device, level ? DEVICE_PHASE_MOVING : DEVICE_PHASE_TAKE, device->word[TURNSTILE_BY]);
}

static void turnstile_order_off(struct device *device, struct device_out *out)
{
    if (device->word[TURNSTILE_OFF_ORDERED] != 0)
        return;
    device->word[TURNSTILE_OFF_ORDERED] = 1;
    kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_UNLOCK, 0);
}

static void turnstile_finish(struct device *device, int64_t now_ms, enum payment_result result,
                             enum payment_reason reason, enum device_verdict verdict, struct device_out *out)
{
    int64_t *word = device->word;
    bool proven = word[TURNSTILE_PROVEN] != 0;

    if (!turnstile_is_level(device) && word[TURNSTILE_ON_AT] != 0)
        payment_add_evidence(&out->outcome, PAYMENT_EVIDENCE_PULSES, 1);
    if (proven)
        kind_evidence_at(device, out, PAYMENT_EVIDENCE_PASS_MS, word[TURNSTILE_PASS_AT]);
    if (result == PAYMENT_RESULT_DELIVERED)
        kind_deliver(out, proven, verdict);
    else
        kind_finish(out, result, reason, verdict);
    /* Whoever paid and was not seen may still come. */
    int64_t on_at_ms = word[TURNSTILE_ON_AT] != 0 ? word[TURNSTILE_ON_AT] : now_ms;
    bool awaited = !proven && kind_has(device, CONFIG_ROLE_PASS) && reason != PAYMENT_REASON_ORDER_REFUSED;
    word[TURNSTILE_LATE_UNTIL] = awaited ? on_at_ms + turnstile_relock_ms(device) + TURNSTILE_LATE_MS : 0;
}

static void turnstile_unknown(struct device *device, int64_t now_ms, enum payment_reason reason,
                              enum device_verdict verdict, struct device_out *out)
{
    turnstile_finish(device, now_ms, PAYMENT_RESULT_UNKNOWN, reason, verdict, out);
}

/* Nobody came, and nothing speaks against believing it. */
static void turnstile_no_passage(struct device *device, int64_t now_ms, struct device_out *out)
{
    turnstile_finish(device, now_ms, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD,
                     out);
    if (device->config->param[CONFIG_PARAM_NO_PASSAGE] != 0)
        out->outcome.refund = PAYMENT_REFUND_NO;
    if (++device->word[TURNSTILE_SILENT] % TURNSTILE_SILENT_MOST == 0)
        turnstile_note(out, CORE_CODE_SENSOR_STUCK, CONFIG_ROLE_PASS);
}

/* The time is over and no passage was proven. */
static void turnstile_decide(struct device *device, int64_t now_ms, struct device_out *out)
{
    const int64_t *word = device->word;
    bool off_sure = turnstile_is_level(device) || word[TURNSTILE_OFF_ORDERED] != 0
                        ? word[TURNSTILE_OFF_DONE] != 0
                        : word[TURNSTILE_ON_AT] != 0;

    if (word[TURNSTILE_UNANSWERED] == 0 && word[TURNSTILE_FIRE] != 0)
        turnstile_unknown(device, now_ms, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD, out);
    else if (word[TURNSTILE_UNANSWERED] == 0 && !kind_has(device, CONFIG_ROLE_PASS))
        turnstile_finish(device, now_ms, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD,
                         out);
    else if (word[TURNSTILE_UNANSWERED] == 0 && word[TURNSTILE_UNSEEN] != 0)
        turnstile_unknown(device, now_ms, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE, out);
    else if (word[TURNSTILE_UNANSWERED] != 0 || !off_sure)
        turnstile_unknown(device, now_ms, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE, out);
    else
        turnstile_no_passage(device, now_ms, out);
}

/* Proven: until the contact is open again, so that the next right does not find it closed. */
static void turnstile_clear(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;

    if (word[TURNSTILE_CLEAR_BY] == 0)
        word[TURNSTILE_CLEAR_BY] = now_ms + KIND_CLEAR_MS;
    bool open = kind_level(device, CONFIG_ROLE_PASS) != DEVICE_LEVEL_ON;
    int64_t quiet_ms = open ? word[TURNSTILE_PASS_OFF_AT] + TURNSTILE_BOUNCE_MS : word[TURNSTILE_CLEAR_BY];
    if (quiet_ms > word[TURNSTILE_CLEAR_BY])
        quiet_ms = word[TURNSTILE_CLEAR_BY];
    if (now_ms < quiet_ms) {
        kind_wait(device, DEVICE_PHASE_TAKE, quiet_ms);
        return;
    }
    word[TURNSTILE_SILENT] = 0;
    turnstile_finish(device, now_ms, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD, out);
}

/* Released: until the passage or the end of the time. */
static void turnstile_listen(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;
    int64_t until_ms = word[TURNSTILE_ON_AT] + turnstile_relock_ms(device);
    int64_t off_ms = until_ms - TURNSTILE_EARLY_MS;

    if (word[TURNSTILE_LOST] != 0) {
        if (turnstile_is_level(device))
            turnstile_order_off(device, out);
        turnstile_unknown(device, now_ms, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE, out);
        return;
    }
    if (turnstile_is_level(device) && (word[TURNSTILE_PASS_AT] != 0 || now_ms >= off_ms))
        turnstile_order_off(device, out);
    if (word[TURNSTILE_PASS_AT] != 0) {
        kind_wait(device, DEVICE_PHASE_TAKE, word[TURNSTILE_PASS_AT] + TURNSTILE_PROOF_MS);
        return;
    }
    bool open = turnstile_is_level(device) && word[TURNSTILE_OFF_ORDERED] == 0;
    bool closing = word[TURNSTILE_OFF_ORDERED] != 0 && word[TURNSTILE_OFF_ANSWERED] == 0;
    int64_t by_ms = open ? off_ms : closing ? until_ms + KIND_RESULT_WAIT_MS : until_ms;
    if (now_ms < by_ms)
        kind_wait(device, DEVICE_PHASE_TAKE, by_ms);
    else
        turnstile_decide(device, now_ms, out);
}

/* The release may or may not have happened: ends it, and the contact decides. */
static void turnstile_unanswered(struct device *device, int64_t now_ms, struct device_out *out)
{
    device->word[TURNSTILE_UNANSWERED] = 1;
    device->word[TURNSTILE_ANSWERED] = 1;
    device->word[TURNSTILE_ON_AT] = now_ms;
    turnstile_order_off(device, out);
    device->word[TURNSTILE_OFF_ANSWERED] = 1; /* changes nothing any more */
}

static void turnstile_refused(struct device *device, int64_t now_ms, struct device_out *out)
{
    /* Not by our release, but somebody went through. */
    bool passed = device->word[TURNSTILE_PASS_AT] != 0;

    device->word[TURNSTILE_PROVEN] = 0;
    turnstile_finish(device, now_ms, passed ? PAYMENT_RESULT_UNKNOWN : PAYMENT_RESULT_FAILED,
                     PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE, out);
}

static void turnstile_result(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;

    if (event->order_kind == DEVICE_ORDER_OFF) {
        word[TURNSTILE_OFF_ANSWERED] = word[TURNSTILE_OFF_ORDERED];
        word[TURNSTILE_OFF_DONE] = word[TURNSTILE_OFF_ORDERED] != 0 && event->result == DEVICE_ORDER_DONE;
        return;
    }
    if (word[TURNSTILE_ANSWERED] != 0)
        return;
    switch (event->result) {
    case DEVICE_ORDER_DONE:
        word[TURNSTILE_ANSWERED] = 1;
        word[TURNSTILE_ON_AT] = kind_on_at(device, event);
        break;
    case DEVICE_ORDER_REFUSED:
        turnstile_refused(device, event->now_ms, out);
        break;
    case DEVICE_ORDER_UNKNOWN:
    default:
        turnstile_unanswered(device, event->now_ms, out);
        break;
    }
}

static void turnstile_turn(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;

    if (word[TURNSTILE_PASS_AT] != 0 && now_ms >= word[TURNSTILE_PASS_AT] + TURNSTILE_PROOF_MS)
        word[TURNSTILE_PROVEN] = 1;
    if (word[TURNSTILE_ANSWERED] == 0 && now_ms >= word[TURNSTILE_BY])
        turnstile_unanswered(device, now_ms, out);
    if (word[TURNSTILE_ANSWERED] == 0) {
        bool proving = word[TURNSTILE_PASS_AT] != 0 && word[TURNSTILE_PROVEN] == 0;
        kind_wait(device, (enum device_phase)word[KIND_WORD_PHASE],
                  proving ? word[TURNSTILE_PASS_AT] + TURNSTILE_PROOF_MS : word[TURNSTILE_BY]);
    } else if (word[TURNSTILE_PROVEN] != 0) {
        if (turnstile_is_level(device))
            turnstile_order_off(device, out);
        turnstile_clear(device, now_ms, out);
    } else {
        turnstile_listen(device, now_ms, out);
    }
}

/* The guard ended the output, or the machine goes down: off, and what is known now. */
static void turnstile_end(struct device *device, int64_t now_ms, enum payment_reason reason,
                          enum device_verdict verdict, struct device_out *out)
{
    const int64_t *word = device->word;
    bool released = word[TURNSTILE_ANSWERED] != 0 && word[TURNSTILE_UNANSWERED] == 0;
    bool delivered = kind_has(device, CONFIG_ROLE_PASS) ? word[TURNSTILE_PROVEN] != 0
                                                        : released && word[TURNSTILE_FIRE] == 0;

    kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_UNLOCK, 0);
    turnstile_finish(device, now_ms, delivered ? PAYMENT_RESULT_DELIVERED : PAYMENT_RESULT_UNKNOWN, reason,
                     verdict, out);
}

static void turnstile_event(struct device *device, const struct device_event *event, struct device_out *out)
{
    switch (event->kind) {
    case DEVICE_EVENT_INPUT:
        turnstile_watch_input(device, event);
        break;
    case DEVICE_EVENT_GAP:
        turnstile_watch_gap(device, event);
        break;
    case DEVICE_EVENT_ORDER:
        if (event->role == CONFIG_ROLE_UNLOCK)
            turnstile_result(device, event, out);
        break;
    case DEVICE_EVENT_FAULT:
        turnstile_end(device, event->now_ms, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK, out);
        break;
    case DEVICE_EVENT_ABORT:
        turnstile_end(device, event->now_ms, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD, out);
        break;
    case DEVICE_EVENT_TIME:
    case DEVICE_EVENT_INTENT:
    case DEVICE_EVENT_SHOWN:
    case DEVICE_EVENT_AGAIN:
    default:
        break;
    }
    turnstile_watch_notes(device, event->now_ms, out);
    if (!out->finished)
        turnstile_turn(device, event->now_ms, out);
    if (out->finished)
        device->word[KIND_WORD_DEADLINE] = 0;
    turnstile_watch_deadline(device);
}

const struct device_kind kind_turnstile = {.lane = true,
                                           .check = turnstile_check,
                                           .start = turnstile_start,
                                           .event = turnstile_event,
                                           .idle = turnstile_watch_idle,
                                           .evident = turnstile_watch_evident};
