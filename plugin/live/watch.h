/* watch.h: one -z argument of the kind that tells of connections while they happen, from the
 * command line to the end of the program.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_WATCH_H
#define SU_LIVE_WATCH_H

#include "pump.h"
#include "tap/feed.h"
#include "tap/printing.h"

struct su_watch;

/** A command. Only `open`, `put`, `forget` and `close` must be there. */
struct su_watch_class {
    const char *command; /* "sockusage,monitor" */
    enum su_feed_mode mode;
    bool for_people; /* what it prints at the end */
    bool has_flows;  /* it tells all of a connection, times included, as the report flows does */

    /** What comes after the command and its comma, "" if nothing does. Sets watch->own, and
     *  watch->filter to part of `rest`. On failure NULL is left there, and the user was told. */
    void (*open)(struct su_watch *watch, const char *rest);
    /** A flow of the feed, as it is now. */
    void (*put)(void *own, const struct su_flow *flow);
    /** The flow, which has just been put, is forgotten. */
    void (*forget)(void *own, const struct su_flow *flow);
    /** All flows are about to be freed. */
    void (*session_ended)(void *own);
    void (*turn)(void *own);
    /** The capture has ended. Everything of the feed was put. */
    void (*print)(void *own, struct su_out *out);
    void (*close)(void *own);
};

struct su_watch {
    const struct su_watch_class *class;
    void *own;          /* the command's */
    const char *filter; /* display filter; NULL: none */
    char *argument;     /* as the user gave it */
    struct su_feed feed;
    struct su_print print;
    struct su_pump pump;
    bool is_over; /* the capture has ended, and everything has been said */
};

/** Have tshark know the command. `class` must stay. */
void su_watch_register(const struct su_watch_class *class);

#endif
