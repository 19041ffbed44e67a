/* tapcompat.h: what differs between Wireshark 4.0, 4.4 and 4.6 for statistics.
 * All other differences are in adapter/compat.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_TAPCOMPAT_H
#define SU_TAP_TAPCOMPAT_H

#include <epan/stats_tree.h>

#include "adapter/compat.h"

/* Since 4.6 the function that starts a -z statistic says whether it could. */
#if SU_WIRESHARK_AT_LEAST(4, 6)
typedef bool su_stat_started;
#define SU_STAT_STARTED(ok) return (ok)
#else
typedef void su_stat_started;
#define SU_STAT_STARTED(ok)                                                                        \
    do {                                                                                           \
        (void)(ok);                                                                                \
        return;                                                                                    \
    } while (0)
#endif

#endif
