#include "controller/command_record.h"

#include <string.h>

#include "config/load.h"

/* Opens a lane for somebody who has not paid, or ends that. A test of a lane lets one through as well. */
static bool is_passage(const struct config *config, const char *command, const json_t *args)
{
    if (strncmp(command, "barrier.", 8) == 0)
        return true;
    if (strcmp(command, "test") != 0 && strcmp(command, "device.test") != 0)
        return false;
    const char *name = json_string_value(json_object_get(args, "device"));
    int32_t device = name ? config_find_device(config, name) : -1;
    return device >= 0 && (config->devices[device].kind == CONFIG_KIND_BARRIER ||
                           config->devices[device].kind == CONFIG_KIND_TURNSTILE);
}

json_t *command_record(const struct config *config, const char *command, const json_t *args)
{
    json_t *record = json_object();
    if (is_passage(config, command, args))
        json_object_set_new(record, "passage", json_true());
    json_object_set_new(record, "command", json_string(command));
    json_object_set_new(record, "args", json_deep_copy(args));
    return record;
}

bool command_is_local(const char *jti)
{
    return strncmp(jti, COMMAND_LOCAL_JTI, sizeof COMMAND_LOCAL_JTI - 1) == 0;
}
