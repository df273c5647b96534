#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/qr.h"
#include "common/qr_parts.h"
#include "tests/unit/qr_sums.h"

static struct qr_facts facts;
static char problem[QR_PROBLEM_SIZE];

/* The first fields of a line of qr_vectors.tsv. */
struct vector {
    char *name, *profile, *verdict, *amount, *currency, *account, *text;
};

typedef void vector_check(const struct vector *vector);

/* tests/unit is looked for from the top of the tree, where the tests are started. */
static void each_vector(vector_check *check)
{
    static char line[4096];
    FILE *file = fopen("tests/unit/qr_vectors.tsv", "r");
    assert_non_null(file);
    int count = 0;
    assert_non_null(fgets(line, sizeof(line), file));
    while (fgets(line, sizeof(line), file)) {
        struct vector vector;
        char *rest = line;
        char **fields[] = {&vector.name,     &vector.profile, &vector.verdict, &vector.amount,
                           &vector.currency, &vector.account, &vector.text};
        line[strcspn(line, "\n")] = '\0';
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
            *fields[i] = strsep(&rest, "\t");
            assert_non_null(*fields[i]);
        }
        check(&vector);
        count++;
    }
    (void)fclose(file);
    assert_int_equal(count, 16);
}

static void vector_read(const struct vector *vector)
{
    bool good = qr_read(vector->text, &facts, problem);
    assert_int_equal(strcasecmp(qr_profile_name(facts.profile), vector->profile), 0);
    assert_int_equal(good, strcmp(vector->verdict, "invalid") != 0);
    assert_int_equal(facts.sum_old, strcmp(vector->verdict, "old-crc") == 0);
    assert_int_equal(problem[0] == '\0', good);
    if (!good)
        return;
    assert_int_equal(facts.amount, strtol(vector->amount, NULL, 10));
    assert_int_equal(facts.has_amount, facts.amount > 0);
    assert_string_equal(facts.currency, vector->currency);
    assert_string_equal(facts.account, vector->account);
    assert_int_equal(facts.sum_good, facts.profile != QR_NBU);
}

static void every_vector_reads_as_published(void **state)
{
    (void)state;
    each_vector(vector_read);
}

/* Any other single character in a text with a checksum is found, or the text is no longer of that profile. */
static void vector_flip(const struct vector *vector)
{
    char text[QR_TEXT_MAX + 1];
    if (strcmp(vector->verdict, "invalid") == 0 || strcmp(vector->profile, "nbu") == 0)
        return;
    bool erip_url = strcmp(vector->profile, "erip") == 0 && strchr(vector->text, '#');
    size_t size = strlen(vector->text),
           from = erip_url ? (size_t)(strchr(vector->text, '#') - vector->text) + 1 : 0;
    const char *crc = strstr(vector->text, "&crc="); /* without its name a checksum is not one */
    size = crc ? (size_t)(crc - vector->text) : size;
    for (size_t at = from; at < size; at++) {
        (void)snprintf(text, sizeof(text), "%s", vector->text);
        text[at] = text[at] == '0' ? '1' : '0';
        bool good = qr_read(text, &facts, problem);
        /* The digits of a checksum of 4 characters meet by chance once in 65536: not in these texts. */
        if (good && facts.profile != QR_OPAQUE)
            fail_msg("%s: a change at %zu was not found", vector->name, at);
    }
}

static void any_single_changed_character_is_found(void **state)
{
    (void)state;
    each_vector(vector_flip);
}

static void vector_cut(const struct vector *vector)
{
    char text[QR_TEXT_MAX + 1];
    for (size_t size = 0; size <= strlen(vector->text); size++) {
        (void)snprintf(text, sizeof(text), "%.*s", (int)size, vector->text);
        (void)qr_read(text, &facts, problem);
        (void)qr_check(text, 250, "BYN", problem);
    }
}

static void cut_texts_never_crash(void **state)
{
    (void)state;
    each_vector(vector_cut);
}

static const char fixed_250[] = "00020101021132480010by.raschet01074440631101312345-1-"
                                "K7S0312021252045814530393354042.505802BY5909KIOSKTEST6005"
                                "Minsk6304954A";

static void check_compares_price_and_currency(void **state)
{
    (void)state;
    assert_int_equal(qr_check(fixed_250, 250, "BYN", problem), QR_GOOD);
    assert_string_equal(problem, "");
    assert_int_equal(qr_check(fixed_250, 251, "BYN", problem), QR_ERROR);
    assert_string_equal(problem, "the ERIP code asks for 2.50 BYN, the price is 2.51 BYN");
    assert_int_equal(qr_check(fixed_250, 250, "UAH", problem), QR_ERROR);
    assert_string_equal(problem, "the ERIP code asks for BYN, the kiosk sells in UAH");
}

