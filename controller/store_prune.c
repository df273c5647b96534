/* Takes out what is settled, acknowledged and older than STORE_KEEP_S, in small transactions while idle.
 *
 * Rows are looked at in the order in which they were written. A row dated by a clock that could not be right
 * (1970) goes only when a row behind it is old enough: so it is older still. A batch in which all are too
 * young ends the pass for this hour. The newest outcome stays, so that numbers go on rising.
 */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "controller/store_impl.h"

enum { ANSWER_KEEP_S = 7 * 86400 };

struct prune {
    int64_t limit_s; /* older than this goes */
    int64_t rows[STORE_PRUNE_BATCH], seqs[STORE_PRUNE_BATCH];
    int count;
    int sure; /* of these, known to be old enough */
    int64_t last_row;
    bool finished;
};

/* What the next batch may take. */
static int batch_read(struct store *store, struct prune *prune)
{
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PRUNE_SCAN);
    sqlite3_bind_int64(statement, 1, store->prune_row);
    sqlite3_bind_int64(statement, 2, prune->limit_s);
    sqlite3_bind_int64(statement, 3, store->next_seq - 1);
    sqlite3_bind_int(statement, 4, STORE_PRUNE_BATCH);
    int rc, seen = 0, young = 0;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        int64_t received_at = sqlite3_column_int64(statement, 2);
        bool dated = store_wall_plausible(received_at);
        bool old = dated && received_at < prune->limit_s;
        prune->last_row = sqlite3_column_int64(statement, 0);
        seen++;
        young += dated && !old;
        if (sqlite3_column_int(statement, 3) != 0 && (old || !dated)) {
            prune->rows[prune->count] = prune->last_row;
            prune->seqs[prune->count++] = sqlite3_column_int64(statement, 1);
        }
        if (old)
            prune->sure = prune->count;
    }
    sqlite3_reset(statement);
    prune->finished = seen < STORE_PRUNE_BATCH || young == seen;
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int delete_one(struct store *store, enum store_sql which, int64_t key)
{
    sqlite3_stmt *statement = store_sql_get(store, which);
    sqlite3_bind_int64(statement, 1, key);
    return store_sql_run(store, statement, NULL);
}

static int commands_prune(struct store *store, enum store_sql which, int64_t before_s)
{
    sqlite3_stmt *statement = store_sql_get(store, which);
    sqlite3_bind_int64(statement, 1, before_s);
    sqlite3_bind_int(statement, 2, STORE_PRUNE_BATCH);
    if (which == STORE_SQL_PRUNE_COMMANDS) /* what is dated earlier was dated by a wrong clock */
        sqlite3_bind_int64(statement, 3, STORE_WALL_LEAST);
    return store_sql_run(store, statement, NULL);
}

static int prune_run(struct store *store, void *arg)
{
    struct prune *prune = arg;
    int rc = batch_read(store, prune);
    for (int i = 0; rc == SQLITE_OK && i < prune->sure; i++) {
        rc = delete_one(store, STORE_SQL_PRUNE_OUTCOME, prune->seqs[i]);
        if (rc == SQLITE_OK)
            rc = delete_one(store, STORE_SQL_PRUNE_PAYMENT, prune->rows[i]);
    }
    if (prune->sure > 0)
        store->ledger_known = false;
    if (rc == SQLITE_OK && prune->finished)
        rc = commands_prune(store, STORE_SQL_PRUNE_COMMANDS, prune->limit_s);
    if (rc == SQLITE_OK && prune->finished)
        rc = commands_prune(store, STORE_SQL_PRUNE_ANSWERS, prune->limit_s + STORE_KEEP_S - ANSWER_KEEP_S);
    return rc;
}

bool store_prune_due(const struct store *store)
{
    bool trusted = store->config->clock_trust != CONFIG_CLOCK_NTP || clock_synchronised();
    return clock_mono_us() >= store->prune_at_us && trusted && store_wall_plausible(clock_wall_s());
}

void store_prune_step(struct store *store)
{
    static struct prune prune; /* the store's thread only */
    memset(&prune, 0, sizeof prune);
    prune.limit_s = clock_wall_s() - STORE_KEEP_S;
    if (store_call(store, prune_run, &prune) < 0)
        return;
    if (prune.sure > 0)
        log_info("store pruned payments=%d", prune.sure);
    store->prune_row = prune.finished ? 0 : prune.last_row;
    if (prune.finished)
        store->prune_at_us = clock_mono_us() + STORE_PRUNE_EVERY_S * INT64_C(1000000);
}
