#include "hal/instance.h"

#include <errno.h>
#include <stdlib.h>
#include "common/text.h"
#include "hal/runner.h"

const char *instance_name(const struct hal_instance *instance)
{
    return instance->bus >= 0 ? instance->config->buses[instance->bus].name : instance->driver->name;
}

void instance_list_add(struct instance_list *list, const struct hal_line *line)
{
    if (list->count < INSTANCE_NAMES)
        (void)text_append(list->text, sizeof list->text, &list->used, "%s%s", list->count ? ", " : "",
                          line->config->name);
    list->count++;
}

void instance_list_end(struct instance_list *list)
{
    if (list->count > INSTANCE_NAMES)
        (void)text_append(list->text, sizeof list->text, &list->used, " and %d more",
                          (int)(list->count - INSTANCE_NAMES));
}

static bool belongs(const struct config_line *line, bool simulate, const struct hal_driver *driver,
                    int32_t bus)
{
    enum config_driver kind = simulate ? CONFIG_DRIVER_SIM : line->driver;
    switch (kind) {
    case CONFIG_DRIVER_GPIO:
        return driver == &hal_driver_gpio;
    case CONFIG_DRIVER_MODBUS:
        return driver == &hal_driver_modbus && line->bus == bus;
    case CONFIG_DRIVER_SIM:
        return driver == &hal_driver_sim;
    }
    return false;
}

static void add_lines(struct hal_instance *instance, bool simulate, const bool *first, bool want_first)
{
    const struct config *config = instance->config;
    for (int32_t i = 0; i < config->line_count; i++) {
        const struct config_line *line = &config->lines[i];
        if ((first && first[i]) != want_first || (instance->outputs_only && !line->output) ||
            !belongs(line, simulate, instance->driver, instance->bus))
            continue;
        struct hal_line *entry = &instance->lines[instance->line_count++];
        entry->index = i;
        entry->config = line;
    }
}

static int make_one(struct instance_set *set, const struct hal_instance *plan, bool simulate,
                    const bool *first)
{
    struct hal_instance *instance = &set->instance[set->count];
    *instance = *plan;
    instance->lines = calloc((size_t)instance->config->line_count + 1, sizeof *instance->lines);
    if (!instance->lines)
        return -ENOMEM;
    add_lines(instance, simulate, first, true);
    add_lines(instance, simulate, first, false);
    struct hal_line_run *run = calloc((size_t)instance->line_count + 1, sizeof *run);
    if (!run || instance->line_count <= 0) {
        free(run);
        free(instance->lines);
        return run ? 0 : -ENOMEM;
    }
    for (int32_t i = 0; i < instance->line_count; i++)
        instance->lines[i].run = &run[i];
    set->count++;
    return 0;
}

int instance_set_make(struct instance_set *ret_set, const struct config *config, bool simulate,
                      bool outputs_only, const bool *first)
{
    ret_set->count = 0;
    struct hal_instance plan = {
        .config = config, .outputs_only = outputs_only, .bus = -1, .driver = &hal_driver_gpio};
    int rc = make_one(ret_set, &plan, simulate, first);
    plan.driver = &hal_driver_sim;
    if (rc == 0)
        rc = make_one(ret_set, &plan, simulate, first);
    plan.driver = &hal_driver_modbus;
    for (plan.bus = 0; rc == 0 && plan.bus < config->bus_count; plan.bus++)
        rc = make_one(ret_set, &plan, simulate, first);
    if (rc < 0)
        instance_set_free(ret_set);
    return rc;
}

void instance_set_free(struct instance_set *set)
{
    for (int32_t i = 0; i < set->count; i++) {
        if (set->instance[i].line_count > 0)
            free(set->instance[i].lines[0].run);
        free(set->instance[i].lines);
    }
    set->count = 0;
}
