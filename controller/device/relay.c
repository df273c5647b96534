/* A relay: one pulse starts somebody else's machine; a feedback contact may say that it did.
 *
 * Lines: output, feedback* (1 = it has happened). Feedback counts within feedback_ms of the output being on.
 * Without feedback a sent pulse is delivered, not verified. With feedback, silence is never a proof that
 * nothing happened, so it is unknown; only an order that was refused is failed.
 */
#include "controller/device/kind.h"

enum relay_state { RELAY_PULSING, RELAY_LISTENING, RELAY_CLEARING };

enum {
    RELAY_STATE = KIND_WORD_OWN,
    RELAY_ON_AT,       /* the output went on */
    RELAY_FEEDBACK_AT, /* the contact closed */
    RELAY_LOST,        /* 1: the contact's line was not good for a while */
    RELAY_UNANSWERED,  /* 1: the pulse may or may not have been sent */
};

static struct device_check relay_check(const struct device *device, int64_t now_ms)
{
    (void)now_ms;
    return kind_check_idle(device, CONFIG_ROLE_FEEDBACK, DEVICE_LEVEL_OFF);
}

static void relay_start(struct device *device, int64_t now_ms, struct device_out *out)
{
    int32_t pulse_ms = device->config->param[CONFIG_PARAM_PULSE_MS];

    kind_order(out, DEVICE_ORDER_PULSE, CONFIG_ROLE_OUTPUT, pulse_ms);
    kind_wait(device, DEVICE_PHASE_MOVING, now_ms + pulse_ms + KIND_RESULT_WAIT_MS);
}

/* Closed after the output went on, and in time. With an unanswered order that moment is the start. */
static bool relay_confirmed(const struct device *device)
{
    int64_t at_ms = device->word[RELAY_FEEDBACK_AT];
    int64_t on_at_ms = device->word[RELAY_ON_AT] != 0 ? device->word[RELAY_ON_AT] : device->started_ms;
    return at_ms != 0 && at_ms >= on_at_ms &&
           at_ms <= on_at_ms + device->config->param[CONFIG_PARAM_FEEDBACK_MS];
}

static void relay_finish(struct device *device, enum payment_result result, enum payment_reason reason,
                         enum device_verdict verdict, struct device_out *out)
{
    if (device->word[RELAY_ON_AT] != 0)
        payment_add_evidence(&out->outcome, PAYMENT_EVIDENCE_PULSES, 1);
    kind_evidence_at(device, out, PAYMENT_EVIDENCE_FEEDBACK_MS, device->word[RELAY_FEEDBACK_AT]);
    if (result == PAYMENT_RESULT_DELIVERED)
        kind_deliver(out, kind_has(device, CONFIG_ROLE_FEEDBACK), verdict);
    else
        kind_finish(out, result, reason, verdict);
}

static void relay_decide(struct device *device, struct device_out *out)
{
    bool heard = kind_has(device, CONFIG_ROLE_FEEDBACK);
    enum payment_reason reason = device->word[RELAY_UNANSWERED] != 0 ? PAYMENT_REASON_ORDER_UNKNOWN
                                 : device->word[RELAY_LOST] != 0     ? PAYMENT_REASON_SENSOR_LOST
                                                                     : PAYMENT_REASON_NO_FEEDBACK;

    if (heard ? relay_confirmed(device) : device->word[RELAY_UNANSWERED] == 0)
        relay_finish(device, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD, out);
    else
        relay_finish(device, PAYMENT_RESULT_UNKNOWN, reason, DEVICE_VERDICT_STRIKE, out);
}

/* The pulse is over: wait for the contact, then for its release. */
static void relay_listen(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t on_at_ms = device->word[RELAY_ON_AT] != 0 ? device->word[RELAY_ON_AT] : now_ms;
    int64_t until_ms = on_at_ms + device->config->param[CONFIG_PARAM_FEEDBACK_MS];

    if (kind_has(device, CONFIG_ROLE_FEEDBACK) && device->word[RELAY_FEEDBACK_AT] == 0 && now_ms < until_ms) {
        device->word[RELAY_STATE] = RELAY_LISTENING;
        kind_wait(device, DEVICE_PHASE_MOVING, until_ms);
    } else if (kind_level(device, CONFIG_ROLE_FEEDBACK) == DEVICE_LEVEL_ON) {
        device->word[RELAY_STATE] = RELAY_CLEARING;
        kind_wait(device, DEVICE_PHASE_TAKE, now_ms + KIND_CLEAR_MS);
    } else {
        relay_decide(device, out);
    }
}

