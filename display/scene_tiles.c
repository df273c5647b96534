/* Products as tiles on pages. Every tile of a page has the same size; every code has whole-pixel modules. */
#include "display/scene_parts.h"

#include <stddef.h>
#include <string.h>
#include "common/money.h"

enum { PICTURE_LEAST = 56, DEFAULT_MODULES = 45, MODULE_PLENTY = 12 };

static int32_t tile_gap(const struct scene_page *page)
{
    return scene_measure(page, 8, 4);
}

/* A code brings its own light border, so the tile's edge may come close. */
static int32_t tile_pad(const struct scene_page *page)
{
    return scene_measure(page, 4, 2);
}

/* Least height of title and price above a code, least width beside it. */
static int32_t text_above(const struct scene_page *page)
{
    return scene_measure(page, 64, 56);
}

static int32_t text_beside(const struct scene_page *page)
{
    return scene_measure(page, 150, 130);
}

int32_t scene_qr_modules(size_t bytes)
{
    static const uint16_t capacity[] = {14,   26,   42,   62,   84,   106,  122,  152,  180,  213,
                                        251,  287,  331,  362,  412,  450,  504,  560,  624,  666,
                                        711,  779,  857,  911,  997,  1059, 1125, 1190, 1264, 1370,
                                        1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213, 2331};
    for (int32_t version = 1; version <= 40; version++)
        if (bytes <= capacity[version - 1])
            return 17 + 4 * version;
    return 0;
}

static int32_t symbol_side(const char *qr)
{
    return scene_qr_modules(strlen(qr)) + 2 * SCENE_QUIET;
}

/* Modules, with quiet zone, of the largest code that will be shown. */
static int32_t largest_side(const struct snapshot *snapshot, const struct scene_goods *goods)
{
    int32_t largest = 0;
    for (int32_t i = 0; i < goods->count; i++) {
        const struct snapshot_product *product = &snapshot->products[goods->product[i]];
        if (!scene_sells(snapshot, product))
            continue;
        int32_t side = symbol_side(product->qr);
        largest = side > largest ? side : largest;
    }
    return largest > 0 ? largest : DEFAULT_MODULES + 2 * SCENE_QUIET;
}

/* Pixels of the square left for the code in a tile of w x h. */
static int32_t code_room(const struct scene_page *page, int32_t w, int32_t h, bool beside)
{
    int32_t pad = 2 * tile_pad(page);
    int32_t wide = w - pad - (beside ? text_beside(page) : 0);
    int32_t high = h - pad - (beside ? 0 : text_above(page));
    return wide < high ? wide : high;
}

static bool grid_better(struct scene_grid a, struct scene_grid b)
{
    bool a_fits = a.module_px >= SCENE_MODULE_PX, b_fits = b.module_px >= SCENE_MODULE_PX;
    if (a_fits != b_fits)
        return a_fits;
    if (!a_fits)
        return a.module_px > b.module_px;
    if (a.pages != b.pages)
        return a.pages < b.pages;
    if (a.module_px != b.module_px)
        return a.module_px > b.module_px;
    return a.columns * a.rows < b.columns * b.rows;
}

struct scene_grid scene_grid_choose(const struct scene_page *page, struct scene_box box,
                                    const struct scene_goods *goods)
{
    int32_t count = goods->count, gap = tile_gap(page);
    int32_t side = largest_side(page->snapshot, goods);
    struct scene_grid best = {.columns = 1, .rows = 1, .pages = count};
    for (int32_t rows = 1; rows <= 8; rows++)
        for (int32_t columns = 1; columns <= 8 && columns * rows <= SCENE_MAX_TILES; columns++)
            for (int beside = 0; beside <= 1; beside++) {
                int32_t w = (box.w - (columns - 1) * gap) / columns, h = (box.h - (rows - 1) * gap) / rows;
                int32_t module_px = code_room(page, w, h, beside) / side;
                struct scene_grid grid = {.columns = columns,
                                          .rows = rows,
                                          .module_px = module_px < MODULE_PLENTY ? module_px : MODULE_PLENTY,
                                          .pages = (count + columns * rows - 1) / (columns * rows),
                                          .beside = beside};
                if (grid.module_px > 0 && grid_better(grid, best))
                    best = grid;
            }
    return best;
}

