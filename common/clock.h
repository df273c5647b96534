/* The only place that reads a clock. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <time.h>

/* CLOCK_MONOTONIC in microseconds; never 0, never goes back. */
int64_t clock_mono_us(void);
/* CLOCK_REALTIME in whole seconds since 1970. May jump. */
int64_t clock_wall_s(void);
/* CLOCK_REALTIME in microseconds since 1970. May jump. */
int64_t clock_wall_us(void);
/* For the calls that take seconds and nanoseconds. us >= 0; what does not fit into the machine's time_t (32
 * bits on older 32-bit systems) is its last second. */
struct timespec clock_timespec(int64_t us);
/* The kernel says the wall clock is synchronised (adjtimex without STA_UNSYNC / TIME_ERROR). */
bool clock_synchronised(void);

#endif
