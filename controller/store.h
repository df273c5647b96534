/* The durable memory: payments, intents, outcomes, stock, prices, device locks, commands, reports not yet
 * acknowledged.
 *
 * SQLite, one connection (locking_mode=EXCLUSIVE, WAL, synchronous=FULL), one thread that owns all writing.
 * Transactions from the core go through store_submit and come back as struct store_event in the caller's
 * queue; requests that wait at the same time share one flush (group commit). Functions marked BLOCKS may be
 * called from leaf threads (Paho's receive thread, the outbox); never from the main loop.
 *
 * Row states follow controller/payment.h. Products and devices are stored by name, so a changed configuration
 * does not shift them. Keys are kept at least 90 days (STORE_KEEP_S); older acknowledged rows are pruned in
 * small batches while idle.
 */
#ifndef CONTROLLER_STORE_H
#define CONTROLLER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/queue.h"
#include "config/config.h"
#include "controller/core.h"

enum {
    STORE_KEEP_S = 100 * 86400,
    STORE_QUEUE = 256,
    STORE_OUTCOME_SIZE = 4096, /* JSON of one outcome */
    STORE_RESULT_SIZE = 65536, /* JSON of one command's result */
    STORE_JTI_SIZE = 257,
};

struct store;

enum store_event_kind {
    STORE_EVENT_COMMITTED, /* a core_txn: ticket, ok, conflict; with an outcome part: seq */
    STORE_EVENT_DONE,      /* a job given with store_run has run */
    STORE_EVENT_FAILED,    /* the store cannot write (full, I/O): said once, on change */
};
struct store_event {
    enum store_event_kind kind;
    uint64_t ticket;
    bool ok, conflict;
    int64_t seq;
    void *user;
};

struct store_opened {
    bool new_epoch;         /* a damaged file was put aside */
    char aside[256];        /* where */
    int32_t unclean_starts; /* starts in the last 10 minutes, since the last settled payment, that did not end
                             * cleanly */
};

/* Opens or creates DIR/kioskd.db (file 0600, directory 0750), checks it, migrates it, records this start
 * durably. A small file is checked whole, of a larger one what is read now; each page is checked at every
 * read and all of them from the idle thread (docs/store.md). A damaged file is put aside with its -wal, what
 * can be read of it is saved, and a new epoch begins; what was PAID is then restored as MOVING. 0 or -errno
 * with a sentence in error: -EBUSY another kioskd has it, -ENOSPC, -EIO, -EACCES the start could not be
 * recorded, -ENOTSUP written by a newer version. BLOCKS. The thread starts with store_start. Children forked
 * while it is open must exec. */
int store_open(struct store **ret_store, const struct config *config, struct store_opened *ret_opened,
               char *error, size_t error_size);

/* Before store_restore: compares the configuration's prices with those of the last run; a difference becomes
 * a price change from wall_s on (0 = the clock is not trusted: then the new price counts for all payments). 0
 * or -EIO. BLOCKS. */
int store_note_prices(struct store *store, int64_t wall_s);

/* Reads back what the core must know, as RESTORE_* events in the order core.h asks for. BLOCKS; before
 * store_start only. */
int store_restore(struct store *store, void (*event)(void *user, const struct core_event *event), void *user);

/* Starts the thread; events go to `events` (items of struct store_event; room for STORE_QUEUE of them). */
int store_start(struct store *store, struct queue *events);

/* Hands a transaction over. Does not block. false: queue full (the caller treats it as a failed commit). */
bool store_submit(struct store *store, const struct core_txn *txn);

/* The record of this key: ret->state is NONE if there is none. 0 or -EIO. BLOCKS. */
int store_find_payment(struct store *store, const char *provider, const char *payment_id,
                       struct payment *ret);

/* The server has the outcome. BLOCKS until durable. 1 done or already done; 0 no such outcome or another
 * result
 * (*ret_result gets the stored one); -EIO. */
