/* A code told field by field: names, meanings, and what is wrong with each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "common/qr.h"
#include "common/qr_parts.h"
#include "common/text.h"
#include "tests/unit/qr_sums.h"

static char fields[8192], said[8192];
static size_t fields_used, said_used;
static struct qr_facts facts;

static void hear_field(void *user, const char *tag, const char *name, const char *value, size_t size,
                       const char *meaning)
{
    (void)user;
    (void)text_append(fields, sizeof(fields), &fields_used, "%s|%s|%.*s|%s\n", tag, name, (int)size, value,
                      meaning);
}

static void hear_complaint(void *user, enum qr_verdict level, const char *tag, const char *text)
{
    (void)user;
    (void)text_append(said, sizeof(said), &said_used, "%c %s: %s\n", level == QR_ERROR ? 'E' : 'W', tag,
                      text);
}

static enum qr_verdict explain(const char *text, const struct qr_wanted *wanted)
{
    static const struct qr_listener listener = {hear_field, hear_complaint, NULL};
    fields_used = said_used = 0;
    fields[0] = said[0] = '\0';
    return qr_explain(text, wanted, &facts, &listener);
}

static void must_say(const char *text, const char *words)
{
    (void)explain(text, NULL);
    if (!strstr(said, words))
        fail_msg("%s:\n%swanted: %s", text, said, words);
}

static const char *summed_by_sha(const char *tlv)
{
    static char whole[1024];
    char sum[5];
    qr_sha_digits(sum, tlv, strlen(tlv));
    (void)snprintf(whole, sizeof(whole), "%s6304%s", tlv, sum);
    return whole;
}

#define EMV_HEAD "00020101021126150011com.example52045814"
#define EMV_TAIL "5802BY5904KAFE6005Minsk"
#define ERIP     "00020132360010by.raschet01031231005K7S031202125303933"

static void each_field_has_its_name_and_meaning(void **state)
{
    (void)state;
    assert_int_equal(explain(summed("00020101021126230011com.example0104K7-15204581453039335404"
                                    "2.505502025603"
                                    "1.05802BY5904"
                                    "KAFE6005Minsk62170904"
                                    "12347003xyz"),
                             NULL),
                     QR_ERROR); /* 62-09 is no subset of AME */
    assert_int_equal(explain(summed("00020101021126230011com.example0104K7-15204581453039335404"
                                    "2.50550202560"
                                    "31.05802BY5904KAFE6005Minsk62150902AM7005xyz-1"),
                             NULL),
                     QR_GOOD);
    assert_string_equal(fields, "00|payload format|01|a payment code in EMVCo's format\n"
                                "01|point of initiation|11|static: one code for every purchase\n"
                                "26|account template||\n"
                                "26-00|GUID: whose account it is|com.example|\n"
                                "26-01|unknown field|K7-1|of the scheme that the GUID names\n"
                                "52|merchant category|5814|\n"
                                "53|currency|933|BYN\n"
                                "54|amount|2.50|2.50 BYN\n"
                                "55|tip or fee|02|a fixed fee is added (56)\n"
                                "56|fixed fee|1.0|1.00 BYN\n"
                                "58|country|BY|\n"
                                "59|merchant's name|KAFE|\n"
                                "60|city|Minsk|\n"
                                "62|additional data||\n"
                                "62-09|the phone is asked for|AM|the payer's address, mobile number\n"
                                "62-70|unknown field|xyz-1|\n"
                                "63|checksum|6D8E|right, by CRC-16\n");
    assert_true(facts.fee && facts.has_amount && !facts.editable);
}

static void all_faults_are_told_in_one_run(void **state)
{
    (void)state;
    assert_int_equal(explain(summed("0002010102135204581a530397454040.005802by"), NULL), QR_ERROR);
    assert_string_equal(said, "E 01: 13 is not known; must be 11 or 12\n"
                              "E 52: only digits may stand there\n"
                              "E 53: not a currency number of ISO 4217 (933 BYN, 980 UAH, 643 RUB)\n"
                              "E 58: not a country: two capital letters, like BY\n"
                              "E 54: the amount is zero; a code for any amount has no field 54 at all\n"
                              "E 26: an account (02 to 51) is missing, which EMVCo requires\n"
                              "E 59: merchant's name is missing, which EMVCo requires\n"
                              "E 60: city is missing, which EMVCo requires\n");
}

