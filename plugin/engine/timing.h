/* timing.h: the time side of one connection: its gaps (gap.h) and its exchanges (exchange.h).
 * A plain value with nothing to free, of at most 256 octets; for connections with payload only.
 *
 * How to use it. The caller keeps a pointer to struct su_timing next to its struct su_conn.
 *  1. Before feeding a segment, note conn->last_ns of the connection at hand, if there is one.
 *  2. Feed the segment (su_pair_feed() or su_conn_apply()).
 *  3. If the connection that took it has no timing and the segment carries payload: get zeroed
 *     memory, su_timing_init().
 *  4. If the connection has timing: su_timing_apply(), for every segment from then on, bare ACKs
 *     too. Segments that su_conn did not believe, or of another connection, have no effect.
 * The order matters: timing has sequence numbers of its own, and looks into su_conn for what the
 * segment has changed there: acknowledgements, windows, the end.
 * A SYN that su_pair holds back (pair.h) need not be told when it is promoted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_TIMING_H
#define SU_ENGINE_TIMING_H

#include "exchange.h"
#include "gap.h"

#define SU_TIMING_OCTETS_MAX 256

/** The time side of a connection. Read gap[] freely, by side as su_conn has it. */
struct su_timing {
    struct su_gap gap[2];
    struct su_turns turns;
    int64_t last_ns; /* last packet, SU_TIME_NONE before the first */
};

_Static_assert(sizeof(struct su_timing) <= SU_TIMING_OCTETS_MAX, "one for each of a million flows");

/** What timing needs from outside, the same for all connections. */
struct su_timing_ops {
    const struct su_policy *policy;
    struct su_exchange_sink sink;
};

/** What there is to say of one packet. `exchange` is that of its payload, or SU_EXCHANGE_NONE. What
 *  a client sends while a response may still flow is given the next number; should the response
 *  turn out to go on it stays with this one. So on a later look, the exchange of a frame with
 *  payload is the last one of its connection whose first frame is not behind it. */
struct su_moment {
    int64_t gap_ns;       /* since the connection's packet before; SU_TIME_NONE: it is the first */
    int64_t same_side_ns; /* since this side's last new payload; SU_TIME_NONE without either */
    uint64_t offset;      /* byte number: octets from the begin of the exchange's response (for the
                             client: request) to the end of this payload; 0 without exchange */
    uint32_t exchange;
    uint16_t flags; /* SU_GAP_* */
    uint8_t cause;  /* enum su_gap_cause; none if the gap is below the threshold */
    uint8_t kind;   /* enum su_payload_kind */
};

/** Ready zeroed memory, at a connection's first segment with payload. `mss`: the smaller of the MSS
 *  options of both SYNs (su_segment.mss), 0 if one is not known. `last_ns`: time of the packet
 *  before in this connection, SU_TIME_NONE if there is none. */
void su_timing_init(struct su_timing *timing, uint16_t mss, int64_t last_ns);

/** Take in one segment that su_conn_apply() has taken in just before, and say what it means. */
void su_timing_apply(struct su_timing *timing, const struct su_conn *conn,
                     const struct su_segment *seg, const struct su_timing_ops *ops,
                     struct su_moment *moment);

/** Copies of the exchanges not finished yet, in order: none, one or two. For the end of the capture
 *  and for any moment before. Changes nothing. */
unsigned su_timing_peek(const struct su_timing *timing, const struct su_conn *conn,
                        struct su_exchange out[2]);

#endif
