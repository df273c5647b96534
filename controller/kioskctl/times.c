#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "controller/kioskctl/kioskctl.h"

enum { BUFFERS = 4, SIZE = 40 };

static char *next_buffer(void)
{
    static char buffers[BUFFERS][SIZE];
    static int next;
    next = (next + 1) % BUFFERS;
    return buffers[next];
}

bool ctl_read_time(const char *text, json_int_t *ret)
{
    static const char *const forms[] = {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M",
                                        "%Y-%m-%dT%H:%M:%S"};
    char *end;
    long long number = strtoll(text, &end, 10);
    if (*text && *end == '\0' && number >= 0) {
        *ret = number;
        return true;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tm parts = {.tm_isdst = -1};
        const char *rest = strptime(text, forms[i], &parts);
        if (!rest || *rest)
            continue;
        struct tm wanted = parts;
        time_t at = mktime(&parts);
        /* mktime would turn 2026-02-31 into March without a word. */
        if (at == (time_t)-1 || parts.tm_mday != wanted.tm_mday)
            return false;
        *ret = (json_int_t)at;
        return true;
    }
    return false;
}

bool ctl_read_span(const char *text, json_int_t *ret)
{
    static const struct {
        const char *unit;
        json_int_t seconds;
    } units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}};
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (end == text || errno || number < 1 || number > INT32_MAX)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].unit) == 0) {
            *ret = (json_int_t)number * units[i].seconds;
            return true;
        }
    return false;
}

const char *ctl_clock_ms(json_int_t unix_ms)
{
    char *text = next_buffer();
    time_t at = (time_t)(unix_ms / 1000);
    struct tm parts;
    if (!localtime_r(&at, &parts))
        return "-";
    size_t used = strftime(text, SIZE, "%H:%M:%S", &parts);
    (void)snprintf(text + used, SIZE - used, ".%03d", (int)(unix_ms % 1000));
    return text;
}

const char *ctl_time(json_int_t unix_s)
{
    char *text = next_buffer();
    time_t at = (time_t)unix_s;
    struct tm parts;
    if (unix_s == 0 || !localtime_r(&at, &parts) || strftime(text, SIZE, "%Y-%m-%d %H:%M:%S", &parts) == 0)
        return "-";
    return text;
}

const char *ctl_span(json_int_t s)
{
    char *text = next_buffer();
    if (s < 60)
        (void)snprintf(text, SIZE, "%lld s", (long long)s);
    else if (s < 3600)
        (void)snprintf(text, SIZE, "%lld min %lld s", (long long)(s / 60), (long long)(s % 60));
    else if (s < 86400)
        (void)snprintf(text, SIZE, "%lld h %lld min", (long long)(s / 3600), (long long)(s / 60 % 60));
    else
        (void)snprintf(text, SIZE, "%lld d %lld h", (long long)(s / 86400), (long long)(s / 3600 % 24));
    return text;
}
