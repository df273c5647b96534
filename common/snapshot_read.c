/* Snapshots and answers as they come in: strict, whole or not at all. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "common/snapshot.h"
#include "common/text.h"

#define AGE_MAX_MS (INT64_MAX / 4) /* the screen adds to it */

enum text_rule { TEXT_LINE, TEXT_ANY, TEXT_NAME, TEXT_CODE, TEXT_CURRENCY, TEXT_LANGUAGE };

static bool character_allowed(char c, enum text_rule rule)
{
    bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z', digit = c >= '0' && c <= '9';
    switch (rule) {
    case TEXT_LINE:
    case TEXT_ANY:
        return true;
    case TEXT_NAME:
        return lower || upper || digit || c == '_' || c == '.' || c == '-';
    case TEXT_CODE:
        return lower || digit || c == '_';
    case TEXT_CURRENCY:
        return upper;
    case TEXT_LANGUAGE:
        return lower;
    }
    return false;
}

/* A string of the JSON into a field; jansson has checked the UTF-8 and refused NUL. */
static bool text_take(char *dst, size_t size, const json_t *value, enum text_rule rule)
{
    const char *text = json_string_value(value);
    if (!text || strlen(text) >= size)
        return false;
    for (const char *c = text; *c; c++)
        if (!character_allowed(*c, rule))
            return false;
    if (rule == TEXT_LINE && text_has_control(text))
        return false;
    if (rule == TEXT_CURRENCY && text[0] && strlen(text) != 3)
        return false;
    return text_copy(dst, size, text);
}

typedef const char *name_function(int index);

/* The names of common/snapshot.c, by index. */
static const char *phase_name(int index)
{
    return snapshot_phase_name((enum snapshot_phase)index);
}

static const char *refund_name(int index)
{
    return snapshot_refund_name((enum snapshot_refund)index);
}

static const char *kind_name(int index)
{
    return snapshot_lane_kind_name((enum snapshot_lane_kind)index);
}

static const char *state_name(int index)
{
    return snapshot_lane_state_name((enum snapshot_lane_state)index);
}

static bool name_take(int *ret, const json_t *value, name_function *name_of, int count)
{
    const char *name = json_string_value(value);
    for (int i = 0; name && i < count; i++)
        if (strcmp(name, name_of(i)) == 0) {
            *ret = i;
            return true;
        }
    return false;
}

static bool product_take(struct snapshot_product *ret, json_t *value, const struct snapshot *whole)
{
    json_t *id, *titles, *hold, *image, *qr;
    json_int_t price, lane;
    int can_sell;
    if (json_unpack_ex(value, NULL, JSON_STRICT, "{s:o, s:o, s:I, s:b, s:o, s:I, s:o, s:o}", "id", &id,
                       "title", &titles, "price", &price, "can_sell", &can_sell, "hold", &hold, "lane", &lane,
                       "image", &image, "qr", &qr) != 0)
        return false;
    if (!json_is_array(titles) || json_array_size(titles) != (size_t)whole->language_count || price <= 0 ||
        lane < -1 || lane >= whole->lane_count)
        return false;
    ret->lane = (int32_t)lane;
    for (int32_t i = 0; i < whole->language_count; i++)
        if (!text_take(ret->title[i], sizeof(ret->title[i]), json_array_get(titles, (size_t)i), TEXT_LINE))
            return false;
    ret->price = price;
    ret->can_sell = can_sell != 0;
    if (!text_take(ret->id, sizeof(ret->id), id, TEXT_NAME) || ret->id[0] == '\0' ||
        !text_take(ret->hold, sizeof(ret->hold), hold, TEXT_CODE) ||
        !text_take(ret->image, sizeof(ret->image), image, TEXT_LINE) ||
        !text_take(ret->qr, sizeof(ret->qr), qr, TEXT_ANY))
        return false;
    return ret->can_sell || ret->qr[0] == '\0';
}

