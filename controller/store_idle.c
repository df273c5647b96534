/* Housekeeping of the store's thread, in bounded pieces between which it looks whether somebody waits. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "controller/store_impl.h"

static void checkpoint(struct store *store)
{
    pthread_mutex_lock(&store->db_lock);
    int rc = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    store->wal_pages = 0;
    pthread_mutex_unlock(&store->db_lock);
    if (rc != SQLITE_OK)
        store_fail(store, rc, "checkpoint");
}

bool store_idle_step(struct store *store, bool busy)
{
    if (atomic_load(&store->failed))
        return false;
    if (store->wal_pages > (busy ? STORE_WAL_FULL_PAGES : STORE_WAL_IDLE_PAGES)) {
        checkpoint(store);
        return true;
    }
    return false;
}

/* After a clean end the -wal stays, because its blocks are already written and a commit into them is faster;
 * its header is wiped, so that it says nothing to the next start and a restored copy of kioskd.db cannot be
 * mixed with it. */
void store_wal_finish(struct store *store)
{
    int rc = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    store_sql_finalize(store);
    if (sqlite3_close(store->db) != SQLITE_OK || rc != SQLITE_OK)
        return;
    store->db = NULL;
    char path[STORE_PATH_SIZE];
    store_path(store, "-wal", path, sizeof path);
    static const unsigned char nothing[32];
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (pwrite(fd, nothing, sizeof nothing, 0) != (ssize_t)sizeof nothing || fdatasync(fd) < 0)
        log_warning("store could not wipe %s: %d", path, errno);
    close(fd);
}
