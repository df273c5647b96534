/* A latency histogram: fixed logarithmic buckets (8 per doubling), so quantiles are within 9 %. Pure. */
#ifndef CONTROLLER_HISTOGRAM_H
#define CONTROLLER_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 256 };

struct histogram {
    int64_t count, max_us;
    uint32_t bucket[HISTOGRAM_BUCKETS];
};

/* us < 0 counts as 0. */
void histogram_add(struct histogram *histogram, int64_t us);
/* Upper bound of the bucket that holds the quantile (0 < permille <= 1000), never above the maximum seen; 0
 * when empty. */
int64_t histogram_quantile_us(const struct histogram *histogram, int permille);

#endif
