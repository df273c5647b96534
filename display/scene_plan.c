/* How a story is set. Everything follows from one unit, the size of its word: the largest with which all
 * parts fit. So the parts keep their proportions, and a small panel spends its room on words, not on air. */
#include "display/scene_plan.h"

enum {
    UNIT_MOST = 96, /* of a screen whose shorter side has 480 */
    WORD_LINES = 2,
    DETAIL_LINES = 4,
    GAP = 32, /* hundredths of the unit, as all that follows */
    SIGN_LEAST = 150,
    SIGN_MOST = 330,
    LINE = 121, /* of a text's size */
    USUAL_BONUS = 130,
    NOT_FITTING = 1,
    SIGN_WORTH = 30,
    EASY_PX = 20,
};

/* Sizes of texts and heights of the rest in hundredths of the unit. */
static const int32_t shares[PART_COUNT] = {
    [PART_STEPS] = 84,  [PART_SIGN] = SIGN_LEAST, [PART_WORD] = 100, [PART_PRODUCT] = 50,
    [PART_DETAIL] = 54, [PART_BAR] = 20,          [PART_STRIP] = 48, [PART_TICKET] = 46,
};

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static bool part_wanted(const struct scene_story *story, enum scene_part part, const struct scene_plan *plan)
{
    switch (part) {
    case PART_STEPS:
        return story->step > 0;
    case PART_SIGN:
        return plan->manner == MANNER_ABOVE;
    case PART_WORD:
        return true;
    case PART_PRODUCT:
        return story->product[0] != '\0';
    case PART_DETAIL:
        return story->detail[0] != '\0' && !plan->bare;
    case PART_BAR:
        return story->percent >= 0;
    case PART_STRIP:
        return story->strip[0] != '\0';
    case PART_TICKET:
        return story->ticket[0][0] || story->ticket[1][0];
    case PART_COUNT:
        break;
    }
    return false;
}

/* A text of at most `lines`, in one if it need not become much smaller for it. Its height; negative: it does
 * not fit, and takes so much. */
static int32_t text_plan(const struct scene_page *page, const char *text, int32_t width, int32_t lines,
                         int32_t *size)
{
    int32_t floor = scene_least(page), wanted = *size > floor ? *size : floor;
    int32_t single = scene_text_size(text, wanted, floor, width, 1);
    bool fits_once = scene_text_lines(text, single, width) == 1;
    if (fits_once && (lines == 1 || single * 100 >= wanted * 78)) {
        *size = single;
        return single * LINE / 100 + 1;
    }
    *size = scene_text_size(text, wanted, floor, width, lines);
    int32_t needed = scene_text_lines(text, *size, width);
    if (needed > 0 && needed <= lines)
        return needed * *size * LINE / 100 + 1;
    return -(lines * *size * LINE / 100 + 1);
}

static int32_t ticket_plan(const struct scene_page *page, const struct scene_story *story, int32_t width,
                           int32_t *size)
{
    int32_t lines = 0;
    bool fits = true;
    for (int i = 0; i < 2; i++)
        if (story->ticket[i][0]) {
            fits = text_plan(page, story->ticket[i], width - *size * 2, 1, size) > 0 && fits;
            lines++;
        }
    return (fits ? lines : -lines) * (*size * 150 / 100);
}

/* Height of a part; negative: it does not fit. */
static int32_t part_plan(const struct scene_page *page, const struct scene_story *story, enum scene_part part,
                         const struct scene_plan *plan, int32_t unit, int32_t *size)
{
    int32_t w = plan->column.w, height;
    *size = unit * shares[part] / 100;
    switch (part) {
    case PART_WORD:
        if (plan->manner == MANNER_HEADING)
            w -= unit * 3 / 2;
        return text_plan(page, story->word, w, WORD_LINES, size);
    case PART_PRODUCT:
        if (!story->image[0])
            return text_plan(page, story->product, w, WORD_LINES, size);
        height = text_plan(page, story->product, w - *size * 3, WORD_LINES, size);
        return height > 0 ? height + *size * 3 / 4 : height - *size * 3 / 4;
    case PART_DETAIL:
        return text_plan(page, story->detail, w, DETAIL_LINES, size);
    case PART_STRIP:
        height = text_plan(page, story->strip, w - *size * 7 / 2, DETAIL_LINES, size);
        return height > 0 ? height + *size : height - *size;
    case PART_TICKET:
        return ticket_plan(page, story, w, size);
    case PART_STEPS:
    case PART_SIGN:
    case PART_BAR:
    case PART_COUNT:
        break;
    }
    return *size;
}

/* Nothing is larger than it would be beside a word that had to be made smaller. */
static int32_t unit_of(const struct scene_plan *plan, enum scene_part part, int32_t unit)
{
    return part <= PART_WORD ? unit : least(unit, plan->sizes[PART_WORD] * 4 / 3);
}

static bool unit_fits(const struct scene_page *page, const struct scene_story *story, struct scene_plan *plan,
                      int32_t unit)
{
    bool whole = true;
    plan->gap = unit * GAP / 100;
    plan->used = -plan->gap;
    for (int i = 0; i < PART_COUNT; i++) {
        enum scene_part part = (enum scene_part)i;
        plan->heights[i] = 0;
        if (!part_wanted(story, part, plan))
            continue;
        plan->heights[i] = part_plan(page, story, part, plan, unit_of(plan, part, unit), &plan->sizes[i]);
        if (plan->heights[i] < 0) {
            plan->heights[i] = -plan->heights[i];
            whole = false;
        }
        plan->used += plan->heights[i] + plan->gap;
    }
    return whole && plan->used <= plan->column.h;
}

