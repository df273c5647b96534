/* Lines: outputs that are ordered, inputs that are watched. A driver is a table of functions with one thread
 * behind it.
 *
 * hal_open groups the configured lines by driver (gpio: one thread for all chips; modbus: one thread per bus;
 * sim: one), drives every output to its safe level (off), reads it back, and starts watching inputs. What
 * happens comes as struct hal_event through the caller's queue, in the order it happened per line.
 *
 * Every output has a limit (config_line.limit_ms). hal/guard.c in the driver's thread ends an output that
 * exceeds it, reads it back, and reports HAL_FAULT. Outside the process, the warden (hal/warden.h) does the
 * same when the whole process is stopped, hung or dead.
 */
#ifndef HAL_HAL_H
#define HAL_HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/queue.h"
#include "config/config.h"

enum hal_order_kind { HAL_ON, HAL_OFF, HAL_PULSE };

struct hal_order {
    int32_t line; /* index into config.lines: an output */
    enum hal_order_kind kind;
    /* HAL_PULSE: length. HAL_ON: own limit, 0 = the line's; never longer than the line's limit. A line
     * without a limit (light, sign, hold) has it as a lease: it counts anew with each order, and its end is
     * no fault. */
    int32_t ms;
};

enum hal_result {
    HAL_DONE,    /* executed and read back */
    HAL_REFUSED, /* certainly not executed: bus down before sending, exception reply, latched line, bad order
                  */
    HAL_UNKNOWN, /* may have been executed: reply lost, read-back failed or differs */
};

enum hal_event_kind {
    HAL_EVENT_INPUT, /* level of an input; also once for every input after open and after the line is good
                        again */
    HAL_EVENT_LOST,  /* an input or output can not be read or driven now (bus down, chip gone) */
    HAL_EVENT_BACK,  /* an output can be driven again (for inputs INPUT says so) */
    HAL_EVENT_ORDER, /* an order ended; for HAL_PULSE after the off */
    HAL_EVENT_FAULT, /* latched: the guard's limit struck (still_on = false) or it is on after off (still_on =
                        true) */
    HAL_EVENT_SAFE,  /* after open: this output is off and read back */
    HAL_EVENT_GAP,   /* an attended input was not looked at for gap_ms: what was short is not known */
};

struct hal_event {
    enum hal_event_kind kind;
    int32_t line;
    bool on; /* INPUT: the level after active_low and debounce */
    enum hal_order_kind order;
    enum hal_result result;
    bool still_on;
    int32_t gap_ms;   /* GAP */
    int64_t at_us;    /* monotonic: when it happened */
    int64_t on_at_us; /* ORDER: when the output went on, 0 = it did not or not known */
};

struct hal;

/* Opens everything. simulate: every line's driver becomes the simulated machine. Events go to `events`
 * (items of struct hal_event; drivers wait for room, never drop). 0 or -errno with a sentence for a
 * technician in error. A bus or board that does not answer is not an error: its lines are LOST and come BACK
 * by themselves. A GPIO chip or line that does not exist, or is busy, is. Blocks at most a few seconds. */
int hal_open(struct hal **ret_hal, const struct config *config, bool simulate, struct queue *events,
             char *error, size_t error_size);
/* Gives an order to the line's thread. Does not block. false: its queue is full (nothing will happen; no
 * event comes). */
bool hal_order(struct hal *hal, const struct hal_order *order);
/* The line matters now (a movement uses it): modbus inputs are polled at poll_ms, otherwise slower. Does not
 * block. */
void hal_attend(struct hal *hal, int32_t line, bool attend);
/* false if a driver thread has not turned for longer than it may (for the watchdog). */
bool hal_healthy(struct hal *hal);
/* All outputs safe and read back, threads ended, everything freed. Blocks up to a few seconds. Returns the
 * number of outputs that could not be confirmed safe. */
int hal_close(struct hal *hal);

/* Drives every configured output to its safe level without opening inputs or threads; for kiosk-safe and the
 * warden. say (may be NULL) gets a line per output, or with brief one per board. Returns the number that
 * could not be confirmed safe. Blocks. */
int hal_make_safe(const struct config *config, bool simulate, bool brief,
                  void (*say)(void *user, const char *text), void *user);

#endif
