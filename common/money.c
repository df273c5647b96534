#include "common/money.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct money_currency {
    char letters[4], number[4];
    int digits;
};

/* ISO 4217, active codes of means of payment; metals, funds of the IMF and test codes left out. */
static const struct money_currency currencies[] = {
    {"AED", "784", 2}, {"AFN", "971", 2}, {"ALL", "008", 2}, {"AMD", "051", 2}, {"ANG", "532", 2},
    {"AOA", "973", 2}, {"ARS", "032", 2}, {"AUD", "036", 2}, {"AWG", "533", 2}, {"AZN", "944", 2},
    {"BAM", "977", 2}, {"BBD", "052", 2}, {"BDT", "050", 2}, {"BGN", "975", 2}, {"BHD", "048", 3},
    {"BIF", "108", 0}, {"BMD", "060", 2}, {"BND", "096", 2}, {"BOB", "068", 2}, {"BOV", "984", 2},
    {"BRL", "986", 2}, {"BSD", "044", 2}, {"BTN", "064", 2}, {"BWP", "072", 2}, {"BYN", "933", 2},
    {"BZD", "084", 2}, {"CAD", "124", 2}, {"CDF", "976", 2}, {"CHE", "947", 2}, {"CHF", "756", 2},
    {"CHW", "948", 2}, {"CLF", "990", 4}, {"CLP", "152", 0}, {"CNY", "156", 2}, {"COP", "170", 2},
    {"COU", "970", 2}, {"CRC", "188", 2}, {"CUC", "931", 2}, {"CUP", "192", 2}, {"CVE", "132", 2},
    {"CZK", "203", 2}, {"DJF", "262", 0}, {"DKK", "208", 2}, {"DOP", "214", 2}, {"DZD", "012", 2},
    {"EGP", "818", 2}, {"ERN", "232", 2}, {"ETB", "230", 2}, {"EUR", "978", 2}, {"FJD", "242", 2},
    {"FKP", "238", 2}, {"GBP", "826", 2}, {"GEL", "981", 2}, {"GHS", "936", 2}, {"GIP", "292", 2},
    {"GMD", "270", 2}, {"GNF", "324", 0}, {"GTQ", "320", 2}, {"GYD", "328", 2}, {"HKD", "344", 2},
    {"HNL", "340", 2}, {"HRK", "191", 2}, {"HTG", "332", 2}, {"HUF", "348", 2}, {"IDR", "360", 2},
    {"ILS", "376", 2}, {"INR", "356", 2}, {"IQD", "368", 3}, {"IRR", "364", 2}, {"ISK", "352", 0},
    {"JMD", "388", 2}, {"JOD", "400", 3}, {"JPY", "392", 0}, {"KES", "404", 2}, {"KGS", "417", 2},
    {"KHR", "116", 2}, {"KMF", "174", 0}, {"KPW", "408", 2}, {"KRW", "410", 0}, {"KWD", "414", 3},
    {"KYD", "136", 2}, {"KZT", "398", 2}, {"LAK", "418", 2}, {"LBP", "422", 2}, {"LKR", "144", 2},
    {"LRD", "430", 2}, {"LSL", "426", 2}, {"LYD", "434", 3}, {"MAD", "504", 2}, {"MDL", "498", 2},
    {"MGA", "969", 2}, {"MKD", "807", 2}, {"MMK", "104", 2}, {"MNT", "496", 2}, {"MOP", "446", 2},
    {"MRU", "929", 2}, {"MUR", "480", 2}, {"MVR", "462", 2}, {"MWK", "454", 2}, {"MXN", "484", 2},
    {"MXV", "979", 2}, {"MYR", "458", 2}, {"MZN", "943", 2}, {"NAD", "516", 2}, {"NGN", "566", 2},
    {"NIO", "558", 2}, {"NOK", "578", 2}, {"NPR", "524", 2}, {"NZD", "554", 2}, {"OMR", "512", 3},
    {"PAB", "590", 2}, {"PEN", "604", 2}, {"PGK", "598", 2}, {"PHP", "608", 2}, {"PKR", "586", 2},
    {"PLN", "985", 2}, {"PYG", "600", 0}, {"QAR", "634", 2}, {"RON", "946", 2}, {"RSD", "941", 2},
    {"RUB", "643", 2}, {"RWF", "646", 0}, {"SAR", "682", 2}, {"SBD", "090", 2}, {"SCR", "690", 2},
    {"SDG", "938", 2}, {"SEK", "752", 2}, {"SGD", "702", 2}, {"SHP", "654", 2}, {"SLE", "925", 2},
    {"SLL", "694", 2}, {"SOS", "706", 2}, {"SRD", "968", 2}, {"SSP", "728", 2}, {"STN", "930", 2},
    {"SVC", "222", 2}, {"SYP", "760", 2}, {"SZL", "748", 2}, {"THB", "764", 2}, {"TJS", "972", 2},
    {"TMT", "934", 2}, {"TND", "788", 3}, {"TOP", "776", 2}, {"TRY", "949", 2}, {"TTD", "780", 2},
    {"TWD", "901", 2}, {"TZS", "834", 2}, {"UAH", "980", 2}, {"UGX", "800", 0}, {"USD", "840", 2},
    {"USN", "997", 2}, {"UYI", "940", 0}, {"UYU", "858", 2}, {"UYW", "927", 4}, {"UZS", "860", 2},
    {"VED", "926", 2}, {"VES", "928", 2}, {"VND", "704", 0}, {"VUV", "548", 0}, {"WST", "882", 2},
    {"XAF", "950", 0}, {"XCD", "951", 2}, {"XOF", "952", 0}, {"XPF", "953", 0}, {"YER", "886", 2},
    {"ZAR", "710", 2}, {"ZMW", "967", 2}, {"ZWL", "932", 2},
};
enum { CURRENCY_COUNT = sizeof(currencies) / sizeof(currencies[0]) };

