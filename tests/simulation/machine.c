/* Motors, cams, beams, relays, doors: what an order does, when the sensors see it, and how it goes wrong. */
#include "tests/simulation/world.h"

enum {
    PHYSICS_LEAVE,
    PHYSICS_RELEASE,
    PHYSICS_HOME,
    PHYSICS_SENSE_ON,
    PHYSICS_SENSE_OFF,
    PHYSICS_OPEN,
    PHYSICS_SHUT
};

static const int32_t leave_ms = 80;

static int32_t device_of(const struct world *world, int32_t line)
{
    return world->config.lines[line].device;
}

static void later(struct world *world, int32_t ms, int32_t device, int32_t what)
{
    world_at(world, ms, WORLD_PHYSICS, true, device, what, world->devices[device].generation);
}

void machine_feel(struct world *world, int32_t line)
{
    struct core_event *event = world_event(world, CORE_EVENT_LINE);
    event->u.line.line = line;
    event->u.line.good = !world->lines[line].lost;
    event->u.line.on = world->lines[line].level || world->lines[line].forced;
    enum device_level level = event->u.line.on ? DEVICE_LEVEL_ON : DEVICE_LEVEL_OFF;
    world->lines[line].heard += event->u.line.good && world->core.lines[line].level != level;
    world_note(world, "line", line, event->u.line.on, event->u.line.good);
    world_step(world);
}

void machine_set(struct world *world, int32_t line, bool level)
{
    if (world->lines[line].level == level)
        return;
    world->lines[line].level = level;
    world->lines[line].edged_ms = world->now_ms;
    world->edges[line]++;
    if (world->powered && !world->lines[line].lost && !world->lines[line].forced)
        world_at(world, random_between(&world->random, 1, WORLD_FEEL_MS), WORLD_FEEL, false, line, 0, 0);
}

/* The shaft turns: what will happen from here on until it is switched off or jams. */
static void turn(struct world *world, int32_t device)
{
    struct world_device *at = &world->devices[device];
    int32_t from = at->turned_ms;
    if (at->stuck)
        return;
    if (from < leave_ms)
        later(world, leave_ms - from, device, PHYSICS_LEAVE);
    if (at->jammed)
        return;
    if (!at->released && from < at->release_ms)
        later(world, at->release_ms - from, device, PHYSICS_RELEASE);
    later(world, at->turn_ms - from, device, PHYSICS_HOME);
}

static void output_on(struct world *world, int32_t line)
{
    int32_t device = device_of(world, line);
    struct world_device *at = &world->devices[device];
    const struct config_device *config = &world->config.devices[device];
    struct random *random = &world->random;
    int32_t fault = world->knobs.machine_fault;
    if (at->on)
        return;
    at->on = true;
    at->on_at_ms = world->now_ms;
    at->generation++;
    world_note(world, "on", line, device, 0);
    switch ((int)config->kind) {
    case CONFIG_KIND_SPIRAL:
        at->stuck |= random_chance(random, fault / 4);
        at->jammed |= random_chance(random, fault / 4);
        turn(world, device);
        break;
    case CONFIG_KIND_RELAY:
        at->came_out++;
        if (config->line[CONFIG_ROLE_FEEDBACK] >= 0 && !random_chance(random, fault)) {
            later(world, random_between(random, 20, 300), device, PHYSICS_SENSE_ON);
            later(world, random_between(random, 350, 800), device, PHYSICS_SENSE_OFF);
        }
        break;
    case CONFIG_KIND_LOCK:
        if (config->line[CONFIG_ROLE_DOOR] < 0)
            at->came_out++;
        else if (!random_chance(random, 50 + fault))
            later(world, random_between(random, 50, 5000), device, PHYSICS_OPEN);
        break;
    default:
        at->came_out++;
        break;
    }
}

static void output_off(struct world *world, int32_t line)
{
    if (gate_of(world, device_of(world, line)))
        return; /* gate.c has its own */
    struct world_device *at = &world->devices[device_of(world, line)];
    if (!at->on || at->welded)
        return;
    at->on = false;
    world_note(world, "off", line, device_of(world, line), 0);
    if (world->config.devices[device_of(world, line)].kind != CONFIG_KIND_SPIRAL)
        return; /* its feedback or its door still comes */
    at->generation++;
    if (!at->stuck)
        at->turned_ms += (int32_t)(world->now_ms - at->on_at_ms);
    if (at->jammed && at->turned_ms > at->turn_ms / 2)
        at->turned_ms = at->turn_ms / 2;
}

