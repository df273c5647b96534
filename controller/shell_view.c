#include "controller/shell_view.h"

#include <string.h>

#include "common/text.h"

enum {
    REFERENCE_CHARACTERS = 6,
    LANE_HELP_MS = 60000, /* how long an unknown end without a lock calls for help */
};

void shell_view_reference(char ret[SNAPSHOT_REFERENCE_SIZE], const char *payment_id)
{
    const char *start = payment_id + strlen(payment_id);
    for (int left = REFERENCE_CHARACTERS; start > payment_id && left > 0; left--) {
        do
            start--;
        while (start > payment_id && ((unsigned char)*start & 0xC0) == 0x80);
        if ((size_t)(payment_id + strlen(payment_id) - start) >= SNAPSHOT_REFERENCE_SIZE - 4)
            break;
    }
    (void)text_copy(ret, SNAPSHOT_REFERENCE_SIZE, start);
}

static const enum snapshot_lane_kind lane_kinds[CONFIG_KIND_COUNT] = {
    [CONFIG_KIND_BARRIER] = SNAPSHOT_BARRIER,
    [CONFIG_KIND_TURNSTILE] = SNAPSHOT_TURNSTILE,
    [CONFIG_KIND_VALIDATOR] = SNAPSHOT_VALIDATOR,
};

static bool is_lane(const struct config_device *device)
{
    return device->kind == CONFIG_KIND_BARRIER || device->kind == CONFIG_KIND_TURNSTILE ||
           device->kind == CONFIG_KIND_VALIDATOR;
}

/* Lanes are numbered in the order of the configuration. -1: none, or more than there may be. */
static int32_t lane_of(const struct config *config, int32_t device)
{
    if (device < 0 || !is_lane(&config->devices[device]))
        return -1;
    int32_t lane = 0;
    for (int32_t i = 0; i < device; i++)
        lane += is_lane(&config->devices[i]);
    return lane < SNAPSHOT_MAX_LANES ? lane : -1;
}

static void put_product(struct snapshot_product *ret, const struct config_product *product, int32_t lane,
                        const struct core_product_view *view)
{
    ret->lane = lane;
    (void)text_copy(ret->id, sizeof ret->id, product->id);
    memcpy(ret->title, product->title, sizeof ret->title);
    ret->price = view->price;
    ret->can_sell = view->can_sell;
    (void)text_copy(ret->hold, sizeof ret->hold, view->can_sell ? "" : core_hold_name(view->hold));
    (void)text_copy(ret->image, sizeof ret->image, product->image);
    (void)text_copy(ret->qr, sizeof ret->qr, view->can_sell ? view->qr : "");
}

static enum snapshot_phase phase_of(const struct core_activity *activity)
{
    const struct payment *payment = activity->payment;
    if (!activity->finished) {
        if (activity->phase == DEVICE_PHASE_TAKE)
            return SNAPSHOT_TAKE;
        return payment->state == PAYMENT_STATE_MOVING ? SNAPSHOT_MOVING : SNAPSHOT_PAID;
    }
    switch (payment->outcome.result) {
    case PAYMENT_RESULT_DELIVERED:
        return SNAPSHOT_TAKE;
    case PAYMENT_RESULT_FAILED:
        return SNAPSHOT_FAILED;
    case PAYMENT_RESULT_REFUSED:
        return SNAPSHOT_REFUSED;
    case PAYMENT_RESULT_UNKNOWN:
    case PAYMENT_RESULT_NONE:
    case PAYMENT_RESULT_COUNT:
        break;
    }
    return SNAPSHOT_UNKNOWN;
}

static enum snapshot_refund refund_of(const struct core_activity *activity)
{
    if (!activity->finished)
        return SNAPSHOT_REFUND_NONE;
    switch (activity->payment->outcome.refund) {
    case PAYMENT_REFUND_NO:
        return SNAPSHOT_REFUND_NO;
    case PAYMENT_REFUND_YES:
        return SNAPSHOT_REFUND_YES;
    case PAYMENT_REFUND_REVIEW:
    case PAYMENT_REFUND_COUNT:
        break;
    }
    return SNAPSHOT_REFUND_REVIEW;
}

