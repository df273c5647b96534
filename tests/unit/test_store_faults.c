/* The store on a failing disk: whatever was confirmed is there afterwards, nothing else is, and a failed run
 * stays failed. */
#include <semaphore.h>

#include "tests/unit/store_disk.h"
#include "tests/unit/store_rig.h"

enum { SCRIPT_STEPS = 12, SCRIPT_LIMIT = 400 };

static int setup(void **state)
{
    static struct rig rig;
    disk_reset(0, SQLITE_OK, false, false);
    rig_create(&rig);
    *state = &rig;
    return 0;
}

static int teardown(void **state)
{
    disk_reset(0, SQLITE_OK, false, false);
    rig_destroy(*state);
    return 0;
}

/* Step i: payment i / 3 is paid, then moving, then done. */
static struct core_txn script_txn(struct rig *rig, int step)
{
    char id[16];
    snprintf(id, sizeof id, "s%d", step / 3);
    struct core_txn txn = rig_payment(rig, id);
    if (step % 3 != 0)
        txn.parts = 0;
    if (step % 3 == 1)
        rig_intend(&txn);
    if (step % 3 == 2)
        rig_settle(&txn, PAYMENT_RESULT_DELIVERED, PAYMENT_REFUND_NO);
    return txn;
}

/* Runs the script until the first failed commit. How many steps were confirmed. */
static int script_run(struct rig *rig)
{
    int confirmed = 0;
    if (rig_open(rig) != 0)
        return 0;
    assert_int_equal(queue_open(&rig->events, sizeof(struct store_event), 64), 0);
    assert_int_equal(store_start(rig->store, rig->events), 0);
    for (int step = 0; step < SCRIPT_STEPS; step++) {
        struct core_txn txn = script_txn(rig, step);
        struct store_event event = rig_commit(rig, &txn);
        if (!event.ok)
            break;
        assert_int_equal(confirmed, step);
        confirmed++;
    }
    rig_stop(rig, true);
    return confirmed;
}

/* Steps that the store knows of; fails if they are not the first ones of the script. */
static int script_found(struct rig *rig)
{
    int found = 0;
    bool ended = false;
    for (int i = 0; i < SCRIPT_STEPS / 3; i++) {
        char id[16];
        snprintf(id, sizeof id, "s%d", i);
        int steps = (int)rig_find(rig, id).state;
        assert_false(ended && steps > 0);
        ended = steps < 3;
        found += steps;
    }
    struct store_ledger ledger;
    assert_int_equal(store_ledger(rig->store, &ledger), 0);
    assert_int_equal(ledger.payments, (found + 2) / 3);
    assert_int_equal(ledger.paid, ledger.delivered + ledger.refund + ledger.review + ledger.open);
    return found;
}

/* Fails call 1, 2, 3 ... of the script until a run does not reach the failing call. */
static void every_call_fails_once(struct rig *rig, int code, bool for_ever, bool torn)
{
    int call = 0;
    bool reached = true;
    while (reached && ++call < SCRIPT_LIMIT) {
        disk_reset(call, code, for_ever, torn);
        int confirmed = script_run(rig);
        reached = atomic_load(&disk.failed);
        disk_reset(0, SQLITE_OK, false, false);
        rig_start(rig);
        assert_false(rig->opened.new_epoch);
        int found = script_found(rig);
        assert_in_range(found, confirmed, confirmed + 1);
        rig_destroy(rig);
        rig_create(rig);
    }
    assert_in_range(call, 10, SCRIPT_LIMIT - 1);
}

static void a_full_disk_at_any_call_loses_and_invents_nothing(void **state)
{
    every_call_fails_once(*state, SQLITE_FULL, true, false);
}

static void a_write_error_at_any_call_loses_and_invents_nothing(void **state)
{
    every_call_fails_once(*state, SQLITE_IOERR_WRITE, false, false);
}

static void a_torn_write_at_any_call_loses_and_invents_nothing(void **state)
{
    every_call_fails_once(*state, SQLITE_IOERR_WRITE, true, true);
}

static void a_read_error_at_any_call_loses_and_invents_nothing(void **state)
{
    every_call_fails_once(*state, SQLITE_IOERR_READ, false, false);
}

