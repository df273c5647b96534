/* The store as a whole: sums, lists, numbers, jobs, starts, files, a second instance, a kill. */
#include <signal.h>

#include "tests/unit/store_rig.h"

static int setup(void **state)
{
    static struct rig rig;
    rig_create(&rig);
    rig_start(&rig);
    *state = &rig;
    return 0;
}

static int teardown(void **state)
{
    rig_destroy(*state);
    return 0;
}

static void the_ledger_adds_up(void **state)
{
    struct rig *rig = *state;
    static const struct {
        enum payment_result result;
        enum payment_refund refund;
        int64_t amount;
    } cases[] = {{PAYMENT_RESULT_DELIVERED, PAYMENT_REFUND_NO, 100},
                 {PAYMENT_RESULT_FAILED, PAYMENT_REFUND_YES, 20},
                 {PAYMENT_RESULT_UNKNOWN, PAYMENT_REFUND_REVIEW, 3},
                 {PAYMENT_RESULT_REFUSED, PAYMENT_REFUND_YES, 4000},
                 {PAYMENT_RESULT_NONE, PAYMENT_REFUND_NO, 50000}};
    char id[16];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(id, sizeof id, "l%zu", i);
        struct core_txn txn = rig_payment(rig, id);
        txn.payment.claims.amount = cases[i].amount;
        if (cases[i].result != PAYMENT_RESULT_NONE)
            rig_settle(&txn, cases[i].result, cases[i].refund);
        assert_true(rig_commit(rig, &txn).ok);
    }
    struct store_ledger ledger;
    assert_int_equal(store_ledger(rig->store, &ledger), 0);
    assert_int_equal(ledger.payments, 5);
    assert_int_equal(ledger.paid, 54123);
    assert_int_equal(ledger.delivered, 100);
    assert_int_equal(ledger.refund, 4020);
    assert_int_equal(ledger.review, 3);
    assert_int_equal(ledger.open, 50000);
    assert_int_equal(ledger.unacknowledged, 4);
}

static void sums_that_were_kept_equal_sums_that_are_read(void **state)
{
    struct rig *rig = *state;
    struct store_ledger kept, read;
    enum payment_result stored;
    assert_int_equal(store_ledger(rig->store, &kept), 0);
    assert_int_equal(kept.payments, 0);
    rig_sell(rig, "one");
    rig_sell(rig, "two");
    struct core_txn open = rig_payment(rig, "three"), again = open;
    assert_true(rig_commit(rig, &open).ok);
    again.ticket = ++rig->ticket;
    assert_true(rig_commit(rig, &again).conflict);
    struct core_txn review = rig_payment(rig, "four");
    rig_settle(&review, PAYMENT_RESULT_UNKNOWN, PAYMENT_REFUND_REVIEW);
    assert_true(rig_commit(rig, &review).ok);
    assert_int_equal(store_acknowledge(rig->store, "psp", "one", PAYMENT_RESULT_DELIVERED, &stored), 1);
    assert_int_equal(store_acknowledge(rig->store, "psp", "one", PAYMENT_RESULT_DELIVERED, &stored), 1);
    assert_int_equal(store_ledger(rig->store, &kept), 0);
    rig_restart(rig);
    assert_int_equal(store_ledger(rig->store, &read), 0);
    assert_memory_equal(&kept, &read, sizeof read);
    assert_int_equal(read.payments, 4);
    assert_int_equal(read.unacknowledged, 2);
}

static void append_id(void *user, const struct store_payment_row *row)
{
    size_t used = strlen(user);
    text_append(user, 128, &used, "%s%s", row->payment.claims.payment_id,
                row->acknowledged ? "+"
                : row->seq        ? "-"
                                  : ".");
}

static void a_list_is_newest_first_and_can_be_filtered(void **state)
{
    struct rig *rig = *state;
    enum payment_result stored;
    char all[128] = "", some[128] = "", page[128] = "";
    rig_sell(rig, "one");
    rig_sell(rig, "two");
    struct core_txn txn = rig_payment(rig, "three");
    assert_true(rig_commit(rig, &txn).ok);
    assert_int_equal(store_acknowledge(rig->store, "psp", "two", PAYMENT_RESULT_DELIVERED, &stored), 1);
    assert_int_equal(store_list(rig->store, 0, 10, NULL, append_id, all), 3);
    assert_string_equal(all, "three.two+one-");
    assert_int_equal(store_list(rig->store, 0, 10, "delivered", append_id, some), 2);
    assert_string_equal(some, "two+one-");
    assert_int_equal(store_list(rig->store, 3, 1, "t", append_id, page), 1);
    assert_string_equal(page, "two+");
}

static void event_numbers_rise_over_a_kill_and_a_clean_end(void **state)
{
    struct rig *rig = *state;
    int64_t last = store_next_event_seq(rig->store);
    assert_int_equal(store_next_event_seq(rig->store), last + 1);
    rig_restart(rig);
    assert_int_equal(store_next_event_seq(rig->store), last + 2);
    rig_stop(rig, false);
    rig_start(rig);
    assert_true(store_next_event_seq(rig->store) > last + 2);
}

static void note_job(struct store *store, void *user)
{
    struct store_ledger ledger;
    *(int *)user = store_ledger(store, &ledger);
    *(int *)user += store_command_published(store, "none");
    *(int *)user += 42;
}

