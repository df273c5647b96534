/* Products as cards on pages. Every card of a page has the same size; every code has whole-pixel modules. */
#include <string.h>
#include "display/scene_tile.h"

enum {
    PICTURE_LEAST = 52,
    TITLE_LEAST = 14,
    TITLE_USUAL = 20,
    TITLE_MOST = 46,
    PRICE_LEAST = 124,
    TITLE_PERCENT = 38
};

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
    scene_add_rect(page, square, COLOUR_VOID, scene_inner_radius(page));
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
    scene_add_rect(page, square, COLOUR_PAPER, scene_inner_radius(page) / 2);
    scene_add_qr(page, box, product->qr, module_px);
}

int32_t scene_code_side(const struct scene_page *page, const struct snapshot_product *product, int32_t room)
{
    int32_t side = scene_symbol_side(product->qr);
    return scene_sells(page->snapshot, product) && side > 2 * SCENE_QUIET ? room / side * side : 0;
}

static void picture_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product)
{
    scene_add_rect(page, box, COLOUR_VOID, scene_inner_radius(page));
    scene_add_image(page, scene_inset(box, least(box.w, box.h) * 6 / 100), product->image, SCENE_CENTRE);
}

static void title_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product,
                      int32_t size_px, enum scene_align align)
{
    bool sells = scene_sells(page->snapshot, product);
    scene_add_text(page, box, product->title[page->language],
                   (struct scene_style){.size_px = size_px,
                                        .lines = 5,
                                        .least_px = scene_least(page),
                                        .colour = sells ? COLOUR_TEXT : COLOUR_SOFT,
                                        .align = align,
                                        .bold = true});
}

/* The prices of a page have one size. */
static int32_t prices_height(const struct scene_page *page, struct scene_box box)
{
    int32_t h = box.h;
    for (int32_t i = 0; i < page->shelf.count; i++)
        h = least(h, scene_price_height(page, box, page->snapshot->products[page->shelf.product[i]].price));
    return h;
}

/* The tag with the price; of a frame that goes on below it, or on its own. */
static void tag_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product,
                    bool alone)
{
    bool sells = scene_sells(page->snapshot, product);
    if (alone)
        scene_add_rect(page, box, sells ? COLOUR_BAR : COLOUR_VOID, scene_inner_radius(page));
    int32_t side = box.h / 5;
    box.x += side;
    box.w -= 2 * side;
    int32_t h = prices_height(page, box);
    box.y += (box.h - h) / 2;
    box.h = h;
    scene_add_price(page, box, product->price, sells ? COLOUR_BAR_TEXT : COLOUR_SOFT);
}

/* Of the frame around code and price: the price must be read too. */
static int32_t frame_width(const struct scene_page *page, int32_t most,
                           const struct snapshot_product *product, int32_t room)
{
    struct scene_tile tile = scene_tile_of(page, false);
    int32_t w = room + 2 * tile.frame, usual = scene_scale(page, PRICE_LEAST);
    int32_t price_w = scene_price_width(page, product->price) + tile.tag_h;
    price_w = price_w > usual ? price_w : usual;
    return w > price_w ? w : least(price_w, most);
}

/* Price and code in one frame of the operator's colour, at the bottom of the box. */
static void ticket_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product,
                       int32_t room, int32_t tag_h)
{
    int32_t frame = scene_tile_of(page, false).frame;
    bool sells = scene_sells(page->snapshot, product);
    int32_t w = tag_h > 0 ? frame_width(page, box.w, product, room) : room + 2 * frame;
    struct scene_box block = {box.x + (box.w - w) / 2, box.y, w, tag_h + room + 2 * frame};
    /* The square corner of a code must not stick out of the frame's round one. */
    scene_add_rect(page, block, sells ? COLOUR_BAR : COLOUR_VOID, least(scene_inner_radius(page), 3 * frame));
    struct scene_box inner = scene_inset(block, frame);
    if (tag_h > 0)
        tag_add(page, scene_cut_top(&inner, tag_h), product, false);
    scene_add_code(page, inner, product, SCENE_CODE_PLENTY);
}

/* The size in which every title of this page fits into the box. */
static int32_t titles_size(const struct scene_page *page, struct scene_box box, int32_t most_px)
{
    int32_t size = most_px, least_px = scene_least(page);
    for (int32_t i = 0; i < page->shelf.count; i++) {
        const struct snapshot_product *product = &page->snapshot->products[page->shelf.product[i]];
        size = least(size, scene_text_size_in(product->title[page->language], most_px, least_px, box));
    }
    return size;
}

/* The same, but a title that would make all the others small is small alone. */
static int32_t most_titles_size(const struct scene_page *page, struct scene_box box, int32_t most_px)
{
    int32_t size = titles_size(page, box, most_px), usual = least(scene_type(page, TITLE_USUAL), most_px);
    return size > usual ? size : usual;
}

/* Picture and title side by side, the picture as large as leaves the title its size; a product with a long
 * name does without. */
static void face_low_add(struct scene_page *page, struct scene_box box,
                         const struct snapshot_product *product)
{
    const char *title = product->title[page->language];
    int32_t gap = 2 * scene_scale(page, 4), usual = scene_type(page, TITLE_LEAST);
    int32_t most_px = least(box.h * 46 / 100, scene_type(page, TITLE_MOST));
    most_px = most_px > usual ? most_px : usual;
    for (int32_t side = least(box.h, box.w * 2 / 5); side * 5 >= box.h * 3; side = side * 3 / 4) {
        struct scene_box right = box, left = scene_cut_left(&right, side);
        (void)scene_cut_left(&right, gap);
        (void)scene_cut_right(&right, gap / 2);
        if (scene_text_size_in(title, most_px, 0, right) < usual)
            continue;
        left.y += (left.h - least(left.h, side * 5 / 4)) / 2;
        left.h = least(left.h, side * 5 / 4);
        picture_add(page, left, product);
        title_add(page, right, product, most_titles_size(page, right, most_px), SCENE_LEFT);
        return;
    }
    title_add(page, box, product, most_titles_size(page, box, most_px), SCENE_CENTRE);
}

