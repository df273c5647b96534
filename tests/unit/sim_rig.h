/* A device kind and the simulated machine coupled in virtual time, with the hal's rules for orders in
 * between. */
#ifndef TESTS_UNIT_SIM_RIG_H
#define TESTS_UNIT_SIM_RIG_H

#include "tests/unit/sim_bench.h"
#include "controller/device/device.h"

struct sim_rig {
    struct sim_bench bench;
    struct device device;
    struct device_out out;
    int32_t index;        /* of the device in the bench's configuration */
    int64_t pulse_end_ms; /* 0 = no pulse runs */
    int64_t pulse_on_ms;
    int64_t limit_end_ms; /* an ON must be off by then */
    bool latched;
    bool off_wanted; /* an OFF was not confirmed: tried again, and nothing starts meanwhile */
    int64_t orders, longest_on_ms, on_since_ms;
    bool seen[CONFIG_ROLE_COUNT], known[CONFIG_ROLE_COUNT];
    int64_t now_ms;
};

static inline void sim_rig_event(struct sim_rig *rig, struct device_event event);

static inline enum config_role sim_rig_output(const struct sim_rig *rig)
{
    return rig->device.config->kind == CONFIG_KIND_SPIRAL ? CONFIG_ROLE_MOTOR : CONFIG_ROLE_OUTPUT;
}

static inline void sim_rig_result(struct sim_rig *rig, enum device_order_kind kind,
                                  enum device_order_result result)
{
    sim_rig_event(rig, (struct device_event){.kind = DEVICE_EVENT_ORDER,
                                             .role = sim_rig_output(rig),
                                             .order_kind = kind,
                                             .result = result,
                                             .on_at_ms = result == DEVICE_ORDER_DONE ? rig->pulse_on_ms : 0});
}

static inline enum device_order_result sim_rig_set(struct sim_rig *rig, bool on)
{
    int32_t line = rig->device.config->line[sim_rig_output(rig)];
    enum sim_answer answer = sim_bench_set(&rig->bench, rig->now_ms, line, on);

    return answer == SIM_ANSWER_DONE      ? DEVICE_ORDER_DONE
           : answer == SIM_ANSWER_REFUSED ? DEVICE_ORDER_REFUSED
                                          : DEVICE_ORDER_UNKNOWN;
}

/* An output that reads on after it was switched off is latched, as the guard does. */
static inline enum device_order_result sim_rig_off(struct sim_rig *rig)
{
    enum device_order_result result = sim_rig_set(rig, false);
    bool reads_on = sim_machine_reads(&rig->bench.machine, rig->device.config->line[sim_rig_output(rig)]);

    rig->limit_end_ms = 0;
    rig->off_wanted = result != DEVICE_ORDER_DONE;
    if (result == DEVICE_ORDER_UNKNOWN && reads_on && !rig->latched) {
        rig->latched = true;
        sim_rig_event(rig, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = sim_rig_output(rig)});
    }
    return result;
}

static inline void sim_rig_order(struct sim_rig *rig, const struct device_order *order)
{
    enum device_order_result result;

    rig->orders++;
    if (order->kind == DEVICE_ORDER_OFF) {
        rig->pulse_end_ms = 0;
        sim_rig_result(rig, DEVICE_ORDER_OFF, sim_rig_off(rig));
        return;
    }
    result = rig->latched ? DEVICE_ORDER_REFUSED : sim_rig_set(rig, true);
    rig->pulse_on_ms = rig->now_ms;
    if (result == DEVICE_ORDER_DONE && order->kind == DEVICE_ORDER_PULSE) {
        rig->pulse_end_ms = rig->now_ms + order->ms;
        return;
    }
    if (result == DEVICE_ORDER_DONE)
        rig->limit_end_ms = rig->now_ms + order->ms;
    if (result == DEVICE_ORDER_UNKNOWN)
        (void)sim_rig_set(rig, false);
    sim_rig_result(rig, order->kind, result);
}

static inline void sim_rig_obey(struct sim_rig *rig, const struct device_out *out)
{
    struct device_out copy = *out;

    if (copy.finished)
        assert_int_equal(rig->out.finished, 1);
    for (int32_t i = 0; i < copy.order_count; i++)
        sim_rig_order(rig, &copy.orders[i]);
}

