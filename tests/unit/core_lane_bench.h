/* The script's machine with a barrier in place of the first relay: cola is an entry, its device 0.
 *
 *   open = OUT_A, hold = HOLD_OUT, presence = PRESENCE, fire = LANE_FIRE; chips (1) stays a relay.
 */
#ifndef TESTS_UNIT_CORE_LANE_BENCH_H
#define TESTS_UNIT_CORE_LANE_BENCH_H

#include "tests/unit/core_puppet.h"

enum { GATE = COLA, HOLD_OUT = LINES, PRESENCE, LANE_FIRE, LANE_LINES };

UNUSED static void lane_config(void)
{
    struct config_device *gate = &config.devices[GATE];
    config.line_count = LANE_LINES;
    config.lines[HOLD_OUT] = (struct config_line){.output = true, .device = GATE};
    gate->kind = CONFIG_KIND_BARRIER;
    gate->line[CONFIG_ROLE_OUTPUT] = -1;
    gate->line[CONFIG_ROLE_OPEN] = OUT_A;
    gate->line[CONFIG_ROLE_HOLD] = HOLD_OUT;
    gate->line[CONFIG_ROLE_PRESENCE] = PRESENCE;
    gate->line[CONFIG_ROLE_FIRE] = LANE_FIRE;
}

UNUSED static void lane_start(void)
{
    script_start();
    script_lines();
    line(PRESENCE, true);
    line(LANE_FIRE, true);
    tick(CORE_SETTLE_MS + 1);
    puppet_starts = 0;
    memset(puppet_events, 0, sizeof(puppet_events));
}

UNUSED static int lane_ready(void **state)
{
    (void)state;
    puppet_clear();
    script_begin();
    lane_config();
    core_init(&core, &config);
    lane_start();
    return 0;
}

UNUSED static void operator_says(enum core_command_kind kind, const char *who, const char *why)
{
    command(kind, GATE);
    (void)snprintf(event.u.command.owner, sizeof(event.u.command.owner), "%s", who);
    (void)snprintf(event.u.command.why, sizeof(event.u.command.why), "%s", why);
}

UNUSED static void hold_for(int64_t seconds)
{
    operator_says(CORE_COMMAND_LANE_HOLD, "alice", "a funeral");
    event.u.command.until = event.wall_s + seconds;
    step();
}

/* Orders for the hold contact in the last step: 0 none, 1 on, -1 off. */
UNUSED static int hold_ordered(void)
{
    int ret = 0, count = 0;
    for (int32_t i = 0; i < acts.count; i++)
        if (acts.item[i].kind == CORE_ACTION_ORDER && acts.item[i].u.order.line == HOLD_OUT) {
            ret = acts.item[i].u.order.kind == DEVICE_ORDER_ON ? 1 : -1;
            count++;
        }
    assert_true(count <= 1);
    return ret;
}

UNUSED static const char *error_told(void)
{
    const struct core_action *answer = action(CORE_ACTION_ANSWER, 0);
    assert_false(answer->u.answer.ok);
    return answer->u.answer.error;
}

UNUSED static struct core_device_view gate_view(void)
{
    struct core_device_view view;
    core_view_device(&core, GATE, &view);
    return view;
}

#endif
