/* A machine with one device of every kind, for fuzz_core.c: spiral, relay, lock, pulses, barrier, turnstiles
 * in both modes, validators with and without light. Product i ("a", "b", …) is sold by device i. */
#ifndef TESTS_FUZZ_CORE_MACHINE_H
#define TESTS_FUZZ_CORE_MACHINE_H

#include <string.h>

#include "controller/core_state.h"

static struct config config;

static int32_t add_line(enum config_role role, int32_t device, bool output)
{
    struct config_line *line = &config.lines[config.line_count];
    line->output = output;
    line->device = device;
    config.devices[device].line[role] = config.line_count;
    if (output)
        line->limit_ms = config_limit_ms(&config.devices[device], role);
    return config.line_count++;
}

static struct config_device *add_device(enum config_kind kind)
{
    struct config_device *device = &config.devices[config.device_count++];
    device->kind = kind;
    for (int32_t role = 0; role < CONFIG_ROLE_COUNT; role++)
        device->line[role] = -1;
    static const int32_t usual[CONFIG_PARAM_COUNT] = {
        [CONFIG_PARAM_MAX_MS] = 4000,   [CONFIG_PARAM_PULSE_MS] = 300, [CONFIG_PARAM_FEEDBACK_MS] = 1000,
        [CONFIG_PARAM_COUNT_N] = 3,     [CONFIG_PARAM_ON_MS] = 100,    [CONFIG_PARAM_OFF_MS] = 100,
        [CONFIG_PARAM_OPEN_WAIT_S] = 5, [CONFIG_PARAM_UP_MS] = 2000,   [CONFIG_PARAM_VEHICLE_WAIT_S] = 10,
        [CONFIG_PARAM_PASSAGE_S] = 10,  [CONFIG_PARAM_RELOCK_S] = 4,   [CONFIG_PARAM_RIGHTS] = 3,
        [CONFIG_PARAM_SHOW_MS] = 1000,  [CONFIG_PARAM_DOWN_S] = 5,     [CONFIG_PARAM_NOT_DOWN] = 1,
        [CONFIG_PARAM_ON_FIRE] = 1,     [CONFIG_PARAM_BUZZ_MS] = 100,  [CONFIG_PARAM_SHUT_WAIT_S] = 8};
    memcpy(device->param, usual, sizeof usual);
    return device;
}

static void add_roles(const enum config_role *roles, int32_t count, int32_t outputs)
{
    for (int32_t i = 0; i < count; i++)
        (void)add_line(roles[i], config.device_count - 1, i < outputs);
}

#define ROLES(outputs, ...)                                                                                  \
    do {                                                                                                     \
        static const enum config_role roles[] = {__VA_ARGS__};                                               \
        add_roles(roles, sizeof roles / sizeof roles[0], outputs);                                           \
    } while (0)

static void build_machine(void)
{
    memset(&config, 0, sizeof config);
    config.machine.door = config.machine.fire = -1;
    config.machine.parallel = 2;
    memcpy(config.kiosk.currency, "BYN", 4);
    (void)add_device(CONFIG_KIND_SPIRAL);
    ROLES(1, CONFIG_ROLE_MOTOR, CONFIG_ROLE_HOME, CONFIG_ROLE_DROP);
    (void)add_device(CONFIG_KIND_RELAY);
    ROLES(1, CONFIG_ROLE_OUTPUT, CONFIG_ROLE_FEEDBACK);
    (void)add_device(CONFIG_KIND_LOCK);
    ROLES(1, CONFIG_ROLE_OUTPUT, CONFIG_ROLE_DOOR);
    (void)add_device(CONFIG_KIND_PULSES);
    ROLES(1, CONFIG_ROLE_OUTPUT);
    (void)add_device(CONFIG_KIND_BARRIER);
    ROLES(3, CONFIG_ROLE_OPEN, CONFIG_ROLE_HOLD, CONFIG_ROLE_SIGN, CONFIG_ROLE_PRESENCE, CONFIG_ROLE_PASSAGE,
          CONFIG_ROLE_UP, CONFIG_ROLE_DOWN, CONFIG_ROLE_FAULT, CONFIG_ROLE_FIRE);
    (void)add_device(CONFIG_KIND_TURNSTILE);
    ROLES(1, CONFIG_ROLE_UNLOCK, CONFIG_ROLE_PASS, CONFIG_ROLE_READY);
    add_device(CONFIG_KIND_TURNSTILE)->param[CONFIG_PARAM_MODE] = 1;
    ROLES(1, CONFIG_ROLE_UNLOCK, CONFIG_ROLE_PASS, CONFIG_ROLE_READY, CONFIG_ROLE_WRONG_WAY);
    (void)add_device(CONFIG_KIND_VALIDATOR);
    ROLES(2, CONFIG_ROLE_LIGHT, CONFIG_ROLE_BUZZER);
    (void)add_device(CONFIG_KIND_VALIDATOR);
    for (int32_t i = 0; i < config.device_count; i++) {
        struct config_product *product = &config.products[config.product_count++];
        product->id[0] = (char)('a' + i);
        product->price = 100;
        product->device = i;
        product->stock = product->capacity = i == 0 ? 5 : -1;
        product->max_age_s = 60;
    }
}

#endif
