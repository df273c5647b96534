/* What a transaction of the core becomes in the tables. Runs under db_lock inside the group's BEGIN ..
 * COMMIT. */
#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "controller/report.h"
#include "controller/store_impl.h"

static const char *product_name(const struct store *store, int32_t product)
{
    const struct config *config = store->config;
    return product >= 0 && product < config->product_count ? config->products[product].id : "";
}

static const char *device_name(const struct store *store, int32_t device)
{
    const struct config *config = store->config;
    return device >= 0 && device < config->device_count ? config->devices[device].name : "";
}

static int payment_insert(struct store *store, const struct payment *payment, bool *ret_conflict)
{
    const struct payment_claims *claims = &payment->claims;
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PAYMENT_INSERT);
    store_bind_text(statement, 1, claims->provider);
    store_bind_text(statement, 2, claims->payment_id);
    store_bind_text(statement, 3, claims->product);
    store_bind_text(statement, 4, claims->account);
    store_bind_text(statement, 5, claims->currency);
    sqlite3_bind_int64(statement, 6, claims->amount);
    sqlite3_bind_int64(statement, 7, claims->paid_at);
    sqlite3_bind_int64(statement, 8, claims->exp);
    sqlite3_bind_int(statement, 9, claims->test);
    store_bind_text(statement, 10, product_name(store, payment->product));
    store_bind_text(statement, 11, device_name(store, payment->device));
    sqlite3_bind_int64(statement, 12, payment->received_at);
    int changes = 0;
    int rc = store_sql_run(store, statement, &changes);
    *ret_conflict = rc == SQLITE_OK && changes == 0;
    if (changes > 0) {
        store->pending.payments++;
        store->pending.paid += claims->amount;
        store->pending.open += claims->amount;
    }
    return rc;
}

/* A key that is not there, or already settled, is our own mistake: the transaction must not look durable. */
static int one_row(int rc, int changes)
{
    return rc == SQLITE_OK && changes != 1 ? SQLITE_INTERNAL : rc;
}

static int payment_intent(struct store *store, const struct payment *payment)
{
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PAYMENT_INTENT);
    store_bind_text(statement, 1, payment->claims.provider);
    store_bind_text(statement, 2, payment->claims.payment_id);
    sqlite3_bind_int(statement, 3, payment->attempts);
    sqlite3_bind_int64(statement, 4, payment->started_at);
    int changes = 0;
    int rc = store_sql_run(store, statement, &changes);
    return one_row(rc, changes);
}

/* "drop_ms=1240 beam=1": names, so that a reordered list could not change what an old row says. */
static void evidence_text(const struct payment_outcome *outcome, char *ret, size_t size)
{
    size_t used = 0;
    ret[0] = '\0';
    for (int32_t i = 0; i < outcome->evidence_count && i < PAYMENT_MAX_EVIDENCE; i++)
        text_append(ret, size, &used, "%s%s=%lld", i ? " " : "",
                    payment_evidence_name(outcome->evidence[i].name), (long long)outcome->evidence[i].value);
}

int store_outcome_write(struct store *store, const struct store_row *row, int64_t seq)
{
    char json[STORE_OUTCOME_SIZE];
    size_t length = report_outcome(json, sizeof json, seq, &row->payment, row->product, row->device);
    if (length == 0)
        return SQLITE_INTERNAL;
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_OUTCOME_INSERT);
    sqlite3_bind_int64(statement, 1, seq);
    sqlite3_bind_int64(statement, 2, row->row);
    sqlite3_bind_text(statement, 3, json, (int)length, SQLITE_STATIC);
    return store_sql_run(store, statement, NULL);
}

/* Everything but the outcome itself comes from the row, so the report cannot say other than what was stored.
 */
