/* The claims, under a good signature. The envelope: test_inbox.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/inbox_tokens.h"

static struct tokens tokens;
static struct inbox_message message;
static const char *detail;

static const char *good_claims(enum inbox_type type)
{
    switch (type) {
    case INBOX_PAYMENT:
        return TOKENS_PAYMENT;
    case INBOX_ACK:
        return TOKENS_ACK;
    case INBOX_COMMAND:
        return TOKENS_COMMAND;
    }
    return NULL;
}

/* Verdict on the good claims of a type with one member set to this JSON text, or taken out (NULL). */
static enum inbox_verdict judge_with(enum inbox_type type, const char *name, const char *value)
{
    static char claims[8192];
    json_t *root = json_loads(good_claims(type), 0, NULL);
    json_object_del(root, name);
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    if (value)
        snprintf(claims, sizeof claims, "{\"%s\":%s,%s", name, value, text + 1);
    else
        snprintf(claims, sizeof claims, "%s", text);
    free(text);
    return tokens_judge(&tokens, type, claims, &message, &detail);
}

/* As judge_with, with a string of n times one character (UTF-8) as the value. */
static enum inbox_verdict judge_repeat(enum inbox_type type, const char *name, const char *character, int n)
{
    static char value[2048];
    size_t used = 1;
    value[0] = '"';
    for (int i = 0; i < n; i++, used += strlen(character))
        memcpy(value + used, character, strlen(character));
    memcpy(value + used, "\"", 2);
    return judge_with(type, name, value);
}

/* True if every value gives the verdict and blames the claim. */
static void refuses(enum inbox_type type, const char *name, enum inbox_verdict wanted, size_t count,
                    const char *const values[])
{
    for (size_t i = 0; i < count; i++) {
        enum inbox_verdict verdict = judge_with(type, name, values[i]);
        if (verdict != wanted || strcmp(detail, name) != 0)
            fail_msg("%s = %s: %s (%s)", name, values[i] ? values[i] : "absent", inbox_verdict_name(verdict),
                     detail);
    }
}

#define REFUSES(type, name, verdict, ...)                                                                    \
    do {                                                                                                     \
        static const char *const values[] = {__VA_ARGS__};                                                   \
        refuses(type, name, verdict, sizeof values / sizeof *values, values);                                \
    } while (0)

static void audience_must_be_this_kiosk(void **state)
{
    (void)state;
    for (enum inbox_type type = INBOX_PAYMENT; type <= INBOX_COMMAND; type++)
        REFUSES(type, "aud", INBOX_WRONG_KIOSK, NULL, "\"\"", "\"minsk-043\"", "\"MINSK-042\"",
                "\"minsk-042 \"", "[]", "[\"minsk-041\",\"minsk-043\"]", "null", "42", "{\"minsk-042\":1}",
                "true");
    REFUSES(INBOX_PAYMENT, "aud", INBOX_BAD_CLAIMS, "[1]", "[\"minsk-042\",null]", "[[\"minsk-042\"]]");
    assert_int_equal(judge_with(INBOX_PAYMENT, "aud", "[\"minsk-042\"]"), INBOX_OK);
    assert_int_equal(judge_with(INBOX_PAYMENT, "aud", "[\"minsk-041\",\"minsk-042\"]"), INBOX_OK);
}

static void type_must_match_the_topic(void **state)
{
    (void)state;
    REFUSES(INBOX_PAYMENT, "type", INBOX_WRONG_TYPE, NULL, "\"ack\"", "\"command\"", "\"Payment\"", "\"\"",
            "null", "1");
    REFUSES(INBOX_ACK, "type", INBOX_WRONG_TYPE, NULL, "\"payment\"", "[\"ack\"]");
    REFUSES(INBOX_COMMAND, "type", INBOX_WRONG_TYPE, NULL, "\"payment\"");
}

static void common_claims_are_required(void **state)
{
    (void)state;
    for (enum inbox_type type = INBOX_PAYMENT; type <= INBOX_COMMAND; type++) {
        REFUSES(type, "iss", INBOX_BAD_CLAIMS, NULL, "\"\"", "null", "7", "\"a\\nb\"", "\"\\u009b\"");
        REFUSES(type, "jti", INBOX_BAD_CLAIMS, NULL, "\"\"", "null", "7", "\"a\\tb\"", "\"\\u007f\"");
        REFUSES(type, "iat", INBOX_BAD_CLAIMS, NULL, "\"1780000000\"", "1780000000.0", "1.78e9", "-1", "null",
                "true", "9223372036854775807", "1780000000000");
        REFUSES(type, "exp", INBOX_BAD_CLAIMS, "\"1780000000\"", "1780000000.5", "0", "-5", "null",
                "1780000000000");
        assert_int_equal(judge_repeat(type, "iss", "a", 256), INBOX_OK);
        assert_int_equal(judge_repeat(type, "iss", "a", 257), INBOX_BAD_CLAIMS);
        assert_int_equal(judge_repeat(type, "jti", "a", 64), INBOX_OK);
        assert_int_equal(judge_repeat(type, "jti", "a", 65), INBOX_BAD_CLAIMS);
        assert_int_equal(judge_repeat(type, "jti", "\xF0\x9F\x8D\xAB", 64), INBOX_OK);
    }
}

