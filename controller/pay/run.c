#include "controller/pay/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/text.h"
#include "controller/pay/timeline.h"

enum { RUN_WAIT_S = 60, RUN_PUBLISH_MS = 1000, RUN_SCAN = 64, RUN_SHOW_US = 1000000 };

const char *pay_receipt_name(enum pay_receipt receipt)
{
    static const char *const names[PAY_RECEIPT_COUNT] = {"none", "accepted", "duplicate", "refused"};
    return names[receipt];
}

static void entry_id(const struct pay_run *run, int64_t index, char ret[PAY_ID_SIZE])
{
    if (run->count == 1)
        snprintf(ret, PAY_ID_SIZE, "%s", run->base);
    else
        snprintf(ret, PAY_ID_SIZE, "%s-%" PRId64, run->base, index + 1);
}

/* The entry a message speaks of, NULL if it is not one of ours. */
static struct pay_entry *entry_of(struct pay_run *run, const json_t *body)
{
    char id[PAY_ID_SIZE];
    const char *provider = json_string_value(json_object_get(body, "provider"));
    const char *named = json_string_value(json_object_get(body, "payment_id"));
    const char *ours = run->options->provider ? run->options->provider : "demo";
    size_t length = strlen(run->base);
    if (!provider || !named || strcmp(provider, ours) != 0 || strncmp(named, run->base, length) != 0)
        return NULL;
    int64_t index = run->count == 1        ? 0
                    : named[length] == '-' ? strtoll(named + length + 1, NULL, 10) - 1
                                           : -1;
    if (index < 0 || index >= run->next)
        return NULL;
    entry_id(run, index, id);
    return strcmp(id, named) == 0 ? &run->entries[index] : NULL;
}

/* Signs and sends one payment once more. The bytes are the same each time, but for a random signature scheme.
 */
static bool send_entry(struct pay_run *run, int64_t index)
{
    char id[PAY_ID_SIZE], jti[sizeof run->jti + 24], token[PAY_TOKEN_SIZE];
    entry_id(run, index, id);
    snprintf(jti, sizeof jti, "%s-%" PRId64, run->jti, index + 1);
    long length = pay_claims_sign(
        token, &run->session.key,
        pay_claims_payment(run->options, id, run->options->jti ? run->options->jti : jti, run->now));
    return length > 0 && pay_broker_publish(run->session.broker, "in/payment", token, (size_t)length,
                                            run->options->retain, (uint64_t)index, RUN_PUBLISH_MS);
}

static void plan_again(const struct pay_run *run, struct pay_entry *entry, int64_t now_us)
{
    entry->again_us = 0;
    if (run->options->no_wait)
        return;
    int64_t pause = PAY_RUN_AGAIN_US;
    for (int32_t i = 1; i < entry->tries && pause < PAY_RUN_AGAIN_MOST_US; i++)
        pause *= 2;
    entry->again_us = now_us + (pause < PAY_RUN_AGAIN_MOST_US ? pause : PAY_RUN_AGAIN_MOST_US);
}

/* The next payment, as often as --repeat says. False: the broker takes nothing now. */
static bool send_next(struct pay_run *run)
{
    struct pay_entry *entry = &run->entries[run->next];
    int64_t repeat = run->options->repeat > 0 ? run->options->repeat : 1;
    for (int64_t i = 0; i < repeat && !pay_broker_stopped(); i++) {
        if (!send_entry(run, run->next))
            return false;
        if (entry->sent_us == 0)
            entry->sent_us = clock_mono_us();
    }
    entry->tries = 1;
    plan_again(run, entry, entry->sent_us);
    if (run->begun_us == 0)
        run->begun_us = entry->sent_us;
    run->next++;
    run->news_us = entry->sent_us;
    if (run->next == run->count)
        run->published_us = clock_mono_us();
    return true;
}

static bool due_by_rate(const struct pay_run *run, int64_t now_us)
{
    if (run->options->rate <= 0 || run->begun_us == 0)
        return true;
    return now_us - run->begun_us >= run->next * 1000000 / run->options->rate;
}

