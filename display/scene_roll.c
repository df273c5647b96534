/* One validator: code and price beside a rolling list of payments, black on white for a bus in the sun. */
#include "display/scene_roll.h"

#include <stdio.h>
#include <string.h>
#include "common/text.h"

enum {
    LIVE_PERCENT = 30,
    SALE_PERCENT = 46,
    SALE_MOST_PERCENT = 60,
    SALE_LEAST_PX = 61 * SCENE_MODULE_PX, /* a code of usual length still has its modules */
    TEXT_LEAST_PX = 11,
};

static int32_t show_ms(const struct snapshot *snapshot, int32_t lane)
{
    int32_t said = snapshot->lanes[lane].show_ms;
    return said > 0 ? said : SCENE_SHOW_MS;
}

static bool fresh(const struct snapshot *snapshot, const struct journal_entry *entry, int64_t now_ms)
{
    return entry->phase == SNAPSHOT_PAID || entry->phase == SNAPSHOT_MOVING ||
           now_ms - entry->seen_ms < show_ms(snapshot, entry->lane);
}

/* Payments of the lane that must have a line now. */
static int32_t fresh_count(const struct scene_page *page, int32_t lane)
{
    int32_t count = 0;
    const struct journal_entry *entry;
    for (int32_t back = 0; (entry = journal_at(page->view->journal, back)) && count < SCENE_MAX_LINES; back++)
        count += entry->lane == lane && fresh(page->snapshot, entry, page->view->now_ms);
    return count;
}

/* ---- how the lines stand ---- */

/* Pixels of the text of a line in columns x rows. Wide: with seconds and currency. */
static int32_t text_px(struct scene_box box, int32_t columns, int32_t rows, bool wide)
{
    enum { ROW_PERCENT = 72, NARROW_WIDTH = 128, WIDE_WIDTH = 184 }; /* tenths of the size */
    int32_t by_h = box.h / rows * ROW_PERCENT / 100;
    int32_t by_w = box.w / columns * 10 / (wide ? WIDE_WIDTH : NARROW_WIDTH);
    return by_h < by_w ? by_h : by_w;
}

/* The largest text with which at least `lines` fit. */
static struct scene_roll_grid grid_for(struct scene_box box, int32_t lines)
{
    struct scene_roll_grid best = {.columns = 1, .rows = 1};
    for (int32_t columns = 1; columns <= 6; columns++) {
        int32_t rows = (lines + columns - 1) / columns;
        struct scene_roll_grid grid = {.columns = columns, .rows = rows};
        grid.size_px = text_px(box, columns, rows, false);
        if (grid.size_px > best.size_px)
            best = grid;
    }
    return best;
}

/* Few steps instead of a slow slide: the lines stand still while more come. */
static struct scene_roll_grid grid_choose(const struct scene_page *page, struct scene_box box, int32_t lines)
{
    static const int32_t steps[] = {4, 8, 14, 28, 50, SCENE_MAX_LINES};
    int32_t rows = box.h / scene_scale(page, 52);
    rows = rows < 2 ? 2 : rows > 8 ? 8 : rows;
    struct scene_roll_grid roomy = {.columns = 1, .rows = rows, .wide = true};
    roomy.size_px = text_px(box, 1, rows, true);
    if (lines <= rows)
        return roomy;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (lines <= steps[i] && steps[i] > rows)
            return grid_for(box, steps[i]);
    return grid_for(box, SCENE_MAX_LINES);
}

/* ---- the list ---- */

static void entries_add(struct scene_page *page, struct scene_box box, int32_t lane,
                        struct scene_roll_grid grid)
{
    int32_t drawn = 0, w = box.w / grid.columns, h = box.h / grid.rows;
    const struct journal_entry *entry;
    for (int32_t back = 0;
         drawn < grid.columns * grid.rows && (entry = journal_at(page->view->journal, back)); back++) {
        if (entry->lane != lane)
            continue;
        struct scene_box line = {box.x + drawn / grid.rows * w, box.y + drawn % grid.rows * h, w, h};
        scene_add_entry(page, line, entry, grid, fresh(page->snapshot, entry, page->view->now_ms));
        drawn++;
    }
    page->drawn[lane] = drawn;
}

static void title_add(struct scene_page *page, struct scene_box box, const char *text)
{
    scene_add_rect(page, box, COLOUR_INK, scene_inner_radius(page));
    box.x += scene_scale(page, 10);
    box.w -= scene_scale(page, 20);
    scene_add_text(
        page, box, text,
        (struct scene_style){.size_px = box.h * 55 / 100, .lines = 1, .colour = COLOUR_TILE, .bold = true});
}

static bool any_entry(const struct scene_page *page, int32_t lane)
{
    const struct journal_entry *entry;
    for (int32_t back = 0; (entry = journal_at(page->view->journal, back)); back++)
        if (entry->lane == lane)
            return true;
    return false;
}

static void live_add(struct scene_page *page, struct scene_box box, int32_t lane)
{
    if (!any_entry(page, lane)) {
        scene_add_text(
            page, scene_inset(box, scene_scale(page, 12)), words_get(WORD_LIST_EMPTY, page->code),
            (struct scene_style){
                .size_px = scene_scale(page, 26), .lines = 3, .colour = COLOUR_INK, .align = SCENE_CENTRE});
        return;
    }
    entries_add(page, box, lane, grid_choose(page, box, fresh_count(page, lane)));
}

