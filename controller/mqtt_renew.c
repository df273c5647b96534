/* Leaving a spoilt client.
 *
 * When Paho cannot write a PUBLISH with QoS 1 because the other side reset the connection, it calls onFailure
 * and then frees topic and payload, but keeps the message among those in flight, and sends it again after
 * every reconnect out of memory that belongs to somebody else by then (MQTTAsync_processCommand, 1.3.12
 * to 1.3.15; upstream 1310, 1592). The broker gets garbage or a malformed packet, ends the connection, and
 * that for ever. Destroying the client would free the same memory twice. So its connection is ended for good
 * before it can send, its memory is left where it is (some kilobytes, once per such failure), and a new
 * client takes the session over. The messages were told as UNSENT; who wants them delivered gives them again.
 */
#include "controller/mqtt_state.h"

#include "common/clock.h"
#include "common/log.h"

static void in_seconds(struct mqtt *mqtt, int seconds)
{
    mqtt->renew_at_us = clock_mono_us() + (int64_t)seconds * 1000000;
}

/* Paho holds its mutex here and cannot connect again before this returns; after it, it will not. */
void mqtt_renew_later(struct mqtt *mqtt)
{
    MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer;
    pthread_mutex_lock(&mqtt->lock);
    bool first = mqtt->renew_at_us == 0;
    if (first) {
        bool lasted = clock_mono_us() - mqtt->up_since_us >= MQTT_LASTED_US;
        mqtt->renew_pause_s = lasted || mqtt->renew_pause_s == 0 ? 1 : 2 * mqtt->renew_pause_s;
        if (mqtt->renew_pause_s > MQTT_RENEW_MOST_S)
            mqtt->renew_pause_s = MQTT_RENEW_MOST_S;
        in_seconds(mqtt, mqtt->renew_pause_s);
    }
    pthread_mutex_unlock(&mqtt->lock);
    (void)MQTTAsync_disconnect(mqtt->client, &options);
    if (first)
        log_warning("mqtt a message could not be written: connecting anew");
}

bool mqtt_renew_due(const struct mqtt *mqtt)
{
    return mqtt->renew_at_us != 0 && !mqtt->connected && clock_mono_us() >= mqtt->renew_at_us;
}

void mqtt_renew(struct mqtt *mqtt)
{
    char error[256] = "";
    MQTTAsync spoilt = mqtt->client;
    /* Waits for Paho's mutex: once this says no, the last callback of the old client is over. */
    bool busy = MQTTAsync_isConnected(spoilt) != 0;
    pthread_mutex_lock(&mqtt->lock);
    if (busy)
        in_seconds(mqtt, 1);
    else
        mqtt->renew_at_us = 0;
    pthread_mutex_unlock(&mqtt->lock);
    if (busy)
        return;
    mqtt_flights_forget(mqtt);
    if (mqtt_client_create(mqtt, error, sizeof error) == 0 && mqtt_client_connect(mqtt) == 0)
        return;
    if (mqtt->client && mqtt->client != spoilt)
        MQTTAsync_destroy(&mqtt->client);
    log_error("%s", error[0] ? error : "mqtt cannot connect anew");
    mqtt->client = spoilt;
    pthread_mutex_lock(&mqtt->lock);
    in_seconds(mqtt, MQTT_RENEW_MOST_S);
    pthread_mutex_unlock(&mqtt->lock);
}
