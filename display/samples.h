/* Built-in snapshots, one per state a customer can meet: for the gallery, the documentation and the tests. */
#ifndef DISPLAY_SAMPLES_H
#define DISPLAY_SAMPLES_H

#include "common/snapshot.h"

int32_t samples_count(void);
/* "idle", "paid", ... */
const char *samples_name(int32_t index);
void samples_fill(struct snapshot *ret, int32_t index);

#endif
