/* What this seed is about: the machine, the payments, and the faults with their times. */
#include "tests/simulation/world.h"

#include <stdio.h>
#include <string.h>

static int32_t add_line(struct world *world, bool output)
{
    struct config_line *line = &world->config.lines[world->config.line_count];
    line->output = output;
    line->driver = CONFIG_DRIVER_SIM;
    line->device = -1;
    return world->config.line_count++;
}

static void add_device(struct world *world, enum config_kind kind)
{
    struct random *random = &world->random;
    int32_t index = world->config.device_count++;
    struct config_device *device = &world->config.devices[index];
    bool sensor = random_chance(random, 700);
    (void)snprintf(device->name, sizeof(device->name), "d%d", index);
    device->kind = kind;
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
        device->line[role] = -1;
    device->param[CONFIG_PARAM_MAX_MS] = 4000;
    device->param[CONFIG_PARAM_PULSE_MS] = random_between(random, 100, 900);
    device->param[CONFIG_PARAM_FEEDBACK_MS] = 1500;
    device->param[CONFIG_PARAM_COUNT_N] = random_between(random, 1, 4);
    device->param[CONFIG_PARAM_ON_MS] = 100;
    device->param[CONFIG_PARAM_OFF_MS] = 150;
    device->param[CONFIG_PARAM_OPEN_WAIT_S] = 6;
    device->param[CONFIG_PARAM_SHUT_WAIT_S] = 8;
    enum config_role output = kind == CONFIG_KIND_SPIRAL ? CONFIG_ROLE_MOTOR : CONFIG_ROLE_OUTPUT;
    device->line[output] = add_line(world, true);
    if (kind == CONFIG_KIND_SPIRAL) {
        device->line[CONFIG_ROLE_HOME] = add_line(world, false);
        world->lines[device->line[CONFIG_ROLE_HOME]].level = true;
        device->line[CONFIG_ROLE_DROP] = sensor ? world->beam : -1;
    } else if (kind == CONFIG_KIND_RELAY && sensor) {
        device->line[CONFIG_ROLE_FEEDBACK] = add_line(world, false);
    } else if (kind == CONFIG_KIND_LOCK && sensor) {
        device->line[CONFIG_ROLE_DOOR] = add_line(world, false);
        world->lines[device->line[CONFIG_ROLE_DOOR]].level = true;
    }
    world->config.lines[device->line[output]].limit_ms = config_limit_ms(device, output);
    world->config.lines[device->line[output]].device = index;
    world->devices[index].turn_ms = random_between(random, 900, 2600);
    world->devices[index].release_ms = world->devices[index].turn_ms * random_between(random, 55, 90) / 100;
}

static void add_product(struct world *world, int32_t device)
{
    struct random *random = &world->random;
    int32_t index = world->config.product_count++;
    struct config_product *product = &world->config.products[index];
    (void)snprintf(product->id, sizeof(product->id), "p%d", index);
    (void)snprintf(product->account, sizeof(product->account), "acc%d", index);
    (void)snprintf(product->qr, sizeof(product->qr), "qr%d", index);
    product->device = device;
    product->price = 100 + index;
    product->max_age_s = random_between(random, 20, 120);
    product->stock = random_chance(random, 500) ? -1 : random_between(random, 0, 9);
    product->capacity = product->stock < 0 ? -1 : 9;
}

static void make_machine(struct world *world)
{
    static const enum config_kind kinds[] = {CONFIG_KIND_SPIRAL, CONFIG_KIND_SPIRAL, CONFIG_KIND_RELAY,
                                             CONFIG_KIND_PULSES, CONFIG_KIND_LOCK};
    struct random *random = &world->random;
    world->beam = add_line(world, false);
    world->door = random_chance(random, 500) ? add_line(world, false) : -1;
    world->fire = random_chance(random, 300) ? add_line(world, false) : -1;
    if (world->door >= 0)
        world->lines[world->door].level = true;
    if (world->fire >= 0)
        world->lines[world->fire].level = true;
    world->config.machine.door = world->door;
    world->config.machine.fire = world->fire;
    world->config.machine.parallel = random_chance(random, 600) ? 1 : random_between(random, 2, 4);
    memcpy(world->config.kiosk.currency, "BYN", 4);
    int32_t devices = random_between(random, 1, WORLD_VENDING);
    for (int32_t i = 0; i < devices; i++) {
        add_device(world, kinds[random_below(random, 5)]);
        add_product(world, i);
        if (random_chance(random, 300))
            add_product(world, i);
    }
    gate_plan(world);
    for (int32_t i = 0; i < world->gate_count; i++)
        add_product(world, world->gates[i].device);
    lane_plan(world);
    for (int32_t i = 0; i < world->lane_count; i++)
        add_product(world, world->lanes[i].device);
    for (int32_t i = 0; i < world->config.device_count; i++)
        for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
            if (world->config.devices[i].line[role] >= 0)
                world->own_lines[i][world->own_count[i]++] = world->config.devices[i].line[role];
}

