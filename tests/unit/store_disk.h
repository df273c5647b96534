/* A disk that fails on demand, below SQLite: the n-th call of a kind fails once or for ever, a write may be
 * torn. */
#ifndef TESTS_UNIT_STORE_DISK_H
#define TESTS_UNIT_STORE_DISK_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

static struct {
    sqlite3_vfs vfs, *below;
    atomic_int calls; /* reads, writes, truncates and syncs since disk_reset */
    atomic_int writes, syncs;
    int fail_at;   /* number of the call that fails, 0 = none */
    bool for_ever; /* all later ones, too */
    bool torn;     /* a failing write writes its first half */
    int code;      /* SQLITE_IOERR_WRITE, SQLITE_FULL, ... */
    atomic_bool failed;
} disk;

struct disk_file {
    sqlite3_file base;
    sqlite3_file *below;
};

static inline void disk_reset(int fail_at, int code, bool for_ever, bool torn)
{
    disk.fail_at = fail_at;
    disk.code = code;
    disk.for_ever = for_ever;
    disk.torn = torn;
    atomic_store(&disk.calls, 0);
    atomic_store(&disk.writes, 0);
    atomic_store(&disk.syncs, 0);
    atomic_store(&disk.failed, false);
}

static inline bool disk_fails(void)
{
    int call = atomic_fetch_add(&disk.calls, 1) + 1;
    bool fails = disk.fail_at > 0 && (call == disk.fail_at || (disk.for_ever && call > disk.fail_at));
    if (fails)
        atomic_store(&disk.failed, true);
    return fails;
}

static inline sqlite3_file *disk_below(sqlite3_file *file)
{
    return ((struct disk_file *)file)->below;
}

static inline int disk_close(sqlite3_file *file)
{
    return disk_below(file)->pMethods->xClose(disk_below(file));
}

static inline int disk_read(sqlite3_file *file, void *data, int amount, sqlite3_int64 offset)
{
    if (disk.code == SQLITE_IOERR_READ && disk_fails())
        return SQLITE_IOERR_READ;
    return disk_below(file)->pMethods->xRead(disk_below(file), data, amount, offset);
}

static inline int disk_write(sqlite3_file *file, const void *data, int amount, sqlite3_int64 offset)
{
    atomic_fetch_add(&disk.writes, 1);
    if (disk.code != SQLITE_IOERR_READ && disk_fails()) {
        if (disk.torn)
            disk_below(file)->pMethods->xWrite(disk_below(file), data, amount / 2, offset);
        return disk.code;
    }
    return disk_below(file)->pMethods->xWrite(disk_below(file), data, amount, offset);
}

static inline int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (disk.code != SQLITE_IOERR_READ && disk_fails())
        return SQLITE_IOERR_TRUNCATE;
    return disk_below(file)->pMethods->xTruncate(disk_below(file), size);
}

static inline int disk_sync(sqlite3_file *file, int flags)
{
    atomic_fetch_add(&disk.syncs, 1);
    if (disk.code != SQLITE_IOERR_READ && disk_fails())
        return SQLITE_IOERR_FSYNC;
    return disk_below(file)->pMethods->xSync(disk_below(file), flags);
}

static inline int disk_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return disk_below(file)->pMethods->xFileSize(disk_below(file), ret_size);
}

static inline int disk_lock(sqlite3_file *file, int level)
{
    return disk_below(file)->pMethods->xLock(disk_below(file), level);
}

static inline int disk_unlock(sqlite3_file *file, int level)
{
    return disk_below(file)->pMethods->xUnlock(disk_below(file), level);
}

static inline int disk_check_lock(sqlite3_file *file, int *ret_locked)
{
    return disk_below(file)->pMethods->xCheckReservedLock(disk_below(file), ret_locked);
}

static inline int disk_control(sqlite3_file *file, int operation, void *arg)
{
    return disk_below(file)->pMethods->xFileControl(disk_below(file), operation, arg);
}

static inline int disk_sector(sqlite3_file *file)
{
    return disk_below(file)->pMethods->xSectorSize(disk_below(file));
}

static inline int disk_traits(sqlite3_file *file)
{
    return disk_below(file)->pMethods->xDeviceCharacteristics(disk_below(file));
}

static const sqlite3_io_methods disk_methods = {
    .iVersion = 1,
    .xClose = disk_close,
    .xRead = disk_read,
    .xWrite = disk_write,
    .xTruncate = disk_truncate,
    .xSync = disk_sync,
    .xFileSize = disk_size,
    .xLock = disk_lock,
    .xUnlock = disk_unlock,
    .xCheckReservedLock = disk_check_lock,
    .xFileControl = disk_control,
    .xSectorSize = disk_sector,
    .xDeviceCharacteristics = disk_traits,
};

static inline int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    struct disk_file *opened = (struct disk_file *)file;
    (void)vfs;
    memset(opened, 0, sizeof *opened);
    opened->below = (sqlite3_file *)(opened + 1);
    int rc = disk.below->xOpen(disk.below, name, opened->below, flags, ret_flags);
    if (opened->below->pMethods)
        opened->base.pMethods = &disk_methods;
    return rc;
}

/* From now on every store of this process stands on this disk. */
static inline void disk_install(void)
{
    disk.below = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.below;
    disk.vfs.zName = "disk";
    disk.vfs.pNext = NULL;
    disk.vfs.szOsFile = (int)sizeof(struct disk_file) + disk.below->szOsFile;
    disk.vfs.xOpen = disk_open;
    sqlite3_vfs_register(&disk.vfs, 1);
}

#endif
