#include "hal/modbus_bus.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "common/clock.h"
#include "common/log.h"

enum { LEAST_ANSWER_MS = 2, ERROR_SIZE = 320 };

static void sleep_until(int64_t until_us)
{
    struct timespec at = clock_timespec(until_us);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
        ;
}

/* ---- health of units and of the bus ---- */

static bool all_dead(const struct modbus_bus *bus)
{
    for (int32_t i = 0; i < bus->unit_count; i++)
        if (!bus->unit[i].dead)
            return false;
    return true;
}

static void lose_unit(struct modbus_bus *bus, int32_t unit)
{
    struct modbus_unit *entry = &bus->unit[unit];
    if (!entry->dead) {
        if (!bus->instance->quiet)
            log_warning("bus=%s unit=%d does not answer at %s", bus->config->name, (int)entry->address,
                        bus->config->type == CONFIG_BUS_TCP ? bus->config->host : bus->config->device);
        entry->probe_ms = MODBUS_PROBE_FIRST_MS;
    }
    entry->dead = true;
    entry->probe_us = clock_mono_us() + (int64_t)entry->probe_ms * 1000;
    for (int32_t i = 0; i < bus->instance->line_count; i++)
        if (bus->unit_of[i] == unit)
            hal_line_lost(bus->instance, &bus->instance->lines[i]);
    if (all_dead(bus))
        hal_unreachable(bus->instance);
}

static void hear_unit(struct modbus_bus *bus, int32_t unit)
{
    struct modbus_unit *entry = &bus->unit[unit];
    bus->silent_in_a_row = 0;
    entry->failures = 0;
    if (entry->dead) {
        log_notice("bus=%s unit=%d answers again", bus->config->name, (int)entry->address);
        entry->dead = false;
        for (int32_t i = 0; i < bus->read_count; i++)
            if (bus->read[i].unit == unit)
                bus->read[i].last_us = 0;
    }
    for (int32_t i = 0; i < bus->instance->line_count; i++)
        if (bus->unit_of[i] == unit && bus->instance->lines[i].config->output)
            hal_line_found(bus->instance, &bus->instance->lines[i]);
}

static void miss_unit(struct modbus_bus *bus, int32_t unit)
{
    struct modbus_unit *entry = &bus->unit[unit];
    entry->failures++;
    bus->silent_in_a_row++;
    if (entry->dead && entry->probe_ms < MODBUS_PROBE_MOST_MS)
        entry->probe_ms =
            entry->probe_ms * 2 < MODBUS_PROBE_MOST_MS ? entry->probe_ms * 2 : MODBUS_PROBE_MOST_MS;
    if (entry->dead || entry->failures >= MODBUS_DEAD_AFTER)
        lose_unit(bus, unit);
    if (bus->silent_in_a_row == MODBUS_BUS_DEAD_AFTER)
        for (int32_t i = 0; i < bus->unit_count; i++)
            lose_unit(bus, i);
}

/* ---- connection ---- */

void modbus_bus_disconnect(struct modbus_bus *bus)
{
    if (bus->context) {
        modbus_close(bus->context);
        modbus_free(bus->context);
    }
    bus->context = NULL;
    bus->up = false;
}

static void connect_failed(struct modbus_bus *bus, const char *error)
{
    if (!bus->told_down && !bus->instance->quiet)
        log_warning("bus=%s not connected: %s", bus->config->name, error);
    bus->told_down = true;
    bus->connect_us = clock_mono_us() + (int64_t)bus->connect_ms * 1000;
    bus->connect_ms =
        bus->connect_ms * 2 < MODBUS_CONNECT_MOST_MS ? bus->connect_ms * 2 : MODBUS_CONNECT_MOST_MS;
    for (int32_t i = 0; i < bus->unit_count; i++) {
        bus->unit[i].dead = true;
        bus->unit[i].probe_us = 0; /* asked as soon as there is a connection again */
        bus->unit[i].probe_ms = MODBUS_PROBE_FIRST_MS;
    }
    for (int32_t i = 0; i < bus->instance->line_count; i++)
        hal_line_lost(bus->instance, &bus->instance->lines[i]);
    hal_unreachable(bus->instance);
}

static int32_t time_left_ms(const struct modbus_bus *bus, int64_t until_us)
{
    int64_t left_us = until_us - clock_mono_us();
    int64_t most_us = (int64_t)bus->config->response_ms * 1000;
    return (int32_t)((left_us < most_us ? left_us : most_us) / 1000);
}

