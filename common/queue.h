/* A bounded queue of fixed-size messages between threads, with a descriptor that is readable while it is not
 * empty.
 *
 * Many producers, one consumer, which uses either the descriptor with queue_pop or queue_pop_wait, not both.
 * Copies by value. Never allocates after queue_open.
 */
#ifndef COMMON_QUEUE_H
#define COMMON_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct queue;

/* Creates a queue of `capacity` messages of `item_size` bytes. 0 or -errno. */
int queue_open(struct queue **ret_queue, size_t item_size, size_t capacity);
void queue_close(struct queue *queue);
/* Copies the item in. false if the queue is full (nothing changed). Any thread; does not block on the
 * consumer. */
bool queue_push(struct queue *queue, const void *item);
/* As queue_push, but waits for room up to timeout_ms (-1 = for ever). For threads that may block, never for
 * the main loop. */
bool queue_push_wait(struct queue *queue, const void *item, int timeout_ms);
/* Takes the oldest. false if empty. Consumer only. */
bool queue_pop(struct queue *queue, void *ret_item);
/* Takes the oldest, waiting up to timeout_ms (-1 = for ever) without using the descriptor. Consumer only. */
bool queue_pop_wait(struct queue *queue, void *ret_item, int timeout_ms);
/* Readable (level-triggered) while messages wait; for loop_add or poll. Owned by the queue. */
int queue_fd(const struct queue *queue);
size_t queue_length(struct queue *queue);

#endif
