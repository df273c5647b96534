/* Lines: what belongs together, and two lines on one place. */
#include <stdio.h>
#include <string.h>
#include "config/loading.h"

/* The boards take 0x0200 + channel; the channel is one byte. */
enum { FLASH_LAST_CHANNEL = 255 };

/* Modbus over serial line 1.02, 2.2; Modbus messaging on TCP/IP 1.0b, 4.4.2.2: 0xFF for the device itself. */
enum { LAST_UNIT = 247, TCP_UNIT = 255 };

static bool given(const struct loading *loading, int line, const char *key)
{
    return loading_member(loading, "lines", line, key) != NULL;
}

static void tell(struct loading *loading, int line, const char *key, bool warning, const char *text)
{
    char path[LOADING_KEY_SIZE];
    const config_setting_t *at = loading_member(loading, "lines", line, key);
    loading_entry_path(path, loading, "lines", line, at != NULL ? key : NULL);
    at = at != NULL ? at : loading_entry(loading, "lines", line);
    if (warning)
        loading_warning(loading, at, path, "%s", text);
    else
        loading_fault(loading, at, path, "%s", text);
}

static bool on_rtu(const struct loading *loading, const struct config_line *line)
{
    return line->bus >= 0 && loading->config->buses[line->bus].type == CONFIG_BUS_RTU;
}

/* Manuals count discrete inputs from 10001 or 100001 and holding registers from 40001 or 400001; the first
 * digit says what it is and is no part of the address (Modbus Application Protocol 1.1b3, 4.4). */
static bool reference_of(int64_t value, int digit, int64_t *ret_address)
{
    enum { SHORT = 10000, LONG = 100000, SHORT_LAST = 9999, LONG_LAST = 65536 };
    int64_t in_short = value - (int64_t)digit * SHORT, in_long = value - (int64_t)digit * LONG;
    bool is_short = in_short >= 1 && in_short <= SHORT_LAST;
    *ret_address = (is_short ? in_short : in_long) - 1;
    return is_short || (in_long >= 1 && in_long <= LONG_LAST);
}

static void advise_reference(struct loading *loading, int index, const char *key, int digit)
{
    const config_setting_t *at = loading_member(loading, "lines", index, key);
    const struct loading_number *number = at != NULL ? loading_number_of(at) : NULL;
    char path[LOADING_KEY_SIZE];
    int64_t address;
    if (number == NULL || number->overflow || !reference_of(number->value, digit, &address))
        return;
    loading_entry_path(path, loading, "lines", index, key);
    loading_warning(loading, at, path,
                    "%lld looks like a reference number of a manual, which counts from %d0001; the address, "
                    "counted from 0, would be %lld",
                    (long long)number->value, digit, (long long)address);
}

static void check_place(struct loading *loading, int index)
{
    struct config_line *line = &loading->config->lines[index];
    bool coil = given(loading, index, "coil"), discrete = given(loading, index, "discrete");
    bool reg = given(loading, index, "register"), bit = given(loading, index, "bit");
    line->modbus =
        coil ? CONFIG_MODBUS_COIL : (discrete ? CONFIG_MODBUS_DISCRETE : CONFIG_MODBUS_REGISTER_BIT);
    if (coil + discrete + reg != 1)
        tell(loading, index, "", false, "must have exactly one of coil, discrete, and register with bit");
    if (reg && !bit)
        tell(loading, index, "register", false, "needs bit as well: 0..15, 0 is the lowest");
    if (bit && !reg)
        tell(loading, index, "bit", false, "has no meaning without register");
    if (discrete && line->output)
        tell(loading, index, "discrete", false,
             "a discrete input cannot be an output; must be a coil, or direction \"in\"");
    if (line->flash && (!coil || !line->output))
        tell(loading, index, "pulse", false,
             "\"flash\" is for output coils only; must be a coil with direction \"out\"");
    if (line->flash && coil && line->address > FLASH_LAST_CHANNEL)
        tell(loading, index, "coil", false, "a board that ends the pulse itself has channels 0..255 only");
    if (line->flash && line->active_low)
        tell(loading, index, "active_low", false,
             "a pulse that the board ends is always on, then off; must be false");
    if (line->unit > LAST_UNIT && (line->unit != TCP_UNIT || on_rtu(loading, line)))
        tell(loading, index, "unit", false, "must be 1..247; 255 only on a tcp bus");
    advise_reference(loading, index, "discrete", 1);
    advise_reference(loading, index, "register", 4);
    if (line->output && given(loading, index, "poll_ms"))
        tell(loading, index, "poll_ms", true, "has no effect on an output");
}

