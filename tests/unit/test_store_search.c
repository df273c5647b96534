/* Looking for payments of a period: complete over its pages, with bounded work per page. */
#include "controller/store_impl.h"
#include "tests/unit/store_rig.h"

enum { ROWS = 4500, EVERY_S = 60 };
static const int64_t begin = 1790000000;

static void fill(struct rig *rig)
{
    char sql[512];
    snprintf(
        sql, sizeof sql,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
        "INSERT INTO payment SELECT i, 'psp', 'p' || i, '', '', 'BYN', 250, %lld, 0, 0, 3, 'cola', 'a1', 1, "
        "%lld + i * %d, 0, 1, 0, 0, 1, '', 0, 0 FROM n",
        ROWS, (long long)begin, (long long)begin, EVERY_S);
    assert_int_equal(sqlite3_exec(rig->store->db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static int setup(void **state)
{
    static struct rig rig;
    rig_create(&rig);
    rig_start(&rig);
    fill(&rig);
    *state = &rig;
    return 0;
}

static int teardown(void **state)
{
    rig_destroy(*state);
    return 0;
}

struct seen {
    int count;
    int64_t first, last;
};

static void see(void *user, const struct store_payment_row *row)
{
    struct seen *seen = user;
    if (seen->count++ == 0)
        seen->first = row->row;
    else
        assert_true(row->row < seen->last);
    seen->last = row->row;
}

static struct store_search all(void)
{
    return (struct store_search){.before_row = INT64_MAX,
                                 .from = INT64_MIN,
                                 .to = INT64_MAX,
                                 .rows = INT64_MAX,
                                 .max = 50,
                                 .filter = ""};
}

static void a_page_names_the_next_until_the_oldest_is_listed(void **state)
{
    struct rig *rig = *state;
    struct store_search search = all();
    struct seen seen = {0};
    search.max = 200;
    int pages = 0;
    do {
        assert_true(store_search(rig->store, &search, see, &seen) <= 200);
        search.before_row = search.next;
        pages++;
    } while (search.next > 0);
    assert_int_equal(seen.count, ROWS);
    assert_int_equal(seen.first, ROWS);
    assert_int_equal(seen.last, 1);
    assert_in_range(pages, ROWS / 200, ROWS / 200 + 2);
}

static void only_the_period_is_listed(void **state)
{
    struct rig *rig = *state;
    struct store_search search = all();
    struct seen seen = {0};
    search.from = begin + 100 * EVERY_S;
    search.to = begin + 110 * EVERY_S;
    assert_int_equal(store_search(rig->store, &search, see, &seen), 10);
    assert_int_equal(seen.first, 109);
    assert_int_equal(seen.last, 100);
}

static void a_search_that_finds_nothing_stops_early_and_says_where(void **state)
{
    struct rig *rig = *state;
    struct store_search search = all();
    struct seen seen = {0};
    search.filter = "nowhere";
    search.rows = 1000; /* rounded up to a span of 2000 */
    assert_int_equal(store_search(rig->store, &search, see, &seen), 0);
    assert_int_equal(search.next, ROWS + 1 - 2000);
    search.before_row = search.next;
    search.rows = INT64_MAX;
    assert_int_equal(store_search(rig->store, &search, see, &seen), 0);
    assert_int_equal(search.next, 0);
}

static void a_reference_is_found_in_any_case(void **state)
{
    struct rig *rig = *state;
    struct store_search search = all();
    struct seen seen = {0};
    assert_int_equal(sqlite3_exec(rig->store->db, "UPDATE payment SET payment_id = 'x-7F3A' WHERE row = 42",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    search.filter = "7f3a";
    assert_int_equal(store_search(rig->store, &search, see, &seen), 1);
    assert_int_equal(seen.first, 42);
}

static void what_is_surely_older_than_the_period_is_not_looked_at(void **state)
{
    struct rig *rig = *state;
    struct store_search search = all();
    struct seen seen = {0};
    search.from = begin + (ROWS - 10) * EVERY_S; /* a span is more than a day here */
    search.filter = "p";
    search.rows = 2500;
    assert_int_equal(store_search(rig->store, &search, see, &seen), 11);
    assert_int_equal(search.next, 0);
}

static void rows_dated_by_a_wrong_clock_do_not_end_a_search(void **state)
{
    struct rig *rig = *state;
    struct store_search search = all();
    struct seen seen = {0};
    assert_int_equal(sqlite3_exec(rig->store->db, "UPDATE payment SET received_at = 60 WHERE row > 1500",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    search.from = begin + 1500 * EVERY_S;
    assert_int_equal(store_search(rig->store, &search, see, &seen), 1);
    assert_int_equal(seen.first, 1500);
}

int main(void)
{
#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest facts[] = {
        FACT(a_page_names_the_next_until_the_oldest_is_listed),
        FACT(only_the_period_is_listed),
        FACT(a_search_that_finds_nothing_stops_early_and_says_where),
        FACT(a_reference_is_found_in_any_case),
        FACT(what_is_surely_older_than_the_period_is_not_looked_at),
        FACT(rows_dated_by_a_wrong_clock_do_not_end_a_search),
    };
    return cmocka_run_group_tests(facts, NULL, NULL);
}
