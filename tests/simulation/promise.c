/* Invariants that need a memory of their own. */
#include "tests/simulation/world.h"

#include <string.h>

enum { PROMISE_MARGIN_MS = 50 };

static void require(struct world *world, bool holds, const char *what)
{
    if (!holds)
        world_violate(world, what);
}

static void mix(struct world *world, int64_t value)
{
    uint64_t *digest = &world->promise.moved;
    *digest = (*digest ^ (uint64_t)value) * 1099511628211u ^ *digest >> 31;
}

void promise_boot(struct world *world)
{
    struct world_promise *promise = &world->promise;
    memset(promise->stuck_told, 0, sizeof(promise->stuck_told));
    promise->stuck = false;
    for (int32_t line = 0; line < world->config.line_count; line++)
        promise->on_since_ms[line] = -1;
}

/* Called before each step: what the core is about to hear. */
void promise_heard(struct world *world)
{
    const struct core_event *event = &world->event;
    if (event->kind == CORE_EVENT_OUTPUT_FAULT && event->u.line.on)
        world->promise.stuck_told[event->u.line.line] = world->promise.stuck = true;
}

void promise_order(struct world *world, int32_t line, enum device_order_kind kind, int32_t ms)
{
    mix(world, world->now_ms << 20 | (int64_t)line << 8 | (int64_t)kind);
    mix(world, ms);
    world->promise.off_last[line] = kind == DEVICE_ORDER_OFF;
    if (kind == DEVICE_ORDER_OFF)
        world->promise.off_step[line] = world->steps;
    else
        require(world, !world->promise.stuck_told[line], "I16: an output that stayed on is ordered on again");
}

static bool level_is(const struct world *world, int32_t line, enum device_level level)
{
    return line < 0 || world->core.lines[line].level == level;
}

/* A movement begins for a payment. */
void promise_start(struct world *world, int32_t device)
{
    const struct config_device *config = &world->config.devices[device];
    require(world, !world->leaving, "I12: something new starts while the daemon is leaving");
    if (config->kind == CONFIG_KIND_RELAY)
        require(world, level_is(world, config->line[CONFIG_ROLE_FEEDBACK], DEVICE_LEVEL_OFF),
                "I17: the feedback was there before");
    if (config->kind == CONFIG_KIND_LOCK)
        require(world, level_is(world, config->line[CONFIG_ROLE_DOOR], DEVICE_LEVEL_ON),
                "I17: the door was open before");
}

void promise_outcome(struct world *world, const struct core_txn *txn)
{
    const struct payment_outcome *outcome = &txn->payment.outcome;
    mix(world, world->now_ms << 24 | (int64_t)service_index(&txn->payment.claims) << 8 |
                   (int64_t)outcome->result << 4 | (int64_t)outcome->refund);
    mix(world, (int64_t)outcome->reason << 1 | outcome->verified);
    require(world, outcome->result != PAYMENT_RESULT_UNKNOWN || txn->payment.attempts > 0,
            "I17: unknown, though nothing was ever begun");
    require(world, outcome->result != PAYMENT_RESULT_REFUSED || !outcome->verified,
            "I7: a refusal is verified");
}

/* Offered on the screen now. */
void promise_sale(struct world *world, int32_t product)
{
    const struct core *core = &world->core;
    const struct core_device *device = &core->devices[world->config.products[product].device];
    require(world, world->net.told, "I22: shown though nobody could tell that it was paid");
    require(world, !core->products[product].disabled && !core->machine_disabled,
            "I22: shown though the operator has switched it off");
    require(world, !core->crash_loop, "I22: shown though it crashes again and again");
    require(world, device->state.lock == CORE_LOCK_NONE, "I22: shown though its device is locked");
    require(world, !world->leaving, "I22: shown while the daemon is leaving");
    for (int role = 0; world->promise.stuck && role < CONFIG_ROLE_COUNT; role++) {
        int32_t line = world->config.devices[world->config.products[product].device].line[role];
        require(world, line < 0 || !world->promise.stuck_told[line],
                "I22: shown though its output stayed on");
    }
}

/* STOP was the last step. An output whose OFF failed, or is not answered yet, is known to be on, perhaps: the
 * guard below has it, and the hal makes it safe when it is closed. */
void promise_stopped(struct world *world)
{
    for (int32_t line = 0; line < world->config.line_count; line++) {
        int32_t device = world->config.lines[line].device;
        if (!world->config.lines[line].output || !world->devices[device].on ||
            world->devices[device].welded || world->core.devices[device].maybe_on_until_ms > world->now_ms)
            continue;
        if (world->promise.off_last[line] && world->core.devices[device].orders_open > 0)
            continue;
        require(world, world->promise.off_step[line] == world->steps,
                "I12: the daemon ends and leaves an output on");
    }
}

/* The longest that an output may be on, by any order of orders. */
static void check_on_time(struct world *world, int32_t line)
{
    struct world_promise *promise = &world->promise;
    const struct world_device *device = &world->devices[world->config.lines[line].device];
    if (!device->on || device->welded) {
        promise->on_since_ms[line] = -1;
        return;
    }
    if (promise->on_since_ms[line] < 0 || promise->on_generation[line] != device->generation) {
        promise->on_since_ms[line] = world->now_ms;
        promise->on_generation[line] = device->generation;
    }
    require(world,
            world->now_ms - promise->on_since_ms[line] <=
                world->config.lines[line].limit_ms + PROMISE_MARGIN_MS,
            "I11: an output is on for longer than its limit");
}

void promise_step(struct world *world)
{
    for (int32_t i = 0; i < world->config.line_count; i++)
        if (world->config.lines[i].output && world->config.lines[i].device < WORLD_VENDING)
            check_on_time(world, i);
}
