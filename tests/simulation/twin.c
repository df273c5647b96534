/* The same seed again, with one thing different that must not matter: nothing may move otherwise for it.
 * The clock that nobody trusts is wrong by fifty years the other way (I19); the screen where nobody needs one
 * is dead instead of alive (I23). */
#include "tests/simulation/world.h"

enum { TWIN_CLOCK_SHARE = 8, TWIN_SCREEN_SHARE = 32 };

static bool needs_screen(const struct world *world)
{
    for (int32_t i = 0; i < world->config.device_count; i++)
        if (gate_is_many(world, i))
            return true;
    return false;
}

/* After whatever happened the screen says something, in the one run that it is well, in the other not. */
void twin_screen(struct world *world)
{
    if (world->options.screen == TWIN_SCREEN_NONE || ++world->twin_turn % 5 != 0)
        return;
    bool good = world->options.screen == TWIN_SCREEN_GOOD;
    struct core_event *event = world_event(world, CORE_EVENT_HEALTH);
    event->u.health.what = CORE_HEALTH_SCREEN;
    event->u.health.good = good;
    world_step(world);
    event = world_event(world, CORE_EVENT_SHOWN);
    event->u.shown.from = good;
    event->u.shown.to = good ? world->core.next_order : 0;
    world_step(world);
}

void twin_run(struct world *world, uint64_t seed)
{
    uint64_t moved = world->promise.moved;
    if (world->clock_moved && seed % TWIN_CLOCK_SHARE == 0) {
        world->options.other_clock = true;
        world_run(world, seed);
        world->options.other_clock = false;
        if (!world->violation && world->promise.moved != moved)
            world_violate(world, "I19: what moves depends on a clock that is not trusted");
    } else if (seed % TWIN_SCREEN_SHARE == 1 && !needs_screen(world)) {
        world->options.screen = TWIN_SCREEN_GOOD;
        world_run(world, seed);
        moved = world->promise.moved;
        if (!world->violation) {
            world->options.screen = TWIN_SCREEN_DEAD;
            world_run(world, seed);
            if (!world->violation && world->promise.moved != moved)
                world_violate(world, "I23: what moves depends on the screen");
        }
        world->options.screen = TWIN_SCREEN_NONE;
    }
}
