/* EMVCo merchant-presented codes, and ERIP, which uses the same TLV with another checksum.
 *
 * ID two digits, length two digits, value. The length counts characters, the CRC counts bytes (EMVCo QR Code
 * Specification for Payment Systems, Merchant-Presented Mode 1.1, sections 3.2 and 4.7.3).
 */
#include "common/qr_parts.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "common/money.h"
#include "common/text.h"

enum { IDS = 100, EMV_CHARACTERS = 512, GUID_CHARACTERS = 32 };

struct span {
    const char *at; /* NULL = not there */
    size_t size;    /* bytes */
    int length;     /* characters */
};

struct level {
    struct span item[IDS];
    int first, last; /* IDs, -1 = empty */
};

static bool two_digits(const char *text, const char *end, int *ret)
{
    if (end - text < 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *ret = (text[0] - '0') * 10 + (text[1] - '0');
    return true;
}

/* Bytes of the first `length` characters, or -1 if there are fewer. The text is valid UTF-8. */
static long skip_characters(const char *text, const char *end, int length)
{
    const char *at = text;
    for (int i = 0; i < length; i++) {
        if (at == end)
            return -1;
        do
            at++;
        while (at < end && ((unsigned char)*at & 0xC0) == 0x80);
    }
    return at - text;
}

/* One level of TLV. `where` names it for the problem ("" = top, "62-" = inside 62). */
static bool level_read(struct level *ret, struct span text, const char *where, bool lenient, char *problem)
{
    *ret = (struct level){.first = -1, .last = -1};
    const char *end = text.at + text.size;
    for (const char *at = text.at; at < end;) {
        int id, length;
        if (!two_digits(at, end, &id) || !two_digits(at + 2, end, &length))
            return qr_fail(problem, "%sTLV: no two-digit ID and length at byte %d", where,
                           (int)(at - text.at));
        long size = skip_characters(at + 4, end, length);
        if (size < 0)
            return qr_fail(problem, "%s%02d: length %02d runs past the end", where, id, length);
        if (length == 0 && !lenient)
            return qr_fail(problem, "%s%02d: length 00", where, id);
        if (ret->item[id].at)
            return qr_fail(problem, "%s%02d: there twice", where, id);
        ret->item[id] = (struct span){.at = at + 4, .size = (size_t)size, .length = length};
        ret->first = ret->first < 0 ? id : ret->first;
        ret->last = id;
        at += 4 + size;
    }
    return true;
}

static bool is_template(int id)
{
    return (id >= 26 && id <= 51) || id == 62 || id == 64 || id >= 80;
}

static bool span_is(struct span span, const char *text)
{
    return span.at && span.size == strlen(text) && memcmp(span.at, text, span.size) == 0;
}

static bool span_starts(struct span span, const char *text)
{
    return span.at && span.size >= strlen(text) && memcmp(span.at, text, strlen(text)) == 0;
}

/* Greatest number of characters (least = greatest where the specification fixes it). */
struct bound {
    int id, least, greatest;
};
static const struct bound emv_bounds[] = {{0, 2, 2},   {1, 2, 2},   {52, 4, 4}, {53, 3, 3}, {54, 1, 13},
                                          {55, 2, 2},  {56, 1, 13}, {57, 1, 5}, {58, 2, 2}, {59, 1, 25},
                                          {60, 1, 15}, {61, 1, 10}, {63, 4, 4}};
static const int emv_mandatory[] = {52, 53, 58, 59, 60};

static bool emv_template_check(int id, const struct level *inner, char *problem)
{
    bool account = id <= 51 || id >= 80;
    if (account && !inner->item[0].at)
        return qr_fail(problem, "%02d-00: the GUID is missing", id);
    if (account && inner->item[0].length > GUID_CHARACTERS)
        return qr_fail(problem, "%02d-00: GUID longer than %d characters", id, GUID_CHARACTERS);
    for (int sub = 1; id == 62 && sub <= 8; sub++)
        if (inner->item[sub].length > 25)
            return qr_fail(problem, "62-%02d: longer than 25 characters", sub);
    return true;
}

static bool emv_check(const struct level *top, struct qr_facts *facts, char *problem)
{
    for (size_t i = 0; i < sizeof(emv_bounds) / sizeof(emv_bounds[0]); i++) {
        const struct bound *bound = &emv_bounds[i];
        const struct span *item = &top->item[bound->id];
        if (item->at && (item->length < bound->least || item->length > bound->greatest))
            return qr_fail(problem, "%02d: %d characters, allowed are %d to %d", bound->id, item->length,
                           bound->least, bound->greatest);
    }
    for (int id = 0; id < IDS; id++) {
        struct level inner;
        char where[16];
        (void)snprintf(where, sizeof(where), "%02d-", id);
        if (!top->item[id].at || !is_template(id))
            continue;
        if (!level_read(&inner, top->item[id], where, false, problem) ||
            !emv_template_check(id, &inner, problem))
            return false;
        if (id == 62) {
            struct span account = inner.item[5].at ? inner.item[5] : inner.item[1];
            if (account.at)
                qr_span_copy(facts->account, sizeof(facts->account), account.at, account.size);
        }
    }
    for (size_t i = 0; i < sizeof(emv_mandatory) / sizeof(emv_mandatory[0]); i++)
        facts->incomplete |= !top->item[emv_mandatory[i]].at;
    return true;
}

/* 53, 54, 55, 59: the same in both profiles, but ERIP writes "no amount" as 0.00. */
static bool amount_read(const struct level *top, bool erip, struct qr_facts *facts, char *problem)
{
    struct span name = top->item[59], number = top->item[53], amount = top->item[54];
    if (name.at)
        qr_span_copy(facts->merchant, sizeof(facts->merchant), name.at, name.size);
    if (number.size > 0) {
        char digits[4];
        qr_span_copy(digits, sizeof(digits), number.at, number.size);
        const char *letters = number.size == 3 ? money_currency_of_number(digits) : NULL;
        if (!letters)
            return qr_fail(problem, "53: not a currency number of ISO 4217");
        (void)text_copy(facts->currency, sizeof(facts->currency), letters);
    }
    facts->editable |= span_is(top->item[55], "01"); /* the payer is asked for a tip */
    if (amount.size == 0)
        return true;
    int64_t minor;
    if (!qr_amount_read(amount.at, amount.size, money_digits(facts->currency), &minor))
        return qr_fail(problem, "54: not an amount of %s: %.*s",
                       facts->currency[0] ? facts->currency : "any currency", (int)amount.size, amount.at);
    if (minor == 0 && !erip)
        return qr_fail(problem, "54: the amount is zero");
    facts->has_amount = minor > 0;
    facts->amount = minor;
    return true;
}

/* 63 stands last and holds four upper-case hex digits; both sums are compared by the caller. */
static bool sum_find(const struct level *top, struct qr_facts *facts, char *problem)
{
    if (!top->item[63].at)
        return qr_fail(problem, "63: the checksum is missing");
    if (top->last != 63 || top->item[63].size != 4)
        return qr_fail(problem, "63: the checksum must stand last and have 4 characters");
    facts->has_sum = true;
    return true;
}

static bool crc_matches(struct span tlv)
{
    char crc[5];
    (void)snprintf(crc, sizeof(crc), "%04X", (unsigned)qr_crc16(tlv.at, tlv.size - 4));
    return memcmp(tlv.at + tlv.size - 4, crc, 4) == 0;
}

static bool sha_matches(struct span tlv)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[5];
    (void)crypto_hash_sha256(hash, (const unsigned char *)tlv.at, tlv.size - 8);
    (void)snprintf(hex, sizeof(hex), "%02X%02X", hash[sizeof(hash) - 2], hash[sizeof(hash) - 1]);
    return memcmp(tlv.at + tlv.size - 4, hex, 4) == 0;
}

