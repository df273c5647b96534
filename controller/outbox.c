#include "controller/outbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "common/clock.h"
#include "common/log.h"
#include "common/text.h"
#include "controller/outbox_policy.h"

/* Published again for a duplicate: nobody keeps count of these. */
#define AGAIN_TAG (OUTBOX_TAG | (OUTBOX_TAG >> 1))

struct row {
    int64_t seq;
    size_t size;
    char json[STORE_OUTCOME_SIZE];
};

struct key {
    char provider[PAYMENT_PROVIDER_SIZE];
    char payment_id[PAYMENT_ID_SIZE];
};

struct outbox {
    struct store *store;
    struct mqtt *mqtt;
    pthread_t thread;
    pthread_mutex_t lock; /* for policy, again*, stopping; never held while asking the store */
    pthread_cond_t wake;
    struct outbox_policy policy;
    struct key again[OUTBOX_AGAIN_QUEUE];
    unsigned again_head, again_count;
    int64_t again_at_ms;
    bool stopping, store_failed;
    uint64_t received; /* messages from the broker when last looked at */
    /* the thread's own */
    int row_count;
    struct row row[OUTBOX_PAGE];
};

static int64_t now_ms(void)
{
    return clock_mono_us() / 1000;
}

static void keep_row(void *user, int64_t seq, const char *json, size_t length)
{
    struct outbox *outbox = user;
    if (outbox->row_count == OUTBOX_PAGE)
        return;
    struct row *row = &outbox->row[outbox->row_count++];
    row->seq = seq;
    row->size = length < sizeof row->json ? length : 0;
    memcpy(row->json, json, row->size);
    if (row->size == 0)
        log_error("outbox outcome seq=%lld has %zu bytes, not sent", (long long)seq, length);
}

/* Publishes the rows of a page; lock held on entry and return. false: the sender had no room. */
static bool publish_rows(struct outbox *outbox, const struct outbox_job *job)
{
    for (int i = 0; i < outbox->row_count; i++) {
        const struct row *row = &outbox->row[i];
        if (!outbox_policy_wants(&outbox->policy, job, row->seq))
            continue;
        if (row->size > 0 && !mqtt_publish(outbox->mqtt, MQTT_OUT_OUTCOME, row->json, row->size, false,
                                           OUTBOX_TAG | (uint64_t)row->seq))
            return false;
        outbox_policy_sent(&outbox->policy, job, row->seq, now_ms());
    }
    return true;
}

/* Lock held on entry and return. */
static void do_job(struct outbox *outbox, const struct outbox_job *job)
{
    pthread_mutex_unlock(&outbox->lock);
    outbox->row_count = 0;
    int rows = store_unacknowledged(outbox->store, job->after, job->max, keep_row, outbox);
    pthread_mutex_lock(&outbox->lock);
    if (rows < 0) {
        if (!outbox->store_failed)
            log_error("outbox cannot read outcomes: %s", strerror(-rows));
        outbox->store_failed = true;
        outbox_policy_stalled(&outbox->policy, true, now_ms());
        return;
    }
    outbox->store_failed = false;
    if (publish_rows(outbox, job))
        outbox_policy_done(&outbox->policy, job, rows, now_ms());
    else
        outbox_policy_stalled(&outbox->policy, false, now_ms());
}

/* Lock held on entry and return. */
static void do_again(struct outbox *outbox)
{
    struct key key = outbox->again[outbox->again_head];
    struct row *row = &outbox->row[0];
    outbox->again_head = (outbox->again_head + 1) % OUTBOX_AGAIN_QUEUE;
    outbox->again_count--;
    outbox->again_at_ms = now_ms() + 1000 / OUTBOX_AGAIN_RATE;
    pthread_mutex_unlock(&outbox->lock);
    long size =
        store_outcome(outbox->store, key.provider, key.payment_id, row->json, sizeof row->json, &row->seq);
    if (size > 0)
        (void)mqtt_publish(outbox->mqtt, MQTT_OUT_OUTCOME, row->json, (size_t)size, false, AGAIN_TAG);
    pthread_mutex_lock(&outbox->lock);
}

/* Lock held. */
static void wait_ms(struct outbox *outbox, int64_t ms)
{
    if (ms < 0) {
        pthread_cond_wait(&outbox->wake, &outbox->lock);
        return;
    }
    struct timespec until = clock_timespec(clock_mono_us() + ms * 1000);
    pthread_cond_timedwait(&outbox->wake, &outbox->lock, &until);
}

