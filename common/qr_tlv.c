#include "common/qr_tlv.h"

#include <stdio.h>
#include <string.h>
#include "common/money.h"
#include "common/text.h"

enum step { STEP_END, STEP_FIELD, STEP_NO_HEADER, STEP_TOO_LONG };

struct cursor {
    const char *at, *end;
    bool bytes; /* take the length for bytes: only to find out who wrote it so */
    int id, length;
    struct qr_span value;
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

static enum step next(struct cursor *cursor)
{
    if (cursor->at == cursor->end)
        return STEP_END;
    if (!two_digits(cursor->at, cursor->end, &cursor->id) ||
        !two_digits(cursor->at + 2, cursor->end, &cursor->length))
        return STEP_NO_HEADER;
    const char *value = cursor->at + 4;
    long size = cursor->bytes ? cursor->length : skip_characters(value, cursor->end, cursor->length);
    if (size < 0 || size > cursor->end - value)
        return STEP_TOO_LONG;
    cursor->value = (struct qr_span){value, (size_t)size};
    cursor->at = value + size;
    return STEP_FIELD;
}

static enum step scan(struct qr_level *ret, struct qr_span text, bool bytes)
{
    struct cursor cursor = {.at = text.at, .end = text.at + text.size, .bytes = bytes};
    *ret = (struct qr_level){.last = -1};
    enum step step;
    while ((step = next(&cursor)) == STEP_FIELD) {
        if (!ret->item[cursor.id].at)
            ret->item[cursor.id] = cursor.value;
        ret->last = cursor.id;
    }
    return step;
}

void qr_tlv_inner(const struct qr_tlv *tlv, int id, struct qr_level *ret)
{
    struct qr_span text = tlv->top.item[id];
    *ret = (struct qr_level){.last = -1};
    if (text.at)
        (void)scan(ret, text, false);
}

enum qr_verdict qr_tlv_level(const struct qr_tlv *tlv, int id)
{
    bool strict = id == 0 || id == 32 || id == 53 || id == 54 || id == 63;
    return !tlv->erip || strict ? QR_ERROR : QR_WARNING;
}

/* The first field that says more characters than it has because it counts bytes; -1 if that is not it. */
static void tell_bytes(struct qr_tlv *tlv, struct qr_span text, const char *tag)
{
    struct qr_level level;
    if (qr_span_length(text) != (int)text.size && scan(&level, text, true) == STEP_END)
        qr_complain(tlv->reading, QR_ERROR, tag,
                    "the lengths count bytes; they must count characters (a Cyrillic letter is 1, not 2)");
}

static void tell_break(struct qr_tlv *tlv, enum step step, const struct cursor *cursor, int outer, int last,
                       const char *begin)
{
    char tag[QR_TAG_SIZE] = "", odd[48], shown[16];
    struct qr_span rest = {cursor->at, (size_t)(cursor->end - cursor->at)};
    if (step == STEP_TOO_LONG) {
        qr_tag_name(tag, outer < 0 ? cursor->id : outer, outer < 0 ? QR_TAG_NONE : cursor->id);
        qr_complain(tlv->reading, QR_ERROR, tag, "length %02d runs past the end; %d characters are there",
                    cursor->length, qr_span_length(rest) - 4);
        return;
    }
    if (outer >= 0)
        qr_tag_name(tag, outer, QR_TAG_NONE);
    qr_span_odd(odd, rest);
    qr_span_copy(shown, sizeof(shown), rest.at, odd[0] ? 0 : rest.size);
    if (outer < 0 && last == 63)
        qr_complain(tlv->reading, QR_ERROR, "63", "%zu byte%s behind the checksum%s%s; nothing may",
                    rest.size, rest.size == 1 ? " stands" : "s stand",
                    rest.at[0] == ' ' ? ", a space first"
                    : odd[0]          ? ", "
                                      : "",
                    rest.at[0] == ' ' ? "" : odd);
    else
        qr_complain(
            tlv->reading, QR_ERROR, tag,
            "TLV: no two-digit ID and length at byte %d, where %s%s%s stands; the length before may be wrong",
            (int)(rest.at - begin), odd[0] ? "" : "\"", odd[0] ? odd : shown, odd[0] ? "" : "\"");
}

static bool level_tell(struct qr_tlv *tlv, int outer, struct qr_span text, struct qr_level *ret);

/* Name, meaning and faults of one value; a template's own fields follow. */
static bool field_tell(struct qr_tlv *tlv, int outer, const struct cursor *cursor)
{
    bool top = outer < 0;
    int id = top ? cursor->id : outer, sub = top ? QR_TAG_NONE : cursor->id;
    const struct qr_rule *rule = qr_rule_find(tlv->erip, id, sub);
    char tag[QR_TAG_SIZE], meaning[QR_MEANING_SIZE] = "", wrong[QR_PROBLEM_SIZE] = "", odd[48] = "";
    bool scheme = !top && sub > 0 && id != 62 && id != 64 && !(tlv->erip && (id == 32 || id == 33));
    bool template = rule && rule->form == QR_FORM_TEMPLATE;
    qr_tag_name(tag, id, sub);
    if (rule && cursor->value.size > 0) {
        qr_rule_wrong(wrong, rule, cursor->value, tlv->currency);
        qr_rule_meaning(meaning, rule, cursor->value, tlv->currency);
        if (top && rule->form == QR_FORM_SUM)
            qr_sum_meaning(meaning, tlv, cursor->value);
    } else if (!rule) {
        (void)snprintf(meaning, sizeof(meaning), "%s",
                       scheme                ? "of the scheme that the GUID names"
                       : id >= 65 && id < 80 ? "reserved by EMVCo"
                                             : "");
        qr_span_odd(odd, cursor->value);
    }
    qr_field(tlv->reading, tag, rule ? rule->name : "unknown field",
             template ? (struct qr_span){cursor->value.at, 0} : cursor->value, wrong[0] ? "" : meaning);
    if (cursor->length == 0)
        qr_complain(tlv->reading, qr_tlv_level(tlv, 1), tag,
                    "length 00; a field without a value is left out");
    else if (wrong[0])
        qr_complain(tlv->reading, qr_tlv_level(tlv, id), tag, "%s", wrong);
    else if (odd[0])
        qr_complain(tlv->reading, QR_WARNING, tag, "holds %s", odd);
    struct qr_level inner;
    return !template || cursor->length == 0 || level_tell(tlv, id, cursor->value, &inner);
}

/* outer: ID of the template that the text is the value of, -1 = the code itself. */
static bool level_tell(struct qr_tlv *tlv, int outer, struct qr_span text, struct qr_level *ret)
{
    struct cursor cursor = {.at = text.at, .end = text.at + text.size};
    bool whole = true;
    char tag[QR_TAG_SIZE];
    *ret = (struct qr_level){.last = -1};
    enum step step;
    while ((step = next(&cursor)) == STEP_FIELD) {
        bool twice = ret->item[cursor.id].at != NULL;
        if (!twice)
            ret->item[cursor.id] = cursor.value;
        ret->last = cursor.id;
        whole &= field_tell(tlv, outer, &cursor);
        qr_tag_name(tag, outer < 0 ? cursor.id : outer, outer < 0 ? QR_TAG_NONE : cursor.id);
        if (twice)
            qr_complain(tlv->reading, QR_ERROR, tag, "there twice; an ID stands once on its level");
    }
    if (step == STEP_END)
        return whole;
    tell_break(tlv, step, &cursor, outer, ret->last, text.at);
    if (outer >= 0)
        qr_tag_name(tag, outer, QR_TAG_NONE);
    tell_bytes(tlv, text, outer >= 0 ? tag : "");
    return false;
}

bool qr_tlv_read(struct qr_tlv *tlv)
{
    struct qr_level first;
    (void)scan(&first, tlv->text, false);
    char digits[4];
    qr_span_copy(digits, sizeof(digits), first.item[53].at ? first.item[53].at : "", first.item[53].size);
    const char *letters = first.item[53].size == 3 ? money_currency_of_number(digits) : NULL;
    (void)text_copy(tlv->currency, sizeof(tlv->currency), letters ? letters : "");
    bool whole = level_tell(tlv, -1, tlv->text, &tlv->top);
    if (!tlv->text.size || !qr_span_starts(tlv->text, "000201"))
        qr_complain(tlv->reading, QR_ERROR, "00", "the code must begin with 000201");
    return whole;
}

void qr_tlv_money(struct qr_tlv *tlv)
{
    struct qr_facts *facts = tlv->reading->facts;
    struct qr_span name = tlv->top.item[59], amount = tlv->top.item[54];
    if (name.at)
        qr_span_copy(facts->merchant, sizeof(facts->merchant), name.at, name.size);
    (void)text_copy(facts->currency, sizeof(facts->currency), tlv->currency);
    facts->editable |= qr_span_is(tlv->top.item[55], "01"); /* the payer is asked for a tip */
    facts->fee |= qr_span_is(tlv->top.item[55], "02") || qr_span_is(tlv->top.item[55], "03");
    facts->dynamic = qr_span_is(tlv->top.item[1], "12");
    int64_t minor;
    if (amount.size == 0 || !qr_amount_read(amount.at, amount.size, money_digits(tlv->currency), &minor))
        return;
    if (minor == 0 && !tlv->erip)
        qr_complain(tlv->reading, QR_ERROR, "54",
                    "the amount is zero; a code for any amount has no field 54 at all");
    facts->has_amount = minor > 0;
    facts->amount = minor;
}

bool qr_tlv_sum(struct qr_tlv *tlv)
{
    struct qr_span sum = tlv->top.item[63];
    if (!sum.at)
        qr_complain(tlv->reading, QR_ERROR, "63",
                    "the checksum is missing; the code must end with 6304 and it");
    else if (tlv->top.last != 63 || sum.at + sum.size != tlv->text.at + tlv->text.size)
        qr_complain(tlv->reading, QR_ERROR, "63", "the checksum must stand last");
    else if (sum.size == 4)
        return tlv->reading->facts->has_sum = true;
    return false;
}
