/* Inside of the store: shared by controller/store*.c only.
 *
 * Two locks. `lock` guards the queues between the callers and the thread and is held for microseconds.
 * `db_lock` guards the connection (opened NOMUTEX) and is held for one statement by readers, for one whole
 * transaction by the writer. Whoever needs both takes db_lock last and never waits for `lock` with it.
 */
#ifndef CONTROLLER_STORE_IMPL_H
#define CONTROLLER_STORE_IMPL_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include "controller/store.h"

enum {
    STORE_JOBS = 16,
    STORE_PATH_SIZE = CONFIG_PATH_SIZE + 64,
    STORE_PAGE = 4096,
    STORE_SEAL_SIZE = 8,               /* of each page, see store_vfs.c */
    STORE_APPLICATION_ID = 0x4B494F53, /* "KIOS" */
    STORE_SCHEMA_VERSION = 3,
    STORE_WAL_IDLE_PAGES = 200,  /* an idle store checkpoints from here on */
    STORE_WAL_FULL_PAGES = 1000, /* a busy one from here on, between two transactions */
    STORE_WAL_RESERVE = 6 << 20, /* bytes of the -wal written in advance */
    STORE_IDLE_MS = 2000,        /* quiet for so long = idle */
    STORE_PRUNE_BATCH = 200,
    STORE_PRUNE_EVERY_S = 3600,
    STORE_EVENT_BLOCK = 10000, /* event seqs reserved at once */
    STORE_STUCK_S = 30,
    STORE_EVIDENCE_SIZE = 512,
};

/* A clock before or after this cannot be right: nothing is counted or pruned by it. */
#define STORE_WALL_LEAST INT64_C(1704067200) /* 2024-01-01 */
#define STORE_WALL_MOST  INT64_C(4102444800) /* 2100-01-01 */

/* The condition of the index command_passage; the length is that of STORE_PASSAGE_MARK. */
#define STORE_IS_PASSAGE "substr(claims, 1, 16) = '" STORE_PASSAGE_MARK "'"

/* All SQL that runs more than once; text in store_sql.c in the same order. */
enum store_sql {
    STORE_SQL_BEGIN,
    STORE_SQL_COMMIT,
    STORE_SQL_ROLLBACK,
    STORE_SQL_PAYMENT_INSERT,
    STORE_SQL_PAYMENT_INTENT,
    STORE_SQL_PAYMENT_DONE,
    STORE_SQL_PAYMENT_FIND,
    STORE_SQL_PAYMENT_OPEN,
    STORE_SQL_PAYMENT_LIST,
    STORE_SQL_PAYMENT_DATE,
    STORE_SQL_PAYMENT_NEWEST,
    STORE_SQL_OUTCOME_INSERT,
    STORE_SQL_OUTCOME_FIND,
    STORE_SQL_OUTCOME_ACK,
    STORE_SQL_OUTCOME_UNACKED,
    STORE_SQL_OUTCOME_LAST,
    STORE_SQL_PRODUCT_SET,
    STORE_SQL_PRODUCT_ALL,
    STORE_SQL_DEVICE_SET,
    STORE_SQL_DEVICE_ALL,
    STORE_SQL_META_SET,
    STORE_SQL_META_GET,
    STORE_SQL_COMMAND_INSERT,
    STORE_SQL_COMMAND_FIND,
    STORE_SQL_COMMAND_END,
    STORE_SQL_COMMAND_PUBLISHED,
    STORE_SQL_COMMAND_UNPUBLISHED,
    STORE_SQL_COMMAND_PASSAGES,
    STORE_SQL_LEDGER,
    STORE_SQL_UNACKED_COUNT,
    STORE_SQL_PRUNE_SCAN,
    STORE_SQL_PRUNE_OUTCOME,
    STORE_SQL_PRUNE_PAYMENT,
    STORE_SQL_PRUNE_COMMANDS,
    STORE_SQL_PRUNE_ANSWERS,
    STORE_SQL_BOOT_INSERT,
    STORE_SQL_BOOT_RECENT,
    STORE_SQL_BOOT_CLEAN,
    STORE_SQL_BOOT_PRUNE,
    STORE_SQL_COUNT
};

/* A write asked for by a leaf thread: runs inside the next group's transaction while the caller waits. run
 * returns an SQLITE_* code; its answer goes into its own argument. Lives on the caller's stack. */
struct store_call {
    int (*run)(struct store *store, void *arg);
    void *arg;
    int result; /* 0 durable, -EIO */
    bool done;
    struct store_call *next;
};

