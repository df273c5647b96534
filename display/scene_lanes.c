/* Where the lanes stand: alone on the screen, side by side, or beside other products. */
#include "display/scene_parts.h"

enum { LANES_ON_A_PAGE = 6, CODE_LEAST_MODULES = 53 };

static bool served(const struct snapshot_lane *lane)
{
    switch (lane->state) {
    case SNAPSHOT_LANE_OPENING:
    case SNAPSHOT_LANE_GO:
    case SNAPSHOT_LANE_RETURN:
    case SNAPSHOT_LANE_HELP:
    case SNAPSHOT_LANE_PAID:
        return true;
    case SNAPSHOT_LANE_FIRE:
    case SNAPSHOT_LANE_HELD:
    case SNAPSHOT_LANE_CLOSED:
    case SNAPSHOT_LANE_FREE:
    case SNAPSHOT_LANE_PAY:
    case SNAPSHOT_LANE_STATE_COUNT:
        break;
    }
    return false;
}

bool scene_lanes_active(const struct snapshot *snapshot, int64_t held_ms)
{
    for (int32_t i = 0; i < snapshot->lane_count; i++)
        if (served(&snapshot->lanes[i]))
            return true;
    for (int32_t i = 0; i < snapshot->activity_count; i++) {
        const struct snapshot_activity *activity = &snapshot->activities[i];
        if (activity->lane >= 0 && activity->phase > SNAPSHOT_TAKE &&
            snapshot->lanes[activity->lane].kind != SNAPSHOT_VALIDATOR &&
            scene_activity_shown(activity, held_ms))
            return true;
    }
    return false;
}

bool scene_lane_alone(const struct scene_page *page)
{
    const struct snapshot *snapshot = page->snapshot;
    return snapshot->lane_count == 1 && snapshot->lanes[0].kind != SNAPSHOT_VALIDATOR &&
           page->view->width > page->view->height * 5 / 4 && scene_goods_of(snapshot, 0).count == 1 &&
           scene_goods_of(snapshot, -1).count == 0 && scene_lane_sells(snapshot, 0);
}

/* Panels as square as can be: that is where a code is largest. */
static void grid_choose(struct scene_lanes *lanes, int32_t count)
{
    int32_t shown = count < LANES_ON_A_PAGE ? count : LANES_ON_A_PAGE;
    int32_t best = 0;
    lanes->columns = lanes->rows = 1;
    for (int32_t columns = 1; columns <= shown; columns++) {
        int32_t rows = (shown + columns - 1) / columns;
        int32_t w = lanes->box.w / columns, h = lanes->box.h / rows, side = w < h ? w : h;
        if (side <= best)
            continue;
        best = side;
        lanes->columns = columns;
        lanes->rows = rows;
    }
    int32_t on_page = lanes->columns * lanes->rows;
    lanes->pages = (count + on_page - 1) / on_page;
}

static struct scene_box panel_of(const struct scene_page *page, const struct scene_lanes *lanes,
                                 int32_t place)
{
    int32_t gap = scene_margin(page);
    int32_t w = (lanes->box.w - (lanes->columns - 1) * gap) / lanes->columns;
    int32_t h = (lanes->box.h - (lanes->rows - 1) * gap) / lanes->rows;
    return (struct scene_box){lanes->box.x + place % lanes->columns * (w + gap),
                              lanes->box.y + place / lanes->columns * (h + gap), w, h};
}

/* As much for the lanes as leaves the other products on the fewest pages. */
static struct scene_box share_choose(const struct scene_page *page, struct scene_box *rest)
{
    static const int32_t percents[] = {60, 50, 42, 35};
    struct scene_goods goods = scene_goods_of(page->snapshot, -1);
    struct scene_box best = {0}, best_rest = *rest;
    int32_t best_pages = INT32_MAX;
    bool wide = rest->w >= rest->h;
    for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
        struct scene_box left = *rest, part;
        if (wide)
            part = scene_cut_left(&left, rest->w * percents[i] / 100);
        else
            part = scene_cut_top(&left, rest->h * percents[i] / 100);
        (void)(wide ? scene_cut_left(&left, scene_margin(page)) : scene_cut_top(&left, scene_margin(page)));
        int32_t side = part.w < part.h ? part.w : part.h, pages = scene_grid_choose(page, left, &goods).pages;
        bool legible = side >= CODE_LEAST_MODULES * SCENE_MODULE_PX + 2 * scene_margin(page);
        if (best.w > 0 && (pages >= best_pages || !legible))
            continue;
        best = part;
        best_rest = left;
        best_pages = pages;
    }
    *rest = best_rest;
    return best;
}

struct scene_lanes scene_lanes_plan(const struct scene_page *page, struct scene_box *rest)
{
    struct scene_lanes lanes = {.pages = 1, .shelf_pages = 1};
    if (page->snapshot->lane_count == 0)
        return lanes;
    if (scene_goods_of(page->snapshot, -1).count == 0) {
        lanes.box = *rest;
        rest->w = 0;
    } else {
        lanes.box = share_choose(page, rest);
    }
    grid_choose(&lanes, page->snapshot->lane_count);
    for (int32_t i = 0; i < page->snapshot->lane_count; i++) {
        int32_t needed = scene_lane_pages(page, panel_of(page, &lanes, 0), i);
        lanes.shelf_pages = needed > lanes.shelf_pages ? needed : lanes.shelf_pages;
    }
    return lanes;
}

/* Lanes in which something happens come first, so that nobody has to wait for his page. */
static int32_t lane_at(const struct snapshot *snapshot, bool sorted, int32_t place)
{
    for (int pass = 0; pass < 2; pass++)
        for (int32_t i = 0; i < snapshot->lane_count; i++)
            if ((!sorted && pass == 0) || (sorted && served(&snapshot->lanes[i]) == (pass == 0)))
                if (place-- == 0)
                    return i;
    return -1;
}

void scene_add_lanes(struct scene_page *page, const struct scene_lanes *lanes, int32_t number)
{
    int32_t count = page->snapshot->lane_count;
    if (lanes->box.w <= 0)
        return;
    bool paged = lanes->pages > 1;
    int32_t on_page = lanes->columns * lanes->rows, first = number % lanes->pages * on_page;
    if (paged && scene_lanes_active(page->snapshot, page->view->held_ms) && page->view->page < 0)
        first = 0;
    int32_t shown = count - first < on_page ? count - first : on_page;
    for (int32_t i = 0; i < shown; i++) {
        int32_t lane = lane_at(page->snapshot, paged, first + i);
        struct scene_box box = panel_of(page, lanes, i);
        if (page->snapshot->lanes[lane].kind == SNAPSHOT_VALIDATOR)
            scene_add_validator(page, box, lane);
        else
            scene_add_lane(page, box, lane);
    }
}