/* How large the words are, the smallest of them counting most, and how large the sign is; many short lines
 * are worth less, and much less is what one has to come near for. */
static int32_t score_of(const struct scene_page *page, const struct scene_plan *plan)
{
    int32_t word = plan->sizes[PART_WORD], smallest = word, smallest_px = word, lines = 0;
    for (int i = PART_PRODUCT; i < PART_COUNT; i++)
        if (plan->heights[i] > 0 && i != PART_BAR) {
            smallest = least(smallest, plan->sizes[i] * 100 / shares[i]);
            smallest_px = least(smallest_px, plan->sizes[i]);
            int32_t here = plan->heights[i] / plan->sizes[i];
            lines = here > lines ? here : lines;
        }
    int32_t sign = plan->manner == MANNER_BESIDE ? plan->sign.w : plan->heights[PART_SIGN];
    int32_t easy_px = scene_type(page, EASY_PX);
    int32_t score = (2 * smallest + word) * 100 + sign * SIGN_WORTH;
    score = lines > 3 ? score * 9 / 10 : score;
    return smallest_px < easy_px ? score / easy_px * smallest_px / easy_px * smallest_px : score;
}

/* The largest unit that fits, or one not much smaller with which a sentence stands in lines that are better.
 */
static struct scene_plan manner_plan(const struct scene_page *page, struct scene_box box,
                                     const struct scene_story *story, enum scene_manner manner, bool bare)
{
    struct scene_plan plan = {.manner = manner, .bare = bare, .column = box};
    int32_t low = scene_least(page), high = scene_type(page, UNIT_MOST);
    if (manner == MANNER_BESIDE) {
        int32_t side = least(box.h, box.w * 32 / 100);
        plan.sign = scene_cut_left(&plan.column, side);
        (void)scene_cut_left(&plan.column, side / 6);
    }
    while (low < high) {
        int32_t middle = (low + high + 1) / 2;
        if (unit_fits(page, story, &plan, middle))
            low = middle;
        else
            high = middle - 1;
    }
    struct scene_plan best = plan;
    bool fits = unit_fits(page, story, &best, low);
    best.score = fits ? score_of(page, &best) : NOT_FITTING;
    for (int32_t unit = low - low / 12; fits && unit > low * 6 / 10; unit -= 1 + low / 12)
        if (unit_fits(page, story, &plan, unit) && (plan.score = score_of(page, &plan)) > best.score)
            best = plan;
    return best;
}

/* What is left over goes to the sign first, then between the parts; the rest around them. */
static void spare_spend(struct scene_plan *plan)
{
    int32_t spare = plan->column.h - plan->used, gaps = -1;
    for (int i = 0; i < PART_COUNT; i++)
        gaps += plan->heights[i] > 0;
    if (spare <= 0)
        return;
    if (plan->heights[PART_SIGN] > 0) {
        int32_t most = least(plan->column.w * 62 / 100, plan->heights[PART_SIGN] * SIGN_MOST / SIGN_LEAST);
        int32_t grown = least(most - plan->heights[PART_SIGN], spare * 2 / 3);
        grown = grown > 0 ? grown : 0;
        plan->heights[PART_SIGN] += grown;
        plan->used += grown;
        spare -= grown;
    }
    int32_t wider = gaps > 0 ? least(plan->gap * 3 / 4, spare / (gaps + 2)) : 0;
    plan->gap += wider;
    plan->used += wider * gaps;
}

static void width_take(const struct scene_plan *plan, enum scene_part part, const char *text, int32_t *widest)
{
    int32_t width = least(scene_text_width(text, plan->sizes[part]), plan->column.w);
    *widest = width > *widest ? width : *widest;
}

/* A few short words beside a sign stand in the middle with it, not left of an empty half. */
static void middle_find(const struct scene_story *story, struct scene_plan *plan)
{
    int32_t widest = 0;
    if (plan->manner != MANNER_BESIDE || story->strip[0] || story->image[0] || story->step > 0)
        return;
    width_take(plan, PART_WORD, story->word, &widest);
    width_take(plan, PART_PRODUCT, story->product, &widest);
    width_take(plan, PART_DETAIL, story->detail, &widest);
    for (int i = 0; i < 2; i++)
        if (story->ticket[i][0]) {
            width_take(plan, PART_TICKET, story->ticket[i], &widest);
            widest = least(widest + plan->sizes[PART_TICKET] * 2, plan->column.w);
        }
    int32_t shift = (plan->column.w - widest) / 2;
    plan->sign.x += shift;
    plan->column.x += shift;
    plan->column.w -= shift;
}

struct scene_plan scene_plan_choose(const struct scene_page *page, struct scene_box box,
                                    const struct scene_story *story)
{
    struct scene_plan best = {0};
    bool dense = (story->ticket[0][0] || story->ticket[1][0]) && box.h * 2 < box.w * 3;
    bool wide = box.w * 4 > box.h * 5;
    int usual = box.w * 2 > box.h * 3 ? MANNER_BESIDE : dense ? MANNER_HEADING : MANNER_ABOVE;
    const int first = wide ? MANNER_BESIDE : MANNER_ABOVE, count = MANNER_COUNT - first;
    for (int k = 0; k < 2 * count && (k < count || best.score <= NOT_FITTING); k++) {
        int i = first + k % count; /* in the second round without the sentence: the word must be read */
        struct scene_plan plan = manner_plan(page, box, story, (enum scene_manner)i, k >= count);
        if (i == usual && plan.score > NOT_FITTING)
            plan.score = plan.score * USUAL_BONUS / 100;
        if (plan.score > best.score)
            best = plan;
    }
    spare_spend(&best);
    middle_find(story, &best);
    return best;
}
