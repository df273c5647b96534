/* Products as cards on pages. Every card of a page has the same size; every code has whole-pixel modules. */
#include <string.h>
#include "display/scene_tile.h"

enum { PICTURE_LEAST = 52 };

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* In place of a code: why there is none, with a sign. */
static void absence_add(struct scene_page *page, struct scene_box square,
                        const struct snapshot_product *product)
{
    enum word word = WORD_UNAVAILABLE;
    if (product->can_sell && product->qr[0])
        word = WORD_TOO_LONG;
    else if (!product->can_sell)
        word = words_hold_tile(product->hold);
    enum sign sign = word == WORD_SOLD_OUT ? SIGN_EMPTY : word == WORD_BUSY ? SIGN_DOTS : SIGN_CROSS;
    int32_t room = least(square.w, square.h);
    scene_add_rect(page, square, COLOUR_VOID, scene_radius(page) * 2 / 3);
    struct scene_box inner = scene_inset(square, room / 12);
    struct scene_box upper = scene_cut_top(&inner, inner.h * 52 / 100);
    scene_add_sign(page, scene_inset(upper, upper.h / 10), sign, COLOUR_SOFT);
    /* A long word still finds a size at which it is not broken. */
    scene_add_text(page, inner, words_get(word, page->code),
                   (struct scene_style){.size_px = least(room * 13 / 100, scene_type(page, 40)),
                                        .lines = 3,
                                        .colour = COLOUR_SOFT,
                                        .align = SCENE_CENTRE,
                                        .bold = true});
}

void scene_add_code(struct scene_page *page, struct scene_box square, const struct snapshot_product *product,
                    int32_t most_px)
{
    int32_t side = scene_symbol_side(product->qr), room = least(square.w, square.h);
    int32_t module_px = room / side;
    if (!scene_sells(page->snapshot, product) || side <= 2 * SCENE_QUIET ||
        module_px < SCENE_MODULE_LAST_PX) {
        absence_add(page, square, product);
        return;
    }
    module_px = least(module_px, most_px);
    int32_t pixels = module_px * side;
    struct scene_box box = {square.x + (square.w - pixels) / 2, square.y + (square.h - pixels) / 2, pixels,
                            pixels};
    scene_add_rect(page, square, COLOUR_PAPER, scene_radius(page) * 2 / 3);
    scene_add_qr(page, box, product->qr, module_px);
}

int32_t scene_code_side(const struct scene_page *page, const struct snapshot_product *product, int32_t room)
{
    int32_t side = scene_symbol_side(product->qr);
    return scene_sells(page->snapshot, product) && side > 2 * SCENE_QUIET ? room / side * side : 0;
}

static void picture_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product)
{
    scene_add_rect(page, box, COLOUR_VOID, scene_radius(page) * 2 / 3);
    scene_add_image(page, scene_inset(box, least(box.w, box.h) * 6 / 100), product->image, SCENE_CENTRE);
}

static void title_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product,
                      enum scene_align align)
{
    bool sells = scene_sells(page->snapshot, product);
    int32_t lines = box.h > box.w ? 5 : 4;
    int32_t by_h = box.h * 44 / 100, by_w = box.w * 14 / 100, usual = scene_type(page, 20);
    int32_t size = least(by_h, by_w > usual ? by_w : usual);
    scene_add_text(page, box, product->title[page->language],
                   (struct scene_style){.size_px = least(size, scene_type(page, 46)),
                                        .lines = lines,
                                        .least_px = scene_scale(page, 8),
                                        .colour = sells ? COLOUR_TEXT : COLOUR_SOFT,
                                        .align = align,
                                        .bold = true});
}

/* The tag with the price; of a frame that goes on below it, or on its own. */
static void tag_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product,
                    bool alone)
{
    bool sells = scene_sells(page->snapshot, product);
    if (alone)
        scene_add_rect(page, box, sells ? COLOUR_BAR : COLOUR_VOID, scene_radius(page) * 2 / 3);
    int32_t side = box.h / 5;
    box.x += side;
    box.w -= 2 * side;
    scene_add_price(page, box, product->price, sells ? COLOUR_BAR_TEXT : COLOUR_SOFT);
}

/* Price and code in one frame of the operator's colour, at the bottom of the box. */
static void ticket_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product,
                       int32_t room, int32_t tag_h)
{
    int32_t frame = scene_tile_of(page, false).frame;
    bool sells = scene_sells(page->snapshot, product);
    struct scene_box block = {box.x + (box.w - room - 2 * frame) / 2, box.y, room + 2 * frame,
                              tag_h + room + 2 * frame};
    /* The square corner of a code must not stick out of the frame's round one. */
    scene_add_rect(page, block, sells ? COLOUR_BAR : COLOUR_VOID, least(scene_radius(page), 3 * frame));
    struct scene_box inner = scene_inset(block, frame);
    if (tag_h > 0)
        tag_add(page, scene_cut_top(&inner, tag_h), product, false);
    scene_add_code(page, inner, product, SCENE_CODE_PLENTY);
}

