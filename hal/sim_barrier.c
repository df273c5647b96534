/* A barrier: its arm, and the controller in its housing that opens on a pulse and closes by itself. */
#include "hal/sim_physics.h"

#include <stdio.h>

enum {
    ARM_MOST_US = 1500000, /* from down to up; sooner if up_ms is short */
    CLOSE_US = 2000000,    /* it closes this long after a vehicle has passed */
    UNUSED_US = 8000000,   /* or this long after it was up, if none did */
};

static const int64_t ARM_UP = 90000000; /* in micro-degrees */
static const int64_t ARM_LIMIT = 2000000;

void sim_tell_number(struct sim_machine *machine, int32_t device, const char *who, int32_t number,
                     const char *what)
{
    char text[64];

    snprintf(text, sizeof text, "%s %d %s", who, (int)number, what);
    sim_tell(machine, machine->config->devices[device].name, text);
}

bool sim_fire(const struct sim_machine *machine, int32_t device)
{
    int32_t fire = machine->config->machine.fire;

    return sim_device_fault(machine, SIM_FAULT_FIRE, device) != NULL ||
           (fire >= 0 && sim_machine_fault(machine, SIM_FAULT_STUCK_OFF, -1, fire) != NULL);
}

static bool barrier_works(const struct sim_machine *machine, int32_t device)
{
    return sim_device_fault(machine, SIM_FAULT_UNIT, device) == NULL &&
           sim_device_fault(machine, SIM_FAULT_POWER, device) == NULL &&
           sim_device_fault(machine, SIM_FAULT_NO_MOVEMENT, device) == NULL;
}

static bool barrier_is_held(const struct sim_machine *machine, int32_t device)
{
    int32_t hold = machine->config->devices[device].line[CONFIG_ROLE_HOLD];
    return barrier_works(machine, device) &&
           ((hold >= 0 && machine->lines[hold].level) || sim_fire(machine, device));
}

bool sim_barrier_is_free(const struct sim_machine *machine, int32_t device)
{
    return machine->devices[device].barrier.pushed || barrier_is_held(machine, device);
}

/* ---- the arm ---- */

static int64_t barrier_speed_percent(const struct sim_machine *machine, int32_t device)
{
    const struct sim_rule *slow = sim_device_fault(machine, SIM_FAULT_SLOW, device);
    return slow != NULL ? slow->value : 100;
}

/* Where it is going. Without a working controller it stays where it is, unless somebody pushes it. */
static int64_t barrier_goal(const struct sim_machine *machine, int32_t device)
{
    const struct sim_barrier *barrier = &machine->devices[device].barrier;

    if (barrier->pushed)
        return ARM_UP;
    if (!barrier_works(machine, device))
        return barrier->arm_udeg;
    return barrier->want_up ? ARM_UP : 0;
}

static void barrier_swing(struct sim_machine *machine, int32_t device, int64_t dt_us)
{
    struct sim_barrier *barrier = &machine->devices[device].barrier;
    int64_t whole_us = (int64_t)machine->config->devices[device].param[CONFIG_PARAM_UP_MS] * 400;
    int64_t goal = barrier_goal(machine, device), step;

    if (whole_us > ARM_MOST_US || whole_us == 0)
        whole_us = ARM_MOST_US;
    step = ARM_UP / 1000 * dt_us / (sim_mechanical_us(machine, whole_us) / 1000 + 1) *
           barrier_speed_percent(machine, device) / 100;
    if (barrier->arm_udeg < goal)
        barrier->arm_udeg = barrier->arm_udeg + step < goal ? barrier->arm_udeg + step : goal;
    else if (barrier->arm_udeg > goal)
        barrier->arm_udeg = barrier->arm_udeg - step > goal ? barrier->arm_udeg - step : goal;
}

static void barrier_tell_arm(struct sim_machine *machine, int32_t device)
{
    static const char *const words[] = {"arm down", "arm rises", "arm up", "arm closes"};
    struct sim_barrier *barrier = &machine->devices[device].barrier;
    int64_t goal = barrier_goal(machine, device);
    enum sim_arm arm = barrier->arm_udeg == ARM_UP ? SIM_ARM_UP
                       : barrier->arm_udeg == 0    ? SIM_ARM_DOWN
                       : barrier->arm_udeg < goal  ? SIM_ARM_RISING
                       : barrier->arm_udeg > goal  ? SIM_ARM_CLOSING
                                                   : barrier->arm;

    if (arm == barrier->arm)
        return;
    barrier->arm = arm;
    sim_tell(machine, machine->config->devices[device].name, words[arm]);
}

/* ---- its controller ---- */

static void barrier_open(struct sim_barrier *barrier)
{
    barrier->want_up = true;
    barrier->passed = false;
    barrier->close_us = 0;
    barrier->opened++;
}

