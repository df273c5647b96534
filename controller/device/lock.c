/* A lock: a pulse releases it, the customer opens the door and takes the goods.
 *
 * Lines: output, door* (1 = shut, as the machine's door). Without the door's contact a sent pulse is
 * delivered, not verified. With it the door must have opened by open_wait_s after the output went on. A door
 * that was seen shut from before the pulse until after it, with the output off again, has let nothing out:
 * failed. Not seen for a while, or the output perhaps still on: unknown.
 */
#include "controller/device/kind.h"

enum lock_state { LOCK_PULSING, LOCK_WAITING };

enum { LOCK_GAP_MS = 500 }; /* a hand can open a door and shut it again unseen */

enum {
    LOCK_STATE = KIND_WORD_OWN,
    LOCK_ON_AT,      /* the output went on */
    LOCK_OPEN_AT,    /* the door opened */
    LOCK_LOST,       /* 1: the door's line was not good for a while */
    LOCK_UNANSWERED, /* 1: the pulse may or may not have been sent */
    LOCK_OFF,        /* 1: the output is certainly off again */
};

static struct device_check lock_check(const struct device *device, int64_t now_ms)
{
    (void)now_ms;
    return kind_check_idle(device, CONFIG_ROLE_DOOR, DEVICE_LEVEL_ON);
}

static void lock_start(struct device *device, int64_t now_ms, struct device_out *out)
{
    int32_t pulse_ms = device->config->param[CONFIG_PARAM_PULSE_MS];

    kind_order(out, DEVICE_ORDER_PULSE, CONFIG_ROLE_OUTPUT, pulse_ms);
    kind_wait(device, DEVICE_PHASE_TAKE, now_ms + pulse_ms + KIND_RESULT_WAIT_MS);
}

static void lock_finish(struct device *device, enum payment_result result, enum payment_reason reason,
                        enum device_verdict verdict, struct device_out *out)
{
    if (device->word[LOCK_ON_AT] != 0)
        payment_add_evidence(&out->outcome, PAYMENT_EVIDENCE_PULSES, 1);
    kind_evidence_at(device, out, PAYMENT_EVIDENCE_DOOR_MS, device->word[LOCK_OPEN_AT]);
    if (result == PAYMENT_RESULT_DELIVERED)
        kind_deliver(out, kind_has(device, CONFIG_ROLE_DOOR), verdict);
    else
        kind_finish(out, result, reason, verdict);
}

static void lock_decide(struct device *device, struct device_out *out)
{
    const int64_t *word = device->word;
    bool watched = kind_has(device, CONFIG_ROLE_DOOR);
    enum payment_reason reason = word[LOCK_UNANSWERED] != 0 ? PAYMENT_REASON_ORDER_UNKNOWN
                                 : word[LOCK_LOST] != 0     ? PAYMENT_REASON_SENSOR_LOST
                                                            : PAYMENT_REASON_DOOR_NOT_OPENED;

    if (watched ? word[LOCK_OPEN_AT] != 0 : word[LOCK_UNANSWERED] == 0)
        lock_finish(device, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD, out);
    else if (watched && word[LOCK_OFF] != 0 && word[LOCK_LOST] == 0)
        lock_finish(device, PAYMENT_RESULT_FAILED, reason, DEVICE_VERDICT_STRIKE, out);
    else
        lock_finish(device, PAYMENT_RESULT_UNKNOWN, reason, DEVICE_VERDICT_STRIKE, out);
}

static void lock_wait(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t on_at_ms = device->word[LOCK_ON_AT] != 0 ? device->word[LOCK_ON_AT] : now_ms;
    int64_t until_ms = on_at_ms + (int64_t)device->config->param[CONFIG_PARAM_OPEN_WAIT_S] * 1000;

    device->word[LOCK_STATE] = LOCK_WAITING;
    kind_wait(device, DEVICE_PHASE_TAKE, until_ms);
    if (!kind_has(device, CONFIG_ROLE_DOOR) || device->word[LOCK_OPEN_AT] != 0 || now_ms >= until_ms)
        lock_decide(device, out);
}

