/* The client's options: version, session, will, TLS. The library's traps that decide them stand beside each.
 */
#include "controller/mqtt_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/log.h"
#include "common/text.h"

static bool version_5(const struct mqtt *mqtt)
{
    return mqtt->config->mqtt.version == 5;
}

static int set_callbacks(struct mqtt *mqtt)
{
    int rc = MQTTAsync_setCallbacks(mqtt->client, mqtt, mqtt_in_lost, mqtt_in_message, NULL);
    if (rc == MQTTASYNC_SUCCESS)
        rc = MQTTAsync_setConnected(mqtt->client, mqtt, mqtt_in_connected);
    if (rc == MQTTASYNC_SUCCESS && version_5(mqtt))
        rc = MQTTAsync_setDisconnected(mqtt->client, mqtt, mqtt_in_disconnected);
    if (rc == MQTTASYNC_SUCCESS)
        rc = MQTTAsync_setUpdateConnectOptions(mqtt->client, mqtt, mqtt_why_new_attempt);
    return rc;
}

int mqtt_client_create(struct mqtt *mqtt, char *error, size_t error_size)
{
    MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer;
    if (version_5(mqtt)) {
        MQTTAsync_createOptions options5 = MQTTAsync_createOptions_initializer5;
        options = options5;
    } else {
        options.MQTTVersion = MQTTVERSION_3_1_1;
    }
    /* Our own store repeats what matters; Paho's would keep messages of yesterday in front of those of today.
     */
    options.sendWhileDisconnected = 0;
    options.maxBufferedMessages = MQTT_BUFFERED;
    /* A kiosk that cannot store anything must not be given what waits in its session. */
    char client_id[CONFIG_ID_SIZE + 8];
    snprintf(client_id, sizeof client_id, "%s%s", mqtt->config->kiosk.id, mqtt_is_mute(mqtt) ? "-mute" : "");
    int rc = MQTTAsync_createWithOptions(&mqtt->client, mqtt->uri, client_id, MQTTCLIENT_PERSISTENCE_NONE,
                                         NULL, &options);
    if (rc == MQTTASYNC_SUCCESS)
        rc = set_callbacks(mqtt);
    if (rc == MQTTASYNC_SUCCESS)
        return 0;
    const char *why = MQTTAsync_strerror(rc);
    snprintf(error, error_size, "mqtt: cannot create a client for %s: %s", mqtt->uri, why ? why : "?");
    return -EINVAL;
}

static const char *or_null(const char *text)
{
    return text[0] ? text : NULL;
}

static void set_tls(struct mqtt *mqtt, MQTTAsync_SSLOptions *tls)
{
    const struct config_mqtt *config = &mqtt->config->mqtt;
    tls->trustStore = or_null(config->tls_ca);
    tls->keyStore = or_null(config->tls_cert);
    tls->privateKey = or_null(config->tls_key);
    tls->enableServerCertAuth = 1;
    tls->verify = 1; /* the host name check; off by default in Paho */
    tls->disableDefaultTrustStore = config->tls_ca[0] != '\0';
    tls->ssl_error_cb = mqtt_why_tls;
    tls->ssl_error_context = mqtt;
}

static void add_property(MQTTProperties *list, enum MQTTPropertyCodes code, uint32_t value)
{
    MQTTProperty property = {.identifier = code};
    if (code == MQTTPROPERTY_CODE_RECEIVE_MAXIMUM)
        property.value.integer2 = (unsigned short)value;
    else
        property.value.integer4 = value;
    if (MQTTProperties_add(list, &property) != 0)
        log_error("mqtt connect property %d not set", (int)code);
}

/* Paho forgets onFailure after the first success only if there is an onSuccess; otherwise the first loss of a
 * connection would be told as a failure to connect. */
static void on_first_connect(void *user, MQTTAsync_successData *data)
{
    (void)user;
    (void)data;
}

static void on_first_connect5(void *user, MQTTAsync_successData5 *data)
{
    struct mqtt *mqtt = user;
    /* Two bytes on the wire; int in Paho 1.3.12, int64_t in 1.3.14. */
    int most =
        data ? (int)MQTTProperties_getNumericValue(&data->properties, MQTTPROPERTY_CODE_RECEIVE_MAXIMUM) : 0;
    pthread_mutex_lock(&mqtt->lock);
    mqtt->window = most > 0 && most < MQTT_MAX_INFLIGHT ? most : MQTT_MAX_INFLIGHT;
    pthread_mutex_unlock(&mqtt->lock);
}

