/* hal_make_safe with a choice of what comes first. Private to hal/. */
#ifndef HAL_SAFE_H
#define HAL_SAFE_H

#include <stdbool.h>
#include "config/config.h"

/* As hal_make_safe (hal/hal.h). first: NULL, or per configured line whether it is to be switched off before
 * the others. brief: one text per board instead of one per output. say NULL: nothing goes into the log
 * either. */
int safe_make(const struct config *config, bool simulate, const bool *first, bool brief,
              void (*say)(void *user, const char *text), void *user);

#endif
