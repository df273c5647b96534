/* The words of a script of the simulated machine: what may be said of a device, of a line, of the machine.
 * One list for the reader of scripts, the trace and the tests. Pure. */
#ifndef HAL_SIM_WORDS_H
#define HAL_SIM_WORDS_H

#include "hal/sim_script.h"

/* What stands behind the word. */
enum sim_value {
    SIM_VALUE_NONE,
    SIM_VALUE_ANGLE,   /* degrees, 0..359 */
    SIM_VALUE_PERCENT, /* 1..100 */
    SIM_VALUE_DELAY,   /* a time, us */
    SIM_VALUE_LENGTH,  /* how long the rule lasts */
    SIM_VALUE_VEHICLE, /* the name of a kind of vehicle: its number in sim_vehicle() */
};

/* A fault of the machine, what people do as long as the rule lasts, or one act of theirs when it begins. */
enum sim_manner { SIM_MANNER_FAULT, SIM_MANNER_HABIT, SIM_MANNER_ACT };

struct sim_device_word {
    enum sim_fault fault;
    uint32_t kinds; /* bits of enum config_kind */
    enum sim_manner manner;
    enum sim_value value;
    int64_t
        usual; /* value, or with SIM_VALUE_LENGTH the length in us (0 = as every rule), if none is given */
    const char *name;
};

struct sim_line_word {
    enum sim_fault fault;
    bool output, input;   /* of which lines it may be said */
    const char *words[2]; /* the second may be NULL */
};

struct sim_machine_word {
    const char *words[2];
    bool door; /* else fire */
    enum sim_fault fault;
};

/* A kind of vehicle. */
struct sim_vehicle {
    const char *name;
    int32_t length_mm, speed_mm_s;
};

/* The number-th word; NULL after the last. */
const struct sim_device_word *sim_device_word(int32_t number);
const struct sim_line_word *sim_line_word(int32_t number);
const struct sim_machine_word *sim_machine_word(int32_t number);
const struct sim_vehicle *sim_vehicle(int32_t number);

/* As the script writes it. */
const char *sim_fault_name(enum sim_fault fault);
enum sim_manner sim_fault_manner(enum sim_fault fault);

#endif
