/* The broker: paho-mqtt-c's asynchronous client, TLS, sessions, last will. Knows topics and bytes, not
 * payments.
 *
 * The client id is the kiosk id: two kiosks with one id throw each other off the broker, which says so (MQTT
 * 5: 0x8E).
 *
 * Incoming: on_message runs on Paho's receive thread; the PUBACK leaves when it returns, so it returns only
 * when the message is durable or worthless. It must not call mqtt_* functions. Outgoing: mqtt_publish puts a
 * message into a bounded queue; the sender thread hands it to Paho (which may block for DNS). Automatic
 * reconnect, resubscribed on every connect, session kept (MQTT 5: clean start off + session expiry; 3.1.1:
 * clean session off).
 */
#ifndef CONTROLLER_MQTT_H
#define CONTROLLER_MQTT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/queue.h"
#include "config/config.h"

enum { MQTT_MAX_PAYLOAD = 262144, MQTT_QUEUE = 512, MQTT_MAX_INFLIGHT = 64 };

enum mqtt_topic_in { MQTT_IN_PAYMENT, MQTT_IN_ACK, MQTT_IN_COMMAND };
enum mqtt_topic_out {
    MQTT_OUT_RECEIPT,
    MQTT_OUT_OUTCOME,
    MQTT_OUT_STATUS,
    MQTT_OUT_AVAILABILITY,
    MQTT_OUT_TELEMETRY,
    MQTT_OUT_EVENT,
    MQTT_OUT_RESULT,
    MQTT_OUT_COUNT
};

enum mqtt_event_kind {
    MQTT_EVENT_UP,        /* connected and all three subscriptions confirmed */
    MQTT_EVENT_DOWN,      /* connection lost; text says why */
    MQTT_EVENT_HEARD,     /* sign of life from the broker (PUBACK, message); at most one a second */
    MQTT_EVENT_PUBLISHED, /* the broker has this message (PUBACK): tag */
    MQTT_EVENT_UNSENT,  /* it could not be handed over (connection lost before PUBACK, queue dropped): tag */
    MQTT_EVENT_PROBLEM, /* refused by the broker, TLS trouble, subscription refused: text */
};
struct mqtt_event {
    enum mqtt_event_kind kind;
    uint64_t tag;
    char text[128];
};

struct mqtt;
/* on_message NULL: mute. The client publishes only, under the id "<kiosk id>-mute" and without a session, so
 * that what waits for the kiosk stays with the broker. */
struct mqtt_callbacks {
    void (*on_message)(void *user, enum mqtt_topic_in topic, const void *payload, size_t size, bool retained,
                       bool duplicate);
    void *user;
    struct queue *events; /* items of struct mqtt_event */
};

/* What is said of messages while the broker is away: STATUS and AVAILABILITY with retained = true are state,
 * not news: only the newest of each is kept, and it is published again by itself on every connect. Everything
 * else is not kept: with a tag it comes back UNSENT, without one it is dropped and counted (mqtt_dropped).
 *
 * UNSENT does not promise that the broker never gets it: what was under way when the connection broke is
 * reported UNSENT at once, and Paho may still deliver it after the reconnect. Repeating is the owner's
 * business and must be harmless.
 *
 * Silence: the keep-alive in effect is min(keepalive_s, (offline_s - 1) * 10 / 25), at least 2 s, because
 * Paho notices a frozen broker after 2.5 keep-alives. To notice it sooner, publish something (QoS 1) every
 * offline_s / 3 and watch HEARD.
 */

/* Prepares client and will (payload of status {"online":false,...}). 0 or -errno with a sentence in error.
 * Does not block. */
int mqtt_open(struct mqtt **ret_mqtt, const struct config *config, const char *will_json,
              const struct mqtt_callbacks *callbacks, char *error, size_t error_size);
/* Starts connecting; keeps trying for ever. */
int mqtt_start(struct mqtt *mqtt);
/* Copies the payload into the sender's queue. tag != 0 asks for PUBLISHED / UNSENT. false: queue full. Does
 * not block. */
bool mqtt_publish(struct mqtt *mqtt, enum mqtt_topic_out topic, const void *payload, size_t size,
                  bool retained, uint64_t tag);
/* Since when there is no connection, monotonic us; 0 = connected. Paho has been seen never to come back after
 * hours: restart the process when this is 30 min old and nothing moves. */
int64_t mqtt_down_since(struct mqtt *mqtt);
/* Messages without tag that were dropped since the start. */
uint64_t mqtt_dropped(struct mqtt *mqtt);
/* Messages handed over to on_message since the start. Any thread, no lock. */
uint64_t mqtt_received(struct mqtt *mqtt);
/* false if the sender or the receive callback is stuck for longer than 60 s. */
bool mqtt_healthy(struct mqtt *mqtt);
/* Publishes the last status (may be NULL), waits up to wait_ms for it, disconnects without dropping the
 * session. BLOCKS. Afterwards no event is pushed and no message is handed over. Paho's threads live until the
 * process ends; the memory too. */
void mqtt_close(struct mqtt *mqtt, const char *last_status, int wait_ms);

#endif
