#include "common/qr_rules.h"

#include <stdio.h>
#include <string.h>
#include "common/money.h"

#define FIELD(id)           (id), (id), QR_TAG_NONE, QR_TAG_NONE
#define FIELDS(from, to)    (from), (to), QR_TAG_NONE, QR_TAG_NONE
#define INNER(id, sub)      (id), (id), (sub), (sub)
#define INNERS(from, to, s) (from), (to), (s), (s)

/* EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1, tables 3.2 to 3.9. */
static const struct qr_rule emv_rules[] = {
    {FIELD(0), 2, 2, QR_FORM_CHOICE, "payload format", "01=a payment code in EMVCo's format"},
    {FIELD(1), 2, 2, QR_FORM_CHOICE, "point of initiation",
     "11=static: one code for every purchase|12=dynamic: made for one purchase"},
    {FIELDS(2, 25), 1, 99, QR_FORM_TEXT, "card scheme's account", NULL},
    {FIELDS(26, 51), 1, 99, QR_FORM_TEMPLATE, "account template", NULL},
    {INNERS(26, 51, 0), 1, 32, QR_FORM_TEXT, "GUID: whose account it is", NULL},
    {FIELD(52), 4, 4, QR_FORM_DIGITS, "merchant category", NULL},
    {FIELD(53), 3, 3, QR_FORM_CURRENCY, "currency", NULL},
    {FIELD(54), 1, 13, QR_FORM_AMOUNT, "amount", NULL},
    {FIELD(55), 2, 2, QR_FORM_CHOICE, "tip or fee",
     "01=the payer is asked for a tip|02=a fixed fee is added (56)|03=a percentage is added (57)"},
    {FIELD(56), 1, 13, QR_FORM_AMOUNT, "fixed fee", NULL},
    {FIELD(57), 1, 5, QR_FORM_PERCENT, "fee percent", NULL},
    {FIELD(58), 2, 2, QR_FORM_COUNTRY, "country", NULL},
    {FIELD(59), 1, 25, QR_FORM_TEXT, "merchant's name", NULL},
    {FIELD(60), 1, 15, QR_FORM_TEXT, "city", NULL},
    {FIELD(61), 1, 10, QR_FORM_TEXT, "postal code", NULL},
    {FIELD(62), 1, 99, QR_FORM_TEMPLATE, "additional data", NULL},
    {INNER(62, 1), 1, 25, QR_FORM_TEXT, "bill number", NULL},
    {INNER(62, 2), 1, 25, QR_FORM_TEXT, "mobile number", NULL},
    {INNER(62, 3), 1, 25, QR_FORM_TEXT, "store", NULL},
    {INNER(62, 4), 1, 25, QR_FORM_TEXT, "loyalty number", NULL},
    {INNER(62, 5), 1, 25, QR_FORM_TEXT, "reference", NULL},
    {INNER(62, 6), 1, 25, QR_FORM_TEXT, "customer", NULL},
    {INNER(62, 7), 1, 25, QR_FORM_TEXT, "terminal", NULL},
    {INNER(62, 8), 1, 25, QR_FORM_TEXT, "purpose", NULL},
    {INNER(62, 9), 1, 3, QR_FORM_SUBSET, "the phone is asked for",
     "A=the payer's address|M=mobile number|E=e-mail"},
    {FIELD(63), 4, 4, QR_FORM_SUM, "checksum", NULL},
    {FIELD(64), 1, 99, QR_FORM_TEMPLATE, "in another language", NULL},
    {INNER(64, 0), 2, 2, QR_FORM_LANGUAGE, "language", NULL},
    {INNER(64, 1), 1, 25, QR_FORM_TEXT, "merchant's name", NULL},
    {INNER(64, 2), 1, 15, QR_FORM_TEXT, "city", NULL},
    {FIELDS(80, 99), 1, 99, QR_FORM_TEMPLATE, "unreserved template", NULL},
    {INNERS(80, 99, 0), 1, 32, QR_FORM_TEXT, "GUID: whose template it is", NULL},
};

