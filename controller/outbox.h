/* Reports go out through here: publishes every outcome, and repeats it until the server has acknowledged it
 * (promise 2).
 *
 * The store is the queue; this module only remembers how far it has come (controller/outbox_policy.h says
 * when what goes). It has a thread of its own, a leaf that may block on the store. All other functions take a
 * lock for a moment and never block on anything else: call them from the main loop.
 */
#ifndef CONTROLLER_OUTBOX_H
#define CONTROLLER_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>
#include "controller/mqtt.h"
#include "controller/store.h"

enum { OUTBOX_AGAIN_QUEUE = 32, OUTBOX_AGAIN_RATE = 20 };

/* Tags of the outbox have this bit; the rest is the outcome's seq. */
#define OUTBOX_TAG (UINT64_C(1) << 62)

struct outbox;

/* Starts the thread. Borrows both. 0 or -errno. Nothing is published before outbox_up. */
int outbox_open(struct outbox **ret_outbox, struct store *store, struct mqtt *mqtt);
/* Ends the thread (waits for the store's current answer) and frees. Call it before mqtt_close and
 * store_close. NULL is allowed. */
void outbox_close(struct outbox *outbox);

/* MQTT_EVENT_UP: starts over from the oldest. MQTT_EVENT_DOWN: nothing goes out until UP. */
void outbox_up(struct outbox *outbox);
void outbox_down(struct outbox *outbox);
/* The outcome with this seq is durable (store event COMMITTED with a seq): publishes it at once. */
void outbox_new(struct outbox *outbox, int64_t seq);
/* Publishes the stored outcome of this payment again, acknowledged or not, for a duplicate. At most
 * OUTBOX_AGAIN_RATE a second and OUTBOX_AGAIN_QUEUE waiting; more are left out (the same payment is also
 * repeated until acknowledged). */
void outbox_again(struct outbox *outbox, const char *provider, const char *payment_id);
/* MQTT_EVENT_PUBLISHED and MQTT_EVENT_UNSENT. true: the tag was the outbox's. */
bool outbox_landed(struct outbox *outbox, uint64_t tag);

#endif