static void result(struct world *world, int64_t delay_ms, int32_t line, enum device_order_kind kind,
                   enum device_order_result how, int64_t on_at_ms)
{
    int32_t index = world->next_result;
    world->next_result = (index + 1) % 256;
    world->results[index].line = line;
    world->results[index].kind = kind;
    world->results[index].result = how;
    world->results[index].on_at_ms = on_at_ms;
    world_at(world, delay_ms, WORLD_RESULT, false, line, index, 0);
}

static void execute(struct world *world, int32_t line, enum device_order_kind kind, int32_t ms)
{
    struct world_device *at = &world->devices[device_of(world, line)];
    if (gate_of(world, device_of(world, line))) {
        gate_execute(world, line, kind, ms);
        return;
    }
    if (lane_of(world, device_of(world, line))) {
        lane_execute(world, line, kind);
        return;
    }
    if (kind == DEVICE_ORDER_OFF) {
        at->welded |= at->on && random_chance(&world->random, world->knobs.machine_fault / 20);
        output_off(world, line);
        return;
    }
    int32_t limit_ms = world->config.lines[line].limit_ms;
    if (ms <= 0 || ms > limit_ms)
        ms = limit_ms;
    output_on(world, line);
    int64_t generation = ++world->line_generation[line];
    if (kind == DEVICE_ORDER_PULSE)
        world_at(world, ms, WORLD_PULSE_END, false, line, 0, generation);
    world_at(world, limit_ms + 20, WORLD_GUARD, false, line, 0, generation);
}

void machine_order(struct world *world, int32_t line, enum device_order_kind kind, int32_t ms)
{
    struct random *random = &world->random;
    int32_t latency_ms = random_between(random, 1, 25);
    enum device_order_result how = DEVICE_ORDER_DONE;
    bool executed = true;
    if ((world->latched[line] || gate_refuses(world, line)) && kind != DEVICE_ORDER_OFF) {
        how = DEVICE_ORDER_REFUSED;
        executed = false;
    } else if (random_chance(random, world->knobs.order_fault) ||
               (world->lines[line].lost && random_chance(random, 800))) {
        how = random_chance(random, 500) ? DEVICE_ORDER_REFUSED : DEVICE_ORDER_UNKNOWN;
        executed = how == DEVICE_ORDER_UNKNOWN && random_chance(random, 500);
        latency_ms += random_chance(random, 100) ? 3000 : 300;
    }
    world_note(world, "order", line, (int32_t)kind, (int64_t)how);
    int64_t on_at_ms = executed && kind != DEVICE_ORDER_OFF ? world->now_ms : 0;
    if (executed)
        execute(world, line, kind, ms);
    if (kind == DEVICE_ORDER_OFF && world->devices[device_of(world, line)].welded)
        how = DEVICE_ORDER_UNKNOWN; /* read back: still on */
    if (kind == DEVICE_ORDER_PULSE && how != DEVICE_ORDER_REFUSED)
        latency_ms += ms;
    result(world, latency_ms, line, kind, how, on_at_ms);
}

/* Read back: it is on after it was switched off. */
static void tell_stuck(struct world *world, int32_t line)
{
    struct core_event *event = world_event(world, CORE_EVENT_OUTPUT_FAULT);
    event->u.line.line = line;
    event->u.line.on = true;
    world_note(world, "still on", line, 0, 0);
    world_step(world);
}

void machine_result(struct world *world, int32_t index)
{
    int32_t line = world->results[index].line;
    if (world->results[index].kind == DEVICE_ORDER_OFF &&
        world->results[index].result == DEVICE_ORDER_UNKNOWN && world->devices[device_of(world, line)].welded)
        tell_stuck(world, line);
    struct core_event *event = world_event(world, CORE_EVENT_ORDER);
    event->u.order.line = world->results[index].line;
    event->u.order.kind = world->results[index].kind;
    event->u.order.result = world->results[index].result;
    event->u.order.on_at_us = world->results[index].on_at_ms * 1000;
    world_note(world, "result", event->u.order.line, (int32_t)event->u.order.kind,
               (int64_t)event->u.order.result);
    world_step(world);
}

