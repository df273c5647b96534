#include "display/scene_parts.h"

#include <stdio.h>
#include <string.h>
#include "common/text.h"

enum { NOTE_H = 40, PANEL_PERCENT = 44 };

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

static bool sells_anything(const struct snapshot *snapshot)
{
    for (int32_t i = 0; i < snapshot->product_count; i++)
        if (scene_sells(snapshot, &snapshot->products[i]))
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

/* A button with the next language's letters. Cuts it off the right end of *box. */
static void language_add(struct scene_page *page, struct scene_box *box)
{
    const struct snapshot *snapshot = page->snapshot;
    if (!page->view->language_button || snapshot->language_count < 2)
        return;
    int32_t next = (page->language + 1) % snapshot->language_count;
    char letters[CONFIG_LANG_SIZE] = "";
    for (int i = 0; i + 1 < CONFIG_LANG_SIZE && snapshot->languages[next][i]; i++)
        letters[i] = (char)(snapshot->languages[next][i] - 'a' + 'A');
    struct scene_box button = scene_cut_right(box, scene_scale(page, 58));
    scene_add_button(page, button, SCENE_BUTTON_LANGUAGE, next);
    scene_add_rect(page, scene_inset(button, scene_scale(page, 4)), COLOUR_TILE, scene_scale(page, 8));
    struct scene_style style = {.size_px = scene_scale(page, 20),
                                .lines = 1,
                                .colour = COLOUR_TEXT,
                                .align = SCENE_CENTRE,
                                .bold = true};
    scene_add_text(page, scene_inset(button, scene_scale(page, 6)), letters, style);
}

void scene_add_header(struct scene_page *page, struct scene_box box, bool hint_wanted)
{
    const struct snapshot *snapshot = page->snapshot;
    scene_add_rect(page, box, COLOUR_BAR, 0);
    box.x += scene_scale(page, 14);
    box.w -= scene_scale(page, 28);
    struct scene_style name = {
        .size_px = scene_scale(page, 22), .lines = 1, .colour = COLOUR_BAR_TEXT, .bold = true};
    if (page->view->clock[0]) {
        struct scene_box right = box;
        right.w = scene_scale(page, 76);
        right.x = box.x + box.w - right.w;
        box.w -= right.w + scene_scale(page, 8);
        struct scene_style clock = name;
        clock.align = SCENE_RIGHT;
        scene_add_text(page, right, page->view->clock, clock);
    }
    language_add(page, &box);
    if (hint_wanted && !scene_hold(snapshot) && sells_anything(snapshot)) {
        struct scene_style hint = {.size_px = scene_scale(page, 16), .lines = 1, .colour = COLOUR_BAR_SOFT};
        struct scene_box part = box;
        if (page->compact && wide(page)) {
            box = scene_cut_left(&part, box.w * 45 / 100);
            hint.align = SCENE_CENTRE;
        } else {
            part = scene_cut_bottom(&box, box.h * 44 / 100);
            part.h -= scene_measure(page, 5, 3);
            box.y += scene_measure(page, 3, 2);
        }
        scene_add_text(page, part, words_get(WORD_SCAN, page->code), hint);
    }
    scene_add_text(page, box, snapshot->name[0] ? snapshot->name : snapshot->kiosk_id, name);
}

void scene_add_footer(struct scene_page *page, struct scene_box box)
{
    char line[CONFIG_TEXT_SIZE + 64];
    size_t used = 0;
    box.x += scene_scale(page, 14);
    box.w -= scene_scale(page, 28);
    struct scene_style style = {.size_px = scene_scale(page, 17), .lines = 1, .colour = COLOUR_SOFT};
    if (page->scene->pages > 1) {
        struct scene_box right = box;
        right.w = scene_scale(page, 70);
        right.x = box.x + box.w - right.w;
        box.w -= right.w;
        (void)text_append(line, sizeof(line), &used, "%d / %d", page->scene->page + 1, page->scene->pages);
        struct scene_style number = style;
        number.align = SCENE_RIGHT;
        number.bold = true;
        scene_add_text(page, right, line, number);
        used = 0;
    }
    if (page->snapshot->support[0]) {
        (void)text_append(line, sizeof(line), &used, "%s %s", words_get(WORD_HELP, page->code),
                          page->snapshot->support);
        scene_add_text(page, box, line, style);
    }
}

void scene_add_note(struct scene_page *page, struct scene_box box)
{
    scene_add_rect(page, box, COLOUR_NOTE, scene_scale(page, 9));
    box.x += scene_scale(page, 12);
    box.w -= scene_scale(page, 24);
    scene_add_text(page, box, page->snapshot->message,
                   (struct scene_style){.size_px = scene_scale(page, 18), .lines = 2, .colour = COLOUR_TEXT});
}

/* The machine as a whole is not selling: why, and that nobody should pay now. */
static void hold_add(struct scene_page *page, struct scene_box box, const char *hold)
{
    bool calm = strcmp(hold, "starting") == 0;
    int32_t disc = (box.w < box.h ? box.w : box.h) * 26 / 100;
    scene_add_sheet(page, box);
    box = scene_inset(box, scene_scale(page, 18));
    struct scene_box upper = scene_cut_top(&box, box.h * 40 / 100);
    struct scene_box round = {upper.x + (upper.w - disc) / 2, upper.y + (upper.h - disc) / 2, disc, disc};
    scene_add_rect(page, round, calm ? COLOUR_BUSY : COLOUR_BAD, disc / 2);
    scene_add_text(page, round, calm ? "…" : "!",
                   (struct scene_style){.size_px = disc * 3 / 4,
                                        .lines = 1,
                                        .colour = COLOUR_BAR_TEXT,
                                        .align = SCENE_CENTRE,
                                        .bold = true});
    scene_add_text(page, scene_cut_top(&box, box.h * 48 / 100),
                   words_get(words_hold_headline(hold), page->code),
                   (struct scene_style){.size_px = scene_scale(page, 50),
                                        .lines = 2,
                                        .colour = COLOUR_TEXT,
                                        .align = SCENE_CENTRE,
                                        .bold = true});
    scene_add_text(page, box, words_get(words_hold_detail(hold), page->code),
                   (struct scene_style){.size_px = scene_scale(page, 28),
                                        .lines = 4,
                                        .colour = COLOUR_SOFT,
                                        .align = SCENE_CENTRE,
                                        .top = true});
}

/* Where lanes and cards stand (w = 0: none) and what is left for the other products or the hold. */
struct areas {
    struct scene_lanes lanes;
    struct scene_box cards, rest; /* rest.w = 0: nothing else */
    struct scene_goods goods;
    struct scene_grid grid;
};

static void cards_cut(const struct scene_page *page, struct areas *plan)
{
    struct scene_box content = plan->rest;
    if (content.w >= content.h) {
        plan->cards = scene_cut_left(&plan->rest, content.w * PANEL_PERCENT / 100);
        (void)scene_cut_left(&plan->rest, scene_margin(page));
    } else {
        plan->cards = scene_cut_top(&plan->rest, content.h * PANEL_PERCENT / 100);
        (void)scene_cut_top(&plan->rest, scene_margin(page));
    }
}

static struct areas areas_plan(const struct scene_page *page, struct scene_box content)
{
    struct areas plan = {.rest = content, .goods = scene_goods_of(page->snapshot, -1)};
    plan.lanes = scene_lanes_plan(page, &plan.rest);
    plan.grid.pages = 1;
    if (plan.rest.w <= 0)
        return plan;
    content = plan.rest;
    if (scene_cards_count(page->snapshot, page->view->held_ms) > 0)
        cards_cut(page, &plan);
    if (scene_hold(page->snapshot))
        return plan;
    plan.grid = scene_grid_choose(page, plan.rest, &plan.goods);
    if (plan.cards.w > 0 && (plan.grid.module_px < SCENE_MODULE_PX || !sells_anything(page->snapshot))) {
        plan.cards = content;
        plan.rest.w = 0;
        plan.grid.pages = 1;
    }
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

static struct frame frame_cut(const struct scene_page *page)
{
    struct frame frame = {.content = {0, 0, page->view->width, page->view->height}};
    if (!scene_lane_alone(page)) {
        frame.header = scene_cut_top(&frame.content, scene_measure(page, 54, wide(page) ? 32 : 44));
        frame.footer = scene_cut_bottom(&frame.content, scene_measure(page, 30, 24));
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

/* All but the lanes. */
static void goods_add(struct scene_page *page, const struct areas *areas)
{
    if (areas->cards.w > 0)
        scene_add_cards(page, areas->cards);
    if (areas->rest.w <= 0)
        return;
    const char *hold = scene_hold(page->snapshot);
    if (hold)
        hold_add(page, areas->rest, hold);
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
    struct scene_page page = {.scene = ret, .snapshot = snapshot, .view = view};
    struct frame frame = frame_choose(&page);
    pages_choose(ret, view, pages_of(&frame.areas));
    page.language = language_choose(snapshot, view, ret->pages);
    page.code = snapshot->languages[page.language];

    /* A validator rides in a bus: in the sun every shade costs contrast. */
    uint32_t ground = has_validator(snapshot) ? COLOUR_TILE : COLOUR_PAGE;
    scene_add_rect(&page, (struct scene_box){0, 0, view->width, view->height}, ground, 0);
    if (frame.header.w > 0)
        scene_add_header(&page, frame.header, hint_wanted(snapshot));
    if (frame.footer.w > 0)
        scene_add_footer(&page, frame.footer);
    if (frame.note.w > 0)
        scene_add_note(&page, frame.note);
    scene_add_lanes(&page, &frame.areas.lanes, ret->page);
    goods_add(&page, &frame.areas);
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
    int64_t roll = scene_roll_next_ms(snapshot, view);
    next = roll < next ? roll : next;
    for (int32_t i = 0; i < snapshot->activity_count; i++) {
        const struct snapshot_activity *activity = &snapshot->activities[i];
        if (!scene_activity_shown(activity, view->held_ms) || activity->phase == SNAPSHOT_PAID ||
            activity->phase == SNAPSHOT_MOVING)
            continue;
        int64_t stays = activity->phase == SNAPSHOT_TAKE ? SCENE_TAKE_MS : SCENE_TROUBLE_MS;
        int64_t left = stays - activity->age_ms - view->held_ms;
        next = left < next ? left : next;
    }
    return next > 0 ? next : 1;
}
