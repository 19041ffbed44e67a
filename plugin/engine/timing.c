/* timing.c: see timing.h.
 * Decides which segments count, measures the handshake's round trips, and hands on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "timing.h"

#include "seq.h"

enum { FAR = 1 << 30 };

/* Numbers that su_conn did not take: not of this connection, or beyond a RST or a FIN. What it took
 * it has noted, so that nothing lies beyond its snd_nxt. */
static bool is_foreign(const struct su_side *from, const struct su_segment *seg)
{
    uint32_t end = seg->seq + seg->payload_octets + ((seg->flags & SU_SYN) != 0) +
                   ((seg->flags & SU_FIN) != 0);
    int32_t off = su_seq_diff(end, from->snd_nxt);

    if (!(from->flags & SU_SIDE_SEQ))
        return true;
    return off < -FAR || (off > 0 && !(seg->flags & SU_RST));
}

static int64_t positive_span(int64_t from_ns, int64_t to_ns)
{
    if (from_ns == SU_TIME_NONE || to_ns == SU_TIME_NONE || to_ns < from_ns)
        return 0;
    return to_ns - from_ns;
}

/* The handshake shows how long the way is from the capture to either side and back. */
static int64_t rtt_of(const struct su_conn *conn, uint8_t side)
{
    int64_t synack_ns = su_conn_when(conn, SU_WHEN_SYNACK);

    return side == conn->client ? positive_span(synack_ns, su_conn_when(conn, SU_WHEN_ACK))
                                : positive_span(su_conn_when(conn, SU_WHEN_LAST_SYN), synack_ns);
}

void su_timing_init(struct su_timing *timing, uint16_t mss, int64_t last_ns)
{
    timing->last_ns = last_ns;
    for (int i = 0; i < 2; i++)
        su_gap_init(&timing->gap[i], mss);
}

/* A clock that goes back stands still, so that no span is ever negative. */
static int64_t tick(struct su_timing *timing, const struct su_segment *seg)
{
    if (timing->last_ns == SU_TIME_NONE || seg->time_ns > timing->last_ns)
        timing->last_ns = seg->time_ns;
    return timing->last_ns;
}

static bool counts(const struct su_conn *conn, const struct su_segment *seg,
                   const struct su_policy *policy)
{
    const struct su_side *from = &conn->side[seg->from & 1];

    return !is_foreign(from, seg) && !su_side_disbelieves(from, seg, policy);
}

static void apply_gaps(struct su_timing *timing, const struct su_conn *conn,
                       const struct su_segment *seg, const struct su_policy *policy,
                       struct su_gap_result *result)
{
    uint8_t from = seg->from & 1;
    const struct su_gap_step step = {
        .snd = &timing->gap[from],
        .rcv = &timing->gap[!from],
        .from = &conn->side[from],
        .odd = &su_conn_odd(conn)->side[from],
        .to = &conn->side[!from],
        .seg = seg,
        .now_ns = tick(timing, seg),
        .rtt_ns = rtt_of(conn, 0) + rtt_of(conn, 1),
        .sender_rtt_ns = rtt_of(conn, from),
        .threshold_ns = policy->gap_threshold_ns,
    };

    su_gap_apply(&step, result);
}

void su_timing_apply(struct su_timing *timing, const struct su_conn *conn,
                     const struct su_segment *seg, const struct su_timing_ops *ops,
                     struct su_moment *moment)
{
    bool timed = counts(conn, seg, ops->policy);
    int64_t before = timing->last_ns;
    struct su_gap_result gap = {.gap_ns = SU_TIME_NONE};
    struct su_turn_place place;

    if (timed)
        apply_gaps(timing, conn, seg, ops->policy, &gap);
    const struct su_turn_step step = {
        .turns = &timing->turns,
        .conn = conn,
        .gaps = timing->gap,
        .seg = seg,
        .gap = &gap,
        .sink = &ops->sink,
        .now_ns = timing->last_ns,
    };
    su_turns_apply(&step, &place); /* even then the connection may have ended */
    *moment = (struct su_moment){
        .gap_ns = timed && before != SU_TIME_NONE ? timing->last_ns - before : SU_TIME_NONE,
        .same_side_ns = gap.gap_ns,
        .offset = place.offset,
        .exchange = place.number,
        .flags = gap.flags,
        .cause = gap.cause,
        .kind = gap.kind,
    };
}

unsigned su_timing_peek(const struct su_timing *timing, const struct su_conn *conn,
                        struct su_exchange out[2])
{
    return su_turns_peek(&timing->turns, conn, timing->gap, out);
}
