/* The parts of the simulated machine among themselves. Private to hal/sim_*.c. */
#ifndef HAL_SIM_PHYSICS_H
#define HAL_SIM_PHYSICS_H

#include "hal/sim_machine.h"

/* Tells the witness, at the machine's time. */
void sim_tell(struct sim_machine *machine, const char *name, const char *what);
/* An input takes a level; told if it is new. line may be -1. */
void sim_level(struct sim_machine *machine, int32_t line, bool level, const char *told);
/* A mechanical time at the configured speed. */
int64_t sim_mechanical_us(const struct sim_machine *machine, int64_t us);

/* sim_spiral.c */
void sim_spiral_init(struct sim_machine *machine, int32_t device);
bool sim_spiral_moves(const struct sim_machine *machine, int32_t device);
/* Moves the coil for dt_us up to the machine's time. */
void sim_spiral_run(struct sim_machine *machine, int32_t device, int64_t dt_us);
/* Products in the air. */
void sim_falling_run(struct sim_machine *machine);
int64_t sim_falling_next(const struct sim_machine *machine);

/* sim_contact.c: relays, pulses and locks */
void sim_contact_power(struct sim_machine *machine, int32_t device);
void sim_contact_run(struct sim_machine *machine, int32_t device);
int64_t sim_contact_next(const struct sim_machine *machine, int32_t device);

/* sim_barrier.c: the arm and its own controller. Each of these parts: init, power (its actuator was switched
 * on), act (a rule of the script), moves (wants to be run every tick), run (dt_us up to the machine's time),
 * next. */
void sim_barrier_init(struct sim_machine *machine, int32_t device);
void sim_barrier_power(struct sim_machine *machine, int32_t device);
bool sim_barrier_moves(const struct sim_machine *machine, int32_t device);
void sim_barrier_run(struct sim_machine *machine, int32_t device, int64_t dt_us);
int64_t sim_barrier_next(const struct sim_machine *machine, int32_t device);
/* The arm is held up by the hold contact, the fire alarm or hands: everybody may drive. */
bool sim_barrier_is_free(const struct sim_machine *machine, int32_t device);
/* "car 3 drives" */
void sim_tell_number(struct sim_machine *machine, int32_t device, const char *who, int32_t number,
                     const char *what);
/* The alarm is given at this device or in the whole machine. */
bool sim_fire(const struct sim_machine *machine, int32_t device);

/* sim_car.c: the vehicles before and under the arm. */
void sim_car_init(struct sim_machine *machine, int32_t device);
void sim_car_act(struct sim_machine *machine, const struct sim_rule *rule);
bool sim_car_moves(const struct sim_machine *machine, int32_t device);
void sim_car_run(struct sim_machine *machine, int32_t device, int64_t dt_us);
int64_t sim_car_next(const struct sim_machine *machine, int32_t device);
enum sim_loop {
    SIM_LOOP_PRESENCE,
    SIM_LOOP_PASSAGE,
    SIM_LOOP_SAFETY, /* the controller's own, under the arm and behind it */
};
bool sim_car_over(const struct sim_machine *machine, int32_t device, enum sim_loop loop);

/* sim_turnstile.c */
void sim_turnstile_power(struct sim_machine *machine, int32_t device);
void sim_turnstile_act(struct sim_machine *machine, const struct sim_rule *rule);
void sim_turnstile_run(struct sim_machine *machine, int32_t device);
int64_t sim_turnstile_next(const struct sim_machine *machine, int32_t device);

/* sim_rule.c: the script at work */
void sim_rule_init(struct sim_machine *machine);
void sim_rule_start(struct sim_machine *machine, int32_t device);
void sim_rule_run(struct sim_machine *machine);
int64_t sim_rule_next(const struct sim_machine *machine);
/* Ends what this rule does to the device. */
void sim_rule_end(struct sim_machine *machine, enum sim_fault fault, int32_t device);
/* The rule in force for the device, or NULL. */
const struct sim_rule *sim_device_fault(const struct sim_machine *machine, enum sim_fault fault,
                                        int32_t device);

#endif
