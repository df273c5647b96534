/* Which panels are plugged in, as the kernel's graphics drivers tell: FOLDER/CARD-CONNECTOR/status
 * (/sys/class/drm). SDL's kmsdrm driver does not tell of a panel that is unplugged or plugged in again. */
#ifndef DISPLAY_CONNECTORS_H
#define DISPLAY_CONNECTORS_H

#include <stdbool.h>
#include <stdint.h>

struct connectors {
    int32_t known, plugged;
    uint64_t which; /* a sum over the names of the plugged ones: another set, another sum */
};

/* Connectors of which the kernel knows. known 0: the folder tells nothing, there may be a panel or not. */
struct connectors connectors_read(const char *folder);

#endif
