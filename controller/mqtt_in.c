/* The way in: Paho's callbacks. They run on Paho's threads with Paho's own mutex held. */
#include "controller/mqtt_state.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/log.h"
#include "common/text.h"
#include "controller/nodelay.h"

static int find_topic(const struct mqtt *mqtt, const char *topic, size_t size)
{
    for (int i = 0; i < MQTT_TOPICS_IN; i++)
        if (strlen(mqtt->topic_in[i]) == size && memcmp(mqtt->topic_in[i], topic, size) == 0)
            return i;
    return -1;
}

/* Must never return 0: that acknowledges at once and loses the message. */
int mqtt_in_message(void *user, char *topic, int topic_size, MQTTAsync_message *message)
{
    struct mqtt *mqtt = user;
    size_t size = topic_size > 0 ? (size_t)topic_size : strlen(topic); /* 0 is normal: no NUL inside */
    int which = find_topic(mqtt, topic, size);
    while (atomic_load(&mqtt->closed))
        pause(); /* nobody left to store it: no PUBACK, the broker delivers again */
    if (which >= 0) {
        atomic_store(&mqtt->receiving_since_us, clock_mono_us());
        mqtt->callbacks.on_message(mqtt->callbacks.user, (enum mqtt_topic_in)which, message->payload,
                                   message->payloadlen > 0 ? (size_t)message->payloadlen : 0,
                                   message->retained != 0, message->dup != 0);
        atomic_store(&mqtt->receiving_since_us, 0);
        atomic_fetch_add(&mqtt->received, 1);
    }
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    mqtt_post_heard(mqtt);
    return 1;
}

/* ---- subscriptions ---- */

static void confirmed(struct mqtt_subscription *subscription)
{
    struct mqtt *mqtt = subscription->mqtt;
    pthread_mutex_lock(&mqtt->lock);
    mqtt->confirmed |= 1u << subscription->topic;
    bool up = mqtt->connected && mqtt->confirmed == (1u << MQTT_TOPICS_IN) - 1 && !mqtt->said_up;
    if (up) {
        mqtt->said_up = true;
        mqtt->subscribe_at_us = 0;
        mqtt->problem[0] = '\0';
    }
    pthread_mutex_unlock(&mqtt->lock);
    if (up)
        mqtt_post(mqtt, MQTT_EVENT_UP, 0, NULL);
}

static void on_subscribed(void *context, MQTTAsync_successData *data)
{
    /* A refused subscription of MQTT 3.1.1 (0x80) goes to onFailure because each topic is asked for by
     * itself. */
    (void)data;
    confirmed(context);
}

static void on_subscribed5(void *context, MQTTAsync_successData5 *data)
{
    (void)data;
    confirmed(context);
}

static void refused(struct mqtt_subscription *subscription, const char *why)
{
    char text[256];
    snprintf(text, sizeof text, "broker refused the subscription of %.60s: %.40s",
             subscription->mqtt->topic_in[subscription->topic], why ? why : "not allowed");
    mqtt_post_problem(subscription->mqtt, text);
}

static void on_refused(void *context, MQTTAsync_failureData *data)
{
    (void)data;
    refused(context, NULL);
}

static void on_refused5(void *context, MQTTAsync_failureData5 *data)
{
    refused(context, data && data->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR
                         ? MQTTReasonCode_toString(data->reasonCode)
                         : NULL);
}

void mqtt_subscribe_all(struct mqtt *mqtt)
{
    for (int i = 0; i < MQTT_TOPICS_IN; i++) {
        MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
        response.context = &mqtt->subscription[i];
        if (mqtt->config->mqtt.version == 5) {
            response.onSuccess5 = on_subscribed5;
            response.onFailure5 = on_refused5;
            response.subscribeOptions.noLocal = 1;
            response.subscribeOptions.retainHandling = 2;    /* do not send retained messages */
            response.subscribeOptions.retainAsPublished = 1; /* a planted one is seen as such */
        } else {
            response.onSuccess = on_subscribed;
            response.onFailure = on_refused;
        }
        int rc = MQTTAsync_subscribe(mqtt->client, mqtt->topic_in[i], 1, &response);
        if (rc != MQTTASYNC_SUCCESS)
            log_warning("mqtt subscribe topic=%s rc=%d", mqtt->topic_in[i], rc);
    }
}

/* ---- connection ---- */

void mqtt_in_connected(void *user, char *cause)
{
    struct mqtt *mqtt = user;
    (void)cause;
    atomic_store(&mqtt->socket, nodelay_set((uint16_t)mqtt->config->mqtt.port));
    pthread_mutex_lock(&mqtt->lock);
    mqtt->connected = true;
    mqtt->confirmed = 0;
    mqtt->down_since_us = 0;
    mqtt->up_since_us = clock_mono_us();
    mqtt->attempt[0] = '\0';
    mqtt->subscribe_at_us = clock_mono_us() + MQTT_SUBSCRIBE_RETRY_US;
    /* The will may have been published in the meantime: say again how things stand. */
    mqtt->status.dirty = mqtt->status.given;
    mqtt->availability.dirty = mqtt->availability.given;
    pthread_cond_broadcast(&mqtt->wake);
    pthread_mutex_unlock(&mqtt->lock);
    mqtt_why_listen(mqtt, false);
    if (mqtt_is_mute(mqtt))
        for (int i = 0; i < MQTT_TOPICS_IN; i++)
            confirmed(&mqtt->subscription[i]);
    else
        mqtt_subscribe_all(mqtt);
}

static void lost(struct mqtt *mqtt, const char *why)
{
    pthread_mutex_lock(&mqtt->lock);
    bool was = mqtt->connected;
    mqtt->connected = mqtt->said_up = false;
    if (was)
        mqtt->down_since_us = clock_mono_us();
    pthread_cond_broadcast(&mqtt->wake);
    pthread_mutex_unlock(&mqtt->lock);
    if (!was)
        return;
    mqtt_why_listen(mqtt, true);
    mqtt_post(mqtt, MQTT_EVENT_DOWN, 0, why);
    mqtt_flights_abandon(mqtt);
}

void mqtt_in_lost(void *user, char *cause)
{
    lost(user, cause ? cause : "connection lost");
}

/* MQTT 5: the broker says why it ends the connection; connectionLost follows. */
void mqtt_in_disconnected(void *user, MQTTProperties *properties, enum MQTTReasonCodes reason)
{
    char text[256];
    const char *name = MQTTReasonCode_toString(reason);
    (void)properties;
    snprintf(text, sizeof text, "broker ended the connection: %s%s", name ? name : "no reason",
             reason == MQTTREASONCODE_SESSION_TAKEN_OVER ? " (another client has the same kiosk id)" : "");
    lost(user, text);
}
