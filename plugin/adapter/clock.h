/* clock.h: the capture's time, and who is told when it alone changes a connection.
 * An attempt times out, TIME_WAIT ends: no packet says so. Whoever counts flows must hear of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_CLOCK_H
#define SU_ADAPTER_CLOCK_H

#include "flow.h"
#include "pool.h"

/** Who wants to know when a flow changed without a packet of its own: it was superseded, or time
 *  passed (SYN timeout, end of TIME_WAIT). Only called during the first pass. */
struct su_clock_listener {
    void (*flow_changed)(struct su_clock_listener *self, const struct su_flow *flow);
    /** A SYN or SYN-ACK that had been taken for one of `before` began `flow`: it waited for its answer.
     *  NULL: never mind. */
    void (*flow_followed)(struct su_clock_listener *self, const struct su_flow *before,
                          const struct su_flow *flow);
    /** The flow is over and about to be freed; another one may get its place. Whatever was counted of
     *  it stays so. NULL: never mind. */
    void (*flow_forgotten)(struct su_clock_listener *self, const struct su_flow *flow);
    /** Flows are about to be freed; counts made so far stay valid, pointers and indexes do not. */
    void (*session_ended)(struct su_clock_listener *self);
};

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
void su_clock_flow_followed(const struct su_flow *before, const struct su_flow *flow);
void su_clock_flow_forgotten(const struct su_flow *flow);
void su_clock_session_ended(void);

/** A session begins, of these TCP connections; both are kept by the caller until it ends. */
void su_clock_begin(const struct su_pool *of_session, const struct su_policy *in_force);

/** Forget the time and everything watched. Listeners stay. */
void su_clock_end(void);

/** Until su_clock_end, `moved` is called whenever time has gone on, after the listeners. It may free
 *  flows; so time does not go on between taking a packet in and tapping it. */
void su_clock_follow(void (*moved)(int64_t now_ns));

/** Time of the newest frame seen. Runs SYN and TIME_WAIT timers. */
void su_clock_advance(int64_t time_ns);

void su_clock_listen(struct su_clock_listener *listener);
void su_clock_unlisten(struct su_clock_listener *listener);

#endif
