/* What must hold, compared with the truth of the world after every action and every step.
 *
 * I1  starts, intents, attempts      check_start, lane_check_order
 * I2  no order before its intent     check_start, gate_check_on, lane_check_order
 * I3  no PUBACK, no receipt early    check_action (RELEASE, RECEIPT)
 * I4  outcomes durable and identical check_action (OUTCOME), publish in net.c
 * I5  exactly one outcome            write_payment in disk.c, check_outcome_stored, check_end
 * I6  settled, acknowledged, heard   world_run, check_settled, check_served, check_end, check_gate
 * I7  verified means evidence        check_outcome_stored, check_shown_outcome, promise_outcome
 * I8  failed means nothing came out  check_outcome_stored, check_shown_outcome
 * I9  no new start after a restart   check_start (starts <= intents over all runs), check_outcome_stored
 * I10 the ledger adds up             check_ledger
 * I11 on-time within the limit       check_on_time in promise.c (vending; lanes and gates have their own)
 * I12 the daemon ends with all off   promise_stopped, promise_start
 * I13 one actuator at a time         check_parallel
 * I14 nothing that lowers an arm     lane_check_order
 * I15 nothing in a fire              check_start, check_shown, gate_check_on, lane_check_start
 * I16 no order on a latched output   check_order, promise_order
 * I17 a sensor active before         check_start, promise_start, gate_check_on, lane_check_start; refused and
 *                                    not unknown: promise_outcome
 * I18 nobody is believed unsigned    jwt_attack
 * I19 a clock that is not trusted    check_action (INTENT), check_start, twin_run
 * I21 nothing new after a failure    check_action (STORE), check_start, gate_check_on
 * I22 on the screen = deliverable    check_shown, check_step, promise_sale
 * I23 the screen does not matter     twin_run
 * I24 queues have ends               disk_submit, net_pump, the core's own assertions
 */
#include "tests/simulation/world.h"

#include <string.h>

static void require(struct world *world, bool holds, const char *what)
{
    if (!holds)
        world_violate(world, what);
}

static int32_t evidence_line(const struct config_device *device)
{
    switch ((int)device->kind) {
    case CONFIG_KIND_SPIRAL:
        return device->line[CONFIG_ROLE_DROP];
    case CONFIG_KIND_RELAY:
        return device->line[CONFIG_ROLE_FEEDBACK];
    case CONFIG_KIND_LOCK:
        return device->line[CONFIG_ROLE_DOOR];
    default:
        return -1;
    }
}

static int64_t evidence_seen(const struct world *world, int32_t device)
{
    if (world->config.devices[device].kind == CONFIG_KIND_TURNSTILE)
        return gate_evidence(world, device);
    if (world->config.devices[device].kind == CONFIG_KIND_BARRIER)
        return lane_evidence(world, device);
    int32_t line = evidence_line(&world->config.devices[device]);
    return line >= 0 ? world->edges[line] : 0;
}

static int64_t evidence_heard(const struct world *world, int32_t device)
{
    int32_t line = evidence_line(&world->config.devices[device]);
    return line >= 0 ? world->lines[line].heard : 0;
}

/* An edge just before the start may be heard just after it, and nobody can tell. */
static int64_t evidence_before(struct world *world, int32_t device)
{
    if (world->config.devices[device].kind == CONFIG_KIND_BARRIER)
        return lane_evidence_before(world, device);
    int32_t line = evidence_line(&world->config.devices[device]);
    bool fresh = line >= 0 && world->lines[line].edged_ms > 0 &&
                 world->now_ms - world->lines[line].edged_ms <= WORLD_FEEL_MS;
    return evidence_seen(world, device) - fresh;
}

