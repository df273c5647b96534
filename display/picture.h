/* Product pictures and logos: PNG and JPEG files, read within limits, fitted into a box, kept.
 *
 * A file is read once for each size in which it is shown. One that cannot be shown is said on the log once
 * and never tried again by this process. Nothing of a file is believed: only the decoders of the two formats
 * are used, and only after size and measures were found to be within the limits.
 */
#ifndef DISPLAY_PICTURE_H
#define DISPLAY_PICTURE_H

#include <SDL.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PICTURE_MAX_BYTES = 4 * 1024 * 1024,
    PICTURE_MAX_SIDE = 4096,
    PICTURE_MAX_PIXELS = 8 * 1024 * 1024, /* 32 MB while it is decoded */
    PICTURE_KEPT = 160
};

enum picture_format { PICTURE_NONE, PICTURE_PNG, PICTURE_JPEG };

/* Format and measures as the head of a file tells them; PICTURE_NONE: neither format, cut off, or beyond the
 * limits. Pure. */
enum picture_format picture_measure(const uint8_t *bytes, size_t size, int32_t *ret_w, int32_t *ret_h);

/* Is every chunk of the PNG there, up to the last, with its right sum? SDL_image 2.6.3 does not notice the
 * end of its input: it reads a file that was cut off for ever. Pure. */
bool picture_png_whole(const uint8_t *bytes, size_t size);

struct picture_store;
/* NULL: no memory. */
struct picture_store *picture_open(void);
void picture_close(struct picture_store *store);
/* The picture as large as w x h allows, its proportions kept; borrowed until the next call. NULL: it cannot
 * be shown. */
SDL_Surface *picture_get(struct picture_store *store, const char *file, int32_t w, int32_t h);

#endif
