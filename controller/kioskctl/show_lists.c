#include <stdlib.h>
#include <string.h>
#include "common/text.h"
#include "controller/kioskctl/kioskctl.h"

void show_products(const json_t *data)
{
    struct table table;
    const json_t *entry;
    size_t i;
    table_begin(&table, "ID|TITLE|>PRICE|DEVICE|>STOCK|ON SALE|WHY NOT");
    json_array_foreach(json_object_get(data, "products"), i, entry)
    {
        table_cell(&table, "%s", show_text(entry, "id"));
        table_cell(&table, "%s", show_text(entry, "title"));
        table_cell(&table, "%s", show_money(entry, "price"));
        table_cell(&table, "%s", show_text(entry, "device"));
        if (show_has(entry, "stock") && show_has(entry, "capacity"))
            table_cell(&table, "%lld/%lld", (long long)show_number(entry, "stock"),
                       (long long)show_number(entry, "capacity"));
        else if (show_has(entry, "stock"))
            table_cell(&table, "%lld", (long long)show_number(entry, "stock"));
        else
            table_cell(&table, "-");
        table_cell(&table, "%s", show_bool(entry, "can_sell") ? "yes" : "no");
        table_cell(&table, "%s%s%s", show_text(entry, "reason"), show_has(entry, "line") ? ": " : "",
                   show_text(entry, "line"));
    }
    table_end(&table);
}

void show_payments(const json_t *data)
{
    struct table table;
    const json_t *entry;
    size_t i;
    table_begin(&table, "RECEIVED|PAYMENT|PRODUCT|>AMOUNT|RESULT|REFUND|ACKED");
    json_array_foreach(json_object_get(data, "payments"), i, entry)
    {
        const char *result = show_text(entry, "result");
        table_cell(&table, "%s", ctl_time(show_number(entry, "received_at")));
        table_cell(&table, "%s/%s%s", show_text(entry, "provider"), show_text(entry, "payment_id"),
                   show_bool(entry, "test") ? " (test)" : "");
        table_cell(&table, "%s", show_text(entry, "product"));
        table_cell(&table, "%s", show_money(entry, "amount"));
        table_cell(&table, "%s%s%s", *result ? result : show_text(entry, "state"),
                   show_has(entry, "reason") ? ": " : "", show_text(entry, "reason"));
        table_cell(&table, "%s", show_text(entry, "refund"));
        table_cell(&table, "%s", *result ? show_bool(entry, "acknowledged") ? "yes" : "no" : "");
    }
    table_end(&table);
    if (show_has(data, "next"))
        printf("Older ones: the same with --before %lld\n", (long long)show_number(data, "next"));
}

static const char *level(const json_t *line)
{
    if (!show_bool(line, "good"))
        return "lost";
    return show_bool(line, "on") ? "on" : "off";
}

/* Who holds it open, or what else keeps a lane from selling. */
static void put_lane(struct table *table, const json_t *entry)
{
    const json_t *hold = json_object_get(entry, "hold");
    if (hold)
        table_cell(table, "until %s by %s: %s", ctl_time(show_number(hold, "until")),
                   show_text(hold, "owner"), show_text(hold, "why"));
    else
        table_cell(table, "%s", show_bool(entry, "held") ? "held" : "-");
}

static bool any_lane(const json_t *data)
{
    const json_t *entry;
    size_t i;
    json_array_foreach(json_object_get(data, "devices"), i, entry) if (show_has(entry, "rights")) return true;
    return false;
}

void show_devices(const json_t *data)
{
    struct table table;
    const json_t *entry, *line;
    size_t i, j;
    bool lanes = any_lane(data);
    table_begin(&table, lanes ? "DEVICE|KIND|DOES|LOCK|>STRIKES|HELD OPEN|LINES"
                              : "DEVICE|KIND|DOES|LOCK|>STRIKES|LINES");
    json_array_foreach(json_object_get(data, "devices"), i, entry)
    {
        char lines[512] = "";
        size_t used = 0;
        json_array_foreach(json_object_get(entry, "lines"), j, line)
        {
            int more = snprintf(lines + used, sizeof lines - used, "%s%s %s", used ? ", " : "",
                                show_text(line, "role"), level(line));
            if (more > 0 && used + (size_t)more < sizeof lines)
                used += (size_t)more;
        }
        table_cell(&table, "%s", show_text(entry, "name"));
        table_cell(&table, "%s", show_text(entry, "kind"));
        table_cell(&table, "%s", show_text(entry, "phase"));
        table_cell(&table, "%s",
                   strcmp(show_text(entry, "lock"), "none") == 0 ? "-" : show_text(entry, "lock"));
        table_cell(&table, "%lld", (long long)show_number(entry, "strikes"));
        if (lanes)
            put_lane(&table, entry);
        table_cell(&table, "%s", lines);
    }
    table_end(&table);
}

