#include "display/scene_parts.h"

#include <stdio.h>
#include <string.h>
#include "common/text.h"

enum { NOTE_H = 44, PANEL_LEAST_PERCENT = 40, PANEL_MOST_PERCENT = 52, PANEL_TALL_PERCENT = 60 };

int32_t scene_margin(const struct scene_page *page)
{
    return scene_measure(page, 8, 4);
}

static bool wide(const struct scene_page *page)
{
    return page->view->width >= page->view->height;
}

const char *scene_hold(const struct snapshot *snapshot)
{
    if (snapshot->hold[0] && strcmp(snapshot->hold, "none") != 0)
        return snapshot->hold;
    return snapshot->selling && snapshot->product_count > 0 ? NULL : "out_of_service";
}

bool scene_sells(const struct snapshot *snapshot, const struct snapshot_product *product)
{
    return !scene_hold(snapshot) && product->can_sell && product->qr[0];
}

struct scene_goods scene_goods_of(const struct snapshot *snapshot, int32_t lane)
{
    struct scene_goods goods = {0};
    for (int32_t i = 0; i < snapshot->product_count; i++)
        if (snapshot->products[i].lane == lane)
            goods.product[goods.count++] = i;
    return goods;
}

bool scene_chosen(const struct snapshot *snapshot, const struct scene_view *view)
{
    return view->chosen > 0 && view->chosen <= snapshot->product_count && view->chosen_left_ms > 0 &&
           scene_sells(snapshot, &snapshot->products[view->chosen - 1]) &&
           scene_cards_count(snapshot, view->held_ms) == 0 && snapshot->lane_count == 0;
}

static bool sells_any(const struct snapshot *snapshot, const struct scene_goods *goods)
{
    for (int32_t i = 0; i < goods->count; i++)
        if (scene_sells(snapshot, &snapshot->products[goods->product[i]]))
            return true;
    return false;
}

/* Somebody stands there and waits. */
static bool hurried(const struct snapshot *snapshot, const struct scene_view *view)
{
    return scene_cards_count(snapshot, view->held_ms) > 0 || scene_lanes_active(snapshot, view->held_ms);
}

/* Is anybody's payment or passage in this picture? */
static bool engaged(const struct snapshot *snapshot, const struct scene_view *view)
{
    for (int32_t i = 0; i < snapshot->activity_count; i++)
        if (scene_activity_shown(&snapshot->activities[i], view->held_ms))
            return true;
    return scene_lanes_active(snapshot, view->held_ms);
}

static int64_t language_turn_ms(const struct snapshot *snapshot, const struct scene_view *view)
{
    return hurried(snapshot, view) ? SCENE_CARD_LANGUAGE_MS : SCENE_PAGE_MS;
}

/* Idle: all pages in one language, then the next language. With a payment on the screen the languages turn
 * fast. */
static int32_t language_choose(const struct snapshot *snapshot, const struct scene_view *view, int32_t pages)
{
    if (view->language >= 0)
        return view->language % snapshot->language_count;
    int64_t turn = view->now_ms / language_turn_ms(snapshot, view);
    return (int32_t)((hurried(snapshot, view) ? turn : turn / pages) % snapshot->language_count);
}

/* Where lanes and cards stand (w = 0: none) and what is left for the other products or the hold. */
struct areas {
    struct scene_lanes lanes;
    struct scene_box cards, rest; /* rest.w = 0: nothing else */
    struct scene_goods goods;
    struct scene_grid grid;
};

static struct scene_box cards_cut(const struct scene_page *page, struct scene_box *rest, int32_t percent)
{
    bool beside = rest->w >= rest->h;
    struct scene_box cards =
        beside ? scene_cut_left(rest, rest->w * percent / 100) : scene_cut_top(rest, rest->h * percent / 100);
    (void)(beside ? scene_cut_left(rest, scene_margin(page)) : scene_cut_top(rest, scene_margin(page)));
    return cards;
}

/* As much for the payments as costs the products no page; all of it if they would not fit, or are not sold.
 */
static void cards_plan(const struct scene_page *page, struct areas *plan)
{
    struct scene_box content = plan->rest;
    int32_t count = scene_cards_count(page->snapshot, page->view->held_ms);
    int32_t first = PANEL_LEAST_PERCENT + (count > 3 ? 12 : (count - 1) * 6);
    int32_t pages = 0, most = content.w >= content.h ? PANEL_MOST_PERCENT : PANEL_TALL_PERCENT;
    for (int32_t percent = first; percent <= most; percent += 4) {
        struct scene_box rest = content, cards = cards_cut(page, &rest, percent);
        struct scene_grid grid = scene_grid_choose(page, rest, &plan->goods);
        if (pages > 0 && (grid.module_px < SCENE_MODULE_PX || grid.pages > pages))
            break;
        pages = grid.pages;
        plan->cards = cards;
        plan->rest = rest;
        plan->grid = grid;
    }
    bool hold = scene_hold(page->snapshot) != NULL;
    if (!hold && (plan->grid.module_px < SCENE_MODULE_PX || !sells_any(page->snapshot, &plan->goods))) {
        plan->cards = content;
        plan->rest.w = 0;
        plan->grid.pages = 1;
    }
}

