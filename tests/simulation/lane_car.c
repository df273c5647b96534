/* Drivers. The honest one goes when his payment has opened the arm; the greedy one whenever it is up. */
#include "tests/simulation/world.h"

#include <string.h>

enum {
    CAR_START_MM = -3000,  /* where it comes into the world, and where one who backed out waits */
    CAR_BEHIND_MM = 600,   /* stops so far before the arm */
    CAR_GO_PERMILLE = 900, /* the arm is up for a driver */
    CAR_OUT_MM = 9000,     /* gone */
};

static int32_t tail(const struct world_car *car)
{
    return car->nose_mm - car->length_mm;
}

void car_arrives(struct world *world, struct world_lane *lane, int32_t payment)
{
    struct random *random = &world->random;
    int32_t at = 0;
    if (lane->cars[LANE_CARS - 1].used)
        return;
    while (lane->cars[at].used && lane->cars[at].act != CAR_OUTSIDE)
        at++; /* before those who wait outside */
    if (at > 0 && (tail(&lane->cars[at - 1]) < CAR_START_MM || lane->cars[at - 1].act == CAR_AGAINST))
        return;
    for (int32_t i = LANE_CARS - 1; i > at; i--)
        lane->cars[i] = lane->cars[i - 1];
    struct world_car *car = &lane->cars[at];
    bool presence = world->config.devices[lane->device].line[CONFIG_ROLE_PRESENCE] >= 0;
    *car = (struct world_car){.used = true,
                              .payment = payment,
                              .nose_mm = CAR_START_MM,
                              .length_mm = random_chance(random, 100)   ? random_between(random, 1600, 2400)
                                           : random_chance(random, 100) ? random_between(random, 8000, 16000)
                                                                        : random_between(random, 3600, 5200),
                              .speed = random_between(random, 800, 4000),
                              .gap_mm = random_between(random, 200, 2500),
                              .greedy = payment < 0 || random_chance(random, 100),
                              .noses = presence && random_chance(random, 100),
                              .backs = random_chance(random, 120),
                              .returns = random_chance(random, 600),
                              .stands = random_chance(random, 80),
                              .gives_up_ms = world->now_ms + random_between(random, 30000, 150000)};
    if (payment < 0 && presence && at == 0 && random_chance(random, 500)) {
        car->act = CAR_AGAINST;
        car->nose_mm = CAR_OUT_MM - 1 + car->length_mm;
    }
    world_note(world, "arrives", lane->device, payment, car->length_mm);
    lane_wake(world, lane);
}

static bool may_go(const struct world *world, const struct world_lane *lane, const struct world_car *car)
{
    const struct core_device *at = &world->core.devices[lane->device];
    if (lane->arm * 1000 < LANE_UP * CAR_GO_PERMILLE)
        return false;
    if (car->greedy)
        return true;
    if (!world->powered || at->use != CORE_DEVICE_MOVING)
        return world->now_ms > car->gives_up_ms; /* at last he goes where it is open */
    return at->test ||
           (at->slot >= 0 && service_index(&world->core.slots[at->slot].payment.claims) == car->payment);
}

static void move(struct world_car *car, int32_t to_mm)
{
    int32_t step = car->speed * LANE_TICK_MS / 1000;
    if (car->nose_mm < to_mm)
        car->nose_mm = car->nose_mm + step > to_mm ? to_mm : car->nose_mm + step;
    else if (car->nose_mm > to_mm)
        car->nose_mm = car->nose_mm - step < to_mm ? to_mm : car->nose_mm - step;
}

/* The foremost one at the loop decides what to do. */
static void decide(struct world *world, struct world_lane *lane, struct world_car *car, bool last)
{
    struct random *random = &world->random;
    bool up = may_go(world, lane, car);
    if (car->backs && last && (up || world->now_ms > car->gives_up_ms) && random_chance(random, 30)) {
        car->backs = false;
        car->act = CAR_BACKING;
    } else if (up && car->noses) {
        car->noses = random_chance(random, 200);
        car->until_ms = 0;
        car->act = CAR_NOSING;
    } else if (up) {
        car->act = CAR_GOING;
    } else if (world->now_ms > car->gives_up_ms && last && lane->arm == 0) {
        car->returns = false;
        car->act = CAR_BACKING;
    }
}

