/* Vehicles in a lane, along one axis: 0 is the arm, forward is positive, a vehicle is where its front is. */
#include "hal/sim_physics.h"
#include "hal/sim_words.h"

#include <string.h>

enum {
    /* mm along the lane */
    PRESENCE_BEGIN = -2800,
    PRESENCE_END = -800,
    SAFETY_BEGIN = -500,
    PASSAGE_BEGIN = 200,
    PASSAGE_END = 1200,
    FIRST_SEEN = -6000, /* where a vehicle appears */
    STOP_LINE = -700,
    NOT_UNDER = -100, /* a low arm stops it here */
    UNDER = 900,      /* where one stops that stops under the arm */
    OUTSIDE = -9000,
    AWAY = 6000,
    DISTANCE = 1500, /* between two that stand */
    REVERSE_MM_S = 1500,
    /* people */
    SEES_US = 600000,   /* from the arm being up to driving */
    FIRST_US = 1000000, /* the first that comes by itself */
    NEXT_US = 8000000,  /* the next one after the lane is empty */
    DRIVE_DEG = 80,     /* the arm is high enough for a careful driver, */
    SQUEEZE_DEG = 50,   /* for one who follows, and for a vehicle at all */
};

static int64_t car_length(const struct sim_car *car)
{
    return (int64_t)sim_vehicle(car->vehicle)->length_mm * 1000;
}

static int64_t car_rear(const struct sim_car *car)
{
    return car->front_um - car_length(car);
}

static void car_tell(struct sim_machine *machine, int32_t device, const struct sim_car *car, const char *what)
{
    sim_tell_number(machine, device, sim_vehicle(car->vehicle)->name, car->number, what);
}

bool sim_car_over(const struct sim_machine *machine, int32_t device, enum sim_loop loop)
{
    const struct sim_barrier *barrier = &machine->devices[device].barrier;
    int64_t begin = loop == SIM_LOOP_PRESENCE  ? PRESENCE_BEGIN
                    : loop == SIM_LOOP_PASSAGE ? PASSAGE_BEGIN
                                               : SAFETY_BEGIN;
    int64_t end = loop == SIM_LOOP_PRESENCE ? PRESENCE_END : PASSAGE_END;

    for (int32_t i = 0; i < barrier->car_count; i++) {
        if (barrier->cars[i].front_um > begin * 1000 && car_rear(&barrier->cars[i]) < end * 1000)
            return true;
    }
    return false;
}

/* ---- who comes ---- */

/* Cars come by themselves, one at a time, unless the script says when they come. */
static bool car_comes_by_itself(const struct sim_machine *machine, int32_t device)
{
    if (sim_device_fault(machine, SIM_HABIT_TRAFFIC, device) != NULL)
        return true;
    for (int32_t i = 0; i < machine->script.count; i++) {
        if (machine->script.rules[i].device == device && machine->script.rules[i].fault == SIM_ACT_ARRIVE)
            return false;
    }
    return true;
}

static void car_expect(struct sim_machine *machine, int32_t device)
{
    const struct sim_rule *traffic = sim_device_fault(machine, SIM_HABIT_TRAFFIC, device);

    machine->devices[device].barrier.arrive_us =
        car_comes_by_itself(machine, device) ? machine->now_us + (traffic != NULL ? traffic->value : NEXT_US)
                                             : SIM_NEVER;
}

void sim_car_init(struct sim_machine *machine, int32_t device)
{
    machine->devices[device].barrier.arrive_us =
        car_comes_by_itself(machine, device) ? machine->now_us + FIRST_US : SIM_NEVER;
}