struct store_job {
    void (*run)(struct store *store, void *user);
    void *user;
};

struct store {
    const struct config *config;
    char directory[CONFIG_PATH_SIZE];
    char path[STORE_PATH_SIZE]; /* DIRECTORY/kioskd.db */
    int lock_fd;
    int64_t boot_row;

    pthread_mutex_t db_lock;
    sqlite3 *db;
    sqlite3_stmt *sql[STORE_SQL_COUNT];
    int64_t next_seq;            /* of outcomes; db_lock */
    struct store_ledger ledger;  /* the sums, once they were asked for; db_lock */
    struct store_ledger pending; /* what the open transaction adds to them */
    bool ledger_known;
    atomic_int wal_pages; /* in the -wal since the last checkpoint */
    int64_t prune_row;    /* where the next batch looks; 0 = from the oldest */
    int64_t prune_at_us;  /* not before */
    bool wal_reserved, scrubbed;
    int64_t scrub_page; /* next to be looked at */

    pthread_mutex_t lock;
    pthread_cond_t wake, done;
    struct core_txn
        *ring; /* STORE_QUEUE items; [head, head + count) belong to the thread until it moves head */
    size_t head, count;
    bool conflict[STORE_QUEUE]; /* answers of the group being committed, by ring place */
    int64_t seq[STORE_QUEUE];
    struct store_call *first_call, *last_call;
    struct store_job jobs[STORE_JOBS];
    size_t job_head, job_count;
    bool started;
    pthread_t thread;
    struct queue *events;

    atomic_bool closing;
    atomic_bool failed; /* nothing is written any more in this run */
    bool failed_said;
    atomic_llong busy_since_us; /* 0 = the thread waits for work */
    atomic_llong event_seq, event_limit;
};

/* ---- store_sql.c ---- */
int store_sql_prepare(struct store *store);
void store_sql_finalize(struct store *store);
/* The statement, reset and with bindings cleared. */
sqlite3_stmt *store_sql_get(struct store *store, enum store_sql which);
/* Runs a statement that returns no row. SQLITE_OK or the error; *ret_changes (may be NULL) = rows changed. */
int store_sql_run(struct store *store, sqlite3_stmt *statement, int *ret_changes);
void store_bind_text(sqlite3_stmt *statement, int index, const char *text);
/* Column as text cut to size; "" for NULL. false if it did not fit or holds a NUL. */
bool store_column_text(sqlite3_stmt *statement, int column, char *ret, size_t size);
int store_meta_set(struct store *store, const char *name, int64_t value);
int store_meta_get(struct store *store, const char *name, int64_t *ret);

/* ---- store_schema.c ---- */
/* Creates or migrates the open database in one transaction. SQLITE_OK or the error. SQLITE_NOTADB: not ours;
 * SQLITE_MISMATCH: written by a newer version. */
int store_schema_migrate(sqlite3 *db);
/* The same up to an older version, as older files are. For the tests. */
int store_schema_migrate_to(sqlite3 *db, int version);
/* The first page of a new file with the tables of that version, for a file of so many pages. false: no
 * memory. */
bool store_schema_first_page(unsigned char ret[STORE_PAGE], uint32_t pages, int version);
/* The same with a given list of steps; version = number of steps done. For the tests. */
int store_schema_apply(sqlite3 *db, const char *const *wanted, int count);

/* ---- store_vfs.c ---- */
/* Registers the sealing layer over the default VFS; its name for sqlite3_open_v2. */
const char *store_vfs_name(void);
/* Files opened from now on read this as their first page, whatever theirs is. NULL ends it. For salvage only.
 */
void store_vfs_lend(const unsigned char *page);
uint64_t store_page_sum(const unsigned char *page, int64_t number);
bool store_page_good(const unsigned char *page, int64_t number);

/* ---- store_file.c ---- */
/* Opens the file with all settings; no tables are touched. SQLITE_OK or the error (*ret_db is NULL then). */
int store_file_open(const char *path, sqlite3 **ret_db);
/* The error means that the content is damaged, not that the medium or the space is short. */
bool store_is_damage(int rc);
/* Leaves a mark in the directory: the next start puts the file aside. */
void store_mark_damaged(const struct store *store);
int store_directory_sync(const struct store *store);
/* DIR/name with a suffix. */
void store_path(const struct store *store, const char *suffix, char *ret, size_t size);

