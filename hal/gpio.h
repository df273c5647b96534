/* One requested GPIO line, the same over libgpiod 1.x (gpio_v1.c) and 2.x (gpio_v2.c); the build takes one of
 * them. Private to hal/gpio*.
 *
 * Levels are logical: active_low and bias are the kernel's work. An output is requested off, in the same step
 * in which it becomes an output. Edges only wake up; what counts is the level read afterwards, because the
 * kernel may drop edges.
 */
#ifndef HAL_GPIO_H
#define HAL_GPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "config/config.h"

struct gpio_port;

/* Opens the chip (name, path or label; "" = any chip that has the named line), finds the line (gpio_line, or
 * gpio_name if that is -1) and requests it: outputs off, inputs with edges. 0; -ENOENT no such chip or line;
 * -EBUSY somebody has it (error names who); or -errno. error: a sentence for a technician. */
int gpio_port_open(struct gpio_port **ret_port, const struct config_line *config, char *error,
                   size_t error_size);
void gpio_port_close(struct gpio_port *port);
/* 0 or -errno (-ENODEV: the chip is gone). */
int gpio_port_set(struct gpio_port *port, bool on);
/* 1 on, 0 off, or -errno. Outputs: what the chip drives. */
int gpio_port_get(struct gpio_port *port);
/* Readable when there were edges; an error condition when the chip is gone. Owned by the port. */
int gpio_port_fd(const struct gpio_port *port);
/* Takes all waiting edges without blocking. The monotonic time of the newest, us; 0 = there was none; -errno.
 */
int64_t gpio_port_drain(struct gpio_port *port);

#endif
