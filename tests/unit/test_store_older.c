/* A file written by an older version: taken over with all it knows, also when it is damaged. */
#include "controller/store_impl.h"
#include "tests/unit/store_image.h"

static const char content[] =
    "INSERT INTO device VALUES('a1', 1, 3), ('b1', 2, 1);"
    "INSERT INTO product VALUES('cola', 4, 0, '100:260', '');"
    "INSERT INTO meta VALUES('machine_disabled', 1);"
    "INSERT INTO command(jti, claims, received_at, answer, published)"
    "  VALUES('j1', '{\"command\":\"device.reset\"}', 1790000000, '{\"ok\":true}', 1);"
    "INSERT INTO payment(provider, payment_id, claimed_product, account, currency, amount, paid_at, exp, "
    "test,"
    "  state, product, device, attempts, received_at, started_at, result, reason, refund, verified, evidence,"
    "  finished_at, seq)"
    "  VALUES('psp', 'open', 'cola', '', 'BYN', 250, 1790000000, 0, 0, 2, 'cola', 'a1', 1, 1790000001,"
    "    1790000002, 0, 0, 0, 0, '', 0, 0),"
    "  ('psp', 'done', 'cola', '', 'BYN', 250, 1790000000, 0, 0, 3, 'cola', 'a1', 1, 1790000001, 1790000002,"
    "    1, 0, 0, 1, 'drop_ms=900', 1790000003, 1);"
    "INSERT INTO outcome(seq, payment, json) SELECT seq, row, '{\"seq\":1}' FROM payment WHERE seq = 1;";