void machine_pulse_end(struct world *world, int32_t line, int64_t generation)
{
    if (world->line_generation[line] == (uint32_t)generation)
        output_off(world, line);
}

/* The limit below the core: off, latched, told. */
void machine_guard(struct world *world, int32_t line, int64_t generation)
{
    if (world->line_generation[line] != (uint32_t)generation || !world->devices[device_of(world, line)].on)
        return;
    output_off(world, line);
    world->latched[line] = world->fault_told[line] = true;
    struct core_event *event = world_event(world, CORE_EVENT_OUTPUT_FAULT);
    event->u.line.line = line;
    world_note(world, "guard", line, 0, 0);
    world_step(world);
}

static void product_falls(struct world *world, int32_t device)
{
    struct world_device *at = &world->devices[device];
    if (random_chance(&world->random, world->knobs.machine_fault / 4)) {
        at->hung = true;
        return;
    }
    at->came_out += at->hung ? 2 : 1;
    at->hung = false;
    if (world->config.devices[device].line[CONFIG_ROLE_DROP] < 0)
        return;
    /* The fall survives the motor: it must not be cancelled with it. */
    int32_t fall_ms = random_between(&world->random, 100, 600);
    world_at(world, fall_ms, WORLD_PHYSICS, true, device, PHYSICS_SENSE_ON, -1);
    world_at(world, fall_ms + 60, WORLD_PHYSICS, true, device, PHYSICS_SENSE_OFF, -1);
}

static void sense(struct world *world, int32_t device, bool level)
{
    const struct config_device *config = &world->config.devices[device];
    int32_t line = config->kind == CONFIG_KIND_SPIRAL  ? config->line[CONFIG_ROLE_DROP]
                   : config->kind == CONFIG_KIND_RELAY ? config->line[CONFIG_ROLE_FEEDBACK]
                                                       : config->line[CONFIG_ROLE_DOOR];
    if (line >= 0)
        machine_set(world, line, level);
}

void machine_physics(struct world *world, int32_t device, int32_t what, int64_t generation)
{
    struct world_device *at = &world->devices[device];
    const struct config_device *config = &world->config.devices[device];
    if (generation >= 0 && at->generation != (uint32_t)generation)
        return;
    switch (what) {
    case PHYSICS_LEAVE:
        machine_set(world, config->line[CONFIG_ROLE_HOME], false);
        break;
    case PHYSICS_RELEASE:
        at->released = true;
        product_falls(world, device);
        break;
    case PHYSICS_HOME:
        machine_set(world, config->line[CONFIG_ROLE_HOME], true);
        at->turned_ms = 0;
        at->released = false;
        at->on_at_ms = world->now_ms;
        turn(world, device); /* on it goes, if nobody switches it off */
        break;
    case PHYSICS_SENSE_ON:
        sense(world, device, true);
        break;
    case PHYSICS_SENSE_OFF:
        sense(world, device, false);
        break;
    case PHYSICS_OPEN:
        at->came_out++;
        sense(world, device, false);
        later(world, random_between(&world->random, 500, 4000), device, PHYSICS_SHUT);
        break;
    case PHYSICS_SHUT:
        sense(world, device, true);
        break;
    default:
        break;
    }
}

void machine_power_cut(struct world *world)
{
    for (int32_t line = 0; line < world->config.line_count; line++)
        if (world->config.lines[line].output) {
            world->devices[device_of(world, line)].welded = false;
            output_off(world, line);
            world->latched[line] = false;
        }
    gate_power_cut(world);
    lane_power_cut(world);
}

/* A technician: jam cleared, cam home, latch reset. */
void machine_service(struct world *world, int32_t device)
{
    struct world_device *at = &world->devices[device];
    const struct config_device *config = &world->config.devices[device];
    at->jammed = at->stuck = at->hung = at->on = at->welded = false;
    at->turned_ms = 0;
    at->released = false;
    at->generation++;
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
        if (config->line[role] >= 0)
            world->latched[config->line[role]] = false;
    if (config->kind == CONFIG_KIND_SPIRAL)
        machine_set(world, config->line[CONFIG_ROLE_HOME], true);
}
