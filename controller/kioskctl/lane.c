/* Orders at a barrier without a payment, and the list of them. */
#include <string.h>
#include "controller/kioskctl/kioskctl.h"

static bool set_text(json_t *args, const char *name, const char *text)
{
    if (!text || json_object_set_new(args, name, json_string(text)) == 0)
        return true;
    ctl_complain("--%s: not valid UTF-8", name);
    return false;
}

/* --for only with a hold, and a hold has a reason: said here, before anything is asked. */
static bool options_fit(const struct ctl *ctl, const char *order, json_t *args)
{
    bool hold = strcmp(order, "hold") == 0;
    json_int_t span;
    if (ctl->span && !hold) {
        ctl_complain("--for means nothing to barrier %s", order);
        return false;
    }
    if (hold && !ctl->reason) {
        ctl_complain("barrier hold: --reason TEXT is wanted: why is it held open?");
        return false;
    }
    if (!ctl->span)
        return true;
    if (!ctl_read_span(ctl->span, &span)) {
        ctl_complain("--for %s: a span is wanted: 90s, 30m, 2h, 1d", ctl->span);
        return false;
    }
    json_object_set_new(args, "for_s", json_integer(span));
    return true;
}

int ctl_barrier(struct ctl *ctl, const char *order, const char *device)
{
    static const struct {
        const char *order, *command;
        ctl_show *show;
    } orders[] = {{"open", "barrier.open", show_test},
                  {"hold", "barrier.hold", show_hold_begun},
                  {"release", "barrier.release", show_hold_ended}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        if (strcmp(order, orders[i].order) != 0)
            continue;
        json_t *args = json_object();
        if (set_text(args, "device", device) && set_text(args, "reason", ctl->reason) &&
            set_text(args, "owner", ctl->owner) && options_fit(ctl, order, args))
            return ctl_move(ctl, orders[i].command, i == 0 ? device : NULL, args, orders[i].show);
        json_decref(args);
        return CTL_USAGE;
    }
    ctl_complain("barrier %s: open, hold or release is wanted (its own controller closes it)", order);
    return CTL_USAGE;
}

void show_hold_begun(const json_t *data)
{
    printf("%s is held open until %s by %s: %s\n", show_text(data, "device"),
           ctl_time(show_number(data, "until")), show_text(data, "owner"), show_text(data, "why"));
}

void show_hold_ended(const json_t *data)
{
    printf("%s is no longer held open; its own controller closes it\n", show_text(data, "device"));
}

/* "delivered, verified", "refused: not a barrier", "no answer yet". */
static void put_result(struct table *table, const json_t *entry)
{
    const char *result = show_text(entry, "result"), *error = show_text(entry, "error");
    if (!show_has(entry, "ok"))
        table_cell(table, "at work");
    else if (*result)
        table_cell(table, "%s%s%s%s", result, show_has(entry, "reason") ? ", " : "",
                   show_text(entry, "reason"), show_bool(entry, "verified") ? ", verified" : "");
    else if (!show_bool(entry, "ok"))
        table_cell(table, "refused: %s", error);
    else
        table_cell(table, "done");
}

static void put_evidence(struct table *table, const json_t *evidence)
{
    char text[256] = "";
    const char *name;
    json_t *value;
    size_t used = 0;
    json_object_foreach((json_t *)(uintptr_t)evidence, name, value)
    {
        int more = snprintf(text + used, sizeof text - used, "%s%s=%lld", used ? " " : "", name,
                            (long long)json_integer_value(value));
        if (more > 0 && used + (size_t)more < sizeof text)
            used += (size_t)more;
    }
    table_cell(table, "%s", text);
}

void show_passages(const json_t *data)
{
    struct table table;
    const json_t *entry;
    size_t i;
    table_begin(&table, "TIME|ORDER|DEVICE|WHO|WHY|UNTIL|RESULT|EVIDENCE");
    json_array_foreach(json_object_get(data, "passages"), i, entry)
    {
        table_cell(&table, "%s", ctl_time(show_number(entry, "at")));
        table_cell(&table, "%s", show_text(entry, "command"));
        table_cell(&table, "%s", show_text(entry, "device"));
        table_cell(&table, "%s", show_text(entry, "owner"));
        table_cell(&table, "%s", show_has(entry, "why") ? show_text(entry, "why") : "-");
        table_cell(&table, "%s", ctl_time(show_number(entry, "until")));
        put_result(&table, entry);
        put_evidence(&table, json_object_get(entry, "evidence"));
    }
    table_end(&table);
    if (show_has(data, "next"))
        printf("Older ones: the same with --before %lld\n", (long long)show_number(data, "next"));
}