static void check_line(struct loading *loading, int index)
{
    struct config_line *line = &loading->config->lines[index];
    if (line->driver != CONFIG_DRIVER_GPIO || !given(loading, index, "line"))
        line->gpio_line = -1;
    if (line->driver == CONFIG_DRIVER_MODBUS)
        check_place(loading, index);
    if (line->driver == CONFIG_DRIVER_GPIO && line->gpio_line >= 0 && line->chip[0] == '\0')
        tell(loading, index, "chip", false, "needs chip as well, because line is a number");
    if (line->driver == CONFIG_DRIVER_GPIO && line->output && given(loading, index, "debounce_ms"))
        tell(loading, index, "debounce_ms", true, "has no effect on an output");
}

/* "/dev/gpiochip0" and "gpiochip0" are one chip; a label may be a third name for it, which only the kernel
 * knows. */
static const char *chip_name(const struct config_line *line)
{
    static const char folder[] = "/dev/";
    bool path = strncmp(line->chip, folder, sizeof(folder) - 1) == 0;
    return path ? line->chip + sizeof(folder) - 1 : line->chip;
}

static bool same_gpio(const struct config_line *a, const struct config_line *b)
{
    bool same_chip = strcmp(chip_name(a), chip_name(b)) == 0;
    if (a->gpio_line >= 0)
        return same_chip && a->chip[0] != '\0' && a->gpio_line == b->gpio_line;
    /* A name without a chip is looked for on all chips. */
    return a->gpio_name[0] != '\0' && strcmp(a->gpio_name, b->gpio_name) == 0 &&
           (same_chip || a->chip[0] == '\0' || b->chip[0] == '\0');
}

static bool same_place(const struct config_line *a, const struct config_line *b)
{
    if (a->driver != b->driver)
        return false;
    if (a->driver == CONFIG_DRIVER_GPIO)
        return same_gpio(a, b);
    return a->driver == CONFIG_DRIVER_MODBUS && a->bus >= 0 && a->bus == b->bus && a->unit == b->unit &&
           a->modbus == b->modbus && a->address >= 0 && a->address == b->address &&
           (a->modbus != CONFIG_MODBUS_REGISTER_BIT || a->bit == b->bit);
}

static void check_pair(struct loading *loading, int first, int second)
{
    const struct config_line *a = &loading->config->lines[first], *b = &loading->config->lines[second];
    char path[LOADING_KEY_SIZE];
    if (!same_place(a, b))
        return;
    const config_setting_t *at = loading_entry(loading, "lines", second);
    loading_entry_path(path, loading, "lines", second, NULL);
    if (a->driver == CONFIG_DRIVER_GPIO)
        loading_fault(loading, at, path, "is the same gpio line as lines.%s; one gpio line is one line here",
                      a->name);
    else if (a->output || b->output)
        loading_fault(loading, at, path,
                      "is the same place on the bus as lines.%s; an output must have its own", a->name);
    else
        loading_warning(loading, at, path, "is the same input as lines.%s", a->name);
}

void loading_check_lines(struct loading *loading)
{
    const struct schema_key *key = schema_selector(schema_find_group("lines"));
    for (int i = 0; i < loading->config->line_count; i++) {
        const config_setting_t *driver = loading_member(loading, "lines", i, "driver");
        const char *text = driver != NULL ? config_setting_get_string(driver) : NULL;
        loading->config->lines[i].device = -1;
        /* With an unknown driver nothing here is known. */
        if (text != NULL && schema_choice_index(key->choices, text) >= 0)
            check_line(loading, i);
        for (int j = 0; j < i; j++)
            check_pair(loading, j, i);
    }
}

void loading_disarm_lines(struct loading *loading)
{
    static const char group[] = "lines.";
    bool all = loading->fault_count >= LOADING_MAX_FAULTS;
    for (int i = 0; i < loading->config->line_count; i++) {
        struct config_line *line = &loading->config->lines[i];
        size_t length = strlen(line->name);
        for (int j = 0; j < loading->fault_count; j++) {
            const struct loading_fault *fault = &loading->faults[j];
            const char *name = fault->text + sizeof(group) - 1;
            if (!fault->warning && strncmp(fault->text, group, sizeof(group) - 1) == 0 &&
                strncmp(name, line->name, length) == 0 && (name[length] == '.' || name[length] == ':'))
                line->output = false;
        }
        line->output = line->output && !all;
    }
}