/* Picture and title in what is left above the code: one over the other, or side by side in a low box. */
static void face_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product)
{
    int32_t least_h = scene_tile_of(page, false).title_h, gap = scene_scale(page, 4);
    int32_t spare = box.h - least_h;
    bool low = box.w * 4 > box.h * 7;
    if (!product->image[0] || (!low && spare < scene_scale(page, PICTURE_LEAST / 2))) {
        title_add(page, box, product, SCENE_CENTRE);
        return;
    }
    if (low) {
        picture_add(page, scene_cut_left(&box, least(box.h, box.w * 2 / 5)), product);
        (void)scene_cut_left(&box, 2 * gap);
        title_add(page, box, product, SCENE_LEFT);
        return;
    }
    int32_t grown = least(least_h * 2, box.h * 36 / 100);
    struct scene_box title = scene_cut_bottom(&box, least_h > grown ? least_h : grown);
    (void)scene_cut_bottom(&box, gap);
    picture_add(page, box, product);
    title_add(page, title, product, SCENE_CENTRE);
}

/* Picture and title above, then price and code. */
static void tall_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product,
                     int32_t room)
{
    struct scene_tile tile = scene_tile_of(page, false);
    struct scene_box inner = scene_inset(box, tile.pad);
    int32_t spare = inner.h - room - 2 * tile.frame - tile.tag_h - tile.title_h;
    int32_t tag_h = tile.tag_h + least(spare / 5, tile.tag_h);
    struct scene_box low = scene_cut_bottom(&inner, room + 2 * tile.frame + tag_h);
    ticket_add(page, low, product, room, tag_h);
    (void)scene_cut_bottom(&inner, scene_scale(page, 4));
    face_add(page, inner, product);
}

/* Code left; picture, title and price right of it. */
static void wide_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product,
                     int32_t room)
{
    struct scene_tile tile = scene_tile_of(page, true);
    int32_t gap = scene_scale(page, 6);
    struct scene_box inner = scene_inset(box, tile.pad);
    struct scene_box left = scene_cut_left(&inner, room + 2 * tile.frame);
    left.y += (left.h - left.w) / 2;
    ticket_add(page, left, product, room, 0);
    (void)scene_cut_left(&inner, gap + tile.frame);
    int32_t most_h = left.w * 9 / 10;
    if (!product->image[0] && inner.h > most_h) /* title and price keep together beside the code */
        inner = (struct scene_box){inner.x, inner.y + (inner.h - most_h) / 2, inner.w, most_h};
    int32_t tag_h = least(inner.w * 30 / 100, inner.h * 30 / 100);
    tag_h = tag_h > tile.tag_h ? tag_h : tile.tag_h;
    tag_add(page, scene_cut_bottom(&inner, tag_h), product, true);
    (void)scene_cut_bottom(&inner, gap);
    face_add(page, inner, product);
}

void scene_add_product(struct scene_page *page, struct scene_box box, int32_t product, struct scene_grid grid)
{
    scene_add_sheet(page, box);
    if (grid.beside)
        wide_add(page, box, &page->snapshot->products[product], grid.room);
    else
        tall_add(page, box, &page->snapshot->products[product], grid.room);
}

void scene_add_tiles(struct scene_page *page, struct scene_box box, struct scene_grid grid,
                     const struct scene_goods *goods, int32_t number)
{
    int32_t gap = scene_tile_of(page, false).gap, per_page = grid.columns * grid.rows;
    int32_t first = number * per_page, left = goods->count - first;
    int32_t shown = left < per_page ? left : per_page;
    int32_t w = (box.w - (grid.columns - 1) * gap) / grid.columns;
    int32_t h = (box.h - (grid.rows - 1) * gap) / grid.rows;
    for (int32_t i = 0; i < shown; i++) {
        int32_t row = i / grid.columns, column = i % grid.columns;
        int32_t in_row = least(shown - row * grid.columns, grid.columns);
        int32_t indent = (box.w - in_row * w - (in_row - 1) * gap) / 2;
        struct scene_box tile = {box.x + indent + column * (w + gap), box.y + row * (h + gap), w, h};
        int32_t product = goods->product[first + i];
        scene_add_product(page, tile, product, grid);
        if (scene_sells(page->snapshot, &page->snapshot->products[product]))
            scene_add_touch(page, SCENE_TOUCH_PRODUCT, product, tile);
    }
}
