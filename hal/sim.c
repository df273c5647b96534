/* The simulated machine as a line driver: physics from sim_machine.c, faults from a script, a trace as
 * witness.
 *
 * With outputs_only (kiosk-safe) there is a machine at rest: an output that is made safe is told to the
 * trace, so that the witness sees who ended a movement when the daemon could not.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/clock.h"
#include "hal/driver.h"
#include "hal/sim_machine.h"
#include "hal/sim_trace.h"

enum {
    SIM_SLICE_US = 2000, /* inputs are looked at this often while something moves */
    SIM_FLASH_UNIT_MS = 100,
    SIM_SET_MS = 5,
};

struct sim_state {
    struct sim_machine machine;
    struct sim_trace trace;
};

static void sim_open_trace(struct sim_state *state, const struct config *config, char *error,
                           size_t error_size, int *ret_rc)
{
    const char *file = getenv("KIOSK_SIM_TRACE");

    if (file == NULL)
        file = config->sim.trace;
    *ret_rc = sim_trace_open(&state->trace, file);
    if (*ret_rc < 0)
        snprintf(error, error_size, "%s: %s", file, strerror(-*ret_rc));
}

static int sim_read_script(const struct hal_instance *instance, struct sim_script *ret, char *error,
                           size_t error_size)
{
    const char *file = getenv("KIOSK_SIM_SCRIPT");

    if (file == NULL)
        file = instance->config->sim.script;
    if (file[0] == '\0' || instance->outputs_only)
        return 0;
    return sim_script_read(ret, instance->config, file, error, error_size) ? 0 : -EINVAL;
}

static int sim_open(struct hal_instance *instance, char *error, size_t error_size)
{
    struct sim_state *state = calloc(1, sizeof *state);
    struct sim_script *script = calloc(1, sizeof *script);
    int rc = state == NULL || script == NULL ? -ENOMEM : 0;

    if (rc == 0)
        rc = sim_read_script(instance, script, error, error_size);
    if (rc == 0)
        sim_open_trace(state, instance->config, error, error_size, &rc);
    if (rc == 0) {
        instance->state = state;
        sim_trace_write(&state->trace, clock_mono_us(), "sim",
                        instance->outputs_only ? "make safe" : "start");
        sim_machine_init(&state->machine, instance->config, script, clock_mono_us(),
                         instance->outputs_only ? NULL : sim_trace_witness, &state->trace);
    } else {
        free(state);
    }
    free(script);
    return rc;
}

static void sim_close(struct hal_instance *instance)
{
    struct sim_state *state = instance->state;

    sim_trace_write(&state->trace, clock_mono_us(), "sim", "end");
    sim_trace_close(&state->trace);
    free(state);
    instance->state = NULL;
}

/* ---- time ---- */

static void sim_report(struct hal_instance *instance)
{
    const struct sim_state *state = instance->state;

    for (int32_t i = 0; i < instance->line_count; i++) {
        struct hal_line *line = &instance->lines[i];
        const struct sim_line *seen = &state->machine.lines[line->index];
        if (seen->lost)
            hal_line_lost(instance, line);
        else if (line->config->output)
            hal_line_found(instance, line);
        else
            hal_input_level(instance, line, seen->seen, seen->changed_us);
    }
}

/* In slices: an edge pair that lies between two turns of a late thread is still two edges. */
static int64_t sim_advance(struct hal_instance *instance, int64_t now_us)
{
    struct sim_machine *machine = &((struct sim_state *)instance->state)->machine;
    int64_t next_us = sim_machine_step(machine, machine->now_us);

    do {
        int64_t slice_us = machine->now_us + SIM_SLICE_US;
        if (next_us > slice_us)
            slice_us = next_us;
        next_us = sim_machine_step(machine, slice_us < now_us ? slice_us : now_us);
        if (!instance->outputs_only)
            sim_report(instance);
    } while (machine->now_us < now_us);
    return next_us;
}

/* ---- outputs ---- */

static bool sim_answers(const struct sim_machine *machine, int32_t line)
{
    return !machine->lines[line].lost && sim_machine_fault(machine, SIM_FAULT_DEAF, -1, line) == NULL &&
           sim_machine_fault(machine, SIM_FAULT_UNANSWERED, -1, line) == NULL;
}

static void sim_write(struct hal_instance *instance, struct hal_line *line, int64_t auto_off_us,
                      struct hal_write *write)
{
    struct sim_state *state = instance->state;
    int64_t now_us = clock_mono_us();
    enum sim_answer answer;

    sim_advance(instance, now_us);
    if (instance->outputs_only)
        sim_trace_write(&state->trace, now_us, line->config->name, write->on ? "on" : "made safe");
    answer = sim_machine_set(&state->machine, line->index, write->on, auto_off_us);
    write->at_us = now_us;
    write->result = answer == SIM_ANSWER_DONE      ? HAL_DONE
                    : answer == SIM_ANSWER_REFUSED ? HAL_REFUSED
                                                   : HAL_UNKNOWN;
    write->known = sim_answers(&state->machine, line->index);
    write->reads_on = write->known && sim_machine_reads(&state->machine, line->index);
}

static void sim_set(struct hal_instance *instance, struct hal_line *line, struct hal_write *write)
{
    sim_write(instance, line, 0, write);
}

static void sim_flash(struct hal_instance *instance, struct hal_line *line, int32_t ms, int32_t *ret_ms,
                      struct hal_write *write)
{
    *ret_ms = (ms + SIM_FLASH_UNIT_MS - 1) / SIM_FLASH_UNIT_MS * SIM_FLASH_UNIT_MS;
    sim_write(instance, line, clock_mono_us() + (int64_t)*ret_ms * 1000, write);
}

static bool sim_read(struct hal_instance *instance, struct hal_line *line, bool *ret_on)
{
    struct sim_state *state = instance->state;

    sim_advance(instance, clock_mono_us());
    if (!sim_answers(&state->machine, line->index))
        return false;
    *ret_on = sim_machine_reads(&state->machine, line->index);
    return true;
}

static int32_t sim_set_ms(const struct hal_instance *instance)
{
    (void)instance;
    return SIM_SET_MS;
}

static int64_t sim_turn(struct hal_instance *instance, int64_t now_us, int64_t calm_until_us)
{
    int64_t next_us = sim_advance(instance, now_us);

    (void)calm_until_us;
    if (next_us == SIM_NEVER)
        return HAL_NEVER;
    return next_us > now_us + SIM_SLICE_US ? next_us : now_us + SIM_SLICE_US;
}

const struct hal_driver hal_driver_sim = {
    .name = "sim",
    .open = sim_open,
    .close = sim_close,
    .set = sim_set,
    .flash = sim_flash,
    .read = sim_read,
    .turn = sim_turn,
    .set_ms = sim_set_ms,
};
