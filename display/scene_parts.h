/* Inside display/scene*.c: the list under construction and the parts of the page. */
#ifndef DISPLAY_SCENE_PARTS_H
#define DISPLAY_SCENE_PARTS_H

#include "display/scene.h"
#include "common/theme.h"
#include "display/words.h"

struct scene_style {
    int32_t size_px, lines;
    int32_t least_px; /* 0 = two fifths of size_px */
    enum colour colour;
    enum scene_align align;
    bool bold, top;
    bool crowd; /* a line of a long list */
};

/* Some of the products, in their order. */
struct scene_goods {
    int32_t count;
    int32_t product[CONFIG_MAX_PRODUCTS];
};

/* The page being built: the list, what it shows and in which language. */
struct scene_page {
    struct scene *scene;
    const struct snapshot *snapshot;
    const struct scene_view *view;
    const struct theme *theme;
    bool compact;                      /* narrow bars and gaps, because then fewer pages are needed */
    int32_t drawn[SNAPSHOT_MAX_LANES]; /* lines of validators in the picture */
    int32_t language;                  /* index of snapshot->languages */
    const char *code;                  /* its name, "ru" */
    struct scene_goods shelf;          /* the cards of this page: their titles have one size */
};

/* `pixels` as on a screen whose shorter side has 480, scaled to this one. */
int32_t scene_scale(const struct scene_page *page, int32_t pixels);
/* The same for the size of a text and the height of its line: larger with texts for weak sight. */
int32_t scene_type(const struct scene_page *page, int32_t pixels);
/* Corners of cards, and of what stands inside them. */
int32_t scene_radius(const struct scene_page *page);
int32_t scene_inner_radius(const struct scene_page *page);
/* No text is smaller, but for lines of a long list. */
int32_t scene_least(const struct scene_page *page);
/* As scene_scale, the second figure on a compact page. */
int32_t scene_measure(const struct scene_page *page, int32_t usual, int32_t compact);
void scene_add_rect(struct scene_page *page, struct scene_box box, enum colour colour, int32_t radius);
void scene_add_text(struct scene_page *page, struct scene_box box, const char *text,
                    struct scene_style style);
void scene_add_qr(struct scene_page *page, struct scene_box box, const char *text, int32_t module_px);
void scene_add_image(struct scene_page *page, struct scene_box box, const char *file, enum scene_align align);

void scene_add_sign(struct scene_page *page, struct scene_box box, enum sign sign, enum colour colour);
/* Where a finger means something. */
void scene_add_touch(struct scene_page *page, enum scene_touch_kind kind, int32_t product,
                     struct scene_box box);
/* A card with a thin edge. */
void scene_add_sheet(struct scene_page *page, struct scene_box box);
/* "2,50" as large as the box allows, the currency small behind it. */
void scene_add_price(struct scene_page *page, struct scene_box box, int64_t price, enum colour colour);

/* scene_letters.c: about, by the widths of Roboto Bold. */
int32_t scene_text_width(const char *text, int32_t size_px);
/* Lines that a text needs in this width; 0 = one of its words is wider. */
int32_t scene_text_lines(const char *text, int32_t size_px, int32_t width);
/* The largest size up to most_px with which it needs so many lines; least_px if there is none. */
int32_t scene_text_size(const char *text, int32_t most_px, int32_t least_px, int32_t width, int32_t lines);

/* The same for a box, in as many lines as it has room for. */
int32_t scene_text_size_in(const char *text, int32_t most_px, int32_t least_px, struct scene_box box);

/* The height at which a price has the size that it has in this box. */
int32_t scene_price_height(const struct scene_page *page, struct scene_box box, int64_t price);
/* Width of a price with the smallest digits. */
int32_t scene_price_width(const struct scene_page *page, int64_t price);

/* The box without `by` pixels on every side. */
struct scene_box scene_inset(struct scene_box box, int32_t by);
/* Cuts `height` pixels off the top (bottom, left) of *box and returns them. */
struct scene_box scene_cut_top(struct scene_box *box, int32_t height);
struct scene_box scene_cut_bottom(struct scene_box *box, int32_t height);
struct scene_box scene_cut_left(struct scene_box *box, int32_t width);
struct scene_box scene_cut_right(struct scene_box *box, int32_t width);
/* The square in the middle of the box. */
struct scene_box scene_square(struct scene_box box);

/* Can this product's QR be on the screen now? The one place that decides it. */
bool scene_sells(const struct snapshot *snapshot, const struct snapshot_product *product);
/* The machine as a whole is not selling: name of the reason, NULL = it sells. */
const char *scene_hold(const struct snapshot *snapshot);

/* Products of one lane, or of none (-1). */
struct scene_goods scene_goods_of(const struct snapshot *snapshot, int32_t lane);

/* scene_bars.c */
void scene_add_header(struct scene_page *page, struct scene_box box, bool hint);
void scene_add_footer(struct scene_page *page, struct scene_box box);
void scene_add_note(struct scene_page *page, struct scene_box box);
/* Space between things, and at the edge. */
int32_t scene_margin(const struct scene_page *page);

