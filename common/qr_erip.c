/* ERIP (Belarus): EMVCo's TLV behind the '#' of an address, or alone, with a checksum of its own. */
#include "common/qr_tlv.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "common/text.h"

/* Percent-decodes. Bytes, or -1: a broken escape, or one of a NUL byte. */
static long decode(char ret[QR_TEXT_MAX + 1], const char *text)
{
    long used = 0;
    for (const char *at = text; *at && used < QR_TEXT_MAX; used++) {
        unsigned char byte = (unsigned char)*at++;
        if (byte == '%') {
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

/* raschet.by or a name below it. */
static bool is_own(const char *host)
{
    size_t size = strlen(host);
    return strcasecmp(host, "raschet.by") == 0 ||
           (size > 11 && strcasecmp(host + size - 11, ".raschet.by") == 0);
}

/* The way to the host: "https://", and no name before an '@', which only looks like a host. */
static void check_way(struct qr_reading *reading, struct qr_span address, const char *host)
{
    char text[QR_TEXT_MAX + 1];
    qr_span_copy(text, sizeof(text), address.at, address.size);
    const char *way = strstr(text, "://"), *authority = way ? way + 3 : text;
    bool https = strncasecmp(text, "https://", 8) == 0, http = strncasecmp(text, "http://", 7) == 0;
    bool bare = !way && strchr(host, '.') && strcspn(text, "/?") <= strcspn(text, ":@");
    if (host[0] == '\0')
        qr_complain(reading, QR_ERROR, "#", "an address without a host");
    else if (!https && !http && !bare)
        qr_complain(reading, QR_ERROR, "#", "no address: it must begin with https://");
    else if (!https)
        qr_complain(reading, QR_WARNING, "#", "not an address that begins with https://");
    if (memchr(authority, '@', strcspn(authority, "/?")))
        qr_complain(reading, QR_ERROR, "#",
                    "what stands before '@' is not the host: the address leads elsewhere");
}

/* Another host than ERIP's is an aggregator's, as a rule. */
static void check_other_host(struct qr_reading *reading, const char *address, const char *host)
{
    const char *inside = strcasestr(host, "raschet.by");
    if (inside && inside[10] == '.')
        qr_complain(reading, QR_ERROR, "#",
                    "looks like ERIP's address, but leads to another host; ask your provider");
    else if (inside || strcasestr(address, "raschet.by"))
        qr_complain(reading, QR_WARNING, "#",
                    "names ERIP's address, but leads to another host; ask your provider");
}

/* The address before the '#': told with its host; the checksum does not cover it. */
static void tell_address(struct qr_reading *reading, struct qr_span address)
{
    char text[QR_TEXT_MAX + 1], meaning[QR_MEANING_SIZE] = "", host[80], odd[48];
    const struct qr_span name = qr_host(address);
    qr_span_copy(text, sizeof(text), address.at, address.size);
    qr_span_copy(host, sizeof(host), name.at, name.size);
    if (name.size > 1 && name.size < sizeof(host) && host[name.size - 1] == '.')
        host[name.size - 1] = '\0'; /* of the root */
    bool own = name.size < sizeof(host) && is_own(host);
    if (strncasecmp(text, "https://", 8) == 0 && host[0] && !strchr(host, '@'))
        (void)snprintf(meaning, sizeof(meaning), "%s%s",
                       own ? "ERIP's own address: " : "an aggregator's address: ", host);
    qr_field(reading, "#", "address before '#'", address, meaning);
    check_way(reading, address, host);
    if (!own)
        check_other_host(reading, text, host);
    qr_host_check(reading, "#", name);
    qr_span_odd(odd, address);
    if (odd[0] || strpbrk(text, " \"<>\\^`{|}"))
        qr_complain(reading, QR_ERROR, "#", "an address with %s in it",
                    odd[0]              ? odd
                    : strchr(text, ' ') ? "a space"
                                        : "a character that an address does not have");
}

/* What stands behind the '#' is an address's, too: other characters than ASCII's, and spaces, are escaped. */
static void check_escapes(struct qr_reading *reading, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (*at <= 0x20 || *at >= 0x7F) {
            qr_complain(reading, QR_WARNING, "#",
                        "a character behind '#' is not percent-encoded; some phones cut an address there");
            return;
        }
}

/* 32: by.raschet, service and account; 33: by.epos.<aggregator>, producer, service, outlet, order. */
static void templates_take(struct qr_tlv *tlv)
{
    struct qr_facts *facts = tlv->reading->facts;
    struct qr_level erip, epos;
    qr_tlv_inner(tlv, 32, &erip);
    qr_tlv_inner(tlv, 33, &epos);
    facts->editable |= !qr_span_is(erip.item[12], "12"); /* 32-12 absent means 11: yes */
    struct qr_span account = erip.item[10].size > 0 ? erip.item[10] : epos.item[6];
    if (account.size > 0)
        qr_span_copy(facts->account, sizeof(facts->account), account.at, account.size);
}

static void templates_check(struct qr_tlv *tlv)
{
    struct qr_level erip, epos;
    qr_tlv_inner(tlv, 32, &erip);
    qr_tlv_inner(tlv, 33, &epos);
    if (!tlv->top.item[32].at && !tlv->top.item[33].at)
        qr_complain(tlv->reading, QR_ERROR, "32",
                    "neither ERIP's field 32 nor E-POS's 33: the code names no service");
    if (tlv->top.item[32].at && !erip.item[0].at)
        qr_complain(tlv->reading, QR_ERROR, "32-00", "is missing; must be by.raschet");
    if (tlv->top.item[32].at && !erip.item[1].at)
        qr_complain(tlv->reading, QR_WARNING, "32-01", "the service code is missing");
    if (tlv->top.item[32].at && erip.item[10].size == 0 && epos.item[6].size == 0)
        qr_complain(tlv->reading, QR_WARNING, "32-10",
                    "the account is missing: the payer has to know and type it");
    if (tlv->top.item[33].at && !qr_span_starts(epos.item[0], "by.epos."))
        qr_complain(tlv->reading, QR_WARNING, "33-00", "does not begin with by.epos.");
    if (!tlv->top.item[53].at)
        qr_complain(tlv->reading, QR_WARNING, "53", "the currency is missing; ERIP's is 933 (BYN)");
    else if (tlv->currency[0] && strcmp(tlv->currency, "BYN") != 0)
        qr_complain(tlv->reading, QR_ERROR, "53", "must be 933: ERIP takes payments in BYN only");
}

/* "?param=19190-1-15#…": a browser pays the account of the address, a bank's app that of the TLV; the
 * checksum covers only the second. */
static void check_param(struct qr_reading *reading, struct qr_span address)
{
    char text[QR_TEXT_MAX + 1];
    qr_span_copy(text, sizeof(text), address.at, address.size);
    const char *query = strchr(text, '?'), *account = reading->facts->account;
    for (const char *at = query; at; at = strchr(at, '&')) {
        if (strncmp(++at, "param=", 6) != 0 || account[0] == '\0')
            continue;
        struct qr_span value = {at + 6, strcspn(at + 6, "&")};
        if (!memchr(value.at, '%', value.size) && !qr_span_is(value, account))
            qr_complain(reading, QR_WARNING, "#", "param= names another account than the code behind '#'");
    }
}

void qr_erip_read(struct qr_reading *reading, const char *text)
{
    char decoded[QR_TEXT_MAX + 1];
    bool plain = strncmp(text, "000201", 6) == 0; /* a '#' or '%' in it is a character like others */
    const char *hash = plain ? NULL : strchr(text, '#'), *tlv_text = hash ? hash + 1 : text;
    if (!plain && !hash) {
        qr_complain(reading, QR_ERROR, "", "neither an address with '#' nor a code that begins with 000201");
        return;
    }
    long size = plain ? (long)strlen(text) : decode(decoded, tlv_text);
    if (hash) {
        tell_address(reading, (struct qr_span){text, (size_t)(hash - text)});
        check_escapes(reading, tlv_text);
    }
    if (size < 0 || (!plain && text_utf8_length(decoded, (size_t)size) < 0)) {
        qr_complain(reading, QR_ERROR, "", "broken percent-encoding after '#': %s",
                    size < 0 ? "behind % two hex digits must stand, and not 00"
                             : "what it gives is not UTF-8");
        return;
    }
    struct qr_tlv tlv = {.reading = reading, .erip = true, .text = {plain ? text : decoded, (size_t)size}};
    bool whole = qr_tlv_read(&tlv);
    qr_tlv_money(&tlv);
    templates_take(&tlv);
    if (hash)
        check_param(reading, (struct qr_span){text, (size_t)(hash - text)});
    if (!whole)
        return;
    if (qr_tlv_sum(&tlv))
        qr_sum_check(&tlv, hash ? tlv_text : NULL);
    templates_check(&tlv);
}