bool modbus_bus_connect(struct modbus_bus *bus, int64_t until_us)
{
    if (bus->up)
        return true;
    int32_t left_ms = time_left_ms(bus, until_us);
    if (left_ms < LEAST_ANSWER_MS)
        return false;
    char error[ERROR_SIZE];
    bus->context = modbus_link_open(bus->config, left_ms, bus->instance, error, sizeof error);
    if (!bus->context) {
        connect_failed(bus, error);
        return false;
    }
    if (bus->told_down)
        log_notice("bus=%s connected", bus->config->name);
    bus->up = true;
    bus->told_down = false;
    bus->quiet_us = 0;
    bus->connect_ms = MODBUS_CONNECT_FIRST_MS;
    return true;
}

/* The board closed an idle connection: better found out before an order is sent into it. */
static bool peer_is_gone(const struct modbus_bus *bus)
{
    char byte;
    if (bus->config->type != CONFIG_BUS_TCP)
        return false;
    ssize_t got = recv(modbus_get_socket(bus->context), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/* ---- one request ---- */

static bool wait_quiet(const struct modbus_bus *bus, bool urgent, int64_t until_us)
{
    int64_t gap_end_us = clock_mono_us() + bus->gap_us;
    int64_t end_us = urgent && bus->quiet_us > gap_end_us ? gap_end_us : bus->quiet_us;
    if (end_us <= clock_mono_us())
        return true;
    if (end_us >= until_us && !urgent)
        return false;
    sleep_until(end_us);
    return true;
}

/* Quiet, flush, unit and time set: the next thing may be sent. false: not sent, there is no connection or no
 * time. */
static bool prepare(struct modbus_bus *bus, int32_t unit, bool urgent, int64_t until_us)
{
    if (bus->up && peer_is_gone(bus))
        modbus_bus_disconnect(bus);
    if (!modbus_bus_connect(bus, until_us))
        return false;
    if (!wait_quiet(bus, urgent, until_us))
        return false;
    int32_t left_ms = time_left_ms(bus, until_us);
    if (left_ms < LEAST_ANSWER_MS)
        left_ms = urgent ? LEAST_ANSWER_MS : 0;
    if (left_ms == 0)
        return false;
    (void)modbus_set_slave(bus->context, bus->unit[unit].address);
    (void)modbus_set_response_timeout(bus->context, (uint32_t)left_ms / 1000,
                                      (uint32_t)(left_ms % 1000) * 1000);
    (void)modbus_flush(bus->context);
    return true;
}

/* What an exception reply says about a write (Modbus Application Protocol 1.1b3, section 7). */
static bool exception_means_no(int error)
{
    switch (error) {
    case EMBXILFUN:
    case EMBXILADD:
    case EMBXILVAL:
    case EMBXSBUSY:
    case EMBXGPATH:
        return true;
    default:
        return false; /* device failure, "accepted, still at work", gateway got no answer */
    }
}

static enum modbus_answer conclude(struct modbus_bus *bus, int32_t unit, bool good, bool whole_time)
{
    int error = errno;
    int64_t now_us = clock_mono_us();
    bus->quiet_us = now_us + bus->gap_us;
    if (good) {
        hear_unit(bus, unit);
        return MODBUS_ANSWER_GOOD;
    }
    if (error > MODBUS_ENOBASE && error <= EMBXGTAR) {
        if (error == EMBXGPATH || error == EMBXGTAR)
            miss_unit(bus, unit);
        else
            hear_unit(bus, unit);
        return exception_means_no(error) ? MODBUS_ANSWER_NO : MODBUS_ANSWER_SILENT;
    }
    if (bus->config->type == CONFIG_BUS_TCP ||
        (error != ETIMEDOUT && error != EMBBADCRC && error != EMBBADDATA && error != EMBBADSLAVE &&
         error != EMBBADEXC && error != EMBUNKEXC && error != EMBMDATA))
        modbus_bus_disconnect(bus);
    /* Late bytes may still come. A unit known to be dead is not worth a quiet response time of all others: it
     * is not asked again for longer than that, and a late answer to somebody else's question shows in the
     * unit address. */
    if (bus->up && !bus->unit[unit].dead)
        bus->quiet_us = now_us + (int64_t)bus->config->response_ms * 1000;
    if (whole_time || error != ETIMEDOUT)
        miss_unit(bus, unit);
    return MODBUS_ANSWER_SILENT;
}

/* The time given was the configured response time, so silence means something. */
static bool whole_time(const struct modbus_bus *bus, int64_t until_us)
{
    return time_left_ms(bus, until_us) >= bus->config->response_ms - 1;
}

enum modbus_answer modbus_bus_read_bits(struct modbus_bus *bus, int32_t unit, enum config_modbus_kind kind,
                                        int32_t address, int32_t count, uint8_t *ret_bits, int64_t until_us)
{
    if (!prepare(bus, unit, false, until_us))
        return MODBUS_ANSWER_DOWN;
    bool whole = whole_time(bus, until_us);
    int got = kind == CONFIG_MODBUS_DISCRETE ? modbus_read_input_bits(bus->context, address, count, ret_bits)
                                             : modbus_read_bits(bus->context, address, count, ret_bits);
    return conclude(bus, unit, got == count, whole);
}

enum modbus_answer modbus_bus_read_registers(struct modbus_bus *bus, int32_t unit, int32_t address,
                                             int32_t count, uint16_t *ret_words, int64_t until_us)
{
    if (!prepare(bus, unit, false, until_us))
        return MODBUS_ANSWER_DOWN;
    bool whole = whole_time(bus, until_us);
    return conclude(bus, unit, modbus_read_registers(bus->context, address, count, ret_words) == count,
                    whole);
}

enum modbus_answer modbus_bus_write_coil(struct modbus_bus *bus, int32_t unit, int32_t address, bool on,
                                         bool urgent, int64_t until_us, int64_t *ret_sent_us)
{
    if (!prepare(bus, unit, urgent, until_us))
        return MODBUS_ANSWER_DOWN;
    bool whole = whole_time(bus, until_us);
    *ret_sent_us = clock_mono_us();
    return conclude(bus, unit, modbus_write_bit(bus->context, address, on) == 1, whole);
}

enum modbus_answer modbus_bus_write_register(struct modbus_bus *bus, int32_t unit, int32_t address,
                                             uint16_t word, bool urgent, int64_t until_us,
                                             int64_t *ret_sent_us)
{
    if (!prepare(bus, unit, urgent, until_us))
        return MODBUS_ANSWER_DOWN;
    bool whole = whole_time(bus, until_us);
    *ret_sent_us = clock_mono_us();
    return conclude(bus, unit, modbus_write_register(bus->context, address, word) == 1, whole);
}

/* Sends function 5 by hand, because modbus_write_bit knows only 0x0000 and 0xFF00. The value of the echo is
 * left to the read-back: boards differ. -1 with errno, as libmodbus answers. */
static int write_raw(struct modbus_bus *bus, int32_t unit, int32_t address, uint16_t value)
{
    uint8_t request[6] = {(uint8_t)bus->unit[unit].address,
                          MODBUS_FC_WRITE_SINGLE_COIL,
                          (uint8_t)(address >> 8),
                          (uint8_t)address,
                          (uint8_t)(value >> 8),
                          (uint8_t)value};
    uint8_t reply[MODBUS_MAX_ADU_LENGTH] = {0};
    if (modbus_send_raw_request(bus->context, request, sizeof request) < 0)
        return -1;
    int length = modbus_receive_confirmation(bus->context, reply);
    if (length < 0)
        return -1;
    int header = modbus_get_header_length(bus->context);
    const uint8_t *pdu = reply + header;
    bool ours = reply[header - 1] == request[0] && length >= header + 2;
    if (ours && pdu[0] == (MODBUS_FC_WRITE_SINGLE_COIL | 0x80)) {
        errno =
            MODBUS_ENOBASE +
            (pdu[1] > 0 && pdu[1] < MODBUS_EXCEPTION_MAX ? pdu[1] : MODBUS_EXCEPTION_SLAVE_OR_SERVER_FAILURE);
        return -1;
    }
    if (!ours || length < header + 5 || memcmp(pdu, request + 1, 3) != 0) {
        errno = EMBBADDATA;
        return -1;
    }
    return 1;
}

enum modbus_answer modbus_bus_write_value(struct modbus_bus *bus, int32_t unit, int32_t address,
                                          uint16_t value, int64_t until_us, int64_t *ret_sent_us)
{
    if (!prepare(bus, unit, false, until_us))
        return MODBUS_ANSWER_DOWN;
    bool whole = whole_time(bus, until_us);
    *ret_sent_us = clock_mono_us();
    return conclude(bus, unit, write_raw(bus, unit, address, value) == 1, whole);
}
