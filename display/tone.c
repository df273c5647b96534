#include "display/tone.h"

#include <math.h>

#define PI 3.14159265358979

enum { NOTES = 3, RISE_MS = 8, FALL_MS = 60 };

static const struct note {
    double hz;
    int32_t ms, pause_ms;
} tones[TONE_COUNT][NOTES] = {
    [TONE_PAID] = {{880, 110, 30}, {1174.66, 160, 60}},
    [TONE_READY] = {{659.26, 130, 20}, {783.99, 130, 20}, {1046.5, 380, 60}},
    [TONE_FAILED] = {{392, 300, 60}, {293.66, 420, 60}},
};

/* 0..1: up within RISE_MS, down within FALL_MS. */
static double envelope(int32_t at, int32_t length)
{
    int32_t rise = RISE_MS * TONE_RATE_HZ / 1000, fall = FALL_MS * TONE_RATE_HZ / 1000;
    double up = at < rise ? (double)at / rise : 1;
    double down = length - at < fall ? (double)(length - at) / fall : 1;
    return up < down ? up : down;
}

static size_t note_write(int16_t *ret, const struct note *note, double loudness)
{
    int32_t length = note->ms * TONE_RATE_HZ / 1000, pause = note->pause_ms * TONE_RATE_HZ / 1000;
    for (int32_t i = 0; i < length; i++) {
        double angle = 2 * PI * note->hz * i / (double)TONE_RATE_HZ;
        /* The second harmonic makes it audible on loudspeakers that have no depth. */
        double value = (0.8 * sin(angle) + 0.2 * sin(2 * angle)) * envelope(i, length) * loudness;
        ret[i] = (int16_t)lround(value * INT16_MAX);
    }
    for (int32_t i = length; i < length + pause; i++)
        ret[i] = 0;
    return (size_t)length + (size_t)pause;
}

size_t tone_write(int16_t ret[TONE_MAX_SAMPLES], enum tone tone, int32_t volume)
{
    /* An ear hears half as loud at a tenth of the power: the square is near to what a knob does. */
    double share = volume < 0 ? 0 : volume > 100 ? 1 : volume / 100.0;
    size_t count = 0;
    for (int i = 0; i < NOTES && tones[tone][i].ms > 0; i++)
        count += note_write(ret + count, &tones[tone][i], share * share);
    return count;
}
