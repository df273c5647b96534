/* The store's thread: takes everything that waits, commits it with one flush, says so, and does housekeeping
 * when idle.
 *
 * It sleeps on a condition variable. After the last commit it wakes once more, STORE_IDLE_MS later, for the
 * housekeeping; an idle store does not wake at all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "controller/store_impl.h"

/* Waits for room, because a lost COMMITTED would leave a payment hanging; gives up only when the store is
 * being closed and nobody reads any more. */
static void push_event(struct store *store, const struct store_event *event)
{
    while (!queue_push_wait(store->events, event, 100)) {
        if (atomic_load(&store->closing))
            return;
    }
}

void store_fail(struct store *store, int rc, const char *what)
{
    bool first = !atomic_exchange(&store->failed, true);
    if (store_is_damage(rc))
        store_mark_damaged(store);
    if (!first)
        return;
    log_error("store failed at=%s error=%d text=\"%s\": nothing is written any more in this run", what, rc,
              sqlite3_errstr(rc));
    pthread_mutex_lock(&store->lock);
    pthread_cond_signal(&store->wake);
    pthread_mutex_unlock(&store->lock);
}

static bool event_block_due(const struct store *store)
{
    return atomic_load(&store->event_seq) + STORE_EVENT_BLOCK / 2 > atomic_load(&store->event_limit) &&
           !atomic_load(&store->failed);
}

int64_t store_next_event_seq(struct store *store)
{
    int64_t seq = atomic_fetch_add(&store->event_seq, 1) + 1;
    if (event_block_due(store)) {
        pthread_mutex_lock(&store->lock);
        pthread_cond_signal(&store->wake);
        pthread_mutex_unlock(&store->lock);
    }
    return seq;
}

/* ---- one group ---- */

struct group {
    size_t first, count; /* places of the ring */
    struct store_call *calls;
};

static int group_body(struct store *store, const struct group *group)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < group->count; i++) {
        size_t place = (group->first + i) % STORE_QUEUE;
        rc = store_txn_write(store, &store->ring[place], &store->conflict[place], &store->seq[place]);
    }
    for (struct store_call *call = group->calls; rc == SQLITE_OK && call; call = call->next)
        rc = call->run(store, call->arg);
    if (rc == SQLITE_OK && event_block_due(store))
        rc = store_meta_set(store, "event_seq", atomic_load(&store->event_limit) + STORE_EVENT_BLOCK);
    return rc;
}

/* BEGIN, body, COMMIT. The first error ends writing for this run. */
static int transaction(struct store *store, int (*body)(struct store *store, void *arg), void *arg)
{
    if (atomic_load(&store->failed))
        return SQLITE_IOERR;
    pthread_mutex_lock(&store->db_lock);
    int rc = store_sql_run(store, store_sql_get(store, STORE_SQL_BEGIN), NULL);
    if (rc == SQLITE_OK)
        rc = body(store, arg);
    if (rc == SQLITE_OK)
        rc = store_sql_run(store, store_sql_get(store, STORE_SQL_COMMIT), NULL);
    if (rc != SQLITE_OK && !sqlite3_get_autocommit(store->db))
        store_sql_run(store, store_sql_get(store, STORE_SQL_ROLLBACK), NULL);
    store_ledger_settle(store, rc == SQLITE_OK);
    pthread_mutex_unlock(&store->db_lock);
    if (rc != SQLITE_OK)
        store_fail(store, rc, "commit");
    return rc;
}

static int group_run(struct store *store, void *arg)
{
    return group_body(store, arg);
}

/* Called and left with the lock held. */
static void group_commit(struct store *store)
{
    struct group group = {.first = store->head, .count = store->count, .calls = store->first_call};
    store->first_call = store->last_call = NULL;
    pthread_mutex_unlock(&store->lock);
    bool block = event_block_due(store);
    int rc = transaction(store, group_run, &group);
    if (rc == SQLITE_OK && block)
        atomic_fetch_add(&store->event_limit, STORE_EVENT_BLOCK);
    for (size_t i = 0; i < group.count; i++) {
        size_t place = (group.first + i) % STORE_QUEUE;
        struct store_event event = {.kind = STORE_EVENT_COMMITTED, .ticket = store->ring[place].ticket};
        event.ok = rc == SQLITE_OK;
        event.conflict = event.ok && store->conflict[place];
        event.seq = event.ok ? store->seq[place] : 0;
        /* The place is free before the news is out: who hears of it may hand over the next one at once. */
        pthread_mutex_lock(&store->lock);
        store->head = (place + 1) % STORE_QUEUE;
        store->count--;
        pthread_mutex_unlock(&store->lock);
        push_event(store, &event);
    }
    pthread_mutex_lock(&store->lock);
    for (struct store_call *call = group.calls, *next; call; call = next) {
        next = call->next;
        call->result = rc == SQLITE_OK ? 0 : -EIO;
        call->done = true;
    }
    if (group.calls)
        pthread_cond_broadcast(&store->done);
}

static void job_run(struct store *store)
{
    struct store_job job = store->jobs[store->job_head];
    store->job_head = (store->job_head + 1) % STORE_JOBS;
    store->job_count--;
    pthread_mutex_unlock(&store->lock);
    job.run(store, job.user);
    struct store_event event = {.kind = STORE_EVENT_DONE, .ok = true, .user = job.user};
    push_event(store, &event);
    pthread_mutex_lock(&store->lock);
}