static void check_of(const char *text, int64_t price, const char *currency, enum qr_verdict wanted,
                     const char *part)
{
    enum qr_verdict got = qr_check(text, price, currency, problem);
    if (got != wanted || !strstr(problem, part))
        fail_msg("verdict %d, %s: wanted %d, %s", got, problem, wanted, part);
}

static void check_warns_about_what_the_payer_may_change(void **state)
{
    (void)state;
    check_of("https://pay.raschet.by/"
             "#00020132320010by.raschet0107466579110032715303933540511.415802BY5911UNP_46657916007"
             "Belarus6304A57C",
             1141, "BYN", QR_WARNING, "may change");
    check_of("00020101021232430010by.raschet010639393110093360957501202115303933540510.0563042ECF", 1005,
             "BYN", QR_WARNING, "may change");
    check_of("https://qr.nspk.ru/AS100001ORTF4GAF80KPJ53K186D9A3G?type=01&bank=100000000007&crc=0C8A", 100,
             "RUB", QR_WARNING, "no amount");
}

static void check_refuses_what_is_broken(void **state)
{
    (void)state;
    check_of("", 250, "BYN", QR_ERROR, "empty");
    check_of("hQVDUFYwMQ", 250, "BYN", QR_ERROR, "payer's code");
    check_of("https://qr.nspk.ru/AD10006K1GQ7788G9ACAAM970SGCOLNM?type=02&&sum=1100&cur=RUB&crc=CD70", 1100,
             "RUB", QR_ERROR, "crc");
    check_of("\xC3\x28", 250, "BYN", QR_ERROR, "UTF-8");
    static char longest[QR_TEXT_MAX + 2];
    memset(longest, 'a', QR_TEXT_MAX + 1);
    check_of(longest, 250, "BYN", QR_ERROR, "longer");
    longest[QR_TEXT_MAX] = '\0';
    check_of(longest, 250, "BYN", QR_GOOD, "");
}

static void a_payers_code_is_not_repeated(void **state)
{
    (void)state;
    (void)qr_check("hQVDUFYwMWFPNEAAAAGQECFQA5VSU0FET1c=", 250, "BYN", problem);
    assert_null(strstr(problem, "MWFP"));
}

static void transfers_warn_that_nothing_confirms(void **state)
{
    (void)state;
    check_of("BCD\n001\n1\nSCT\nBPOTBEB1\nRed Cross\nBE72000000001616\nEUR1.50\n\n\nHelp\n", 150, "EUR",
             QR_WARNING, "no confirmation");
    check_of("BCD\n001\n1\nSCT\nBPOTBEB1\nRed Cross\nBE72000000001616\nEUR1.50\n\n\nHelp\n", 151, "EUR",
             QR_ERROR, "1.50");
    check_of("ST00012|Name=Shop|PersonalAcc=40702810900000000001|BankName=Bank|BIC=044525225|CorrespAcc=0|"
             "Sum=25000",
             25000, "RUB", QR_WARNING, "no confirmation");
    check_of("ST00012|Name=Shop|PersonalAcc=40702810900000000001|BankName=Bank|BIC=044525225|Sum=25000",
             25000, "RUB", QR_ERROR, "CorrespAcc");
    check_of("ST00014|Name=Shop", 25000, "RUB", QR_ERROR, "encoding");
}

static void other_texts_are_opaque_and_good(void **state)
{
    (void)state;
    assert_true(qr_read("https://shop.example/42", &facts, problem));
    assert_int_equal(facts.profile, QR_OPAQUE);
    check_of("https://shop.example/42", 250, "BYN", QR_GOOD, "");
}

static void lengths_count_characters_and_sums_count_bytes(void **state)
{
    (void)state;
    assert_int_equal(qr_crc16("123456789", 9), 0x29B1); /* the published check value of CRC-16/CCITT-FALSE */
    char text[256], whole[300];
    (void)snprintf(text, sizeof(text),
                   "00020126180014com.example.ab5204581453039335402255802BY5904Кафэ6005Минск6304");
    (void)snprintf(whole, sizeof(whole), "%s%04X", text, (unsigned)qr_crc16(text, strlen(text)));
    assert_true(qr_read(whole, &facts, problem));
    assert_string_equal(facts.merchant, "Кафэ");
    assert_int_equal(facts.amount, 2500);
}

