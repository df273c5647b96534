/* The outbox's thread against a store and a sender made up here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "controller/outbox.h"

static pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t fake_wake = PTHREAD_COND_INITIALIZER;
static int64_t fake_last;
static int fake_published, fake_refusals;
static char fake_text[STORE_OUTCOME_SIZE];
static uint64_t fake_tag;
static bool fake_broken;

int store_unacknowledged(struct store *store, int64_t after, int max,
                         void (*each)(void *user, int64_t seq, const char *json, size_t length), void *user)
{
    int rows = 0;
    (void)store;
    pthread_mutex_lock(&fake_lock);
    bool broken = fake_broken;
    int64_t last = fake_last;
    pthread_mutex_unlock(&fake_lock);
    if (broken)
        return -EIO;
    for (int64_t seq = after + 1; seq <= last && rows < max; seq++, rows++) {
        char json[64];
        int length = snprintf(json, sizeof json, "{\"seq\":%lld}", (long long)seq);
        each(user, seq, json, (size_t)length);
    }
    return rows;
}

long store_outcome(struct store *store, const char *provider, const char *payment_id, char *ret, size_t size,
                   int64_t *ret_seq)
{
    (void)store;
    *ret_seq = 7;
    return strcmp(payment_id, "none") == 0
               ? 0
               : snprintf(ret, size, "{\"again\":\"%s/%s\"}", provider, payment_id);
}

bool mqtt_publish(struct mqtt *mqtt, enum mqtt_topic_out topic, const void *payload, size_t size,
                  bool retained, uint64_t tag)
{
    (void)mqtt;
    pthread_mutex_lock(&fake_lock);
    bool taken = fake_refusals == 0 && topic == MQTT_OUT_OUTCOME && !retained;
    if (fake_refusals > 0)
        fake_refusals--;
    if (taken) {
        fake_published++;
        fake_tag = tag;
        memcpy(fake_text, payload, size);
        fake_text[size] = '\0';
        pthread_cond_broadcast(&fake_wake);
    }
    pthread_mutex_unlock(&fake_lock);
    return taken;
}

uint64_t mqtt_received(struct mqtt *mqtt)
{
    (void)mqtt;
    return 0;
}

static bool published_within_5_s(int count)
{
    struct timespec until;
    int rc = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 5;
    pthread_mutex_lock(&fake_lock);
    while (fake_published < count && rc == 0)
        rc = pthread_cond_timedwait(&fake_wake, &fake_lock, &until);
    bool enough = fake_published >= count;
    pthread_mutex_unlock(&fake_lock);
    return enough;
}

static struct outbox *open_fake(int64_t last)
{
    struct outbox *outbox;
    pthread_mutex_lock(&fake_lock);
    fake_last = last;
    fake_published = fake_refusals = 0;
    fake_broken = false;
    pthread_mutex_unlock(&fake_lock);
    assert_int_equal(outbox_open(&outbox, NULL, NULL), 0);
    return outbox;
}

static void the_thread_publishes_a_backlog_with_its_tags(void **state)
{
    (void)state;
    struct outbox *outbox = open_fake(20);
    outbox_up(outbox);
    assert_true(published_within_5_s(20));
    assert_string_equal(fake_text, "{\"seq\":20}");
    assert_true(fake_tag == (OUTBOX_TAG | 20));
    assert_true(outbox_landed(outbox, fake_tag));
    assert_false(outbox_landed(outbox, 20));
    outbox_close(outbox);
}

static void the_thread_waits_for_room_in_the_sender(void **state)
{
    (void)state;
    struct outbox *outbox = open_fake(5);
    pthread_mutex_lock(&fake_lock);
    fake_refusals = 3;
    pthread_mutex_unlock(&fake_lock);
    outbox_up(outbox);
    assert_true(published_within_5_s(5));
    assert_string_equal(fake_text, "{\"seq\":5}");
    outbox_close(outbox);
}

static void the_thread_publishes_a_stored_outcome_again(void **state)
{
    (void)state;
    struct outbox *outbox = open_fake(0);
    outbox_again(outbox, "psp", "lost"); /* offline: the reconnect brings it anyway */
    outbox_up(outbox);
    outbox_again(outbox, "psp", "none");
    outbox_again(outbox, "psp", "p1");
    assert_true(published_within_5_s(1));
    assert_string_equal(fake_text, "{\"again\":\"psp/p1\"}");
    assert_true(outbox_landed(outbox, fake_tag));
    outbox_close(outbox);
}

static void a_thread_with_a_broken_store_can_be_closed(void **state)
{
    (void)state;
    struct outbox *outbox = open_fake(5);
    pthread_mutex_lock(&fake_lock);
    fake_broken = true;
    pthread_mutex_unlock(&fake_lock);
    outbox_up(outbox);
    outbox_new(outbox, 5);
    outbox_close(outbox);
    assert_int_equal(fake_published, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_thread_publishes_a_backlog_with_its_tags),
        cmocka_unit_test(the_thread_waits_for_room_in_the_sender),
        cmocka_unit_test(the_thread_publishes_a_stored_outcome_again),
        cmocka_unit_test(a_thread_with_a_broken_store_can_be_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