void sim_barrier_power(struct sim_machine *machine, int32_t device)
{
    if (barrier_works(machine, device))
        barrier_open(&machine->devices[device].barrier);
    else
        sim_tell(machine, machine->config->devices[device].name, "does not move");
}

static bool barrier_stays_open(const struct sim_machine *machine, int32_t device)
{
    return barrier_is_held(machine, device) || sim_car_over(machine, device, SIM_LOOP_SAFETY) ||
           (!machine->devices[device].barrier.passed && sim_car_over(machine, device, SIM_LOOP_PRESENCE)) ||
           sim_device_fault(machine, SIM_FAULT_STAYS_UP, device) != NULL;
}

static void barrier_control(struct sim_machine *machine, int32_t device)
{
    struct sim_barrier *barrier = &machine->devices[device].barrier;
    bool loop = sim_car_over(machine, device, SIM_LOOP_PASSAGE);

    if (barrier->loop && !loop)
        barrier->passed = true;
    barrier->loop = loop;
    if (!barrier_works(machine, device))
        return;
    if (!barrier->want_up && barrier_is_held(machine, device))
        barrier_open(barrier);
    if (!barrier->want_up && barrier->arm_udeg > 0 && sim_car_over(machine, device, SIM_LOOP_SAFETY))
        barrier->want_up = true; /* never down on a vehicle */
    if (!barrier->want_up || barrier->arm_udeg != ARM_UP)
        return;
    if (barrier_stays_open(machine, device))
        barrier->close_us = 0;
    else if (barrier->close_us == 0)
        barrier->close_us = machine->now_us + (barrier->passed ? CLOSE_US : UNUSED_US);
    else if (machine->now_us >= barrier->close_us) {
        barrier->want_up = false;
        barrier->close_us = 0;
    }
}

static void barrier_push(struct sim_machine *machine, int32_t device)
{
    struct sim_barrier *barrier = &machine->devices[device].barrier;
    bool pushed = sim_device_fault(machine, SIM_HABIT_PUSH, device) != NULL;

    if (pushed && !barrier->pushed)
        sim_tell(machine, machine->config->devices[device].name, "arm pushed up by hand");
    barrier->pushed = pushed;
}

/* ---- its contacts ---- */

static void barrier_contacts(struct sim_machine *machine, int32_t device)
{
    const int32_t *line = machine->config->devices[device].line;
    int64_t angle = machine->devices[device].barrier.arm_udeg;
    bool power = sim_device_fault(machine, SIM_FAULT_POWER, device) == NULL;
    bool presence = sim_car_over(machine, device, SIM_LOOP_PRESENCE);
    bool passage = sim_car_over(machine, device, SIM_LOOP_PASSAGE);
    bool up = power && angle >= ARM_UP - ARM_LIMIT, down = power && angle <= ARM_LIMIT;
    bool fault = !power || sim_device_fault(machine, SIM_FAULT_UNIT, device) != NULL;
    bool fire = sim_device_fault(machine, SIM_FAULT_FIRE, device) != NULL;

    sim_level(machine, line[CONFIG_ROLE_PRESENCE], presence, presence ? "occupied" : "free");
    sim_level(machine, line[CONFIG_ROLE_PASSAGE], passage, passage ? "occupied" : "free");
    sim_level(machine, line[CONFIG_ROLE_UP], up, up ? "reached" : "left");
    sim_level(machine, line[CONFIG_ROLE_DOWN], down, down ? "reached" : "left");
    sim_level(machine, line[CONFIG_ROLE_FAULT], fault, fault ? "fault" : "good");
    if (line[CONFIG_ROLE_FIRE] != machine->config->machine.fire)
        sim_level(machine, line[CONFIG_ROLE_FIRE], !fire, fire ? "alarm" : "no alarm");
}

void sim_barrier_init(struct sim_machine *machine, int32_t device)
{
    sim_car_init(machine, device);
}

bool sim_barrier_moves(const struct sim_machine *machine, int32_t device)
{
    return machine->devices[device].barrier.arm_udeg != barrier_goal(machine, device) ||
           sim_car_moves(machine, device);
}

void sim_barrier_run(struct sim_machine *machine, int32_t device, int64_t dt_us)
{
    if (dt_us > SIM_TICK_US) /* nothing of it moved before the end of this step */
        dt_us = SIM_TICK_US;
    barrier_push(machine, device);
    barrier_swing(machine, device, dt_us);
    sim_car_run(machine, device, dt_us);
    barrier_control(machine, device);
    barrier_tell_arm(machine, device);
    barrier_contacts(machine, device);
}

int64_t sim_barrier_next(const struct sim_machine *machine, int32_t device)
{
    const struct sim_barrier *barrier = &machine->devices[device].barrier;
    int64_t car_us = sim_car_next(machine, device);

    return barrier->close_us != 0 && barrier->close_us < car_us ? barrier->close_us : car_us;
}
