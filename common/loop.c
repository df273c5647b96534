#include "common/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common/clock.h"

struct source {
    int fd;
    bool timer;
    loop_callback *callback;
    void *user;
};

struct loop {
    int epoll_fd;
    struct source sources[LOOP_MAX_SOURCES];
    size_t count;
    int64_t woken_us;
};

static struct source *find(struct loop *loop, int fd)
{
    for (size_t i = 0; i < loop->count; i++)
        if (loop->sources[i].fd == fd)
            return &loop->sources[i];
    return NULL;
}

int loop_open(struct loop **ret_loop)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return -ENOMEM;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll_fd < 0) {
        int error = -errno;
        free(loop);
        return error;
    }
    *ret_loop = loop;
    return 0;
}

void loop_close(struct loop *loop)
{
    if (!loop)
        return;
    close(loop->epoll_fd);
    free(loop);
}

static int add(struct loop *loop, const struct source *source, uint32_t events)
{
    if (loop->count == LOOP_MAX_SOURCES)
        return -ENOSPC;
    struct epoll_event event = {.events = events, .data.fd = source->fd};
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, source->fd, &event) < 0)
        return -errno;
    loop->sources[loop->count++] = *source;
    return 0;
}

int loop_add(struct loop *loop, int fd, uint32_t events, loop_callback *callback, void *user)
{
    return add(loop, &(struct source){.fd = fd, .callback = callback, .user = user}, events);
}

int loop_modify(struct loop *loop, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    return epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &event) < 0 ? -errno : 0;
}

void loop_remove(struct loop *loop, int fd)
{
    struct source *source = find(loop, fd);
    if (!source)
        return;
    (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    *source = loop->sources[--loop->count];
}

int loop_timer_open(struct loop *loop, loop_callback *callback, void *user)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    int rc =
        add(loop, &(struct source){.fd = fd, .timer = true, .callback = callback, .user = user}, EPOLLIN);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return fd;
}

void loop_timer_set(int timer_fd, int64_t at_us)
{
    struct itimerspec spec = {0};
    if (at_us != 0)
        spec.it_value = clock_timespec(at_us < 1 ? 1 : at_us); /* an all-zero it_value would disarm */
    (void)timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

int loop_turn(struct loop *loop, int timeout_ms)
{
    struct epoll_event events[LOOP_MAX_SOURCES];
    int ready = epoll_wait(loop->epoll_fd, events, LOOP_MAX_SOURCES, timeout_ms);
    loop->woken_us = clock_mono_us();
    if (ready < 0)
        return errno == EINTR ? 0 : -errno;
    int ran = 0;
    for (int i = 0; i < ready; i++) {
        /* Looked up again each time: an earlier callback of this turn may have removed it. */
        struct source *source = find(loop, events[i].data.fd);
        if (!source)
            continue;
        struct source copy = *source;
        if (copy.timer) {
            uint64_t expiries;
            if (read(copy.fd, &expiries, sizeof expiries) != (ssize_t)sizeof expiries)
                continue;
        }
        copy.callback(copy.user, copy.fd, events[i].events);
        ran++;
    }
    return ran;
}

int64_t loop_woken_us(const struct loop *loop)
{
    return loop->woken_us;
}
