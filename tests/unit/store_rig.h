/* What the store's tests share: a directory of their own, a small configuration, transactions, waiting for
 * commits. */
#ifndef TESTS_UNIT_STORE_RIG_H
#define TESTS_UNIT_STORE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/text.h"
#include "controller/store.h"

enum { RIG_EVENT_WAIT_MS = 20000 };

struct rig {
    char directory[64];
    struct config *config;
    struct store *store;
    struct queue *events;
    struct store_opened opened;
    char error[256];
    uint64_t ticket;
};

static inline void rig_config(struct rig *rig)
{
    rig->config = calloc(1, sizeof *rig->config);
    assert_non_null(rig->config);
    snprintf(rig->config->kiosk.state_dir, sizeof rig->config->kiosk.state_dir, "%s/state", rig->directory);
    snprintf(rig->config->kiosk.currency, sizeof rig->config->kiosk.currency, "BYN");
    rig->config->product_count = rig->config->device_count = 2;
    snprintf(rig->config->products[0].id, CONFIG_ID_SIZE, "cola");
    snprintf(rig->config->products[1].id, CONFIG_ID_SIZE, "bar");
    snprintf(rig->config->devices[0].name, CONFIG_ID_SIZE, "a1");
    snprintf(rig->config->devices[1].name, CONFIG_ID_SIZE, "b1");
    rig->config->products[0].price = rig->config->products[1].price = 250;
    rig->config->products[1].device = 1;
}

static inline void rig_create(struct rig *rig)
{
    memset(rig, 0, sizeof *rig);
    snprintf(rig->directory, sizeof rig->directory, "/tmp/store-test-XXXXXX");
    assert_non_null(mkdtemp(rig->directory));
    rig_config(rig);
}

static inline int rig_open(struct rig *rig)
{
    return store_open(&rig->store, rig->config, &rig->opened, rig->error, sizeof rig->error);
}

static inline void rig_start(struct rig *rig)
{
    int rc = rig_open(rig);
    if (rc != 0)
        print_error("store_open: %d %s\n", rc, rig->error);
    assert_int_equal(rc, 0);
    assert_int_equal(queue_open(&rig->events, sizeof(struct store_event), 1024), 0);
    assert_int_equal(store_start(rig->store, rig->events), 0);
}

static inline void rig_stop(struct rig *rig, bool clean)
{
    store_close(rig->store, clean);
    rig->store = NULL;
    if (rig->events)
        queue_close(rig->events);
    rig->events = NULL;
}

static inline void rig_restart(struct rig *rig)
{
    rig_stop(rig, true);
    rig_start(rig);
}

static inline void rig_path(const struct rig *rig, const char *name, char *ret, size_t size)
{
    snprintf(ret, size, "%s/state/%s", rig->directory, name);
}

static inline void rig_destroy(struct rig *rig)
{
    if (rig->store)
        rig_stop(rig, true);
    char state[128], path[512];
    snprintf(state, sizeof state, "%s/state", rig->directory);
    DIR *directory = opendir(state);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        snprintf(path, sizeof path, "%s/%s", state, entry->d_name);
        unlink(path);
    }
    if (directory)
        closedir(directory);
    rmdir(state);
    rmdir(rig->directory);
    free(rig->config);
}

/* A payment of 250 for product 0 on device 0. */
static inline struct core_txn rig_payment(struct rig *rig, const char *id)
{
    struct core_txn txn = {.ticket = ++rig->ticket, .parts = CORE_TXN_PAYMENT};
    struct payment *payment = &txn.payment;
    text_copy(payment->claims.provider, sizeof payment->claims.provider, "psp");
    text_copy(payment->claims.payment_id, sizeof payment->claims.payment_id, id);
    text_copy(payment->claims.product, sizeof payment->claims.product, "cola");
    text_copy(payment->claims.currency, sizeof payment->claims.currency, "BYN");
    payment->claims.amount = 250;
    payment->claims.paid_at = 1790000000;
    payment->received_at = 1790000005;
    payment->state = PAYMENT_STATE_PAID;
    return txn;
}

static inline void rig_intend(struct core_txn *txn)
{
    txn->parts |= CORE_TXN_INTENT;
    txn->payment.state = PAYMENT_STATE_MOVING;
    txn->payment.attempts = 1;
    txn->payment.started_at = 1790000006;
}

static inline void rig_settle(struct core_txn *txn, enum payment_result result, enum payment_refund refund)
{
    txn->parts |= CORE_TXN_OUTCOME;
    txn->payment.state = PAYMENT_STATE_DONE;
    txn->payment.outcome.result = result;
    txn->payment.outcome.refund = refund;
    txn->payment.outcome.verified = result == PAYMENT_RESULT_DELIVERED;
    txn->payment.outcome.reason =
        result == PAYMENT_RESULT_DELIVERED ? PAYMENT_REASON_NONE : PAYMENT_REASON_JAM;
    txn->payment.outcome.finished_at = 1790000009;
    payment_add_evidence(&txn->payment.outcome, PAYMENT_EVIDENCE_MOTOR_MS, 1240);
    payment_add_evidence(&txn->payment.outcome, PAYMENT_EVIDENCE_BEAM, 1);
}

static inline struct store_event rig_next(struct rig *rig)
{
    struct store_event event;
    assert_true(queue_pop_wait(rig->events, &event, RIG_EVENT_WAIT_MS));
    return event;
}

/* Hands the transaction over and waits for its COMMITTED; other events before it are dropped. */
static inline struct store_event rig_commit(struct rig *rig, const struct core_txn *txn)
{
    assert_true(store_submit(rig->store, txn));
    for (;;) {
        struct store_event event = rig_next(rig);
        if (event.kind == STORE_EVENT_COMMITTED && event.ticket == txn->ticket)
            return event;
    }
}

/* A settled payment from nothing; its seq. */
static inline int64_t rig_sell(struct rig *rig, const char *id)
{
    struct core_txn txn = rig_payment(rig, id);
    rig_intend(&txn);
    rig_settle(&txn, PAYMENT_RESULT_DELIVERED, PAYMENT_REFUND_NO);
    struct store_event event = rig_commit(rig, &txn);
    assert_true(event.ok);
    return event.seq;
}

static inline struct payment rig_find(struct rig *rig, const char *id)
{
    struct payment payment;
    memset(&payment, 0, sizeof payment);
    assert_int_equal(store_find_payment(rig->store, "psp", id, &payment), 0);
    return payment;
}

#endif