/* How long this device's movement may take; 0 = it waits for a person, or none is meant. */
static int32_t most_ms_of(const struct config_device *device)
{
    const int32_t *param = device->param;
    switch (device->kind) {
    case CONFIG_KIND_SPIRAL:
        return param[CONFIG_PARAM_MAX_MS] * (1 + param[CONFIG_PARAM_JOGS]);
    case CONFIG_KIND_PULSES:
        return param[CONFIG_PARAM_COUNT_N] * (param[CONFIG_PARAM_ON_MS] + param[CONFIG_PARAM_OFF_MS]);
    case CONFIG_KIND_RELAY:
        return device->line[CONFIG_ROLE_FEEDBACK] >= 0 ? param[CONFIG_PARAM_FEEDBACK_MS]
                                                       : param[CONFIG_PARAM_PULSE_MS];
    case CONFIG_KIND_LOCK:
    case CONFIG_KIND_BARRIER:
    case CONFIG_KIND_TURNSTILE:
    case CONFIG_KIND_VALIDATOR:
    case CONFIG_KIND_COUNT:
        break;
    }
    return 0;
}

static void put_activity(struct snapshot_activity *ret, const struct config *config,
                         const struct core_activity *activity, int64_t now_ms)
{
    const struct payment *payment = activity->payment;
    ret->number = activity->order;
    ret->phase = phase_of(activity);
    ret->refund = refund_of(activity);
    ret->lane = payment->product >= 0 ? lane_of(config, config->products[payment->product].device)
                                      : lane_of(config, payment->device);
    ret->product[0] = '\0';
    if (payment->product >= 0)
        (void)text_copy(ret->product, sizeof ret->product, config->products[payment->product].id);
    ret->amount = payment->claims.amount;
    (void)text_copy(ret->currency, sizeof ret->currency, payment->claims.currency);
    bool reason = activity->finished && payment->outcome.reason != PAYMENT_REASON_NONE;
    (void)text_copy(ret->reason, sizeof ret->reason,
                    reason ? payment_reason_name(payment->outcome.reason) : "");
    shell_view_reference(ret->reference, payment->claims.payment_id);
    ret->at = payment->received_at;
    ret->age_ms = now_ms > activity->since_ms ? now_ms - activity->since_ms : 0;
    ret->most_ms = ret->phase == SNAPSHOT_MOVING && payment->product >= 0
                       ? most_ms_of(&config->devices[config->products[payment->product].device])
                       : 0;
}

/* ---- lanes ---- */

static bool any_sold(const struct snapshot *snapshot, int32_t lane, enum core_hold *ret_hold)
{
    *ret_hold = CORE_HOLD_NONE;
    for (int32_t i = 0; i < snapshot->product_count; i++) {
        const struct snapshot_product *product = &snapshot->products[i];
        if (product->lane != lane)
            continue;
        if (product->can_sell)
            return true;
        for (int hold = 1; hold < CORE_HOLD_COUNT; hold++)
            if (strcmp(core_hold_name((enum core_hold)hold), product->hold) == 0)
                *ret_hold = (enum core_hold)hold;
    }
    return false;
}

/* The newest payment of the lane that still concerns whoever stands there. */
static bool lane_has(const struct snapshot *snapshot, int32_t lane, enum snapshot_phase phase,
                     int64_t max_age_ms)
{
    for (int32_t i = 0; i < snapshot->activity_count; i++) {
        const struct snapshot_activity *activity = &snapshot->activities[i];
        if (activity->lane == lane && activity->phase == phase && activity->age_ms < max_age_ms)
            return true;
    }
    return false;
}

static enum snapshot_lane_state moving_state(enum device_phase phase)
{
    switch (phase) {
    case DEVICE_PHASE_WAITING:
        return SNAPSHOT_LANE_PAID;
    case DEVICE_PHASE_TAKE:
        return SNAPSHOT_LANE_GO;
    case DEVICE_PHASE_RETURN:
        return SNAPSHOT_LANE_RETURN;
    case DEVICE_PHASE_IDLE:
    case DEVICE_PHASE_MOVING:
        break;
    }
    return SNAPSHOT_LANE_OPENING;
}

