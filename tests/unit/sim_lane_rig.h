/* A lane's device kind and the simulated lane coupled in virtual time, with the rules of hal and core in
 * between: orders by role, intents that become durable, notes, waiting before the start. */
#ifndef TESTS_UNIT_SIM_LANE_RIG_H
#define TESTS_UNIT_SIM_LANE_RIG_H

#include "tests/unit/sim_lane_bench.h"
#include "controller/device/device.h"

enum { SIM_LANE_RIG_COMMIT_MS = 5 };

struct sim_lane_rig {
    struct sim_bench bench;
    struct device device;
    struct device_out out; /* of the movement: as it ended */
    bool refused;          /* it never began: */
    struct device_check why;
    int32_t intents, pulses; /* pulses: of its actuator */
    char notes[512];         /* " tailgate arm_not_up" in order */
    int64_t deadline_ms, intent_ms;
    int64_t pulse_end_ms[CONFIG_ROLE_COUNT], on_at_ms[CONFIG_ROLE_COUNT], lease_end_ms[CONFIG_ROLE_COUNT];
    bool seen[CONFIG_ROLE_COUNT], known[CONFIG_ROLE_COUNT];
    int64_t now_ms;
};

static inline void sim_lane_rig_event(struct sim_lane_rig *rig, struct device_event event);

static inline enum device_order_result sim_lane_rig_set(struct sim_lane_rig *rig, enum config_role role,
                                                        bool on)
{
    enum sim_answer answer = sim_bench_set(&rig->bench, rig->now_ms, rig->device.config->line[role], on);

    return answer == SIM_ANSWER_DONE      ? DEVICE_ORDER_DONE
           : answer == SIM_ANSWER_REFUSED ? DEVICE_ORDER_REFUSED
                                          : DEVICE_ORDER_UNKNOWN;
}

static inline void sim_lane_rig_result(struct sim_lane_rig *rig, enum config_role role,
                                       enum device_order_kind kind, enum device_order_result result)
{
    sim_lane_rig_event(rig, (struct device_event){.kind = DEVICE_EVENT_ORDER,
                                                  .role = role,
                                                  .order_kind = kind,
                                                  .result = result,
                                                  .on_at_ms = rig->on_at_ms[role]});
}

static inline void sim_lane_rig_order(struct sim_lane_rig *rig, const struct device_order *order)
{
    bool on = order->kind != DEVICE_ORDER_OFF;
    enum device_order_result result;

    rig->pulse_end_ms[order->role] = rig->lease_end_ms[order->role] = 0;
    result = sim_lane_rig_set(rig, order->role, on);
    rig->on_at_ms[order->role] = on && result == DEVICE_ORDER_DONE ? rig->now_ms : 0;
    if (order->kind == DEVICE_ORDER_PULSE && result == DEVICE_ORDER_DONE) {
        rig->pulses += order->role == CONFIG_ROLE_OPEN || order->role == CONFIG_ROLE_UNLOCK;
        rig->pulse_end_ms[order->role] = rig->now_ms + order->ms;
        return;
    }
    if (order->kind == DEVICE_ORDER_ON && order->ms > 0)
        rig->lease_end_ms[order->role] = rig->now_ms + order->ms;
    sim_lane_rig_result(rig, order->role, order->kind, result);
}

static inline void sim_lane_rig_obey(struct sim_lane_rig *rig, struct device_out out)
{
    if (out.finished || out.settled > 0)
        rig->out = out;
    rig->deadline_ms = out.deadline_ms;
    if (out.need_intent) {
        rig->intents++;
        rig->intent_ms = rig->now_ms + SIM_LANE_RIG_COMMIT_MS;
    }
    for (int32_t i = 0; i < out.note_count; i++) {
        size_t length = strlen(rig->notes);
        snprintf(rig->notes + length, sizeof rig->notes - length, " %s", core_code_name(out.notes[i].code));
    }
    for (int32_t i = 0; i < out.order_count; i++)
        sim_lane_rig_order(rig, &out.orders[i]);
}

static inline void sim_lane_rig_event(struct sim_lane_rig *rig, struct device_event event)
{
    struct device_out out;

    event.now_ms = rig->now_ms;
    device_event(&rig->device, &event, &out);
    sim_lane_rig_obey(rig, out);
}