/* scene_grid.c, scene_tiles.c: products on pages. */
struct scene_grid {
    int32_t columns, rows, module_px, pages;
    int32_t room; /* pixels of the square for the code, the same in all cards */
    bool beside;  /* QR left, text right; else text above the QR */
};
/* The best grid for this box: fewest pages, then the largest modules. */
struct scene_grid scene_grid_choose(const struct scene_page *page, struct scene_box box,
                                    const struct scene_goods *goods);
void scene_add_tiles(struct scene_page *page, struct scene_box box, struct scene_grid grid,
                     const struct scene_goods *goods, int32_t number);
/* One product's card, set as the grid says. */
void scene_add_product(struct scene_page *page, struct scene_box box, int32_t product,
                       struct scene_grid grid);
/* The code in the middle of the square, modules of at most `most_px`, or a grey field that says why there is
 * none. */
void scene_add_code(struct scene_page *page, struct scene_box square, const struct snapshot_product *product,
                    int32_t most_px);

/* Pixels of the code in a square of this room, with modules of whole pixels; 0 = there is none. */
int32_t scene_code_side(const struct scene_page *page, const struct snapshot_product *product, int32_t room);

/* scene_cards.c: payments. */
/* Does this one still stand on the screen? */
bool scene_activity_shown(const struct snapshot_activity *activity, int64_t held_ms);
/* Payments shown as cards: those of no lane. */
int32_t scene_cards_count(const struct snapshot *snapshot, int64_t held_ms);
void scene_add_cards(struct scene_page *page, struct scene_box box);

/* scene_hold.c: the machine as a whole is not selling, and why; or nothing of it is. */
void scene_add_hold(struct scene_page *page, struct scene_box box, const char *hold);
/* Why none of these can be bought, if it is one reason for all; NULL: something can. */
const char *scene_common_hold(const struct snapshot *snapshot, const struct scene_goods *goods);

/* scene_lanes.c: where the lanes stand. */
struct scene_lanes {
    struct scene_box box; /* w = 0: there are no lanes */
    int32_t columns, rows, pages;
    int32_t shelf_pages; /* of the lane with the most products */
};
/* Cuts what the lanes need off *rest; nothing is left if there are no other products. */
struct scene_lanes scene_lanes_plan(const struct scene_page *page, struct scene_box *rest);
void scene_add_lanes(struct scene_page *page, const struct scene_lanes *lanes, int32_t number);
/* Somebody is being served in some lane: languages turn faster. */
bool scene_lanes_active(const struct snapshot *snapshot, int64_t held_ms);
/* The one lane of this screen stands alone, sells by a code and has the bars in its own column. */
bool scene_lane_alone(const struct scene_page *page);

/* scene_lane.c: one barrier or turnstile. */
void scene_add_lane(struct scene_page *page, struct scene_box box, int32_t lane);
bool scene_lane_sells(const struct snapshot *snapshot, int32_t lane);
/* Title and price of the lane's only product. */
void scene_add_label(struct scene_page *page, struct scene_box box, const struct snapshot_product *product);
/* Pages that the lane's products need in this panel; 1 if it does not sell. */
int32_t scene_lane_pages(const struct scene_page *page, struct scene_box box, int32_t lane);
/* Several products of one lane as tiles, on pages. */
void scene_add_shelf(struct scene_page *page, struct scene_box box, const struct scene_goods *goods);
/* The newest payment of the lane that ended badly and still stands on the screen; NULL: none. */
const struct snapshot_activity *scene_lane_trouble(const struct scene_page *page, int32_t lane);

/* scene_news.c: what a lane says; a sign, a word, a detail in white on a colour. */
/* The lane's state. */
void scene_add_state(struct scene_page *page, struct scene_box box, int32_t lane);
/* A payment of the lane that ended badly. */
void scene_add_trouble(struct scene_page *page, struct scene_box box, const struct snapshot_activity *trouble,
                       int32_t lane);
/* The product's title, of a turnstile with its direction. */
void scene_title_text(const struct scene_page *page, const struct snapshot_product *product, char *ret,
                      size_t size);

/* scene_roll.c: one validator, and what was shown. */
void scene_add_validator(struct scene_page *page, struct scene_box box, int32_t lane);
/* Cuts the part with the code off the panel. */
struct scene_box scene_cut_sale(const struct scene_page *page, struct scene_box *box);
/* After the last panel: which payments are in the picture. drawn: lines per lane. */
void scene_roll_range(struct scene *scene, const struct snapshot *snapshot, const struct journal *journal,
                      const int32_t drawn[SNAPSHOT_MAX_LANES]);
/* Milliseconds until a list changes by the time alone; at least 1. */
int64_t scene_roll_next_ms(const struct snapshot *snapshot, const struct scene_view *view);

#endif