static struct areas areas_plan(const struct scene_page *page, struct scene_box content)
{
    struct areas plan = {.rest = content, .goods = scene_goods_of(page->snapshot, -1)};
    plan.lanes = scene_lanes_plan(page, &plan.rest);
    plan.grid.pages = 1;
    if (plan.rest.w <= 0)
        return plan;
    if (scene_cards_count(page->snapshot, page->view->held_ms) > 0)
        cards_plan(page, &plan);
    else
        plan.grid = scene_grid_choose(page, plan.rest, &plan.goods);
    if (scene_hold(page->snapshot) || scene_common_hold(page->snapshot, &plan.goods))
        plan.grid.pages = 1;
    return plan;
}

static int32_t pages_of(const struct areas *areas)
{
    int32_t lanes = areas->lanes.pages * areas->lanes.shelf_pages;
    return areas->grid.pages > lanes ? areas->grid.pages : lanes;
}

static void pages_choose(struct scene *scene, const struct scene_view *view, int32_t pages)
{
    scene->pages = pages > 1 ? pages : 1;
    scene->page = (int32_t)((view->page >= 0 ? view->page : view->now_ms / SCENE_PAGE_MS) % scene->pages);
}

struct frame {
    struct scene_box header, footer, note, content; /* w = 0: none */
    struct areas areas;
};

/* Barriers and turnstiles say themselves what to do, so their heading is low. */
static int32_t header_height(const struct scene_page *page)
{
    if (page->snapshot->lane_count > 0)
        return scene_type(page, wide(page) ? 36 : 44);
    if (wide(page))
        return scene_type(page, page->compact ? 44 : 56);
    return scene_type(page, page->compact ? 40 : 84);
}

static struct frame frame_cut(const struct scene_page *page)
{
    struct frame frame = {.content = {0, 0, page->view->width, page->view->height}};
    if (!scene_lane_alone(page)) {
        frame.header = scene_cut_top(&frame.content, header_height(page));
        frame.footer = scene_cut_bottom(&frame.content, scene_type(page, page->compact ? 24 : 32));
        frame.content.h += scene_margin(page) / 2;
    }
    frame.content = scene_inset(frame.content, scene_margin(page));
    if (page->snapshot->message[0] && !scene_lane_alone(page)) {
        frame.note = scene_cut_top(&frame.content, scene_scale(page, NOTE_H));
        (void)scene_cut_top(&frame.content, scene_margin(page));
    }
    frame.areas = areas_plan(page, frame.content);
    return frame;
}

/* Roomy if everything fits on one page; else compact if that saves a page. Lanes are always compact: every
 * pixel goes to the code, which is read from afar. */
static struct frame frame_choose(struct scene_page *page)
{
    page->compact = page->snapshot->lane_count > 0;
    struct frame usual = frame_cut(page);
    if (page->compact || usual.areas.grid.pages <= 1)
        return usual;
    page->compact = true;
    struct frame narrow = frame_cut(page);
    if (narrow.areas.rest.w > 0 && narrow.areas.grid.pages < usual.areas.grid.pages)
        return narrow;
    page->compact = false;
    return usual;
}

/* The product that somebody touched, alone, with what is left of its time. */
static void chosen_add(struct scene_page *page, struct scene_box box)
{
    int32_t line = scene_scale(page, 5), product = page->view->chosen - 1;
    struct scene_box track = scene_cut_bottom(&box, line);
    (void)scene_cut_bottom(&box, scene_scale(page, 4));
    int64_t left_s = (page->view->chosen_left_ms + 999) / 1000;
    scene_add_rect(page, track, COLOUR_EDGE, line / 2);
    track.w = (int32_t)(track.w * left_s * 1000 / SCENE_CHOSEN_MS);
    scene_add_rect(page, track, COLOUR_BAR, line / 2);
    const struct scene_goods goods = {.count = 1, .product = {product}};
    page->shelf = goods;
    scene_add_product(page, box, product, scene_grid_choose(page, box, &goods));
    int32_t side = scene_scale(page, 44);
    struct scene_box back = {box.x + box.w - side * 5 / 4, box.y + side / 4, side, side};
    scene_add_rect(page, back, COLOUR_BAR, side / 2);
    scene_add_sign(page, scene_inset(back, side / 4), SIGN_CROSS, COLOUR_BAR_TEXT);
    scene_add_touch(page, SCENE_TOUCH_BACK, product, box);
}