/* Publications the broken connection swallowed, then payments nobody has answered. */
static void send_again(struct pay_run *run, int64_t now_us)
{
    uint64_t tag;
    for (; pay_broker_lost(run->session.broker, &tag); run->lost++)
        run->entries[tag].again_us = now_us;
    if (run->options->no_wait && run->lost == 0)
        return;
    while (run->oldest < run->next && run->entries[run->oldest].receipt != PAY_RECEIPT_NONE)
        run->oldest++;
    int sent = 0;
    for (int64_t i = run->oldest; i < run->next && sent < RUN_SCAN; i++) {
        struct pay_entry *entry = &run->entries[i];
        if (entry->again_us == 0 || entry->again_us > now_us || entry->receipt != PAY_RECEIPT_NONE)
            continue;
        if (!send_entry(run, i))
            return;
        entry->tries++;
        plan_again(run, entry, now_us);
        run->lost -= run->lost > 0;
        sent++;
        if (run->count == 1)
            pay_timeline_own(run->options->json, "payment", "%s: no receipt, sent again", run->base);
    }
}

static void keep(json_t **place, json_t *body)
{
    if (!*place)
        *place = json_incref(body);
}

static void take_receipt(struct pay_run *run, struct pay_entry *entry, json_t *body, int64_t now_us)
{
    const char *name = json_string_value(json_object_get(body, "result"));
    enum pay_receipt receipt = PAY_RECEIPT_COUNT;
    for (int i = 1; name && i < PAY_RECEIPT_COUNT; i++)
        if (strcmp(name, pay_receipt_name((enum pay_receipt)i)) == 0)
            receipt = (enum pay_receipt)i;
    if (receipt == PAY_RECEIPT_COUNT)
        return;
    run->receipts[receipt]++;
    if (run->count == 1)
        keep(&run->receipt, body);
    if (entry->receipt != PAY_RECEIPT_NONE)
        return;
    entry->receipt = receipt;
    entry->receipt_us = now_us;
    run->received++;
    run->news_us = now_us;
}

static void take_outcome(struct pay_run *run, struct pay_entry *entry, json_t *body, int64_t now_us)
{
    const char *name = json_string_value(json_object_get(body, "result"));
    enum payment_result result = PAYMENT_RESULT_NONE;
    for (int i = 1; name && i < PAYMENT_RESULT_COUNT; i++)
        if (strcmp(name, payment_result_name((enum payment_result)i)) == 0)
            result = (enum payment_result)i;
    if (result == PAYMENT_RESULT_NONE)
        return;
    if (run->count == 1)
        keep(&run->outcome, body);
    /* Every repetition is acknowledged: the kiosk may not have had the ack before. */
    if (!run->options->no_ack && pay_session_acknowledge(&run->session, body))
        run->acknowledged = true;
    if (entry->result != PAYMENT_RESULT_NONE)
        return;
    entry->result = result;
    entry->outcome_us = now_us;
    run->outcomes[result]++;
    run->settled++;
    run->news_us = now_us;
}

static void take_message(struct pay_run *run, struct pay_message *message)
{
    json_t *body = json_loadb(message->payload, message->size, 0, NULL);
    struct pay_entry *entry = entry_of(run, body);
    if (entry) {
        int64_t now_us = clock_mono_us();
        if (run->count == 1 && !run->options->json)
            pay_timeline_message(message, body, false);
        if (strcmp(message->name, "out/receipt") == 0)
            take_receipt(run, entry, body, now_us);
        else
            take_outcome(run, entry, body, now_us);
    }
    json_decref(body);
    free(message);
}

/* Nothing more is to be expected, or it was waited for long enough. */
static bool is_over(const struct pay_run *run, int64_t now_us)
{
    int64_t wait_s = run->options->wait_s >= 0 ? run->options->wait_s : RUN_WAIT_S;
    if (run->next < run->count)
        return run->news_us != 0 && now_us - run->news_us > wait_s * 1000000 && run->options->rate <= 0;
    if (run->settled == run->count) {
        int64_t wanted = run->options->repeat > 0 ? run->options->repeat : 1, all = 0;
        for (int i = 1; i < PAY_RECEIPT_COUNT; i++)
            all += run->receipts[i];
        return all >= wanted * run->count || now_us - run->news_us > PAY_RUN_LINGER_US;
    }
    if (run->count == 1 && run->entries[0].receipt == PAY_RECEIPT_REFUSED &&
        now_us - run->news_us > PAY_RUN_REFUSED_US)
        return true;
    return now_us - run->news_us > wait_s * 1000000;
}

