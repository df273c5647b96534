/* One barrier or turnstile: what to do now, the code, the price. Big, because it is read from a car. */
#include "display/scene_parts.h"

#include <string.h>
#include "common/text.h"

enum {
    CODE_PLENTY = 64,
    BLOCK_LEAST_PERCENT = 18, /* of a tall panel's height */
    CARD_LEAST_PERCENT = 33,
    LABEL_PERCENT = 13,
    TROUBLE_PERCENT = 46,
};

bool scene_lane_sells(const struct snapshot *snapshot, int32_t lane)
{
    enum snapshot_lane_state state = snapshot->lanes[lane].state;
    bool walk = snapshot->lanes[lane].kind != SNAPSHOT_BARRIER;
    bool between = walk && (state == SNAPSHOT_LANE_PAID || state == SNAPSHOT_LANE_OPENING ||
                            state == SNAPSHOT_LANE_GO || state == SNAPSHOT_LANE_RETURN);
    if (state != SNAPSHOT_LANE_FREE && state != SNAPSHOT_LANE_PAY && !between)
        return false;
    struct scene_goods goods = scene_goods_of(snapshot, lane);
    for (int32_t i = 0; i < goods.count; i++)
        if (scene_sells(snapshot, &snapshot->products[goods.product[i]]) || between)
            return true;
    return false;
}

const struct snapshot_activity *scene_lane_trouble(const struct scene_page *page, int32_t lane)
{
    const struct snapshot *snapshot = page->snapshot;
    bool alone =
        scene_goods_of(snapshot, -1).count == 0; /* then a payment of no lane is shown in the first */
    for (int32_t i = 0; i < snapshot->activity_count; i++) {
        const struct snapshot_activity *activity = &snapshot->activities[i];
        bool mine = activity->lane == lane || (activity->lane < 0 && lane == 0 && alone);
        if (mine && activity->phase > SNAPSHOT_TAKE && scene_activity_shown(activity, page->view->held_ms))
            return activity;
    }
    return NULL;
}

/* The state, or what became of a payment, or both. */
static void news_add(struct scene_page *page, struct scene_box box, int32_t lane)
{
    const struct snapshot_activity *trouble = scene_lane_trouble(page, lane);
    enum snapshot_lane_state state = page->snapshot->lanes[lane].state;
    bool quiet = state == SNAPSHOT_LANE_FREE || state == SNAPSHOT_LANE_PAY;
    if (trouble && state == SNAPSHOT_LANE_HELP && trouble->phase == SNAPSHOT_UNKNOWN)
        trouble = NULL; /* that is what the help is for */
    if (trouble && quiet) {
        scene_add_trouble(page, box, trouble, lane);
        return;
    }
    if (trouble) {
        bool beside = box.w > box.h * 3 / 2;
        int32_t gap = scene_margin(page);
        struct scene_box card = beside ? scene_cut_right(&box, box.w * TROUBLE_PERCENT / 100)
                                       : scene_cut_bottom(&box, box.h * TROUBLE_PERCENT / 100);
        *(beside ? &box.w : &box.h) -= gap;
        scene_add_trouble(page, card, trouble, lane);
    }
    scene_add_state(page, box, lane);
}

/* ---- code, title and price ---- */

void scene_add_label(struct scene_page *page, struct scene_box box, const struct snapshot_product *product)
{
    char title[CONFIG_TEXT_SIZE + 64];
    scene_title_text(page, product, title, sizeof(title));
    bool beside = box.w > box.h * 3;
    box.x += scene_margin(page);
    box.w -= 2 * scene_margin(page);
    if (box.h > box.w * 3 / 4)
        box = (struct scene_box){box.x, box.y + (box.h - box.w * 3 / 4) / 2, box.w, box.w * 3 / 4};
    struct scene_box left =
        beside ? scene_cut_left(&box, box.w * 54 / 100) : scene_cut_top(&box, box.h * 40 / 100);
    if (beside)
        left.w -= scene_scale(page, 10);
    int32_t by_h = left.h * (beside ? 40 : 60) / 100, most_px = scene_type(page, 28);
    most_px = by_h < most_px ? by_h : most_px;
    scene_add_text(
        page, left, title,
        (struct scene_style){.size_px = scene_text_size_in(title, most_px, scene_least(page), left),
                             .lines = 3,
                             .colour = COLOUR_TEXT,
                             .align = beside ? SCENE_LEFT : SCENE_CENTRE});
    scene_add_price(page, box, product->price, COLOUR_INK);
}

