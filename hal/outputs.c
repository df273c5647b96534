/* Orders to outputs, the same for every driver: written once, read back, ended in time, never on longer than
 * allowed. */
#include <assert.h>
#include <time.h>
#include "common/clock.h"
#include "common/log.h"
#include "hal/instance.h"
#include "hal/runner.h"
#include "hal/warden.h"

enum {
    FLASH_UNIT_MS = 100,  /* boards count their own pulses in these */
    FLASH_LOOK_MS = 15,   /* after the board should have ended the pulse: look, and again after this */
    FLASH_LATE_MS = 30,   /* later than that we end it ourselves */
    OTHERS_MS = 25,       /* a write gets at least this long, even if another output waits for its end */
    WARDEN_SPARE_MS = 20, /* a write that is under way may take this much longer than the driver thinks */
};

static int32_t local(const struct hal_instance *instance, const struct hal_line *line)
{
    return (int32_t)(line - instance->lines);
}

static void emit_order(struct hal_instance *instance, const struct hal_line *line, enum hal_order_kind order,
                       enum hal_result result)
{
    events_emit(instance->runner,
                &(struct hal_event){.kind = HAL_EVENT_ORDER,
                                    .line = line->index,
                                    .order = order,
                                    .result = result,
                                    .at_us = clock_mono_us(),
                                    .on_at_us = order == HAL_OFF ? 0 : line->run->on_at_us});
}

static void emit_fault(struct hal_instance *instance, const struct hal_line *line, bool still_on)
{
    log_error("output fault line=%s still_on=%s", line->config->name, still_on ? "yes" : "no");
    events_emit(instance->runner, &(struct hal_event){.kind = HAL_EVENT_FAULT,
                                                      .line = line->index,
                                                      .still_on = still_on,
                                                      .at_us = clock_mono_us(),
                                                      .on_at_us = line->run->on_at_us});
}

/* The attempts to switch off came to a verdict: tells everybody who waits for it. */
static void settle(struct hal_instance *instance, struct hal_line *line, bool is_off, bool newly_latched)
{
    struct hal_line_run *run = line->run;
    if (run->limit_struck || newly_latched)
        emit_fault(instance, line, !is_off);
    run->limit_struck = false;
    if (run->pulse_pending)
        emit_order(instance, line, HAL_PULSE, is_off ? HAL_DONE : HAL_UNKNOWN);
    run->pulse_pending = false;
    if (run->off_pending)
        emit_order(instance, line, HAL_OFF, is_off ? HAL_DONE : HAL_UNKNOWN);
    run->off_pending = false;
    run->flash = false;
}

static void confirm_off(struct hal_instance *instance, struct hal_line *line)
{
    struct hal_line_run *run = line->run;
    guard_confirm_off(&instance->runner->guard, local(instance, line));
    warden_disarm(line->index);
    line->now.on = false;
    settle(instance, line, true, false);
    if (run->health != LINE_GOOD && line->now.found) {
        run->health = LINE_GOOD;
        run->health_at_us = clock_mono_us();
        line->now.good = true;
        events_tell(instance, line);
    }
}

/* While this thread is alive and at work on an output, the warden gives it the time the work takes. */
static void keep_warden_off(struct hal_instance *instance, const struct hal_line *line, int64_t until_us)
{
    if (!line->now.on)
        return;
    int64_t spare_us = ((int64_t)instance->driver->set_ms(instance) + WARDEN_SPARE_MS) * 1000;
    warden_arm(line->index, until_us >= HAL_NEVER - spare_us ? HAL_NEVER : until_us + spare_us);
}

static void fail_off(struct hal_instance *instance, struct hal_line *line, bool reads_on)
{
    struct guard *guard = &instance->runner->guard;
    int32_t i = local(instance, line);
    bool gone = line->run->health == LINE_LOST || !line->now.found;
    switch (guard_off_failed(guard, i, clock_mono_us(), reads_on)) {
    case GUARD_TRY_AGAIN:
        if (gone)
            settle(instance, line, false, false);
        break;
    case GUARD_GIVE_UP:
        settle(instance, line, false, false);
        break;
    case GUARD_LATCHED:
        settle(instance, line, false, true);
        break;
    }
    if (gone)
        guard_want_off(guard, i, GUARD_NEVER);
    keep_warden_off(instance, line, guard->entry[i].retry_us);
}

/* When a write must be back, so that no other output is ended late by a board that does not answer. */
static int64_t until_others(const struct guard *guard)
{
    int64_t least_us = clock_mono_us() + OTHERS_MS * 1000;
    int64_t next_us = guard_next_end_us(guard);
    return next_us > least_us ? next_us : least_us;
}

static void try_off(struct hal_instance *instance, struct hal_line *line)
{
    struct guard *guard = &instance->runner->guard;
    keep_warden_off(instance, line, clock_mono_us());
    guard_want_off(guard, local(instance, line), clock_mono_us());
    /* The driver may try several times: only as long as the warden has been told. */
    int64_t until_us = clock_mono_us() + (int64_t)instance->driver->set_ms(instance) * 1000;
    int64_t others_us = until_others(guard);
    struct hal_write write = {.on = false, .until_us = others_us < until_us ? others_us : until_us};
    instance->driver->set(instance, line, &write);
    if (write.result == HAL_DONE)
        confirm_off(instance, line);
    else
        fail_off(instance, line, write.known && write.reads_on);
}

