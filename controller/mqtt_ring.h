/* Messages waiting for the sender: a bounded FIFO of byte strings in one block of memory. Pure, not
 * thread-safe. */
#ifndef CONTROLLER_MQTT_RING_H
#define CONTROLLER_MQTT_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MQTT_RING_SLOTS = 16384, MQTT_RING_BYTES = 4 << 20 };

struct mqtt_ring_item {
    uint64_t tag;
    int topic;
    bool retained;
    size_t at, size;
};

struct mqtt_ring {
    unsigned char *bytes; /* MQTT_RING_BYTES, touched only as far as needed */
    size_t write;         /* where the next message may begin */
    size_t head, count;
    struct mqtt_ring_item item[MQTT_RING_SLOTS];
};

/* Copies the message in. false: no room, nothing changed. */
bool mqtt_ring_push(struct mqtt_ring *ring, const struct mqtt_ring_item *what, const void *payload);
/* The oldest, NULL if there is none; its bytes stay where they are until mqtt_ring_drop. */
const struct mqtt_ring_item *mqtt_ring_head(const struct mqtt_ring *ring, const void **ret_payload);
void mqtt_ring_drop(struct mqtt_ring *ring);

#endif
