/* Outcomes kept by a payment service: each payment has one, for ever. In memory, and in a file of one JSON
 * object a line. */
#ifndef CONTROLLER_PAY_LEDGER_H
#define CONTROLLER_PAY_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

enum pay_ledger_verdict {
    PAY_LEDGER_NEW,        /* now stored, on disk if there is a file */
    PAY_LEDGER_KNOWN,      /* stored before, word for word the same */
    PAY_LEDGER_DIFFERS,    /* another content than the one stored, which stays */
    PAY_LEDGER_NO_OUTCOME, /* nothing to store */
    PAY_LEDGER_FAILED,     /* the disk refuses; must not be acknowledged */
};

struct pay_ledger {
    json_t *outcomes; /* "provider\npayment_id" -> outcome */
    int fd;           /* -1 = memory only */
    int64_t payments, differing;
    int64_t delivered, refunded, review; /* minor units */
    int64_t results[5];                  /* by enum payment_result */
};

/* Reads the file if it exists, creates it if not; path NULL: memory only. false: a sentence stands on stderr.
 */
bool pay_ledger_open(struct pay_ledger *ret, const char *path);
/* BLOCKS for the disk. */
enum pay_ledger_verdict pay_ledger_take(struct pay_ledger *ledger, json_t *outcome);
void pay_ledger_close(struct pay_ledger *ledger);

#endif
