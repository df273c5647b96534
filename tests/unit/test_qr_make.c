#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/money.h"
#include "tests/unit/qr_round.h"

static char text[QR_TEXT_MAX + 1], told[4096];

void qr_round_failed(const char *fact, const char *code)
{
    fail_msg("%s: %s", fact, code);
}

static void tell(void *user, int index, const char *words)
{
    size_t used = strlen(told);
    (void)user;
    (void)snprintf(told + used, sizeof(told) - used, "%d: %s\n", index, words);
}

static bool make(const struct qr_recipe *recipe)
{
    told[0] = '\0';
    return qr_make(text, recipe, tell, NULL);
}

static void issued_codes_come_out_as_they_were_issued(void **state)
{
    (void)state;
    const struct qr_recipe erip = {.profile = QR_ERIP,
                                   .price = 250,
                                   .currency = "BYN",
                                   .count = 6,
                                   .value = {{"32-01", "4440631"},
                                             {"32-10", "12345-1-K7S03"},
                                             {"52", "5814"},
                                             {"59", "KIOSKTEST"},
                                             {"60", "Minsk"},
                                             {"url", ""}}};
    assert_true(make(&erip));
    assert_string_equal(
        text, "00020101021132480010by.raschet01074440631101312345-1-K7S0312021252045814530393354042."
              "505802BY5909KIOSKTEST6005Minsk6304954A");
    const struct qr_recipe sbp = {
        .profile = QR_SBP,
        .price = 10000,
        .currency = "RUB",
        .count = 2,
        .value = {{"number", "AS10003P3RH0LJ2A9ROO038L6NT5RU1M"}, {"bank", "000000000001"}}};
    assert_true(make(&sbp));
    assert_string_equal(
        text, "https://qr.nspk.ru/"
              "AS10003P3RH0LJ2A9ROO038L6NT5RU1M?type=01&bank=000000000001&sum=10000&cur=RUB&crc=F3D0");
}

static void a_sum_with_leading_zeros_keeps_them(void **state)
{
    (void)state;
    const struct qr_recipe emv = {.profile = QR_EMV,
                                  .price = 250,
                                  .currency = "BYN",
                                  .count = 7,
                                  .value = {{"26-00", "com.example.kiosk"},
                                            {"26-01", "K7"},
                                            {"26-02", "S05100"},
                                            {"52", "5814"},
                                            {"58", "BY"},
                                            {"59", "KIOSKTEST"},
                                            {"60", "MINSK"}}};
    assert_true(make(&emv));
    assert_string_equal(text + strlen(text) - 8, "63040002");
}

static void every_fault_is_told_with_its_value(void **state)
{
    (void)state;
    const struct qr_recipe emv = {.profile = QR_EMV,
                                  .price = 99999999999999,
                                  .currency = "BYN",
                                  .count = 9,
                                  .value = {{"26-00", ""},
                                            {"58", "by"},
                                            {"59", "a name of twenty-six letters"},
                                            {"63", "ABCD"},
                                            {"26", "x"},
                                            {"70", "x"},
                                            {"62-55", "x"},
                                            {"58", "BY"},
                                            {"5x", "1"}}};
    assert_false(make(&emv));
    assert_string_equal(text, "");
    assert_string_equal(
        told, "7: is given twice\n"
              "0: is empty; must be given: whose account it is: a reversed domain name, AID or UUID\n"
              "-1: city is missing: the merchant's city, at most 15 characters\n"
              "-1: price: 999999999999.99 does not fit; an amount has at most 13 characters\n"
              "1: not a country: two capital letters, like BY\n"
              "2: 28 characters, allowed are 1 to 25\n"
              "3: is made by itself\n"
              "4: is a template; give the fields inside of it, like 26-01\n"
              "5: is reserved by EMVCo\n"
              "6: is not known there\n"
              "8: \"5x\" is no tag; must be like 59 or 26-01\n");
}

static void the_currency_must_be_one_that_the_system_takes(void **state)
{
    (void)state;
    struct qr_recipe erip = {.profile = QR_ERIP,
                             .price = 250,
                             .currency = "UAH",
                             .count = 2,
                             .value = {{"32-01", "123"}, {"32-10", "1"}}};
    assert_false(make(&erip));
    assert_non_null(strstr(told, "BYN only"));
    erip.currency = "XYZ";
    assert_false(make(&erip));
    assert_non_null(strstr(told, "no currency"));
}

static void a_template_holds_99_characters_and_no_more(void **state)
{
    (void)state;
    char account[100];
    struct qr_recipe erip = {.profile = QR_ERIP,
                             .price = 250,
                             .currency = "BYN",
                             .count = 2,
                             .value = {{"32-01", "123"}, {"32-10", account}}};
    memset(account, 'a', sizeof(account));
    account[68] = '\0'; /* 14 for by.raschet, 7 for 123, 6 for 12, 4 before it */
    assert_true(make(&erip));
    account[68] = 'a';
    account[69] = '\0';
    assert_false(make(&erip));
    assert_non_null(strstr(told, "99 characters"));
}

