#include "controller/pay/broker_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <MQTTAsync.h>
#include <sodium.h>

#include "common/clock.h"
#include "common/text.h"
#include "controller/nodelay.h"

enum { PASSWORD_SIZE = 512, MOST_PAYLOAD = 1024 * 1024, QOS = 1, KEEP_ALIVE_S = 15 };

/* What a publication needs when Paho speaks of it again; freed there. */
struct sent {
    struct pay_broker *broker;
    uint64_t tag;
};

static void set_reason(struct pay_broker *broker, const char *text)
{
    (void)text_copy(broker->reason, sizeof broker->reason, text ? text : "");
    broker->reason[strcspn(broker->reason, "\r\n")] = '\0';
}

static void fail(struct pay_broker *broker, const char *text)
{
    pthread_mutex_lock(&broker->lock);
    /* A TLS error came before through its own callback and says more than the failure that follows. */
    if (broker->reason[0] == '\0' || broker->opened)
        set_reason(broker, text);
    broker->failed = true;
    pthread_cond_broadcast(&broker->changed);
    pthread_mutex_unlock(&broker->lock);
}

static void on_connect_failed(void *context, MQTTAsync_failureData *data)
{
    static const char *const codes[] = {"",
                                        "it does not speak this version of MQTT",
                                        "it refuses the client id",
                                        "it is not available",
                                        "wrong user name or password",
                                        "not authorised"};
    const char *text = data && data->message ? data->message : NULL;
    if (data && data->code > 0 && data->code < (int)(sizeof codes / sizeof *codes))
        text = codes[data->code];
    fail(context, text);
}

static void on_connect_failed5(void *context, MQTTAsync_failureData5 *data)
{
    const char *text = data && data->message ? data->message : NULL;
    if (data && data->reasonCode != MQTTREASONCODE_SUCCESS)
        text = MQTTReasonCode_toString(data->reasonCode);
    fail(context, text);
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
    fail(context, data && data->message ? data->message : "refused");
}

