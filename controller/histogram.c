#include "controller/histogram.h"

enum { STEPS = 8, STEP_BITS = 3 };

/* 0..7 us exactly, then 8 steps per doubling. */
static int bucket_of(int64_t us)
{
    if (us < STEPS)
        return us < 0 ? 0 : (int)us;
    int high = 63 - __builtin_clzll((unsigned long long)us);
    int step = (int)((us >> (high - STEP_BITS)) & (STEPS - 1));
    int index = (high - STEP_BITS + 1) * STEPS + step;
    return index < HISTOGRAM_BUCKETS ? index : HISTOGRAM_BUCKETS - 1;
}

static int64_t upper_bound(int index)
{
    if (index < STEPS)
        return index;
    int shift = index / STEPS - 1, step = index % STEPS;
    return ((int64_t)(STEPS + step + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, int64_t us)
{
    histogram->bucket[bucket_of(us)]++;
    histogram->count++;
    if (us > histogram->max_us)
        histogram->max_us = us;
}

int64_t histogram_quantile_us(const struct histogram *histogram, int permille)
{
    if (histogram->count == 0)
        return 0;
    int64_t wanted = (histogram->count * permille + 999) / 1000, seen = 0;
    for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->bucket[i];
        if (seen >= wanted) {
            int64_t bound = upper_bound(i);
            return bound < histogram->max_us ? bound : histogram->max_us;
        }
    }
    return histogram->max_us;
}