static void car_appear(struct sim_machine *machine, int32_t device, int32_t vehicle, int64_t follow_us)
{
    struct sim_barrier *barrier = &machine->devices[device].barrier;
    struct sim_car *car = &barrier->cars[barrier->car_count];
    bool first = barrier->car_count == 0;
    int64_t distance = follow_us != 0 ? follow_us * sim_vehicle(vehicle)->speed_mm_s / 1000 : DISTANCE * 1000;
    int64_t behind = first ? 0 : car_rear(car - 1) - distance;

    if (barrier->car_count == SIM_MAX_CARS)
        return;
    memset(car, 0, sizeof *car);
    car->number = ++barrier->car_numbers;
    car->vehicle = vehicle;
    car->opened = -1;
    car->follow_us = first ? 0 : follow_us;
    car->front_um = !first && behind < (int64_t)FIRST_SEEN * 1000 ? behind : (int64_t)FIRST_SEEN * 1000;
    barrier->car_count++;
    car_tell(machine, device, car, car->follow_us != 0 ? "comes close behind" : "arrives");
}

static void car_remove(struct sim_machine *machine, int32_t device, int32_t number)
{
    struct sim_barrier *barrier = &machine->devices[device].barrier;

    barrier->car_count--;
    memmove(&barrier->cars[number], &barrier->cars[number + 1],
            (size_t)(barrier->car_count - number) * sizeof barrier->cars[0]);
    if (barrier->car_count == 0)
        car_expect(machine, device);
}

/* ---- the script ---- */

static void car_turn_back(struct sim_machine *machine, int32_t device, enum sim_car_state state)
{
    struct sim_barrier *barrier = &machine->devices[device].barrier;

    for (int32_t i = 0; i < barrier->car_count; i++) {
        struct sim_car *car = &barrier->cars[i];
        if (car->passed)
            continue;
        car->state = state;
        car->go_us = 0;
        car_tell(machine, device, car, "reverses");
        return;
    }
}

static void car_come_back(struct sim_machine *machine, int32_t device)
{
    struct sim_barrier *barrier = &machine->devices[device].barrier;

    for (int32_t i = 0; i < barrier->car_count; i++) {
        struct sim_car *car = &barrier->cars[i];
        if (car->state != SIM_CAR_OUTSIDE && car->state != SIM_CAR_REVERSING)
            continue;
        car->state = SIM_CAR_COMING;
        car_tell(machine, device, car, "comes back");
        return;
    }
}

void sim_car_act(struct sim_machine *machine, const struct sim_rule *rule)
{
    int32_t device = rule->device;

    if (rule->fault == SIM_ACT_ARRIVE)
        car_appear(machine, device, (int32_t)rule->value, 0);
    else if (rule->fault == SIM_ACT_FOLLOW)
        car_appear(machine, device, 0, rule->value);
    else if (rule->fault == SIM_ACT_REVERSE)
        car_turn_back(machine, device, SIM_CAR_REVERSING);
    else if (rule->fault == SIM_ACT_LEAVE)
        car_turn_back(machine, device, SIM_CAR_LEAVING);
    else if (rule->fault == SIM_ACT_COME_BACK)
        car_come_back(machine, device);
    else if (rule->fault == SIM_ACT_DRIVE) {
        sim_rule_end(machine, SIM_HABIT_WAIT, device);
        sim_rule_end(machine, SIM_HABIT_STOP_UNDER, device);
    }
}

/* ---- how they drive ---- */

