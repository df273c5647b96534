#include <string.h>
#include "controller/kioskctl/kioskctl.h"

static void print_broker(const json_t *broker, bool online)
{
    if (show_bool(broker, "connected")) {
        printf("Broker    connected");
        if (show_has(broker, "heard_ms"))
            printf(online ? ", heard %.1f s ago" : ", but nothing was heard for %.1f s",
                   (double)show_number(broker, "heard_ms") / 1000);
    } else {
        printf("Broker    not connected");
        if (show_has(broker, "down_s"))
            printf(" for %s", ctl_span(show_number(broker, "down_s")));
    }
    if (*show_text(broker, "problem"))
        printf(": %s", show_text(broker, "problem"));
    putchar('\n');
}

static bool is_listed(const json_t *list, const char *text)
{
    const json_t *entry;
    size_t i;
    json_array_foreach(list, i, entry) if (strcmp(json_string_value(entry), text) == 0) return true;
    return false;
}

static bool same_reason(const json_t *a, const json_t *b)
{
    return strcmp(show_text(a, "reason"), show_text(b, "reason")) == 0 &&
           strcmp(show_text(a, "line"), show_text(b, "line")) == 0;
}

/* All of the list from `first` on that are not sold for the same reason, on one line; false: told before. */
static void print_unsold(const json_t *list, size_t first)
{
    const json_t *one = json_array_get(list, first), *other;
    const char *line = show_text(one, "line");
    size_t i, count = 0;
    for (i = 0; i < first; i++)
        if (same_reason(json_array_get(list, i), one))
            return;
    fputs("          ", stdout);
    json_array_foreach(list, i, other) if (same_reason(other, one))
        printf("%s%s", count++ ? ", " : "", show_text(other, "id"));
    printf(": %s%s%s%s: %s\n", show_text(one, "reason"), *line ? " (line " : "", line, *line ? ")" : "",
           show_hold(show_text(one, "reason"), count == 1 ? show_text(one, "id") : NULL,
                     count == 1 ? show_text(one, "device") : NULL));
}

/* What holds the whole machine, then what holds single products besides. */
void show_selling(const json_t *data)
{
    const json_t *products = json_object_get(data, "products"), *reasons = json_object_get(data, "reasons"),
                 *unsold = json_object_get(data, "unsold"), *entry;
    size_t i;
    printf("Selling   %s, %lld of %lld product%s\n", show_bool(data, "selling") ? "yes" : "no",
           (long long)show_number(products, "can_sell"), (long long)show_number(products, "total"),
           show_number(products, "total") == 1 ? "" : "s");
    json_array_foreach(reasons, i, entry) printf("          %s: %s\n", json_string_value(entry),
                                                 show_hold(json_string_value(entry), NULL, NULL));
    json_array_foreach(unsold, i, entry) if (!is_listed(reasons, show_text(entry, "reason")))
        print_unsold(unsold, i);
}

static void print_inputs(const json_t *data)
{
    if (show_has(data, "door"))
        printf("Door      %s\n", show_text(data, "door"));
    if (show_has(data, "fire"))
        printf("Fire      %s\n", show_text(data, "fire"));
    printf("Screen    %s\n",
           show_bool(json_object_get(data, "screen"), "connected") ? "connected" : "not connected");
    if (*show_text(data, "message"))
        printf("Message   %s\n", show_text(data, "message"));
}

/* A board that is gone takes all its lines along: told by board. */
static void print_lost(const json_t *list)
{
    const json_t *line, *other;
    size_t i, j;
    json_array_foreach(list, i, line)
    {
        const char *bus = show_text(line, "bus");
        bool told = false;
        for (j = 0; j < i && !told; j++)
            told = strcmp(show_text(json_array_get(list, j), "bus"), bus) == 0;
        if (told)
            continue;
        printf("Lines     LOST%s%s:", *bus ? " on bus " : "", bus);
        json_array_foreach(list, j, other) if (strcmp(show_text(other, "bus"), bus) == 0)
            printf(" %s", show_text(other, "line"));
        puts(*bus ? " (its power, its cable, its address?)" : "");
    }
}

/* Only what is not as usual: a lane at rest that sells is told by its product. */
static void print_lanes(const json_t *lanes)
{
    const json_t *lane;
    size_t i;
    json_array_foreach(lanes, i, lane)
    {
        const json_t *hold = json_object_get(lane, "hold");
        const char *lock = show_text(lane, "lock");
        printf("Lane      %s, %s: %s", show_text(lane, "name"), show_text(lane, "kind"),
               show_bool(lane, "moving") ? show_text(lane, "phase") : "at rest");
        if (show_number(lane, "rights") > 0)
            printf(", %lld paid passages", (long long)show_number(lane, "rights"));
        if (show_bool(lane, "fire"))
            printf(", FIRE ALARM (kioskctl reset %s when it is over)", show_text(lane, "name"));
        else if (strcmp(lock, "none") != 0)
            printf(", LOCKED: %s (kioskctl reset %s)", lock, show_text(lane, "name"));
        if (hold)
            printf(", held open until %s by %s: %s", ctl_time(show_number(hold, "until")),
                   show_text(hold, "owner"), show_text(hold, "why"));
        else if (show_bool(lane, "held"))
            printf(", held open");
        putchar('\n');
    }
}

