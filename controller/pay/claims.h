/* Claims and tokens as docs/messages.md describes them. Texts are allocated; the caller frees them. */
#ifndef CONTROLLER_PAY_CLAIMS_H
#define CONTROLLER_PAY_CLAIMS_H

#include <jansson.h>
#include "controller/pay/keys.h"
#include "controller/pay/options.h"

enum { PAY_TOKEN_SIZE = 16384, PAY_ID_SIZE = 1100 };

/* A new random id for jti. */
void pay_claims_id(char ret[PAY_ID_SIZE]);
/* The price, currency and account or product from the configuration for what the options leave open; the
 * positional word of `pay` is the product. false: a sentence stands on stderr. */
bool pay_claims_complete(struct pay_options *options);

/* Claims objects; jti NULL = a random one. now: unix seconds. */
json_t *pay_claims_payment(const struct pay_options *options, const char *payment_id, const char *jti,
                           int64_t now);
json_t *pay_claims_ack(const struct pay_options *options, const char *provider, const char *payment_id,
                       const char *result, int64_t now);
json_t *pay_claims_command(const struct pay_options *options, const char *command, json_t *args,
                           const char *jti, int64_t now);
/* Signs and releases claims. Length, or -1 with a sentence on stderr. */
long pay_claims_sign(char ret[PAY_TOKEN_SIZE], const struct pay_key *key, json_t *claims);

#endif
