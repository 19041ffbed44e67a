/* cut.h: connections that tshark cuts in two by forgetting everything (-M, -b) while they last.
 * Each part is a connection of its own in every report; here is counted how many were seen again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_CUT_H
#define SU_TAP_CUT_H

#include "feed.h"

/** Takes all flows of `feed` as parts of one session; `cut` is of the sessions before. NULL: this
 * is the first. Returns what to pass for the next session; free it with su_cut_free(). */
struct su_cut *su_cut_session_ended(struct su_cut *cut, const struct su_feed *feed);

/** Parts that went on with a connection of the session before, up to now. */
uint64_t su_cut_count(const struct su_cut *cut, const struct su_feed *feed);

void su_cut_free(struct su_cut *cut);

#endif
