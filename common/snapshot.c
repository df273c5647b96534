#include "common/snapshot.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "common/text.h"

#define AGE_MAX_MS (INT64_MAX / 4) /* the screen adds to it */

static const char *const phase_names[SNAPSHOT_PHASE_COUNT] = {
    [SNAPSHOT_PAID] = "paid",     [SNAPSHOT_MOVING] = "moving",   [SNAPSHOT_TAKE] = "take",
    [SNAPSHOT_FAILED] = "failed", [SNAPSHOT_UNKNOWN] = "unknown", [SNAPSHOT_REFUSED] = "refused",
};

const char *snapshot_phase_name(enum snapshot_phase phase)
{
    return phase_names[phase];
}

/* ---- writing ---- */

static json_t *product_pack(const struct snapshot_product *product, int32_t languages)
{
    json_t *titles = json_array();
    for (int32_t i = 0; i < languages; i++)
        json_array_append_new(titles, json_string(product->title[i]));
    return json_pack("{s:s, s:o, s:I, s:b, s:s, s:s, s:s}", "id", product->id, "title", titles, "price",
                     (json_int_t)product->price, "can_sell", (int)product->can_sell, "hold", product->hold,
                     "image", product->image, "qr", product->qr);
}

static json_t *activity_pack(const struct snapshot_activity *activity)
{
    return json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:I, s:I}", "phase",
                     snapshot_phase_name(activity->phase), "product", activity->product, "amount",
                     (json_int_t)activity->amount, "currency", activity->currency, "reason", activity->reason,
                     "reference", activity->reference, "at", (json_int_t)activity->at, "age_ms",
                     (json_int_t)activity->age_ms);
}

static json_t *snapshot_pack(const struct snapshot *snapshot)
{
    json_t *languages = json_array(), *products = json_array(), *activities = json_array();
    for (int32_t i = 0; i < snapshot->language_count; i++)
        json_array_append_new(languages, json_string(snapshot->languages[i]));
    for (int32_t i = 0; i < snapshot->product_count; i++)
        json_array_append_new(products, product_pack(&snapshot->products[i], snapshot->language_count));
    for (int32_t i = 0; i < snapshot->activity_count; i++)
        json_array_append_new(activities, activity_pack(&snapshot->activities[i]));
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:b, s:s, s:s, s:I, s:o, s:o}", "number",
                     (json_int_t)snapshot->number, "kiosk_id", snapshot->kiosk_id, "name", snapshot->name,
                     "support", snapshot->support, "currency", snapshot->currency, "languages", languages,
                     "selling", (int)snapshot->selling, "hold", snapshot->hold, "message", snapshot->message,
                     "wall_s", (json_int_t)snapshot->wall_s, "products", products, "activities", activities);
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

/* ---- reading ---- */

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

static bool product_take(struct snapshot_product *ret, json_t *value, int32_t languages)
{
    json_t *id, *titles, *hold, *image, *qr;
    json_int_t price;
    int can_sell;
    if (json_unpack_ex(value, NULL, JSON_STRICT, "{s:o, s:o, s:I, s:b, s:o, s:o, s:o}", "id", &id, "title",
                       &titles, "price", &price, "can_sell", &can_sell, "hold", &hold, "image", &image, "qr",
                       &qr) != 0)
        return false;
    if (!json_is_array(titles) || json_array_size(titles) != (size_t)languages || price <= 0)
        return false;
    for (int32_t i = 0; i < languages; i++)
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

static bool phase_take(enum snapshot_phase *ret, const json_t *value)
{
    const char *name = json_string_value(value);
    for (int i = 0; name && i < SNAPSHOT_PHASE_COUNT; i++)
        if (strcmp(name, phase_names[i]) == 0) {
            *ret = (enum snapshot_phase)i;
            return true;
        }
    return false;
}

static bool activity_take(struct snapshot_activity *ret, json_t *value)
{
    json_t *phase, *product, *currency, *reason, *reference;
    json_int_t amount, at, age_ms;
    if (json_unpack_ex(value, NULL, JSON_STRICT, "{s:o, s:o, s:I, s:o, s:o, s:o, s:I, s:I}", "phase", &phase,
                       "product", &product, "amount", &amount, "currency", &currency, "reason", &reason,
                       "reference", &reference, "at", &at, "age_ms", &age_ms) != 0)
        return false;
    if (amount < 0 || at < 0 || age_ms < 0 || age_ms > AGE_MAX_MS)
        return false;
    ret->amount = amount;
    ret->at = at;
    ret->age_ms = age_ms;
    return phase_take(&ret->phase, phase) &&
           text_take(ret->product, sizeof(ret->product), product, TEXT_NAME) &&
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

static bool lists_take(struct snapshot *ret, const json_t *products, const json_t *activities)
{
    size_t count = json_array_size(products), running = json_array_size(activities);
    if (!json_is_array(products) || count > CONFIG_MAX_PRODUCTS || !json_is_array(activities) ||
        running > SNAPSHOT_MAX_ACTIVITIES)
        return false;
    ret->product_count = (int32_t)count;
    ret->activity_count = (int32_t)running;
    for (size_t i = 0; i < count; i++) {
        if (!product_take(&ret->products[i], json_array_get(products, i), ret->language_count))
            return false;
        for (size_t other = 0; other < i; other++)
            if (strcmp(ret->products[other].id, ret->products[i].id) == 0)
                return false;
    }
    for (size_t i = 0; i < running; i++)
        if (!activity_take(&ret->activities[i], json_array_get(activities, i)))
            return false;
    return true;
}

static bool snapshot_take(struct snapshot *ret, json_t *root)
{
    json_t *kiosk_id, *name, *support, *currency, *languages, *hold, *message, *products, *activities;
    json_int_t number, wall_s;
    int selling;
    if (json_unpack_ex(root, NULL, JSON_STRICT,
                       "{s:I, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:I, s:o, s:o}", "number", &number,
                       "kiosk_id", &kiosk_id, "name", &name, "support", &support, "currency", &currency,
                       "languages", &languages, "selling", &selling, "hold", &hold, "message", &message,
                       "wall_s", &wall_s, "products", &products, "activities", &activities) != 0)
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
           languages_take(ret, languages) && lists_take(ret, products, activities);
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
