#include "hal/sim_physics.h"

#include <assert.h>
#include <string.h>

void sim_tell(struct sim_machine *machine, const char *name, const char *what)
{
    if (machine->witness != NULL)
        machine->witness(machine->user, machine->now_us, name, what);
}

void sim_level(struct sim_machine *machine, int32_t line, bool level, const char *told)
{
    if (line < 0 || machine->lines[line].level == level)
        return;
    machine->lines[line].level = level;
    machine->lines[line].changed_us = machine->now_us;
    if (told != NULL)
        sim_tell(machine, machine->config->lines[line].name, told);
}

int64_t sim_mechanical_us(const struct sim_machine *machine, int64_t us)
{
    return us * 100 / machine->config->sim.speed_percent;
}

/* ---- rest ---- */

/* Inputs that are active when nothing happens: shut doors, closed safety loops, an arm that is down. */
static const bool rests_on[CONFIG_ROLE_COUNT] = {
    [CONFIG_ROLE_DOOR] = true,
    [CONFIG_ROLE_FIRE] = true,
    [CONFIG_ROLE_READY] = true,
    [CONFIG_ROLE_DOWN] = true,
};

static void machine_rest(struct sim_machine *machine)
{
    const struct config *config = machine->config;

    for (int32_t i = 0; i < config->device_count; i++) {
        for (int32_t role = 0; role < CONFIG_ROLE_COUNT; role++) {
            if (rests_on[role])
                sim_level(machine, config->devices[i].line[role], true, NULL);
        }
        if (config->devices[i].kind == CONFIG_KIND_SPIRAL)
            sim_spiral_init(machine, i);
        else if (config->devices[i].kind == CONFIG_KIND_BARRIER)
            sim_barrier_init(machine, i);
    }
    sim_level(machine, config->machine.door, true, NULL);
    sim_level(machine, config->machine.fire, true, NULL);
}

/* ---- outputs ---- */

/* The output whose switching on is a start of the device, and how it is told. */
static int32_t machine_actuator(const struct config_device *device)
{
    switch (device->kind) {
    case CONFIG_KIND_SPIRAL:
        return device->line[CONFIG_ROLE_MOTOR];
    case CONFIG_KIND_BARRIER:
        return device->line[CONFIG_ROLE_OPEN];
    case CONFIG_KIND_TURNSTILE:
        return device->line[CONFIG_ROLE_UNLOCK];
    case CONFIG_KIND_VALIDATOR:
        return device->line[device->line[CONFIG_ROLE_LIGHT] >= 0 ? CONFIG_ROLE_LIGHT : CONFIG_ROLE_BUZZER];
    case CONFIG_KIND_RELAY:
    case CONFIG_KIND_PULSES:
    case CONFIG_KIND_LOCK:
    case CONFIG_KIND_COUNT:
        break;
    }
    return device->line[CONFIG_ROLE_OUTPUT];
}

/* After its actuator was switched on. */
static void machine_start(struct sim_machine *machine, int32_t device)
{
    enum config_kind kind = machine->config->devices[device].kind;

    if (kind == CONFIG_KIND_BARRIER)
        sim_barrier_power(machine, device);
    else if (kind == CONFIG_KIND_TURNSTILE)
        sim_turnstile_power(machine, device);
    else
        sim_contact_power(machine, device);
}

static void machine_power(struct sim_machine *machine, int32_t device, bool on)
{
    const struct config_device *config = &machine->config->devices[device];
    struct sim_device *state = &machine->devices[device];
    int64_t train_us = 0;

    state->on = on;
    if (!on)
        return;
    if (config->kind == CONFIG_KIND_PULSES) /* one train of pulses is one vend */
        train_us = 2000 * ((int64_t)config->param[CONFIG_PARAM_ON_MS] + config->param[CONFIG_PARAM_OFF_MS]);
    if (state->starts == 0 || machine->now_us - state->last_on_us >= train_us) {
        state->starts++;
        machine->starts++;
        sim_rule_start(machine, device);
        sim_rule_run(machine);
    }
    state->last_on_us = machine->now_us;
    machine_start(machine, device);
}

/* An output is what was ordered, unless its contact is welded. */
static void machine_output(struct sim_machine *machine, int32_t line)
{
    struct sim_line *state = &machine->lines[line];
    bool welded = sim_machine_fault(machine, SIM_FAULT_WELDED, -1, line) != NULL;
    bool on = state->driven || (state->level && welded);
    int32_t device = machine->config->lines[line].device;

    if (state->level == on)
        return;
    sim_level(machine, line, on, on ? "on" : "off");
    machine->touched = true;
    if (device >= 0 && machine_actuator(&machine->config->devices[device]) == line)
        machine_power(machine, device, on);
}

enum sim_answer sim_machine_set(struct sim_machine *machine, int32_t line, bool on, int64_t auto_off_us)
{
    struct sim_line *state = &machine->lines[line];