static void a_failed_run_says_so_once_and_never_touches_the_file_again(void **state)
{
    struct rig *rig = *state;
    rig_start(rig);
    rig_sell(rig, "good");
    rig_stop(rig, true);
    rig_start(rig); /* a start that no settled payment follows: its end is counted */
    disk_reset(1, SQLITE_IOERR_WRITE, false, false);
    struct core_txn txn = rig_payment(rig, "bad");
    struct store_event event = rig_commit(rig, &txn);
    assert_false(event.ok);
    assert_int_equal(rig_next(rig).kind, STORE_EVENT_FAILED);
    disk_reset(0, SQLITE_OK, false, false);
    for (int i = 0; i < 3; i++) {
        txn = rig_payment(rig, "later");
        assert_true(store_submit(rig->store, &txn));
        event = rig_next(rig);
        assert_int_equal(event.kind, STORE_EVENT_COMMITTED);
        assert_false(event.ok);
    }
    enum payment_result stored;
    char json[16];
    bool published;
    assert_int_equal(store_acknowledge(rig->store, "psp", "good", PAYMENT_RESULT_DELIVERED, &stored), -EIO);
    assert_int_equal(store_command_begin(rig->store, "j", "{}", 1, json, sizeof json, &published), -EIO);
    rig_stop(rig, true);
    assert_int_equal(atomic_load(&disk.writes), 0);
    assert_int_equal(atomic_load(&disk.syncs), 0);
    rig_start(rig);
    assert_int_equal(rig->opened.unclean_starts, 1);
    assert_int_equal(rig_find(rig, "good").state, PAYMENT_STATE_DONE);
    assert_int_equal(rig_find(rig, "later").state, PAYMENT_STATE_NONE);
}

/* Holds the store's thread, so that what is submitted meanwhile waits together. */
struct gate {
    sem_t reached, open;
};

static void wait_at_gate(struct store *store, void *user)
{
    struct gate *gate = user;
    (void)store;
    sem_post(&gate->reached);
    sem_wait(&gate->open);
}

static void gate_close(struct rig *rig, struct gate *gate)
{
    sem_init(&gate->reached, 0, 0);
    sem_init(&gate->open, 0, 0);
    assert_true(store_run(rig->store, wait_at_gate, gate));
    sem_wait(&gate->reached);
}

static void gate_open(struct gate *gate)
{
    sem_post(&gate->open);
}

static void gate_free(struct gate *gate)
{
    sem_destroy(&gate->reached);
    sem_destroy(&gate->open);
}

static void what_waits_together_costs_one_flush(void **state)
{
    struct rig *rig = *state;
    struct gate gate;
    rig_start(rig);
    rig_sell(rig, "first");
    gate_close(rig, &gate);
    char id[16];
    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "g%d", i);
        struct core_txn txn = rig_payment(rig, id);
        assert_true(store_submit(rig->store, &txn));
    }
    disk_reset(0, SQLITE_OK, false, false);
    gate_open(&gate);
    assert_int_equal(rig_next(rig).kind, STORE_EVENT_DONE);
    for (int i = 0; i < 100; i++)
        assert_true(rig_next(rig).ok);
    assert_int_equal(atomic_load(&disk.syncs), 1);
    gate_free(&gate);
}

static void a_conflict_leaves_the_others_of_its_group_alone(void **state)
{
    struct rig *rig = *state;
    struct gate gate;
    rig_start(rig);
    rig_sell(rig, "known");
    gate_close(rig, &gate);
    struct core_txn before = rig_payment(rig, "before"), known = rig_payment(rig, "known"),
                    after = rig_payment(rig, "after");
    rig_settle(&known, PAYMENT_RESULT_REFUSED, PAYMENT_REFUND_YES);
    assert_true(store_submit(rig->store, &before) && store_submit(rig->store, &known) &&
                store_submit(rig->store, &after));
    gate_open(&gate);
    assert_int_equal(rig_next(rig).kind, STORE_EVENT_DONE);
    assert_false(rig_next(rig).conflict);
    struct store_event event = rig_next(rig);
    assert_true(event.ok && event.conflict && event.seq == 0);
    assert_false(rig_next(rig).conflict);
    assert_int_equal(rig_find(rig, "known").outcome.result, PAYMENT_RESULT_DELIVERED);
    assert_int_equal(rig_find(rig, "after").state, PAYMENT_STATE_PAID);
    gate_free(&gate);
}

static void a_full_queue_refuses_instead_of_waiting(void **state)
{
    struct rig *rig = *state;
    struct gate gate;
    rig_start(rig);
    gate_close(rig, &gate);
    struct core_txn txn = rig_payment(rig, "same");
    for (int i = 0; i < STORE_QUEUE; i++)
        assert_true(store_submit(rig->store, &txn));
    assert_false(store_submit(rig->store, &txn));
    gate_open(&gate);
    for (int i = 0; i < STORE_QUEUE + 1; i++)
        assert_true(rig_next(rig).ok);
    assert_true(store_submit(rig->store, &txn));
    assert_true(rig_next(rig).conflict);
    gate_free(&gate);
}

#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    disk_install();
    const struct CMUnitTest facts[] = {
        FACT(a_full_disk_at_any_call_loses_and_invents_nothing),
        FACT(a_write_error_at_any_call_loses_and_invents_nothing),
        FACT(a_torn_write_at_any_call_loses_and_invents_nothing),
        FACT(a_read_error_at_any_call_loses_and_invents_nothing),
        FACT(a_failed_run_says_so_once_and_never_touches_the_file_again),
        FACT(what_waits_together_costs_one_flush),
        FACT(a_conflict_leaves_the_others_of_its_group_alone),
        FACT(a_full_queue_refuses_instead_of_waiting),
    };
    return cmocka_run_group_tests(facts, NULL, NULL);
}
