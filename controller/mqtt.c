#include "controller/mqtt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/log.h"
#include "controller/mqtt_state.h"

static const char *const in_name[MQTT_TOPICS_IN] = {"payment", "ack", "command"};
static const char *const out_name[MQTT_OUT_COUNT] = {"receipt",   "outcome", "status", "availability",
                                                     "telemetry", "event",   "result"};

static void name_topics(struct mqtt *mqtt)
{
    const char *prefix = mqtt->config->mqtt.prefix, *id = mqtt->config->kiosk.id;
    for (int i = 0; i < MQTT_TOPICS_IN; i++) {
        snprintf(mqtt->topic_in[i], MQTT_TOPIC_SIZE, "%s/%s/in/%s", prefix, id, in_name[i]);
        mqtt->subscription[i] = (struct mqtt_subscription){.mqtt = mqtt, .topic = i};
    }
    for (int i = 0; i < MQTT_OUT_COUNT; i++)
        snprintf(mqtt->topic_out[i], MQTT_TOPIC_SIZE, "%s/%s/out/%s", prefix, id, out_name[i]);
    bool bare_v6 = strchr(mqtt->config->mqtt.host, ':') != NULL && mqtt->config->mqtt.host[0] != '[';
    snprintf(mqtt->uri, sizeof mqtt->uri, "%s://%s%s%s:%d", mqtt->config->mqtt.tls ? "ssl" : "tcp",
             bare_v6 ? "[" : "", mqtt->config->mqtt.host, bare_v6 ? "]" : "", (int)mqtt->config->mqtt.port);
}

/* Paho finds a frozen broker after 2.5 keep-alives and about a second. */
static int effective_keepalive(const struct config *config)
{
    int longest = (config->machine.offline_s - 1) * 10 / 25;
    if (longest < 2)
        longest = 2;
    return config->mqtt.keepalive_s < longest ? config->mqtt.keepalive_s : longest;
}

/* The first line of the file. */
static int read_password(struct mqtt *mqtt, char *error, size_t error_size)
{
    const char *path = mqtt->config->mqtt.password_file;
    if (path[0] == '\0')
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, mqtt->password, sizeof mqtt->password);
    int rc = size < 0 ? -errno : size == (ssize_t)sizeof mqtt->password ? -EFBIG : 0;
    if (fd >= 0)
        close(fd);
    if (rc < 0) {
        snprintf(error, error_size, "mqtt.password_file %s: %s", path, strerror(-rc));
        return rc;
    }
    mqtt->password[size] = '\0';
    mqtt->password[strcspn(mqtt->password, "\r\n")] = '\0';
    return 0;
}

static void init_shared(struct mqtt *mqtt)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&mqtt->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&mqtt->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    mqtt->down_since_us = clock_mono_us();
}

/* Once and before any client: it makes Paho's mutexes, and makes them again when called again. */
static void init_library(void)
{
    MQTTAsync_init_options init = MQTTAsync_init_options_initializer;
    init.do_openssl_init = 1;
    MQTTAsync_global_init(&init);
}

int mqtt_open(struct mqtt **ret_mqtt, const struct config *config, const char *will_json,
              const struct mqtt_callbacks *callbacks, char *error, size_t error_size)
{
    int rc = -ENOMEM;
    struct mqtt *mqtt = calloc(1, sizeof *mqtt);
    if (!mqtt)
        goto out_of_memory;
    mqtt->config = config;
    mqtt->callbacks = *callbacks;
    mqtt->window = MQTT_MAX_INFLIGHT;
    mqtt->keepalive_s = effective_keepalive(config);
    mqtt->will = strdup(will_json);
    mqtt->ring.bytes = malloc(MQTT_RING_BYTES);
    if (!mqtt->will || !mqtt->ring.bytes)
        goto out_of_memory;
    name_topics(mqtt);
    init_shared(mqtt);
    init_library();
    rc = read_password(mqtt, error, error_size);
    if (rc == 0)
        rc = mqtt_client_create(mqtt, error, error_size);
    if (rc < 0)
        goto failed;
    *ret_mqtt = mqtt;
    return 0;
out_of_memory:
    snprintf(error, error_size, "mqtt: out of memory");
failed:
    if (mqtt) {
        free(mqtt->will);
        free(mqtt->ring.bytes);
        free(mqtt);
    }
    return rc;
}

int mqtt_start(struct mqtt *mqtt)
{
    mqtt_why_listen(mqtt, true);
    int rc = -pthread_create(&mqtt->sender, NULL, mqtt_sender_run, mqtt);
    if (rc < 0)
        return rc;
    mqtt->sender_started = true;
    pthread_setname_np(mqtt->sender, "mqtt-out");
    return mqtt_client_connect(mqtt);
}

