/* Log lines for the journal: "<N>text" on stderr (systemd reads the level prefix); without a journal the
 * prefix is left out and a time is put in front. The last LOG_RING lines are kept for the `log` command.
 *
 * Write key=value with the payment id where there is one: log_info("payment stored provider=%s id=%s", ...).
 * Text from outside passes through LOG_SAFE-printing: control characters become '?'. Never log keys or
 * passwords. Thread-safe.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdarg.h>
#include <stddef.h>

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_NOTICE = 5,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
};
enum { LOG_LINE_SIZE = 512, LOG_RING = 200 };

void log_set_level(
    enum log_level level); /* default LOG_LEVEL_INFO; KIOSK_LOG=debug in the environment raises it */
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define log_error(...)   log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Copies up to `max` of the newest lines, oldest first, into lines[][LOG_LINE_SIZE]; returns how many. */
size_t log_recent(char (*lines)[LOG_LINE_SIZE], size_t max);

#endif