static void a_job_runs_on_the_thread_and_is_reported(void **state)
{
    struct rig *rig = *state;
    int result = -1;
    assert_true(store_run(rig->store, note_job, &result));
    struct store_event event = rig_next(rig);
    assert_int_equal(event.kind, STORE_EVENT_DONE);
    assert_ptr_equal(event.user, &result);
    assert_int_equal(result, 42);
}

static void unclean_starts_are_counted_and_clean_ones_are_not(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(rig->opened.unclean_starts, 0);
    for (int i = 1; i <= 3; i++) {
        rig_stop(rig, false);
        rig_start(rig);
        assert_int_equal(rig->opened.unclean_starts, i);
    }
    rig_restart(rig);
    assert_int_equal(rig->opened.unclean_starts, 3);
}

static void a_settled_payment_ends_the_count_of_unclean_starts(void **state)
{
    struct rig *rig = *state;
    for (int i = 0; i < 3; i++) {
        rig_stop(rig, false);
        rig_start(rig);
    }
    rig_sell(rig, "useful");
    rig_stop(rig, false);
    rig_start(rig);
    assert_int_equal(rig->opened.unclean_starts, 0);
    rig_stop(rig, false);
    rig_start(rig);
    assert_int_equal(rig->opened.unclean_starts, 1);
}

static void a_refusal_after_the_intent_says_that_nothing_was_started(void **state)
{
    struct rig *rig = *state;
    struct core_txn txn = rig_payment(rig, "late");
    rig_intend(&txn);
    rig_commit(rig, &txn);
    struct core_txn end = rig_payment(rig, "late");
    rig_settle(&end, PAYMENT_RESULT_REFUSED, PAYMENT_REFUND_YES);
    end.parts = CORE_TXN_OUTCOME;
    end.payment.started_at = 0;
    rig_commit(rig, &end);
    assert_int_equal(rig_find(rig, "late").started_at, 0);
    char json[STORE_OUTCOME_SIZE];
    int64_t seq;
    assert_true(store_outcome(rig->store, end.payment.claims.provider, "late", json, sizeof json, &seq) > 0);
    assert_null(strstr(json, "started_at"));
}

static void files_are_private(void **state)
{
    struct rig *rig = *state;
    char path[256];
    struct stat status;
    rig_sell(rig, "p1");
    rig_path(rig, "kioskd.db", path, sizeof path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    rig_path(rig, "kioskd.db-wal", path, sizeof path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    rig_path(rig, "", path, sizeof path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777 & ~0750U, 0);
}

/* Runs body in a child that never returns; its exit status, or 1000 + signal. */
static int in_child(void (*body)(struct rig *rig, int pipe_fd), struct rig *rig, int pipe_fd)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        body(rig, pipe_fd);
        _exit(99);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void open_second(struct rig *rig, int pipe_fd)
{
    (void)pipe_fd;
    _exit(-rig_open(rig));
}

static void a_second_instance_is_refused(void **state)
{
    struct rig *rig = *state;
    rig_stop(rig, true);
    assert_int_equal(rig_open(rig),
                     0); /* without its thread: a child of a process with one may find malloc locked */
    assert_int_equal(in_child(open_second, rig, -1), EBUSY);
}

/* Commits payments until it kills itself in the middle; tells every confirmed one over the pipe. */
static void sell_and_die(struct rig *rig, int pipe_fd)
{
    char id[16];
    if (rig_open(rig) != 0 || queue_open(&rig->events, sizeof(struct store_event), 1024) != 0 ||
        store_start(rig->store, rig->events) != 0)
        _exit(1);
    for (int i = 0; i < 40; i++) {
        snprintf(id, sizeof id, "k%d", i);
        struct core_txn txn = rig_payment(rig, id);
        struct store_event event;
        if (!store_submit(rig->store, &txn))
            _exit(2);
        if (i == 37)
            kill(getpid(), SIGKILL);
        if (!queue_pop_wait(rig->events, &event, RIG_EVENT_WAIT_MS) || !event.ok)
            _exit(3);
        if (write(pipe_fd, &i, sizeof i) != sizeof i)
            _exit(4);
    }
}

static void what_was_confirmed_before_a_kill_is_there_after_it(void **state)
{
    struct rig *rig = *state;
    rig_stop(rig, true);
    int ends[2], i, confirmed = 0;
    char id[16];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(in_child(sell_and_die, rig, ends[1]), 1000 + SIGKILL);
    close(ends[1]);
    rig_start(rig);
    assert_false(rig->opened.new_epoch);
    while (read(ends[0], &i, sizeof i) == sizeof i) {
        snprintf(id, sizeof id, "k%d", i);
        assert_int_equal(rig_find(rig, id).state, PAYMENT_STATE_PAID);
        confirmed++;
    }
    close(ends[0]);
    assert_int_equal(confirmed, 37);
}

#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest facts[] = {
        FACT(the_ledger_adds_up),
        FACT(sums_that_were_kept_equal_sums_that_are_read),
        FACT(a_list_is_newest_first_and_can_be_filtered),
        FACT(event_numbers_rise_over_a_kill_and_a_clean_end),
        FACT(a_job_runs_on_the_thread_and_is_reported),
        FACT(unclean_starts_are_counted_and_clean_ones_are_not),
        FACT(a_settled_payment_ends_the_count_of_unclean_starts),
        FACT(a_refusal_after_the_intent_says_that_nothing_was_started),
        FACT(files_are_private),
        FACT(a_second_instance_is_refused),
        FACT(what_was_confirmed_before_a_kill_is_there_after_it),
    };
    return cmocka_run_group_tests(facts, NULL, NULL);
}
