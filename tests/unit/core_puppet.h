/* The core with device functions that do what the test wrote into them: what today's kinds do not do but the
 * interface allows. Barriers, turnstiles and validators are lanes, validators take many payments at once. */
#ifndef TESTS_UNIT_CORE_PUPPET_H
#define TESTS_UNIT_CORE_PUPPET_H

#include "tests/unit/core_script.h"

static struct device_check puppet_check[CONFIG_MAX_DEVICES];
static struct device_out puppet_start, puppet_answer[DEVICE_EVENT_ABORT + 1];
static int puppet_starts, puppet_events[DEVICE_EVENT_ABORT + 1];
static struct device_event puppet_last;
static bool puppet_is_evident;

static int index_of(const struct device *device)
{
    return (int)(device->config - config.devices);
}

static bool puppet_evident(const struct device *device)
{
    (void)device;
    return puppet_is_evident;
}

const struct device_kind *device_kind(enum config_kind kind)
{
    static const struct device_kind plain, barrier = {.lane = true, .again = true, .evident = puppet_evident},
                                           turnstile = {.lane = true},
                                           validator = {.lane = true, .many = true};
    return kind == CONFIG_KIND_BARRIER     ? &barrier
           : kind == CONFIG_KIND_TURNSTILE ? &turnstile
           : kind == CONFIG_KIND_VALIDATOR ? &validator
                                           : &plain;
}

bool device_needs_screen(const struct config_device *device)
{
    return device->kind == CONFIG_KIND_VALIDATOR && device->line[CONFIG_ROLE_LIGHT] < 0;
}

void device_init(struct device *device, const struct config_device *from)
{
    memset(device, 0, sizeof(*device));
    device->config = from;
}

struct device_check device_check(const struct device *device, int64_t at_ms)
{
    (void)at_ms;
    return puppet_check[index_of(device)];
}

struct device_check device_check_service(const struct device *device, int64_t at_ms)
{
    return device_check(device, at_ms);
}

bool device_shares_line(const struct config_device *a, const struct config_device *b)
{
    (void)a;
    (void)b;
    return false; /* every puppet has sensors of its own */
}

void device_start(struct device *device, int64_t at_ms, struct device_out *out)
{
    (void)device;
    (void)at_ms;
    puppet_starts++;
    *out = puppet_start;
}

void device_event(struct device *device, const struct device_event *from, struct device_out *out)
{
    if (from->kind == DEVICE_EVENT_INPUT)
        device->inputs.level[from->role] = from->level;
    puppet_events[from->kind]++;
    puppet_last = *from;
    *out = puppet_answer[from->kind];
}

UNUSED static struct device_out finished(enum payment_result result, enum payment_reason reason,
                                         enum device_verdict verdict)
{
    struct device_out out = {.finished = true, .verdict = verdict};
    out.outcome.result = result;
    out.outcome.reason = reason;
    return out;
}

UNUSED static void puppet_clear(void)
{
    memset(puppet_check, 0, sizeof(puppet_check));
    memset(&puppet_start, 0, sizeof(puppet_start));
    memset(puppet_answer, 0, sizeof(puppet_answer));
    memset(puppet_events, 0, sizeof(puppet_events));
    puppet_starts = 0;
    puppet_is_evident = false;
}

UNUSED static int puppet_ready(void **state)
{
    puppet_clear();
    (void)script_ready(state);
    puppet_starts = 0;
    memset(puppet_events, 0, sizeof(puppet_events));
    return 0;
}

UNUSED static const struct core_txn *stored(int n)
{
    return &action(CORE_ACTION_STORE, n)->u.txn;
}

/* The first event with this code in the last step; fails the test if there is none. */
UNUSED static const struct core_action *told(enum core_code code)
{
    for (int32_t i = 0; i < acts.count; i++)
        if (acts.item[i].kind == CORE_ACTION_EVENT && acts.item[i].u.event.code == code)
            return &acts.item[i];
    fail_msg("no event %s", core_code_name(code));
    return &acts.item[0];
}

#endif
