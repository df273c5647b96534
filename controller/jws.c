#include "controller/jws.h"

#include <string.h>
#include <jansson.h>
#include <sodium.h>

#include "common/base64url.h"

enum {
    JWS_HEADER_SIZE = 512,
    JWS_HS256_LEAST_SECRET = 32, /* RFC 7518 section 3.2: at least as long as the hash */
};

static void hmac_sha256(uint8_t mac[crypto_auth_hmacsha256_BYTES], const uint8_t *secret, size_t secret_size,
                        const char *text, size_t size)
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, secret, secret_size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, size);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
}

/* Writes {"alg":...,"typ":"JWT","kid":...} as base64url; length or -1. */
static long write_header(char *ret, size_t size, enum config_key_alg alg, const char *kid)
{
    char text[JWS_HEADER_SIZE];
    json_t *header = json_pack("{s:s, s:s, s:s}", "alg", alg == CONFIG_ALG_EDDSA ? "EdDSA" : "HS256", "typ",
                               "JWT", "kid", kid);
    if (!header)
        return -1;
    size_t length = json_dumpb(header, text, sizeof text, JSON_COMPACT);
    json_decref(header);
    if (length == 0 || length > sizeof text)
        return -1;
    return base64url_encode(ret, size, (const uint8_t *)text, length);
}

/* Signature bytes over the text; how many, or -1 if the secret does not suit the algorithm. */
static long make_signature(uint8_t ret[crypto_sign_BYTES], enum config_key_alg alg, const uint8_t *secret,
                           size_t secret_size, const char *text, size_t size)
{
    switch (alg) {
    case CONFIG_ALG_EDDSA:
        if (secret_size != crypto_sign_SECRETKEYBYTES)
            return -1;
        crypto_sign_detached(ret, NULL, (const unsigned char *)text, size, secret);
        return crypto_sign_BYTES;
    case CONFIG_ALG_HS256:
        if (secret_size < JWS_HS256_LEAST_SECRET)
            return -1;
        hmac_sha256(ret, secret, secret_size, text, size);
        return crypto_auth_hmacsha256_BYTES;
    }
    return -1;
}

long jws_sign(char *ret, size_t size, enum config_key_alg alg, const char *kid, const uint8_t *secret,
              size_t secret_size, const char *claims_json)
{
    uint8_t signature[crypto_sign_BYTES];
    long header = write_header(ret, size, alg, kid);
    if (header < 0)
        return -1;
    size_t at = (size_t)header;
    ret[at++] = '.'; /* takes the place of the NUL, so it fits */
    long payload = base64url_encode(ret + at, size - at, (const uint8_t *)claims_json, strlen(claims_json));
    if (payload < 0)
        return -1;
    at += (size_t)payload;
    long length = make_signature(signature, alg, secret, secret_size, ret, at);
    if (length < 0)
        return -1;
    ret[at++] = '.';
    long tail = base64url_encode(ret + at, size - at, signature, (size_t)length);
    return tail < 0 ? -1 : (long)at + tail;
}

bool jws_verify(const struct config_key *key, const char *signed_part, size_t signed_size,
                const uint8_t *signature, size_t signature_size)
{
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    switch (key->alg) {
    case CONFIG_ALG_EDDSA:
        return key->secret_size == crypto_sign_PUBLICKEYBYTES && signature_size == crypto_sign_BYTES &&
               crypto_sign_verify_detached(signature, (const unsigned char *)signed_part, signed_size,
                                           key->secret) == 0;
    case CONFIG_ALG_HS256:
        /* A configuration loaded without secrets has an empty one: nothing may verify with it. */
        if (key->secret_size < JWS_HS256_LEAST_SECRET || key->secret_size > sizeof key->secret ||
            signature_size != sizeof mac)
            return false;
        hmac_sha256(mac, key->secret, key->secret_size, signed_part, signed_size);
        return sodium_memcmp(mac, signature, sizeof mac) == 0;
    }
    return false;
}
