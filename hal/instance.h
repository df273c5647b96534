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
/* What the instance is called in the log: its bus, or its driver. */
const char *instance_name(const struct hal_instance *instance);
/* A board that is gone takes all its lines along: told in one text. The first INSTANCE_NAMES by name, then
 * how many more. */
enum { INSTANCE_NAMES = 8, INSTANCE_LIST_SIZE = 704 };
struct instance_list {
    int32_t count;
    size_t used;
    char text[INSTANCE_LIST_SIZE];
};
void instance_list_add(struct instance_list *list, const struct hal_line *line);
void instance_list_end(struct instance_list *list);

/* Frees what make allocated; the drivers must have been closed. */
void instance_set_free(struct instance_set *set);

#endif