static void malformed_tlv_is_refused_with_its_place(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"0002015303933540022", "54: length 00"},               /* 54 of length 00 and a rest */
        {"0002015303933530393354042.50", "53: there twice"},    /* an ID twice */
        {"00020154040.00", "54: the amount is zero"},           /* EMV: never zero */
        {"0002015403-12", "54: not an amount"},                 /* no digits */
        {"00020154051.2.3", "54: not an amount"},               /* two marks */
        {"000201530393354052.505", "54: not an amount of BYN"}, /* finer than the currency */
        {"0002015303001", "53: not a currency"},                /* unknown number */
        {"00020126080104abcd", "26-00: the GUID is missing"},   /* template without GUID */
        {"0002015926abcdefghijklmnopqrstuvwxyz", "59: 26"},     /* name too long */
        {"0002016230052612345678901234567890123456", "62-05"},  /* reference too long */
        {"00020199", "99: length 63 runs"},                     /* cut after an ID */
        {"0002016299", "62: length 99 runs past the end"},      /* length beyond the text */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool good = qr_read(summed(cases[i][0]), &facts, problem);
        if (good || !strstr(problem, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], problem);
    }
}

static void the_checksum_stands_last_in_upper_case(void **state)
{
    (void)state;
    assert_false(qr_read("0002015303933540525.00", &facts, problem));
    assert_non_null(strstr(problem, "63"));
    char text[64];
    (void)snprintf(text, sizeof(text), "%s5802BY", summed("0002015303933"));
    assert_false(qr_read(text, &facts, problem));
    assert_non_null(strstr(problem, "last"));
}

static void a_field_that_emvco_requires_must_be_there(void **state)
{
    (void)state;
    static const char *const fields[] = {"26050001a", "52045814", "5303933", "5802BY", "5901N", "6001C"};
    enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };
    for (size_t left_out = 0; left_out <= FIELDS; left_out++) {
        char text[128] = "000201";
        for (size_t i = 0; i < FIELDS; i++)
            if (i != left_out)
                strcat(text, fields[i]);
        assert_int_equal(qr_read(summed(text), &facts, problem), left_out == FIELDS);
        assert_int_equal(facts.incomplete, left_out < FIELDS);
    }
}

static void percent_escapes_are_decoded_only_after_the_hash(void **state)
{
    (void)state;
    assert_false(qr_read("https://pay.raschet.by/#000201%3", &facts, problem));
    assert_non_null(strstr(problem, "percent"));
    assert_false(qr_read("https://pay.raschet.by/#000201%00", &facts, problem));
    assert_false(qr_read("https://pay.raschet.by/#000201%FF", &facts, problem));
}

static void nbu_codes_are_read_line_by_line(void **state)
{
    (void)state;
    assert_false(qr_read("https://bank.gov.ua/qr/QkNE=", &facts, problem));
    assert_non_null(strstr(problem, "base64url"));
    assert_false(qr_read("https://bank.gov.ua/qr/QkNE", &facts, problem)); /* "BCD" alone */
    assert_non_null(strstr(problem, "line 1"));
    assert_false(qr_read("https://bank.gov.ua/qr/", &facts, problem));
}

static void amounts_become_minor_units(void **state)
{
    (void)state;
    int64_t minor = -1;
    assert_true(qr_amount_read("2.5", 3, 2, &minor) && minor == 250);
    assert_true(qr_amount_read("2.500", 5, 2, &minor) && minor == 250);
    assert_true(qr_amount_read("7", 1, 0, &minor) && minor == 7);
    assert_true(qr_amount_read("7.000", 5, 0, &minor) && minor == 7);
    assert_true(qr_amount_read("9999999999999", 13, 4, &minor) && minor == INT64_C(99999999999990000));
    assert_false(qr_amount_read(".", 1, 2, &minor));
    assert_false(qr_amount_read("", 0, 2, &minor));
    assert_false(qr_amount_read("1,5", 3, 2, &minor));
    assert_false(qr_amount_read("12345678901234", 14, 2, &minor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_reads_as_published),
        cmocka_unit_test(any_single_changed_character_is_found),
        cmocka_unit_test(cut_texts_never_crash),
        cmocka_unit_test(check_compares_price_and_currency),
        cmocka_unit_test(check_warns_about_what_the_payer_may_change),
        cmocka_unit_test(check_refuses_what_is_broken),
        cmocka_unit_test(a_payers_code_is_not_repeated),
        cmocka_unit_test(transfers_warn_that_nothing_confirms),
        cmocka_unit_test(other_texts_are_opaque_and_good),
        cmocka_unit_test(lengths_count_characters_and_sums_count_bytes),
        cmocka_unit_test(malformed_tlv_is_refused_with_its_place),
        cmocka_unit_test(the_checksum_stands_last_in_upper_case),
        cmocka_unit_test(a_field_that_emvco_requires_must_be_there),
        cmocka_unit_test(percent_escapes_are_decoded_only_after_the_hash),
        cmocka_unit_test(nbu_codes_are_read_line_by_line),
        cmocka_unit_test(amounts_become_minor_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
