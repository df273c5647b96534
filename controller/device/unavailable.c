/* Kinds of the contract that are not built: they can be configured, but never sell and never move. */
#include "controller/device/kind.h"

static struct device_check unavailable_check(const struct device *device, int64_t now_ms)
{
    (void)device;
    (void)now_ms;
    /* None of these kinds has a motor, so no line is blamed. */
    return kind_refuse(CONFIG_ROLE_MOTOR);
}

static void unavailable_start(struct device *device, int64_t now_ms, struct device_out *out)
{
    (void)device;
    (void)now_ms;
    kind_finish(out, PAYMENT_RESULT_FAILED, PAYMENT_REASON_OUT_OF_SERVICE, DEVICE_VERDICT_LOCK);
}

static void unavailable_event(struct device *device, const struct device_event *event, struct device_out *out)
{
    (void)device;
    (void)event;
    (void)out;
}

const struct device_kind kind_unavailable = {
    .check = unavailable_check, .start = unavailable_start, .event = unavailable_event};
