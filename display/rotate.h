/* Turns a picture by whole quarters, pixel by pixel: nothing is scaled, nothing is blended. Pure. */
#ifndef DISPLAY_ROTATE_H
#define DISPLAY_ROTATE_H

#include <stdint.h>

/* degrees: 0, 90, 180, 270 clockwise. from: w x h pixels with from_pitch pixels a line; to: turned, to_pitch
 * likewise, h x w pixels for 90 and 270. */
void rotate_pixels(uint32_t *to, int32_t to_pitch, const uint32_t *from, int32_t from_pitch, int32_t w,
                   int32_t h, int32_t degrees);

/* Turns a point of the panel into the point of the upright picture of w x h that stands there. */
void rotate_point(int32_t *x, int32_t *y, int32_t w, int32_t h, int32_t degrees);

#endif