static void set_session(struct mqtt *mqtt, MQTTAsync_connectOptions *options, MQTTProperties *properties)
{
    if (!version_5(mqtt)) {
        options->MQTTVersion = MQTTVERSION_3_1_1;
        options->cleansession = 0; /* 1 would free at every loss what may be spoilt: mqtt_renew.c */
        options->onSuccess = on_first_connect;
        options->onFailure = mqtt_why_failed;
        return;
    }
    /* Not 0, for the same reason as above. A mute client subscribes to nothing: its session holds nothing. */
    int64_t expiry = mqtt_is_mute(mqtt) ? 1 : mqtt->config->mqtt.session_expiry_s;
    options->cleanstart = 0; /* 1 would stay set on every reconnect and throw away queued payments */
    options->onSuccess5 = on_first_connect5;
    options->onFailure5 = mqtt_why_failed5;
    add_property(properties, MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL,
                 expiry > UINT32_MAX ? UINT32_MAX : (uint32_t)expiry);
    add_property(properties, MQTTPROPERTY_CODE_RECEIVE_MAXIMUM, MQTT_RECEIVE_MAXIMUM);
    add_property(properties, MQTTPROPERTY_CODE_MAXIMUM_PACKET_SIZE, MQTT_MAX_PACKET);
    options->connectProperties = properties;
}

int mqtt_client_connect(struct mqtt *mqtt)
{
    const struct config_mqtt *config = &mqtt->config->mqtt;
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
    MQTTAsync_connectOptions options5 = MQTTAsync_connectOptions_initializer5;
    MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
    MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
    MQTTProperties properties = MQTTProperties_initializer;
    if (version_5(mqtt))
        options = options5;
    set_session(mqtt, &options, &properties);
    options.keepAliveInterval = mqtt->keepalive_s;
    options.connectTimeout = MQTT_CONNECT_TIMEOUT_S;
    options.maxInflight = MQTT_MAX_INFLIGHT;
    options.automaticReconnect = 1;
    options.minRetryInterval = 1;
    options.maxRetryInterval = 30;
    options.context = mqtt;
    options.username = or_null(config->username);
    options.password = or_null(mqtt->password);
    will.topicName = mqtt->topic_out[MQTT_OUT_STATUS];
    will.message = mqtt->will;
    will.qos = 1;
    will.retained = 1;
    options.will = &will;
    if (config->tls) {
        set_tls(mqtt, &tls);
        options.ssl = &tls;
    }
    int rc = MQTTAsync_connect(mqtt->client, &options);
    MQTTProperties_free(&properties);
    if (rc == MQTTASYNC_SUCCESS)
        return 0;
    const char *why = MQTTAsync_strerror(rc);
    log_error("mqtt connect rc=%d %s", rc, why ? why : "");
    return -EINVAL;
}

static void disconnect_over(struct mqtt *mqtt)
{
    pthread_mutex_lock(&mqtt->lock);
    mqtt->disconnected = true;
    pthread_cond_broadcast(&mqtt->wake);
    pthread_mutex_unlock(&mqtt->lock);
}

static void on_disconnected(void *user, MQTTAsync_successData *data)
{
    (void)data;
    disconnect_over(user);
}

static void on_disconnected5(void *user, MQTTAsync_successData5 *data)
{
    (void)data;
    disconnect_over(user);
}

void mqtt_client_disconnect(struct mqtt *mqtt)
{
    MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer;
    options.timeout = 500;
    options.context = mqtt;
    pthread_mutex_lock(&mqtt->lock);
    bool told = mqtt->last_status_sent;
    pthread_mutex_unlock(&mqtt->lock);
    if (version_5(mqtt)) {
        MQTTAsync_disconnectOptions options5 = MQTTAsync_disconnectOptions_initializer5;
        options5.timeout = options.timeout;
        options5.context = mqtt;
        options5.onSuccess5 = on_disconnected5;
        /* If the last status did not get through, the broker shall say offline for us. */
        options5.reasonCode =
            told ? MQTTREASONCODE_NORMAL_DISCONNECTION : MQTTREASONCODE_DISCONNECT_WITH_WILL_MESSAGE;
        options = options5;
    } else {
        options.onSuccess = on_disconnected;
    }
    if (MQTTAsync_disconnect(mqtt->client, &options) != MQTTASYNC_SUCCESS)
        disconnect_over(mqtt);
}
