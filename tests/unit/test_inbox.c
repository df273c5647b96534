/* The envelope: everything that is decided before a claim is read. The claims: test_inbox_claims.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/inbox_tokens.h"

static struct tokens tokens;
static struct inbox_message message;
static const char *detail;

static enum inbox_verdict judge(enum inbox_type type, const char *text, size_t size)
{
    return inbox_check(&tokens.config, type, text, size, &message, &detail);
}

/* Verdict on good claims under this header, well signed by the psp key. */
static enum inbox_verdict judge_header(const char *header)
{
    size_t size = tokens_sign(&tokens, header, TOKENS_PAYMENT);
    return judge(INBOX_PAYMENT, tokens.text, size);
}

static void payment_is_taken_apart(void **state)
{
    (void)state;
    assert_int_equal(tokens_judge(&tokens, INBOX_PAYMENT, TOKENS_PAYMENT, &message, &detail), INBOX_OK);
    assert_int_equal(message.type, INBOX_PAYMENT);
    assert_string_equal(message.kid, "psp");
    assert_string_equal(message.iss, "psp");
    assert_string_equal(message.jti, "j-1");
    assert_int_equal(message.iat, 1780000000);
    assert_int_equal(message.exp, 0);
    assert_string_equal(message.u.payment.provider, "erip");
    assert_string_equal(message.u.payment.payment_id, "4711");
    assert_string_equal(message.u.payment.product, "cola");
    assert_string_equal(message.u.payment.account, "");
    assert_string_equal(message.u.payment.currency, "BYN");
    assert_int_equal(message.u.payment.amount, 250);
    assert_int_equal(message.u.payment.paid_at, 1780000000);
    assert_false(message.u.payment.test);
    assert_false(message.u.payment.retained);
    assert_string_equal(detail, "");
}

static void ack_is_taken_apart(void **state)
{
    (void)state;
    assert_int_equal(tokens_judge(&tokens, INBOX_ACK, TOKENS_ACK, &message, NULL), INBOX_OK);
    assert_string_equal(message.u.ack.provider, "erip");
    assert_string_equal(message.u.ack.payment_id, "4711");
    assert_int_equal(message.u.ack.result, PAYMENT_RESULT_DELIVERED);
}

static void command_is_taken_apart(void **state)
{
    (void)state;
    assert_int_equal(tokens_judge(&tokens, INBOX_COMMAND, TOKENS_COMMAND, &message, NULL), INBOX_OK);
    assert_string_equal(message.kid, "ops");
    assert_int_equal(message.exp, 1780000060);
    assert_string_equal(message.u.command.command, "stock.set");
    assert_string_equal(message.u.command.args, "{\"product\":\"cola\",\"stock\":8}");
}

static void shared_secret_is_accepted(void **state)
{
    (void)state;
    long size = jws_sign(tokens.text, TOKEN_SIZE, CONFIG_ALG_HS256, "box", tokens.box_secret,
                         sizeof tokens.box_secret, TOKENS_PAYMENT);
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, (size_t)size), INBOX_OK);
    assert_string_equal(message.kid, "box");
}

static void size_is_judged_first(void **state)
{
    (void)state;
    static char large[INBOX_MAX_SIZE + 1];
    memset(large, 'A', sizeof large);
    assert_int_equal(judge(INBOX_PAYMENT, large, sizeof large), INBOX_TOO_LARGE);
    assert_int_equal(judge(INBOX_PAYMENT, large, sizeof large - 1), INBOX_MALFORMED);
    memset(large, '.', sizeof large);
    assert_int_equal(judge(INBOX_PAYMENT, large, INBOX_MAX_SIZE), INBOX_MALFORMED);
    assert_int_equal(judge(INBOX_PAYMENT, large, 0), INBOX_MALFORMED);
    assert_int_equal(judge(INBOX_PAYMENT, NULL, 0), INBOX_MALFORMED);
}

