/* What the store does for itself: migration, pruning, checking, and finishing what a cut has left half done.
 */
#include "common/clock.h"
#include "controller/store_impl.h"
#include "tests/unit/store_image.h"

static int setup(void **state)
{
    static struct rig rig;
    rig_create(&rig);
    rig.config->clock_trust = CONFIG_CLOCK_ALWAYS;
    *state = &rig;
    return 0;
}

static int teardown(void **state)
{
    rig_destroy(*state);
    return 0;
}

/* ---- migration ---- */

static const char *const two_steps[] = {
    "CREATE TABLE thing(name TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT;",
    "ALTER TABLE thing ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'; UPDATE thing SET size = size * 10;",
};

static int one_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int value = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static sqlite3 *memory_open(void)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    return db;
}

static void an_older_file_gets_only_the_steps_it_lacks(void **state)
{
    (void)state;
    sqlite3 *db = memory_open();
    assert_int_equal(store_schema_apply(db, two_steps, 1), SQLITE_OK);
    assert_int_equal(one_number(db, "PRAGMA user_version"), 1);
    assert_int_equal(sqlite3_exec(db, "INSERT INTO thing VALUES('a', 7)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_schema_apply(db, two_steps, 2), SQLITE_OK);
    assert_int_equal(one_number(db, "PRAGMA user_version"), 2);
    assert_int_equal(store_schema_apply(db, two_steps, 2), SQLITE_OK);
    assert_int_equal(one_number(db, "SELECT size FROM thing WHERE colour = 'grey'"), 70);
    sqlite3_close(db);
}

static void a_step_that_fails_leaves_the_file_as_it_was(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "CREATE TABLE thing(name TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT;",
        "UPDATE thing SET size = 1; CREATE TABLE thing(x);",
    };
    sqlite3 *db = memory_open();
    assert_int_equal(store_schema_apply(db, broken, 1), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "INSERT INTO thing VALUES('a', 7)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_not_equal(store_schema_apply(db, broken, 2), SQLITE_OK);
    assert_int_equal(one_number(db, "PRAGMA user_version"), 1);
    assert_int_equal(one_number(db, "SELECT size FROM thing"), 7);
    sqlite3_close(db);
}

static void a_foreign_file_is_not_touched(void **state)
{
    (void)state;
    sqlite3 *db = memory_open();
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE other(x)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_schema_migrate(db), SQLITE_NOTADB);
    assert_int_equal(one_number(db, "SELECT count(*) FROM sqlite_schema"), 1);
    sqlite3_close(db);
}

static void a_newer_file_is_refused_and_left_alone(void **state)
{
    struct rig *rig = *state;
    rig_start(rig);
    rig_sell(rig, "p1");
    assert_int_equal(sqlite3_exec(rig->store->db, "PRAGMA user_version=99", NULL, NULL, NULL), SQLITE_OK);
    rig_stop(rig, true);
    assert_int_equal(rig_open(rig), -ENOTSUP);
    assert_non_null(strstr(rig->error, "kioskd.db"));
}

static void settings_of_the_connection_are_the_strict_ones(void **state)
{
    struct rig *rig = *state;
    rig_start(rig);
    sqlite3 *db = rig->store->db;
    assert_int_equal(one_number(db, "PRAGMA synchronous"), 2);
    assert_int_equal(one_number(db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
    assert_int_equal(one_number(db, "PRAGMA application_id"), STORE_APPLICATION_ID);
    assert_int_equal(one_number(db, "PRAGMA user_version"), STORE_SCHEMA_VERSION);
    assert_int_equal(one_number(db, "PRAGMA trusted_schema"), 0);
    assert_int_equal(
        one_number(db, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND "
                       "name NOT LIKE 'sqlite_%' AND NOT strict"),
        0);
    char path[256];
    rig_path(rig, "kioskd.db-shm", path, sizeof path);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* ---- pruning ---- */

static void sell_at(struct rig *rig, const char *id, int64_t at, bool acknowledged)
{
    struct core_txn txn = rig_payment(rig, id);
    txn.payment.claims.paid_at = txn.payment.received_at = at;
    rig_settle(&txn, PAYMENT_RESULT_DELIVERED, PAYMENT_REFUND_NO);
    txn.payment.outcome.finished_at = at;
    assert_true(rig_commit(rig, &txn).ok);
    enum payment_result stored;
    if (acknowledged)
        assert_int_equal(store_acknowledge(rig->store, "psp", id, PAYMENT_RESULT_DELIVERED, &stored), 1);
}

static void do_all_housekeeping(struct rig *rig)
{
    rig_stop(rig, true);
    assert_int_equal(rig_open(rig), 0);
    while (store_idle_step(rig->store, false))
        ;
}

static void only_old_acknowledged_payments_are_pruned(void **state)
{
    struct rig *rig = *state;
    int64_t now = clock_wall_s(), day = 86400;
    rig_start(rig);
    sell_at(rig, "old", now - 101 * day, true);
    sell_at(rig, "old, not acknowledged", now - 101 * day, false);
    sell_at(rig, "90 days", now - 90 * day, true);
    struct core_txn open = rig_payment(rig, "old, open");
    open.payment.received_at = now - 101 * day;
    assert_true(rig_commit(rig, &open).ok);
    sell_at(rig, "new", now, true);
    do_all_housekeeping(rig);
    assert_int_equal(rig_find(rig, "old").state, PAYMENT_STATE_NONE);
    assert_int_equal(rig_find(rig, "old, not acknowledged").state, PAYMENT_STATE_DONE);
    assert_int_equal(rig_find(rig, "90 days").state, PAYMENT_STATE_DONE);
    assert_int_equal(rig_find(rig, "old, open").state, PAYMENT_STATE_PAID);
    assert_int_equal(rig_find(rig, "new").state, PAYMENT_STATE_DONE);
}

static void a_payment_dated_1970_is_kept_until_a_later_one_is_old(void **state)
{
    struct rig *rig = *state;
    int64_t now = clock_wall_s(), day = 86400;
    rig_start(rig);
    sell_at(rig, "1970, long ago", 1000, true);
    sell_at(rig, "old", now - 101 * day, true);
    sell_at(rig, "1970, yesterday", 2000, true);
    sell_at(rig, "new", now, true);
    do_all_housekeeping(rig);
    assert_int_equal(rig_find(rig, "1970, long ago").state, PAYMENT_STATE_NONE);
    assert_int_equal(rig_find(rig, "old").state, PAYMENT_STATE_NONE);
    assert_int_equal(rig_find(rig, "1970, yesterday").state, PAYMENT_STATE_DONE);
}

static void a_clock_that_is_not_trusted_prunes_nothing(void **state)
{
    struct rig *rig = *state;
    if (clock_synchronised())
        skip();
    rig->config->clock_trust = CONFIG_CLOCK_NTP;
    rig_start(rig);
    sell_at(rig, "old", clock_wall_s() - 101 * 86400, true);
    sell_at(rig, "new", clock_wall_s(), true);
    do_all_housekeeping(rig);
    assert_int_equal(rig_find(rig, "old").state, PAYMENT_STATE_DONE);
}

static void numbers_rise_although_everything_old_is_pruned(void **state)
{
    struct rig *rig = *state;
    rig_start(rig);
    sell_at(rig, "a", clock_wall_s() - 101 * 86400, true);
    sell_at(rig, "b", clock_wall_s() - 101 * 86400, true);
    do_all_housekeeping(rig);
    assert_int_equal(rig_find(rig, "a").state, PAYMENT_STATE_NONE);
    rig_stop(rig, true);
    rig_start(rig);
    assert_true(rig_sell(rig, "c") > 2);
}

static void reasons_and_evidence_of_a_newer_version_are_no_damage(void **state)
{
    struct rig *rig = *state;
    rig_start(rig);
    rig_sell(rig, "p1");
    assert_int_equal(sqlite3_exec(rig->store->db,
                                  "UPDATE payment SET reason = 9999, evidence = 'future_ms=5 beam=1'", NULL,
                                  NULL, NULL),
                     SQLITE_OK);
    struct payment payment = rig_find(rig, "p1");
    assert_int_equal(payment.outcome.reason, PAYMENT_REASON_NONE);
    assert_int_equal(payment.outcome.evidence_count, 1);
    assert_int_equal(payment.outcome.evidence[0].name, PAYMENT_EVIDENCE_BEAM);
}

static void a_buffer_that_is_too_small_does_not_fail_the_store(void **state)
{
    struct rig *rig = *state;
    char json[8], small[8];
    bool published;
    int64_t seq;
    rig_start(rig);
    rig_sell(rig, "p1");
    assert_int_equal(store_outcome(rig->store, "psp", "p1", small, sizeof small, &seq), -EIO);
    assert_int_equal(store_command_begin(rig->store, "j", "{}", 1, json, sizeof json, &published), 1);
    assert_int_equal(store_command_end(rig->store, "j", "{\"ok\":true,\"data\":1}"), 0);
    assert_int_equal(store_command_begin(rig->store, "j", "{}", 1, json, sizeof json, &published), 0);
    assert_string_equal(json, "");
    rig_sell(rig, "p2");
}

/* ---- damage found late, and cuts while it is put aside ---- */

static void damage_found_while_idle_fails_the_run_and_begins_a_new_epoch(void **state)
{
    struct rig *rig = *state;
    char path[256];
    rig_start(rig);
    rig_sell(rig, "p1");
    do_all_housekeeping(rig);
    rig_path(rig, "kioskd.db", path, sizeof path);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "x", 1, 2 * STORE_PAGE + 1000), 1);
    close(fd);
    rig->store->scrubbed = false;
    rig->store->scrub_page = 1;
    while (store_idle_step(rig->store, false))
        ;
    assert_int_equal(store_command_published(rig->store, "none"), -EIO);
    rig_stop(rig, false);
    assert_int_equal(rig_open(rig), 0);
    assert_true(rig->opened.new_epoch);
    assert_int_equal(access(rig->opened.aside, F_OK), 0);
    assert_int_equal(rig_find(rig, "p1").state, PAYMENT_STATE_DONE);
    rig_stop(rig, true);
    assert_int_equal(rig_open(rig), 0);
    assert_false(rig->opened.new_epoch);
}

static void write_mark(struct rig *rig, const char *aside)
{
    char text[300];
    struct image_file file = {.bytes = (unsigned char *)text,
                              .size = (size_t)snprintf(text, sizeof text, "%s\n", aside)};
    image_write(rig, "kioskd.db.damaged", &file);
}

/* stage: how far putting aside had come when the power went. */
static void put_aside_from_stage(struct rig *rig, int stage)
{
    char db[256], wal[256], aside[256], aside_wal[256];
    rig_path(rig, "kioskd.db", db, sizeof db);
    rig_path(rig, "kioskd.db-wal", wal, sizeof wal);
    rig_path(rig, "kioskd.db.damaged-1", aside, sizeof aside);
    rig_path(rig, "kioskd.db.damaged-1-wal", aside_wal, sizeof aside_wal);
    rig_start(rig);
    rig_sell(rig, "p1");
    struct core_txn paid = rig_payment(rig, "paid");
    assert_true(rig_commit(rig, &paid).ok);
    rig_stop(rig, false);
    write_mark(rig, stage == 0 ? "" : aside);
    if (stage >= 2)
        assert_int_equal(rename(db, aside), 0);
    if (stage >= 3)
        assert_int_equal(rename(wal, aside_wal), 0);
    if (stage >= 4) {
        struct image_file rubbish = {.bytes = (unsigned char *)db, .size = sizeof db};
        image_write(rig, "kioskd.db.new", &rubbish);
        image_write(rig, "kioskd.db.new-wal", &rubbish);
    }
    assert_int_equal(rig_open(rig), 0);
    assert_true(rig->opened.new_epoch);
    assert_int_equal(access(rig->opened.aside, F_OK), 0);
    assert_int_equal(rig_find(rig, "p1").state, PAYMENT_STATE_DONE);
    assert_int_equal(rig_find(rig, "paid").state, PAYMENT_STATE_MOVING);
    assert_int_equal(one_number(rig->store->db, "SELECT count(*) FROM epoch"), 1);
    rig_stop(rig, true);
    assert_int_equal(rig_open(rig), 0);
    assert_false(rig->opened.new_epoch);
}

static void a_cut_while_putting_aside_is_finished_by_the_next_start(void **state)
{
    struct rig *rig = *state;
    for (int stage = 0; stage <= 4; stage++) {
        put_aside_from_stage(rig, stage);
        rig_destroy(rig);
        rig_create(rig);
    }
}

static void numbers_go_on_above_the_old_ones_in_a_new_epoch(void **state)
{
    struct rig *rig = *state;
    rig_start(rig);
    int64_t seq = rig_sell(rig, "p1"), event = store_next_event_seq(rig->store);
    rig_stop(rig, false);
    write_mark(rig, "");
    rig_start(rig);
    assert_true(rig->opened.new_epoch);
    assert_true(rig_sell(rig, "p2") > seq);
    assert_true(store_next_event_seq(rig->store) > event);
}

static void a_clean_end_leaves_all_in_one_file(void **state)
{
    struct rig *rig = *state;
    char path[256];
    rig_start(rig);
    rig_sell(rig, "p1");
    rig_stop(rig, true);
    rig_path(rig, "kioskd.db-wal", path, sizeof path);
    assert_int_equal(unlink(path), 0);
    rig_start(rig);
    assert_false(rig->opened.new_epoch);
    assert_int_equal(rig_find(rig, "p1").state, PAYMENT_STATE_DONE);
}

#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest facts[] = {
        FACT(an_older_file_gets_only_the_steps_it_lacks),
        FACT(a_step_that_fails_leaves_the_file_as_it_was),
        FACT(a_foreign_file_is_not_touched),
        FACT(a_newer_file_is_refused_and_left_alone),
        FACT(settings_of_the_connection_are_the_strict_ones),
        FACT(only_old_acknowledged_payments_are_pruned),
        FACT(a_payment_dated_1970_is_kept_until_a_later_one_is_old),
        FACT(a_clock_that_is_not_trusted_prunes_nothing),
        FACT(numbers_rise_although_everything_old_is_pruned),
        FACT(reasons_and_evidence_of_a_newer_version_are_no_damage),
        FACT(a_buffer_that_is_too_small_does_not_fail_the_store),
        FACT(damage_found_while_idle_fails_the_run_and_begins_a_new_epoch),
        FACT(a_cut_while_putting_aside_is_finished_by_the_next_start),
        FACT(numbers_go_on_above_the_old_ones_in_a_new_epoch),
        FACT(a_clean_end_leaves_all_in_one_file),
    };
    return cmocka_run_group_tests(facts, NULL, NULL);
}
