/* The event loop: one epoll, callbacks per descriptor, timers. Nothing else in the project calls epoll.
 *
 * One loop belongs to one thread. Callbacks run on that thread and must not block. A callback may remove any
 * source, itself included. Not thread-safe; other threads reach a loop through a queue (common/queue.h).
 */
#ifndef COMMON_LOOP_H
#define COMMON_LOOP_H

#include <stdbool.h>
#include <stdint.h>

enum { LOOP_MAX_SOURCES = 64 };

struct loop;
/* events: EPOLLIN | EPOLLOUT | EPOLLHUP | EPOLLERR as epoll gives them. */
typedef void loop_callback(void *user, int fd, uint32_t events);

/* Creates a loop. 0 or -errno. */
int loop_open(struct loop **ret_loop);
/* Destroys it; descriptors stay open and belong to their owners. NULL is allowed. */
void loop_close(struct loop *loop);
/* Watches fd for events (EPOLLIN, ...). 0, -ENOSPC at LOOP_MAX_SOURCES, or -errno. */
int loop_add(struct loop *loop, int fd, uint32_t events, loop_callback *callback, void *user);
int loop_modify(struct loop *loop, int fd, uint32_t events);
void loop_remove(struct loop *loop, int fd);

/* One-shot timer on CLOCK_MONOTONIC: creates a timerfd watched by the loop; loop_timer_set arms it.
 * Returns the descriptor (owned by the caller: loop_remove + close) or -errno. The expiry is read by the
 * loop. */
int loop_timer_open(struct loop *loop, loop_callback *callback, void *user);
/* at_us: absolute monotonic microseconds (clock_mono_us); 0 disarms; the past fires at once. */
void loop_timer_set(int timer_fd, int64_t at_us);

/* Waits up to timeout_ms (-1 = for ever) and runs one turn of callbacks. Returns the number of callbacks run
 * or -errno. */
int loop_turn(struct loop *loop, int timeout_ms);
/* When the last turn came back from waiting (monotonic us): now minus this is how long its callbacks took. */
int64_t loop_woken_us(const struct loop *loop);

#endif