/* 0 or -errno for an SQLITE_* code. */
int store_errno(int rc);

/* ---- store_wal.c ---- */
/* The -wal holds something committed that SQLite would not read, or the database that belongs to it is gone.
 * No -wal is no damage. */
bool store_wal_is_damaged(const char *path, const char *database);

/* ---- store_aside.c ---- */
/* Puts the damaged file aside, saves what can be read of it into a new one, and puts that in place. Can be
 * cut anywhere and called again. 0 or -errno. ret->aside and new_epoch are filled. */
int store_put_aside(struct store *store, const char *cause, struct store_opened *ret);
/* A start found the mark of an unfinished store_put_aside or of damage noticed in an earlier run. */
bool store_is_marked(const struct store *store);

/* ---- store_salvage.c ---- */
struct store_saved {
    int64_t payments, outcomes, gaps;
};
/* Copies from the damaged file into store->db, inside its transaction. Bounded in time. SQLITE_OK or an error
 * of the new file; a damaged file that gives nothing is no error. */
int store_salvage(struct store *store, const char *aside, struct store_saved *ret);

/* ---- store_boot.c ---- */
bool store_wall_plausible(int64_t wall_s);
/* Records this start and counts the unclean ones before it. SQLITE_OK or the error. */
int store_boot_record(struct store *store, int32_t *ret_unclean);
int store_boot_clean(struct store *store);

/* ---- store_txn.c ---- */
/* Writes one transaction's parts inside the group's transaction. SQLITE_OK or the error; a known key is no
 * error: *ret_conflict and nothing written. *ret_seq: the outcome's, 0 without one. */
int store_txn_write(struct store *store, const struct core_txn *txn, bool *ret_conflict, int64_t *ret_seq);

/* ---- store_read.c ---- */

/* A payment as its row has it: names beside the indices, which follow today's configuration. */
struct store_row {
    int64_t row;
    struct payment payment;
    char product[CONFIG_ID_SIZE], device[CONFIG_ID_SIZE];
};
/* Fills it from a row of PAYMENT_FIND / PAYMENT_OPEN / PAYMENT_LIST. SQLITE_OK or SQLITE_CORRUPT. */
int store_row_read(struct store *store, sqlite3_stmt *statement, struct store_row *ret);
/* The row of this key. SQLITE_OK with ret->row = 0 and state NONE if there is none. Under db_lock. */
int store_row_find(struct store *store, const char *provider, const char *payment_id, struct store_row *ret);

/* ---- store_txn.c ---- */
/* The text that is published, and its row in the outbox. SQLITE_OK or the error. Under db_lock. */
int store_outcome_write(struct store *store, const struct store_row *row, int64_t seq);

/* What changed for one product since the configuration. SQLITE_OK or the error. Under db_lock. */
int store_product_write(struct store *store, const char *id, const struct core_product_state *state);

/* ---- store_restore.c ---- */
/* A row of PRODUCT_ALL. SQLITE_OK or SQLITE_CORRUPT. */
int store_product_read(sqlite3_stmt *statement, char ret_id[CONFIG_ID_SIZE], struct core_product_state *ret);

/* ---- store_thread.c ---- */
/* Runs run(arg) in a transaction and waits until it is durable: in the thread's next group, or at once on
 * this thread when the store's thread does not run or is the caller. 0 or -EIO. */
int store_call(struct store *store, int (*run)(struct store *store, void *arg), void *arg);
/* Ends the thread after all that is queued. */
void store_stop(struct store *store);
/* Notes an error: this run writes no more. */
void store_fail(struct store *store, int rc, const char *what);

/* ---- store_list.c ---- */
/* The transaction is durable (or not): its part of the sums counts (or not). Under db_lock. */
void store_ledger_settle(struct store *store, bool durable);
/* Where the amount of a settled payment belongs. */
int64_t *store_ledger_place(struct store_ledger *ledger, int refund);

/* ---- store_idle.c ---- */
/* One bounded piece of housekeeping. true: there is more to do. Takes db_lock. busy: only what cannot wait.
 */
bool store_idle_step(struct store *store, bool busy);
/* ---- store_prune.c ---- */
/* It is time for another batch, and the clock can be believed. */
bool store_prune_due(const struct store *store);
/* Deletes one batch. */
void store_prune_step(struct store *store);

/* ---- store_idle.c ---- */
/* Moves all into kioskd.db, closes the connection and wipes the -wal. */
void store_wal_finish(struct store *store);

#endif
