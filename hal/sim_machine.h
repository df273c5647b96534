/* The simulated machine: motors, cams, falling products, cars, people. Pure physics: outputs and time in,
 * inputs out.
 *
 * Every device of the configuration is simulated by its kind and the roles of its lines; what nobody uses
 * rests. No thread, no clock, no file: hal/sim.c gives it all that. Times are monotonic microseconds and
 * never go back. Mechanics run at config.sim.speed_percent; people and the script live in real time.
 * docs/simulator.md has the numbers.
 */
#ifndef HAL_SIM_MACHINE_H
#define HAL_SIM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include "config/config.h"
#include "hal/sim_lane.h"
#include "hal/sim_script.h"

enum {
    SIM_MAX_FALLING = 16, /* products in the air; more are taken as fallen at once */
    SIM_TICK_US = 1000,   /* step of what moves */
};

#define SIM_NEVER INT64_MAX

/* What happened: `name` (a line or a device) `what`. Both are borrowed for the call. */
typedef void sim_witness(void *user, int64_t at_us, const char *name, const char *what);

struct sim_line {
    bool driven;         /* outputs: what the last order wanted */
    bool level;          /* inputs: as the machine makes it; outputs: as it really is */
    int64_t changed_us;  /* level or fault */
    int64_t auto_off_us; /* the board ends the pulse then; 0 = it does not */
    /* as the hal sees it, faults included */
    bool seen, lost;
};

struct sim_device {
    int32_t starts;
    bool on; /* its actuator is powered */
    /* spiral: angle 0 = middle of the home cam */
    int64_t angle_udeg, speed, full_speed; /* micro-degrees; per ms */
    bool jam_told;
    /* relay and lock: when their contact changes; 0 = not */
    int64_t contact_on_us, contact_off_us;
    int64_t last_on_us; /* its actuator was switched on */
    struct sim_barrier barrier;
    struct sim_turnstile turnstile;
};

struct sim_falling {
    int32_t device;
    int64_t broken_us, clear_us; /* 0 = free place */
    bool broken;
};

struct sim_rule_run {
    bool begun, over;
    int64_t begin_us, end_us; /* SIM_NEVER = not known yet */
};

struct sim_machine {
    const struct config *config;
    struct sim_script script;
    struct sim_rule_run rules[SIM_MAX_RULES];
    struct sim_line lines[CONFIG_MAX_LINES];
    struct sim_device devices[CONFIG_MAX_DEVICES];
    struct sim_falling falling[SIM_MAX_FALLING];
    int32_t starts;
    int64_t now_us;
    bool touched; /* an output has changed since the devices were last looked at */
    sim_witness *witness;
    void *user;
};

/* How an order to an output ended. */
enum sim_answer { SIM_ANSWER_DONE, SIM_ANSWER_REFUSED, SIM_ANSWER_UNKNOWN };

/* Everything at rest: cams home, doors shut, no alarm, all outputs off. Copies the script, borrows config. */
void sim_machine_init(struct sim_machine *machine, const struct config *config,
                      const struct sim_script *script, int64_t now_us, sim_witness *witness, void *user);
/* Lives until now_us. Returns when to be called again: SIM_NEVER if nothing will happen by itself. */
int64_t sim_machine_step(struct sim_machine *machine, int64_t now_us);
/* Switches an output, after sim_machine_step to the same time. auto_off_us: 0, or when it goes off by itself.
 */
enum sim_answer sim_machine_set(struct sim_machine *machine, int32_t line, bool on, int64_t auto_off_us);
/* The output as a read-back finds it (a welded one reads on). */
bool sim_machine_reads(const struct sim_machine *machine, int32_t line);
/* The fault is at work on this device or line (the other is -1): its rule, else NULL. */
const struct sim_rule *sim_machine_fault(const struct sim_machine *machine, enum sim_fault fault,
                                         int32_t device, int32_t line);

#endif
