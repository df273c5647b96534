/* How long an output may be on. One rule per role, so that device kinds, guard and warden mean the same. */
#include "config/config.h"

static int32_t limits_unlock_ms(const struct config_device *device)
{
    if (device->param[CONFIG_PARAM_MODE] == 0)
        return device->param[CONFIG_PARAM_PULSE_MS];
    return device->param[CONFIG_PARAM_RELOCK_S] * 1000;
}

int32_t config_limit_ms(const struct config_device *device, enum config_role role)
{
    switch (role) {
    case CONFIG_ROLE_MOTOR:
        return device->param[CONFIG_PARAM_MAX_MS];
    case CONFIG_ROLE_OUTPUT:
        return device->kind == CONFIG_KIND_PULSES ? device->param[CONFIG_PARAM_ON_MS]
                                                  : device->param[CONFIG_PARAM_PULSE_MS];
    case CONFIG_ROLE_OPEN:
        return device->param[CONFIG_PARAM_PULSE_MS];
    case CONFIG_ROLE_UNLOCK:
        return limits_unlock_ms(device);
    case CONFIG_ROLE_BUZZER:
        return device->param[CONFIG_PARAM_BUZZ_MS];
    case CONFIG_ROLE_HOME:
    case CONFIG_ROLE_DROP:
    case CONFIG_ROLE_FEEDBACK:
    case CONFIG_ROLE_DOOR:
    case CONFIG_ROLE_HOLD: /* may stay on */
    case CONFIG_ROLE_SIGN:
    case CONFIG_ROLE_LIGHT:
    case CONFIG_ROLE_PRESENCE:
    case CONFIG_ROLE_PASSAGE:
    case CONFIG_ROLE_UP:
    case CONFIG_ROLE_DOWN:
    case CONFIG_ROLE_FAULT:
    case CONFIG_ROLE_FIRE:
    case CONFIG_ROLE_PASS:
    case CONFIG_ROLE_READY:
    case CONFIG_ROLE_WRONG_WAY:
    case CONFIG_ROLE_COUNT:
        break;
    }
    return 0;
}
