/* What a spiral's movement proves: failed only where nothing can have come out, verified only by the beam. */
#include "controller/device/spiral.h"

/* In less than this part of the fastest turn seen nothing has reached the edge: coils release in the second
 * half. */
enum { SPIRAL_RELEASE_PERCENT = 25 };

bool spiral_beam_proven(const struct device *device)
{
    return device->word[SPIRAL_BEAM_PROVEN] != 0 && device->word[SPIRAL_DROP_LOST] == 0;
}

/* The motor is certainly off, and either the cam was seen at home all the time or the motor was on for so
 * short a time that no product can have reached the edge. */
static bool spiral_nothing_out(const struct device *device)
{
    const int64_t *word = device->word;
    int64_t longest_ms = word[SPIRAL_OFF_DONE] - word[SPIRAL_TURN_AT];

    if (word[SPIRAL_CAUSE] == SPIRAL_FAULT || word[SPIRAL_OFF_DONE] == 0 || word[SPIRAL_PASSED_AT] != 0)
        return false;
    if (word[SPIRAL_LEFT_AT] == 0 && word[SPIRAL_UNSEEN] == 0)
        return true;
    return word[SPIRAL_AWAY] == 0 && word[SPIRAL_TURNS] == 1 &&
           longest_ms * 100 < word[SPIRAL_FASTEST_MS] * SPIRAL_RELEASE_PERCENT;
}

/* The order was not executed; but a motor that was never confirmed off, or is seen moving, may be on all the
 * same. */
static bool spiral_refused_nothing_out(const struct device *device)
{
    const int64_t *word = device->word;
    return word[SPIRAL_OFF_UNSURE] == 0 && word[SPIRAL_DROP_AT] == 0 &&
           (word[SPIRAL_LEFT_AT] == 0 || word[SPIRAL_AWAY] != 0);
}

static enum payment_reason spiral_reason(const struct device *device)
{
    switch ((enum spiral_cause)device->word[SPIRAL_CAUSE]) {
    case SPIRAL_HOME:
    case SPIRAL_PART:
    default:
        break;
    case SPIRAL_REFUSED:
        return PAYMENT_REASON_ORDER_REFUSED;
    case SPIRAL_UNANSWERED:
        return PAYMENT_REASON_ORDER_UNKNOWN;
    case SPIRAL_NO_MOVEMENT:
        return PAYMENT_REASON_NO_MOVEMENT;
    case SPIRAL_JAM:
        return PAYMENT_REASON_JAM;
    case SPIRAL_HOME_LOST:
        return PAYMENT_REASON_SENSOR_LOST;
    case SPIRAL_FAULT:
        return PAYMENT_REASON_OUTPUT_FAULT;
    case SPIRAL_ABORT:
        return PAYMENT_REASON_STOPPED;
    }
    return device->word[SPIRAL_DROP_LOST] != 0 ? PAYMENT_REASON_SENSOR_LOST : PAYMENT_REASON_NO_DROP;
}

static enum device_verdict spiral_verdict(const struct device *device)
{
    enum spiral_cause cause = (enum spiral_cause)device->word[SPIRAL_CAUSE];

    if (cause == SPIRAL_JAM || cause == SPIRAL_FAULT)
        return DEVICE_VERDICT_LOCK;
    if (cause == SPIRAL_PART)
        return DEVICE_VERDICT_GOOD;
    if (cause != SPIRAL_HOME && cause != SPIRAL_REFUSED &&
        kind_level(device, CONFIG_ROLE_HOME) == DEVICE_LEVEL_OFF)
        return DEVICE_VERDICT_LOCK; /* stopped somewhere in its turn: somebody should look */
    if (cause == SPIRAL_ABORT || (cause == SPIRAL_HOME && device->word[SPIRAL_AWAY] != 0))
        return DEVICE_VERDICT_GOOD;
    return DEVICE_VERDICT_STRIKE;
}

/* The turn is complete, the beam has said nothing. */
static void spiral_decide_silent(struct device *device, struct device_out *out)
{
    bool proven = spiral_beam_proven(device) && device->word[SPIRAL_OFF_DONE] != 0;

    device->word[SPIRAL_BEAM_PROVEN] = 0;
    kind_finish(out, proven ? PAYMENT_RESULT_FAILED : PAYMENT_RESULT_UNKNOWN, spiral_reason(device),
                spiral_verdict(device));
}

static void spiral_decide(struct device *device, struct device_out *out)
{
    enum spiral_cause cause = (enum spiral_cause)device->word[SPIRAL_CAUSE];
    bool has_beam = kind_has(device, CONFIG_ROLE_DROP);
    bool nothing_out =
        cause == SPIRAL_REFUSED ? spiral_refused_nothing_out(device) : spiral_nothing_out(device);

    if (cause == SPIRAL_HOME && (device->word[SPIRAL_DROP_AT] != 0 || !has_beam) &&
        device->word[SPIRAL_AWAY] == 0)
        kind_deliver(out, has_beam, DEVICE_VERDICT_GOOD);
    else if (device->word[SPIRAL_DROP_AT] != 0 &&
             !(cause == SPIRAL_REFUSED && device->word[SPIRAL_TURNS] == 1))
        kind_deliver(out, true, spiral_verdict(device));
    else if (cause == SPIRAL_HOME)
        spiral_decide_silent(device, out);
    else
        kind_finish(out, nothing_out ? PAYMENT_RESULT_FAILED : PAYMENT_RESULT_UNKNOWN, spiral_reason(device),
                    spiral_verdict(device));
}

void spiral_finish(struct device *device, struct device_out *out)
{
    const int64_t *word = device->word;

    payment_add_evidence(&out->outcome, PAYMENT_EVIDENCE_MOTOR_MS, word[SPIRAL_RUN_MS]);
    kind_evidence_at(device, out, PAYMENT_EVIDENCE_HOME_LEFT_MS, word[SPIRAL_LEFT_AT]);
    kind_evidence_at(device, out, PAYMENT_EVIDENCE_HOME_MS, word[SPIRAL_HOME_AT]);
    kind_evidence_at(device, out, PAYMENT_EVIDENCE_DROP_MS, word[SPIRAL_DROP_AT]);
    if (kind_has(device, CONFIG_ROLE_DROP))
        payment_add_evidence(&out->outcome, PAYMENT_EVIDENCE_BEAM, word[SPIRAL_DROP_AT] != 0);
    if (word[SPIRAL_TURNS] > 1)
        payment_add_evidence(&out->outcome, PAYMENT_EVIDENCE_JOGS, word[SPIRAL_TURNS] - 1);
    spiral_decide(device, out);
}
