#include "controller/pay/broker_private.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EXPLAIN_WAIT_MS = 3000 };

/* 0 if the port takes a connection, else errno. Paho only knows "failure", so the socket is asked once more.
 */
static int knock(const struct addrinfo *address)
{
    int error = 0;
    socklen_t size = sizeof error;
    int fd =
        socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
    if (fd < 0)
        return errno;
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        error = errno;
        if (error == EINPROGRESS) {
            if (poll(&wait, 1, EXPLAIN_WAIT_MS) != 1)
                error = ETIMEDOUT;
            else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
                error = errno;
        }
    }
    (void)close(fd);
    return error;
}

/* A name may have several addresses (localhost: ::1 and 127.0.0.1); one that answers is enough, as for Paho.
 */
static int knock_all(const struct addrinfo *list)
{
    int error = ETIMEDOUT;
    for (const struct addrinfo *address = list; address && error != 0; address = address->ai_next)
        error = knock(address);
    return error;
}

void pay_broker_explain(struct pay_broker *broker)
{
    const struct pay_options *options = broker->options;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    char port[8];
    snprintf(port, sizeof port, "%d", (int)options->port);
    if (pay_broker_stopped())
        return;
    int rc = getaddrinfo(options->host, port, &hints, &list);
    if (rc != 0) {
        pay_complain("no broker: the name %s is not found (%s); look at --host and the resolver",
                     options->host, gai_strerror(rc));
        return;
    }
    int error = knock_all(list);
    freeaddrinfo(list);
    bool tls = options->ca || options->cert;
    /* Paho's own words for "the connection did not come about" say nothing to anybody. */
    bool mute = broker->reason[0] == '\0' || strncmp(broker->reason, "TCP", 3) == 0;
    if (error != 0)
        pay_complain("no broker at %s:%s: %s; is it running, and is it this host and port?", options->host,
                     port, strerror(error));
    else if (mute && tls)
        pay_complain("%s:%s answers, but TLS does not come up: is it the TLS port, and does its certificate "
                     "name \"%s\"?",
                     options->host, port, options->host);
    else if (mute)
        pay_complain(
            "%s:%s answers, but not as an MQTT broker: is it the right port, or one for TLS (--ca FILE)?",
            options->host, port);
    else
        pay_complain("the broker at %s:%s refuses us: %s; look at %s", options->host, port, broker->reason,
                     tls ? "--ca, --cert and --tls-key, or --user and --password-file"
                         : "--user, --password-file and --mqtt");
}