static void a_wrong_sum_is_told_with_its_likely_cause(void **state)
{
    (void)state;
    char text[1100], sum[5];
    (void)snprintf(text, sizeof(text), "%s", summed(EMV_HEAD "5303933" EMV_TAIL "610214"));
    size_t end = strlen(text) - 4;
    for (char *at = text + end; *at; at++)
        *at = *at >= 'A' ? (char)(*at | 0x20) : *at;
    must_say(text, "E 63: the checksum does not fit: it is ac84, must be AC84; its letters must be capitals");
    (void)snprintf(sum, sizeof(sum), "%04X", (unsigned)qr_crc16(text, end - 4));
    memcpy(text + end, sum, 4);
    must_say(text, "it is the CRC without \"6304\"");
    qr_sha_digits(sum, text, end - 4);
    memcpy(text + end, sum, 4);
    must_say(text, "it is ERIP's sum");
    memcpy(text + end, "0000", 4);
    must_say(text, "it is 0000, the text gives AC84, so a character was lost or changed");
    (void)snprintf(text, sizeof(text), "%s", summed_by_sha(ERIP));
    end = strlen(text) - 4;
    qr_sha_digits(sum, text, end);
    memcpy(text + end, sum, 4);
    must_say(text, "it was taken over \"6304\", too");
}

static void lengths_that_count_bytes_are_called_so(void **state)
{
    (void)state;
    must_say(summed(EMV_HEAD "53039335908Кафэ6005Minsk"), "E : the lengths count bytes");
    must_say(summed(EMV_HEAD "5303933" EMV_TAIL "62120508Кафэ"), "E : the lengths count bytes");
    assert_int_equal(explain(summed(EMV_HEAD "53039335802BY5904Кафэ6005Minsk62080504Кафэ"), NULL), QR_GOOD);
}

static void a_broken_structure_is_told_with_its_place(void **state)
{
    (void)state;
    must_say(summed(EMV_HEAD "5X03933"), "E : TLV: no two-digit ID and length at byte 39, where \"5X03933");
    must_say(summed(EMV_HEAD "5802BY6299"), "E 62: length 99 runs past the end; 8 characters are there");
    must_say(summed(EMV_HEAD "620605"), "E 62-05: length 63 runs past the end; 2 characters are there");
    char text[1100];
    (void)snprintf(text, sizeof(text), "%s\n", summed(EMV_HEAD "5303933" EMV_TAIL));
    must_say(text, "E 63: 1 byte stands behind the checksum, a line end; nothing may");
    must_say(EMV_HEAD "5303933" EMV_TAIL, "E 63: the checksum is missing");
    must_say("000201630400005303933", "E 63: the checksum must stand last");
}

static void erip_is_read_leniently_but_for_its_own_fields(void **state)
{
    (void)state;
    assert_int_equal(explain(summed_by_sha(ERIP "54040.005200"
                                                "5930"
                                                "Obschestwosogranichenno"
                                                "1234567"),
                             NULL),
                     QR_WARNING);
    assert_string_equal(said, "W 52: length 00; a field without a value is left out\n"
                              "W 59: 30 characters, allowed are 1 to 25\n");
    assert_false(facts.has_amount);
    must_say(summed_by_sha("00020132360010by.raschet01031231005K7S0312021353"
                           "03643"),
             "E 53: must be 933");
    must_say(summed_by_sha("00020132360010by.raschet01031231005K7S0312021353"
                           "03933"),
             "E 32-12: 13 is not known");
    must_say(summed_by_sha("00020133140010by.raschet5303933"), "W 33-00: does not begin with by.epos.");
    must_say("https://x.example/000201by.raschet", "E : neither an address with '#' nor a code");
    must_say("https://pay.raschet.b\xD1\x83/#000201", "E : the host's name has letters that are not Latin");
    must_say("https://pay.raschet.b\xD1\x83/#00020132140010by.raschet5303933",
             "E #: the host's name has letters that are not Latin");
    must_say("https://pay.xn--raschet-x.by/#000201", "W : the host's name is a coded one");
    must_say("https://p\xD0\xB0y.example/buy", "E : the host's name has letters that are not Latin");
    must_say("https://pay.raschet.by/#000201 ", "W #: a character behind '#' is not percent-encoded");
}

static void an_address_that_does_not_lead_to_its_host_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *address, *words;
    } cases[] = {
        {"https://pay.raschet.by.example.com/", "E #: looks like ERIP's address"},
        {"https://pay.raschet.by@x.example/", "E #: what stands before '@' is not the host"},
        {"https://a:b@pay.raschet.by/", "E #: what stands before '@' is not the host"},
        {"https://my-raschet.by/", "W #: names ERIP's address, but leads to another host"},
        {"https://x.example/pay.raschet.by/", "W #: names ERIP's address, but leads to another host"},
        {"xhttps://pay.raschet.by/", "E #: no address: it must begin with https://"},
        {"javascript:pay.raschet.by", "E #: no address"},
        {"https:/pay.raschet.by/", "E #: no address"},
        {"https//pay.raschet.by/", "E #: no address"},
        {"https:///raschet.by", "E #: an address without a host"},
        {"pay.raschet.by/", "W #: not an address that begins with https://"},
        {"http://pay.raschet.by/", "W #: not an address that begins with https://"},
        {"https://a.example/p?x=1&param=K7S04", "W #: param= names another account"},
        {"https://pay.raschet.by\\x/", "E #: an address with a character that"}};
    char text[1200];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        (void)snprintf(text, sizeof(text), "%s#%s", cases[i].address, summed_by_sha(ERIP));
        must_say(text, cases[i].words);
    }
    static const char *const good[] = {"https://pay.raschet.by",
                                       "HTTPS://PAY.RASCHET.BY/",
                                       "https://raschet.by./",
                                       "https://pay.raschet.by:443/",
                                       "https://pay.aggregator.example/p?to=1&param=K7S03",
                                       "https://pay.aggregator.example/p?param=K7%53%30%33"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        (void)snprintf(text, sizeof(text), "%s#%s", good[i], summed_by_sha(ERIP));
        assert_int_equal(explain(text, NULL), QR_GOOD);
    }
}