static void largest_message_is_accepted(void **state)
{
    (void)state;
    char claims[6200];
    size_t fill = 5500, size = 0;
    for (; fill < 6150; fill++) {
        int length = snprintf(claims, sizeof claims, "{\"x\":\"%0*d\",%s", (int)fill, 0, &TOKENS_PAYMENT[1]);
        assert_true(length > 0 && (size_t)length < sizeof claims);
        size = tokens_sign(&tokens, TOKENS_HEADER, claims);
        if (size > INBOX_MAX_SIZE)
            break;
        assert_int_equal(judge(INBOX_PAYMENT, tokens.text, size), INBOX_OK);
    }
    assert_true(size > INBOX_MAX_SIZE);
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, size), INBOX_TOO_LARGE);
}

static void anything_but_three_parts_is_malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {".",
                                      "..",
                                      "...",
                                      "a",
                                      "a.b",
                                      "e30.e30",
                                      "e30.e30.",
                                      "e30..e30",
                                      ".e30.e30",
                                      "{}",
                                      "e30.e30.e30.e30",
                                      "e30.e30.e30.",
                                      ".e30.e30.e30"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(judge(INBOX_PAYMENT, bad[i], strlen(bad[i])), INBOX_MALFORMED);
    size_t size = tokens_sign(&tokens, TOKENS_HEADER, TOKENS_PAYMENT);
    memcpy(tokens.text + size, ".e30", 4);
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, size + 4), INBOX_MALFORMED);
    assert_string_equal(detail, "parts");
}

static void every_flipped_bit_is_rejected(void **state)
{
    (void)state;
    static char copy[TOKEN_SIZE];
    const char *kids[] = {"psp", "box"};
    for (size_t k = 0; k < 2; k++) {
        enum config_key_alg alg = k == 0 ? CONFIG_ALG_EDDSA : CONFIG_ALG_HS256;
        long size = jws_sign(copy, sizeof copy, alg, kids[k], k == 0 ? tokens.psp_secret : tokens.box_secret,
                             k == 0 ? 64 : sizeof tokens.box_secret, TOKENS_PAYMENT);
        assert_int_equal(judge(INBOX_PAYMENT, copy, (size_t)size), INBOX_OK);
        for (size_t bit = 0; bit < (size_t)size * 8; bit++) {
            copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
            assert_int_not_equal(judge(INBOX_PAYMENT, copy, (size_t)size), INBOX_OK);
            copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        }
        assert_int_equal(judge(INBOX_PAYMENT, copy, (size_t)size), INBOX_OK);
    }
}

static void every_shortened_token_is_rejected(void **state)
{
    (void)state;
    size_t size = tokens_sign(&tokens, TOKENS_HEADER, TOKENS_PAYMENT);
    for (size_t cut = 0; cut < size; cut++)
        assert_int_not_equal(judge(INBOX_PAYMENT, tokens.text, cut), INBOX_OK);
    static const char tails[] = {'A', '=', '\n', ' ', '\0', '.'};
    for (size_t i = 0; i < sizeof tails; i++) {
        tokens.text[size] = tails[i];
        assert_int_not_equal(judge(INBOX_PAYMENT, tokens.text, size + 1), INBOX_OK);
    }
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, size), INBOX_OK);
}

static void rejected_message_leaves_the_result_alone_until_it_is_genuine(void **state)
{
    (void)state;
    struct inbox_message before;
    memset(&before, 0x5A, sizeof before);
    message = before;
    size_t size = tokens_sign(&tokens, TOKENS_HEADER, TOKENS_PAYMENT);
    tokens.text[size - 3] = tokens.text[size - 3] == 'A' ? 'B' : 'A';
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, size), INBOX_BAD_SIGNATURE);
    assert_memory_equal(&message, &before, sizeof message);
}

