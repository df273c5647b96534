/* Openings of a barrier without a payment, and the list of who ordered which and why. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/text.h"
#include "config/load.h"
#include "controller/shell.h"

enum {
    HOLD_MOST_S = 7 * 86400,
    LIST_DEFAULT = 50,
    LIST_MAX = 200,
    LIST_BYTES = 48000, /* of one page: with its frame it stays below STORE_RESULT_SIZE */
};

/* ---- orders ---- */

static int32_t arg_barrier(struct shell *shell, const struct reply *reply, const json_t *args)
{
    int32_t device = command_arg_device(shell, reply, args);
    if (device < 0 || shell->config->devices[device].kind == CONFIG_KIND_BARRIER)
        return device;
    command_fail(shell, reply, "args.device: \"%s\" is not a barrier but a %s",
                 shell->config->devices[device].name, config_kind_name(shell->config->devices[device].kind));
    return -1;
}

/* An optional text of 1 to size - 1 bytes on one line, "" if it is not there. */
static bool arg_line(struct shell *shell, const struct reply *reply, const json_t *args, const char *key,
                     char *ret, size_t size)
{
    const char *text = json_string_value(json_object_get(args, key));
    ret[0] = '\0';
    if (!text)
        return true;
    if (text[0] && strlen(text) < size && !text_has_control(text))
        return text_copy(ret, size, text);
    command_fail(shell, reply, "args.%s: 1 to %zu bytes on one line are wanted", key, size - 1);
    return false;
}

/* Device, owner and reason into ret. false: told what is wrong. */
static bool read_order(struct shell *shell, const struct reply *reply, const json_t *args,
                       enum core_command_kind kind, struct core_command *ret)
{
    *ret = (struct core_command){.kind = kind, .product = -1};
    ret->device = arg_barrier(shell, reply, args);
    if (ret->device < 0 || !arg_line(shell, reply, args, "reason", ret->why, sizeof ret->why) ||
        !arg_line(shell, reply, args, "owner", ret->owner, sizeof ret->owner))
        return false;
    if (ret->owner[0] == '\0')
        (void)text_copy(ret->owner, sizeof ret->owner, reply->by);
    return true;
}

static json_t *order_json(const struct shell *shell, const struct core_command *command)
{
    json_t *data = json_pack("{s:s,s:s}", "device", shell->config->devices[command->device].name, "owner",
                             command->owner);
    if (command->why[0])
        json_object_set_new(data, "why", json_string(command->why));
    if (command->until > 0)
        json_object_set_new(data, "until", json_integer(command->until));
    return data;
}

void command_lane_open(struct shell *shell, const struct reply *reply, const json_t *args)
{
    struct core_command command;
    if (read_order(shell, reply, args, CORE_COMMAND_LANE_OPEN, &command))
        command_give_core(shell, reply, &command, order_json(shell, &command), true);
}

void command_lane_release(struct shell *shell, const struct reply *reply, const json_t *args)
{
    struct core_command command;
    if (read_order(shell, reply, args, CORE_COMMAND_LANE_RELEASE, &command))
        command_give_core(shell, reply, &command, order_json(shell, &command), false);
}

/* Until when: args.until, args.for_s, or as long as a hold may last. false: told what is wrong. */
static bool read_until(struct shell *shell, const struct reply *reply, const json_t *args, int64_t *ret)
{
    const json_t *until = json_object_get(args, "until"), *for_s = json_object_get(args, "for_s");
    int64_t now = clock_wall_s(), most = now + HOLD_MOST_S;
    *ret = until ? json_integer_value(until) : now + (for_s ? json_integer_value(for_s) : HOLD_MOST_S);
    if (until && for_s)
        command_fail(shell, reply, "args.until and args.for_s: one of them is wanted, not both");
    else if (for_s && (json_integer_value(for_s) < 1 || json_integer_value(for_s) > HOLD_MOST_S))
        command_fail(shell, reply, "args.for_s: 1 to %d seconds are wanted", HOLD_MOST_S);
    else if (*ret <= now || *ret > most)
        command_fail(shell, reply,
                     "args.until: a time later than now (%lld), at most %d days ahead, is wanted",
                     (long long)now, HOLD_MOST_S / 86400);
    else
        return true;
    return false;
}

void command_lane_hold(struct shell *shell, const struct reply *reply, const json_t *args)
{
    struct core_command command;
    if (!read_order(shell, reply, args, CORE_COMMAND_LANE_HOLD, &command))
        return;
    if (command.why[0] == '\0')
        command_fail(shell, reply, "args.reason is missing: why is the barrier held open?");
    else if (read_until(shell, reply, args, &command.until))
        command_give_core(shell, reply, &command, order_json(shell, &command), false);
}