/* Lock held. */
static void look_at_traffic(struct outbox *outbox, int64_t now)
{
    uint64_t received = mqtt_received(outbox->mqtt);
    if (received != outbox->received)
        outbox_policy_busy(&outbox->policy, now);
    outbox->received = received;
}

static void *run(void *user)
{
    struct outbox *outbox = user;
    struct outbox_job job;
    pthread_mutex_lock(&outbox->lock);
    while (!outbox->stopping) {
        int64_t now = now_ms(), again = -1;
        look_at_traffic(outbox, now);
        outbox_policy_next(&outbox->policy, now, &job);
        if (job.kind != OUTBOX_WAIT)
            do_job(outbox, &job);
        if (outbox->policy.up && outbox->again_count > 0) {
            if (now >= outbox->again_at_ms)
                do_again(outbox);
            again = outbox->again_at_ms > now ? outbox->again_at_ms - now : 1;
        }
        if (job.kind == OUTBOX_WAIT && !outbox->stopping)
            wait_ms(outbox, again >= 0 && (job.wait_ms < 0 || again < job.wait_ms) ? again : job.wait_ms);
    }
    pthread_mutex_unlock(&outbox->lock);
    return NULL;
}

int outbox_open(struct outbox **ret_outbox, struct store *store, struct mqtt *mqtt)
{
    pthread_condattr_t attributes;
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox)
        return -ENOMEM;
    outbox->store = store;
    outbox->mqtt = mqtt;
    outbox_policy_init(&outbox->policy);
    pthread_mutex_init(&outbox->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&outbox->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    int rc = -pthread_create(&outbox->thread, NULL, run, outbox);
    if (rc < 0) {
        free(outbox);
        return rc;
    }
    pthread_setname_np(outbox->thread, "outbox");
    *ret_outbox = outbox;
    return 0;
}

void outbox_close(struct outbox *outbox)
{
    if (!outbox)
        return;
    pthread_mutex_lock(&outbox->lock);
    outbox->stopping = true;
    pthread_cond_broadcast(&outbox->wake);
    pthread_mutex_unlock(&outbox->lock);
    pthread_join(outbox->thread, NULL);
    pthread_cond_destroy(&outbox->wake);
    pthread_mutex_destroy(&outbox->lock);
    free(outbox);
}

static void unlock_and_wake(struct outbox *outbox)
{
    pthread_cond_broadcast(&outbox->wake);
    pthread_mutex_unlock(&outbox->lock);
}

void outbox_up(struct outbox *outbox)
{
    pthread_mutex_lock(&outbox->lock);
    outbox_policy_up(&outbox->policy, now_ms());
    unlock_and_wake(outbox);
}

void outbox_down(struct outbox *outbox)
{
    pthread_mutex_lock(&outbox->lock);
    outbox_policy_down(&outbox->policy);
    outbox->again_count = 0;
    unlock_and_wake(outbox);
}

void outbox_new(struct outbox *outbox, int64_t seq)
{
    pthread_mutex_lock(&outbox->lock);
    outbox_policy_new(&outbox->policy, seq);
    unlock_and_wake(outbox);
}

static bool waits_already(const struct outbox *outbox, const char *provider, const char *payment_id)
{
    for (unsigned i = 0; i < outbox->again_count; i++) {
        const struct key *key = &outbox->again[(outbox->again_head + i) % OUTBOX_AGAIN_QUEUE];
        if (strcmp(key->provider, provider) == 0 && strcmp(key->payment_id, payment_id) == 0)
            return true;
    }
    return false;
}

void outbox_again(struct outbox *outbox, const char *provider, const char *payment_id)
{
    pthread_mutex_lock(&outbox->lock);
    if (outbox->policy.up && outbox->again_count < OUTBOX_AGAIN_QUEUE &&
        !waits_already(outbox, provider, payment_id)) {
        struct key *key = &outbox->again[(outbox->again_head + outbox->again_count++) % OUTBOX_AGAIN_QUEUE];
        text_copy(key->provider, sizeof key->provider, provider);
        text_copy(key->payment_id, sizeof key->payment_id, payment_id);
    }
    unlock_and_wake(outbox);
}

bool outbox_landed(struct outbox *outbox, uint64_t tag)
{
    if ((tag & OUTBOX_TAG) == 0)
        return false;
    if (tag == AGAIN_TAG)
        return true;
    pthread_mutex_lock(&outbox->lock);
    outbox_policy_landed(&outbox->policy, (int64_t)(tag & ~OUTBOX_TAG));
    unlock_and_wake(outbox);
    return true;
}
