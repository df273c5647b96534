/* Events for the operator: what happened, to which payment, and what the sensors had said before. */
#include "controller/core_state.h"

#include <assert.h>
#include <string.h>

void core_emit_event(struct core_actions *out, enum core_code code, int32_t product, int32_t device,
                     int32_t line)
{
    struct core_action *action = core_emit(out, CORE_ACTION_EVENT);
    memset(&action->u.event, 0, sizeof(action->u.event));
    action->u.event.code = code;
    action->u.event.product = product;
    action->u.event.device = device;
    action->u.event.line = line;
}

void core_emit_payment_event(struct core_actions *out, enum core_code code, const struct payment *payment,
                             enum payment_reason reason)
{
    core_emit_event(out, code, payment->product, payment->device, -1);
    struct core_action *action = &out->item[out->count - 1];
    memcpy(action->u.event.provider, payment->claims.provider, sizeof(action->u.event.provider));
    memcpy(action->u.event.payment_id, payment->claims.payment_id, sizeof(action->u.event.payment_id));
    action->u.event.reason = reason;
}

static void add_trace(const struct core *core, const struct device *device, struct core_action *action)
{
    for (int32_t i = 0; i < device->trace_count; i++) {
        const struct device_change *change =
            &device->trace[(device->trace_next - device->trace_count + i + DEVICE_TRACE) % DEVICE_TRACE];
        int64_t ago_ms = core->now_ms - change->at_ms;
        struct core_trace *at = &action->u.event.trace[action->u.event.trace_count++];
        at->line = device->config->line[change->role];
        at->level = change->level;
        at->ago_ms = ago_ms > INT32_MAX ? INT32_MAX : (int32_t)ago_ms;
    }
}

void core_tell_notes(struct core *core, int32_t device, const struct device_out *result,
                     struct core_actions *out)
{
    const struct core_device *at = &core->devices[device];
    assert(result->note_count <= DEVICE_MAX_NOTES);
    for (int32_t i = 0; i < result->note_count; i++) {
        enum config_role role = result->notes[i].role;
        int32_t line = role < CONFIG_ROLE_COUNT ? at->device.config->line[role] : -1;
        if (at->slot >= 0)
            core_emit_payment_event(out, result->notes[i].code, &core->slots[at->slot].payment,
                                    PAYMENT_REASON_NONE);
        else
            core_emit_event(out, result->notes[i].code, -1, device, line);
        struct core_action *action = &out->item[out->count - 1];
        action->u.event.line = line;
        add_trace(core, &at->device, action);
    }
}
