#include "controller/store_impl.h"

#include <errno.h>
#include <string.h>

#include "common/log.h"
#include "common/text.h"

/* Columns of a payment in the order store_payment_read wants them. */
#define PAYMENT_COLUMNS                                                                                      \
    "p.row, p.provider, p.payment_id, p.claimed_product, p.account, p.currency, p.amount, p.paid_at, "       \
    "p.exp, p.test, "                                                                                        \
    "p.state, p.product, p.device, p.attempts, p.received_at, p.started_at, p.result, p.reason, p.refund, "  \
    "p.verified, p.evidence, p.finished_at"

static const char *const sql_text[STORE_SQL_COUNT] = {
    [STORE_SQL_BEGIN] = "BEGIN IMMEDIATE",
    [STORE_SQL_COMMIT] = "COMMIT",
    [STORE_SQL_ROLLBACK] = "ROLLBACK",
    [STORE_SQL_PAYMENT_INSERT] =
        "INSERT INTO payment(provider, payment_id, claimed_product, account, currency, amount, paid_at, exp, "
        "test, "
        "state, product, device, attempts, received_at, started_at, result, reason, refund, verified, "
        "evidence, "
        "finished_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, ?11, 0, ?12, 0, 0, 0, 0, 0, '', 0) "
        "ON CONFLICT DO NOTHING",
    [STORE_SQL_PAYMENT_INTENT] = "UPDATE payment SET state = 2, attempts = ?3, started_at = ?4 WHERE "
                                 "provider = ?1 AND payment_id = ?2 AND "
                                 "state IN (1, 2)",
    [STORE_SQL_PAYMENT_DONE] = "UPDATE payment SET state = 3, seq = ?2, result = ?3, reason = ?4, refund = "
                               "?5, verified = ?6, evidence = ?7, "
                               "finished_at = ?8, started_at = ?9 WHERE row = ?1 AND state IN (1, 2)",
    [STORE_SQL_PAYMENT_FIND] =
        "SELECT " PAYMENT_COLUMNS " FROM payment p WHERE p.provider = ?1 AND p.payment_id = ?2",
    [STORE_SQL_PAYMENT_OPEN] =
        "SELECT " PAYMENT_COLUMNS
        " FROM payment p WHERE p.state IN (1, 2) AND p.row > ?1 ORDER BY p.row LIMIT 1",
    [STORE_SQL_PAYMENT_LIST] =
        "SELECT " PAYMENT_COLUMNS ", coalesce(o.seq, 0), coalesce(o.acknowledged, 0) FROM payment p "
        "LEFT JOIN outcome o ON o.seq = p.seq WHERE p.row < ?1 AND p.row >= ?2 AND (?3 = '' OR "
        "instr(lower(p.payment_id), lower(?3)) OR instr(lower(p.product), lower(?3)) OR p.result = ?4) AND "
        "p.received_at >= ?5 AND "
        "p.received_at < ?6 ORDER BY p.row DESC LIMIT 1",
    [STORE_SQL_PAYMENT_DATE] = "SELECT received_at FROM payment WHERE row >= ?1 ORDER BY row LIMIT 1",
    [STORE_SQL_PAYMENT_NEWEST] = "SELECT coalesce(max(row), 0) FROM payment",
    [STORE_SQL_OUTCOME_INSERT] = "INSERT INTO outcome(seq, payment, json) VALUES(?1, ?2, ?3)",
    [STORE_SQL_OUTCOME_FIND] =
        "SELECT o.json, o.seq, p.result, o.acknowledged FROM payment p JOIN outcome o ON "
        "o.seq = p.seq WHERE p.provider = ?1 AND p.payment_id = ?2",
    [STORE_SQL_OUTCOME_ACK] = "UPDATE outcome SET acknowledged = 1, acknowledged_at = ?2 WHERE seq = ?1",
    [STORE_SQL_OUTCOME_UNACKED] =
        "SELECT seq, json FROM outcome WHERE acknowledged = 0 AND seq > ?1 ORDER BY seq LIMIT 1",
    [STORE_SQL_OUTCOME_LAST] = "SELECT coalesce(max(seq), 0) FROM outcome",
    [STORE_SQL_PRODUCT_SET] = "INSERT INTO product(id, stock, disabled, prices, qr) VALUES(?1, ?2, ?3, ?4, "
                              "?5) ON CONFLICT(id) DO UPDATE SET "
                              "stock = ?2, disabled = ?3, prices = ?4, qr = ?5",
    [STORE_SQL_PRODUCT_ALL] = "SELECT id, stock, disabled, prices, qr FROM product ORDER BY id",
    [STORE_SQL_DEVICE_SET] =
        "INSERT INTO device(name, strikes, lock, hold_until, hold_since, hold_owner, hold_why) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(name) DO UPDATE SET strikes = ?2, lock = ?3, "
        "hold_until = ?4, hold_since = ?5, hold_owner = ?6, hold_why = ?7",
    [STORE_SQL_DEVICE_ALL] = "SELECT name, strikes, lock, hold_until, hold_since, hold_owner, hold_why "
                             "FROM device ORDER BY name",
    [STORE_SQL_META_SET] =
        "INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = ?2",
    [STORE_SQL_META_GET] = "SELECT value FROM meta WHERE name = ?1",
    [STORE_SQL_COMMAND_INSERT] =
        "INSERT INTO command(jti, claims, received_at) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING",
    [STORE_SQL_COMMAND_FIND] = "SELECT answer, published FROM command WHERE jti = ?1",
    [STORE_SQL_COMMAND_END] = "UPDATE command SET answer = ?2 WHERE jti = ?1 AND answer IS NULL",
    [STORE_SQL_COMMAND_PUBLISHED] = "UPDATE command SET published = 1 WHERE jti = ?1",
    [STORE_SQL_COMMAND_UNPUBLISHED] = "SELECT row, jti, coalesce(answer, '') FROM command WHERE published = "
                                      "0 AND row > ?1 ORDER BY row LIMIT 1",
    [STORE_SQL_COMMAND_PASSAGES] =
        "SELECT row, jti, claims, received_at, coalesce(answer, '') FROM command INDEXED BY command_passage "
        "WHERE " STORE_IS_PASSAGE
        " AND row < ?1 AND received_at >= ?2 AND received_at < ?3 ORDER BY row DESC "
        "LIMIT 1",
    [STORE_SQL_LEDGER] =
        "SELECT state = 3, refund, count(*), coalesce(sum(amount), 0) FROM payment GROUP BY 1, 2",
    [STORE_SQL_UNACKED_COUNT] = "SELECT count(*) FROM outcome WHERE acknowledged = 0",
    [STORE_SQL_PRUNE_SCAN] =
        "SELECT p.row, p.seq, p.received_at, p.state = 3 AND o.acknowledged = 1 AND p.finished_at < ?2 AND "
        "o.seq < ?3 "
        "FROM payment p LEFT JOIN outcome o ON o.seq = p.seq WHERE p.row > ?1 ORDER BY p.row LIMIT ?4",
    [STORE_SQL_PRUNE_OUTCOME] = "DELETE FROM outcome WHERE seq = ?1",
    [STORE_SQL_PRUNE_PAYMENT] = "DELETE FROM payment WHERE row = ?1",
    [STORE_SQL_PRUNE_COMMANDS] =
        "DELETE FROM command WHERE row IN (SELECT row FROM command WHERE published = 1 AND "
        "received_at < ?1 AND row <= (SELECT row FROM command WHERE received_at >= ?3 AND received_at < ?1 "
        "ORDER BY row DESC LIMIT 1) ORDER BY row LIMIT ?2)",
    [STORE_SQL_PRUNE_ANSWERS] = "UPDATE command SET answer = '' WHERE row IN (SELECT row FROM command WHERE "
                                "published = 1 AND received_at < "
                                "?1 AND length(answer) > 4096 ORDER BY row LIMIT ?2)",
    [STORE_SQL_BOOT_INSERT] =
        "INSERT INTO boot(kernel_boot, mono_s, wall_s, version, settled) VALUES(?1, ?2, ?3, ?4, "
        "(SELECT coalesce(max(seq), 0) FROM outcome))",
    [STORE_SQL_BOOT_RECENT] = "SELECT kernel_boot, mono_s, wall_s FROM boot WHERE clean = 0 AND settled = "
                              "(SELECT coalesce(max(seq), "
                              "0) FROM outcome) ORDER BY row DESC LIMIT 32",
    [STORE_SQL_BOOT_CLEAN] = "UPDATE boot SET clean = 1 WHERE row = ?1",
    [STORE_SQL_BOOT_PRUNE] = "DELETE FROM boot WHERE row <= ?1",
};

