/* A product's code as fields, while the configuration is being read: what the schema's groups products.qr.*
 * fill. Internal to config/.
 */
#ifndef CONFIG_QR_FIELDS_H
#define CONFIG_QR_FIELDS_H

#include <stdbool.h>
#include "common/qr_make.h"
#include "config/config.h"

enum { QR_FIELDS_MORE = 16, QR_FIELDS_TAG_SIZE = 8 };

struct qr_fields {
    char value[QR_MAKE_NAME_COUNT][CONFIG_TEXT_SIZE]; /* by enum qr_make_name */
    bool editable;
    struct qr_fields_more {
        char tag[QR_FIELDS_TAG_SIZE], value[CONFIG_TEXT_SIZE];
        const void *at; /* config_setting_t */
    } more[QR_FIELDS_MORE];
    int more_count;
};

#endif
