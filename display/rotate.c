#include "display/rotate.h"

#include <stddef.h>

void rotate_pixels(uint32_t *to, int32_t to_pitch, const uint32_t *from, int32_t from_pitch, int32_t w,
                   int32_t h, int32_t degrees)
{
    for (int32_t y = 0; y < h; y++)
        for (int32_t x = 0; x < w; x++) {
            int32_t to_x = x, to_y = y;
            if (degrees == 90) {
                to_x = h - 1 - y;
                to_y = x;
            } else if (degrees == 180) {
                to_x = w - 1 - x;
                to_y = h - 1 - y;
            } else if (degrees == 270) {
                to_x = y;
                to_y = w - 1 - x;
            }
            to[(ptrdiff_t)to_y * to_pitch + to_x] = from[(ptrdiff_t)y * from_pitch + x];
        }
}

void rotate_point(int32_t *x, int32_t *y, int32_t w, int32_t h, int32_t degrees)
{
    int32_t panel_x = *x, panel_y = *y;
    if (degrees == 90) {
        *x = panel_y;
        *y = h - 1 - panel_x;
    } else if (degrees == 180) {
        *x = w - 1 - panel_x;
        *y = h - 1 - panel_y;
    } else if (degrees == 270) {
        *x = w - 1 - panel_y;
        *y = panel_x;
    }
}
