/* Lines on Modbus: one instance per bus. What is written and read here stands in hal/modbus_io.c and
 * hal/modbus_poll.c. */
#include <errno.h>
#include <stdlib.h>
#include "common/text.h"
#include "hal/modbus_bus.h"

enum { BITS_PER_CHARACTER = 11, FAST_BAUD = 19200, FAST_GAP_US = 1750, TCP_GAP_US = 0, SET_SPARE_MS = 50 };

/* The quiet time between frames: 3.5 characters, 1.75 ms above 19200 baud (Modbus over serial
 * line 1.02, 2.5.1.1). */
static int64_t gap_us(const struct config_bus *config)
{
    int64_t gap = TCP_GAP_US;
    if (config->type == CONFIG_BUS_RTU)
        gap = config->baud > FAST_BAUD || config->baud <= 0
                  ? FAST_GAP_US
                  : (int64_t)BITS_PER_CHARACTER * 3500000 / config->baud;
    int64_t wanted = (int64_t)config->gap_ms * 1000;
    return wanted > gap ? wanted : gap;
}

static int32_t find_unit(struct modbus_bus *bus, int32_t address)
{
    for (int32_t i = 0; i < bus->unit_count; i++)
        if (bus->unit[i].address == address)
            return i;
    if (bus->unit_count == MODBUS_MAX_UNITS)
        return -1;
    bus->unit[bus->unit_count] = (struct modbus_unit){.address = address, .probe_ms = MODBUS_PROBE_FIRST_MS};
    return bus->unit_count++;
}

static int open_bus(struct hal_instance *instance, char *error, size_t error_size)
{
    struct modbus_bus *bus = calloc(1, sizeof *bus);
    if (!bus)
        return -ENOMEM;
    bus->instance = instance;
    bus->config = &instance->config->buses[instance->bus];
    bus->gap_us = gap_us(bus->config);
    bus->connect_ms = MODBUS_CONNECT_FIRST_MS;
    for (int32_t i = 0; i < instance->line_count; i++) {
        bus->unit_of[i] = find_unit(bus, instance->lines[i].config->unit);
        if (bus->unit_of[i] < 0) {
            size_t used = 0;
            text_append(error, error_size, &used, "bus %s has more than %d units", bus->config->name,
                        MODBUS_MAX_UNITS);
            free(bus);
            return -ENOSPC;
        }
    }
    if (!instance->outputs_only)
        modbus_poll_plan(bus);
    instance->state = bus;
    return 0;
}

static void close_bus(struct hal_instance *instance)
{
    modbus_bus_disconnect(instance->state);
    free(instance->state);
    instance->state = NULL;
}

static int32_t set_ms(const struct hal_instance *instance)
{
    return 2 * instance->config->buses[instance->bus].response_ms + SET_SPARE_MS;
}

static int64_t ready_us(const struct hal_instance *instance)
{
    const struct modbus_bus *bus = instance->state;
    return bus->quiet_us;
}

const struct hal_driver hal_driver_modbus = {
    .name = "modbus",
    .open = open_bus,
    .close = close_bus,
    .set = modbus_io_set,
    .flash = modbus_io_flash,
    .read = modbus_io_read,
    .turn = modbus_poll_turn,
    .set_ms = set_ms,
    .ready_us = ready_us,
};
