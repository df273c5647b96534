/* For the tests of the inbox: a kiosk with three keys, and tokens with any header and any claims. */
#ifndef TESTS_INBOX_TOKENS_H
#define TESTS_INBOX_TOKENS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sodium.h>

#include "controller/inbox.h"
#include "common/base64url.h"
#include "controller/jws.h"

enum { TOKEN_SIZE = 16384 };

#define TOKENS_COMMON "\"iss\":\"psp\",\"aud\":\"minsk-042\",\"jti\":\"j-1\",\"iat\":1780000000"
#define TOKENS_PAYMENT_FIELDS                                                                                \
    "\"provider\":\"erip\",\"payment_id\":\"4711\",\"status\":\"paid\",\"amount\":250,\"currency\":\"BYN\"," \
    "\"paid_at\":1780000000,\"product\":\"cola\""
#define TOKENS_PAYMENT "{" TOKENS_COMMON ",\"type\":\"payment\"," TOKENS_PAYMENT_FIELDS "}"
#define TOKENS_ACK                                                                                           \
    "{" TOKENS_COMMON                                                                                        \
    ",\"type\":\"ack\",\"provider\":\"erip\",\"payment_id\":\"4711\",\"result\":\"delivered\"}"
#define TOKENS_COMMAND                                                                                       \
    "{" TOKENS_COMMON ",\"exp\":1780000060,\"type\":\"command\",\"command\":\"stock.set\","                  \
    "\"args\":{\"product\":\"cola\",\"stock\":8}}"

struct tokens {
    struct config config;
    uint8_t psp_secret[64]; /* kid "psp": EdDSA for payment and ack */
    uint8_t ops_secret[64]; /* kid "ops": EdDSA for command */
    uint8_t box_secret[48]; /* kid "box": HS256 for payment */
    char text[TOKEN_SIZE];
};

static inline void tokens_open(struct tokens *tokens)
{
    static const uint8_t psp_seed[32] = {1}, ops_seed[32] = {2};
    memset(tokens, 0, sizeof *tokens);
    memset(tokens->box_secret, 3, sizeof tokens->box_secret);
    snprintf(tokens->config.kiosk.id, sizeof tokens->config.kiosk.id, "minsk-042");
    struct config_key *key = tokens->config.keys;
    key[0] = (struct config_key){.kid = "psp", .secret_size = 32, .use = CONFIG_USE_PAYMENT | CONFIG_USE_ACK};
    key[1] = (struct config_key){.kid = "ops", .secret_size = 32, .use = CONFIG_USE_COMMAND};
    key[2] = (struct config_key){
        .kid = "box", .alg = CONFIG_ALG_HS256, .secret_size = 48, .use = CONFIG_USE_PAYMENT};
    crypto_sign_seed_keypair(key[0].secret, tokens->psp_secret, psp_seed);
    crypto_sign_seed_keypair(key[1].secret, tokens->ops_secret, ops_seed);
    memcpy(key[2].secret, tokens->box_secret, sizeof tokens->box_secret);
    tokens->config.key_count = 3;
}

/* Signs header and claims as they are, with the psp key; returns the length of tokens->text. */
static inline size_t tokens_sign_bytes(struct tokens *tokens, const char *header, const void *claims,
                                       size_t claims_size)
{
    uint8_t signature[64];
    char *text = tokens->text;
    size_t at = (size_t)base64url_encode(text, TOKEN_SIZE, (const uint8_t *)header, strlen(header));
    text[at++] = '.';
    at += (size_t)base64url_encode(text + at, TOKEN_SIZE - at, claims, claims_size);
    crypto_sign_detached(signature, NULL, (const unsigned char *)text, at, tokens->psp_secret);
    text[at++] = '.';
    return at + (size_t)base64url_encode(text + at, TOKEN_SIZE - at, signature, sizeof signature);
}

static inline size_t tokens_sign(struct tokens *tokens, const char *header, const char *claims)
{
    return tokens_sign_bytes(tokens, header, claims, strlen(claims));
}

#define TOKENS_HEADER "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"psp\"}"

/* Verdict on claims with a good header and a good signature of a key that may say them. */
static inline enum inbox_verdict tokens_judge(struct tokens *tokens, enum inbox_type type, const char *claims,
                                              struct inbox_message *ret, const char **ret_detail)
{
    bool command = type == INBOX_COMMAND;
    long size = jws_sign(tokens->text, TOKEN_SIZE, CONFIG_ALG_EDDSA, command ? "ops" : "psp",
                         command ? tokens->ops_secret : tokens->psp_secret, 64, claims);
    return inbox_check(&tokens->config, type, tokens->text, (size_t)size, ret, ret_detail);
}

#endif
