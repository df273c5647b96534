/* Inside display/samples*.c. */
#ifndef DISPLAY_SAMPLES_PARTS_H
#define DISPLAY_SAMPLES_PARTS_H

#include "display/samples.h"

enum { SAMPLES_NOW_MS = 8000000, SAMPLES_WALL_S = 1789988720 /* 14:05:20 in Minsk */ };

/* samples.c: a kiosk with names and all languages, nothing for sale. */
void samples_base(struct snapshot *ret);

/* samples_lanes.c: the same as in samples.h, for barriers, turnstiles and validators. */
int32_t samples_lanes_count(void);
const char *samples_lanes_name(int32_t index);
void samples_lanes_fill(struct snapshot *ret, int32_t index);
void samples_lanes_view(struct scene_view *view, struct journal *journal, int32_t index);

#endif
