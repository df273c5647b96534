#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/money.h"
#include "common/qr.h"
#include "common/text.h"
#include "config/host.h"
#include "config/loading.h"

enum { TEXT_CHARACTERS = 64 };

static void store(const struct loading_place *place, int64_t value)
{
    void *field = (char *)place->entry + place->key->offset;
    int32_t narrow = (int32_t)value;
    bool truth = value != 0;
    char letter = (char)value;
    if (place->key->size == sizeof(int64_t))
        memcpy(field, &value, sizeof(value));
    else if (place->key->size == sizeof(int32_t))
        memcpy(field, &narrow, sizeof(narrow));
    else if (place->key->type == SCHEMA_PARITY)
        memcpy(field, &letter, sizeof(letter));
    else
        memcpy(field, &truth, sizeof(truth));
}

void loading_preset(const struct schema_key *key, void *entry)
{
    struct loading_place place = {.key = key, .entry = entry};
    if (key->type == SCHEMA_LANGUAGES) {
        struct config *config = entry;
        config->kiosk.language_count = (int32_t)text_copy(config->kiosk.languages[0], CONFIG_LANG_SIZE, "en");
    }
    if (key->size == 0 || key->type == SCHEMA_USES)
        return;
    if (key->type == SCHEMA_BUS || key->type == SCHEMA_LINE_IN || key->type == SCHEMA_LINE_OUT ||
        key->type == SCHEMA_DEVICE)
        store(&place, -1);
    else if (key->size <= sizeof(int64_t) && key->type != SCHEMA_CURRENCY)
        store(&place, key->preset);
    else
        (void)text_copy((char *)entry + key->offset, key->size,
                        key->preset_text != NULL ? key->preset_text : "");
}

static void read_number(struct loading *loading, const struct loading_place *place)
{
    int type = config_setting_type(place->setting);
    const struct loading_number *number = loading_number_of(place->setting);
    if ((type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) || number == NULL || number->overflow ||
        number->value < place->key->min || number->value > place->key->max)
        loading_refuse(loading, place);
    else
        store(place, number->value);
}

static void read_bool(struct loading *loading, const struct loading_place *place)
{
    if (config_setting_type(place->setting) != CONFIG_TYPE_BOOL)
        loading_refuse(loading, place);
    else
        store(place, config_setting_get_bool(place->setting));
}

bool loading_text(struct loading *loading, const struct loading_place *place, const char *text, char *ret,
                  size_t size)
{
    long characters = text_utf8_length(text, strlen(text));
    long most =
        (place->key->type == SCHEMA_TEXT || place->key->type == SCHEMA_QR_FIELDS) && place->key->max > 0
            ? (long)place->key->max
            : TEXT_CHARACTERS;
    if (characters < 0)
        loading_fault(loading, place->setting, place->path, "is not valid UTF-8; save the file as UTF-8");
    else if (text_has_control(text))
        loading_fault(loading, place->setting, place->path,
                      "holds a control character; must be one line of plain text");
    else if (qr_is_payers(text))
        loading_fault(loading, place->setting, place->path,
                      "is a payer's code (EMVCo consumer-presented), which may hold card data; take it out");
    else if (characters > most || strlen(text) >= size)
        loading_fault(loading, place->setting, place->path,
                      "has %ld characters (%zu bytes); at most %ld (%zu bytes)", characters, strlen(text),
                      most, size - 1);
    else
        return text_copy(ret, size, text);
    return false;
}

static void read_text(struct loading *loading, const struct loading_place *place)
{
    const char *text = loading_string(loading, place);
    if (text == NULL)
        return;
    if (text[0] == '\0' && place->key->required)
        loading_fault(loading, place->setting, place->path, "is empty; must be given");
    else
        (void)loading_text(loading, place, text, (char *)place->entry + place->key->offset, place->key->size);
}

/* Copies text if all its characters are allowed and it is 1..size-1 bytes long. */
static void read_word(struct loading *loading, const struct loading_place *place, bool (*allowed)(char c))
{
    const char *text = loading_string(loading, place);
    if (text == NULL)
        return;
    bool good = text[0] != '\0' && strlen(text) < place->key->size;
    for (const char *at = text; *at != '\0' && good; at++)
        good = allowed(*at);
    if (good)
        (void)text_copy((char *)place->entry + place->key->offset, place->key->size, text);
    else
        loading_refuse(loading, place);
}

