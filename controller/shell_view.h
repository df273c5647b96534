/* From the core's views to the screen's snapshot. Pure but for the clocks it is given. */
#ifndef CONTROLLER_SHELL_VIEW_H
#define CONTROLLER_SHELL_VIEW_H

#include "common/snapshot.h"
#include "controller/core.h"

/* message: the operator's, "" = none. Fills *ret whole except number. */
void shell_view_snapshot(struct snapshot *ret, const struct config *config, const struct core *core,
                         const char *message, int64_t now_ms, int64_t wall_s, bool clock_trusted);

/* The last characters of a payment id, as the help line asks for it. */
void shell_view_reference(char ret[SNAPSHOT_REFERENCE_SIZE], const char *payment_id);

#endif
