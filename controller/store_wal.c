/* Looks at a -wal before SQLite does: was something committed that SQLite would silently leave out?
 *
 * SQLite ends its reading at the first frame whose checksum is wrong. Behind a power cut that is right,
 * because the frames of the last transaction may be torn. It is wrong when a whole later transaction follows:
 * that one began only after the flush of the one before, so the frame was good once and the medium has lost
 * it. Format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "controller/store_impl.h"

enum { WAL_HEADER = 32, FRAME_HEADER = 24, FRAME = FRAME_HEADER + STORE_PAGE };

struct wal {
    int fd;
    bool big_endian; /* order of the words that are summed */
    unsigned char salt[8];
    uint32_t sum[2];
    unsigned char frame[FRAME];
};

static uint32_t big_word(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t sum_word(const struct wal *wal, const unsigned char *bytes)
{
    if (wal->big_endian)
        return big_word(bytes);
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static void sum_add(struct wal *wal, const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += 8) {
        wal->sum[0] += sum_word(wal, bytes + i) + wal->sum[1];
        wal->sum[1] += sum_word(wal, bytes + i + 4) + wal->sum[0];
    }
}

static bool sum_is(const struct wal *wal, const unsigned char *bytes)
{
    return big_word(bytes) == wal->sum[0] && big_word(bytes + 4) == wal->sum[1];
}

enum header { HEADER_EMPTY, HEADER_GOOD, HEADER_BAD };

/* Empty or wiped is no damage. A header is 32 bytes of one sector and flushed before the first frame: torn it
 * cannot be. */
static enum header header_read(struct wal *wal)
{
    unsigned char header[WAL_HEADER];
    static const unsigned char nothing[WAL_HEADER];
    ssize_t size = pread(wal->fd, header, sizeof header, 0);
    if (size < (ssize_t)sizeof header || memcmp(header, nothing, sizeof header) == 0)
        return HEADER_EMPTY;
    uint32_t magic = big_word(header);
    wal->big_endian = magic & 1;
    sum_add(wal, header, 24);
    if ((magic & ~UINT32_C(1)) != 0x377F0682 || big_word(header + 8) != STORE_PAGE ||
        !sum_is(wal, header + 24))
        return HEADER_BAD;
    memcpy(wal->salt, header + 16, sizeof wal->salt);
    return HEADER_GOOD;
}

/* The frame belongs to this generation of the file. false also at its end. */
static bool frame_read(struct wal *wal, int64_t index)
{
    ssize_t size = pread(wal->fd, wal->frame, FRAME, WAL_HEADER + index * FRAME);
    return size == FRAME && memcmp(wal->frame + 8, wal->salt, sizeof wal->salt) == 0;
}

static bool frame_good(struct wal *wal, int64_t index)
{
    if (!frame_read(wal, index))
        return false;
    sum_add(wal, wal->frame, 8);
    sum_add(wal, wal->frame + FRAME_HEADER, STORE_PAGE);
    return sum_is(wal, wal->frame + 16);
}

/* Behind the first bad frame: does another transaction begin? Frames of one transaction have rising page
 * numbers, and the last of them carries the size of the database. */
static bool transaction_follows(struct wal *wal, int64_t bad, int64_t count)
{
    uint32_t last_page = 0;
    bool ended = false, seen = false;
    for (int64_t i = bad; i < count; i++) {
        if (!frame_read(wal, i))
            continue;
        uint32_t page = big_word(wal->frame);
        if (ended || (seen && page <= last_page))
            return true;
        seen = true;
        last_page = page;
        ended = big_word(wal->frame + 4) != 0;
    }
    return false;
}

static int64_t size_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : 0;
}

bool store_wal_is_damaged(const char *path, const char *database)
{
    /* The -wal is made after the database has its first page, and stays for ever. */
    if (size_of(database) < STORE_PAGE && size_of(path) > 0)
        return true;
    struct wal *wal = calloc(1, sizeof *wal);
    if (!wal)
        return false;
    wal->fd = open(path, O_RDONLY | O_CLOEXEC);
    bool damaged = false;
    if (wal->fd >= 0) {
        int64_t size = lseek(wal->fd, 0, SEEK_END), good = 0;
        enum header header = header_read(wal);
        int64_t count = size > WAL_HEADER ? (size - WAL_HEADER) / FRAME : 0;
        while (header == HEADER_GOOD && good < count && frame_good(wal, good))
            good++;
        damaged = header == HEADER_BAD || (header == HEADER_GOOD && transaction_follows(wal, good, count));
        close(wal->fd);
    }
    free(wal);
    return damaged;
}
