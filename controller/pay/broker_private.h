/* The two halves of the broker: waiting (broker.c, our thread) and Paho (broker_paho.c, its threads). */
#ifndef CONTROLLER_PAY_BROKER_PRIVATE_H
#define CONTROLLER_PAY_BROKER_PRIVATE_H

#include <pthread.h>
#include "common/queue.h"
#include "controller/pay/broker.h"

enum { BROKER_TOPICS = 4, BROKER_REASON_SIZE = 256, BROKER_URI_SIZE = 300 };

struct pay_broker {
    const struct pay_options *options;
    void *client; /* MQTTAsync */
    char uri[BROKER_URI_SIZE], client_id[64];
    char *password;
    size_t password_size;
    pthread_mutex_t
        lock; /* guards what follows; never held while Paho is called, which has a lock of its own */
    pthread_cond_t changed;
    bool up, failed, opened;
    char reason[BROKER_REASON_SIZE];
    char topics[BROKER_TOPICS][PAY_BROKER_TOPIC_SIZE];
    int topic_count, subscribed;
    int outstanding;
    int fd; /* the socket, for its TCP options only */
    uint64_t confirmed, dropped;
    struct queue *messages; /* struct pay_message * */
    struct queue *lost;     /* uint64_t tags */
};

/* Waits until ready() holds; false when the time is over or the program is to stop. */
bool pay_broker_wait(struct pay_broker *broker, bool (*ready)(const struct pay_broker *), int timeout_ms);

/* broker_paho.c */
bool pay_broker_callbacks(struct pay_broker *broker);
/* Keeps the text up to its line end; the lock is held. */
void pay_broker_reason(struct pay_broker *broker, const char *text);
/* Connecting or subscribing has failed; wakes who waits. */
void pay_broker_fail(struct pay_broker *broker, const char *text);
void pay_broker_ask(struct pay_broker *broker, const char *topic);
bool pay_broker_send(struct pay_broker *broker, const char *topic, const void *payload, size_t size,
                     bool retained, uint64_t tag);

/* broker_connect.c */
bool pay_broker_connect(struct pay_broker *broker);
void pay_broker_disconnect(struct pay_broker *broker);

/* broker_explain.c: says on stderr why there is no connection and what to look at. */
void pay_broker_explain(struct pay_broker *broker);

#endif