static const struct qr_rule erip_rules[] = {
    {FIELD(32), 1, 99, QR_FORM_TEMPLATE, "ERIP", NULL},
    {INNER(32, 0), 10, 10, QR_FORM_CHOICE, "system", "by.raschet=ERIP, Belarus"},
    {INNER(32, 1), 3, 7, QR_FORM_DIGITS, "service code", NULL},
    {INNER(32, 10), 1, 99, QR_FORM_TEXT, "account or order", NULL},
    {INNER(32, 12), 2, 2, QR_FORM_CHOICE, "may the payer change the amount",
     "11=yes, the amount is editable|12=no, the amount is fixed"},
    {FIELD(33), 1, 99, QR_FORM_TEMPLATE, "E-POS", NULL},
    {INNER(33, 0), 1, 32, QR_FORM_TEXT, "aggregator", NULL},
    {INNER(33, 3), 1, 99, QR_FORM_TEXT, "producer", NULL},
    {INNER(33, 4), 1, 99, QR_FORM_TEXT, "service", NULL},
    {INNER(33, 5), 1, 99, QR_FORM_TEXT, "outlet", NULL},
    {INNER(33, 6), 1, 99, QR_FORM_TEXT, "order", NULL},
};

static const struct qr_rule *find_in(const struct qr_rule *rules, size_t count, int id, int sub)
{
    for (size_t i = 0; i < count; i++)
        if (id >= rules[i].from && id <= rules[i].to && sub >= rules[i].sub_from && sub <= rules[i].sub_to)
            return &rules[i];
    return NULL;
}

const struct qr_rule *qr_rule_find(bool erip, int id, int sub)
{
    if (erip && (id == 32 || id == 33)) /* all of theirs; EMVCo's GUID is not meant */
        return find_in(erip_rules, sizeof(erip_rules) / sizeof(erip_rules[0]), id, sub);
    return find_in(emv_rules, sizeof(emv_rules) / sizeof(emv_rules[0]), id, sub);
}

void qr_tag_name(char ret[QR_TAG_SIZE], int id, int sub)
{
    if (sub == QR_TAG_NONE)
        (void)snprintf(ret, QR_TAG_SIZE, "%02d", id % 100);
    else
        (void)snprintf(ret, QR_TAG_SIZE, "%02d-%02d", id % 100, sub % 100);
}

/* The choice that is named by value; its meaning in *ret_size bytes. NULL: none is. */
static const char *choice_find(const char *choices, struct qr_span value, size_t *ret_size)
{
    for (const char *at = choices; *at;) {
        size_t name = strcspn(at, "="), whole = strcspn(at, "|");
        if (name == value.size && memcmp(at, value.at, name) == 0) {
            *ret_size = whole - name - 1;
            return at + name + 1;
        }
        at += whole + (at[whole] == '|');
    }
    return NULL;
}

/* "11 (static: one code for every purchase) or 12 (…)" is too long for a message: "11 or 12". */
static void choice_wrong(char ret[QR_PROBLEM_SIZE], const struct qr_rule *rule, struct qr_span value)
{
    size_t size, used = 0;
    char names[96] = "";
    if (choice_find(rule->choices, value, &size))
        return;
    for (const char *at = rule->choices; *at;) {
        size_t name = strcspn(at, "="), whole = strcspn(at, "|");
        int wrote =
            snprintf(names + used, sizeof(names) - used, "%s%.*s", used > 0 ? " or " : "", (int)name, at);
        used += wrote > 0 && (size_t)wrote < sizeof(names) - used ? (size_t)wrote : 0;
        at += whole + (at[whole] == '|');
    }
    char shown[32];
    qr_span_copy(shown, sizeof(shown), value.at, value.size);
    (void)snprintf(ret, QR_PROBLEM_SIZE, "%s is not known; must be %s", shown, names);
}

static void subset_wrong(char ret[QR_PROBLEM_SIZE], const struct qr_rule *rule, struct qr_span value)
{
    for (size_t i = 0; i < value.size; i++) {
        struct qr_span one = {value.at + i, 1};
        size_t size;
        if (!choice_find(rule->choices, one, &size) || memchr(value.at, value.at[i], i))
            (void)snprintf(ret, QR_PROBLEM_SIZE, "must be of the letters A, M, E, each at most once");
    }
}

/* "3", "3.00", "11.95": above 0 and below 100. */
static void percent_wrong(char ret[QR_PROBLEM_SIZE], struct qr_span value)
{
    int64_t hundredths = 0;
    if (!qr_amount_read(value.at, value.size, 2, &hundredths) || hundredths < 1 || hundredths > 9999)
        (void)snprintf(ret, QR_PROBLEM_SIZE, "not a percentage; must be 0.01 to 99.99");
}

static void letters_wrong(char ret[QR_PROBLEM_SIZE], struct qr_span value, bool small, const char *what)
{
    for (size_t i = 0; i < value.size; i++) {
        char c = value.at[i];
        if (!(c >= 'A' && c <= 'Z') && !(small && c >= 'a' && c <= 'z'))
            (void)snprintf(ret, QR_PROBLEM_SIZE, "not %s", what);
    }
}

