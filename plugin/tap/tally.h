/* tally.h: a summing report over the flows of a feed: its rows, and how each flow was counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_TALLY_H
#define SU_TAP_TALLY_H

#include "adapter/capture.h"
#include "schema/rows.h"

struct su_tally {
    struct su_rows *rows;
    struct su_context context;
    GByteArray *marks[2]; /* by enum su_protocol and number of the flow */
};

/** The named filters of the preferences stay in force as they are now. `tally` must stay where it
 *  is until su_tally_clear(). */
void su_tally_init(struct su_tally *tally, const struct su_report *report,
                   struct su_rows_watcher watcher);
void su_tally_clear(struct su_tally *tally);

/** Count the flow as it is now, in place of how it was counted before. */
void su_tally_put(struct su_tally *tally, const struct su_flow *flow);
/** The same for those who have looked at the flow already. */
void su_tally_put_view(struct su_tally *tally, const struct su_flow *flow,
                       const struct su_view *view);

/** The flow is forgotten; it remains counted as it is. */
void su_tally_forget(struct su_tally *tally, const struct su_flow *flow);

/** Flows start anew; what was counted remains. */
void su_tally_new_session(struct su_tally *tally);

#endif
