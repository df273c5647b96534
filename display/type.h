/* Text in boxes: measured, wrapped, made smaller until it fits, then cut with an ellipsis. */
#ifndef DISPLAY_TYPE_H
#define DISPLAY_TYPE_H

#include <SDL.h>
#include <stdbool.h>
#include "display/scene.h"

enum { TYPE_MAX_LINES = 8, TYPE_LINE_SIZE = 600 };

struct type;

/* folder: where the fonts are, NULL: where Debian puts them. regular, bold: font files; NULL or "": Roboto,
 * or DejaVu Sans where that is missing. DejaVu Sans also writes every text for which the font lacks a letter.
 * A file that cannot be read is said on the log and replaced. NULL: no font at all, said on the log. */
struct type *type_open(const char *folder, const char *regular, const char *bold);
void type_close(struct type *type);
/* Draws a TEXT item. */
void type_draw(struct type *type, SDL_Surface *target, const struct scene_item *item, const char *text);

struct type_fit {
    int size_px, line_px, count;
    bool cut;    /* the text did not fit even at the least size */
    bool broken; /* nor did a word into a line */
    char line[TYPE_MAX_LINES][TYPE_LINE_SIZE];
};
/* How type_draw will set the text. */
void type_fit(struct type *type, struct type_fit *ret, const struct scene_item *item, const char *text);
/* Does the font have a glyph for this code point? */
bool type_has_glyph(struct type *type, bool bold, uint32_t code);
/* Width in pixels of a line at a size. */
int type_width(struct type *type, bool bold, int size_px, const char *text);

#endif
