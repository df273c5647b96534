/* What a line driver is, and what the shared part of the hal does for it. For those who write a driver.
 *
 * The shared part (hal/runner.c) owns one thread per instance. It takes orders, times pulses, keeps every
 * output within its limit (hal/guard.h), repeats an OFF until it is confirmed, latches an output that stays
 * on, tells the warden, and emits events. A driver only knows how to write one output and read it back, and
 * how to watch its inputs. So orders mean the same on every driver, and a driver is a table of six functions.
 *
 * Life of an instance: open (caller's thread, must not wait for a bus) → thread starts → { set, flash, turn
 * }* → the runner sets every output off → close. Except open and close all functions run on the instance's
 * thread only.
 *
 * Health of a line: it begins unproven. A driver says hal_line_found() when the line can be read or driven,
 * and hal_line_lost() when it can not; both may be said again and again, only changes count. On `found` the
 * runner first drives an output off and reads it back; only then it is good, may take orders, and SAFE or
 * BACK is emitted. An input that is found is good with its first hal_input_level().
 */
#ifndef HAL_DRIVER_H
#define HAL_DRIVER_H

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "config/config.h"
#include "hal/hal.h"

enum {
    HAL_MAX_DESCRIPTORS = CONFIG_MAX_LINES + 8, /* most descriptors a driver may watch */
};

/* Times of a turn: "never" as answer of turn(). */
#define HAL_NEVER INT64_MAX

/* One line at run time. A driver reads it; only the runner writes it. */
struct hal_line {
    int32_t index; /* into config->lines */
    const struct config_line *config;
    atomic_int attended;      /* > 0: a movement uses it now (hal_attend); changes at any time */
    atomic_llong attended_us; /* since when */
    struct {
        bool good;               /* proven and not lost */
        bool found;              /* what the driver said last */
        bool level, level_known; /* inputs */
        bool on;                 /* outputs: on, or possibly on */
    } now;
    struct hal_line_run *run; /* the runner's own */
};

struct hal_runner;

/* A set of lines served by one thread: all gpio lines, all lines of one bus, or the whole simulated machine.
 */
struct hal_instance {
    const struct hal_driver *driver;
    const struct config *config;
    int32_t bus; /* index into config->buses; -1 for gpio and sim */
    int32_t line_count;
    struct hal_line *lines;    /* in the order of config->lines */
    bool outputs_only;         /* opened to make outputs safe: there are no inputs, no thread and no turn() */
    bool quiet;                /* it was tried before and what is wrong was told: nothing goes into the log */
    void *state;               /* the driver's; made by open, freed by close */
    struct hal_runner *runner; /* the runner's; NULL with outputs_only */
};

/* A write to an output together with its read-back. */
struct hal_write {
    bool on;          /* in: the wanted level (true = active, whatever active_low says) */
    int64_t until_us; /* in: return before this, even without an answer. HAL_NEVER: take the usual time */
    enum hal_result result; /* out: DONE = executed and read back as wanted (also: answer lost, but it reads
                               as wanted); REFUSED = certainly not executed; UNKNOWN = anything else */
    bool known, reads_on;   /* out: the read-back, if there was one */
    int64_t at_us; /* out: monotonic time the write was acknowledged; if the answer was lost, when sent */
};

struct hal_driver {
    const char *name;
    /* Checks and prepares; makes instance->state. 0, or -errno with a sentence for a technician in error. A
     * bus that does not answer is no error (say hal_line_lost from turn); a chip or line that does not exist
     * or is busy is. Outputs that are requested here are requested off. On failure nothing stays open. */
    int (*open)(struct hal_instance *instance, char *error, size_t error_size);
    /* Releases everything; outputs have been set off before. Frees instance->state. */
    void (*close)(struct hal_instance *instance);
    /* Writes one output once and reads it back. ON is never sent twice; OFF may be repeated inside. Must also
     * work on a line that is lost or unproven (quickly REFUSED if there is no connection). May block for the
     * bus's response time. */
    void (*set)(struct hal_instance *instance, struct hal_line *line, struct hal_write *write);
    /* NULL, or: a pulse of about `ms` that the board ends by itself. *ret_ms: the length the board was given.
     * Answers as set; write->on is true. Called only for lines with config->flash. */
    void (*flash)(struct hal_instance *instance, struct hal_line *line, int32_t ms, int32_t *ret_ms,
                  struct hal_write *write);
    /* Reads one output without writing. true = *ret_on is what it reads now. */
    bool (*read)(struct hal_instance *instance, struct hal_line *line, bool *ret_on);
    /* Does what is due at now_us: inputs, reconnects, physics; reports with the functions below. Called after
     * every wake-up, at the latest at the time answered last. Keeps single blocking steps short (one bus
     * request), because orders wait meanwhile; calm_until_us: no blocking step may last beyond it (an
     * output's limit ends there). Returns the monotonic time of the next wish; HAL_NEVER: none. */
    int64_t (*turn)(struct hal_instance *instance, int64_t now_us, int64_t calm_until_us);
    /* NULL, or: fills ret with descriptors that wake the thread; returns how many (at most max). Asked before
     * every wait. */
    int (*descriptors)(struct hal_instance *instance, struct pollfd *ret, int max);
    /* Longest time one set() needs until it is confirmed, ms: how long a late OFF may be under way before the
     * warden takes the process for hung. */
    int32_t (*set_ms)(const struct hal_instance *instance);
    /* NULL, or: monotonic time before which nothing should be sent (a bus that must be quiet after an error).
     * The runner waits for it before an ON, so that the wait does not count as time on. */
    int64_t (*ready_us)(const struct hal_instance *instance);
};

extern const struct hal_driver hal_driver_gpio, hal_driver_modbus, hal_driver_sim;

/* ---- What a driver calls, from its instance's thread (turn, set, flash) ---- */

/* The level of an input as it is now, after active_low and debounce; at_us: when it took that level. The
 * runner emits INPUT when it differs from what was emitted last, or when it is the first after open or after
 * the line was lost. Also says that the line is found. */
void hal_input_level(struct hal_instance *instance, struct hal_line *line, bool on, int64_t at_us);
/* For drivers that ask instead of being told: an attended input was not asked for `us`. Said before the level
 * that ends the gap. */
void hal_input_gap(struct hal_instance *instance, struct hal_line *line, int64_t us);
/* The line can not be read or driven. */
void hal_line_lost(struct hal_instance *instance, struct hal_line *line);
/* None of the instance's boards can be reached, perhaps by a fault of this process alone; may be said again
 * and again. The warden tries what is wanted off. */
void hal_unreachable(struct hal_instance *instance);
/* The line can be read or driven again. */
void hal_line_found(struct hal_instance *instance, struct hal_line *line);
/* The thread is going to be inside one call for up to `ms` (name lookup): hal_healthy() is to wait that long.
 */
void hal_thread_patience(struct hal_instance *instance, int32_t ms);

#endif
