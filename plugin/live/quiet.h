/* quiet.h: how far capture time has gone on while no packet came.
 * Counted from the moment at which the last packet is known to have been read, so that packets still
 * on their way are not overtaken; and by a clock that nobody sets, since the capturing machine's may
 * differ from ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_QUIET_H
#define SU_LIVE_QUIET_H

#include <stdint.h>

/** All-zero to begin with. */
struct su_quiet {
    uint64_t packets; /* when somebody last looked */
    int64_t since_us; /* since when it has been quiet */
    int64_t looked_us;
    int64_t base_ns; /* capture time then */
};

/** To be called now and then: `packets` read so far, `now_us` of a monotonic clock, `capture_ns` the
 *  time of the newest packet or what was returned here before. Returns what it is now. */
int64_t su_quiet_time(struct su_quiet *quiet, uint64_t packets, int64_t now_us, int64_t capture_ns);

#endif