/* All but the lanes. */
static void goods_add(struct scene_page *page, const struct areas *areas)
{
    if (areas->cards.w > 0)
        scene_add_cards(page, areas->cards);
    if (areas->rest.w <= 0)
        return;
    const char *hold = scene_hold(page->snapshot);
    hold = hold ? hold : scene_common_hold(page->snapshot, &areas->goods);
    if (hold)
        scene_add_hold(page, areas->rest, hold);
    else
        scene_add_tiles(page, areas->rest, areas->grid, &areas->goods, page->scene->page % areas->grid.pages);
}

static bool has_validator(const struct snapshot *snapshot)
{
    for (int32_t i = 0; i < snapshot->lane_count; i++)
        if (snapshot->lanes[i].kind == SNAPSHOT_VALIDATOR)
            return true;
    return false;
}

/* Barriers and turnstiles say themselves what to do. */
static bool hint_wanted(const struct snapshot *snapshot)
{
    return snapshot->lane_count == 0 || has_validator(snapshot) || scene_goods_of(snapshot, -1).count > 0;
}

void scene_build(struct scene *ret, const struct snapshot *snapshot, const struct scene_view *view)
{
    memset(ret, 0, sizeof(*ret));
    ret->width = view->width;
    ret->height = view->height;
    const struct theme *theme = view->theme ? view->theme : theme_usual();
    struct scene_page page = {.scene = ret, .snapshot = snapshot, .view = view, .theme = theme};
    struct frame frame = frame_choose(&page);
    page.language = language_choose(snapshot, view, pages_of(&frame.areas));
    page.code = snapshot->languages[page.language];
    bool chosen = scene_chosen(snapshot, view);
    if (chosen && page.compact) { /* it needs no room for others */
        page.compact = false;
        frame = frame_cut(&page);
    }
    pages_choose(ret, view, chosen ? 1 : pages_of(&frame.areas));

    /* A validator rides in a bus: in the sun every shade costs contrast. */
    enum colour ground = has_validator(snapshot) ? COLOUR_TILE : COLOUR_PAGE;
    scene_add_rect(&page, (struct scene_box){0, 0, view->width, view->height}, ground, 0);
    if (frame.header.w > 0)
        scene_add_header(&page, frame.header, hint_wanted(snapshot));
    if (frame.footer.w > 0)
        scene_add_footer(&page, frame.footer);
    if (frame.note.w > 0)
        scene_add_note(&page, frame.note);
    if (chosen) {
        chosen_add(&page, frame.content);
    } else {
        scene_add_lanes(&page, &frame.areas.lanes, ret->page);
        goods_add(&page, &frame.areas);
    }
    ret->shown.number = snapshot->number;
    ret->engaged = engaged(snapshot, view);
    if (view->journal)
        scene_roll_range(ret, snapshot, view->journal, page.drawn);
}

int64_t scene_next_ms(const struct scene *scene, const struct snapshot *snapshot,
                      const struct scene_view *view)
{
    int64_t next = INT64_C(3600000);
    if (view->page < 0 && scene->pages > 1) {
        int64_t left = SCENE_PAGE_MS - view->now_ms % SCENE_PAGE_MS;
        next = left < next ? left : next;
    }
    if (view->language < 0 && snapshot->language_count > 1) {
        int64_t turn = language_turn_ms(snapshot, view), left = turn - view->now_ms % turn;
        next = left < next ? left : next;
    }
    if (scene_chosen(snapshot, view)) {
        int64_t left = (view->chosen_left_ms - 1) % 1000 + 1;
        next = left < next ? left : next;
    }
    int64_t roll = scene_roll_next_ms(snapshot, view);
    next = roll < next ? roll : next;
    for (int32_t i = 0; i < snapshot->activity_count; i++) {
        const struct snapshot_activity *activity = &snapshot->activities[i];
        if (!scene_activity_shown(activity, view->held_ms) || activity->phase == SNAPSHOT_PAID)
            continue;
        if (activity->phase == SNAPSHOT_MOVING) { /* its bar grows */
            int64_t gone = activity->age_ms + view->held_ms, step = SCENE_BAR_MS - gone % SCENE_BAR_MS;
            next = gone < activity->most_ms && step < next ? step : next;
            continue;
        }
        int64_t stays = activity->phase == SNAPSHOT_TAKE ? SCENE_TAKE_MS : SCENE_TROUBLE_MS;
        int64_t left = stays - activity->age_ms - view->held_ms;
        next = left < next ? left : next;
    }
    return next > 0 ? next : 1;
}
