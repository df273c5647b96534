/* A coil with its motor, cam and chute. Angle 0 is the middle of the home cam. */
#include "hal/sim_physics.h"

enum {
    TURN_PERCENT = 55, /* of max_ms: the usual turn, so that a jam is told from a slow one */
    TURN_LEAST_MS = 200,
    TURN_MOST_MS = 2500,
    RUN_UP_MS = 80,
    RUN_DOWN_MS = 60,   /* the gear brakes it */
    CAM_DEG = 15,       /* home from -15 to +15 degrees */
    RELEASE_DEG = 250,  /* the product goes over the edge */
    FALL_US = 350000,   /* from the edge to the beam */
    PASS_US = 70000,    /* the beam stays broken */
    SECOND_US = 180000, /* a second product follows the first */
};

static const int64_t DEGREE = 1000000; /* in micro-degrees */
static const int64_t TURN = 360000000;

void sim_spiral_init(struct sim_machine *machine, int32_t device)
{
    const struct config_device *config = &machine->config->devices[device];
    int64_t turn_ms = (int64_t)config->param[CONFIG_PARAM_MAX_MS] * TURN_PERCENT / 100;

    if (turn_ms > TURN_MOST_MS)
        turn_ms = TURN_MOST_MS;
    if (turn_ms < TURN_LEAST_MS)
        turn_ms = TURN_LEAST_MS;
    machine->devices[device].full_speed = TURN / turn_ms * machine->config->sim.speed_percent / 100;
    sim_level(machine, config->line[CONFIG_ROLE_HOME], true, NULL);
}

bool sim_spiral_moves(const struct sim_machine *machine, int32_t device)
{
    const struct sim_device *spiral = &machine->devices[device];
    return spiral->speed > 0 ||
           (spiral->on && sim_machine_fault(machine, SIM_FAULT_NO_MOVEMENT, device, -1) == NULL);
}

static void spiral_accelerate(struct sim_machine *machine, int32_t device, int64_t dt_us)
{
    struct sim_device *spiral = &machine->devices[device];
    const struct sim_rule *slow = sim_machine_fault(machine, SIM_FAULT_SLOW, device, -1);
    int64_t most = slow != NULL ? spiral->full_speed * slow->value / 100 : spiral->full_speed;
    int64_t mechanical_us = dt_us * machine->config->sim.speed_percent / 100;
    bool pulled = spiral->on && sim_machine_fault(machine, SIM_FAULT_NO_MOVEMENT, device, -1) == NULL;

    if (pulled)
        spiral->speed += spiral->full_speed * mechanical_us / (RUN_UP_MS * 1000);
    else
        spiral->speed -= spiral->full_speed * mechanical_us / (RUN_DOWN_MS * 1000);
    if (spiral->speed > most)
        spiral->speed = most;
    if (spiral->speed < 0)
        spiral->speed = 0;
}

static void spiral_fall(struct sim_machine *machine, int32_t device, int64_t late_us)
{
    for (int32_t i = 0; i < SIM_MAX_FALLING; i++) {
        struct sim_falling *falling = &machine->falling[i];
        if (falling->clear_us != 0)
            continue;
        falling->device = device;
        falling->broken = false;
        falling->broken_us = machine->now_us + sim_mechanical_us(machine, FALL_US) + late_us;
        falling->clear_us = falling->broken_us + sim_mechanical_us(machine, PASS_US);
        return;
    }
}

static void spiral_release(struct sim_machine *machine, int32_t device)
{
    const char *name = machine->config->devices[device].name;
    const struct sim_rule *late = sim_machine_fault(machine, SIM_FAULT_LATE_DROP, device, -1);

    if (sim_machine_fault(machine, SIM_FAULT_NO_DROP, device, -1) != NULL) {
        sim_tell(machine, name, "product stays");
        return;
    }
    sim_tell(machine, name, "product released");
    spiral_fall(machine, device, late != NULL ? late->value : 0);
    if (sim_machine_fault(machine, SIM_FAULT_DOUBLE_DROP, device, -1) != NULL) {
        sim_tell(machine, name, "second product released");
        spiral_fall(machine, device, sim_mechanical_us(machine, SECOND_US));
    }
}

/* true if the coil sticks; it goes as far as the angle where it jams. */
static bool spiral_jams(struct sim_machine *machine, int32_t device, int64_t from, int64_t *to)
{
    const struct sim_rule *jam = sim_machine_fault(machine, SIM_FAULT_JAM, device, -1);
    struct sim_device *spiral = &machine->devices[device];
    int64_t at = jam != NULL ? jam->value * DEGREE : 0;

    if (jam == NULL) {
        spiral->jam_told = false;
        return false;
    }
    if (at < from) /* behind it: met in the next turn */
        at += TURN;
    if (*to < at)
        return false;
    *to = at;
    spiral->speed = 0;
    if (!spiral->jam_told)
        sim_tell(machine, machine->config->devices[device].name, "jammed");
    spiral->jam_told = true;
    return true;
}

void sim_spiral_run(struct sim_machine *machine, int32_t device, int64_t dt_us)
{
    const struct config_device *config = &machine->config->devices[device];
    struct sim_device *spiral = &machine->devices[device];
    int64_t from = spiral->angle_udeg, to, release = RELEASE_DEG * DEGREE;
    bool home;

    spiral_accelerate(machine, device, dt_us);
    to = from + spiral->speed * dt_us / 1000;
    spiral_jams(machine, device, from, &to);
    if ((from < release && to >= release) || to >= TURN + release)
        spiral_release(machine, device);
    spiral->angle_udeg = to % TURN;
    home = spiral->angle_udeg <= CAM_DEG * DEGREE || spiral->angle_udeg >= TURN - CAM_DEG * DEGREE;
    sim_level(machine, config->line[CONFIG_ROLE_HOME], home, home ? "home" : "left home");
}

/* ---- the chute ---- */

/* Some product stands in the beam that ends in this line. */
static bool falling_breaks(const struct sim_machine *machine, int32_t line)
{
    for (int32_t i = 0; i < SIM_MAX_FALLING; i++) {
        const struct sim_falling *falling = &machine->falling[i];
        if (falling->clear_us != 0 && falling->broken &&
            machine->config->devices[falling->device].line[CONFIG_ROLE_DROP] == line)
            return true;
    }
    return false;
}

void sim_falling_run(struct sim_machine *machine)
{
    for (int32_t i = 0; i < SIM_MAX_FALLING; i++) {
        struct sim_falling *falling = &machine->falling[i];
        const struct config_device *device = &machine->config->devices[falling->device];
        int32_t drop = device->line[CONFIG_ROLE_DROP];

        if (falling->clear_us == 0)
            continue;
        if (!falling->broken && machine->now_us >= falling->broken_us) {
            falling->broken = true;
            sim_level(machine, drop, true, "broken");
            sim_tell(machine, device->name, "product fell");
        }
        if (machine->now_us >= falling->clear_us) {
            falling->clear_us = 0;
            if (!falling_breaks(machine, drop))
                sim_level(machine, drop, false, "clear");
        }
    }
}

int64_t sim_falling_next(const struct sim_machine *machine)
{
    int64_t next_us = SIM_NEVER;

    for (int32_t i = 0; i < SIM_MAX_FALLING; i++) {
        const struct sim_falling *falling = &machine->falling[i];
        int64_t at_us = falling->broken ? falling->clear_us : falling->broken_us;
        if (falling->clear_us != 0 && at_us < next_us)
            next_us = at_us;
    }
    return next_us;
}
