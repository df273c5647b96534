/* libgpiod 2.x. A request outlives its chip object, so the chip is closed as soon as the line is requested.
 */
#include <dirent.h>
#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/text.h"
#include "hal/gpio.h"

enum { EVENTS_AT_ONCE = 16, DRAIN_TURNS = 16, PATH_SIZE = 300, HOLDER_SIZE = 64 };
#define CONSUMER "kioskd"

struct gpio_port {
    struct gpiod_line_request *request;
    struct gpiod_edge_event_buffer *events;
    unsigned offset;
    bool output;
};

/* What a chip is looked for by; both may be given. */
struct wish {
    const char *label;     /* NULL: any chip */
    const char *line_name; /* NULL: any line */
};

static int fail(char *error, size_t error_size, const struct config_line *line, const char *what,
                const char *detail, int rc)
{
    size_t used = 0;
    text_append(error, error_size, &used, "line %s: %s%s%s", line->name, what, detail[0] ? " " : "", detail);
    return rc;
}

static bool is_wanted(struct gpiod_chip *chip, const struct wish *wish)
{
    if (wish->line_name)
        return gpiod_chip_get_line_offset_from_name(chip, wish->line_name) >= 0;
    struct gpiod_chip_info *info = gpiod_chip_get_info(chip);
    bool wanted = info && strcmp(gpiod_chip_info_get_label(info), wish->label) == 0;
    if (info)
        gpiod_chip_info_free(info);
    return wanted;
}

/* NULL: errno says whether a chip could not be looked into, or else ENOENT. */
static struct gpiod_chip *search(const struct wish *wish)
{
    struct gpiod_chip *found = NULL;
    int why = ENOENT;
    DIR *directory = opendir("/dev");
    for (struct dirent *entry; !found && directory && (entry = readdir(directory)) != NULL;) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "/dev/%s", entry->d_name);
        if (strncmp(entry->d_name, "gpiochip", 8) != 0 || !gpiod_is_gpiochip_device(path))
            continue;
        found = gpiod_chip_open(path);
        if (!found) {
            why = errno;
        } else if (!is_wanted(found, wish)) {
            gpiod_chip_close(found);
            found = NULL;
        }
    }
    if (directory)
        closedir(directory);
    errno = why;
    return found;
}

static struct gpiod_chip *open_chip(const struct config_line *config)
{
    if (!config->chip[0])
        return search(&(struct wish){.line_name = config->gpio_name});
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s%s", config->chip[0] == '/' ? "" : "/dev/", config->chip);
    if (gpiod_is_gpiochip_device(path))
        return gpiod_chip_open(path);
    return search(&(struct wish){.label = config->chip});
}

static int find_offset(struct gpiod_chip *chip, const struct config_line *config, unsigned *ret_offset,
                       char *error, size_t error_size)
{
    if (config->gpio_line < 0) {
        int offset = gpiod_chip_get_line_offset_from_name(chip, config->gpio_name);
        if (offset < 0)
            return fail(error, error_size, config, "the chip has no line named", config->gpio_name, -ENOENT);
        *ret_offset = (unsigned)offset;
        return 0;
    }
    struct gpiod_chip_info *info = gpiod_chip_get_info(chip);
    size_t count = info ? gpiod_chip_info_get_num_lines(info) : 0;
    if (info)
        gpiod_chip_info_free(info);
    if ((size_t)config->gpio_line >= count)
        return fail(error, error_size, config, "the line number is beyond the last line of chip",
                    config->chip, -ENOENT);
    *ret_offset = (unsigned)config->gpio_line;
    return 0;
}

static enum gpiod_line_bias bias_of(const struct config_line *config)
{
    switch (config->bias) {
    case CONFIG_BIAS_AS_IS:
        return GPIOD_LINE_BIAS_AS_IS;
    case CONFIG_BIAS_DISABLED:
        return GPIOD_LINE_BIAS_DISABLED;
    case CONFIG_BIAS_PULL_UP:
        return GPIOD_LINE_BIAS_PULL_UP;
    case CONFIG_BIAS_PULL_DOWN:
        return GPIOD_LINE_BIAS_PULL_DOWN;
    }
    return GPIOD_LINE_BIAS_AS_IS;
}

static int fill(struct gpiod_line_settings *settings, const struct config_line *config)
{
    int rc = gpiod_line_settings_set_bias(settings, bias_of(config));
    gpiod_line_settings_set_active_low(settings, config->active_low);
    if (config->output) {
        rc |= gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
        rc |= gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_INACTIVE);
    } else {
        rc |= gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
        rc |= gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
    }
    return rc;
}

