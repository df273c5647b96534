/* The whole machine, or all that it has, is not for sale: why, and that nobody should pay now. */
#include <string.h>
#include "display/scene_story.h"

static const struct {
    const char *hold;
    struct scene_hold_look look;
} looks[] = {
    {"starting", {COLOUR_BUSY, SIGN_HOURGLASS}},
    {"fire", {COLOUR_BAD, SIGN_FIRE}},
    {"door_open", {COLOUR_WARN, SIGN_DOOR}},
    {"offline", {COLOUR_SHUT, SIGN_NO_LINK}},
    {"clock_untrusted", {COLOUR_SHUT, SIGN_CLOCK}},
    {"sold_out", {COLOUR_SHUT, SIGN_EMPTY}},
    {"busy", {COLOUR_BUSY, SIGN_DOTS}},
    {"held_open", {COLOUR_GOOD, SIGN_FREE_WAY}},
    {"arm_not_down", {COLOUR_SHUT, SIGN_DOTS}},
};

bool scene_hold_look(const char *hold, struct scene_hold_look *ret)
{
    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
        if (strcmp(looks[i].hold, hold) == 0) {
            *ret = looks[i].look;
            return true;
        }
    return false;
}

void scene_forbid(const struct scene_page *page, enum word detail, struct scene_story *story)
{
    const char *text = words_get(detail, page->code);
    bool calm = detail == WORD_WAIT;
    story->detail = calm ? text : "";
    story->strip = calm ? "" : text;
    story->strip_sign = SIGN_NO_PAY;
}

const char *scene_common_hold(const struct snapshot *snapshot, const struct scene_goods *goods)
{
    const char *hold = NULL;
    for (int32_t i = 0; i < goods->count; i++) {
        const struct snapshot_product *product = &snapshot->products[goods->product[i]];
        if (scene_sells(snapshot, product) || product->can_sell || (hold && strcmp(hold, product->hold) != 0))
            return NULL;
        hold = product->hold;
    }
    return hold;
}

void scene_add_hold(struct scene_page *page, struct scene_box box, const char *hold)
{
    struct scene_hold_look look = {COLOUR_SHUT, SIGN_WRENCH};
    (void)scene_hold_look(hold, &look);
    struct scene_story story = {.ground = look.ground,
                                .sign = look.sign,
                                .word = words_get(words_hold_headline(hold), page->code),
                                .product = "",
                                .image = "",
                                .ticket = {"", ""},
                                .percent = -1};
    scene_forbid(page, words_hold_detail(hold), &story);
    scene_add_story(page, box, &story);
}
