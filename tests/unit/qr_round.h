/* What must hold for whatever the maker is given: used with random values by the unit test, with any by the
 * fuzzer. A fact that does not hold ends in qr_round_failed(), which is the user's.
 */
#ifndef TESTS_UNIT_QR_ROUND_H
#define TESTS_UNIT_QR_ROUND_H

#include <stdbool.h>
#include <string.h>
#include "common/qr_make.h"

void qr_round_failed(const char *fact, const char *text);

static inline void qr_round_must(bool fact, const char *words, const char *text)
{
    if (!fact)
        qr_round_failed(words, text);
}

static inline void qr_round_fault(void *user, int index, const char *text)
{
    int *faults = user;
    ++*faults;
    qr_round_must(index >= -1 && index < QR_MAKE_VALUES && text[0] != '\0', "a fault says what of", text);
}

static inline bool qr_round_make(char text[QR_TEXT_MAX + 1], const struct qr_recipe *recipe)
{
    int faults = 0;
    bool made = qr_make(text, recipe, qr_round_fault, &faults);
    qr_round_must(made == (faults == 0), "a code, or a fault", text);
    qr_round_must(made == (text[0] != '\0') && strlen(text) <= QR_TEXT_MAX, "a text of 1..1024 bytes", text);
    return made;
}

/* Builds, reads, compares, builds for another price. true: a code came of it. */
static inline bool qr_round(const struct qr_recipe *recipe)
{
    char text[QR_TEXT_MAX + 1], again[QR_TEXT_MAX + 1], other[QR_TEXT_MAX + 1];
    struct qr_facts facts;
    if (!qr_round_make(text, recipe))
        return false;
    struct qr_wanted wanted = {.price = recipe->price, .currency = recipe->currency, .product = true};
    qr_round_must(qr_explain(text, &wanted, &facts, NULL) != QR_ERROR, "what is built is read", text);
    qr_round_must(facts.profile == recipe->profile, "as what it is", text);
    qr_round_must(facts.has_amount == (recipe->price > 0) && facts.amount == recipe->price, "with its price",
                  text);
    qr_round_must(facts.sum_good == (recipe->profile != QR_NBU) && !facts.sum_old, "with a right sum", text);
    wanted.price++;
    qr_round_must(recipe->price == 0 || qr_explain(text, &wanted, &facts, NULL) == QR_ERROR,
                  "for no other price", text);
    struct qr_recipe dearer = *recipe;
    dearer.price = recipe->price / 2 + 1;
    if (!qr_round_make(other, &dearer))
        return true; /* one digit more, and it is too long */
    qr_round_must(qr_make_price(again, text, dearer.price, recipe->currency), "it has another price", text);
    qr_round_must(strcmp(again, other) == 0, "and nothing else changes", text);
    return true;
}

#endif
