/* Which input is read when: what a movement needs at its poll_ms, the rest slowly, neighbours in one request,
 * dead units with growing pauses and never while an output waits for its end. One request per turn, so that
 * orders come in between. */
#include <stdlib.h>
#include <string.h>
#include "common/clock.h"
#include "common/log.h"
#include "hal/modbus_bus.h"

enum {
    CALM_SPARE_MS = 3,
    PROBE_SPARE_MS = 50,
    NOT_SENT_MS = 10,
    GAP_SPARE_MS = 20, /* an attended input that is read so much later than poll_ms was not seen in between */
    GAP_FIRST_MS = 250, /* the order goes out before the first read */
};

static bool covers(const struct modbus_bus *bus, const struct modbus_read *read, int32_t i)
{
    const struct config_line *line = bus->instance->lines[i].config;
    return bus->unit_of[i] == read->unit && line->output == read->heartbeat && line->modbus == read->kind &&
           line->address >= read->address && line->address < read->address + read->count;
}

static int compare_reads(const void *a, const void *b)
{
    const struct modbus_read *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    if (x->heartbeat != y->heartbeat)
        return x->heartbeat ? 1 : -1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->address < y->address ? -1 : x->address > y->address;
}

static bool may_join(const struct modbus_read *last, const struct modbus_read *next)
{
    return last->unit == next->unit && last->heartbeat == next->heartbeat && last->kind == next->kind &&
           next->address <= last->address + last->count &&
           next->address + 1 - last->address <= MODBUS_READ_BITS;
}

/* Single lines, sorted; then neighbours joined. A unit that has inputs needs no heartbeat: they tell the
 * same. */
void modbus_poll_plan(struct modbus_bus *bus)
{
    struct modbus_read *read = bus->read;
    int32_t count = bus->instance->line_count;
    bool has_input[MODBUS_MAX_UNITS] = {false};
    for (int32_t i = 0; i < count; i++) {
        const struct config_line *line = bus->instance->lines[i].config;
        read[i] = (struct modbus_read){.unit = bus->unit_of[i],
                                       .kind = line->modbus,
                                       .address = line->address,
                                       .count = 1,
                                       .heartbeat = line->output};
        if (!line->output)
            has_input[bus->unit_of[i]] = true;
    }
    qsort(read, (size_t)count, sizeof *read, compare_reads);
    bus->read_count = 0;
    for (int32_t i = 0; i < count; i++) {
        struct modbus_read *last = bus->read_count > 0 ? &read[bus->read_count - 1] : NULL;
        if (read[i].heartbeat && has_input[read[i].unit])
            continue;
        if (last && may_join(last, &read[i]))
            last->count = read[i].address + 1 - last->address;
        else
            read[bus->read_count++] = read[i];
    }
}

static int32_t period_ms(const struct modbus_bus *bus, const struct modbus_read *read)
{
    int32_t attended_ms = INT32_MAX, idle_ms = INT32_MAX;
    if (read->refusals > 1)
        return MODBUS_REFUSED_READ_MS;
    if (read->heartbeat)
        return MODBUS_HEARTBEAT_MS;
    for (int32_t i = 0; i < bus->instance->line_count; i++) {
        struct hal_line *line = &bus->instance->lines[i];
        if (!covers(bus, read, i))
            continue;
        if (atomic_load(&line->attended) > 0 && line->config->poll_ms < attended_ms)
            attended_ms = line->config->poll_ms;
        if (line->config->poll_ms < idle_ms)
            idle_ms = line->config->poll_ms;
    }
    if (attended_ms < INT32_MAX)
        return attended_ms;
    return idle_ms > MODBUS_IDLE_MS ? idle_ms : MODBUS_IDLE_MS;
}

/* A product falls through a beam in some hundredths of a second: what a bus was too slow or too silent to see
 * must not count as not having happened. */
static void look_for_gap(struct modbus_bus *bus, int32_t i, int64_t now_us)
{
    struct hal_line *line = &bus->instance->lines[i];
    if (atomic_load(&line->attended) == 0) {
        bus->seen_us[i] = 0;
        return;
    }
    int64_t since_us = atomic_load(&line->attended_us);
    int32_t most_ms = line->config->poll_ms + GAP_FIRST_MS;
    if (bus->seen_us[i] > since_us) {
        since_us = bus->seen_us[i];
        most_ms = line->config->poll_ms + GAP_SPARE_MS;
    }
    if (now_us - since_us > (int64_t)most_ms * 1000)
        hal_input_gap(bus->instance, line, now_us - since_us);
    bus->seen_us[i] = now_us;
}

