/* One change to a legal file, and every word that config_load says about it. */
#include "tests/unit/config/cases.h"

#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct cases_edit kiosk_cases[] = {
    {"id = \"minsk-042\"", "id = \"minsk 042\"",
     "2: kiosk.id: is \"minsk 042\"; must be 1..64 characters of A-Z a-z 0-9 _ . -\n"},
    {"id = \"minsk-042\"", "id = \"minsk/042\"",
     "2: kiosk.id: is \"minsk/042\"; must be 1..64 characters of A-Z a-z 0-9 _ . -\n"},
    {"id = \"minsk-042\"", "id = \"a+b#\"",
     "2: kiosk.id: is \"a+b#\"; must be 1..64 characters of A-Z a-z 0-9 _ . -\n"},
    {"id = \"minsk-042\"", "id = \"\"",
     "2: kiosk.id: is \"\"; must be 1..64 characters of A-Z a-z 0-9 _ . -\n"},
    {"id = \"minsk-042\"", "id = \"" X64 "x\"",
     "2: kiosk.id: is \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"...; must be 1..64 characters of "
     "A-Z a-z 0-9 _ . -\n"},
    {"id = \"minsk-042\"", "id = 42",
     "2: kiosk.id: is 42; must be in quotes: 1..64 characters of A-Z a-z 0-9 _ . -\n"},
    {"id = \"minsk-042\"; name", "name",
     "2: kiosk.id: is missing; must be given: name of this kiosk in topics and in the aud claim of every "
     "message to it\n"},
    {"name = \"Corner\"", "nmae = \"Corner\"", "2: kiosk.nmae: unknown key; did you mean \"name\"?\n"},
    {"name = \"Corner\"", "zebra = \"Corner\"",
     "2: kiosk.zebra: unknown key; known here: id, name, currency, languages, support, state_dir, run_dir\n"},
    {"name = \"Corner\"", "name = \"" X64 "x\"",
     "2: kiosk.name: has 65 characters (65 bytes); at most 64 (256 bytes)\n"},
    {"name = \"Corner\"", "name = \"a\\nb\"",
     "2: kiosk.name: holds a control character; must be one line of plain text\n"},
    {"name = \"Corner\"", "name = \"\\xff\"", "2: kiosk.name: is not valid UTF-8; save the file as UTF-8\n"},
    {"\"BYN\"", "\"BYX\"",
     "2: kiosk.currency: is \"BYX\"; must be a currency of ISO 4217 in capital letters, like \"BYN\"\n"},
    {"\"BYN\"", "\"byn\"",
     "2: kiosk.currency: is \"byn\"; must be a currency of ISO 4217 in capital letters, like \"BYN\"\n"},
    {"\"BYN\"", "933",
     "2: kiosk.currency: is 933; must be in quotes: a currency of ISO 4217 in capital letters, like "
     "\"BYN\"\n"},
    {"[ \"be\", \"en\" ]", "[ \"be\", \"EN\" ]",
     "2: kiosk.languages: \"EN\" is no language code; must be two or three small letters like \"en\"\n"},
    {"[ \"be\", \"en\" ]", "[ \"be\", \"en\", \"be\" ]", "2: kiosk.languages: \"be\" stands there twice\n"},
    {"[ \"be\", \"en\" ]", "[ \"be\", \"en\", \"de\" ]",
     "2: warning: kiosk.languages: the screen has no texts in \"de\" and says them in English; it has be, "
     "ru, "
     "uk, en, pl, lt\n"
     "41: warning: products[0].title: is missing in de; the text in \"be\" is shown there\n"},
    {"[ \"be\", \"en\" ]", "[ \"be\", \"ru\", \"uk\", \"en\", \"pl\", \"lt\" ]",
     "41: warning: products[0].title: is missing in ru, uk, pl, lt; the text in \"be\" is shown there\n"},
    {"[ \"be\", \"en\" ]", "[ ]", "2: kiosk.languages: must be a list of language codes: [ \"en\" ]\n"},
    {"[ \"be\", \"en\" ]", "\"be\"", "2: kiosk.languages: must be a list of language codes: [ \"en\" ]\n"},
    {"[ \"be\", \"en\" ]", "[ \"be\",\"en\",\"aa\",\"ab\",\"ac\",\"ad\",\"ae\",\"af\",\"ag\" ]",
     "2: kiosk.languages: has 9 entries; at most 8 (CONFIG_MAX_LANGUAGES)\n"},
    {"[ \"be\", \"en\" ]", "[ 1, 2 ]",
     "2: kiosk.languages: 1 is no language code; must be two or three small letters like \"en\"\n"
     "2: kiosk.languages: 2 is no language code; must be two or three small letters like \"en\"\n"},
    {"\"/run/kioskd\"", "\"/run/" X64 "xxxxxxxxxxxxxxxxxxxxxxxxxx\"",
     "3: kiosk.run_dir: the path is 95 bytes long; at most 90\n"},
    {"\"state\"", "\"\"", "3: kiosk.state_dir: is empty; must be a path\n"},
    {"clock =", "clok =", "4: clok: unknown group; did you mean \"clock\"?\n"},
    {"clock =", "zebra =", "4: zebra: unknown group\n"},
    {"\"rtc\"", "\"gps\"", "4: clock.trust: is \"gps\"; must be \"ntp\", \"rtc\" or \"always\"\n"},
    {"\"rtc\"", "5", "4: clock.trust: is 5; must be \"ntp\", \"rtc\" or \"always\"\n"},
    {"{ trust = \"rtc\"; }", "\"rtc\"", "4: clock: is \"rtc\"; must be a group: { ... }\n"},
    {"languages = [ \"be\", \"en\" ];", "",
     "41: warning: products[0].title.be: is never shown; \"be\" is not in kiosk.languages\n"},
    {"languages = [ \"be\", \"en\" ]", "languages = [ \"be\", 5 ]",
     "2: syntax error: mismatched element type in array\n"},
    {"id = \"minsk-042\"", "id = \"a\\x1b[2Jb\"",
     "2: kiosk.id: is \"a<U+001B>[2Jb\"; must be 1..64 characters of A-Z a-z 0-9 _ . -\n"},
};

