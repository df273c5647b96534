#include "display/hand.h"

#include <string.h>

void hand_start(struct hand *hand, int32_t back_ms)
{
    memset(hand, 0, sizeof(*hand));
    hand->language = -1;
    hand->page = -1;
    hand->back_ms = back_ms;
}

static void touch(struct hand *hand, int64_t now_ms)
{
    hand->touched = true;
    hand->touched_ms = now_ms;
}

static void page_turn(struct hand *hand, const struct scene *scene, int32_t by, int64_t now_ms)
{
    if (scene->pages < 2) /* a chosen product hides the pages */
        return;
    hand->page = (scene->page + by + scene->pages) % scene->pages;
    hand->page_ms = now_ms;
}

static void act(struct hand *hand, const struct scene *scene, const struct scene_touch *meant, int64_t now_ms)
{
    switch (meant->kind) {
    case SCENE_TOUCH_PRODUCT:
        hand->chosen = meant->product + 1;
        hand->chosen_ms = now_ms;
        break;
    case SCENE_TOUCH_BACK:
        hand->chosen = 0;
        break;
    case SCENE_TOUCH_EARLIER:
        page_turn(hand, scene, -1, now_ms);
        break;
    case SCENE_TOUCH_LATER:
        page_turn(hand, scene, 1, now_ms);
        break;
    case SCENE_TOUCH_LANGUAGE:
        hand->language = meant->product;
        break;
    }
}

void hand_press(struct hand *hand, const struct scene *scene, int32_t x, int32_t y, int64_t now_ms)
{
    touch(hand, now_ms);
    const struct scene_touch *meant = scene_touch_at(scene, x, y);
    if (meant && !hand->inspect.open)
        act(hand, scene, meant, now_ms);
    if (!meant || meant->kind == SCENE_TOUCH_PRODUCT || hand->inspect.open)
        inspect_press(&hand->inspect, x * 2 >= scene->width, now_ms);
}

void hand_release(struct hand *hand, const struct scene *scene, int64_t now_ms)
{
    touch(hand, now_ms);
    inspect_release(&hand->inspect, scene->inspect_pages, now_ms);
}

void hand_key(struct hand *hand, const struct scene *scene, enum inspect_key key, int64_t now_ms)
{
    touch(hand, now_ms);
    bool open = hand->inspect.open || key == INSPECT_TOGGLE;
    if (open) {
        inspect_key(&hand->inspect, key, scene->inspect_pages, now_ms);
    } else if (key == INSPECT_CLOSE) {
        hand->chosen = 0;
    } else {
        hand->chosen = 0;
        page_turn(hand, scene, key == INSPECT_OLDER ? 1 : -1, now_ms);
    }
}

void hand_number(struct hand *hand, const struct scene *scene, int32_t number, int64_t now_ms)
{
    touch(hand, now_ms);
    for (int32_t i = 0; i < scene->touch_count && !hand->inspect.open; i++)
        if (scene->touches[i].kind == SCENE_TOUCH_PRODUCT && --number == 0)
            act(hand, scene, &scene->touches[i], now_ms);
}

void hand_check(struct hand *hand, int64_t now_ms)
{
    inspect_check(&hand->inspect, now_ms);
    if (hand->language >= 0 && now_ms - hand->touched_ms >= hand->back_ms)
        hand->language = -1;
    if (hand->chosen > 0 && now_ms - hand->chosen_ms >= SCENE_CHOSEN_MS)
        hand->chosen = 0;
    if (hand->page >= 0 && now_ms - hand->page_ms >= HAND_PAGE_MS)
        hand->page = -1;
}

static int64_t sooner(int64_t next_ms, bool counts, int64_t at_ms, int64_t now_ms)
{
    int64_t left = at_ms > now_ms ? at_ms - now_ms : 0;
    return counts && (next_ms < 0 || left < next_ms) ? left : next_ms;
}

int64_t hand_next_ms(const struct hand *hand, int64_t now_ms)
{
    int64_t next = inspect_next_ms(&hand->inspect, now_ms);
    next = sooner(next, hand->language >= 0, hand->touched_ms + hand->back_ms, now_ms);
    next = sooner(next, hand->chosen > 0, hand->chosen_ms + SCENE_CHOSEN_MS, now_ms);
    return sooner(next, hand->page >= 0, hand->page_ms + HAND_PAGE_MS, now_ms);
}

bool hand_busy(const struct hand *hand, int64_t within_ms, int64_t now_ms)
{
    return hand->touched && now_ms - hand->touched_ms < within_ms;
}

void hand_view(const struct hand *hand, struct scene_view *view)
{
    view->inspect = hand->inspect.open;
    view->inspect_page = hand->inspect.page;
    view->chosen = hand->chosen;
    view->chosen_left_ms = hand->chosen_ms + SCENE_CHOSEN_MS - view->now_ms;
    if (view->page < 0)
        view->page = hand->page;
}