static void on_subscribe_failed5(void *context, MQTTAsync_failureData5 *data)
{
    fail(context, data && data->reasonCode ? MQTTReasonCode_toString(data->reasonCode) : "refused");
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
        fail(broker, MQTTAsync_strerror(rc));
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

static int on_tls_error(const char *text, size_t size, void *context)
{
    struct pay_broker *broker = context;
    (void)size;
    pthread_mutex_lock(&broker->lock);
    if (!broker->up && broker->reason[0] == '\0')
        set_reason(broker, text);
    pthread_mutex_unlock(&broker->lock);
    return 1;
}

/* The password is a file's first line, so that it stands in no process list. */
static bool read_password(struct pay_broker *broker)
{
    const char *path = broker->options->password_file;
    FILE *file = path ? fopen(path, "re") : NULL;
    if (!path)
        return true;
    broker->password = calloc(1, PASSWORD_SIZE);
    bool good = file && broker->password && fgets(broker->password, PASSWORD_SIZE, file);
    if (!good)
        pay_complain("%s: %s", path, file ? "no password in it" : strerror(errno));
    if (file)
        (void)fclose(file);
    if (good)
        broker->password[strcspn(broker->password, "\r\n")] = '\0';
    return good;
}

static bool create_client(struct pay_broker *broker)
{
    const struct pay_options *options = broker->options;
    MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer;
    bool tls = options->ca || options->cert;
    bool six = strchr(options->host, ':') != NULL;
    uint8_t random[6];
    char suffix[13];
    randombytes_buf(random, sizeof random);
    snprintf(broker->client_id, sizeof broker->client_id, "kiosk-pay-%s",
             sodium_bin2hex(suffix, sizeof suffix, random, sizeof random));
    snprintf(broker->uri, sizeof broker->uri, "%s://%s%s%s:%d", tls ? "ssl" : "tcp", six ? "[" : "",
             options->host, six ? "]" : "", (int)options->port);
    create.MQTTVersion = options->mqtt == 5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
    create.maxBufferedMessages = PAY_BROKER_WINDOW * 2;
    MQTTAsync client;
    int rc = MQTTAsync_createWithOptions(&client, broker->uri, broker->client_id, MQTTCLIENT_PERSISTENCE_NONE,
                                         NULL, &create);
    if (rc != MQTTASYNC_SUCCESS) {
        pay_complain("%s: %s", broker->uri, MQTTAsync_strerror(rc));
        return false;
    }
    broker->client = client;
    return MQTTAsync_setCallbacks(client, broker, on_connection_lost, on_message, NULL) ==
               MQTTASYNC_SUCCESS &&
           MQTTAsync_setConnected(client, broker, on_connected) == MQTTASYNC_SUCCESS;
}

bool pay_broker_connect(struct pay_broker *broker)
{
    const struct pay_options *options = broker->options;
    bool five = options->mqtt == 5;
    MQTTAsync_connectOptions connect3 = MQTTAsync_connectOptions_initializer;
    MQTTAsync_connectOptions connect5 = MQTTAsync_connectOptions_initializer5;
    MQTTAsync_connectOptions *connect = five ? &connect5 : &connect3;
    MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
    if (!read_password(broker) || !create_client(broker))
        return false;
    tls.trustStore = options->ca;
    tls.keyStore = options->cert;
    tls.privateKey = options->tls_key;
    tls.verify = 1; /* the certificate must name the host; Paho's default takes any */
    tls.disableDefaultTrustStore = options->ca != NULL;
    tls.ssl_error_cb = on_tls_error;
    tls.ssl_error_context = broker;
    connect->MQTTVersion = five ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
    if (five) {
        connect->cleanstart = 1;
        connect->onFailure5 = on_connect_failed5;
    } else {
        connect->cleansession = 1;
        connect->onFailure = on_connect_failed;
    }
    connect->context = broker;
    connect->keepAliveInterval = KEEP_ALIVE_S;
    connect->connectTimeout = PAY_BROKER_CONNECT_MS / 1000;
    connect->maxInflight = PAY_BROKER_WINDOW;
    connect->automaticReconnect = 1;
    connect->minRetryInterval = 1;
    connect->maxRetryInterval = 8;
    connect->username = options->user;
    connect->password = broker->password;
    connect->ssl = options->ca || options->cert ? &tls : NULL;
    int rc = MQTTAsync_connect(broker->client, connect);
    if (rc != MQTTASYNC_SUCCESS)
        pay_complain("%s: %s", broker->uri, MQTTAsync_strerror(rc));
    return rc == MQTTASYNC_SUCCESS;
}

static bool is_down(const struct pay_broker *broker)
{
    return !broker->up;
}

static void on_disconnected(void *context, MQTTAsync_successData *data)
{
    struct pay_broker *broker = context;
    (void)data;
    pthread_mutex_lock(&broker->lock);
    broker->up = false;
    pthread_cond_broadcast(&broker->changed);
    pthread_mutex_unlock(&broker->lock);
}

static void on_disconnected5(void *context, MQTTAsync_successData5 *data)
{
    (void)data;
    on_disconnected(context, NULL);
}

void pay_broker_disconnect(struct pay_broker *broker)
{
    MQTTAsync_disconnectOptions three = MQTTAsync_disconnectOptions_initializer;
    MQTTAsync_disconnectOptions five = MQTTAsync_disconnectOptions_initializer5;
    MQTTAsync client = broker->client;
    if (!client)
        return;
    three.context = five.context = broker;
    three.onSuccess = on_disconnected;
    five.onSuccess5 = on_disconnected5;
    three.timeout = five.timeout = 1000;
    if (MQTTAsync_disconnect(client, broker->options->mqtt == 5 ? &five : &three) == MQTTASYNC_SUCCESS)
        (void)pay_broker_wait(broker, is_down, 2000);
    MQTTAsync_destroy(&client);
    broker->client = NULL;
    if (broker->password)
        sodium_memzero(broker->password, PASSWORD_SIZE);
    free(broker->password);
    broker->password = NULL;
}
