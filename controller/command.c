#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/qr.h"
#include "common/text.h"
#include "controller/command_record.h"
#include "controller/shell.h"

enum { FROM_BROKER = 1, FROM_CONTROL = 2, BOTH = 3 };

/* What an order of the control socket is written down for before it is carried out. Those of the broker
 * always are. MOVES: never without its record. */
enum { ASKS, CHANGES, MOVES };

enum { MAX_ARGS = 5 };

/* args: what may stand in `args`. A misspelt name must not be an order without it: `disable` without
 * `product` is the whole machine. */
static const struct command {
    const char *name;
    int from, does;
    command_function *run;
    const char *args[MAX_ARGS];
} commands[] = {
    {"status", BOTH, ASKS, command_status, {NULL}},
    {"products", BOTH, ASKS, command_products, {NULL}},
    {"devices", BOTH, ASKS, command_devices, {NULL}},
    {"telemetry", BOTH, ASKS, command_telemetry, {NULL}},
    {"log", BOTH, ASKS, command_log, {"limit"}},
    {"screenshot", BOTH, ASKS, command_screenshot, {NULL}},
    {"passages", BOTH, ASKS, command_passages, {"before", "limit", "from", "to"}},
    {"restart", BOTH, CHANGES, command_restart, {NULL}},
    {"barrier.open", BOTH, MOVES, command_lane_open, {"device", "reason", "owner"}},
    {"barrier.hold", BOTH, MOVES, command_lane_hold, {"device", "reason", "owner", "until", "for_s"}},
    {"barrier.release", BOTH, MOVES, command_lane_release, {"device", "reason", "owner"}},
    {"stock.set", FROM_BROKER, CHANGES, command_stock_set, {"product", "stock"}},
    {"product.enable", FROM_BROKER, CHANGES, command_enable, {"product"}},
    {"product.disable", FROM_BROKER, CHANGES, command_disable, {"product"}},
    {"machine.enable", FROM_BROKER, CHANGES, command_enable, {NULL}},
    {"machine.disable", FROM_BROKER, CHANGES, command_disable, {NULL}},
    {"price.set", FROM_BROKER, CHANGES, command_price_set, {"product", "price", "qr", "from"}},
    {"device.test", FROM_BROKER, MOVES, command_test, {"device"}},
    {"device.reset", FROM_BROKER, CHANGES, command_reset, {"device"}},
    {"message.show", FROM_BROKER, CHANGES, command_message, {"text", "seconds"}},
    {"version", FROM_CONTROL, ASKS, command_version, {NULL}},
    {"why", FROM_CONTROL, ASKS, command_why, {"product"}},
    {"payments", FROM_CONTROL, ASKS, command_payments, {"find", "before", "limit", "from", "to"}},
    {"export", FROM_CONTROL, ASKS, command_payments, {"before", "limit", "from", "to"}},
    {"ledger", FROM_CONTROL, ASKS, command_ledger, {NULL}},
    {"lines", FROM_CONTROL, ASKS, command_lines, {NULL}},
    {"events", FROM_CONTROL, ASKS, command_events, {"limit"}},
    {"watch", FROM_CONTROL, ASKS, command_watch, {"device", "after"}},
    {"refill", FROM_CONTROL, CHANGES, command_refill, {"product", "stock"}},
    {"enable", FROM_CONTROL, CHANGES, command_enable, {"product"}},
    {"disable", FROM_CONTROL, CHANGES, command_disable, {"product"}},
    {"test", FROM_CONTROL, MOVES, command_test, {"device"}},
    {"reset", FROM_CONTROL, CHANGES, command_reset, {"device"}},
    {"message", FROM_CONTROL, CHANGES, command_message, {"text", "seconds"}},
};

/* One name means one thing in all commands: these are whole numbers, all others are texts. */
static const char *const numbers[] = {"stock", "price",   "from",  "to",    "before",
                                      "limit", "seconds", "until", "for_s", "after"};

static bool may_stand(const struct command *command, const char *key)
{
    for (size_t i = 0; i < MAX_ARGS && command->args[i]; i++)
        if (strcmp(command->args[i], key) == 0)
            return true;
    return false;
}

static bool is_number(const char *key)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (strcmp(numbers[i], key) == 0)
            return true;
    return false;
}

