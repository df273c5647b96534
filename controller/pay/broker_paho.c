#include "controller/pay/broker_private.h"

#include <stdlib.h>
#include <string.h>
#include <MQTTAsync.h>

#include "common/clock.h"
#include "common/text.h"
#include "controller/nodelay.h"

enum { MOST_PAYLOAD = 1024 * 1024, QOS = 1 };

/* What a publication needs when Paho speaks of it again; freed there. */
struct sent {
    struct pay_broker *broker;
    uint64_t tag;
};

void pay_broker_reason(struct pay_broker *broker, const char *text)
{
    (void)text_copy(broker->reason, sizeof broker->reason, text ? text : "");
    broker->reason[strcspn(broker->reason, "\r\n")] = '\0';
}

void pay_broker_fail(struct pay_broker *broker, const char *text)
{
    pthread_mutex_lock(&broker->lock);
    /* A TLS error came before through its own callback and says more than the failure that follows. */
    if (broker->reason[0] == '\0' || broker->opened)
        pay_broker_reason(broker, text);
    broker->failed = true;
    pthread_cond_broadcast(&broker->changed);
    pthread_mutex_unlock(&broker->lock);
}

static void subscribed(struct pay_broker *broker)
{
    pthread_mutex_lock(&broker->lock);
    broker->subscribed++;
    pthread_cond_broadcast(&broker->changed);
    pthread_mutex_unlock(&broker->lock);
}

static void on_subscribed(void *context, MQTTAsync_successData *data)
{
    (void)data;
    subscribed(context);
}

static void on_subscribed5(void *context, MQTTAsync_successData5 *data)
{
    (void)data;
    subscribed(context);
}

static void on_subscribe_failed(void *context, MQTTAsync_failureData *data)
{
    pay_broker_fail(context, data && data->message ? data->message : "refused");
}

static void on_subscribe_failed5(void *context, MQTTAsync_failureData5 *data)
{
    pay_broker_fail(context,
                    data && data->reasonCode ? MQTTReasonCode_toString(data->reasonCode) : "refused");
}

void pay_broker_ask(struct pay_broker *broker, const char *topic)
{
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = broker;
    if (broker->options->mqtt == 5) {
        response.onSuccess5 = on_subscribed5;
        response.onFailure5 = on_subscribe_failed5;
    } else {
        response.onSuccess = on_subscribed;
        response.onFailure = on_subscribe_failed;
    }
    int rc = MQTTAsync_subscribe(broker->client, topic, QOS, &response);
    if (rc != MQTTASYNC_SUCCESS && rc != MQTTASYNC_DISCONNECTED)
        pay_broker_fail(broker, MQTTAsync_strerror(rc));
}

/* Runs for the first connection and for every one after it: subscriptions die with the old one. */
static void on_connected(void *context, char *cause)
{
    struct pay_broker *broker = context;
    char topics[BROKER_TOPICS][PAY_BROKER_TOPIC_SIZE];
    (void)cause;
    int fd = nodelay_set((uint16_t)broker->options->port);
    pthread_mutex_lock(&broker->lock);
    broker->fd = fd;
    broker->up = true;
    broker->subscribed = 0;
    int count = broker->topic_count;
    memcpy(topics, broker->topics, sizeof topics);
    pthread_cond_broadcast(&broker->changed);
    bool again = broker->opened;
    pthread_mutex_unlock(&broker->lock);
    if (again)
        pay_complain("the broker is back");
    for (int i = 0; i < count; i++)
        pay_broker_ask(broker, topics[i]);
}

static void on_connection_lost(void *context, char *cause)
{
    struct pay_broker *broker = context;
    pthread_mutex_lock(&broker->lock);
    broker->up = false;
    pthread_cond_broadcast(&broker->changed);
    pthread_mutex_unlock(&broker->lock);
    pay_complain("the broker is gone%s%s; trying again", cause ? ": " : "", cause ? cause : "");
}

