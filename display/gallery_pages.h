/* The gallery's pages for a browser: all pictures by size, by state and by language. Plain HTML without
 * script; every picture has its words as a text for those who cannot see it. */
#ifndef DISPLAY_GALLERY_PAGES_H
#define DISPLAY_GALLERY_PAGES_H

#include "display/scene.h"

/* Collects; NULL: no memory. */
struct gallery_pages *gallery_pages_open(void);
/* One picture. picture: its file under the gallery's folder; state and language: names, copied. 0 or -1. */
int gallery_pages_add(struct gallery_pages *pages, const char *picture, const char *state,
                      const char *language, const struct scene *scene);
/* Writes DIR/index.html and the pages that it leads to. 0 or -1, said on the log. */
int gallery_pages_write(const struct gallery_pages *pages, const char *dir);
void gallery_pages_close(struct gallery_pages *pages);

#endif
