/* moments.h: what there is to say of single packets about time; 20 octets each, by number.
 * Knows nothing of frames and flows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_MOMENTS_H
#define SU_ADAPTER_MOMENTS_H

#include "engine/timing.h"

#include "pool.h"

enum { SU_MOMENT_AHEAD_MAX = 2 };

/** A moment as it is kept. */
struct su_moment_note {
    struct su_moment moment; /* exchange: by how much its number is ahead of that of `exchange`, at
                                most SU_MOMENT_AHEAD_MAX; or SU_EXCHANGE_NONE */
    uint32_t exchange;       /* the caller's number for an exchange */
};

struct su_moments {
    struct su_pool brief;
    struct su_pool wide; /* values of the few that do not fit */
};

/** An empty table in all-zero memory. */
void su_moments_init(struct su_moments *moments);

/** Returns its number; they count from 0. */
uint32_t su_moments_add(struct su_moments *moments, const struct su_moment_note *note);
void su_moments_get(const struct su_moments *moments, uint32_t number, struct su_moment_note *note);

/** Free everything. */
void su_moments_clear(struct su_moments *moments);

#endif
