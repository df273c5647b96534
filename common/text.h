/* Bounded strings. */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Copies src into dst[size], cutting at a UTF-8 character boundary; always terminates. true if all of it
 * fitted. */
bool text_copy(char *dst, size_t size, const char *src);
/* snprintf that appends at *used and keeps it below size; false when something was cut. */
bool text_append(char *dst, size_t size, size_t *used, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Number of UTF-8 characters, or -1 if the bytes are not valid UTF-8 (RFC 3629). */
long text_utf8_length(const char *text, size_t bytes);
/* true if the text holds a control character (C0, DEL, C1). */
bool text_has_control(const char *text);

#endif
