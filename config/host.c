#include "config/host.h"

#include <arpa/inet.h>
#include <string.h>
#include "common/text.h"

enum { LABEL_MAX = 63 };

static const char digits[] = "0123456789";
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* "192.168.10", "10.0.0.256", "0x7f.1": a name whose last part is a number is no name, and what the system
 * makes of such an address is not what anybody meant. */
static bool ends_in_number(const char *text)
{
    const char *dot = strrchr(text, '.');
    const char *last = dot != NULL ? dot + 1 : text;
    if (last[0] == '0' && (last[1] == 'x' || last[1] == 'X'))
        return strspn(last + 2, "0123456789abcdefABCDEF") == strlen(last + 2);
    return last[0] != '\0' && strspn(last, digits) == strlen(last);
}

static const char *name_problem(const char *text)
{
    for (const char *at = text; *at != '\0';) {
        size_t length = strspn(at, letters);
        if (at[length] != '.' && at[length] != '\0')
            return "must be a host name or an address";
        if (length == 0)
            return "must be a host name or an address; a part of it between two dots is empty";
        if (length > LABEL_MAX || at[0] == '-' || at[length - 1] == '-')
            return "must be a host name; a part of it is longer than 63 characters, or begins or ends with -";
        at += length + (at[length] == '.');
    }
    return NULL;
}

/* A zone ("fe80::1%eth0") is left to the system. */
static bool is_six(const char *text)
{
    struct in6_addr six;
    char address[CONFIG_HOST_SIZE];
    const char *zone = strchr(text, '%');
    size_t length = zone != NULL ? (size_t)(zone - text) : strlen(text);
    if (zone != NULL && (zone[1] == '\0' || strspn(zone + 1, letters) != strlen(zone + 1)))
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    return inet_pton(AF_INET6, address, &six) == 1;
}

static const char *six_problem(const char *text, char *ret)
{
    char bare[CONFIG_HOST_SIZE];
    size_t length = strlen(text);
    bool bracket = text[0] == '[' && text[length - 1] == ']';
    const char *colon = strchr(text, ':');
    memcpy(bare, text + bracket, length + 1 - bracket);
    if (bracket)
        bare[length - 2] = '\0';
    if (is_six(bare)) {
        (void)text_copy(ret, CONFIG_HOST_SIZE, bare);
        return NULL;
    }
    if (strchr(colon + 1, ':') == NULL || strstr(text, "]:") != NULL)
        return "must be a host name or an address alone; the port has a key of its own: port";
    return "must be a host name or an address; this is no IPv6 address";
}

const char *host_take(const char *text, char *ret)
{
    struct in_addr four;
    if (text[0] == '\0' || strlen(text) >= CONFIG_HOST_SIZE)
        return "must be a host name or an address";
    if (strstr(text, "//") != NULL)
        return "must be a host name or an address alone, without tcp:// and the like";
    if (strchr(text, ':') != NULL)
        return six_problem(text, ret);
    if (ends_in_number(text) && inet_pton(AF_INET, text, &four) != 1)
        return "must be a host name or an address; an IPv4 address has four numbers 0..255, like "
               "192.168.10.20";
    const char *problem = name_problem(text);
    if (problem == NULL)
        (void)text_copy(ret, CONFIG_HOST_SIZE, text);
    return problem;
}
