/* How many products stand on a page, and how large their codes are. */
#include <string.h>
#include "display/scene_tile.h"

enum {
    DEFAULT_MODULES = 45,
    COMFORT_PX = 6,
    ENOUGH_PX = 5,
    FACE_LEAST = 84,
    TALL_PERCENT = 52,
    ALONE_PERCENT = 60,
    WIDE_PERCENT = 56,
    WIDTH_LEAST = 112 /* a long word */
};

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

int32_t scene_symbol_side(const char *qr)
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
        int32_t side = scene_symbol_side(product->qr);
        largest = side > largest ? side : largest;
    }
    return largest > 0 ? largest : DEFAULT_MODULES + 2 * SCENE_QUIET;
}

struct scene_tile scene_tile_of(const struct scene_page *page, bool beside)
{
    return (struct scene_tile){.gap = scene_measure(page, 8, 4),
                               .pad = scene_measure(page, 7, 2),
                               .frame = scene_measure(page, 4, 3),
                               .tag_h = scene_type(page, page->compact ? 30 : 34),
                               .title_h = scene_type(page, page->compact ? 40 : 44),
                               .beside_w = beside ? scene_type(page, page->compact ? 134 : 150) : 0};
}

/* The widest title in any language: the cards stay where they are when the language turns. */
static const char *widest_title(const struct scene_page *page, const struct scene_goods *goods)
{
    const char *widest = "";
    int32_t most = 0;
    for (int32_t i = 0; i < goods->count; i++)
        for (int32_t k = 0; k < page->snapshot->language_count; k++) {
            const char *title = page->snapshot->products[goods->product[i]].title[k];
            int32_t width = scene_text_width(title, 100);
            widest = width > most ? title : widest;
            most = width > most ? width : most;
        }
    return widest;
}

/* Pixels of the square left for the code in a card of w x h. */
static int32_t code_room(const struct scene_page *page, int32_t w, int32_t h, bool beside, const char *title)
{
    struct scene_tile tile = scene_tile_of(page, beside);
    int32_t around = 2 * (tile.pad + tile.frame), least = scene_least(page);
    int32_t wide = w - around - tile.beside_w;
    int32_t title_h = scene_text_lines(title, least, w - 2 * tile.pad) * least * 5 / 4;
    title_h = title_h > tile.title_h ? title_h : tile.title_h;
    int32_t high = h - around - (beside ? 0 : tile.tag_h + title_h);
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

/* The code gives way to picture and words as long as its modules stay comfortably large, and a little more
 * where they would have no room at all. */
static void room_choose(const struct scene_page *page, struct scene_grid *grid, int32_t w, int32_t h,
                        int32_t side)
{
    int32_t most = grid->beside ? w * WIDE_PERCENT / 100 : h * TALL_PERCENT / 100;
    if (!grid->beside && grid->columns * grid->rows == 1)
        most = h * ALONE_PERCENT / 100;
    int32_t face = grid->beside ? h : h - scene_tile_of(page, false).tag_h - scene_type(page, FACE_LEAST);
    while ((grid->module_px > COMFORT_PX && side * grid->module_px > most) ||
           (grid->module_px > ENOUGH_PX && side * grid->module_px > face))
        grid->module_px--;
    grid->room = grid->module_px * side;
}

struct scene_grid scene_grid_choose(const struct scene_page *page, struct scene_box box,
                                    const struct scene_goods *goods)
{
    int32_t count = goods->count, gap = scene_tile_of(page, false).gap;
    int32_t side = largest_side(page->snapshot, goods);
    const char *title = widest_title(page, goods);
    struct scene_grid best = {.columns = 1, .rows = 1, .pages = count};
    for (int32_t rows = 1; rows <= 8; rows++)
        for (int32_t columns = 1; columns <= 8 && columns * rows <= SCENE_MAX_TILES; columns++)
            for (int beside = 0; beside <= 1; beside++) {
                int32_t w = (box.w - (columns - 1) * gap) / columns, h = (box.h - (rows - 1) * gap) / rows;
                int32_t module_px = code_room(page, w, h, beside, title) / side;
                if (!beside && columns > 1 && w < scene_scale(page, WIDTH_LEAST))
                    continue;
                struct scene_grid grid = {.columns = columns,
                                          .rows = rows,
                                          .module_px =
                                              module_px < SCENE_CODE_PLENTY ? module_px : SCENE_CODE_PLENTY,
                                          .pages = (count + columns * rows - 1) / (columns * rows),
                                          .beside = beside};
                if (grid.module_px > 0 && grid_better(grid, best))
                    best = grid;
            }
    room_choose(page, &best, (box.w - (best.columns - 1) * gap) / best.columns,
                (box.h - (best.rows - 1) * gap) / best.rows, side);
    return best;
}
