/* feed.h: the flows with a packet that passed one tap listener's filter, kept up to date.
 * A flow belongs to the feed as soon as one of its packets has passed, and then as a whole: also
 * with packets that do not pass, and with what time alone does to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_FEED_H
#define SU_TAP_FEED_H

#include <epan/packet_info.h>

#include "adapter/capture.h"
#include "adapter/clock.h"

/* When flows are put. */
enum su_feed_mode {
    SU_FEED_IN_THE_END,  /* by su_feed_refresh() only, each once, in order of their numbers */
    SU_FEED_AT_ONCE,     /* also whenever a verdict, state or count of events may have changed */
    SU_FEED_EVERY_PACKET /* also whenever any number of theirs may have changed */
};

/** Who uses the feed. */
struct su_feed_sink {
    /** Take this flow as it is now, in place of how it was when it was put before. */
    void (*put)(void *user, const struct su_flow *flow);
    /** The flow, which has just been put for the last time, is forgotten; its number may come again.
     *  What it was counted as remains. NULL: not interested. */
    void (*forget)(void *user, const struct su_flow *flow);
    /** All flows have just been put, and are about to be freed; their numbers start again from 0.
     *  NULL: not interested. */
    void (*session_ended)(void *user);
    void *user;
    enum su_feed_mode mode;
};

struct su_cut;

struct su_feed {
    struct su_clock_listener listener;
    struct su_feed_sink sink;
    GArray *stamps[2];  /* uint32_t by enum su_protocol and number of the flow */
    GHashTable *held;   /* number of a connection -> frame that waits, see feed.c */
    struct su_cut *cut; /* SU_FEED_IN_THE_END: of the sessions that have ended; NULL: none has */
    bool is_told;       /* SU_FEED_IN_THE_END: what was asked for is written, so this is the end */
};

/** `feed` must stay where it is until su_feed_stop(). */
void su_feed_start(struct su_feed *feed, struct su_feed_sink sink);
void su_feed_stop(struct su_feed *feed);

/** `data` as queued on the tap. Was a flow put? */
bool su_feed_packet(struct su_feed *feed, const packet_info *pinfo, const void *data);

/** Put every flow of the feed, as known by now, also by packets that did not pass the filter. In
 *  SU_FEED_IN_THE_END no session may follow. */
void su_feed_refresh(struct su_feed *feed);

/** Does this flow belong to the feed? If only a SYN that waits for its answer has passed, that is known
 *  with the answer, or after su_feed_refresh(). */
bool su_feed_has(const struct su_feed *feed, const struct su_flow *flow);

/** SU_FEED_IN_THE_END: connections of sessions that have ended and were seen again, as another
 *  connection. After su_feed_refresh() only. */
uint64_t su_feed_cut(const struct su_feed *feed);

/** Go through the flows of the feed, in order of appearance. */
void su_feed_each(const struct su_feed *feed, enum su_protocol protocol,
                  void (*visit)(void *user, const struct su_flow *flow), void *user);

/** Number of a flow's place, TCP and UDP each from 0. */
uint32_t su_feed_index(const struct su_flow *flow);

#endif