static void a_hash_in_a_bare_code_is_a_character(void **state)
{
    (void)state;
    assert_int_equal(explain(summed_by_sha(ERIP "5908KAFE #15"), NULL), QR_GOOD);
    assert_string_equal(facts.merchant, "KAFE #15");
}

static void the_account_is_compared_as_strictly_as_asked(void **state)
{
    (void)state;
    struct qr_wanted wanted = {.price = 250, .currency = "BYN", .account = "K7S03", .product = true};
    const char *code = summed_by_sha(ERIP "54042.50");
    assert_int_equal(explain(code, &wanted), QR_GOOD);
    wanted.account = "K7S04";
    assert_int_equal(explain(code, &wanted), QR_WARNING);
    assert_string_equal(said, "W : the ERIP code is for account K7S03, the product's is K7S04\n");
    wanted.account_must = true;
    assert_int_equal(explain(code, &wanted), QR_ERROR);
    assert_string_equal(said, "E : the ERIP code is for account K7S03, wanted is K7S04\n");
    wanted.account = "1яяяяяяяяяяяяяяяяяяяяяяяяяяяяяя"; /* told up to a whole character */
    (void)explain(code, &wanted);
    assert_string_equal(said, "E : the ERIP code is for account K7S03, wanted is 1яяяяяяяяяяяяяяяяяяяяяяя\n");
    wanted.account_must = false; /* opaque texts name no account */
    assert_int_equal(explain("https://shop.example/42", &wanted), QR_GOOD);
}

static void kopecks_and_byn_are_what_they_are_without_being_named(void **state)
{
    (void)state;
    struct qr_wanted wanted = {.price = 250, .currency = "BYN", .product = true};
    assert_int_equal(explain("https://qr.nspk.ru/AS1?type=01&sum=250", &wanted), QR_ERROR);
    assert_non_null(strstr(said, "asks for RUB, the kiosk sells in BYN"));
    wanted.currency = "USD";
    assert_int_equal(explain(summed_by_sha("00020132360010by.raschet01031231005K7S031202125404"
                                           "2.50"),
                             &wanted),
                     QR_ERROR);
    assert_non_null(strstr(said, "asks for BYN, the kiosk sells in USD"));
}

static void what_does_not_stay_as_it_is_is_warned_of(void **state)
{
    (void)state;
    struct qr_wanted wanted = {.price = 250, .currency = "BYN", .product = true};
    (void)explain(summed("00020101021226150011com.example520458145303933540"
                         "42.505502015802BY5904KAFE6005Minsk"),
                  &wanted);
    assert_string_equal(said, "W : the payer may change the amount of this code\n"
                              "W : made for one purchase (dynamic): it may be refused the second time\n");
    (void)explain(summed(EMV_HEAD "530393354042.505502025603"
                                  "1.05802BY5904KAFE6005Minsk"),
                  &wanted);
    assert_string_equal(said, "W : a fee is added: the payer pays more than the price\n");
}

static void a_number_of_sbp_has_32_characters(void **state)
{
    (void)state;
    assert_int_equal(explain("https://qr.nspk.ru/AS10003P3RH0LJ2A9ROO038L6NT5RU1M?type=01", NULL), QR_GOOD);
    assert_int_equal(explain("https://qr.nspk.ru/AS10003P3RH0LJ2A9ROO038L6NT5RU1?type=01", NULL), QR_WARNING);
    assert_string_equal(said, "W number: 31 characters; SBP's numbers have 32\n");
}

