/* Outputs that the daemon wants off and cannot reach, while it lives: tried over a connection of the warden's
 * own, in a process of its own, so that the warden goes on watching. Private to the warden.
 *
 * Only what hangs on a Modbus TCP bus: a serial port and a gpio line have one owner, and that is the daemon.
 */
#ifndef HAL_WARDEN_TRY_H
#define HAL_WARDEN_TRY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "config/config.h"

enum { WARDEN_TRY_FIRST_MS = 2000, WARDEN_TRY_MOST_MS = 60000 };

struct warden_try {
    pid_t pid;     /* of the process that tries, 0 = none */
    int fd;        /* readable when it has ended */
    int64_t at_us; /* the next one not before */
    int32_t pause_ms;
    bool told; /* that it went well */
};

/* May such a line be tried? */
bool warden_try_can(const struct config *config, int32_t line);
/* Starts the process; lines: which, CONFIG_MAX_LINES of them. */
void warden_try_begin(struct warden_try *at, const struct config *config, const bool *lines);
/* It has ended: sets the time of the next one. true: all are off and were read back. */
bool warden_try_end(struct warden_try *at);

#endif
