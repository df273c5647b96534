#include "common/qr_parts.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "common/money.h"
#include "common/text.h"

void qr_field(struct qr_reading *reading, const char *tag, const char *name, struct qr_span value,
              const char *meaning)
{
    if (reading->account && value.at && qr_span_is(value, reading->account))
        reading->account_seen = true;
    if (reading->listener && reading->listener->field)
        reading->listener->field(reading->listener->user, tag, name, value.at ? value.at : "", value.size,
                                 meaning);
}

void qr_complain(struct qr_reading *reading, enum qr_verdict level, const char *tag, const char *format, ...)
{
    char whole[2 * QR_PROBLEM_SIZE], text[QR_PROBLEM_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(whole, sizeof(whole), format, arguments);
    va_end(arguments);
    (void)text_copy(text, sizeof(text), whole); /* not in the middle of a character */
    if (level > reading->worst) {
        (void)snprintf(whole, sizeof(whole), "%s%s%s", tag, tag[0] ? ": " : "", text);
        (void)text_copy(reading->problem, sizeof(reading->problem), whole);
        reading->worst = level;
        reading->judged = reading->judging;
    }
    if (reading->listener && reading->listener->complaint)
        reading->listener->complaint(reading->listener->user, level, tag, text);
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

void qr_sha_digits(char ret[5], const char *bytes, size_t size)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256(hash, (const unsigned char *)bytes, size);
    (void)snprintf(ret, 5, "%02X%02X", hash[sizeof(hash) - 2], hash[sizeof(hash) - 1]);
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

void qr_amount_wrong(char ret[QR_PROBLEM_SIZE], struct qr_span text, const char *currency)
{
    int64_t minor;
    size_t points = 0, others = 0;
    char odd = '\0', shown[32];
    ret[0] = '\0';
    if (qr_amount_read(text.at, text.size, money_digits(currency), &minor))
        return;
    for (size_t i = 0; i < text.size; i++) {
        points += text.at[i] == '.';
        if (text.at[i] != '.' && (text.at[i] < '0' || text.at[i] > '9') && others++ == 0)
            odd = text.at[i];
    }
    const char *why = text.size > QR_AMOUNT_MAX     ? "at most 13 characters are allowed"
                      : odd == ','                  ? "the decimal mark is a point, not a comma"
                      : odd == ' '                  ? "a space does not belong there"
                      : others > 0                  ? "only digits and one point may stand there"
                      : points > 1                  ? "only one point may stand there"
                      : points == text.size         ? "a digit is missing"
                      : money_digits(currency) == 0 ? "that currency has no fraction"
                                                    : "that is finer than the currency's smallest unit";
    qr_span_copy(shown, sizeof(shown), text.at, text.size);
    (void)snprintf(ret, QR_PROBLEM_SIZE, "not an amount%s%s: %s; %s", currency[0] ? " of " : "", currency,
                   shown, why);
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

bool qr_span_is(struct qr_span span, const char *text)
{
    return span.at && span.size == strlen(text) && memcmp(span.at, text, span.size) == 0;
}

bool qr_span_starts(struct qr_span span, const char *text)
{
    return span.at && span.size >= strlen(text) && memcmp(span.at, text, strlen(text)) == 0;
}

bool qr_span_digits(struct qr_span span)
{
    for (size_t i = 0; i < span.size; i++)
        if (span.at[i] < '0' || span.at[i] > '9')
            return false;
    return span.size > 0;
}

int qr_span_length(struct qr_span span)
{
    int characters = 0;
    for (size_t i = 0; i < span.size; i++)
        characters += ((unsigned char)span.at[i] & 0xC0) != 0x80;
    return characters;
}

/* The code point at text[0..size), which is valid UTF-8. */
static unsigned code_point(const unsigned char *text, size_t size)
{
    if (text[0] < 0x80)
        return text[0];
    unsigned code = text[0] & (text[0] < 0xE0 ? 0x1Fu : text[0] < 0xF0 ? 0x0Fu : 0x07u);
    for (size_t i = 1; i < size && (text[i] & 0xC0) == 0x80; i++)
        code = code << 6 | (text[i] & 0x3Fu);
    return code;
}

/* Drawn as nothing, or turns the order of what follows (Unicode: Default_Ignorable_Code_Point, Bidi_Control,
 * noncharacters); but for the selectors U+FE00 to U+FE0F, which belong to pictures like a cup of coffee. */
static bool is_unseen(unsigned code)
{
    static const unsigned ranges[][2] = {
        {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},   {0x115F, 0x1160}, {0x17B4, 0x17B5},
        {0x180B, 0x180F}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},
        {0xFDD0, 0xFDEF}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF},
    };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (code >= ranges[i][0] && code <= ranges[i][1])
            return true;
    return (code & 0xFFFE) == 0xFFFE;
}

void qr_span_odd(char ret[48], struct qr_span span)
{
    ret[0] = '\0';
    for (size_t i = 0; i < span.size && ret[0] == '\0'; i++) {
        if (((unsigned char)span.at[i] & 0xC0) == 0x80)
            continue;
        unsigned code = code_point((const unsigned char *)span.at + i, span.size - i);
        if (code == '\n' || code == '\r' || code == '\t')
            (void)snprintf(ret, 48, "%s", code == '\t' ? "a tabulator" : "a line end");
        else if (code < 0x20 || (code >= 0x7F && code < 0xA0))
            (void)snprintf(ret, 48, "a control character (U+%04X)", code);
        else if (is_unseen(code))
            (void)snprintf(ret, 48, "a character that is not seen (U+%04X)", code);
    }
}

struct qr_span qr_host(struct qr_span address)
{
    struct qr_span host = address;
    for (size_t i = 0; i + 3 <= address.size; i++)
        if (memcmp(address.at + i, "://", 3) == 0) {
            host = (struct qr_span){address.at + i + 3, address.size - i - 3};
            break;
        }
    for (size_t i = 0; i < host.size; i++)
        if (host.at[i] != '\0' && strchr("/?#:", host.at[i]))
            host.size = i;
    return host;
}

void qr_host_check(struct qr_reading *reading, const char *tag, struct qr_span host)
{
    for (size_t i = 0; i < host.size; i++) {
        if ((unsigned char)host.at[i] >= 0x80) {
            qr_complain(
                reading, QR_ERROR, tag,
                "the host's name has letters that are not Latin: it looks like one name and is another");
            return;
        }
        if (host.size - i >= 4 && strncasecmp(host.at + i, "xn--", 4) == 0) {
            qr_complain(
                reading, QR_WARNING, tag,
                "the host's name is a coded one (xn--): phones may show it as another; ask your provider");
            return;
        }
    }
}

void qr_visible(char *ret, size_t ret_size, const char *text, size_t size)
{
    size_t used = 0;
    ret[0] = '\0';
    for (size_t at = 0, next; at < size; at = next) {
        char odd[48];
        for (next = at + 1; (text[at] & 0x80) && next < size && (text[next] & 0xC0) == 0x80;)
            next++;
        bool whole = text_utf8_length(text + at, next - at) == 1;
        if (!whole)
            next = at + 1;
        qr_span_odd(odd, (struct qr_span){text + at, next - at});
        if (!whole)
            (void)text_append(ret, ret_size, &used, "<%02X>", (unsigned)(unsigned char)text[at]);
        else if (odd[0])
            (void)text_append(ret, ret_size, &used, "<U+%04X>",
                              code_point((const unsigned char *)text + at, next - at));
        else
            (void)text_append(ret, ret_size, &used, "%.*s", (int)(next - at), text + at);
    }
}

/* ISO 7064, MOD 97-10: the first four characters behind the rest, letters as 10 to 35. */
static unsigned iban_rest(struct qr_span text)
{
    unsigned rest = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[(i + 4) % text.size];
        rest =
            c <= '9' ? (rest * 10 + (unsigned)(c - '0')) % 97 : (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
    }
    return rest;
}

void qr_iban_wrong(char ret[QR_PROBLEM_SIZE], struct qr_span text)
{
    bool shaped = text.size >= 15 && text.size <= 34;
    for (size_t i = 0; i < text.size && shaped; i++) {
        bool letter = text.at[i] >= 'A' && text.at[i] <= 'Z';
        bool digit = text.at[i] >= '0' && text.at[i] <= '9';
        shaped = i < 2 ? letter : i < 4 ? digit : letter || digit;
    }
    bool ukrainian = shaped && text.at[0] == 'U' && text.at[1] == 'A';
    const char *why = !shaped
                          ? "not an IBAN: two capital letters, two digits, then 11 to 30 capitals or digits"
                      : ukrainian && text.size != 29 ? "not an IBAN: one of Ukraine has 29 characters"
                      : iban_rest(text) != 1 ? "the check digits of this IBAN do not fit: a character of "
                                               "it was lost or changed"
                                             : "";
    (void)snprintf(ret, QR_PROBLEM_SIZE, "%s", why);
}