static void show_progress(struct pay_run *run, int64_t now_us, bool last)
{
    if (run->count == 1 || !isatty(STDERR_FILENO) || (!last && now_us - run->shown_us < RUN_SHOW_US))
        return;
    run->shown_us = now_us;
    fprintf(stderr, "\rsent %" PRId64 "/%" PRId64 ", broker has %" PRIu64, run->next, run->count,
            pay_broker_confirmed(run->session.broker));
    if (!run->options->no_wait)
        fprintf(stderr, ", receipts %" PRId64 ", outcomes %" PRId64, run->received, run->settled);
    fputs(last ? "   \n" : "   ", stderr);
}

/* --no-wait: the broker has every payment. */
static bool all_confirmed(const struct pay_run *run)
{
    int64_t repeat = run->options->repeat > 0 ? run->options->repeat : 1;
    return run->next == run->count &&
           pay_broker_confirmed(run->session.broker) >= (uint64_t)run->count * (uint64_t)repeat;
}

static void turn(struct pay_run *run)
{
    bool sending = run->next < run->count;
    for (int i = 0; i < RUN_SCAN && run->next < run->count && due_by_rate(run, clock_mono_us()); i++)
        if (!send_next(run))
            break;
    /* While there is something to send, received messages are only drained. */
    int patience_ms = sending ? (run->options->rate > 0 ? 2 : 0) : 100;
    struct pay_message *message =
        pay_broker_next(run->session.broker, run->options->no_wait ? 1 : patience_ms);
    for (int i = 0; message; i++) {
        take_message(run, message);
        message = i < 4 * RUN_SCAN ? pay_broker_next(run->session.broker, 0) : NULL;
    }
    send_again(run, clock_mono_us());
    show_progress(run, clock_mono_us(), false);
}

static bool name_payments(struct pay_run *run)
{
    char random[PAY_ID_SIZE];
    time_t now = (time_t)run->now;
    struct tm utc;
    pay_claims_id(random);
    (void)text_copy(run->jti, sizeof run->jti, random);
    size_t used = 0;
    if (run->options->id && text_copy(run->base, sizeof run->base, run->options->id))
        return true;
    if (run->options->id) {
        pay_complain("--id is longer than %zu bytes", sizeof run->base - 1);
        return false;
    }
    if ((used = strftime(run->base, sizeof run->base, "%Y%m%d-%H%M%S-", gmtime_r(&now, &utc))) > 0)
        snprintf(run->base + used, sizeof run->base - used, "%.4s", random);
    return true;
}

bool pay_run_do(struct pay_run *run, struct pay_options *options)
{
    memset(run, 0, sizeof *run);
    run->options = options;
    run->count = options->count > 0 ? options->count : 1;
    run->now = clock_wall_s();
    run->entries = calloc((size_t)run->count, sizeof *run->entries);
    if (!run->entries || !name_payments(run) || !pay_session_open(&run->session, options, true))
        return false;
    pay_session_check_use(&run->session, CONFIG_USE_PAYMENT);
    if (!options->no_wait && (!pay_broker_subscribe(run->session.broker, "out/receipt") ||
                              !pay_broker_subscribe(run->session.broker, "out/outcome")))
        return false;
    if (run->count == 1)
        pay_timeline_own(options->json, "payment", "%s %s: %s",
                         options->provider ? options->provider : "demo", run->base,
                         options->product ? options->product : options->account);
    run->news_us = clock_mono_us();
    while (!pay_broker_stopped()) {
        turn(run);
        if ((options->no_wait && all_confirmed(run)) || is_over(run, clock_mono_us()))
            break;
    }
    (void)pay_broker_flush(run->session.broker, 5000);
    show_progress(run, clock_mono_us(), true);
    return true;
}

void pay_run_close(struct pay_run *run)
{
    pay_session_close(&run->session);
    json_decref(run->receipt);
    json_decref(run->outcome);
    free(run->entries);
}
