/* libgpiod 1.x. A line belongs to its chip object: the chip stays open as long as the line is used. */
#include <errno.h>
#include <gpiod.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include "common/text.h"
#include "hal/gpio.h"

enum { EVENTS_AT_ONCE = 16, DRAIN_TURNS = 16 };
#define CONSUMER "kioskd"

struct gpio_port {
    struct gpiod_chip *chip;
    struct gpiod_line *line;
    bool output;
};

static int fail(char *error, size_t error_size, const struct config_line *line, const char *what,
                const char *detail, int rc)
{
    size_t used = 0;
    text_append(error, error_size, &used, "line %s: %s%s%s", line->name, what, detail[0] ? " " : "", detail);
    return rc;
}

static int find_line(struct gpio_port *port, const struct config_line *config, char *error, size_t error_size)
{
    if (!config->chip[0]) {
        port->line = gpiod_line_find(config->gpio_name);
        if (!port->line)
            return fail(error, error_size, config, "no chip has a line named", config->gpio_name, -ENOENT);
        port->chip = gpiod_line_get_chip(port->line);
        return 0;
    }
    port->chip = gpiod_chip_open_lookup(config->chip);
    if (!port->chip)
        return errno == EACCES || errno == EPERM
                   ? fail(error, error_size, config, "no permission to open chip", config->chip, -EACCES)
                   : fail(error, error_size, config,
                          "no GPIO chip (gpiodetect lists them) has the name, path or label", config->chip,
                          -ENOENT);
    if (config->gpio_line < 0) {
        port->line = gpiod_chip_find_line(port->chip, config->gpio_name);
        return port->line ? 0
                          : fail(error, error_size, config, "the chip has no line named", config->gpio_name,
                                 -ENOENT);
    }
    if ((unsigned)config->gpio_line < gpiod_chip_num_lines(port->chip))
        port->line = gpiod_chip_get_line(port->chip, (unsigned)config->gpio_line);
    return port->line ? 0
                      : fail(error, error_size, config, "the line number is beyond the last line of chip",
                             config->chip, -ENOENT);
}

static int flags_of(const struct config_line *config)
{
    int flags = config->active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
    switch (config->bias) {
    case CONFIG_BIAS_AS_IS:
        return flags;
    case CONFIG_BIAS_DISABLED:
        return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
    case CONFIG_BIAS_PULL_UP:
        return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
    case CONFIG_BIAS_PULL_DOWN:
        return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
    }
    return flags;
}

static int request(struct gpio_port *port, const struct config_line *config, char *error, size_t error_size)
{
    struct gpiod_line_request_config wanted = {.consumer = CONSUMER,
                                               .request_type = config->output
                                                                   ? GPIOD_LINE_REQUEST_DIRECTION_OUTPUT
                                                                   : GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES,
                                               .flags = flags_of(config)};
    if (gpiod_line_request(port->line, &wanted, 0) == 0)
        return 0;
    int rc = -errno;
    if (rc == -EBUSY) {
        const char *consumer = gpiod_line_consumer(port->line);
        return fail(error, error_size, config, "in use by",
                    consumer && consumer[0] ? consumer : "somebody else", rc);
    }
    return fail(error, error_size, config, "the kernel does not give it:", strerrordesc_np(-rc), rc);
}

int gpio_port_open(struct gpio_port **ret_port, const struct config_line *config, char *error,
                   size_t error_size)
{
    struct gpio_port *port = calloc(1, sizeof *port);
    if (!port)
        return -ENOMEM;
    port->output = config->output;
    int rc = find_line(port, config, error, error_size);
    if (rc == 0)
        rc = request(port, config, error, error_size);
    if (rc < 0) {
        gpio_port_close(port);
        return rc;
    }
    *ret_port = port;
    return 0;
}

void gpio_port_close(struct gpio_port *port)
{
    if (!port)
        return;
    if (port->chip)
        gpiod_chip_close(port->chip);
    free(port);
}

int gpio_port_set(struct gpio_port *port, bool on)
{
    return gpiod_line_set_value(port->line, on) == 0 ? 0 : -errno;
}

int gpio_port_get(struct gpio_port *port)
{
    int level = gpiod_line_get_value(port->line);
    return level < 0 ? -errno : level;
}

int gpio_port_fd(const struct gpio_port *port)
{
    return port->output ? -1 : gpiod_line_event_get_fd(port->line);
}

int64_t gpio_port_drain(struct gpio_port *port)
{
    struct gpiod_line_event events[EVENTS_AT_ONCE];
    int64_t newest_us = 0;
    for (int n = 0; n < DRAIN_TURNS; n++) {
        struct pollfd fd = {.fd = gpio_port_fd(port), .events = POLLIN};
        if (poll(&fd, 1, 0) <= 0)
            break;
        if (!(fd.revents & POLLIN))
            return -ENODEV;
        int count = gpiod_line_event_read_multiple(port->line, events, EVENTS_AT_ONCE);
        if (count < 0)
            return -errno;
        if (count > 0)
            newest_us = (int64_t)events[count - 1].ts.tv_sec * 1000000 + events[count - 1].ts.tv_nsec / 1000;
    }
    return newest_us;
}