static bool is_graph(char c)
{
    return c > ' ' && c < 0x7f;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_id(char c)
{
    return is_alnum(c) || c == '_' || c == '.' || c == '-';
}

static bool is_topic(char c)
{
    return is_graph(c) && c != '+' && c != '#';
}

static void read_id(struct loading *loading, const struct loading_place *place)
{
    read_word(loading, place, is_id);
}

static void read_kid(struct loading *loading, const struct loading_place *place)
{
    read_word(loading, place, is_graph);
}

static void read_host(struct loading *loading, const struct loading_place *place)
{
    const char *text = loading_string(loading, place);
    char shown[LOADING_KEY_SIZE];
    if (text == NULL)
        return;
    const char *problem = host_take(text, (char *)place->entry + place->key->offset);
    if (problem == NULL)
        return;
    loading_show(shown, sizeof(shown), place->setting);
    loading_fault(loading, place->setting, place->path, "is %s; %s", shown, problem);
}

/* MQTT 5, 4.7: an empty level is legal there but never meant; a leading $ belongs to the broker. */
static void read_prefix(struct loading *loading, const struct loading_place *place)
{
    const char *text = config_setting_get_string(place->setting);
    size_t length = text != NULL ? strlen(text) : 0;
    if (length > 0 &&
        (text[0] == '/' || text[0] == '$' || text[length - 1] == '/' || strstr(text, "//") != NULL))
        loading_fault(
            loading, place->setting, place->path,
            "\"%.64s\" has an empty level or begins with $; must be like \"kiosk\" or \"city/kiosk\"", text);
    else
        read_word(loading, place, is_topic);
}

static void read_currency(struct loading *loading, const struct loading_place *place)
{
    const char *text = loading_string(loading, place);
    if (text == NULL)
        return;
    if (strlen(text) != 3 || !money_currency_known(text))
        loading_refuse(loading, place);
    else
        (void)text_copy((char *)place->entry + place->key->offset, place->key->size, text);
}

bool loading_path(struct loading *loading, const struct loading_place *place, const char *text, char *ret,
                  size_t size)
{
    char whole[2 * PATH_MAX];
    size_t most = place->key->max > 0 ? (size_t)place->key->max : size - 1;
    if (text[0] == '/' || text[0] == '\0')
        (void)snprintf(whole, sizeof(whole), "%s", text);
    else
        (void)snprintf(whole, sizeof(whole), "%s/%s", strcmp(loading->base, "/") == 0 ? "" : loading->base,
                       text);
    if (text_has_control(text))
        loading_fault(loading, place->setting, place->path, "holds a control character; must be a path");
    else if (strlen(whole) > most || strlen(text) >= PATH_MAX)
        loading_fault(loading, place->setting, place->path, "the path is %zu bytes long; at most %zu",
                      strlen(whole), most);
    else
        return text_copy(ret, size, whole);
    return false;
}

static void read_path(struct loading *loading, const struct loading_place *place)
{
    const char *text = loading_string(loading, place);
    if (text == NULL)
        return;
    bool wanted =
        place->key->required || (place->key->preset_text != NULL && place->key->preset_text[0] != '\0');
    if (text[0] == '\0' && wanted)
        loading_fault(loading, place->setting, place->path, "is empty; must be a path");
    else
        (void)loading_path(loading, place, text, (char *)place->entry + place->key->offset, place->key->size);
}

static void read_choice(struct loading *loading, const struct loading_place *place)
{
    const char *text = loading_string(loading, place);
    int32_t index = text != NULL ? schema_choice_index(place->key->choices, text) : -1;
    if (text != NULL && index < 0)
        loading_refuse(loading, place);
    else if (text != NULL)
        store(place, place->key->type == SCHEMA_PARITY ? text[0] : index);
}

static void read_version(struct loading *loading, const struct loading_place *place)
{
    const struct loading_number *number = loading_number_of(place->setting);
    if (number != NULL && !number->overflow && number->value == 5)
        store(place, 5);
    else if (number != NULL && !number->overflow &&
             (number->value == 3 || number->value == 4 || number->value == 311))
        store(place, 3);
    else
        loading_refuse(loading, place);
}

static void read_gpio(struct loading *loading, const struct loading_place *place)
{
    struct config_line *line = place->entry;
    const struct loading_number *number = loading_number_of(place->setting);
    const char *text = config_setting_get_string(place->setting);
    line->gpio_line = -1;
    if (text != NULL && text[0] != '\0')
        (void)loading_text(loading, place, text, line->gpio_name, sizeof(line->gpio_name));
    else if (number != NULL && !number->overflow && number->value >= place->key->min &&
             number->value <= place->key->max)
        line->gpio_line = (int32_t)number->value;
    else
        loading_refuse(loading, place);
}

static void read_qr(struct loading *loading, const struct loading_place *place)
{
    if (config_setting_is_group(place->setting)) {
        loading_read_qr_group(loading, place);
        return;
    }
    const char *text = loading_string(loading, place);
    if (text == NULL)
        return;
    if (text[0] == '\0')
        loading_fault(loading, place->setting, place->path, "is empty; must be the text of the payment code");
    else if (strlen(text) >= place->key->size)
        loading_fault(loading, place->setting, place->path,
                      "is %zu bytes long; a code of at most %zu bytes can be shown", strlen(text),
                      place->key->size - 1);
    else if (text_utf8_length(text, strlen(text)) < 0)
        loading_fault(loading, place->setting, place->path, "is not valid UTF-8; save the file as UTF-8");
    else
        (void)text_copy((char *)place->entry + place->key->offset, place->key->size, text);
}

/* "00:00" to "23:59", always five characters. */
static void read_time(struct loading *loading, const struct loading_place *place)
{
    const char *text = loading_string(loading, place);
    if (text == NULL)
        return;
    int32_t hours = (text[0] - '0') * 10, minutes;
    bool good = strlen(text) == 5 && text[2] == ':' && strspn(text, "0123456789:") == 5 &&
                memchr(text, ':', 2) == NULL && strchr(text + 3, ':') == NULL;
    hours += good ? text[1] - '0' : 0;
    minutes = good ? (text[3] - '0') * 10 + text[4] - '0' : 0;
    if (good && hours < 24 && minutes < 60)
        store(place, hours * 60 + minutes);
    else
        loading_refuse(loading, place);
}

static void read_colour(struct loading *loading, const struct loading_place *place)
{
    const char *text = loading_string(loading, place);
    if (text == NULL)
        return;
    if (text[0] == '#' && strlen(text) == 7 && strspn(text + 1, "0123456789abcdefABCDEF") == 6)
        store(place, strtol(text + 1, NULL, 16));
    else
        loading_refuse(loading, place);
}

static void read_name(struct loading *loading, const struct loading_place *place);

static loading_reader *const readers[SCHEMA_TYPE_COUNT] = {
    [SCHEMA_INT] = read_number,
    [SCHEMA_WIDE] = read_number,
    [SCHEMA_BOOL] = read_bool,
    [SCHEMA_TEXT] = read_text,
    [SCHEMA_ID] = read_id,
    [SCHEMA_KID] = read_kid,
    [SCHEMA_PATH] = read_path,
    [SCHEMA_HOST] = read_host,
    [SCHEMA_PREFIX] = read_prefix,
    [SCHEMA_CURRENCY] = read_currency,
    [SCHEMA_CHOICE] = read_choice,
    [SCHEMA_PARITY] = read_choice,
    [SCHEMA_VERSION] = read_version,
    [SCHEMA_BUS] = read_name,
    [SCHEMA_LINE_IN] = read_name,
    [SCHEMA_LINE_OUT] = read_name,
    [SCHEMA_DEVICE] = read_name,
    [SCHEMA_LANGUAGES] = loading_read_languages,
    [SCHEMA_TITLE] = loading_read_title,
    [SCHEMA_QR] = read_qr,
    [SCHEMA_QR_FIELDS] = loading_read_qr_fields,
    [SCHEMA_USES] = loading_read_uses,
    [SCHEMA_PUBLIC] = loading_read_public,
    [SCHEMA_SECRET] = loading_read_secret,
    [SCHEMA_GPIO] = read_gpio,
    [SCHEMA_TIME] = read_time,
    [SCHEMA_COLOUR] = read_colour,
};

/* The name of something read before; stored as its index. */
static void read_name(struct loading *loading, const struct loading_place *place)
{
    static const char *const groups[SCHEMA_TYPE_COUNT] = {[SCHEMA_BUS] = "buses",
                                                          [SCHEMA_LINE_IN] = "lines",
                                                          [SCHEMA_LINE_OUT] = "lines",
                                                          [SCHEMA_DEVICE] = "devices"};
    const struct schema_group *group = schema_find_group(groups[place->key->type]);
    const char *text = loading_string(loading, place);
    const char *best = NULL;
    int32_t count = 0;
    int distance = 0;
    if (text == NULL || group == NULL)
        return;
    memcpy(&count, (const char *)loading->config + group->count_offset, sizeof(count));
    for (int32_t i = 0; i < count; i++) {
        /* Every named struct begins with its name. */
        const char *name = (const char *)loading->config + group->offset + (size_t)i * group->stride;
        if (strcmp(name, text) == 0) {
            store(place, i);
            return;
        }
        loading_nearest(text, name, &best, &distance);
    }
    loading->doubtful_lines |= place->key->type == SCHEMA_LINE_IN || place->key->type == SCHEMA_LINE_OUT;
    loading->doubtful_devices |= place->key->type == SCHEMA_DEVICE;
    loading->doubtful_buses |= place->key->type == SCHEMA_BUS;
    char hint[LOADING_KEY_SIZE] = "";
    if (best != NULL)
        (void)snprintf(hint, sizeof(hint), "; did you mean \"%s\"?", best);
    loading_fault(loading, place->setting, place->path, "\"%.64s\" is not in %s%s", text, group->name, hint);
}

void loading_read(struct loading *loading, const struct loading_place *place)
{
    if (readers[place->key->type] != NULL)
        readers[place->key->type](loading, place);
}