static void amounts_have_the_decimals_of_their_currency(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"BYN", "54042.50"}, {"JPY", "5403250"}, {"KWD", "54050.250"}, {"CLF", "54060.0250"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct qr_recipe emv = {.profile = QR_EMV,
                                      .price = 250,
                                      .currency = cases[i][0],
                                      .count = 4,
                                      .value = {{"26-00", "a"}, {"58", "BY"}, {"59", "n"}, {"60", "c"}}};
        assert_true(qr_round(&emv));
        assert_true(make(&emv));
        assert_non_null(strstr(text, cases[i][1]));
    }
}

static void only_built_kinds_get_another_price(void **state)
{
    (void)state;
    assert_false(qr_make_price(text, "https://shop.example/42", 250, "BYN"));
    assert_false(qr_make_price(text, "000201", 250, "BYN"));
    assert_false(
        qr_make_price(text, "ST00012|Name=Shop|PersonalAcc=1|BankName=B|BIC=1|CorrespAcc=0", 250, "RUB"));
    assert_string_equal(text, "");
}

/* ---- random values ---- */

static uint64_t seed;

static unsigned draw(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % below;
}

static const char *draw_value(char *at, size_t most)
{
    static const char *const letters[] = {"a",  "Z", "0", "7", "9", " ", "-", "_", ".",  "#",
                                          "%",  "&", "=", "/", "ў", "і", "ї", "ґ", "最", "\xF0\x9F\x8D\xAB",
                                          "\"", "'", ";", "*", "+", "?"};
    size_t length = draw((unsigned)most) + 1;
    char *const begin = at;
    for (size_t i = 0; i < length; i++)
        at = stpcpy(at, letters[draw(sizeof(letters) / sizeof(letters[0]))]);
    return begin;
}

static const char *draw_digits(char *at, unsigned length)
{
    for (unsigned i = 0; i < length; i++)
        at[i] = (char)('0' + draw(10));
    at[length] = '\0';
    return at;
}

/* Mostly what fits; now and then not. */
static const char *draw_fitting(const struct qr_make_key *key, char *at)
{
    if (draw(40) == 0)
        return draw_value(at, 30);
    if (strcmp(key->tag, "52") == 0)
        return draw_digits(at, 4);
    if (strcmp(key->tag, "58") == 0)
        return "UA";
    if (strcmp(key->tag, "32-01") == 0)
        return draw_digits(at, 3 + draw(5));
    if (strcmp(key->tag, "number") == 0 || strcmp(key->tag, "bank") == 0)
        return draw_digits(at, 12);
    if (strcmp(key->tag, "type") == 0)
        return draw(2) ? "01" : "02";
    if (strcmp(key->tag, "line 7") == 0)
        return "UA723220010000026002360009669";
    if (strcmp(key->tag, "url") == 0)
        return draw(3) == 0 ? "" : draw(2) ? "https://pay.raschet.by/" : "https://a.example/p?x=%20";
    return draw_value(at, 10);
}

static void draw_recipe(struct qr_recipe *recipe, char pool[][128])
{
    static const enum qr_profile profiles[] = {QR_EMV, QR_ERIP, QR_SBP, QR_NBU};
    static const char *const currencies[] = {"EUR", "BYN", "RUB", "UAH"}, *const more[] = {"26-01", "33-06",
                                                                                           "80-00", "61"};
    unsigned which = draw(4);
    *recipe = (struct qr_recipe){.profile = profiles[which],
                                 .price = draw(8) ? draw(1000000000) : 0,
                                 .currency = currencies[which],
                                 .editable = draw(2)};
    for (int i = 0; i < QR_MAKE_NAME_COUNT; i++) {
        const struct qr_make_key *key = &qr_make_keys[i];
        bool wanted = key->required || strcmp(key->name, "account") == 0 || draw(2);
        if (key->profile == recipe->profile && wanted) {
            recipe->value[recipe->count] =
                (struct qr_value){key->tag, draw_fitting(key, pool[recipe->count])};
            recipe->count++;
        }
    }
    if (which < 2 && draw(3) == 0) {
        recipe->value[recipe->count] = (struct qr_value){more[draw(4)], draw_value(pool[recipe->count], 8)};
        recipe->count++;
    }
}

static void whatever_is_built_is_read_again(void **state)
{
    static char pool[QR_MAKE_VALUES][128];
    (void)state;
    struct qr_recipe recipe;
    int made = 0, rounds = 2000;
    for (int i = 0; i < rounds; i++) {
        seed = (uint64_t)i;
        draw_recipe(&recipe, pool);
        made += qr_round(&recipe);
    }
    assert_in_range(made, rounds / 2, rounds - 1); /* most fit, and some do not */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issued_codes_come_out_as_they_were_issued),
        cmocka_unit_test(a_sum_with_leading_zeros_keeps_them),
        cmocka_unit_test(every_fault_is_told_with_its_value),
        cmocka_unit_test(the_currency_must_be_one_that_the_system_takes),
        cmocka_unit_test(a_template_holds_99_characters_and_no_more),
        cmocka_unit_test(amounts_have_the_decimals_of_their_currency),
        cmocka_unit_test(only_built_kinds_get_another_price),
        cmocka_unit_test(whatever_is_built_is_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
