/* A cairo image as a grey PNG that knows how large it is on paper. */
#ifndef CONTROLLER_SHEET_PICTURE_H
#define CONTROLLER_SHEET_PICTURE_H

#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>
#include "common/target.h"

/* image: CAIRO_FORMAT_RGB24, drawn in black, white and grey. Blocks on the file. false: no
 * memory, or target_close() says why. */
bool picture_write(struct target *target, cairo_surface_t *image, int32_t dpi);

#endif
