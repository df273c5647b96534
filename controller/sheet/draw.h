/* Draws labels with cairo and pango; a dot of the plan is a unit of the context's scale. */
#ifndef CONTROLLER_SHEET_DRAW_H
#define CONTROLLER_SHEET_DRAW_H

#include <cairo.h>
#include <stdbool.h>
#include "controller/sheet/label.h"

/* Whether there is such a family on this machine. NULL, here and below, is the screen's (Roboto, else DejaVu
 * Sans), and true. */
bool draw_family_known(const char *family);
/* true if the machine's fonts have every letter of the label; else ret_text is the first text that lacks one.
 */
bool draw_letters_known(cairo_t *cairo, const char *family, const struct label *label, const char **ret_text);
/* How large each text is to be, dots. */
struct draw_sizes {
    int32_t size[PLAN_PARTS];
};
/* Nothing larger than this is drawn. */
struct draw_sizes draw_sizes_most(void);
/* Makes *sizes smaller where this label needs it, so that labels side by side look alike; only names keep
 * sizes of their own. */
void draw_sizes_join(struct draw_sizes *sizes, cairo_t *cairo, const char *family, const struct label *label,
                     const struct plan_label *plan);
/* The label with its left upper corner at x, y. Returns the bits of the parts that had to be shortened. */
unsigned draw_label(cairo_t *cairo, const char *family, const struct label *label,
                    const struct plan_label *plan, const struct draw_sizes *sizes, int32_t x, int32_t y);
void draw_marks(cairo_t *cairo, const struct plan_box *label);

#endif