bool qr_emv_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE])
{
    struct span tlv = {.at = text, .size = strlen(text)};
    struct level top;
    if (text_utf8_length(text, tlv.size) > EMV_CHARACTERS)
        return qr_fail(problem, "longer than %d characters", EMV_CHARACTERS);
    if (!level_read(&top, tlv, "", false, problem) || !sum_find(&top, facts, problem))
        return false;
    if (!emv_check(&top, facts, problem) || !amount_read(&top, false, facts, problem))
        return false;
    facts->sum_good = crc_matches(tlv);
    return facts->sum_good || qr_fail(problem, "63: the checksum does not fit, so a character was lost or "
                                               "changed; paste the code as it was issued");
}

/* Percent-decodes what stands after the first '#', or copies all of it. Bytes, or -1: a broken escape. */
static long erip_decode(char ret[QR_TEXT_MAX + 1], const char *text)
{
    const char *hash = strchr(text, '#');
    bool escaped = hash != NULL;
    long used = 0;
    for (const char *at = hash ? hash + 1 : text; *at && used < QR_TEXT_MAX; used++) {
        unsigned char byte = (unsigned char)*at++;
        if (escaped && byte == '%') {
            char digits[3] = {at[0], at[0] ? at[1] : '\0', '\0'};
            size_t size;
            if (sodium_hex2bin(&byte, 1, digits, 2, NULL, &size, NULL) != 0 || size != 1 || byte == 0)
                return -1;
            at += 2;
        }
        ret[used] = (char)byte;
    }
    ret[used] = '\0';
    return used;
}

