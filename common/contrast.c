#include "common/contrast.h"

#include <math.h>

/* A channel of sRGB as an amount of light: WCAG 2, "relative luminance". */
static double light(uint32_t channel)
{
    double value = channel / 255.0;
    return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t colour)
{
    return 0.2126 * light(colour >> 16 & 0xFF) + 0.7152 * light(colour >> 8 & 0xFF) +
           0.0722 * light(colour & 0xFF);
}

double contrast_ratio(uint32_t a, uint32_t b)
{
    double first = luminance(a), second = luminance(b);
    return first > second ? (first + 0.05) / (second + 0.05) : (second + 0.05) / (first + 0.05);
}

uint32_t contrast_mix(uint32_t from, uint32_t to, int percent)
{
    uint32_t mixed = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        int a = (int)(from >> shift & 0xFF), b = (int)(to >> shift & 0xFF);
        mixed |= (uint32_t)(a + (b - a) * percent / 100) << shift;
    }
    return mixed;
}

uint32_t contrast_on(uint32_t ground)
{
    return contrast_ratio(ground, 0xFFFFFF) >= contrast_ratio(ground, 0x000000) ? 0xFFFFFF : 0x000000;
}
