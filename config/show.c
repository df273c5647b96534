/* What stands in the file and what should, in words. */
#include <stdio.h>
#include <string.h>
#include "common/qr.h"
#include "common/text.h"
#include "config/loading.h"

enum { SHOWN_BYTES = 48 };

static void show_float(char *ret, size_t size, double value)
{
    char digits[SHOWN_BYTES];
    (void)snprintf(digits, sizeof(digits), "%g", value);
    (void)snprintf(ret, size, "%s%s", digits, strpbrk(digits, ".en") == NULL ? ".0" : "");
}

void loading_show(char *ret, size_t size, const config_setting_t *setting)
{
    const struct loading_number *number = loading_number_of(setting);
    char part[SHOWN_BYTES + 1];
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        if (number == NULL || number->overflow)
            (void)snprintf(ret, size, "a number beyond 64 bits");
        else
            (void)snprintf(ret, size, "%lld", (long long)number->value);
        break;
    case CONFIG_TYPE_FLOAT:
        show_float(ret, size, config_setting_get_float(setting));
        break;
    case CONFIG_TYPE_STRING: {
        const char *text = config_setting_get_string(setting);
        bool whole = text_copy(part, sizeof(part), text != NULL ? text : "");
        if (qr_is_payers(part))
            (void)snprintf(ret, size, "a payer's code");
        else
            (void)snprintf(ret, size, "\"%s\"%s", part, whole ? "" : "...");
        break;
    }
    case CONFIG_TYPE_BOOL:
        (void)snprintf(ret, size, "%s", config_setting_get_bool(setting) ? "true" : "false");
        break;
    case CONFIG_TYPE_GROUP:
        (void)snprintf(ret, size, "a group { }");
        break;
    case CONFIG_TYPE_ARRAY:
        (void)snprintf(ret, size, "an array [ ]");
        break;
    default:
        (void)snprintf(ret, size, "a list ( )");
        break;
    }
}

/* What to say before the range when the value is not even of the right type. */
static const char *type_hint(const struct loading_place *place)
{
    int type = config_setting_type(place->setting);
    if (place->key->type == SCHEMA_INT || place->key->type == SCHEMA_WIDE)
        return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64 ? "" : "a whole number ";
    if (place->key->type == SCHEMA_BOOL || place->key->type == SCHEMA_VERSION ||
        place->key->type == SCHEMA_GPIO)
        return "";
    return type == CONFIG_TYPE_STRING || place->key->choices != NULL ? "" : "in quotes: ";
}

void loading_refuse(struct loading *loading, const struct loading_place *place)
{
    char shown[LOADING_KEY_SIZE], wanted[LOADING_KEY_SIZE];
    loading_show(shown, sizeof(shown), place->setting);
    schema_describe(wanted, sizeof(wanted), place->key);
    bool money = config_setting_type(place->setting) == CONFIG_TYPE_FLOAT && place->key->type == SCHEMA_WIDE;
    loading_fault(loading, place->setting, place->path, "is %s; must be %s%s%s", shown, type_hint(place),
                  wanted, money ? " (2.50 is written 250)" : "");
}

const char *loading_string(struct loading *loading, const struct loading_place *place)
{
    const char *text = config_setting_get_string(place->setting);
    if (text == NULL)
        loading_refuse(loading, place);
    return text;
}
