/* Reading back: one payment, its outcome, what was not acknowledged, what the core must know at start.
 *
 * Callbacks run without the lock, one row fetched at a time, so a slow consumer never holds up a commit.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/text.h"
#include "config/load.h"
#include "controller/store_impl.h"

/* An enumeration read from the file: a number out of range is damage. */
static bool column_enum(sqlite3_stmt *statement, int column, int count, int *ret)
{
    int64_t value = sqlite3_column_int64(statement, column);
    bool known = value >= 0 && value < count;
    *ret = known ? (int)value : 0;
    return known;
}

/* A name that a newer version has written is left out; the text that is published does not come from here. */
static void evidence_add(struct payment_outcome *outcome, const char *name, size_t length, int64_t value)
{
    for (int i = 0; i < PAYMENT_EVIDENCE_COUNT; i++) {
        const char *known = payment_evidence_name((enum payment_evidence)i);
        if (strncmp(known, name, length) == 0 && known[length] == '\0' &&
            outcome->evidence_count < PAYMENT_MAX_EVIDENCE) {
            outcome->evidence[outcome->evidence_count].name = (enum payment_evidence)i;
            outcome->evidence[outcome->evidence_count++].value = value;
            return;
        }
    }
}

static bool evidence_read(const char *text, struct payment_outcome *outcome)
{
    while (*text) {
        const char *equals = strchr(text, '=');
        if (!equals)
            return false;
        char *end;
        errno = 0;
        long long value = strtoll(equals + 1, &end, 10);
        if (errno || end == equals + 1)
            return false;
        evidence_add(outcome, text, (size_t)(equals - text), value);
        text = *end == ' ' ? end + 1 : end;
    }
    return true;
}

static bool claims_read(sqlite3_stmt *statement, struct payment_claims *claims)
{
    claims->amount = sqlite3_column_int64(statement, 6);
    claims->paid_at = sqlite3_column_int64(statement, 7);
    claims->exp = sqlite3_column_int64(statement, 8);
    claims->test = sqlite3_column_int(statement, 9) != 0;
    return store_column_text(statement, 1, claims->provider, sizeof claims->provider) &&
           store_column_text(statement, 2, claims->payment_id, sizeof claims->payment_id) &&
           store_column_text(statement, 3, claims->product, sizeof claims->product) &&
           store_column_text(statement, 4, claims->account, sizeof claims->account) &&
           store_column_text(statement, 5, claims->currency, sizeof claims->currency);
}

static bool outcome_read(sqlite3_stmt *statement, struct payment_outcome *outcome)
{
    int result, reason, refund;
    char evidence[STORE_EVIDENCE_SIZE];
    if (!column_enum(statement, 16, PAYMENT_RESULT_COUNT, &result) ||
        !column_enum(statement, 18, PAYMENT_REFUND_COUNT, &refund) ||
        !store_column_text(statement, 20, evidence, sizeof evidence))
        return false;
    outcome->result = (enum payment_result)result;
    if (!column_enum(statement, 17, PAYMENT_REASON_COUNT, &reason))
        reason = PAYMENT_REASON_NONE; /* of a newer version */
    outcome->reason = (enum payment_reason)reason;
    outcome->refund = (enum payment_refund)refund;
    outcome->verified = sqlite3_column_int(statement, 19) != 0;
    outcome->finished_at = sqlite3_column_int64(statement, 21);
    return evidence_read(evidence, outcome);
}

int store_row_read(struct store *store, sqlite3_stmt *statement, struct store_row *ret)
{
    memset(ret, 0, sizeof *ret);
    struct payment *payment = &ret->payment;
    int state;
    if (!claims_read(statement, &payment->claims) || !outcome_read(statement, &payment->outcome) ||
        !column_enum(statement, 10, PAYMENT_STATE_COUNT, &state) ||
        !store_column_text(statement, 11, ret->product, sizeof ret->product) ||
        !store_column_text(statement, 12, ret->device, sizeof ret->device))
        return SQLITE_CORRUPT;
    ret->row = sqlite3_column_int64(statement, 0);
    payment->state = (enum payment_state)state;
    payment->product = config_find_product(store->config, ret->product);
    payment->device = config_find_device(store->config, ret->device);
    payment->attempts = sqlite3_column_int(statement, 13);
    payment->received_at = sqlite3_column_int64(statement, 14);
    payment->started_at = sqlite3_column_int64(statement, 15);
    return SQLITE_OK;
}

/* Steps a statement that gives at most one row. SQLITE_OK; ret->row = 0 without a row. */
static int row_step(struct store *store, sqlite3_stmt *statement, struct store_row *ret)
{
    memset(ret, 0, sizeof *ret);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        rc = store_row_read(store, statement, ret);
    else if (rc == SQLITE_DONE)
        rc = SQLITE_OK;
    return rc;
}