static void header_must_be_strict_json(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "null",
        "\"EdDSA\"",
        "{\"alg\":\"EdDSA\"}",
        "{\"kid\":\"psp\"}",
        "{\"alg\":null,\"kid\":\"psp\"}",
        "{\"alg\":[\"EdDSA\"],\"kid\":\"psp\"}",
        "{\"alg\":\"EdDSA\",\"kid\":7}",
        "{\"alg\":\"EdDSA\",\"kid\":\"psp\",\"kid\":\"psp\"}",
        "{\"alg\":\"none\",\"alg\":\"EdDSA\",\"kid\":\"psp\"}",
        "{\"alg\":\"EdDSA\",\"kid\":\"psp\"}x",
        "{\"alg\":\"EdDSA\",\"kid\":\"psp\"}{}",
        "{\"alg\":\"EdDSA\",\"kid\":\"psp\\u0000\"}",
        "{\"alg\":\"EdDSA\",\"kid\":\"psp\",}",
        "{'alg':'EdDSA','kid':'psp'}",
        "{\"alg\":\"EdDSA\",\"kid\":\"psp\",\"typ\":\"JWE\"}",
        "{\"alg\":\"EdDSA\",\"kid\":\"psp\",\"typ\":1}",
        "{\"alg\":\"EdDSA\",\"kid\":\"psp\",\"crit\":[\"exp\"],\"exp\":1}",
        "{\"alg\":\"EdDSA\",\"kid\":\"psp\",\"crit\":[]}",
        "{\"alg\":\"EdDSA\",\"kid\":\"psp\",\"crit\":null}",
        "{\"alg\":\"EdDSA\",\"kid\":\"psp\",\"b64\":false,\"crit\":[\"b64\"]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(judge_header(bad[i]), INBOX_MALFORMED);
}

static void unknown_header_members_are_ignored(void **state)
{
    (void)state;
    assert_int_equal(judge_header("{\"alg\":\"EdDSA\",\"kid\":\"psp\"}"), INBOX_OK);
    assert_int_equal(judge_header("{\"alg\":\"EdDSA\",\"kid\":\"psp\",\"typ\":\"jwt\"}"), INBOX_OK);
    assert_int_equal(
        judge_header("{\"kid\":\"psp\",\"x5t\":\"abc\",\"jwk\":{\"kty\":\"OKP\"},\"alg\":\"EdDSA\"}"),
        INBOX_OK);
}

static void key_is_found_by_its_exact_name(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "PSP", "psp ", "ps", "pspp", "../psp", "0"};
    char header[128];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(header, sizeof header, "{\"alg\":\"EdDSA\",\"kid\":\"%s\"}", bad[i]);
        assert_int_equal(judge_header(header), INBOX_UNKNOWN_KEY);
    }
    tokens.config.key_count = 0;
    assert_int_equal(judge_header(TOKENS_HEADER), INBOX_UNKNOWN_KEY);
}

static void key_works_with_its_own_algorithm_only(void **state)
{
    (void)state;
    static const char *const bad[] = {"none",  "None",  "",        "HS256", "HS512",
                                      "eddsa", "EDDSA", "Ed25519", "RS256", "EdDSA "};
    char header[128];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(header, sizeof header, "{\"alg\":\"%s\",\"kid\":\"psp\"}", bad[i]);
        assert_int_equal(judge_header(header), INBOX_WRONG_ALG);
    }
    assert_int_equal(judge_header("{\"alg\":\"EdDSA\",\"kid\":\"box\"}"), INBOX_WRONG_ALG);
}

static void public_key_used_as_shared_secret_is_refused(void **state)
{
    (void)state;
    long size = jws_sign(tokens.text, TOKEN_SIZE, CONFIG_ALG_HS256, "psp", tokens.config.keys[0].secret, 32,
                         TOKENS_PAYMENT);
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, (size_t)size), INBOX_WRONG_ALG);
}

static void unsigned_token_is_refused(void **state)
{
    (void)state;
    size_t size = tokens_sign(&tokens, "{\"alg\":\"none\",\"kid\":\"psp\"}", TOKENS_PAYMENT);
    size = (size_t)(strrchr(tokens.text, '.') + 1 - tokens.text);
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, size), INBOX_WRONG_ALG);
    tokens_sign(&tokens, TOKENS_HEADER, TOKENS_PAYMENT);
    size = (size_t)(strrchr(tokens.text, '.') + 1 - tokens.text);
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, size), INBOX_BAD_SIGNATURE);
}