static int payment_done(struct store *store, const struct payment *payment, int64_t *ret_seq)
{
    struct store_row row;
    int rc = store_row_find(store, payment->claims.provider, payment->claims.payment_id, &row);
    if (rc != SQLITE_OK || row.row == 0)
        return rc != SQLITE_OK ? rc : SQLITE_INTERNAL;
    int64_t seq = store->next_seq++;
    const struct payment_outcome *outcome = &payment->outcome;
    row.payment.outcome = *outcome;
    if (payment->started_at == 0) /* refused after its intent: it never moved */
        row.payment.started_at = 0;
    char evidence[STORE_EVIDENCE_SIZE];
    evidence_text(outcome, evidence, sizeof evidence);
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PAYMENT_DONE);
    sqlite3_bind_int64(statement, 1, row.row);
    sqlite3_bind_int64(statement, 2, seq);
    sqlite3_bind_int(statement, 3, (int)outcome->result);
    sqlite3_bind_int(statement, 4, (int)outcome->reason);
    sqlite3_bind_int(statement, 5, (int)outcome->refund);
    sqlite3_bind_int(statement, 6, outcome->verified);
    store_bind_text(statement, 7, evidence);
    sqlite3_bind_int64(statement, 8, outcome->finished_at);
    sqlite3_bind_int64(statement, 9, row.payment.started_at);
    int changes = 0;
    rc = store_sql_run(store, statement, &changes);
    rc = one_row(rc, changes);
    if (rc == SQLITE_OK)
        rc = store_outcome_write(store, &row, seq);
    store->pending.open -= row.payment.claims.amount;
    *store_ledger_place(&store->pending, (int)outcome->refund) += row.payment.claims.amount;
    store->pending.unacknowledged++;
    *ret_seq = seq;
    return rc;
}

int store_product_write(struct store *store, const char *id, const struct core_product_state *state)
{
    if (id[0] == '\0')
        return SQLITE_INTERNAL;
    char prices[256];
    size_t used = 0;
    prices[0] = '\0';
    for (int32_t i = 0; i < state->price_count && i < CORE_MAX_PRICES; i++)
        text_append(prices, sizeof prices, &used, "%s%lld:%lld", i ? " " : "",
                    (long long)state->prices[i].from, (long long)state->prices[i].price);
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PRODUCT_SET);
    store_bind_text(statement, 1, id);
    sqlite3_bind_int(statement, 2, state->stock);
    sqlite3_bind_int(statement, 3, state->disabled);
    store_bind_text(statement, 4, prices);
    store_bind_text(statement, 5, state->qr);
    return store_sql_run(store, statement, NULL);
}

static int device_set(struct store *store, const char *name, const struct core_device_state *state)
{
    if (name[0] == '\0')
        return SQLITE_INTERNAL;
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_DEVICE_SET);
    store_bind_text(statement, 1, name);
    sqlite3_bind_int(statement, 2, state->strikes);
    sqlite3_bind_int(statement, 3, (int)state->lock);
    sqlite3_bind_int64(statement, 4, state->hold_until);
    sqlite3_bind_int64(statement, 5, state->hold_since);
    store_bind_text(statement, 6, state->hold_owner);
    store_bind_text(statement, 7, state->hold_why);
    return store_sql_run(store, statement, NULL);
}

int store_txn_write(struct store *store, const struct core_txn *txn, bool *ret_conflict, int64_t *ret_seq)
{
    int rc = SQLITE_OK;
    *ret_conflict = false;
    *ret_seq = 0;
    if (txn->parts & CORE_TXN_PAYMENT) {
        rc = payment_insert(store, &txn->payment, ret_conflict);
        if (rc == SQLITE_OK && *ret_conflict)
            return SQLITE_OK;
    }
    if (rc == SQLITE_OK && txn->parts & CORE_TXN_INTENT)
        rc = payment_intent(store, &txn->payment);
    if (rc == SQLITE_OK && txn->parts & CORE_TXN_OUTCOME)
        rc = payment_done(store, &txn->payment, ret_seq);
    if (rc == SQLITE_OK && txn->parts & CORE_TXN_PRODUCT)
        rc = store_product_write(store, product_name(store, txn->product), &txn->product_state);
    if (rc == SQLITE_OK && txn->parts & CORE_TXN_DEVICE)
        rc = device_set(store, device_name(store, txn->device), &txn->device_state);
    if (rc == SQLITE_OK && txn->parts & CORE_TXN_MACHINE)
        rc = store_meta_set(store, "machine_disabled", txn->machine_disabled);
    return rc;
}
