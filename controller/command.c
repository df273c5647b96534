#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/text.h"
#include "controller/shell.h"

enum { FROM_BROKER = 1, FROM_CONTROL = 2, BOTH = 3 };

/* args: what may stand in `args`. A misspelt name must not be an order without it: `disable` without
 * `product` is the whole machine. */
static const struct {
    const char *name;
    int from;
    command_function *run;
    const char *args[5];
} commands[] = {
    {"status", BOTH, command_status, {NULL}},
    {"products", BOTH, command_products, {NULL}},
    {"devices", BOTH, command_devices, {NULL}},
    {"telemetry", BOTH, command_telemetry, {NULL}},
    {"log", BOTH, command_log, {"limit"}},
    {"screenshot", BOTH, command_screenshot, {NULL}},
    {"restart", BOTH, command_restart, {NULL}},
    {"stock.set", FROM_BROKER, command_stock_set, {"product", "stock"}},
    {"product.enable", FROM_BROKER, command_enable, {"product"}},
    {"product.disable", FROM_BROKER, command_disable, {"product"}},
    {"machine.enable", FROM_BROKER, command_enable, {NULL}},
    {"machine.disable", FROM_BROKER, command_disable, {NULL}},
    {"price.set", FROM_BROKER, command_price_set, {"product", "price", "qr", "from"}},
    {"device.test", FROM_BROKER, command_test, {"device"}},
    {"device.reset", FROM_BROKER, command_reset, {"device"}},
    {"message.show", FROM_BROKER, command_message, {"text", "seconds"}},
    {"version", FROM_CONTROL, command_version, {NULL}},
    {"why", FROM_CONTROL, command_why, {"product"}},
    {"payments", FROM_CONTROL, command_payments, {"find", "before", "limit", "from", "to"}},
    {"export", FROM_CONTROL, command_payments, {"before", "limit", "from", "to"}},
    {"ledger", FROM_CONTROL, command_ledger, {NULL}},
    {"lines", FROM_CONTROL, command_lines, {NULL}},
    {"events", FROM_CONTROL, command_events, {"limit"}},
    {"refill", FROM_CONTROL, command_refill, {"product", "stock"}},
    {"enable", FROM_CONTROL, command_enable, {"product"}},
    {"disable", FROM_CONTROL, command_disable, {"product"}},
    {"test", FROM_CONTROL, command_test, {"device"}},
    {"reset", FROM_CONTROL, command_reset, {"device"}},
    {"message", FROM_CONTROL, command_message, {"text", "seconds"}},
};

static bool may_stand(size_t command, const char *key)
{
    for (size_t i = 0; i < sizeof commands[0].args / sizeof commands[0].args[0] && commands[command].args[i];
         i++)
        if (strcmp(commands[command].args[i], key) == 0)
            return true;
    return false;
}

static void run_if_known(struct shell *shell, size_t command, const struct reply *reply, const json_t *args)
{
    for (void *at = json_object_iter((json_t *)(uintptr_t)args); at;
         at = json_object_iter_next((json_t *)(uintptr_t)args, at))
        if (!may_stand(command, json_object_iter_key(at))) {
            command_fail(shell, reply, "args.%.64s is not known to %s", json_object_iter_key(at),
                         commands[command].name);
            return;
        }
    commands[command].run(shell, reply, args);
}

static void dispatch(struct shell *shell, int from, const char *name, const struct reply *reply,
                     const json_t *args)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if ((commands[i].from & from) && strcmp(commands[i].name, name) == 0) {
            run_if_known(shell, i, reply, args);
            return;
        }
    command_fail(shell, reply, "no command \"%.64s\"", name);
}

