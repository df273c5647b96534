/* libFuzzer target for what a Modbus board answers: a peer takes the request and sends any bytes back.
 *   first byte  bit 0: RTU, else TCP; bits 1-2: read 8 discrete inputs, read 2 registers, write a coil, write
 * a value; bit 3: the right transaction number (TCP) or check sum (RTU) is put into the answer the rest the
 * answer Checked besides crashes: an answer counts as good only if it says what the request asked for.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "hal/modbus_bus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { UNIT = 1, ADDRESS = 3, VALUE = 700, LONGEST = 300, ANSWER_MS = 4 };

static void must(bool fact)
{
    if (!fact)
        abort();
}

struct board {
    int fd;
    bool rtu, mend;
    const uint8_t *answer;
    size_t size;
    uint8_t sent[LONGEST];
    size_t sent_size;
};

static uint16_t crc(const uint8_t *bytes, size_t size)
{
    uint16_t sum = 0xFFFF;
    for (size_t i = 0; i < size; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum & 1 ? (uint16_t)(sum >> 1 ^ 0xA001) : (uint16_t)(sum >> 1);
    }
    return sum;
}

static void mend(struct board *board, const uint8_t *request)
{
    if (!board->rtu && board->sent_size >= 2)
        memcpy(board->sent, request, 2);
    if (board->rtu && board->sent_size >= 4) {
        uint16_t sum = crc(board->sent, board->sent_size - 2);
        board->sent[board->sent_size - 2] = (uint8_t)sum;
        board->sent[board->sent_size - 1] = (uint8_t)(sum >> 8);
    }
}

/* The peer: one request in, one answer out, the end. */
static void *serve(void *user)
{
    struct board *board = user;
    uint8_t request[LONGEST];
    if (recv(board->fd, request, sizeof request, 0) <= 0)
        return NULL;
    memcpy(board->sent, board->answer, board->size);
    board->sent_size = board->size;
    if (board->mend)
        mend(board, request);
    (void)send(board->fd, board->sent, board->sent_size, MSG_NOSIGNAL);
    (void)shutdown(board->fd, SHUT_WR);
    return NULL;
}

static enum modbus_answer ask(struct modbus_bus *bus, int what, uint8_t *bits, uint16_t *words)
{
    int64_t until_us = clock_mono_us() + ANSWER_MS * 4000, sent_us;
    switch (what) {
    case 0:
        return modbus_bus_read_bits(bus, 0, CONFIG_MODBUS_DISCRETE, ADDRESS, 8, bits, until_us);
    case 1:
        return modbus_bus_read_registers(bus, 0, ADDRESS, 2, words, until_us);
    case 2:
        return modbus_bus_write_coil(bus, 0, ADDRESS, true, false, until_us, &sent_us);
    default:
        return modbus_bus_write_value(bus, 0, ADDRESS, VALUE, until_us, &sent_us);
    }
}

static void judge_good(const struct board *board, int what, const uint8_t *bits, const uint16_t *words)
{
    size_t header = board->rtu ? 1 : 7;
    const uint8_t *pdu = board->sent + header;
    must(board->sent_size >= header + 3);
    must(!board->rtu || board->sent[0] == UNIT);
    switch (what) {
    case 0:
        must(pdu[0] == 2 && pdu[1] == 1);
        for (int i = 0; i < 8; i++)
            must(bits[i] == (pdu[2] >> i & 1));
        break;
    case 1:
        must(pdu[0] == 3 && pdu[1] == 4 && words[0] == (pdu[2] << 8 | pdu[3]));
        break;
    case 2: /* libmodbus compares no more of the echo; what was written is read back in any case */
        must(pdu[0] == 5);
        break;
    default:
        must(pdu[0] == 5 && pdu[1] == 0 && pdu[2] == ADDRESS);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int sockets[2];
    if (size < 2 || size > LONGEST - 10)
        return 0;
    bool rtu = data[0] & 1;
    int what = data[0] >> 1 & 3;
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    struct config_bus config = {.name = "io", .host = "127.0.0.1", .port = 1, .response_ms = ANSWER_MS};
    config.type = rtu ? CONFIG_BUS_RTU : CONFIG_BUS_TCP;
    struct hal_instance instance = {0};
    static struct modbus_bus bus;
    memset(&bus, 0, sizeof bus);
    bus.instance = &instance;
    bus.config = &config;
    bus.context = rtu ? modbus_new_rtu("/dev/null", 115200, 'N', 8, 1) : modbus_new_tcp("127.0.0.1", 1502);
    must(bus.context != NULL && modbus_set_socket(bus.context, sockets[0]) == 0);
    bus.up = bus.told_down = true;
    bus.unit_count = 1;
    bus.unit[0].address = UNIT;
    bus.unit[0].dead = true; /* and so says nothing when it does not answer */

    struct board board = {
        .fd = sockets[1], .rtu = rtu, .mend = data[0] >> 3 & 1, .answer = data + 1, .size = size - 1};
    pthread_t thread;
    must(pthread_create(&thread, NULL, serve, &board) == 0);
    uint8_t bits[64] = {0};
    uint16_t words[8] = {0};
    enum modbus_answer answer = ask(&bus, what, bits, words);
    modbus_bus_disconnect(&bus);
    (void)shutdown(sockets[1], SHUT_RDWR);
    must(pthread_join(thread, NULL) == 0);
    close(sockets[1]);
    if (answer == MODBUS_ANSWER_GOOD)
        judge_good(&board, what, bits, words);
    return 0;
}
