/* Groups the configured lines into instances: one for gpio, one per bus, one for the simulated machine.
 * Private to hal/. */
#ifndef HAL_INSTANCE_H
#define HAL_INSTANCE_H

#include "hal/driver.h"

enum { INSTANCE_MAX = CONFIG_MAX_BUSES + 2 };

struct instance_set {
    int32_t count;
    struct hal_instance instance[INSTANCE_MAX];
};

/* Makes the instances, not opened yet. first (may be NULL): per configured line, lines that come first in
 * their instance. 0 or -ENOMEM. */
int instance_set_make(struct instance_set *ret_set, const struct config *config, bool simulate,
                      bool outputs_only, const bool *first);
/* Frees what make allocated; the drivers must have been closed. */
void instance_set_free(struct instance_set *set);

#endif