static inline void sim_rig_event(struct sim_rig *rig, struct device_event event)
{
    struct device_out out;
    bool moving = rig->device.moving;

    event.now_ms = rig->now_ms;
    device_event(&rig->device, &event, &out);
    if (moving)
        rig->out = out;
    sim_rig_obey(rig, &out);
}

static inline void sim_rig_inputs(struct sim_rig *rig)
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
        sim_rig_event(rig, (struct device_event){.kind = DEVICE_EVENT_INPUT,
                                                 .role = (enum config_role)role,
                                                 .level = !known        ? DEVICE_LEVEL_UNKNOWN
                                                          : state->seen ? DEVICE_LEVEL_ON
                                                                        : DEVICE_LEVEL_OFF});
    }
}

static inline void sim_rig_measure(struct sim_rig *rig)
{
    bool on = sim_machine_reads(&rig->bench.machine, rig->device.config->line[sim_rig_output(rig)]);

    if (!on)
        rig->on_since_ms = 0;
    else if (rig->on_since_ms == 0)
        rig->on_since_ms = rig->now_ms;
    if (on && rig->now_ms - rig->on_since_ms > rig->longest_on_ms)
        rig->longest_on_ms = rig->now_ms - rig->on_since_ms;
}

/* One millisecond. */
static inline void sim_rig_turn(struct sim_rig *rig)
{
    rig->now_ms++;
    sim_bench_to(&rig->bench, rig->now_ms);
    sim_rig_inputs(rig);
    if (rig->pulse_end_ms != 0 && rig->now_ms >= rig->pulse_end_ms) {
        rig->pulse_end_ms = 0;
        sim_rig_result(rig, DEVICE_ORDER_PULSE,
                       sim_rig_off(rig) == DEVICE_ORDER_DONE ? DEVICE_ORDER_DONE : DEVICE_ORDER_UNKNOWN);
    }
    if (rig->limit_end_ms != 0 && rig->now_ms >= rig->limit_end_ms) {
        (void)sim_rig_off(rig);
        sim_rig_event(rig, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = sim_rig_output(rig)});
    }
    if (rig->device.moving && rig->out.deadline_ms != 0 && rig->now_ms >= rig->out.deadline_ms)
        sim_rig_event(rig, (struct device_event){.kind = DEVICE_EVENT_TIME});
    if (rig->off_wanted && rig->now_ms % 100 == 0)
        (void)sim_rig_off(rig);
    sim_rig_measure(rig);
}

static inline void sim_rig_to(struct sim_rig *rig, int64_t until_ms)
{
    while (rig->now_ms < until_ms)
        sim_rig_turn(rig);
}

static inline void sim_rig_begin(struct sim_rig *rig, int32_t device)
{
    rig->index = device;
    device_init(&rig->device, &rig->bench.config.devices[device]);
    rig->bench.config.devices[device].param[CONFIG_PARAM_OPEN_WAIT_S] = 10;
    rig->bench.config.devices[device].param[CONFIG_PARAM_COUNT_N] = 3;
    rig->now_ms = 0;
    sim_rig_to(rig, 100);
}

static inline void sim_rig_init(struct sim_rig *rig, int32_t device, const char *script)
{
    memset(rig, 0, sizeof *rig);
    sim_bench_init(&rig->bench, script);
    sim_rig_begin(rig, device);
}

/* One movement from check to end; false: refused. Two seconds of rest follow. */
static inline bool sim_rig_vend(struct sim_rig *rig)
{
    struct device_out out;

    if (rig->off_wanted || device_check(&rig->device, rig->now_ms).readiness != DEVICE_GO)
        return false;
    device_start(&rig->device, rig->now_ms, &out);
    rig->out = out;
    sim_rig_obey(rig, &out);
    for (int i = 0; i < 60000 && rig->device.moving; i++)
        sim_rig_turn(rig);
    assert_false(rig->device.moving);
    sim_rig_to(rig, rig->now_ms + 2000);
    return true;
}

#endif
