/* What a lane of the simulated machine consists of: a barrier with its own controller and its cars, a
 * turnstile with its people. Embedded in struct sim_device; docs/simulator.md has the numbers. */
#ifndef HAL_SIM_LANE_H
#define HAL_SIM_LANE_H

#include <stdbool.h>
#include <stdint.h>

enum { SIM_MAX_CARS = 6 }; /* in one lane; more do not find room */

enum sim_car_state {
    SIM_CAR_COMING,
    SIM_CAR_WAITING, /* at the stop line before the arm */
    SIM_CAR_GOING,
    SIM_CAR_REVERSING,
    SIM_CAR_LEAVING, /* backwards, for good */
    SIM_CAR_OUTSIDE, /* has reversed out and may come back */
};

struct sim_car {
    int32_t number, vehicle; /* vehicle: of sim_vehicle() */
    enum sim_car_state state;
    int64_t front_um; /* 0 = the arm; forward is positive */
    int64_t
        follow_us;  /* drives this close behind the one before and does not wait for an opening of its own */
    int32_t opened; /* of the barrier's openings, when it came to the arm as the first; -1 = not yet */
    int64_t go_us;  /* the driver has seen the arm up and drives then; 0 = not */
    bool stopped, passed;
};

enum sim_arm { SIM_ARM_DOWN, SIM_ARM_RISING, SIM_ARM_UP, SIM_ARM_CLOSING };

struct sim_barrier {
    int64_t arm_udeg; /* 0 = down, 90 degrees = up */
    enum sim_arm arm; /* as last told */
    bool want_up, passed, loop, pushed;
    int64_t close_us; /* its controller closes then; 0 = not */
    int32_t opened;   /* how often somebody made it open */
    int32_t car_count, car_numbers;
    struct sim_car cars[SIM_MAX_CARS]; /* the first is the foremost */
    int64_t arrive_us;                 /* the next car that comes by itself */
};

struct sim_turnstile {
    bool unlocked, contact, wrong;
    bool powerless;
    int64_t power_us; /* power went or came back; 0 = never */
    /* what happens then; 0 = nothing */
    int64_t relock_us;                 /* pulse mode: its controller locks */
    int64_t turn_us;                   /* somebody steps in */
    int64_t pass_on_us;                /* the contact of the one in it closes */
    int64_t second_us;                 /* one squeezes through behind */
    int64_t pass_off_us, wrong_off_us; /* the contact opens */
    int32_t people;
};

#endif
