/* Outputs on a bus: one write, one read-back, and no guess in between. */
#include <time.h>
#include "common/clock.h"
#include "hal/modbus_bus.h"

enum {
    FLASH_BASE = 0x0200,
    FLASH_UNIT_MS = 100,
    FLASH_MOST = 0x7fff,
    OFF_TRIES = 2,
    LOOK_TRIES = 2,
    LOOK_MS = 10
};

static int32_t unit_of(const struct modbus_bus *bus, const struct hal_line *line)
{
    return bus->unit_of[line - bus->instance->lines];
}

/* Is the output active? */
static enum modbus_answer look(struct modbus_bus *bus, const struct hal_line *line, int64_t until_us,
                               bool *ret_on)
{
    const struct config_line *config = line->config;
    enum modbus_answer answer;
    if (config->modbus == CONFIG_MODBUS_REGISTER_BIT) {
        uint16_t word = 0;
        answer = modbus_bus_read_registers(bus, unit_of(bus, line), config->address, 1, &word, until_us);
        *ret_on = ((word >> config->bit) & 1) != config->active_low;
    } else {
        uint8_t bit = 0;
        answer =
            modbus_bus_read_bits(bus, unit_of(bus, line), config->modbus, config->address, 1, &bit, until_us);
        *ret_on = (bit & 1) != config->active_low;
    }
    return answer;
}

/* Reads are harmless: repeated once, also when a board is slow to show what it did. */
static void read_back(struct modbus_bus *bus, const struct hal_line *line, struct hal_write *write)
{
    for (int n = 0; n < LOOK_TRIES; n++) {
        bool on = false;
        if (n > 0)
            (void)nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
        enum modbus_answer answer = look(bus, line, write->until_us, &on);
        if (answer == MODBUS_ANSWER_DOWN)
            return;
        write->known = answer == MODBUS_ANSWER_GOOD;
        write->reads_on = on;
        if (write->known && on == write->on)
            return;
    }
}

/* The other bits of the register keep what they are: only this thread writes it. */
static enum modbus_answer write_register_bit(struct modbus_bus *bus, const struct hal_line *line, bool level,
                                             bool urgent, int64_t until_us, int64_t *ret_sent_us)
{
    const struct config_line *config = line->config;
    uint16_t word = 0;
    if (modbus_bus_read_registers(bus, unit_of(bus, line), config->address, 1, &word, until_us) !=
        MODBUS_ANSWER_GOOD)
        return MODBUS_ANSWER_DOWN; /* nothing was written */
    uint16_t mask = (uint16_t)(1U << config->bit);
    word = (uint16_t)(level ? word | mask : word & ~mask);
    return modbus_bus_write_register(bus, unit_of(bus, line), config->address, word, urgent, until_us,
                                     ret_sent_us);
}

static enum modbus_answer write_once(struct modbus_bus *bus, const struct hal_line *line,
                                     const struct hal_write *write, int64_t *ret_sent_us)
{
    bool level = write->on != line->config->active_low;
    bool urgent = !write->on;
    if (line->config->modbus == CONFIG_MODBUS_REGISTER_BIT)
        return write_register_bit(bus, line, level, urgent, write->until_us, ret_sent_us);
    return modbus_bus_write_coil(bus, unit_of(bus, line), line->config->address, level, urgent,
                                 write->until_us, ret_sent_us);
}

/* From the answer to the write to what the runner is told. */
static void conclude(struct modbus_bus *bus, const struct hal_line *line, struct hal_write *write,
                     enum modbus_answer answer, int64_t sent_us)
{
    write->known = false;
    write->at_us = answer == MODBUS_ANSWER_GOOD ? clock_mono_us() : sent_us;
    switch (answer) {
    case MODBUS_ANSWER_DOWN:
        write->result = HAL_REFUSED;
        return;
    case MODBUS_ANSWER_NO:
        /* Boards exist that say "busy" and do it all the same: an output that reads on is not left alone. */
        if (write->on)
            read_back(bus, line, write);
        write->result = write->known && write->reads_on ? HAL_UNKNOWN : HAL_REFUSED;
        return;
    case MODBUS_ANSWER_GOOD:
    case MODBUS_ANSWER_SILENT:
        read_back(bus, line, write);
        write->result = write->known && write->reads_on == write->on ? HAL_DONE : HAL_UNKNOWN;
        return;
    }
}

/* Where nobody will come again: do not spend the whole time on a board that is known to be silent. */
static bool is_hopeless(const struct modbus_bus *bus, const struct hal_line *line)
{
    if (!bus->instance->outputs_only)
        return false;
    return (!bus->up && clock_mono_us() < bus->connect_us) || bus->unit[unit_of(bus, line)].dead;
}

void modbus_io_set(struct hal_instance *instance, struct hal_line *line, struct hal_write *write)
{
    struct modbus_bus *bus = instance->state;
    write->known = false;
    write->result = HAL_REFUSED;
    int tries = write->on ? 1 : OFF_TRIES;
    for (int n = 0; n < tries && !is_hopeless(bus, line) && write->result != HAL_DONE; n++) {
        int64_t sent_us = clock_mono_us();
        enum modbus_answer answer = write_once(bus, line, write, &sent_us);
        conclude(bus, line, write, answer, sent_us);
        if (answer == MODBUS_ANSWER_DOWN)
            return;
    }
}

void modbus_io_flash(struct hal_instance *instance, struct hal_line *line, int32_t ms, int32_t *ret_ms,
                     struct hal_write *write)
{
    struct modbus_bus *bus = instance->state;
    int32_t steps = (ms + FLASH_UNIT_MS / 2) / FLASH_UNIT_MS;
    steps = steps < 1 ? 1 : steps > FLASH_MOST ? FLASH_MOST : steps;
    *ret_ms = steps * FLASH_UNIT_MS;
    int64_t sent_us = clock_mono_us();
    enum modbus_answer answer =
        modbus_bus_write_value(bus, unit_of(bus, line), FLASH_BASE + line->config->address, (uint16_t)steps,
                               write->until_us, &sent_us);
    conclude(bus, line, write, answer, sent_us);
}

bool modbus_io_read(struct hal_instance *instance, struct hal_line *line, bool *ret_on)
{
    struct modbus_bus *bus = instance->state;
    return look(bus, line, HAL_NEVER, ret_on) == MODBUS_ANSWER_GOOD;
}