static const struct cases_edit mqtt_cases[] = {
    {"host = \"broker.example\"", "host = \"tcp://broker\"",
     "5: mqtt.host: is \"tcp://broker\"; must be a host name or an address alone, without tcp:// and the "
     "like\n"},
    {"host = \"broker.example\"", "host = \"broker example\"",
     "5: mqtt.host: is \"broker example\"; must be a host name or an address\n"},
    {"host = \"broker.example\"", "host = \"broker.example:1883\"",
     "5: mqtt.host: is \"broker.example:1883\"; must be a host name or an address alone; the port has a key "
     "of its own: port\n"},
    {"host = \"broker.example\"", "host = \"\"",
     "5: mqtt.host: is \"\"; must be a host name or an address\n"},
    {"port = 1884", "port = 8883",
     "5: warning: mqtt.port: 8883 is usually the port for TLS, but mqtt.tls is missing\n"},
    {"port = 1884", "port = 1883; tls = { }",
     "5: warning: mqtt.port: 1883 is usually the port without TLS, but mqtt.tls is there\n"},
    {"port = 1884", "port = 0", "5: mqtt.port: is 0; must be 1..65535\n"},
    {"port = 1884", "port = 65536", "5: mqtt.port: is 65536; must be 1..65535\n"},
    {"port = 1884", "port = \"1884\"", "5: mqtt.port: is \"1884\"; must be a whole number 1..65535\n"},
    {"port = 1884", "port = 1884.0", "5: mqtt.port: is 1884.0; must be a whole number 1..65535\n"},
    {"port = 1884", "port = true", "5: mqtt.port: is true; must be a whole number 1..65535\n"},
    {"port = 1884", "port = [ 1884 ]", "5: mqtt.port: is an array [ ]; must be a whole number 1..65535\n"},
    {"port = 1884", "port = 4294969180", "5: mqtt.port: is 4294969180; must be 1..65535\n"},
    {"port = 1884", "port = 4294969180L", "5: mqtt.port: is 4294969180; must be 1..65535\n"},
    {"port = 1884", "port = 0x10000075C", "5: mqtt.port: is 4294969180; must be 1..65535\n"},
    {"port = 1884", "port = 99999999999999999999L",
     "5: mqtt.port: is a number beyond 64 bits; must be 1..65535\n"},
    {"\"city/kiosk\"", "\"city/#\"",
     "5: mqtt.prefix: is \"city/#\"; must be topic levels of 1..64 bytes without + # and space\n"},
    {"\"city/kiosk\"", "\"+\"",
     "5: mqtt.prefix: is \"+\"; must be topic levels of 1..64 bytes without + # and space\n"},
    {"\"city/kiosk\"", "\"/kiosk\"",
     "5: mqtt.prefix: \"/kiosk\" has an empty level or begins with $; must be like \"kiosk\" or "
     "\"city/kiosk\"\n"},
    {"\"city/kiosk\"", "\"a b\"",
     "5: mqtt.prefix: is \"a b\"; must be topic levels of 1..64 bytes without + # and space\n"},
    {"\"city/kiosk\"", "\"$SYS\"",
     "5: mqtt.prefix: \"$SYS\" has an empty level or begins with $; must be like \"kiosk\" or "
     "\"city/kiosk\"\n"},
    {"\"city/kiosk\"", "\"\"",
     "5: mqtt.prefix: is \"\"; must be topic levels of 1..64 bytes without + # and space\n"},
    {"version = 5", "version = 2", "5: mqtt.version: is 2; must be 5, or for MQTT 3.1.1 one of 3, 4, 311\n"},
    {"keepalive_s = 20", "keepalive_s = -1", "5: mqtt.keepalive_s: is -1; must be 1..65535 s\n"},
    {"0xFFFFFFFF", "0x1FFFFFFFF", "6: mqtt.session_expiry_s: is 8589934591; must be 0..4294967295 s\n"},
    {"0xFFFFFFFF", "-1", "6: mqtt.session_expiry_s: is -1; must be 0..4294967295 s\n"},
    {"keepalive_s = 20;", "keepalive_s = 20; password_file = \"none.txt\";",
     "5: mqtt.password_file: needs mqtt.username as well\n"
     "5: mqtt.password_file: @/none.txt: No such file or directory\n"},
    {"keepalive_s = 20;", "keepalive_s = 20; tls = { ca = \"none.pem\"; };",
     "5: mqtt.tls.ca: @/none.pem: No such file or directory\n"},
    {"keepalive_s = 20;", "keepalive_s = 20; tls = { cert = \"base.cfg\"; };",
     "5: mqtt.tls: cert and key belong together; give both or none\n"},
    {"keepalive_s = 20;", "keepalive_s = 20; tls = { ca = \"\"; cret = \"base.cfg\"; };",
     "5: mqtt.tls.cret: unknown key; did you mean \"cert\"?\n"},
    {"keepalive_s = 20;", "keepalive_s = 20; tls = true;",
     "5: mqtt.tls: is true; must be a group: { ... }\n"},
    {"mqtt = {", "mqtt : { mqtt = 1;",
     "5: mqtt.mqtt: unknown key; known here: host, port, prefix, version, username, password_file, "
     "keepalive_s, session_expiry_s, tls\n"},
    {"mqtt = {", "mqtt = { host = \"b\";",
     "5: syntax error: duplicate setting name; a key stands twice in one group\n"},
    {"sim = {", "mqtt = { }; sim = {",
     "48: syntax error: duplicate setting name; a key stands twice in one group\n"},
};

