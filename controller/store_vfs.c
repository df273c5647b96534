/* A layer below SQLite that seals every page of kioskd.db with a checksum and checks it at every read.
 *
 * SQLite itself does not notice a flipped bit in a value or in a key of an index: a known payment would look
 * unknown. The last 8 bytes of each page (reserved in the file header, so any SQLite reads the file) hold a
 * 64-bit sum over the page and its number. A page that does not fit its seal is an I/O error
 * (SQLITE_IOERR_DATA), never data. The -wal needs no seal: SQLite checks each of its frames. The cost lies in
 * checkpoints and cache misses, not in commits.
 */
#include "controller/store_impl.h"

#include <string.h>

enum { SEAL_SIZE = STORE_SEAL_SIZE, BODY_SIZE = STORE_PAGE - SEAL_SIZE };

struct sealed_file {
    sqlite3_file base;
    bool sealed;               /* the main database, not a journal */
    const unsigned char *lent; /* read instead of the first page, NULL = none */
    sqlite3_file *below;
    unsigned char page[STORE_PAGE];
};

static sqlite3_vfs sealed_vfs;
static const unsigned char *lent_page;

void store_vfs_lend(const unsigned char *page)
{
    lent_page = page;
}

uint64_t store_page_sum(const unsigned char *page, int64_t number)
{
    uint64_t sum = UINT64_C(0x9E3779B97F4A7C15) ^ (uint64_t)number;
    for (int i = 0; i < BODY_SIZE; i += 8) {
        uint64_t word;
        memcpy(&word, page + i, sizeof word);
        /* Both steps can be undone, so two pages that differ in one word never have the same sum. */
        sum = (sum ^ word) * UINT64_C(0xD6E8FEB86659FD93);
        sum ^= sum >> 32;
    }
    return sum;
}

bool store_page_good(const unsigned char *page, int64_t number)
{
    uint64_t seal;
    memcpy(&seal, page + BODY_SIZE, sizeof seal);
    return seal == store_page_sum(page, number);
}

static struct sealed_file *self(sqlite3_file *file)
{
    return (struct sealed_file *)file;
}

static int sealed_close(sqlite3_file *file)
{
    return self(file)->below->pMethods->xClose(self(file)->below);
}

static int sealed_read(sqlite3_file *file, void *data, int amount, sqlite3_int64 offset)
{
    struct sealed_file *sealed = self(file);
    if (sealed->lent && offset + amount <= STORE_PAGE) {
        memcpy(data, sealed->lent + offset, (size_t)amount);
        return SQLITE_OK;
    }
    int rc = sealed->below->pMethods->xRead(sealed->below, data, amount, offset);
    if (!sealed->sealed || amount < 512)
        return rc;
    if (rc == SQLITE_IOERR_SHORT_READ && offset == 0)
        return rc; /* a new file */
    if (rc == SQLITE_IOERR_SHORT_READ)
        return SQLITE_IOERR_DATA;
    if (rc != SQLITE_OK)
        return rc;
    bool whole = amount == STORE_PAGE && offset % STORE_PAGE == 0;
    return whole && store_page_good(data, offset / STORE_PAGE) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

static int sealed_write(sqlite3_file *file, const void *data, int amount, sqlite3_int64 offset)
{
    struct sealed_file *sealed = self(file);
    if (sealed->sealed && amount == STORE_PAGE && offset % STORE_PAGE == 0) {
        memcpy(sealed->page, data, BODY_SIZE);
        uint64_t seal = store_page_sum(sealed->page, offset / STORE_PAGE);
        memcpy(sealed->page + BODY_SIZE, &seal, sizeof seal);
        data = sealed->page;
    }
    return sealed->below->pMethods->xWrite(sealed->below, data, amount, offset);
}

static int sealed_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return self(file)->below->pMethods->xTruncate(self(file)->below, size);
}

static int sealed_sync(sqlite3_file *file, int flags)
{
    return self(file)->below->pMethods->xSync(self(file)->below, flags);
}

static int sealed_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return self(file)->below->pMethods->xFileSize(self(file)->below, ret_size);
}

static int sealed_lock(sqlite3_file *file, int level)
{
    return self(file)->below->pMethods->xLock(self(file)->below, level);
}

static int sealed_unlock(sqlite3_file *file, int level)
{
    return self(file)->below->pMethods->xUnlock(self(file)->below, level);
}

static int sealed_check_lock(sqlite3_file *file, int *ret_locked)
{
    return self(file)->below->pMethods->xCheckReservedLock(self(file)->below, ret_locked);
}

static int sealed_control(sqlite3_file *file, int operation, void *arg)
{
    return self(file)->below->pMethods->xFileControl(self(file)->below, operation, arg);
}

static int sealed_sector(sqlite3_file *file)
{
    return self(file)->below->pMethods->xSectorSize(self(file)->below);
}

static int sealed_traits(sqlite3_file *file)
{
    return self(file)->below->pMethods->xDeviceCharacteristics(self(file)->below);
}

/* Version 1: no shared memory (one connection, exclusive) and no memory mapping. */
static const sqlite3_io_methods sealed_methods = {
    .iVersion = 1,
    .xClose = sealed_close,
    .xRead = sealed_read,
    .xWrite = sealed_write,
    .xTruncate = sealed_truncate,
    .xSync = sealed_sync,
    .xFileSize = sealed_size,
    .xLock = sealed_lock,
    .xUnlock = sealed_unlock,
    .xCheckReservedLock = sealed_check_lock,
    .xFileControl = sealed_control,
    .xSectorSize = sealed_sector,
    .xDeviceCharacteristics = sealed_traits,
};

static sqlite3_vfs *below_of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static int sealed_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    struct sealed_file *sealed = self(file);
    memset(sealed, 0, sizeof *sealed);
    sealed->below = (sqlite3_file *)(sealed + 1);
    sealed->sealed = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    sealed->lent = sealed->sealed ? lent_page : NULL;
    int rc = below_of(vfs)->xOpen(below_of(vfs), name, sealed->below, flags, ret_flags);
    if (sealed->below->pMethods)
        sealed->base.pMethods = &sealed_methods;
    return rc;
}

/* What is not about an open file goes to the default VFS; calls that look at their first argument get the
 * right one. */
static int sealed_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    return below_of(vfs)->xDelete(below_of(vfs), name, sync);
}

static int sealed_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_result)
{
    return below_of(vfs)->xAccess(below_of(vfs), name, flags, ret_result);
}

static int sealed_full_name(sqlite3_vfs *vfs, const char *name, int size, char *ret_name)
{
    return below_of(vfs)->xFullPathname(below_of(vfs), name, size, ret_name);
}

/* The default is looked up at every open of a store, so that tests can put a failing disk below. */
const char *store_vfs_name(void)
{
    static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&once);
    sqlite3_vfs *below = sqlite3_vfs_find(NULL);
    if (below && sealed_vfs.pAppData != below) {
        sqlite3_vfs_unregister(&sealed_vfs);
        sealed_vfs = *below;
        sealed_vfs.zName = "kioskd";
        sealed_vfs.pNext = NULL;
        sealed_vfs.pAppData = below;
        sealed_vfs.szOsFile = (int)sizeof(struct sealed_file) + below->szOsFile;
        sealed_vfs.xOpen = sealed_open;
        sealed_vfs.xDelete = sealed_delete;
        sealed_vfs.xAccess = sealed_access;
        sealed_vfs.xFullPathname = sealed_full_name;
        sqlite3_vfs_register(&sealed_vfs, 0);
    }
    pthread_mutex_unlock(&once);
    return "kioskd";
}