int store_sql_prepare(struct store *store)
{
    for (int i = 0; i < STORE_SQL_COUNT; i++) {
        int rc =
            sqlite3_prepare_v3(store->db, sql_text[i], -1, SQLITE_PREPARE_PERSISTENT, &store->sql[i], NULL);
        if (rc != SQLITE_OK)
            return rc;
    }
    return SQLITE_OK;
}

void store_sql_finalize(struct store *store)
{
    for (int i = 0; i < STORE_SQL_COUNT; i++) {
        sqlite3_finalize(store->sql[i]);
        store->sql[i] = NULL;
    }
}

sqlite3_stmt *store_sql_get(struct store *store, enum store_sql which)
{
    sqlite3_reset(store->sql[which]);
    sqlite3_clear_bindings(store->sql[which]);
    return store->sql[which];
}

int store_sql_run(struct store *store, sqlite3_stmt *statement, int *ret_changes)
{
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_DONE && ret_changes)
        *ret_changes = sqlite3_changes(store->db);
    int end = sqlite3_reset(statement);
    if (rc == SQLITE_DONE)
        return end;
    return rc == SQLITE_ROW ? SQLITE_INTERNAL : rc;
}

void store_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

bool store_column_text(sqlite3_stmt *statement, int column, char *ret, size_t size)
{
    ret[0] = '\0';
    const char *text = (const char *)sqlite3_column_text(statement, column);
    if (!text)
        return true;
    size_t bytes = (size_t)sqlite3_column_bytes(statement, column);
    return text_copy(ret, size, text) && strlen(text) == bytes;
}

int store_meta_set(struct store *store, const char *name, int64_t value)
{
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_META_SET);
    store_bind_text(statement, 1, name);
    sqlite3_bind_int64(statement, 2, value);
    return store_sql_run(store, statement, NULL);
}

int store_meta_get(struct store *store, const char *name, int64_t *ret)
{
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_META_GET);
    store_bind_text(statement, 1, name);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}
