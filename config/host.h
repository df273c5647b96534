/* Host names and addresses as text. Source: RFC 952, 1123 (2.1), 3696 (2), 4291 (2.2). Asks no name service.
 */
#ifndef CONFIG_HOST_H
#define CONFIG_HOST_H

#include "config/config.h"

/* Writes the host into ret, of CONFIG_HOST_SIZE bytes, without the brackets of an IPv6 address. Returns NULL,
 * or what is wrong with it (a static text, to stand behind "is ...; "); ret is untouched then. */
const char *host_take(const char *text, char *ret);

#endif