void command_from_broker(struct shell *shell, const struct inbox_message *message, bool exp_past)
{
    struct reply reply = {.local = false};
    (void)text_copy(reply.jti, sizeof reply.jti, message->jti);
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

void command_from_control(void *user, const struct control_request *request)
{
    struct reply reply = {.local = true, .control_token = request->token};
    dispatch(user, FROM_CONTROL, request->command, &reply, request->args);
}

/* ---- results to the broker: durable first, then sent, then marked as sent ---- */

static void run_end(struct store *store, struct job *job)
{
    const char *jti = json_string_value(job->args), *text = json_string_value(job->data);
    if (strlen(text) < STORE_RESULT_SIZE) {
        job->rc = store_command_end(store, jti, text);
        return;
    }
    char shorter[STORE_JTI_SIZE * 6 + 128];
    json_t *stub = json_pack("{s:s,s:b,s:s}", "jti", jti, "ok", 0, "error",
                             "answered once; too large to be kept for a second time");
    size_t length = json_dumpb(stub, shorter, sizeof shorter - 1, JSON_COMPACT);
    json_decref(stub);
    shorter[length < sizeof shorter ? length : 0] = '\0';
    job->rc = store_command_end(store, jti, shorter);
}

static void send_result(struct shell *shell, const char *jti, const char *text)
{
    uint64_t tag = ++shell->result_tag; /* the outbox's tags are far above */
    size_t slot = tag % SHELL_RESULTS;
    shell->results[slot].tag = tag;
    (void)text_copy(shell->results[slot].jti, sizeof shell->results[slot].jti, jti);
    if (!mqtt_publish(shell->mqtt, MQTT_OUT_RESULT, text, strlen(text), false, tag))
        log_warning("result of command jti=%s not sent now; it will be sent when the broker is back", jti);
}

static void done_end(struct shell *shell, struct job *job)
{
    send_result(shell, json_string_value(job->args), json_string_value(job->data));
    if (shell->restart_wanted)
        shell_leave(shell, true);
}

static void answer(struct shell *shell, const struct reply *reply, json_t *object)
{
    if (!reply->local) {
        json_t *whole = json_pack("{s:s}", "jti", reply->jti); /* its name stands first */
        json_object_update(whole, object);
        json_decref(object);
        object = whole;
    }
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (!text)
        return;
    if (reply->local) {
        control_answer(shell->control, reply->control_token, text);
        if (shell->restart_wanted)
            shell_leave(shell, true);
    } else {
        struct job *job = job_new(run_end, done_end, NULL);
        if (job) {
            job->args = json_string(reply->jti);
            job->data = json_string(text);
            job_start(shell, job);
        }
    }
    free(text);
}

void command_ok(struct shell *shell, const struct reply *reply, json_t *data)
{
    answer(shell, reply, json_pack("{s:b,s:o}", "ok", 1, "data", data ? data : json_object()));
}

void command_fail(struct shell *shell, const struct reply *reply, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    log_info("command refused: %s", text);
    answer(shell, reply, json_pack("{s:b,s:s}", "ok", 0, "error", text));
}

static void run_published(struct store *store, struct job *job)
{
    job->rc = store_command_published(store, json_string_value(job->data));
}

static void done_nothing(struct shell *shell, struct job *job)
{
    (void)shell;
    (void)job;
}

void command_published(struct shell *shell, uint64_t tag)
{
    size_t slot = tag % SHELL_RESULTS;
    if (tag == 0 || shell->results[slot].tag != tag)
        return;
    struct job *job = job_new(run_published, done_nothing, NULL);
    shell->results[slot].tag = 0;
    if (!job)
        return;
    job->data = json_string(shell->results[slot].jti);
    job_start(shell, job);
}

static void collect(void *user, const char *jti, const char *json)
{
    json_array_append_new(user, json_pack("[s,s]", jti, json));
}

static void run_recover(struct store *store, struct job *job)
{
    job->data = json_array();
    job->rc = store_unpublished_results(store, collect, job->data);
}

static void done_recover(struct shell *shell, struct job *job)
{
    size_t i;
    json_t *pair;
    json_array_foreach(job->data, i, pair)
    {
        const char *jti = json_string_value(json_array_get(pair, 0));
        const char *text = json_string_value(json_array_get(pair, 1));
        if (jti && text && text[0])
            send_result(shell, jti, text);
    }
}

void command_find_interrupted(struct shell *shell)
{
    shell->interrupted = json_array();
    (void)store_unpublished_results(shell->store, collect, shell->interrupted);
}

void command_answer_interrupted(struct shell *shell)
{
    size_t i;
    json_t *pair;
    json_array_foreach(shell->interrupted, i, pair)
    {
        struct reply reply = {.local = false};
        const char *text = json_string_value(json_array_get(pair, 1));
        if (!text || text[0])
            continue; /* answered, only not sent: command_recover sends it */
        (void)text_copy(reply.jti, sizeof reply.jti, json_string_value(json_array_get(pair, 0)));
        command_fail(shell, &reply, "interrupted by a restart; whether it was carried out is not known");
    }
    json_decref(shell->interrupted);
    shell->interrupted = NULL;
}

void command_recover(struct shell *shell)
{
    job_start(shell, job_new(run_recover, done_recover, NULL));
}