static void key_speaks_only_on_its_topics(void **state)
{
    (void)state;
    tokens_judge(&tokens, INBOX_COMMAND, TOKENS_COMMAND, &message, NULL);
    size_t size = strlen(tokens.text);
    assert_int_equal(judge(INBOX_COMMAND, tokens.text, size), INBOX_OK);
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, size), INBOX_WRONG_USE);
    assert_int_equal(judge(INBOX_ACK, tokens.text, size), INBOX_WRONG_USE);
    size = tokens_sign(&tokens, TOKENS_HEADER, TOKENS_COMMAND);
    assert_int_equal(judge(INBOX_COMMAND, tokens.text, size), INBOX_WRONG_USE);
}

static void signature_of_another_key_is_refused(void **state)
{
    (void)state;
    long size =
        jws_sign(tokens.text, TOKEN_SIZE, CONFIG_ALG_EDDSA, "psp", tokens.ops_secret, 64, TOKENS_PAYMENT);
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, (size_t)size), INBOX_BAD_SIGNATURE);
    size = jws_sign(tokens.text, TOKEN_SIZE, CONFIG_ALG_HS256, "box", tokens.box_secret, 47, TOKENS_PAYMENT);
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, (size_t)size), INBOX_BAD_SIGNATURE);
}

static void signature_too_long_is_bad(void **state)
{
    (void)state;
    size_t size = tokens_sign(&tokens, TOKENS_HEADER, TOKENS_PAYMENT);
    size = (size_t)(strrchr(tokens.text, '.') + 1 - tokens.text);
    memset(tokens.text + size, 'A', 88);
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, size + 88), INBOX_BAD_SIGNATURE);
}

static void claims_are_not_parsed_without_a_signature(void **state)
{
    (void)state;
    /* Claims that are no JSON are a bad signature when unsigned, malformed only when the key's holder wrote
     * them. */
    size_t size = tokens_sign(&tokens, TOKENS_HEADER, "this is no JSON");
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, size), INBOX_MALFORMED);
    assert_string_equal(detail, "claims");
    tokens.text[size - 3] = tokens.text[size - 3] == 'A' ? 'B' : 'A';
    assert_int_equal(judge(INBOX_PAYMENT, tokens.text, size), INBOX_BAD_SIGNATURE);
}

static void verdicts_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < INBOX_VERDICT_COUNT; i++) {
        assert_true(strlen(inbox_verdict_name((enum inbox_verdict)i)) > 1);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(inbox_verdict_name((enum inbox_verdict)i),
                                    inbox_verdict_name((enum inbox_verdict)k));
    }
    assert_string_equal(inbox_verdict_name(INBOX_VERDICT_COUNT), "?");
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
        FACT(payment_is_taken_apart),
        FACT(ack_is_taken_apart),
        FACT(command_is_taken_apart),
        FACT(shared_secret_is_accepted),
        FACT(size_is_judged_first),
        FACT(largest_message_is_accepted),
        FACT(anything_but_three_parts_is_malformed),
        FACT(every_flipped_bit_is_rejected),
        FACT(every_shortened_token_is_rejected),
        FACT(rejected_message_leaves_the_result_alone_until_it_is_genuine),
        FACT(header_must_be_strict_json),
        FACT(unknown_header_members_are_ignored),
        FACT(key_is_found_by_its_exact_name),
        FACT(key_works_with_its_own_algorithm_only),
        FACT(public_key_used_as_shared_secret_is_refused),
        FACT(unsigned_token_is_refused),
        FACT(key_speaks_only_on_its_topics),
        FACT(signature_of_another_key_is_refused),
        FACT(signature_too_long_is_bad),
        FACT(claims_are_not_parsed_without_a_signature),
        FACT(verdicts_have_names),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
