/* The broker as kiosk-pay sees it: connect or say why not, subscribe, publish with QoS 1, take what came in.
 *
 * paho-mqtt3as; its callbacks only move things into queues. All functions belong to one thread and may BLOCK
 * up to the time given; they return early when pay_broker_stop was called (from a signal handler). The
 * session is new each time: what must not be lost is sent again by the caller, as the receipt and the outcome
 * are promised by the kiosk, not by a broker.
 */
#ifndef CONTROLLER_PAY_BROKER_H
#define CONTROLLER_PAY_BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "controller/pay/options.h"

enum {
    PAY_BROKER_CONNECT_MS = 15000,
    PAY_BROKER_WINDOW = 200,     /* publications on their way at once */
    PAY_BROKER_MESSAGES = 65536, /* received and not yet taken; beyond that they are counted and dropped */
    PAY_BROKER_TOPIC_SIZE = 384,
};

struct pay_message {
    int64_t at_us; /* CLOCK_REALTIME */
    bool retained;
    char name[64]; /* the topic behind <p>/<id>/, as "out/receipt" */
    size_t size;
    char payload[]; /* NUL-terminated */
};

struct pay_broker;

/* Connects. NULL: a sentence that tells what to do stands on stderr. */
struct pay_broker *pay_broker_open(const struct pay_options *options);
/* Subscribes <p>/<id>/NAME, now and after every reconnect; waits for the broker's word. */
bool pay_broker_subscribe(struct pay_broker *broker, const char *name);
/* Publishes on <p>/<id>/NAME, QoS 1. Waits while the window is full or the connection is down, at most
 * timeout_ms. tag comes back through pay_broker_lost if the connection broke before the broker had it. */
bool pay_broker_publish(struct pay_broker *broker, const char *name, const void *payload, size_t size,
                        bool retained, uint64_t tag, int timeout_ms);
/* One publication that was not delivered. */
bool pay_broker_lost(struct pay_broker *broker, uint64_t *ret_tag);
/* True once the broker has everything published. */
bool pay_broker_flush(struct pay_broker *broker, int timeout_ms);
/* Publications confirmed by the broker. */
uint64_t pay_broker_confirmed(struct pay_broker *broker);
/* The oldest message; the caller frees it. NULL: none within the time. */
struct pay_message *pay_broker_next(struct pay_broker *broker, int timeout_ms);
/* Messages dropped because nobody took them. */
uint64_t pay_broker_dropped(struct pay_broker *broker);
void pay_broker_close(struct pay_broker *broker);

/* Ends every wait. Async-signal-safe. */
void pay_broker_stop(void);
bool pay_broker_stopped(void);

#endif