static const char *currency_letters(struct qr_span value)
{
    char digits[4];
    qr_span_copy(digits, sizeof(digits), value.at, value.size);
    return value.size == 3 ? money_currency_of_number(digits) : NULL;
}

static void form_wrong(char ret[QR_PROBLEM_SIZE], const struct qr_rule *rule, struct qr_span value,
                       const char *currency)
{
    char odd[48];
    switch (rule->form) {
    case QR_FORM_DIGITS:
        if (!qr_span_digits(value))
            (void)snprintf(ret, QR_PROBLEM_SIZE, "only digits may stand there");
        break;
    case QR_FORM_CHOICE:
        choice_wrong(ret, rule, value);
        break;
    case QR_FORM_CURRENCY:
        if (!currency_letters(value))
            (void)snprintf(ret, QR_PROBLEM_SIZE,
                           "not a currency number of ISO 4217 (933 BYN, 980 UAH, 643 RUB)");
        break;
    case QR_FORM_AMOUNT:
        qr_amount_wrong(ret, value, currency);
        break;
    case QR_FORM_PERCENT:
        percent_wrong(ret, value);
        break;
    case QR_FORM_COUNTRY:
        letters_wrong(ret, value, false, "a country: two capital letters, like BY");
        break;
    case QR_FORM_LANGUAGE:
        letters_wrong(ret, value, true, "a language: two letters, like ru");
        break;
    case QR_FORM_SUBSET:
        subset_wrong(ret, rule, value);
        break;
    case QR_FORM_TEXT:
        qr_span_odd(odd, value);
        if (odd[0])
            (void)snprintf(ret, QR_PROBLEM_SIZE, "holds %s", odd);
        break;
    case QR_FORM_TEMPLATE:
    case QR_FORM_SUM:
        break;
    }
}

void qr_rule_wrong(char ret[QR_PROBLEM_SIZE], const struct qr_rule *rule, struct qr_span value,
                   const char *currency)
{
    int length = qr_span_length(value);
    ret[0] = '\0';
    if (rule->least == rule->greatest && length != rule->least)
        (void)snprintf(ret, QR_PROBLEM_SIZE, "%d character%s, must be %d", length, length == 1 ? "" : "s",
                       rule->least);
    else if (length < rule->least || length > rule->greatest)
        (void)snprintf(ret, QR_PROBLEM_SIZE, "%d character%s, allowed are %d to %d", length,
                       length == 1 ? "" : "s", rule->least, rule->greatest);
    else
        form_wrong(ret, rule, value, currency);
}

static void subset_meaning(char ret[QR_MEANING_SIZE], const struct qr_rule *rule, struct qr_span value)
{
    size_t used = 0, size;
    for (size_t i = 0; i < value.size && used < QR_MEANING_SIZE - 1; i++) {
        const char *word = choice_find(rule->choices, (struct qr_span){value.at + i, 1}, &size);
        int wrote = word ? snprintf(ret + used, QR_MEANING_SIZE - used, "%s%.*s", used > 0 ? ", " : "",
                                    (int)size, word)
                         : 0;
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

void qr_rule_meaning(char ret[QR_MEANING_SIZE], const struct qr_rule *rule, struct qr_span value,
                     const char *currency)
{
    size_t size = 0;
    int64_t minor;
    const char *word;
    ret[0] = '\0';
    if (rule->form == QR_FORM_CHOICE && (word = choice_find(rule->choices, value, &size)))
        (void)snprintf(ret, QR_MEANING_SIZE, "%.*s", (int)size, word);
    else if (rule->form == QR_FORM_CURRENCY && (word = currency_letters(value)))
        (void)snprintf(ret, QR_MEANING_SIZE, "%s", word);
    else if (rule->form == QR_FORM_AMOUNT && currency[0] &&
             qr_amount_read(value.at, value.size, money_digits(currency), &minor)) {
        if (minor == 0)
            (void)snprintf(ret, QR_MEANING_SIZE, "no amount");
        else
            (void)money_format(ret, QR_MEANING_SIZE, minor, currency, "en");
    } else if (rule->form == QR_FORM_PERCENT)
        (void)snprintf(ret, QR_MEANING_SIZE, "%.*s %%", value.size < 8 ? (int)value.size : 8, value.at);
    else if (rule->form == QR_FORM_SUBSET)
        subset_meaning(ret, rule, value);
    else if (rule->form == QR_FORM_TEXT && rule->from == 62 && qr_span_is(value, "***"))
        (void)snprintf(ret, QR_MEANING_SIZE, "the phone asks the payer");
}
