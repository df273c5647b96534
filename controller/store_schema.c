/* The tables, and how an older file becomes a newer one.
 *
 * user_version is the number of steps done. A step is never changed once it has shipped; a new one is added
 * below it. Enumerations are stored as their numbers in payment.h and core.h (append only); docs/store.md
 * lists them.
 */
#include "controller/store_impl.h"

static const char step_1[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE epoch(row INTEGER PRIMARY KEY, began_at INTEGER NOT NULL, cause TEXT NOT NULL, aside TEXT "
    "NOT NULL,"
    "  saved_payments INTEGER NOT NULL, saved_outcomes INTEGER NOT NULL) STRICT;"
    "CREATE TABLE boot(row INTEGER PRIMARY KEY, kernel_boot TEXT NOT NULL, mono_s INTEGER NOT NULL,"
    "  wall_s INTEGER NOT NULL, version TEXT NOT NULL, clean INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE payment(row INTEGER PRIMARY KEY, provider TEXT NOT NULL, payment_id TEXT NOT NULL,"
    "  claimed_product TEXT NOT NULL, account TEXT NOT NULL, currency TEXT NOT NULL,"
    "  amount INTEGER NOT NULL CHECK(amount > 0), paid_at INTEGER NOT NULL, exp INTEGER NOT NULL,"
    "  test INTEGER NOT NULL, state INTEGER NOT NULL CHECK(state BETWEEN 1 AND 3), product TEXT NOT NULL,"
    "  device TEXT NOT NULL, attempts INTEGER NOT NULL, received_at INTEGER NOT NULL, started_at INTEGER NOT "
    "NULL,"
    "  result INTEGER NOT NULL, reason INTEGER NOT NULL, refund INTEGER NOT NULL, verified INTEGER NOT NULL,"
    "  evidence TEXT NOT NULL, finished_at INTEGER NOT NULL, seq INTEGER NOT NULL DEFAULT 0,"
    "  UNIQUE(provider, payment_id)) STRICT;"
    "CREATE INDEX payment_open ON payment(row) WHERE state IN (1, 2);"
    "CREATE TABLE outcome(seq INTEGER PRIMARY KEY, payment INTEGER NOT NULL, json TEXT NOT NULL,"
    "  acknowledged INTEGER NOT NULL DEFAULT 0, acknowledged_at INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX outcome_unacknowledged ON outcome(seq) WHERE acknowledged = 0;"
    "CREATE TABLE product(id TEXT PRIMARY KEY, stock INTEGER NOT NULL, disabled INTEGER NOT NULL,"
    "  prices TEXT NOT NULL, qr TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE device(name TEXT PRIMARY KEY, strikes INTEGER NOT NULL, lock INTEGER NOT NULL)"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE command(row INTEGER PRIMARY KEY, jti TEXT NOT NULL UNIQUE, claims TEXT NOT NULL,"
    "  received_at INTEGER NOT NULL, answer TEXT, published INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX command_unpublished ON command(row) WHERE published = 0;";

static const char *const steps[] = {step_1};

_Static_assert(sizeof steps / sizeof steps[0] == STORE_SCHEMA_VERSION, "one step per version");

static int pragma_read(sqlite3 *db, const char *sql, int *ret)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW)
        *ret = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return rc == SQLITE_ROW ? SQLITE_OK : rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
}

static int version_write(sqlite3 *db, int version)
{
    char sql[64];
    sqlite3_snprintf(sizeof sql, sql, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                     STORE_APPLICATION_ID, version);
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

int store_schema_apply(sqlite3 *db, const char *const *list, int count)
{
    int application = 0, version = 0, tables = 0;
    int rc = pragma_read(db, "PRAGMA application_id", &application);
    if (rc == SQLITE_OK)
        rc = pragma_read(db, "PRAGMA user_version", &version);
    if (rc == SQLITE_OK)
        rc = pragma_read(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (rc != SQLITE_OK)
        return rc;
    bool fresh = application == 0 && version == 0 && tables == 0;
    if ((!fresh && application != STORE_APPLICATION_ID) || version < 0)
        return SQLITE_NOTADB;
    if (version > count)
        return SQLITE_MISMATCH;
    if (version == count)
        return SQLITE_OK;
    rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (int i = version; rc == SQLITE_OK && i < count; i++)
        rc = sqlite3_exec(db, list[i], NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = version_write(db, count);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (rc != SQLITE_OK && !sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

int store_schema_migrate(sqlite3 *db)
{
    return store_schema_apply(db, steps, STORE_SCHEMA_VERSION);
}