static void bank_details_are_complete_and_there_once(void **state)
{
    (void)state;
#define GOST "ST00012|Name=A|PersonalAcc=40702810138250123017|BankName=B|CorrespAcc=0|"
    assert_int_equal(explain(GOST "BIC=044525225|Sum=250", NULL), QR_GOOD);
    assert_int_equal(facts.amount, 250);
    assert_int_equal(explain(GOST "BIC=04452522", NULL), QR_WARNING);
    assert_string_equal(said, "W BIC: 8 bytes; must be 9 digits\n");
    assert_int_equal(explain(GOST "BIC=044525225|Sum=250|Sum=1", NULL), QR_ERROR);
    assert_string_equal(said, "E Sum: there twice\n");
    assert_int_equal(explain(GOST "Sum=250", NULL), QR_ERROR);
    assert_string_equal(said, "E BIC: is missing, which the standard requires\n");
#undef GOST
}

static void texts_that_are_nearly_a_code_are_opaque_with_a_warning(void **state)
{
    (void)state;
    static const char *const texts[] = {" 000201",
                                        ("\xEF\xBB\xBF" /* a byte order mark */ "000201"),
                                        "http://qr.nspk.ru/A",
                                        "HTTPS://QR.NSPK.RU/A",
                                        "https://qr.nspk.ru.example.com/",
                                        "https://x.example/#000201",
                                        "bcd\n001",
                                        "00020201021153039336304ABCD", /* 00 is not 01 */
                                        "01021100020153039336304abcd", /* 00 is not first */
                                        ("a\xD8\x9C"
                                         "b"),               /* U+061C */
                                        "a\xF3\xA0\x81\x81", /* U+E0041 */
                                        "a\nb"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(explain(texts[i], NULL), QR_WARNING);
        assert_int_equal(facts.profile, QR_OPAQUE);
    }
    assert_int_equal(explain("https://shop.example/42#top", NULL), QR_GOOD);
}

static void a_payers_code_is_told_to_nobody(void **state)
{
    (void)state;
    static const char *const texts[] = {" hQVDUFYwMWFPNEAAAAGQECFQA5VSU0FET1c=",
                                        "\xEF\xBB\xBF\n hQVDUFYwMWFPNEAAAAGQECFQA5VSU0FET1c="};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(explain(texts[i], NULL), QR_ERROR);
        assert_string_equal(fields, "");
        assert_null(strstr(said, "MWFP"));
    }
}

static void what_is_not_seen_is_made_visible(void **state)
{
    (void)state;
    char visible[64];
    static const char text[] = "a\xE2\x80\xAE"
                               "b\n\x1b[0mўc";
    qr_visible(visible, sizeof(visible), text, sizeof(text) - 1);
    assert_string_equal(visible, "a<U+202E>b<U+000A><U+001B>[0mўc");
    static const char broken[] = "\xFF"
                                 "a\x9B"
                                 "b\xD1\xD1\x83\xD1";
    qr_visible(visible, sizeof(visible), broken, sizeof(broken) - 1);
    assert_string_equal(visible, "<FF>a<9B>b<D1>\xD1\x83<D1>");
    qr_visible(visible, 4, "ўўўў", 8);
    assert_true(strlen(visible) < 4);
}

static void check_digits_of_an_iban_are_checked(void **state)
{
    (void)state;
    char wrong[QR_PROBLEM_SIZE];
    static const char *const good[] = {"UA723220010000026002360009669", "BE72000000001616",
                                       "GB82WEST12345698765432"};
    static const char *const bad[] = {"UA723220010000026002360009668", "UA72322001000002600236000966",
                                      "be72000000001616", "BE72 0000 0000 1616", ""};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        qr_iban_wrong(wrong, (struct qr_span){good[i], strlen(good[i])});
        assert_string_equal(wrong, "");
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        qr_iban_wrong(wrong, (struct qr_span){bad[i], strlen(bad[i])});
        assert_string_not_equal(wrong, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_field_has_its_name_and_meaning),
        cmocka_unit_test(all_faults_are_told_in_one_run),
        cmocka_unit_test(a_wrong_sum_is_told_with_its_likely_cause),
        cmocka_unit_test(lengths_that_count_bytes_are_called_so),
        cmocka_unit_test(a_broken_structure_is_told_with_its_place),
        cmocka_unit_test(erip_is_read_leniently_but_for_its_own_fields),
        cmocka_unit_test(an_address_that_does_not_lead_to_its_host_is_wrong),
        cmocka_unit_test(a_hash_in_a_bare_code_is_a_character),
        cmocka_unit_test(the_account_is_compared_as_strictly_as_asked),
        cmocka_unit_test(kopecks_and_byn_are_what_they_are_without_being_named),
        cmocka_unit_test(what_does_not_stay_as_it_is_is_warned_of),
        cmocka_unit_test(a_number_of_sbp_has_32_characters),
        cmocka_unit_test(bank_details_are_complete_and_there_once),
        cmocka_unit_test(texts_that_are_nearly_a_code_are_opaque_with_a_warning),
        cmocka_unit_test(a_payers_code_is_told_to_nobody),
        cmocka_unit_test(what_is_not_seen_is_made_visible),
        cmocka_unit_test(check_digits_of_an_iban_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
