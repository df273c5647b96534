/* Opens everything in the right order, runs, closes. */
#ifndef CONTROLLER_SHELL_START_H
#define CONTROLLER_SHELL_START_H

#include <stdbool.h>
#include "config/config.h"

/* Returns the exit status; *ret_replace: the process is to start anew with the same arguments. Call once per
 * process. */
int shell_main(const struct config *config, bool simulate, bool *ret_replace);

#endif
