/* Tells the service manager how this process is (sd_notify(3) protocol, without libsystemd). */
#ifndef COMMON_NOTIFY_H
#define COMMON_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Sends "READY=1", "WATCHDOG=1", "STOPPING=1", "STATUS=..." or several of them with '\n' between. true if it
 * was sent; false without a service manager (NOTIFY_SOCKET unset) or when its socket is full. Does not block.
 */
bool notify_send(const char *text);

/* How often WATCHDOG=1 should be sent, in microseconds: a third of WATCHDOG_USEC, 0 = nobody waits for it. */
int64_t notify_watchdog_us(void);

#endif
