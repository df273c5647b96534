/* Heading, foot and the operator's message. */
#include <stdio.h>
#include <string.h>
#include "common/text.h"
#include "display/scene_parts.h"

enum { DOTS_MOST = 9, LOW_H = 50 };

static bool sells_anything(const struct snapshot *snapshot)
{
    for (int32_t i = 0; i < snapshot->product_count; i++)
        if (scene_sells(snapshot, &snapshot->products[i]))
            return true;
    return false;
}

/* The sign of a phone and what to do with it. */
static void hint_add(struct scene_page *page, struct scene_box box)
{
    int32_t gap = scene_scale(page, 8), sign = box.h * 74 / 100;
    scene_add_sign(page, scene_cut_left(&box, sign < box.w / 6 ? sign : box.w / 6), SIGN_PHONE,
                   COLOUR_BAR_TEXT);
    (void)scene_cut_left(&box, gap);
    scene_add_text(page, box, words_get(WORD_SCAN, page->code),
                   (struct scene_style){.size_px = scene_type(page, page->compact ? 19 : 21),
                                        .lines = 2,
                                        .colour = COLOUR_BAR_TEXT,
                                        .bold = true});
}

/* A button with the next language's letters. */
static void language_add(struct scene_page *page, struct scene_box *box)
{
    const struct snapshot *snapshot = page->snapshot;
    if (!page->view->language_button || snapshot->language_count < 2)
        return;
    int32_t next = (page->language + 1) % snapshot->language_count;
    char letters[CONFIG_LANG_SIZE] = "";
    for (int i = 0; i + 1 < CONFIG_LANG_SIZE && snapshot->languages[next][i]; i++)
        letters[i] = (char)(snapshot->languages[next][i] - 'a' + 'A');
    struct scene_box button = scene_cut_right(box, scene_type(page, 58)), frame = button;
    (void)scene_cut_right(box, scene_scale(page, 10)); /* nothing touches it */
    int32_t most = scene_type(page, 40);
    if (frame.h > most) {
        frame.y += (frame.h - most) / 2;
        frame.h = most;
    }
    scene_add_touch(page, SCENE_TOUCH_LANGUAGE, next, button);
    scene_add_rect(page, scene_inset(frame, scene_scale(page, 4)), COLOUR_BAR_TEXT, scene_scale(page, 8));
    scene_add_text(page, scene_inset(frame, scene_scale(page, 5)), letters,
                   (struct scene_style){.size_px = scene_type(page, 20),
                                        .lines = 1,
                                        .colour = COLOUR_BAR,
                                        .align = SCENE_CENTRE,
                                        .bold = true});
}

/* The clock, and the language left of it. */
static void clock_add(struct scene_page *page, struct scene_box *box)
{
    if (!page->view->clock[0]) {
        language_add(page, box);
        return;
    }
    struct scene_box right = scene_cut_right(box, scene_type(page, 64));
    (void)scene_cut_right(box, scene_scale(page, 8));
    scene_add_text(page, right, page->view->clock,
                   (struct scene_style){.size_px = scene_type(page, 21),
                                        .lines = 1,
                                        .colour = COLOUR_BAR_TEXT,
                                        .align = SCENE_RIGHT,
                                        .bold = true});
    language_add(page, box);
}

static void name_add(struct scene_page *page, struct scene_box box, bool alone)
{
    const char *logo = page->view->logo;
    if (logo && logo[0]) {
        int32_t most = box.h * 5 / 2, half = box.w / 2;
        scene_add_image(page, scene_inset(scene_cut_left(&box, most < half ? most : half), box.h / 10), logo,
                        SCENE_LEFT);
        (void)scene_cut_left(&box, scene_scale(page, 6));
    }
    scene_add_text(page, box, page->snapshot->name[0] ? page->snapshot->name : page->snapshot->kiosk_id,
                   (struct scene_style){.size_px = scene_type(page, alone ? 22 : 19),
                                        .lines = 2,
                                        .colour = COLOUR_BAR_TEXT,
                                        .bold = alone});
}

void scene_add_header(struct scene_page *page, struct scene_box box, bool hint_wanted)
{
    bool hint = hint_wanted && !scene_hold(page->snapshot) && sells_anything(page->snapshot);
    bool card = scene_lane_alone(page); /* among cards, not along the edge of the screen */
    scene_add_rect(page, box, COLOUR_BAR, card ? scene_inner_radius(page) : 0);
    box.x += scene_scale(page, 14);
    box.w -= scene_scale(page, 28);
    if (!hint) {
        clock_add(page, &box);
        name_add(page, box, true);
        return;
    }
    if (box.h <= scene_type(page, LOW_H) && page->view->width < page->view->height) {
        clock_add(page, &box);
        hint_add(page, box); /* what to do comes before who we are */
        return;
    }
    if (box.w < box.h * 8) {
        struct scene_box upper = scene_cut_top(&box, box.h * 44 / 100);
        clock_add(page, &upper);
        name_add(page, upper, false);
        box.h -= scene_scale(page, 4);
        hint_add(page, box);
        return;
    }
    clock_add(page, &box);
    struct scene_box left = scene_cut_left(&box, box.w * 28 / 100);
    (void)scene_cut_left(&box, scene_scale(page, 12));
    name_add(page, left, false);
    hint_add(page, box);
}

