#include "hal/hal.h"

#include <errno.h>
#include <stdlib.h>
#include "common/clock.h"
#include "common/text.h"
#include "hal/instance.h"
#include "hal/runner.h"

struct hal {
    struct instance_set set;
    int32_t opened; /* instances whose driver is open */
    struct hal_instance *by_line[CONFIG_MAX_LINES];
    struct hal_line *line[CONFIG_MAX_LINES];
};

static int open_drivers(struct hal *hal, struct queue *events, char *error, size_t error_size)
{
    for (int32_t i = 0; i < hal->set.count; i++) {
        struct hal_instance *instance = &hal->set.instance[i];
        int rc = runner_open(&instance->runner, instance, events);
        if (rc == 0)
            rc = instance->driver->open(instance, error, error_size);
        if (rc < 0) {
            runner_close(instance->runner);
            return rc;
        }
        hal->opened++;
        for (int32_t n = 0; n < instance->line_count; n++) {
            hal->by_line[instance->lines[n].index] = instance;
            hal->line[instance->lines[n].index] = &instance->lines[n];
        }
    }
    return 0;
}

int hal_open(struct hal **ret_hal, const struct config *config, bool simulate, struct queue *events,
             char *error, size_t error_size)
{
    text_copy(error, error_size, "out of memory, descriptors or threads");
    struct hal *hal = calloc(1, sizeof *hal);
    if (!hal)
        return -ENOMEM;
    int rc = instance_set_make(&hal->set, config, simulate, false, NULL);
    if (rc == 0)
        rc = open_drivers(hal, events, error, error_size);
    /* Only when every driver is open does a thread start: until here all that moved is outputs going off. */
    for (int32_t i = 0; rc == 0 && i < hal->set.count; i++)
        rc = runner_start(hal->set.instance[i].runner);
    if (rc < 0) {
        hal_close(hal);
        return rc;
    }
    *ret_hal = hal;
    return 0;
}

bool hal_order(struct hal *hal, const struct hal_order *order)
{
    if (order->line < 0 || order->line >= CONFIG_MAX_LINES || !hal->by_line[order->line])
        return false;
    return queue_push(hal->by_line[order->line]->runner->orders, order);
}

void hal_attend(struct hal *hal, int32_t line, bool attend)
{
    if (line < 0 || line >= CONFIG_MAX_LINES || !hal->line[line])
        return;
    /* Counted: two devices may share a sensor. One caller's thread, so no other changes it in between. */
    atomic_int *attended = &hal->line[line]->attended;
    int count = atomic_load(attended);
    if (attend && count == 0)
        atomic_store(&hal->line[line]->attended_us, clock_mono_us());
    if (attend)
        atomic_store(attended, count + 1);
    else if (count > 0)
        atomic_store(attended, count - 1);
    if (attend ? count == 0 : count == 1)
        runner_kick(hal->by_line[line]->runner);
}

bool hal_healthy(struct hal *hal)
{
    int64_t now_us = clock_mono_us();
    for (int32_t i = 0; i < hal->opened; i++)
        if (atomic_load(&hal->set.instance[i].runner->healthy_until_us) < now_us)
            return false;
    return true;
}

int hal_close(struct hal *hal)
{
    if (!hal)
        return 0;
    int unconfirmed = 0;
    for (int32_t i = 0; i < hal->opened; i++)
        atomic_store(&hal->set.instance[i].runner->stop, true);
    for (int32_t i = 0; i < hal->opened; i++)
        runner_kick(hal->set.instance[i].runner);
    for (int32_t i = 0; i < hal->opened; i++) {
        struct hal_instance *instance = &hal->set.instance[i];
        unconfirmed += runner_close(instance->runner);
        instance->driver->close(instance);
    }
    instance_set_free(&hal->set);
    free(hal);
    return unconfirmed;
}
