/* A barrier: its controller raises the arm for a pulse and lowers it by itself, never onto a vehicle. */
#include "tests/simulation/world.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

enum { LANE_UNDER_MM = 500 }; /* the closing protection reaches so far before and behind the arm */

struct world_lane *lane_of(struct world *world, int32_t device)
{
    for (int32_t i = 0; i < world->lane_count; i++)
        if (world->lanes[i].device == device)
            return &world->lanes[i];
    return NULL;
}

static int32_t line_of(const struct world *world, const struct world_lane *lane, enum config_role role)
{
    return world->config.devices[lane->device].line[role];
}

void lane_wake(struct world *world, struct world_lane *lane)
{
    if (lane->ticking)
        return;
    lane->ticking = true;
    lane->tick_ms = world->now_ms + LANE_TICK_MS;
    lane->tick_number = world->next_number++;
}

/* ---- orders ---- */

void lane_execute(struct world *world, int32_t line, enum device_order_kind kind)
{
    struct world_lane *lane = lane_of(world, world->config.lines[line].device);
    assert(lane);
    if (line == line_of(world, lane, CONFIG_ROLE_HOLD)) {
        lane->hold = kind == DEVICE_ORDER_ON;
    } else if (line == line_of(world, lane, CONFIG_ROLE_OPEN) && kind == DEVICE_ORDER_PULSE && !lane->dead) {
        lane->want_up = true;
        lane->open_until_ms = world->now_ms + lane->rise_ms + lane->auto_ms;
    }
    lane_wake(world, lane);
}

void lane_power_cut(struct world *world)
{
    for (int32_t i = 0; i < world->lane_count; i++) {
        struct world_lane *lane = &world->lanes[i];
        lane->hold = false;
        for (int32_t eye = 0; eye < 3; eye++)
            lane->blind_from_ms[eye] = 0;
        lane_wake(world, lane);
    }
}

/* ---- the arm ---- */

static bool covers(const struct world_car *car, int32_t from_mm, int32_t to_mm)
{
    return car->used && car->act != CAR_OUTSIDE && car->nose_mm > from_mm &&
           car->nose_mm - car->length_mm < to_mm;
}

static bool covered(const struct world_lane *lane, int32_t from_mm, int32_t to_mm)
{
    for (int32_t i = 0; i < LANE_CARS; i++)
        if (covers(&lane->cars[i], from_mm, to_mm))
            return true;
    return false;
}

static void move_arm(struct world *world, struct world_lane *lane)
{
    int32_t step = LANE_UP * LANE_TICK_MS / lane->rise_ms;
    bool passage = covered(lane, lane->passage_from_mm, lane->passage_to_mm);
    bool under = passage || covered(lane, lane->arm_mm - LANE_UNDER_MM, lane->arm_mm + LANE_UNDER_MM);
    if (lane->quick && lane->was_covered && !passage && lane->open_until_ms > world->now_ms + 2000)
        lane->open_until_ms = world->now_ms + 2000;
    lane->was_covered = passage;
    if (lane->want_up && world->now_ms >= lane->open_until_ms && !under)
        lane->want_up = false;
    if (lane->want_up || (lane->hold && !lane->dead) || (under && lane->arm > 0))
        lane->arm += step;
    else
        lane->arm -= step;
    lane->arm = lane->arm > LANE_UP ? LANE_UP : lane->arm < 0 ? 0 : lane->arm;
}

/* ---- the sensors ---- */

static int32_t eye_of(enum config_role role)
{
    return role == CONFIG_ROLE_PRESENCE ? 0 : role == CONFIG_ROLE_PASSAGE ? 1 : 2;
}

static void sense(struct world *world, struct world_lane *lane, enum config_role role, bool level)
{
    int32_t line = line_of(world, lane, role);
    if (line < 0)
        return;
    if (role == CONFIG_ROLE_UP && world->lines[line].level != level)
        lane->up_ms = world->now_ms;
    if (lane->blind_from_ms[eye_of(role)] == 0) {
        machine_set(world, line, level);
    } else if (world->lines[line].level != level) {
        world->lines[line].level = level;
        world->edges[line]++;
    }
}

