/* Inside display/scene_story*.c: where the parts of a story stand, and how large. */
#ifndef DISPLAY_SCENE_PLAN_H
#define DISPLAY_SCENE_PLAN_H

#include "display/scene_story.h"

/* What a story is made of, from above. */
enum scene_part {
    PART_STEPS,
    PART_SIGN,
    PART_WORD, /* in a heading: with the sign before it */
    PART_PRODUCT,
    PART_DETAIL,
    PART_BAR,
    PART_STRIP,
    PART_TICKET,
    PART_COUNT
};

/* The sign left of everything, above it, or in one line with the word. */
enum scene_manner { MANNER_BESIDE, MANNER_ABOVE, MANNER_HEADING, MANNER_COUNT };

struct scene_plan {
    enum scene_manner manner;
    bool bare;                   /* there is no room for the detail */
    struct scene_box column;     /* of all parts but a sign beside them */
    struct scene_box sign;       /* beside; w = 0 otherwise */
    int32_t heights[PART_COUNT]; /* 0 = not wanted */
    int32_t sizes[PART_COUNT];   /* of the texts */
    int32_t gap, used;           /* between parts; of the column's height, with the gaps */
    int32_t score;
};

/* The manner and the size with which the words are largest. */
struct scene_plan scene_plan_choose(const struct scene_page *page, struct scene_box box,
                                    const struct scene_story *story);

#endif
