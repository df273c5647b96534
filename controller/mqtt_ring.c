#include "controller/mqtt_ring.h"

#include <string.h>

/* Where `size` bytes fit behind the newest message without overtaking the oldest. A message is never split,
 * so the rest of the block stays unused when it wraps. */
static bool find_room(const struct mqtt_ring *ring, size_t size, size_t *ret_at)
{
    if (ring->count == 0) {
        *ret_at = 0;
        return size <= MQTT_RING_BYTES;
    }
    size_t oldest = ring->item[ring->head].at;
    if (ring->write > oldest) {
        if (MQTT_RING_BYTES - ring->write >= size) {
            *ret_at = ring->write;
            return true;
        }
        *ret_at = 0;
        return size < oldest;
    }
    *ret_at = ring->write;
    return size < oldest - ring->write;
}

bool mqtt_ring_push(struct mqtt_ring *ring, const struct mqtt_ring_item *what, const void *payload)
{
    size_t at;
    if (ring->count == MQTT_RING_SLOTS || !find_room(ring, what->size + 1, &at))
        return false;
    struct mqtt_ring_item *slot = &ring->item[(ring->head + ring->count) % MQTT_RING_SLOTS];
    *slot = *what;
    slot->at = at;
    memcpy(ring->bytes + at, payload, what->size);
    ring->write = at + what->size + 1;
    ring->count++;
    return true;
}

const struct mqtt_ring_item *mqtt_ring_head(const struct mqtt_ring *ring, const void **ret_payload)
{
    if (ring->count == 0)
        return NULL;
    const struct mqtt_ring_item *slot = &ring->item[ring->head];
    *ret_payload = ring->bytes + slot->at;
    return slot;
}

void mqtt_ring_drop(struct mqtt_ring *ring)
{
    if (ring->count == 0)
        return;
    ring->head = (ring->head + 1) % MQTT_RING_SLOTS;
    ring->count--;
}
