/* Barriers of the world: an arm with its own controller, two loops, and vehicles whose drivers do as drivers
 * do. */
#ifndef TESTS_SIMULATION_LANE_H
#define TESTS_SIMULATION_LANE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LANE_MAX = 2,
    LANE_CARS = 6,
    LANE_TICK_MS = 50,
    LANE_UP = 1000,     /* the arm's way, thousandths */
    LANE_TRUTH_MS = 60, /* what is younger cannot have been heard by everybody */
    LANE_PULSES_MOST = 3,
    LANE_CALM_MS = 2000, /* so long must nobody have had a right before a passage is surely without one */
};

enum lane_what { /* b of WORLD_LANE; a is the lane */
                 LANE_TICK,
                 LANE_ARRIVE, /* c: payment, -1 = none */
                 LANE_BLIND,  /* c: role: nobody looks at it for a while */
                 LANE_LOSE,   /* c: role: its line is not good for a while */
                 LANE_SEES,   /* c: line */
                 LANE_FAULT,  /* something of the barrier breaks, or is repaired */
                 LANE_ALARM,  /* a lane at rest has something to do */
};

enum car_act {
    CAR_COMING,  /* to the loop, or behind the one in front */
    CAR_GOING,   /* through */
    CAR_STANDS,  /* under the arm, until_ms */
    CAR_NOSING,  /* onto the passage, and then back */
    CAR_BACKING, /* out again */
    CAR_OUTSIDE, /* backed out, until_ms; then it comes again, or never */
    CAR_AGAINST, /* the other way */
};

struct world_car {
    bool used;
    int32_t payment; /* -1 = does not pay */
    int32_t nose_mm, length_mm, speed, gap_mm;
    enum car_act act;
    bool greedy, noses, backs, returns, stands, counted, came;
    int64_t until_ms;    /* see act */
    int64_t gives_up_ms; /* backs out for good */
    int64_t entered_ms;  /* came onto a passage that was free before, 0 = not */
    int64_t through_ms;  /* off the presence loop and on the passage since, 0 = not */
};

struct world_lane {
    int32_t device;
    int32_t presence_mm, passage_from_mm, passage_to_mm, arm_mm; /* along the lane; presence begins at 0 */
    /* its controller */
    int32_t arm, rise_ms, auto_ms;
    bool shaky; /* its loops are often not seen, best when it matters */
    bool want_up, hold, dead, ticking, quick, was_covered;
    int64_t open_until_ms;
    struct world_car cars[LANE_CARS]; /* in the order of the lane, the foremost first */
    int64_t through;                  /* vehicles that went through since the world began */
    int64_t counted_ms;               /* the last of them */
    int64_t blind_from_ms[3];         /* presence, passage, both limits: not looked at since, 0 = seen */
    int64_t quiet_ms; /* since then nobody has a right or holds it open, and everything is seen and heard */
    bool was_quiet;
    int64_t tick_ms;      /* ticking: the next one, */
    uint64_t tick_number; /* in its place among the items of the agenda */
    int64_t alarm_ms;     /* the next LANE_ALARM, or past */
    int64_t told_ms;      /* newest event about somebody without a right */
    bool forced;          /* forced_open was told since the arm was down */
    int64_t up_ms;        /* newest edge of the upper limit */
    /* the movement of now, for the checks */
    int64_t movement_ms;
    int32_t pulses, agains;
    bool held_once; /* the operator has ordered a hold */
};

#endif
