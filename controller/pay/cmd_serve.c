/* serve: the payment service's ledger. An outcome is acknowledged when it is stored, not before. */
#include "controller/pay/commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "controller/pay/broker.h"
#include "controller/pay/ledger.h"
#include "controller/pay/session.h"
#include "controller/pay/timeline.h"
#include "controller/payment.h"

static void print_totals(const struct pay_ledger *ledger, bool json)
{
    if (json) {
        json_t *line = json_pack("{s:I, s:I, s:I, s:I, s:I}", "payments", (json_int_t)ledger->payments,
                                 "delivered_minor", (json_int_t)ledger->delivered, "refund_minor",
                                 (json_int_t)ledger->refunded, "review_minor", (json_int_t)ledger->review,
                                 "differing", (json_int_t)ledger->differing);
        for (int i = 1; i < PAYMENT_RESULT_COUNT; i++)
            json_object_set_new(line, payment_result_name((enum payment_result)i),
                                json_integer(ledger->results[i]));
        json_t *outer = json_pack("{s:o}", "totals", line);
        json_dumpf(outer, stdout, JSON_COMPACT);
        putchar('\n');
        fflush(stdout);
        json_decref(outer);
        return;
    }
    pay_timeline_own(false, "ledger",
                     "%" PRId64 " payments; minor units: %" PRId64 " delivered, %" PRId64
                     " to refund, %" PRId64 " to review",
                     ledger->payments, ledger->delivered, ledger->refunded, ledger->review);
}

/* False: the ledger cannot be kept any longer. */
static bool take(struct pay_session *session, struct pay_ledger *ledger, json_t *outcome)
{
    bool json = session->options->json;
    enum pay_ledger_verdict verdict = pay_ledger_take(ledger, outcome);
    switch (verdict) {
    case PAY_LEDGER_NEW:
        print_totals(ledger, json);
        break;
    case PAY_LEDGER_KNOWN:
        break;
    case PAY_LEDGER_DIFFERS:
        pay_complain(
            "ALARM: this outcome differs from the one stored for the same payment; it is not acknowledged");
        return true;
    case PAY_LEDGER_NO_OUTCOME:
        return true;
    case PAY_LEDGER_FAILED:
        return false;
    }
    (void)pay_session_acknowledge(session, outcome);
    return true;
}

static bool serve(struct pay_session *session, struct pay_ledger *ledger)
{
    struct pay_options *options = session->options;
    int64_t until = options->wait_s >= 0 ? clock_mono_us() + options->wait_s * 1000000 : INT64_MAX;
    bool good = pay_broker_subscribe(session->broker, "out/#");
    while (good && !pay_broker_stopped() && clock_mono_us() < until) {
        struct pay_message *message = pay_broker_next(session->broker, 500);
        if (!message)
            continue;
        json_t *body = json_loadb(message->payload, message->size, JSON_REJECT_DUPLICATES, NULL);
        pay_timeline_message(message, body, options->json);
        if (strcmp(message->name, "out/outcome") == 0)
            good = take(session, ledger, body);
        json_decref(body);
        free(message);
    }
    return good;
}

int pay_command_serve(struct pay_options *options)
{
    struct pay_session session;
    struct pay_ledger ledger;
    if (!pay_ledger_open(&ledger, options->ledger))
        return PAY_USAGE;
    if (!pay_session_open(&session, options, true)) {
        pay_ledger_close(&ledger);
        return PAY_FAILED;
    }
    pay_session_check_use(&session, CONFIG_USE_ACK);
    print_totals(&ledger, options->json);
    bool good = serve(&session, &ledger) && ledger.differing == 0;
    (void)pay_broker_flush(session.broker, 2000);
    print_totals(&ledger, options->json);
    pay_session_close(&session);
    pay_ledger_close(&ledger);
    return good ? PAY_DONE : PAY_FAILED;
}
