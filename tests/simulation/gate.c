/* Turnstiles with people and a unit that may lose its power; validators with a light and a screen. */
#include "tests/simulation/world.h"

#include <stdio.h>
#include <string.h>

static const struct config_device *config_of(const struct world *world, const struct world_gate *gate)
{
    return &world->config.devices[gate->device];
}

static int32_t line_of(const struct world *world, const struct world_gate *gate, enum config_role role)
{
    return config_of(world, gate)->line[role];
}

static void later(struct world *world, const struct world_gate *gate, int32_t ms, enum gate_what what,
                  int64_t c)
{
    world_at(world, ms, WORLD_GATE, true, (int32_t)(gate - world->gates), (int32_t)what, c);
}

struct world_gate *gate_of(struct world *world, int32_t device)
{
    for (int32_t i = 0; i < world->gate_count; i++)
        if (world->gates[i].device == device)
            return &world->gates[i];
    return NULL;
}

/* ---- the turnstile's unit ---- */

static bool is_pulse(const struct world *world, const struct world_gate *gate)
{
    return config_of(world, gate)->param[CONFIG_PARAM_MODE] == 0;
}

static bool is_released(const struct world *world, const struct world_gate *gate)
{
    if (is_pulse(world, gate))
        return world->now_ms < gate->open_until_ms;
    return world->lines[line_of(world, gate, CONFIG_ROLE_UNLOCK)].level;
}

static void close_contact(struct world *world, struct world_gate *gate, int32_t line, int32_t ms)
{
    if (line < 0)
        return;
    machine_set(world, line, true);
    later(world, gate, ms, GATE_CLOSED, line);
}

static void check_second(struct world *world, struct world_gate *gate)
{
    /* In a fire it stays released to its end: nobody is locked in. */
    int64_t began_ms = world->core.devices[gate->device].device.started_ms;
    bool all_well = world->knobs.order_fault == 0 && gate->disturbed_ms < began_ms - 5000 &&
                    line_of(world, gate, CONFIG_ROLE_PASS) >= 0 &&
                    !world->lines[line_of(world, gate, CONFIG_ROLE_UNLOCK)].lost;
    if (!is_pulse(world, gate) && all_well && gate->through > 1)
        world_violate(world, "one payment, two passages: still released long after the first");
}

/* Somebody goes through. */
static void pass(struct world *world, struct world_gate *gate)
{
    struct random *random = &world->random;
    int32_t line = line_of(world, gate, CONFIG_ROLE_PASS);
    int32_t ms = random_between(random, 150, 700);
    bool released = is_released(world, gate);
    world_note(world, released ? "somebody passes" : "somebody pushes through", gate->device, 0, 0);
    gate->passages++;
    gate->passed_ms = world->now_ms;
    if (released) {
        gate->through++;
        gate->open_until_ms = 0;
        check_second(world, gate);
        later(world, gate, GATE_TRUTH_MS, GATE_COUNTED, 0);
    }
    gate->contact_off_ms = world->now_ms + ms;
    close_contact(world, gate, line, ms);
    if (line >= 0 && random_chance(random, world->knobs.machine_fault / 10)) {
        world->lines[line].forced = true; /* the contact sticks */
        later(world, gate, random_between(random, 2000, 40000), GATE_UNSTUCK, line);
    }
}

/* Nobody else is in the way. */
static bool has_room(const struct world *world, const struct world_gate *gate)
{
    int32_t line = line_of(world, gate, CONFIG_ROLE_PASS);
    bool open = line < 0 || (!world->lines[line].level && !world->lines[line].forced);
    return gate->powered && open && world->now_ms >= gate->contact_off_ms + 300;
}

static void person(struct world *world, struct world_gate *gate)
{
    bool released = is_released(world, gate);
    if (!has_room(world, gate) || (!released && !random_chance(&world->random, 200)))
        return;
    pass(world, gate);
    if (random_chance(&world->random, 150))
        later(world, gate, random_between(&world->random, 1100, 2000), GATE_FOLLOWER, 0);
}

/* Somebody without a right pushes through a locked unit: the kiosk must tell, if it can see and hear. */
static void jumper(struct world *world, struct world_gate *gate)
{
    const struct core_device *at = &world->core.devices[gate->device];
    int32_t line = line_of(world, gate, CONFIG_ROLE_PASS);
    if (!has_room(world, gate))
        return;
    bool seen = world->powered && world->core.started && at->use == CORE_DEVICE_IDLE && line >= 0 &&
                !world->lines[line].lost && world->core.lines[line].level == DEVICE_LEVEL_OFF &&
                gate->disturbed_ms < world->now_ms - 1000 && gate_unit_ready(world, gate->device);
    pass(world, gate);
    if (seen)
        world_at(world, GATE_TOLD_MS, WORLD_GATE, false, (int32_t)(gate - world->gates), GATE_TOLD,
                 gate->told);
}

