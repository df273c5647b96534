/* What the lines do, as it happens: while something is tried, or until it is enough. */
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "controller/kioskctl/kioskctl.h"

enum { EVERY_MS = 100, MOVE_MS = 7510000, PHASE_SIZE = 16 };

/* A second connection beside the one that waits for the order's answer. */
struct live {
    struct ctl ask;
    const char *device;        /* NULL = all */
    bool json, order;          /* order: times count from it, else from one change to the next */
    json_int_t last, since_ms; /* number of the last change seen; what the times count from */
    char phase[CONFIG_MAX_DEVICES][PHASE_SIZE]; /* as last seen */
    json_t *quiet; /* order at a lane: its inputs that have not changed yet, "role (line)" by line */
};

static json_int_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (json_int_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *phase_word(const json_t *device)
{
    static const struct {
        const char *phase, *lane, *other;
    } words[] = {{"idle", "at rest", "at rest"},
                 {"waiting", "waits", "waits"},
                 {"moving", "opening", "moving"},
                 {"take", "open: go", "take it"},
                 {"return", "the vehicle went back, its right stays", ""}};
    const char *phase = show_text(device, "phase");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(phase, words[i].phase) == 0)
            return show_has(device, "rights") ? words[i].lane : words[i].other;
    return phase;
}

static const char *level(const json_t *line)
{
    return !show_bool(line, "good") ? "lost" : show_bool(line, "on") ? "on" : "off";
}

/* Remembers it. */
static bool phase_is_new(struct live *live, size_t index, const json_t *device)
{
    const char *phase = show_text(device, "phase");
    if (index >= CONFIG_MAX_DEVICES || strcmp(live->phase[index], phase) == 0)
        return false;
    (void)snprintf(live->phase[index], PHASE_SIZE, "%s", phase);
    return true;
}

/* How everything stands before the first change. */
static void print_levels(struct live *live, const json_t *data)
{
    struct table table;
    const json_t *device, *line;
    size_t i, j;
    table_begin(&table, "DEVICE|DOES|ROLE|LINE|DIRECTION|LEVEL");
    json_array_foreach(json_object_get(data, "devices"), i, device)
    {
        json_array_foreach(json_object_get(device, "lines"), j, line)
        {
            table_cell(&table, "%s", j == 0 ? show_text(device, "name") : "");
            table_cell(&table, "%s", j == 0 ? phase_word(device) : "");
            table_cell(&table, "%s", show_text(line, "role"));
            table_cell(&table, "%s", show_text(line, "line"));
            table_cell(&table, "%s", show_bool(line, "output") ? "out" : "in");
            table_cell(&table, "%s", level(line));
        }
        (void)phase_is_new(live, i, device);
    }
    table_end(&table);
    putchar('\n');
}

static void print_time(const struct live *live, json_int_t at_ms)
{
    printf("%s  %+8.2f s  ", ctl_clock_ms(at_ms), (double)(at_ms - live->since_ms) / 1000);
}

static void print_changes(struct live *live, const json_t *changes)
{
    const json_t *change;
    size_t i;
    json_array_foreach(changes, i, change)
    {
        if (live->json) {
            (void)json_dumpf(change, stdout, JSON_COMPACT);
            putchar('\n');
            continue;
        }
        print_time(live, show_number(change, "at_ms"));
        printf("%s%s%-9s %s: %s", live->device ? "" : show_text(change, "device"), live->device ? "" : " ",
               show_text(change, "role"), show_text(change, "line"), show_text(change, "what"));
        if (show_has(change, "ms"))
            printf(", %lld ms", (long long)show_number(change, "ms"));
        putchar('\n');
        json_object_del(live->quiet, show_text(change, "line"));
        if (!live->order)
            live->since_ms = show_number(change, "at_ms");
    }
}

static void print_phases(struct live *live, const json_t *data)
{
    const json_t *device;
    size_t i;
    json_array_foreach(json_object_get(data, "devices"), i, device)
    {
        if (!phase_is_new(live, i, device))
            continue;
        if (live->json)
            continue;
        print_time(live, show_number(data, "now_ms"));
        printf("%s: %s\n", show_text(device, "name"), phase_word(device));
    }
}