/* STATE_DIR/kioskd.db as version 1 left it, sealed like every file of ours; ended cleanly it has no -wal. */
static void older_file(struct rig *rig, bool clean)
{
    char path[256];
    sqlite3 *db = NULL;
    rig_path(rig, "", path, sizeof path);
    assert_int_equal(mkdir(path, 0750), 0);
    rig_path(rig, "kioskd.db", path, sizeof path);
    assert_int_equal(store_file_open(path, &db), SQLITE_OK);
    assert_int_equal(store_schema_migrate_to(db, 1), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, content, NULL, NULL, NULL), SQLITE_OK);
    if (clean)
        assert_int_equal(sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static struct rig rig_older;

static int setup(void **state)
{
    rig_create(&rig_older);
    older_file(&rig_older, true);
    *state = &rig_older;
    return 0;
}

static int setup_cut(void **state)
{
    rig_create(&rig_older);
    older_file(&rig_older, false);
    *state = &rig_older;
    return 0;
}

static int teardown(void **state)
{
    rig_destroy(*state);
    return 0;
}

struct restored {
    struct core_device_state device[2];
    int devices, payments, products;
    bool machine_disabled;
};

static void collect(void *user, const struct core_event *event)
{
    struct restored *ret = user;
    if (event->kind == CORE_EVENT_RESTORE_DEVICE) {
        assert_in_range(event->u.device.device, 0, 1);
        ret->device[event->u.device.device] = event->u.device.state;
        ret->devices++;
    }
    ret->payments += event->kind == CORE_EVENT_RESTORE_PAYMENT;
    ret->products += event->kind == CORE_EVENT_RESTORE_PRODUCT;
    if (event->kind == CORE_EVENT_RESTORE_MACHINE)
        ret->machine_disabled = event->u.machine_disabled;
}

static struct restored restore(struct rig *rig)
{
    struct restored ret;
    memset(&ret, 0, sizeof ret);
    if (!rig->store) {
        int rc = rig_open(rig);
        if (rc != 0)
            print_error("store_open: %d %s\n", rc, rig->error);
        assert_int_equal(rc, 0);
    }
    assert_int_equal(store_restore(rig->store, collect, &ret), 0);
    return ret;
}

static void expect_all(struct rig *rig)
{
    struct restored was = restore(rig);
    assert_int_equal(was.devices, 2);
    assert_int_equal(was.device[0].lock, CORE_LOCK_UNKNOWN);
    assert_int_equal(was.device[0].strikes, 1);
    assert_int_equal(was.device[1].lock, CORE_LOCK_STRUCK_OUT);
    assert_int_equal(was.device[1].strikes, 2);
    assert_int_equal(was.device[0].hold_until, 0);
    assert_string_equal(was.device[0].hold_owner, "");
    assert_int_equal(was.products, 1);
    assert_true(was.machine_disabled);
    assert_int_equal(was.payments, 1);
    assert_int_equal(rig_find(rig, "open").state, PAYMENT_STATE_MOVING);
    assert_int_equal(rig_find(rig, "done").outcome.result, PAYMENT_RESULT_DELIVERED);
}

static struct core_txn hold_txn(struct rig *rig)
{
    struct core_txn txn = {.ticket = ++rig->ticket, .parts = CORE_TXN_DEVICE, .device = 1};
    txn.device_state = (struct core_device_state){.strikes = 1,
                                                  .lock = CORE_LOCK_FIRE,
                                                  .hold_until = 1790009999,
                                                  .hold_since = 1790000000,
                                                  .hold_owner = "alice",
                                                  .hold_why = "a funeral, 40 cars"};
    return txn;
}

static void an_older_file_is_taken_over_with_all_it_knows(void **state)
{
    struct rig *rig = *state;
    expect_all(rig);
    assert_false(rig->opened.new_epoch);
    rig_stop(rig, true);
    expect_all(rig); /* and again as a file of today */
    assert_false(rig->opened.new_epoch);
}

static void an_older_file_that_was_cut_is_taken_over_too(void **state)
{
    an_older_file_is_taken_over_with_all_it_knows(state);
}

static void a_hold_is_kept_over_a_restart(void **state)
{
    struct rig *rig = *state;
    rig_start(rig);
    struct core_txn txn = hold_txn(rig);
    assert_true(rig_commit(rig, &txn).ok);
    rig_stop(rig, true);
    struct restored was = restore(rig);
    assert_memory_equal(&was.device[1], &txn.device_state, sizeof txn.device_state);
}

static void a_hold_that_ended_leaves_nothing(void **state)
{
    struct rig *rig = *state;
    rig_start(rig);
    struct core_txn txn = hold_txn(rig), ended = hold_txn(rig);
    memset(&ended.device_state, 0, sizeof ended.device_state);
    assert_true(rig_commit(rig, &txn).ok && rig_commit(rig, &ended).ok);
    rig_stop(rig, true);
    struct restored was = restore(rig);
    assert_memory_equal(&was.device[1], &ended.device_state, sizeof ended.device_state);
}

/* The first page of a file names its tables: without it today's first page is read in its place. */
static void damage(struct rig *rig, bool first_page)
{
    struct image_file file;
    image_read(rig, "kioskd.db", &file);
    assert_true(file.size > 4 * STORE_PAGE);
    if (first_page)
        memset(file.bytes, 0, STORE_PAGE);
    else
        file.bytes[18] ^= 1;
    image_write(rig, "kioskd.db", &file);
    free(file.bytes);
}

static void a_damaged_older_file_loses_no_lock_and_no_payment(void **state)
{
    struct rig *rig = *state;
    damage(rig, false);
    expect_all(rig);
    assert_true(rig->opened.new_epoch);
}

static void an_older_file_without_its_first_page_loses_no_lock_and_no_payment(void **state)
{
    struct rig *rig = *state;
    damage(rig, true);
    expect_all(rig);
    assert_true(rig->opened.new_epoch);
}

static void a_damaged_file_of_today_keeps_its_hold(void **state)
{
    struct rig *rig = *state;
    rig_start(rig);
    struct core_txn txn = hold_txn(rig);
    assert_true(rig_commit(rig, &txn).ok);
    rig_stop(rig, true);
    damage(rig, true);
    struct restored was = restore(rig);
    assert_true(rig->opened.new_epoch);
    assert_memory_equal(&was.device[1], &txn.device_state, sizeof txn.device_state);
    assert_int_equal(was.payments, 1);
}

#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest facts[] = {
        FACT(an_older_file_is_taken_over_with_all_it_knows),
        cmocka_unit_test_setup_teardown(an_older_file_that_was_cut_is_taken_over_too, setup_cut, teardown),
        FACT(a_hold_is_kept_over_a_restart),
        FACT(a_hold_that_ended_leaves_nothing),
        FACT(a_damaged_older_file_loses_no_lock_and_no_payment),
        FACT(an_older_file_without_its_first_page_loses_no_lock_and_no_payment),
        FACT(a_damaged_file_of_today_keeps_its_hold),
    };
    return cmocka_run_group_tests(facts, NULL, NULL);
}