void outputs_lost(struct hal_instance *instance, struct hal_line *line)
{
    struct guard *guard = &instance->runner->guard;
    int32_t i = local(instance, line);
    if (line->run->pulse_pending)
        emit_order(instance, line, HAL_PULSE, HAL_UNKNOWN);
    line->run->pulse_pending = false;
    /* One that is on keeps its end: at that time the OFF is tried even so. */
    if (guard->entry[i].state != GUARD_ON) {
        guard_want_off(guard, i, GUARD_NEVER);
        /* Nothing can be done for it until it is found again, by the warden neither: that would only end the
         * other lanes of this kiosk as well. */
        keep_warden_off(instance, line, GUARD_NEVER);
    }
}

void hal_unreachable(struct hal_instance *instance)
{
    for (int32_t i = 0; !instance->outputs_only && i < instance->line_count; i++)
        if (instance->lines[i].now.on && instance->runner->guard.entry[i].state == GUARD_UNSURE)
            warden_stray(instance->lines[i].index);
}

void outputs_found(struct hal_instance *instance, struct hal_line *line)
{
    /* Nobody knows what it did meanwhile: off first, then it may be used again. */
    guard_want_off(&instance->runner->guard, local(instance, line), clock_mono_us());
}

/* The board should have ended this pulse by itself: looks, and ends it if it did not. */
static void look_after_flash(struct hal_instance *instance, struct hal_line *line)
{
    bool on = true;
    if (instance->driver->read(instance, line, &on) && !on) {
        confirm_off(instance, line);
        return;
    }
    struct guard *guard = &instance->runner->guard;
    int32_t i = local(instance, line);
    int64_t now_us = clock_mono_us();
    if (now_us >= line->run->flash_end_us + FLASH_LATE_MS * 1000 || now_us >= guard->entry[i].limit_us)
        try_off(instance, line);
    else
        guard_set_end(guard, i, now_us + FLASH_LOOK_MS * 1000);
}

void outputs_guard(struct hal_instance *instance)
{
    enum guard_due why;
    /* Bounded: every step moves its entry's time on, a line comes up at most a few times. */
    for (int32_t turns = 0; turns < 2 * CONFIG_MAX_LINES; turns++) {
        int32_t i = guard_find_due(&instance->runner->guard, clock_mono_us(), &why);
        if (i < 0)
            return;
        struct hal_line *line = &instance->lines[i];
        if (why == GUARD_DUE_LIMIT)
            line->run->limit_struck = true;
        if (why == GUARD_DUE_END && line->run->flash)
            look_after_flash(instance, line);
        else
            try_off(instance, line);
    }
}

static int32_t limit_of(const struct hal_line *line, const struct hal_order *order)
{
    int32_t limit_ms = line->config->limit_ms;
    if (order->ms > 0 && (limit_ms == 0 || order->ms < limit_ms))
        limit_ms = order->ms;
    return limit_ms;
}

/* An output without a limit of its own (light, sign, hold) that is ordered on for a time has that time as a
 * lease: it counts anew with each order, and its end is no fault. Whoever wants the output on goes on saying
 * so; when he hangs or dies, the guard or the warden ends it. */
static bool is_lease(const struct hal_line *line, const struct hal_order *order)
{
    return order->kind == HAL_ON && line->config->limit_ms == 0 && order->ms > 0;
}

/* The write of an ON. ret_ms: how long the pulse is. */
static void write_on(struct hal_instance *instance, struct hal_line *line, const struct hal_order *order,
                     struct hal_write *write, int32_t *ret_ms)
{
    struct guard *guard = &instance->runner->guard;
    struct hal_line_run *run = line->run;
    run->flash = order->kind == HAL_PULSE && line->config->flash && instance->driver->flash;
    /* A board that times the pulse counts in steps of 100 ms and ends a little late. */
    int32_t limit_ms = limit_of(line, order);
    *ret_ms = limit_ms;
    int64_t others_us = until_others(guard);
    int64_t off_by_us = guard_switch_on(guard, local(instance, line), clock_mono_us(),
                                        run->flash ? limit_ms + FLASH_UNIT_MS : limit_ms);
    if (is_lease(line, order))
        guard_set_end(guard, local(instance, line), off_by_us);
    line->now.on = true;
    run->on_at_us = 0;
    warden_arm(line->index, off_by_us);
    *write = (struct hal_write){.on = true, .until_us = off_by_us < others_us ? off_by_us : others_us};
    if (run->flash)
        instance->driver->flash(instance, line, limit_ms, ret_ms, write);
    else
        instance->driver->set(instance, line, write);
}