static inline void sim_lane_rig_inputs(struct sim_lane_rig *rig)
{
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++) {
        int32_t line = rig->device.config->line[role];
        const struct sim_line *state = &rig->bench.machine.lines[line >= 0 ? line : 0];
        bool known = line >= 0 && !state->lost;

        if (line < 0 || rig->bench.config.lines[line].output ||
            (rig->known[role] == known && (!known || rig->seen[role] == state->seen)))
            continue;
        rig->known[role] = known;
        rig->seen[role] = state->seen;
        sim_lane_rig_event(rig, (struct device_event){.kind = DEVICE_EVENT_INPUT,
                                                      .role = (enum config_role)role,
                                                      .level = !known        ? DEVICE_LEVEL_UNKNOWN
                                                               : state->seen ? DEVICE_LEVEL_ON
                                                                             : DEVICE_LEVEL_OFF});
    }
}

static inline void sim_lane_rig_outputs(struct sim_lane_rig *rig)
{
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++) {
        if (rig->pulse_end_ms[role] != 0 && rig->now_ms >= rig->pulse_end_ms[role]) {
            rig->pulse_end_ms[role] = 0;
            sim_lane_rig_result(rig, (enum config_role)role, DEVICE_ORDER_PULSE,
                                sim_lane_rig_set(rig, (enum config_role)role, false));
        }
        if (rig->lease_end_ms[role] != 0 && rig->now_ms >= rig->lease_end_ms[role]) {
            rig->lease_end_ms[role] = 0;
            (void)sim_lane_rig_set(rig, (enum config_role)role, false);
        }
    }
}

/* One millisecond. */
static inline void sim_lane_rig_turn(struct sim_lane_rig *rig)
{
    rig->now_ms++;
    sim_bench_to(&rig->bench, rig->now_ms);
    sim_lane_rig_inputs(rig);
    sim_lane_rig_outputs(rig);
    if (rig->intent_ms != 0 && rig->now_ms >= rig->intent_ms) {
        rig->intent_ms = 0;
        sim_lane_rig_event(rig, (struct device_event){.kind = DEVICE_EVENT_INTENT});
    }
    if (rig->deadline_ms != 0 && rig->now_ms >= rig->deadline_ms)
        sim_lane_rig_event(rig, (struct device_event){.kind = DEVICE_EVENT_TIME});
}

static inline void sim_lane_rig_to(struct sim_lane_rig *rig, int64_t until_ms)
{
    while (rig->now_ms < until_ms)
        sim_lane_rig_turn(rig);
}

static inline void sim_lane_rig_begin(struct sim_lane_rig *rig, int32_t device)
{
    struct config_device *config = &rig->bench.config.devices[device];

    config->param[CONFIG_PARAM_VEHICLE_WAIT_S] = 60;
    config->param[CONFIG_PARAM_PASSAGE_S] = 60;
    config->param[CONFIG_PARAM_DOWN_S] = 30;
    config->param[CONFIG_PARAM_RIGHTS] = 4;
    device_init(&rig->device, config);
    rig->device.screen = true;
}

/* Waits as the core does, then moves to the end; 30 seconds of rest follow. */
static inline void sim_lane_rig_pay(struct sim_lane_rig *rig, int64_t at_ms)
{
    struct device_out out;

    sim_lane_rig_to(rig, at_ms);
    memset(&rig->out, 0, sizeof rig->out);
    rig->why = device_check(&rig->device, rig->now_ms);
    while (rig->why.readiness == DEVICE_WAIT && rig->now_ms - at_ms < rig->why.wait_ms) {
        sim_lane_rig_turn(rig);
        rig->why = device_check(&rig->device, rig->now_ms);
    }
    rig->refused = rig->why.readiness != DEVICE_GO;
    if (rig->refused)
        return;
    rig->intents++;
    device_start(&rig->device, rig->now_ms, &out);
    sim_lane_rig_obey(rig, out);
    for (int i = 0; i < 300000 && rig->device.moving && rig->out.settled == 0; i++)
        sim_lane_rig_turn(rig);
    assert_true(rig->out.finished || rig->out.settled > 0);
    sim_lane_rig_to(rig, rig->now_ms + 30000);
}

#endif
