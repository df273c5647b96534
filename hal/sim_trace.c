#include "hal/sim_trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/log.h"

int sim_trace_open(struct sim_trace *trace, const char *file)
{
    trace->start_us = clock_mono_us();
    trace->fd = -1;
    if (file[0] == '\0')
        return 0;
    trace->fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    return trace->fd < 0 ? -errno : 0;
}

void sim_trace_close(struct sim_trace *trace)
{
    if (trace->fd >= 0)
        close(trace->fd);
    trace->fd = -1;
}

void sim_trace_write(struct sim_trace *trace, int64_t at_us, const char *name, const char *what)
{
    int64_t wall_us = clock_wall_us() - (clock_mono_us() - at_us);
    time_t wall_s = (time_t)(wall_us / 1000000);
    char text[256], date[32];
    struct tm parts;
    int length;

    if (trace->fd < 0)
        return;
    if (gmtime_r(&wall_s, &parts) == NULL || strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
        return;
    length =
        snprintf(text, sizeof text, "%lld %s.%03dZ %s %s\n", (long long)((at_us - trace->start_us) / 1000),
                 date, (int)(wall_us % 1000000 / 1000), name, what);
    /* One write per line, so that lines of two processes do not mix. */
    if (write(trace->fd, text, (size_t)length) != length) {
        log_warning("simulated machine: trace ends, it can not be written");
        sim_trace_close(trace);
    }
}

void sim_trace_witness(void *user, int64_t at_us, const char *name, const char *what)
{
    sim_trace_write(user, at_us, name, what);
}
