/* libFuzzer target for opening a damaged store. The input is a list of edits, 5 bytes each, to the bytes of
 * kioskd.db and its -wal: what (flip, set, fill, cut, copy; which file), where (3 bytes), value.
 *
 * The -wal gets one edit, of one byte or a cut: SQLite sums its frames linearly, so that two flipped top bits
 * can cancel each other out (docs/store.md says so). kioskd.db gets all of them.
 *
 * Checked besides crashes: the store opens, invents and changes nothing, and without a new epoch what is
 * there are the first transactions, at least those that were in kioskd.db.
 */
#include "controller/store_impl.h"
#include "tests/unit/store_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EDIT_SIZE = 5, EDIT_MAX = 16, IN_DB = IMAGE_PAYMENTS / 2 };

static struct image image;

static void edit(struct image_file *file, const uint8_t *data)
{
    if (file->size == 0)
        return;
    size_t where = ((size_t)data[1] << 16 | (size_t)data[2] << 8 | data[3]) % file->size;
    size_t run = 1 + (size_t)data[4] * 32;
    if (run > file->size - where)
        run = file->size - where;
    switch (data[0] >> 1 & 7) {
    case 0:
        file->size = where;
        break;
    case 1:
        memset(file->bytes + where, data[4] & 1 ? 0xFF : 0, run);
        break;
    case 2:
        memmove(file->bytes + where, file->bytes, run);
        break;
    case 3:
        file->bytes[where] = data[4];
        break;
    default:
        file->bytes[where] ^= (unsigned char)(1U << (data[4] & 7));
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!image.db.bytes)
        image_make(&image, IN_DB);
    struct image_file db = image_copy(&image.db), wal = image_copy(&image.wal);
    bool wal_edited = false;
    for (size_t i = 0; i + EDIT_SIZE <= size && i < EDIT_MAX * EDIT_SIZE; i += EDIT_SIZE) {
        bool to_wal = data[i] & 1;
        if (to_wal && (wal_edited || (data[i] >> 1 & 7) == 1 || (data[i] >> 1 & 7) == 2))
            continue;
        wal_edited = wal_edited || to_wal;
        edit(to_wal ? &wal : &db, data + i);
    }
    bool new_epoch;
    bool fresh = db.size == 0 && wal.size == 0;
    image_open(&image, &db, &wal, fresh ? 0 : IN_DB, &new_epoch);
    free(db.bytes);
    free(wal.bytes);
    return 0;
}
