/* Draws a scene into a surface. With type.c the only place that draws with SDL; needs no video driver.
 *
 * One thread only. The surface must be SDL_PIXELFORMAT_RGB888, as paint_surface makes it.
 */
#ifndef DISPLAY_PAINT_H
#define DISPLAY_PAINT_H

#include <SDL.h>
#include <stdbool.h>
#include "display/scene.h"

struct paint;
struct type;

/* Takes the fonts, see type_open. */
struct paint *paint_open(struct type *type);
void paint_close(struct paint *paint);
/* A surface to draw on; the caller frees it with SDL_FreeSurface. NULL: no memory. */
SDL_Surface *paint_surface(int32_t width, int32_t height);
/* Draws everything new. Reads picture files the first time they are shown. */
void paint_scene(struct paint *paint, SDL_Surface *target, const struct scene *scene);
/* Writes the surface as PNG, whole or not at all (a temporary file beside it is renamed). 0 or -1, said on
 * the log. */
int paint_save(SDL_Surface *surface, const char *path);
/* The surface as PNG in memory. Its bytes, 0 = it does not fit in size. */
size_t paint_png(SDL_Surface *surface, unsigned char *ret, size_t size);

#endif
