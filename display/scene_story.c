#include "display/scene_story.h"

/* What a story is made of, from above. */
enum part {
    PART_STEPS,
    PART_SIGN,
    PART_HEAD, /* sign and word side by side */
    PART_WORD,
    PART_PRODUCT,
    PART_DETAIL,
    PART_BAR,
    PART_STRIP,
    PART_TICKET,
    PART_COUNT
};

/* Shares of the height, and the most a part takes in hundredths of the width. */
static const struct {
    int32_t share, most;
} parts[PART_COUNT] = {
    [PART_STEPS] = {12, 16}, [PART_SIGN] = {38, 60},    [PART_HEAD] = {23, 34},
    [PART_WORD] = {20, 34},  [PART_PRODUCT] = {16, 24}, [PART_DETAIL] = {19, 36},
    [PART_BAR] = {5, 6},     [PART_STRIP] = {18, 26},   [PART_TICKET] = {22, 30},
};

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static enum colour text_on(enum colour ground)
{
    return ground == COLOUR_BAR ? COLOUR_BAR_TEXT : COLOUR_ON;
}

static bool has_ticket(const struct scene_story *story)
{
    return story->ticket[0][0] || story->ticket[1][0];
}

static bool part_wanted(const struct scene_story *story, enum part part, bool beside)
{
    bool head = !beside && has_ticket(story);
    switch (part) {
    case PART_STEPS:
        return story->step > 0;
    case PART_SIGN:
        return !beside && !head;
    case PART_HEAD:
        return head;
    case PART_WORD:
        return !head;
    case PART_PRODUCT:
        return story->product[0] != '\0';
    case PART_DETAIL:
        return story->detail[0] != '\0';
    case PART_BAR:
        return story->percent >= 0;
    case PART_STRIP:
        return story->strip[0] != '\0';
    case PART_TICKET:
        return has_ticket(story);
    case PART_COUNT:
        break;
    }
    return false;
}