static void exp_is_optional_except_for_commands(void **state)
{
    (void)state;
    assert_int_equal(judge_with(INBOX_PAYMENT, "exp", NULL), INBOX_OK);
    assert_int_equal(judge_with(INBOX_ACK, "exp", NULL), INBOX_OK);
    REFUSES(INBOX_COMMAND, "exp", INBOX_BAD_CLAIMS, NULL);
    assert_int_equal(judge_with(INBOX_PAYMENT, "exp", "1780000600"), INBOX_OK);
    assert_int_equal(message.exp, 1780000600);
    assert_int_equal(message.u.payment.exp, 1780000600);
}

static void amount_is_a_positive_integer(void **state)
{
    (void)state;
    REFUSES(INBOX_PAYMENT, "amount", INBOX_BAD_CLAIMS, NULL, "0", "-250", "250.0", "2.5e2", "\"250\"", "null",
            "true", "[250]", "1000000000001", "9223372036854775807", "-9223372036854775808");
    assert_int_equal(judge_with(INBOX_PAYMENT, "amount", "1000000000000"), INBOX_OK);
    assert_int_equal(message.u.payment.amount, INT64_C(1000000000000));
    assert_int_equal(judge_with(INBOX_PAYMENT, "amount", "1"), INBOX_OK);
}

static void numbers_beyond_any_integer_are_malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {"9223372036854775808",
                                      "18446744073709551866",
                                      "1e400",
                                      "99999999999999999999999999999999999999999",
                                      "0250",
                                      "+250",
                                      "0xFA",
                                      "NaN",
                                      "250,"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(judge_with(INBOX_PAYMENT, "amount", bad[i]), INBOX_MALFORMED);
}

static void currency_is_three_capitals(void **state)
{
    (void)state;
    REFUSES(INBOX_PAYMENT, "currency", INBOX_BAD_CLAIMS, NULL, "\"byn\"", "\"BY\"", "\"BYNN\"", "\"\"", "933",
            "\"B1N\"", "\"BY \"", "\"\xD0\x91\"", "\"\xD0\x91Y\"", "null");
    assert_int_equal(judge_with(INBOX_PAYMENT, "currency", "\"RUB\""), INBOX_OK);
    assert_string_equal(message.u.payment.currency, "RUB");
}

static void status_must_be_paid(void **state)
{
    (void)state;
    REFUSES(INBOX_PAYMENT, "status", INBOX_BAD_CLAIMS, NULL, "\"pending\"", "\"PAID\"", "\"failed\"", "\"\"",
            "true", "1");
}

static void paid_at_is_in_seconds(void **state)
{
    (void)state;
    REFUSES(INBOX_PAYMENT, "paid_at", INBOX_BAD_CLAIMS, NULL, "-1", "1780000000.0", "\"2026-05-28\"", "null",
            "1780000000000");
    assert_int_equal(judge_with(INBOX_PAYMENT, "paid_at", "0"), INBOX_OK);
    assert_int_equal(judge_with(INBOX_PAYMENT, "paid_at", "253402300799"), INBOX_OK);
}

static void payment_is_named_within_limits(void **state)
{
    (void)state;
    for (enum inbox_type type = INBOX_PAYMENT; type <= INBOX_ACK; type++) {
        REFUSES(type, "provider", INBOX_BAD_CLAIMS, NULL, "\"\"", "1", "null", "\"a\\u0001\"");
        REFUSES(type, "payment_id", INBOX_BAD_CLAIMS, NULL, "\"\"", "4711", "null", "\"a\\u001b[2J\"");
        assert_int_equal(judge_repeat(type, "provider", "\xD0\xAF", 32), INBOX_OK);
        assert_int_equal(judge_repeat(type, "provider", "\xD0\xAF", 33), INBOX_BAD_CLAIMS);
        assert_int_equal(judge_repeat(type, "provider", "\xF0\x9F\x8D\xAB", 32), INBOX_OK);
        assert_int_equal(judge_repeat(type, "payment_id", "\xF0\x9F\x8D\xAB", 64), INBOX_OK);
        assert_int_equal(judge_repeat(type, "payment_id", "a", 65), INBOX_BAD_CLAIMS);
    }
}

