/* Ties the integers of the source text to the integer settings of libconfig's tree; both stand in the same
 * order. */
#include "config/loading.h"

/* Where a long has 32 bits, libconfig 1.5 takes what is too large for it for the largest or least there is; a
 * hexadecimal one for the largest without a sign. */
static bool is_end(int value, int64_t wanted)
{
    return (value == INT32_MAX && wanted > value) || (value == INT32_MIN && wanted < value) ||
           (value == -1 && wanted > UINT32_MAX);
}

/* Elsewhere it may have wrapped the value, never changed its low bits. */
static bool agrees(const struct loading_number *number, const config_setting_t *setting)
{
    if (number->overflow)
        return true;
    if (config_setting_type(setting) == CONFIG_TYPE_INT)
        return (uint32_t)number->value == (uint32_t)config_setting_get_int(setting) ||
               is_end(config_setting_get_int(setting), number->value);
    return number->value == (int64_t)config_setting_get_int64(setting) ||
           (uint32_t)number->value == (uint32_t)config_setting_get_int64(setting);
}

/* Returns the index of the next number, -1 when text and tree differ. */
static int match(struct loading *loading, config_setting_t *setting, int next)
{
    int type = config_setting_type(setting);
    if (type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64) {
        if (next >= loading->number_count || !agrees(&loading->numbers[next], setting))
            return -1;
        config_setting_set_hook(setting, &loading->numbers[next]);
        return next + 1;
    }
    if (!config_setting_is_aggregate(setting))
        return next;
    int length = config_setting_length(setting);
    for (int i = 0; i < length && next >= 0; i++)
        next = match(loading, config_setting_get_elem(setting, (unsigned)i), next);
    return next;
}

void loading_match(struct loading *loading)
{
    if (match(loading, config_root_setting(&loading->tree), 0) != loading->number_count)
        loading_fault_at(loading, 0, 1, "file: its numbers could not be read; was it changed meanwhile?");
}

const struct loading_number *loading_number_of(const config_setting_t *setting)
{
    return config_setting_get_hook(setting);
}
