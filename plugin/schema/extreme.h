/* extreme.h: the least of many values, some of which are taken back again. Exact at every moment.
 * For the greatest, put the negative values in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_EXTREME_H
#define SU_SCHEMA_EXTREME_H

#include <stdbool.h>
#include <stdint.h>

/** A binary heap: at[0] is the least. */
struct su_heap {
    int64_t *at;
    uint32_t count, room;
};

/** All-zero is empty. */
struct su_extreme {
    struct su_heap in;  /* what was put in */
    struct su_heap out; /* what was taken back, but is not at the top of `in` yet */
    int64_t kept;       /* the least of what stays for ever, if has_kept */
    bool has_kept;
};

void su_extreme_put(struct su_extreme *extreme, int64_t value);

/** Take back one value that was put in. */
void su_extreme_take(struct su_extreme *extreme, int64_t value);

/** One value that was put in will never be taken back: it needs no memory of its own any more. */
void su_extreme_keep(struct su_extreme *extreme, int64_t value);

/** False: there is none. */
bool su_extreme_least(const struct su_extreme *extreme, int64_t *value);

/** Nothing will be taken back any more of what has been put in: only the least is kept of it. */
void su_extreme_fold(struct su_extreme *extreme);

/** Free what it holds; it is empty then. */
void su_extreme_clear(struct su_extreme *extreme);

#endif
