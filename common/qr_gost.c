/* GOST R 56042: bank details for a transfer, ST0001, encoding, separator, Name=Value pairs. */
#include "common/qr_parts.h"

#include <string.h>
#include "common/money.h"
#include "common/text.h"

static const struct {
    const char *name;
    size_t digits; /* 0 = a text */
} required[] = {{"Name", 0}, {"PersonalAcc", 20}, {"BankName", 0}, {"BIC", 9}, {"CorrespAcc", 20}};
enum { REQUIRED = sizeof(required) / sizeof(required[0]), SUM = REQUIRED };

static void take_sum(struct qr_reading *reading, struct qr_span value)
{
    if (value.size == 0)
        return;
    if (!qr_span_digits(value) || !qr_amount_read(value.at, value.size, 0, &reading->facts->amount))
        qr_complain(reading, QR_ERROR, "Sum", "not a number of kopecks: digits only");
    reading->facts->has_amount = reading->facts->amount > 0;
}

/* What the standard requires of a field beside being there. "0" stands for an account at the treasury. */
static void check_required(struct qr_reading *reading, unsigned index, struct qr_span value)
{
    size_t digits = required[index].digits;
    if (digits == 0 || value.size == 0 || qr_span_is(value, "0"))
        return;
    if (!qr_span_digits(value) || value.size != digits)
        qr_complain(reading, QR_WARNING, required[index].name, "%zu bytes; must be %zu digits", value.size,
                    digits);
}

static void mark_seen(struct qr_reading *reading, const char *tag, unsigned index, bool there, unsigned *seen)
{
    if (*seen & 1u << index)
        qr_complain(reading, QR_ERROR, tag, "there twice");
    *seen |= there ? 1u << index : 0;
}

static void take_pair(struct qr_reading *reading, struct qr_span pair, unsigned *seen)
{
    struct qr_facts *facts = reading->facts;
    const char *equals = memchr(pair.at, '=', pair.size);
    char tag[QR_TAG_SIZE], meaning[QR_MEANING_SIZE] = "";
    qr_span_copy(tag, sizeof(tag), pair.at, equals ? (size_t)(equals - pair.at) : pair.size);
    if (!equals) {
        qr_complain(reading, QR_ERROR, tag, "a field without '='");
        return;
    }
    struct qr_span value = {equals + 1, pair.size - (size_t)(equals - pair.at) - 1};
    bool sum = strcmp(tag, "Sum") == 0, known = sum;
    for (unsigned i = 0; i < REQUIRED; i++) {
        if (strcmp(tag, required[i].name) != 0)
            continue;
        known = true;
        mark_seen(reading, tag, i, value.size > 0, seen);
        check_required(reading, i, value);
    }
    if (sum) {
        mark_seen(reading, tag, SUM, true, seen);
        take_sum(reading, value);
    }
    if (facts->has_amount && sum)
        (void)money_format(meaning, sizeof(meaning), facts->amount, "RUB", "en");
    qr_field(reading, tag, known ? tag : "unknown field", value, meaning);
    if (strcmp(tag, "Name") == 0)
        qr_span_copy(facts->merchant, sizeof(facts->merchant), value.at, value.size);
    if (strcmp(tag, "PersonalAcc") == 0)
        qr_span_copy(facts->account, sizeof(facts->account), value.at, value.size);
}

void qr_gost_read(struct qr_reading *reading, const char *text)
{
    const char *at = text + strlen("ST0001");
    if (at[0] < '1' || at[0] > '3') {
        qr_complain(reading, QR_ERROR, "", "the seventh character (encoding) is none of 1, 2, 3");
        return;
    }
    char separator[2] = {at[1], '\0'};
    if (at[1] == '\0') {
        qr_complain(reading, QR_ERROR, "", "nothing after the header");
        return;
    }
    (void)text_copy(reading->facts->currency, sizeof(reading->facts->currency), "RUB");
    unsigned seen = 0;
    for (at += 1; *at;) {
        size_t size = strcspn(++at, separator);
        if (size == 0 && at[size] == '\0')
            break; /* a separator at the end */
        take_pair(reading, (struct qr_span){at, size}, &seen);
        at += size;
    }
    for (unsigned i = 0; i < REQUIRED; i++)
        if (!(seen & 1u << i))
            qr_complain(reading, QR_ERROR, required[i].name, "is missing, which the standard requires");
}
