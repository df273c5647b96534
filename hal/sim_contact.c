/* Devices that answer with one contact some time later: a relay's machine, a lock and the person at its door.
 */
#include "hal/sim_physics.h"

enum {
    FEEDBACK_US = 120000, /* the other machine answers; sooner if feedback_ms is short */
    FEEDBACK_LENGTH_US = 300000,
    OPEN_US = 800000,  /* a person opens the released door */
    SHUT_US = 3000000, /* and shuts it again */
};

static void relay_power(struct sim_machine *machine, int32_t device)
{
    const struct config_device *config = &machine->config->devices[device];
    const struct sim_rule *late = sim_machine_fault(machine, SIM_FAULT_LATE_FEEDBACK, device, -1);
    int64_t half_us = (int64_t)config->param[CONFIG_PARAM_FEEDBACK_MS] * 500;
    int64_t delay_us = half_us < FEEDBACK_US ? half_us : FEEDBACK_US;

    if (sim_machine_fault(machine, SIM_FAULT_NO_FEEDBACK, device, -1) != NULL)
        return;
    machine->devices[device].contact_on_us =
        machine->now_us + sim_mechanical_us(machine, delay_us) + (late != NULL ? late->value : 0);
}

static void lock_power(struct sim_machine *machine, int32_t device)
{
    const struct sim_rule *late = sim_machine_fault(machine, SIM_FAULT_LATE_OPEN, device, -1);

    sim_tell(machine, machine->config->devices[device].name, "released");
    if (sim_machine_fault(machine, SIM_FAULT_NOT_OPENED, device, -1) != NULL)
        return;
    if (machine->devices[device].contact_on_us == 0 && machine->devices[device].contact_off_us == 0)
        machine->devices[device].contact_on_us = machine->now_us + OPEN_US + (late != NULL ? late->value : 0);
}

void sim_contact_power(struct sim_machine *machine, int32_t device)
{
    enum config_kind kind = machine->config->devices[device].kind;

    if (kind == CONFIG_KIND_RELAY)
        relay_power(machine, device);
    else if (kind == CONFIG_KIND_LOCK)
        lock_power(machine, device);
    else if (kind == CONFIG_KIND_PULSES)
        sim_tell(machine, machine->config->devices[device].name, "one credit");
}

/* The contact of a lock is its door, 1 = shut; that of a relay is the answer, 1 = it has happened. */
static void contact_set(struct sim_machine *machine, int32_t device, bool happened)
{
    const struct config_device *config = &machine->config->devices[device];
    bool lock = config->kind == CONFIG_KIND_LOCK;

    if (happened)
        sim_tell(machine, config->name, lock ? "goods taken" : "served");
    if (lock)
        sim_level(machine, config->line[CONFIG_ROLE_DOOR], !happened, happened ? "open" : "shut");
    else
        sim_level(machine, config->line[CONFIG_ROLE_FEEDBACK], happened, happened ? "closed" : "opened");
}

void sim_contact_run(struct sim_machine *machine, int32_t device)
{
    struct sim_device *state = &machine->devices[device];
    bool lock = machine->config->devices[device].kind == CONFIG_KIND_LOCK;

    if (state->contact_on_us != 0 && machine->now_us >= state->contact_on_us) {
        state->contact_on_us = 0;
        state->contact_off_us =
            machine->now_us + (lock ? SHUT_US : sim_mechanical_us(machine, FEEDBACK_LENGTH_US));
        contact_set(machine, device, true);
    }
    if (state->contact_off_us != 0 && machine->now_us >= state->contact_off_us) {
        state->contact_off_us = 0;
        contact_set(machine, device, false);
    }
}

int64_t sim_contact_next(const struct sim_machine *machine, int32_t device)
{
    const struct sim_device *state = &machine->devices[device];
    int64_t on_us = state->contact_on_us != 0 ? state->contact_on_us : SIM_NEVER;
    int64_t off_us = state->contact_off_us != 0 ? state->contact_off_us : SIM_NEVER;
    return on_us < off_us ? on_us : off_us;
}