static const struct cases_edit keys_cases[] = {
    {"kid = \"ops\"", "kid = \"psp\"",
     "9: keys[1].kid: \"psp\" is taken by keys[0] (line 8); must be unique\n"},
    {"kid = \"ops\"", "kid = \"\"",
     "9: keys[1].kid: is \"\"; must be 1..64 printable ASCII characters without space\n"},
    {"kid = \"ops\"", "kid = \"o ps\"",
     "9: keys[1].kid: is \"o ps\"; must be 1..64 printable ASCII characters without space\n"},
    {"alg = \"EdDSA\"; public = \"PUA", "alg = \"RS256\"; public = \"PUA",
     "9: keys[1].alg: is \"RS256\"; must be \"EdDSA\" or \"HS256\"\n"},
    {"alg = \"EdDSA\"; public = \"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"",
     "alg = \"HS256\"; public = \"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"",
     "9: keys[1].secret_file: is missing; must be given: file with the shared secret, 32..64 bytes, one line "
     "end at the end ignored; not readable for others\n"
     "9: keys[1].public: has no meaning with alg \"HS256\"; belongs to \"EdDSA\"\n"},
    {"alg = \"EdDSA\"; public = \"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"",
     "alg = \"HS256\"; secret_file = \"none\"",
     "9: keys[1].secret_file: @/none: No such file or directory\n"},
    {"alg = \"EdDSA\"; public = \"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"",
     "alg = \"HS256\"; secret_file = \"short.secret\"",
     "9: keys[1].secret_file: @/short.secret holds fewer than 32 bytes; must hold 32..64\n"},
    {"alg = \"EdDSA\"; public = \"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"",
     "alg = \"HS256\"; secret_file = \"long.secret\"",
     "9: keys[1].secret_file: @/long.secret holds more than 64 bytes; must hold 32..64\n"},
    {"alg = \"EdDSA\"; public = \"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"",
     "alg = \"HS256\"; secret_file = \"open.secret\"",
     "9: keys[1].secret_file: @/open.secret is open to every user; do: chmod o= @/open.secret\n"},
    {"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw", "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zg",
     "9: keys[1].public: is not 32 bytes in base64url; must be 43 characters like the x of a JWK, as "
     "kiosk-pay prints them\n"},
    {"PUAXw-", "PUAXw+", "9: keys[1].public: is base64, not base64url; write - for + and _ for /\n"},
    {"PUAXw-", "PUAXw!",
     "9: keys[1].public: is not 32 bytes in base64url; must be 43 characters like the x of a JWK, as "
     "kiosk-pay prints them\n"},
    {"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
     "8: warning: keys[0].public: is a placeholder or mistyped, no Ed25519 key: no message will ever be "
     "believed by it\n"},
    {"use = [ \"payment\", \"ack\" ]", "use = [ \"payment\", \"akc\" ]",
     "7: warning: keys: no key has use \"ack\"; outcomes will be repeated for ever\n"
     "8: keys[0].use: \"akc\" is not known; must be \"payment\", \"ack\" or \"command\"\n"},
    {"use = [ \"payment\", \"ack\" ]", "use = [ \"ack\" ]",
     "7: keys: no key has use \"payment\"; nothing could ever be sold\n"},
    {"use = [ \"payment\", \"ack\" ]", "use = [ \"payment\" ]",
     "7: warning: keys: no key has use \"ack\"; outcomes will be repeated for ever\n"},
    {"use = [ \"payment\", \"ack\" ]", "use = \"payment\"",
     "7: keys: no key has use \"payment\"; nothing could ever be sold\n"
     "8: keys[0].use: must be a list of \"payment\", \"ack\", \"command\"\n"},
    {"use = ( \"command\" )", "use = ( )",
     "9: keys[1].use: must be a list of \"payment\", \"ack\", \"command\"\n"},
    {"keys = (", "keyes = (",
     "1: keys: is missing; must be given: whose messages are believed, and what they may say\n"
     "7: keyes: unknown group; did you mean \"keys\"?\n"},
};

static void kiosk_and_clock_faults_are_told(void **state)
{
    (void)state;
    cases_run(kiosk_cases, sizeof(kiosk_cases) / sizeof(kiosk_cases[0]));
}

static void mqtt_faults_are_told(void **state)
{
    (void)state;
    cases_run(mqtt_cases, sizeof(mqtt_cases) / sizeof(mqtt_cases[0]));
}

static void key_faults_are_told(void **state)
{
    (void)state;
    cases_run(keys_cases, sizeof(keys_cases) / sizeof(keys_cases[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kiosk_and_clock_faults_are_told),
        cmocka_unit_test(mqtt_faults_are_told),
        cmocka_unit_test(key_faults_are_told),
    };
    return cmocka_run_group_tests(tests, cases_setup, cases_teardown);
}
