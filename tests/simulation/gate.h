/* Turnstiles and validators of the world: units with power and people, lights and a screen. */
#ifndef TESTS_SIMULATION_GATE_H
#define TESTS_SIMULATION_GATE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    GATE_MAX = 3,
    GATE_TOLD_MS = 400,    /* an event about a passage without a right comes within this */
    GATE_HEARD_MS = 30,    /* a contact is heard within this */
    GATE_TRUTH_MS = 60,    /* a passage that is younger cannot have been heard by everybody */
    GATE_SAME = 8,         /* of a picture that stays as it is the screen tells one time in so many */
    GATE_SETTLE_MS = 3600, /* a validator's payment is decided within this */
};

enum gate_what {                /* b of WORLD_GATE; a is the gate */
                 GATE_PERSON,   /* somebody comes who paid */
                 GATE_FOLLOWER, /* somebody close behind him */
                 GATE_JUMPER,   /* somebody who pushes through, right or not */
                 GATE_WRONG,    /* somebody comes the other way */
                 GATE_CLOSED,   /* c: line: the contact opens again */
                 GATE_UNSTUCK,
                 GATE_COUNTED, /* a passage through the released unit is known to everybody who listens */
                 GATE_POWER,   /* the unit loses its power, or has it again */
                 GATE_READY,   /* its ready line follows */
                 GATE_GLITCH,  /* its contact falls with the power; c: level */
                 GATE_TOLD,    /* c: how many passages without a right had been told */
                 GATE_LIGHT,   /* the light dies, or is repaired */
                 GATE_SCREEN,  /* the screen shows and answers */
                 GATE_SCREEN_FAULT,
                 GATE_SCREEN_LOST,
                 GATE_OUTPUT_END, /* c: generation of the line: pulse, lease or limit is over */
};

struct world_gate {
    int32_t device; /* of the configuration */
    /* a turnstile's unit */
    bool powered;
    int64_t open_until_ms; /* mode pulse: released until then */
    int32_t through;       /* people through the unit since unlock went on */
    int64_t passages;      /* people through it while its contact worked */
    int64_t passed_ms, contact_off_ms;
    int64_t disturbed_ms; /* power, or a line of it, changed */
    int64_t told;         /* forced_passage and late_passage */
    /* a validator */
    int64_t tested_ms;
    bool dead;      /* the light takes no orders */
    int64_t lit_ms; /* the light was on, newest time */
};

#endif