static void payment_is_for_a_product_or_an_account(void **state)
{
    (void)state;
    assert_int_equal(judge_with(INBOX_PAYMENT, "product", NULL), INBOX_BAD_CLAIMS);
    assert_string_equal(detail, "product_or_account");
    assert_int_equal(judge_with(INBOX_PAYMENT, "account", "\"12345-1\""), INBOX_BAD_CLAIMS);
    assert_string_equal(detail, "product_and_account");
    REFUSES(INBOX_PAYMENT, "product", INBOX_BAD_CLAIMS, "\"\"", "null", "1", "[\"cola\"]", "\"co\\u0085la\"");
    assert_int_equal(judge_repeat(INBOX_PAYMENT, "product", "a", 64), INBOX_OK);
    assert_int_equal(judge_repeat(INBOX_PAYMENT, "product", "a", 65), INBOX_BAD_CLAIMS);
    static const char account[] =
        "{" TOKENS_COMMON ",\"type\":\"payment\",\"provider\":\"erip\",\"payment_id\":\"1\","
        "\"status\":\"paid\",\"amount\":1,\"currency\":\"BYN\",\"paid_at\":0,\"account\":\"7-1\"}";
    assert_int_equal(tokens_judge(&tokens, INBOX_PAYMENT, account, &message, &detail), INBOX_OK);
    assert_string_equal(message.u.payment.account, "7-1");
    assert_string_equal(message.u.payment.product, "");
}

static void product_too_long_to_exist_stays_unknown(void **state)
{
    (void)state;
    /* 63 letters and one of two bytes: its first 63 bytes could be the id of a real product. */
    char value[80] = "\"", wanted[65];
    memset(value + 1, 'a', 63);
    strcpy(value + 64, "\xD0\xAF\"");
    assert_int_equal(judge_with(INBOX_PAYMENT, "product", value), INBOX_OK);
    memset(wanted, 'a', 61);
    strcpy(wanted + 61, "\xE2\x80\xA6");
    assert_string_equal(message.u.payment.product, wanted);
    assert_int_equal(judge_repeat(INBOX_PAYMENT, "product", "\xF0\x9F\x8D\xAB", 64), INBOX_OK);
    assert_string_equal(message.u.payment.product + 60, "\xE2\x80\xA6");
}

static void test_mark_is_a_truth_value(void **state)
{
    (void)state;
    REFUSES(INBOX_PAYMENT, "test", INBOX_BAD_CLAIMS, "1", "\"true\"", "null", "0");
    assert_int_equal(judge_with(INBOX_PAYMENT, "test", "true"), INBOX_OK);
    assert_true(message.u.payment.test);
    assert_int_equal(judge_with(INBOX_PAYMENT, "test", "false"), INBOX_OK);
    assert_false(message.u.payment.test);
}

static void ack_names_one_of_four_results(void **state)
{
    (void)state;
    static const char *const names[] = {"\"delivered\"", "\"failed\"", "\"unknown\"", "\"refused\""};
    static const enum payment_result results[] = {PAYMENT_RESULT_DELIVERED, PAYMENT_RESULT_FAILED,
                                                  PAYMENT_RESULT_UNKNOWN, PAYMENT_RESULT_REFUSED};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(judge_with(INBOX_ACK, "result", names[i]), INBOX_OK);
        assert_int_equal(message.u.ack.result, results[i]);
    }
    REFUSES(INBOX_ACK, "result", INBOX_BAD_CLAIMS, NULL, "\"none\"", "\"\"", "\"Delivered\"", "null", "1");
}

static void command_has_a_name_and_an_object(void **state)
{
    (void)state;
    REFUSES(INBOX_COMMAND, "command", INBOX_BAD_CLAIMS, NULL, "\"\"", "null", "1", "\"a\\nb\"");
    REFUSES(INBOX_COMMAND, "args", INBOX_BAD_CLAIMS, "[]", "null", "\"{}\"", "1");
    assert_int_equal(judge_repeat(INBOX_COMMAND, "command", "a", 64), INBOX_OK);
    assert_int_equal(judge_repeat(INBOX_COMMAND, "command", "a", 65), INBOX_BAD_CLAIMS);
    assert_int_equal(judge_with(INBOX_COMMAND, "args", NULL), INBOX_OK);
    assert_string_equal(message.u.command.args, "{}");
}

