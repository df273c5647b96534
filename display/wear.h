/* What spares the panel: the picture wanders, and it is darker when nobody is there. Pure; fed with the time.
 */
#ifndef DISPLAY_WEAR_H
#define DISPLAY_WEAR_H

#include <stdbool.h>
#include <stdint.h>
#include "config/config.h"

enum { WEAR_STEPS = 1000000 }; /* then from the beginning */

struct wear {
    int32_t step;    /* of the way over all places */
    int64_t step_ms; /* when the next is due */
    int32_t percent; /* of the full brightness, now */
    bool woken;
    int64_t woken_ms; /* somebody was there last */
};

/* Place number `step` of the way that leads over every place from -reach,-reach to reach,reach, a pixel at a
 * time, and back. */
void wear_place(int32_t step, int32_t reach, int32_t *ret_x, int32_t *ret_y);
/* By the time of the day, in minutes since midnight; -1 = not known: full. */
int32_t wear_level(const struct config_screen *config, int32_t minute);

void wear_start(struct wear *wear, const struct config_screen *config, int64_t now_ms);
/* Somebody touched the screen or is being served: full brightness, for config->bright_s from now. */
void wear_wake(struct wear *wear, int64_t now_ms);
/* Looks at the time. still: do not move the picture now. */
void wear_check(struct wear *wear, const struct config_screen *config, int32_t minute, bool still,
                int64_t now_ms);

#endif