/* What a lane in order shows when a vehicle or a person goes through; alarms and faults stay as they are. */
static void expect_changes(struct live *live, const json_t *device)
{
    static const char *const roles[] = {"presence", "passage", "up", "down", "pass"};
    const json_t *line;
    size_t i;
    live->quiet = json_object();
    json_array_foreach(json_object_get(device, "lines"), i, line)
    {
        const char *role = show_text(line, "role"), *name = show_text(line, "line");
        for (size_t r = 0; r < sizeof roles / sizeof *roles; r++)
            if (strcmp(role, roles[r]) == 0)
                json_object_set_new(live->quiet, name, json_sprintf("%s (%s)", role, name));
    }
}

/* A wire that is missing or on the wrong terminal is found so. */
static void say_quiet(const struct live *live)
{
    const char *line, *before = "Did not change: ";
    json_t *words;
    json_object_foreach(live->quiet, line, words)
    {
        printf("%s%s", before, json_string_value(words));
        before = ", ";
    }
    if (json_object_size(live->quiet) > 0)
        puts(". If something went through, look at the wiring.");
}

/* One question and what is new since the last. */
static int look(struct live *live, bool first)
{
    json_t *args = json_object(), *data = NULL;
    if (live->device)
        json_object_set_new(args, "device", json_string(live->device));
    if (!first)
        json_object_set_new(args, "after", json_integer(live->last));
    int rc = ctl_ask(&live->ask, "watch", args, &data);
    if (rc == CTL_DONE) {
        live->last = show_number(data, "last");
        if (first && !live->json)
            print_levels(live, data);
        if (first)
            live->since_ms = show_number(data, "now_ms");
        const json_t *device = json_array_get(json_object_get(data, "devices"), 0);
        if (first && live->order && show_has(device, "rights"))
            expect_changes(live, device);
        print_changes(live, json_object_get(data, "changes"));
        print_phases(live, data);
        (void)fflush(stdout);
    }
    json_decref(data);
    return rc;
}

static struct live begin(const struct ctl *ctl, const char *device, bool order)
{
    return (struct live){.ask = {.config_file = ctl->config_file,
                                 .config_given = ctl->config_given,
                                 .socket = ctl->socket,
                                 .query = true,
                                 .fd = -1},
                         .device = device,
                         .json = ctl->json,
                         .order = order};
}

/* Sends the order and looks on until it is answered; what cannot be watched is waited for all the same. */
static int follow(struct ctl *ctl, struct live *live, const char *command, json_t *args)
{
    int rc = ctl_send(ctl, command, args), looked = rc;
    while (looked == CTL_DONE && !ctl_ready(ctl, EVERY_MS))
        looked = look(live, false);
    if (rc == CTL_DONE && looked == CTL_DONE)
        (void)look(live, false);
    else if (rc == CTL_DONE)
        (void)ctl_ready(ctl, MOVE_MS);
    return rc;
}

int ctl_move(struct ctl *ctl, const char *command, const char *device, json_t *args, ctl_show *show)
{
    struct live live = begin(ctl, device, true);
    json_t *data = NULL;
    int rc;
    if (ctl->json || !device) {
        rc = ctl_send(ctl, command, args);
        if (rc == CTL_DONE)
            (void)ctl_ready(ctl, MOVE_MS);
    } else {
        rc = look(&live, true);
        if (rc == CTL_DONE)
            rc = follow(ctl, &live, command, args);
        else
            json_decref(args);
        ctl_hang_up(&live.ask);
    }
    if (rc == CTL_DONE)
        rc = ctl_receive(ctl, &data);
    if (data && ctl->json)
        show_json(data);
    else if (data)
        show(data);
    if (show_has(data, "result"))
        say_quiet(&live);
    json_decref(live.quiet);
    json_decref(data);
    return rc;
}

int ctl_watch(struct ctl *ctl, const char *device)
{
    struct live live = begin(ctl, device, false);
    json_int_t span = 0;
    if (ctl->span && !ctl_read_span(ctl->span, &span)) {
        ctl_complain("--for %s: a span is wanted: 90s, 30m, 2h, 1d", ctl->span);
        return CTL_USAGE;
    }
    json_int_t until = now_ms() + span * 1000;
    int rc = look(&live, true);
    while (rc == CTL_DONE && (span == 0 || now_ms() < until)) {
        (void)usleep(EVERY_MS * 1000);
        rc = look(&live, false);
    }
    ctl_hang_up(&live.ask);
    return rc;
}
