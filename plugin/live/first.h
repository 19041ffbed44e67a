/* first.h: the first few of many, by a number that each has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_FIRST_H
#define SU_LIVE_FIRST_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

struct su_first;

/** Those with the least order, `limit` at most (1 or more). */
struct su_first *su_first_new(guint limit);
void su_first_offer(struct su_first *first, uint64_t order, uint32_t item);

/** Were there more than the limit? Then this is the greatest order among those that were kept. */
bool su_first_is_cut(const struct su_first *first);
uint64_t su_first_last(const struct su_first *first);

/** Frees it and returns the items, each a uint32_t, in no order. */
GArray *su_first_end(struct su_first *first);

#endif
