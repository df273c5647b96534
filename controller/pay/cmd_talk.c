/* listen, ack, command. */
#include "controller/pay/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "controller/pay/broker.h"
#include "controller/pay/claims.h"
#include "controller/pay/session.h"
#include "controller/pay/timeline.h"

enum { COMMAND_WAIT_S = 20, MOVE_WAIT_S = 300, PATIENCE_S = 3, PUBLISH_MS = 15000 };

int pay_command_listen(struct pay_options *options)
{
    struct pay_session session;
    int64_t seen = 0;
    if (!pay_session_open(&session, options, options->ack))
        return PAY_FAILED;
    bool good = pay_broker_subscribe(session.broker, "out/#");
    int64_t until = options->wait_s >= 0 ? clock_mono_us() + options->wait_s * 1000000 : INT64_MAX;
    while (good && !pay_broker_stopped() && clock_mono_us() < until &&
           (options->count < 0 || seen < options->count)) {
        int64_t left_ms = (until - clock_mono_us()) / 1000;
        struct pay_message *message = pay_broker_next(session.broker, left_ms < 1000 ? (int)left_ms : 1000);
        if (!message)
            continue;
        json_t *body = json_loadb(message->payload, message->size, 0, NULL);
        pay_timeline_message(message, body, options->json);
        if (options->ack && strcmp(message->name, "out/outcome") == 0)
            (void)pay_session_acknowledge(&session, body);
        json_decref(body);
        free(message);
        seen++;
    }
    pay_session_close(&session);
    return good ? PAY_DONE : PAY_FAILED;
}

int pay_command_ack(struct pay_options *options)
{
    struct pay_session session;
    if (!options->id || !options->result) {
        pay_complain("which payment? --provider P --id ID --result delivered|failed|unknown|refused");
        return PAY_USAGE;
    }
    if (!pay_session_open(&session, options, true))
        return PAY_FAILED;
    json_t *outcome = json_pack("{s:s, s:s, s:s}", "provider", options->provider ? options->provider : "demo",
                                "payment_id", options->id, "result", options->result);
    bool good = pay_session_acknowledge(&session, outcome) && pay_broker_flush(session.broker, PUBLISH_MS);
    json_decref(outcome);
    if (!good)
        pay_complain("the acknowledgement did not reach the broker");
    pay_session_close(&session);
    return good ? PAY_DONE : PAY_FAILED;
}

/* These are texts for the kiosk even where they read as numbers: a reason "2026", a device "7". */
static bool is_text(const char *key, size_t size)
{
    static const char *const keys[] = {"device", "product", "reason", "owner", "text", "qr"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strlen(keys[i]) == size && memcmp(keys[i], key, size) == 0)
            return true;
    return false;
}

/* "for_s=2h" is 7200. NULL: no span. */
static json_t *read_span(const char *key, size_t size, const char *text)
{
    static const char units[] = "smhd";
    static const json_int_t seconds[] = {1, 60, 3600, 86400};
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    if (size < 3 || memcmp(key + size - 2, "_s", 2) != 0 || !unit || end[1] || end == text || errno ||
        number < 0 || number > INT32_MAX)
        return NULL;
    return json_integer((json_int_t)number * seconds[unit - units]);
}

static json_t *read_value(const char *key, size_t size, const char *text)
{
    json_t *value = is_text(key, size) ? NULL : read_span(key, size, text);
    if (!value && !is_text(key, size))
        value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    if (value && !json_is_string(value))
        return value;
    json_decref(value);
    return json_string(text);
}

/* key=value words into an object: numbers, true, false, null and JSON objects as such, all else as text. */
static json_t *read_args(const struct pay_options *options)
{
    json_error_t error;
    json_t *args = options->args ? json_loads(options->args, JSON_REJECT_DUPLICATES, &error) : json_object();
    if (!json_is_object(args)) {
        pay_complain("--args wants one JSON object, like '{\"product\":\"cola\"}'");
        json_decref(args);
        return NULL;
    }
    for (int i = 1; i < options->word_count; i++) {
        const char *word = options->words[i], *equals = strchr(word, '=');
        if (!equals || equals == word) {
            pay_complain("\"%s\": wants KEY=VALUE", word);
            json_decref(args);
            return NULL;
        }
        size_t size = (size_t)(equals - word);
        if (json_object_setn_new(args, word, size, read_value(word, size, equals + 1)) < 0) {
            pay_complain("\"%s\": not valid UTF-8", word);
            json_decref(args);
            return NULL;
        }
    }
    return args;
}

