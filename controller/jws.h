/* JWS compact serialisation: make and take apart. Used by the inbox (verify) and kiosk-pay (sign). Pure;
 * libsodium inside. */
#ifndef CONTROLLER_JWS_H
#define CONTROLLER_JWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "config/config.h"

/* Signs claims_json (EdDSA: secret = 64-byte libsodium secret key; HS256: the shared secret). Length of the
 * token or -1. */
long jws_sign(char *ret, size_t size, enum config_key_alg alg, const char *kid, const uint8_t *secret,
              size_t secret_size, const char *claims_json);
/* Constant-time check of signature over signed_part ("header.payload" as received). */
bool jws_verify(const struct config_key *key, const char *signed_part, size_t signed_size,
                const uint8_t *signature, size_t signature_size);

#endif
