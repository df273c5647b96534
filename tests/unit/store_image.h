/* A store's files as bytes: made once, damaged in many ways, opened again, and compared with what was
 * committed. */
#ifndef TESTS_UNIT_STORE_IMAGE_H
#define TESTS_UNIT_STORE_IMAGE_H

#include <fcntl.h>

#include "tests/unit/store_rig.h"

enum { IMAGE_PAYMENTS = 60, IMAGE_MAX = 8 << 20 };

struct image_file {
    unsigned char *bytes;
    size_t size;
};

struct image {
    struct image_file db, wal;
    char json[IMAGE_PAYMENTS][STORE_OUTCOME_SIZE]; /* "" = not settled */
    struct payment payment[IMAGE_PAYMENTS];
};

static inline void image_read(const struct rig *rig, const char *name, struct image_file *ret)
{
    char path[256];
    rig_path(rig, name, path, sizeof path);
    ret->bytes = malloc(IMAGE_MAX);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, ret->bytes, IMAGE_MAX) : 0;
    assert_true(ret->bytes != NULL && size >= 0 && size < IMAGE_MAX);
    ret->size = (size_t)size;
    if (fd >= 0)
        close(fd);
}

static inline void image_write(const struct rig *rig, const char *name, const struct image_file *file)
{
    char path[256];
    rig_path(rig, name, path, sizeof path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, file->bytes, file->size), file->size);
    close(fd);
}

static inline struct core_txn image_txn(struct rig *rig, int number)
{
    char id[64];
    snprintf(id, sizeof id, "payment-%04d-with-a-rather-long-name", number * 7919 % 10000);
    struct core_txn txn = rig_payment(rig, id);
    txn.payment.claims.amount = 100 + number;
    if (number % 5 != 4)
        rig_intend(&txn);
    if (number % 5 < 3)
        rig_settle(&txn, PAYMENT_RESULT_DELIVERED, PAYMENT_REFUND_NO);
    return txn;
}

static inline void image_sell(struct rig *rig, struct image *image, int first, int last)
{
    for (int i = first; i < last; i++) {
        struct core_txn txn = image_txn(rig, i);
        assert_true(rig_commit(rig, &txn).ok);
        image->payment[i] = rig_find(rig, txn.payment.claims.payment_id);
        int64_t seq;
        assert_true(store_outcome(rig->store, "psp", txn.payment.claims.payment_id, image->json[i],
                                  sizeof image->json[i], &seq) >= 0);
    }
}

/* Payments [0, in_db) are in kioskd.db, the rest only in the -wal, as after a power cut. */
static inline void image_make(struct image *image, int in_db)
{
    struct rig rig;
    memset(image, 0, sizeof *image);
    rig_create(&rig);
    rig_start(&rig);
    image_sell(&rig, image, 0, in_db);
    rig_stop(&rig, true);
    rig_start(&rig);
    image_sell(&rig, image, in_db, IMAGE_PAYMENTS);
    rig_stop(&rig, false);
    image_read(&rig, "kioskd.db", &image->db);
    image_read(&rig, "kioskd.db-wal", &image->wal);
    rig_destroy(&rig);
}

static inline void image_free(struct image *image)
{
    free(image->db.bytes);
    free(image->wal.bytes);
}

static inline struct image_file image_copy(const struct image_file *file)
{
    struct image_file copy = {.bytes = malloc(file->size + 1), .size = file->size};
    assert_non_null(copy.bytes);
    memcpy(copy.bytes, file->bytes, file->size);
    return copy;
}

struct image_seen {
    const struct image *image;
    struct rig *rig;
    bool salvaged;
    bool present[IMAGE_PAYMENTS];
    int count;
};

static inline int image_find(const struct image *image, const char *payment_id)
{
    for (int i = 0; i < IMAGE_PAYMENTS; i++) {
        if (strcmp(image->payment[i].claims.payment_id, payment_id) == 0)
            return i;
    }
    return -1;
}

/* Nothing is invented: every row is one that was committed, unchanged. Saved from damage, a paid one is
 * moving. */
static inline void image_check_row(void *user, const struct store_payment_row *row)
{
    struct image_seen *seen = user;
    int number = image_find(seen->image, row->payment.claims.payment_id);
    assert_in_range(number, 0, IMAGE_PAYMENTS - 1);
    const struct payment *was = &seen->image->payment[number];
    assert_false(seen->present[number]);
    seen->present[number] = true;
    seen->count++;
    assert_true(payment_same_content(&row->payment.claims, &was->claims));
    assert_int_equal(row->payment.claims.paid_at, was->claims.paid_at);
    assert_int_equal(row->payment.outcome.result, was->outcome.result);
    assert_int_equal(row->payment.outcome.finished_at, was->outcome.finished_at);
    if (seen->salvaged && was->state == PAYMENT_STATE_PAID)
        assert_int_equal(row->payment.state, PAYMENT_STATE_MOVING);
    else
        assert_int_equal(row->payment.state, was->state);
    char json[STORE_OUTCOME_SIZE] = "";
    int64_t seq;
    assert_true(store_outcome(seen->rig->store, "psp", was->claims.payment_id, json, sizeof json, &seq) >= 0);
    assert_string_equal(json, seen->image->json[number]);
}

static inline void image_ignore(void *user, const struct core_event *event)
{
    (void)user;
    (void)event;
}

/* Opens the files; how many payments are there. Fails if one is not as it was, or if some are silently
 * missing: without a new epoch those there are must be the first ones (a cut -wal), and at least `least`. */
static inline int image_open(const struct image *image, const struct image_file *db,
                             const struct image_file *wal, int least, bool *ret_new_epoch)
{
    struct rig rig;
    rig_create(&rig);
    char state[128];
    rig_path(&rig, "", state, sizeof state);
    assert_int_equal(mkdir(state, 0750), 0);
    image_write(&rig, "kioskd.db", db);
    image_write(&rig, "kioskd.db-wal", wal);
    int rc = rig_open(&rig);
    if (rc != 0)
        print_error("store_open: %d %s\n", rc, rig.error);
    assert_int_equal(rc, 0);
    struct image_seen seen = {.image = image, .rig = &rig, .salvaged = rig.opened.new_epoch};
    assert_int_equal(store_restore(rig.store, image_ignore, NULL), 0);
    int listed = store_list(rig.store, 0, 10000, NULL, image_check_row, &seen);
    assert_int_equal(listed, seen.count);
    for (int i = 0; !rig.opened.new_epoch && i < IMAGE_PAYMENTS; i++)
        assert_int_equal(seen.present[i], i < seen.count);
    if (!rig.opened.new_epoch)
        assert_true(seen.count >= least);
    *ret_new_epoch = rig.opened.new_epoch;
    rig_destroy(&rig);
    return seen.count;
}

#endif