static void report(struct modbus_bus *bus, const struct modbus_read *read, const uint16_t *words,
                   const uint8_t *bits)
{
    int64_t now_us = clock_mono_us();
    for (int32_t i = 0; i < bus->instance->line_count; i++) {
        struct hal_line *line = &bus->instance->lines[i];
        if (!covers(bus, read, i))
            continue;
        int32_t at = line->config->address - read->address;
        bool level =
            read->kind == CONFIG_MODBUS_REGISTER_BIT ? (words[at] >> line->config->bit) & 1 : bits[at] & 1;
        if (line->config->output)
            continue;
        look_for_gap(bus, i, now_us);
        hal_input_level(bus->instance, line, level != line->config->active_low, now_us);
    }
}

/* The unit lives but does not give these lines: a wrong address in the configuration, or a busy moment. */
static void refuse(struct modbus_bus *bus, struct modbus_read *read)
{
    read->refusals++;
    if (read->refusals < 2 || read->heartbeat)
        return;
    if (read->refusals == 2)
        log_error("bus=%s unit=%d refuses to read address %d..%d", bus->config->name,
                  (int)bus->unit[read->unit].address, (int)read->address,
                  (int)(read->address + read->count - 1));
    for (int32_t i = 0; i < bus->instance->line_count; i++)
        if (covers(bus, read, i))
            hal_line_lost(bus->instance, &bus->instance->lines[i]);
}

static enum modbus_answer ask(struct modbus_bus *bus, struct modbus_read *read, int64_t until_us)
{
    uint16_t words[MODBUS_READ_BITS] = {0};
    uint8_t bits[MODBUS_READ_BITS] = {0};
    enum modbus_answer answer =
        read->kind == CONFIG_MODBUS_REGISTER_BIT
            ? modbus_bus_read_registers(bus, read->unit, read->address, read->count, words, until_us)
            : modbus_bus_read_bits(bus, read->unit, read->kind, read->address, read->count, bits, until_us);
    if (answer == MODBUS_ANSWER_GOOD) {
        read->refusals = 0;
        report(bus, read, words, bits);
    } else if (answer != MODBUS_ANSWER_DOWN && bus->unit[read->unit].failures == 0) {
        refuse(bus, read);
    }
    read->last_us = clock_mono_us();
    return answer;
}

/* When the read is wanted; a dead unit is asked once per probe, by its first read. */
static int64_t due_us(struct modbus_bus *bus, int32_t i)
{
    struct modbus_read *read = &bus->read[i];
    const struct modbus_unit *unit = &bus->unit[read->unit];
    if (unit->dead)
        return i > 0 && bus->read[i - 1].unit == read->unit ? HAL_NEVER : unit->probe_us;
    if (read->last_us == 0 || unit->failures > 0)
        return read->last_us; /* at once: a first silence is followed up, so that the loss is known soon */
    return read->last_us + (int64_t)period_ms(bus, read) * 1000;
}

/* The read that is due first, and when; ret_second_us: the one after it. */
static struct modbus_read *find_next(struct modbus_bus *bus, int64_t now_us, int64_t calm_until_us,
                                     int64_t *ret_us, int64_t *ret_second_us)
{
    int64_t probe_us = ((int64_t)bus->config->response_ms + PROBE_SPARE_MS) * 1000;
    struct modbus_read *next = NULL;
    *ret_us = *ret_second_us = HAL_NEVER;
    for (int32_t i = 0; i < bus->read_count; i++) {
        int64_t due = due_us(bus, i);
        /* An output is on and must be ended in time: dead units wait until it is. */
        if (bus->unit[bus->read[i].unit].dead && due < calm_until_us && calm_until_us - now_us < probe_us)
            due = calm_until_us;
        if (due < *ret_us) {
            *ret_second_us = *ret_us;
            *ret_us = due;
            next = &bus->read[i];
        } else if (due < *ret_second_us) {
            *ret_second_us = due;
        }
    }
    return next;
}

int64_t modbus_poll_turn(struct hal_instance *instance, int64_t now_us, int64_t calm_until_us)
{
    struct modbus_bus *bus = instance->state;
    if (!bus->up && now_us < bus->connect_us)
        return bus->connect_us;
    if (bus->quiet_us > now_us)
        return bus->quiet_us; /* waited for outside, where orders are taken */
    int64_t calm_us = calm_until_us == HAL_NEVER ? HAL_NEVER : calm_until_us - CALM_SPARE_MS * 1000;
    if (!modbus_bus_connect(bus, calm_us))
        return bus->connect_us > now_us ? bus->connect_us : now_us + NOT_SENT_MS * 1000;
    int64_t next_us, second_us;
    struct modbus_read *next = find_next(bus, now_us, calm_until_us, &next_us, &second_us);
    if (!next || next_us > now_us)
        return next_us;
    if (ask(bus, next, calm_us) == MODBUS_ANSWER_DOWN)
        return now_us + NOT_SENT_MS * 1000;
    int64_t again_us = due_us(bus, (int32_t)(next - bus->read));
    return again_us < second_us ? again_us : second_us;
}
