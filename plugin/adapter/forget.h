/* forget.h: which connections have been over for so long that their memory can be used again.
 * Only where the user wants it, and no packet will be looked at again. What a connection was counted
 * as remains; whoever keeps something of it is told in time (struct su_clock_listener).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_FORGET_H
#define SU_ADAPTER_FORGET_H

#include "flow.h"
#include "pool.h"

/** A session begins in which connections are forgotten, so long after their end: these TCP
 *  connections, by this policy. Both are kept by the caller until it ends. */
void su_forget_init(int64_t after_ns, const struct su_pool *of_session,
                    const struct su_policy *in_force);
void su_forget_clear(void);

/** Private to forget.c. */
extern int64_t su_forget_after_ns;

/** Is anything forgotten while this capture is read? All below is only for captures where it is. */
static inline bool su_forget_is_on(void)
{
    return su_forget_after_ns > 0;
}

/** A connection began: it gets a number, and will be looked at. */
void su_forget_begin(const struct su_flow *flow);

/** Number of a connection in order of appearance. */
uint32_t su_forget_stream(const struct su_flow *flow);

/** A connection that is to be forgotten now; NULL: there is none (any more). */
const struct su_flow *su_forget_next(int64_t now_ns);

/** That one is needed for a while yet. */
void su_forget_wait(const struct su_flow *flow);

/** That one is forgotten. Returns whether it was the last one of its pair of sockets. */
bool su_forget_end(const struct su_flow *flow);

#endif
