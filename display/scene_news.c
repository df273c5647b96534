/* What a lane says: its state, or what became of a payment; a sign, a word, a detail in white on a colour. */
#include "display/scene_parts.h"

#include <string.h>
#include "common/text.h"

struct look {
    uint32_t colour;
    enum sign sign;
    enum word word, detail;
};

static const struct look looks[SNAPSHOT_LANE_STATE_COUNT] = {
    [SNAPSHOT_LANE_FIRE] = {COLOUR_BAD, SIGN_FIRE, WORD_FIRE, WORD_FIRE_DETAIL},
    [SNAPSHOT_LANE_OPENING] = {COLOUR_BUSY, SIGN_ARM, WORD_LANE_OPENING, WORD_LANE_OPENING_DETAIL},
    [SNAPSHOT_LANE_GO] = {COLOUR_GOOD, SIGN_AHEAD, WORD_LANE_DRIVE, WORD_THANKS},
    [SNAPSHOT_LANE_RETURN] = {COLOUR_WARN, SIGN_RETURN, WORD_LANE_RETURN, WORD_LANE_RETURN_DETAIL},
    [SNAPSHOT_LANE_HELD] = {COLOUR_GOOD, SIGN_FREE_WAY, WORD_HELD, WORD_HELD_DETAIL},
    [SNAPSHOT_LANE_HELP] = {COLOUR_BAD, SIGN_HAND, WORD_LANE_HELP, WORD_LANE_HELP_DETAIL},
    [SNAPSHOT_LANE_PAID] = {COLOUR_BUSY, SIGN_CHECK, WORD_LANE_PAID, WORD_WAIT},
    [SNAPSHOT_LANE_CLOSED] = {COLOUR_SHUT, SIGN_CROSS, WORD_LANE_CLOSED, WORD_DO_NOT_PAY},
    [SNAPSHOT_LANE_FREE] = {COLOUR_BUSY, SIGN_CAR, WORD_LANE_DRIVE_UP, WORD_LANE_DRIVE_UP_DETAIL},
    [SNAPSHOT_LANE_PAY] = {COLOUR_BAR, SIGN_PHONE, WORD_LANE_PAY, WORD_LANE_PAY_DETAIL},
};

/* Why nothing of the lane is sold: the whole machine's reason first, then its first product's. */
static const char *lane_hold(const struct snapshot *snapshot, int32_t lane)
{
    struct scene_goods goods = scene_goods_of(snapshot, lane);
    if (snapshot->hold[0] && strcmp(snapshot->hold, "none") != 0)
        return snapshot->hold;
    return goods.count > 0 ? snapshot->products[goods.product[0]].hold : "";
}

static struct look look_of(const struct snapshot *snapshot, int32_t index)
{
    const struct snapshot_lane *lane = &snapshot->lanes[index];
    struct look look = looks[lane->state];
    bool walk = lane->kind != SNAPSHOT_BARRIER;
    if (lane->state == SNAPSHOT_LANE_GO && walk) {
        look.word = WORD_LANE_WALK;
        look.sign = lane->out ? SIGN_OUT : SIGN_IN;
    } else if (lane->state == SNAPSHOT_LANE_OPENING && walk) {
        look.sign = SIGN_CHECK;
    } else if (lane->state == SNAPSHOT_LANE_FREE && !walk && lane->out) {
        look.word = WORD_LANE_DRIVE_OUT;
    } else if (lane->state == SNAPSHOT_LANE_PAID && !walk && !lane->vehicle) {
        look.detail = WORD_LANE_PAID_DETAIL;
    } else if (lane->state == SNAPSHOT_LANE_CLOSED) {
        const char *hold = lane_hold(snapshot, index);
        look.word = words_hold_headline(hold);
        look.word = look.word == WORD_OUT_OF_SERVICE ? WORD_LANE_CLOSED : look.word;
        look.detail = words_hold_detail(hold);
        if (look.word == WORD_STARTING || look.word == WORD_ARM)
            look.sign = SIGN_DOTS; /* it passes by itself */
    }
    return look;
}

void scene_title_text(const struct scene_page *page, const struct snapshot_product *product, char *ret,
                      size_t size)
{
    const struct snapshot_lane *lane = &page->snapshot->lanes[product->lane];
    size_t used = 0;
    ret[0] = '\0';
    if (lane->kind == SNAPSHOT_TURNSTILE)
        (void)text_append(ret, size, &used, "%s · ",
                          words_get(lane->out ? WORD_LANE_OUT : WORD_LANE_IN, page->code));
    (void)text_append(ret, size, &used, "%s", product->title[page->language]);
}

static const char *unknown_reference(const struct snapshot *snapshot, int32_t lane)
{
    for (int32_t i = 0; i < snapshot->activity_count; i++)
        if (snapshot->activities[i].lane == lane && snapshot->activities[i].phase == SNAPSHOT_UNKNOWN)
            return snapshot->activities[i].reference;
    return "";
}

/* Whom to call, about which payment. */
static void call_text(const struct scene_page *page, const char *reference, char *ret, size_t size)
{
    size_t used = 0;
    ret[0] = '\0';
    (void)text_append(ret, size, &used, "%s", page->snapshot->support);
    if (reference[0])
        (void)text_append(ret, size, &used, "%s%s", ret[0] ? " · " : "", reference);
}

