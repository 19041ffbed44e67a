/* seq.h: serial arithmetic on 32-bit TCP sequence numbers.
 * Never compare sequence numbers with '<': they wrap (RFC 9293 section 3.4).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_SEQ_H
#define SU_ENGINE_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/** Signed distance from b to a: positive if a lies after b. */
static inline int32_t su_seq_diff(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/** Does a lie after b? */
static inline bool su_seq_after(uint32_t a, uint32_t b)
{
    return su_seq_diff(a, b) > 0;
}

/** Does a lie before b? */
static inline bool su_seq_before(uint32_t a, uint32_t b)
{
    return su_seq_diff(a, b) < 0;
}

/** Is lo <= x <= hi, going forward from lo? */
static inline bool su_seq_between(uint32_t x, uint32_t lo, uint32_t hi)
{
    return x - lo <= hi - lo;
}

#endif
