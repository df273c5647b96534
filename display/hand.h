/* What people have asked for by touch and key: a product, a page, a language, the inspector's view. Pure; fed
 * with what came and when. */
#ifndef DISPLAY_HAND_H
#define DISPLAY_HAND_H

#include <stdbool.h>
#include <stdint.h>
#include "display/inspect.h"
#include "display/scene.h"

enum { HAND_PAGE_MS = 20000 }; /* a page that was turned to stays so long */

struct hand {
    struct inspect inspect;
    int32_t language; /* asked for by its button; -1 = none */
    int32_t chosen;   /* product, index + 1; 0 = none */
    int32_t page;     /* -1 = none */
    int32_t back_ms;  /* without a touch for so long the language is forgotten */
    bool touched;
    int64_t touched_ms, chosen_ms, page_ms; /* the last touch or key, choice, turn */
};

void hand_start(struct hand *hand, int32_t back_ms);
/* A finger comes down on this point of the upright page that stands on the display. */
void hand_press(struct hand *hand, const struct scene *scene, int32_t x, int32_t y, int64_t now_ms);
void hand_release(struct hand *hand, const struct scene *scene, int64_t now_ms);
void hand_key(struct hand *hand, const struct scene *scene, enum inspect_key key, int64_t now_ms);
/* A key 1..9: the product of that number on the page, counted among those that can be bought. */
void hand_number(struct hand *hand, const struct scene *scene, int32_t number, int64_t now_ms);
/* Looks at the time. */
void hand_check(struct hand *hand, int64_t now_ms);
/* Milliseconds until hand_check changes something; -1 = never. */
int64_t hand_next_ms(const struct hand *hand, int64_t now_ms);
/* Was there a touch within the last `within_ms`? */
bool hand_busy(const struct hand *hand, int64_t within_ms, int64_t now_ms);
/* Puts into the view what was asked for; the page only where none is set. */
void hand_view(const struct hand *hand, struct scene_view *view);

#endif
