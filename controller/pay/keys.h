/* Key files: a JSON Web Key (RFC 7517; OKP: RFC 8037 section 2), so that other JOSE libraries read them too.
 *
 * Ed25519: {"kty":"OKP","crv":"Ed25519","kid":…,"alg":"EdDSA","x":…,"d":…}. HS256:
 * {"kty":"oct","kid":…,"alg":"HS256", "k":…}. "kiosk_use" lists what the key may say. The kiosk gets the
 * public half in its configuration, or for HS256 the file FILE.secret beside the key file: a line of text
 * whose characters (without the line end) are the secret.
 */
#ifndef CONTROLLER_PAY_KEYS_H
#define CONTROLLER_PAY_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include "config/config.h"

struct pay_key {
    struct config_key half; /* what the kiosk knows: public key or shared secret, kid, alg, use */
    uint8_t secret[64];     /* what signs: libsodium secret key or shared secret */
    size_t secret_size;
};

/* New random key. use: "payment,ack,command" or parts of it. false: a sentence stands on stderr. */
bool pay_key_make(struct pay_key *ret, const char *alg, const char *kid, const char *use);
/* Writes the key file, and FILE.secret for HS256; both mode 0600 and never over an existing file. */
bool pay_key_write(const struct pay_key *key, const char *path);
/* Reads a key file; path NULL is the mistake of having named none. */
bool pay_key_read(struct pay_key *ret, const char *path);
/* The line for keys = ( … ) of the kiosk's configuration. path names the key file (HS256: its .secret). */
void pay_key_print(const struct pay_key *key, const char *path, bool json);
void pay_key_wipe(struct pay_key *key);

#endif
