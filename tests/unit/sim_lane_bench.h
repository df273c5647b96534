/* Lanes on the bench of the simulated machine: "in" and "out" barriers with everything wired, "t1" and
 * "t2" turnstiles (pulse and level mode), "v1" a validator. */
#ifndef TESTS_UNIT_SIM_LANE_BENCH_H
#define TESTS_UNIT_SIM_LANE_BENCH_H

#include "tests/unit/sim_bench.h"

enum sim_lane_bench_line {
    ENTRY_OPEN = SIM_BENCH_LINES,
    ENTRY_HOLD,
    ENTRY_SIGN,
    ENTRY_PRESENCE,
    ENTRY_PASSAGE,
    ENTRY_UP,
    ENTRY_DOWN,
    ENTRY_FAULT,
    ENTRY_FIRE,
    EXIT_OPEN,
    EXIT_PRESENCE,
    EXIT_PASSAGE,
    GATE_UNLOCK,
    GATE_PASS,
    GATE_READY,
    GATE_WRONG_WAY,
    GATE_FIRE,
    WAY_UNLOCK,
    WAY_PASS,
    BUS_LIGHT,
    BUS_BUZZER,
    SIM_LANE_BENCH_LINES
};
enum { ENTRY = D1 + 1, EXIT, GATE, WAY, BUS, SIM_LANE_BENCH_DEVICES };

static inline void sim_lane_bench_config(struct config *config)
{
    static const struct {
        const char *name;
        int32_t device;
        enum config_role role;
        bool output;
    } lines[] = {
        {"in_open", ENTRY, CONFIG_ROLE_OPEN, true},
        {"in_hold", ENTRY, CONFIG_ROLE_HOLD, true},
        {"in_sign", ENTRY, CONFIG_ROLE_SIGN, true},
        {"in_presence", ENTRY, CONFIG_ROLE_PRESENCE, false},
        {"in_passage", ENTRY, CONFIG_ROLE_PASSAGE, false},
        {"in_up", ENTRY, CONFIG_ROLE_UP, false},
        {"in_down", ENTRY, CONFIG_ROLE_DOWN, false},
        {"in_fault", ENTRY, CONFIG_ROLE_FAULT, false},
        {"in_fire", ENTRY, CONFIG_ROLE_FIRE, false},
        {"out_open", EXIT, CONFIG_ROLE_OPEN, true},
        {"out_presence", EXIT, CONFIG_ROLE_PRESENCE, false},
        {"out_passage", EXIT, CONFIG_ROLE_PASSAGE, false},
        {"unlock", GATE, CONFIG_ROLE_UNLOCK, true},
        {"pass", GATE, CONFIG_ROLE_PASS, false},
        {"ready", GATE, CONFIG_ROLE_READY, false},
        {"wrong_way", GATE, CONFIG_ROLE_WRONG_WAY, false},
        {"t1_fire", GATE, CONFIG_ROLE_FIRE, false},
        {"t2_unlock", WAY, CONFIG_ROLE_UNLOCK, true},
        {"t2_pass", WAY, CONFIG_ROLE_PASS, false},
        {"light", BUS, CONFIG_ROLE_LIGHT, true},
        {"buzzer", BUS, CONFIG_ROLE_BUZZER, true},
    };
    static const struct {
        const char *name;
        enum config_kind kind;
    } devices[] = {{"in", CONFIG_KIND_BARRIER},
                   {"out", CONFIG_KIND_BARRIER},
                   {"t1", CONFIG_KIND_TURNSTILE},
                   {"t2", CONFIG_KIND_TURNSTILE},
                   {"v1", CONFIG_KIND_VALIDATOR}};

    sim_bench_config(config);
    for (int32_t i = ENTRY; i < SIM_LANE_BENCH_DEVICES; i++) {
        struct config_device *device = &config->devices[i];
        snprintf(device->name, sizeof device->name, "%s", devices[i - ENTRY].name);
        device->kind = devices[i - ENTRY].kind;
        for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
            device->line[role] = -1;
        device->param[CONFIG_PARAM_PULSE_MS] = 500;
        device->param[CONFIG_PARAM_UP_MS] = 8000;
        device->param[CONFIG_PARAM_RELOCK_S] = 8;
        device->param[CONFIG_PARAM_MODE] = i == WAY;
        device->param[CONFIG_PARAM_SHOW_MS] = 3000;
        device->param[CONFIG_PARAM_BUZZ_MS] = 150;
    }
    for (int32_t i = SIM_BENCH_LINES; i < SIM_LANE_BENCH_LINES; i++) {
        struct config_line *line = &config->lines[i];
        snprintf(line->name, sizeof line->name, "%s", lines[i - SIM_BENCH_LINES].name);
        line->driver = CONFIG_DRIVER_SIM;
        line->output = lines[i - SIM_BENCH_LINES].output;
        line->device = lines[i - SIM_BENCH_LINES].device;
        config->devices[line->device].line[lines[i - SIM_BENCH_LINES].role] = i;
    }
    config->line_count = SIM_LANE_BENCH_LINES;
    config->device_count = SIM_LANE_BENCH_DEVICES;
}

static inline void sim_lane_bench_init(struct sim_bench *bench, const char *script)
{
    char error[256] = "";

    sim_lane_bench_config(&bench->config);
    if (!sim_script_parse(&bench->script, &bench->config, "test.script", script, error, sizeof error))
        fail_msg("%s", error);
    sim_bench_begin(bench);
}

/* A pulse of half a second, as a controller gives it. */
static inline void sim_lane_bench_pulse(struct sim_bench *bench, int64_t at_ms, int32_t line)
{
    sim_bench_set(bench, at_ms, line, true);
    sim_bench_set(bench, at_ms + 500, line, false);
}

/* Where the words are in what was told; -1 = nowhere. */
static inline int64_t sim_lane_bench_place(const struct sim_bench *bench, const char *words)
{
    const char *at = strstr(bench->told, words);
    return at != NULL ? at - bench->told : -1;
}

/* All of them were told, in this order; the list ends with NULL. */
static inline void sim_lane_bench_expect(const struct sim_bench *bench, const char *const *words)
{
    const char *at = bench->told;

    for (; *words != NULL; words++) {
        const char *found = strstr(at, *words);
        if (found == NULL)
            fail_msg("'%s' was not told, or too early, in:\n%s", *words, bench->told);
        else
            at = found + strlen(*words);
    }
}
#define SIM_TOLD(bench, ...) sim_lane_bench_expect((bench), (const char *const[]){__VA_ARGS__, NULL})

#endif
