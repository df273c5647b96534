/* Orders that let somebody through without a payment: found again by themselves, and kept long enough. */
#include "common/clock.h"
#include "controller/store_impl.h"
#include "tests/unit/store_rig.h"

enum { DAY_S = 86400 };

static int setup(void **state)
{
    static struct rig rig;
    rig_create(&rig);
    rig.config->clock_trust = CONFIG_CLOCK_ALWAYS;
    rig_start(&rig);
    *state = &rig;
    return 0;
}

static int teardown(void **state)
{
    rig_destroy(*state);
    return 0;
}

static void order(struct rig *rig, const char *jti, const char *record, int64_t at, const char *answer)
{
    char json[8];
    bool published;
    assert_int_equal(store_command_begin(rig->store, jti, record, at, json, sizeof json, &published), 1);
    if (!answer)
        return;
    assert_int_equal(store_command_end(rig->store, jti, answer), 0);
    assert_int_equal(store_command_published(rig->store, jti), 0);
}

static void passage(struct rig *rig, const char *jti, int64_t at, const char *answer)
{
    order(rig, jti, "{\"passage\":true,\"command\":\"barrier.open\"}", at, answer);
}

static bool collect(void *user, const struct store_passage *found)
{
    size_t used = strlen(user);
    assert_memory_equal(found->record, STORE_PASSAGE_MARK, sizeof STORE_PASSAGE_MARK - 1);
    text_append(user, 256, &used, "%s%s ", found->jti, found->answer);
    return strcmp(found->jti, "stop") != 0;
}

static const char *list(struct rig *rig, int64_t before, int64_t from, int64_t to, int max)
{
    static char all[256];
    all[0] = '\0';
    assert_true(store_passages(rig->store, before, from, to, max, collect, all) >= 0);
    return all;
}

static void passages_are_listed_newest_first_among_other_orders(void **state)
{
    struct rig *rig = *state;
    assert_string_equal(list(rig, INT64_MAX, 0, INT64_MAX, 10), "");
    passage(rig, "a", 1790000000, "=ok");
    order(rig, "x", "{\"command\":\"status\"}", 1790000001, "{}");
    passage(rig, "b", 1790000002, NULL);
    passage(rig, "c", 1790000003, "=no");
    assert_string_equal(list(rig, INT64_MAX, 0, INT64_MAX, 10), "c=no b a=ok ");
    assert_string_equal(list(rig, INT64_MAX, 0, INT64_MAX, 2), "c=no b ");
    assert_string_equal(list(rig, 3, 0, INT64_MAX, 10), "a=ok ");
    assert_string_equal(list(rig, INT64_MAX, 1790000000, 1790000003, 10), "b a=ok ");
    rig_restart(rig);
    assert_string_equal(list(rig, INT64_MAX, 0, INT64_MAX, 10), "c=no b a=ok ");
}

static void who_lists_may_stop(void **state)
{
    struct rig *rig = *state;
    passage(rig, "a", 1790000000, "");
    passage(rig, "stop", 1790000000, "");
    assert_string_equal(list(rig, INT64_MAX, 0, INT64_MAX, 10), "stop ");
}

static bool note(void *user, const struct store_passage *found)
{
    assert_string_equal(found->jti, "long");
    assert_string_equal(found->record, "");
    *(bool *)user = true;
    return true;
}

static void a_record_that_is_too_long_to_be_shown_is_listed_all_the_same(void **state)
{
    struct rig *rig = *state;
    static char record[40000];
    bool seen = false;
    size_t head = sizeof STORE_PASSAGE_MARK - 1;
    memset(record, 'x', sizeof record - 1);
    memcpy(record, STORE_PASSAGE_MARK, head);
    order(rig, "long", record, 1790000000, NULL);
    assert_int_equal(store_passages(rig->store, INT64_MAX, 0, INT64_MAX, 10, note, &seen), 1);
    assert_true(seen);
}

static int64_t rows(struct rig *rig)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(rig->store->db, "SELECT count(*) FROM command", -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return count;
}

static void do_all_housekeeping(struct rig *rig)
{
    rig_stop(rig, true);
    assert_int_equal(rig_open(rig), 0);
    while (store_idle_step(rig->store, false))
        ;
}

static void a_free_passage_can_be_audited_for_90_days(void **state)
{
    struct rig *rig = *state;
    int64_t now = clock_wall_s();
    passage(rig, "old", now - 101 * DAY_S, "{}");
    passage(rig, "kept", now - 90 * DAY_S, "{\"ok\":true}");
    do_all_housekeeping(rig);
    assert_string_equal(list(rig, INT64_MAX, 0, INT64_MAX, 10), "kept{\"ok\":true} ");
}

/* A kiosk without a battery clock gives orders in 1970 until the network is there. */
static void an_order_dated_by_a_wrong_clock_stays_until_a_later_one_is_old_enough(void **state)
{
    struct rig *rig = *state;
    int64_t now = clock_wall_s();
    passage(rig, "first", 60, "{}");
    passage(rig, "old", now - 101 * DAY_S, "{}");
    passage(rig, "wrong", 120, "{}");
    passage(rig, "new", now, "{}");
    do_all_housekeeping(rig);
    assert_string_equal(list(rig, INT64_MAX, 0, INT64_MAX, 10), "new{} wrong{} ");
    assert_int_equal(rows(rig), 2);
}

int main(void)
{
#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest facts[] = {
        FACT(passages_are_listed_newest_first_among_other_orders),
        FACT(who_lists_may_stop),
        FACT(a_record_that_is_too_long_to_be_shown_is_listed_all_the_same),
        FACT(a_free_passage_can_be_audited_for_90_days),
        FACT(an_order_dated_by_a_wrong_clock_stays_until_a_later_one_is_old_enough),
    };
    return cmocka_run_group_tests(facts, NULL, NULL);
}
