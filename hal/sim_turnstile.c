/* A turnstile: the unit with its own relock, its contacts, and the people who want through. */
#include "hal/sim_physics.h"

enum {
    WALK_US = 1200000,    /* from the release to the first step in */
    TURN_US = 300000,     /* from there to the contact */
    CONTACT_US = 250000,  /* the contact stays closed */
    SECOND_US = 800000,   /* who squeezes through behind */
    READY_OFF_US = 40000, /* a unit that loses power: its contact drops at once, ready a moment later */
    READY_ON_US = 500000, /* it needs this long to start again */
};

static const char *turnstile_name(const struct sim_machine *machine, int32_t device)
{
    return machine->config->devices[device].name;
}

static bool turnstile_works(const struct sim_machine *machine, int32_t device)
{
    return sim_device_fault(machine, SIM_FAULT_UNIT, device) == NULL &&
           sim_device_fault(machine, SIM_FAULT_POWER, device) == NULL;
}

static bool turnstile_is_level(const struct sim_machine *machine, int32_t device)
{
    return machine->config->devices[device].param[CONFIG_PARAM_MODE] == 1;
}

/* Without power and in a fire it is free: that is wired in the unit. */
static bool turnstile_is_open(const struct sim_machine *machine, int32_t device)
{
    return machine->devices[device].turnstile.unlocked || sim_fire(machine, device) ||
           sim_device_fault(machine, SIM_FAULT_POWER, device) != NULL;
}

static void turnstile_lock(struct sim_machine *machine, int32_t device)
{
    struct sim_turnstile *turnstile = &machine->devices[device].turnstile;

    if (turnstile->unlocked)
        sim_tell(machine, turnstile_name(machine, device), "locked");
    turnstile->unlocked = false;
    turnstile->relock_us = 0;
}

void sim_turnstile_power(struct sim_machine *machine, int32_t device)
{
    struct sim_turnstile *turnstile = &machine->devices[device].turnstile;
    const struct sim_rule *late = sim_device_fault(machine, SIM_HABIT_LATE_PASS, device);

    if (!turnstile_works(machine, device)) {
        sim_tell(machine, turnstile_name(machine, device), "does not unlock");
        return;
    }
    sim_tell(machine, turnstile_name(machine, device), "unlocked");
    turnstile->unlocked = true;
    if (!turnstile_is_level(machine, device))
        turnstile->relock_us =
            machine->now_us +
            (int64_t)machine->config->devices[device].param[CONFIG_PARAM_RELOCK_S] * 1000000;
    if (turnstile->turn_us == 0 && sim_device_fault(machine, SIM_HABIT_NOBODY, device) == NULL)
        turnstile->turn_us = machine->now_us + WALK_US + (late != NULL ? late->value : 0);
}

/* ---- people ---- */

static void turnstile_contact(struct sim_machine *machine, int32_t device, const char *what)
{
    struct sim_turnstile *turnstile = &machine->devices[device].turnstile;

    sim_tell_number(machine, device, "person", turnstile->people, what);
    turnstile->contact = true;
    turnstile->pass_off_us = machine->now_us + CONTACT_US;
}

void sim_turnstile_act(struct sim_machine *machine, const struct sim_rule *rule)
{
    struct sim_turnstile *turnstile = &machine->devices[rule->device].turnstile;

    turnstile->people++;
    if (rule->fault == SIM_ACT_JUMP) {
        turnstile_contact(machine, rule->device, "jumps over");
    } else if (rule->fault == SIM_ACT_WRONG_WAY) {
        sim_tell_number(machine, rule->device, "person", turnstile->people, "goes the wrong way");
        turnstile->wrong = true;
        turnstile->wrong_off_us = machine->now_us + CONTACT_US;
    }
}

static void turnstile_step_in(struct sim_machine *machine, int32_t device)
{
    struct sim_turnstile *turnstile = &machine->devices[device].turnstile;

    turnstile->turn_us = 0;
    turnstile->people++;
    if (turnstile_is_open(machine, device))
        turnstile->pass_on_us = machine->now_us + TURN_US;
    else
        sim_tell_number(machine, device, "person", turnstile->people, "finds it locked");
}

