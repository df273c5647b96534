#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include "common/money.h"

static const char *format(int64_t minor, const char *currency, const char *language)
{
    static char text[64];
    size_t length = money_format(text, sizeof(text), minor, currency, language);
    assert_int_equal(length, strlen(text));
    return text;
}

static void amounts_are_written_as_the_language_does(void **state)
{
    (void)state;
    assert_string_equal(format(250, "BYN", "en"), "2.50 BYN");
    assert_string_equal(format(250, "BYN", "be"), "2,50 BYN");
    assert_string_equal(format(250, "BYN", "ru"), "2,50 BYN");
    assert_string_equal(format(250, "BYN", "pl"), "2,50 BYN");
    assert_string_equal(format(250, "BYN", "lt"), "2,50 BYN");
    assert_string_equal(format(0, "RUB", "be"), "0,00 RUB");
}

static void a_languages_own_currency_has_its_sign(void **state)
{
    (void)state;
    assert_string_equal(format(5, "UAH", "uk"), "0,05 грн");
    assert_string_equal(format(0, "RUB", "ru"), "0,00 ₽");
    assert_string_equal(format(1234567, "PLN", "pl"), "12\xC2\xA0"
                                                      "345,67 zł");
    assert_string_equal(format(250, "EUR", "lt"), "2,50 €");
    assert_string_equal(format(250, "EUR", "pl"), "2,50 €");
    assert_string_equal(format(250, "EUR", "en"), "2.50 EUR");
    assert_string_equal(format(250, "UAH", "ru"), "2,50 UAH");
}

static void currencies_have_their_own_digits(void **state)
{
    (void)state;
    assert_string_equal(format(250, "JPY", "en"), "250 JPY");
    assert_string_equal(format(1250, "KWD", "en"), "1.250 KWD");
    assert_string_equal(format(12345, "CLF", "en"), "1.2345 CLF");
    assert_int_equal(money_digits("KWD"), 3);
    assert_int_equal(money_digits("VND"), 0);
    assert_int_equal(money_digits("ZZZ"), 2);
}

static void thousands_are_grouped_from_five_digits_on(void **state)
{
    (void)state;
    assert_string_equal(format(123456, "BYN", "en"), "1234.56 BYN");
    assert_string_equal(format(1234567, "BYN", "en"), "12,345.67 BYN");
    assert_string_equal(format(123456789, "BYN", "ru"), "1\xC2\xA0"
                                                        "234\xC2\xA0"
                                                        "567,89 BYN");
}

static void the_greatest_and_the_least_amount_are_written(void **state)
{
    (void)state;
    assert_string_equal(format(INT64_MAX, "BYN", "en"), "92,233,720,368,547,758.07 BYN");
    assert_string_equal(format(INT64_MIN, "BYN", "en"), "-92,233,720,368,547,758.08 BYN");
    assert_string_equal(format(-1, "BYN", "en"), "-0.01 BYN");
}

static void too_little_room_cuts_between_characters(void **state)
{
    (void)state;
    char text[16];
    assert_int_equal(money_format(text, 5, 250, "BYN", "en"), 4);
    assert_string_equal(text, "2.50");
    /* "12" and half a no-break space would be 3 bytes. */
    assert_int_equal(money_format(text, 4, 1234567, "BYN", "ru"), 2);
    assert_string_equal(text, "12");
    assert_int_equal(money_format(text, 1, 250, "BYN", "en"), 0);
    assert_int_equal(money_format(text, 0, 250, "BYN", "en"), 0);
}

static void numbers_of_iso_4217_have_letters(void **state)
{
    (void)state;
    assert_string_equal(money_currency_of_number("933"), "BYN");
    assert_string_equal(money_currency_of_number("980"), "UAH");
    assert_string_equal(money_currency_of_number("643"), "RUB");
    assert_string_equal(money_currency_of_number("008"), "ALL");
    assert_null(money_currency_of_number("8"));
    assert_null(money_currency_of_number("000"));
    assert_null(money_currency_of_number(""));
}

static void only_currencies_are_known(void **state)
{
    (void)state;
    assert_true(money_currency_known("BYN"));
    assert_false(money_currency_known("byn"));
    assert_false(money_currency_known("XXX"));
    assert_false(money_currency_known("BYNN"));
    assert_false(money_currency_known(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_written_as_the_language_does),
        cmocka_unit_test(a_languages_own_currency_has_its_sign),
        cmocka_unit_test(currencies_have_their_own_digits),
        cmocka_unit_test(thousands_are_grouped_from_five_digits_on),
        cmocka_unit_test(the_greatest_and_the_least_amount_are_written),
        cmocka_unit_test(too_little_room_cuts_between_characters),
        cmocka_unit_test(numbers_of_iso_4217_have_letters),
        cmocka_unit_test(only_currencies_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
