/* Housekeeping of the store's thread, in bounded pieces between which it looks whether somebody waits. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "controller/store_impl.h"

enum { RESERVE_PIECE = 64 << 10, SCRUB_PAGES = 32 };

static void checkpoint(struct store *store)
{
    pthread_mutex_lock(&store->db_lock);
    int rc = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    atomic_store(&store->wal_pages, 0);
    pthread_mutex_unlock(&store->db_lock);
    if (rc != SQLITE_OK)
        store_fail(store, rc, "checkpoint");
}

/* Writes the -wal's blocks in advance: a flush then has no metadata to write (a third faster on ext4), and a
 * commit still has room when the disk is full. Zeros behind the last frame mean nothing to SQLite. */
static void wal_reserve(struct store *store)
{
    static unsigned char zeros[RESERVE_PIECE]; /* not const: no bytes in the program file */
    char path[STORE_PATH_SIZE];
    store_path(store, "-wal", path, sizeof path);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    struct stat status;
    bool more = false;
    if (fd >= 0) {
        pthread_mutex_lock(&store->db_lock); /* nobody else makes the file longer meanwhile */
        more = fstat(fd, &status) == 0 && status.st_size < STORE_WAL_RESERVE &&
               pwrite(fd, zeros, sizeof zeros, status.st_size) == (ssize_t)sizeof zeros;
        pthread_mutex_unlock(&store->db_lock);
        if (more)
            more = fdatasync(fd) == 0;
        close(fd);
    }
    store->wal_reserved = !more;
}

/* Reads on through kioskd.db and checks every seal, so that damage is found before the page is needed. It
 * begins with a checkpoint: what a power cut left half-written in the file is then written again from the
 * -wal. */
static void scrub(struct store *store)
{
    if (store->scrub_page == 0)
        checkpoint(store);
    static unsigned char pages[SCRUB_PAGES][STORE_PAGE]; /* the store's thread only, one store per process */
    int fd = open(store->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        store->scrubbed = true;
        return;
    }
    pthread_mutex_lock(&store->db_lock); /* no checkpoint writes meanwhile */
    ssize_t size = pread(fd, pages, sizeof pages, store->scrub_page * STORE_PAGE);
    pthread_mutex_unlock(&store->db_lock);
    int64_t count = size > 0 ? size / STORE_PAGE : 0;
    close(fd);
    for (int64_t i = 0; i < count; i++) {
        if (!store_page_good(pages[i], store->scrub_page + i)) {
            log_error("store page=%lld is damaged", (long long)(store->scrub_page + i));
            store_fail(store, SQLITE_IOERR_DATA, "scrub");
            return;
        }
    }
    store->scrub_page += count;
    store->scrubbed = count < SCRUB_PAGES;
}

bool store_idle_step(struct store *store, bool busy)
{
    if (atomic_load(&store->failed))
        return false;
    if (atomic_load(&store->wal_pages) > (busy ? STORE_WAL_FULL_PAGES : STORE_WAL_IDLE_PAGES)) {
        checkpoint(store);
        return true;
    }
    if (busy)
        return false;
    if (!store->wal_reserved)
        wal_reserve(store);
    else if (!store->scrubbed)
        scrub(store);
    else if (store_prune_due(store))
        store_prune_step(store);
    else
        return false;
    return true;
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
