/* The sounds themselves, computed: small, the same everywhere, and told apart by rhythm and direction as well
 * as by pitch. Pure.
 */
#ifndef DISPLAY_TONE_H
#define DISPLAY_TONE_H

#include <stddef.h>
#include <stdint.h>

enum tone {
    TONE_PAID,   /* two short notes upwards: received */
    TONE_READY,  /* three notes upwards, the last one long: take it, go */
    TONE_FAILED, /* two long low notes downwards */
    TONE_COUNT
};

enum { TONE_RATE_HZ = 48000, TONE_MAX_SAMPLES = TONE_RATE_HZ };

/* The samples (mono, 16 bits signed) at volume 0..100 percent; their number, at most TONE_MAX_SAMPLES. Begins
 * and ends in silence, so that nothing clicks. */
size_t tone_write(int16_t ret[TONE_MAX_SAMPLES], enum tone tone, int32_t volume);

#endif