void scene_add_shelf(struct scene_page *page, struct scene_box box, const struct scene_goods *goods)
{
    struct scene_grid grid = scene_grid_choose(page, box, goods);
    scene_add_tiles(page, box, grid, goods, page->scene->page % grid.pages);
}

/* Code left, the rest right. */
static void wide_add(struct scene_page *page, struct scene_box box, int32_t lane,
                     const struct snapshot_product *product)
{
    bool alone = scene_lane_alone(page);
    int32_t gap = scene_margin(page), most = box.w * 64 / 100, side = box.h < most ? box.h : most;
    struct scene_box left = scene_cut_left(&box, side), bottom = {0};
    (void)scene_cut_left(&box, gap);
    scene_add_sheet(page, left);
    scene_add_code(page, scene_inset(scene_square(left), 1), product, CODE_PLENTY);
    if (alone) {
        scene_add_header(page, scene_cut_top(&box, scene_scale(page, 34)), false);
        bottom = scene_cut_bottom(&box, scene_scale(page, 24));
        (void)scene_cut_top(&box, gap);
    }
    if (alone && page->snapshot->message[0]) {
        scene_add_note(page, scene_cut_bottom(&box, scene_scale(page, 44)));
        (void)scene_cut_bottom(&box, gap);
    }
    struct scene_box label = scene_cut_top(&box, box.h * 34 / 100);
    scene_add_label(page, label, product);
    (void)scene_cut_top(&box, gap);
    news_add(page, box, lane);
    if (alone)
        scene_add_footer(page, bottom);
}

/* What to do above, then the code, title and price below. */
static void tall_add(struct scene_page *page, struct scene_box box, int32_t lane,
                     const struct snapshot_product *product)
{
    int32_t gap = scene_margin(page), label_h = box.h * LABEL_PERCENT / 100;
    int32_t block = scene_lane_trouble(page, lane) ? CARD_LEAST_PERCENT : BLOCK_LEAST_PERCENT;
    int32_t most = box.h - label_h - 2 * gap - box.h * block / 100;
    int32_t side = box.w < most ? box.w : most;
    int32_t whole = scene_code_side(page, product, side - 2);
    side = whole > 0 ? whole + 2 : side; /* what the code cannot use is the words' */
    struct scene_box label = scene_cut_bottom(&box, label_h);
    (void)scene_cut_bottom(&box, gap);
    struct scene_box low = scene_cut_bottom(&box, side);
    (void)scene_cut_bottom(&box, gap);
    news_add(page, box, lane);
    scene_add_sheet(page, low);
    scene_add_code(page, scene_inset(scene_square(low), 1), product, CODE_PLENTY);
    scene_add_label(page, label, product);
}

static struct scene_box news_cut(const struct scene_page *page, struct scene_box *box)
{
    int32_t gap = scene_margin(page);
    bool wide = box->w > box->h * 5 / 4;
    struct scene_box news =
        wide ? scene_cut_right(box, box->w * 34 / 100) : scene_cut_top(box, box->h * 20 / 100);
    (void)(wide ? scene_cut_right(box, gap) : scene_cut_top(box, gap));
    return news;
}

static void many_add(struct scene_page *page, struct scene_box box, int32_t lane,
                     const struct scene_goods *goods)
{
    struct scene_box news = news_cut(page, &box);
    scene_add_shelf(page, box, goods);
    news_add(page, news, lane);
}

int32_t scene_lane_pages(const struct scene_page *page, struct scene_box box, int32_t lane)
{
    struct scene_goods goods = scene_goods_of(page->snapshot, lane);
    if (goods.count < 2 || !scene_lane_sells(page->snapshot, lane))
        return 1;
    if (page->snapshot->lanes[lane].kind == SNAPSHOT_VALIDATOR)
        box = scene_cut_sale(page, &box);
    else
        (void)news_cut(page, &box);
    return scene_grid_choose(page, box, &goods).pages;
}

void scene_add_lane(struct scene_page *page, struct scene_box box, int32_t lane)
{
    struct scene_goods goods = scene_goods_of(page->snapshot, lane);
    if (!scene_lane_sells(page->snapshot, lane)) {
        news_add(page, box, lane);
        return;
    }
    const struct snapshot_product *product = &page->snapshot->products[goods.product[0]];
    if (goods.count > 1)
        many_add(page, box, lane, &goods);
    else if (box.w > box.h * 5 / 4)
        wide_add(page, box, lane, product);
    else
        tall_add(page, box, lane, product);
}
