/* Payments on the screen: what becomes of each, in plain words. */
#include "display/scene_parts.h"

#include <string.h>
#include "common/money.h"
#include "common/text.h"

enum { CARDS_MAX = 3, CARD_LEAST_H = 132 };

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

struct look {
    uint32_t colour;
    const char *sign;
    enum word headline, detail;
};

static const struct look looks[SNAPSHOT_PHASE_COUNT] = {
    [SNAPSHOT_PAID] = {COLOUR_BUSY, "✓", WORD_PAID, WORD_WAIT},
    [SNAPSHOT_MOVING] = {COLOUR_BUSY, "…", WORD_MOVING, WORD_WAIT},
    [SNAPSHOT_TAKE] = {COLOUR_GOOD, "✓", WORD_TAKE, WORD_THANKS},
    [SNAPSHOT_FAILED] = {COLOUR_BAD, "!", WORD_FAILED, WORD_MONEY_BACK},
    [SNAPSHOT_UNKNOWN] = {COLOUR_WARN, "?", WORD_UNKNOWN, WORD_OPERATOR_CHECKS},
    [SNAPSHOT_REFUSED] = {COLOUR_BAD, "!", WORD_REFUSED, WORD_MONEY_BACK},
};

static const char *title_of(const struct scene_page *page, const char *product)
{
    for (int32_t i = 0; product[0] && i < page->snapshot->product_count; i++)
        if (strcmp(page->snapshot->products[i].id, product) == 0)
            return page->snapshot->products[i].title[page->language];
    return product;
}

/* Sizes inside a card follow the card, not the screen. */
static int32_t card_scale(struct scene_box box, int32_t pixels)
{
    int32_t by_w = box.w * 100 / 320, by_h = box.h * 100 / 270, percent = by_w < by_h ? by_w : by_h;
    return pixels * (percent < 50 ? 50 : percent) / 100;
}

static void purchase_text(const struct scene_page *page, const struct snapshot_activity *activity, char *ret,
                          size_t size)
{
    char amount[64];
    const char *title = title_of(page, activity->product);
    size_t used = 0;
    (void)money_format(amount, sizeof(amount), activity->amount, activity->currency, page->code);
    ret[0] = '\0';
    (void)text_append(ret, size, &used, "%s%s%s", title, title[0] ? " · " : "", amount);
}

