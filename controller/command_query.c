#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/text.h"
#include "config/load.h"
#include "controller/shell.h"

enum { LIST_DEFAULT = 50, LIST_MAX = 200, KNOWN_SIZE = 140 };

/* A name mistyped at night: those that there are, as far as they fit. stride: from one name to the next. */
static void fail_name(struct shell *shell, const struct reply *reply, const char *what, const char *name,
                      const char *first, size_t stride, int32_t count)
{
    char known[KNOWN_SIZE] = "";
    size_t used = 0;
    int32_t i;
    for (i = 0; i < count && used < KNOWN_SIZE - CONFIG_ID_SIZE - 8; i++)
        (void)text_append(known, sizeof known, &used, "%s%s", i ? ", " : "", first + (size_t)i * stride);
    command_fail(shell, reply, "no %s \"%.64s\"; there %s %s%s", what, name, count == 1 ? "is" : "are", known,
                 i < count ? ", \u2026" : "");
}

int32_t command_arg_product(struct shell *shell, const struct reply *reply, const json_t *args)
{
    const char *id = json_string_value(json_object_get(args, "product"));
    const struct config *config = shell->config;
    int32_t product = id ? config_find_product(config, id) : -1;
    if (!id)
        command_fail(shell, reply, "args.product is missing");
    else if (product < 0)
        fail_name(shell, reply, "product", id, config->products[0].id, sizeof config->products[0],
                  config->product_count);
    return product;
}

int32_t command_arg_device(struct shell *shell, const struct reply *reply, const json_t *args)
{
    const char *name = json_string_value(json_object_get(args, "device"));
    const struct config *config = shell->config;
    int32_t device = name ? config_find_device(config, name) : -1;
    if (!name)
        command_fail(shell, reply, "args.device is missing");
    else if (device < 0)
        fail_name(shell, reply, "device", name, config->devices[0].name, sizeof config->devices[0],
                  config->device_count);
    return device;
}

/* args.limit, 1..200; -1 and an answer given if it is odd. */
static int arg_limit(struct shell *shell, const struct reply *reply, const json_t *args)
{
    const json_t *limit = json_object_get(args, "limit");
    if (!limit)
        return LIST_DEFAULT;
    if (json_is_integer(limit) && json_integer_value(limit) >= 1 && json_integer_value(limit) <= LIST_MAX)
        return (int)json_integer_value(limit);
    command_fail(shell, reply, "limit: a whole number from 1 to %d is wanted", LIST_MAX);
    return -1;
}

void command_version(struct shell *shell, const struct reply *reply, const json_t *args)
{
    (void)args;
    command_ok(shell, reply,
               json_pack("{s:s,s:s,s:I}", "version", KIOSK_VERSION, "boot_id", shell->boot_id, "started_at",
                         (json_int_t)shell->started_at));
}

static json_t *holds_json(uint32_t holds)
{
    json_t *list = json_array();
    for (int i = 1; i < CORE_HOLD_COUNT; i++)
        if (holds & (1u << i))
            json_array_append_new(list, json_string(core_hold_name((enum core_hold)i)));
    return list;
}

static const char *line_word(const struct shell *shell, int32_t line, const char *off, const char *on)
{
    if (!shell->lines[line].known || !shell->lines[line].good)
        return "unknown";
    return shell->lines[line].on ? on : off;
}

static json_t *broker_json(const struct shell *shell)
{
    int64_t now_us = clock_mono_us();
    json_t *broker = json_pack("{s:b}", "connected", shell->connected);
    if (shell->heard_us > 0)
        json_object_set_new(broker, "heard_ms", json_integer((now_us - shell->heard_us) / 1000));
    if (!shell->connected && shell->down_us > 0)
        json_object_set_new(broker, "down_s", json_integer((now_us - shell->down_us) / 1000000));
    if (shell->problem[0])
        json_object_set_new(broker, "problem", json_string(shell->problem));
    return broker;
}

const char *command_phase_name(enum device_phase phase)
{
    static const char *const names[] = {[DEVICE_PHASE_IDLE] = "idle",
                                        [DEVICE_PHASE_WAITING] = "waiting",
                                        [DEVICE_PHASE_MOVING] = "moving",
                                        [DEVICE_PHASE_TAKE] = "take",
                                        [DEVICE_PHASE_RETURN] = "return"};
    return names[phase];
}

