#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/text.h"
#include "controller/shell.h"

enum { FROM_BROKER = 1, FROM_CONTROL = 2, BOTH = 3 };

static const struct {
    const char *name;
    int from;
    command_function *run;
} commands[] = {
    {"status", BOTH, command_status},
    {"products", BOTH, command_products},
    {"devices", BOTH, command_devices},
    {"telemetry", BOTH, command_telemetry},
    {"log", BOTH, command_log},
    {"screenshot", BOTH, command_screenshot},
    {"restart", BOTH, command_restart},
    {"stock.set", FROM_BROKER, command_stock_set},
    {"product.enable", FROM_BROKER, command_enable},
    {"product.disable", FROM_BROKER, command_disable},
    {"machine.enable", FROM_BROKER, command_enable},
    {"machine.disable", FROM_BROKER, command_disable},
    {"price.set", FROM_BROKER, command_price_set},
    {"device.test", FROM_BROKER, command_test},
    {"device.reset", FROM_BROKER, command_reset},
    {"message.show", FROM_BROKER, command_message},
    {"version", FROM_CONTROL, command_version},
    {"why", FROM_CONTROL, command_why},
    {"payments", FROM_CONTROL, command_payments},
    {"export", FROM_CONTROL, command_payments},
    {"ledger", FROM_CONTROL, command_ledger},
    {"lines", FROM_CONTROL, command_lines},
    {"events", FROM_CONTROL, command_events},
    {"refill", FROM_CONTROL, command_refill},
    {"enable", FROM_CONTROL, command_enable},
    {"disable", FROM_CONTROL, command_disable},
    {"test", FROM_CONTROL, command_test},
    {"reset", FROM_CONTROL, command_reset},
    {"message", FROM_CONTROL, command_message},
};

static void dispatch(struct shell *shell, int from, const char *name, const struct reply *reply,
                     const json_t *args)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if ((commands[i].from & from) && strcmp(commands[i].name, name) == 0) {
            commands[i].run(shell, reply, args);
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
    if (!reply->local)
        json_object_set_new(object, "jti", json_string(reply->jti));
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
