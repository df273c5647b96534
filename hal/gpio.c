/* Lines on GPIO chips: one instance for all of them. Nothing here blocks; a chip that goes away is looked for
 * again. */
#include "hal/gpio.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "common/clock.h"
#include "common/log.h"
#include "hal/debounce.h"
#include "hal/driver.h"

enum {
    REOPEN_MS = 1000,
    CHECK_MS = 1000,      /* outputs and quiet inputs are read this often, to notice a chip that is gone */
    STALE_EDGE_MS = 2000, /* older kernels stamp edges with another clock: such a time is not believed */
    BUSY_TRIES = 50,
    BUSY_PAUSE_MS = 20,
    SET_MS = 5,
    ERROR_SIZE = 256,
};

struct port {
    struct gpio_port *gpio; /* NULL: lost */
    struct debounce debounce;
    bool sampled;     /* an input's level was reported since it was opened */
    int64_t check_us; /* next look; lost: next try to open */
};

struct ports {
    struct port port[CONFIG_MAX_LINES];
};

static struct port *port_of(struct hal_instance *instance, const struct hal_line *line)
{
    struct ports *ports = instance->state;
    return &ports->port[line - instance->lines];
}

/* After the death of a daemon the kernel may still hold its lines for a moment. */
static int open_line(struct port *port, const struct hal_line *line, bool wait_for_release, char *error,
                     size_t error_size)
{
    int rc = gpio_port_open(&port->gpio, line->config, error, error_size);
    for (int n = 0; rc == -EBUSY && wait_for_release && n < BUSY_TRIES; n++) {
        (void)nanosleep(&(struct timespec){.tv_nsec = BUSY_PAUSE_MS * 1000000L}, NULL);
        rc = gpio_port_open(&port->gpio, line->config, error, error_size);
    }
    debounce_init(&port->debounce, line->config->debounce_ms);
    port->sampled = false;
    port->check_us = 0;
    return rc;
}

static void close_lines(struct hal_instance *instance)
{
    for (int32_t i = 0; i < instance->line_count; i++)
        gpio_port_close(port_of(instance, &instance->lines[i])->gpio);
    free(instance->state);
    instance->state = NULL;
}

static int open_lines(struct hal_instance *instance, char *error, size_t error_size)
{
    instance->state = calloc(1, sizeof(struct ports));
    if (!instance->state)
        return -ENOMEM;
    for (int32_t i = 0; i < instance->line_count; i++) {
        struct hal_line *line = &instance->lines[i];
        int rc = open_line(port_of(instance, line), line, instance->outputs_only, error, error_size);
        if (rc < 0 && instance->outputs_only) {
            log_warning("%s", error); /* the other outputs must be made safe all the same */
        } else if (rc < 0) {
            close_lines(instance);
            return rc;
        }
    }
    return 0;
}

static void lose(struct hal_instance *instance, struct hal_line *line, int error)
{
    struct port *port = port_of(instance, line);
    log_warning("line=%s lost: %s", line->config->name, strerrordesc_np(error < 0 ? -error : error));
    gpio_port_close(port->gpio);
    port->gpio = NULL;
    port->check_us = clock_mono_us() + REOPEN_MS * 1000;
    hal_line_lost(instance, line);
}

static void set_line(struct hal_instance *instance, struct hal_line *line, struct hal_write *write)
{
    struct port *port = port_of(instance, line);
    write->known = false;
    write->result = HAL_REFUSED;
    if (!port->gpio)
        return;
    int rc = gpio_port_set(port->gpio, write->on);
    write->at_us = clock_mono_us();
    int level = rc < 0 ? rc : gpio_port_get(port->gpio);
    if (level < 0) {
        write->result = rc < 0 ? HAL_REFUSED : HAL_UNKNOWN;
        lose(instance, line, level);
        return;
    }
    write->known = true;
    write->reads_on = level == 1;
    write->result = write->reads_on == write->on ? HAL_DONE : HAL_UNKNOWN;
}

