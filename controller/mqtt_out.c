/* The way out: the sender thread takes from the ring and hands over to Paho, which may block for DNS. */
#include "controller/mqtt_state.h"
#include "controller/nodelay.h"

#include <string.h>
#include <time.h>
#include "common/clock.h"
#include "common/log.h"

/* ---- flights: what Paho has of us ---- */

/* A free one or NULL. Paho holds at most MQTT_BUFFERED queued and MQTT_MAX_INFLIGHT sent ones (those twice
 * around a reconnect), so one that is neither live nor held is always found. Lock held. */
static struct mqtt_flight *flight_take(struct mqtt *mqtt, int topic, uint64_t tag)
{
    for (unsigned tries = 0; tries < MQTT_FLIGHTS; tries++) {
        struct mqtt_flight *flight = &mqtt->flight[mqtt->next_flight];
        mqtt->next_flight = (mqtt->next_flight + 1) % MQTT_FLIGHTS;
        if (flight->live || flight->held)
            continue;
        *flight = (struct mqtt_flight){.mqtt = mqtt, .tag = tag, .topic = topic, .live = true, .held = true};
        mqtt->live_count++;
        return flight;
    }
    return NULL;
}

static void report(struct mqtt *mqtt, enum mqtt_event_kind kind, uint64_t tag)
{
    if (tag != 0 && tag != MQTT_LAST_TAG)
        mqtt_post(mqtt, kind, tag, NULL);
}

/* Paho has called back (or never will): ends the flight and tells, if anybody still waits. */
static void flight_end(struct mqtt_flight *flight, bool published)
{
    struct mqtt *mqtt = flight->mqtt;
    nodelay_acknowledge(atomic_load(&mqtt->socket));
    pthread_mutex_lock(&mqtt->lock);
    bool live = flight->live;
    uint64_t tag = flight->tag;
    flight->held = false;
    if (live) {
        flight->live = false;
        mqtt->live_count--;
        if (published && tag == MQTT_LAST_TAG)
            mqtt->last_status_sent = true;
        if (!published && tag == 0)
            mqtt->dropped++;
        pthread_cond_broadcast(&mqtt->wake);
    }
    pthread_mutex_unlock(&mqtt->lock);
    if (live)
        report(mqtt, published ? MQTT_EVENT_PUBLISHED : MQTT_EVENT_UNSENT, tag);
    if (published)
        mqtt_post_heard(mqtt);
}

void mqtt_flights_abandon(struct mqtt *mqtt)
{
    for (unsigned i = 0; i < MQTT_FLIGHTS; i++) {
        struct mqtt_flight *flight = &mqtt->flight[i];
        pthread_mutex_lock(&mqtt->lock);
        bool live = flight->live;
        uint64_t tag = flight->tag;
        if (live) {
            flight->live = false;
            mqtt->live_count--;
        }
        pthread_mutex_unlock(&mqtt->lock);
        if (live)
            report(mqtt, MQTT_EVENT_UNSENT, tag);
    }
}

static void on_published(void *context, MQTTAsync_successData *data)
{
    (void)data;
    flight_end(context, true);
}

static void on_published5(void *context, MQTTAsync_successData5 *data)
{
    (void)data;
    flight_end(context, true);
}

void mqtt_flights_forget(struct mqtt *mqtt)
{
    mqtt_flights_abandon(mqtt);
    pthread_mutex_lock(&mqtt->lock);
    for (unsigned i = 0; i < MQTT_FLIGHTS; i++)
        mqtt->flight[i].held = false;
    pthread_mutex_unlock(&mqtt->lock);
}

static void on_unsent(void *context, MQTTAsync_failureData *data)
{
    struct mqtt_flight *flight = context;
    if (data && data->code == MQTTASYNC_FAILURE)
        mqtt_renew_later(flight->mqtt);
    flight_end(flight, false);
}

