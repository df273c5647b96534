/* What must hold for turnstiles and validators. */
#include "tests/simulation/world.h"

#include <string.h>

static void require(struct world *world, bool holds, const char *what)
{
    if (!holds)
        world_violate(world, what);
}

static const struct core_slot *slot_of(const struct world *world, const struct payment *payment)
{
    for (int32_t i = 0; i < world->core.slot_end; i++) {
        const struct core_slot *slot = &world->core.slots[i];
        if (slot->state != CORE_SLOT_FREE && payment_same_key(&slot->payment.claims, &payment->claims))
            return slot;
    }
    return NULL;
}

/* A line of a payment that has not begun says only that it waits. */
bool gate_has_begun(const struct world *world, const struct payment *payment)
{
    const struct core_slot *slot = slot_of(world, payment);
    return slot != NULL && slot->begun != 0;
}

static bool line_is(const struct world *world, int32_t line, enum device_level level)
{
    return line < 0 || world->core.lines[line].level == level;
}

bool gate_unit_ready(const struct world *world, int32_t device)
{
    const struct config_device *config = &world->config.devices[device];
    return line_is(world, config->line[CONFIG_ROLE_READY], DEVICE_LEVEL_ON) &&
           line_is(world, config->line[CONFIG_ROLE_FIRE], DEVICE_LEVEL_ON);
}

bool gate_is_many(const struct world *world, int32_t device)
{
    return world->config.devices[device].kind == CONFIG_KIND_VALIDATOR;
}

/* A turnstile is released, or a light or sound begins. */
void gate_check_on(struct world *world, int32_t device)
{
    const struct config_device *config = &world->config.devices[device];
    if (config->kind == CONFIG_KIND_TURNSTILE) {
        require(world, line_is(world, config->line[CONFIG_ROLE_PASS], DEVICE_LEVEL_OFF),
                "I17: released with the contact closed or lost");
        require(world, gate_unit_ready(world, device), "released while the unit is not ready, or in a fire");
        return;
    }
    struct world_gate *gate = gate_of(world, device);
    if (world->core.devices[device].test)
        gate->tested_ms = world->now_ms;
    bool paid = gate->tested_ms > world->now_ms - 10000; /* the second sound of a test comes later */
    for (int32_t i = 0; i < world->payment_count; i++) {
        const struct world_payment *at = &world->payments[i];
        /* On disk and begun in this run; its outcome may be there already while the light goes on for it. */
        paid = paid || (at->present && at->record.device == device && at->record.attempts == 1);
    }
    require(world, paid, "I2: a light without a payment on disk");
    require(world, !world->failed_commit, "I21: something is shown after a failed commit");
}

/* The evidence there has been, in the truth of the world. A passage of just now is still to be heard. */
int64_t gate_evidence(const struct world *world, int32_t device)
{
    for (int32_t i = 0; i < world->gate_count; i++) {
        const struct world_gate *gate = &world->gates[i];
        if (gate->device == device)
            return gate->passages - (gate->passages > 0 && gate->passed_ms > world->now_ms - GATE_HEARD_MS);
    }
    return 0;
}

static void check_shown_outcome(struct world *world, const struct core_txn *txn)
{
    const struct payment_outcome *outcome = &txn->payment.outcome;
    struct world_payment *payment = &world->payments[service_index(&txn->payment.claims)];
    struct world_gate *gate = gate_of(world, txn->payment.device);
    const struct core_slot *slot = slot_of(world, &txn->payment);
    bool here = slot != NULL && slot->begun != 0;
    gate_note_light(world, gate);
    bool lit = here && gate->lit_ms >= slot->begun_ms;
    if (outcome->result == PAYMENT_RESULT_DELIVERED) {
        require(world, here, "I9: a result of a payment that was not shown in this run");
        require(world, lit || payment->drawn == world->epoch,
                "I7: delivered, but neither light nor screen showed it");
        require(world, outcome->verified, "what was shown is not verified");
        require(world, payment->genuine_good, "delivered for a wrong payment");
    }
    if (outcome->result == PAYMENT_RESULT_FAILED)
        require(world, here && !lit && payment->shown != world->epoch, "I8: failed, but it was shown");
    if (outcome->result == PAYMENT_RESULT_REFUSED)
        require(world, !here, "I5: refused, but it was shown");
    for (int32_t i = 0; i < outcome->evidence_count; i++)
        require(world,
                outcome->evidence[i].name == PAYMENT_EVIDENCE_LIGHT_MS ||
                    outcome->evidence[i].name == PAYMENT_EVIDENCE_RESTARTS ||
                    outcome->evidence[i].name == PAYMENT_EVIDENCE_SHOWN_MS,
                "evidence of what a validator does not have");
}