/* ---- the list ---- */

struct page {
    json_t *rows;
    size_t bytes;
    int64_t last_row;
    bool full;
};

static void put_text(json_t *entry, const char *key, const json_t *text)
{
    if (json_is_string(text))
        json_object_set(entry, key, (json_t *)(uintptr_t)text);
}

/* Who stood behind it: what the order said, and what vouches for it (a key, or a user of this machine). */
static void put_who(json_t *entry, const json_t *record)
{
    const json_t *args = json_object_get(record, "args"), *uid = json_object_get(record, "uid"),
                 *owner = json_object_get(args, "owner");
    if (!json_is_string(owner))
        owner = json_object_get(record, "iss");
    if (json_is_string(owner))
        put_text(entry, "owner", owner);
    else if (json_is_integer(uid))
        json_object_set_new(entry, "owner",
                            json_sprintf("local:%" JSON_INTEGER_FORMAT, json_integer_value(uid)));
    put_text(entry, "why", json_object_get(args, "reason"));
    put_text(entry, "iss", json_object_get(record, "iss"));
    put_text(entry, "kid", json_object_get(record, "kid"));
    if (json_is_integer(uid))
        json_object_set(entry, "uid", (json_t *)(uintptr_t)uid);
}

/* What came of it, as it was answered; nothing if it is still at work. */
static void put_answer(json_t *entry, const json_t *answer)
{
    static const char *const members[] = {"until", "result", "reason", "verified", "evidence", "again"};
    json_t *data = json_object_get(answer, "data");
    if (json_object_get(answer, "ok"))
        json_object_set(entry, "ok", json_object_get(answer, "ok"));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (json_object_get(data, members[i]))
            json_object_set(entry, members[i], json_object_get(data, members[i]));
    put_text(entry, "error", json_object_get(answer, "error"));
}

static json_t *passage_json(const struct store_passage *passage)
{
    json_t *record = json_loads(passage->record, 0, NULL), *answer = json_loads(passage->answer, 0, NULL);
    json_t *entry = json_pack("{s:I,s:I,s:s}", "row", (json_int_t)passage->row, "at",
                              (json_int_t)passage->received_at, "jti", passage->jti);
    put_text(entry, "command", json_object_get(record, "command"));
    put_text(entry, "device", json_object_get(json_object_get(record, "args"), "device"));
    put_who(entry, record);
    put_answer(entry, answer);
    json_decref(record);
    json_decref(answer);
    return entry;
}

static bool collect(void *user, const struct store_passage *passage)
{
    struct page *page = user;
    json_t *entry = passage_json(passage);
    page->bytes += json_dumpb(entry, NULL, 0, JSON_COMPACT);
    page->full = page->bytes > LIST_BYTES;
    if (page->full) {
        json_decref(entry);
        return false;
    }
    json_array_append_new(page->rows, entry);
    page->last_row = passage->row;
    return true;
}

static int64_t integer_or(const json_t *args, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(args, key);
    return value ? (int64_t)json_integer_value(value) : otherwise;
}

static void run_passages(struct store *store, struct job *job)
{
    struct page page = {.rows = json_array()};
    int limit = (int)integer_or(job->args, "limit", LIST_DEFAULT);
    job->rc = store_passages(store, integer_or(job->args, "before", INT64_MAX),
                             integer_or(job->args, "from", INT64_MIN), integer_or(job->args, "to", INT64_MAX),
                             limit, collect, &page);
    bool more = page.full || (int)json_array_size(page.rows) == limit;
    job->data = json_pack("{s:o}", "passages", page.rows);
    if (more)
        json_object_set_new(job->data, "next", json_integer(page.last_row));
}

static void done_passages(struct shell *shell, struct job *job)
{
    if (job->rc < 0)
        command_fail(shell, &job->reply, "the store cannot be read");
    else
        command_ok(shell, &job->reply, json_incref(job->data));
}

void command_passages(struct shell *shell, const struct reply *reply, const json_t *args)
{
    int64_t limit = integer_or(args, "limit", LIST_DEFAULT);
    if (limit < 1 || limit > LIST_MAX) {
        command_fail(shell, reply, "args.limit: 1 to %d are wanted", LIST_MAX);
        return;
    }
    struct job *job = job_new(run_passages, done_passages, reply);
    if (job)
        job->args = json_deep_copy(args);
    job_start(shell, job);
}