void show_lines(const json_t *data)
{
    struct table table;
    const json_t *entry;
    size_t i;
    table_begin(&table, "LINE|DIRECTION|DRIVER|WHERE|LEVEL|DEVICE");
    json_array_foreach(json_object_get(data, "lines"), i, entry)
    {
        table_cell(&table, "%s", show_text(entry, "name"));
        table_cell(&table, "%s", show_bool(entry, "output") ? "out" : "in");
        table_cell(&table, "%s", show_text(entry, "driver"));
        table_cell(&table, "%s", show_text(entry, "where"));
        table_cell(&table, "%s%s", level(entry), show_bool(entry, "latched") ? ", LATCHED" : "");
        table_cell(&table, "%s%s%s", show_text(entry, "device"), show_has(entry, "role") ? "." : "",
                   show_text(entry, "role"));
    }
    table_end(&table);
}

static bool well_known(const char *key)
{
    return strcmp(key, "seq") == 0 || strcmp(key, "at") == 0 || strcmp(key, "code") == 0 ||
           strcmp(key, "severity") == 0 || strcmp(key, "boot_id") == 0;
}

/* What the sensors did before it: "loop on 9.12 s, beam on 4.11 s, beam off 2.20 s before". */
static void describe_trace(const json_t *trace, char *ret, size_t size, size_t *used)
{
    const json_t *change;
    size_t i;
    json_array_foreach(trace, i, change)
    {
        const json_t *on = json_object_get(change, "on");
        const char *level = json_is_true(on) ? "on" : json_is_false(on) ? "off" : "lost";
        (void)text_append(ret, size, used, "%s%s %s %.2f s",
                          i       ? ", "
                          : *used ? "; "
                                  : "",
                          show_text(change, "line"), level, (double)-show_number(change, "ms") / 1000);
    }
    if (json_array_size(trace) > 0)
        (void)text_append(ret, size, used, " before");
}

/* Whatever else stands in an event: "device=a1 reason=jam". */
static void describe(const json_t *event, char *ret, size_t size)
{
    const char *key;
    json_t *value;
    size_t used = 0;
    ret[0] = '\0';
    json_object_foreach((json_t *)(uintptr_t)event, key, value)
    {
        const char *gap = used ? " " : "";
        if (well_known(key))
            continue;
        if (strcmp(key, "trace") == 0)
            describe_trace(value, ret, size, &used);
        else if (strcmp(key, "until") == 0)
            (void)text_append(ret, size, &used, "%suntil=%s", gap, ctl_time(json_integer_value(value)));
        else if (json_is_string(value))
            (void)text_append(ret, size, &used, "%s%s=%s", gap, key, json_string_value(value));
        else
            (void)text_append(ret, size, &used, "%s%s=%lld", gap, key, (long long)json_integer_value(value));
    }
}

void show_events(const json_t *data)
{
    struct table table;
    const json_t *entry;
    size_t i;
    table_begin(&table, "TIME|>SEQ|SEVERITY|EVENT|ABOUT");
    json_array_foreach(json_object_get(data, "events"), i, entry)
    {
        char about[4096];
        describe(entry, about, sizeof about);
        table_cell(&table, "%s", ctl_time(show_number(entry, "at")));
        table_cell(&table, "%lld", (long long)show_number(entry, "seq"));
        table_cell(&table, "%s", show_text(entry, "severity"));
        table_cell(&table, "%s", show_text(entry, "code"));
        table_cell(&table, "%s", about);
    }
    table_end(&table);
}

void show_refill(const json_t *data)
{
    const json_t *entry, *list = json_object_get(data, "products");
    size_t i;
    if (json_array_size(list) == 0)
        puts("no product is counted (none has a capacity)");
    json_array_foreach(list, i, entry)
        printf("%s: %lld in stock\n", show_text(entry, "id"), (long long)show_number(entry, "stock"));
}