/* Height of a title in a width; a long one takes more lines of smaller letters. */
static int32_t title_height(const struct scene_page *page, const char *title, struct scene_box box,
                            int32_t size)
{
    int32_t fitting = scene_text_size_in(title, size, scene_least(page), box);
    return scene_text_lines(title, fitting, box.w) * fitting * 5 / 4 + scene_scale(page, 4);
}

/* Picture and title in what is left above the code. The pictures of a page are equally high, but where a long
 * name needs the room. */
static void face_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product)
{
    int32_t usual = scene_type(page, TITLE_LEAST), by_w = box.w * 13 / 100;
    bool low = box.w * 4 > box.h * 7;
    if (product->image[0] && low) {
        face_low_add(page, box, product);
        return;
    }
    int32_t most_px = least(by_w > usual ? by_w : usual, scene_type(page, TITLE_MOST));
    struct scene_box part = {box.x, box.y, box.w, product->image[0] ? box.h * TITLE_PERCENT / 100 : box.h};
    part = (struct scene_box){part.x + part.w / 40, part.y, part.w - part.w / 20, part.h};
    int32_t size = most_titles_size(page, part, most_px);
    int32_t title_h = title_height(page, product->title[page->language], part, size);
    for (int32_t i = 0; i < page->shelf.count; i++) {
        const char *title = page->snapshot->products[page->shelf.product[i]].title[page->language];
        int32_t h = title_height(page, title, part, size);
        title_h = h <= part.h * 6 / 5 && h > title_h ? h : title_h;
    }
    int32_t picture_h = box.h - title_h - scene_scale(page, 4);
    if (product->image[0] && picture_h >= scene_scale(page, PICTURE_LEAST / 2)) {
        picture_add(page, scene_cut_top(&box, picture_h), product);
        (void)scene_cut_top(&box, scene_scale(page, 4));
    }
    title_add(page, (struct scene_box){part.x, box.y, part.w, box.h}, product, size, SCENE_CENTRE);
}

/* Picture and title above, then price and code. */
static void tall_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product,
                     int32_t room)
{
    struct scene_tile tile = scene_tile_of(page, false);
    struct scene_box inner = scene_inset(box, tile.pad);
    int32_t spare = inner.h - room - 2 * tile.frame - tile.tag_h - tile.title_h;
    int32_t tag_h = tile.tag_h + least(spare / 5, tile.tag_h);
    struct scene_box price = {0, 0, frame_width(page, inner.w, product, room) - tag_h / 2, tag_h};
    int32_t filled = prices_height(page, price) * 6 / 5;
    tag_h = filled < tile.tag_h ? tile.tag_h : least(tag_h, filled);
    struct scene_box low = scene_cut_bottom(&inner, room + 2 * tile.frame + tag_h);
    ticket_add(page, low, product, room, tag_h);
    (void)scene_cut_bottom(&inner, scene_scale(page, 4));
    if (!product->image[0])
        inner = (struct scene_box){inner.x + tile.pad, inner.y, inner.w - 2 * tile.pad, inner.h};
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

/* Without pictures a card need not be as high as the page. */
static int32_t card_height(const struct scene_page *page, int32_t w, int32_t h, struct scene_grid grid)
{
    struct scene_tile tile = scene_tile_of(page, grid.beside);
    if (grid.beside)
        return h;
    for (int32_t i = 0; i < page->shelf.count; i++)
        if (page->snapshot->products[page->shelf.product[i]].image[0])
            return h;
    return least(h, grid.room + 2 * (tile.pad + tile.frame + tile.tag_h) + tile.title_h + w * 30 / 100);
}

void scene_add_tiles(struct scene_page *page, struct scene_box box, struct scene_grid grid,
                     const struct scene_goods *goods, int32_t number)
{
    int32_t gap = scene_tile_of(page, false).gap, per_page = grid.columns * grid.rows;
    int32_t first = number * per_page, left = goods->count - first;
    int32_t shown = least(left, per_page);
    int32_t w = (box.w - (grid.columns - 1) * gap) / grid.columns;
    page->shelf.count = shown;
    for (int32_t i = 0; i < shown; i++)
        page->shelf.product[i] = goods->product[first + i];
    int32_t h = card_height(page, w, (box.h - (grid.rows - 1) * gap) / grid.rows, grid);
    int32_t rows = (shown + grid.columns - 1) / grid.columns;
    box.y += (box.h - rows * h - (rows - 1) * gap) / 2;
    for (int32_t i = 0; i < shown; i++) {
        int32_t row = i / grid.columns, column = i % grid.columns;
        int32_t in_row = least(shown - row * grid.columns, grid.columns);
        int32_t indent = (box.w - in_row * w - (in_row - 1) * gap) / 2;
        struct scene_box tile = {box.x + indent + column * (w + gap), box.y + row * (h + gap), w, h};
        int32_t product = page->shelf.product[i];
        scene_add_product(page, tile, product, grid);
        if (scene_sells(page->snapshot, &page->snapshot->products[product]))
            scene_add_touch(page, SCENE_TOUCH_PRODUCT, product, tile);
    }
}