/* One more line of some states: whom to call, or how many may pass. */
static void extra_text(const struct scene_page *page, int32_t index, char *ret, size_t size)
{
    const struct snapshot_lane *lane = &page->snapshot->lanes[index];
    size_t used = 0;
    ret[0] = '\0';
    if (lane->state == SNAPSHOT_LANE_HELP)
        call_text(page, unknown_reference(page->snapshot, index), ret, size);
    else if (lane->kind == SNAPSHOT_TURNSTILE && lane->rights > 1 && scene_lane_sells(page->snapshot, index))
        (void)text_append(ret, size, &used, "%s %d", words_get(WORD_LANE_RIGHTS, page->code),
                          (int)lane->rights);
}

/* Which lane it is, where no title and price say so. */
static void name_add(struct scene_page *page, struct scene_box box, int32_t lane)
{
    char title[CONFIG_TEXT_SIZE + 64];
    struct scene_goods goods = scene_goods_of(page->snapshot, lane);
    if (goods.count == 0)
        return;
    scene_title_text(page, &page->snapshot->products[goods.product[0]], title, sizeof(title));
    scene_add_text(
        page, box, title,
        (struct scene_style){
            .size_px = box.h * 3 / 4, .lines = 1, .colour = COLOUR_BAR_TEXT, .align = SCENE_CENTRE});
}

/* One message: sign, word, detail and a further line, white on its colour. */
struct news {
    uint32_t colour;
    enum sign sign;
    const char *word, *detail, *extra;
};

/* Word, detail and the further line, one below the other. */
static void words_add(struct scene_page *page, struct scene_box box, const struct news *news,
                      enum scene_align align)
{
    enum { GROUP_PERCENT = 350 }; /* of the word's size: both stay together in a high box */
    bool extra = news->extra[0] != '\0';
    struct scene_style style = {.colour = COLOUR_BAR_TEXT, .align = align, .lines = 2, .bold = true};
    int32_t by_w = box.w * 17 / 100, by_h = box.h * (extra ? 34 : 42) / 100;
    int32_t size = by_w < by_h ? by_w : by_h;
    int32_t group = size * (extra ? GROUP_PERCENT * 5 / 4 : GROUP_PERCENT) / 100;
    if (box.h > group)
        box = (struct scene_box){box.x, box.y + (box.h - group) / 2, box.w, group};
    struct scene_box last = scene_cut_bottom(&box, extra ? box.h * 24 / 100 : 0);
    struct scene_box upper = scene_cut_top(&box, box.h * 58 / 100);
    style.size_px = size;
    scene_add_text(page, upper, news->word, style);
    style = (struct scene_style){
        .colour = COLOUR_BAR_TEXT, .align = align, .lines = 3, .size_px = size * 52 / 100, .top = true};
    scene_add_text(page, box, news->detail, style);
    style.bold = true;
    style.top = false;
    style.lines = 1;
    style.size_px = size * 55 / 100;
    scene_add_text(page, last, news->extra, style);
}

static void news_draw(struct scene_page *page, struct scene_box box, const struct news *news, int32_t lane)
{
    scene_add_rect(page, box, news->colour, scene_scale(page, 9));
    int32_t pad = (box.w < box.h ? box.w : box.h) * 7 / 100;
    box = scene_inset(box, pad);
    if (page->snapshot->lane_count > 1 && !scene_lane_sells(page->snapshot, lane))
        name_add(page, scene_cut_top(&box, box.h * 9 / 100), lane);
    if (box.w > box.h * 3 / 2) {
        int32_t most = box.w * (news->extra[0] ? 30 : 40) / 100, side = box.h < most ? box.h : most;
        scene_add_sign(page, scene_cut_left(&box, side), news->sign, COLOUR_BAR_TEXT);
        (void)scene_cut_left(&box, 2 * pad);
        words_add(page, box, news, SCENE_LEFT);
        return;
    }
    scene_add_sign(page, scene_cut_top(&box, box.h * (news->extra[0] ? 36 : 50) / 100), news->sign,
                   COLOUR_BAR_TEXT);
    (void)scene_cut_top(&box, pad);
    words_add(page, box, news, SCENE_CENTRE);
}

void scene_add_state(struct scene_page *page, struct scene_box box, int32_t lane)
{
    char extra[CONFIG_TEXT_SIZE + 64];
    struct look look = look_of(page->snapshot, lane);
    extra_text(page, lane, extra, sizeof(extra));
    struct news news = {look.colour, look.sign, words_get(look.word, page->code),
                        words_get(look.detail, page->code), extra};
    news_draw(page, box, &news, lane);
}

void scene_add_trouble(struct scene_page *page, struct scene_box box, const struct snapshot_activity *trouble,
                       int32_t lane)
{
    char detail[512], extra[CONFIG_TEXT_SIZE + 64];
    bool unknown = trouble->phase == SNAPSHOT_UNKNOWN;
    scene_card_detail(page, trouble, detail, sizeof(detail));
    call_text(page, trouble->reference, extra, sizeof(extra));
    struct news news = {unknown ? COLOUR_WARN : COLOUR_BAD, unknown ? SIGN_QUESTION : SIGN_CROSS,
                        words_get(scene_card_headline(trouble), page->code), detail, extra};
    news_draw(page, box, &news, lane);
}
