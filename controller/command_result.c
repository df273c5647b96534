/* What became of an order: told to who gave it, and kept by its jti. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/text.h"
#include "controller/command_record.h"
#include "controller/shell.h"

/* ---- results: durable first, then sent to the broker, then marked as sent ---- */

static void run_end(struct store *store, struct job *job)
{
    const char *jti = json_string_value(job->args), *text = json_string_value(job->data);
    if (strlen(text) < STORE_RESULT_SIZE) {
        job->rc = store_command_end(store, jti, text);
        if (command_is_local(jti)) /* told at once, over its own connection */
            (void)store_command_published(store, jti);
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
    if (command_is_local(json_string_value(job->args)))
        return;
    send_result(shell, json_string_value(job->args), json_string_value(job->data));
    if (shell->restart_wanted)
        shell_leave(shell, true);
}

static void keep_result(struct shell *shell, const char *jti, const char *text)
{
    struct job *job = job_new(run_end, done_end, NULL);
    if (!job)
        return;
    job->args = json_string(jti);
    job->data = json_string(text);
    job_start(shell, job);
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
    if (reply->jti[0])
        keep_result(shell, reply->jti, text);
    if (reply->local) {
        control_answer(shell->control, reply->control_token, text);
        if (shell->restart_wanted)
            shell_leave(shell, true);
    }
    free(text);
}

void command_ok(struct shell *shell, const struct reply *reply, json_t *data)
{
    answer(shell, reply, json_pack("{s:b,s:o}", "ok", 1, "data", data ? data : json_object()));
}

void command_fail_with(struct shell *shell, const struct reply *reply, json_t *data, const char *error)
{
    log_info("command refused: %s", error);
    json_t *object = json_pack("{s:b,s:s}", "ok", 0, "error", error);
    if (data)
        json_object_set_new(object, "data", data);
    answer(shell, reply, object);
}

void command_fail(struct shell *shell, const struct reply *reply, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (text_utf8_length(text, strlen(text)) <
        0) /* a name from outside was cut in the middle of a character */
        for (char *at = text; *at; at++)
            *at = (unsigned char)*at < 0x80 ? *at : '?';
    command_fail_with(shell, reply, NULL, text);
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
        if (jti && text && text[0] && !command_is_local(jti))
            send_result(shell, jti, text);
    }
}

static const char interrupted[] = "interrupted by a restart; whether it was carried out is not known";

/* Who gave an order of the control socket is gone with the earlier run: only the list is to be put right. */
static void settle_local(struct store *store, const char *jti, bool answered)
{
    char text[256];
    (void)snprintf(text, sizeof text, "{\"ok\":false,\"error\":\"%s\"}", interrupted);
    if (!answered)
        (void)store_command_end(store, jti, text);
    (void)store_command_published(store, jti);
}

void command_find_interrupted(struct shell *shell)
{
    json_t *all = json_array(), *pair;
    size_t i;
    (void)store_unpublished_results(shell->store, collect, all);
    shell->interrupted = json_array();
    json_array_foreach(all, i, pair)
    {
        const char *jti = json_string_value(json_array_get(pair, 0));
        const char *text = json_string_value(json_array_get(pair, 1));
        if (jti && text && command_is_local(jti))
            settle_local(shell->store, jti, text[0] != '\0');
        else
            json_array_append(shell->interrupted, pair);
    }
    json_decref(all);
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
        command_fail(shell, &reply, "%s", interrupted);
    }
    json_decref(shell->interrupted);
    shell->interrupted = NULL;
}

void command_recover(struct shell *shell)
{
    job_start(shell, job_new(run_recover, done_recover, NULL));
}
