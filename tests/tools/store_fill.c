/* Fills a store with settled, acknowledged payments: for measuring starts and for tests.
 *
 *   store_fill STATE_DIR COUNT
 *
 * Prints how long it took per payment. Exit 0 done, 1 failed, 2 bad usage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/text.h"
#include "controller/store_impl.h"

enum { FILL_BATCH = 200, FILL_WAIT_MS = 60000, FILL_EVERY_S = 60 };

static void fill_txn(struct core_txn *txn, long number, int64_t now)
{
    memset(txn, 0, sizeof *txn);
    struct payment *payment = &txn->payment;
    char id[48];
    snprintf(id, sizeof id, "fill-%08lx-%08ld", (unsigned long)number * 2654435761UL & 0xFFFFFFFFUL, number);
    txn->ticket = (uint64_t)number + 1;
    txn->parts = CORE_TXN_PAYMENT | CORE_TXN_INTENT | CORE_TXN_OUTCOME;
    text_copy(payment->claims.provider, sizeof payment->claims.provider, "fill");
    text_copy(payment->claims.payment_id, sizeof payment->claims.payment_id, id);
    text_copy(payment->claims.product, sizeof payment->claims.product, "filled");
    text_copy(payment->claims.currency, sizeof payment->claims.currency, "BYN");
    payment->claims.amount = 250;
    payment->claims.paid_at = now;
    payment->received_at = payment->started_at = now + 1;
    payment->attempts = 1;
    payment->outcome.result = PAYMENT_RESULT_DELIVERED;
    payment->outcome.verified = true;
    payment->outcome.finished_at = now + 4;
    payment_add_evidence(&payment->outcome, PAYMENT_EVIDENCE_MOTOR_MS, 2100);
    payment_add_evidence(&payment->outcome, PAYMENT_EVIDENCE_HOME_MS, 2050);
    payment_add_evidence(&payment->outcome, PAYMENT_EVIDENCE_DROP_MS, 1890);
    payment_add_evidence(&payment->outcome, PAYMENT_EVIDENCE_BEAM, 1);
}

/* All at once, in one transaction: the front door would flush for each. */
static int fill_acknowledge(struct store *store, void *arg)
{
    (void)arg;
    return sqlite3_exec(store->db,
                        "UPDATE outcome SET acknowledged = 1, acknowledged_at = 1 WHERE acknowledged = 0",
                        NULL, NULL, NULL);
}

static bool fill_wait(struct queue *events, long count)
{
    struct store_event event;
    for (; count > 0; count--) {
        if (!queue_pop_wait(events, &event, FILL_WAIT_MS) || !event.ok)
            return false;
    }
    return true;
}

static bool fill(struct store *store, struct queue *events, long count)
{
    static struct core_txn txn;
    int64_t start = clock_wall_s() - count * FILL_EVERY_S;
    if (start < clock_wall_s() - STORE_KEEP_S / 2)
        start = clock_wall_s() - STORE_KEEP_S / 2;
    for (long first = 0; first < count; first += FILL_BATCH) {
        long last = first + FILL_BATCH < count ? first + FILL_BATCH : count;
        for (long i = first; i < last; i++) {
            fill_txn(&txn, i, start + i % FILL_EVERY_S);
            if (!store_submit(store, &txn))
                return false;
        }
        if (!fill_wait(events, last - first) || store_call(store, fill_acknowledge, NULL) < 0)
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    long count = argc >= 3 ? strtol(argv[2], &end, 10) : -1;
    if (argc != 3 || count < 0 || *end) {
        fprintf(stderr, "usage: store_fill STATE_DIR COUNT\n");
        return 2;
    }
    static struct config config;
    text_copy(config.kiosk.state_dir, sizeof config.kiosk.state_dir, argv[1]);
    struct store *store = NULL;
    struct store_opened opened;
    struct queue *events = NULL;
    char error[256] = "";
    if (store_open(&store, &config, &opened, error, sizeof error) < 0 ||
        queue_open(&events, sizeof(struct store_event), 2 * FILL_BATCH) < 0 ||
        store_start(store, events) < 0) {
        fprintf(stderr, "store_fill: %s\n", error);
        return 1;
    }
    int64_t began_us = clock_mono_us();
    bool good = fill(store, events, count);
    int64_t took_us = clock_mono_us() - began_us;
    store_close(store, true);
    queue_close(events);
    printf("payments=%ld took_ms=%lld us_each=%.1f\n", count, (long long)took_us / 1000,
           count ? (double)took_us / (double)count : 0.0);
    return good ? 0 : 1;
}
