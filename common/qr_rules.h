/* The fields of EMVCo's TLV and of ERIP's, in one table: names, lengths, what may stand in them. The reader
 * checks by it and the maker builds by it. Pure.
 */
#ifndef COMMON_QR_RULES_H
#define COMMON_QR_RULES_H

#include "common/qr_parts.h"

enum qr_form {
    QR_FORM_TEXT,
    QR_FORM_DIGITS,
    QR_FORM_CHOICE,
    QR_FORM_CURRENCY, /* ISO 4217 number */
    QR_FORM_AMOUNT,
    QR_FORM_PERCENT,
    QR_FORM_COUNTRY,  /* two capital letters */
    QR_FORM_LANGUAGE, /* two letters */
    QR_FORM_SUBSET,   /* each letter of choices at most once */
    QR_FORM_TEMPLATE,
    QR_FORM_SUM,
};

enum { QR_TAG_NONE = -1, QR_IDS = 100 };

struct qr_rule {
    int from, to;         /* IDs on the upper level */
    int sub_from, sub_to; /* IDs inside of them, QR_TAG_NONE = the field itself */
    int least, greatest;  /* characters */
    enum qr_form form;
    const char *name;
    const char *choices; /* "11=what it means|12=…" */
};

/* sub: QR_TAG_NONE = the upper level itself. NULL: a field that the rules do not name. */
const struct qr_rule *qr_rule_find(bool erip, int id, int sub);

/* What is wrong with a value by its rule; "" = nothing. currency: ISO letters, "" = not known. */
void qr_rule_wrong(char ret[QR_PROBLEM_SIZE], const struct qr_rule *rule, struct qr_span value,
                   const char *currency);
/* What a good value means; "" = nothing to add. */
void qr_rule_meaning(char ret[QR_MEANING_SIZE], const struct qr_rule *rule, struct qr_span value,
                     const char *currency);
/* "54" or "62-05". */
void qr_tag_name(char ret[QR_TAG_SIZE], int id, int sub);

#endif
