/* Which turnstiles and validators this seed has, who comes, and what goes wrong with them. */
#include "tests/simulation/world.h"

#include <stdio.h>
#include <string.h>

static struct config_device *add_device(struct world *world, enum config_kind kind)
{
    int32_t index = world->config.device_count++;
    struct config_device *device = &world->config.devices[index];
    (void)snprintf(device->name, sizeof(device->name), "g%d", index);
    device->kind = kind;
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
        device->line[role] = -1;
    world->gates[world->gate_count++] = (struct world_gate){.device = index,
                                                            .powered = true,
                                                            .disturbed_ms = -100000,
                                                            .lit_ms = -1,
                                                            .tested_ms = -100000,
                                                            .contact_off_ms = -1000};
    return device;
}

static void add_line(struct world *world, struct config_device *device, enum config_role role, bool output)
{
    struct config_line *line = &world->config.lines[world->config.line_count];
    line->output = output;
    line->driver = CONFIG_DRIVER_SIM;
    line->device = (int32_t)(device - world->config.devices);
    device->line[role] = world->config.line_count++;
    if (output)
        line->limit_ms = config_limit_ms(device, role);
}

static void add_turnstile(struct world *world)
{
    struct random *random = &world->random;
    struct config_device *device = add_device(world, CONFIG_KIND_TURNSTILE);
    bool pulse = random_chance(random, 500);
    device->param[CONFIG_PARAM_MODE] = !pulse;
    device->param[CONFIG_PARAM_PULSE_MS] = pulse ? random_between(random, 100, 900) : 0;
    device->param[CONFIG_PARAM_RELOCK_S] = random_between(random, 3, 8);
    device->param[CONFIG_PARAM_RIGHTS] = random_between(random, 1, 5);
    device->param[CONFIG_PARAM_NO_PASSAGE] = random_chance(random, 300);
    add_line(world, device, CONFIG_ROLE_UNLOCK, true);
    if (random_chance(random, 850))
        add_line(world, device, CONFIG_ROLE_PASS, false);
    if (random_chance(random, 700)) {
        add_line(world, device, CONFIG_ROLE_READY, false);
        world->lines[device->line[CONFIG_ROLE_READY]].level = true;
    }
    if (random_chance(random, 500))
        add_line(world, device, CONFIG_ROLE_WRONG_WAY, false);
    if (random_chance(random, 300))
        device->line[CONFIG_ROLE_FIRE] = world->fire;
}

static void add_validator(struct world *world)
{
    struct random *random = &world->random;
    struct config_device *device = add_device(world, CONFIG_KIND_VALIDATOR);
    device->param[CONFIG_PARAM_SHOW_MS] = random_between(random, 500, 4000);
    device->param[CONFIG_PARAM_BUZZ_MS] = random_between(random, 50, 300);
    if (random_chance(random, 800))
        add_line(world, device, CONFIG_ROLE_LIGHT, true);
    if (random_chance(random, 600))
        add_line(world, device, CONFIG_ROLE_BUZZER, true);
}

static void sow(struct world *world, int32_t gate, enum gate_what what, int32_t most)
{
    for (int32_t n = random_below(&world->random, most + 1); n > 0; n--)
        world_at(world, random_between(&world->random, 500, WORLD_FAULTS_MS - 2000), WORLD_GATE, true, gate,
                 (int32_t)what, 0);
}

static bool needs_screen(const struct world *world)
{
    for (int32_t i = 0; i < world->gate_count; i++)
        if (gate_is_many(world, world->gates[i].device))
            return true;
    return false;
}

void gate_plan(struct world *world)
{
    struct random *random = &world->random;
    if (random_chance(random, 500))
        return;
    int32_t count = random_between(random, 1, GATE_MAX);
    for (int32_t i = 0; i < count; i++) {
        if (random_chance(random, 550))
            add_turnstile(world);
        else
            add_validator(world);
        bool turnstile = world->config.devices[world->gates[i].device].kind == CONFIG_KIND_TURNSTILE;
        sow(world, i, turnstile ? GATE_JUMPER : GATE_LIGHT, random_chance(random, 500) ? 0 : 6);
        if (!turnstile)
            continue;
        sow(world, i, GATE_WRONG, 4);
        sow(world, i, GATE_POWER, random_chance(random, 600) ? 0 : 5);
    }
    if (!needs_screen(world)) /* twin.c looks whether it matters to the others */
        return;
    world_at(world, random_between(random, 10, 2000), WORLD_GATE, true, 0, GATE_SCREEN, 0);
    sow(world, 0, GATE_SCREEN_FAULT, random_chance(random, 500) ? 0 : 6);
}

/* A product of a validator for which many pay at once, -1 = none. */
int32_t gate_burst_product(struct world *world)
{
    for (int32_t i = 0; i < world->config.product_count; i++)
        if (world->config.devices[world->config.products[i].device].kind == CONFIG_KIND_VALIDATOR &&
            random_chance(&world->random, 400))
            return i;
    return -1;
}
