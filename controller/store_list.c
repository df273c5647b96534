/* Pages of payments for people, and the sums of the ledger. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "controller/store_impl.h"

enum {
    LIST_SPAN = 2000,     /* rows looked at under the lock at once */
    LIST_GRACE_S = 86400, /* rows dated so much before the period: no later one lies behind them */
};

static enum payment_result result_by_name(const char *name)
{
    for (int i = PAYMENT_RESULT_NONE + 1; i < PAYMENT_RESULT_COUNT; i++) {
        if (strcmp(payment_result_name((enum payment_result)i), name) == 0)
            return (enum payment_result)i;
    }
    return PAYMENT_RESULT_COUNT;
}

/* The newest match in [from, before). SQLITE_ROW, SQLITE_DONE or the error. Under db_lock. */
static int list_match(struct store *store, int64_t before, int64_t from, const struct store_search *search,
                      struct store_payment_row *ret)
{
    struct store_row row;
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PAYMENT_LIST);
    sqlite3_bind_int64(statement, 1, before);
    sqlite3_bind_int64(statement, 2, from);
    store_bind_text(statement, 3, search->filter);
    sqlite3_bind_int(statement, 4, (int)result_by_name(search->filter));
    sqlite3_bind_int64(statement, 5, search->from);
    sqlite3_bind_int64(statement, 6, search->to);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        int bad = store_row_read(store, statement, &row);
        if (bad == SQLITE_OK) {
            ret->row = row.row;
            ret->payment = row.payment;
            text_copy(ret->product, sizeof ret->product, row.product);
            text_copy(ret->device, sizeof ret->device, row.device);
            ret->seq = sqlite3_column_int64(statement, 22);
            ret->acknowledged = sqlite3_column_int(statement, 23) != 0;
        } else {
            rc = bad;
        }
    }
    sqlite3_reset(statement);
    return rc;
}

/* The highest row number, 0 = no rows. SQLITE_OK or the error. */
static int list_newest(struct store *store, int64_t *ret)
{
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PAYMENT_NEWEST);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* The row at this number, or the next one after it, was received before anything that is looked for. A date
 * that cannot be right says nothing. Under db_lock. */
static bool list_is_over(struct store *store, int64_t row, const struct store_search *search)
{
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PAYMENT_DATE);
    sqlite3_bind_int64(statement, 1, row);
    int64_t at = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return store_wall_plausible(at) && search->from > LIST_GRACE_S && at < search->from - LIST_GRACE_S;
}

/* Looks down from search->next, span by span. 1 = got one, 0 = not, and next says where it stopped; -EIO. */
static int list_next(struct store *store, struct store_search *search, struct store_payment_row *ret)
{
    int rc = SQLITE_DONE;
    while (rc == SQLITE_DONE && search->next > 1 && search->rows > 0) {
        int64_t before = search->next, from = before > LIST_SPAN ? before - LIST_SPAN : 1;
        pthread_mutex_lock(&store->db_lock);
        rc = list_match(store, before, from, search, ret);
        bool over = rc == SQLITE_DONE && list_is_over(store, from, search);
        pthread_mutex_unlock(&store->db_lock);
        search->next = over ? 0 : rc == SQLITE_ROW ? ret->row : from;
        search->rows -= before - search->next;
    }
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return rc == SQLITE_ROW;
    store_fail(store, rc, "list");
    return -EIO;
}

int store_search(struct store *store, struct store_search *search,
                 void (*each)(void *user, const struct store_payment_row *row), void *user)
{
    pthread_mutex_lock(&store->db_lock);
    int64_t newest = 0;
    int rc = list_newest(store, &newest);
    pthread_mutex_unlock(&store->db_lock);
    if (rc != SQLITE_OK) {
        store_fail(store, rc, "list");
        return -EIO;
    }
    static const struct store_payment_row none;
    struct store_payment_row row = none;
    int count = 0;
    search->next = search->before_row > 0 && search->before_row <= newest ? search->before_row : newest + 1;
    while (count < search->max && (rc = list_next(store, search, &row)) == 1) {
        each(user, &row);
        count++;
    }
    if (search->next <= 1)
        search->next = 0;
    return rc < 0 ? rc : count;
}

int store_list(struct store *store, int64_t before_row, int max, const char *filter,
               void (*each)(void *user, const struct store_payment_row *row), void *user)
{
    struct store_search search = {.before_row = before_row,
                                  .from = INT64_MIN,
                                  .to = INT64_MAX,
                                  .rows = INT64_MAX,
                                  .max = max,
                                  .filter = filter ? filter : ""};
    return store_search(store, &search, each, user);
}

int64_t *store_ledger_place(struct store_ledger *ledger, int refund)
{
    if (refund == PAYMENT_REFUND_YES)
        return &ledger->refund;
    return refund == PAYMENT_REFUND_REVIEW ? &ledger->review : &ledger->delivered;
}

void store_ledger_settle(struct store *store, bool durable)
{
    struct store_ledger *sum = &store->ledger;
    const struct store_ledger *more = &store->pending;
    if (durable) {
        sum->payments += more->payments;
        sum->paid += more->paid;
        sum->delivered += more->delivered;
        sum->refund += more->refund;
        sum->review += more->review;
        sum->open += more->open;
        sum->unacknowledged += more->unacknowledged;
    }
    memset(&store->pending, 0, sizeof store->pending);
}

/* Sums of the rows that are still here. Under db_lock. */
static int ledger_rows(struct store *store, struct store_ledger *ret)
{
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_LEDGER);
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        bool done = sqlite3_column_int(statement, 0) != 0;
        int refund = sqlite3_column_int(statement, 1);
        int64_t sum = sqlite3_column_int64(statement, 3);
        ret->payments += sqlite3_column_int64(statement, 2);
        ret->paid += sum;
        *(done ? store_ledger_place(ret, refund) : &ret->open) += sum;
    }
    sqlite3_reset(statement);
    if (rc != SQLITE_DONE)
        return rc;
    statement = store_sql_get(store, STORE_SQL_UNACKED_COUNT);
    rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        ret->unacknowledged = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

int store_ledger(struct store *store, struct store_ledger *ret)
{
    /* Reading all rows takes tens of milliseconds with many of them, so it is done once; commits keep the
     * sums. */
    int rc = SQLITE_OK;
    pthread_mutex_lock(&store->db_lock);
    if (!store->ledger_known) {
        memset(&store->ledger, 0, sizeof store->ledger);
        rc = ledger_rows(store, &store->ledger);
        store->ledger_known = rc == SQLITE_OK;
    }
    struct store_ledger ledger = store->ledger;
    pthread_mutex_unlock(&store->db_lock);
    if (rc != SQLITE_OK) {
        store_fail(store, rc, "ledger");
        return -EIO;
    }
    *ret = ledger;
    return 0;
}
