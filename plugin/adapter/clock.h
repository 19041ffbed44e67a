/* clock.h: the capture's time, and who is told when it alone changes a connection.
 * An attempt times out, TIME_WAIT ends: no packet says so. Whoever counts flows must hear of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_CLOCK_H
#define SU_ADAPTER_CLOCK_H

#include "capture.h"

/** The times of a connection after which something happens by itself. */
struct su_deadlines {
    int64_t syn_ns, time_wait_ns, fin_ns;
};

/** Of a connection as it is now; NULL: of one that is not there yet. None if nobody follows. */
struct su_deadlines su_deadlines(const struct su_conn *conn);

/** A segment was fed: watch the connection if it now waits for something it did not before. */
void su_clock_watch(const struct su_conn *conn, const struct su_deadlines *before);

/** Time of the newest frame, SU_TIME_NONE before the first. */
int64_t su_clock_now(void);

/** Tell the listeners. */
void su_clock_flow_changed(const struct su_flow *flow);
void su_clock_session_ended(void);

/** Forget the time and everything watched. Listeners stay. */
void su_clock_reset(void);

#endif
