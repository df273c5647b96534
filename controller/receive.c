#include "controller/receive.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "common/clock.h"
#include "common/log.h"
#include "controller/command_record.h"

struct receive {
    const struct config *config;
    struct store *store;
    struct queue *queue;
    pthread_mutex_t mutex;
    pthread_cond_t released;
    uint64_t next_token, released_token;
    atomic_bool clock_trusted;
    atomic_uint rejected[INBOX_VERDICT_COUNT];
    _Atomic(const char *) detail[INBOX_VERDICT_COUNT];
    /* Only the receive thread touches these. */
    struct inbox_message message;
    struct payment known;
    char answer[STORE_RESULT_SIZE];
};

int receive_open(struct receive **ret_receive, const struct config *config, struct store *store,
                 struct queue *queue)
{
    struct receive *receive = calloc(1, sizeof *receive);
    if (!receive)
        return -ENOMEM;
    receive->config = config;
    receive->store = store;
    receive->queue = queue;
    pthread_mutex_init(&receive->mutex, NULL);
    pthread_cond_init(&receive->released, NULL);
    *ret_receive = receive;
    return 0;
}

void receive_release(struct receive *receive, uint64_t token)
{
    pthread_mutex_lock(&receive->mutex);
    if (token > receive->released_token)
        receive->released_token = token;
    pthread_cond_signal(&receive->released);
    pthread_mutex_unlock(&receive->mutex);
}

void receive_trust_clock(struct receive *receive, bool trusted)
{
    atomic_store(&receive->clock_trusted, trusted);
}

unsigned receive_take_rejected(struct receive *receive, enum inbox_verdict verdict, const char **ret_detail)
{
    unsigned count = atomic_exchange(&receive->rejected[verdict], 0);
    const char *detail = atomic_load(&receive->detail[verdict]);
    *ret_detail = detail ? detail : "";
    return count;
}

static void reject(struct receive *receive, enum inbox_verdict verdict, const char *detail)
{
    atomic_store(&receive->detail[verdict], detail);
    atomic_fetch_add(&receive->rejected[verdict], 1);
}

/* Hands the item over and waits until the main loop has released it. */
static void hand_over(struct receive *receive, struct receive_item *item)
{
    item->token = ++receive->next_token;
    (void)queue_push_wait(receive->queue, item, -1);
    pthread_mutex_lock(&receive->mutex);
    while (receive->released_token < item->token)
        pthread_cond_wait(&receive->released, &receive->mutex);
    pthread_mutex_unlock(&receive->mutex);
}

/* Never returns: a return would acknowledge what is not stored. */
static void wait_for_the_end(struct receive *receive)
{
    struct receive_item item = {.kind = RECEIVE_STORE_BAD};
    (void)queue_push_wait(receive->queue, &item, -1);
    for (;;)
        pause();
}

static bool exp_has_passed(struct receive *receive, int64_t exp)
{
    return exp != 0 && atomic_load(&receive->clock_trusted) && clock_wall_s() >= exp;
}

static void take_payment(struct receive *receive, int64_t received_us)
{
    const struct payment_claims *claims = &receive->message.u.payment;
    if (store_find_payment(receive->store, claims->provider, claims->payment_id, &receive->known) < 0)
        wait_for_the_end(receive);
    struct receive_item item = {.kind = RECEIVE_PAYMENT,
                                .message = &receive->message,
                                .known = &receive->known,
                                .exp_past = exp_has_passed(receive, receive->message.exp),
                                .received_us = received_us};
    hand_over(receive, &item);
}

static void take_ack(struct receive *receive)
{
    const struct inbox_ack *ack = &receive->message.u.ack;
    enum payment_result stored = PAYMENT_RESULT_NONE;
    int rc = store_acknowledge(receive->store, ack->provider, ack->payment_id, ack->result, &stored);
    if (rc < 0)
        wait_for_the_end(receive);
    struct receive_item item = {.kind = rc == 1 ? RECEIVE_ACKED : RECEIVE_ACK_ODD, .ack = *ack};
    (void)queue_push_wait(receive->queue, &item, -1);
}

/* What the command table keeps of it: who may ask later must find who gave which order with which key. NULL:
 * no memory. The caller frees it. */
static char *write_record(const struct receive *receive)
{
    const struct inbox_message *message = &receive->message;
    json_t *args = json_loads(message->u.command.args, JSON_REJECT_DUPLICATES, NULL);
    json_t *record = command_record(receive->config, message->u.command.command, args);
    json_object_set_new(record, "iss", json_string(message->iss));
    json_object_set_new(record, "kid", json_string(message->kid));
    char *text = json_dumps(record, JSON_COMPACT);
    json_decref(record);
    json_decref(args);
    return text;
}

static void take_command(struct receive *receive, int64_t received_us)
{
    bool published = false;
    char *record = write_record(receive);
    int rc = record ? store_command_begin(receive->store, receive->message.jti, record, clock_wall_s(),
                                          receive->answer, sizeof receive->answer, &published)
                    : -ENOMEM;
    free(record);
    if (rc < 0)
        wait_for_the_end(receive);
    if (rc == 0)
        return; /* known: its one answer is out, or on its way from the store */
    struct receive_item item = {.kind = RECEIVE_COMMAND,
                                .message = &receive->message,
                                .exp_past = exp_has_passed(receive, receive->message.exp),
                                .received_us = received_us};
    hand_over(receive, &item);
}

void receive_message(void *user, enum mqtt_topic_in topic, const void *payload, size_t size, bool retained,
                     bool duplicate)
{
    struct receive *receive = user;
    static const enum inbox_type type_of[] = {
        [MQTT_IN_PAYMENT] = INBOX_PAYMENT, [MQTT_IN_ACK] = INBOX_ACK, [MQTT_IN_COMMAND] = INBOX_COMMAND};
    int64_t received_us = clock_mono_us();
    const char *detail = "";
    (void)duplicate; /* the packet's flag says nothing about the payment: its key does */

    if (retained && size == 0)
        return; /* a retained message was cleared */
    enum inbox_verdict verdict =
        inbox_check(receive->config, type_of[topic], payload, size, &receive->message, &detail);
    if (verdict != INBOX_OK) {
        reject(receive, verdict, detail);
        return;
    }
    switch (receive->message.type) {
    case INBOX_PAYMENT:
        receive->message.u.payment.retained = retained;
        take_payment(receive, received_us);
        return;
    case INBOX_ACK:
        take_ack(receive);
        return;
    case INBOX_COMMAND:
        if (retained)
            reject(receive, INBOX_BAD_CLAIMS, "retained command");
        else
            take_command(receive, received_us);
        return;
    }
}
