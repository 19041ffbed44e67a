/* feed.h: keeps an overview up to date with the packets that pass one tap listener's filter.
 * A connection belongs to it as soon as one of its packets has passed, and then as a whole: also
 * with packets that do not pass, and with what time alone does to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_FEED_H
#define SU_TAP_FEED_H

#include <epan/packet_info.h>

#include "adapter/capture.h"
#include "schema/overview.h"

struct su_feed {
    struct su_capture_listener listener;
    struct su_overview *overview;
    GArray *held; /* of struct held, by frame */
};

/** `feed` must stay where it is until su_feed_stop(). With sink.counted the counts are right after
 *  every packet, without it after su_feed_refresh(). */
void su_feed_start(struct su_feed *feed, struct su_overview_sink sink);
void su_feed_stop(struct su_feed *feed);

/** `data` as queued on the tap. Did any count change? */
bool su_feed_packet(struct su_feed *feed, const packet_info *pinfo, const void *data);

/** Take in everything that is known by now, also by packets that did not pass the filter. */
void su_feed_refresh(struct su_feed *feed);

#endif
