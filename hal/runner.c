#include "hal/runner.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/log.h"
#include "hal/instance.h"

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int runner_open(struct hal_runner **ret_runner, struct hal_instance *instance, struct queue *events)
{
    struct hal_runner *runner = calloc(1, sizeof *runner);
    if (!runner)
        return -ENOMEM;
    runner->kick_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    int rc =
        runner->kick_fd < 0 ? -errno : queue_open(&runner->orders, sizeof(struct hal_order), RUNNER_ORDERS);
    if (rc < 0) {
        if (runner->kick_fd >= 0)
            close(runner->kick_fd);
        free(runner);
        return rc;
    }
    runner->instance = instance;
    runner->events = events;
    guard_init(&runner->guard, instance->line_count);
    for (int32_t i = 0; i < instance->line_count; i++)
        if (!instance->lines[i].config->output)
            guard_confirm_off(&runner->guard, i);
    *ret_runner = runner;
    return 0;
}

/* Where the system allows it (LimitRTPRIO=), a loaded machine does not delay a switch-off; elsewhere it works
 * as well, later. */
static void ask_for_priority(void)
{
    struct sched_param param = {.sched_priority = 1};
    int rc = pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
    if (rc != 0)
        log_debug("hal thread runs without real-time priority: %s",
                  rc == EPERM ? "not permitted" : "not possible");
}

/* Takes the orders that wait, keeping the guard between any two. */
static void take_orders(struct hal_instance *instance)
{
    struct hal_runner *runner = instance->runner;
    struct hal_order order;
    for (int32_t n = 0; n < RUNNER_ORDERS && events_have_room(runner) && queue_pop(runner->orders, &order);
         n++) {
        outputs_order(instance, &order);
        outputs_guard(instance);
    }
}

static void wait_until(struct hal_instance *instance, int64_t until_us)
{
    struct hal_runner *runner = instance->runner;
    struct pollfd fds[HAL_MAX_DESCRIPTORS + 2] = {
        {.fd = runner->kick_fd, .events = POLLIN},
        /* without room for results no order is taken: then its descriptor must not wake us */
        {.fd = events_have_room(runner) ? queue_fd(runner->orders) : -1, .events = POLLIN},
    };
    int count = 2;
    if (instance->driver->descriptors)
        count += instance->driver->descriptors(instance, fds + 2, HAL_MAX_DESCRIPTORS);
    int64_t now_us = clock_mono_us();
    int64_t wait_us = until_us > now_us ? until_us - now_us : 0;
    struct timespec wait = clock_timespec(wait_us);
    (void)ppoll(fds, (nfds_t)count, &wait, NULL);
    if (fds[0].revents) {
        eventfd_t ignored;
        (void)eventfd_read(runner->kick_fd, &ignored);
    }
}

static void *thread_main(void *user)
{
    struct hal_runner *runner = user;
    struct hal_instance *instance = runner->instance;
    ask_for_priority();
    while (!atomic_load(&runner->stop)) {
        take_orders(instance);
        outputs_guard(instance);
        int64_t wish_us =
            instance->driver->turn(instance, clock_mono_us(), guard_next_end_us(&runner->guard));
        outputs_guard(instance);
        events_flush(instance);
        int64_t now_us = clock_mono_us();
        int64_t until_us = earlier(wish_us, guard_next_us(&runner->guard));
        until_us = earlier(until_us, now_us + RUNNER_BEAT_MS * 1000);
        if (runner->backlog_length > 0)
            until_us = earlier(until_us, now_us + RUNNER_FLUSH_MS * 1000);
        atomic_store(&runner->healthy_until_us, now_us + (RUNNER_BEAT_MS + RUNNER_LATE_MS) * 1000);
        wait_until(instance, until_us);
    }
    runner->unconfirmed = outputs_end(instance);
    events_flush(instance);
    return NULL;
}

static void thread_name(const struct hal_instance *instance, char ret_name[16])
{
    memset(ret_name, 0, 16);
    strncpy(ret_name, instance_name(instance), 15);
}

int runner_start(struct hal_runner *runner)
{
    atomic_store(&runner->healthy_until_us, clock_mono_us() + RUNNER_LATE_MS * 1000);
    int rc = pthread_create(&runner->thread, NULL, thread_main, runner);
    if (rc != 0)
        return -rc;
    runner->started = true;
    char name[16];
    thread_name(runner->instance, name);
    (void)pthread_setname_np(runner->thread, name);
    return 0;
}

int runner_close(struct hal_runner *runner)
{
    if (!runner)
        return 0;
    if (runner->started) {
        atomic_store(&runner->stop, true);
        runner_kick(runner);
        pthread_join(runner->thread, NULL);
    }
    int unconfirmed = runner->unconfirmed;
    queue_close(runner->orders);
    close(runner->kick_fd);
    free(runner);
    return unconfirmed;
}

void runner_kick(struct hal_runner *runner)
{
    (void)eventfd_write(runner->kick_fd, 1);
}
