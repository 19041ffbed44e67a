/* tapdata.h: what the tap "sockusage" hands to its listeners, once per packet of a flow.
 * The same on every pass but for the flow itself, which is final on later passes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_TAPDATA_H
#define SU_ADAPTER_TAPDATA_H

#include "capture.h"

#define SU_TAP_NAME "sockusage"

struct su_tap_packet {
    const struct su_flow *flow;
    struct su_frame_record record;
};

#endif
