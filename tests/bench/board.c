/* A Modbus TCP board that notes when each coil was switched on: board PORT.
 * Prints "ready", then "COIL MONOTONIC_US" for every write of on. Ends at end of input. */
#include <errno.h>
#include <modbus.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"

enum { MAX_CLIENTS = 16, COILS = 64 };

static void note(const uint8_t *query, int header, int64_t at_us)
{
    int function = query[header], address = query[header + 1] << 8 | query[header + 2];
    if (function == MODBUS_FC_WRITE_SINGLE_COIL && query[header + 3] == 0xFF)
        printf("%d %lld\n", address, (long long)at_us);
}

/* false: the client is gone. */
static bool serve(modbus_t *board, modbus_mapping_t *mapping, int fd)
{
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    modbus_set_socket(board, fd);
    int length = modbus_receive(board, query);
    if (length < 0)
        return false;
    note(query, modbus_get_header_length(board), clock_mono_us());
    return modbus_reply(board, query, length, mapping) >= 0;
}

int main(int argc, char **argv)
{
    modbus_t *board = modbus_new_tcp("127.0.0.1", argc == 2 ? atoi(argv[1]) : 0);
    modbus_mapping_t *mapping = modbus_mapping_new(COILS, COILS, 16, 16);
    int listener = board && mapping ? modbus_tcp_listen(board, MAX_CLIENTS) : -1;
    if (listener < 0) {
        fprintf(stderr, "board: %s\n", modbus_strerror(errno));
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("ready");
    struct pollfd fds[MAX_CLIENTS + 2] = {{.fd = 0, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    nfds_t count = 2;
    while (poll(fds, count, -1) >= 0 && fds[0].revents == 0) {
        for (nfds_t i = 2; i < count; i++)
            if (fds[i].revents != 0 && !serve(board, mapping, fds[i].fd)) {
                close(fds[i].fd);
                fds[i--] = fds[--count];
            }
        int client = fds[1].revents != 0 ? modbus_tcp_accept(board, &listener) : -1;
        if (client >= 0 && count < MAX_CLIENTS + 2)
            fds[count++] = (struct pollfd){.fd = client, .events = POLLIN};
    }
    return 0;
}
