#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <sodium.h>

#include "controller/jws.h"
#include "common/base64url.h"

/* RFC 7515 appendix A.1. */
static const char a1_secret[] =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
static const char a1_signed[] =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
    "cnVlfQ";
static const char a1_signature[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/* RFC 8037 appendices A.1, A.2 and A.4. */
static const char a4_seed[] = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
static const char a4_public[] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
static const char a4_signed[] = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
static const char a4_signature[] =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

static size_t decode(uint8_t *ret, size_t size, const char *text)
{
    long length = base64url_decode(ret, size, text, strlen(text));
    assert_true(length > 0);
    return (size_t)length;
}

static struct config_key key_of(enum config_key_alg alg, const char *text)
{
    struct config_key key = {.kid = "k", .alg = alg, .use = CONFIG_USE_PAYMENT};
    key.secret_size = (uint32_t)decode(key.secret, sizeof key.secret, text);
    return key;
}

static void rfc7515_a1_verifies_with_hs256(void **state)
{
    (void)state;
    struct config_key key = key_of(CONFIG_ALG_HS256, a1_secret);
    uint8_t signature[64];
    size_t size = decode(signature, sizeof signature, a1_signature);
    assert_true(jws_verify(&key, a1_signed, strlen(a1_signed), signature, size));
    assert_false(jws_verify(&key, a1_signed, strlen(a1_signed) - 1, signature, size));
    assert_false(jws_verify(&key, a1_signed, strlen(a1_signed), signature, size - 1));
    signature[31] ^= 1;
    assert_false(jws_verify(&key, a1_signed, strlen(a1_signed), signature, size));
}

static void rfc8037_a4_verifies_with_eddsa(void **state)
{
    (void)state;
    struct config_key key = key_of(CONFIG_ALG_EDDSA, a4_public);
    uint8_t signature[64];
    size_t size = decode(signature, sizeof signature, a4_signature);
    assert_true(jws_verify(&key, a4_signed, strlen(a4_signed), signature, size));
    assert_false(jws_verify(&key, a4_signed, strlen(a4_signed) - 1, signature, size));
    assert_false(jws_verify(&key, a4_signed, strlen(a4_signed), signature, size - 1));
    signature[0] ^= 1;
    assert_false(jws_verify(&key, a4_signed, strlen(a4_signed), signature, size));
}

static void rfc8037_a1_seed_signs_a4(void **state)
{
    (void)state;
    uint8_t seed[32], public_key[32], secret[64], wanted[64], signature[64], x[32];
    decode(seed, sizeof seed, a4_seed);
    decode(wanted, sizeof wanted, a4_signature);
    decode(x, sizeof x, a4_public);
    crypto_sign_seed_keypair(public_key, secret, seed);
    assert_memory_equal(public_key, x, 32);
    crypto_sign_detached(signature, NULL, (const unsigned char *)a4_signed, strlen(a4_signed), secret);
    assert_memory_equal(signature, wanted, 64);
}

static void identity_key_forges_nothing(void **state)
{
    (void)state;
    /* Public key and R are the neutral point, S = 0: verifies any message where small orders are not refused.
     */
    struct config_key key = {.kid = "k", .alg = CONFIG_ALG_EDDSA, .secret_size = 32, .secret = {1}};
    uint8_t signature[64] = {1};
    assert_false(jws_verify(&key, a4_signed, strlen(a4_signed), signature, sizeof signature));
}

static void key_without_secret_verifies_nothing(void **state)
{
    (void)state;
    uint8_t mac[32] = {0};
    crypto_auth_hmacsha256_state hmac;
    crypto_auth_hmacsha256_init(&hmac, mac, 0);
    crypto_auth_hmacsha256_update(&hmac, (const unsigned char *)a1_signed, strlen(a1_signed));
    crypto_auth_hmacsha256_final(&hmac, mac);
    struct config_key key = {.kid = "k", .alg = CONFIG_ALG_HS256};
    assert_false(jws_verify(&key, a1_signed, strlen(a1_signed), mac, sizeof mac));
    key.alg = CONFIG_ALG_EDDSA;
    assert_false(jws_verify(&key, a1_signed, strlen(a1_signed), mac, sizeof mac));
}

static void base64url_round_trips_every_length(void **state)
{
    (void)state;
    uint8_t bytes[67], back[67];
    char text[128];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 + 251);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        long characters = base64url_encode(text, sizeof text, bytes, length);
        assert_int_equal(characters, (length * 4 + 2) / 3);
        assert_int_equal(strlen(text), characters);
        assert_int_equal(base64url_decode(back, sizeof back, text, (size_t)characters), length);
        assert_memory_equal(back, bytes, length);
    }
}