void scene_add_code(struct scene_page *page, struct scene_box square, const struct snapshot_product *product,
                    int32_t most_px)
{
    int32_t side = symbol_side(product->qr), room = square.w < square.h ? square.w : square.h;
    int32_t module_px = room / side;
    if (scene_sells(page->snapshot, product) && side > 2 * SCENE_QUIET && module_px >= SCENE_MODULE_LAST_PX) {
        module_px = module_px < most_px ? module_px : most_px;
        int32_t pixels = module_px * side;
        struct scene_box box = {square.x + (square.w - pixels) / 2, square.y + (square.h - pixels) / 2,
                                pixels, pixels};
        scene_add_qr(page, box, product->qr, module_px);
        return;
    }
    enum word word = WORD_UNAVAILABLE;
    if (product->can_sell && product->qr[0])
        word = WORD_TOO_LONG;
    else if (!product->can_sell)
        word = words_hold_tile(product->hold);
    /* At most a fifth of the field: a long word still finds a size at which it is not broken. */
    int32_t size = room * 8 / 100 > scene_scale(page, 24) ? room * 8 / 100 : scene_scale(page, 24);
    size = size < room / 5 ? size : room / 5;
    scene_add_rect(page, square, COLOUR_VOID, scene_scale(page, 6));
    scene_add_text(
        page, scene_inset(square, scene_scale(page, 10)), words_get(word, page->code),
        (struct scene_style){
            .size_px = size, .lines = 3, .colour = COLOUR_SOFT, .align = SCENE_CENTRE, .bold = true});
}

/* Title and price in the box; the picture takes a part of it, if there is one. */
static void label_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product,
                      bool beside)
{
    char price[64];
    bool sells = scene_sells(page->snapshot, product);
    (void)money_format(price, sizeof(price), product->price, page->snapshot->currency, page->code);
    int32_t spare = beside ? box.h / 2 : box.h - text_above(page);
    if (product->image[0]) {
        bool over = spare >= scene_scale(page, PICTURE_LEAST);
        struct scene_box image = over ? scene_cut_top(&box, spare) : scene_cut_left(&box, box.h);
        scene_add_image(page, scene_inset(image, scene_scale(page, 3)), product->image);
    }
    struct scene_style title = {.size_px = scene_scale(page, beside ? 26 : 20),
                                .lines = beside ? 4 : 3,
                                .colour = sells ? COLOUR_TEXT : COLOUR_SOFT,
                                .align = SCENE_CENTRE};
    struct scene_style money = {.size_px = beside ? scene_scale(page, 34) : scene_measure(page, 26, 22),
                                .lines = 1,
                                .colour = sells ? COLOUR_PRICE : COLOUR_SOFT,
                                .align = SCENE_CENTRE,
                                .bold = true,
                                .top = beside};
    struct scene_box bottom = scene_cut_bottom(&box, beside ? box.h * 42 / 100 : scene_measure(page, 28, 25));
    scene_add_text(page, box, product->title[page->language], title);
    scene_add_text(page, bottom, price, money);
}

static void tile_add(struct scene_page *page, struct scene_box box, const struct snapshot_product *product,
                     struct scene_grid grid)
{
    scene_add_sheet(page, box);
    struct scene_box inner = scene_inset(box, tile_pad(page));
    int32_t room = code_room(page, box.w, box.h, grid.beside);
    if (grid.beside) {
        struct scene_box left = scene_cut_left(&inner, room);
        scene_add_code(page, (struct scene_box){left.x, left.y + (left.h - room) / 2, room, room}, product,
                       MODULE_PLENTY);
        inner.x += scene_scale(page, 2);
        inner.w -= scene_scale(page, 8);
        label_add(page, inner, product, true);
        return;
    }
    /* Text above the code keeps the symbol clear of the neighbour below. What is left over goes to the
     * picture, or else equally above and below. */
    int32_t text_h = text_above(page) + scene_scale(page, 32), spare = inner.h - room - text_h;
    if (spare > 0 && !product->image[0]) {
        inner.y += spare / 2;
        inner.h -= spare;
    }
    struct scene_box low = scene_cut_bottom(&inner, room);
    scene_add_code(page, (struct scene_box){low.x + (low.w - room) / 2, low.y, room, room}, product,
                   MODULE_PLENTY);
    label_add(page, scene_inset(inner, scene_scale(page, 2)), product, false);
}

void scene_add_tiles(struct scene_page *page, struct scene_box box, struct scene_grid grid,
                     const struct scene_goods *goods, int32_t number)
{
    int32_t gap = tile_gap(page), per_page = grid.columns * grid.rows;
    int32_t first = number * per_page, left = goods->count - first;
    int32_t shown = left < per_page ? left : per_page;
    int32_t w = (box.w - (grid.columns - 1) * gap) / grid.columns;
    int32_t h = (box.h - (grid.rows - 1) * gap) / grid.rows;
    for (int32_t i = 0; i < shown; i++) {
        int32_t row = i / grid.columns, column = i % grid.columns;
        int32_t in_row =
            shown - row * grid.columns < grid.columns ? shown - row * grid.columns : grid.columns;
        int32_t indent = (box.w - in_row * w - (in_row - 1) * gap) / 2;
        struct scene_box tile = {box.x + indent + column * (w + gap), box.y + row * (h + gap), w, h};
        tile_add(page, tile, &page->snapshot->products[goods->product[first + i]], grid);
    }
}