/* The line is lost for a while, and the core knows. */
static void lose(struct world *world, struct world_lane *lane, enum config_role role)
{
    int32_t line = line_of(world, lane, role);
    if (world->calm || line < 0)
        return;
    world->lines[line].lost = true;
    world_note(world, "line lost", line, 1, 0);
    if (world->powered)
        machine_feel(world, line);
    world_at(world, random_between(&world->random, 100, 8000), WORLD_LANE, true,
             (int32_t)(lane - world->lanes), LANE_SEES, line);
}

static void blind(struct world *world, struct world_lane *lane, int32_t line)
{
    struct random *random = &world->random;
    if (world->calm || line < 0)
        return;
    for (enum config_role role = CONFIG_ROLE_PRESENCE; role <= CONFIG_ROLE_PASSAGE; role++) {
        if (line != line_of(world, lane, role) || lane->blind_from_ms[eye_of(role)] != 0)
            continue;
        lane->blind_from_ms[eye_of(role)] = world->now_ms;
        world_note(world, "blind", line, 0, 0);
        world_at(world, random_between(random, 30, 3000), WORLD_LANE, true, (int32_t)(lane - world->lanes),
                 LANE_SEES, line);
    }
}

static void see(struct world *world, struct world_lane *lane, int32_t line)
{
    if (world->lines[line].lost) {
        world->lines[line].lost = false;
        if (world->powered)
            machine_feel(world, line);
    }
    for (enum config_role role = CONFIG_ROLE_PRESENCE; role <= CONFIG_ROLE_PASSAGE; role++) {
        int64_t *since_ms = &lane->blind_from_ms[eye_of(role)];
        if (line != line_of(world, lane, role) || *since_ms == 0)
            continue;
        int64_t gap_ms = world->now_ms - *since_ms;
        *since_ms = 0;
        if (!world->powered)
            continue;
        struct core_event *event = world_event(world, CORE_EVENT_GAP);
        event->u.gap.line = line;
        event->u.gap.ms = (int32_t)gap_ms;
        world_note(world, "gap", line, event->u.gap.ms, 0);
        world_step(world);
        machine_feel(world, line);
    }
}

static void count_through(struct world *world, struct world_lane *lane, struct world_car *car)
{
    bool presence = line_of(world, lane, CONFIG_ROLE_PRESENCE) >= 0;
    int32_t tail_mm = car->nose_mm - car->length_mm;
    if (car->nose_mm <= lane->passage_from_mm) /* came back: it may go through again */
        car->counted = car->came = false;
    bool through = presence ? tail_mm >= lane->presence_mm && car->nose_mm > lane->passage_from_mm
                            : tail_mm >= lane->arm_mm;
    if (car->came || car->act == CAR_AGAINST)
        return;
    if (!through) {
        car->through_ms = 0;
        return;
    }
    if (car->through_ms == 0)
        car->through_ms = world->now_ms;
    if (!car->counted) {
        car->counted = true;
        lane->counted_ms = world->now_ms;
        lane->through++;
    }
    if (world->now_ms - car->through_ms < LANE_TRUTH_MS)
        return;
    car->came = true;
    lane_check_passage(world, lane, car);
    if (line_of(world, lane, CONFIG_ROLE_PASSAGE) >= 0)
        world->devices[lane->device].came_out++;
    world_note(world, "through", lane->device, car->payment, lane->through);
}

static bool cars_move(const struct world_lane *lane, const struct world_car *before)
{
    return memcmp(lane->cars, before, sizeof(lane->cars)) != 0;
}

/* Everybody waits before an arm that is down: until an order, a newcomer, or until somebody's time comes. */
static void rest(struct world *world, struct world_lane *lane)
{
    int64_t next_ms = INT64_MAX;
    for (int32_t i = 0; i < LANE_CARS; i++) {
        const struct world_car *car = &lane->cars[i];
        const int64_t times[] = {car->gives_up_ms + 1, car->until_ms, car->through_ms + LANE_TRUTH_MS};
        if (!car->used)
            continue;
        for (size_t k = 0; k < sizeof(times) / sizeof(times[0]); k++)
            if (times[k] > world->now_ms && times[k] < next_ms)
                next_ms = times[k];
    }
    if (next_ms <= world->now_ms + 2 * LANE_TICK_MS)
        lane_wake(world, lane);
    else if (next_ms == INT64_MAX)
        return;
    else if (lane->alarm_ms <= world->now_ms || lane->alarm_ms > next_ms - LANE_TICK_MS) {
        lane->alarm_ms = next_ms - LANE_TICK_MS;
        world_at(world, lane->alarm_ms - world->now_ms, WORLD_LANE, true, (int32_t)(lane - world->lanes),
                 LANE_ALARM, 0);
    }
}

