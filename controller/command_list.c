#include <stdio.h>
#include <string.h>

#include "config/load.h"
#include "controller/shell.h"

enum { LIST_DEFAULT = 50, LIST_MAX = 200, LOOK_MAX = 10000 };

/* ---- payments ---- */

static json_t *row_json(const struct store_payment_row *row)
{
    const struct payment *payment = &row->payment;
    json_t *entry =
        json_pack("{s:I,s:s,s:s,s:s,s:s,s:I,s:s,s:s,s:i,s:I,s:I,s:b}", "row", (json_int_t)row->row,
                  "provider", payment->claims.provider, "payment_id", payment->claims.payment_id, "product",
                  row->product, "device", row->device, "amount", (json_int_t)payment->claims.amount,
                  "currency", payment->claims.currency, "state", payment_state_name(payment->state),
                  "attempts", payment->attempts, "paid_at", (json_int_t)payment->claims.paid_at,
                  "received_at", (json_int_t)payment->received_at, "acknowledged", row->acknowledged);
    if (payment->started_at > 0)
        json_object_set_new(entry, "started_at", json_integer(payment->started_at));
    if (payment->claims.test)
        json_object_set_new(entry, "test", json_true());
    if (payment->state != PAYMENT_STATE_DONE)
        return entry;
    json_object_set_new(entry, "result", json_string(payment_result_name(payment->outcome.result)));
    if (payment->outcome.reason != PAYMENT_REASON_NONE)
        json_object_set_new(entry, "reason", json_string(payment_reason_name(payment->outcome.reason)));
    json_object_set_new(entry, "verified", json_boolean(payment->outcome.verified));
    json_object_set_new(entry, "refund", json_string(payment_refund_name(payment->outcome.refund)));
    json_object_set_new(entry, "finished_at", json_integer(payment->outcome.finished_at));
    json_object_set_new(entry, "seq", json_integer(row->seq));
    return entry;
}

static void collect(void *user, const struct store_payment_row *row)
{
    json_array_append_new(user, row_json(row));
}

static json_int_t integer_or(const json_t *args, const char *key, json_int_t otherwise)
{
    const json_t *value = json_object_get(args, key);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

/* A search that finds little looks at a part only, so that no payment waits behind it for its commit; who
 * asks goes on with `next`. */
static void run_payments(struct store *store, struct job *job)
{
    json_t *rows = json_array();
    const char *find = json_string_value(json_object_get(job->args, "find"));
    struct store_search search = {.before_row = integer_or(job->args, "before", INT64_MAX),
                                  .from = integer_or(job->args, "from", INT64_MIN),
                                  .to = integer_or(job->args, "to", INT64_MAX),
                                  .rows = LOOK_MAX,
                                  .max = (int)integer_or(job->args, "limit", LIST_DEFAULT),
                                  .filter = find ? find : ""};
    struct store_ledger ledger = {0};
    job->rc = store_search(store, &search, collect, rows);
    if (job->rc >= 0)
        job->rc = store_ledger(store, &ledger);
    job->data = json_pack("{s:o,s:I}", "payments", rows, "total", (json_int_t)ledger.payments);
    if (search.next > 0)
        json_object_set_new(job->data, "next", json_integer(search.next));
}

static void done_payments(struct shell *shell, struct job *job)
{
    if (job->rc < 0)
        command_fail(shell, &job->reply, "the store cannot be read");
    else
        command_ok(shell, &job->reply, json_incref(job->data));
}

void command_payments(struct shell *shell, const struct reply *reply, const json_t *args)
{
    json_int_t limit = integer_or(args, "limit", LIST_DEFAULT);
    if (limit < 1 || limit > LIST_MAX) {
        command_fail(shell, reply, "limit: a whole number from 1 to %d is wanted", LIST_MAX);
        return;
    }
    struct job *job = job_new(run_payments, done_payments, reply);
    if (job)
        job->args = json_deep_copy(args);
    job_start(shell, job);
}

/* ---- ledger ---- */

static void run_ledger(struct store *store, struct job *job)
{
    struct store_ledger sums;
    job->rc = store_ledger(store, &sums);
    if (job->rc < 0)
        return;
    bool balanced = sums.paid == sums.delivered + sums.refund + sums.review + sums.open;
    job->data =
        json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:b}", "payments", (json_int_t)sums.payments, "paid",
                  (json_int_t)sums.paid, "delivered", (json_int_t)sums.delivered, "refund",
                  (json_int_t)sums.refund, "review", (json_int_t)sums.review, "open", (json_int_t)sums.open,
                  "unacknowledged", (json_int_t)sums.unacknowledged, "balanced", balanced);
}

static void done_ledger(struct shell *shell, struct job *job)
{
    if (job->rc < 0) {
        command_fail(shell, &job->reply, "the store cannot be read");
        return;
    }
    json_t *counters = json_object();
    for (int i = 0; i < CORE_COUNTER_COUNT; i++)
        json_object_set_new(counters, core_counter_name((enum core_counter)i),
                            json_integer(core_view_counter(shell->core, (enum core_counter)i)));
    json_object_set_new(job->data, "currency", json_string(shell->config->kiosk.currency));
    json_object_set_new(job->data, "counters", counters);
    command_ok(shell, &job->reply, json_incref(job->data));
}

void command_ledger(struct shell *shell, const struct reply *reply, const json_t *args)
{
    (void)args;
    job_start(shell, job_new(run_ledger, done_ledger, reply));
}

/* ---- devices and lines ---- */

