/* histogram.h: how long most of the spans were, in 20 octets: one counter for each factor of two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_HISTOGRAM_H
#define SU_ENGINE_HISTOGRAM_H

#include <stdint.h>

enum { SU_HISTOGRAM_BUCKETS = 19 };

/** All zero is a valid start. */
struct su_histogram {
    uint8_t shift; /* it holds one span in 2^shift */
    uint8_t counters[SU_HISTOGRAM_BUCKETS];
};

/** Add a span, the caller's `number`-th. */
void su_histogram_add(struct su_histogram *histogram, int64_t ns, uint32_t number);

/** 95 % of the spans are not longer, given the longest. Below 20 spans that is the longest; else it
 *  is right within a factor of two, and from some 255 spans on it rests on a sample of them. */
int64_t su_histogram_p95(const struct su_histogram *histogram, int64_t max_ns);

#endif
