/* histogram.c: see histogram.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "histogram.h"

enum {
    BUCKET0_SHIFT = 14, /* bucket 0: below 2^14 ns; each further one spans a factor of two */
    HASH_BITS = 24
};

static unsigned bucket_of(int64_t ns)
{
    unsigned bucket = 0;

    while (bucket < SU_HISTOGRAM_BUCKETS - 1 && ns >> (BUCKET0_SHIFT + bucket) != 0)
        bucket++;
    return bucket;
}

/* When a counter is full all are halved, and from then on only one span in 2^shift is taken. Which
 * one is left to a hash: spans often alternate, and every second could be all the short ones. */
void su_histogram_add(struct su_histogram *histogram, int64_t ns, uint32_t number)
{
    uint8_t *counter = &histogram->counters[bucket_of(ns)];
    uint32_t hash = (number * UINT32_C(2654435761)) >> (32 - HASH_BITS);

    if (hash & ((UINT32_C(1) << histogram->shift) - 1))
        return;
    if (++*counter < UINT8_MAX)
        return;
    for (unsigned i = 0; i < SU_HISTOGRAM_BUCKETS; i++)
        histogram->counters[i] /= 2;
    if (histogram->shift < HASH_BITS)
        histogram->shift++;
}

int64_t su_histogram_p95(const struct su_histogram *histogram, int64_t max_ns)
{
    const uint8_t *counters = histogram->counters;
    uint32_t total = 0;
    uint32_t below = 0;
    unsigned bucket = 0;

    for (unsigned i = 0; i < SU_HISTOGRAM_BUCKETS; i++)
        total += counters[i];
    uint32_t rank = (total * 19 + 19) / 20; /* nearest rank */
    if (rank == total)
        return max_ns;
    while (below + counters[bucket] < rank)
        below += counters[bucket++];
    int64_t low = bucket == 0 ? 0 : INT64_C(1) << (BUCKET0_SHIFT + bucket - 1);
    int64_t high = INT64_C(1) << (BUCKET0_SHIFT + bucket);
    if (bucket == SU_HISTOGRAM_BUCKETS - 1 || high > max_ns)
        high = max_ns;
    return low + (high - low) / counters[bucket] * (rank - below);
}
