#include "controller/nodelay.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

enum { NODELAY_FIRST_FD = 3, NODELAY_FDS = 1024 };

int nodelay_set(uint16_t peer_port)
{
    int found = -1, on = 1;
    for (int fd = NODELAY_FIRST_FD; fd < NODELAY_FDS; fd++) {
        struct sockaddr_storage peer = {0};
        socklen_t size = sizeof peer;
        if (getpeername(fd, (struct sockaddr *)&peer, &size) != 0)
            continue;
        /* The port stands at the same place for IPv4 and IPv6 (RFC 3493 section 3.3). */
        struct sockaddr_in address;
        memcpy(&address, &peer, sizeof address);
        if ((peer.ss_family == AF_INET || peer.ss_family == AF_INET6) &&
            ntohs(address.sin_port) == peer_port &&
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0)
            found = fd;
    }
    return found;
}

void nodelay_acknowledge(int fd)
{
    int on = 1;
    /* Not lasting (tcp(7)), hence after every packet; it answers with an error where it means nothing. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}