/* Lets the bus become quiet, ending meanwhile what is to be ended. */
static void wait_until_ready(struct hal_instance *instance)
{
    while (instance->driver->ready_us && instance->driver->ready_us(instance) > clock_mono_us()) {
        int64_t until_us = instance->driver->ready_us(instance);
        int64_t next_us = guard_next_end_us(&instance->runner->guard);
        until_us = next_us < until_us ? next_us : until_us;
        struct timespec at = clock_timespec(until_us);
        (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
        outputs_guard(instance);
    }
}

static void switch_on(struct hal_instance *instance, struct hal_line *line, const struct hal_order *order)
{
    struct guard *guard = &instance->runner->guard;
    struct hal_line_run *run = line->run;
    struct hal_write write;
    int32_t ms;
    write_on(instance, line, order, &write, &ms);
    switch (write.result) {
    case HAL_DONE:
        run->on_at_us = write.at_us;
        if (order->kind == HAL_ON) {
            emit_order(instance, line, HAL_ON, HAL_DONE);
            return;
        }
        run->pulse_pending = true;
        run->flash_end_us = write.at_us + (int64_t)ms * 1000;
        guard_set_end(guard, local(instance, line),
                      run->flash_end_us + (run->flash ? FLASH_LOOK_MS * 1000 : 0));
        return;
    case HAL_REFUSED:
        guard_confirm_off(guard, local(instance, line));
        warden_disarm(line->index);
        line->now.on = false;
        emit_order(instance, line, order->kind, HAL_REFUSED);
        if (run->health == LINE_LOST)
            outputs_lost(instance, line);
        return;
    case HAL_UNKNOWN:
        try_off(instance, line); /* first what is physical */
        emit_order(instance, line, order->kind, HAL_UNKNOWN);
        return;
    }
}

static bool is_on(const struct hal_instance *instance, const struct hal_line *line)
{
    return line->now.on && !line->run->pulse_pending &&
           instance->runner->guard.entry[local(instance, line)].state == GUARD_ON;
}

/* An output without a limit of its own is on and ordered on again: written again, so that the answer is of
 * now, and its time counts from now. */
static void renew(struct hal_instance *instance, struct hal_line *line, const struct hal_order *order)
{
    struct guard *guard = &instance->runner->guard;
    int32_t i = local(instance, line);
    struct hal_write write = {.on = true, .until_us = until_others(guard)};
    int64_t now_us = clock_mono_us();
    instance->driver->set(instance, line, &write);
    if (write.result == HAL_UNKNOWN)
        try_off(instance, line);
    if (write.result == HAL_DONE) {
        int64_t off_by_us = guard_switch_on(guard, i, now_us, order->ms);
        guard_set_end(guard, i, off_by_us);
        warden_arm(line->index, off_by_us);
    }
    emit_order(instance, line, HAL_ON, write.result);
}

static void order_off(struct hal_instance *instance, struct hal_line *line)
{
    if (line->run->health != LINE_GOOD) {
        emit_order(instance, line, HAL_OFF, HAL_REFUSED);
        return;
    }
    line->run->off_pending = true;
    try_off(instance, line);
}

void outputs_order(struct hal_instance *instance, const struct hal_order *order)
{
    struct hal_line *line = NULL;
    for (int32_t i = 0; i < instance->line_count && !line; i++)
        if (instance->lines[i].index == order->line)
            line = &instance->lines[i];
    assert(line);
    const struct guard *guard = &instance->runner->guard;
    int32_t i = local(instance, line);
    bool possible = line->config->output && line->run->health == LINE_GOOD && order->ms >= 0 &&
                    (order->kind != HAL_PULSE || order->ms > 0);
    bool again = order->kind == HAL_ON && is_on(instance, line);
    if (order->kind == HAL_OFF && line->config->output) {
        order_off(instance, line);
    } else if (!possible || (!again && !guard_allows_on(guard, i))) {
        emit_order(instance, line, order->kind, HAL_REFUSED);
    } else if (again && line->config->limit_ms > 0) {
        emit_order(instance, line, HAL_ON, HAL_DONE); /* its limit counts on from the first time */
    } else {
        wait_until_ready(instance);
        if (line->run->health == LINE_GOOD && again && is_on(instance, line))
            renew(instance, line, order);
        else if (line->run->health == LINE_GOOD && guard_allows_on(guard, i))
            switch_on(instance, line, order);
        else
            emit_order(instance, line, order->kind, HAL_REFUSED); /* it was lost meanwhile */
    }
}

int32_t outputs_end(struct hal_instance *instance)
{
    struct instance_list unconfirmed = {0};
    for (int32_t i = 0; i < instance->line_count; i++) {
        struct hal_line *line = &instance->lines[i];
        if (!line->config->output)
            continue;
        for (int32_t n = 0; n < GUARD_QUICK_TRIES; n++) {
            try_off(instance, line);
            if (instance->runner->guard.entry[i].state == GUARD_OFF || !line->now.found)
                break;
        }
        if (instance->runner->guard.entry[i].state != GUARD_OFF)
            instance_list_add(&unconfirmed, line);
    }
    instance_list_end(&unconfirmed);
    if (unconfirmed.count > 0)
        log_error("%s: not confirmed off (%d): %s", instance_name(instance), (int)unconfirmed.count,
                  unconfirmed.text);
    return unconfirmed.count;
}
