/* The picture for the panel: the page at some place in it, the page's edge drawn out to the border, and as
 * dark as it is to be. Pixels are copied one by one, never scaled or blended, so that codes stay sharp. Pure.
 */
#ifndef DISPLAY_FRAME_H
#define DISPLAY_FRAME_H

#include <stdint.h>

enum {
    /* Drawn darker than this a code or a text would no longer stand out enough: white is then 0x99, and black
     * on it has 7:1. */
    FRAME_LEAST_PERCENT = 32
};

struct frame_pixels {
    uint32_t *pixel; /* 0x00RRGGBB */
    int32_t w, h;
    int32_t pitch; /* pixels from one line to the next */
};

/* What each channel's value becomes so that the picture gives that much of its light, 100 = unchanged; less
 * than FRAME_LEAST_PERCENT gives FRAME_LEAST_PERCENT. */
void frame_tone(uint8_t ret[256], int32_t percent);
/* Puts page's upper left corner at (x, y) of to. */
void frame_compose(const struct frame_pixels *to, const struct frame_pixels *page, int32_t x, int32_t y,
                   const uint8_t tone[256]);

#endif
