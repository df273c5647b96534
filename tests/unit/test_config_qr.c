/* A product's code as a group of fields: what is built, and what is said of values that do not fit. */
#include "tests/unit/config/cases.h"

#include "common/qr.h"
#include "common/qr_make.h"

#define ERIP "{ erip = { service = \"4440631\"; name = \"KIOSKTEST\"; city = \"Minsk\"; }; }"

static const struct cases_edit cases[] = {
    {"qr = \"cola\"", "qr = " ERIP, ""},
    {"qr = \"ride\"", "qr = { emv = { guid = \"a.b\"; country = \"BY\"; name = \"N\"; city = \"C\"; }; }",
     ""},
    {"qr = \"nuts\"", "qr = " ERIP,
     "42: products[1].qr.erip: account is missing: account or order in that service\n"},
    {"qr = \"cola\"",
     "qr = { erip = { service = \"44\"; name = 5; citty = \"Minsk\";\n"
     "fields = [ \"54=1\",\n\"x=1\", \"61\", \"70=2\" ]; }; }",
     "41: products[0].qr.erip.name: is 5; must be in quotes: text of at most 99 characters\n"
     "41: products[0].qr.erip.citty: unknown key; did you mean \"city\"?\n"
     "41: products[0].qr.erip.service: 2 characters, allowed are 3 to 7\n"
     "42: products[0].qr.erip.fields 54: is made from price and currency\n"
     "43: products[0].qr.erip.fields: \"61\" is no field; must be like \"26-01=K7\"\n"
     "43: products[0].qr.erip.fields x: \"x\" is no tag; must be like 59 or 26-01\n"
     "43: products[0].qr.erip.fields 70: is reserved by EMVCo\n"},
    {"qr = \"cola\"", "qr = { emv = { guid = \"\"; name = \"N\"; city = 1; country = \"by\"; }; }",
     "41: products[0].qr.emv.guid: is empty; must be given\n"
     "41: products[0].qr.emv.city: is 1; must be in quotes: text of at most 99 characters\n"
     "41: products[0].qr.emv.country: not a country: two capital letters, like BY\n"},
    {"qr = \"cola\"", "qr = { emv = { }; }",
     "41: products[0].qr.emv.guid: is missing; must be given: whose account it is: a reversed domain name, "
     "AID or "
     "UUID\n"
     "41: products[0].qr.emv.country: is missing; must be given: two capital letters of ISO 3166, like "
     "\"BY\"\n"
     "41: products[0].qr.emv.name: is missing; must be given: the merchant's name, at most 25 characters\n"
     "41: products[0].qr.emv.city: is missing; must be given: the merchant's city, at most 15 characters\n"},
    {"qr = \"cola\"", "qr = { erip = { service = \"4440631\"; editable = \"yes\"; fields = 5; }; }",
     "41: products[0].qr.erip.editable: is \"yes\"; must be true or false\n"
     "41: products[0].qr.erip.fields: must be a list of at most 16 texts TAG=VALUE: [ \"61=220030\" ]\n"},
    {"qr = \"cola\"", "qr = { sbp = { number = \"AS1\"; bank = \"1\"; }; }",
     "41: products[0].qr.sbp: currency: is BYN; SBP takes payments in RUB only\n"},
    {"qr = \"cola\"", "qr = { erpi = { }; }",
     "41: products[0].qr: must hold one group of fields: emv, erip, sbp or nbu = { ... }, or be the code's "
     "text\n"},
    {"qr = \"cola\"", "qr = { }",
     "41: products[0].qr: must hold one group of fields: emv, erip, sbp or nbu = { ... }, or be the code's "
     "text\n"},
    {"qr = \"cola\"", "qr = { erip = \"x\"; }",
     "41: products[0].qr: must hold one group of fields: emv, erip, sbp or nbu = { ... }, or be the code's "
     "text\n"},
    {"qr = \"cola\"", "qr = { erip = { service = \"4440631\"; editable = true; }; }",
     "41: warning: products[0].qr: the payer may change the amount of this code\n"},
    {"qr = \"nuts\"", "qr = \"tea\"",
     "43: warning: products[2].qr: is the same code as products[1].qr; a payment by it may be for either\n"},
    {"price = 250; device = \"a1\"; stock = 8; capacity = 9; account = \"1\"; max_age_s = 60; qr = \"cola\"",
     "price = 0; device = \"a1\"; qr = { erip = { service = \"4\"; account = \"1\"; }; }",
     "41: products[0].price: is 0; must be 1..1000000000 minor units\n"
     "41: products[0].qr.erip.service: 1 character, allowed are 3 to 7\n"},
};

static void faults_of_fields_are_told_where_they_stand(void **state)
{
    (void)state;
    cases_run(cases, sizeof(cases) / sizeof(cases[0]));
}

static int load_example(void)
{
    static const struct config_report silent = {.fault = cases_fault, .warning = cases_warning};
    static struct cases_said said;
    struct config_report report = silent;
    report.user = &said;
    return config_load(&cases_config, "config/examples/vending-modbus.cfg", CONFIG_LOAD_NO_SECRETS, &report);
}

static void an_example_builds_its_codes_for_price_and_account(void **state)
{
    (void)state;
    int built = 0;
    assert_int_equal(load_example(), 0);
    for (int i = 0; i < cases_config.product_count; i++) {
        const struct config_product *product = &cases_config.products[i];
        struct qr_facts facts;
        struct qr_wanted wanted = {.price = product->price,
                                   .currency = cases_config.kiosk.currency,
                                   .account = product->account,
                                   .account_must = true,
                                   .product = true};
        assert_int_equal(qr_explain(product->qr, &wanted, &facts, NULL), QR_GOOD);
        assert_true(facts.has_amount && facts.profile == QR_ERIP);
        built += product->qr_built;
    }
    assert_int_equal(built, 3);
}

static void a_built_code_is_built_again_for_another_price(void **state)
{
    (void)state;
    char text[CONFIG_QR_SIZE];
    struct qr_facts facts;
    assert_int_equal(load_example(), 0);
    const struct config_product *juice = &cases_config.products[4];
    assert_true(juice->qr_built && qr_make_price(text, juice->qr, 455, "BYN"));
    struct qr_wanted wanted = {
        .price = 455, .currency = "BYN", .account = juice->account, .account_must = true, .product = true};
    assert_int_equal(qr_explain(text, &wanted, &facts, NULL), QR_GOOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_of_fields_are_told_where_they_stand),
        cmocka_unit_test(an_example_builds_its_codes_for_price_and_account),
        cmocka_unit_test(a_built_code_is_built_again_for_another_price),
    };
    return cmocka_run_group_tests(tests, cases_setup, cases_teardown);
}
