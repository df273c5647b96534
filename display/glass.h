/* The panel with all that it needs: its window, opened again and again; the frame that goes into it, which
 * wanders and is darker at night; its backlight. Presents a frame only when it differs from the one before.
 */
#ifndef DISPLAY_GLASS_H
#define DISPLAY_GLASS_H

#include <SDL.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "config/config.h"
#include "display/light.h"
#include "display/options.h"
#include "display/wear.h"
#include "display/window.h"

enum {
    GLASS_RETRY_MS = 2000,
    GLASS_RETRY_MOST_MS = 10000,
    GLASS_CONNECTORS_MS = 2000,
    GLASS_SHOTS_KEPT = 500
};

struct glass {
    const struct options *options;
    const struct config_screen *config;
    struct window window;
    struct light light;
    struct wear wear;
    SDL_Surface *page, *frame;        /* what is drawn; what is shown of it, upright */
    bool presented;                   /* the frame is on the display */
    int64_t retry_ms, retry_after_ms; /* when the next try to open is due, and how long after it another */
    int32_t x, y, tone;     /* of the frame: where the page stands, and how bright it is drawn, percent */
    const char *connectors; /* the folder that is watched, NULL = none */
    int64_t connectors_ms;
    bool watched, unplugged; /* the folder was read; no panel is plugged in */
    uint64_t plugged;        /* which panels are */
    long frames, shots;      /* presented; written by --shots */
};

/* Borrows both. 0, or 1: said on the log. */
int glass_start(struct glass *glass, const struct options *options, const struct config_screen *config,
                int64_t now_ms);
/* Full brightness again, and says how many frames were presented. */
void glass_stop(struct glass *glass);
/* Opens the display if it is time; closes it when its panel is unplugged. */
void glass_try(struct glass *glass, int64_t now_ms);
/* The size of the page, smaller than the panel by the room to wander in. */
void glass_size(const struct glass *glass, int32_t *ret_width, int32_t *ret_height);
/* From a point of the upright panel to the page's that stands there now. */
void glass_point(const struct glass *glass, int32_t *x, int32_t *y);
/* The surface to draw a page on; NULL: no memory. Its pixels are those of the page before. */
SDL_Surface *glass_page(struct glass *glass);
/* Shows the page. changed: it was drawn anew. minute: of the day, -1 = not known. busy: somebody is being
 * served, who gets a bright picture that stands still. expose: the display lost its picture. */
void glass_show(struct glass *glass, bool changed, int32_t minute, bool busy, bool expose, int64_t now_ms);

/* What is on the display, upright, as PNG; at half its size, or a quarter, where photographs make it too
 * large. Its bytes; 0 = nothing is on the display, or it does not fit in size. */
size_t glass_png(const struct glass *glass, unsigned char *ret, size_t size);

#endif
