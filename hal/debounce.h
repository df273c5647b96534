/* One input's level after quiet time. Pure: time and samples come in.
 *
 * An edge starts the quiet time anew; when it has passed without another edge, the level is sampled and
 * counts. So a burst of any length gives one change at most, and a dropped edge does no harm: the level is
 * what is read at the end.
 */
#ifndef HAL_DEBOUNCE_H
#define HAL_DEBOUNCE_H

#include <stdbool.h>
#include <stdint.h>

struct debounce {
    int64_t quiet_us;  /* 0: every sample counts */
    int64_t edge_us;   /* the last edge */
    int64_t settle_us; /* when to sample; INT64_MAX = nothing is going on */
};

void debounce_init(struct debounce *debounce, int32_t quiet_ms);
/* There was an edge at edge_us. */
void debounce_edge(struct debounce *debounce, int64_t edge_us);
/* When debounce_take is to be asked; INT64_MAX = not until the next edge. */
int64_t debounce_due_us(const struct debounce *debounce);
/* true: the quiet time is over at now_us, the level read now counts; it was taken at *ret_since_us. */
bool debounce_take(struct debounce *debounce, int64_t now_us, int64_t *ret_since_us);

#endif