static bool car_arm_is_above(const struct sim_barrier *barrier, int32_t degrees)
{
    return barrier->arm_udeg >= (int64_t)degrees * 1000000;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* As far forward as the vehicle in front lets it. */
static int64_t car_room(const struct sim_barrier *barrier, int32_t number)
{
    const struct sim_car *car = &barrier->cars[number];
    int64_t distance = DISTANCE * 1000;

    if (number == 0)
        return SIM_NEVER;
    if (car->follow_us != 0)
        distance = car->follow_us * sim_vehicle(car->vehicle)->speed_mm_s / 1000;
    return car_rear(car - 1) - distance;
}

static int64_t car_forward(const struct sim_machine *machine, int32_t device, int32_t number)
{
    const struct sim_barrier *barrier = &machine->devices[device].barrier;
    const struct sim_car *car = &barrier->cars[number];
    int64_t goal = car_room(barrier, number);

    if (car->state != SIM_CAR_GOING)
        return least(goal, (int64_t)STOP_LINE * 1000);
    goal = least(goal, AWAY * 1000 + car_length(car));
    if (car->front_um <= (int64_t)UNDER * 1000 &&
        sim_device_fault(machine, SIM_HABIT_STOP_UNDER, device) != NULL)
        goal = least(goal, (int64_t)UNDER * 1000);
    if (car->front_um <= (int64_t)NOT_UNDER * 1000 && !car_arm_is_above(barrier, SQUEEZE_DEG))
        goal = least(goal, (int64_t)NOT_UNDER * 1000);
    return goal;
}

/* Where its driver wants it: never back when going forward, never forward when going back. */
static int64_t car_goal(const struct sim_machine *machine, int32_t device, int32_t number)
{
    const struct sim_barrier *barrier = &machine->devices[device].barrier;
    const struct sim_car *car = &barrier->cars[number];
    int64_t goal;

    switch (car->state) {
    case SIM_CAR_OUTSIDE:
        break;
    case SIM_CAR_COMING:
    case SIM_CAR_WAITING:
    case SIM_CAR_GOING:
        goal = car_forward(machine, device, number);
        return goal > car->front_um ? goal : car->front_um;
    case SIM_CAR_REVERSING:
    case SIM_CAR_LEAVING:
        goal = (int64_t)OUTSIDE * 1000;
        if (number + 1 < barrier->car_count && car[1].front_um + car_length(car) + DISTANCE * 1000 > goal)
            goal = car[1].front_um + car_length(car) + DISTANCE * 1000;
        return goal < car->front_um ? goal : car->front_um;
    }
    return car->front_um;
}

static void car_drive(struct sim_machine *machine, int32_t device, int32_t number, int64_t dt_us)
{
    struct sim_car *car = &machine->devices[device].barrier.cars[number];
    int64_t goal = car_goal(machine, device, number);
    int64_t step = dt_us * sim_vehicle(car->vehicle)->speed_mm_s / 1000, back = dt_us * REVERSE_MM_S / 1000;

    if (goal > car->front_um)
        car->front_um = least(car->front_um + step, goal);
    else if (goal < car->front_um)
        car->front_um = car->front_um - back > goal ? car->front_um - back : goal;
}

/* ---- what they decide ---- */

static bool car_is_foremost(const struct sim_barrier *barrier, int32_t number)
{
    return number == 0 || barrier->cars[number - 1].front_um > 0;
}

/* A careful driver goes when the arm is up for him; one who follows as long as he fits through. */
static bool car_may_go(const struct sim_machine *machine, int32_t device, int32_t number)
{
    const struct sim_barrier *barrier = &machine->devices[device].barrier;
    const struct sim_car *car = &barrier->cars[number];

    if (!car_is_foremost(barrier, number) || sim_device_fault(machine, SIM_HABIT_WAIT, device) != NULL)
        return false;
    if (car->follow_us != 0 && number > 0 && car_arm_is_above(barrier, SQUEEZE_DEG))
        return true;
    return car->opened >= 0 && car_arm_is_above(barrier, DRIVE_DEG) &&
           (barrier->opened != car->opened || sim_barrier_is_free(machine, device));
}

static void car_before_arm(struct sim_machine *machine, int32_t device, int32_t number)
{
    struct sim_barrier *barrier = &machine->devices[device].barrier;
    struct sim_car *car = &barrier->cars[number];

    if (car->opened < 0 && car->front_um > (int64_t)PRESENCE_BEGIN * 1000 && car_is_foremost(barrier, number))
        car->opened = barrier->opened;
    if (car->state == SIM_CAR_COMING && car->front_um >= (int64_t)STOP_LINE * 1000) {
        car->state = SIM_CAR_WAITING;
        car_tell(machine, device, car, "waits");
    }
    if (!car_may_go(machine, device, number)) {
        car->go_us = 0;
        return;
    }
    if (car->go_us == 0)
        car->go_us = machine->now_us + (car->follow_us != 0 ? 0 : SEES_US);
    if (machine->now_us < car->go_us)
        return;
    car->state = SIM_CAR_GOING;
    car->stopped = false;
    car_tell(machine, device, car, car->follow_us != 0 ? "follows" : "drives");
}

static void car_under_arm(struct sim_machine *machine, int32_t device, int32_t number)
{
    struct sim_car *car = &machine->devices[device].barrier.cars[number];
    bool stands = car->front_um == (int64_t)UNDER * 1000 &&
                  sim_device_fault(machine, SIM_HABIT_STOP_UNDER, device) != NULL;

    if (stands != car->stopped)
        car_tell(machine, device, car, stands ? "stops under the arm" : "drives on");
    car->stopped = stands;
    if (!car->passed && car_rear(car) >= PASSAGE_END * 1000) {
        car->passed = true;
        car_tell(machine, device, car, "passed");
    }
}

static bool car_is_away(struct sim_machine *machine, int32_t device, struct sim_car *car)
{
    if (car->state == SIM_CAR_GOING)
        return car_rear(car) >= AWAY * 1000;
    if (car->front_um > (int64_t)OUTSIDE * 1000)
        return false;
    if (car->state == SIM_CAR_REVERSING) {
        car->state = SIM_CAR_OUTSIDE;
        car_tell(machine, device, car, "is outside");
    }
    if (car->state == SIM_CAR_LEAVING)
        car_tell(machine, device, car, "is gone");
    return car->state == SIM_CAR_LEAVING;
}

static void car_arrivals(struct sim_machine *machine, int32_t device)
{
    struct sim_barrier *barrier = &machine->devices[device].barrier;

    if (barrier->car_count > 0)
        return;
    if (barrier->arrive_us == SIM_NEVER) /* perhaps the traffic has begun */
        car_expect(machine, device);
    if (machine->now_us < barrier->arrive_us)
        return;
    if (sim_device_fault(machine, SIM_HABIT_NOBODY, device) != NULL)
        car_expect(machine, device);
    else
        car_appear(machine, device, 0, 0);
}

void sim_car_run(struct sim_machine *machine, int32_t device, int64_t dt_us)
{
    struct sim_barrier *barrier = &machine->devices[device].barrier;

    car_arrivals(machine, device);
    for (int32_t i = 0; i < barrier->car_count; i++) {
        struct sim_car *car = &barrier->cars[i];
        car_drive(machine, device, i, dt_us);
        if (car->state == SIM_CAR_COMING || car->state == SIM_CAR_WAITING)
            car_before_arm(machine, device, i);
        else if (car->state == SIM_CAR_GOING)
            car_under_arm(machine, device, i);
        if (car_is_away(machine, device, car))
            car_remove(machine, device, i--);
    }
}

bool sim_car_moves(const struct sim_machine *machine, int32_t device)
{
    const struct sim_barrier *barrier = &machine->devices[device].barrier;

    for (int32_t i = 0; i < barrier->car_count; i++) {
        if (car_goal(machine, device, i) != barrier->cars[i].front_um)
            return true;
    }
    return false;
}

int64_t sim_car_next(const struct sim_machine *machine, int32_t device)
{
    const struct sim_barrier *barrier = &machine->devices[device].barrier;
    int64_t next_us = barrier->car_count == 0 ? barrier->arrive_us : SIM_NEVER;

    for (int32_t i = 0; i < barrier->car_count; i++) {
        if (barrier->cars[i].go_us > machine->now_us && barrier->cars[i].go_us < next_us)
            next_us = barrier->cars[i].go_us;
    }
    return next_us;
}
