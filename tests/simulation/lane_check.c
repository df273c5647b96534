/* What must hold at a barrier. */
#include "tests/simulation/world.h"

#include <assert.h>
#include <stddef.h>

static void require(struct world *world, bool holds, const char *what)
{
    if (!holds)
        world_violate(world, what);
}

static bool is_line(const struct world *world, const struct world_lane *lane, enum config_role role,
                    int32_t line)
{
    return world->config.devices[lane->device].line[role] == line;
}

/* true: the order starts, or may start, the arm; the checks of a start go on. */
bool lane_check_order(struct world *world, int32_t line, enum device_order_kind kind)
{
    struct world_lane *lane = lane_of(world, world->config.lines[line].device);
    const struct core_device *at = &world->core.devices[lane->device];
    assert(lane);
    if (is_line(world, lane, CONFIG_ROLE_SIGN, line))
        return false;
    if (is_line(world, lane, CONFIG_ROLE_HOLD, line)) {
        require(world, kind != DEVICE_ORDER_PULSE, "I14: the hold contact is pulsed");
        require(world,
                kind != DEVICE_ORDER_ON || at->state.lock == CORE_LOCK_FIRE ||
                    (lane->held_once && at->state.hold_until != 0),
                "I2: held open without an operator's order or an alarm");
        return false;
    }
    require(world, is_line(world, lane, CONFIG_ROLE_OPEN, line) && kind == DEVICE_ORDER_PULSE,
            "I14: an order to a barrier that is not its pulse");
    if (lane->movement_ms != at->device.started_ms) {
        lane->movement_ms = at->device.started_ms;
        lane->pulses = lane->agains = 0;
    }
    lane->pulses++;
    require(world, at->use == CORE_DEVICE_MOVING, "I2: a pulse outside any movement");
    if (at->test) {
        require(world, lane->pulses <= LANE_PULSES_MOST + lane->agains,
                "I1: more pulses than one opening has");
    } else if (at->slot >= 0) {
        const struct world_payment *payment =
            &world->payments[service_index(&world->core.slots[at->slot].payment.claims)];
        require(world, lane->pulses <= payment->record.attempts + lane->agains,
                "I1: more pulses than intents on disk and orders of the operator");
        require(world, payment->record.attempts <= LANE_PULSES_MOST, "I1: too many intents for one vehicle");
    }
    return true;
}

/* Only where the sensor that proves is quiet. */
void lane_check_start(struct world *world, int32_t device)
{
    const struct config_device *config = &world->config.devices[device];
    const struct core_line *lines = world->core.lines;
    int32_t passage = config->line[CONFIG_ROLE_PASSAGE], up = config->line[CONFIG_ROLE_UP];
    int32_t presence = config->line[CONFIG_ROLE_PRESENCE], bad = config->line[CONFIG_ROLE_FAULT];
    int32_t fire = config->line[CONFIG_ROLE_FIRE];
    require(world, passage < 0 || lines[passage].level == DEVICE_LEVEL_OFF,
            "I17: a vehicle was on the passage before");
    require(world, passage >= 0 || up < 0 || lines[up].level == DEVICE_LEVEL_OFF,
            "I17: the arm was up before, and it is the evidence");
    require(world,
            presence < 0 || config->param[CONFIG_PARAM_EMPTY_LANE] != 0 ||
                lines[presence].level == DEVICE_LEVEL_ON,
            "opened for an empty lane");
    require(world, bad < 0 || lines[bad].level == DEVICE_LEVEL_OFF, "opened with a fault of the barrier");
    require(world, fire < 0 || lines[fire].level == DEVICE_LEVEL_ON,
            "I15: opened while fire is reported or unknown");
    require(world, !world->core.devices[device].device.held, "sold while it is held open");
}

/* Times that the sensor which proves a delivery has proved one. */
int64_t lane_evidence(const struct world *world, int32_t device)
{
    const struct config_device *config = &world->config.devices[device];
    int32_t up = config->line[CONFIG_ROLE_UP];
    for (int32_t i = 0; i < world->lane_count; i++)
        if (world->lanes[i].device == device && config->line[CONFIG_ROLE_PASSAGE] >= 0)
            return world->lanes[i].through;
    return up >= 0 ? world->edges[up] : 0;
}

/* What the arm or a vehicle did just before the start may be heard just after it. */
int64_t lane_evidence_before(struct world *world, int32_t device)
{
    const struct world_lane *lane = lane_of(world, device);
    bool passage = world->config.devices[device].line[CONFIG_ROLE_PASSAGE] >= 0;
    bool fresh = lane && world->now_ms - (passage ? lane->counted_ms : lane->up_ms) < LANE_TRUTH_MS;
    return lane_evidence(world, device) - fresh;
}

bool lane_can_show(const struct world *world, int32_t device)
{
    const struct config_device *config = &world->config.devices[device];
    const struct core_line *lines = world->core.lines;
    int32_t bad = config->line[CONFIG_ROLE_FAULT], fire = config->line[CONFIG_ROLE_FIRE];
    return (bad < 0 || lines[bad].level == DEVICE_LEVEL_OFF) &&
           (fire < 0 || lines[fire].level == DEVICE_LEVEL_ON) && !world->core.devices[device].device.held &&
           world->core.devices[device].state.lock == CORE_LOCK_NONE;
}

/* ---- who went through without a right ---- */

void lane_check_quiet(struct world *world, struct world_lane *lane)
{
    const struct config_device *config = &world->config.devices[lane->device];
    const struct core_device *at = &world->core.devices[lane->device];
    bool quiet = world->powered && world->core.started && at->use == CORE_DEVICE_IDLE && !at->device.held;
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++) {
        int32_t line = config->line[role];
        if (line < 0 || world->config.lines[line].output)
            continue;
        quiet = quiet && !world->lines[line].lost && world->core.lines[line].level != DEVICE_LEVEL_UNKNOWN;
        quiet = quiet && (role != CONFIG_ROLE_FIRE || world->lines[line].level);
    }
    for (int eye = 0; eye < 3; eye++)
        quiet = quiet && lane->blind_from_ms[eye] == 0;
    if (!quiet || !lane->was_quiet)
        lane->quiet_ms = world->now_ms;
    lane->was_quiet = quiet;
    if (lane->arm == 0 && !lane->was_covered)
        lane->forced = false;
}

void lane_check_passage(struct world *world, const struct world_lane *lane, const struct world_car *car)
{
    if (world->config.devices[lane->device].line[CONFIG_ROLE_PASSAGE] < 0 || car->entered_ms <= 0 ||
        car->entered_ms < lane->quiet_ms + LANE_CALM_MS)
        return;
    require(world, lane->forced || lane->told_ms >= car->entered_ms,
            "somebody went through without a right, and nobody was told");
}

void lane_check_told(struct world *world, enum core_code code, int32_t device)
{
    struct world_lane *lane = device >= 0 ? lane_of(world, device) : NULL;
    if (lane == NULL)
        return;
    lane->forced |= code == CORE_CODE_FORCED_OPEN;
    if (code == CORE_CODE_FORCED_OPEN || code == CORE_CODE_TAILGATE || code == CORE_CODE_LATE_PASSAGE)
        lane->told_ms = world->now_ms;
}