/* ---- the thread ---- */

static void say_failed(struct store *store)
{
    store->failed_said = true;
    pthread_mutex_unlock(&store->lock);
    struct store_event event = {.kind = STORE_EVENT_FAILED};
    push_event(store, &event);
    pthread_mutex_lock(&store->lock);
}

/* Work that somebody waits for. false: there was none. Lock held. */
static bool work_step(struct store *store)
{
    if (store->count > 0 || store->first_call || event_block_due(store))
        group_commit(store);
    else if (atomic_load(&store->failed) && !store->failed_said)
        say_failed(store);
    else if (store->job_count > 0)
        job_run(store);
    else
        return false;
    return true;
}

static bool idle_step(struct store *store, bool busy)
{
    pthread_mutex_unlock(&store->lock);
    bool more = store_idle_step(store, busy);
    pthread_mutex_lock(&store->lock);
    return more;
}

/* Sleeps until there is work. true: it has been quiet for STORE_IDLE_MS (only if timed). Lock held. */
static bool wait_for_work(struct store *store, bool timed)
{
    atomic_store(&store->busy_since_us, 0);
    int rc = 0;
    if (timed) {
        struct timespec until = clock_timespec(clock_mono_us() + STORE_IDLE_MS * INT64_C(1000));
        rc = pthread_cond_timedwait(&store->wake, &store->lock, &until);
    } else {
        pthread_cond_wait(&store->wake, &store->lock);
    }
    atomic_store(&store->busy_since_us, clock_mono_us());
    return rc == ETIMEDOUT;
}

static void *thread_main(void *arg)
{
    struct store *store = arg;
    bool idle_wanted = true, idle_now = false;
    pthread_mutex_lock(&store->lock);
    for (;;) {
        atomic_store(&store->busy_since_us, clock_mono_us());
        if (work_step(store)) {
            idle_step(store, true);
            idle_wanted = true;
            idle_now = false;
        } else if (atomic_load(&store->closing)) {
            break;
        } else if (idle_now) {
            idle_now = idle_wanted = idle_step(store, false);
        } else {
            idle_now = wait_for_work(store, idle_wanted);
        }
    }
    atomic_store(&store->busy_since_us, 0);
    pthread_mutex_unlock(&store->lock);
    return NULL;
}

int store_start(struct store *store, struct queue *events)
{
    store->events = events;
    pthread_mutex_lock(&store->lock);
    int rc = -pthread_create(&store->thread, NULL, thread_main, store);
    store->started = rc == 0;
    pthread_mutex_unlock(&store->lock);
    return rc;
}

void store_stop(struct store *store)
{
    if (!store->started)
        return;
    pthread_mutex_lock(&store->lock);
    atomic_store(&store->closing, true);
    pthread_cond_signal(&store->wake);
    pthread_mutex_unlock(&store->lock);
    pthread_join(store->thread, NULL);
    store->started = false;
}

/* ---- what callers use ---- */

bool store_submit(struct store *store, const struct core_txn *txn)
{
    pthread_mutex_lock(&store->lock);
    bool room = store->count < STORE_QUEUE && !atomic_load(&store->closing);
    if (room) {
        store->ring[(store->head + store->count) % STORE_QUEUE] = *txn;
        store->count++;
        pthread_cond_signal(&store->wake);
    }
    pthread_mutex_unlock(&store->lock);
    return room;
}

int store_call(struct store *store, int (*run)(struct store *store, void *arg), void *arg)
{
    pthread_mutex_lock(&store->lock);
    if (!store->started || pthread_equal(pthread_self(), store->thread)) {
        pthread_mutex_unlock(&store->lock);
        return transaction(store, run, arg) == SQLITE_OK ? 0 : -EIO;
    }
    struct store_call call = {.run = run, .arg = arg};
    if (atomic_load(&store->closing)) {
        pthread_mutex_unlock(&store->lock);
        return -EIO;
    }
    /* It waits below until the thread has taken it out of the list again. */
    if (store->last_call)
        store->last_call->next = &call;
    else
        store->first_call = &call; /* cppcheck-suppress autoVariables */
    store->last_call = &call;      /* cppcheck-suppress autoVariables */
    pthread_cond_signal(&store->wake);
    while (!call.done)
        pthread_cond_wait(&store->done, &store->lock);
    pthread_mutex_unlock(&store->lock);
    return call.result;
}

bool store_run(struct store *store, void (*job)(struct store *store, void *user), void *user)
{
    pthread_mutex_lock(&store->lock);
    bool room = store->started && store->job_count < STORE_JOBS && !atomic_load(&store->closing);
    if (room) {
        struct store_job item = {.run = job, .user = user};
        store->jobs[(store->job_head + store->job_count++) % STORE_JOBS] = item;
        pthread_cond_signal(&store->wake);
    }
    pthread_mutex_unlock(&store->lock);
    return room;
}

bool store_healthy(struct store *store)
{
    int64_t since_us = atomic_load(&store->busy_since_us);
    return since_us == 0 || clock_mono_us() - since_us < STORE_STUCK_S * INT64_C(1000000);
}
