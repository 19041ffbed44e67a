/* run.h: one report over the flows of one feed, from the first packet to the writer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_RUN_H
#define SU_TAP_RUN_H

#include "feed.h"
#include "ladder.h"
#include "render/writer.h"

struct su_run;

/** `feed` is that of whoever calls, and outlives the run. `ladder` is used by reports about packets
 *  only, and may be NULL for others. */
struct su_run *su_run_new(const struct su_report *report, const struct su_feed *feed,
                          const struct su_ladder *ladder);
void su_run_free(struct su_run *run);

const struct su_report *su_run_report(const struct su_run *run);

/** As told by the feed. A ladder is to be told of the end of the session after that. */
void su_run_put(struct su_run *run, const struct su_flow *flow);
void su_run_forget(struct su_run *run, const struct su_flow *flow);
void su_run_session_ended(struct su_run *run);

/** The whole report, right after su_feed_refresh(). */
void su_run_write(const struct su_run *run, struct su_writer *writer);

#endif
