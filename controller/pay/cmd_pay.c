/* pay: runs payments and says what became of them. */
#include "controller/pay/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "controller/pay/run.h"
#include "controller/pay/timeline.h"

static int64_t since_ms(int64_t from_us, int64_t to_us)
{
    return from_us == 0 || to_us == 0 ? -1 : (to_us - from_us) / 1000;
}

static void print_one_json(const struct pay_run *run)
{
    const struct pay_entry *entry = &run->entries[0];
    json_int_t receipts = 0;
    for (int i = 1; i < PAY_RECEIPT_COUNT; i++)
        receipts += run->receipts[i];
    json_t *line = json_pack("{s:s, s:s, s:s, s:s, s:I, s:b, s:O?, s:O?}", "provider",
                             run->options->provider ? run->options->provider : "demo", "payment_id",
                             run->base, "receipt_result", pay_receipt_name(entry->receipt), "result",
                             payment_result_name(entry->result), "receipts", receipts, "acknowledged",
                             (int)run->acknowledged, "receipt", run->receipt, "outcome", run->outcome);
    if (entry->receipt_us != 0)
        json_object_set_new(line, "receipt_ms", json_integer(since_ms(entry->sent_us, entry->receipt_us)));
    if (entry->outcome_us != 0)
        json_object_set_new(line, "outcome_ms", json_integer(since_ms(entry->sent_us, entry->outcome_us)));
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
}

/* The sentence at the end, for a technician. */
static int conclude_one(struct pay_run *run)
{
    char words[512];
    const struct pay_entry *entry = &run->entries[0];
    if (run->options->json)
        print_one_json(run);
    if (entry->result == PAYMENT_RESULT_DELIVERED)
        return PAY_DONE;
    if (entry->result != PAYMENT_RESULT_NONE) {
        pay_timeline_outcome(words, sizeof words, run->outcome);
        pay_complain("not delivered: %s", words);
    } else if (pay_broker_stopped())
        pay_complain("stopped; go on with the same payment: --id %s", run->base);
    else if (entry->receipt == PAY_RECEIPT_REFUSED)
        pay_complain("refused: %s, and no outcome followed",
                     json_string_value(json_object_get(run->receipt, "reason"))
                         ? json_string_value(json_object_get(run->receipt, "reason"))
                         : "no reason given");
    else if (entry->receipt != PAY_RECEIPT_NONE)
        pay_complain("the kiosk has the payment, but no outcome came in time; ask again with --id %s",
                     run->base);
    else
        pay_complain("no receipt after %d %s: is the kiosk online and listening under %s/%s (kiosk-pay "
                     "listen), and does it "
                     "know key \"%s\" for payments? The same payment again: --id %s",
                     entry->tries, entry->tries == 1 ? "try" : "tries", run->options->prefix,
                     run->options->kiosk, run->session.key.half.kid, run->base);
    return PAY_FAILED;
}

static void print_many(const struct pay_run *run, uint64_t confirmed, double seconds)
{
    double rate = seconds > 0 ? (double)run->next / seconds : 0;
    printf("%" PRId64 " payments sent in %.2f s (%.0f/s), broker confirmed %" PRIu64 "\n", run->next, seconds,
           rate, confirmed);
    if (run->options->no_wait)
        return;
    printf("receipts: %" PRId64 " accepted, %" PRId64 " duplicate, %" PRId64 " refused; %" PRId64
           " payments without one\n",
           run->receipts[PAY_RECEIPT_ACCEPTED], run->receipts[PAY_RECEIPT_DUPLICATE],
           run->receipts[PAY_RECEIPT_REFUSED], run->next - run->received);
    printf("outcomes:");
    for (int i = 1; i < PAYMENT_RESULT_COUNT; i++)
        printf(" %" PRId64 " %s,", run->outcomes[i], payment_result_name((enum payment_result)i));
    printf(" %" PRId64 " open\n", run->next - run->settled);
}

static void print_many_json(const struct pay_run *run, uint64_t confirmed, double seconds)
{
    json_t *receipts = json_object(), *outcomes = json_object();
    for (int i = 1; i < PAY_RECEIPT_COUNT; i++)
        json_object_set_new(receipts, pay_receipt_name((enum pay_receipt)i), json_integer(run->receipts[i]));
    json_object_set_new(receipts, "missing", json_integer(run->next - run->received));
    for (int i = 1; i < PAYMENT_RESULT_COUNT; i++)
        json_object_set_new(outcomes, payment_result_name((enum payment_result)i),
                            json_integer(run->outcomes[i]));
    json_object_set_new(outcomes, "missing", json_integer(run->next - run->settled));
    json_t *line =
        json_pack("{s:s, s:I, s:I, s:I, s:f, s:o, s:o}", "id_base", run->base, "count",
                  (json_int_t)run->count, "published", (json_int_t)run->next, "confirmed",
                  (json_int_t)confirmed, "seconds", seconds, "receipts", receipts, "outcomes", outcomes);
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
}

static int conclude_many(struct pay_run *run)
{
    uint64_t confirmed = pay_broker_confirmed(run->session.broker);
    int64_t end_us = run->published_us ? run->published_us : run->news_us;
    double seconds = run->begun_us ? (double)(end_us - run->begun_us) / 1e6 : 0;
    if (run->options->json)
        print_many_json(run, confirmed, seconds);
    else
        print_many(run, confirmed, seconds);
    if (run->options->no_wait)
        return run->next == run->count && confirmed >= (uint64_t)run->count ? PAY_DONE : PAY_FAILED;
    return run->outcomes[PAYMENT_RESULT_DELIVERED] == run->count ? PAY_DONE : PAY_FAILED;
}

static int conclude_unwatched(struct pay_run *run)
{
    if (run->next == 1 && pay_broker_confirmed(run->session.broker) > 0) {
        if (run->options->json)
            printf("{\"provider\":\"%s\",\"payment_id\":\"%s\"}\n",
                   run->options->provider ? run->options->provider : "demo", run->base);
        else
            printf("the broker has payment %s\n", run->base);
        return PAY_DONE;
    }
    pay_complain("the broker did not take the payment");
    return PAY_FAILED;
}

int pay_command_pay(struct pay_options *options)
{
    struct pay_run run;
    if (!pay_claims_complete(options))
        return PAY_USAGE;
    int status = PAY_FAILED;
    if (pay_run_do(&run, options)) {
        if (run.count > 1)
            status = conclude_many(&run);
        else
            status = options->no_wait ? conclude_unwatched(&run) : conclude_one(&run);
    }
    pay_run_close(&run);
    return status;
}
