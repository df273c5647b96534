/* The receiving end, on Paho's thread: check, look up, hand to the main loop, wait for the commit, return (=
 * PUBACK).
 *
 * receive_message is the on_message callback of controller/mqtt.h. It may block: on the store, and until the
 * main loop calls receive_release with the token of the item. If the store fails it never returns, so no
 * PUBACK leaves; the process is replaced soon after (controller/shell.h).
 */
#ifndef CONTROLLER_RECEIVE_H
#define CONTROLLER_RECEIVE_H

#include "common/queue.h"
#include "controller/inbox.h"
#include "controller/mqtt.h"
#include "controller/store.h"

enum receive_kind {
    RECEIVE_PAYMENT,   /* wants receive_release(token) */
    RECEIVE_ACKED,     /* the store has the acknowledgement */
    RECEIVE_ACK_ODD,   /* genuine, but no such outcome or another result */
    RECEIVE_COMMAND,   /* recorded by its jti, to be run now; wants receive_release(token) once copied */
    RECEIVE_STORE_BAD, /* the store could not be read or written; the thread waits for the end of the process
                        */
};

struct receive_item {
    enum receive_kind kind;
    const struct inbox_message
        *message; /* borrowed until the release (PAYMENT, COMMAND); otherwise valid only by copy below */
    const struct payment *known; /* PAYMENT: the store's record; borrowed likewise */
    bool exp_past;
    int64_t received_us;
    uint64_t token;
    struct inbox_ack ack; /* ACKED, ACK_ODD */
};

struct receive;

/* items go to `queue` (items of struct receive_item). 0 or -errno. */
int receive_open(struct receive **ret_receive, const struct config *config, struct store *store,
                 struct queue *queue);
void receive_message(void *user, enum mqtt_topic_in topic, const void *payload, size_t size, bool retained,
                     bool duplicate);
/* Main loop: the thread that waits for this token may go on. */
void receive_release(struct receive *receive, uint64_t token);
/* Main loop: whether `exp` may be judged now. */
void receive_trust_clock(struct receive *receive, bool trusted);
/* Main loop: takes the number of messages dropped for this reason since the last call; *ret_detail: the
 * newest detail. */
unsigned receive_take_rejected(struct receive *receive, enum inbox_verdict verdict, const char **ret_detail);

#endif