static bool lane_take(struct snapshot_lane *ret, json_t *value)
{
    json_t *device, *kind, *state;
    const char *direction;
    json_int_t rights, show_ms;
    int vehicle, kind_index, state_index;
    if (json_unpack_ex(value, NULL, JSON_STRICT, "{s:o, s:o, s:o, s:s, s:b, s:I, s:I}", "device", &device,
                       "kind", &kind, "state", &state, "direction", &direction, "vehicle", &vehicle, "rights",
                       &rights, "show_ms", &show_ms) != 0)
        return false;
    if (rights < 0 || rights > INT32_MAX || show_ms < 0 || show_ms > INT32_MAX ||
        !name_take(&kind_index, kind, kind_name, SNAPSHOT_LANE_KIND_COUNT) ||
        !name_take(&state_index, state, state_name, SNAPSHOT_LANE_STATE_COUNT))
        return false;
    ret->kind = (enum snapshot_lane_kind)kind_index;
    ret->state = (enum snapshot_lane_state)state_index;
    ret->out = strcmp(direction, "out") == 0;
    ret->vehicle = vehicle != 0;
    ret->rights = (int32_t)rights;
    ret->show_ms = (int32_t)show_ms;
    return (ret->out || strcmp(direction, "in") == 0) &&
           text_take(ret->device, sizeof(ret->device), device, TEXT_NAME) && ret->device[0];
}

static bool activity_take(struct snapshot_activity *ret, json_t *value, int32_t lanes)
{
    json_t *phase, *refund, *product, *currency, *reason, *reference;
    json_int_t number, lane, amount, at, age_ms, most_ms = 0;
    int phase_index, refund_index;
    if (json_unpack_ex(value, NULL, JSON_STRICT,
                       "{s:I, s:o, s:o, s:I, s:o, s:I, s:o, s:o, s:o, s:I, s:I, s?I}", "number", &number,
                       "phase", &phase, "refund", &refund, "lane", &lane, "product", &product, "amount",
                       &amount, "currency", &currency, "reason", &reason, "reference", &reference, "at", &at,
                       "age_ms", &age_ms, "most_ms", &most_ms) != 0)
        return false;
    if (number < 1 || lane < -1 || lane >= lanes || amount < 0 || at < 0 || age_ms < 0 ||
        age_ms > AGE_MAX_MS || most_ms < 0 || most_ms > INT32_MAX ||
        !name_take(&phase_index, phase, phase_name, SNAPSHOT_PHASE_COUNT) ||
        !name_take(&refund_index, refund, refund_name, SNAPSHOT_REFUND_COUNT))
        return false;
    ret->number = (uint64_t)number;
    ret->phase = (enum snapshot_phase)phase_index;
    ret->refund = (enum snapshot_refund)refund_index;
    ret->lane = (int32_t)lane;
    ret->amount = amount;
    ret->at = at;
    ret->age_ms = age_ms;
    ret->most_ms = (int32_t)most_ms;
    return text_take(ret->product, sizeof(ret->product), product, TEXT_NAME) &&
           text_take(ret->currency, sizeof(ret->currency), currency,
                     TEXT_LINE) && /* as the payer's bank wrote it */
           text_take(ret->reason, sizeof(ret->reason), reason, TEXT_CODE) &&
           text_take(ret->reference, sizeof(ret->reference), reference, TEXT_LINE);
}

static bool languages_take(struct snapshot *ret, const json_t *languages)
{
    size_t count = json_array_size(languages);
    if (count < 1 || count > CONFIG_MAX_LANGUAGES)
        return false;
    ret->language_count = (int32_t)count;
    for (size_t i = 0; i < count; i++) {
        if (!text_take(ret->languages[i], sizeof(ret->languages[i]), json_array_get(languages, i),
                       TEXT_LANGUAGE) ||
            strlen(ret->languages[i]) < 2)
            return false;
    }
    return true;
}

