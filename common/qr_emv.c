/* EMVCo merchant-presented codes: what EMVCo demands between the fields. */
#include "common/qr_tlv.h"

#include <stdio.h>
#include <string.h>
#include "common/text.h"

enum { EMV_CHARACTERS = 512 };

static void missing(struct qr_tlv *tlv, int id, const char *what)
{
    char tag[QR_TAG_SIZE];
    qr_tag_name(tag, id, QR_TAG_NONE);
    tlv->reading->facts->incomplete = true;
    qr_complain(tlv->reading, QR_ERROR, tag, "%s is missing, which EMVCo requires", what);
}

static void check_required(struct qr_tlv *tlv)
{
    static const int required[] = {52, 53, 58, 59, 60};
    bool account = false;
    for (int id = 2; id <= 51; id++)
        account |= tlv->top.item[id].at != NULL;
    if (!account)
        missing(tlv, 26, "an account (02 to 51)");
    for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
        if (!tlv->top.item[required[i]].at)
            missing(tlv, required[i], qr_rule_find(false, required[i], QR_TAG_NONE)->name);
    if (tlv->top.item[54].at && !tlv->top.item[53].at)
        qr_complain(tlv->reading, QR_ERROR, "54", "an amount without its currency (53)");
}

/* 56 belongs to 55 = 02, 57 to 55 = 03. */
static void check_fee(struct qr_tlv *tlv)
{
    static const struct {
        int id;
        const char *tag, *kind;
    } fees[] = {{56, "56", "02"}, {57, "57", "03"}};
    for (size_t i = 0; i < sizeof(fees) / sizeof(fees[0]); i++) {
        bool there = tlv->top.item[fees[i].id].at != NULL;
        bool wanted = qr_span_is(tlv->top.item[55], fees[i].kind);
        if (there && !wanted)
            qr_complain(tlv->reading, QR_ERROR, fees[i].tag, "stands only with 55 = %s", fees[i].kind);
        else if (wanted && !there)
            qr_complain(tlv->reading, QR_ERROR, fees[i].tag, "is missing; 55 = %s needs it", fees[i].kind);
    }
    struct qr_span fee = tlv->top.item[56];
    int64_t minor = 1;
    if (fee.at && qr_amount_read(fee.at, fee.size, 2, &minor) && minor == 0)
        qr_complain(tlv->reading, QR_ERROR, "56", "the fee is zero");
}

static void check_templates(struct qr_tlv *tlv)
{
    for (int id = 26; id < QR_IDS; id++) {
        const struct qr_rule *guid = qr_rule_find(false, id, 0);
        struct qr_level inner;
        char tag[QR_TAG_SIZE];
        if (!tlv->top.item[id].at || !guid || tlv->top.item[id].size == 0)
            continue;
        qr_tlv_inner(tlv, id, &inner);
        qr_tag_name(tag, id, 0);
        if (id != 64 && !inner.item[0].at)
            qr_complain(tlv->reading, QR_ERROR, tag, "the GUID is missing; it says whose template this is");
        if (id == 64 && (!inner.item[0].at || !inner.item[1].at))
            qr_complain(tlv->reading, QR_WARNING, tag, "a language template needs the language and the name");
    }
}

static void account_take(struct qr_tlv *tlv)
{
    struct qr_facts *facts = tlv->reading->facts;
    struct qr_level inner;
    qr_tlv_inner(tlv, 62, &inner);
    struct qr_span account = inner.item[5].at ? inner.item[5] : inner.item[1];
    if (account.at && !qr_span_is(account, "***")) /* *** is asked of the payer */
        qr_span_copy(facts->account, sizeof(facts->account), account.at, account.size);
}

void qr_emv_read(struct qr_reading *reading, const char *text)
{
    struct qr_tlv tlv = {.reading = reading, .text = {text, strlen(text)}};
    long length = text_utf8_length(text, tlv.text.size);
    if (length > EMV_CHARACTERS)
        qr_complain(reading, QR_ERROR, "", "%ld characters long; EMVCo allows %d", length, EMV_CHARACTERS);
    bool whole = qr_tlv_read(&tlv);
    qr_tlv_money(&tlv);
    account_take(&tlv);
    if (!whole)
        return; /* what is missing behind the break is not known */
    if (qr_tlv_sum(&tlv))
        qr_sum_check(&tlv, NULL);
    check_templates(&tlv);
    check_fee(&tlv);
    check_required(&tlv);
}