static void lock_unanswered(struct device *device, int64_t now_ms, struct device_out *out)
{
    device->word[LOCK_UNANSWERED] = 1;
    kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_OUTPUT, 0);
    lock_wait(device, now_ms, out);
}

static void lock_refused(struct device *device, struct device_out *out)
{
    /* Not by our pulse, but it is open: the goods can be taken. */
    bool open = device->word[LOCK_OPEN_AT] != 0;
    lock_finish(device, open ? PAYMENT_RESULT_UNKNOWN : PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED,
                DEVICE_VERDICT_STRIKE, out);
}

static void lock_result(struct device *device, const struct device_event *event, struct device_out *out)
{
    if (event->order_kind != DEVICE_ORDER_PULSE) {
        if (device->word[LOCK_STATE] == LOCK_WAITING && event->result == DEVICE_ORDER_DONE)
            device->word[LOCK_OFF] = 1;
        return;
    }
    if (device->word[LOCK_STATE] != LOCK_PULSING)
        return;
    switch (event->result) {
    case DEVICE_ORDER_DONE:
        device->word[LOCK_ON_AT] = kind_on_at(device, event);
        device->word[LOCK_OFF] = 1;
        lock_wait(device, event->now_ms, out);
        break;
    case DEVICE_ORDER_REFUSED:
        lock_refused(device, out);
        break;
    case DEVICE_ORDER_UNKNOWN:
    default:
        lock_unanswered(device, event->now_ms, out);
        break;
    }
}

static void lock_input(struct device *device, const struct device_event *event, struct device_out *out)
{
    if (event->role != CONFIG_ROLE_DOOR)
        return;
    if (event->level == DEVICE_LEVEL_UNKNOWN)
        device->word[LOCK_LOST] = 1;
    if (event->level == DEVICE_LEVEL_OFF && device->word[LOCK_OPEN_AT] == 0)
        device->word[LOCK_OPEN_AT] = event->now_ms;
    if (device->word[LOCK_STATE] == LOCK_WAITING && device->word[LOCK_OPEN_AT] != 0)
        lock_decide(device, out);
}

static void lock_end(struct device *device, enum payment_reason reason, enum device_verdict verdict,
                     struct device_out *out)
{
    bool open = device->word[LOCK_OPEN_AT] != 0;

    kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_OUTPUT, 0);
    lock_finish(device, open ? PAYMENT_RESULT_DELIVERED : PAYMENT_RESULT_UNKNOWN, reason, verdict, out);
}

static void lock_event(struct device *device, const struct device_event *event, struct device_out *out)
{
    switch (event->kind) {
    case DEVICE_EVENT_INPUT:
        lock_input(device, event, out);
        break;
    case DEVICE_EVENT_GAP:
        if (event->gap_ms >= LOCK_GAP_MS)
            device->word[LOCK_LOST] = 1;
        break;
    case DEVICE_EVENT_ORDER:
        lock_result(device, event, out);
        break;
    case DEVICE_EVENT_TIME:
        if (!kind_due(device, event))
            break;
        if (device->word[LOCK_STATE] == LOCK_PULSING)
            lock_unanswered(device, event->now_ms, out);
        else
            lock_decide(device, out);
        break;
    case DEVICE_EVENT_FAULT:
        lock_end(device, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK, out);
        break;
    case DEVICE_EVENT_ABORT:
        lock_end(device, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD, out);
        break;
    case DEVICE_EVENT_INTENT:
    case DEVICE_EVENT_SHOWN:
    case DEVICE_EVENT_AGAIN:
    default:
        break;
    }
    /* A customer at an open locker keeps nobody waiting. */
    out->at_rest = device->word[LOCK_STATE] == LOCK_WAITING && device->word[LOCK_OFF] != 0;
}

const struct device_kind kind_lock = {.check = lock_check, .start = lock_start, .event = lock_event};
