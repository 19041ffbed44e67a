/* ladder.h: every TCP packet of the capture, as long as somebody wants a picture of connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_LADDER_H
#define SU_TAP_LADDER_H

#include "listing.h"

struct su_ladder;

/** Is it a report about packets? */
bool su_ladder_makes(const struct su_report *report);

/** Listens from now on, whatever the filter of a feed: it is connections that a filter chooses.
 * Ends by itself together with the program. NULL, and the user is told why, if it cannot. */
struct su_ladder *su_ladder_new(void);

/** The lines for all packets of all flows of the feed, in the order of the packets. */
void su_ladder_list(const struct su_ladder *ladder, const struct su_feed *feed,
                    const struct su_report *report, const struct su_line_taker *taker);

/** Forget all packets. */
void su_ladder_new_session(struct su_ladder *ladder);

#endif
