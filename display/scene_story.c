#include "display/scene_plan.h"

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static enum colour text_on(enum colour ground)
{
    return ground == COLOUR_BAR ? COLOUR_BAR_TEXT : COLOUR_ON;
}

/* Discs on a line: done ones have a check mark, the present one is full, later ones are rings. */
static void steps_add(struct scene_page *page, struct scene_box box, const struct scene_story *story,
                      enum scene_align align)
{
    static const enum sign signs[SCENE_STEPS] = {SIGN_CHECK, SIGN_COMING, SIGN_TAKE};
    enum colour on = text_on(story->ground);
    int32_t side = least(box.h, box.w / 6), gap = least((box.w - SCENE_STEPS * side) / 2, side * 2);
    int32_t line = side / 10 > 1 ? side / 10 : 1, y = box.y + (box.h - side) / 2;
    int32_t free = box.w - SCENE_STEPS * side - (SCENE_STEPS - 1) * gap;
    int32_t x = box.x + (align == SCENE_LEFT ? 0 : free / 2);
    for (int32_t i = 0; i < SCENE_STEPS; i++, x += side + gap) {
        struct scene_box disc = {x, y, side, side};
        bool reached = i < story->step;
        scene_add_rect(page, disc, on, side / 2);
        if (!reached)
            scene_add_rect(page, scene_inset(disc, line), story->ground, side / 2 - line);
        scene_add_sign(page, scene_inset(disc, side * 22 / 100), i + 1 < story->step ? SIGN_CHECK : signs[i],
                       reached ? story->ground : on);
        if (i + 1 < SCENE_STEPS)
            scene_add_rect(page,
                           (struct scene_box){x + side + line, y + side / 2 - line / 2, gap - 2 * line,
                                              i + 1 < story->step ? 2 * line : line},
                           on, 0);
    }
}

static void text_add(struct scene_page *page, struct scene_box box, const char *text, int32_t size_px,
                     struct scene_style style)
{
    style.size_px = size_px;
    style.lines = 4;
    scene_add_text(page, box, text, style);
}

static void product_add(struct scene_page *page, struct scene_box box, const struct scene_story *story,
                        int32_t size_px, enum scene_align align)
{
    struct scene_style style = {.colour = text_on(story->ground), .align = align, .bold = true};
    if (story->image[0]) { /* a card of its own */
        scene_add_rect(page, box, COLOUR_TILE, scene_inner_radius(page));
        box = scene_inset(box, size_px / 6);
        scene_add_image(page, scene_cut_left(&box, size_px * 7 / 4), story->image, SCENE_CENTRE);
        (void)scene_cut_left(&box, size_px / 2);
        style.align = SCENE_LEFT;
        style.colour = COLOUR_TEXT;
    }
    text_add(page, box, story->product, size_px, style);
}

static void bar_add(struct scene_page *page, struct scene_box box, const struct scene_story *story)
{
    int32_t line = box.h / 5 > 1 ? box.h / 5 : 1;
    scene_add_rect(page, box, text_on(story->ground), box.h / 2);
    scene_add_rect(page, scene_inset(box, line), story->ground, box.h / 2 - line);
    struct scene_box filled = scene_inset(box, 2 * line);
    filled.w = filled.w * story->percent / 100;
    if (filled.w > filled.h)
        scene_add_rect(page, filled, text_on(story->ground), filled.h / 2);
}

static void strip_add(struct scene_page *page, struct scene_box box, const struct scene_story *story,
                      int32_t size_px)
{
    struct scene_style style = {.colour = story->ground, .bold = true};
    scene_add_rect(page, box, text_on(story->ground), scene_inner_radius(page));
    (void)scene_cut_left(&box, size_px / 2);
    int32_t side = least(box.h - size_px / 2, size_px * 2);
    struct scene_box sign = scene_cut_left(&box, size_px * 2);
    sign.x += (sign.w - side) / 2;
    sign.y += (sign.h - side) / 2;
    sign.w = sign.h = side;
    scene_add_sign(page, sign, story->strip_sign, story->ground);
    (void)scene_cut_left(&box, size_px * 2 / 5);
    (void)scene_cut_right(&box, size_px / 2);
    text_add(page, box, story->strip, size_px, style);
}

