/* listing.h: the lines that a listing report has for flows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_LISTING_H
#define SU_TAP_LISTING_H

#include "exchanges.h"
#include "feed.h"

/** Who takes lines; cells are valid during the call only. `number` counts the lines of the flow. */
struct su_line_taker {
    void (*take)(void *user, const struct su_flow *flow, uint32_t number,
                 const struct su_cell *cells);
    void *user;
};

struct su_listing {
    const struct su_report *report;
    bool has_exchanges;
    struct su_exchanges exchanges;
};

/** `pauses` may be NULL; see exchanges.h. `listing` must stay where it is until su_listing_clear().
 */
void su_listing_init(struct su_listing *listing, const struct su_report *report,
                     const struct su_pauses *pauses);
void su_listing_clear(struct su_listing *listing);

/** All lines of one flow, as it is known now. None for a report about packets. */
void su_listing_flow(struct su_listing *listing, const struct su_flow *flow,
                     const struct su_line_taker *taker);

/** Complete lines of all flows of the feed, in the report's order. */
void su_listing_feed(const struct su_report *report, const struct su_feed *feed,
                     const struct su_line_taker *taker);

/** Does the report tell of requests and responses, so that times have to be measured? */
bool su_listing_needs_timing(const struct su_report *report);

#endif