    assert(machine->config->lines[line].output);
    if (sim_machine_fault(machine, SIM_FAULT_REFUSES, -1, line) != NULL || state->lost)
        return SIM_ANSWER_REFUSED;
    if (sim_machine_fault(machine, SIM_FAULT_DEAF, -1, line) != NULL)
        return SIM_ANSWER_UNKNOWN;
    state->driven = on;
    state->auto_off_us = on ? auto_off_us : 0;
    machine_output(machine, line);
    if (sim_machine_fault(machine, SIM_FAULT_UNANSWERED, -1, line) != NULL)
        return SIM_ANSWER_UNKNOWN;
    return state->level == on ? SIM_ANSWER_DONE : SIM_ANSWER_UNKNOWN;
}

bool sim_machine_reads(const struct sim_machine *machine, int32_t line)
{
    return machine->lines[line].level;
}

/* ---- time ---- */

static void machine_lines(struct sim_machine *machine)
{
    for (int32_t i = 0; i < machine->config->line_count; i++) {
        struct sim_line *line = &machine->lines[i];
        bool seen = line->level, lost = sim_machine_fault(machine, SIM_FAULT_LOST, -1, i) != NULL;

        if (machine->config->lines[i].output) {
            if (line->auto_off_us != 0 && machine->now_us >= line->auto_off_us) {
                line->auto_off_us = 0;
                line->driven = false;
            }
            machine_output(machine, i);
            seen = line->level;
        } else if (sim_machine_fault(machine, SIM_FAULT_STUCK_ON, -1, i) != NULL) {
            seen = true;
        } else if (sim_machine_fault(machine, SIM_FAULT_STUCK_OFF, -1, i) != NULL) {
            seen = false;
        }
        if (seen != line->seen || lost != line->lost)
            line->changed_us = machine->now_us;
        line->seen = seen;
        line->lost = lost;
    }
}

static bool machine_moves(const struct sim_machine *machine, int32_t device)
{
    enum config_kind kind = machine->config->devices[device].kind;

    return kind == CONFIG_KIND_SPIRAL    ? sim_spiral_moves(machine, device)
           : kind == CONFIG_KIND_BARRIER ? sim_barrier_moves(machine, device)
                                         : false;
}

static int64_t machine_next_of(const struct sim_machine *machine, int32_t device)
{
    enum config_kind kind = machine->config->devices[device].kind;

    if (machine_moves(machine, device))
        return machine->now_us + SIM_TICK_US;
    return kind == CONFIG_KIND_BARRIER     ? sim_barrier_next(machine, device)
           : kind == CONFIG_KIND_TURNSTILE ? sim_turnstile_next(machine, device)
                                           : sim_contact_next(machine, device);
}

static int64_t machine_next(const struct sim_machine *machine)
{
    int64_t next_us = sim_rule_next(machine), falling_us = sim_falling_next(machine);

    if (falling_us < next_us)
        next_us = falling_us;
    if (machine->touched && machine->now_us + SIM_TICK_US < next_us)
        next_us = machine->now_us + SIM_TICK_US;
    for (int32_t i = 0; i < machine->config->device_count; i++) {
        int64_t device_us = machine_next_of(machine, i);
        if (device_us < next_us)
            next_us = device_us;
    }
    for (int32_t i = 0; i < machine->config->line_count; i++) {
        int64_t off_us = machine->lines[i].auto_off_us;
        if (off_us != 0 && off_us < next_us)
            next_us = off_us;
    }
    return next_us;
}

/* What is due at the machine's time. */
static void machine_run(struct sim_machine *machine, int64_t dt_us)
{
    machine->touched = false;
    sim_rule_run(machine);
    for (int32_t i = 0; i < machine->config->device_count; i++) {
        enum config_kind kind = machine->config->devices[i].kind;
        if (kind == CONFIG_KIND_SPIRAL) {
            if (sim_spiral_moves(machine, i))
                sim_spiral_run(machine, i, dt_us);
        } else if (kind == CONFIG_KIND_BARRIER) {
            sim_barrier_run(machine, i, dt_us);
        } else if (kind == CONFIG_KIND_TURNSTILE) {
            sim_turnstile_run(machine, i);
        } else {
            sim_contact_run(machine, i);
        }
    }
    sim_falling_run(machine);
    machine_lines(machine);
}

int64_t sim_machine_step(struct sim_machine *machine, int64_t now_us)
{
    while (machine->now_us < now_us) {
        int64_t next_us = machine_next(machine), before_us = machine->now_us;

        machine->now_us = next_us < now_us ? next_us : now_us;
        if (machine->now_us < before_us)
            machine->now_us = before_us;
        machine_run(machine, machine->now_us - before_us);
    }
    return machine_next(machine);
}

void sim_machine_init(struct sim_machine *machine, const struct config *config,
                      const struct sim_script *script, int64_t now_us, sim_witness *witness, void *user)
{
    memset(machine, 0, sizeof *machine);
    machine->config = config;
    machine->script = *script;
    machine->now_us = now_us;
    machine->witness = witness;
    machine->user = user;
    machine_rest(machine);
    sim_rule_init(machine);
    machine_run(machine, 0);
}