static void touch_add(struct scene_page *page, enum scene_touch_kind kind, struct scene_box box)
{
    scene_add_touch(page, kind, -1, box);
}

/* Where we are among the pages: dots, or a figure if they are too many; arrows to turn them. */
static void pages_add(struct scene_page *page, struct scene_box *box)
{
    int32_t pages = page->scene->pages, dot = box->h * 30 / 100, step = dot * 9 / 5;
    bool dots = pages <= DOTS_MOST && pages * step < box->w / 3;
    int32_t middle_w = dots ? pages * step : scene_type(page, 66);
    struct scene_box all = scene_cut_right(box, middle_w + box->h * 5 / 2);
    struct scene_box earlier = scene_cut_left(&all, box->h * 5 / 4),
                     later = scene_cut_right(&all, box->h * 5 / 4);
    scene_add_sign(page, scene_inset(earlier, box->h * 22 / 100), SIGN_LEFT, COLOUR_SOFT);
    scene_add_sign(page, scene_inset(later, box->h * 22 / 100), SIGN_RIGHT, COLOUR_SOFT);
    /* A finger is wider than the sign. */
    touch_add(page, SCENE_TOUCH_EARLIER,
              (struct scene_box){earlier.x - box->h, earlier.y - box->h, earlier.w + box->h + middle_w / 2,
                                 box->h * 2});
    touch_add(page, SCENE_TOUCH_LATER,
              (struct scene_box){all.x + middle_w / 2, later.y - box->h, later.w + middle_w / 2, box->h * 2});
    if (!dots) {
        char text[32];
        (void)snprintf(text, sizeof(text), "%d / %d", (int)page->scene->page + 1, (int)pages);
        scene_add_text(page, all, text,
                       (struct scene_style){.size_px = scene_type(page, 17),
                                            .lines = 1,
                                            .colour = COLOUR_SOFT,
                                            .align = SCENE_CENTRE,
                                            .bold = true});
        return;
    }
    for (int32_t i = 0; i < pages; i++) {
        bool here = i == page->scene->page;
        int32_t side = here ? dot * 5 / 4 : dot, x = all.x + i * step + (step - side) / 2;
        struct scene_box mark = {x, all.y + (all.h - side) / 2, side, side};
        scene_add_rect(page, mark, COLOUR_SOFT, side / 2);
        if (!here) { /* a ring: told by the shape too */
            int32_t line = side / 5 > 1 ? side / 5 : 1;
            scene_add_rect(page, scene_inset(mark, line), COLOUR_PAGE, (side - 2 * line) / 2);
        }
    }
}

void scene_add_footer(struct scene_page *page, struct scene_box box)
{
    char line[CONFIG_TEXT_SIZE + 64];
    size_t used = 0;
    box.x += scene_scale(page, 14);
    box.w -= scene_scale(page, 28);
    if (page->scene->pages > 1)
        pages_add(page, &box);
    if (!page->snapshot->support[0])
        return;
    scene_add_sign(page, scene_inset(scene_cut_left(&box, box.h), box.h * 18 / 100), SIGN_HANDSET,
                   COLOUR_SOFT);
    (void)scene_cut_left(&box, scene_scale(page, 4));
    (void)text_append(line, sizeof(line), &used, "%s %s", words_get(WORD_HELP, page->code),
                      page->snapshot->support);
    scene_add_text(page, box, line,
                   (struct scene_style){.size_px = scene_type(page, 17), .lines = 1, .colour = COLOUR_SOFT});
}

void scene_add_note(struct scene_page *page, struct scene_box box)
{
    int32_t pad = scene_scale(page, 12);
    scene_add_rect(page, box, COLOUR_NOTE, scene_radius(page));
    box.x += pad;
    box.w -= 2 * pad;
    scene_add_sign(page, scene_inset(scene_cut_left(&box, box.h * 3 / 5), 0), SIGN_ALERT, COLOUR_NOTE_TEXT);
    (void)scene_cut_left(&box, pad / 2);
    scene_add_text(
        page, box, page->snapshot->message,
        (struct scene_style){.size_px = scene_type(page, 19), .lines = 2, .colour = COLOUR_NOTE_TEXT});
}