/* Discs on a line: done ones have a check mark, the present one is full, later ones are rings. */
static void steps_add(struct scene_page *page, struct scene_box box, const struct scene_story *story)
{
    static const enum sign signs[SCENE_STEPS] = {SIGN_CHECK, SIGN_COMING, SIGN_TAKE};
    enum colour on = text_on(story->ground);
    int32_t side = least(box.h, box.w / 8), gap = least((box.w - SCENE_STEPS * side) / 2, side * 2);
    int32_t line = side / 10 > 1 ? side / 10 : 1, y = box.y + (box.h - side) / 2;
    int32_t x = box.x + (box.w - SCENE_STEPS * side - (SCENE_STEPS - 1) * gap) / 2;
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

static void word_add(struct scene_page *page, struct scene_box box, const struct scene_story *story,
                     enum scene_align align)
{
    int32_t by_w = box.w * 15 / 100, by_h = box.h * 74 / 100;
    scene_add_text(page, box, story->word,
                   (struct scene_style){.size_px = least(by_w, by_h),
                                        .lines = 2,
                                        .colour = text_on(story->ground),
                                        .align = align,
                                        .bold = true});
}

static void product_add(struct scene_page *page, struct scene_box box, const struct scene_story *story,
                        enum scene_align align)
{
    enum colour colour = text_on(story->ground);
    if (story->image[0]) { /* a card of its own */
        scene_add_rect(page, box, COLOUR_TILE, scene_radius(page));
        box = scene_inset(box, box.h / 14);
        scene_add_image(page, scene_cut_left(&box, least(box.h, box.w / 3)), story->image, SCENE_CENTRE);
        (void)scene_cut_left(&box, scene_scale(page, 10));
        align = SCENE_LEFT;
        colour = COLOUR_TEXT;
    }
    int32_t by_h = box.h * 50 / 100, by_w = box.w * 9 / 100;
    scene_add_text(
        page, box, story->product,
        (struct scene_style){
            .size_px = least(by_h, by_w), .lines = 2, .colour = colour, .align = align, .bold = true});
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

static void strip_add(struct scene_page *page, struct scene_box box, const struct scene_story *story)
{
    scene_add_rect(page, box, text_on(story->ground), scene_radius(page));
    box = scene_inset(box, box.h / 10);
    scene_add_sign(page, scene_inset(scene_cut_left(&box, least(box.h, box.w / 4)), box.h / 20),
                   story->strip_sign, story->ground);
    (void)scene_cut_left(&box, scene_scale(page, 8));
    int32_t by_h = box.h * 52 / 100, by_w = box.w * 9 / 100;
    scene_add_text(page, box, story->strip,
                   (struct scene_style){
                       .size_px = least(by_h, by_w), .lines = 3, .colour = story->ground, .bold = true});
}

static void ticket_add(struct scene_page *page, struct scene_box box, const struct scene_story *story)
{
    bool both = story->ticket[0][0] && story->ticket[1][0];
    int32_t h = both ? box.h / 2 : box.h;
    for (int i = 0; i < 2; i++) {
        if (!story->ticket[i][0])
            continue;
        struct scene_box line = scene_cut_top(&box, h);
        scene_add_sign(page, scene_inset(scene_cut_left(&line, h), h / 6), story->ticket_sign[i],
                       text_on(story->ground));
        (void)scene_cut_left(&line, scene_scale(page, 6));
        scene_add_text(page, line, story->ticket[i],
                       (struct scene_style){.size_px = least(h * 62 / 100, line.w * 8 / 100),
                                            .lines = 1,
                                            .colour = text_on(story->ground),
                                            .bold = true});
    }
}

static void part_add(struct scene_page *page, struct scene_box box, const struct scene_story *story,
                     enum part part, enum scene_align align)
{
    int32_t by_h, by_w;
    switch (part) {
    case PART_STEPS:
        steps_add(page, box, story);
        break;
    case PART_SIGN:
        scene_add_sign(page, box, story->sign, text_on(story->ground));
        break;
    case PART_HEAD:
        scene_add_sign(page, scene_inset(scene_cut_left(&box, least(box.h, box.w / 3)), box.h / 16),
                       story->sign, text_on(story->ground));
        (void)scene_cut_left(&box, scene_scale(page, 10));
        word_add(page, box, story, SCENE_LEFT);
        break;
    case PART_WORD:
        word_add(page, box, story, align);
        break;
    case PART_PRODUCT:
        product_add(page, box, story, align);
        break;
    case PART_DETAIL:
        by_h = box.h * 60 / 100;
        by_w = box.w * 8 / 100;
        scene_add_text(
            page, box, story->detail,
            (struct scene_style){
                .size_px = least(by_h, by_w), .lines = 4, .colour = text_on(story->ground), .align = align});
        break;
    case PART_BAR:
        bar_add(page, box, story);
        break;
    case PART_STRIP:
        strip_add(page, box, story);
        break;
    case PART_TICKET:
        ticket_add(page, box, story);
        break;
    case PART_COUNT:
        break;
    }
}

/* The wanted parts one below the other, together in the middle of the box. */
static void parts_add(struct scene_page *page, struct scene_box box, const struct scene_story *story,
                      bool beside)
{
    int32_t shares = 0, count = 0, used = 0, heights[PART_COUNT] = {0};
    for (int part = 0; part < PART_COUNT; part++)
        if (part_wanted(story, (enum part)part, beside)) {
            shares += parts[part].share;
            count++;
        }
    int32_t gap = box.h * 3 / 100, room = box.h - (count - 1) * gap;
    for (int part = 0; part < PART_COUNT; part++)
        if (part_wanted(story, (enum part)part, beside)) {
            heights[part] = least(room * parts[part].share / shares, box.w * parts[part].most / 100);
            used += heights[part];
        }
    box.y += (room - used) / 2;
    for (int part = 0; part < PART_COUNT; part++)
        if (heights[part] > 0) {
            struct scene_box row = scene_cut_top(&box, heights[part]);
            (void)scene_cut_top(&box, gap);
            part_add(page, row, story, (enum part)part,
                     beside || has_ticket(story) ? SCENE_LEFT : SCENE_CENTRE);
        }
}

void scene_add_story(struct scene_page *page, struct scene_box box, const struct scene_story *story)
{
    scene_add_rect(page, box, story->ground, scene_radius(page));
    bool beside = box.w * 4 > box.h * 5;
    box = scene_inset(box, least(box.w, box.h) * 6 / 100);
    if (beside) {
        int32_t most = box.w * (has_ticket(story) ? 24 : 34) / 100, side = least(box.h, most);
        struct scene_box left = scene_cut_left(&box, side);
        (void)scene_cut_left(&box, box.h / 16);
        scene_add_sign(page, scene_inset(left, side / 16), story->sign, text_on(story->ground));
    }
    parts_add(page, box, story, beside);
}

void scene_add_story_line(struct scene_page *page, struct scene_box box, const struct scene_story *story)
{
    scene_add_rect(page, box, story->ground, scene_radius(page));
    box = scene_inset(box, box.h * 12 / 100);
    scene_add_sign(page, scene_inset(scene_cut_left(&box, box.h), box.h / 10), story->sign,
                   text_on(story->ground));
    (void)scene_cut_left(&box, scene_scale(page, 8));
    struct scene_style style = {.size_px = least(box.h * 44 / 100, scene_type(page, 24)),
                                .lines = 1,
                                .colour = text_on(story->ground),
                                .bold = true};
    scene_add_text(page, scene_cut_top(&box, box.h / 2), story->word, style);
    style.bold = false;
    scene_add_text(page, box, story->product, style);
}