/* New payments keep a strip of their own above the last hour. When more come than it has room for, the
 * inspector waits: who pays now comes first. */
static void list_add(struct scene_page *page, struct scene_box box, int32_t lane)
{
    struct scene_box rest = box, live = scene_cut_top(&rest, box.h * LIVE_PERCENT / 100);
    if (page->view->inspect) {
        struct scene_roll_grid grid = grid_choose(page, live, fresh_count(page, lane));
        if (grid.size_px >= TEXT_LEAST_PX) {
            live_add(page, live, lane);
            scene_add_hour(page, rest, lane);
            return;
        }
    }
    title_add(page, scene_cut_top(&box, scene_scale(page, 32)), words_get(WORD_LIST, page->code));
    live_add(page, box, lane);
}

/* ---- the panel ---- */

/* Code with title and price, or why there is none. */
static void sale_add(struct scene_page *page, struct scene_box box, int32_t lane)
{
    struct scene_goods goods = scene_goods_of(page->snapshot, lane);
    if (!scene_lane_sells(page->snapshot, lane)) {
        scene_add_state(page, box, lane);
        return;
    }
    if (goods.count > 1) {
        scene_add_shelf(page, box, &goods);
        return;
    }
    const struct snapshot_product *product = &page->snapshot->products[goods.product[0]];
    bool beside = box.w > box.h;
    int32_t side = beside ? (box.h < box.w * 64 / 100 ? box.h : box.w * 64 / 100)
                          : (box.w < box.h * 84 / 100 ? box.w : box.h * 84 / 100);
    struct scene_box code = beside ? scene_cut_left(&box, side) : scene_cut_top(&box, side);
    scene_add_code(page, scene_square(code), product, SCENE_MAX_SIDE);
    scene_add_label(page, box, product);
}

struct scene_box scene_cut_sale(const struct scene_page *page, struct scene_box *box)
{
    int32_t gap = scene_margin(page);
    bool wide = box->w > box->h * 5 / 4;
    int32_t h = box->h * SALE_PERCENT / 100, least = SALE_LEAST_PX + 2 * gap;
    int32_t most = box->h * SALE_MOST_PERCENT / 100;
    h = h >= least ? h : least < most ? least : most;
    struct scene_box sale = wide ? scene_cut_left(box, box->w * SALE_PERCENT / 100) : scene_cut_top(box, h);
    (void)(wide ? scene_cut_left(box, gap) : scene_cut_top(box, gap));
    return scene_inset(sale, gap);
}

void scene_add_validator(struct scene_page *page, struct scene_box box, int32_t lane)
{
    scene_add_rect(page, box, COLOUR_TILE, 0);
    sale_add(page, scene_cut_sale(page, &box), lane);
    if (page->view->journal)
        list_add(page, box, lane);
}

/* ---- what was shown, and until when ---- */

struct run {
    uint64_t from, to;
    bool unsettled;
};

/* Of the unbroken runs the oldest with an unsettled payment counts, else the newest. */
static void run_end(struct run *run, struct run *best)
{
    if (run->to != 0 && (best->to == 0 || run->unsettled))
        *best = *run;
    *run = (struct run){0};
}

void scene_roll_range(struct scene *scene, const struct snapshot *snapshot, const struct journal *journal,
                      const int32_t drawn[SNAPSHOT_MAX_LANES])
{
    int32_t rank[SNAPSHOT_MAX_LANES] = {0}, left = 0;
    struct run run = {0}, best = {0};
    for (int32_t i = 0; i < snapshot->lane_count; i++)
        left += drawn[i];
    const struct journal_entry *entry;
    for (int32_t back = 0; left > 0 && (entry = journal_at(journal, back)); back++) {
        if (entry->number == 0 || entry->number < journal->complete_from)
            break;
        bool visible = rank[entry->lane] < drawn[entry->lane];
        rank[entry->lane]++;
        left -= visible;
        if (!visible || entry->phase == SNAPSHOT_PAID) {
            run_end(&run, &best);
            continue;
        }
        run.from = entry->number;
        run.to = run.to == 0 ? entry->number : run.to;
        run.unsettled |= entry->phase == SNAPSHOT_MOVING;
    }
    run_end(&run, &best);
    scene->shown.from = best.from;
    scene->shown.to = best.to;
}

int64_t scene_roll_next_ms(const struct snapshot *snapshot, const struct scene_view *view)
{
    int64_t next = INT64_MAX;
    const struct journal_entry *entry;
    for (int32_t back = 0; view->journal && back < SCENE_MAX_LINES * 2; back++) {
        if (!(entry = journal_at(view->journal, back)))
            break;
        if (entry->lane >= snapshot->lane_count)
            continue;
        const int64_t changes[] = {SCENE_FLASH_MS, 2 * SCENE_FLASH_MS, 3 * SCENE_FLASH_MS,
                                   show_ms(snapshot, entry->lane)};
        for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
            int64_t left = entry->seen_ms + changes[i] - view->now_ms;
            next = left > 0 && left < next ? left : next;
        }
    }
    return next;
}
