/* A name server that never answers, where a test may not mount one: preloaded, names take 15 seconds and are
 * not found. Writes a line into the file $DEAF_RESOLVER for each question. Numeric addresses are answered as
 * ever. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef int lookup(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
    struct in6_addr any;
    if (!node || inet_pton(AF_INET, node, &any) == 1 || inet_pton(AF_INET6, node, &any) == 1) {
        lookup *real = (lookup *)dlsym(RTLD_NEXT, "getaddrinfo");
        return real(node, service, hints, ret);
    }
    const char *path = getenv("DEAF_RESOLVER");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (file) {
        fprintf(file, "%s\n", node);
        fclose(file);
    }
    sleep(15);
    return EAI_AGAIN;
}
