/* Payments on the screen: what becomes of each, in plain words. */
#include <stdio.h>
#include <string.h>
#include "common/money.h"
#include "common/text.h"
#include "display/scene_story.h"

enum { CARDS_MAX = 3, CARD_LEAST_H = 170, LINE_H = 50, LOW_LINE_H = 40, LINE_MOST_H = 64, GAP = 6 };

bool scene_activity_shown(const struct snapshot_activity *activity, int64_t held_ms)
{
    int64_t age_ms = activity->age_ms + held_ms;
    switch (activity->phase) {
    case SNAPSHOT_PAID:
    case SNAPSHOT_MOVING:
        return true;
    case SNAPSHOT_TAKE:
        return age_ms < SCENE_TAKE_MS;
    case SNAPSHOT_FAILED:
    case SNAPSHOT_UNKNOWN:
    case SNAPSHOT_REFUSED:
        return age_ms < SCENE_TROUBLE_MS;
    case SNAPSHOT_PHASE_COUNT:
        break;
    }
    return false;
}

/* A lane shows its own payments; with nothing but lanes they show all. */
static bool card_shown(const struct snapshot *snapshot, const struct snapshot_activity *activity,
                       int64_t held_ms)
{
    bool lane = activity->lane >= 0 || (snapshot->lane_count > 0 && scene_goods_of(snapshot, -1).count == 0);
    return !lane && scene_activity_shown(activity, held_ms);
}

int32_t scene_cards_count(const struct snapshot *snapshot, int64_t held_ms)
{
    int32_t count = 0;
    for (int32_t i = 0; i < snapshot->activity_count; i++)
        count += card_shown(snapshot, &snapshot->activities[i], held_ms);
    return count;
}

static const struct look {
    enum colour ground;
    enum sign sign;
    enum word headline, detail;
    int32_t step;
} looks[SNAPSHOT_PHASE_COUNT] = {
    [SNAPSHOT_PAID] = {COLOUR_BUSY, SIGN_CHECK, WORD_PAID, WORD_PAID_DETAIL, 1},
    [SNAPSHOT_MOVING] = {COLOUR_BUSY, SIGN_COMING, WORD_MOVING, WORD_WAIT, 2},
    [SNAPSHOT_TAKE] = {COLOUR_GOOD, SIGN_TAKE, WORD_TAKE, WORD_THANKS, 3},
    [SNAPSHOT_FAILED] = {COLOUR_BAD, SIGN_ALERT, WORD_FAILED, WORD_MONEY_BACK, 0},
    [SNAPSHOT_UNKNOWN] = {COLOUR_WARN, SIGN_QUESTION, WORD_UNKNOWN, WORD_OPERATOR_CHECKS, 0},
    [SNAPSHOT_REFUSED] = {COLOUR_BAD, SIGN_CROSS, WORD_REFUSED, WORD_MONEY_BACK, 0},
};

static const struct snapshot_product *product_of(const struct snapshot *snapshot, const char *id)
{
    for (int32_t i = 0; id[0] && i < snapshot->product_count; i++)
        if (strcmp(snapshot->products[i].id, id) == 0)
            return &snapshot->products[i];
    return NULL;
}

static void purchase_text(const struct scene_page *page, const struct snapshot_activity *activity, char *ret,
                          size_t size)
{
    char amount[64];
    const struct snapshot_product *product = product_of(page->snapshot, activity->product);
    const char *title = product ? product->title[page->language] : activity->product;
    size_t used = 0;
    (void)money_format(amount, sizeof(amount), activity->amount, activity->currency, page->code);
    ret[0] = '\0';
    (void)text_append(ret, size, &used, "%s%s%s", title, title[0] ? " · " : "", amount);
}

/* Where the money goes is said as it was decided. */
static enum word money_of(const struct snapshot_activity *activity)
{
    switch (activity->refund) {
    case SNAPSHOT_REFUND_NO:
        return WORD_MONEY_KEPT;
    case SNAPSHOT_REFUND_REVIEW:
        return WORD_MONEY_REVIEW;
    case SNAPSHOT_REFUND_NONE:
    case SNAPSHOT_REFUND_YES:
    case SNAPSHOT_REFUND_COUNT:
        break;
    }
    return WORD_MONEY_BACK;
}