static void on_unsent5(void *context, MQTTAsync_failureData5 *data)
{
    struct mqtt_flight *flight = context;
    if (data && data->code == MQTTASYNC_FAILURE && data->packet_type == 0)
        mqtt_renew_later(flight->mqtt);
    /* 0x87 and the like in the PUBACK: the broker's access list forbids what the contract needs. */
    if (data && data->packet_type == 4 && data->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR) {
        char text[256];
        const char *reason = MQTTReasonCode_toString(data->reasonCode);
        snprintf(text, sizeof text, "broker refused a message on %.60s: %s",
                 flight->mqtt->topic_out[flight->topic], reason ? reason : "no reason");
        mqtt_post_problem(flight->mqtt, text);
    }
    flight_end(flight, false);
}

/* ---- sending ---- */

/* What is to be sent now; the bytes stay valid until it is over. */
struct parcel {
    int topic;
    bool retained, from_ring;
    uint64_t tag;
    const void *bytes;
    size_t size;
    struct mqtt_newest *newest;
};

static bool take_newest(struct mqtt *mqtt, struct mqtt_newest *newest, int topic, struct parcel *ret)
{
    if (!newest->dirty)
        return false;
    memcpy(mqtt->scratch, newest->bytes, newest->size);
    newest->dirty = false;
    *ret = (struct parcel){.topic = topic,
                           .retained = true,
                           .tag = newest->tag,
                           .bytes = mqtt->scratch,
                           .size = newest->size,
                           .newest = newest};
    newest->tag = 0;
    return true;
}

/* Lock held. */
static bool take_next(struct mqtt *mqtt, struct parcel *ret)
{
    if (take_newest(mqtt, &mqtt->status, MQTT_OUT_STATUS, ret) ||
        take_newest(mqtt, &mqtt->availability, MQTT_OUT_AVAILABILITY, ret))
        return true;
    const void *bytes;
    const struct mqtt_ring_item *item = mqtt_ring_head(&mqtt->ring, &bytes);
    if (!item)
        return false;
    *ret = (struct parcel){.topic = item->topic,
                           .retained = item->retained,
                           .from_ring = true,
                           .tag = item->tag,
                           .bytes = bytes,
                           .size = item->size};
    return true;
}

static int hand_over(struct mqtt *mqtt, const struct parcel *parcel, struct mqtt_flight *flight)
{
    MQTTAsync_message message = MQTTAsync_message_initializer;
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    message.payload = (void *)(uintptr_t)parcel->bytes;
    message.payloadlen = (int)parcel->size;
    message.qos = 1;
    message.retained = parcel->retained;
    response.context = flight;
    if (mqtt->config->mqtt.version == 5) {
        response.onSuccess5 = on_published5;
        response.onFailure5 = on_unsent5;
    } else {
        response.onSuccess = on_published;
        response.onFailure = on_unsent;
    }
    atomic_store(&mqtt->sending_since_us, clock_mono_us());
    int rc = MQTTAsync_sendMessage(mqtt->client, mqtt->topic_out[parcel->topic], &message, &response);
    atomic_store(&mqtt->sending_since_us, 0);
    return rc;
}

/* Paho did not take it: the flight never was. Returns true if it may be tried again. */
static bool take_back(struct mqtt *mqtt, struct mqtt_flight *flight, const struct parcel *parcel, int rc)
{
    bool again = rc == MQTTASYNC_MAX_BUFFERED_MESSAGES || rc == MQTTASYNC_NO_MORE_MSGIDS;
    pthread_mutex_lock(&mqtt->lock);
    bool live = flight->live;
    flight->held = false;
    if (live) {
        flight->live = false;
        mqtt->live_count--;
    }
    if (parcel->newest && !parcel->newest->dirty) {
        parcel->newest->dirty = true;
        if (again)
            parcel->newest->tag = parcel->tag;
    }
    if (!again && parcel->tag == 0 && !parcel->newest)
        mqtt->dropped++;
    pthread_mutex_unlock(&mqtt->lock);
    if (live && !again)
        report(mqtt, MQTT_EVENT_UNSENT, parcel->tag);
    return again;
}

