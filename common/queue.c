#include "common/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "common/clock.h"

struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty, not_full;
    int event_fd;
    size_t item_size, capacity, head, length;
    unsigned sleepers; /* consumers inside queue_pop_wait */
    unsigned char items[];
};

int queue_open(struct queue **ret_queue, size_t item_size, size_t capacity)
{
    if (item_size == 0 || capacity == 0 || item_size > SIZE_MAX / 2 / capacity)
        return -EINVAL;
    struct queue *queue = calloc(1, sizeof *queue + item_size * capacity);
    if (!queue)
        return -ENOMEM;
    queue->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (queue->event_fd < 0) {
        int error = -errno;
        free(queue);
        return error;
    }
    queue->item_size = item_size;
    queue->capacity = capacity;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&queue->mutex, NULL);
    pthread_cond_init(&queue->not_empty, &attributes);
    pthread_cond_init(&queue->not_full, &attributes);
    pthread_condattr_destroy(&attributes);
    *ret_queue = queue;
    return 0;
}

void queue_close(struct queue *queue)
{
    if (!queue)
        return;
    close(queue->event_fd);
    pthread_cond_destroy(&queue->not_empty);
    pthread_cond_destroy(&queue->not_full);
    pthread_mutex_destroy(&queue->mutex);
    free(queue);
}

static struct timespec deadline_in(int timeout_ms)
{
    return clock_timespec(clock_mono_us() + timeout_ms * INT64_C(1000));
}

/* Waits on cond until the length is no longer `unwanted`; false on timeout. Mutex held. */
static bool wait_while(struct queue *queue, pthread_cond_t *cond, size_t unwanted, int timeout_ms)
{
    struct timespec at = deadline_in(timeout_ms > 0 ? timeout_ms : 0);
    while (queue->length == unwanted) {
        if (timeout_ms == 0)
            return false;
        int rc = timeout_ms < 0 ? pthread_cond_wait(cond, &queue->mutex)
                                : pthread_cond_timedwait(cond, &queue->mutex, &at);
        if (rc == ETIMEDOUT)
            return queue->length != unwanted;
    }
    return true;
}

bool queue_push_wait(struct queue *queue, const void *item, int timeout_ms)
{
    pthread_mutex_lock(&queue->mutex);
    bool room = wait_while(queue, &queue->not_full, queue->capacity, timeout_ms);
    if (room) {
        size_t tail = (queue->head + queue->length) % queue->capacity;
        memcpy(queue->items + tail * queue->item_size, item, queue->item_size);
        bool was_empty = queue->length++ == 0;
        if (queue->sleepers > 0)
            pthread_cond_signal(&queue->not_empty);
        else if (was_empty)
            (void)eventfd_write(queue->event_fd, 1);
    }
    pthread_mutex_unlock(&queue->mutex);
    return room;
}

bool queue_push(struct queue *queue, const void *item)
{
    return queue_push_wait(queue, item, 0);
}

/* Mutex held, length > 0. */
static void take(struct queue *queue, void *ret_item)
{
    bool was_full = queue->length == queue->capacity;
    memcpy(ret_item, queue->items + queue->head * queue->item_size, queue->item_size);
    queue->head = (queue->head + 1) % queue->capacity;
    queue->length--;
    if (queue->length == 0) {
        eventfd_t ignored;
        (void)eventfd_read(queue->event_fd, &ignored);
    }
    if (was_full)
        pthread_cond_broadcast(&queue->not_full);
}

bool queue_pop_wait(struct queue *queue, void *ret_item, int timeout_ms)
{
    pthread_mutex_lock(&queue->mutex);
    queue->sleepers++;
    bool some = wait_while(queue, &queue->not_empty, 0, timeout_ms);
    queue->sleepers--;
    if (some)
        take(queue, ret_item);
    pthread_mutex_unlock(&queue->mutex);
    return some;
}

bool queue_pop(struct queue *queue, void *ret_item)
{
    return queue_pop_wait(queue, ret_item, 0);
}

int queue_fd(const struct queue *queue)
{
    return queue->event_fd;
}

size_t queue_length(struct queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    size_t length = queue->length;
    pthread_mutex_unlock(&queue->mutex);
    return length;
}