/* What happens now comes before what happened, and that before what can be bought. */
static enum snapshot_lane_state lane_state(const struct snapshot *snapshot, int32_t lane,
                                           const struct core_device_view *view, bool empty)
{
    enum core_hold hold;
    bool many = snapshot->lanes[lane].kind == SNAPSHOT_VALIDATOR; /* its list tells of each payment */
    bool sold = any_sold(snapshot, lane, &hold);
    if (view->state.lock == CORE_LOCK_FIRE || hold == CORE_HOLD_FIRE)
        return SNAPSHOT_LANE_FIRE;
    if (view->moving && !many)
        return moving_state(view->phase);
    if (view->held)
        return SNAPSHOT_LANE_HELD;
    if (view->state.lock == CORE_LOCK_UNKNOWN || view->state.lock == CORE_LOCK_JAM ||
        (!many && lane_has(snapshot, lane, SNAPSHOT_UNKNOWN, LANE_HELP_MS)))
        return SNAPSHOT_LANE_HELP;
    if (!many && lane_has(snapshot, lane, SNAPSHOT_PAID, INT64_MAX))
        return SNAPSHOT_LANE_PAID;
    if (!sold && hold != CORE_HOLD_BUSY)
        return SNAPSHOT_LANE_CLOSED;
    return empty ? SNAPSHOT_LANE_FREE : SNAPSHOT_LANE_PAY;
}

static void put_lanes(struct snapshot *ret, const struct config *config, const struct core *core)
{
    ret->lane_count = 0;
    for (int32_t i = 0; i < config->device_count; i++) {
        const struct config_device *device = &config->devices[i];
        int32_t index = lane_of(config, i);
        if (index < 0)
            continue;
        struct core_device_view view = {0};
        struct snapshot_lane *lane = &ret->lanes[index];
        core_view_device(core, i, &view);
        (void)text_copy(lane->device, sizeof lane->device, device->name);
        lane->kind = lane_kinds[device->kind];
        lane->out = device->param[CONFIG_PARAM_DIRECTION] == 1;
        lane->vehicle = view.presence == DEVICE_LEVEL_ON;
        lane->rights = view.rights;
        lane->show_ms = device->kind == CONFIG_KIND_VALIDATOR ? device->param[CONFIG_PARAM_SHOW_MS] : 0;
        ret->lane_count = index + 1;
        lane->state = lane_state(ret, index, &view,
                                 device->kind == CONFIG_KIND_BARRIER &&
                                     device->line[CONFIG_ROLE_PRESENCE] >= 0 && !lane->vehicle);
    }
}

void shell_view_snapshot(struct snapshot *ret, const struct config *config, const struct core *core,
                         const char *message, int64_t now_ms, int64_t wall_s, bool clock_trusted)
{
    (void)text_copy(ret->kiosk_id, sizeof ret->kiosk_id, config->kiosk.id);
    (void)text_copy(ret->name, sizeof ret->name, config->kiosk.name);
    (void)text_copy(ret->support, sizeof ret->support, config->kiosk.support);
    (void)text_copy(ret->currency, sizeof ret->currency, config->kiosk.currency);
    memcpy(ret->languages, config->kiosk.languages, sizeof ret->languages);
    ret->language_count = config->kiosk.language_count;

    struct core_machine_view machine;
    core_view_machine(core, &machine);
    ret->selling = machine.selling;
    ret->hold[0] = '\0';
    for (int i = 1; i < CORE_HOLD_COUNT; i++)
        if (machine.holds & (1u << i)) {
            (void)text_copy(ret->hold, sizeof ret->hold, core_hold_name((enum core_hold)i));
            break;
        }
    (void)text_copy(ret->message, sizeof ret->message, message);
    ret->wall_s = clock_trusted ? wall_s : 0;

    ret->product_count = config->product_count;
    for (int32_t i = 0; i < config->product_count; i++) {
        struct core_product_view view;
        core_view_product(core, i, wall_s, &view);
        put_product(&ret->products[i], &config->products[i], lane_of(config, config->products[i].device),
                    &view);
    }
    struct core_activity activities[SNAPSHOT_MAX_ACTIVITIES];
    ret->activity_count = core_view_activities(core, activities, SNAPSHOT_MAX_ACTIVITIES);
    for (int32_t i = 0; i < ret->activity_count; i++)
        put_activity(&ret->activities[i], config, &activities[i], now_ms);
    put_lanes(ret, config, core);
}