static bool products_take(struct snapshot *ret, const json_t *products)
{
    size_t count = json_array_size(products);
    if (!json_is_array(products) || count > CONFIG_MAX_PRODUCTS)
        return false;
    ret->product_count = (int32_t)count;
    for (size_t i = 0; i < count; i++) {
        if (!product_take(&ret->products[i], json_array_get(products, i), ret))
            return false;
        for (size_t other = 0; other < i; other++)
            if (strcmp(ret->products[other].id, ret->products[i].id) == 0)
                return false;
    }
    return true;
}

static bool lanes_take(struct snapshot *ret, const json_t *lanes)
{
    size_t count = json_array_size(lanes);
    if (!json_is_array(lanes) || count > SNAPSHOT_MAX_LANES)
        return false;
    ret->lane_count = (int32_t)count;
    for (size_t i = 0; i < count; i++)
        if (!lane_take(&ret->lanes[i], json_array_get(lanes, i)))
            return false;
    return true;
}

/* Newest first, each number once. */
static bool activities_take(struct snapshot *ret, const json_t *activities)
{
    size_t count = json_array_size(activities);
    if (!json_is_array(activities) || count > SNAPSHOT_MAX_ACTIVITIES)
        return false;
    ret->activity_count = (int32_t)count;
    for (size_t i = 0; i < count; i++) {
        if (!activity_take(&ret->activities[i], json_array_get(activities, i), ret->lane_count))
            return false;
        if (i > 0 && ret->activities[i].number >= ret->activities[i - 1].number)
            return false;
    }
    return true;
}

static bool snapshot_take(struct snapshot *ret, json_t *root)
{
    json_t *kiosk_id, *name, *support, *currency, *languages, *hold, *message, *products, *lanes, *activities;
    json_int_t number, wall_s;
    int selling;
    if (json_unpack_ex(
            root, NULL, JSON_STRICT, "{s:I, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:I, s:o, s:o, s:o}",
            "number", &number, "kiosk_id", &kiosk_id, "name", &name, "support", &support, "currency",
            &currency, "languages", &languages, "selling", &selling, "hold", &hold, "message", &message,
            "wall_s", &wall_s, "products", &products, "lanes", &lanes, "activities", &activities) != 0)
        return false;
    if (number < 0 || wall_s < 0)
        return false;
    ret->number = (uint64_t)number;
    ret->wall_s = wall_s;
    ret->selling = selling != 0;
    return text_take(ret->kiosk_id, sizeof(ret->kiosk_id), kiosk_id, TEXT_NAME) &&
           text_take(ret->name, sizeof(ret->name), name, TEXT_LINE) &&
           text_take(ret->support, sizeof(ret->support), support, TEXT_LINE) &&
           text_take(ret->currency, sizeof(ret->currency), currency, TEXT_CURRENCY) && ret->currency[0] &&
           text_take(ret->hold, sizeof(ret->hold), hold, TEXT_CODE) &&
           text_take(ret->message, sizeof(ret->message), message, TEXT_LINE) &&
           languages_take(ret, languages) && lanes_take(ret, lanes) && products_take(ret, products) &&
           activities_take(ret, activities);
}

bool snapshot_decode(struct snapshot *ret, const char *text, size_t length)
{
    if (length > SNAPSHOT_MAX_BYTES)
        return false;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    struct snapshot *read = root ? calloc(1, sizeof(*read)) : NULL;
    bool good = read && snapshot_take(read, root);
    if (good)
        *ret = *read;
    free(read);
    json_decref(root);
    return good;
}

bool snapshot_shown_decode(struct snapshot_shown *ret, const char *text, size_t length)
{
    if (length > SNAPSHOT_SHOWN_BYTES)
        return false;
    json_int_t from, to, number;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    bool good = root && json_unpack_ex(root, NULL, JSON_STRICT, "{s:{s:I, s:I}, s:I}", "shown", "from", &from,
                                       "to", &to, "number", &number) == 0;
    json_decref(root);
    /* Both 0: no line. Else a range that is one. */
    if (!good || number < 0 || from < 0 || to < from || (from == 0) != (to == 0))
        return false;
    *ret = (struct snapshot_shown){(uint64_t)from, (uint64_t)to, (uint64_t)number};
    return true;
}
