#include "controller/pay/broker_private.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/text.h"

static volatile sig_atomic_t stopped;

enum { BROKER_STEP_MS = 100 }; /* how soon a wait sees pay_broker_stop */

void pay_broker_stop(void)
{
    stopped = 1;
}

bool pay_broker_stopped(void)
{
    return stopped != 0;
}

/* One step of waiting for a change of the state; the lock is held. */
static void wait_step(struct pay_broker *broker)
{
    struct timespec until = clock_timespec(clock_mono_us() + BROKER_STEP_MS * INT64_C(1000));
    (void)pthread_cond_timedwait(&broker->changed, &broker->lock, &until);
}

bool pay_broker_wait(struct pay_broker *broker, bool (*ready)(const struct pay_broker *), int timeout_ms)
{
    int64_t until = clock_mono_us() + (int64_t)timeout_ms * 1000;
    bool good;
    pthread_mutex_lock(&broker->lock);
    while (!(good = ready(broker)) && !stopped && clock_mono_us() < until)
        wait_step(broker);
    pthread_mutex_unlock(&broker->lock);
    return good;
}

static bool is_settled(const struct pay_broker *broker)
{
    return broker->up || broker->failed;
}

static bool is_subscribed(const struct pay_broker *broker)
{
    return broker->failed || broker->subscribed >= broker->topic_count;
}

static bool has_room(const struct pay_broker *broker)
{
    return broker->up && broker->outstanding < PAY_BROKER_WINDOW;
}

static bool is_flushed(const struct pay_broker *broker)
{
    return broker->outstanding == 0;
}

static struct pay_broker *broker_allocate(const struct pay_options *options)
{
    pthread_condattr_t attributes;
    struct pay_broker *broker = calloc(1, sizeof *broker);
    if (!broker)
        return NULL;
    broker->options = options;
    pthread_mutex_init(&broker->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&broker->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (queue_open(&broker->messages, sizeof(struct pay_message *), PAY_BROKER_MESSAGES) != 0 ||
        queue_open(&broker->lost, sizeof(uint64_t), (size_t)PAY_BROKER_WINDOW * 4) != 0) {
        pay_broker_close(broker);
        return NULL;
    }
    return broker;
}

struct pay_broker *pay_broker_open(const struct pay_options *options)
{
    if (!options->kiosk) {
        pay_complain("which kiosk? --kiosk ID, or -c FILE to take it from the kiosk's configuration");
        return NULL;
    }
    struct pay_broker *broker = broker_allocate(options);
    if (!broker) {
        pay_complain("out of memory");
        return NULL;
    }
    if (!pay_broker_connect(broker)) {
        pay_broker_close(broker);
        return NULL;
    }
    (void)pay_broker_wait(broker, is_settled, PAY_BROKER_CONNECT_MS);
    pthread_mutex_lock(&broker->lock);
    bool up = broker->up;
    broker->opened = up;
    pthread_mutex_unlock(&broker->lock);
    if (up)
        return broker;
    pay_broker_explain(broker);
    pay_broker_close(broker);
    return NULL;
}

bool pay_broker_subscribe(struct pay_broker *broker, const char *name)
{
    char topic[PAY_BROKER_TOPIC_SIZE];
    if (broker->topic_count == BROKER_TOPICS)
        return false;
    snprintf(topic, sizeof topic, "%s/%s/%s", broker->options->prefix, broker->options->kiosk, name);
    pthread_mutex_lock(&broker->lock);
    (void)text_copy(broker->topics[broker->topic_count], PAY_BROKER_TOPIC_SIZE, topic);
    broker->topic_count++;
    pthread_mutex_unlock(&broker->lock);
    pay_broker_ask(broker, topic);
    bool good = pay_broker_wait(broker, is_subscribed, PAY_BROKER_CONNECT_MS);
    pthread_mutex_lock(&broker->lock);
    bool refused = broker->failed;
    pthread_mutex_unlock(&broker->lock);
    if (good && !refused)
        return true;
    if (!stopped)
        pay_complain("the broker does not let us read %s: %s", topic, refused ? broker->reason : "no answer");
    return false;
}

bool pay_broker_publish(struct pay_broker *broker, const char *name, const void *payload, size_t size,
                        bool retained, uint64_t tag, int timeout_ms)
{
    char topic[PAY_BROKER_TOPIC_SIZE];
    if (!pay_broker_wait(broker, has_room, timeout_ms))
        return false;
    snprintf(topic, sizeof topic, "%s/%s/%s", broker->options->prefix, broker->options->kiosk, name);
    return pay_broker_send(broker, topic, payload, size, retained, tag);
}

bool pay_broker_lost(struct pay_broker *broker, uint64_t *ret_tag)
{
    return queue_pop(broker->lost, ret_tag);
}

bool pay_broker_flush(struct pay_broker *broker, int timeout_ms)
{
    return pay_broker_wait(broker, is_flushed, timeout_ms);
}

uint64_t pay_broker_confirmed(struct pay_broker *broker)
{
    pthread_mutex_lock(&broker->lock);
    uint64_t confirmed = broker->confirmed;
    pthread_mutex_unlock(&broker->lock);
    return confirmed;
}

uint64_t pay_broker_dropped(struct pay_broker *broker)
{
    pthread_mutex_lock(&broker->lock);
    uint64_t dropped = broker->dropped;
    pthread_mutex_unlock(&broker->lock);
    return dropped;
}

struct pay_message *pay_broker_next(struct pay_broker *broker, int timeout_ms)
{
    struct pay_message *message;
    int64_t until = clock_mono_us() + (int64_t)timeout_ms * 1000;
    for (;;) {
        int64_t left_ms = (until - clock_mono_us() + 999) / 1000;
        int step = left_ms <= 0 || stopped ? 0 : left_ms < BROKER_STEP_MS ? (int)left_ms : BROKER_STEP_MS;
        if (queue_pop_wait(broker->messages, &message, step))
            return message;
        if (step == 0)
            return NULL;
    }
}

void pay_broker_close(struct pay_broker *broker)
{
    struct pay_message *message;
    if (!broker)
        return;
    pay_broker_disconnect(broker);
    while (broker->messages && queue_pop(broker->messages, &message))
        free(message);
    if (broker->messages)
        queue_close(broker->messages);
    if (broker->lost)
        queue_close(broker->lost);
    pthread_cond_destroy(&broker->changed);
    pthread_mutex_destroy(&broker->lock);
    free(broker);
}
