/* One run of `kiosk-pay pay`: one payment or many, each sent until its receipt, watched until its outcome. */
#ifndef CONTROLLER_PAY_RUN_H
#define CONTROLLER_PAY_RUN_H

#include <jansson.h>
#include "controller/pay/claims.h"
#include "controller/pay/session.h"
#include "controller/payment.h"

enum {
    PAY_RUN_AGAIN_US = 5000000, /* first repeat of an unanswered payment; doubles up to */
    PAY_RUN_AGAIN_MOST_US = 60000000,
    PAY_RUN_REFUSED_US =
        5000000, /* a refused receipt is usually followed by an outcome; not longer than this */
    PAY_RUN_LINGER_US = 2000000, /* after the outcome, for receipts of repeats still on their way */
};

enum pay_receipt {
    PAY_RECEIPT_NONE,
    PAY_RECEIPT_ACCEPTED,
    PAY_RECEIPT_DUPLICATE,
    PAY_RECEIPT_REFUSED,
    PAY_RECEIPT_COUNT
};

struct pay_entry {
    int64_t sent_us, receipt_us, outcome_us; /* monotonic; 0 = not yet */
    int64_t again_us;                        /* when to send it again */
    int32_t tries;
    enum pay_receipt receipt;   /* the first one */
    enum payment_result result; /* NONE = no outcome yet */
};

struct pay_run {
    struct pay_session session;
    const struct pay_options *options;
    char base[1024]; /* payment id, or what the ids begin with */
    char jti[32];
    int64_t now;                    /* wall clock of all claims */
    int64_t count, next;            /* payments; how many were sent at least once */
    int64_t begun_us, published_us; /* first publication; when all had been sent */
    int64_t news_us;                /* last time something new came */
    int64_t shown_us;
    int64_t receipts[PAY_RECEIPT_COUNT]; /* all receipts, repeats too */
    int64_t received, settled;           /* payments with a receipt; with an outcome */
    int64_t outcomes[PAYMENT_RESULT_COUNT];
    int64_t lost;              /* publications to be sent again because the connection broke */
    int64_t oldest;            /* all entries before it have a receipt */
    json_t *receipt, *outcome; /* of a single payment: the first receipt, the outcome */
    bool acknowledged;
    struct pay_entry *entries;
};

/* Connects and sends; returns when all is settled, the wait is over or the program is to stop. False: not
 * even begun. */
bool pay_run_do(struct pay_run *run, struct pay_options *options);
void pay_run_close(struct pay_run *run);

const char *pay_receipt_name(enum pay_receipt receipt);

#endif
