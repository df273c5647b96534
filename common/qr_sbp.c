/* SBP (Russia): https://qr.nspk.ru/NUMBER?type=01&bank=…&sum=…&cur=RUB&crc=… */
#include "common/qr_parts.h"

#include <stdio.h>
#include <string.h>
#include "common/money.h"
#include "common/text.h"

enum { NUMBER_SIZE = 32 };

static const char prefix[] = "https://qr.nspk.ru/", crc_key[] = "&crc=";

enum key { KEY_TYPE, KEY_BANK, KEY_SUM, KEY_CUR, KEY_CRC, KEY_COUNT };
static const struct {
    const char *name, *meaning;
} keys[KEY_COUNT] = {
    [KEY_TYPE] = {"type", "kind of code"}, [KEY_BANK] = {"bank", "the receiver's bank"},
    [KEY_SUM] = {"sum", "amount"},         [KEY_CUR] = {"cur", "currency"},
    [KEY_CRC] = {"crc", "checksum"},
};

struct sbp {
    struct qr_reading *reading;
    bool seen[KEY_COUNT];
    const char *sum_at; /* "&crc=", NULL = none */
    const char *text;
};

static void take_sum(struct sbp *sbp, struct qr_span value)
{
    struct qr_facts *facts = sbp->reading->facts;
    int64_t kopecks = 0;
    char meaning[QR_MEANING_SIZE] = "";
    bool number = qr_span_digits(value) && qr_amount_read(value.at, value.size, 0, &kopecks);
    if (number)
        (void)money_format(meaning, sizeof(meaning), kopecks, "RUB", "en");
    qr_field(sbp->reading, "sum", keys[KEY_SUM].meaning, value, meaning);
    if (!number)
        qr_complain(sbp->reading, QR_ERROR, "sum",
                    "not a number of kopecks: digits only, 250.00 is written 25000");
    else if (kopecks == 0)
        qr_complain(sbp->reading, QR_ERROR, "sum", "the amount is zero; a code for any amount has no sum");
    else if (!sbp->seen[KEY_SUM]) {
        facts->has_amount = true;
        facts->amount = kopecks;
    }
}

static void take_type(struct sbp *sbp, struct qr_span value)
{
    bool fixed = qr_span_is(value, "01"), once = qr_span_is(value, "02");
    qr_field(sbp->reading, "type", keys[KEY_TYPE].meaning, value,
             fixed  ? "static: one code for every purchase"
             : once ? "dynamic: made for one purchase"
                    : "");
    if (!fixed && !once)
        qr_complain(sbp->reading, QR_ERROR, "type", "neither 01 (static) nor 02 (dynamic)");
    sbp->reading->facts->dynamic |= once;
}

static void take_currency(struct sbp *sbp, struct qr_span value)
{
    char letters[4];
    qr_span_copy(letters, sizeof(letters), value.at, value.size);
    bool known = value.size == 3 && money_currency_known(letters);
    qr_field(sbp->reading, "cur", keys[KEY_CUR].meaning, value, "");
    if (known)
        (void)text_copy(sbp->reading->facts->currency, sizeof(sbp->reading->facts->currency), letters);
    if (!known)
        qr_complain(sbp->reading, QR_ERROR, "cur",
                    "not a currency of ISO 4217 in capital letters; must be RUB");
    else if (strcmp(letters, "RUB") != 0)
        qr_complain(sbp->reading, QR_ERROR, "cur", "must be RUB: sum is in kopecks");
}

/* The checksum covers what stands before "&crc=", so that nothing may stand behind it. */
static void take_crc(struct sbp *sbp, struct qr_span value)
{
    struct qr_facts *facts = sbp->reading->facts;
    char crc[5], given[16];
    if (!sbp->sum_at || value.at != sbp->sum_at + strlen(crc_key)) {
        qr_field(sbp->reading, "crc", keys[KEY_CRC].meaning, value, "");
        qr_complain(sbp->reading, QR_ERROR, "crc", "stands in the wrong place; it is the last, behind '&'");
        return;
    }
    (void)snprintf(crc, sizeof(crc), "%04X",
                   (unsigned)qr_crc16(sbp->text, (size_t)(sbp->sum_at - sbp->text)));
    facts->has_sum = true;
    facts->sum_good = qr_span_is(value, crc);
    qr_span_copy(given, sizeof(given), value.at, value.size);
    qr_field(sbp->reading, "crc", keys[KEY_CRC].meaning, value, facts->sum_good ? "fits the address" : "");
    if (!facts->sum_good && value.size == 4 && strcasecmp(given, crc) == 0)
        qr_complain(sbp->reading, QR_ERROR, "crc", "its letters must be capitals: %s", crc);
    else if (!facts->sum_good)
        qr_complain(
            sbp->reading, QR_ERROR, "crc",
            "does not fit the address: it is %s, the address gives %s, so a character was lost or changed",
            given, crc);
    if (value.at[value.size] != '\0')
        qr_complain(sbp->reading, QR_ERROR, "crc", "something stands behind it, which it does not cover");
}

