/* The script of the simulated machine, faults and what people do: one rule a line (docs/simulator.md).
 * Reading it is pure: text in, rules out. */
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
    SIM_FAULT_STAYS_UP,  /* the barrier does not close by itself */
    SIM_FAULT_UNIT,      /* the unit's own controller reports a fault and obeys nothing */
    SIM_FAULT_POWER,     /* the unit has no power */
    SIM_FAULT_FIRE,      /* the alarm reaches this device: its contact, and its hard-wired release */
    /* what people do at a lane as long as the rule lasts */
    SIM_HABIT_NOBODY,  /* no car comes by itself; nobody goes through */
    SIM_HABIT_TRAFFIC, /* cars come by themselves; value: the next one this long after the lane is empty */
    SIM_HABIT_WAIT,    /* the car stays before the arm, open or not */
    SIM_HABIT_STOP_UNDER,
    SIM_HABIT_PUSH,      /* hands push the arm up */
    SIM_HABIT_LATE_PASS, /* value: later by us */
    SIM_HABIT_TWO_PASS,  /* two on one right */
    /* what they do once, when the rule begins */
    SIM_ACT_ARRIVE, /* value: which vehicle */
    SIM_ACT_FOLLOW, /* value: behind the one before by us */
    SIM_ACT_REVERSE,
    SIM_ACT_COME_BACK,
    SIM_ACT_LEAVE,
    SIM_ACT_DRIVE,
    SIM_ACT_JUMP,
    SIM_ACT_WRONG_WAY,
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
#endif
