/* A simulated machine on the bench, in virtual time, with a small vending configuration:
 * a1, a2 spirals over one beam, b1 relay with feedback, c1 pulses, d1 lock with a door; machine door and fire
 * input. */
#ifndef TESTS_UNIT_SIM_BENCH_H
#define TESTS_UNIT_SIM_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "hal/sim_machine.h"

enum sim_bench_line {
    MOTOR_A1,
    HOME_A1,
    MOTOR_A2,
    HOME_A2,
    DROP,
    OUT_B1,
    BACK_B1,
    OUT_C1,
    OUT_D1,
    DOOR_D1,
    DOOR,
    FIRE,
    SIM_BENCH_LINES
};
enum { A1, A2, B1, C1, D1 };

enum { SIM_BENCH_TOLD = 8192, SIM_BENCH_START = 1000000 };

struct sim_bench {
    struct config config;
    struct sim_script script;
    struct sim_machine machine;
    char told[SIM_BENCH_TOLD]; /* "120 home_a1 left home\n..." ms since the start */
    size_t told_length;
};

static inline void sim_bench_config(struct config *config)
{
    static const struct {
        const char *name;
        bool output;
        int32_t device;
    } lines[SIM_BENCH_LINES] = {
        {"motor_a1", true, A1}, {"home_a1", false, A1}, {"motor_a2", true, A2}, {"home_a2", false, A2},
        {"drop", false, A1},    {"out_b1", true, B1},   {"back_b1", false, B1}, {"out_c1", true, C1},
        {"out_d1", true, D1},   {"door_d1", false, D1}, {"door", false, -1},    {"fire", false, -1},
    };
    static const struct {
        const char *name;
        enum config_kind kind;
    } devices[] = {{"a1", CONFIG_KIND_SPIRAL},
                   {"a2", CONFIG_KIND_SPIRAL},
                   {"b1", CONFIG_KIND_RELAY},
                   {"c1", CONFIG_KIND_PULSES},
                   {"d1", CONFIG_KIND_LOCK}};

    memset(config, 0, sizeof *config);
    config->sim.speed_percent = 100;
    config->line_count = SIM_BENCH_LINES;
    for (int i = 0; i < SIM_BENCH_LINES; i++) {
        snprintf(config->lines[i].name, sizeof config->lines[i].name, "%s", lines[i].name);
        config->lines[i].driver = CONFIG_DRIVER_SIM;
        config->lines[i].output = lines[i].output;
        config->lines[i].device = lines[i].device;
    }
    config->machine.door = DOOR;
    config->machine.fire = FIRE;
    config->device_count = 5;
    for (int i = 0; i < 5; i++) {
        struct config_device *device = &config->devices[i];
        snprintf(device->name, sizeof device->name, "%s", devices[i].name);
        device->kind = devices[i].kind;
        for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
            device->line[role] = -1;
        device->param[CONFIG_PARAM_MAX_MS] = 4000;
        device->param[CONFIG_PARAM_PULSE_MS] = 500;
        device->param[CONFIG_PARAM_FEEDBACK_MS] = 2000;
        device->param[CONFIG_PARAM_ON_MS] = 50;
        device->param[CONFIG_PARAM_OFF_MS] = 50;
    }
    config->devices[A1].line[CONFIG_ROLE_MOTOR] = MOTOR_A1;
    config->devices[A1].line[CONFIG_ROLE_HOME] = HOME_A1;
    config->devices[A1].line[CONFIG_ROLE_DROP] = DROP;
    config->devices[A2].line[CONFIG_ROLE_MOTOR] = MOTOR_A2;
    config->devices[A2].line[CONFIG_ROLE_HOME] = HOME_A2;
    config->devices[A2].line[CONFIG_ROLE_DROP] = DROP;
    config->devices[B1].line[CONFIG_ROLE_OUTPUT] = OUT_B1;
    config->devices[B1].line[CONFIG_ROLE_FEEDBACK] = BACK_B1;
    config->devices[C1].line[CONFIG_ROLE_OUTPUT] = OUT_C1;
    config->devices[D1].line[CONFIG_ROLE_OUTPUT] = OUT_D1;
    config->devices[D1].line[CONFIG_ROLE_DOOR] = DOOR_D1;
}

static inline void sim_bench_witness(void *user, int64_t at_us, const char *name, const char *what)
{
    struct sim_bench *bench = user;
    int length = snprintf(bench->told + bench->told_length, SIM_BENCH_TOLD - bench->told_length,
                          "%lld %s %s\n", (long long)(at_us - SIM_BENCH_START) / 1000, name, what);
    assert_true(bench->told_length + (size_t)length < SIM_BENCH_TOLD);
    bench->told_length += (size_t)length;
}

static inline void sim_bench_begin(struct sim_bench *bench)
{
    bench->told_length = 0;
    bench->told[0] = '\0';
    sim_machine_init(&bench->machine, &bench->config, &bench->script, SIM_BENCH_START, sim_bench_witness,
                     bench);
}

static inline void sim_bench_init(struct sim_bench *bench, const char *script)
{
    char error[256] = "";

    sim_bench_config(&bench->config);
    if (!sim_script_parse(&bench->script, &bench->config, "test.script", script, error, sizeof error))
        fail_msg("%s", error);
    sim_bench_begin(bench);
}

/* Lives until at_ms since the start. */
static inline void sim_bench_to(struct sim_bench *bench, int64_t at_ms)
{
    sim_machine_step(&bench->machine, SIM_BENCH_START + at_ms * 1000);
}

static inline enum sim_answer sim_bench_set(struct sim_bench *bench, int64_t at_ms, int32_t line, bool on)
{
    sim_bench_to(bench, at_ms);
    return sim_machine_set(&bench->machine, line, on, 0);
}

/* Lives until the input has this level as the hal sees it, at most until most_ms; returns when, -1 = never.
 */
static inline int64_t sim_bench_await(struct sim_bench *bench, int32_t line, bool level, int64_t most_ms)
{
    for (int64_t ms = (bench->machine.now_us - SIM_BENCH_START) / 1000; ms <= most_ms; ms++) {
        sim_bench_to(bench, ms);
        if (bench->machine.lines[line].seen == level)
            return ms;
    }
    return -1;
}

static inline bool sim_bench_told(const struct sim_bench *bench, const char *words)
{
    return strstr(bench->told, words) != NULL;
}

static inline int sim_bench_times(const struct sim_bench *bench, const char *words)
{
    int times = 0;
    for (const char *at = strstr(bench->told, words); at != NULL; at = strstr(at + 1, words))
        times++;
    return times;
}

#endif
