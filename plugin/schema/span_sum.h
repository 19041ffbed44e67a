/* span_sum.h: the exact mean of time spans that come and go. A damaged capture's clock jumps by
 * half a century and back: six such spans in nanoseconds are more than 64 bits hold.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_SPAN_SUM_H
#define SU_SCHEMA_SPAN_SUM_H

#include <stdint.h>

/** All zero: no span yet. */
struct su_span_sum {
    int64_t seconds;
    int64_t rest_ns; /* what the spans are beyond full seconds */
    int64_t count;   /* at most 2^32 */
};

/** Takes a span in (times 1) or out again (times -1); it is not negative. */
static inline void su_span_sum_count(struct su_span_sum *sum, int64_t span_ns, int times)
{
    const int64_t second = INT64_C(1000000000);

    sum->seconds += times * (span_ns / second);
    sum->rest_ns += times * (span_ns % second);
    sum->count += times;
}

/** In nanoseconds, rounded down. There is at least one span. */
static inline int64_t su_span_sum_mean(const struct su_span_sum *sum)
{
    const int64_t second = INT64_C(1000000000);

    return sum->seconds / sum->count * second +
           (sum->seconds % sum->count * second + sum->rest_ns) / sum->count;
}

#endif