static void turnstile_passed(struct sim_machine *machine, int32_t device)
{
    struct sim_turnstile *turnstile = &machine->devices[device].turnstile;

    turnstile->pass_on_us = 0;
    turnstile_contact(machine, device, "passed");
    if (!turnstile_is_level(machine, device))
        turnstile_lock(machine, device);
    if (sim_device_fault(machine, SIM_HABIT_TWO_PASS, device) != NULL)
        turnstile->second_us = machine->now_us + SECOND_US;
}

static bool turnstile_is_due(const struct sim_machine *machine, int64_t at_us)
{
    return at_us != 0 && machine->now_us >= at_us;
}

static void turnstile_people(struct sim_machine *machine, int32_t device)
{
    struct sim_turnstile *turnstile = &machine->devices[device].turnstile;

    if (turnstile_is_due(machine, turnstile->turn_us))
        turnstile_step_in(machine, device);
    if (turnstile_is_due(machine, turnstile->pass_on_us))
        turnstile_passed(machine, device);
    if (turnstile_is_due(machine, turnstile->second_us)) {
        turnstile->second_us = 0;
        turnstile->people++;
        turnstile_contact(machine, device, "passed behind the one before");
    }
    if (turnstile_is_due(machine, turnstile->pass_off_us)) {
        turnstile->pass_off_us = 0;
        turnstile->contact = false;
    }
    if (turnstile_is_due(machine, turnstile->wrong_off_us)) {
        turnstile->wrong_off_us = 0;
        turnstile->wrong = false;
    }
}

/* ---- the unit ---- */

static void turnstile_unit(struct sim_machine *machine, int32_t device)
{
    struct sim_turnstile *turnstile = &machine->devices[device].turnstile;
    bool powerless = sim_device_fault(machine, SIM_FAULT_POWER, device) != NULL;

    if (powerless != turnstile->powerless) {
        turnstile->powerless = powerless;
        turnstile->power_us = machine->now_us;
    }
    if (!turnstile_works(machine, device) || turnstile_is_due(machine, turnstile->relock_us) ||
        (turnstile_is_level(machine, device) && !machine->devices[device].on))
        turnstile_lock(machine, device);
}

static bool turnstile_is_ready(const struct sim_machine *machine, int32_t device)
{
    const struct sim_turnstile *turnstile = &machine->devices[device].turnstile;
    int64_t since_us = machine->now_us - turnstile->power_us;

    if (sim_device_fault(machine, SIM_FAULT_UNIT, device) != NULL)
        return false;
    if (turnstile->powerless)
        return since_us < READY_OFF_US;
    return turnstile->power_us == 0 || since_us >= READY_ON_US;
}

void sim_turnstile_run(struct sim_machine *machine, int32_t device)
{
    const int32_t *line = machine->config->devices[device].line;
    struct sim_turnstile *turnstile = &machine->devices[device].turnstile;
    bool fire = sim_device_fault(machine, SIM_FAULT_FIRE, device) != NULL, pass, ready;

    turnstile_unit(machine, device);
    turnstile_people(machine, device);
    pass = turnstile->contact || turnstile->powerless; /* a relay that drops */
    ready = turnstile_is_ready(machine, device);
    sim_level(machine, line[CONFIG_ROLE_PASS], pass, pass ? "closed" : "opened");
    sim_level(machine, line[CONFIG_ROLE_READY], ready, ready ? "ready" : "not ready");
    sim_level(machine, line[CONFIG_ROLE_WRONG_WAY], turnstile->wrong, turnstile->wrong ? "closed" : "opened");
    if (line[CONFIG_ROLE_FIRE] != machine->config->machine.fire)
        sim_level(machine, line[CONFIG_ROLE_FIRE], !fire, fire ? "alarm" : "no alarm");
}

int64_t sim_turnstile_next(const struct sim_machine *machine, int32_t device)
{
    const struct sim_turnstile *turnstile = &machine->devices[device].turnstile;
    const int64_t times[] = {turnstile->relock_us,
                             turnstile->turn_us,
                             turnstile->pass_on_us,
                             turnstile->pass_off_us,
                             turnstile->second_us,
                             turnstile->wrong_off_us,
                             turnstile->power_us + (turnstile->powerless ? READY_OFF_US : READY_ON_US)};
    int64_t next_us = SIM_NEVER;

    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        if (times[i] > machine->now_us && times[i] < next_us)
            next_us = times[i];
    }
    return next_us;
}
