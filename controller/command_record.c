#include "controller/command_record.h"

#include <string.h>

#include "common/qr.h"
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

/* As given, but for a payer's code: it may hold card data and is kept nowhere. */
static json_t *args_keep(const json_t *args)
{
    json_t *kept = json_deep_copy(args), *value;
    const char *key;
    json_object_foreach(kept, key, value)
    {
        if (json_is_string(value) && qr_is_payers(json_string_value(value)))
            (void)json_string_set(value, "a payer's code, not kept");
    }
    return kept;
}

json_t *command_record(const struct config *config, const char *command, const json_t *args)
{
    json_t *record = json_object();
    if (is_passage(config, command, args))
        json_object_set_new(record, "passage", json_true());
    json_object_set_new(record, "command", json_string(command));
    json_object_set_new(record, "args", args_keep(args));
    return record;
}

bool command_is_local(const char *jti)
{
    return strncmp(jti, COMMAND_LOCAL_JTI, sizeof COMMAND_LOCAL_JTI - 1) == 0;
}
