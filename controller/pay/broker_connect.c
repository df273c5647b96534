/* Connecting and leaving; what happens in between is in broker_paho.c. */
#include "controller/pay/broker_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <MQTTAsync.h>
#include <sodium.h>

enum { PASSWORD_SIZE = 512, KEEP_ALIVE_S = 15 };

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
    pay_broker_fail(context, text);
}

static void on_connect_failed5(void *context, MQTTAsync_failureData5 *data)
{
    const char *text = data && data->message ? data->message : NULL;
    /* Paho puts CONNACK's reason into code, not into reasonCode. */
    if (data && data->code >= MQTTREASONCODE_UNSPECIFIED_ERROR)
        text = MQTTReasonCode_toString((enum MQTTReasonCodes)data->code);
    pay_broker_fail(context, text);
}

/* OpenSSL's line is thread:error:code:library:function:reason:file:line; only the reason speaks to a person.
 */
static int on_tls_error(const char *text, size_t size, void *context)
{
    struct pay_broker *broker = context;
    const char *reason = text;
    (void)size;
    for (int i = 0; i < 5 && reason; i++) {
        reason = strchr(reason, ':');
        reason = reason ? reason + 1 : NULL;
    }
    pthread_mutex_lock(&broker->lock);
    if (!broker->up && broker->reason[0] == '\0') {
        pay_broker_reason(broker, reason ? reason : text);
        if (reason)
            broker->reason[strcspn(broker->reason, ":")] = '\0';
    }
    pthread_mutex_unlock(&broker->lock);
    return 1;
}

/* Paho takes a file it cannot read for a failed handshake. */
static bool files_readable(const struct pay_options *options)
{
    const char *const files[] = {options->ca, options->cert, options->tls_key};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i] && access(files[i], R_OK) != 0) {
            pay_complain("%s: %s", files[i], strerror(errno));
            return false;
        }
    }
    return true;
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
    bool six = options->host[0] != '[' && strchr(options->host, ':') != NULL;
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
    return pay_broker_callbacks(broker);
}

bool pay_broker_connect(struct pay_broker *broker)
{
    const struct pay_options *options = broker->options;
    bool five = options->mqtt == 5;
    MQTTAsync_connectOptions connect3 = MQTTAsync_connectOptions_initializer;
    MQTTAsync_connectOptions connect5 = MQTTAsync_connectOptions_initializer5;
    MQTTAsync_connectOptions *connect = five ? &connect5 : &connect3;
    MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
    if (!files_readable(options) || !read_password(broker) || !create_client(broker))
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