static void ticket_add(struct scene_page *page, struct scene_box box, const struct scene_story *story,
                       int32_t size_px)
{
    struct scene_style style = {.colour = text_on(story->ground), .bold = true};
    int32_t h = story->ticket[0][0] && story->ticket[1][0] ? box.h / 2 : box.h;
    for (int i = 0; i < 2; i++) {
        if (!story->ticket[i][0])
            continue;
        struct scene_box line = scene_cut_top(&box, h);
        scene_add_sign(page, scene_cut_left(&line, size_px * 6 / 5), story->ticket_sign[i], style.colour);
        (void)scene_cut_left(&line, size_px * 3 / 5);
        text_add(page, line, story->ticket[i], size_px, style);
    }
}

static void word_add(struct scene_page *page, struct scene_box box, const struct scene_story *story,
                     const struct scene_plan *plan, enum scene_align align)
{
    int32_t size_px = plan->sizes[PART_WORD];
    struct scene_style style = {.colour = text_on(story->ground), .align = align, .bold = true};
    if (plan->manner == MANNER_HEADING) {
        scene_add_sign(page, scene_cut_left(&box, size_px * 6 / 5), story->sign, style.colour);
        (void)scene_cut_left(&box, size_px * 3 / 10);
    }
    text_add(page, box, story->word, size_px, style);
}

static void part_add(struct scene_page *page, struct scene_box box, const struct scene_story *story,
                     const struct scene_plan *plan, enum scene_part part)
{
    enum scene_align align = plan->manner == MANNER_ABOVE ? SCENE_CENTRE : SCENE_LEFT;
    struct scene_style style = {.colour = text_on(story->ground), .align = align};
    int32_t size_px = plan->sizes[part];
    switch (part) {
    case PART_STEPS:
        steps_add(page, box, story, align);
        break;
    case PART_SIGN:
        scene_add_sign(page, box, story->sign, style.colour);
        break;
    case PART_WORD:
        word_add(page, box, story, plan, align);
        break;
    case PART_PRODUCT:
        product_add(page, box, story, size_px, align);
        break;
    case PART_DETAIL:
        text_add(page, box, story->detail, size_px, style);
        break;
    case PART_BAR:
        bar_add(page, box, story);
        break;
    case PART_STRIP:
        strip_add(page, box, story, size_px);
        break;
    case PART_TICKET:
        ticket_add(page, box, story, size_px);
        break;
    case PART_COUNT:
        break;
    }
}

void scene_add_story(struct scene_page *page, struct scene_box box, const struct scene_story *story)
{
    scene_add_rect(page, box, story->ground, scene_radius(page));
    int32_t edge = least(box.w, box.h) * 6 / 100, usual = scene_scale(page, 8);
    box = scene_inset(box, edge > usual ? edge : usual);
    struct scene_plan plan = scene_plan_choose(page, box, story);
    if (plan.sign.w > 0)
        scene_add_sign(page, scene_inset(plan.sign, plan.sign.w / 24), story->sign, text_on(story->ground));
    plan.column.y += (plan.column.h - plan.used) / 2;
    for (int i = 0; i < PART_COUNT; i++)
        if (plan.heights[i] > 0) {
            part_add(page, scene_cut_top(&plan.column, plan.heights[i]), story, &plan, (enum scene_part)i);
            (void)scene_cut_top(&plan.column, plan.gap);
        }
}

void scene_add_story_line(struct scene_page *page, struct scene_box box, const struct scene_story *story)
{
    int32_t pad = box.h / 16, h = box.h;
    struct scene_style style = {.colour = text_on(story->ground), .lines = 1, .bold = true};
    scene_add_rect(page, box, story->ground, scene_inner_radius(page));
    box = scene_inset(box, pad);
    struct scene_box sign = scene_cut_left(&box, box.h * 9 / 8);
    scene_add_sign(page, scene_inset(sign, h / 10), story->sign, style.colour);
    box.x += pad;
    box.w -= 4 * pad;
    style.size_px = h * 40 / 100;
    scene_add_text(page, scene_cut_top(&box, box.h * 53 / 100), story->word, style);
    style.bold = false;
    style.size_px = h * 36 / 100;
    bool whole = scene_text_lines(story->product, scene_least(page), box.w) == 1;
    scene_add_text(page, box, whole ? story->product : story->title, style);
}
