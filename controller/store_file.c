/* The file as SQLite opens it: settings, names, marks. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/log.h"
#include "common/text.h"
#include "controller/store_impl.h"

void store_path(const struct store *store, const char *suffix, char *ret, size_t size)
{
    size_t used = 0;
    text_append(ret, size, &used, "%s%s", store->path, suffix);
}

bool store_is_damage(int rc)
{
    int primary = rc & 0xFF;
    return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || rc == SQLITE_IOERR_DATA ||
           rc == SQLITE_IOERR_CORRUPTFS;
}

int store_errno(int rc)
{
    if (rc == SQLITE_OK)
        return 0;
    switch (rc & 0xFF) {
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
        return -EACCES;
    case SQLITE_MISMATCH:
        return -ENOTSUP;
    case SQLITE_NOMEM:
        return -ENOMEM;
    default:
        return -EIO;
    }
}

int store_directory_sync(const struct store *store)
{
    int fd = open(store->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int rc = fsync(fd) < 0 ? -errno : 0;
    close(fd);
    return rc;
}

void store_mark_damaged(const struct store *store)
{
    char path[STORE_PATH_SIZE];
    store_path(store, ".damaged", path, sizeof path);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        log_error("store mark file=%s error=%d", path, errno);
    else
        close(fd);
    store_directory_sync(store);
}

/* locking_mode comes first: with it SQLite keeps the -wal's index in memory and needs no second file.
 * Checkpoints are ours (store_idle.c). A statement such as journal_mode answers with a row, so each answer is
 * checked. */
static const struct {
    const char *sql;
    const char *answer; /* NULL = any */
} settings[] = {
    {"PRAGMA locking_mode=EXCLUSIVE", "exclusive"},
    {"PRAGMA page_size=4096", NULL},
    {"PRAGMA journal_mode=WAL", "wal"},
    {"PRAGMA synchronous=FULL", NULL},
    {"PRAGMA synchronous", "2"},
    {"PRAGMA page_size", "4096"},
    {"PRAGMA wal_autocheckpoint=0", "0"},
    {"PRAGMA journal_size_limit=-1", "-1"},
    {"PRAGMA trusted_schema=OFF", NULL},
    {"PRAGMA cache_size=-1024", NULL},
    {"PRAGMA cache_spill=OFF", NULL}, /* frames of one transaction stay in order, see store_wal.c */
    {"PRAGMA temp_store=MEMORY", NULL},
    {"PRAGMA cell_size_check=ON", NULL},
};

static int setting_apply(sqlite3 *db, const char *sql, const char *answer)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    bool good = answer == NULL;
    while (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        good = good || (text && sqlite3_stricmp(text, answer) == 0);
        rc = SQLITE_OK;
    }
    int end = sqlite3_finalize(statement);
    if (rc != SQLITE_DONE)
        return rc;
    return end != SQLITE_OK ? end : good ? SQLITE_OK : SQLITE_CORRUPT;
}

int store_file_open(const char *path, sqlite3 **ret_db)
{
    *ret_db = NULL;
    sqlite3 *db = NULL;
    /* SQLite gives the -wal the mode of the database, so only this one is made by hand. */
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN;
    close(fd);
    int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                             store_vfs_name());
    int seal = STORE_SEAL_SIZE, keep = 1;
    if (rc == SQLITE_OK)
        rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &seal);
    if (rc == SQLITE_OK)
        rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
    /* Only store_idle.c decides when pages move; a failed store is left exactly as it is. */
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    for (size_t i = 0; rc == SQLITE_OK && i < sizeof settings / sizeof settings[0]; i++)
        rc = setting_apply(db, settings[i].sql, settings[i].answer);
    if (rc != SQLITE_OK)
        sqlite3_close(db);
    else
        *ret_db = db;
    return rc;
}
