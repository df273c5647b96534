/* The runner: the thread behind one instance of a driver. Private to hal/.
 *
 * runner.c turns the thread's loop, outputs.c carries out orders and keeps the guard, events.c tells the
 * caller. Every function runs on the instance's thread unless it says otherwise.
 */
#ifndef HAL_RUNNER_H
#define HAL_RUNNER_H

#include <pthread.h>
#include <stdatomic.h>
#include "common/queue.h"
#include "hal/driver.h"
#include "hal/guard.h"

enum {
    RUNNER_ORDERS = 64,     /* orders waiting per instance */
    RUNNER_BACKLOG = 512,   /* events waiting for room in the caller's queue */
    RUNNER_RESERVE = 128,   /* of these, kept free for what must not be put off: results and faults */
    RUNNER_BEAT_MS = 2000,  /* longest sleep */
    RUNNER_LATE_MS = 10000, /* a turn may take this long beyond the sleep */
    RUNNER_FLUSH_MS = 5,    /* the caller's queue is full: look again after this */
};

enum line_health { LINE_UNPROVEN, LINE_GOOD, LINE_LOST };

struct hal_line_run {
    enum line_health health, told;
    bool safe_told, level_told;
    int64_t level_at_us, health_at_us;
    /* outputs */
    bool pulse_pending, off_pending, limit_struck, flash;
    int64_t on_at_us, flash_end_us;
};

struct hal_runner {
    struct hal_instance *instance;
    struct guard guard;
    struct queue *orders, *events;
    int kick_fd;
    pthread_t thread;
    bool started;
    atomic_bool stop;
    atomic_llong healthy_until_us;
    struct hal_event backlog[RUNNER_BACKLOG];
    int32_t backlog_head, backlog_length;
    int32_t unconfirmed; /* after the end: outputs not confirmed off */
};

/* Any thread (the opener's). 0 or -errno. */
int runner_open(struct hal_runner **ret_runner, struct hal_instance *instance, struct queue *events);
int runner_start(struct hal_runner *runner);
/* Ends the thread, waits for it and frees all. Returns the number of outputs not confirmed off. NULL is
 * allowed. */
int runner_close(struct hal_runner *runner);
/* Any thread: wakes it. */
void runner_kick(struct hal_runner *runner);

/* ---- outputs.c ---- */
void outputs_order(struct hal_instance *instance, const struct hal_order *order);
/* Carries out what the guard says is due. */
void outputs_guard(struct hal_instance *instance);
void outputs_lost(struct hal_instance *instance, struct hal_line *line);
void outputs_found(struct hal_instance *instance, struct hal_line *line);
/* The end: sets every output off. Returns how many could not be confirmed. */
int32_t outputs_end(struct hal_instance *instance);

/* ---- events.c ---- */
/* Queues an event that must not be lost; the caller made sure of room by not taking orders without. */
void events_emit(struct hal_runner *runner, const struct hal_event *event);
/* There is room for what an order may bring. */
bool events_have_room(const struct hal_runner *runner);
/* Emits what changed of this line since it was told last; keeps it for later when there is no room. */
void events_tell(struct hal_instance *instance, struct hal_line *line);
/* Tells all lines and hands the backlog over as far as there is room. */
void events_flush(struct hal_instance *instance);

#endif
