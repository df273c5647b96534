/* A train of pulses, as a coin acceptor gives them to another machine: each pulse is one unit of credit.
 *
 * Line: output. Nothing answers, so all pulses sent is delivered, not verified. A train that stops in the
 * middle has given a part: unknown, with the number of pulses that are certain. No pulse is repeated.
 */
#include "controller/device/kind.h"

enum pulses_state { PULSES_ON, PULSES_GAP };

enum {
    PULSES_STATE = KIND_WORD_OWN,
    PULSES_SENT, /* confirmed */
};

static struct device_check pulses_check(const struct device *device, int64_t now_ms)
{
    (void)device;
    (void)now_ms;
    return kind_go();
}

static void pulses_send(struct device *device, int64_t now_ms, struct device_out *out)
{
    int32_t on_ms = device->config->param[CONFIG_PARAM_ON_MS];

    device->word[PULSES_STATE] = PULSES_ON;
    kind_order(out, DEVICE_ORDER_PULSE, CONFIG_ROLE_OUTPUT, on_ms);
    kind_wait(device, DEVICE_PHASE_MOVING, now_ms + on_ms + KIND_RESULT_WAIT_MS);
}

/* Something may have been given: off, and say how much is certain. */
static void pulses_stop(struct device *device, enum payment_reason reason, enum device_verdict verdict,
                        struct device_out *out)
{
    kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_OUTPUT, 0);
    payment_add_evidence(&out->outcome, PAYMENT_EVIDENCE_PULSES, device->word[PULSES_SENT]);
    kind_finish(out, PAYMENT_RESULT_UNKNOWN, reason, verdict);
}

static void pulses_sent(struct device *device, int64_t now_ms, struct device_out *out)
{
    device->word[PULSES_SENT]++;
    if (device->word[PULSES_SENT] >= device->config->param[CONFIG_PARAM_COUNT_N]) {
        payment_add_evidence(&out->outcome, PAYMENT_EVIDENCE_PULSES, device->word[PULSES_SENT]);
        kind_deliver(out, false, DEVICE_VERDICT_GOOD);
        return;
    }
    device->word[PULSES_STATE] = PULSES_GAP;
    kind_wait(device, DEVICE_PHASE_MOVING, now_ms + device->config->param[CONFIG_PARAM_OFF_MS]);
}

static void pulses_result(struct device *device, const struct device_event *event, struct device_out *out)
{
    if (event->order_kind != DEVICE_ORDER_PULSE || device->word[PULSES_STATE] != PULSES_ON)
        return;
    switch (event->result) {
    case DEVICE_ORDER_DONE:
        pulses_sent(device, event->now_ms, out);
        break;
    case DEVICE_ORDER_REFUSED:
        payment_add_evidence(&out->outcome, PAYMENT_EVIDENCE_PULSES, device->word[PULSES_SENT]);
        kind_finish(out, device->word[PULSES_SENT] == 0 ? PAYMENT_RESULT_FAILED : PAYMENT_RESULT_UNKNOWN,
                    PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
        break;
    case DEVICE_ORDER_UNKNOWN:
    default:
        pulses_stop(device, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE, out);
        break;
    }
}

static void pulses_event(struct device *device, const struct device_event *event, struct device_out *out)
{
    switch (event->kind) {
    case DEVICE_EVENT_ORDER:
        pulses_result(device, event, out);
        break;
    case DEVICE_EVENT_TIME:
        if (!kind_due(device, event))
            break;
        if (device->word[PULSES_STATE] == PULSES_GAP)
            pulses_send(device, event->now_ms, out);
        else
            pulses_stop(device, PAYMENT_REASON_ORDER_UNKNOWN, DEVICE_VERDICT_STRIKE, out);
        break;
    case DEVICE_EVENT_FAULT:
        pulses_stop(device, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK, out);
        break;
    case DEVICE_EVENT_ABORT:
        pulses_stop(device, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD, out);
        break;
    case DEVICE_EVENT_INPUT:
    case DEVICE_EVENT_GAP: /* silence proves nothing here anyway */
    case DEVICE_EVENT_INTENT:
    case DEVICE_EVENT_SHOWN:
    case DEVICE_EVENT_AGAIN:
    default:
        break;
    }
}

const struct device_kind kind_pulses = {.check = pulses_check, .start = pulses_send, .event = pulses_event};