static bool read_line(struct hal_instance *instance, struct hal_line *line, bool *ret_on)
{
    struct port *port = port_of(instance, line);
    int level = port->gpio ? gpio_port_get(port->gpio) : -ENODEV;
    *ret_on = level == 1;
    return level >= 0;
}

static int64_t believe(int64_t edge_us, int64_t now_us)
{
    return edge_us > now_us || edge_us < now_us - STALE_EDGE_MS * 1000 ? now_us : edge_us;
}

/* At the same time for all lines, so that many lines are one wake-up. */
static int64_t next_check(int64_t now_us)
{
    return (now_us / (CHECK_MS * 1000) + 1) * (CHECK_MS * 1000);
}

static void watch_input(struct hal_instance *instance, struct hal_line *line, int64_t now_us)
{
    struct port *port = port_of(instance, line);
    int64_t edge_us = gpio_port_drain(port->gpio);
    if (edge_us < 0) {
        lose(instance, line, (int)edge_us);
        return;
    }
    if (edge_us > 0)
        debounce_edge(&port->debounce, believe(edge_us, now_us));
    int64_t since_us = now_us;
    if (!debounce_take(&port->debounce, now_us, &since_us) && port->sampled &&
        (now_us < port->check_us || debounce_due_us(&port->debounce) != INT64_MAX))
        return;
    int level = gpio_port_get(port->gpio);
    if (level < 0) {
        lose(instance, line, level);
        return;
    }
    port->sampled = true;
    port->check_us = next_check(now_us);
    hal_input_level(instance, line, level == 1, since_us);
}

static void watch_output(struct hal_instance *instance, struct hal_line *line, int64_t now_us)
{
    struct port *port = port_of(instance, line);
    if (now_us < port->check_us)
        return;
    int level = gpio_port_get(port->gpio);
    port->check_us = next_check(now_us);
    if (level < 0)
        lose(instance, line, level);
    else
        hal_line_found(instance, line);
}

static void reopen(struct hal_instance *instance, struct hal_line *line, int64_t now_us)
{
    struct port *port = port_of(instance, line);
    char error[ERROR_SIZE];
    if (now_us < port->check_us)
        return;
    if (open_line(port, line, false, error, sizeof error) == 0)
        log_notice("line=%s is there again", line->config->name);
    else
        port->check_us = now_us + REOPEN_MS * 1000;
}

static int64_t turn(struct hal_instance *instance, int64_t now_us, int64_t calm_until_us)
{
    (void)calm_until_us; /* nothing here takes time */
    int64_t next_us = HAL_NEVER;
    for (int32_t i = 0; i < instance->line_count; i++) {
        struct hal_line *line = &instance->lines[i];
        struct port *port = port_of(instance, line);
        if (!port->gpio)
            reopen(instance, line, now_us);
        if (port->gpio && line->config->output)
            watch_output(instance, line, now_us);
        else if (port->gpio)
            watch_input(instance, line, now_us);
        int64_t due_us = port->gpio && !line->config->output ? debounce_due_us(&port->debounce) : HAL_NEVER;
        if (port->check_us < due_us)
            due_us = port->check_us;
        if (due_us < next_us)
            next_us = due_us;
    }
    return next_us;
}

static int descriptors(struct hal_instance *instance, struct pollfd *ret, int max)
{
    int count = 0;
    for (int32_t i = 0; i < instance->line_count && count < max; i++) {
        const struct port *port = port_of(instance, &instance->lines[i]);
        int fd = port->gpio ? gpio_port_fd(port->gpio) : -1;
        if (fd >= 0)
            ret[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
    }
    return count;
}

static int32_t set_ms(const struct hal_instance *instance)
{
    (void)instance;
    return SET_MS;
}

const struct hal_driver hal_driver_gpio = {
    .name = "gpio",
    .open = open_lines,
    .close = close_lines,
    .set = set_line,
    .read = read_line,
    .turn = turn,
    .descriptors = descriptors,
    .set_ms = set_ms,
};
