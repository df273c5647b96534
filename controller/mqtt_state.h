/* Inside of controller/mqtt*.c only: one client and what its three threads share.
 *
 * Locks: Paho calls its callbacks with its own global mutex held, and takes that mutex in most of its
 * functions. So `lock` may be taken inside a callback, and must never be held while calling Paho or pushing
 * into the event queue.
 */
#ifndef CONTROLLER_MQTT_STATE_H
#define CONTROLLER_MQTT_STATE_H

#include <MQTTAsync.h>
#include <pthread.h>
#include <stdatomic.h>
#include "controller/mqtt.h"
#include "controller/mqtt_ring.h"

enum {
    MQTT_TOPIC_SIZE = 160, /* prefix and id have at most 64 characters each */
    MQTT_TOPICS_IN = 3,
    MQTT_FLIGHTS = 512,  /* more than Paho ever holds of ours: see mqtt_flight_take */
    MQTT_BUFFERED = 256, /* Paho's own queue */
    /* Messages the broker may have under way to us (MQTT 5). With more than one, Paho's receive thread finds
     * the next message already there, takes its mutex again at once, and nothing leaves until the backlog is
     * eaten: measured with 3000 messages of 1 ms each, the first publication left after 2.8 s (32) and at
     * once (1), for 7 % less intake. */
    MQTT_RECEIVE_MAXIMUM = 1,
    MQTT_MAX_PACKET =
        65536, /* larger than any genuine message, so that oversized ones are seen and counted */
    MQTT_STATE_BYTES = 32768, /* longest retained state */
    MQTT_CONNECT_TIMEOUT_S = 15,
    MQTT_SUBSCRIBE_RETRY_US = 30 * 1000000,
    MQTT_EVENT_WAIT_MS = 1000,
    MQTT_RENEW_MOST_S = 30,        /* longest pause before a client takes the place of a spoilt one */
    MQTT_LASTED_US = 60 * 1000000, /* a connection that stood so long was a good one */
    MQTT_STUCK_US = 60 * 1000000,
    MQTT_PASSWORD_SIZE = 1025,
};

#define MQTT_LAST_TAG UINT64_MAX /* of the status published by mqtt_close */

/* One message handed to Paho. `live`: somebody waits for the end of it. `held`: Paho will still call back
 * about it. */
struct mqtt_flight {
    struct mqtt *mqtt;
    uint64_t tag;
    int topic;
    bool live, held;
};

/* The newest retained message of a topic. */
struct mqtt_newest {
    bool given, dirty;
    uint64_t tag;
    size_t size;
    unsigned char bytes[MQTT_STATE_BYTES];
};

struct mqtt_subscription {
    struct mqtt *mqtt;
    int topic;
};

struct mqtt {
    const struct config *config;
    struct mqtt_callbacks callbacks;
    MQTTAsync client;
    char uri[CONFIG_HOST_SIZE + 24];
    char topic_in[MQTT_TOPICS_IN][MQTT_TOPIC_SIZE];
    char topic_out[MQTT_OUT_COUNT][MQTT_TOPIC_SIZE];
    char password[MQTT_PASSWORD_SIZE];
    char *will;
    int keepalive_s;
    struct mqtt_subscription subscription[MQTT_TOPICS_IN];

    pthread_t sender;
    bool sender_started;
    _Atomic int64_t receiving_since_us, sending_since_us; /* 0 = not busy */
    _Atomic uint64_t received;
    _Atomic bool closed;
    _Atomic int socket; /* Paho's, for nodelay_acknowledge; -1 = not known */

    pthread_mutex_t lock; /* for all below */
    pthread_cond_t wake;
    bool connected, stopping, sender_ended;
    unsigned confirmed;      /* bit per subscription */
    bool said_up, owe_state; /* owe_state: UP or DOWN did not fit into the event queue */
    int64_t down_since_us, subscribe_at_us, heard_us;
    uint64_t dropped;
    struct mqtt_ring ring;
    struct mqtt_newest status, availability;
    struct mqtt_flight flight[MQTT_FLIGHTS];
    unsigned next_flight;
    int window; /* messages at once that the broker takes: beyond it Paho waits a second each time */
    int live_count;
    bool last_status_sent;
    bool disconnecting, disconnected; /* asked of the sender; done */
    int64_t renew_at_us, up_since_us; /* renew_at_us: 0 = the client is good */
    int renew_pause_s;
    char attempt[128]; /* what TLS or the broker said about this attempt to connect */
    char problem[128]; /* last PROBLEM told */
    unsigned char scratch[MQTT_STATE_BYTES];
};

/* Publishes only: nobody is there to take a message. */
static inline bool mqtt_is_mute(const struct mqtt *mqtt)
{
    return !mqtt->callbacks.on_message;
}

/* mqtt_out.c */
void *mqtt_sender_run(void *user);
/* Forgets all live flights (connection lost) and reports UNSENT. No lock held. */
void mqtt_flights_abandon(struct mqtt *mqtt);

/* The same for a client that will never call back about any. */
void mqtt_flights_forget(struct mqtt *mqtt);

/* mqtt_renew.c: a client whose memory is spoilt is left alone for good, and another takes its place. */
/* From Paho's callback about a message that could not be written. */
void mqtt_renew_later(struct mqtt *mqtt);
/* Lock held. */
bool mqtt_renew_due(const struct mqtt *mqtt);
/* On the sender's thread, without lock. */
void mqtt_renew(struct mqtt *mqtt);

/* mqtt_in.c: Paho's callbacks, `user` is the struct mqtt */
int mqtt_in_message(void *user, char *topic, int topic_size, MQTTAsync_message *message);
void mqtt_in_connected(void *user, char *cause);
void mqtt_in_lost(void *user, char *cause);
void mqtt_in_disconnected(void *user, MQTTProperties *properties, enum MQTTReasonCodes reason);
void mqtt_subscribe_all(struct mqtt *mqtt);

/* mqtt_why.c: why an attempt to connect failed; callbacks too */
int mqtt_why_new_attempt(void *user, MQTTAsync_connectData *data);
void mqtt_why_failed(void *user, MQTTAsync_failureData *data);
void mqtt_why_failed5(void *user, MQTTAsync_failureData5 *data);
int mqtt_why_tls(const char *text, size_t size, void *user);
/* Listens to Paho's trace while there is no connection. */
void mqtt_why_listen(struct mqtt *mqtt, bool listen);

/* mqtt_client.c */
int mqtt_client_create(struct mqtt *mqtt, char *error, size_t error_size);
int mqtt_client_connect(struct mqtt *mqtt);
/* Ends the connection and keeps the session; sets `disconnected` when it is over. */
void mqtt_client_disconnect(struct mqtt *mqtt);

/* mqtt_event.c: all without lock held */
void mqtt_post(struct mqtt *mqtt, enum mqtt_event_kind kind, uint64_t tag, const char *text);
void mqtt_post_heard(struct mqtt *mqtt);
/* Says why, once per change. */
void mqtt_post_problem(struct mqtt *mqtt, const char *text);
/* Says UP or DOWN again if it did not fit before. */
void mqtt_post_owed(struct mqtt *mqtt);

#endif