static void put_level(json_t *entry, const struct shell *shell, int32_t line)
{
    bool good = shell->lines[line].known && shell->lines[line].good;
    json_object_set_new(entry, "output", json_boolean(shell->config->lines[line].output));
    json_object_set_new(entry, "good", json_boolean(good));
    if (good)
        json_object_set_new(entry, "on", json_boolean(shell->lines[line].on));
}

static const char *lock_name(enum core_lock lock)
{
    static const char *const names[CORE_LOCK_COUNT] = {[CORE_LOCK_NONE] = "none",
                                                       [CORE_LOCK_STRUCK_OUT] = "struck_out",
                                                       [CORE_LOCK_JAM] = "jam",
                                                       [CORE_LOCK_UNKNOWN] = "unknown",
                                                       [CORE_LOCK_OUTPUT_FAULT] = "output_fault",
                                                       [CORE_LOCK_FIRE] = "fire"};
    return names[lock];
}

static json_t *device_lines(const struct shell *shell, const struct config_device *device)
{
    json_t *lines = json_array();
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++) {
        int32_t line = device->line[role];
        if (line < 0)
            continue;
        json_t *entry = json_pack("{s:s,s:s}", "role", config_role_name((enum config_role)role), "line",
                                  shell->config->lines[line].name);
        put_level(entry, shell, line);
        json_array_append_new(lines, entry);
    }
    return lines;
}

/* Rights, and who holds it open; `fire` stands until it is cleared, also when the input is good again. */
static void put_lane(json_t *entry, enum config_kind kind, const struct core_device_view *view)
{
    const struct core_device_state *state = &view->state;
    json_object_set_new(entry, "rights", json_integer(view->rights));
    json_object_set_new(entry, "fire", json_boolean(state->lock == CORE_LOCK_FIRE));
    if (kind != CONFIG_KIND_BARRIER)
        return;
    json_object_set_new(entry, "held", json_boolean(view->held));
    if (state->hold_until <= 0)
        return;
    json_t *hold = json_pack("{s:s,s:s,s:I,s:I}", "owner", state->hold_owner, "why", state->hold_why, "since",
                             (json_int_t)state->hold_since, "until", (json_int_t)state->hold_until);
    if (hold)
        json_object_set_new(entry, "hold", hold);
}

json_t *command_device_json(const struct shell *shell, int32_t index, bool lines)
{
    const struct config_device *device = &shell->config->devices[index];
    struct core_device_view view;
    core_view_device(shell->core, index, &view);
    json_t *entry =
        json_pack("{s:s,s:s,s:s,s:b,s:s,s:i}", "name", device->name, "kind", config_kind_name(device->kind),
                  "phase", command_phase_name(view.phase), "moving", view.moving, "lock",
                  lock_name(view.state.lock), "strikes", view.state.strikes);
    if (device_kind(device->kind)->lane)
        put_lane(entry, device->kind, &view);
    if (lines)
        json_object_set_new(entry, "lines", device_lines(shell, device));
    return entry;
}

void command_devices(struct shell *shell, const struct reply *reply, const json_t *args)
{
    json_t *list = json_array();
    (void)args;
    for (int32_t d = 0; d < shell->config->device_count; d++)
        json_array_append_new(list, command_device_json(shell, d, true));
    command_ok(shell, reply, json_pack("{s:o}", "devices", list));
}

static void where(char *ret, size_t size, const struct config *config, const struct config_line *line)
{
    static const char *const kinds[] = {[CONFIG_MODBUS_COIL] = "coil", [CONFIG_MODBUS_DISCRETE] = "discrete"};
    if (line->driver == CONFIG_DRIVER_SIM)
        (void)snprintf(ret, size, "simulated");
    else if (line->driver == CONFIG_DRIVER_GPIO && line->gpio_line >= 0)
        (void)snprintf(ret, size, "%s %d", line->chip, line->gpio_line);
    else if (line->driver == CONFIG_DRIVER_GPIO)
        (void)snprintf(ret, size, "%s %s", line->chip, line->gpio_name);
    else if (line->modbus == CONFIG_MODBUS_REGISTER_BIT)
        (void)snprintf(ret, size, "%s unit %d register %d bit %d", config->buses[line->bus].name, line->unit,
                       line->address, line->bit);
    else
        (void)snprintf(ret, size, "%s unit %d %s %d", config->buses[line->bus].name, line->unit,
                       kinds[line->modbus], line->address);
}

void command_lines(struct shell *shell, const struct reply *reply, const json_t *args)
{
    static const char *const drivers[] = {
        [CONFIG_DRIVER_GPIO] = "gpio", [CONFIG_DRIVER_MODBUS] = "modbus", [CONFIG_DRIVER_SIM] = "sim"};
    const struct config *config = shell->config;
    json_t *list = json_array();
    (void)args;
    for (int32_t i = 0; i < config->line_count; i++) {
        const struct config_line *line = &config->lines[i];
        char place[CONFIG_ID_SIZE * 2 + 40];
        where(place, sizeof place, config, line);
        enum config_driver driver = shell->simulate ? CONFIG_DRIVER_SIM : line->driver;
        json_t *entry =
            json_pack("{s:s,s:s,s:s}", "name", line->name, "driver", drivers[driver], "where", place);
        put_level(entry, shell, i);
        if (line->device >= 0)
            json_object_set_new(entry, "device", json_string(config->devices[line->device].name));
        if (shell->lines[i].latched)
            json_object_set_new(entry, "latched", json_true());
        json_array_append_new(list, entry);
    }
    command_ok(shell, reply, json_pack("{s:o}", "lines", list));
}
