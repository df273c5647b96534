/* Messages under way, the link, and the kiosk's outbox with its real policy. */
#include "tests/simulation/world.h"

#include <string.h>

enum { NET_SHIFT = 8, NET_OFFLINE_MS = 20000, NET_JOBS_MOST = 1000 };

void net_plan(struct world *world)
{
    struct random *random = &world->random;
    struct world_net *net = &world->net;
    world->knobs.network = random_chance(random, 500) ? 0 : random_between(random, 10, 300);
    world->knobs.receipt_lost = 100;
    net->up = true;
    outbox_policy_init(&net->outbox);
    jwt_plan(world);
    static const struct {
        enum net_what what;
        int32_t never, most;
    } rows[] = {{NET_DOWN, 600, 4}, {NET_FORGETS, 700, 3}, {NET_ATTACK, 900, 12}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (int32_t n = random_chance(random, rows[i].never) ? 0 : random_between(random, 1, rows[i].most);
             n > 0; n--)
            world_at(world, random_between(random, 500, WORLD_FAULTS_MS - 2000), WORLD_NET, true,
                     random_below(random, world->payment_count), (int32_t)rows[i].what, 0);
    for (int32_t n = random_chance(random, 800) ? 0 : random_between(random, 1, 3); n > 0; n--)
        world_at(world, random_between(random, 3000, WORLD_FAULTS_MS - 12000), WORLD_LEAVE, true, 0, 0, 0);
    if (random_chance(random, 50))
        world_at(world, random_between(random, 3000, WORLD_FAULTS_MS - 2000), WORLD_DISK_FULL, true, 0, 0, 0);
}

/* ---- towards the kiosk ---- */

static void arrive(struct world *world, enum net_kind kind, int32_t payment, int32_t variant)
{
    if (world->inbox_count == WORLD_INBOX)
        return; /* the broker's queue is full: it drops */
    int32_t tail = (world->inbox_head + world->inbox_count++) % WORLD_INBOX;
    world->inbox[tail].payment = payment;
    world->inbox[tail].variant = variant;
    world->inbox[tail].kind = kind;
}

void net_post(struct world *world, enum net_kind kind, int32_t payment, int32_t variant)
{
    struct random *random = &world->random;
    int32_t fault = world->knobs.network;
    if (fault == 0) {
        arrive(world, kind, payment, variant);
        return;
    }
    if (random_chance(random, fault))
        return;
    for (int32_t copies = random_chance(random, fault) ? 2 : 1; copies > 0; copies--)
        world_at(world, random_between(random, 1, random_chance(random, fault) ? 20000 : 60), WORLD_NET, true,
                 payment, NET_ARRIVES, (int64_t)variant << NET_SHIFT | (int64_t)kind);
}

/* What the kiosk has in hand stays: the connection stands, or it is sent again after it. */
static void forget(struct world *world)
{
    int32_t kept = world->token != 0 && world->inbox_count > 0;
    world_note(world, "broker forgets", world->inbox_count - kept, 0, 0);
    world->inbox_count = kept;
}

/* ---- the link ---- */

static void tell_core(struct world *world, bool good)
{
    if (!world->powered || world->net.told == good)
        return;
    world->net.told = good;
    struct core_event *event = world_event(world, CORE_EVENT_HEALTH);
    event->u.health.what = CORE_HEALTH_BROKER;
    event->u.health.good = good;
    world_step(world);
}

static void down(struct world *world)
{
    struct world_net *net = &world->net;
    if (world->calm || !net->up)
        return;
    world_note(world, "link down", 0, 0, net->link);
    net->up = false;
    net->link++;
    outbox_policy_down(&net->outbox);
    world_at(world, NET_OFFLINE_MS, WORLD_NET, true, 0, NET_SILENT, net->link);
    world_at(world, random_between(&world->random, 50, random_chance(&world->random, 300) ? 90000 : 5000),
             WORLD_NET, true, 0, NET_UP, 0);
}

static void up(struct world *world)
{
    struct world_net *net = &world->net;
    if (net->up)
        return;
    world_note(world, "link up", 0, 0, net->link);
    net->up = true;
    if (!world->powered)
        return;
    outbox_policy_up(&net->outbox, world->now_ms);
    net->dirty = true;
    tell_core(world, true);
}

bool net_boot(struct world *world)
{
    struct world_net *net = &world->net;
    outbox_policy_init(&net->outbox);
    if (net->up)
        outbox_policy_up(&net->outbox, world->now_ms);
    net->dirty = true;
    net->told = net->up;
    return net->up;
}

void net_power_cut(struct world *world)
{
    world->net.link++;
    outbox_policy_down(&world->net.outbox);
}

void net_calm(struct world *world)
{
    up(world);
}

void net_happens(struct world *world, int32_t a, enum net_what what, int64_t c)
{
    struct world_net *net = &world->net;
    switch (what) {
    case NET_ARRIVES:
        arrive(world, (enum net_kind)(c & ((1 << NET_SHIFT) - 1)), a, (int32_t)(c >> NET_SHIFT));
        break;
    case NET_DOWN:
        down(world);
        break;
    case NET_UP:
        up(world);
        break;
    case NET_SILENT:
        if (c == net->link && !net->up)
            tell_core(world, false);
        break;
    case NET_FORGETS:
        if (!world->calm)
            forget(world);
        break;
    case NET_ATTACK:
        net_post(world, NET_FORGED, a, random_between(&world->random, 0, 1000000));
        break;
    case NET_WAKE:
        net->dirty |= c == net->wake;
        break;
    case NET_LANDED:
        outbox_policy_landed(&net->outbox, c);
        net->dirty = true;
        break;
    }
}

/* ---- from the kiosk ---- */

void net_receipt(struct world *world, int32_t payment)
{
    if (world->net.up && !random_chance(&world->random, world->knobs.receipt_lost))
        world->payments[payment].receipt = true;
}

static uint64_t mix(uint64_t digest, uint64_t value)
{
    return (digest ^ value) * 1099511628211u ^ digest >> 29;
}

/* Whatever a report of it says. */
static uint64_t content(const struct world_payment *at)
{
    const struct payment *record = &at->record;
    const struct payment_outcome *outcome = &record->outcome;
    uint64_t digest = 14695981039346656037u;
    const int64_t values[] = {at->seq,
                              record->product,
                              record->device,
                              record->claims.amount,
                              (int64_t)outcome->result,
                              (int64_t)outcome->reason,
                              outcome->verified,
                              (int64_t)outcome->refund,
                              record->attempts,
                              record->claims.paid_at,
                              record->received_at,
                              record->started_at,
                              outcome->finished_at};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        digest = mix(digest, (uint64_t)values[i]);
    for (int32_t i = 0; i < outcome->evidence_count; i++)
        digest = mix(mix(digest, (uint64_t)outcome->evidence[i].name), (uint64_t)outcome->evidence[i].value);
    return digest | 1;
}

/* It leaves the kiosk; the service stores it and says so. */
static void publish(struct world *world, int32_t payment)
{
    struct world_payment *at = &world->payments[payment];
    uint64_t now = content(at);
    if (!at->present || at->record.state != PAYMENT_STATE_DONE)
        world_violate(world, "I4: an outcome is published that is not on disk");
    if (at->published != 0 && at->published != now)
        world_violate(world, "I4: two publications of one outcome differ");
    at->published = now;
    world_note(world, "published", payment, (int32_t)at->record.outcome.result, at->seq);
    if (!world->net.up || random_chance(&world->random, world->knobs.network))
        return;
    at->heard = true;
    net_post(world, NET_ACK, payment, 0);
}

void net_outcome(struct world *world, int32_t payment, bool fresh)
{
    struct world_net *net = &world->net;
    if (fresh) {
        outbox_policy_new(&net->outbox, world->payments[payment].seq);
        net->dirty = true;
    } else if (net->up) {
        publish(world, payment);
    }
}

/* What store_unacknowledged answers, gone through as outbox.c does. */
static void do_job(struct world *world, const struct outbox_job *job)
{
    struct world_net *net = &world->net;
    int rows = 0;
    for (int64_t seq = job->after + 1; seq <= net->last_seq && rows < job->max; seq++) {
        int32_t payment = net->by_seq[seq];
        if (world->payments[payment].acknowledged)
            continue;
        rows++;
        if (!outbox_policy_wants(&net->outbox, job, seq))
            continue;
        publish(world, payment);
        outbox_policy_sent(&net->outbox, job, seq, world->now_ms);
        if (!random_chance(&world->random, world->knobs.network))
            world_at(world, random_between(&world->random, 1, 40), WORLD_NET, false, 0, NET_LANDED, seq);
    }
    outbox_policy_done(&net->outbox, job, rows, world->now_ms);
}

void net_pump(struct world *world)
{
    struct world_net *net = &world->net;
    if (!net->dirty)
        return;
    net->dirty = false;
    for (int32_t jobs = 0; !world->violation; jobs++) {
        struct outbox_job job;
        outbox_policy_next(&net->outbox, world->now_ms, &job);
        if (job.kind == OUTBOX_WAIT) {
            if (job.wait_ms >= 0)
                world_at(world, job.wait_ms, WORLD_NET, false, 0, NET_WAKE, ++net->wake);
            return;
        }
        do_job(world, &job);
        if (jobs > NET_JOBS_MOST)
            world_violate(world, "I24: the outbox turns without end");
    }
}