/* Lock held. A state that was not sent yet is replaced; who waited for it gets UNSENT (ret_replaced). */
static bool keep_newest(struct mqtt_newest *newest, const void *payload, size_t size, uint64_t tag,
                        uint64_t *ret_replaced)
{
    if (size > sizeof newest->bytes)
        return false;
    *ret_replaced = newest->dirty ? newest->tag : 0;
    memcpy(newest->bytes, payload, size);
    newest->size = size;
    newest->tag = tag;
    newest->given = newest->dirty = true;
    return true;
}

bool mqtt_publish(struct mqtt *mqtt, enum mqtt_topic_out topic, const void *payload, size_t size,
                  bool retained, uint64_t tag)
{
    uint64_t replaced = 0;
    bool taken;
    if (size > MQTT_MAX_PAYLOAD)
        return false;
    pthread_mutex_lock(&mqtt->lock);
    if (retained && (topic == MQTT_OUT_STATUS || topic == MQTT_OUT_AVAILABILITY)) {
        struct mqtt_newest *newest = topic == MQTT_OUT_STATUS ? &mqtt->status : &mqtt->availability;
        taken = keep_newest(newest, payload, size, tag, &replaced);
    } else {
        struct mqtt_ring_item item = {.tag = tag, .topic = (int)topic, .retained = retained, .size = size};
        taken = mqtt_ring_push(&mqtt->ring, &item, payload);
        if (!taken && tag == 0)
            mqtt->dropped++;
    }
    if (taken)
        pthread_cond_broadcast(&mqtt->wake);
    pthread_mutex_unlock(&mqtt->lock);
    if (replaced != 0) {
        struct mqtt_event event = {.kind = MQTT_EVENT_UNSENT, .tag = replaced};
        (void)queue_push(mqtt->callbacks.events, &event); /* may be the main thread: never waits */
    }
    return taken;
}

int64_t mqtt_down_since(struct mqtt *mqtt)
{
    pthread_mutex_lock(&mqtt->lock);
    int64_t since = mqtt->down_since_us;
    pthread_mutex_unlock(&mqtt->lock);
    return since;
}

uint64_t mqtt_dropped(struct mqtt *mqtt)
{
    pthread_mutex_lock(&mqtt->lock);
    uint64_t dropped = mqtt->dropped;
    pthread_mutex_unlock(&mqtt->lock);
    return dropped;
}

uint64_t mqtt_received(struct mqtt *mqtt)
{
    return atomic_load(&mqtt->received);
}

bool mqtt_healthy(struct mqtt *mqtt)
{
    int64_t now = clock_mono_us();
    int64_t receiving = atomic_load(&mqtt->receiving_since_us),
            sending = atomic_load(&mqtt->sending_since_us);
    return (receiving == 0 || now - receiving < MQTT_STUCK_US) &&
           (sending == 0 || now - sending < MQTT_STUCK_US);
}

static struct timespec deadline_in(int ms)
{
    return clock_timespec(clock_mono_us() + ms * INT64_C(1000));
}

void mqtt_close(struct mqtt *mqtt, const char *last_status, int wait_ms)
{
    if (!mqtt)
        return;
    struct timespec until = deadline_in(wait_ms);
    if (last_status)
        (void)mqtt_publish(mqtt, MQTT_OUT_STATUS, last_status, strlen(last_status), true, MQTT_LAST_TAG);
    pthread_mutex_lock(&mqtt->lock);
    int rc = 0;
    while (last_status && mqtt->connected && !mqtt->last_status_sent && rc == 0)
        rc = pthread_cond_timedwait(&mqtt->wake, &mqtt->lock, &until);
    mqtt->disconnecting = mqtt->connected;
    mqtt->disconnected = !mqtt->connected;
    pthread_cond_broadcast(&mqtt->wake);
    struct timespec leave = deadline_in(1000);
    rc = 0;
    while (!mqtt->disconnected && rc == 0)
        rc = pthread_cond_timedwait(&mqtt->wake, &mqtt->lock, &leave);
    atomic_store(&mqtt->closed, true);
    mqtt->stopping = true;
    pthread_cond_broadcast(&mqtt->wake);
    leave = deadline_in(500);
    rc = 0;
    while (mqtt->sender_started && !mqtt->sender_ended && rc == 0)
        rc = pthread_cond_timedwait(&mqtt->wake, &mqtt->lock, &leave);
    bool ended = mqtt->sender_ended;
    pthread_mutex_unlock(&mqtt->lock);
    /* It may sit in a name look-up for a long time; then it ends with the process. */
    if (mqtt->sender_started && ended)
        (void)pthread_join(mqtt->sender, NULL);
    else if (mqtt->sender_started)
        (void)pthread_detach(mqtt->sender);
}