/* true: all was checked here. */
bool gate_check_outcome(struct world *world, const struct core_txn *txn)
{
    if (txn->payment.device < 0 || gate_of(world, txn->payment.device) == NULL)
        return false;
    const struct config_device *config = &world->config.devices[txn->payment.device];
    if (config->kind == CONFIG_KIND_VALIDATOR) {
        check_shown_outcome(world, txn);
        return true;
    }
    if (txn->payment.outcome.result == PAYMENT_RESULT_FAILED &&
        txn->payment.outcome.reason == PAYMENT_REASON_NO_PASSAGE)
        require(world,
                (txn->payment.outcome.refund == PAYMENT_REFUND_NO) ==
                    (config->param[CONFIG_PARAM_NO_PASSAGE] != 0),
                "nobody passed, and the money does not go where the configuration says");
    return false;
}

/* The refund that follows from the result, unless the configuration keeps the money. */
bool gate_keeps(const struct world *world, const struct core_txn *txn)
{
    return txn->payment.device >= 0 &&
           world->config.devices[txn->payment.device].param[CONFIG_PARAM_NO_PASSAGE] != 0 &&
           txn->payment.outcome.result == PAYMENT_RESULT_FAILED &&
           txn->payment.outcome.reason == PAYMENT_REASON_NO_PASSAGE;
}

void gate_check_told(struct world *world, enum core_code code, int32_t device)
{
    struct world_gate *gate = device >= 0 ? gate_of(world, device) : NULL;
    if (gate == NULL)
        return;
    if (code == CORE_CODE_FORCED_PASSAGE || code == CORE_CODE_LATE_PASSAGE) {
        gate->told++;
        require(world, gate->passages > 0 && gate->passed_ms >= world->now_ms - 30000,
                "a passage was told that was none");
    }
}

static void check_gate(struct world *world, const struct world_gate *gate)
{
    const struct core *core = &world->core;
    const struct config_device *config = &world->config.devices[gate->device];
    int32_t rights = 0;
    for (int32_t i = 0; i < world->core.slot_end; i++) {
        const struct core_slot *slot = &core->slots[i];
        if (slot->state == CORE_SLOT_FREE || slot->payment.device != gate->device)
            continue;
        rights += slot->payment.state == PAYMENT_STATE_PAID || slot->payment.state == PAYMENT_STATE_MOVING;
        if (slot->state == CORE_SLOT_MOVING && gate_is_many(world, gate->device) && !core->store_failed)
            require(world, world->now_ms <= slot->begun_ms + GATE_SETTLE_MS,
                    "I6: a payment at a validator is not decided in time");
    }
    if (config->kind == CONFIG_KIND_TURNSTILE)
        require(world, rights <= config->param[CONFIG_PARAM_RIGHTS], "more rights than allowed");
}

void gate_check_step(struct world *world)
{
    for (int32_t i = 0; i < world->gate_count; i++)
        check_gate(world, &world->gates[i]);
}

/* What stands in the way of a sale at a gate. */
bool gate_can_show(const struct world *world, int32_t device)
{
    const struct config_device *config = &world->config.devices[device];
    int32_t light = config->line[CONFIG_ROLE_LIGHT];
    int32_t ready = config->line[CONFIG_ROLE_READY];
    /* A sensor that changed just now is waited for. */
    if (config->kind == CONFIG_KIND_TURNSTILE)
        return line_is(world, config->line[CONFIG_ROLE_FIRE], DEVICE_LEVEL_ON) &&
               (line_is(world, ready, DEVICE_LEVEL_ON) ||
                world->core.devices[device].use != CORE_DEVICE_IDLE ||
                world->now_ms <= world->core.lines[ready].changed_ms + CORE_SENSOR_GRACE_MS);
    return world->screen_told || (light >= 0 && !world->core.lines[light].lost && !world->fault_told[light]);
}
