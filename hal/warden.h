/* The warden: a small child process that makes the outputs safe when the daemon is stopped, hung or dead.
 *
 * Started before any thread exists. Shares a page with the daemon: for every output the monotonic time by
 * which it must be off again (0 = off). When such a time has passed by WARDEN_GRACE_MS, it kills the daemon
 * (SIGKILL) and makes all outputs safe with hal_make_safe; when the daemon is gone with an output on, the
 * same without the kill. What the daemon wants off and cannot reach it tries itself, without a kill: other
 * lanes are at work. It holds a lock in run_dir while it does so; a new daemon waits for that lock before it
 * opens the hal.
 */
#ifndef HAL_WARDEN_H
#define HAL_WARDEN_H

#include <stdbool.h>
#include <stdint.h>
#include "config/config.h"

enum { WARDEN_GRACE_MS = 30 };

/* Starts it: 0, -EBUSY (another daemon or its warden holds RUN_DIR/warden.lock) or -errno. simulate: there is
 * nothing to guard, no process is started. The child keeps `config`. Call before creating threads. Also waits
 * (at most 5 s) for an older warden that is still at work. */
int warden_start(const struct config *config, bool simulate);
/* Drivers: this output goes on and must be off by off_by_us (monotonic). INT64_MAX: may stay on. Call before
 * the write. */
void warden_arm(int32_t line, int64_t off_by_us);
/* Drivers: this output is off and was read back. */
void warden_disarm(int32_t line);
/* Drivers: this output is wanted off and no board of its bus can be reached. The warden tries it over a
 * connection of its own (Modbus TCP only), now and then until it is disarmed; the daemon goes on. */
void warden_stray(int32_t line);
/* false: it was started and has died (killed by somebody). Nothing may be switched on without it: leave and
 * be restarted. */
bool warden_alive(void);
/* Ends it after a clean stop (all outputs confirmed off). */
void warden_stop(void);

#endif
