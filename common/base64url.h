/* base64url without padding (RFC 4648 section 5, RFC 7515 section 2), strict: one spelling for one sequence
 * of bytes.
 *
 * Decoding is our own: libsodium 1.0.18 takes bytes above 127 for '_'.
 */
#ifndef COMMON_BASE64URL_H
#define COMMON_BASE64URL_H

#include <stddef.h>
#include <stdint.h>

/* No padding, no white space, no stray bits. Number of bytes or -1. */
long base64url_decode(uint8_t *ret, size_t size, const char *text, size_t length);
/* Writes NUL-terminated text; length or -1 if it does not fit. */
long base64url_encode(char *ret, size_t size, const uint8_t *bytes, size_t length);

#endif
