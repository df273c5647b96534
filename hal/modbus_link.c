/* From the configuration of a bus to a connected libmodbus context that nobody else uses. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <termios.h>
#include <time.h>
#include "common/log.h"
#include "common/text.h"
#include "hal/modbus_bus.h"

enum { LOOKUP_MS = 30000, ADDRESS_SIZE = 64, LOCK_LOOKS = 50, LOCK_LOOK_MS = 20 };

static void say(char *error, size_t size, const char *where, const char *what)
{
    size_t used = 0;
    text_append(error, size, &used, "%s: %s", where, what);
}

/* The numeric address; a name is looked up anew for every connection. The lookup may block for many seconds.
 */
static int resolve(const char *host, struct hal_instance *instance, char ret_address[ADDRESS_SIZE])
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    struct addrinfo *found = NULL;
    int rc = getaddrinfo(host, NULL, &hints, &found);
    if (rc == EAI_NONAME) {
        hal_thread_patience(instance, LOOKUP_MS);
        hints.ai_flags = 0;
        hints.ai_family = AF_INET;
        rc = getaddrinfo(host, NULL, &hints, &found);
        hints.ai_family = AF_INET6;
        if (rc != 0)
            rc = getaddrinfo(host, NULL, &hints, &found);
    }
    if (rc == 0)
        rc = getnameinfo(found->ai_addr, found->ai_addrlen, ret_address, ADDRESS_SIZE, NULL, 0,
                         NI_NUMERICHOST);
    if (found)
        freeaddrinfo(found);
    return rc;
}

static modbus_t *new_tcp(const struct config_bus *config, struct hal_instance *instance, char *error,
                         size_t error_size)
{
    char address[ADDRESS_SIZE], port[8];
    int rc = resolve(config->host, instance, address);
    if (rc != 0) {
        say(error, error_size, config->host, gai_strerror(rc));
        errno = EHOSTUNREACH;
        return NULL;
    }
    snprintf(port, sizeof port, "%d", (int)config->port);
    return strchr(address, ':') ? modbus_new_tcp_pi(address, port)
                                : modbus_new_tcp(address, (int)config->port);
}

static modbus_t *new_context(const struct config_bus *config, struct hal_instance *instance, char *error,
                             size_t error_size)
{
    switch (config->type) {
    case CONFIG_BUS_TCP:
        return new_tcp(config, instance, error, error_size);
    case CONFIG_BUS_RTU:
        return modbus_new_rtu(config->device, config->baud, config->parity, config->data_bits,
                              config->stop_bits);
    }
    return NULL;
}

static int settle_tcp(int fd)
{
    const int on = 1;
    const unsigned user_timeout_ms = 2000;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout_ms, sizeof user_timeout_ms);
    return 0;
}

/* Two masters on one port corrupt each other silently: libmodbus opens without a lock, so it is taken here.
 */
static int settle_rtu(modbus_t *context, int fd, const struct config_bus *config, bool wait_for_lock)
{
    /* Who makes outputs safe comes right after the death of the one who had the port. */
    for (int n = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; n++) {
        if (errno != EWOULDBLOCK || !wait_for_lock || n >= LOCK_LOOKS)
            return -1;
        nanosleep(&(struct timespec){.tv_nsec = LOCK_LOOK_MS * 1000000L}, NULL);
    }
    (void)ioctl(fd, TIOCEXCL);
    if (config->rs485 && modbus_rtu_set_serial_mode(context, MODBUS_RTU_RS485) < 0)
        log_warning("bus=%s the port's driver knows no RS-485 mode: %s", config->name,
                    modbus_strerror(errno));
    return 0;
}

static int settle(modbus_t *context, const struct config_bus *config, bool wait_for_lock)
{
    int fd = modbus_get_socket(context);
    if (fd < 0 || fd >= FD_SETSIZE) { /* libmodbus waits with select() */
        errno = EMFILE;
        return -1;
    }
    return config->type == CONFIG_BUS_TCP ? settle_tcp(fd) : settle_rtu(context, fd, config, wait_for_lock);
}

modbus_t *modbus_link_open(const struct config_bus *config, int32_t connect_ms, struct hal_instance *instance,
                           char *error, size_t error_size)
{
    const char *where = config->type == CONFIG_BUS_TCP ? config->host : config->device;
    error[0] = '\0';
    modbus_t *context = new_context(config, instance, error, error_size);
    if (!context) {
        if (!error[0])
            say(error, error_size, where, modbus_strerror(errno));
        return NULL;
    }
    (void)modbus_set_error_recovery(context, MODBUS_ERROR_RECOVERY_NONE);
    (void)modbus_set_response_timeout(context, (uint32_t)connect_ms / 1000,
                                      (uint32_t)(connect_ms % 1000) * 1000);
    (void)modbus_set_byte_timeout(context, 0, 0); /* the whole answer within the response time */
    bool connected = modbus_connect(context) == 0;
    if (connected && settle(context, config, instance->outputs_only) == 0)
        return context;
    int reason = errno;
    const char *what = reason == EWOULDBLOCK   ? "in use by another process"
                       : reason == EINPROGRESS ? "no answer"
                                               : modbus_strerror(reason);
    say(error, error_size, where, what);
    if (connected)
        modbus_close(context);
    modbus_free(context);
    errno = reason;
    return NULL;
}
