/* One change to a legal file, and every word that config_load says about it. */
#include "tests/unit/config/cases.h"

#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct cases_edit devices_cases[] = {
    {"motor = \"motor\"; home", "home",
     "14: warning: lines.motor: nothing uses it\n"
     "33: devices[0].motor: is missing; must be given: motor of the spiral\n"},
    {"motor = \"motor\"; home", "motor = \"mottor\"; home",
     "33: devices[0].motor: \"mottor\" is not in lines; did you mean \"motor\"?\n"},
    {"motor = \"motor\"", "motor = \"home\"",
     "14: warning: lines.motor: nothing uses it\n"
     "33: devices[0].motor: lines.home is an input; must be an output\n"
     "33: devices[0].home: is the same line as motor; each needs its own\n"},
    {"home = \"home\"", "home = \"motor\"",
     "15: warning: lines.home: nothing uses it\n"
     "33: devices[0].home: lines.motor is an output; must be an input\n"
     "33: devices[0].home: is the same line as motor; each needs its own\n"},
    {"home = \"home\"; ", "",
     "15: warning: lines.home: nothing uses it\n"
     "33: devices[0].home: is missing; must be given: home cam: 1 at rest\n"},
    {"max_ms = 4000", "max_ms = 60001", "33: devices[0].max_ms: is 60001; must be 100..60000 ms\n"},
    {"max_ms = 4000; ", "", "33: devices[0].max_ms: is missing; must be given: longest run of the motor\n"},
    {"jogs = 1", "jogs = 11", "33: devices[0].jogs: is 11; must be 0..10\n"},
    {"jogs = 1", "pulse_ms = 1",
     "33: devices[0].pulse_ms: has no meaning with kind \"spiral\"; belongs to \"relay\", \"lock\", "
     "\"barrier\", \"turnstile\"\n"},
    {"jogs = 1", "max_sm = 1", "33: devices[0].max_sm: unknown key; did you mean \"max_ms\"?\n"},
    {"drop = \"drop\"", "drop = \"home\"",
     "16: warning: lines.drop: nothing uses it\n"
     "33: devices[0].drop: is the same line as home; each needs its own\n"},
    {"kind = \"relay\"", "kind = \"rely\"",
     "34: devices[1].kind: is \"rely\"; must be \"spiral\", \"relay\", \"pulses\", \"lock\", \"barrier\", "
     "\"turnstile\" or \"validator\"\n"},
    {"kind = \"relay\"; ", "",
     "34: devices[1].kind: is missing; must be given: what it is; decides about all other keys\n"},
    {"pulse_ms = 700", "pulse_ms = 750",
     "34: devices[1].pulse_ms: must be a multiple of 100 ms, because the line has pulse = \"flash\"\n"},
    {"on_ms = 50", "on_ms = 0", "35: devices[2].on_ms: is 0; must be 1..10000 ms\n"},
    {"kind = \"relay\"; output = \"lock\"; pulse_ms = 700; feedback = \"seen\"; feedback_ms = 900",
     "kind = \"spiral\"; motor = \"lock\"; home = \"home\"; drop = \"drop\"; max_ms = 3000",
     "18: warning: lines.seen: nothing uses it\n"
     "34: devices[1].motor: needs a line that is switched on and off; this one has pulse = \"flash\", which "
     "only does pulses\n"
     "34: warning: devices[1].home: lines.home serves devices[0] (\"a1\") as well; is that meant?\n"},
    {"output = \"tick\"", "output = \"lock\"",
     "19: warning: lines.tick: nothing uses it\n"
     "35: devices[2].output: lines.lock is used by devices[1] (\"b1\") already; an output has one user\n"},
    {"motor = \"motor\"", "motor = \"lock\"",
     "14: warning: lines.motor: nothing uses it\n"
     "33: devices[0].motor: needs a line that is switched on and off; this one has pulse = \"flash\", which "
     "only does pulses\n"
     "34: devices[1].output: lines.lock is used by devices[0] (\"a1\") already; an output has one user\n"},
    {"hold = \"arm_hold\"", "hold = \"arm\"",
     "24: warning: lines.arm_hold: nothing uses it\n"
     "37: devices[4].hold: lines.arm is used by devices[4] (\"e1\") already; an output has one user\n"},
    {"light = \"lamp\"", "light = \"gate\"",
     "28: warning: lines.lamp: nothing uses it\n"
     "39: devices[6].light: lines.gate is used by devices[5] (\"f1\") already; an output has one user\n"},
    {"mode = \"level\"", "mode = \"pulse\"",
     "38: devices[5].pulse_ms: is missing; must be given with mode \"pulse\"\n"},
    {"mode = \"level\"; ", "",
     "38: devices[5].mode: is missing; must be given: a pulse gives one passage, or the line is on as long "
     "as it is free\n"},
    {"mode = \"level\"", "mode = \"both\"",
     "38: devices[5].mode: is \"both\"; must be \"pulse\" or \"level\"\n"},
    {"name = \"b1\"", "name = \"a1\"",
     "34: devices[1].name: \"a1\" is taken by devices[0] (line 33); must be unique\n"
     "42: products[1].device: \"b1\" is not in devices; did you mean \"a1\"?\n"},
    {"name = \"b1\"", "name = \"b 1\"",
     "34: devices[1].name: is \"b 1\"; must be 1..64 characters of A-Z a-z 0-9 _ . -\n"
     "42: products[1].device: \"b1\" is not in devices; did you mean \"a1\"?\n"},
    {"  { name = \"g1\"; kind = \"validator\"; light = \"lamp\"; } )",
     "  { name = \"g1\"; kind = \"validator\"; light = \"lamp\"; }, 5 )",
     "39: devices[7]: is 5; must be a group: { ... }\n"},
    {"open_wait_s = 9", "open_wait_s = 4294967305",
     "36: devices[3].open_wait_s: is 4294967305; must be 1..600 s\n"},
    {"max_ms = 4000", "max_ms = 4294971296", "33: devices[0].max_ms: is 4294971296; must be 100..60000 ms\n"},
};

