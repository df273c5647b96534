#include "common/log.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static enum log_level threshold = LOG_LEVEL_INFO;
static bool looked, journal;
static char ring[LOG_RING][LOG_LINE_SIZE];
static size_t ring_next, ring_count;

void log_set_level(enum log_level level)
{
    pthread_mutex_lock(&mutex);
    threshold = level;
    looked = true;
    journal = getenv("JOURNAL_STREAM") != NULL;
    pthread_mutex_unlock(&mutex);
}

/* Mutex held. */
static void look_at_environment(void)
{
    const char *level = getenv("KIOSK_LOG");
    if (level && strcmp(level, "debug") == 0)
        threshold = LOG_LEVEL_DEBUG;
    journal = getenv("JOURNAL_STREAM") != NULL;
    looked = true;
}

static size_t put_time(char *line, size_t size)
{
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &parts);
    size_t used = strftime(line, size, "%H:%M:%S", &parts);
    int more = snprintf(line + used, size - used, ".%03ld ", now.tv_nsec / 1000000);
    return used + (more > 0 ? (size_t)more : 0);
}

static void make_printable(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

void log_write(enum log_level level, const char *format, ...)
{
    char line[LOG_LINE_SIZE];
    size_t stamp = put_time(line, sizeof line);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line + stamp, sizeof line - stamp, format, arguments);
    va_end(arguments);
    make_printable(line);

    pthread_mutex_lock(&mutex);
    if (!looked)
        look_at_environment();
    if (level <= threshold) {
        memcpy(ring[ring_next], line, sizeof line);
        ring_next = (ring_next + 1) % LOG_RING;
        ring_count += ring_count < LOG_RING;
        char out[LOG_LINE_SIZE + 8];
        int length = journal ? snprintf(out, sizeof out, "<%d>%s\n", (int)level, line + stamp)
                             : snprintf(out, sizeof out, "%s\n", line);
        if (length > 0 && write(STDERR_FILENO, out, (size_t)length) < 0) {
            /* Nobody reads the log: the line stays in the ring, and the machine goes on. */
        }
    }
    pthread_mutex_unlock(&mutex);
}

size_t log_recent(char (*lines)[LOG_LINE_SIZE], size_t max)
{
    pthread_mutex_lock(&mutex);
    size_t count = ring_count < max ? ring_count : max;
    for (size_t i = 0; i < count; i++)
        memcpy(lines[i], ring[(ring_next + LOG_RING - count + i) % LOG_RING], LOG_LINE_SIZE);
    pthread_mutex_unlock(&mutex);
    return count;
}
