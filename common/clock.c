#include "common/clock.h"

#include <sys/timex.h>

static int64_t read_us(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_mono_us(void)
{
    return read_us(CLOCK_MONOTONIC) + 1;
}

int64_t clock_wall_us(void)
{
    return read_us(CLOCK_REALTIME);
}

int64_t clock_wall_s(void)
{
    return read_us(CLOCK_REALTIME) / 1000000;
}

struct timespec clock_timespec(int64_t us)
{
    int64_t seconds = us / 1000000;
    if (sizeof(time_t) < sizeof seconds && seconds > INT32_MAX)
        seconds = INT32_MAX;
    return (struct timespec){.tv_sec = (time_t)seconds, .tv_nsec = (long)(us % 1000000) * 1000};
}

bool clock_synchronised(void)
{
    struct timex state = {0};
    int rc = adjtimex(&state);
    return rc >= 0 && rc != TIME_ERROR && !(state.status & STA_UNSYNC);
}
