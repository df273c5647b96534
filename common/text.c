#include "common/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool text_copy(char *dst, size_t size, const char *src)
{
    size_t length = strlen(src);
    bool fits = length < size;
    if (!fits) {
        length = size - 1;
        while (length > 0 && ((unsigned char)src[length] & 0xC0) == 0x80)
            length--;
    }
    memcpy(dst, src, length);
    dst[length] = '\0';
    return fits;
}

bool text_append(char *dst, size_t size, size_t *used, const char *format, ...)
{
    if (*used >= size)
        return false;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(dst + *used, size - *used, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= size - *used) {
        dst[*used] = '\0';
        return false;
    }
    *used += (size_t)length;
    return true;
}

/* Bytes of the sequence that starts with `lead`, 0 if none does; *ret_min is the least code point it may
 * carry. */
static int sequence_length(unsigned char lead, unsigned *ret_bits, unsigned *ret_min)
{
    if (lead < 0x80) {
        *ret_bits = lead;
        *ret_min = 0;
        return 1;
    }
    if ((lead & 0xE0) == 0xC0) {
        *ret_bits = lead & 0x1Fu;
        *ret_min = 0x80;
        return 2;
    }
    if ((lead & 0xF0) == 0xE0) {
        *ret_bits = lead & 0x0Fu;
        *ret_min = 0x800;
        return 3;
    }
    if ((lead & 0xF8) == 0xF0) {
        *ret_bits = lead & 0x07u;
        *ret_min = 0x10000;
        return 4;
    }
    return 0;
}

long text_utf8_length(const char *text, size_t bytes)
{
    long characters = 0;
    for (size_t at = 0; at < bytes; characters++) {
        unsigned code, least;
        int length = sequence_length((unsigned char)text[at], &code, &least);
        if (length == 0 || (size_t)length > bytes - at)
            return -1;
        for (int i = 1; i < length; i++) {
            unsigned char next = (unsigned char)text[at + (size_t)i];
            if ((next & 0xC0) != 0x80)
                return -1;
            code = code << 6 | (next & 0x3Fu);
        }
        if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            return -1;
        at += (size_t)length;
    }
    return characters;
}

bool text_has_control(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at < 0x20 || *at == 0x7F)
            return true;
        if (*at == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F) /* C1 in UTF-8 */
            return true;
    }
    return false;
}
