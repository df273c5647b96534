#include <stdio.h>
#include <string.h>
#include "config/load.h"
#include "config/schema.h"

const struct schema_group *schema_find_group(const char *name)
{
    for (size_t i = 0; i < schema_group_count; i++)
        if (strcmp(schema_groups[i].name, name) == 0)
            return &schema_groups[i];
    return NULL;
}

bool schema_key_applies(const struct schema_key *key, int32_t selected)
{
    return key->only == 0 || (selected >= 0 && (key->only >> selected & 1U) != 0);
}

const struct schema_key *schema_find_key(const struct schema_group *group, const char *name, int32_t selected)
{
    for (size_t i = 0; i < group->key_count; i++) {
        const struct schema_key *key = &group->keys[i];
        if (strcmp(key->name, name) == 0 && (selected < 0 || schema_key_applies(key, selected)))
            return key;
    }
    return NULL;
}

const struct schema_key *schema_selector(const struct schema_group *group)
{
    return group->selector != NULL ? schema_find_key(group, group->selector, -1) : NULL;
}

int32_t schema_choice_index(const char *choices, const char *value)
{
    size_t length = strlen(value);
    int32_t index = 0;
    for (const char *at = choices; *at != '\0'; index++) {
        size_t span = strcspn(at, "|");
        if (span == length && memcmp(at, value, span) == 0)
            return index;
        at += span;
        at += *at == '|';
    }
    return -1;
}

void schema_choice_name(char *ret, size_t size, const char *choices, int32_t index)
{
    const char *at = choices;
    for (; index > 0 && *at != '\0'; index--) {
        at += strcspn(at, "|");
        at += *at == '|';
    }
    (void)snprintf(ret, size, "%.*s", (int)strcspn(at, "|"), at);
}

static void describe_choices(char *ret, size_t size, const char *choices)
{
    size_t used = 0;
    ret[0] = '\0';
    for (const char *at = choices; *at != '\0' && used < size;) {
        size_t span = strcspn(at, "|");
        const char *after = at + span;
        bool last = *after == '\0' || strchr(after + 1, '|') == NULL;
        int wrote = snprintf(ret + used, size - used, "\"%.*s\"%s", (int)span, at,
                             *after == '\0' ? "" : (last ? " or " : ", "));
        used += wrote > 0 ? (size_t)wrote : 0;
        at = after + (*after == '|');
    }
}

/* What each type may hold; NULL: made from the row. */
static const char *const type_text[SCHEMA_TYPE_COUNT] = {
    [SCHEMA_BOOL] = "true or false",
    [SCHEMA_TEXT] = "text of at most 64 characters",
    [SCHEMA_ID] = "1..64 characters of A-Z a-z 0-9 _ . -",
    [SCHEMA_KID] = "1..64 printable ASCII characters without space",
    [SCHEMA_PATH] = "a path of at most 255 bytes",
    [SCHEMA_HOST] = "a host name or an address",
    [SCHEMA_PREFIX] = "topic levels of 1..64 bytes without + # and space",
    [SCHEMA_CURRENCY] = "a currency of ISO 4217 in capital letters, like \"BYN\"",
    [SCHEMA_VERSION] = "5, or for MQTT 3.1.1 one of 3, 4, 311",
    [SCHEMA_BUS] = "the name of a bus",
    [SCHEMA_LINE_IN] = "the name of an input line",
    [SCHEMA_LINE_OUT] = "the name of an output line",
    [SCHEMA_DEVICE] = "the name of a device",
    [SCHEMA_LANGUAGES] = "1..8 language codes like [ \"en\" ]",
    [SCHEMA_TITLE] = "text, or a group of texts by language",
    [SCHEMA_QR] = "text of 1..1024 bytes, or fields: { erip = { ... } }",
    [SCHEMA_QR_FIELDS] = "a list of \"TAG=VALUE\"",
    [SCHEMA_USES] = "a list of \"payment\", \"ack\", \"command\"",
    [SCHEMA_PUBLIC] = "32 bytes in base64url (43 characters)",
    [SCHEMA_SECRET] = "a path of at most 255 bytes",
    [SCHEMA_TIME] = "a time of the day like \"22:30\"",
    [SCHEMA_COLOUR] = "a colour like \"#0E3A5B\"",
    [SCHEMA_GROUP] = "a group",
};

void schema_describe(char *ret, size_t size, const struct schema_key *key)
{
    const char *unit = key->unit != NULL ? key->unit : "";
    const char *space = key->unit != NULL ? " " : "";
    if (key->type == SCHEMA_INT || key->type == SCHEMA_WIDE)
        (void)snprintf(ret, size, "%lld..%lld%s%s", (long long)key->min, (long long)key->max, space, unit);
    else if (key->type == SCHEMA_GPIO)
        (void)snprintf(ret, size, "%lld..%lld, or a name", (long long)key->min, (long long)key->max);
    else if (key->choices != NULL)
        describe_choices(ret, size, key->choices);
    else if (key->type == SCHEMA_PATH && key->max > 0)
        (void)snprintf(ret, size, "a path of at most %lld bytes", (long long)key->max);
    else if (key->type == SCHEMA_TEXT && key->max > 0)
        (void)snprintf(ret, size, "text of at most %lld characters", (long long)key->max);
    else
        (void)snprintf(ret, size, "%s", type_text[key->type] != NULL ? type_text[key->type] : "");
}

static const char *name_at(size_t offset)
{
    const struct schema_group *devices = schema_find_group("devices");
    for (size_t i = 0; devices != NULL && i < devices->key_count; i++)
        if (devices->keys[i].offset == offset)
            return devices->keys[i].name;
    return "";
}

const char *config_role_name(enum config_role role)
{
    if ((unsigned)role >= CONFIG_ROLE_COUNT)
        return "";
    return name_at(offsetof(struct config_device, line) + (size_t)role * sizeof(int32_t));
}

const char *config_param_name(enum config_param param)
{
    if ((unsigned)param >= CONFIG_PARAM_COUNT)
        return "";
    return name_at(offsetof(struct config_device, param) + (size_t)param * sizeof(int32_t));
}

const char *config_kind_name(enum config_kind kind)
{
    static const char *const names[CONFIG_KIND_COUNT] = {
        [CONFIG_KIND_SPIRAL] = "spiral",       [CONFIG_KIND_RELAY] = "relay",
        [CONFIG_KIND_PULSES] = "pulses",       [CONFIG_KIND_LOCK] = "lock",
        [CONFIG_KIND_BARRIER] = "barrier",     [CONFIG_KIND_TURNSTILE] = "turnstile",
        [CONFIG_KIND_VALIDATOR] = "validator",
    };
    return (unsigned)kind < CONFIG_KIND_COUNT ? names[kind] : "";
}

int config_find_product(const struct config *config, const char *id)
{
    for (int i = 0; i < config->product_count; i++)
        if (strcmp(config->products[i].id, id) == 0)
            return i;
    return -1;
}

int config_find_device(const struct config *config, const char *name)
{
    for (int i = 0; i < config->device_count; i++)
        if (strcmp(config->devices[i].name, name) == 0)
            return i;
    return -1;
}

int config_find_line(const struct config *config, const char *name)
{
    for (int i = 0; i < config->line_count; i++)
        if (strcmp(config->lines[i].name, name) == 0)
            return i;
    return -1;
}
