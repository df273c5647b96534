/* Saves what can be read of a damaged file into a new one, so that known payments stay known and outcomes are
 * still told.
 *
 * Only pages whose seal is good are read. What was PAID becomes MOVING: the part of the file that is gone may
 * have held the intent, and a payment whose movement cannot be ruled out must not move again (I9); the core
 * makes it unknown.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "controller/report.h"
#include "controller/store_impl.h"

enum { SALVAGE_LIMIT_MS = 8000, SALVAGE_SEQ_GAP = 1000 };

struct salvage {
    struct store *store; /* the new file */
    sqlite3 *from;
    int64_t until_us;
    struct store_saved *saved;
};

/* Row tables by row number; the small ones without are read in one go, as far as it goes. */
static const struct {
    const char *name;
    const char *key; /* NULL = no row number */
    int columns;
} tables[] = {
    {"payment", "row", 23}, {"outcome", "seq", 5}, {"command", "row", 6}, {"boot", "row", 7},
    {"epoch", "row", 6},    {"product", NULL, 5},  {"device", NULL, 7},   {"meta", NULL, 2},
};

static bool out_of_time(const struct salvage *salvage)
{
    return clock_mono_us() > salvage->until_us;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *format, const char *a, const char *b)
{
    sqlite3_stmt *statement = NULL;
    char *sql = sqlite3_mprintf(format, a, b);
    if (sql && sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        statement = NULL;
    sqlite3_free(sql);
    return statement;
}

/* A row that breaks a rule of the table was not written by us: it is left out. Other errors concern the new
 * file. */
static int row_copy(sqlite3_stmt *from, sqlite3_stmt *to, int columns)
{
    sqlite3_reset(to);
    for (int i = 0; i < columns; i++)
        sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
    int rc = sqlite3_step(to);
    sqlite3_reset(to);
    return rc == SQLITE_DONE || (rc & 0xFF) == SQLITE_CONSTRAINT ? SQLITE_OK : rc;
}

/* Reads on from `key` until the end or a place that cannot be read. *ret_key: the last row read. */
static int rows_copy(struct salvage *salvage, sqlite3_stmt *from, sqlite3_stmt *to, int columns,
                     int64_t *ret_key, int64_t *ret_count, bool *ret_end)
{
    sqlite3_reset(from);
    sqlite3_bind_int64(from, 1, *ret_key);
    int step;
    while ((step = sqlite3_step(from)) == SQLITE_ROW && !out_of_time(salvage)) {
        int rc = row_copy(from, to, columns);
        if (rc != SQLITE_OK)
            return rc;
        *ret_key = sqlite3_column_int64(from, 0);
        (*ret_count)++;
    }
    *ret_end = step == SQLITE_DONE;
    sqlite3_reset(from);
    return SQLITE_OK;
}

/* A file of an older version has fewer columns in some tables; the others keep what is the rule for them. How
 * many are copied. */
static int writer_prepare(sqlite3 *db, size_t index, sqlite3_stmt *from, sqlite3_stmt **ret)
{
    static const char places[] = "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?";
    int columns = tables[index].columns;
    char *place = sqlite3_mprintf("%.*s", 2 * columns - 1, places);
    if (sqlite3_column_count(from) >= columns)
        *ret = prepare(db, "INSERT OR IGNORE INTO %s VALUES(%s)", tables[index].name, place);
    else if (strcmp(tables[index].name, "device") == 0)
        *ret = prepare(db, "INSERT OR IGNORE INTO %s(name, strikes, lock) VALUES(%s)", tables[index].name,
                       "?,?,?");
    sqlite3_free(place);
    return sqlite3_column_count(from) < columns ? sqlite3_column_count(from) : columns;
}

/* Behind an unreadable page the rows go on: jump over it in growing steps, as long as there may be rows. */
static int table_copy(struct salvage *salvage, size_t index, int64_t *ret_count)
{
    const char *key = tables[index].key;
    sqlite3_stmt *from =
        key ? prepare(salvage->from, "SELECT * FROM %s WHERE %s > ?1 ORDER BY 1", tables[index].name, key)
            : prepare(salvage->from, "SELECT * FROM %s%s", tables[index].name, "");
    sqlite3_stmt *to = NULL;
    int columns = from ? writer_prepare(salvage->store->db, index, from, &to) : 0;
    int64_t last = 0, jump = 1;
    bool end = !from || !to;
    int rc = SQLITE_OK;
    while (rc == SQLITE_OK && !end && !out_of_time(salvage) && jump < INT64_C(1) << 40) {
        int64_t before = last, count = *ret_count;
        rc = rows_copy(salvage, from, to, columns, &last, ret_count, &end);
        if (*ret_count > count)
            jump = 1;
        if (end || !key)
            break;
        salvage->saved->gaps += *ret_count > count || before == 0;
        last += jump;
        jump *= 2;
    }
    sqlite3_finalize(from);
    sqlite3_finalize(to);
    return rc;
}

/* Settled payments whose outcome text is gone: the same text is made again from the row. */
static int outcomes_renew(struct salvage *salvage)
{
    sqlite3_stmt *statement = prepare(
        salvage->store->db,
        "SELECT p.provider, p.payment_id, p.seq FROM payment p LEFT JOIN outcome o ON o.seq = p.seq WHERE "
        "p.state = 3 AND o.seq IS NULL ORDER BY p.row%s%s",
        "", "");
    int rc = statement ? SQLITE_OK : SQLITE_NOMEM;
    while (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW && !out_of_time(salvage)) {
        struct store_row row;
        rc = store_row_find(salvage->store, (const char *)sqlite3_column_text(statement, 0),
                            (const char *)sqlite3_column_text(statement, 1), &row);
        if (rc == SQLITE_OK)
            rc = store_outcome_write(salvage->store, &row, sqlite3_column_int64(statement, 2));
        salvage->saved->outcomes++;
    }
    sqlite3_finalize(statement);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* Numbers must rise beyond what may have been lost. Where nothing is known the clock gives a number that no
 * count of outcomes or events has reached. */
static int numbers_raise(struct store *store)
{
    int64_t wall = clock_wall_s(), event = 0, seq = 0;
    sqlite3_stmt *statement = prepare(
        store->db,
        "SELECT max(coalesce((SELECT max(seq) FROM outcome), 0), %s(SELECT max(seq) FROM payment), 0))%s",
        "coalesce(", "");
    if (statement && sqlite3_step(statement) == SQLITE_ROW)
        seq = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    int rc = store_meta_get(store, "event_seq", &event);
    if (rc == SQLITE_OK)
        rc = store_meta_set(store, "event_seq", event > 0 ? event + STORE_EVENT_BLOCK : wall);
    if (rc == SQLITE_OK)
        rc = store_meta_set(store, "seq_floor", seq > 0 ? seq + SALVAGE_SEQ_GAP : wall);
    return rc;
}

static int everything_copy(struct salvage *salvage)
{
    int64_t other = 0;
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < sizeof tables / sizeof tables[0]; i++)
        rc = table_copy(salvage, i,
                        i == 0   ? &salvage->saved->payments
                        : i == 1 ? &salvage->saved->outcomes
                                 : &other);
    return rc;
}

/* Opens the damaged file and copies from it. lend: with a first page of our own of that version, because its
 * own names no tables any more or promises pages that are not there; 0 = with its own. */
static int source_copy(struct salvage *salvage, const char *aside, int lend)
{
    static unsigned char page[STORE_PAGE];
    struct stat status;
    if (stat(aside, &status) < 0 || status.st_size < STORE_PAGE)
        return SQLITE_OK;
    if (lend && !store_schema_first_page(page, (uint32_t)(status.st_size / STORE_PAGE), lend))
        return SQLITE_NOMEM;
    store_vfs_lend(lend ? page : NULL);
    int rc = SQLITE_OK;
    if (store_file_open(aside, &salvage->from) == SQLITE_OK)
        rc = everything_copy(salvage);
    sqlite3_close(salvage->from);
    salvage->from = NULL;
    store_vfs_lend(NULL);
    return rc;
}

int store_salvage(struct store *store, const char *aside, struct store_saved *ret)
{
    struct salvage salvage = {.store = store, .saved = ret};
    salvage.until_us = clock_mono_us() + SALVAGE_LIMIT_MS * INT64_C(1000);
    int rc = source_copy(&salvage, aside, 0);
    /* A small file of an older version lacks the pages that newer tables begin on. */
    for (int version = STORE_SCHEMA_VERSION; rc == SQLITE_OK && ret->payments == 0 && version > 0; version--)
        rc = source_copy(&salvage, aside, version);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(store->db, "UPDATE payment SET state = 2 WHERE state = 1", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = outcomes_renew(&salvage);
    if (rc == SQLITE_OK)
        rc = numbers_raise(store);
    return rc;
}
