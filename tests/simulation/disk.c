/* The store: all that waits reaches the disk at once, in one group with one flush; some late, some not at
 * all. A group is there as a whole or not at all, and only then the next one begins: what a power cut takes
 * is always the end of the row. */
#include "tests/simulation/world.h"

enum { DISK_WAITS, DISK_WRITTEN, DISK_FAILED };

/* What waits now makes the next group. */
static void begin(struct world *world)
{
    struct random *random = &world->random;
    int32_t ms = random_chance(random, world->knobs.slow_disk) ? random_between(random, 50, 30000)
                                                               : random_between(random, 1, 12);
    world->group = world->txn_count;
    world->group_stage = DISK_WAITS;
    world_at(world, ms, WORLD_COMMIT, false, 0, 0, 0);
}

void disk_submit(struct world *world, const struct core_txn *txn)
{
    if (world->txn_count == WORLD_TXNS) {
        world_violate(world, "I24: more transactions in flight than the store takes");
        return;
    }
    world->txns[(world->txn_head + world->txn_count++) % WORLD_TXNS] = *txn;
    if (world->txn_count == 1)
        begin(world);
}

static bool write_payment(struct world *world, const struct core_txn *txn)
{
    struct world_payment *at = &world->payments[service_index(&txn->payment.claims)];
    if (txn->parts & CORE_TXN_PAYMENT) {
        if (at->present)
            return false;
        at->present = true;
        at->record = txn->payment;
        at->record.state = PAYMENT_STATE_PAID;
        at->record.attempts = 0;
        at->record.started_at = 0;
    }
    if (!at->present || at->record.state == PAYMENT_STATE_DONE)
        world_violate(world, "I5: a settled payment is settled again");
    if (txn->parts & CORE_TXN_INTENT) {
        at->record.state = PAYMENT_STATE_MOVING;
        at->record.attempts = txn->payment.attempts;
        at->record.started_at = txn->payment.started_at;
    }
    if (txn->parts & CORE_TXN_OUTCOME) {
        at->record.state = PAYMENT_STATE_DONE;
        at->record.outcome = txn->payment.outcome;
        at->outcomes++;
        at->seq = ++world->net.last_seq;
        if (at->seq <= NET_MAX_OUTCOMES)
            world->net.by_seq[at->seq] = service_index(&txn->payment.claims);
        world->results_seen[at->record.outcome.result]++;
        world->reasons_seen[at->record.outcome.reason]++;
    }
    return true;
}

/* false: conflict, nothing written. */
static bool write_txn(struct world *world, const struct core_txn *txn)
{
    if (txn->parts & (CORE_TXN_PAYMENT | CORE_TXN_INTENT | CORE_TXN_OUTCOME) && !write_payment(world, txn))
        return false;
    if (txn->parts & CORE_TXN_PRODUCT) {
        world->products[txn->product] = txn->product_state;
        world->product_known[txn->product] = true;
    }
    if (txn->parts & CORE_TXN_DEVICE) {
        world->device_states[txn->device] = txn->device_state;
        world->device_known[txn->device] = true;
    }
    if (txn->parts & CORE_TXN_MACHINE)
        world->machine_disabled = txn->machine_disabled;
    return true;
}

static struct core_txn *pop(struct world *world)
{
    struct core_txn *txn = &world->txns[world->txn_head];
    world->txn_head = (world->txn_head + 1) % WORLD_TXNS;
    world->txn_count--;
    world->group--;
    return txn;
}

static void write_group(struct world *world)
{
    for (int32_t i = 0; i < world->group; i++) {
        int32_t at = (world->txn_head + i) % WORLD_TXNS;
        world->conflict[at] = !write_txn(world, &world->txns[at]);
    }
}

/* After the first failure nothing is written in this run; the group that failed may be on disk all the same.
 */
static void flush(struct world *world)
{
    struct random *random = &world->random;
    bool fails = world->failed_commit || world->disk_full || random_chance(random, world->knobs.commit_fault);
    if (!fails || (!world->failed_commit && !world->disk_full && random_chance(random, 200)))
        write_group(world);
    if (fails && !world->failed_commit) {
        world->failed_commit = true;
        world_at(world, random_between(random, 100, 8000), WORLD_POWER_CUT, true, 0, 0,
                 0); /* the process is replaced */
    }
    world->group_stage = fails ? DISK_FAILED : DISK_WRITTEN;
}

/* The news of a group comes one by one, and the power may go in between. */
static void tell_one(struct world *world)
{
    bool fails = world->group_stage == DISK_FAILED, conflict = world->conflict[world->txn_head];
    const struct core_txn *txn = pop(world);
    if (world->group > 0)
        world_at(world, random_chance(&world->random, 200), WORLD_COMMIT, false, 0, 0, 0);
    else if (world->txn_count > 0)
        begin(world);
    world_note(world, fails ? "commit failed" : "commit", (int32_t)txn->parts, txn->product,
               (int64_t)txn->ticket);
    struct core_event *event = world_event(world, CORE_EVENT_COMMITTED);
    event->u.commit.ticket = txn->ticket;
    event->u.commit.ok = !fails;
    event->u.commit.conflict = !fails && conflict;
    world_step(world);
}

void disk_commit(struct world *world)
{
    if (world->group_stage == DISK_WAITS)
        flush(world);
    tell_one(world);
}

void disk_power_cut(struct world *world)
{
    /* On disk, but nobody heard of it. After a failure the store writes nothing more. */
    bool writes = !world->failed_commit && !world->disk_full && world->txn_count > 0;
    if (writes && world->group_stage == DISK_WAITS &&
        (world->leaving || random_chance(&world->random, 400))) {
        write_group(world);
        world_note(world, "cut after a group", world->group, world->txn_count - world->group, 0);
    }
    world->txn_count = world->group = 0;
}

/* No room for a while: every run fails at its first commit. */
void disk_full(struct world *world)
{
    if (world->calm)
        return;
    world->disk_full = !world->disk_full;
    world_note(world, "disk full", world->disk_full, 0, 0);
    if (world->disk_full)
        world_at(world, random_between(&world->random, 500, 30000), WORLD_DISK_FULL, true, 0, 0, 0);
}

void disk_restore(struct world *world)
{
    struct core_event *event;
    for (int32_t i = 0; i < world->payment_count; i++) {
        const struct world_payment *at = &world->payments[i];
        if (!at->present || at->record.state == PAYMENT_STATE_DONE)
            continue;
        event = world_event(world, CORE_EVENT_RESTORE_PAYMENT);
        event->u.payment = at->record;
        world_step(world);
    }
    for (int32_t i = 0; i < world->config.product_count; i++) {
        if (!world->product_known[i])
            continue;
        event = world_event(world, CORE_EVENT_RESTORE_PRODUCT);
        event->u.product.product = i;
        event->u.product.state = world->products[i];
        world_step(world);
    }
    for (int32_t i = 0; i < world->config.device_count; i++) {
        if (!world->device_known[i])
            continue;
        event = world_event(world, CORE_EVENT_RESTORE_DEVICE);
        event->u.device.device = i;
        event->u.device.state = world->device_states[i];
        world_step(world);
    }
    event = world_event(world, CORE_EVENT_RESTORE_MACHINE);
    event->u.machine_disabled = world->machine_disabled;
    world_step(world);
}
