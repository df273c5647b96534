/* Every state at every usual size as PNG files; needs no daemon and no display. */
#ifndef DISPLAY_GALLERY_H
#define DISPLAY_GALLERY_H

#include "display/paint.h"

/* Writes DIR/<w>x<h>/<state>[-p<page>].png and DIR/index.tsv: picture, state, then per QR on it x, y, width,
 * height, pixels of a module and the text; for a browser DIR/index.html with pages by size, state and
 * language. width 0: all usual sizes. language: of the samples; -1 = they take turns. 0 or -1, said on the
 * log. */
int gallery_write(struct paint *paint, const char *dir, int32_t width, int32_t height, int32_t language);

#endif