static void check_told(struct world *world, const struct world_gate *gate, int64_t before)
{
    const struct core_device *at = &world->core.devices[gate->device];
    int64_t since_ms = world->now_ms - GATE_TOLD_MS;
    if (gate->disturbed_ms >= since_ms || at->use != CORE_DEVICE_IDLE || at->device.started_ms >= since_ms ||
        at->ended_ms >= since_ms)
        return;
    if (gate->told == before)
        world_violate(world, "a passage without a right was not told");
}

static void power(struct world *world, struct world_gate *gate)
{
    struct random *random = &world->random;
    int32_t pass_line = line_of(world, gate, CONFIG_ROLE_PASS);
    if (!gate->powered) {
        later(world, gate, random_between(random, 100, 400), GATE_READY, 1);
        return;
    }
    if (world->calm || pass_line < 0 || world->lines[pass_line].level || world->lines[pass_line].forced ||
        line_of(world, gate, CONFIG_ROLE_READY) < 0)
        return;
    world_note(world, "unit without power", gate->device, 0, 0);
    gate->powered = false;
    gate->open_until_ms = 0;
    gate->disturbed_ms = world->now_ms;
    later(world, gate, random_between(random, 0, 90), GATE_READY, 0);
    later(world, gate, random_between(random, 0, 90), GATE_GLITCH, 1);
    later(world, gate, random_between(random, 200, 900), GATE_GLITCH, 0);
    later(world, gate, random_between(random, 1000, 30000), GATE_POWER, 0);
}

static void ready(struct world *world, struct world_gate *gate, bool on)
{
    gate->disturbed_ms = world->now_ms;
    if (on)
        gate->powered = true;
    if (line_of(world, gate, CONFIG_ROLE_READY) >= 0)
        machine_set(world, line_of(world, gate, CONFIG_ROLE_READY), on);
}

/* ---- light and screen ---- */

void gate_note_light(struct world *world, struct world_gate *gate)
{
    int32_t line = line_of(world, gate, CONFIG_ROLE_LIGHT);
    if (line >= 0 && world->lines[line].level)
        gate->lit_ms = world->now_ms;
}

static void say_screen(struct world *world, bool good)
{
    struct core_event *event = world_event(world, CORE_EVENT_HEALTH);
    event->u.health.what = CORE_HEALTH_SCREEN;
    event->u.health.good = good;
    world->screen_told = good;
    world_note(world, "screen", good, 0, 0);
    world_step(world);
}

/* What the screen puts on its next picture: the newest lines. */
static void draw(struct world *world)
{
    static struct core_activity list[12];
    int32_t count = core_view_activities(&world->core, list, 12);
    uint64_t picture = world->epoch;
    world->drawn_to = count > 0 ? list[0].order : 0;
    world->drawn_from = count > 0 ? list[count - 1].order : 0;
    for (int32_t i = 0; i < count; i++) {
        struct world_payment *payment = &world->payments[service_index(&list[i].payment->claims)];
        payment->drawn = world->epoch;
        bool begun = gate_has_begun(world, list[i].payment);
        if (begun)
            payment->shown = world->epoch;
        picture = (picture ^ (list[i].order << 2 | (uint64_t)begun << 1 | list[i].finished)) * 1099511628211u;
    }
    world->same_picture = picture == world->picture ? world->same_picture + 1 : 0;
    world->picture = picture;
}

/* The screen says which lines are on the picture that it has presented, and draws the next one. */
static void screen_answers(struct world *world, const struct world_gate *gate)
{
    later(world, gate, random_between(&world->random, 100, 900), GATE_SCREEN, 0);
    if (!world->powered || !world->core.started || world->screen_dead)
        return;
    world->screen_answered_ms = world->now_ms;
    if (!world->screen_told) {
        say_screen(world, true);
    } else if (world->drawn_to > 0 && world->same_picture % GATE_SAME == 0) {
        struct core_event *event = world_event(world, CORE_EVENT_SHOWN);
        event->u.shown.from = world->drawn_from;
        event->u.shown.to = world->drawn_to;
        world_note(world, "shown", 0, 0, (int64_t)event->u.shown.to);
        world_step(world);
    }
    draw(world);
}

static void screen_fault(struct world *world, const struct world_gate *gate)
{
    world->screen_dead = !world->screen_dead && !world->calm;
    world_note(world, "screen dead", world->screen_dead, 0, 0);
    if (world->screen_dead) {
        later(world, gate, 3000, GATE_SCREEN_LOST, 0);
        later(world, gate, random_between(&world->random, 500, 30000), GATE_SCREEN_FAULT, 0);
    }
}

/* ---- outputs ---- */

static void output_off(struct world *world, struct world_gate *gate, int32_t line)
{
    gate_note_light(world, gate);
    world->lines[line].level = false;
    world->line_generation[line]++;
}

bool gate_refuses(struct world *world, int32_t line)
{
    const struct world_gate *gate = gate_of(world, world->config.lines[line].device);
    return gate && gate->dead && line == line_of(world, gate, CONFIG_ROLE_LIGHT);
}