/* The actuator of this device was ordered on. */
static void check_start(struct world *world, int32_t device)
{
    const struct core_device *at = &world->core.devices[device];
    const struct config *config = &world->config;
    require(world, world->powered, "I2: an order without power");
    require(world, !world->failed_commit, "I21: something starts after a failed commit");
    if (at->test)
        return;
    if (at->slot < 0) {
        world_violate(world, "I2: a movement without payment and without test");
        return;
    }
    int32_t index = service_index(&world->core.slots[at->slot].payment.claims);
    struct world_payment *payment = &world->payments[index];
    if (payment->starts > 0 && payment->epoch == world->epoch && payment->started_ms == at->device.started_ms)
        return; /* a further pulse or jog of the same movement */
    payment->starts++;
    payment->epoch = world->epoch;
    payment->started_ms = at->device.started_ms;
    payment->came_before = world->devices[device].came_out;
    payment->evidence_before = evidence_before(world, device);
    payment->heard_before = evidence_heard(world, device);
    world->movements++;
    world_note(world, "starts", index, device, payment->starts);
    int64_t age_s = world_true_s(world) - payment->claims.paid_at;
    int32_t drop = config->devices[device].line[CONFIG_ROLE_DROP];
    require(world, payment->present && payment->record.state == PAYMENT_STATE_MOVING,
            "I2: it moves before its intent is on disk");
    bool lane = config->devices[device].kind == CONFIG_KIND_BARRIER;
    require(world, payment->starts <= payment->record.attempts && (lane || payment->record.attempts <= 1),
            "I1: more starts than intents, or more than one");
    require(world, payment->genuine_good, "a payment that is wrong moves something");
    require(world, age_s <= config->products[payment->record.product].max_age_s + 1,
            "I19: an old payment moves");
    require(world, age_s >= -CORE_FUTURE_S, "I19: a payment from the future moves");
    require(world, drop < 0 || world->core.lines[drop].level == DEVICE_LEVEL_OFF,
            "I17: the beam was broken before");
    require(world,
            config->machine.door < 0 || world->core.lines[config->machine.door].level == DEVICE_LEVEL_ON,
            "something starts with the door open");
    require(world,
            config->machine.fire < 0 || world->core.lines[config->machine.fire].level == DEVICE_LEVEL_ON,
            "I15: something starts while fire is reported or unknown");
    promise_start(world, device);
    if (lane)
        lane_check_start(world, device);
}

static void check_order(struct world *world, const struct core_action *action)
{
    int32_t line = action->u.order.line;
    require(world, line >= 0 && line < world->config.line_count && world->config.lines[line].output,
            "an order for a line that is no output");
    int32_t device = world->config.lines[line].device;
    promise_order(world, line, action->u.order.kind, action->u.order.ms);
    if (action->u.order.kind == DEVICE_ORDER_OFF)
        return;
    require(world, !world->fault_told[line], "I16: a latched output is ordered on");
    if (gate_is_many(world, device)) {
        gate_check_on(world, device);
        return;
    }
    if (world->config.devices[device].kind == CONFIG_KIND_TURNSTILE)
        gate_check_on(world, device);
    if (world->config.devices[device].kind == CONFIG_KIND_BARRIER &&
        !lane_check_order(world, line, action->u.order.kind))
        return;
    check_start(world, device);
}

static void check_outcome_stored(struct world *world, const struct core_txn *txn)
{
    const struct payment_outcome *outcome = &txn->payment.outcome;
    const struct world_payment *payment = &world->payments[service_index(&txn->payment.claims)];
    int32_t device = txn->payment.device;
    if (gate_check_outcome(world, txn))
        return;
    bool here = payment->starts > 0 && payment->epoch == world->epoch;
    static const enum payment_refund refunds[PAYMENT_RESULT_COUNT] = {
        PAYMENT_REFUND_NO, PAYMENT_REFUND_NO, PAYMENT_REFUND_YES, PAYMENT_REFUND_REVIEW, PAYMENT_REFUND_YES};
    require(world,
            outcome->result != PAYMENT_RESULT_NONE &&
                (outcome->refund == refunds[outcome->result] || gate_keeps(world, txn)),
            "the refund does not follow from the result");
    if (outcome->result == PAYMENT_RESULT_REFUSED)
        require(world, payment->starts == 0, "I5: refused, but it moved");
    if (outcome->result == PAYMENT_RESULT_DELIVERED || outcome->result == PAYMENT_RESULT_FAILED)
        require(world, here, "I9: a result of a movement that was not in this run");
    if (outcome->verified)
        require(world, here && evidence_seen(world, device) > payment->evidence_before,
                "I7: verified without evidence");
    if (outcome->verified && evidence_line(&world->config.devices[device]) >= 0)
        require(world, evidence_heard(world, device) > payment->heard_before,
                "I7: verified though nobody told of any evidence");
    if (outcome->result == PAYMENT_RESULT_FAILED && here)
        require(world, world->devices[device].came_out == payment->came_before,
                "I8: failed, but something came out");
    if (outcome->result == PAYMENT_RESULT_DELIVERED)
        require(world, payment->genuine_good, "delivered for a wrong payment");
}

