/* EMVCo's TLV, read and told field by field: ID two digits, length two digits, value. The length counts
 * characters (EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1, section 3.2).
 */
#ifndef COMMON_QR_TLV_H
#define COMMON_QR_TLV_H

#include "common/qr_rules.h"

struct qr_level {
    struct qr_span item[QR_IDS]; /* the first of each ID */
    int last;                    /* ID, -1 = none */
};

struct qr_tlv {
    struct qr_reading *reading;
    bool erip;           /* ERIP's fields, and its leniency */
    struct qr_span text; /* decoded */
    char currency[4];
    struct qr_level top;
};

/* Reads and tells all of text. false: its structure is broken; what came before the break stands in top. */
bool qr_tlv_read(struct qr_tlv *tlv);
/* The fields inside of a template, without a word; as far as they can be read. */
void qr_tlv_inner(const struct qr_tlv *tlv, int id, struct qr_level *ret);
/* How wrong a fault of this field is: codes of ERIP in use are sloppy outside of what ERIP itself reads. */
enum qr_verdict qr_tlv_level(const struct qr_tlv *tlv, int id);

/* 53, 54, 55, 59: the same in both profiles, but ERIP writes "no amount" as 0.00. */
void qr_tlv_money(struct qr_tlv *tlv);
/* 63 is there, stands last and has 4 characters; else a complaint. */
bool qr_tlv_sum(struct qr_tlv *tlv);

/* qr_sum.c: compares 63 with what the text gives; told with the likely reason if it differs. encoded: the
 * text before it was percent-decoded, NULL = the same. */
/* What a right one is called, "" if it is not right. */
void qr_sum_meaning(char ret[QR_MEANING_SIZE], const struct qr_tlv *tlv, struct qr_span sum);
void qr_sum_check(struct qr_tlv *tlv, const char *encoded);

#endif