static void drive(struct world *world, struct world_lane *lane, struct world_car *car, int32_t room_mm,
                  bool foremost, bool last)
{
    int32_t stop_mm = lane->arm_mm - CAR_BEHIND_MM, line_mm = room_mm < stop_mm ? room_mm : stop_mm;
    bool shut = lane->arm * 1000 < LANE_UP * CAR_GO_PERMILLE && car->nose_mm <= lane->arm_mm;
    switch (car->act) {
    case CAR_COMING:
        if (car->nose_mm < line_mm)
            move(car, line_mm);
        else if (foremost)
            decide(world, lane, car, last);
        break;
    case CAR_GOING:
        if (shut)
            car->act = CAR_COMING;
        else
            move(car, room_mm);
        if (car->stands && car->nose_mm > lane->arm_mm + 500) {
            car->stands = false;
            car->act = CAR_STANDS;
            car->until_ms = world->now_ms + random_between(&world->random, 1000, 60000);
        }
        break;
    case CAR_STANDS:
        if (world->now_ms >= car->until_ms)
            car->act = CAR_GOING;
        break;
    case CAR_NOSING:
        move(car, car->until_ms == 0 ? lane->passage_from_mm + 400 : stop_mm);
        if (car->nose_mm == lane->passage_from_mm + 400)
            car->until_ms = 1; /* and back */
        if (car->nose_mm == stop_mm && car->until_ms != 0) {
            car->act = CAR_COMING;
            car->counted = car->came = false;
        }
        break;
    case CAR_BACKING:
        move(car, CAR_START_MM);
        if (car->nose_mm == CAR_START_MM) {
            car->used = car->returns;
            car->counted = car->came = false;
            car->act = CAR_OUTSIDE;
            car->until_ms = world->now_ms + random_between(&world->random, 1000, 25000);
        }
        break;
    case CAR_OUTSIDE:
        if (world->now_ms >= car->until_ms && lane->cars[0].act != CAR_AGAINST)
            car->act = CAR_COMING;
        break;
    case CAR_AGAINST:
        if (lane->arm < LANE_UP && tail(car) > lane->passage_to_mm &&
            tail(car) - car->speed * LANE_TICK_MS / 1000 <= lane->passage_to_mm)
            car->used = world->now_ms < car->gives_up_ms; /* waits inside for an open arm */
        else
            move(car, CAR_START_MM);
        car->used &= car->nose_mm > CAR_START_MM + 1;
        break;
    }
    if (car->act != CAR_AGAINST && tail(car) > CAR_OUT_MM)
        car->used = false;
}

/* In the order of the lane again: who is gone leaves no gap, who waits outside comes after all others. */
static void line_up(struct world_lane *lane)
{
    struct world_car cars[LANE_CARS] = {0};
    int32_t kept = 0;
    for (int32_t outside = 0; outside < 2; outside++)
        for (int32_t i = 0; i < LANE_CARS; i++)
            if (lane->cars[i].used && (lane->cars[i].act == CAR_OUTSIDE) == outside)
                cars[kept++] = lane->cars[i];
    memcpy(lane->cars, cars, sizeof(cars));
}

void car_drive(struct world *world, struct world_lane *lane)
{
    for (int32_t i = 0; i < LANE_CARS && lane->cars[i].used; i++) {
        struct world_car *car = &lane->cars[i];
        bool last = i + 1 == LANE_CARS || !lane->cars[i + 1].used || lane->cars[i + 1].act == CAR_OUTSIDE;
        int32_t room_mm = CAR_OUT_MM + car->length_mm + 1000;
        if (i > 0 && lane->cars[i - 1].act != CAR_OUTSIDE && tail(&lane->cars[i - 1]) - car->gap_mm < room_mm)
            room_mm = tail(&lane->cars[i - 1]) - car->gap_mm;
        bool foremost = i == 0 || lane->cars[i - 1].act == CAR_OUTSIDE ||
                        tail(&lane->cars[i - 1]) >= lane->passage_from_mm;
        enum car_act before = car->act;
        drive(world, lane, car, room_mm, foremost, last);
        if (before != car->act)
            world_note(world, "car", car->payment, (int32_t)car->act, car->nose_mm);
        if (before == CAR_COMING && car->act == CAR_GOING && lane->shaky &&
            random_chance(&world->random, 150))
            lane_happens(world, (int32_t)(lane - world->lanes),
                         random_chance(&world->random, 500) ? LANE_BLIND : LANE_LOSE, CONFIG_ROLE_PASSAGE);
    }
    line_up(lane);
}