static void pause_ms(long ms)
{
    struct timespec time = clock_timespec(ms * INT64_C(1000));
    nanosleep(&time, NULL);
}

/* Lock held on entry and return. */
static void send_one(struct mqtt *mqtt, const struct parcel *parcel)
{
    struct mqtt_flight *flight = flight_take(mqtt, parcel->topic, parcel->tag);
    pthread_mutex_unlock(&mqtt->lock);
    int rc = flight ? hand_over(mqtt, parcel, flight) : MQTTASYNC_MAX_BUFFERED_MESSAGES;
    bool again = false;
    if (!flight)
        again = true;
    else if (rc != MQTTASYNC_SUCCESS)
        again = take_back(mqtt, flight, parcel, rc);
    if (rc != MQTTASYNC_SUCCESS)
        pause_ms(10);
    pthread_mutex_lock(&mqtt->lock);
    if (parcel->from_ring && !again)
        mqtt_ring_drop(&mqtt->ring);
    else if (!flight && parcel->newest && !parcel->newest->dirty)
        parcel->newest->dirty = true;
}

/* Nobody there to send to. Lock held on entry and return. */
static void drop_one(struct mqtt *mqtt)
{
    const void *bytes;
    const struct mqtt_ring_item *item = mqtt_ring_head(&mqtt->ring, &bytes);
    uint64_t tag = item->tag;
    mqtt_ring_drop(&mqtt->ring);
    if (tag == 0) {
        mqtt->dropped++;
        return;
    }
    pthread_mutex_unlock(&mqtt->lock);
    report(mqtt, MQTT_EVENT_UNSENT, tag);
    pthread_mutex_lock(&mqtt->lock);
}

/* Lock held. Wakes at least once a second: for owed events and subscriptions that were refused. */
static void wait_for_work(struct mqtt *mqtt)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    pthread_cond_timedwait(&mqtt->wake, &mqtt->lock, &until);
}

/* Lock held. */
static bool chores_due(const struct mqtt *mqtt)
{
    return mqtt->owe_state || mqtt->disconnecting || mqtt_renew_due(mqtt) ||
           (mqtt->connected && mqtt->subscribe_at_us != 0 && clock_mono_us() >= mqtt->subscribe_at_us);
}

/* Lock held on entry and return. */
static void do_chores(struct mqtt *mqtt)
{
    bool subscribe = mqtt->connected && mqtt->subscribe_at_us != 0;
    bool disconnect = mqtt->disconnecting, renew = mqtt_renew_due(mqtt);
    mqtt->disconnecting = false;
    if (subscribe)
        mqtt->subscribe_at_us = clock_mono_us() + MQTT_SUBSCRIBE_RETRY_US;
    pthread_mutex_unlock(&mqtt->lock);
    if (subscribe)
        mqtt_subscribe_all(mqtt);
    if (disconnect)
        mqtt_client_disconnect(mqtt);
    else if (renew)
        mqtt_renew(mqtt);
    mqtt_post_owed(mqtt);
    pthread_mutex_lock(&mqtt->lock);
}

void *mqtt_sender_run(void *user)
{
    struct mqtt *mqtt = user;
    struct parcel parcel;
    pthread_mutex_lock(&mqtt->lock);
    while (!mqtt->stopping) {
        if (chores_due(mqtt))
            do_chores(mqtt);
        else if (!mqtt->connected && mqtt->ring.count > 0)
            drop_one(mqtt);
        else if (mqtt->connected && mqtt->live_count < mqtt->window && take_next(mqtt, &parcel))
            send_one(mqtt, &parcel);
        else
            wait_for_work(mqtt);
    }
    mqtt->sender_ended = true;
    pthread_cond_broadcast(&mqtt->wake);
    pthread_mutex_unlock(&mqtt->lock);
    return NULL;
}
