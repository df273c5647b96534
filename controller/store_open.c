/* Opening and closing: directory, lock, check, migration, this start's record. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/text.h"
#include "controller/store_impl.h"

enum {
    CHECK_WHOLE_PAGES = 512
}; /* up to here the whole file is checked before anything else, in a few milliseconds */

static int say(char *error, size_t size, int rc, const char *what, const char *text)
{
    snprintf(error, size, "%s: %s", what, text);
    return rc;
}

/* Creates the directory and its parents, each 0750. 0 or -errno. */
static int directory_make(const char *path)
{
    char part[CONFIG_PATH_SIZE];
    text_copy(part, sizeof part, path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0750) < 0 && errno != EEXIST)
            return -errno;
        *slash = '/';
    }
    return mkdir(part, 0750) < 0 && errno != EEXIST ? -errno : 0;
}

/* A record lock, not flock: it dies with this process and is not handed to children. 0 or -errno. */
static int instance_lock(struct store *store)
{
    char path[STORE_PATH_SIZE];
    snprintf(path, sizeof path, "%s/lock", store->directory);
    store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock_fd < 0)
        return -errno;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(store->lock_fd, F_SETLK, &lock) < 0)
        return errno == EACCES || errno == EAGAIN ? -EBUSY : -errno;
    return 0;
}

/* Small files are checked whole at every start. Larger ones are not: every page carries its seal
 * (store_vfs.c) and is checked when it is read, and the idle thread goes through all of them. */
static int content_check(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, "PRAGMA page_count", -1, &statement, NULL);
    int64_t pages = 0;
    if (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW)
        pages = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    if (rc != SQLITE_ROW)
        return rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
    if (pages > CHECK_WHOLE_PAGES)
        return SQLITE_OK;
    rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &statement, NULL);
    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_step(statement);
    bool good = rc == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    sqlite3_finalize(statement);
    return good ? SQLITE_OK : rc == SQLITE_ROW ? SQLITE_CORRUPT : rc;
}

static int wal_counted(void *user, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    atomic_store(&((struct store *)user)->wal_pages, pages);
    return SQLITE_OK;
}

/* Where the numbers of outcomes and events go on. */
static int numbers_read(struct store *store)
{
    int64_t last = 0, floor = 0, event = 0;
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_OUTCOME_LAST);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        last = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    if (rc != SQLITE_ROW)
        return rc;
    rc = store_meta_get(store, "seq_floor", &floor);
    if (rc == SQLITE_OK)
        rc = store_meta_get(store, "event_seq", &event);
    if (rc != SQLITE_OK)
        return rc;
    store->next_seq = (last > floor ? last : floor) + 1;
    atomic_store(&store->event_seq, event);
    atomic_store(&store->event_limit, event + STORE_EVENT_BLOCK);
    return store_meta_set(store, "event_seq", event + STORE_EVENT_BLOCK);
}

/* Everything up to a store that is ready for use. SQLITE_OK or the error. */
static int content_open(struct store *store, struct store_opened *ret)
{
    int rc = store_file_open(store->path, &store->db);
    if (rc == SQLITE_OK)
        rc = content_check(store->db);
    if (rc == SQLITE_OK)
        rc = store_schema_migrate(store->db);
    if (rc == SQLITE_OK)
        rc = store_sql_prepare(store);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_wal_hook(store->db, wal_counted, store);
    rc = store_sql_run(store, store_sql_get(store, STORE_SQL_BEGIN), NULL);
    if (rc == SQLITE_OK)
        rc = store_boot_record(store, &ret->unclean_starts);
    if (rc == SQLITE_OK)
        rc = numbers_read(store);
    if (rc == SQLITE_OK)
        rc = store_sql_run(store, store_sql_get(store, STORE_SQL_COMMIT), NULL);
    return rc;
}

static void content_close(struct store *store)
{
    store_sql_finalize(store);
    sqlite3_close(store->db);
    store->db = NULL;
}

static void store_free(struct store *store)
{
    if (store->db)
        content_close(store);
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    pthread_cond_destroy(&store->wake);
    pthread_cond_destroy(&store->done);
    pthread_mutex_destroy(&store->lock);
    pthread_mutex_destroy(&store->db_lock);
    free(store->ring);
    free(store);
}

static struct store *store_new(const struct config *config)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return NULL;
    store->ring = calloc(STORE_QUEUE, sizeof *store->ring);
    if (!store->ring) {
        free(store);
        return NULL;
    }
    store->config = config;
    store->lock_fd = -1;
    text_copy(store->directory, sizeof store->directory, config->kiosk.state_dir);
    snprintf(store->path, sizeof store->path, "%s/kioskd.db", store->directory);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&store->wake, &attributes);
    pthread_cond_init(&store->done, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&store->lock, NULL);
    pthread_mutex_init(&store->db_lock, NULL);
    return store;
}

/* Opens; a read error is tried once more, damage puts the file aside. */
static int content_open_or_renew(struct store *store, struct store_opened *ret, char *error,
                                 size_t error_size)
{
    char wal[STORE_PATH_SIZE];
    store_path(store, "-wal", wal, sizeof wal);
    int rc = SQLITE_CORRUPT;
    if (!store_is_marked(store) && !store_wal_is_damaged(wal, store->path))
        rc = content_open(store, ret);
    if ((rc & 0xFF) == SQLITE_IOERR && !store_is_damage(rc)) {
        content_close(store);
        rc = content_open(store, ret);
    }
    if (store_is_damage(rc)) {
        content_close(store);
        int status = store_put_aside(store, sqlite3_errstr(rc), ret);
        if (status < 0)
            return say(error, error_size, status, "a damaged store could not be put aside",
                       strerror(-status));
        log_error("store damaged aside=%s: a new epoch begins", ret->aside);
        rc = content_open(store, ret);
    }
    if (rc != SQLITE_OK)
        return say(error, error_size, store_errno(rc), store->path, sqlite3_errstr(rc));
    return 0;
}

int store_open(struct store **ret_store, const struct config *config, struct store_opened *ret_opened,
               char *error, size_t error_size)
{
    struct store_opened opened = {.new_epoch = false};
    struct store *store = store_new(config);
    if (!store)
        return say(error, error_size, -ENOMEM, "store", "out of memory");
    int rc = directory_make(store->directory);
    if (rc < 0)
        say(error, error_size, rc, store->directory, strerror(-rc));
    if (rc == 0 && (rc = instance_lock(store)) < 0)
        say(error, error_size, rc, store->directory,
            rc == -EBUSY ? "another kioskd uses this directory" : strerror(-rc));
    if (rc == 0)
        rc = content_open_or_renew(store, &opened, error, error_size);
    if (rc < 0) {
        store_free(store);
        return rc;
    }
    *ret_opened = opened;
    *ret_store = store;
    return 0;
}

static int close_run(struct store *store, void *arg)
{
    (void)arg;
    int rc = store_boot_clean(store);
    return rc == SQLITE_OK ? store_meta_set(store, "event_seq", atomic_load(&store->event_seq)) : rc;
}

void store_close(struct store *store, bool clean)
{
    if (!store)
        return;
    store_stop(store);
    if (clean && !atomic_load(&store->failed) && store_call(store, close_run, NULL) == 0)
        store_wal_finish(store);
    store_free(store);
}
