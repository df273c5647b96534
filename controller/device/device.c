/* The table of kinds and what is the same for all of them: inputs first, then the kind, then deadline and
 * phase. */
#include "controller/device/kind.h"

#include <assert.h>
#include <string.h>

static const struct device_kind *const kinds[CONFIG_KIND_COUNT] = {
    [CONFIG_KIND_SPIRAL] = &kind_spiral,       [CONFIG_KIND_RELAY] = &kind_relay,
    [CONFIG_KIND_PULSES] = &kind_pulses,       [CONFIG_KIND_LOCK] = &kind_lock,
    [CONFIG_KIND_BARRIER] = &kind_barrier,     [CONFIG_KIND_TURNSTILE] = &kind_turnstile,
    [CONFIG_KIND_VALIDATOR] = &kind_validator,
};

const struct device_kind *device_kind(enum config_kind kind)
{
    assert(kind < CONFIG_KIND_COUNT);
    return kinds[kind];
}

bool device_needs_screen(const struct config_device *config)
{
    return config->kind == CONFIG_KIND_VALIDATOR && config->line[CONFIG_ROLE_LIGHT] < 0;
}

/* What such a line says is a matter of the place, not of one movement: it is nobody's evidence. */
static bool role_is_common(int role)
{
    return role == CONFIG_ROLE_FIRE || role == CONFIG_ROLE_FAULT || role == CONFIG_ROLE_READY;
}

bool device_shares_line(const struct config_device *a, const struct config_device *b)
{
    for (int i = 0; i < CONFIG_ROLE_COUNT; i++) {
        for (int j = 0; j < CONFIG_ROLE_COUNT; j++) {
            if (a->line[i] >= 0 && a->line[i] == b->line[j] && !(role_is_common(i) && role_is_common(j)))
                return true;
        }
    }
    return false;
}

void device_init(struct device *device, const struct config_device *config)
{
    memset(device, 0, sizeof *device);
    device->config = config;
}

struct device_check device_check(const struct device *device, int64_t now_ms)
{
    const struct device_kind *kind = device_kind(device->config->kind);
    if (device->moving && !kind->many)
        return (struct device_check){.readiness = DEVICE_WAIT, .reason = PAYMENT_REASON_BUSY};
    return kind->check(device, now_ms);
}

struct device_check device_check_service(const struct device *device, int64_t now_ms)
{
    const struct device_kind *kind = device_kind(device->config->kind);
    if (device->moving || kind->check_service == NULL)
        return device_check(device, now_ms);
    return kind->check_service(device, now_ms);
}

static void device_conclude(struct device *device, const struct device_kind *kind, struct device_out *out)
{
    if (out->finished) {
        device->moving = false;
        if (!kind->lane) /* a lane goes on watching */
            device->word[KIND_WORD_DEADLINE] = 0;
        device->word[KIND_WORD_PHASE] =
            out->outcome.result == PAYMENT_RESULT_DELIVERED ? DEVICE_PHASE_TAKE : DEVICE_PHASE_IDLE;
    }
    out->deadline_ms = device->word[KIND_WORD_DEADLINE];
    out->phase = (enum device_phase)device->word[KIND_WORD_PHASE];
}

void device_start(struct device *device, int64_t now_ms, struct device_out *out)
{
    const struct device_kind *kind = device_kind(device->config->kind);

    assert(!device->moving || kind->many);
    memset(out, 0, sizeof *out);
    if (!kind->many)
        memset(device->word, 0, KIND_WORD_KEPT * sizeof device->word[0]);
    device->moving = true;
    device->started_ms = now_ms;
    kind->start(device, now_ms, out);
    device_conclude(device, kind, out);
}

static void device_hear(struct device *device, const struct device_event *event)
{
    if (device->inputs.level[event->role] != event->level) {
        device->trace[device->trace_next] = (struct device_change){event->role, event->level, event->now_ms};
        device->trace_next = (device->trace_next + 1) % DEVICE_TRACE;
        if (device->trace_count < DEVICE_TRACE)
            device->trace_count++;
    }
    device->inputs.level[event->role] = event->level;
}

/* A time asked for is heard once, also by a kind that does not ask for another. */
static void device_idle(struct device *device, const struct device_kind *kind,
                        const struct device_event *event, struct device_out *out)
{
    kind->idle(device, event, out);
    if (event->kind == DEVICE_EVENT_TIME && device->word[KIND_WORD_DEADLINE] <= event->now_ms)
        device->word[KIND_WORD_DEADLINE] = 0;
}

void device_event(struct device *device, const struct device_event *event, struct device_out *out)
{
    const struct device_kind *kind = device_kind(device->config->kind);

    memset(out, 0, sizeof *out);
    if (event->kind == DEVICE_EVENT_INPUT)
        device_hear(device, event);
    if (device->moving || kind->many)
        kind->event(device, event, out);
    else if (kind->idle != NULL)
        device_idle(device, kind, event, out);
    device_conclude(device, kind, out);
}
