#include "common/qr_making.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "common/base64url.h"
#include "common/money.h"
#include "common/text.h"

const struct qr_make_key qr_make_keys[QR_MAKE_NAME_COUNT] = {
#define KEY(profile, constant, name, tag, required, preset, meaning)                                         \
    [QR_MAKE_##profile##_##constant] = {QR_##profile, name, tag, required, preset, meaning},
    QR_KEYS_EMV(KEY) QR_KEYS_ERIP(KEY) QR_KEYS_SBP(KEY) QR_KEYS_NBU(KEY)
#undef KEY
};

bool qr_make_profile(const char *name, enum qr_profile *ret)
{
    static const struct {
        const char *name;
        enum qr_profile profile;
    } made[] = {{"emv", QR_EMV}, {"erip", QR_ERIP}, {"sbp", QR_SBP}, {"nbu", QR_NBU}};
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
        if (strcmp(made[i].name, name) == 0) {
            *ret = made[i].profile;
            return true;
        }
    return false;
}

void qr_making_fault(struct qr_making *making, int index, const char *format, ...)
{
    char whole[2 * QR_PROBLEM_SIZE], text[QR_PROBLEM_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(whole, sizeof(whole), format, arguments);
    va_end(arguments);
    (void)text_copy(text, sizeof(text), whole);
    making->failed = true;
    making->fault(making->user, index, text);
}

const char *qr_making_value(const struct qr_making *making, const char *tag)
{
    for (int i = 0; i < making->count; i++)
        if (strcmp(making->value[i].tag, tag) == 0 && (making->value[i].value[0] || strcmp(tag, "url") == 0))
            return making->value[i].value;
    return NULL;
}

void qr_making_put(struct qr_making *making, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(making->text + making->used, QR_TEXT_MAX + 1 - making->used, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length > QR_TEXT_MAX - making->used)
        making->full = true;
    else
        making->used += (size_t)length;
}

void qr_making_amount(char ret[32], const struct qr_recipe *recipe)
{
    int digits = money_digits(recipe->currency);
    int64_t scale = 1;
    for (int i = 0; i < digits; i++)
        scale *= 10;
    if (digits > 0)
        (void)snprintf(ret, 32, "%lld.%0*d", (long long)(recipe->price / scale), digits,
                       (int)(recipe->price % scale));
    else
        (void)snprintf(ret, 32, "%lld", (long long)recipe->price);
}

/* Index of what is given under this tag, -1 = nothing. */
static int tag_given(const struct qr_making *making, const char *tag)
{
    for (int i = 0; i < making->count; i++)
        if (strcmp(making->value[i].tag, tag) == 0)
            return i;
    return -1;
}

/* Takes what is given, adds defaults, and complains about what is missing or given twice. */
static void values_take(struct qr_making *making)
{
    const struct qr_recipe *recipe = making->recipe;
    for (int i = 0; i < recipe->count && i < QR_MAKE_VALUES; i++) {
        if (tag_given(making, recipe->value[i].tag) >= 0)
            qr_making_fault(making, i, "is given twice");
        if (qr_is_payers(recipe->value[i].value))
            qr_making_fault(making, i, "is a payer's code, which may hold card data");
        making->value[making->count++] = recipe->value[i];
    }
    for (int i = 0; i < QR_MAKE_NAME_COUNT; i++) {
        const struct qr_make_key *key = &qr_make_keys[i];
        int index = tag_given(making, key->tag);
        if (key->profile != recipe->profile)
            continue;
        if (index >= 0 && key->required && making->value[index].value[0] == '\0')
            qr_making_fault(making, index, "is empty; must be given: %s", key->meaning);
        if (index >= 0)
            continue;
        if (key->preset[0])
            making->value[making->count++] = (struct qr_value){key->tag, key->preset};
        else if (key->required)
            qr_making_fault(making, -1, "%s is missing: %s", key->name, key->meaning);
    }
}

static void money_check(struct qr_making *making)
{
    const struct qr_recipe *recipe = making->recipe;
    const char *only = recipe->profile == QR_ERIP  ? "BYN"
                       : recipe->profile == QR_SBP ? "RUB"
                       : recipe->profile == QR_NBU ? "UAH"
                                                   : NULL;
    char amount[32];
    if (!money_currency_known(recipe->currency))
        qr_making_fault(making, -1, "currency: \"%.20s\" is no currency of ISO 4217", recipe->currency);
    else if (only && strcmp(recipe->currency, only) != 0)
        qr_making_fault(making, -1, "currency: is %s; %s takes payments in %s only", recipe->currency,
                        qr_profile_name(recipe->profile), only);
    qr_making_amount(amount, recipe);
    if (recipe->price < 0 || strlen(amount) > QR_AMOUNT_MAX)
        qr_making_fault(making, -1, "price: %s does not fit; an amount has at most %d characters", amount,
                        QR_AMOUNT_MAX);
}

static bool letters_and_digits(struct qr_span value)
{
    for (size_t i = 0; i < value.size; i++) {
        char c = value.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
            return false;
    }
    return true;
}

/* The values that stand by themselves: of SBP and NBU. */
static void plain_check(struct qr_making *making)
{
    for (int i = 0; i < making->count; i++) {
        const struct qr_value *given = &making->value[i];
        struct qr_span value = {given->value, strlen(given->value)};
        bool known = false;
        char odd[48];
        if (value.size == 0)
            continue;
        for (int k = 0; k < QR_MAKE_NAME_COUNT; k++)
            known |= qr_make_keys[k].profile == making->recipe->profile &&
                     strcmp(qr_make_keys[k].tag, given->tag) == 0;
        qr_span_odd(odd, value);
        if (!known)
            qr_making_fault(making, i, "%s is no field of such a code", given->tag);
        else if (odd[0] || text_utf8_length(value.at, value.size) < 0)
            qr_making_fault(making, i, "holds %s", odd[0] ? odd : "bytes that are not UTF-8");
        else if (strcmp(given->tag, "bank") == 0 && !qr_span_digits(value))
            qr_making_fault(making, i, "only digits may stand there");
        else if (strcmp(given->tag, "number") == 0 && !letters_and_digits(value))
            qr_making_fault(making, i, "only letters and digits may stand there");
    }
}

static const char *value_or(const struct qr_making *making, const char *tag)
{
    const char *value = qr_making_value(making, tag);
    return value ? value : "";
}

static void make_sbp(struct qr_making *making)
{
    plain_check(making);
    qr_making_put(making, "https://qr.nspk.ru/%s?type=%s&bank=%s", value_or(making, "number"),
                  value_or(making, "type"), value_or(making, "bank"));
    if (making->recipe->price > 0)
        qr_making_put(making, "&sum=%lld&cur=RUB", (long long)making->recipe->price);
    qr_making_put(making, "&crc=%04X", (unsigned)qr_crc16(making->text, making->used));
}

/* Version 002 as codes in use have it: 13 lines, each with its end. */
static void make_nbu(struct qr_making *making)
{
    char order[QR_TEXT_MAX], amount[32], encoded[2 * QR_TEXT_MAX];
    plain_check(making);
    qr_making_amount(amount, making->recipe);
    int length = snprintf(order, sizeof(order), "BCD\n002\n1\nUCT\n\n%s\n%s\n%s%s\n%s\n\n\n%s\n\n",
                          value_or(making, "line 6"), value_or(making, "line 7"),
                          making->recipe->price > 0 ? "UAH" : "", making->recipe->price > 0 ? amount : "",
                          value_or(making, "line 9"), value_or(making, "line 12"));
    making->full |= length < 0 || (size_t)length >= sizeof(order);
    if (!making->full &&
        base64url_encode(encoded, sizeof(encoded), (const uint8_t *)order, (size_t)length) > 0)
        qr_making_put(making, "https://bank.gov.ua/qr/%s", encoded);
}

/* The reader has the last word: what it calls wrong is the fault of the value under that tag. */
static void told(void *user, enum qr_verdict level, const char *tag, const char *text)
{
    struct qr_making *making = user;
    int index = -1;
    tag = strcmp(tag, "#") == 0 ? "url" : tag;
    for (int i = 0; i < making->recipe->count; i++)
        if (strcmp(making->recipe->value[i].tag, tag) == 0)
            index = i;
    if (level == QR_ERROR && index >= 0)
        qr_making_fault(making, index, "%s", text);
    else if (level == QR_ERROR)
        qr_making_fault(making, -1, "%s%s%s", tag, tag[0] ? ": " : "", text);
}

bool qr_make(char *ret, const struct qr_recipe *recipe, qr_make_fault *fault, void *user)
{
    struct qr_making making = {.recipe = recipe, .fault = fault, .user = user, .text = ret};
    struct qr_facts facts;
    ret[0] = '\0';
    values_take(&making);
    money_check(&making);
    if (recipe->profile == QR_SBP)
        make_sbp(&making);
    else if (recipe->profile == QR_NBU)
        make_nbu(&making);
    else
        qr_making_tlv(&making);
    if (making.full)
        qr_making_fault(&making, -1, "the code gets longer than %d bytes", QR_TEXT_MAX);
    if (!making.failed)
        (void)qr_explain(ret, NULL, &facts, &(struct qr_listener){.complaint = told, .user = &making});
    if (!making.failed && facts.profile != recipe->profile)
        qr_making_fault(&making, -1, "with these values it would be taken for an %s code",
                        qr_profile_name(facts.profile));
    if (making.failed)
        ret[0] = '\0';
    return !making.failed;
}