static void take_known(struct sbp *sbp, enum key key, struct qr_span value)
{
    switch (key) {
    case KEY_TYPE:
        take_type(sbp, value);
        break;
    case KEY_SUM:
        take_sum(sbp, value);
        break;
    case KEY_CUR:
        take_currency(sbp, value);
        break;
    case KEY_CRC:
        take_crc(sbp, value);
        break;
    case KEY_BANK:
    case KEY_COUNT:
        qr_field(sbp->reading, "bank", keys[KEY_BANK].meaning, value, "");
        if (!qr_span_digits(value))
            qr_complain(sbp->reading, QR_WARNING, "bank", "not a number");
    }
    if (sbp->seen[key])
        qr_complain(sbp->reading, QR_ERROR, keys[key].name, "there twice");
    sbp->seen[key] = true;
}

static void take_unknown(struct sbp *sbp, struct qr_span key, struct qr_span value)
{
    char tag[QR_TAG_SIZE];
    qr_span_copy(tag, sizeof(tag), key.at, key.size);
    qr_field(sbp->reading, tag, "unknown field", value, "");
    if (memchr(key.at, '%', key.size))
        qr_complain(sbp->reading, QR_ERROR, tag, "an escape in a name hides what it is");
    for (int i = 0; i < KEY_COUNT; i++)
        if (strcasecmp(tag, keys[i].name) == 0)
            qr_complain(sbp->reading, QR_WARNING, tag, "is not read; %s is written in small letters",
                        keys[i].name);
}

static void take_pair(struct sbp *sbp, struct qr_span pair)
{
    const char *equals = memchr(pair.at, '=', pair.size);
    char shown[QR_TAG_SIZE];
    qr_span_copy(shown, sizeof(shown), pair.at, pair.size);
    if (pair.size == 0)
        qr_complain(sbp->reading, QR_WARNING, "",
                    "an empty parameter: two of ?, & in a row, or one at the end");
    else if (!equals)
        qr_complain(sbp->reading, QR_ERROR, shown, "a parameter without value");
    if (!equals)
        return;
    struct qr_span key = {pair.at, (size_t)(equals - pair.at)};
    struct qr_span value = {equals + 1, pair.size - key.size - 1};
    for (int i = 0; i < KEY_COUNT; i++)
        if (qr_span_is(key, keys[i].name)) {
            take_known(sbp, (enum key)i, value);
            return;
        }
    take_unknown(sbp, key, value);
}

static void check_address(struct sbp *sbp, struct qr_span number)
{
    bool good = number.size > 0;
    for (const unsigned char *at = (const unsigned char *)sbp->text; *at; at++)
        if (*at <= 0x20 || *at >= 0x7F || strchr("\"<>\\^`{|}#", *at)) {
            qr_complain(sbp->reading, QR_ERROR, "",
                        "a character at byte %d that an SBP address does not have",
                        (int)(at - (const unsigned char *)sbp->text));
            break;
        }
    for (size_t i = 0; i < number.size; i++) {
        char c = number.at[i];
        good &= (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }
    qr_field(sbp->reading, "number", "the code's number at SBP", number, "");
    if (number.at[number.size] == '&')
        qr_complain(sbp->reading, QR_ERROR, "number", "'?' must stand behind it, before the first parameter");
    if (number.size == 0)
        qr_complain(sbp->reading, QR_ERROR, "number", "the code's number is missing");
    else if (!good)
        qr_complain(sbp->reading, QR_ERROR, "number", "only letters and digits may stand there");
    else if (number.size != NUMBER_SIZE)
        qr_complain(sbp->reading, QR_WARNING, "number", "%zu character%s; SBP's numbers have %d", number.size,
                    number.size == 1 ? "" : "s", NUMBER_SIZE);
}

void qr_sbp_read(struct qr_reading *reading, const char *text)
{
    struct sbp sbp = {.reading = reading, .text = text, .sum_at = strstr(text, crc_key)};
    struct qr_span number = {text + strlen(prefix), strcspn(text + strlen(prefix), "?&")};
    check_address(&sbp, number);
    qr_span_copy(reading->facts->account, sizeof(reading->facts->account), number.at, number.size);
    for (const char *at = number.at + number.size; *at;) {
        struct qr_span pair = {at + 1, strcspn(at + 1, "&")};
        take_pair(&sbp, pair);
        at = pair.at + pair.size;
    }
    if (!sbp.seen[KEY_TYPE])
        qr_complain(reading, QR_WARNING, "type", "is missing: 01 (static) or 02 (dynamic)");
    if (sbp.seen[KEY_SUM] && !sbp.seen[KEY_CUR])
        qr_complain(reading, QR_WARNING, "cur", "is missing beside sum; must be RUB");
}