static void tick(struct world *world, struct world_lane *lane)
{
    struct world_car before[LANE_CARS];
    memcpy(before, lane->cars, sizeof(before));
    bool down = lane->arm == 0, any = false;
    move_arm(world, lane);
    if (down && lane->arm > 0 && line_of(world, lane, CONFIG_ROLE_PASSAGE) < 0)
        world->devices[lane->device].came_out++;
    bool covered_before = lane->was_covered;
    lane_check_quiet(world, lane);
    car_drive(world, lane);
    for (int32_t i = 0; i < LANE_CARS; i++) {
        if (!lane->cars[i].used)
            continue;
        any = true;
        if (lane->cars[i].nose_mm <= lane->passage_from_mm)
            lane->cars[i].entered_ms = 0;
        else if (lane->cars[i].entered_ms == 0)
            lane->cars[i].entered_ms = covered_before ? -1 : world->now_ms;
        count_through(world, lane, &lane->cars[i]);
    }
    sense(world, lane, CONFIG_ROLE_PRESENCE, covered(lane, 0, lane->presence_mm));
    sense(world, lane, CONFIG_ROLE_PASSAGE, covered(lane, lane->passage_from_mm, lane->passage_to_mm));
    sense(world, lane, CONFIG_ROLE_UP, lane->arm == LANE_UP);
    sense(world, lane, CONFIG_ROLE_DOWN, lane->arm == 0);
    lane->ticking = false;
    if (lane->arm > 0 || lane->want_up || lane->hold || (any && cars_move(lane, before)))
        lane_wake(world, lane);
    else if (any)
        rest(world, lane);
}

static void fault(struct world *world, struct world_lane *lane)
{
    struct random *random = &world->random;
    int32_t line = line_of(world, lane, random_chance(random, 500) ? CONFIG_ROLE_FAULT : CONFIG_ROLE_FIRE);
    if (world->calm)
        return;
    if (random_chance(random, 500)) {
        lane->dead = !lane->dead;
        world_note(world, "arm dead", lane->device, lane->dead, 0);
        if (lane->dead)
            world_at(world, random_between(random, 5000, 40000), WORLD_LANE, true,
                     (int32_t)(lane - world->lanes), LANE_FAULT, 0);
    } else if (line >= 0) {
        machine_set(world, line, !world->lines[line].level);
        world_at(world, random_between(random, 1000, 20000), WORLD_LANE, true, (int32_t)(lane - world->lanes),
                 LANE_FAULT, 0);
    }
}

void lane_happens(struct world *world, int32_t index, enum lane_what what, int64_t c)
{
    struct world_lane *lane = &world->lanes[index];
    switch (what) {
    case LANE_TICK:
        tick(world, lane);
        break;
    case LANE_ARRIVE:
        car_arrives(world, lane, (int32_t)c);
        break;
    case LANE_BLIND:
        blind(world, lane, line_of(world, lane, (enum config_role)c));
        break;
    case LANE_LOSE:
        lose(world, lane, (enum config_role)c);
        break;
    case LANE_SEES:
        see(world, lane, (int32_t)c);
        break;
    case LANE_FAULT:
        fault(world, lane);
        break;
    case LANE_ALARM:
        lane_wake(world, lane);
        break;
    }
}

void lane_calm(struct world *world)
{
    for (int32_t i = 0; i < world->lane_count; i++) {
        struct world_lane *lane = &world->lanes[i];
        int32_t fire = line_of(world, lane, CONFIG_ROLE_FIRE), bad = line_of(world, lane, CONFIG_ROLE_FAULT);
        lane->dead = false;
        if (fire >= 0)
            world->lines[fire].level = true;
        if (bad >= 0)
            world->lines[bad].level = false;
    }
}
