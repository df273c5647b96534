#include "display/wear.h"

#include <stddef.h>

void wear_place(int32_t step, int32_t reach, int32_t *ret_x, int32_t *ret_y)
{
    /* Line by line, every second one backwards; at the end the same way back. */
    int32_t side = 2 * reach + 1, places = side * side, turn = places > 1 ? 2 * (places - 1) : 1;
    int32_t at = step % turn;
    if (at >= places)
        at = turn - at;
    int32_t row = at / side, column = at % side;
    *ret_x = (row % 2 == 0 ? column : side - 1 - column) - reach;
    *ret_y = row - reach;
}

int32_t wear_level(const struct config_screen *config, int32_t minute)
{
    /* The entry that began last: the greatest time up to now, else the greatest of all, which began
     * yesterday. */
    const struct config_brightness *now = NULL, *late = NULL;
    for (int32_t i = 0; i < config->brightness_count; i++) {
        const struct config_brightness *entry = &config->brightness[i];
        if (entry->from_min <= minute && (!now || entry->from_min > now->from_min))
            now = entry;
        if (!late || entry->from_min > late->from_min)
            late = entry;
    }
    if (minute < 0 || !late)
        return 100;
    return now ? now->percent : late->percent;
}

void wear_start(struct wear *wear, const struct config_screen *config, int64_t now_ms)
{
    int32_t side = 2 * config->shift_px + 1;
    /* From the middle. */
    *wear = (struct wear){
        .step = side * side / 2, .step_ms = now_ms + (int64_t)config->shift_s * 1000, .percent = 100};
}

void wear_wake(struct wear *wear, int64_t now_ms)
{
    wear->woken = true;
    wear->woken_ms = now_ms;
}

void wear_check(struct wear *wear, const struct config_screen *config, int32_t minute, bool still,
                int64_t now_ms)
{
    if (now_ms >= wear->step_ms && !still) {
        wear->step = wear->step < WEAR_STEPS ? wear->step + 1 : 0;
        wear->step_ms = now_ms + (int64_t)config->shift_s * 1000;
    }
    bool awake = wear->woken && now_ms - wear->woken_ms < (int64_t)config->bright_s * 1000;
    wear->percent = awake ? 100 : wear_level(config, minute);
}