static int on_message(void *context, char *topic, int topic_size, MQTTAsync_message *from)
{
    struct pay_broker *broker = context;
    size_t size = from->payloadlen > 0 ? (size_t)from->payloadlen : 0;
    size_t skip = strlen(broker->options->prefix) + strlen(broker->options->kiosk) + 2;
    (void)topic_size; /* our own subscriptions bring no topic with a NUL */
    const char *name = strlen(topic) > skip ? topic + skip : topic;
    struct pay_message *message = size <= MOST_PAYLOAD ? malloc(sizeof *message + size + 1) : NULL;
    bool kept = false;
    if (message) {
        message->at_us = clock_wall_us();
        message->retained = from->retained != 0;
        message->size = size;
        (void)text_copy(message->name, sizeof message->name, name);
        if (size > 0)
            memcpy(message->payload, from->payload, size);
        message->payload[size] = '\0';
        kept = queue_push(broker->messages, &message);
    }
    if (!kept) {
        free(message);
        pthread_mutex_lock(&broker->lock);
        broker->dropped++;
        pthread_mutex_unlock(&broker->lock);
    }
    MQTTAsync_freeMessage(&from);
    MQTTAsync_free(topic);
    return 1;
}

static void settle(struct sent *sent, bool delivered)
{
    struct pay_broker *broker = sent->broker;
    pthread_mutex_lock(&broker->lock);
    broker->outstanding--;
    broker->confirmed += delivered;
    int fd = broker->outstanding == 0 ? broker->fd : -1; /* in a flood the next packet acknowledges anyway */
    pthread_cond_broadcast(&broker->changed);
    pthread_mutex_unlock(&broker->lock);
    nodelay_acknowledge(fd);
    if (!delivered)
        (void)queue_push(broker->lost, &sent->tag);
    free(sent);
}

static void on_sent(void *context, MQTTAsync_successData *data)
{
    (void)data;
    settle(context, true);
}

/* MQTT 5 confirms with a reason: 0x80 and above are refusals, which Paho also reports as success. */
static void on_sent5(void *context, MQTTAsync_successData5 *data)
{
    struct sent *sent = context;
    if (data && data->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR)
        pay_complain("the broker refuses to publish: %s", MQTTReasonCode_toString(data->reasonCode));
    settle(sent, true);
}

static void on_send_failed(void *context, MQTTAsync_failureData *data)
{
    (void)data;
    settle(context, false);
}

static void on_send_failed5(void *context, MQTTAsync_failureData5 *data)
{
    if (data && data->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR) {
        pay_complain("the broker refuses to publish: %s", MQTTReasonCode_toString(data->reasonCode));
        settle(context, true); /* sending it again would not help */
        return;
    }
    settle(context, false);
}

bool pay_broker_send(struct pay_broker *broker, const char *topic, const void *payload, size_t size,
                     bool retained, uint64_t tag)
{
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    struct sent *sent = malloc(sizeof *sent);
    if (!sent)
        return false;
    *sent = (struct sent){broker, tag};
    response.context = sent;
    if (broker->options->mqtt == 5) {
        response.onSuccess5 = on_sent5;
        response.onFailure5 = on_send_failed5;
    } else {
        response.onSuccess = on_sent;
        response.onFailure = on_send_failed;
    }
    pthread_mutex_lock(&broker->lock);
    broker->outstanding++;
    pthread_mutex_unlock(&broker->lock);
    if (MQTTAsync_send(broker->client, topic, (int)size, payload, QOS, retained, &response) ==
        MQTTASYNC_SUCCESS)
        return true;
    pthread_mutex_lock(&broker->lock);
    broker->outstanding--;
    pthread_mutex_unlock(&broker->lock);
    free(sent);
    return false;
}

bool pay_broker_callbacks(struct pay_broker *broker)
{
    return MQTTAsync_setCallbacks(broker->client, broker, on_connection_lost, on_message, NULL) ==
               MQTTASYNC_SUCCESS &&
           MQTTAsync_setConnected(broker->client, broker, on_connected) == MQTTASYNC_SUCCESS;
}
