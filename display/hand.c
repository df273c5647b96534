#include "display/hand.h"

#include <string.h>

void hand_start(struct hand *hand, int32_t back_ms)
{
    memset(hand, 0, sizeof(*hand));
    hand->language = -1;
    hand->back_ms = back_ms;
}

static void touch(struct hand *hand, int64_t now_ms)
{
    hand->touched = true;
    hand->touched_ms = now_ms;
}

void hand_press(struct hand *hand, const struct scene *scene, int32_t x, int32_t y, int64_t now_ms)
{
    touch(hand, now_ms);
    const struct scene_button *button = scene_button_at(scene, x, y);
    if (!button) {
        inspect_press(&hand->inspect, x * 2 >= scene->width, now_ms);
        return;
    }
    switch (button->kind) {
    case SCENE_BUTTON_LANGUAGE:
        hand->language = button->value;
        break;
    }
}

void hand_release(struct hand *hand, const struct scene *scene, int64_t now_ms)
{
    touch(hand, now_ms);
    inspect_release(&hand->inspect, scene->inspect_pages, now_ms);
}

void hand_key(struct hand *hand, const struct scene *scene, enum inspect_key key, int64_t now_ms)
{
    touch(hand, now_ms);
    inspect_key(&hand->inspect, key, scene->inspect_pages, now_ms);
}

void hand_check(struct hand *hand, int64_t now_ms)
{
    inspect_check(&hand->inspect, now_ms);
    if (hand->language >= 0 && now_ms - hand->touched_ms >= hand->back_ms)
        hand->language = -1;
}

int64_t hand_next_ms(const struct hand *hand, int64_t now_ms)
{
    int64_t next = inspect_next_ms(&hand->inspect, now_ms), left = hand->touched_ms + hand->back_ms - now_ms;
    if (hand->language < 0 || (next >= 0 && next < left))
        return next;
    return left > 0 ? left : 0;
}

bool hand_busy(const struct hand *hand, int64_t within_ms, int64_t now_ms)
{
    return hand->touched && now_ms - hand->touched_ms < within_ms;
}