void check_action(struct world *world, const struct core_action *action)
{
    const struct world_payment *payment;
    switch (action->kind) {
    case CORE_ACTION_STORE:
        if (action->u.txn.parts & CORE_TXN_INTENT) /* a movement that has begun goes on */
            require(world, world->clock_trusted || action->u.txn.payment.attempts > 1,
                    "I19: an intent while the clock is not trusted");
        require(world, !world->failed_commit, "I21: a new transaction after a failed commit");
        if (action->u.txn.parts & CORE_TXN_OUTCOME) {
            promise_outcome(world, &action->u.txn);
            check_outcome_stored(world, &action->u.txn);
        }
        break;
    case CORE_ACTION_ORDER:
        check_order(world, action);
        break;
    case CORE_ACTION_RELEASE:
        require(world,
                world->inbox_count > 0 && world->payments[world->inbox[world->inbox_head].payment].present,
                "I3: PUBACK before the payment is on disk");
        break;
    case CORE_ACTION_RECEIPT:
        payment = &world->payments[service_index(&action->u.receipt.claims)];
        require(world, payment->present, "I3: a receipt before the payment is on disk");
        break;
    case CORE_ACTION_OUTCOME:
        payment = &world->payments[service_index(&action->u.payment.claims)];
        require(world, payment->record.state == PAYMENT_STATE_DONE, "I4: an outcome that is not on disk");
        require(world,
                memcmp(&payment->record.outcome, &action->u.payment.outcome,
                       sizeof(payment->record.outcome)) == 0,
                "I4: an outcome that differs from the one on disk");
        break;
    case CORE_ACTION_EVENT:
        gate_check_told(world, action->u.event.code, action->u.event.device);
        lane_check_told(world, action->u.event.code, action->u.event.device);
        break;
    case CORE_ACTION_ANSWER:
    case CORE_ACTION_LATENCY:
    case CORE_ACTION_COUNT:
        break;
    }
}

static void check_ledger(struct world *world)
{
    const int64_t *counters = world->core.counters;
    int64_t open = 0;
    for (int32_t i = 0; i < world->core.slot_end; i++) {
        const struct core_slot *slot = &world->core.slots[i];
        if (slot->state != CORE_SLOT_FREE && slot->state != CORE_SLOT_STORING)
            open += slot->payment.claims.amount;
    }
    require(world,
            counters[CORE_COUNTER_PAID_MINOR] == counters[CORE_COUNTER_DELIVERED_MINOR] +
                                                     counters[CORE_COUNTER_REFUND_MINOR] +
                                                     counters[CORE_COUNTER_REVIEW_MINOR] + open,
            "I10: the ledger does not add up");
}

static void check_parallel(struct world *world)
{
    int32_t on = 0;
    for (int32_t i = 0; i < world->config.device_count; i++)
        on += world->devices[i].on && !world->devices[i].welded;
    require(world, on <= world->config.machine.parallel, "I13: too many actuators move at once");
}

