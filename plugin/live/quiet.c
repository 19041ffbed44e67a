/* quiet.c: how far capture time has gone on while no packet came.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "quiet.h"

#include "engine/segment.h"

enum {
    SLACK_US = 500 * 1000,  /* how long a packet may take from the wire to us */
    STALL_US = 1000 * 1000, /* nobody looked for so long: we were stopped, and packets wait */
    NS_PER_US = 1000
};

int64_t su_quiet_time(struct su_quiet *quiet, uint64_t packets, int64_t now_us, int64_t capture_ns)
{
    int64_t quiet_us = now_us - quiet->since_us - SLACK_US;

    if (packets != quiet->packets || now_us - quiet->looked_us > STALL_US) {
        quiet->packets = packets;
        quiet->since_us = now_us;
        quiet->base_ns = capture_ns;
        quiet_us = 0;
    }
    quiet->looked_us = now_us;
    if (quiet_us <= 0 || quiet->base_ns == SU_TIME_NONE)
        return capture_ns;
    return quiet->base_ns + quiet_us * NS_PER_US;
}
