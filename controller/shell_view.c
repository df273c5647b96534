#include "controller/shell_view.h"

#include <string.h>

#include "common/text.h"

enum { REFERENCE_CHARACTERS = 6 };

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

static void put_product(struct snapshot_product *ret, const struct config_product *product,
                        const struct core_product_view *view)
{
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

static void put_activity(struct snapshot_activity *ret, const struct config *config,
                         const struct core_activity *activity, int64_t now_ms)
{
    const struct payment *payment = activity->payment;
    ret->phase = phase_of(activity);
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
        put_product(&ret->products[i], &config->products[i], &view);
    }
    struct core_activity activities[SNAPSHOT_MAX_ACTIVITIES];
    ret->activity_count = core_view_activities(core, activities, SNAPSHOT_MAX_ACTIVITIES);
    for (int32_t i = 0; i < ret->activity_count; i++)
        put_activity(&ret->activities[i], config, &activities[i], now_ms);
}