int store_acknowledge(struct store *store, const char *provider, const char *payment_id,
                      enum payment_result result, enum payment_result *ret_result);

/* Outcomes not yet acknowledged with seq > after, oldest first: calls each(user, seq, json, length); returns
 * how many (at most max) or -EIO. The JSON is the text written at the commit, always the same bytes. BLOCKS.
 */
int store_unacknowledged(struct store *store, int64_t after, int max,
                         void (*each)(void *user, int64_t seq, const char *json, size_t length), void *user);
/* The stored outcome text of one payment. Length, 0 = none yet, -EIO (also if it does not fit:
 * STORE_OUTCOME_SIZE does). BLOCKS. */
long store_outcome(struct store *store, const char *provider, const char *payment_id, char *ret, size_t size,
                   int64_t *ret_seq);

/* Commands, each run once by its jti. store_command_begin: 1 = new, now recorded; 0 = known (*ret_json its
 * answer or ""); -EIO. store_command_end writes the answer. store_unpublished_results: answers not yet handed
 * to the broker, oldest first; json "" = recorded but never answered (an earlier run ended in between);
 * returns how many or -EIO. BLOCK. */
int store_command_begin(struct store *store, const char *jti, const char *claims_json, int64_t now,
                        char *ret_json, size_t size, bool *ret_published);
int store_command_end(struct store *store, const char *jti, const char *json);
int store_command_published(struct store *store, const char *jti);
int store_unpublished_results(struct store *store,
                              void (*each)(void *user, const char *jti, const char *json), void *user);

/* The orders whose record begins with STORE_PASSAGE_MARK (controller/command_record.h), newest first: with
 * row < before_row and from <= received_at < to, until each() says no or max are listed; returns how many or
 * -EIO. answer is "" if there is none yet. BLOCKS. */
#define STORE_PASSAGE_MARK "{\"passage\":true,"
struct store_passage {
    int64_t row, received_at;
    const char *jti, *record, *answer;
};
int store_passages(struct store *store, int64_t before_row, int64_t from, int64_t to, int max,
                   bool (*each)(void *user, const struct store_passage *passage), void *user);

/* Pages through payments, newest first, for kioskctl; filter may be NULL (substring of id or product in
 * any case, or the result's name). */
struct store_payment_row {
    int64_t row;
    struct payment payment;
    int64_t seq;
    bool acknowledged;
    char product[65], device[65];
};
int store_list(struct store *store, int64_t before_row, int max, const char *filter,
               void (*each)(void *user, const struct store_payment_row *row), void *user);
/* The same for a period of received_at, from <= t < to, with bounded work: looks at no more than about `rows`
 * rows, and ends where they are surely older than `from` (by a day and more: a clock may have been set). */
struct store_search {
    int64_t before_row, from, to, rows;
    int max;
    const char *filter;
    int64_t next; /* set: before_row of the next page, 0 = that was all */
};
int store_search(struct store *store, struct store_search *search,
                 void (*each)(void *user, const struct store_payment_row *row), void *user);

/* Sums for the ledger (I10), all minor units: paid = delivered + refunded + review + open. BLOCKS. */
struct store_ledger {
    int64_t payments, paid, delivered, refund, review, open, unacknowledged;
};
int store_ledger(struct store *store, struct store_ledger *ret);

/* Next event seq, rising over restarts (reserved in blocks, so not one commit per event). Any thread. */
int64_t store_next_event_seq(struct store *store);

/* Runs job(store, user) on the store's thread; STORE_EVENT_DONE with user follows. For queries of the control
 * socket. */
bool store_run(struct store *store, void (*job)(struct store *store, void *user), void *user);

/* false if the thread has not finished a request for longer than 30 s. */
bool store_healthy(struct store *store);
/* Finishes what is queued, marks this run as ended cleanly if clean (and not failed), checkpoints, closes. No
 * other thread may be inside the store or come later. NULL is allowed. BLOCKS. */
void store_close(struct store *store, bool clean);

#endif
