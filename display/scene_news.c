/* What a lane says: its state, or what became of a payment. */
#include "display/scene_story.h"

#include <string.h>
#include "common/text.h"

struct look {
    enum colour colour;
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
        struct scene_hold_look known = {look.colour, look.sign};
        (void)scene_hold_look(hold, &known);
        look.colour = known.ground;
        look.sign = known.sign;
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
static void name_text(const struct scene_page *page, int32_t lane, char *ret, size_t size)
{
    struct scene_goods goods = scene_goods_of(page->snapshot, lane);
    ret[0] = '\0';
    if (page->snapshot->lane_count > 1 && !scene_lane_sells(page->snapshot, lane) && goods.count > 0)
        scene_title_text(page, &page->snapshot->products[goods.product[0]], ret, size);
}

void scene_add_state(struct scene_page *page, struct scene_box box, int32_t lane)
{
    char extra[CONFIG_TEXT_SIZE + 64], name[CONFIG_TEXT_SIZE + 64];
    const struct snapshot_lane *facts = &page->snapshot->lanes[lane];
    struct look look = look_of(page->snapshot, lane);
    extra_text(page, lane, extra, sizeof(extra));
    name_text(page, lane, name, sizeof(name));
    bool shut = facts->state == SNAPSHOT_LANE_CLOSED || facts->state == SNAPSHOT_LANE_FIRE ||
                facts->state == SNAPSHOT_LANE_HELD;
    struct scene_story story = {
        .ground = look.colour,
        .sign = look.sign,
        .word = words_get(look.word, page->code),
        .product = name,
        .image = "",
        .detail = words_get(look.detail, page->code),
        .strip = "",
        .ticket = {extra, ""},
        .ticket_sign = {facts->state == SNAPSHOT_LANE_HELP ? SIGN_HANDSET : SIGN_CHECK},
        .percent = -1,
    };
    if (shut)
        scene_forbid(page, look.detail, &story);
    scene_add_story(page, box, &story);
}

void scene_add_trouble(struct scene_page *page, struct scene_box box, const struct snapshot_activity *trouble,
                       int32_t lane)
{
    char name[CONFIG_TEXT_SIZE + 64];
    struct scene_story_texts texts;
    struct scene_story story;
    scene_story_of(page, trouble, &story, &texts);
    name_text(page, lane, name, sizeof(name));
    story.product = name;
    story.image = "";
    scene_add_story(page, box, &story);
}