/* Where the money goes is said as it was decided. */
static enum word detail_of(const struct snapshot_activity *activity)
{
    if (activity->phase == SNAPSHOT_UNKNOWN && activity->lane >= 0)
        return WORD_LANE_CHECKS;
    if (activity->phase != SNAPSHOT_FAILED && activity->phase != SNAPSHOT_REFUSED)
        return looks[activity->phase].detail;
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

void scene_card_detail(const struct scene_page *page, const struct snapshot_activity *activity, char *ret,
                       size_t size)
{
    size_t used = 0;
    ret[0] = '\0';
    bool told = activity->reason[0] && strcmp(activity->reason, "none") != 0 &&
                (activity->phase == SNAPSHOT_FAILED || activity->phase == SNAPSHOT_REFUSED);
    if (told)
        (void)text_append(ret, size, &used, "%s ", words_get(words_reason(activity->reason), page->code));
    (void)text_append(ret, size, &used, "%s", words_get(detail_of(activity), page->code));
}

/* Two lines a customer can note down: which payment, whom to call. */
static void help_add(struct scene_page *page, struct scene_box *box, struct scene_box card,
                     const struct snapshot_activity *activity)
{
    char line[CONFIG_TEXT_SIZE + 64];
    struct scene_style style = {.size_px = card_scale(card, 18),
                                .lines = 1,
                                .colour = COLOUR_TEXT,
                                .align = SCENE_LEFT,
                                .bold = true};
    size_t used = 0;
    if (page->snapshot->support[0]) {
        (void)text_append(line, sizeof(line), &used, "%s %s", words_get(WORD_HELP, page->code),
                          page->snapshot->support);
        scene_add_text(page, scene_cut_bottom(box, card_scale(card, 26)), line, style);
    }
    used = 0;
    if (activity->reference[0]) {
        (void)text_append(line, sizeof(line), &used, "%s %s", words_get(WORD_REFERENCE, page->code),
                          activity->reference);
        scene_add_text(page, scene_cut_bottom(box, card_scale(card, 26)), line, style);
    }
}

enum word scene_card_headline(const struct snapshot_activity *activity)
{
    return looks[activity->phase].headline;
}

static void headline_add(struct scene_page *page, struct scene_box band, struct scene_box card,
                         const struct look *look, const char *text)
{
    struct scene_style style = {.size_px = card_scale(card, 27),
                                .lines = 2,
                                .colour = COLOUR_BAR_TEXT,
                                .align = SCENE_LEFT,
                                .bold = true};
    struct scene_box disc = scene_inset(scene_cut_left(&band, band.h), band.h / 6);
    scene_add_rect(page, disc, COLOUR_TILE, disc.w / 2);
    scene_add_text(page, disc, look->sign,
                   (struct scene_style){.size_px = disc.h * 3 / 4,
                                        .lines = 1,
                                        .colour = look->colour,
                                        .align = SCENE_CENTRE,
                                        .bold = true});
    band.w -= card_scale(card, 10);
    scene_add_text(page, band, text, style);
}

static void card_add(struct scene_page *page, struct scene_box card, const struct snapshot_activity *activity)
{
    const struct look *look = &looks[activity->phase];
    char text[512];
    int32_t radius = scene_scale(page, 9), band_h = card_scale(card, 72);
    scene_add_rect(page, card, look->colour, radius);
    struct scene_box body = scene_inset(card, 2);
    struct scene_box band = scene_cut_top(&body, band_h);
    headline_add(page, band, card, look, words_get(look->headline, page->code));
    scene_add_rect(page, body, COLOUR_TILE, radius - 2);
    scene_add_rect(page, (struct scene_box){body.x, body.y, body.w, radius}, COLOUR_TILE, 0);
    body = scene_inset(body, card_scale(card, 12));
    if (activity->phase == SNAPSHOT_FAILED || activity->phase == SNAPSHOT_UNKNOWN ||
        activity->phase == SNAPSHOT_REFUSED)
        help_add(page, &body, card, activity);
    purchase_text(page, activity, text, sizeof(text));
    scene_add_text(page, scene_cut_top(&body, body.h * 42 / 100), text,
                   (struct scene_style){.size_px = card_scale(card, 22), .lines = 2, .colour = COLOUR_TEXT});
    scene_card_detail(page, activity, text, sizeof(text));
    scene_add_text(page, body, text,
                   (struct scene_style){
                       .size_px = card_scale(card, 22), .lines = 4, .colour = COLOUR_SOFT, .top = true});
}

static bool finished(enum snapshot_phase phase)
{
    return phase != SNAPSHOT_PAID && phase != SNAPSHOT_MOVING;
}

/* Newest first; what has ended comes before what still waits, because it is on the screen for seconds only.
 */
void scene_add_cards(struct scene_page *page, struct scene_box box)
{
    const struct snapshot *snapshot = page->snapshot;
    int32_t count = scene_cards_count(snapshot, page->view->held_ms), gap = scene_scale(page, 8);
    int32_t most = box.h / scene_scale(page, CARD_LEAST_H);
    most = most < 1 ? 1 : most > CARDS_MAX ? CARDS_MAX : most;
    count = count < most ? count : most;
    if (count < 1)
        return;
    int32_t h = (box.h - (count - 1) * gap) / count, number = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int32_t i = 0; i < snapshot->activity_count && number < count; i++) {
            const struct snapshot_activity *activity = &snapshot->activities[i];
            if (finished(activity->phase) != (pass == 0) ||
                !card_shown(snapshot, activity, page->view->held_ms))
                continue;
            card_add(page, (struct scene_box){box.x, box.y + number * (h + gap), box.w, h}, activity);
            number++;
        }
}
