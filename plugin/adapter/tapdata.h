/* tapdata.h: what the tap "sockusage" hands to its listeners, once per packet of a flow.
 * The same on every pass but for the flow itself, which is final on later passes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_TAPDATA_H
#define SU_ADAPTER_TAPDATA_H

#include "capture.h"

#define SU_TAP_NAME "sockusage"

/** record.moment says what there is to say of time. On the first pass the number of the exchange
 *  may still turn out to be one less (see engine/timing.h); on later passes it is right. */
struct su_tap_packet {
    const struct su_flow *flow;
    struct su_frame_record record;
    const struct su_segment *segment; /* the packet itself; NULL: nobody asked for it, it is not
                                         TCP, or it is quoted in an ICMP error */
};

/** How many listeners want su_tap_packet.segment: it is then there on every pass. Whoever wants it
 *  adds one as it begins to listen, and takes it off as it ends. */
extern unsigned su_tap_wants_segments;

#endif
