/* A damaged file is put aside, what can be read of it is saved, and a new epoch begins.
 *
 * Order, so that a cut anywhere is finished by the next start: mark with the new name → rename the damaged
 * file and its -wal → build kioskd.db.new → rename it into place → remove the mark.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/text.h"
#include "controller/store_impl.h"

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static void join(char *ret, size_t size, const char *path, const char *suffix)
{
    size_t used = 0;
    ret[0] = '\0';
    text_append(ret, size, &used, "%s%s", path, suffix);
}

bool store_is_marked(const struct store *store)
{
    char path[STORE_PATH_SIZE];
    store_path(store, ".damaged", path, sizeof path);
    return exists(path);
}

/* The name in the mark; "" if it has none yet (damage noticed while running). */
static void mark_read(const char *mark, char *ret, size_t size)
{
    int fd = open(mark, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, ret, size - 1) : 0;
    if (fd >= 0)
        close(fd);
    ret[got > 0 ? got : 0] = '\0';
    if (got > 0 && ret[got - 1] == '\n')
        ret[got - 1] = '\0';
    else
        ret[0] = '\0'; /* cut while it was written: nothing was renamed yet */
}

static int mark_write(const struct store *store, const char *mark, const char *aside)
{
    int fd = open(mark, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int rc = dprintf(fd, "%s\n", aside) < 0 || fsync(fd) < 0 ? -errno : 0;
    close(fd);
    return rc < 0 ? rc : store_directory_sync(store);
}

/* PATH.damaged-TIME, with a number if the clock stands still. */
static void name_choose(const struct store *store, char *ret, size_t size)
{
    long long now = clock_wall_s();
    for (int i = 0; i < 1000; i++) {
        size_t used = 0;
        text_append(ret, size, &used, "%s.damaged-%lld", store->path, now);
        if (i > 0)
            text_append(ret, size, &used, ".%d", i);
        if (!exists(ret))
            return;
    }
}

static int move_if_there(const char *from, const char *to)
{
    return exists(from) && !exists(to) && rename(from, to) < 0 ? -errno : 0;
}

static int new_epoch_write(struct store *store, const char *cause, const char *aside,
                           const struct store_saved *saved)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(store->db,
                                "INSERT INTO epoch(began_at, cause, aside, saved_payments, saved_outcomes) "
                                "VALUES(?1, ?2, ?3, ?4, ?5)",
                                -1, &statement, NULL);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_bind_int64(statement, 1, clock_wall_s());
    store_bind_text(statement, 2, cause);
    store_bind_text(statement, 3, aside);
    sqlite3_bind_int64(statement, 4, saved->payments);
    sqlite3_bind_int64(statement, 5, saved->outcomes);
    rc = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Builds the new file completely; nothing of it counts until it is renamed. */
static int new_file_build(struct store *store, const char *path, const char *cause, const char *aside)
{
    struct store_saved saved = {.payments = 0};
    int rc = store_file_open(path, &store->db);
    if (rc == SQLITE_OK)
        rc = store_schema_migrate(store->db);
    if (rc == SQLITE_OK)
        rc = store_sql_prepare(store);
    if (rc == SQLITE_OK)
        rc = store_sql_run(store, store_sql_get(store, STORE_SQL_BEGIN), NULL);
    if (rc == SQLITE_OK)
        rc = store_salvage(store, aside, &saved);
    if (rc == SQLITE_OK)
        rc = new_epoch_write(store, cause, aside, &saved);
    if (rc == SQLITE_OK)
        rc = store_sql_run(store, store_sql_get(store, STORE_SQL_COMMIT), NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    store_sql_finalize(store);
    sqlite3_close(store->db);
    store->db = NULL;
    if (rc == SQLITE_OK)
        log_notice("store saved from=%s payments=%lld outcomes=%lld lost_places=%lld", aside,
                   (long long)saved.payments, (long long)saved.outcomes, (long long)saved.gaps);
    return rc;
}

static int new_file_place(struct store *store, const char *cause, const char *aside)
{
    char path[STORE_PATH_SIZE], wal[STORE_PATH_SIZE];
    store_path(store, ".new", path, sizeof path);
    join(wal, sizeof wal, path, "-wal");
    unlink(path);
    unlink(wal);
    int rc = new_file_build(store, path, cause, aside);
    if (rc != SQLITE_OK)
        return store_errno(rc);
    unlink(wal);
    if (rename(path, store->path) < 0)
        return -errno;
    return store_directory_sync(store);
}

int store_put_aside(struct store *store, const char *cause, struct store_opened *ret)
{
    char mark[STORE_PATH_SIZE], wal[STORE_PATH_SIZE], aside_wal[STORE_PATH_SIZE];
    store_path(store, ".damaged", mark, sizeof mark);
    store_path(store, "-wal", wal, sizeof wal);
    mark_read(mark, ret->aside, sizeof ret->aside);
    int rc = 0;
    if (ret->aside[0] == '\0') {
        name_choose(store, ret->aside, sizeof ret->aside);
        rc = mark_write(store, mark, ret->aside);
    }
    join(aside_wal, sizeof aside_wal, ret->aside, "-wal");
    bool placed = exists(ret->aside) && exists(store->path);
    if (rc == 0 && !placed) {
        rc = move_if_there(store->path, ret->aside);
        if (rc == 0)
            rc = move_if_there(wal, aside_wal);
        if (rc == 0)
            rc = new_file_place(store, cause, ret->aside);
    }
    if (rc < 0)
        return rc;
    ret->new_epoch = true;
    if (unlink(mark) < 0)
        return -errno;
    return store_directory_sync(store);
}