/* Mostly good ones; some late, wrong, from the future, planted, for tests, or not for this machine. */
static void make_payment(struct world *world, int32_t index, int64_t at_ms, int32_t product)
{
    struct random *random = &world->random;
    struct world_payment *payment = &world->payments[index];
    struct payment_claims *claims = &payment->claims;
    int32_t kind = random_below(random, world->odd_payments ? 20 : 200);
    memcpy(claims->provider, "psp", 4);
    (void)snprintf(claims->payment_id, sizeof(claims->payment_id), "%d", index);
    if (random_chance(random, 300))
        memcpy(claims->account, world->config.products[product].account, CONFIG_ID_SIZE);
    else
        memcpy(claims->product, world->config.products[product].id, CONFIG_ID_SIZE);
    memcpy(claims->currency, kind == 1 ? "EUR" : "BYN", 4);
    claims->amount = world->config.products[product].price + (kind == 2);
    claims->paid_at = WORLD_EPOCH_S + at_ms / 1000 - (kind == 3 ? 10800 : 0) + (kind == 4 ? 3600 : 0) -
                      (kind == 5 ? random_between(random, 0, 125) : 0);
    claims->test = kind == 6;
    claims->retained = kind == 7;
    if (kind == 8) {
        claims->account[0] = '\0';
        memcpy(claims->product, "nothing", 8);
    }
    payment->genuine_good = kind == 0 || kind == 5 || kind > 8;
    lane_expect(world, index, product, at_ms);
}

static void make_payments(struct world *world)
{
    struct random *random = &world->random;
    bool rush = random_chance(random, 200);
    world->odd_payments = random_chance(random, 400);
    world->payment_count = random_between(random, rush ? 40 : 5, rush ? 100 : 70);
    for (int32_t i = 0; i < world->payment_count; i++) {
        int64_t at_ms =
            rush ? random_between(random, 2000, 12000) : random_between(random, 1500, WORLD_FAULTS_MS);
        make_payment(world, i, at_ms, random_below(random, world->config.product_count));
        world_at(world, at_ms - world->now_ms, WORLD_SEND, true, i, 0, 0);
        if (random_chance(random, 100))
            world_at(world, at_ms - world->now_ms + random_between(random, -300, 8000), WORLD_SEND, true, i,
                     1, 0);
        for (int32_t flood = random_chance(random, 30) ? 8 : 0; flood > 0; flood--)
            world_at(world, at_ms - world->now_ms + random_between(random, 0, 50), WORLD_SEND, true, i, 0, 0);
    }
}

/* Many pay the same static QR within a second. */
static void make_burst(struct world *world)
{
    int32_t product = gate_burst_product(world);
    int64_t at_ms = random_between(&world->random, 2000, WORLD_FAULTS_MS - 5000);
    if (product < 0)
        return;
    for (int32_t n = random_between(&world->random, 10, 50);
         n > 0 && world->payment_count < WORLD_MAX_PAYMENTS; n--) {
        int64_t when_ms = at_ms + random_between(&world->random, 0, 1000);
        make_payment(world, world->payment_count, when_ms, product);
        world_at(world, when_ms - world->now_ms, WORLD_SEND, true, world->payment_count++, 0, 0);
    }
}

static void sow(struct world *world, enum world_kind kind, int32_t most)
{
    for (int32_t n = random_below(&world->random, most + 1); n > 0; n--)
        world_at(world, random_between(&world->random, 500, WORLD_FAULTS_MS - 2000), kind, true, 0, 0, 0);
}

void plan_make(struct world *world)
{
    struct random *random = &world->random;
    world->clock_trusted = !random_chance(random, 100);
    if (!world->clock_trusted)
        world_at(world, random_between(random, 100, 30000), WORLD_CLOCK_FAULT, true, 0, 0, 0);
    make_machine(world);
    world->knobs.order_fault = random_chance(random, 500) ? 0 : random_between(random, 5, 100);
    world->knobs.commit_fault = random_chance(random, 700) ? 0 : random_between(random, 1, 30);
    world->knobs.slow_disk = random_chance(random, 600) ? 0 : random_between(random, 5, 300);
    world->knobs.machine_fault = random_chance(random, 400) ? 0 : random_between(random, 10, 200);
    make_payments(world);
    make_burst(world);
    lane_sow(world);
    sow(world, WORLD_POWER_CUT, random_chance(random, 500) ? 0 : 6);
    sow(world, WORLD_LINE_FAULT, random_chance(random, 500) ? 0 : 6);
    sow(world, WORLD_CLOCK_FAULT, random_chance(random, 700) ? 0 : 4);
    sow(world, WORLD_MACHINE_FAULT, random_chance(random, 500) ? 0 : 6);
    sow(world, WORLD_OPERATOR, random_chance(random, 500) ? 4 : 20);
    net_plan(world);
    world_at(world, WORLD_FAULTS_MS - world->now_ms, WORLD_CALM, true, 0, 0, 0);
}

