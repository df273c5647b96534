/* Opens everything in the right order, runs, closes. */
#ifndef CONTROLLER_SHELL_START_H
#define CONTROLLER_SHELL_START_H

#include <stdbool.h>
#include "config/config.h"

enum shell_next {
    SHELL_END,
    SHELL_ANEW,       /* start anew with the same arguments */
    SHELL_ANEW_LATER, /* the same, but leave the store alone for SHELL_STORE_RETRY_S */
};

/* Returns the exit status. file: the configuration as given, for the next run. leave_store: this run begins
 * with the store not to be used, because it failed moments ago although it could be opened. Call once per
 * process. */
int shell_main(const struct config *config, const char *file, bool simulate, bool leave_store,
               enum shell_next *ret_next);

#endif
