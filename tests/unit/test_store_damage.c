/* The store's files damaged: never a crash, never an invented or changed record, never a silent hole. */
#include "controller/store_impl.h"
#include "tests/unit/store_image.h"

enum { ROUNDS = 150, WAL_HEADER = 32, WAL_FRAME = 24 + STORE_PAGE };

static struct image image;

static int make_image(void **state)
{
    (void)state;
    image_make(&image, IMAGE_PAYMENTS / 2);
    return 0;
}

static int drop_image(void **state)
{
    (void)state;
    image_free(&image);
    return 0;
}

static uint32_t random_next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

/* Bytes of the -wal that hold frames of this generation; the rest is reserve. */
static size_t wal_used(void)
{
    size_t end = WAL_HEADER;
    while (end + WAL_FRAME <= image.wal.size &&
           memcmp(image.wal.bytes + end + 8, image.wal.bytes + 16, 8) == 0)
        end += WAL_FRAME;
    return end;
}

static void an_undamaged_image_has_everything(void **state)
{
    (void)state;
    bool new_epoch;
    assert_int_equal(image_open(&image, &image.db, &image.wal, IMAGE_PAYMENTS, &new_epoch), IMAGE_PAYMENTS);
    assert_false(new_epoch);
}

static void any_flipped_byte_of_the_database_is_noticed(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < ROUNDS; round++) {
        struct image_file db = image_copy(&image.db);
        db.bytes[random_next(&seed) % db.size] ^= (unsigned char)(1U << random_next(&seed) % 8);
        bool new_epoch;
        image_open(&image, &db, &image.wal, IMAGE_PAYMENTS, &new_epoch);
        free(db.bytes);
    }
}

static void a_flipped_byte_of_the_wal_costs_at_most_the_last_transaction_or_a_new_epoch(void **state)
{
    (void)state;
    uint64_t seed = 2;
    size_t used = wal_used();
    int epochs = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct image_file wal = image_copy(&image.wal);
        wal.bytes[random_next(&seed) % used] ^= (unsigned char)(1U << random_next(&seed) % 8);
        bool new_epoch;
        image_open(&image, &image.db, &wal, IMAGE_PAYMENTS - 1, &new_epoch);
        epochs += new_epoch;
        free(wal.bytes);
    }
    assert_true(epochs > ROUNDS / 2);
}

static void a_cut_wal_leaves_the_first_transactions(void **state)
{
    (void)state;
    uint64_t seed = 3;
    size_t used = wal_used();
    for (int round = 0; round < ROUNDS; round++) {
        struct image_file wal = image_copy(&image.wal);
        wal.size = random_next(&seed) % (used + 1);
        bool new_epoch;
        image_open(&image, &image.db, &wal, IMAGE_PAYMENTS / 2, &new_epoch);
        free(wal.bytes);
    }
}

static void a_cut_database_is_noticed(void **state)
{
    (void)state;
    uint64_t seed = 4;
    for (int round = 0; round < ROUNDS / 2; round++) {
        struct image_file db = image_copy(&image.db), wal = {.bytes = db.bytes, .size = 0};
        db.size = 1 + random_next(&seed) % (db.size - 1);
        bool new_epoch;
        image_open(&image, &db, round % 2 ? &wal : &image.wal, IMAGE_PAYMENTS / 2, &new_epoch);
        free(db.bytes);
    }
}

static void a_database_cut_to_nothing_beside_a_wal_is_noticed(void **state)
{
    (void)state;
    for (size_t size = 0; size < 2; size++) {
        struct image_file rest = {.bytes = image.db.bytes, .size = size};
        bool new_epoch;
        image_open(&image, &rest, &image.wal, IMAGE_PAYMENTS, &new_epoch);
        assert_true(new_epoch);
    }
}

static void a_page_of_rubbish_or_zeros_is_noticed(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (size_t page = 0; page < image.db.size / STORE_PAGE; page++) {
        struct image_file db = image_copy(&image.db);
        for (size_t i = 0; i < STORE_PAGE; i++)
            db.bytes[page * STORE_PAGE + i] = page % 2 ? (unsigned char)random_next(&seed) : 0;
        bool new_epoch;
        image_open(&image, &db, &image.wal, IMAGE_PAYMENTS, &new_epoch);
        free(db.bytes);
    }
}

static void two_swapped_pages_are_noticed(void **state)
{
    (void)state;
    struct image_file db = image_copy(&image.db);
    size_t last = db.size / STORE_PAGE - 1;
    memcpy(db.bytes + last * STORE_PAGE, image.db.bytes + (last - 1) * STORE_PAGE, STORE_PAGE);
    memcpy(db.bytes + (last - 1) * STORE_PAGE, image.db.bytes + last * STORE_PAGE, STORE_PAGE);
    bool new_epoch;
    image_open(&image, &db, &image.wal, IMAGE_PAYMENTS, &new_epoch);
    assert_true(new_epoch);
    free(db.bytes);
}

#define FACT(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest facts[] = {
        FACT(an_undamaged_image_has_everything),
        FACT(any_flipped_byte_of_the_database_is_noticed),
        FACT(a_flipped_byte_of_the_wal_costs_at_most_the_last_transaction_or_a_new_epoch),
        FACT(a_cut_wal_leaves_the_first_transactions),
        FACT(a_cut_database_is_noticed),
        FACT(a_database_cut_to_nothing_beside_a_wal_is_noticed),
        FACT(a_page_of_rubbish_or_zeros_is_noticed),
        FACT(two_swapped_pages_are_noticed),
    };
    return cmocka_run_group_tests(facts, make_image, drop_image);
}