static void say_clock(struct world *world)
{
    if (!world->powered)
        return;
    struct core_event *event = world_event(world, CORE_EVENT_HEALTH);
    event->u.health.what = CORE_HEALTH_CLOCK;
    event->u.health.good = world->clock_trusted;
    world_step(world);
}

/* Trust goes first, then the clock jumps; it comes back right, perhaps some seconds off, and then it is
 * trusted. */
void plan_clock_fault(struct world *world)
{
    struct random *random = &world->random;
    if (world->clock_trusted && !world->calm) {
        world->clock_trusted = false;
        say_clock(world);
        world->clock_offset_s = random_chance(random, 500) ? -(int64_t)1576800000 : 1576800000;
        world->clock_moved = true;
        if (world->options.other_clock)
            world->clock_offset_s = -world->clock_offset_s;
        world_at(world, random_between(random, 1000, 100000), WORLD_CLOCK_FAULT, true, 0, 0, 0);
    } else {
        world->clock_offset_s = 0;
        world->clock_trusted = true;
        say_clock(world);
    }
    world_note(world, "clock trusted", world->clock_trusted, 0, world->clock_offset_s);
}

void plan_line_fault(struct world *world)
{
    struct random *random = &world->random;
    int32_t line = random_below(random, world->config.line_count);
    if (world->calm)
        return;
    world->lines[line].lost = !world->lines[line].lost;
    world_note(world, "line lost", line, world->lines[line].lost, 0);
    gate_disturbed(world, line);
    if (world->powered)
        machine_feel(world, line);
    if (world->lines[line].lost)
        world_at(world, random_between(random, 200, 20000), WORLD_LINE_FAULT, true, 0, 0, 0);
}

void plan_machine_fault(struct world *world)
{
    struct random *random = &world->random;
    int32_t line = random_chance(random, 400)   ? world->door
                   : random_chance(random, 400) ? world->fire
                                                : world->beam;
    if (world->calm || line < 0)
        return;
    if (line == world->beam) {
        world->lines[line].forced = !world->lines[line].forced;
        world->edges[line]++;
        world_note(world, "beam stuck", line, world->lines[line].forced, 0);
        if (world->powered)
            machine_feel(world, line);
    } else {
        machine_set(world, line, !world->lines[line].level);
        gate_disturbed(world, line);
    }
}

static void command(struct world *world, enum core_command_kind kind, int32_t index)
{
    struct core_event *event = world_event(world, CORE_EVENT_COMMAND);
    event->u.command.kind = kind;
    event->u.command.id = ++world->last_command;
    event->u.command.product = index % world->config.product_count;
    event->u.command.device = index % world->config.device_count;
    event->u.command.stock = random_between(&world->random, 0, 9);
    if (kind == CORE_COMMAND_DEVICE_RESET || kind == CORE_COMMAND_PRODUCT_ENABLE)
        memset(world->fault_told, 0, sizeof(world->fault_told));
    world_note(world, "command", (int32_t)kind, index, 0);
    if (kind == CORE_COMMAND_STOCK_SET)
        world->stock_touched = true;
    jwt_command(world, &event->u.command);
    world_step(world);
}

void plan_operator(struct world *world)
{
    struct random *random = &world->random;
    int32_t index = random_below(random, 60), what = random_below(random, 10);
    if (!world->powered || world->calm || lane_operator(world))
        return;
    if (what < 4) {
        int32_t device = index % world->config.device_count;
        if (world->core.devices[device].use != CORE_DEVICE_IDLE)
            return;
        machine_service(world, device);
        command(world, random_chance(random, 500) ? CORE_COMMAND_DEVICE_RESET : CORE_COMMAND_DEVICE_TEST,
                index);
    } else if (what < 6) {
        command(world, CORE_COMMAND_PRODUCT_ENABLE, index);
    } else {
        static const enum core_command_kind kinds[] = {CORE_COMMAND_PRODUCT_DISABLE, CORE_COMMAND_STOCK_SET,
                                                       CORE_COMMAND_MACHINE_DISABLE,
                                                       CORE_COMMAND_MACHINE_ENABLE};
        command(world, kinds[what - 6], index);
    }
}

/* The faults stop: power stays, the clock is right, every line is good, the door shut. */
void plan_calm(struct world *world)
{
    world->calm = true;
    lane_calm(world);
    net_calm(world);
    world_note(world, "calm", 0, 0, 0);
    if (!world->clock_trusted)
        plan_clock_fault(world);
    for (int32_t line = 0; line < world->config.line_count; line++) {
        world->lines[line].lost = world->lines[line].forced = false;
        gate_disturbed(world, line);
        if (line == world->door || line == world->fire)
            world->lines[line].level = true;
        if (world->powered)
            machine_feel(world, line);
    }
    world->knobs = (struct world_knobs){0};
    world->disk_full = false;
    if (world->failed_commit)
        world_at(world, 10, WORLD_POWER_CUT, true, 0, 0, 0);
}
