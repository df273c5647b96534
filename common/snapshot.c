#include "common/snapshot.h"

#include <jansson.h>
#include "common/text.h"

static const char *const phase_names[SNAPSHOT_PHASE_COUNT] = {
    [SNAPSHOT_PAID] = "paid",     [SNAPSHOT_MOVING] = "moving",   [SNAPSHOT_TAKE] = "take",
    [SNAPSHOT_FAILED] = "failed", [SNAPSHOT_UNKNOWN] = "unknown", [SNAPSHOT_REFUSED] = "refused",
};

static const char *const refund_names[SNAPSHOT_REFUND_COUNT] = {
    [SNAPSHOT_REFUND_NONE] = "",
    [SNAPSHOT_REFUND_NO] = "no",
    [SNAPSHOT_REFUND_YES] = "yes",
    [SNAPSHOT_REFUND_REVIEW] = "review",
};

static const char *const lane_kind_names[SNAPSHOT_LANE_KIND_COUNT] = {
    [SNAPSHOT_BARRIER] = "barrier",
    [SNAPSHOT_TURNSTILE] = "turnstile",
    [SNAPSHOT_VALIDATOR] = "validator",
};

static const char *const lane_state_names[SNAPSHOT_LANE_STATE_COUNT] = {
    [SNAPSHOT_LANE_FIRE] = "fire",     [SNAPSHOT_LANE_OPENING] = "opening", [SNAPSHOT_LANE_GO] = "go",
    [SNAPSHOT_LANE_RETURN] = "return", [SNAPSHOT_LANE_HELD] = "held",       [SNAPSHOT_LANE_HELP] = "help",
    [SNAPSHOT_LANE_PAID] = "paid",     [SNAPSHOT_LANE_CLOSED] = "closed",   [SNAPSHOT_LANE_FREE] = "free",
    [SNAPSHOT_LANE_PAY] = "pay",
};

const char *snapshot_phase_name(enum snapshot_phase phase)
{
    return phase_names[phase];
}

const char *snapshot_refund_name(enum snapshot_refund refund)
{
    return refund_names[refund];
}

const char *snapshot_lane_kind_name(enum snapshot_lane_kind kind)
{
    return lane_kind_names[kind];
}

const char *snapshot_lane_state_name(enum snapshot_lane_state state)
{
    return lane_state_names[state];
}

static json_t *product_pack(const struct snapshot_product *product, int32_t languages)
{
    json_t *titles = json_array();
    for (int32_t i = 0; i < languages; i++)
        json_array_append_new(titles, json_string(product->title[i]));
    return json_pack("{s:s, s:o, s:I, s:b, s:s, s:i, s:s, s:s}", "id", product->id, "title", titles, "price",
                     (json_int_t)product->price, "can_sell", (int)product->can_sell, "hold", product->hold,
                     "lane", (int)product->lane, "image", product->image, "qr", product->qr);
}

static json_t *lane_pack(const struct snapshot_lane *lane)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:i, s:i}", "device", lane->device, "kind",
                     lane_kind_names[lane->kind], "state", lane_state_names[lane->state], "direction",
                     lane->out ? "out" : "in", "vehicle", (int)lane->vehicle, "rights", (int)lane->rights,
                     "show_ms", (int)lane->show_ms);
}

static json_t *activity_pack(const struct snapshot_activity *activity)
{
    return json_pack("{s:I, s:s, s:s, s:i, s:s, s:I, s:s, s:s, s:s, s:I, s:I, s:i}", "number",
                     (json_int_t)activity->number, "phase", phase_names[activity->phase], "refund",
                     refund_names[activity->refund], "lane", (int)activity->lane, "product",
                     activity->product, "amount", (json_int_t)activity->amount, "currency",
                     activity->currency, "reason", activity->reason, "reference", activity->reference, "at",
                     (json_int_t)activity->at, "age_ms", (json_int_t)activity->age_ms, "most_ms",
                     (int)activity->most_ms);
}

static json_t *snapshot_pack(const struct snapshot *snapshot)
{
    json_t *languages = json_array(), *products = json_array(), *lanes = json_array(),
           *activities = json_array();
    for (int32_t i = 0; i < snapshot->language_count; i++)
        json_array_append_new(languages, json_string(snapshot->languages[i]));
    for (int32_t i = 0; i < snapshot->product_count; i++)
        json_array_append_new(products, product_pack(&snapshot->products[i], snapshot->language_count));
    for (int32_t i = 0; i < snapshot->lane_count; i++)
        json_array_append_new(lanes, lane_pack(&snapshot->lanes[i]));
    for (int32_t i = 0; i < snapshot->activity_count; i++)
        json_array_append_new(activities, activity_pack(&snapshot->activities[i]));
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:b, s:s, s:s, s:I, s:o, s:o, s:o}", "number",
                     (json_int_t)snapshot->number, "kiosk_id", snapshot->kiosk_id, "name", snapshot->name,
                     "support", snapshot->support, "currency", snapshot->currency, "languages", languages,
                     "selling", (int)snapshot->selling, "hold", snapshot->hold, "message", snapshot->message,
                     "wall_s", (json_int_t)snapshot->wall_s, "products", products, "lanes", lanes,
                     "activities", activities);
}

size_t snapshot_encode(char *ret, size_t size, const struct snapshot *snapshot)
{
    json_t *root = snapshot_pack(snapshot);
    if (!root)
        return 0;
    size_t length = json_dumpb(root, ret, size, JSON_COMPACT);
    json_decref(root);
    if (length == 0 || length >= size)
        return 0;
    ret[length] = '\0';
    return length;
}

size_t snapshot_shown_encode(char *ret, size_t size, const struct snapshot_shown *shown)
{
    size_t used = 0;
    ret[0] = '\0';
    (void)text_append(ret, size, &used, "{\"shown\":{\"from\":%llu,\"to\":%llu},\"number\":%llu}",
                      (unsigned long long)shown->from, (unsigned long long)shown->to,
                      (unsigned long long)shown->number);
    return used;
}