static struct gpiod_line_request *request(struct gpiod_chip *chip, unsigned offset,
                                          const struct config_line *config)
{
    struct gpiod_line_request *made = NULL;
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    struct gpiod_line_config *lines = gpiod_line_config_new();
    struct gpiod_request_config *how = gpiod_request_config_new();
    if (settings && lines && how && fill(settings, config) == 0 &&
        gpiod_line_config_add_line_settings(lines, &offset, 1, settings) == 0) {
        gpiod_request_config_set_consumer(how, CONSUMER);
        made = gpiod_chip_request_lines(chip, how, lines);
    }
    int saved = errno;
    gpiod_request_config_free(how);
    gpiod_line_config_free(lines);
    gpiod_line_settings_free(settings);
    errno = saved;
    return made;
}

static int explain(struct gpiod_chip *chip, unsigned offset, const struct config_line *config, int rc,
                   char *error, size_t error_size)
{
    char holder[HOLDER_SIZE] = "somebody else";
    if (rc != -EBUSY)
        return fail(error, error_size, config, "the kernel does not give it:", strerrordesc_np(-rc), rc);
    struct gpiod_line_info *info = gpiod_chip_get_line_info(chip, offset);
    const char *consumer = info ? gpiod_line_info_get_consumer(info) : NULL;
    if (consumer && consumer[0])
        text_copy(holder, sizeof holder, consumer);
    if (info)
        gpiod_line_info_free(info);
    return fail(error, error_size, config, "in use by", holder, rc);
}

static int request_from(struct gpio_port *port, struct gpiod_chip *chip, const struct config_line *config,
                        char *error, size_t error_size)
{
    int rc = find_offset(chip, config, &port->offset, error, error_size);
    if (rc < 0)
        return rc;
    port->request = request(chip, port->offset, config);
    if (!port->request)
        return explain(chip, port->offset, config, -errno, error, error_size);
    port->events = config->output ? NULL : gpiod_edge_event_buffer_new(EVENTS_AT_ONCE);
    return config->output || port->events ? 0 : -ENOMEM;
}

int gpio_port_open(struct gpio_port **ret_port, const struct config_line *config, char *error,
                   size_t error_size)
{
    struct gpio_port *port = calloc(1, sizeof *port);
    if (!port)
        return -ENOMEM;
    port->output = config->output;
    struct gpiod_chip *chip = open_chip(config);
    int rc;
    if (chip)
        rc = request_from(port, chip, config, error, error_size);
    else if (errno == EACCES || errno == EPERM)
        rc = fail(error, error_size, config, "no permission to open chip", config->chip, -EACCES);
    else if (config->chip[0])
        rc = fail(error, error_size, config,
                  "no GPIO chip (gpiodetect lists them) has the name, path or label", config->chip, -ENOENT);
    else
        rc = fail(error, error_size, config, "no chip has a line named", config->gpio_name, -ENOENT);
    if (chip)
        gpiod_chip_close(chip);
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
    if (port->events)
        gpiod_edge_event_buffer_free(port->events);
    if (port->request)
        gpiod_line_request_release(port->request);
    free(port);
}

int gpio_port_set(struct gpio_port *port, bool on)
{
    enum gpiod_line_value value = on ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
    return gpiod_line_request_set_value(port->request, port->offset, value) == 0 ? 0 : -errno;
}

int gpio_port_get(struct gpio_port *port)
{
    enum gpiod_line_value value = gpiod_line_request_get_value(port->request, port->offset);
    return value == GPIOD_LINE_VALUE_ERROR ? -errno : value == GPIOD_LINE_VALUE_ACTIVE;
}

int gpio_port_fd(const struct gpio_port *port)
{
    return port->output ? -1 : gpiod_line_request_get_fd(port->request);
}

int64_t gpio_port_drain(struct gpio_port *port)
{
    int64_t newest_us = 0;
    for (int n = 0; n < DRAIN_TURNS; n++) {
        int waiting = gpiod_line_request_wait_edge_events(port->request, 0);
        if (waiting == 0)
            break;
        int count = waiting < 0
                        ? -1
                        : gpiod_line_request_read_edge_events(port->request, port->events, EVENTS_AT_ONCE);
        if (count < 0)
            return -errno;
        if (count > 0)
            newest_us = (int64_t)(gpiod_edge_event_get_timestamp_ns(gpiod_edge_event_buffer_get_event(
                                      port->events, (unsigned long)count - 1)) /
                                  1000);
    }
    return newest_us;
}