/* What is told if something in args is not known or of the wrong kind; false: told. */
static bool check_args(struct shell *shell, const struct command *command, const struct reply *reply,
                       const json_t *args)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)args, key, value)
    {
        if (!may_stand(command, key))
            command_fail(shell, reply, "args.%.64s is not known to %s", key, command->name);
        else if (is_number(key) && !json_is_integer(value))
            command_fail(shell, reply, "args.%s: a whole number is wanted", key);
        else if (!is_number(key) && !json_is_string(value))
            command_fail(shell, reply, "args.%s: a text is wanted", key);
        else if (json_is_string(value) && qr_is_payers(json_string_value(value)))
            command_fail(shell, reply, "args.%s: a payer's code, which may hold card data", key);
        else
            continue;
        return false;
    }
    return true;
}

static const struct command *find_command(int from, const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if ((commands[i].from & from) && strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static void dispatch(struct shell *shell, int from, const char *name, const struct reply *reply,
                     const json_t *args)
{
    const struct command *command = find_command(from, name);
    if (!command)
        command_fail(shell, reply, "no command \"%.64s\"", name);
    else if (check_args(shell, command, reply, args))
        command->run(shell, reply, args);
}

void command_from_broker(struct shell *shell, const struct inbox_message *message, bool exp_past)
{
    struct reply reply = {.local = false};
    (void)text_copy(reply.jti, sizeof reply.jti, message->jti);
    (void)text_copy(reply.by, sizeof reply.by, message->iss);
    log_notice("command %s jti=%s kid=%s", message->u.command.command, message->jti, message->kid);
    if (exp_past) {
        command_fail(shell, &reply, "expired");
        return;
    }
    json_t *args = json_loads(message->u.command.args, JSON_REJECT_DUPLICATES, NULL);
    if (!args) {
        command_fail(shell, &reply, "args: not a JSON object");
        return;
    }
    if (strncmp(message->u.command.command, "product.", 8) == 0 && !json_object_get(args, "product"))
        command_fail(shell, &reply, "args.product is missing");
    else
        dispatch(shell, FROM_BROKER, message->u.command.command, &reply, args);
    json_decref(args);
}

/* ---- orders of the control socket: durable by a jti of our own, then carried out ---- */

static void run_record(struct store *store, struct job *job)
{
    char known[1];
    bool published;
    char *text = json_dumps(job->args, JSON_COMPACT);
    job->rc = text ? store_command_begin(store, json_string_value(job->data), text, clock_wall_s(), known,
                                         sizeof known, &published)
                   : -1;
    free(text);
}

static void done_record(struct shell *shell, struct job *job)
{
    if (job->rc != 1) {
        command_fail(shell, &job->reply, "the order could not be recorded, so nothing was done");
        return;
    }
    (void)text_copy(job->reply.jti, sizeof job->reply.jti, json_string_value(job->data));
    dispatch(shell, FROM_CONTROL, json_string_value(json_object_get(job->args, "command")), &job->reply,
             json_object_get(job->args, "args"));
}

static void record_first(struct shell *shell, const struct reply *reply,
                         const struct control_request *request)
{
    struct job *job = job_new(run_record, done_record, reply);
    if (!job)
        return;
    job->args = command_record(shell->config, request->command, request->args);
    json_object_set_new(job->args, "uid", json_integer((json_int_t)request->uid));
    json_object_set_new(job->args, "gid", json_integer((json_int_t)request->gid));
    json_object_set_new(job->args, "pid", json_integer((json_int_t)request->pid));
    job->data =
        json_sprintf(COMMAND_LOCAL_JTI "%s-%llu", shell->boot_id, (unsigned long long)++shell->local_orders);
    job_start(shell, job);
}

static void take_order(struct shell *shell, const struct command *command, const struct reply *reply,
                       const struct control_request *request)
{
    log_notice("control command=%s uid=%ld gid=%ld pid=%ld", command->name, (long)request->uid,
               (long)request->gid, (long)request->pid);
    if (command->does == MOVES)
        control_wait(shell->control, request->token, CONTROL_MOVE_S);
    if (command->does == CHANGES && !shell->store) /* to bring it back is possible without a store */
        command->run(shell, reply, request->args);
    else
        record_first(shell, reply, request);
}

void command_from_control(void *user, const struct control_request *request)
{
    struct shell *shell = user;
    struct reply reply = {.local = true, .control_token = request->token};
    const struct command *command = find_command(FROM_CONTROL, request->command);
    (void)snprintf(reply.by, sizeof reply.by, "local:%ld", (long)request->uid);
    if (!command)
        command_fail(shell, &reply, "no command \"%.64s\"", request->command);
    else if (!check_args(shell, command, &reply, request->args))
        return;
    else if (command->does == ASKS)
        command->run(shell, &reply, request->args);
    else
        take_order(shell, command, &reply, request);
}
