/* overview_flow.h: a flow of the capture into an overview.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_OVERVIEW_FLOW_H
#define SU_TAP_OVERVIEW_FLOW_H

#include "adapter/capture.h"
#include "schema/overview.h"

/** Count it as it is now, in place of how it was counted before. UDP is not counted. */
static inline void su_overview_put_flow(struct su_overview *overview, const struct su_flow *flow)
{
    struct su_view view;

    if (flow->protocol != SU_PROTOCOL_TCP)
        return;
    su_flow_view(flow, &view);
    su_overview_put(overview, flow->conn.index, flow->conn.changes, &view);
}

static inline void su_overview_forget_flow(struct su_overview *overview, const struct su_flow *flow)
{
    if (flow->protocol == SU_PROTOCOL_TCP)
        su_overview_forget(overview, flow->conn.index);
}

#endif
