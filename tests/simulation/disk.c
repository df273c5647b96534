/* The store: transactions reach the disk one after the other, some late, some not at all; what is not on disk
 * when the power goes was never there. */
#include "tests/simulation/world.h"

static void schedule(struct world *world)
{
    struct random *random = &world->random;
    int32_t ms = random_chance(random, world->knobs.slow_disk) ? random_between(random, 50, 30000)
                                                               : random_between(random, 1, 12);
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
        schedule(world);
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
    return txn;
}

void disk_commit(struct world *world)
{
    struct random *random = &world->random;
    struct core_txn *txn = pop(world);
    /* After the first failure nothing is written in this run; the one that failed may be on disk all the
     * same. */
    bool fails = world->failed_commit || random_chance(random, world->knobs.commit_fault);
    bool written = false;
    if (!fails || (!world->failed_commit && random_chance(random, 200)))
        written = write_txn(world, txn);
    if (world->txn_count > 0)
        schedule(world);
    if (fails && !world->failed_commit) {
        world->failed_commit = true;
        world_at(world, random_between(random, 100, 8000), WORLD_POWER_CUT, true, 0, 0,
                 0); /* the process is replaced */
    }
    world_note(world, fails ? "commit failed" : "commit", (int32_t)txn->parts, txn->product,
               (int64_t)txn->ticket);
    struct core_event *event = world_event(world, CORE_EVENT_COMMITTED);
    event->u.commit.ticket = txn->ticket;
    event->u.commit.ok = !fails;
    event->u.commit.conflict = !fails && !written;
    world_step(world);
}

void disk_power_cut(struct world *world)
{
    /* After a failure the store writes nothing more. */
    while (!world->failed_commit && world->txn_count > 0 && random_chance(&world->random, 400))
        (void)write_txn(world, pop(world)); /* on disk, but nobody heard of it */
    world->txn_count = 0;
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
