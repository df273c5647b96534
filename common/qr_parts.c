#include "common/qr_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "common/text.h"

bool qr_fail(char problem[QR_PROBLEM_SIZE], const char *format, ...)
{
    char whole[2 * QR_PROBLEM_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(whole, sizeof(whole), format, arguments);
    va_end(arguments);
    (void)text_copy(problem, QR_PROBLEM_SIZE, whole); /* not in the middle of a character */
    return false;
}

uint16_t qr_crc16(const char *bytes, size_t size)
{
    unsigned crc = 0xFFFF;
    for (size_t i = 0; i < size; i++) {
        crc ^= (unsigned)(unsigned char)bytes[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000u) ? (crc << 1) ^ 0x1021u : crc << 1;
        crc &= 0xFFFF;
    }
    return (uint16_t)crc;
}

bool qr_amount_read(const char *text, size_t size, int digits, int64_t *ret_minor)
{
    if (size == 0 || size > QR_AMOUNT_MAX)
        return false;
    int64_t minor = 0;
    int figures = 0, fraction = -1;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == '.' && fraction < 0) {
            fraction = 0;
            continue;
        }
        if (c < '0' || c > '9')
            return false;
        figures++;
        if (fraction < digits)
            minor = minor * 10 + (c - '0');
        else if (c != '0')
            return false;
        if (fraction >= 0)
            fraction++;
    }
    for (int have = fraction < 0 ? 0 : fraction; have < digits; have++)
        minor *= 10;
    if (figures == 0)
        return false;
    *ret_minor = minor;
    return true;
}

void qr_span_copy(char *dst, size_t dst_size, const char *src, size_t size)
{
    size_t kept = size < dst_size ? size : dst_size - 1;
    if (kept < size)
        while (kept > 0 && ((unsigned char)src[kept] & 0xC0) == 0x80)
            kept--;
    memcpy(dst, src, kept);
    dst[kept] = '\0';
}

bool qr_iban_shaped(const char *text, size_t size)
{
    if (size < 15 || size > 34)
        return false;
    for (size_t i = 0; i < size; i++) {
        bool letter = text[i] >= 'A' && text[i] <= 'Z';
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (i < 2 ? !letter : i < 4 ? !digit : !(letter || digit))
            return false;
    }
    return true;
}