static bool bad(enum snapshot_phase phase)
{
    return phase == SNAPSHOT_FAILED || phase == SNAPSHOT_UNKNOWN || phase == SNAPSHOT_REFUSED;
}

/* Two lines a customer can note down: which payment, whom to call. */
static void ticket_text(const struct scene_page *page, const struct snapshot_activity *activity,
                        struct scene_story_texts *texts)
{
    size_t used = 0;
    if (activity->reference[0])
        (void)text_append(texts->reference, sizeof(texts->reference), &used, "%s %s",
                          words_get(WORD_REFERENCE, page->code), activity->reference);
    used = 0;
    if (page->snapshot->support[0])
        (void)text_append(texts->support, sizeof(texts->support), &used, "%s %s",
                          words_get(WORD_HELP, page->code), page->snapshot->support);
}

/* What stops a delivery is told in a sentence, what becomes of the money in a strip of its own. */
static void trouble_text(const struct scene_page *page, const struct snapshot_activity *activity,
                         struct scene_story *story)
{
    bool told = activity->reason[0] && strcmp(activity->reason, "none") != 0;
    story->strip_sign = SIGN_MONEY_BACK;
    if (activity->phase == SNAPSHOT_UNKNOWN) {
        story->detail = "";
        story->strip_sign = SIGN_QUESTION;
        story->strip = words_get(activity->lane >= 0 ? WORD_LANE_CHECKS : WORD_OPERATOR_CHECKS, page->code);
        return;
    }
    story->detail = told ? words_get(words_reason(activity->reason), page->code) : "";
    story->strip = words_get(money_of(activity), page->code);
    if (money_of(activity) != WORD_MONEY_BACK)
        story->strip_sign = SIGN_HANDSET;
}

/* How much of the longest time this movement may take has gone; it is said as done when it is. */
static int32_t percent_of(const struct snapshot_activity *activity, int64_t held_ms)
{
    enum { FULL = 95 };
    if (activity->phase != SNAPSHOT_MOVING || activity->most_ms <= 0)
        return -1;
    int64_t gone_ms = (activity->age_ms + held_ms) / SCENE_BAR_MS * SCENE_BAR_MS;
    return gone_ms >= activity->most_ms ? FULL : (int32_t)(gone_ms * FULL / activity->most_ms);
}

void scene_story_of(const struct scene_page *page, const struct snapshot_activity *activity,
                    struct scene_story *ret, struct scene_story_texts *texts)
{
    const struct look *look = &looks[activity->phase];
    const struct snapshot_product *product = product_of(page->snapshot, activity->product);
    *texts = (struct scene_story_texts){0};
    purchase_text(page, activity, texts->product, sizeof(texts->product));
    *ret = (struct scene_story){.ground = look->ground,
                                .sign = look->sign,
                                .word = words_get(look->headline, page->code),
                                .product = texts->product,
                                .title = product ? product->title[page->language] : activity->product,
                                .image = product ? product->image : "",
                                .detail = words_get(look->detail, page->code),
                                .strip = "",
                                .ticket = {"", ""},
                                .step = look->step,
                                .percent = percent_of(activity, page->view->held_ms)};
    if (!bad(activity->phase))
        return;
    trouble_text(page, activity, ret);
    ticket_text(page, activity, texts);
    ret->ticket[0] = texts->reference;
    ret->ticket[1] = texts->support;
    ret->ticket_sign[0] = SIGN_RECEIPT;
    ret->ticket_sign[1] = SIGN_HANDSET;
}

static bool finished(enum snapshot_phase phase)
{
    return phase != SNAPSHOT_PAID && phase != SNAPSHOT_MOVING;
}

/* Who has to do something comes first, then who has to know something; both are on the screen for seconds
 * only. Who waits comes last. */
static int rank_of(enum snapshot_phase phase)
{
    return phase == SNAPSHOT_TAKE ? 0 : finished(phase) ? 1 : phase == SNAPSHOT_MOVING ? 2 : 3;
}