static void print_activities(const json_t *list)
{
    struct table table;
    const json_t *entry;
    size_t i;
    if (json_array_size(list) == 0)
        return;
    putchar('\n');
    table_begin(&table, "PAYMENT|PRODUCT|>AMOUNT|STATE|RESULT|FOR");
    json_array_foreach(list, i, entry)
    {
        const char *state = show_text(entry, "state"), *phase = show_text(entry, "phase");
        table_cell(&table, "%s/%s", show_text(entry, "provider"), show_text(entry, "payment_id"));
        table_cell(&table, "%s", show_text(entry, "product"));
        table_cell(&table, "%s", show_money(entry, "amount"));
        table_cell(&table, "%s%s%s", state, strcmp(state, "moving") == 0 && *phase ? ", " : "",
                   strcmp(state, "moving") == 0 ? phase : "");
        table_cell(&table, "%s%s%s", show_text(entry, "result"), show_has(entry, "reason") ? ": " : "",
                   show_text(entry, "reason"));
        table_cell(&table, "%s", ctl_span(show_number(entry, "age_ms") / 1000));
    }
    table_end(&table);
}

void show_status(const json_t *data)
{
    const json_t *kiosk = json_object_get(data, "kiosk"), *store = json_object_get(data, "store"),
                 *payments = json_object_get(data, "payments"), *clock = json_object_get(data, "clock");
    printf("Kiosk     %s%s%s, version %s, up %s\n", show_text(kiosk, "id"),
           *show_text(kiosk, "name") ? ", " : "", show_text(kiosk, "name"), show_text(data, "version"),
           ctl_span(show_number(data, "uptime_s")));
    show_selling(data);
    print_broker(json_object_get(data, "broker"), show_bool(data, "online"));
    printf("Clock     %s, %s\n", show_bool(clock, "trusted") ? "trusted" : "NOT TRUSTED",
           ctl_time(show_number(clock, "now")));
    printf("Store     %s%s, %lld outcome%s for acknowledgement\n", show_bool(store, "ok") ? "good" : "FAILED",
           show_bool(store, "new_epoch") ? ", A NEW EPOCH (the damaged file was put aside)" : "",
           (long long)show_number(store, "unacknowledged"),
           show_number(store, "unacknowledged") == 1 ? " waits" : "s wait");
    printf("Payments  %lld open: %lld moving, %lld queued\n", (long long)show_number(payments, "open"),
           (long long)show_number(payments, "moving"), (long long)show_number(payments, "queued"));
    print_inputs(data);
    print_lost(json_object_get(data, "lost"));
    print_lanes(json_object_get(data, "lanes"));
    print_activities(json_object_get(data, "activities"));
}

void show_why(const json_t *data)
{
    const json_t *hold;
    size_t i;
    if (show_bool(data, "can_sell")) {
        printf("%s can be sold now.\n", show_text(data, "product"));
        return;
    }
    printf("%s can not be sold now:\n", show_text(data, "product"));
    json_array_foreach(json_object_get(data, "holds"), i, hold)
    {
        const char *name = show_text(hold, "hold"), *line = show_text(hold, "line");
        printf("  %s%s%s%s: %s\n", name, *line ? " (line " : "", line, *line ? ")" : "",
               show_hold(name, show_text(data, "product"),
                         show_has(data, "device") ? show_text(data, "device") : NULL));
    }
}

void show_ledger(const json_t *data)
{
    static const char *const sums[] = {"paid", "delivered", "refund", "review", "open"};
    static const char *const words[] = {"paid", "delivered", "to be paid back", "under review", "open"};
    struct table table;
    const char *name;
    json_t *value;
    table_begin(&table, "SUM|>AMOUNT");
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        table_cell(&table, "%s", words[i]);
        table_cell(&table, "%s", show_money(data, sums[i]));
    }
    table_end(&table);
    printf("\nPayments: %lld; outcomes that wait for their acknowledgement: %lld\n",
           (long long)show_number(data, "payments"), (long long)show_number(data, "unacknowledged"));
    puts(show_bool(data, "balanced") ? "The sums agree: paid = delivered + paid back + under review + open."
                                     : "THE SUMS DO NOT AGREE: report this, with an export of the payments.");
    puts("\nSince the daemon started:");
    table_begin(&table, "COUNTER|>VALUE");
    json_object_foreach((json_t *)(uintptr_t)json_object_get(data, "counters"), name, value)
    {
        table_cell(&table, "%s", name);
        table_cell(&table, "%lld", (long long)json_integer_value(value));
    }
    table_end(&table);
}

void show_evidence(const json_t *data)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json_object_get(data, "evidence"), name, value)
        printf("  %s = %lld\n", name, (long long)json_integer_value(value));
}

void show_test(const json_t *data)
{
    const char *result = show_text(data, "result");
    if (!*result) { /* one more opening in a movement that goes on */
        printf("%s: ordered\n", show_text(data, "device"));
        return;
    }
    printf("%s: %s%s%s%s\n", show_text(data, "device"), result, show_has(data, "reason") ? ", " : "",
           show_text(data, "reason"),
           show_bool(data, "verified") ? " (verified by a sensor)" : " (no sensor confirms it)");
    show_evidence(data);
}
