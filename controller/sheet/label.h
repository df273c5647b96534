/* What one label says: the texts and the code of a product. */
#ifndef CONTROLLER_SHEET_LABEL_H
#define CONTROLLER_SHEET_LABEL_H

#include "config/config.h"
#include "controller/sheet/plan.h"
#include "display/qr_symbol.h"

enum { LABEL_TEXT_SIZE = CONFIG_MAX_LANGUAGES * (CONFIG_TEXT_SIZE + 64) };

struct label {
    const struct config_product *product;
    char text[PLAN_PARTS][LABEL_TEXT_SIZE]; /* UTF-8; "" = not on the label */
    struct qr_symbol symbol;
};

/* Which of kiosk.languages a label speaks, as indices; the first is the large one. */
struct label_languages {
    int32_t count, index[CONFIG_MAX_LANGUAGES];
};

/* false: the code of the product is too long for a QR symbol. The label borrows the product. */
bool label_fill(struct label *ret, const struct config *config, const struct config_product *product,
                const struct label_languages *languages);
/* Bits of the texts that there are, for plan_label(). */
unsigned label_parts(const struct label *label);

#endif