/* By rank, each newest first. */
static int32_t order_make(const struct scene_page *page, const struct snapshot_activity **ret)
{
    int32_t count = 0;
    for (int rank = 0; rank <= 3; rank++)
        for (int32_t i = 0; i < page->snapshot->activity_count; i++) {
            const struct snapshot_activity *activity = &page->snapshot->activities[i];
            if (rank_of(activity->phase) == rank && card_shown(page->snapshot, activity, page->view->held_ms))
                ret[count++] = activity;
        }
    return count;
}

/* Payments for which there is no room are counted at least. */
static void more_add(struct scene_page *page, struct scene_box box, int32_t count)
{
    char text[16];
    (void)snprintf(text, sizeof(text), "+ %d", (int)count);
    scene_add_rect(page, box, COLOUR_BUSY, scene_radius(page));
    scene_add_text(
        page, box, text,
        (struct scene_style){
            .size_px = box.h / 2, .lines = 1, .colour = COLOUR_ON, .align = SCENE_CENTRE, .bold = true});
}

/* How the payments share the box: the first ones as cards, the others as lines. */
struct deal {
    int32_t large, lines, line_h; /* lines with a "+ 3" for the rest if there is one */
};

static int32_t lines_fitting(int32_t h, int32_t line_h, int32_t gap)
{
    return h > 0 ? h / (line_h + gap) : 0;
}

/* Cards as long as every other payment has its line; then lower lines, then no card. */
static struct deal deal_make(const struct scene_page *page, int32_t h, const struct snapshot_activity **order,
                             int32_t count)
{
    int32_t gap = scene_scale(page, GAP), card_h = scene_type(page, CARD_LEAST_H);
    struct deal deal = {.large = 1, .line_h = scene_type(page, LINE_H)};
    if (lines_fitting(h - card_h, deal.line_h, gap) < count - 1)
        deal.line_h = scene_type(page, LOW_LINE_H);
    if (lines_fitting(h - card_h, deal.line_h, gap) < count - 1)
        deal.large = 0;
    while (deal.large > 0 && deal.large < count && deal.large < CARDS_MAX &&
           finished(order[deal.large]->phase) &&
           (h - (count - deal.large - 1) * (deal.line_h + gap)) / (deal.large + 1) >= card_h)
        deal.large++;
    int32_t room = deal.large > 0 ? count - deal.large : lines_fitting(h + gap, deal.line_h, gap);
    deal.lines = count - deal.large < room ? count - deal.large : room;
    int32_t share = deal.lines > 0 ? (h + gap) / deal.lines - gap : 0, most = scene_type(page, LINE_MOST_H);
    if (deal.large == 0 && share > deal.line_h)
        deal.line_h = share < most ? share : most;
    return deal;
}

/* Nobody's payment vanishes; what there is no room for is counted. */
void scene_add_cards(struct scene_page *page, struct scene_box box)
{
    const struct snapshot_activity *order[SNAPSHOT_MAX_ACTIVITIES] = {NULL};
    struct scene_story_texts texts;
    struct scene_story story;
    int32_t count = order_make(page, order), gap = scene_scale(page, GAP);
    if (count == 0)
        return;
    struct deal deal = deal_make(page, box.h, order, count);
    struct scene_box low = box;
    if (deal.large > 0)
        low = scene_cut_bottom(&box, deal.lines * (deal.line_h + gap));
    int32_t h = deal.large > 0 ? (box.h - (deal.large - 1) * gap) / deal.large : 0;
    bool counted = deal.large + deal.lines < count;
    for (int32_t i = 0; i < deal.large; i++) {
        scene_story_of(page, order[i], &story, &texts);
        scene_add_story(page, scene_cut_top(&box, h), &story);
        (void)scene_cut_top(&box, gap);
    }
    for (int32_t i = 0; i < deal.lines; i++) {
        (void)scene_cut_top(&low, i > 0 || deal.large > 0 ? gap : 0);
        struct scene_box line = scene_cut_top(&low, deal.line_h);
        if (counted && i == deal.lines - 1) {
            more_add(page, line, count - deal.large - i);
            continue;
        }
        scene_story_of(page, order[deal.large + i], &story, &texts);
        scene_add_story_line(page, line, &story);
    }
}
