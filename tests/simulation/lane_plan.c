/* Which lanes this seed has, who comes to them, and what the operator and bad luck do there. */
#include "tests/simulation/world.h"

#include <stdio.h>

static void add_line(struct world *world, int32_t device, enum config_role role, bool output, bool level)
{
    int32_t index = world->config.line_count++;
    struct config_line *line = &world->config.lines[index];
    line->output = output;
    line->driver = CONFIG_DRIVER_SIM;
    line->device = device;
    line->limit_ms = output ? config_limit_ms(&world->config.devices[device], role) : 0;
    world->config.devices[device].line[role] = index;
    world->lines[index].level = level;
}

static void add_lines(struct world *world, int32_t device)
{
    static const struct {
        enum config_role role;
        bool output, level;
        int32_t share;
    } rows[] = {{CONFIG_ROLE_OPEN, true, false, 1000},    {CONFIG_ROLE_HOLD, true, false, 500},
                {CONFIG_ROLE_SIGN, true, false, 600},     {CONFIG_ROLE_PRESENCE, false, false, 850},
                {CONFIG_ROLE_PASSAGE, false, false, 850}, {CONFIG_ROLE_UP, false, false, 750},
                {CONFIG_ROLE_DOWN, false, true, 650},     {CONFIG_ROLE_FAULT, false, false, 400},
                {CONFIG_ROLE_FIRE, false, true, 300}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (random_chance(&world->random, rows[i].share))
            add_line(world, device, rows[i].role, rows[i].output, rows[i].level);
}

static void add_lane(struct world *world)
{
    struct random *random = &world->random;
    int32_t device = world->config.device_count++;
    struct config_device *config = &world->config.devices[device];
    struct world_lane *lane = &world->lanes[world->lane_count++];
    (void)snprintf(config->name, sizeof(config->name), "d%d", device);
    config->kind = CONFIG_KIND_BARRIER;
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
        config->line[role] = -1;
    config->param[CONFIG_PARAM_PULSE_MS] = random_between(random, 100, 1000);
    config->param[CONFIG_PARAM_UP_MS] = random_between(random, 2500, 9000);
    config->param[CONFIG_PARAM_VEHICLE_WAIT_S] = random_between(random, 5, 40);
    config->param[CONFIG_PARAM_PASSAGE_S] = random_between(random, 5, 40);
    config->param[CONFIG_PARAM_DOWN_S] = random_between(random, 10, 40);
    config->param[CONFIG_PARAM_NOT_DOWN] = random_chance(random, 400);
    config->param[CONFIG_PARAM_EMPTY_LANE] = random_chance(random, 200);
    config->param[CONFIG_PARAM_ON_FIRE] = random_chance(random, 400);
    add_lines(world, device);
    lane->device = device;
    lane->presence_mm = random_between(random, 1000, 2500);
    lane->arm_mm = lane->presence_mm + random_between(random, 700, 1500);
    lane->passage_from_mm = lane->arm_mm + random_between(random, 0, 800);
    lane->passage_to_mm = lane->passage_from_mm + random_between(random, 500, 2000);
    lane->rise_ms = random_between(random, 800, 2400);
    lane->auto_ms = random_between(random, 4000, 25000);
    lane->quick = random_chance(random, 600);
}

void lane_plan(struct world *world)
{
    for (int32_t n = random_chance(&world->random, 450) ? random_between(&world->random, 1, LANE_MAX) : 0;
         n > 0; n--)
        add_lane(world);
}

static void at(struct world *world, int64_t at_ms, int32_t lane, enum lane_what what, int64_t c)
{
    world_at(world, at_ms > world->now_ms ? at_ms - world->now_ms : 1, WORLD_LANE, true, lane, (int32_t)what,
             c);
}

/* A vehicle for this payment, mostly, and perhaps one that follows it. */
void lane_expect(struct world *world, int32_t payment, int32_t product, int64_t at_ms)
{
    struct random *random = &world->random;
    int32_t device = world->config.products[product].device;
    for (int32_t i = 0; i < world->lane_count; i++) {
        if (world->lanes[i].device != device)
            continue;
        int64_t comes_ms = at_ms + random_between(random, -8000, random_chance(random, 200) ? 60000 : 2000);
        if (!random_chance(random, 80))
            at(world, comes_ms, i, LANE_ARRIVE, payment);
        if (random_chance(random, 200))
            at(world, comes_ms + random_between(random, 200, 8000), i, LANE_ARRIVE, -1);
    }
}

void lane_sow(struct world *world)
{
    struct random *random = &world->random;
    bool blind = random_chance(random, 400), faults = random_chance(random, 500);
    for (int32_t i = 0; i < world->lane_count; i++) {
        for (int32_t n = random_below(random, 12); n > 0; n--)
            at(world, random_between(random, 2000, WORLD_FAULTS_MS), i, LANE_ARRIVE, -1);
        world->lanes[i].shaky = blind;
        for (int32_t n = blind ? random_below(random, 40) : 0; n > 0; n--)
            at(world, random_between(random, 2000, WORLD_FAULTS_MS), i, LANE_BLIND,
               random_chance(random, 500) ? CONFIG_ROLE_PRESENCE : CONFIG_ROLE_PASSAGE);
        for (int32_t n = blind ? random_below(random, 20) : 0; n > 0; n--)
            at(world, random_between(random, 2000, WORLD_FAULTS_MS), i, LANE_LOSE,
               random_between(random, CONFIG_ROLE_PRESENCE, CONFIG_ROLE_DOWN));
        for (int32_t n = faults ? random_below(random, 6) : 0; n > 0; n--)
            at(world, random_between(random, 2000, WORLD_FAULTS_MS), i, LANE_FAULT, 0);
    }
}

/* The operator at a lane: opens, holds, releases. true if he did. */
bool lane_operator(struct world *world)
{
    static const enum core_command_kind kinds[] = {CORE_COMMAND_LANE_OPEN, CORE_COMMAND_LANE_OPEN,
                                                   CORE_COMMAND_LANE_HOLD, CORE_COMMAND_LANE_RELEASE};
    struct random *random = &world->random;
    if (world->lane_count == 0 || !random_chance(random, 400))
        return false;
    struct world_lane *lane = &world->lanes[random_below(random, world->lane_count)];
    struct core_event *event = world_event(world, CORE_EVENT_COMMAND);
    event->u.command.kind = kinds[random_below(random, 4)];
    event->u.command.id = ++world->last_command;
    event->u.command.product = -1;
    event->u.command.device = lane->device;
    event->u.command.until = event->wall_s + random_between(random, 1, 60);
    (void)snprintf(event->u.command.owner, sizeof(event->u.command.owner), "guard");
    if (event->u.command.kind == CORE_COMMAND_LANE_OPEN &&
        world->core.devices[lane->device].use == CORE_DEVICE_MOVING)
        lane->agains++;
    if (event->u.command.kind == CORE_COMMAND_LANE_HOLD)
        lane->held_once = true;
    world_note(world, "lane command", (int32_t)event->u.command.kind, lane->device, event->u.command.until);
    jwt_command(world, &event->u.command);
    world_step(world);
    return true;
}