static json_t *activities_json(const struct shell *shell)
{
    struct core_activity list[CORE_MAX_RECENT];
    int32_t count = core_view_activities(shell->core, list, CORE_MAX_RECENT);
    int64_t now_ms = clock_mono_us() / 1000;
    json_t *activities = json_array();
    for (int32_t i = 0; i < count; i++) {
        const struct payment *payment = list[i].payment;
        json_t *entry =
            json_pack("{s:s,s:s,s:s,s:I,s:s,s:s,s:s,s:I}", "provider", payment->claims.provider, "payment_id",
                      payment->claims.payment_id, "product",
                      payment->product >= 0 ? shell->config->products[payment->product].id : "", "amount",
                      (json_int_t)payment->claims.amount, "currency", payment->claims.currency, "state",
                      payment_state_name(payment->state), "phase", command_phase_name(list[i].phase),
                      "age_ms", (json_int_t)(now_ms - list[i].since_ms));
        if (list[i].finished) {
            json_object_set_new(entry, "result", json_string(payment_result_name(payment->outcome.result)));
            if (payment->outcome.reason != PAYMENT_REASON_NONE)
                json_object_set_new(entry, "reason",
                                    json_string(payment_reason_name(payment->outcome.reason)));
        }
        json_array_append_new(activities, entry);
    }
    return activities;
}

/* Every product that is not sold now, with what stands first against it. */
static json_t *unsold_json(const struct shell *shell)
{
    json_t *list = json_array();
    for (int32_t i = 0; i < shell->config->product_count; i++) {
        const struct config_product *product = &shell->config->products[i];
        struct core_product_view view;
        core_view_product(shell->core, i, clock_wall_s(), &view);
        if (view.can_sell)
            continue;
        json_t *entry =
            json_pack("{s:s,s:s,s:s}", "id", product->id, "device",
                      shell->config->devices[product->device].name, "reason", core_hold_name(view.hold));
        if (view.line >= 0)
            json_object_set_new(entry, "line", json_string(shell->config->lines[view.line].name));
        json_array_append_new(list, entry);
    }
    return list;
}

/* Lines that cannot be read or driven now, those of a bus with its name. */
static json_t *lost_json(const struct shell *shell)
{
    const struct config *config = shell->config;
    json_t *list = json_array();
    for (int32_t i = 0; i < config->line_count; i++) {
        if (!shell->lines[i].known || shell->lines[i].good)
            continue;
        json_t *entry = json_pack("{s:s}", "line", config->lines[i].name);
        if (!shell->simulate && config->lines[i].driver == CONFIG_DRIVER_MODBUS)
            json_object_set_new(entry, "bus", json_string(config->buses[config->lines[i].bus].name));
        json_array_append_new(list, entry);
    }
    return list;
}

/* What a person at a lane asks first; without the lines. */
static json_t *lanes_json(const struct shell *shell)
{
    json_t *lanes = json_array();
    for (int32_t d = 0; d < shell->config->device_count; d++)
        if (device_kind(shell->config->devices[d].kind)->lane)
            json_array_append_new(lanes, command_device_json(shell, d, false));
    return lanes;
}

static void run_status(struct store *store, struct job *job)
{
    struct store_ledger ledger;
    job->rc = store_ledger(store, &ledger);
    job->data = json_integer(job->rc < 0 ? -1 : ledger.unacknowledged);
}

static json_t *status_json(struct shell *shell, int64_t unacknowledged)
{
    const struct config *config = shell->config;
    struct core_machine_view machine;
    core_view_machine(shell->core, &machine);
    json_t *unsold = unsold_json(shell);
    json_t *status = json_pack(
        "{s:{s:s,s:s,s:s},s:s,s:s,s:I,s:I,s:b,s:b,s:o,s:o,s:{s:b,s:I},s:{s:b,s:b,s:I},s:{s:i,s:i,s:i},s:b,s:{"
        "s:b},s:{s:i,s:i},"
        "s:o}",
        "kiosk", "id", config->kiosk.id, "name", config->kiosk.name, "currency", config->kiosk.currency,
        "version", KIOSK_VERSION, "boot_id", shell->boot_id, "started_at", (json_int_t)shell->started_at,
        "uptime_s", (json_int_t)((clock_mono_us() - shell->started_us) / 1000000), "online",
        shell->broker_good, "selling", machine.selling, "reasons", holds_json(machine.holds), "broker",
        broker_json(shell), "clock", "trusted", shell->clock_trusted, "now", (json_int_t)clock_wall_s(),
        "store", "ok", shell->store && !shell->store_bad, "new_epoch", shell->store_opened.new_epoch,
        "unacknowledged", (json_int_t)unacknowledged, "payments", "open", machine.open, "moving",
        machine.moving, "queued", machine.queued, "machine_disabled",
        (machine.holds & (1u << CORE_HOLD_MACHINE_DISABLED)) != 0, "screen", "connected",
        panel_clients(shell->panel) > 0, "products", "total", config->product_count, "can_sell",
        config->product_count - (int)json_array_size(unsold), "activities", activities_json(shell));
    json_object_set_new(status, "unsold", unsold);
    json_object_set_new(status, "lost", lost_json(shell));
    json_t *lanes = lanes_json(shell);
    if (json_array_size(lanes) > 0)
        json_object_set(status, "lanes", lanes);
    json_decref(lanes);
    if (config->machine.door >= 0)
        json_object_set_new(status, "door",
                            json_string(line_word(shell, config->machine.door, "open", "shut")));
    if (config->machine.fire >= 0)
        json_object_set_new(status, "fire",
                            json_string(line_word(shell, config->machine.fire, "alarm", "clear")));
    if (shell->message[0])
        json_object_set_new(status, "message", json_string(shell->message));
    return status;
}

