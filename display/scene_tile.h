/* Inside display/scene_*.c: the measures of one product's card. */
#ifndef DISPLAY_SCENE_TILE_H
#define DISPLAY_SCENE_TILE_H

#include "display/scene_parts.h"

enum { SCENE_CODE_PLENTY = 16 }; /* pixels of a module: larger helps no phone */

/* The price and the code stand in one frame, so that nobody takes a neighbour's code. */
struct scene_tile {
    int32_t gap;            /* between cards */
    int32_t pad, frame;     /* inside a card; around a code, which brings its own light border */
    int32_t tag_h, title_h; /* least height of the price and of the title */
    int32_t beside_w;       /* least width of the text beside a code */
};
struct scene_tile scene_tile_of(const struct scene_page *page, bool beside);

/* Modules of a code's side with its light border. */
int32_t scene_symbol_side(const char *qr);

#endif
