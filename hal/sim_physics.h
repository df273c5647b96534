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

/* sim_rule.c: the script at work */
void sim_rule_init(struct sim_machine *machine);
void sim_rule_start(struct sim_machine *machine, int32_t device);
void sim_rule_run(struct sim_machine *machine);
int64_t sim_rule_next(const struct sim_machine *machine);

#endif
