/* What the simulated machine saw, one line each, written at once: the independent witness of demo and tests.
 *
 * "<ms since the machine started> <wall time, ISO 8601 with ms, UTC> <line or device> <what>"
 */
#ifndef HAL_SIM_TRACE_H
#define HAL_SIM_TRACE_H

#include <stdint.h>

struct sim_trace {
    int fd; /* -1: nowhere */
    int64_t start_us;
};

/* Appends to file; "" = writes nowhere. 0 or -errno. */
int sim_trace_open(struct sim_trace *trace, const char *file);
void sim_trace_close(struct sim_trace *trace);
void sim_trace_write(struct sim_trace *trace, int64_t at_us, const char *name, const char *what);
/* The same as sim_witness; user is the trace. */
void sim_trace_witness(void *user, int64_t at_us, const char *name, const char *what);

#endif
