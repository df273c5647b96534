/* The broker: paho-mqtt-c's asynchronous client, TLS, sessions, last will. Knows topics and bytes, not payments.
 *
 * Incoming: on_message runs on Paho's receive thread; the PUBACK leaves when it returns, so it returns only when the
 * message is durable or worthless. It must not call mqtt_* functions.
 * Outgoing: mqtt_publish puts a message into a bounded queue; the sender thread hands it to Paho (which may block for DNS).
 * Automatic reconnect, resubscribed on every connect, session kept (MQTT 5: clean start off + session expiry; 3.1.1: clean
 * session off).
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
    MQTT_OUT_RECEIPT, MQTT_OUT_OUTCOME, MQTT_OUT_STATUS, MQTT_OUT_AVAILABILITY, MQTT_OUT_TELEMETRY, MQTT_OUT_EVENT,
    MQTT_OUT_RESULT, MQTT_OUT_COUNT
};

enum mqtt_event_kind {
    MQTT_EVENT_UP,          /* connected and all three subscriptions confirmed */
    MQTT_EVENT_DOWN,        /* connection lost; text says why */
    MQTT_EVENT_HEARD,       /* sign of life from the broker (PUBACK, message); at most one a second */
    MQTT_EVENT_PUBLISHED,   /* the broker has this message (PUBACK): tag */
    MQTT_EVENT_UNSENT,      /* it could not be handed over (connection lost before PUBACK, queue dropped): tag */
    MQTT_EVENT_PROBLEM,     /* refused by the broker, TLS trouble, subscription refused: text */
};
struct mqtt_event { enum mqtt_event_kind kind; uint64_t tag; char text[128]; };

struct mqtt;
struct mqtt_callbacks {
    void (*on_message)(void *user, enum mqtt_topic_in topic, const void *payload, size_t size, bool retained, bool duplicate);
    void *user;
    struct queue *events;   /* items of struct mqtt_event */
};

/* Prepares client and will (payload of status {"online":false,...}). 0 or -errno with a sentence in error. Does not block. */
int mqtt_open(struct mqtt **ret_mqtt, const struct config *config, const char *will_json, const struct mqtt_callbacks *callbacks,
              char *error, size_t error_size);
/* Starts connecting; keeps trying for ever. */
int mqtt_start(struct mqtt *mqtt);
/* Copies the payload into the sender's queue. tag != 0 asks for PUBLISHED / UNSENT. false: queue full. Does not block. */
bool mqtt_publish(struct mqtt *mqtt, enum mqtt_topic_out topic, const void *payload, size_t size, bool retained, uint64_t tag);
/* false if the sender or the receive callback is stuck for longer than 60 s. */
bool mqtt_healthy(struct mqtt *mqtt);
/* Publishes the last status (may be NULL), waits up to wait_ms for it, disconnects without dropping the session. BLOCKS. */
void mqtt_close(struct mqtt *mqtt, const char *last_status, int wait_ms);

#endif
