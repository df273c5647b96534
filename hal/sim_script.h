/* The fault script of the simulated machine: one rule a line (docs/simulator.md). Reading it is pure: text
 * in, rules out. */
#ifndef HAL_SIM_SCRIPT_H
#define HAL_SIM_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "config/config.h"

enum { SIM_MAX_RULES = 128, SIM_SCRIPT_SIZE = 65536 };

enum sim_fault {
    /* of a device */
    SIM_FAULT_JAM, /* value: the angle where it sticks, degrees */
    SIM_FAULT_NO_MOVEMENT,
    SIM_FAULT_NO_DROP,
    SIM_FAULT_DOUBLE_DROP,
    SIM_FAULT_LATE_DROP, /* value: later by us */
    SIM_FAULT_SLOW,      /* value: percent of the usual speed */
    SIM_FAULT_NO_FEEDBACK,
    SIM_FAULT_LATE_FEEDBACK, /* value: later by us */
    SIM_FAULT_NOT_OPENED,
    SIM_FAULT_LATE_OPEN, /* value: later by us */
    /* of a line */
    SIM_FAULT_STUCK_ON,
    SIM_FAULT_STUCK_OFF,
    SIM_FAULT_LOST,
    SIM_FAULT_REFUSES,    /* orders are certainly not executed */
    SIM_FAULT_UNANSWERED, /* executed, but nobody hears of it */
    SIM_FAULT_DEAF,       /* neither executed nor answered */
    SIM_FAULT_WELDED,     /* once on, it stays on */
    SIM_FAULT_COUNT
};

struct sim_rule {
    enum sim_fault fault;
    int32_t device, line; /* one of them, the other is -1 */
    int64_t value;
    int32_t vend; /* begins with this start of the device (of any device, if it is about a line); 0 = not */
    int64_t after_us; /* begins this long after that start, or after the machine's start */
    int64_t for_us;   /* 0: until the device's next start if it began with a start, else for good */
    int32_t file_line;
};

struct sim_script {
    int32_t count;
    struct sim_rule rules[SIM_MAX_RULES];
};

/* Reads text (NUL-terminated). true, or false with "FILE:LINE: what is wrong" in error. */
bool sim_script_parse(struct sim_script *ret, const struct config *config, const char *file, const char *text,
                      char *error, size_t error_size);
/* The same from a file. */
bool sim_script_read(struct sim_script *ret, const struct config *config, const char *file, char *error,
                     size_t error_size);
/* As the script writes it. */
const char *sim_fault_name(enum sim_fault fault);

#endif
