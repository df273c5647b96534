/* A spiral's words, shared by how it moves (spiral.c) and what that proves (spiral_truth.c). */
#ifndef CONTROLLER_DEVICE_SPIRAL_H
#define CONTROLLER_DEVICE_SPIRAL_H

#include "controller/device/kind.h"

enum spiral_state { SPIRAL_ORDERED, SPIRAL_TURNING, SPIRAL_SETTLING, SPIRAL_CLEARING };

enum spiral_cause { /* why the motor was ordered off */
                    SPIRAL_HOME,
                    SPIRAL_REFUSED,
                    SPIRAL_UNANSWERED,
                    SPIRAL_NO_MOVEMENT,
                    SPIRAL_PART, /* the product of the part of a turn that was left at the start */
                    SPIRAL_JAM,
                    SPIRAL_HOME_LOST,
                    SPIRAL_FAULT,
                    SPIRAL_ABORT,
};

enum {
    SPIRAL_STATE = KIND_WORD_OWN,
    SPIRAL_CAUSE,
    SPIRAL_AWAY,      /* 1: began away from home and has not been there yet */
    SPIRAL_PASSED_AT, /* began away from home: passed it and goes on for a whole turn */
    SPIRAL_TURN_AT,   /* this turn's order */
    SPIRAL_ON_AT,     /* this turn: the motor went on */
    SPIRAL_OFF_AT,    /* this turn: off was ordered */
    SPIRAL_OFF_DONE,  /* this turn: off was confirmed */
    SPIRAL_LEFT_AT,   /* this turn: the cam left home */
    SPIRAL_HOME_AT,   /* the cam came home */
    SPIRAL_DROP_AT,   /* the beam was broken */
    SPIRAL_RUN_MS,    /* the motor's time on, all turns */
    SPIRAL_TURNS,     /* turns ordered: 1 + jogs */
    SPIRAL_DROP_LOST, /* 1: the beam's line was not good, or not looked at, for a while */
    SPIRAL_UNSEEN,    /* 1: the home line was not good, or not looked at, for a while */
    SPIRAL_ABORTED,
    /* what this run has learned */
    SPIRAL_BEAM_BROKEN = KIND_WORD_KEPT, /* 1: broken now, after having been clear */
    SPIRAL_BEAM_PROVEN,                  /* 1: seen broken and clear again since it was last doubted */
    SPIRAL_FASTEST_MS,                   /* the fastest whole turn, 0 = none yet */
    SPIRAL_OFF_UNSURE,                   /* 1: the last answer to an off was not that it is off */
};

/* The beam can be believed when it says nothing. */
bool spiral_beam_proven(const struct device *device);
/* Ends the movement with what the sensors have proven. */
void spiral_finish(struct device *device, struct device_out *out);

#endif