static void release(struct world *world, struct world_gate *gate)
{
    struct random *random = &world->random;
    int32_t relock_ms = config_of(world, gate)->param[CONFIG_PARAM_RELOCK_S] * 1000;
    gate->through = 0;
    if (!gate->powered)
        return;
    gate->open_until_ms = world->now_ms + relock_ms - random_between(random, 0, 1000);
    if (random_chance(random, 850))
        later(world, gate, random_between(random, 200, relock_ms + 2000), GATE_PERSON, 0);
}

void gate_execute(struct world *world, int32_t line, enum device_order_kind kind, int32_t ms)
{
    struct world_gate *gate = gate_of(world, world->config.lines[line].device);
    int32_t limit_ms = world->config.lines[line].limit_ms;
    if (kind == DEVICE_ORDER_OFF) {
        output_off(world, gate, line);
        return;
    }
    bool was_on = world->lines[line].level;
    world->lines[line].level = true;
    gate_note_light(world, gate);
    if (line == line_of(world, gate, CONFIG_ROLE_UNLOCK) && !was_on)
        release(world, gate);
    if (was_on && limit_ms > 0)
        return; /* its limit counts on from the first time */
    int64_t generation = ++world->line_generation[line];
    if (limit_ms > 0 && (ms <= 0 || ms > limit_ms))
        ms = limit_ms;
    if (kind == DEVICE_ORDER_ON)
        ms += 20;
    if (ms > 0)
        world_at(world, ms, WORLD_GATE, false, (int32_t)(gate - world->gates), GATE_OUTPUT_END,
                 generation << 8 | line);
}

/* A pulse, a lease or a limit is over. */
static void output_end(struct world *world, struct world_gate *gate, int64_t c)
{
    int32_t line = (int32_t)(c & 255);
    if (world->line_generation[line] != (uint32_t)(c >> 8) || !world->lines[line].level)
        return;
    output_off(world, gate, line);
    if (line == line_of(world, gate, CONFIG_ROLE_LIGHT) && world->knobs.order_fault == 0 && !gate->dead &&
        !world->lines[line].lost && gate->disturbed_ms < world->now_ms - 10000)
        world_violate(world, "nobody but its lease switched the light off");
    if (line != line_of(world, gate, CONFIG_ROLE_UNLOCK) || is_pulse(world, gate))
        return;
    world->latched[line] = world->fault_told[line] = true;
    struct core_event *event = world_event(world, CORE_EVENT_OUTPUT_FAULT);
    event->u.line.line = line;
    world_note(world, "guard", line, 0, 0);
    world_step(world);
}

void gate_power_cut(struct world *world)
{
    for (int32_t i = 0; i < world->gate_count; i++)
        for (int role = 0; role < CONFIG_ROLE_COUNT; role++) {
            int32_t line = config_of(world, &world->gates[i])->line[role];
            if (line >= 0 && world->config.lines[line].output)
                output_off(world, &world->gates[i], line);
        }
    world->screen_told = false;
    world->drawn_to = 0;
}

void gate_disturbed(struct world *world, int32_t line)
{
    for (int32_t i = 0; i < world->gate_count; i++)
        for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
            if (config_of(world, &world->gates[i])->line[role] == line || line == world->fire)
                world->gates[i].disturbed_ms = world->now_ms;
}

void gate_happens(struct world *world, int32_t gate_index, enum gate_what what, int64_t c)
{
    struct world_gate *gate = &world->gates[gate_index];
    switch (what) {
    case GATE_PERSON:
    case GATE_FOLLOWER:
        person(world, gate);
        break;
    case GATE_JUMPER:
        jumper(world, gate);
        break;
    case GATE_WRONG:
        if (gate->powered)
            close_contact(world, gate, line_of(world, gate, CONFIG_ROLE_WRONG_WAY), 250);
        break;
    case GATE_CLOSED:
        machine_set(world, (int32_t)c, false);
        break;
    case GATE_UNSTUCK:
        world->lines[c].forced = false;
        gate->contact_off_ms = world->now_ms;
        if (world->powered)
            machine_feel(world, (int32_t)c);
        break;
    case GATE_COUNTED:
        world->devices[gate->device].came_out++;
        break;
    case GATE_POWER:
        power(world, gate);
        break;
    case GATE_READY:
        ready(world, gate, c != 0);
        break;
    case GATE_GLITCH:
        machine_set(world, line_of(world, gate, CONFIG_ROLE_PASS), c != 0);
        break;
    case GATE_TOLD:
        check_told(world, gate, c);
        break;
    case GATE_LIGHT:
        gate->dead = !gate->dead && !world->calm;
        gate->disturbed_ms = world->now_ms;
        world_note(world, "light dead", gate->dead, 0, 0);
        if (gate->dead)
            later(world, gate, random_between(&world->random, 1000, 30000), GATE_LIGHT, 0);
        break;
    case GATE_SCREEN:
        screen_answers(world, gate);
        break;
    case GATE_SCREEN_FAULT:
        screen_fault(world, gate);
        break;
    case GATE_SCREEN_LOST:
        if (world->screen_told && world->powered && world->screen_answered_ms <= world->now_ms - 3000)
            say_screen(world, false);
        break;
    case GATE_OUTPUT_END:
        output_end(world, gate, c);
        break;
    }
}
