/* census.h: what is true of the whole capture, whatever the protocols: how many packets, from when
 * to when. Counted once for all who ask.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_CENSUS_H
#define SU_TAP_CENSUS_H

#include <stdint.h>

struct su_census {
    uint64_t packets;
    int64_t first_ns, last_ns; /* since the epoch; SU_TIME_NONE: there is no packet with a time */
};

/** Count from now on, until the program ends. */
void su_census_start(void);

/** So far. */
const struct su_census *su_census_get(void);

#endif