static void done_status(struct shell *shell, struct job *job)
{
    command_ok(shell, &job->reply, status_json(shell, json_integer_value(job->data)));
}

void command_status(struct shell *shell, const struct reply *reply, const json_t *args)
{
    (void)args;
    if (shell->store && !shell->store_bad)
        job_start(shell, job_new(run_status, done_status, reply));
    else
        command_ok(shell, reply, status_json(shell, 0));
}

void command_products(struct shell *shell, const struct reply *reply, const json_t *args)
{
    const struct config *config = shell->config;
    json_t *list = json_array();
    (void)args;
    for (int32_t i = 0; i < config->product_count; i++) {
        const struct config_product *product = &config->products[i];
        struct core_product_view view;
        core_view_product(shell->core, i, clock_wall_s(), &view);
        enum core_hold holds[CORE_HOLD_COUNT];
        bool disabled = false;
        int32_t count = core_why(shell->core, i, holds, CORE_HOLD_COUNT);
        for (int32_t h = 0; h < count; h++)
            disabled |= holds[h] == CORE_HOLD_DISABLED;
        json_t *entry =
            json_pack("{s:s,s:s,s:I,s:s,s:s,s:b,s:b}", "id", product->id, "title", product->title[0], "price",
                      (json_int_t)view.price, "currency", config->kiosk.currency, "device",
                      config->devices[product->device].name, "can_sell", view.can_sell, "disabled", disabled);
        if (!view.can_sell)
            json_object_set_new(entry, "reason", json_string(core_hold_name(view.hold)));
        if (view.line >= 0)
            json_object_set_new(entry, "line", json_string(config->lines[view.line].name));
        if (view.stock >= 0)
            json_object_set_new(entry, "stock", json_integer(view.stock));
        if (product->capacity >= 0)
            json_object_set_new(entry, "capacity", json_integer(product->capacity));
        if (product->account[0])
            json_object_set_new(entry, "account", json_string(product->account));
        json_array_append_new(list, entry);
    }
    command_ok(shell, reply, json_pack("{s:o}", "products", list));
}

void command_why(struct shell *shell, const struct reply *reply, const json_t *args)
{
    int32_t product = command_arg_product(shell, reply, args);
    if (product < 0)
        return;
    struct core_product_view view;
    core_view_product(shell->core, product, clock_wall_s(), &view);
    enum core_hold holds[CORE_HOLD_COUNT];
    int32_t count = core_why(shell->core, product, holds, CORE_HOLD_COUNT);
    json_t *list = json_array();
    for (int32_t i = 0; i < count; i++) {
        json_t *entry = json_pack("{s:s}", "hold", core_hold_name(holds[i]));
        if (holds[i] == view.hold && view.line >= 0)
            json_object_set_new(entry, "line", json_string(shell->config->lines[view.line].name));
        json_array_append_new(list, entry);
    }
    command_ok(shell, reply,
               json_pack("{s:s,s:s,s:b,s:o}", "product", shell->config->products[product].id, "device",
                         shell->config->devices[shell->config->products[product].device].name, "can_sell",
                         view.can_sell, "holds", list));
}

void command_events(struct shell *shell, const struct reply *reply, const json_t *args)
{
    int limit = arg_limit(shell, reply, args);
    if (limit < 0)
        return;
    int count = event_log_size(&shell->events);
    json_t *list = json_array();
    for (int back = count < limit ? count : limit; back-- > 0;)
        json_array_append_new(list, json_loads(event_log_at(&shell->events, back), 0, NULL));
    command_ok(shell, reply, json_pack("{s:o}", "events", list));
}

void command_log(struct shell *shell, const struct reply *reply, const json_t *args)
{
    static char lines[LIST_MAX][LOG_LINE_SIZE];
    int limit = arg_limit(shell, reply, args);
    if (limit < 0)
        return;
    size_t count = log_recent(lines, (size_t)limit);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *line =
            json_string(lines[i]); /* NULL if a cut left half a character: then without its last bytes */
        for (size_t cut = strlen(lines[i]); !line && cut > 0; lines[i][--cut] = '\0')
            line = json_string(lines[i]);
        json_array_append_new(list, line ? line : json_string(""));
    }
    command_ok(shell, reply, json_pack("{s:o}", "lines", list));
}

void command_telemetry(struct shell *shell, const struct reply *reply, const json_t *args)
{
    (void)args;
    command_ok(shell, reply, publish_telemetry_json(shell));
}
