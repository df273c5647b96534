/* Inside display/scene_roll*.c: lists of payments. */
#ifndef DISPLAY_SCENE_ROLL_H
#define DISPLAY_SCENE_ROLL_H

#include "display/scene_parts.h"

/* Lines fill the first column from above, then the next. */
struct scene_roll_grid {
    int32_t columns, rows, size_px;
    bool wide; /* room for seconds, currency and reasons */
};

/* scene_entry.c */
/* One payment: sign, time, last characters of its reference, amount. fresh: within its time on show. */
void scene_add_entry(struct scene_page *page, struct scene_box box, const struct journal_entry *entry,
                     struct scene_roll_grid grid, bool fresh);
/* The inspector's view: the lane's payments of the last hour, one page of them. */
void scene_add_hour(struct scene_page *page, struct scene_box box, int32_t lane);

#endif
