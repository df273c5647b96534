/* Builds EMVCo's TLV: fields by rising ID, the checksum last; and ERIP's, which stands behind an address. */
#include "common/qr_making.h"

#include <stdio.h>
#include <string.h>
#include "common/money.h"
#include "common/text.h"

enum { VALUE_MAX = 99 * 4 };

/* "59" and "26-01"; false: no tag of a TLV. */
static bool tag_read(const char *tag, int *ret_id, int *ret_sub)
{
    size_t length = strlen(tag);
    bool digits = length == 2 || (length == 5 && tag[2] == '-');
    for (size_t i = 0; i < length && digits; i++)
        digits = i == 2 || (tag[i] >= '0' && tag[i] <= '9');
    if (!digits)
        return false;
    *ret_id = (tag[0] - '0') * 10 + (tag[1] - '0');
    *ret_sub = length == 5 ? (tag[3] - '0') * 10 + (tag[4] - '0') : QR_TAG_NONE;
    return true;
}

/* Why this field is not for the maker to take; "" = it is. */
static const char *tag_wrong(bool erip, int id, int sub)
{
    const struct qr_rule *outer = qr_rule_find(erip, id, QR_TAG_NONE), *rule = qr_rule_find(erip, id, sub);
    if (id == 0 || id == 63 || id == 53 || id == 54)
        return id == 53 || id == 54 ? "is made from price and currency" : "is made by itself";
    if (erip && id == 32 && (sub == 0 || sub == 12))
        return "is made by itself";
    if (!outer)
        return "is reserved by EMVCo";
    if (sub == QR_TAG_NONE)
        return outer->form == QR_FORM_TEMPLATE ? "is a template; give the fields inside of it, like 26-01"
                                               : "";
    if (outer->form != QR_FORM_TEMPLATE)
        return "has no fields inside of it";
    if (!rule && (id == 62 || id == 64 || (erip && (id == 32 || id == 33))))
        return "is not known there";
    return "";
}

static void values_check(struct qr_making *making)
{
    bool erip = making->recipe->profile == QR_ERIP;
    for (int i = 0; i < making->count; i++) {
        const struct qr_value *given = &making->value[i];
        struct qr_span value = {given->value, strlen(given->value)};
        char wrong[QR_PROBLEM_SIZE] = "";
        int id, sub, index = i < making->recipe->count ? i : -1;
        if (value.size == 0 || (strcmp(given->tag, "url") == 0 && erip))
            continue; /* empty: left out */
        if (!tag_read(given->tag, &id, &sub)) {
            qr_making_fault(making, index, "\"%.20s\" is no tag; must be like 59 or 26-01", given->tag);
            continue;
        }
        const struct qr_rule any = {id, id, sub, sub, 1, 99, QR_FORM_TEXT, "", NULL};
        const struct qr_rule *rule = qr_rule_find(erip, id, sub);
        const char *why = tag_wrong(erip, id, sub);
        if (!why[0] && text_utf8_length(value.at, value.size) < 0)
            why = "is not valid UTF-8";
        if (!why[0])
            qr_rule_wrong(wrong, rule ? rule : &any, value, making->recipe->currency);
        if (why[0] || wrong[0])
            qr_making_fault(making, index, "%s", why[0] ? why : wrong);
    }
}

static const char *given(const struct qr_making *making, int id, int sub)
{
    char tag[QR_TAG_SIZE];
    qr_tag_name(tag, id, sub);
    return qr_making_value(making, tag);
}

static void put(struct qr_making *making, int id, const char *value)
{
    qr_making_put(making, "%02d%02d%s", id, qr_span_length((struct qr_span){value, strlen(value)}) % 100,
                  value);
}

static void put_template(struct qr_making *making, int id)
{
    char inner[VALUE_MAX + 1];
    bool erip = making->recipe->profile == QR_ERIP;
    size_t used = 0;
    inner[0] = '\0';
    for (int sub = 0; sub < QR_IDS; sub++) {
        const char *value = given(making, id, sub);
        if (erip && id == 32 && sub == 0)
            value = "by.raschet";
        if (erip && id == 32 && sub == 12)
            value = making->recipe->editable ? "11" : "12";
        if (!value)
            continue;
        int length = qr_span_length((struct qr_span){value, strlen(value)});
        if (!text_append(inner, sizeof(inner), &used, "%02d%02d%s", sub, length % 100, value))
            used = sizeof(inner);
    }
    int length = qr_span_length((struct qr_span){inner, strlen(inner)});
    if (used >= sizeof(inner) || length > 99)
        qr_making_fault(making, -1, "the fields of %02d have more than 99 characters together", id);
    else if (length > 0)
        put(making, id, inner);
}

static void put_field(struct qr_making *making, int id)
{
    const struct qr_recipe *recipe = making->recipe;
    const struct qr_rule *rule = qr_rule_find(recipe->profile == QR_ERIP, id, QR_TAG_NONE);
    char amount[32], number[4];
    const char *value = given(making, id, QR_TAG_NONE);
    if (rule && rule->form == QR_FORM_TEMPLATE) {
        put_template(making, id);
        return;
    }
    if (id == 0)
        value = "01";
    if (id == 1 && !value)
        value = "11";
    if (id == 53 && money_number_of_currency(number, recipe->currency))
        value = number;
    if (id == 54 && recipe->price > 0) {
        qr_making_amount(amount, recipe);
        value = amount;
    }
    if (value)
        put(making, id, value);
}

/* Into an address: everything but what RFC 3986 never reserves. */
static void put_escaped(struct qr_making *making, const char *text)
{
    for (const char *at = text; *at; at++) {
        char c = *at;
        bool plain =
            (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("-._~", c);
        if (plain)
            qr_making_put(making, "%c", c);
        else
            qr_making_put(making, "%%%02X", (unsigned)(unsigned char)c);
    }
}

static void address_check(struct qr_making *making, const char *url)
{
    int index = -1;
    bool good = strncmp(url, "https://", 8) == 0 && url[8] != '\0';
    for (int i = 0; i < making->recipe->count; i++)
        if (strcmp(making->recipe->value[i].tag, "url") == 0)
            index = i;
    for (const char *at = url; *at; at++)
        good &= *at > ' ' && *at < 0x7F && *at != '#' && *at != '"';
    if (!good)
        qr_making_fault(making, index,
                        "must be an address that begins with https:// and has no '#', or \"\"");
}

void qr_making_tlv(struct qr_making *making)
{
    bool erip = making->recipe->profile == QR_ERIP;
    const char *url = erip ? qr_making_value(making, "url") : NULL;
    char sum[5];
    values_check(making);
    if (url && url[0])
        address_check(making, url);
    if (erip && !given(making, 32, 10))
        qr_making_fault(making, -1, "account is missing: %s", qr_make_keys[QR_MAKE_ERIP_ACCOUNT].meaning);
    if (making->failed)
        return;
    for (int id = 0; id < QR_IDS; id++)
        if (id != 63)
            put_field(making, id);
    size_t before = making->used;
    qr_making_put(making, "6304");
    if (making->full)
        return;
    if (erip)
        qr_sha_digits(sum, making->text, before);
    else
        (void)snprintf(sum, sizeof(sum), "%04X", (unsigned)qr_crc16(making->text, making->used));
    qr_making_put(making, "%s", sum);
    if (!url || !url[0] || making->full)
        return;
    char tlv[QR_TEXT_MAX + 1];
    memcpy(tlv, making->text, making->used + 1);
    making->used = 0;
    qr_making_put(making, "%s#", url);
    put_escaped(making, tlv);
}