int store_row_find(struct store *store, const char *provider, const char *payment_id, struct store_row *ret)
{
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PAYMENT_FIND);
    store_bind_text(statement, 1, provider);
    store_bind_text(statement, 2, payment_id);
    int rc = row_step(store, statement, ret);
    sqlite3_reset(statement);
    return rc;
}

int store_find_payment(struct store *store, const char *provider, const char *payment_id, struct payment *ret)
{
    struct store_row row;
    pthread_mutex_lock(&store->db_lock);
    int rc = store_row_find(store, provider, payment_id, &row);
    pthread_mutex_unlock(&store->db_lock);
    if (rc != SQLITE_OK) {
        store_fail(store, rc, "find");
        return -EIO;
    }
    *ret = row.payment;
    return 0;
}

long store_outcome(struct store *store, const char *provider, const char *payment_id, char *ret, size_t size,
                   int64_t *ret_seq)
{
    long length = 0;
    pthread_mutex_lock(&store->db_lock);
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_OUTCOME_FIND);
    store_bind_text(statement, 1, provider);
    store_bind_text(statement, 2, payment_id);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        length = store_column_text(statement, 0, ret, size) ? (long)strlen(ret) : -EIO;
        *ret_seq = sqlite3_column_int64(statement, 1);
    }
    sqlite3_reset(statement);
    pthread_mutex_unlock(&store->db_lock);
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return length;
    store_fail(store, rc, "outcome");
    return -EIO;
}

/* The next unacknowledged outcome. 1 = got one, 0 = no more, -EIO. */
static int unacknowledged_next(struct store *store, int64_t after, int64_t *ret_seq, char *ret, size_t size)
{
    pthread_mutex_lock(&store->db_lock);
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_OUTCOME_UNACKED);
    sqlite3_bind_int64(statement, 1, after);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        *ret_seq = sqlite3_column_int64(statement, 0);
        if (!store_column_text(statement, 1, ret, size))
            rc = SQLITE_CORRUPT;
    }
    sqlite3_reset(statement);
    pthread_mutex_unlock(&store->db_lock);
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return rc == SQLITE_ROW;
    store_fail(store, rc, "outbox");
    return -EIO;
}

int store_unacknowledged(struct store *store, int64_t after, int max,
                         void (*each)(void *user, int64_t seq, const char *json, size_t length), void *user)
{
    char json[STORE_OUTCOME_SIZE];
    int count = 0;
    while (count < max) {
        int rc = unacknowledged_next(store, after, &after, json, sizeof json);
        if (rc < 0)
            return rc;
        if (rc == 0)
            break;
        each(user, after, json, strlen(json));
        count++;
    }
    return count;
}

struct acknowledge {
    const char *provider, *payment_id;
    enum payment_result wanted, stored;
    int answer;
};

static int acknowledge_run(struct store *store, void *arg)
{
    struct acknowledge *ack = arg;
    ack->answer = 0;
    ack->stored = PAYMENT_RESULT_NONE;
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_OUTCOME_FIND);
    store_bind_text(statement, 1, ack->provider);
    store_bind_text(statement, 2, ack->payment_id);
    int rc = sqlite3_step(statement);
    int64_t seq = 0;
    bool known = false;
    if (rc == SQLITE_ROW) {
        int result;
        seq = sqlite3_column_int64(statement, 1);
        known = sqlite3_column_int(statement, 3) != 0;
        rc = column_enum(statement, 2, PAYMENT_RESULT_COUNT, &result) ? SQLITE_OK : SQLITE_CORRUPT;
        ack->stored = (enum payment_result)result;
        ack->answer = ack->stored == ack->wanted;
    } else if (rc == SQLITE_DONE) {
        rc = SQLITE_OK;
    }
    sqlite3_reset(statement);
    if (rc != SQLITE_OK || !ack->answer || known)
        return rc;
    statement = store_sql_get(store, STORE_SQL_OUTCOME_ACK);
    sqlite3_bind_int64(statement, 1, seq);
    sqlite3_bind_int64(statement, 2, clock_wall_s());
    store->pending.unacknowledged--;
    return store_sql_run(store, statement, NULL);
}

int store_acknowledge(struct store *store, const char *provider, const char *payment_id,
                      enum payment_result result, enum payment_result *ret_result)
{
    struct acknowledge ack = {.provider = provider, .payment_id = payment_id, .wanted = result};
    int rc = store_call(store, acknowledge_run, &ack);
    if (rc < 0)
        return rc;
    *ret_result = ack.stored;
    return ack.answer;
}
