/* Why there is no connection, told once per change.
 *
 * Paho calls onFailure for the first attempt only; what happens to the automatic ones is in its trace alone.
 * So while there is no connection this file listens to the trace for the broker's refusal, and to OpenSSL's
 * error text, and tells what it heard when the next attempt begins. The trace callback has no context, hence
 * the one global.
 */
#include "controller/mqtt_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/log.h"
#include "common/text.h"

static struct mqtt *_Atomic listener;

static void remember(struct mqtt *mqtt, const char *text)
{
    pthread_mutex_lock(&mqtt->lock);
    if (mqtt->attempt[0] == '\0') /* the first word is the cause, the rest follows from it */
        text_copy(mqtt->attempt, sizeof mqtt->attempt, text);
    pthread_mutex_unlock(&mqtt->lock);
}

/* CONNACK return codes: MQTT 3.1.1 section 3.2.2.3, MQTT 5 section 3.2.2.2. */
static void describe_connack(const struct mqtt *mqtt, int code, char *ret, size_t size)
{
    static const char *const v3[] = {"",
                                     "protocol version not accepted",
                                     "client id not accepted",
                                     "broker not available",
                                     "wrong user name or password",
                                     "not authorised"};
    const char *why = NULL;
    if (mqtt->config->mqtt.version == 5)
        why = MQTTReasonCode_toString((enum MQTTReasonCodes)code);
    else if (code > 0 && code < (int)(sizeof v3 / sizeof *v3))
        why = v3[code];
    snprintf(ret, size, "broker %.50s refused: %s (code %d)", mqtt->config->mqtt.host,
             why ? why : "no reason", code);
}

/* "CONNACK rc: N": the broker's answer. */
static bool hear_connack(struct mqtt *mqtt, const char *message)
{
    static const char mark[] = "CONNACK rc: ";
    const char *found = strstr(message, mark);
    int code = found ? (int)strtol(found + sizeof mark - 1, NULL, 10) : 0;
    if (code == 0)
        return false;
    char text[256];
    describe_connack(mqtt, code, text, sizeof text);
    remember(mqtt, text);
    return true;
}

static void remember_tls(struct mqtt *mqtt, const char *why)
{
    char text[256];
    (void)snprintf(text, sizeof text, "TLS with %.40s failed: %.70s", mqtt->config->mqtt.host, why);
    remember(mqtt, text);
}

/* "SSL alert read:fatal:certificate required", and the host name check, which says nothing anywhere else. */
static void hear_tls(struct mqtt *mqtt, const char *message)
{
    const char *alert = strstr(message, "SSL alert "), *fatal = alert ? strstr(alert, ":fatal:") : NULL;
    if (fatal)
        remember_tls(mqtt, fatal + sizeof ":fatal:" - 1);
    if (strstr(message, "X509_check_host") && strstr(message, "failed"))
        remember_tls(mqtt, "the certificate is for another host name");
}

static void on_trace(enum MQTTASYNC_TRACE_LEVELS level, char *message)
{
    struct mqtt *mqtt = atomic_load(&listener);
    (void)level;
    if (mqtt && !hear_connack(mqtt, message))
        hear_tls(mqtt, message);
}

/* The callback stays: another of Paho's threads may be about to call it. Levels above ERROR are not taken by
 * Paho. */
void mqtt_why_listen(struct mqtt *mqtt, bool listen)
{
    atomic_store(&listener, listen ? mqtt : NULL);
    if (listen)
        MQTTAsync_setTraceCallback(on_trace);
    MQTTAsync_setTraceLevel(listen ? MQTTASYNC_TRACE_PROTOCOL : MQTTASYNC_TRACE_ERROR);
}

/* OpenSSL's words: thread:error:code:library:function:reason:file:line:data. */
int mqtt_why_tls(const char *text, size_t size, void *user)
{
    char line[256];
    size_t length = size < sizeof line - 1 ? size : sizeof line - 1;
    memcpy(line, text, length);
    line[length] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    char *rest = line, *reason = NULL;
    for (int field = 0; field < 6 && rest; field++)
        reason = strsep(&rest, ":");
    remember_tls(user, rest && reason && *reason ? reason : line);
    return 1;
}

/* Tells what was heard of the last attempt, and forgets it. */
static void tell(struct mqtt *mqtt, const char *otherwise)
{
    char text[128];
    pthread_mutex_lock(&mqtt->lock);
    text_copy(text, sizeof text, mqtt->attempt[0] ? mqtt->attempt : otherwise);
    mqtt->attempt[0] = '\0';
    pthread_mutex_unlock(&mqtt->lock);
    if (text[0])
        mqtt_post_problem(mqtt, text);
}

int mqtt_why_new_attempt(void *user, MQTTAsync_connectData *data)
{
    (void)data;
    tell(user, "");
    return 0; /* nothing changed in user name or password */
}

static void failed(struct mqtt *mqtt, const char *message)
{
    char text[256];
    if (message && strcmp(message, "TCP/TLS connect failure") == 0) /* said without TLS, too */
        message = "refused, or nobody answers there";
    snprintf(text, sizeof text, "cannot connect to %.60s port %d: %.40s", mqtt->config->mqtt.host,
             (int)mqtt->config->mqtt.port, message ? message : "name not found or port closed");
    tell(mqtt, text);
}

void mqtt_why_failed(void *user, MQTTAsync_failureData *data)
{
    failed(user, data ? data->message : NULL);
}

void mqtt_why_failed5(void *user, MQTTAsync_failureData5 *data)
{
    failed(user, data ? data->message : NULL);
}
