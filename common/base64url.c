#include "common/base64url.h"

#include <string.h>
#include <sodium.h>

/* Value of one character, -1 if it is none. Not libsodium's: 1.0.18 reads every byte above 127 as '_', so
 * that a token with a flipped bit would still verify. */
static int base64url_value(char character)
{
    if (character >= 'A' && character <= 'Z')
        return character - 'A';
    if (character >= 'a' && character <= 'z')
        return character - 'a' + 26;
    if (character >= '0' && character <= '9')
        return character - '0' + 52;
    if (character == '-')
        return 62;
    return character == '_' ? 63 : -1;
}

long base64url_decode(uint8_t *ret, size_t size, const char *text, size_t length)
{
    uint32_t bits = 0;
    unsigned count = 0;
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        int value = base64url_value(text[i]);
        if (value < 0)
            return -1;
        bits = (bits << 6 | (uint32_t)value) & 0xFFFF;
        count += 6;
        if (count < 8)
            continue;
        if (used == size)
            return -1;
        count -= 8;
        ret[used++] = (uint8_t)(bits >> count);
    }
    /* A whole character without a byte, or bits behind the last byte: another spelling of the same bytes. */
    if (count >= 6 || (bits & ((1u << count) - 1)) != 0)
        return -1;
    return (long)used;
}

long base64url_encode(char *ret, size_t size, const uint8_t *bytes, size_t length)
{
    if (length > SIZE_MAX / 2 ||
        sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING) > size)
        return -1;
    sodium_bin2base64(ret, size, bytes, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return (long)strlen(ret);
}
