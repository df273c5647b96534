#include "display/inspect.h"

static void open_or_close(struct inspect *inspect, bool open, int64_t now_ms)
{
    inspect->open = open;
    inspect->page = 0;
    inspect->touched_ms = now_ms;
}

static void page_turn(struct inspect *inspect, bool older, int32_t pages, int64_t now_ms)
{
    int32_t page = inspect->page + (older ? 1 : -1);
    inspect->touched_ms = now_ms;
    inspect->page = page < 0 || pages < 1 ? 0 : page >= pages ? pages - 1 : page;
}

void inspect_press(struct inspect *inspect, bool right_half, int64_t now_ms)
{
    inspect->pressed = true;
    inspect->used_up = false;
    inspect->older = right_half;
    inspect->pressed_ms = now_ms;
}

void inspect_release(struct inspect *inspect, int32_t pages, int64_t now_ms)
{
    inspect_check(inspect, now_ms);
    if (inspect->pressed && !inspect->used_up && inspect->open)
        page_turn(inspect, inspect->older, pages, now_ms);
    inspect->pressed = false;
}

void inspect_key(struct inspect *inspect, enum inspect_key key, int32_t pages, int64_t now_ms)
{
    switch (key) {
    case INSPECT_TOGGLE:
        open_or_close(inspect, !inspect->open, now_ms);
        break;
    case INSPECT_CLOSE:
        open_or_close(inspect, false, now_ms);
        break;
    case INSPECT_OLDER:
    case INSPECT_NEWER:
        if (inspect->open)
            page_turn(inspect, key == INSPECT_OLDER, pages, now_ms);
        break;
    }
}

int64_t inspect_next_ms(const struct inspect *inspect, int64_t now_ms)
{
    int64_t at = INT64_MAX;
    if (inspect->open)
        at = inspect->touched_ms + INSPECT_OPEN_MS;
    if (inspect->pressed && !inspect->used_up && inspect->pressed_ms + INSPECT_HOLD_MS < at)
        at = inspect->pressed_ms + INSPECT_HOLD_MS;
    if (at == INT64_MAX)
        return -1;
    return at > now_ms ? at - now_ms : 0;
}

void inspect_check(struct inspect *inspect, int64_t now_ms)
{
    if (inspect->pressed && !inspect->used_up && now_ms - inspect->pressed_ms >= INSPECT_HOLD_MS) {
        inspect->used_up = true;
        open_or_close(inspect, !inspect->open, now_ms);
    }
    if (inspect->open && now_ms - inspect->touched_ms >= INSPECT_OPEN_MS)
        open_or_close(inspect, false, now_ms);
}
