#include "display/frame.h"

#include <stddef.h>

/* The 2.2th root, in steps of 255: light is about the channel's value to the power of 2.2 (sRGB). */
static int32_t white_of(int32_t percent)
{
    static const int32_t roots[][2] = {{FRAME_LEAST_PERCENT, 153},
                                       {40, 168},
                                       {50, 186},
                                       {60, 202},
                                       {70, 217},
                                       {80, 230},
                                       {90, 243},
                                       {100, 255}};
    int32_t i = 1;
    while (percent > roots[i][0])
        i++;
    int32_t low = roots[i - 1][0], span = roots[i][0] - low, rise = roots[i][1] - roots[i - 1][1];
    return roots[i - 1][1] + (percent - low) * rise / span;
}

void frame_tone(uint8_t ret[256], int32_t percent)
{
    int32_t least = percent < FRAME_LEAST_PERCENT ? FRAME_LEAST_PERCENT : percent;
    int32_t white = white_of(least > 100 ? 100 : least);
    for (int32_t i = 0; i < 256; i++)
        ret[i] = (uint8_t)(i * white / 255);
}

static uint32_t toned(uint32_t pixel, const uint8_t tone[256])
{
    return (uint32_t)tone[pixel >> 16 & 0xFF] << 16 | (uint32_t)tone[pixel >> 8 & 0xFF] << 8 |
           tone[pixel & 0xFF];
}

static int32_t clamp(int32_t value, int32_t below)
{
    return value < 0 ? 0 : value >= below ? below - 1 : value;
}

static void line_compose(uint32_t *to, int32_t width, const uint32_t *from, int32_t page_w, int32_t x,
                         const uint8_t tone[256])
{
    int32_t left = clamp(x, width + 1), right = clamp(x + page_w, width + 1);
    uint32_t first = toned(from[0], tone), last = toned(from[page_w - 1], tone);
    for (int32_t i = 0; i < left; i++)
        to[i] = first;
    for (int32_t i = left; i < right; i++)
        to[i] = toned(from[i - x], tone);
    for (int32_t i = right; i < width; i++)
        to[i] = last;
}

void frame_compose(const struct frame_pixels *to, const struct frame_pixels *page, int32_t x, int32_t y,
                   const uint8_t tone[256])
{
    for (int32_t line = 0; line < to->h; line++) {
        int32_t from = clamp(line - y, page->h);
        line_compose(to->pixel + (ptrdiff_t)line * to->pitch, to->w,
                     page->pixel + (ptrdiff_t)from * page->pitch, page->w, x, tone);
    }
}