static void relay_unanswered(struct device *device, int64_t now_ms, struct device_out *out)
{
    device->word[RELAY_UNANSWERED] = 1;
    kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_OUTPUT, 0);
    relay_listen(device, now_ms, out);
}

static void relay_refused(struct device *device, struct device_out *out)
{
    /* Not by our pulse, but the contact says that it has happened. */
    bool closed = device->word[RELAY_FEEDBACK_AT] != 0;
    relay_finish(device, closed ? PAYMENT_RESULT_UNKNOWN : PAYMENT_RESULT_FAILED,
                 PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE, out);
}

static void relay_result(struct device *device, const struct device_event *event, struct device_out *out)
{
    if (event->order_kind != DEVICE_ORDER_PULSE || device->word[RELAY_STATE] != RELAY_PULSING)
        return;
    switch (event->result) {
    case DEVICE_ORDER_DONE:
        device->word[RELAY_ON_AT] = kind_on_at(device, event);
        relay_listen(device, event->now_ms, out);
        break;
    case DEVICE_ORDER_REFUSED:
        relay_refused(device, out);
        break;
    case DEVICE_ORDER_UNKNOWN:
    default:
        relay_unanswered(device, event->now_ms, out);
        break;
    }
}

static void relay_input(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;

    if (event->role != CONFIG_ROLE_FEEDBACK)
        return;
    if (event->level == DEVICE_LEVEL_UNKNOWN)
        word[RELAY_LOST] = 1;
    if (event->level == DEVICE_LEVEL_ON && word[RELAY_FEEDBACK_AT] == 0)
        word[RELAY_FEEDBACK_AT] = event->now_ms;
    if (word[RELAY_STATE] == RELAY_CLEARING && event->level != DEVICE_LEVEL_ON)
        relay_decide(device, out);
    else if (word[RELAY_STATE] == RELAY_LISTENING && word[RELAY_FEEDBACK_AT] != 0)
        relay_listen(device, event->now_ms, out);
}

/* The guard ended the output, or the machine goes down: off, and what is known now. */
static void relay_end(struct device *device, enum payment_reason reason, enum device_verdict verdict,
                      struct device_out *out)
{
    bool delivered = kind_has(device, CONFIG_ROLE_FEEDBACK) && relay_confirmed(device);

    kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_OUTPUT, 0);
    relay_finish(device, delivered ? PAYMENT_RESULT_DELIVERED : PAYMENT_RESULT_UNKNOWN, reason, verdict, out);
}

static void relay_event(struct device *device, const struct device_event *event, struct device_out *out)
{
    switch (event->kind) {
    case DEVICE_EVENT_INPUT:
        relay_input(device, event, out);
        break;
    case DEVICE_EVENT_ORDER:
        relay_result(device, event, out);
        break;
    case DEVICE_EVENT_TIME:
        if (!kind_due(device, event))
            break;
        if (device->word[RELAY_STATE] == RELAY_PULSING)
            relay_unanswered(device, event->now_ms, out);
        else
            relay_decide(device, out);
        break;
    case DEVICE_EVENT_FAULT:
        relay_end(device, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK, out);
        break;
    case DEVICE_EVENT_ABORT:
        relay_end(device, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD, out);
        break;
    case DEVICE_EVENT_GAP: /* silence proves nothing here anyway */
    case DEVICE_EVENT_INTENT:
    case DEVICE_EVENT_SHOWN:
    case DEVICE_EVENT_AGAIN:
    default:
        break;
    }
}

const struct device_kind kind_relay = {.check = relay_check, .start = relay_start, .event = relay_event};
