/* libFuzzer target for the configuration file: any bytes, read as the daemon reads them.
 * Checked besides crashes: a file is either good, and then every index in it points into its list, or has
 * faults, and each names the file and says something. Files that include others are left out: they would read
 * this machine.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sodium.h>

#include "config/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 does not free the text it was collecting when it meets an error. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

static struct config config;

static void must(bool fact)
{
    if (!fact)
        abort();
}

static void take(void *user, const char *file, int line, const char *text)
{
    int *count = user;
    must(file[0] != '\0' && line >= 0 && text[0] != '\0');
    if (count)
        ++*count;
}

static void must_be_sound(void)
{
    must(config.kiosk.id[0] != '\0' && config.kiosk.language_count >= 1 && config.key_count >= 1);
    must(config.machine.door < config.line_count && config.machine.fire < config.line_count);
    for (int32_t i = 0; i < config.line_count; i++)
        must(config.lines[i].driver != CONFIG_DRIVER_MODBUS ||
             (config.lines[i].bus >= 0 && config.lines[i].bus < config.bus_count));
    for (int32_t i = 0; i < config.device_count; i++)
        for (int32_t role = 0; role < CONFIG_ROLE_COUNT; role++)
            must(config.devices[i].line[role] >= -1 && config.devices[i].line[role] < config.line_count);
    for (int32_t i = 0; i < config.product_count; i++) {
        const struct config_product *product = &config.products[i];
        must(product->price > 0 && product->device >= 0 && product->device < config.device_count);
        must(product->max_age_s > 0 && product->qr[0] != '\0' && product->stock >= -1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0) {
        must(sodium_init() >= 0);
        fd = memfd_create("kiosk.cfg", MFD_CLOEXEC);
        must(fd >= 0);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (memmem(data, size, "@include", 8))
        return 0;
    must(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    int told = 0;
    struct config_report report = {.fault = take, .warning = take, .user = &told};
    int faults = config_load(&config, path, 0, &report);
    must(faults >= 0 && told >= faults);
    if (faults == 0)
        must_be_sound();
    return 0;
}
