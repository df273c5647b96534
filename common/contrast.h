/* How well one colour is told from another. Pure. */
#ifndef COMMON_CONTRAST_H
#define COMMON_CONTRAST_H

#include <stdint.h>

/* Contrast of text that must be read in the sun: WCAG 2, level AAA. */
#define CONTRAST_TEXT 7.0

/* Contrast ratio of WCAG 2 between two colours 0xRRGGBB: 1 (equal) to 21 (black and white). */
double contrast_ratio(uint32_t a, uint32_t b);
/* `percent` of the way from one colour to the other. */
uint32_t contrast_mix(uint32_t from, uint32_t to, int percent);
/* Black or white, whichever is read better on this ground. */
uint32_t contrast_on(uint32_t ground);

#endif
