/* Inside of common/qr_make*.c. */
#ifndef COMMON_QR_MAKING_H
#define COMMON_QR_MAKING_H

#include "common/qr_make.h"
#include "common/qr_rules.h"

struct qr_making {
    const struct qr_recipe *recipe;
    struct qr_value value[QR_MAKE_VALUES + QR_MAKE_NAME_COUNT]; /* given, then defaults */
    int count;
    qr_make_fault *fault;
    void *user;
    bool failed, full;
    char *text; /* QR_TEXT_MAX + 1 */
    size_t used;
};

void qr_making_fault(struct qr_making *making, int index, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* NULL: not given and without default. */
const char *qr_making_value(const struct qr_making *making, const char *tag);
void qr_making_put(struct qr_making *making, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "2.50" in the recipe's currency. */
void qr_making_amount(char ret[32], const struct qr_recipe *recipe);

/* qr_make_tlv.c: EMVCo's TLV and ERIP's. */
void qr_making_tlv(struct qr_making *making);

#endif
