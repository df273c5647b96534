/* From options and configuration to labels on pages. */
#ifndef CONTROLLER_SHEET_JOB_H
#define CONTROLLER_SHEET_JOB_H

#include "config/config.h"
#include "controller/sheet/options.h"

/* The exit status; complaints and what was made go to stderr and stdout. */
int job_run(const struct options *options, const struct config *config);

#endif
