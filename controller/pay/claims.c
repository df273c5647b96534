#include "controller/pay/claims.h"
#include "common/base64url.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sodium.h>

#include "config/load.h"
#include "controller/jws.h"

enum { CLAIMS_COMMAND_LIFE_S = 60 };

void pay_claims_id(char ret[PAY_ID_SIZE])
{
    uint8_t bytes[12];
    randombytes_buf(bytes, sizeof bytes);
    base64url_encode(ret, PAY_ID_SIZE, bytes, sizeof bytes);
}

static const struct config_product *product_paid(const struct pay_options *options)
{
    const struct config *config = options->config;
    for (int32_t i = 0; config && i < config->product_count; i++) {
        const struct config_product *product = &config->products[i];
        if (options->product ? strcmp(product->id, options->product) == 0
                             : options->account && strcmp(product->account, options->account) == 0)
            return product;
    }
    return NULL;
}

static void complain_unpriced(const struct pay_options *options)
{
    if (!options->config) {
        pay_complain("what does it cost? --amount N --currency CUR, or -c FILE to take both from the kiosk's "
                     "configuration");
        return;
    }
    pay_complain("%s has no %s \"%s\" to take the price from; --amount N pays all the same",
                 options->config_file, options->product ? "product" : "account",
                 options->product ? options->product : options->account);
    for (int32_t i = 0; i < options->config->product_count; i++)
        fprintf(stderr, "  %s%s%s\n", options->config->products[i].id,
                *options->config->products[i].account ? " account " : "",
                options->config->products[i].account);
}

bool pay_claims_complete(struct pay_options *options)
{
    if (options->word_count > 0 && !options->product && !options->account)
        options->product = options->words[0];
    else if (options->word_count > 0) {
        pay_complain("\"%s\" is one word too many", options->words[0]);
        return false;
    }
    if (!options->product == !options->account) {
        pay_complain("a payment is for one product or one account: kiosk-pay pay PRODUCT, or --account A");
        return false;
    }
    const struct config_product *product = product_paid(options);
    if (options->amount < 0 && product)
        options->amount = product->price;
    if (options->amount < 0 || !options->currency) {
        complain_unpriced(options);
        return false;
    }
    return true;
}

/* {iss, aud, jti, iat, type} and exp where wanted; life_s < 0: none. */
static json_t *common(const struct pay_options *options, const char *type, const char *jti, int64_t now,
                      int64_t life_s)
{
    char random[PAY_ID_SIZE];
    if (!jti)
        pay_claims_id(random);
    json_t *claims =
        json_pack("{s:s, s:s, s:s, s:I, s:s}", "iss", options->issuer ? options->issuer : "kiosk-pay", "aud",
                  options->kiosk, "jti", jti ? jti : random, "iat", (json_int_t)now, "type", type);
    if (life_s >= 0)
        json_object_set_new(claims, "exp", json_integer(now + life_s));
    return claims;
}

json_t *pay_claims_payment(const struct pay_options *options, const char *payment_id, const char *jti,
                           int64_t now)
{
    json_t *claims = common(options, "payment", jti, now, options->expires_s);
    int64_t paid_at =
        options->paid_at >= 0 ? options->paid_at : now - (options->age_s > 0 ? options->age_s : 0);
    json_object_set_new(claims, "provider", json_string(options->provider ? options->provider : "demo"));
    json_object_set_new(claims, "payment_id", json_string(payment_id));
    json_object_set_new(claims, "status", json_string("paid"));
    json_object_set_new(claims, "amount", json_integer(options->amount));
    json_object_set_new(claims, "currency", json_string(options->currency));
    json_object_set_new(claims, "paid_at", json_integer(paid_at));
    json_object_set_new(claims, options->product ? "product" : "account",
                        json_string(options->product ? options->product : options->account));
    if (options->test)
        json_object_set_new(claims, "test", json_true());
    return claims;
}

json_t *pay_claims_ack(const struct pay_options *options, const char *provider, const char *payment_id,
                       const char *result, int64_t now)
{
    json_t *claims = common(options, "ack", NULL, now, options->expires_s);
    json_object_set_new(claims, "provider", json_string(provider));
    json_object_set_new(claims, "payment_id", json_string(payment_id));
    json_object_set_new(claims, "result", json_string(result));
    return claims;
}

json_t *pay_claims_command(const struct pay_options *options, const char *command, json_t *args,
                           const char *jti, int64_t now)
{
    json_t *claims = common(options, "command", jti, now,
                            options->expires_s > 0 ? options->expires_s : CLAIMS_COMMAND_LIFE_S);
    json_object_set_new(claims, "command", json_string(command));
    json_object_set(claims, "args", args);
    return claims;
}

long pay_claims_sign(char ret[PAY_TOKEN_SIZE], const struct pay_key *key, json_t *claims)
{
    char *text = claims ? json_dumps(claims, JSON_COMPACT) : NULL;
    json_decref(claims);
    long length = text ? jws_sign(ret, PAY_TOKEN_SIZE, key->half.alg, key->half.kid, key->secret,
                                  key->secret_size, text)
                       : -1;
    free(text);
    if (length < 0)
        pay_complain("cannot sign: a text is no UTF-8 or the message is too long");
    return length;
}
