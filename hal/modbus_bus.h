/* One Modbus bus: its connection, its units, and single requests that say honestly what came of them. Private
 * to hal/modbus*.
 *
 * libmodbus is used with recovery off: a request is sent once. Before each request the line has been quiet
 * for the gap, after an error for a whole response time, and what came late is thrown away (RTU); over TCP an
 * error closes the connection instead, because a new one has no late replies. One thread uses a bus.
 */
#ifndef HAL_MODBUS_BUS_H
#define HAL_MODBUS_BUS_H

#include <modbus.h>
#include <stdbool.h>
#include <stdint.h>
#include "hal/driver.h"

enum {
    MODBUS_MAX_UNITS = 64,
    MODBUS_MAX_READS = CONFIG_MAX_LINES,
    MODBUS_READ_BITS = 64,     /* most bits or registers in one read */
    MODBUS_DEAD_AFTER = 2,     /* requests without answer until a unit is lost */
    MODBUS_BUS_DEAD_AFTER = 3, /* requests without answer to any units until the whole bus is lost */
    MODBUS_PROBE_FIRST_MS = 1000,
    MODBUS_PROBE_MOST_MS = 5000,
    MODBUS_CONNECT_FIRST_MS = 100,
    MODBUS_CONNECT_MOST_MS = 1000,
    MODBUS_IDLE_MS = 200,          /* inputs nobody attends are read at most this often */
    MODBUS_HEARTBEAT_MS = 1000,    /* units without inputs are asked this often whether they live */
    MODBUS_REFUSED_READ_MS = 5000, /* a read the unit refuses is tried again after this */
};

enum modbus_answer {
    MODBUS_ANSWER_GOOD,
    MODBUS_ANSWER_NO,     /* exception: certainly not executed */
    MODBUS_ANSWER_SILENT, /* no answer, a wrong one, or an exception that leaves it open: may have been
                             executed */
    MODBUS_ANSWER_DOWN,   /* not sent: no connection, or no time left */
};

struct modbus_unit {
    int32_t address;
    bool dead;
    int32_t failures; /* requests in a row without a good answer */
    int32_t probe_ms;
    int64_t probe_us; /* dead: when it is asked next */
};

/* Neighbouring lines of one unit, read in one request. */
struct modbus_read {
    int32_t unit; /* index into units */
    enum config_modbus_kind kind;
    int32_t address, count;
    bool heartbeat;   /* of outputs: only tells whether the unit lives */
    int32_t refusals; /* exception replies in a row */
    int64_t last_us;
};

struct modbus_bus {
    struct hal_instance *instance;
    const struct config_bus *config;
    modbus_t *context;
    bool up, told_down;
    int64_t quiet_us;   /* no request before this */
    int64_t connect_us; /* next connect, not before */
    int32_t connect_ms;
    int32_t silent_in_a_row; /* over all units */
    int64_t gap_us;
    int32_t unit_count, read_count;
    struct modbus_unit unit[MODBUS_MAX_UNITS];
    struct modbus_read read[MODBUS_MAX_READS];
    int32_t unit_of[CONFIG_MAX_LINES]; /* by local line */
    int64_t seen_us[CONFIG_MAX_LINES]; /* by local line: read last while attended, 0 = not */
};

/* Connects if it is down (bounded by until_us). true: up. A failure makes all lines LOST. */
bool modbus_bus_connect(struct modbus_bus *bus, int64_t until_us);
void modbus_bus_disconnect(struct modbus_bus *bus);

/* Single requests to units[unit]. until_us: give up by then. Bits: one byte each. */
enum modbus_answer modbus_bus_read_bits(struct modbus_bus *bus, int32_t unit, enum config_modbus_kind kind,
                                        int32_t address, int32_t count, uint8_t *ret_bits, int64_t until_us);
enum modbus_answer modbus_bus_read_registers(struct modbus_bus *bus, int32_t unit, int32_t address,
                                             int32_t count, uint16_t *ret_words, int64_t until_us);
/* urgent: does not wait for quiet; for an OFF, which may be sent into anything. ret_sent_us: when it was
 * sent. */
enum modbus_answer modbus_bus_write_coil(struct modbus_bus *bus, int32_t unit, int32_t address, bool on,
                                         bool urgent, int64_t until_us, int64_t *ret_sent_us);
enum modbus_answer modbus_bus_write_register(struct modbus_bus *bus, int32_t unit, int32_t address,
                                             uint16_t word, bool urgent, int64_t until_us,
                                             int64_t *ret_sent_us);
/* Function 5 with any value, as relay boards want it for their own pulses (coil 0x0200 + channel, value = n x
 * 100 ms). */
enum modbus_answer modbus_bus_write_value(struct modbus_bus *bus, int32_t unit, int32_t address,
                                          uint16_t value, int64_t until_us, int64_t *ret_sent_us);

/* ---- modbus_poll.c ---- */
/* Groups the inputs into reads. */
void modbus_poll_plan(struct modbus_bus *bus);
int64_t modbus_poll_turn(struct hal_instance *instance, int64_t now_us, int64_t calm_until_us);

/* ---- modbus_io.c ---- */
void modbus_io_set(struct hal_instance *instance, struct hal_line *line, struct hal_write *write);
void modbus_io_flash(struct hal_instance *instance, struct hal_line *line, int32_t ms, int32_t *ret_ms,
                     struct hal_write *write);
bool modbus_io_read(struct hal_instance *instance, struct hal_line *line, bool *ret_on);

/* ---- modbus_link.c: making the connection ---- */
/* A connected context with exclusive use of the port, or NULL with errno and what was tried in error. */
modbus_t *modbus_link_open(const struct config_bus *config, int32_t connect_ms, struct hal_instance *instance,
                           char *error, size_t error_size);

#endif
