/* A product's code given as fields: { erip = { ... } }. Read by the schema's groups, built for the product's
 * price, currency and account.
 */
#include <stdio.h>
#include <string.h>
#include "common/qr_make.h"
#include "common/text.h"
#include "config/loading.h"
#include "config/qr_fields.h"

struct building {
    struct loading *loading;
    const struct qr_recipe *recipe;
    const struct qr_fields *fields;
    const config_setting_t *group; /* { service = ...; } */
    char path[LOADING_KEY_SIZE];
};

void loading_read_qr_fields(struct loading *loading, const struct loading_place *place)
{
    struct qr_fields *fields = place->entry;
    int type = config_setting_type(place->setting), count = config_setting_length(place->setting);
    if ((type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST) || count > QR_FIELDS_MORE) {
        loading_fault(loading, place->setting, place->path,
                      "must be a list of at most %d texts TAG=VALUE: [ \"61=220030\" ]", QR_FIELDS_MORE);
        return;
    }
    for (int i = 0; i < count; i++) {
        const config_setting_t *at = config_setting_get_elem(place->setting, (unsigned)i);
        struct qr_fields_more *more = &fields->more[fields->more_count];
        const char *text = config_setting_get_string(at), *equals = text ? strchr(text, '=') : NULL;
        char shown[LOADING_KEY_SIZE];
        loading_show(shown, sizeof(shown), at);
        if (!equals || equals - text >= QR_FIELDS_TAG_SIZE) {
            loading_fault(loading, at, place->path, "%s is no field; must be like \"26-01=K7\"", shown);
            continue;
        }
        (void)snprintf(more->tag, sizeof(more->tag), "%.*s", (int)(equals - text), text);
        struct loading_place one = {.key = place->key, .setting = at};
        (void)snprintf(one.path, sizeof(one.path), "%s", place->path);
        more->at = at;
        fields->more_count += loading_text(loading, &one, equals + 1, more->value, sizeof(more->value));
    }
}

/* The key that stands for a tag, NULL: none of this profile does. */
static const struct qr_make_key *key_of(enum qr_profile profile, const char *tag)
{
    for (int i = 0; i < QR_MAKE_NAME_COUNT; i++)
        if (qr_make_keys[i].profile == profile && strcmp(qr_make_keys[i].tag, tag) == 0)
            return &qr_make_keys[i];
    return NULL;
}

/* "account is missing: …", of a key about which the schema has spoken already. */
static bool spoken_of(const struct building *building, const char *text)
{
    for (int i = 0; i < QR_MAKE_NAME_COUNT; i++) {
        const struct qr_make_key *key = &qr_make_keys[i];
        size_t size = strlen(key->name);
        if (key->profile == building->recipe->profile && strncmp(text, key->name, size) == 0 &&
            strncmp(text + size, " is missing", 11) == 0)
            return key->required || config_setting_get_member(building->group, key->name) != NULL;
    }
    return false;
}

/* The maker's fault, told where the value stands. */
static void build_fault(void *user, int index, const char *text)
{
    const struct building *building = user;
    if (index < 0 && spoken_of(building, text))
        return;
    char path[LOADING_KEY_SIZE];
    const config_setting_t *at = NULL;
    const struct qr_value *value = index >= 0 ? &building->recipe->value[index] : NULL;
    const struct qr_make_key *key = value ? key_of(building->recipe->profile, value->tag) : NULL;
    (void)snprintf(path, sizeof(path), "%.200s", building->path);
    for (int i = 0; value && i < building->fields->more_count; i++)
        if (value->value == building->fields->more[i].value) {
            at = building->fields->more[i].at;
            (void)snprintf(path, sizeof(path), "%.200s.fields %.8s", building->path, value->tag);
        }
    if (!at && key) {
        at = config_setting_get_member(building->group, key->name);
        (void)snprintf(path, sizeof(path), "%.200s.%.20s", building->path, key->name);
    }
    loading_fault(building->loading, at ? at : building->group, path, "%s", text);
}

static void add(struct qr_recipe *recipe, const char *tag, const char *value)
{
    if (recipe->count < QR_MAKE_VALUES)
        recipe->value[recipe->count++] = (struct qr_value){tag, value};
}

/* What the file says, and the product's account where that is silent. */
static void recipe_fill(struct qr_recipe *recipe, const struct qr_fields *fields,
                        const struct config_product *product)
{
    for (int i = 0; i < QR_MAKE_NAME_COUNT; i++) {
        const struct qr_make_key *key = &qr_make_keys[i];
        bool account = i == QR_MAKE_ERIP_ACCOUNT || i == QR_MAKE_EMV_REFERENCE;
        if (key->profile != recipe->profile)
            continue;
        if (fields->value[i][0] || i == QR_MAKE_ERIP_URL)
            add(recipe, key->tag, fields->value[i]);
        else if (account && product->account[0])
            add(recipe, key->tag, product->account);
        else if (key->preset[0])
            add(recipe, key->tag, ""); /* the file says: none */
    }
    for (int i = 0; i < fields->more_count; i++)
        add(recipe, fields->more[i].tag, fields->more[i].value);
    recipe->editable = fields->editable;
}

/* whole: every key of the group could be read; else only the faults of the others are told. */
static void build(struct loading *loading, const struct loading_place *place, const config_setting_t *group,
                  enum qr_profile profile, const struct qr_fields *fields, bool whole)
{
    struct config_product *product = place->entry;
    const char *currency = loading->config->kiosk.currency;
    struct qr_recipe recipe = {.profile = profile, .price = product->price, .currency = currency};
    struct building building = {loading, &recipe, fields, group, ""};
    char text[QR_TEXT_MAX + 1];
    (void)snprintf(building.path, sizeof(building.path), "%.200s.%.20s", place->path,
                   config_setting_name(group));
    bool known = product->price > 0 && currency[0] != '\0';
    if (!known) { /* that fault is told already; what else is wrong is told now */
        recipe.price = recipe.price > 0 ? recipe.price : 1;
        recipe.currency = profile == QR_SBP ? "RUB" : profile == QR_NBU ? "UAH" : "BYN";
    }
    recipe_fill(&recipe, fields, product);
    if (!qr_make(text, &recipe, build_fault, &building) || !known || !whole)
        return;
    (void)text_copy(product->qr, sizeof(product->qr), text);
    product->qr_built = true;
}

void loading_read_qr_group(struct loading *loading, const struct loading_place *place)
{
    static struct qr_fields fields; /* large; the loader runs once at a time */
    const config_setting_t *group =
        config_setting_length(place->setting) == 1 ? config_setting_get_elem(place->setting, 0) : NULL;
    enum qr_profile profile;
    char path[LOADING_KEY_SIZE], name[LOADING_KEY_SIZE];
    if (!group || !qr_make_profile(config_setting_name(group), &profile) || !config_setting_is_group(group)) {
        loading_fault(
            loading, group ? group : place->setting, place->path,
            "must hold one group of fields: emv, erip, sbp or nbu = { ... }, or be the code's text");
        return;
    }
    (void)snprintf(name, sizeof(name), "products.qr.%s", config_setting_name(group));
    (void)snprintf(path, sizeof(path), "%.200s.%s", place->path, config_setting_name(group));
    const struct schema_group *schema = schema_find_group(name);
    int faults = loading->real_count;
    memset(&fields, 0, sizeof(fields));
    if (schema != NULL)
        loading_walk_entry(loading, schema, group, path, &fields);
    build(loading, place, group, profile, &fields, loading->real_count == faults);
}
