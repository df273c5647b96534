#include "controller/device/kind.h"

#include <assert.h>

bool kind_has(const struct device *device, enum config_role role)
{
    return device->config->line[role] >= 0;
}

enum device_level kind_level(const struct device *device, enum config_role role)
{
    return device->inputs.level[role];
}

struct device_check kind_go(void)
{
    return (struct device_check){.readiness = DEVICE_GO, .reason = PAYMENT_REASON_NONE};
}

struct device_check kind_refuse(enum config_role role)
{
    return (struct device_check){
        .readiness = DEVICE_REFUSE, .reason = PAYMENT_REASON_OUT_OF_SERVICE, .role = role};
}

struct device_check kind_check_idle(const struct device *device, enum config_role role,
                                    enum device_level idle)
{
    if (kind_has(device, role) && kind_level(device, role) != idle)
        return kind_refuse(role);
    return kind_go();
}

void kind_order(struct device_out *out, enum device_order_kind kind, enum config_role role, int32_t ms)
{
    assert(out->order_count < DEVICE_MAX_ORDERS);
    out->orders[out->order_count++] = (struct device_order){.kind = kind, .role = role, .ms = ms};
}

void kind_wait(struct device *device, enum device_phase phase, int64_t deadline_ms)
{
    device->word[KIND_WORD_PHASE] = phase;
    device->word[KIND_WORD_DEADLINE] = deadline_ms;
}

bool kind_due(const struct device *device, const struct device_event *event)
{
    return event->now_ms >= device->word[KIND_WORD_DEADLINE];
}

int64_t kind_on_at(const struct device *device, const struct device_event *event)
{
    if (event->on_at_ms < device->started_ms || event->on_at_ms > event->now_ms)
        return event->now_ms;
    return event->on_at_ms;
}

void kind_evidence_at(const struct device *device, struct device_out *out, enum payment_evidence name,
                      int64_t at_ms)
{
    if (at_ms != 0)
        payment_add_evidence(&out->outcome, name, at_ms - device->started_ms);
}

void kind_finish(struct device_out *out, enum payment_result result, enum payment_reason reason,
                 enum device_verdict verdict)
{
    out->finished = true;
    out->verdict = verdict;
    out->outcome.result = result;
    out->outcome.reason = reason;
    out->outcome.refund = result == PAYMENT_RESULT_FAILED    ? PAYMENT_REFUND_YES
                          : result == PAYMENT_RESULT_UNKNOWN ? PAYMENT_REFUND_REVIEW
                                                             : PAYMENT_REFUND_NO;
}

void kind_deliver(struct device_out *out, bool verified, enum device_verdict verdict)
{
    kind_finish(out, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, verdict);
    out->outcome.verified = verified;
}