/* 32: by.raschet, service and account; 33: by.epos.<aggregator>, producer, service, outlet, order. */
static bool erip_templates_read(const struct level *top, struct qr_facts *facts, char *problem)
{
    struct level inner;
    struct span account = {0};
    facts->editable = true; /* 32-12 absent means 11: yes */
    if (top->item[32].at) {
        if (!level_read(&inner, top->item[32], "32-", true, problem))
            return false;
        if (!span_is(inner.item[0], "by.raschet"))
            return qr_fail(problem, "32-00: not by.raschet");
        if (inner.item[1].at && (inner.item[1].length < 3 || inner.item[1].length > 7))
            return qr_fail(problem, "32-01: the service code has 3 to 7 digits");
        if (inner.item[12].size > 0 && !span_is(inner.item[12], "11") && !span_is(inner.item[12], "12"))
            return qr_fail(problem, "32-12: neither 11 (editable) nor 12 (fixed)");
        facts->editable = !span_is(inner.item[12], "12");
        account = inner.item[10];
    }
    if (top->item[33].at) {
        if (!level_read(&inner, top->item[33], "33-", true, problem))
            return false;
        if (span_starts(inner.item[0], "by.epos.") && account.size == 0)
            account = inner.item[6];
    }
    if (account.size > 0)
        qr_span_copy(facts->account, sizeof(facts->account), account.at, account.size);
    return true;
}

bool qr_erip_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE])
{
    char decoded[QR_TEXT_MAX + 1];
    long size = erip_decode(decoded, text);
    struct level top;
    if (size < 0 || text_utf8_length(decoded, (size_t)size) < 0)
        return qr_fail(problem, "broken percent-encoding after '#'");
    struct span tlv = {.at = decoded, .size = (size_t)size};
    if (!level_read(&top, tlv, "", true, problem))
        return false;
    if (top.first != 0 || !span_is(top.item[0], "01"))
        return qr_fail(problem, "00: the code must begin with 000201");
    if (!sum_find(&top, facts, problem) || !erip_templates_read(&top, facts, problem) ||
        !amount_read(&top, true, facts, problem))
        return false;
    facts->sum_good = sha_matches(tlv);
    facts->sum_old = !facts->sum_good && crc_matches(tlv);
    facts->sum_good |= facts->sum_old;
    return facts->sum_good || qr_fail(problem, "63: the checksum does not fit, so a character was lost or "
                                               "changed; paste the code as it was issued");
}
