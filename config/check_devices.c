/* Devices: every line in its direction, every output with one user, pulses that a board can time. */
#include <stdio.h>
#include <string.h>
#include "config/loading.h"

enum { FLASH_STEP_MS = 100 };

static void tell(struct loading *loading, int device, const char *key, const char *text)
{
    char path[LOADING_KEY_SIZE];
    const config_setting_t *at = loading_member(loading, "devices", device, key);
    loading_entry_path(path, loading, "devices", device, key);
    loading_fault(loading, at != NULL ? at : loading_entry(loading, "devices", device), path, "%s", text);
}

/* A line whose own direction is wrong or missing is told there, not at everybody who uses it. */
static void check_direction(struct loading *loading, const config_setting_t *at, const char *path,
                            int32_t index, bool wanted_output)
{
    const struct config_line *line = &loading->config->lines[index];
    const config_setting_t *direction = loading_member(loading, "lines", index, "direction");
    const char *text = direction != NULL ? config_setting_get_string(direction) : NULL;
    if (text == NULL || (strcmp(text, "in") != 0 && strcmp(text, "out") != 0) ||
        line->output == wanted_output)
        return;
    loading_fault(loading, at, path, "lines.%s is an %s; must be an %s", line->name,
                  line->output ? "output" : "input", wanted_output ? "output" : "input");
}

/* Which parameter times the pulse of this role; COUNT = it is no pulse. */
static enum config_param pulse_param(const struct config_device *device, enum config_role role)
{
    if (role == CONFIG_ROLE_OUTPUT)
        return device->kind == CONFIG_KIND_PULSES ? CONFIG_PARAM_ON_MS : CONFIG_PARAM_PULSE_MS;
    if (role == CONFIG_ROLE_BUZZER)
        return CONFIG_PARAM_BUZZ_MS;
    bool pulse =
        role == CONFIG_ROLE_OPEN || (role == CONFIG_ROLE_UNLOCK && device->param[CONFIG_PARAM_MODE] == 0);
    return pulse ? CONFIG_PARAM_PULSE_MS : CONFIG_PARAM_COUNT;
}

static void check_flash(struct loading *loading, int index, enum config_role role)
{
    const struct config_device *device = &loading->config->devices[index];
    const struct config_line *line = &loading->config->lines[device->line[role]];
    enum config_param param = pulse_param(device, role);
    if (!line->flash)
        return;
    if (param == CONFIG_PARAM_COUNT)
        tell(loading, index, config_role_name(role),
             "needs a line that is switched on and off; this one has pulse = \"flash\", which only does "
             "pulses");
    else if (device->param[param] % FLASH_STEP_MS != 0)
        tell(loading, index, config_param_name(param),
             "must be a multiple of 100 ms, because the line has pulse = \"flash\"");
}

static void use_output(struct loading *loading, int index, enum config_role role, const config_setting_t *at,
                       const char *path)
{
    const struct config_device *device = &loading->config->devices[index];
    struct config_line *line = &loading->config->lines[device->line[role]];
    if (line->device >= 0) {
        loading_fault(loading, at, path,
                      "lines.%s is used by devices[%d] (\"%s\") already; an output has one user", line->name,
                      line->device, loading->config->devices[line->device].name);
        return;
    }
    line->device = index;
    line->limit_ms = config_limit_ms(device, role);
    check_flash(loading, index, role);
}

/* One beam or fire contact may serve many; a cam, a limit or a passage belongs to one device. */
static void use_input(struct loading *loading, int index, enum config_role role, const config_setting_t *at,
                      const char *path)
{
    static const bool shared[CONFIG_ROLE_COUNT] = {[CONFIG_ROLE_DROP] = true,
                                                   [CONFIG_ROLE_FAULT] = true,
                                                   [CONFIG_ROLE_FIRE] = true,
                                                   [CONFIG_ROLE_READY] = true,
                                                   [CONFIG_ROLE_DOOR] = true};
    const struct config *config = loading->config;
    struct config_line *line = &loading->config->lines[config->devices[index].line[role]];
    if (line->device < 0)
        line->device = index;
    else if (line->device != index && !shared[role])
        loading_warning(loading, at, path, "lines.%s serves devices[%d] (\"%s\") as well; is that meant?",
                        line->name, line->device, config->devices[line->device].name);
}

static void check_role(struct loading *loading, int index, enum config_role role)
{
    struct config_device *device = &loading->config->devices[index];
    char path[LOADING_KEY_SIZE];
    const char *name = config_role_name(role);
    const struct schema_key *key = schema_find_key(schema_find_group("devices"), name, (int32_t)device->kind);
    if (device->line[role] < 0 || key == NULL)
        return;
    const config_setting_t *at = loading_member(loading, "devices", index, name);
    bool output = key->type == SCHEMA_LINE_OUT;
    loading_entry_path(path, loading, "devices", index, name);
    check_direction(loading, at, path, device->line[role], output);
    if (output)
        use_output(loading, index, role, at, path);
    else
        use_input(loading, index, role, at, path);
    for (int other = 0; other < (int)role; other++)
        if (!output && device->line[other] == device->line[role])
            loading_fault(loading, at, path, "is the same line as %s; each needs its own",
                          config_role_name((enum config_role)other));
}

static bool is_text(const struct loading *loading, int index, const char *key, const char *wanted)
{
    const config_setting_t *setting = loading_member(loading, "devices", index, key);
    const char *text = setting != NULL ? config_setting_get_string(setting) : NULL;
    return text != NULL && strcmp(text, wanted) == 0;
}

void loading_check_devices(struct loading *loading)
{
    struct config *config = loading->config;
    loading_check_unique(loading, "devices", "name", offsetof(struct config_device, name));
    for (int i = 0; i < config->device_count; i++) {
        const struct config_device *device = &config->devices[i];
        if (!is_text(loading, i, "kind", config_kind_name(device->kind)))
            continue;
        for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
            check_role(loading, i, (enum config_role)role);
        if (is_text(loading, i, "mode", "pulse") && loading_member(loading, "devices", i, "pulse_ms") == NULL)
            tell(loading, i, "pulse_ms", "is missing; must be given with mode \"pulse\"");
    }
    if (config->machine.door >= 0)
        check_direction(loading, config_lookup(&loading->tree, "machine.door"), "machine.door",
                        config->machine.door, false);
    if (config->machine.fire >= 0)
        check_direction(loading, config_lookup(&loading->tree, "machine.fire"), "machine.fire",
                        config->machine.fire, false);
}
