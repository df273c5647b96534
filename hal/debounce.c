#include "hal/debounce.h"

void debounce_init(struct debounce *debounce, int32_t quiet_ms)
{
    *debounce = (struct debounce){.quiet_us = (int64_t)quiet_ms * 1000, .settle_us = INT64_MAX};
}

void debounce_edge(struct debounce *debounce, int64_t edge_us)
{
    if (edge_us > debounce->edge_us)
        debounce->edge_us = edge_us;
    debounce->settle_us = debounce->edge_us + debounce->quiet_us;
}

int64_t debounce_due_us(const struct debounce *debounce)
{
    return debounce->settle_us;
}

bool debounce_take(struct debounce *debounce, int64_t now_us, int64_t *ret_since_us)
{
    if (now_us < debounce->settle_us)
        return false;
    debounce->settle_us = INT64_MAX;
    *ret_since_us = debounce->edge_us;
    return true;
}
