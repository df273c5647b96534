/* Virtual time: an agenda, the core's deadline, and one step after the other. */
#include "tests/simulation/world.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static bool earlier(const struct world_item *a, const struct world_item *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->number < b->number;
}

void world_at(struct world *world, int64_t delay_ms, enum world_kind kind, bool survives, int32_t a,
              int32_t b, int64_t c)
{
    assert(world->agenda_count < WORLD_AGENDA);
    struct world_item item = {
        world->now_ms + delay_ms, world->next_number++, kind, survives ? 0 : world->epoch, a, b, c};
    int32_t at = world->agenda_count++;
    while (at > 0 && earlier(&item, &world->agenda[(at - 1) / 2])) {
        world->agenda[at] = world->agenda[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    world->agenda[at] = item;
}

static struct world_item agenda_pop(struct world *world)
{
    struct world_item ret = world->agenda[0], last = world->agenda[--world->agenda_count];
    int32_t at = 0;
    for (;;) {
        int32_t child = 2 * at + 1;
        if (child >= world->agenda_count)
            break;
        if (child + 1 < world->agenda_count && earlier(&world->agenda[child + 1], &world->agenda[child]))
            child++;
        if (!earlier(&world->agenda[child], &last))
            break;
        world->agenda[at] = world->agenda[child];
        at = child;
    }
    world->agenda[at] = last;
    return ret;
}

static int compare_items(const void *a, const void *b)
{
    return earlier(a, b) ? -1 : 1;
}

/* What was planned is put in its order once: the heap is for what happens. */
static void agenda_plan(struct world *world)
{
    world->planned = world->next_number;
    world->plan_count = world->agenda_count;
    world->plan_at = world->agenda_count = 0;
    memcpy(world->plan, world->agenda, sizeof(world->plan[0]) * (size_t)world->plan_count);
    qsort(world->plan, (size_t)world->plan_count, sizeof(world->plan[0]), compare_items);
}

/* The ticks of the lanes are not on the agenda: there are so many. */
static const struct world_item *agenda_first(struct world *world)
{
    const struct world_item *first = world->plan_at < world->plan_count ? &world->plan[world->plan_at] : NULL;
    if (world->agenda_count > 0 && (!first || earlier(&world->agenda[0], first)))
        first = &world->agenda[0];
    for (int32_t i = 0; i < world->lane_count; i++) {
        const struct world_lane *lane = &world->lanes[i];
        if (!lane->ticking ||
            (first && (lane->tick_ms > first->at_ms ||
                       (lane->tick_ms == first->at_ms && lane->tick_number > first->number))))
            continue;
        world->lane_item =
            (struct world_item){lane->tick_ms, lane->tick_number, WORLD_LANE, 0, i, LANE_TICK, 0};
        first = &world->lane_item;
    }
    return first;
}

static struct world_item agenda_take(struct world *world, const struct world_item *first)
{
    if (first == &world->lane_item)
        return *first;
    return first == world->agenda ? agenda_pop(world) : world->plan[world->plan_at++];
}

void world_note(struct world *world, const char *what, int32_t a, int32_t b, int64_t c)
{
    world->trace[world->trace_count++ % WORLD_TRACE] = (struct world_trace){world->now_ms, what, a, b, c};
}

void world_violate(struct world *world, const char *what)
{
    world_note(world, what, -1, -1, 0);
    if (!world->violation)
        world->violation = what;
}

int64_t world_true_s(const struct world *world)
{
    return WORLD_EPOCH_S + world->now_ms / 1000;
}

struct core_event *world_event(struct world *world, enum core_event_kind kind)
{
    struct core_event *event = &world->event;
    bool large = kind == CORE_EVENT_PAYMENT || kind == CORE_EVENT_RESTORE_PAYMENT ||
                 kind == CORE_EVENT_RESTORE_PRODUCT || kind == CORE_EVENT_RESTORE_DEVICE ||
                 kind == CORE_EVENT_COMMAND;
    memset(event, 0, large ? sizeof(*event) : offsetof(struct core_event, u) + sizeof(event->u.order));
    event->kind = kind;
    event->now_ms = world->now_ms;
    event->wall_s = world_true_s(world) + world->clock_offset_s;
    return event;
}

static void act(struct world *world, const struct core_action *action)
{
    check_action(world, action);
    switch (action->kind) {
    case CORE_ACTION_STORE:
        disk_submit(world, &action->u.txn);
        break;
    case CORE_ACTION_ORDER:
        machine_order(world, action->u.order.line, action->u.order.kind, action->u.order.ms);
        break;
    case CORE_ACTION_RELEASE:
        service_released(world, action->u.token);
        break;
    case CORE_ACTION_RECEIPT: {
        int32_t payment = service_index(&action->u.receipt.claims);
        world_note(world, "receipt", payment, (int32_t)action->u.receipt.result,
                   (int64_t)action->u.receipt.reason);
        net_receipt(world, payment);
        break;
    }
    case CORE_ACTION_OUTCOME:
        net_outcome(world, service_index(&action->u.payment.claims),
                    world->event.kind == CORE_EVENT_COMMITTED);
        break;
    case CORE_ACTION_EVENT:
    case CORE_ACTION_ANSWER:
    case CORE_ACTION_LATENCY:
    case CORE_ACTION_COUNT:
        break;
    }
}

void world_step(struct world *world)
{
    struct core_actions *actions = &world->actions;
    promise_heard(world);
    core_step(&world->core, &world->event, actions);
    world->steps++;
    world->deadline_ms = actions->deadline_ms;
    for (int32_t i = 0; i < actions->count && !world->violation; i++)
        act(world, &actions->item[i]);
    check_step(world);
}

static void boot(struct world *world)
{
    world->powered = true;
    world->failed_commit = false;
    world->token = 0;
    world->leaving = false;
    memset(world->fault_told, 0, sizeof(world->fault_told));
    promise_boot(world);
    world_note(world, "boot", 0, 0, world->epoch);
    core_init(&world->core, &world->config);
    disk_restore(world);
    world_event(world, CORE_EVENT_START);
    world_step(world);
    struct core_event *event = world_event(world, CORE_EVENT_HEALTH);
    event->u.health.what = CORE_HEALTH_CLOCK;
    event->u.health.good = world->clock_trusted;
    world_step(world);
    event = world_event(world, CORE_EVENT_HEALTH);
    event->u.health.what = CORE_HEALTH_BROKER;
    event->u.health.good = net_boot(world);
    world_step(world);
    if (!world->calm && random_chance(&world->random, 20)) {
        event = world_event(world, CORE_EVENT_HEALTH);
        event->u.health.what = CORE_HEALTH_NO_CRASH_LOOP; /* until the operator or the next start */
        world_step(world);
    }
    for (int32_t line = 0; line < world->config.line_count; line++)
        if (!world->config.lines[line].output)
            world_at(world, random_between(&world->random, 1, 400), WORLD_FEEL, false, line, 0, 0);
}

static void power_cut(struct world *world)
{
    if (!world->powered)
        return;
    world_note(world, "power cut", 0, 0, world->epoch);
    disk_power_cut(world);
    machine_power_cut(world);
    net_power_cut(world);
    world->powered = false;
    world->epoch++;
    world->deadline_ms = 0;
    world_at(world, random_between(&world->random, 300, random_chance(&world->random, 200) ? 90000 : 4000),
             WORLD_BOOT, true, 0, 0, 0);
}

/* The daemon ends in its own way: first nothing new, then what moves is stopped, then it is gone. */
static void leave(struct world *world, int32_t what)
{
    static const enum core_event_kind kinds[] = {CORE_EVENT_LEAVE, CORE_EVENT_STOP};
    if (!world->powered || (what == 0 && (world->leaving || world->calm)))
        return;
    world_note(world, "leave", what, 0, 0);
    if (what == 2) {
        power_cut(world);
        return;
    }
    world->leaving = true;
    world_event(world, kinds[what]);
    world_step(world);
    if (what == 1)
        promise_stopped(world);
    int32_t most_ms = what == 0 ? 9000 : 1000;
    world_at(world, random_between(&world->random, 1, most_ms), WORLD_LEAVE, false, what + 1, 0, 0);
}

static void handle(struct world *world, const struct world_item *item)
{
    switch (item->kind) {
    case WORLD_SEND:
        service_send(world, item->a, item->b);
        break;
    case WORLD_COMMIT:
        disk_commit(world);
        break;
    case WORLD_RESULT:
        machine_result(world, item->b);
        break;
    case WORLD_PULSE_END:
        machine_pulse_end(world, item->a, item->c);
        break;
    case WORLD_GUARD:
        machine_guard(world, item->a, item->c);
        break;
    case WORLD_PHYSICS:
        machine_physics(world, item->a, item->b, item->c);
        break;
    case WORLD_FEEL:
        machine_feel(world, item->a);
        break;
    case WORLD_LINE_FAULT:
        plan_line_fault(world);
        break;
    case WORLD_CLOCK_FAULT:
        plan_clock_fault(world);
        break;
    case WORLD_MACHINE_FAULT:
        plan_machine_fault(world);
        break;
    case WORLD_OPERATOR:
        plan_operator(world);
        break;
    case WORLD_POWER_CUT:
        if (!world->calm || world->failed_commit)
            power_cut(world);
        break;
    case WORLD_BOOT:
        boot(world);
        break;
    case WORLD_CALM:
        plan_calm(world);
        break;
    case WORLD_GATE:
        gate_happens(world, item->a, (enum gate_what)item->b, item->c);
        break;
    case WORLD_LANE:
        lane_happens(world, item->a, (enum lane_what)item->b, item->c);
        break;
    case WORLD_NET:
        net_happens(world, item->a, (enum net_what)item->b, item->c);
        break;
    case WORLD_LEAVE:
        leave(world, item->a);
        break;
    case WORLD_DISK_FULL:
        disk_full(world);
        break;
    case WORLD_KIND_COUNT:
        break;
    }
}

/* Left out of this run. What comes later has its own random numbers, with it and without it. */
static bool left_out(struct world *world, const struct world_item *item)
{
    const struct world_options *options = &world->options;
    if (item->number >= world->planned)
        return false;
    random_seed(&world->random, world->seed ^ (item->number + 1) * 0x9E3779B97F4A7C15u);
    int64_t number = (int64_t)item->number + 1 + WORLD_KNOBS;
    return options->without && number < options->without_count && options->without[number] &&
           item->kind != WORLD_CALM;
}

/* What the last one has used. */
static void clear(struct world *world)
{
    struct config *config = &world->config;
    size_t begin = offsetof(struct config, products), end = begin + sizeof(config->products);
    memset(config->products, 0, sizeof(config->products[0]) * (size_t)config->product_count);
    memset(config, 0, begin);
    memset((char *)config + end, 0, sizeof(*config) - end);
    memset(world->payments, 0, sizeof(world->payments[0]) * (size_t)world->payment_count);
    memset(world, 0, offsetof(struct world, config));
}

void world_run(struct world *world, uint64_t seed)
{
    clear(world);
    world->seed = seed;
    random_seed(&world->random, seed);
    world->now_ms = 1000;
    world->epoch = 1;
    world->next_token = 1;
    plan_make(world);
    agenda_plan(world);
    for (int32_t i = 0; i < WORLD_KNOBS && world->options.without; i++)
        if (world->options.without[1 + i])
            (&world->knobs.order_fault)[i] = 0;
    boot(world);
    const struct world_item *first;
    while (!world->violation && ((first = agenda_first(world)) || world->deadline_ms > 0)) {
        bool tick =
            world->powered && world->deadline_ms > 0 && (!first || world->deadline_ms <= first->at_ms);
        if (tick) {
            if (world->deadline_ms > world->now_ms)
                world->now_ms = world->deadline_ms;
            world_event(world, CORE_EVENT_TICK);
            world_step(world);
        } else {
            struct world_item item = agenda_take(world, first);
            world->now_ms = item.at_ms;
            if (left_out(world, &item))
                continue;
            if (item.epoch == 0 || (world->powered && item.epoch == world->epoch))
                handle(world, &item);
        }
        if (world->powered) {
            service_deliver(world);
            twin_screen(world);
            net_pump(world);
        }
        if (world->calm && world->powered && check_settled(world))
            break;
        if (world->now_ms > WORLD_FAULTS_MS + WORLD_SETTLE_MS)
            world_violate(world, "I6: not settled in time after the faults stopped");
    }
    if (!world->violation)
        check_end(world);
}
