/* The tables, and how an older file becomes a newer one.
 *
 * user_version is the number of steps done. A step is never changed once it has shipped; a new one is added
 * below it. Enumerations are stored as their numbers in payment.h and core.h (append only); docs/store.md
 * lists them.
 */
#include "controller/store_impl.h"

#include <assert.h>
#include <string.h>

static const char step_1[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE epoch(row INTEGER PRIMARY KEY, began_at INTEGER NOT NULL, cause TEXT NOT NULL, aside TEXT "
    "NOT NULL,"
    "  saved_payments INTEGER NOT NULL, saved_outcomes INTEGER NOT NULL) STRICT;"
    "CREATE TABLE boot(row INTEGER PRIMARY KEY, kernel_boot TEXT NOT NULL, mono_s INTEGER NOT NULL,"
    "  wall_s INTEGER NOT NULL, version TEXT NOT NULL, settled INTEGER NOT NULL, clean INTEGER NOT NULL "
    "DEFAULT 0) STRICT;"
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

/* Openings without a payment are asked for by themselves, among months of other orders. */
static const char step_2[] =
    "CREATE INDEX command_passage ON command(row, received_at) WHERE " STORE_IS_PASSAGE ";";

/* The operator's hold of a barrier. Columns, not a table: the root pages stay where they are (see below). */
static const char step_3[] = "ALTER TABLE device ADD COLUMN hold_until INTEGER NOT NULL DEFAULT 0;"
                             "ALTER TABLE device ADD COLUMN hold_since INTEGER NOT NULL DEFAULT 0;"
                             "ALTER TABLE device ADD COLUMN hold_owner TEXT NOT NULL DEFAULT '';"
                             "ALTER TABLE device ADD COLUMN hold_why TEXT NOT NULL DEFAULT '';";

static const char *const steps[] = {step_1, step_2, step_3};

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

int store_schema_apply(sqlite3 *db, const char *const *wanted, int count)
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
        rc = sqlite3_exec(db, wanted[i], NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = version_write(db, count);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (rc != SQLITE_OK && !sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

int store_schema_migrate_to(sqlite3 *db, int version)
{
    assert(version > 0 && version <= STORE_SCHEMA_VERSION);
    return store_schema_apply(db, steps, version);
}

int store_schema_migrate(sqlite3 *db)
{
    return store_schema_migrate_to(db, STORE_SCHEMA_VERSION);
}

/* The order of the steps fixes where each table begins, so the first page of any file of ours says the same.
 */
bool store_schema_first_page(unsigned char ret[STORE_PAGE], uint32_t pages, int version)
{
    sqlite3 *db = NULL;
    int seal = STORE_SEAL_SIZE;
    sqlite3_int64 size = 0;
    int rc = sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &seal);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "PRAGMA page_size=4096", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = store_schema_migrate_to(db, version);
    unsigned char *bytes = rc == SQLITE_OK ? sqlite3_serialize(db, "main", &size, 0) : NULL;
    bool good = bytes && size >= STORE_PAGE;
    if (good) {
        memcpy(ret, bytes, STORE_PAGE);
        ret[18] = ret[19] = 2; /* file format: WAL */
        for (int i = 0; i < 4; i++)
            ret[28 + i] = (unsigned char)(pages >> (24 - 8 * i)); /* size of the file, big-endian */
        memcpy(ret + 92, ret + 24, 4);                            /* "the size is valid" */
    }
    sqlite3_free(bytes);
    sqlite3_close(db);
    return good;
}
