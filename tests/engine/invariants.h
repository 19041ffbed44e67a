/* invariants.h: what is true of every connection, whatever the traffic.
 * Stated from the meaning of the words (one outcome each, counters only grow, ...), not from the
 * code.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TESTS_ENGINE_INVARIANTS_H
#define SU_TESTS_ENGINE_INVARIANTS_H

#include "engine/conn.h"

/** NULL if all is well, else what is not. */
const char *su_invariant_of_view(const struct su_view *view);

/** The same for two views of one connection, `after` taken one segment later and at the same time;
 *  `fed` tells whether its count of changes grew in between. */
const char *su_invariant_of_step(const struct su_view *before, const struct su_view *after,
                                 bool fed);

#endif
