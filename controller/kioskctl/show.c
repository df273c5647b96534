/* Small things for all tables. */
#include <string.h>
#include "common/money.h"
#include "controller/kioskctl/kioskctl.h"

const char *show_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

json_int_t show_number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

bool show_bool(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

bool show_has(const json_t *object, const char *key)
{
    return json_object_get(object, key) != NULL;
}

const char *show_money(const json_t *object, const char *key)
{
    static char buffers[4][48];
    static int next;
    char *text = buffers[next = (next + 1) % 4];
    const char *currency = show_text(object, "currency");
    if (money_format(text, sizeof buffers[0], show_number(object, key), currency, "en") == 0)
        (void)snprintf(text, sizeof buffers[0], "%lld", (long long)show_number(object, key));
    return text;
}

void show_json(const json_t *data)
{
    if (json_dumpf(data, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY) == 0)
        putchar('\n');
}

void show_version(const json_t *data)
{
    printf("kioskctl %s, kioskd %s, boot %s, running since %s\n", KIOSK_VERSION, show_text(data, "version"),
           show_text(data, "boot_id"), ctl_time(show_number(data, "started_at")));
}

void show_log(const json_t *data)
{
    const json_t *line;
    size_t i;
    json_array_foreach(json_object_get(data, "lines"), i, line) puts(json_string_value(line));
}