static void args_that_grow_beyond_the_buffer_are_refused(void **state)
{
    (void)state;
    static char value[6000];
    size_t used = 0;
    used += (size_t)snprintf(value, sizeof value, "{\"a\":[1e-5");
    while (used < 5000)
        used += (size_t)snprintf(value + used, sizeof value - used, ",1e-5");
    snprintf(value + used, sizeof value - used, "]}");
    assert_int_equal(judge_with(INBOX_COMMAND, "args", value), INBOX_BAD_CLAIMS);
    assert_string_equal(detail, "args");
}

static void unknown_claims_are_ignored(void **state)
{
    (void)state;
    assert_int_equal(judge_with(INBOX_PAYMENT, "payer", "{\"x\":[1,2,{\"y\":null}]}"), INBOX_OK);
    assert_int_equal(judge_with(INBOX_ACK, "nbf", "\"whenever\""), INBOX_OK);
}

static void claims_must_be_strict_json(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "null",
        "1",
        "\"x\"",
        "{",
        "{}{}",
        TOKENS_PAYMENT " x",
        "\xEF\xBB\xBF" TOKENS_PAYMENT,
        "{\"type\":\"payment\"," TOKENS_COMMON ",\"type\":\"payment\"," TOKENS_PAYMENT_FIELDS "}",
        "{" TOKENS_COMMON ",\"type\":\"payment\",\"amount\":1," TOKENS_PAYMENT_FIELDS "}",
        "{" TOKENS_COMMON ",\"type\":\"payment\",\"x\":{\"a\":1,\"a\":2}," TOKENS_PAYMENT_FIELDS "}",
        "{" TOKENS_COMMON ",\"type\":\"payment\",\"x\":\"\\u0000\"," TOKENS_PAYMENT_FIELDS "}",
        "{" TOKENS_COMMON ",\"type\":\"payment\",\"x\":\"\xC0\xAF\"," TOKENS_PAYMENT_FIELDS "}",
        "{" TOKENS_COMMON ",\"type\":\"payment\",\"x\":\"\\ud800\"," TOKENS_PAYMENT_FIELDS "}",
        "{" TOKENS_COMMON ",\"type\":\"payment\",\"x\":\"\n\"," TOKENS_PAYMENT_FIELDS "}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (tokens_judge(&tokens, INBOX_PAYMENT, bad[i], &message, &detail) != INBOX_MALFORMED)
            fail_msg("accepted: %s", bad[i]);
    static const char with_nul[] = TOKENS_PAYMENT "\0";
    size_t size = tokens_sign_bytes(&tokens, TOKENS_HEADER, with_nul, sizeof with_nul);
    assert_int_equal(inbox_check(&tokens.config, INBOX_PAYMENT, tokens.text, size, &message, &detail),
                     INBOX_MALFORMED);
}

static void deep_nesting_is_malformed(void **state)
{
    (void)state;
    static char claims[6001];
    memset(claims, '[', sizeof claims - 1);
    assert_int_equal(tokens_judge(&tokens, INBOX_PAYMENT, claims, &message, &detail), INBOX_MALFORMED);
    for (size_t i = 0; i + 5 <= sizeof claims - 1; i += 5)
        memcpy(claims + i, "{\"a\":", 5);
    assert_int_equal(tokens_judge(&tokens, INBOX_PAYMENT, claims, &message, &detail), INBOX_MALFORMED);
}

static int set_up(void **state)
{
    (void)state;
    tokens_open(&tokens);
    memset(&message, 0, sizeof message);
    detail = NULL;
    return 0;
}

#define FACT(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT(audience_must_be_this_kiosk),
        FACT(type_must_match_the_topic),
        FACT(common_claims_are_required),
        FACT(exp_is_optional_except_for_commands),
        FACT(amount_is_a_positive_integer),
        FACT(numbers_beyond_any_integer_are_malformed),
        FACT(currency_is_three_capitals),
        FACT(status_must_be_paid),
        FACT(paid_at_is_in_seconds),
        FACT(payment_is_named_within_limits),
        FACT(payment_is_for_a_product_or_an_account),
        FACT(product_too_long_to_exist_stays_unknown),
        FACT(test_mark_is_a_truth_value),
        FACT(ack_names_one_of_four_results),
        FACT(command_has_a_name_and_an_object),
        FACT(args_that_grow_beyond_the_buffer_are_refused),
        FACT(unknown_claims_are_ignored),
        FACT(claims_must_be_strict_json),
        FACT(deep_nesting_is_malformed),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