static void check_shown(struct world *world, int32_t product)
{
    struct core_product_view view;
    const struct config *config = &world->config;
    const struct core *core = &world->core;
    int32_t index = config->products[product].device;
    const struct config_device *device = &config->devices[index];
    core_view_product(core, product, world_true_s(world) + world->clock_offset_s, &view);
    world->digest = (world->digest ^ (uint64_t)view.can_sell ^ (uint64_t)view.hold << 1 ^
                     (uint64_t)view.price << 8 ^ (uint64_t)(view.stock + 1) << 32) *
                    1099511628211u;
    if (!view.can_sell)
        return;
    promise_sale(world, product);
    bool good = world->clock_trusted && !world->failed_commit && view.stock != 0;
    good = good && (config->machine.fire < 0 || core->lines[config->machine.fire].level == DEVICE_LEVEL_ON);
    good = good && (config->machine.door < 0 || core->lines[config->machine.door].level == DEVICE_LEVEL_ON);
    for (int i = 0; i < world->own_count[index] && device->kind != CONFIG_KIND_VALIDATOR; i++)
        good = good && !core->lines[world->own_lines[index][i]].lost &&
               !world->fault_told[world->own_lines[index][i]];
    if (gate_of(world, index))
        good = good && gate_can_show(world, index);
    if (device->kind == CONFIG_KIND_BARRIER)
        good = good && lane_can_show(world, index);
    require(world, good, "I22: shown for sale though it cannot be delivered");
}

/* Finish what is stored: after every step whoever can begin has begun. */
static void check_served(struct world *world)
{
    const struct core *core = &world->core;
    if (!core->started || core->store_failed || core->more || !core->clock_trusted)
        return;
    for (int32_t i = 0; i < core->slot_end; i++) {
        const struct core_slot *slot = &core->slots[i];
        if (slot->state == CORE_SLOT_QUEUED && core->devices[slot->payment.device].use == CORE_DEVICE_IDLE &&
            core_parallel_free(core, slot->payment.device))
            require(world,
                    core_judge_service(core, slot->payment.product, slot->restored).verdict !=
                        CORE_VERDICT_GO,
                    "I6: a payment waits though nothing hinders it");
    }
}

void check_step(struct world *world)
{
    uint64_t before = world->digest;
    world->digest = 14695981039346656037u;
    for (int32_t i = 0; i < world->config.product_count; i++)
        check_shown(world, i);
    require(world, before == world->digest || world->actions.view_changed || !world->core.started,
            "I22: the view changed and nobody was told");
    check_ledger(world);
    check_parallel(world);
    check_served(world);
    promise_step(world);
    gate_check_step(world);
    for (int32_t i = 0; i < world->lane_count; i++)
        if (!world->lanes[i].ticking)
            lane_check_quiet(world, &world->lanes[i]);
}

bool check_settled(const struct world *world)
{
    if (world->inbox_count > 0 || world->txn_count > 0 || world->token != 0)
        return false;
    for (int32_t i = 0; i < world->payment_count; i++) {
        const struct world_payment *payment = &world->payments[i];
        if (payment->sends == 0 && world->options.without)
            continue;
        if (!payment->receipt || payment->record.state != PAYMENT_STATE_DONE || !payment->acknowledged)
            return false;
    }
    return true;
}

/* Once all is settled: one outcome each, and the stock is what was delivered or may have been. */
void check_end(struct world *world)
{
    int32_t gone[CONFIG_MAX_PRODUCTS] = {0};
    for (int32_t i = 0; i < world->payment_count; i++) {
        const struct world_payment *payment = &world->payments[i];
        if (payment->sends == 0 && world->options.without)
            continue;
        require(world, payment->heard, "I6: the service has never heard what became of a payment");
        if (payment->outcomes != 1)
            world_note(world, "outcomes", i, payment->outcomes, 0);
        require(world, payment->outcomes == 1, "I5: not exactly one outcome");
        if (payment->record.product >= 0)
            gone[payment->record.product] += payment->record.outcome.refund != PAYMENT_REFUND_YES;
    }
    for (int32_t i = 0; i < world->config.product_count && !world->stock_touched; i++)
        if (world->config.products[i].stock >= 0 && world->product_known[i])
            require(world, world->products[i].stock == world->config.products[i].stock - gone[i],
                    "the stock is not what was delivered");
}