static const struct cases_edit products_cases[] = {
    {"price = 250", "price = 0", "41: products[0].price: is 0; must be 1..1000000000 minor units\n"},
    {"price = 250", "price = -250", "41: products[0].price: is -250; must be 1..1000000000 minor units\n"},
    {"price = 250", "price = 4294967546",
     "41: products[0].price: is 4294967546; must be 1..1000000000 minor units\n"},
    {"price = 250", "price = 10737418240",
     "41: products[0].price: is 10737418240; must be 1..1000000000 minor units\n"},
    {"price = 250", "price = 10737418240L",
     "41: products[0].price: is 10737418240; must be 1..1000000000 minor units\n"},
    {"price = 250", "price = 2.50",
     "41: products[0].price: is 2.5; must be a whole number 1..1000000000 minor units (2.50 is written "
     "250)\n"},
    {"price = 250", "price = \"250\"",
     "41: products[0].price: is \"250\"; must be a whole number 1..1000000000 minor units\n"},
    {"price = 250; ", "", "41: products[0].price: is missing; must be given: 250 = 2.50\n"},
    {"price = 250", "price = 0xFFFFFFFF",
     "41: products[0].price: is 4294967295; must be 1..1000000000 minor units\n"},
    {"price = 250", "price = 1000000001",
     "41: products[0].price: is 1000000001; must be 1..1000000000 minor units\n"},
    {"id = \"nuts\"", "id = \"cola\"",
     "42: products[1].id: \"cola\" is taken by products[0] (line 41); must be unique\n"},
    {"account = \"6\"", "account = \"1\"",
     "46: products[5].account: \"1\" is taken by products[0] (line 41); must be unique\n"},
    {"account = \"6\"", "account = \"" X64 "x\"",
     "46: products[5].account: has 65 characters (65 bytes); at most 64 (256 bytes)\n"},
    {"device = \"b1\"", "device = \"b2\"",
     "42: products[1].device: \"b2\" is not in devices; did you mean \"b1\"?\n"},
    {"device = \"b1\"", "device = 1",
     "34: warning: devices[1]: no product uses it\n"
     "42: products[1].device: is 1; must be in quotes: the name of a device\n"},
    {"device = \"b1\"; ", "",
     "34: warning: devices[1]: no product uses it\n"
     "42: products[1].device: is missing; must be given: name in devices\n"},
    {"title = \"Nuts\"", "title = \"\"",
     "42: products[1].title: must be a text, or a group of texts in the kiosk's languages: { be = \"...\"; "
     "}\n"},
    {"title = \"Nuts\"", "title = { en = \"Nuts\"; }",
     "42: warning: products[1].title: is missing in be; the text in \"en\" is shown there\n"},
    {"title = \"Nuts\"", "title = { en = \"Nuts\"; be = \"N\"; de = \"N\"; }",
     "42: warning: products[1].title.de: is never shown; \"de\" is not in kiosk.languages\n"},
    {"title = \"Nuts\"", "title = { de = \"N\"; }",
     "42: warning: products[1].title.de: is never shown; \"de\" is not in kiosk.languages\n"
     "42: products[1].title: must be a text, or a group of texts in the kiosk's languages: { be = \"...\"; "
     "}\n"},
    {"title = \"Nuts\"", "title = { EN = \"N\"; }",
     "42: products[1].title.EN: is no language code; must be two or three small letters like \"en\"\n"},
    {"title = \"Nuts\"", "title = { en = 5; be = \"b\"; }",
     "42: products[1].title.en: must be a text of 1..64 characters\n"
     "42: warning: products[1].title: is missing in en; the text in \"be\" is shown there\n"},
    {"title = \"Nuts\"", "title = 5",
     "42: products[1].title: must be a text, or a group of texts in the kiosk's languages: { be = \"...\"; "
     "}\n"},
    {"title = \"Nuts\"; ", "",
     "42: products[1].title: is missing; must be given: text, or a group of texts by language: { be = "
     "\"...\"; en = \"...\"; }\n"},
    {"capacity = 9", "capacity = 7", "41: products[0].capacity: is 7; must be at least the stock of 8\n"},
    {"stock = 8; ", "",
     "41: products[0].capacity: needs stock as well: how many pieces are in at the first start\n"},
    {"stock = 4", "stock = 0",
     "42: products[1].stock: is 0 and capacity is not given; give capacity as well\n"},
    {"stock = 4", "stock = -1", "42: products[1].stock: is -1; must be 0..100000\n"},
    {"max_age_s = 60", "max_age_s = 0", "41: products[0].max_age_s: is 0; must be 1..604800 s\n"},
    {"max_age_s = 60", "image = \"none.png\"",
     "41: warning: products[0].image: @/none.png cannot be read; the product is shown without a picture\n"},
    {"qr = \"cola\"", "qr = \"\"", "41: products[0].qr: is empty; must be the text of the payment code\n"},
    {"; qr = \"cola\"", "",
     "41: products[0].qr: is missing; must be given: text of the payment code, shown unchanged\n"},
    {"qr = \"cola\"",
     "qr = "
     "\"https://pay.raschet.by/"
     "#00020101021132480010by.raschet01074440631101312345-1-K7S0312021252045814530393354042."
     "505802BY5909KIOSKTEST6005Minsk6304954A\"",
     "41: warning: products[0].qr: the ERIP code is for account 12345-1-K7S03, the product's is 1\n"},
    {"qr = \"nuts\"",
     "qr = "
     "\"https://pay.raschet.by/"
     "#00020101021132480010by.raschet01074440631101312345-1-K7S0312021252045814530393354042."
     "505802BY5909KIOSKTEST6005Minsk6304954A\"",
     "42: products[1].qr: the ERIP code asks for 2.50 BYN, the price is 1.00 BYN\n"},
    {"qr = \"cola\"",
     "qr = "
     "\"https://pay.raschet.by/"
     "#00020101021132480010by.raschet01074440631101312345-1-K7S0312021252045814530393354042."
     "505802BY5909KIOSKTEST6005Minsk6304954B\"",
     "41: products[0].qr: ERIP: 63: the checksum does not fit: it is 954B, the text gives 954A, so a "
     "character "
     "was lost or changed; paste the code as it was issued\n"
     "41: warning: products[0].qr: the ERIP code is for account 12345-1-K7S03, the product's is 1\n"},
    {"sim = {", "sim = { script = \"none.txt\";", "48: sim.script: @/none.txt: No such file or directory\n"},
    {"speed_percent = 1000", "speed_percent = 0", "48: sim.speed_percent: is 0; must be 1..10000 %\n"},
    {"products = (", "products = 5; prods = (",
     "40: prods: unknown group\n"
     "40: products: must be a list of groups: ( { ... }, { ... } )\n"},
};

static void device_faults_are_told(void **state)
{
    (void)state;
    cases_run(devices_cases, sizeof(devices_cases) / sizeof(devices_cases[0]));
}

static void product_faults_are_told(void **state)
{
    (void)state;
    cases_run(products_cases, sizeof(products_cases) / sizeof(products_cases[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(device_faults_are_told),
        cmocka_unit_test(product_faults_are_told),
    };
    return cmocka_run_group_tests(tests, cases_setup, cases_teardown);
}
