/* Inside display/scene*.c: the list under construction and the parts of the page. */
#ifndef DISPLAY_SCENE_PARTS_H
#define DISPLAY_SCENE_PARTS_H

#include "display/scene.h"

enum scene_colour {
    COLOUR_PAGE = 0xEEF1F5,
    COLOUR_BAR = 0x14304D,
    COLOUR_BAR_TEXT = 0xFFFFFF,
    COLOUR_BAR_SOFT = 0xC9D8E8,
    COLOUR_TILE = 0xFFFFFF,
    COLOUR_EDGE = 0xCDD4DD,
    COLOUR_TEXT = 0x131A22,
    COLOUR_SOFT = 0x4A5563,
    COLOUR_VOID = 0xE3E7EC,
    COLOUR_PRICE = 0x14304D,
    COLOUR_GOOD = 0x17692F,
    COLOUR_BUSY = 0x1B5A9C,
    COLOUR_BAD = 0xA8231B,
    COLOUR_WARN = 0x8A4B00,
    COLOUR_NOTE = 0xFFF1CC,
};

struct scene_style {
    int32_t size_px, lines;
    uint32_t colour;
    enum scene_align align;
    bool bold, top;
};

/* The page being built: the list, what it shows and in which language. */
struct scene_page {
    struct scene *scene;
    const struct snapshot *snapshot;
    const struct scene_view *view;
    bool compact;     /* narrow bars and gaps, because then fewer pages are needed */
    int32_t language; /* index of snapshot->languages */
    const char *code; /* its name, "ru" */
};

/* `pixels` as on a screen whose shorter side has 480, scaled to this one. */
int32_t scene_scale(const struct scene_page *page, int32_t pixels);
/* The same, the second figure on a compact page. */
int32_t scene_measure(const struct scene_page *page, int32_t usual, int32_t compact);
void scene_add_rect(struct scene_page *page, struct scene_box box, uint32_t colour, int32_t radius);
void scene_add_text(struct scene_page *page, struct scene_box box, const char *text,
                    struct scene_style style);
void scene_add_qr(struct scene_page *page, struct scene_box box, const char *text, int32_t module_px);
void scene_add_image(struct scene_page *page, struct scene_box box, const char *file);

/* The box without `by` pixels on every side. */
struct scene_box scene_inset(struct scene_box box, int32_t by);
/* Cuts `height` pixels off the top (bottom, left) of *box and returns them. */
struct scene_box scene_cut_top(struct scene_box *box, int32_t height);
struct scene_box scene_cut_bottom(struct scene_box *box, int32_t height);
struct scene_box scene_cut_left(struct scene_box *box, int32_t width);

/* Can this product's QR be on the screen now? The one place that decides it. */
bool scene_sells(const struct snapshot *snapshot, const struct snapshot_product *product);
/* The machine as a whole is not selling: name of the reason, NULL = it sells. */
const char *scene_hold(const struct snapshot *snapshot);

/* scene_tiles.c: products on pages. */
struct scene_grid {
    int32_t columns, rows, module_px, pages;
    bool beside; /* QR left, text right; else text above the QR */
};
/* The best grid for this box: fewest pages, then the largest modules. */
struct scene_grid scene_grid_choose(const struct scene_page *page, struct scene_box box);
void scene_add_tiles(struct scene_page *page, struct scene_box box, struct scene_grid grid, int32_t number);

/* scene_cards.c: payments. */
/* Does this one still stand on the screen? */
bool scene_activity_shown(const struct snapshot_activity *activity, int64_t held_ms);
int32_t scene_cards_count(const struct snapshot *snapshot, int64_t held_ms);
void scene_add_cards(struct scene_page *page, struct scene_box box);

#endif