/* Answered only when the movement has ended, which may take its time. */
static bool moves(const char *command)
{
    return strcmp(command, "barrier.open") == 0 || strcmp(command, "device.test") == 0;
}

/* Waits for the out/result with this jti; NULL when the time is over. */
static json_t *await_result(struct pay_broker *broker, const char *jti, const char *command, int64_t wait_s)
{
    int64_t begun = clock_mono_us(), until = begun + wait_s * 1000000;
    bool said = !moves(command);
    while (!pay_broker_stopped() && clock_mono_us() < until) {
        if (!said && clock_mono_us() - begun > PATIENCE_S * 1000000) {
            fputs("waiting for the end of the movement …\n", stderr);
            said = true;
        }
        struct pay_message *message = pay_broker_next(broker, 500);
        if (!message)
            continue;
        json_t *body = json_loadb(message->payload, message->size, 0, NULL);
        free(message);
        const char *answers = json_string_value(json_object_get(body, "jti"));
        if (answers && strcmp(answers, jti) == 0)
            return body;
        json_decref(body);
    }
    return NULL;
}

static bool save(const char *path, const json_t *data)
{
    if (json_dump_file(data, path, JSON_INDENT(2) | JSON_ENCODE_ANY) == 0)
        return true;
    pay_complain("%s: %s", path, strerror(errno));
    return false;
}

static int print_result(const struct pay_options *options, json_t *result)
{
    bool ok = json_is_true(json_object_get(result, "ok"));
    json_t *data = json_object_get(result, "data");
    if (options->output && data && !save(options->output, data))
        return PAY_FAILED;
    if (options->json) {
        json_dumpf(result, stdout, JSON_COMPACT);
        putchar('\n');
    } else if (ok) {
        if (data && !options->output)
            json_dumpf(data, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
        puts(data && !options->output ? "" : "done");
    } else {
        const char *error = json_string_value(json_object_get(result, "error"));
        pay_complain(data ? "it did not go well: %s" : "the kiosk refuses: %s",
                     error ? error : "no reason given");
        if (data && !options->output) {
            json_dumpf(data, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
            putchar('\n');
        }
    }
    return ok ? PAY_DONE : PAY_FAILED;
}

static int give_order(struct pay_session *session, const char *jti, json_t *args)
{
    struct pay_options *options = session->options;
    char token[PAY_TOKEN_SIZE];
    long length = pay_claims_sign(token, &session->key,
                                  pay_claims_command(options, options->words[0], args, jti, clock_wall_s()));
    if (length < 0 || !pay_broker_subscribe(session->broker, "out/result"))
        return PAY_FAILED;
    if (!pay_broker_publish(session->broker, "in/command", token, (size_t)length, false, 0, PUBLISH_MS)) {
        pay_complain("the command did not reach the broker");
        return PAY_FAILED;
    }
    const char *command = options->words[0];
    int64_t wait_s = options->wait_s >= 0 ? options->wait_s : moves(command) ? MOVE_WAIT_S : COMMAND_WAIT_S;
    json_t *result = await_result(session->broker, jti, command, wait_s);
    if (!result) {
        pay_complain("no answer in %lld s: is the kiosk online (kiosk-pay listen), and may key \"%s\" give "
                     "commands (use in its "
                     "configuration)?",
                     (long long)wait_s, session->key.half.kid);
        return PAY_FAILED;
    }
    int status = print_result(options, result);
    json_decref(result);
    return status;
}

int pay_command_command(struct pay_options *options)
{
    struct pay_session session;
    char random[PAY_ID_SIZE];
    if (options->word_count == 0) {
        pay_complain("which command? kiosk-pay command NAME [KEY=VALUE…], like: command stock.set "
                     "product=cola stock=8");
        return PAY_USAGE;
    }
    json_t *args = read_args(options);
    if (!args)
        return PAY_USAGE;
    int status = PAY_FAILED;
    pay_claims_id(random);
    if (pay_session_open(&session, options, true)) {
        pay_session_check_use(&session, CONFIG_USE_COMMAND);
        status = give_order(&session, options->jti ? options->jti : random, args);
        pay_session_close(&session);
    }
    json_decref(args);
    return status;
}