static void base64url_refuses_what_is_not_canonical(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "A",     "AAAAA", "AB",   "AAB",  "QQ==", "QUI=", "QUI ", " QUI",       "QU I",
        "QU\nI", "QUI+",  "QUI/", "QUI.", "QUI,", "QR",   "_x",   "QU\xC3\xBC",
    };
    uint8_t bytes[16];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(base64url_decode(bytes, sizeof bytes, bad[i], strlen(bad[i])), -1);
    assert_int_equal(base64url_decode(bytes, sizeof bytes, "QUJD-_", 6), -1);
    assert_int_equal(base64url_decode(bytes, sizeof bytes, "-_-_", 4), 3);
}

static void base64url_takes_its_64_characters_and_no_other_byte(void **state)
{
    (void)state;
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int byte = 0; byte < 256; byte++) {
        const char text[4] = {'Q', 'U', (char)byte, 'I'};
        uint8_t bytes[3];
        bool good = byte != 0 && strchr(alphabet, byte);
        assert_int_equal(base64url_decode(bytes, sizeof bytes, text, sizeof text), good ? 3 : -1);
    }
}

static void base64url_keeps_to_the_buffer(void **state)
{
    (void)state;
    uint8_t bytes[3] = {1, 2, 3};
    char text[5] = "xxxx";
    assert_int_equal(base64url_encode(text, 4, bytes, 3), -1);
    assert_int_equal(base64url_encode(text, 5, bytes, 3), 4);
    assert_int_equal(base64url_decode(bytes, 2, "AQID", 4), -1);
    assert_int_equal(base64url_decode(bytes, 3, "AQID", 4), 3);
}

/* Verifies the token jws_sign made with `key`, the public half. */
static bool token_verifies(const char *token, const struct config_key *key)
{
    const char *tail = strrchr(token, '.');
    uint8_t signature[64];
    long size = base64url_decode(signature, sizeof signature, tail + 1, strlen(tail + 1));
    return size > 0 && jws_verify(key, token, (size_t)(tail - token), signature, (size_t)size);
}

static void signed_token_verifies_with_the_public_half_only(void **state)
{
    (void)state;
    struct config_key key = {.kid = "k", .alg = CONFIG_ALG_EDDSA, .secret_size = 32}, other = key;
    uint8_t secret[64], other_secret[64];
    char token[1024];
    crypto_sign_keypair(key.secret, secret);
    crypto_sign_keypair(other.secret, other_secret);
    long length = jws_sign(token, sizeof token, CONFIG_ALG_EDDSA, "k", secret, sizeof secret, "{\"a\":1}");
    assert_int_equal(length, strlen(token));
    assert_true(token_verifies(token, &key));
    assert_false(token_verifies(token, &other));
}

static void header_names_alg_typ_and_kid(void **state)
{
    (void)state;
    uint8_t secret[32] = {7}, header[128];
    char token[1024];
    assert_true(jws_sign(token, sizeof token, CONFIG_ALG_HS256, "psp-2026", secret, sizeof secret, "{}") > 0);
    long size = base64url_decode(header, sizeof header, token, strcspn(token, "."));
    static const char wanted[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"psp-2026\"}";
    assert_int_equal(size, strlen(wanted));
    assert_memory_equal(header, wanted, strlen(wanted));
}

static void signing_refuses_short_secrets_and_small_buffers(void **state)
{
    (void)state;
    uint8_t secret[64];
    uint8_t public_key[32];
    char token[512];
    crypto_sign_keypair(public_key, secret);
    assert_int_equal(jws_sign(token, sizeof token, CONFIG_ALG_EDDSA, "k", secret, 32, "{}"), -1);
    assert_int_equal(jws_sign(token, sizeof token, CONFIG_ALG_HS256, "k", secret, 31, "{}"), -1);
    long length = jws_sign(token, sizeof token, CONFIG_ALG_EDDSA, "k", secret, 64, "{}");
    assert_true(length > 0);
    for (size_t size = 0; size <= (size_t)length; size++)
        assert_int_equal(jws_sign(token, size, CONFIG_ALG_EDDSA, "k", secret, 64, "{}"), -1);
    assert_int_equal(jws_sign(token, (size_t)length + 1, CONFIG_ALG_EDDSA, "k", secret, 64, "{}"), length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc7515_a1_verifies_with_hs256),
        cmocka_unit_test(rfc8037_a4_verifies_with_eddsa),
        cmocka_unit_test(rfc8037_a1_seed_signs_a4),
        cmocka_unit_test(identity_key_forges_nothing),
        cmocka_unit_test(key_without_secret_verifies_nothing),
        cmocka_unit_test(base64url_round_trips_every_length),
        cmocka_unit_test(base64url_refuses_what_is_not_canonical),
        cmocka_unit_test(base64url_takes_its_64_characters_and_no_other_byte),
        cmocka_unit_test(base64url_keeps_to_the_buffer),
        cmocka_unit_test(signed_token_verifies_with_the_public_half_only),
        cmocka_unit_test(header_names_alg_typ_and_kid),
        cmocka_unit_test(signing_refuses_short_secrets_and_small_buffers),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