static const struct money_currency *currency_find(const char *letters)
{
    for (size_t i = 0; i < CURRENCY_COUNT; i++)
        if (strcmp(currencies[i].letters, letters) == 0)
            return &currencies[i];
    return NULL;
}

int money_digits(const char *currency)
{
    const struct money_currency *found = currency_find(currency);
    return found ? found->digits : 2;
}

int money_currency_known(const char *letters)
{
    return currency_find(letters) != NULL;
}

int money_number_of_currency(char ret[4], const char *letters)
{
    const struct money_currency *found = currency_find(letters);
    memcpy(ret, found ? found->number : "", found ? 4 : 1);
    return found != NULL;
}

const char *money_currency_of_number(const char *number)
{
    for (size_t i = 0; i < CURRENCY_COUNT; i++)
        if (strcmp(currencies[i].number, number) == 0)
            return currencies[i].letters;
    return NULL;
}

/* Digits of value with a separator between groups of three, from five digits on (1250, but 12 500). */
static void group_digits(char *ret, size_t size, uint64_t value, const char *separator)
{
    char plain[24];
    int length = snprintf(plain, sizeof(plain), "%llu", (unsigned long long)value);
    size_t used = 0;
    ret[0] = '\0';
    for (int i = 0; i < length && used < size; i++) {
        bool gap = length > 4 && i > 0 && (length - i) % 3 == 0;
        used += (size_t)snprintf(ret + used, size - used, "%s%c", gap ? separator : "", plain[i]);
    }
}

/* What people of the language write behind an amount of that currency; the ISO letters where they differ or
 * where a word ("рубль") is that of two currencies. */
static const char *currency_sign(const char *currency, const char *language)
{
    static const struct {
        char language[4], currency[4];
        const char *sign;
    } signs[] = {{"uk", "UAH", "грн"},
                 {"ru", "RUB", "₽"},
                 {"pl", "PLN", "zł"},
                 {"pl", "EUR", "€"},
                 {"lt", "EUR", "€"}};
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (strcmp(signs[i].language, language) == 0 && strcmp(signs[i].currency, currency) == 0)
            return signs[i].sign;
    return currency;
}

size_t money_format(char *ret, size_t size, int64_t minor, const char *currency, const char *language)
{
    bool point = strcmp(language, "en") == 0;
    int digits = money_digits(currency);
    uint64_t scale = 1;
    for (int i = 0; i < digits; i++)
        scale *= 10;
    uint64_t magnitude = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    char whole[64], fraction[8] = "";
    /* U+00A0: a line break inside a number would make it another number. */
    group_digits(whole, sizeof(whole), magnitude / scale, point ? "," : "\xC2\xA0");
    if (digits > 0)
        (void)snprintf(fraction, sizeof(fraction), "%c%0*u", point ? '.' : ',', digits,
                       (unsigned)(magnitude % scale));
    char text[96];
    int length = snprintf(text, sizeof(text), "%s%s%s%s%s", minor < 0 ? "-" : "", whole, fraction,
                          currency[0] ? " " : "", currency_sign(currency, language));
    if (size == 0)
        return 0;
    size_t copied = (size_t)length < size ? (size_t)length : size - 1;
    while (copied < (size_t)length && copied > 0 && ((unsigned char)text[copied] & 0xC0) == 0x80)
        copied--;
    memcpy(ret, text, copied);
    ret[copied] = '\0';
    return copied;
}
