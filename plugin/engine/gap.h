/* gap.h: one direction of a connection's payload: its gaps, what they look like, what caused them.
 * A gap is the time between two segments of one side that bring new payload. Everything here is of
 * fixed size; 104 octets a direction. Most callers want timing.h instead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_GAP_H
#define SU_ENGINE_GAP_H

#include "conn.h"
#include "histogram.h"
#include "ipid.h"

/* What a segment, or the gap that it ends, looks like. A gap's cause is the first of its flags in
 * this order. Unless it says otherwise a flag is for segments with new payload only. */
enum {
    SU_GAP_SEQ_HOLE = 1u << 0,          /* begins beyond all that its sender was seen to send */
    SU_GAP_RETRANS = 1u << 1,           /* sent before; also on payload that is repeated */
    SU_GAP_OUT_OF_ORDER = 1u << 2,      /* fills a hole too soon for a retransmission */
    SU_GAP_LAST_PACKET_SHORT = 1u << 3, /* the one before was not full: its sender had run dry */
    SU_GAP_IPID_GAP = 1u << 4,          /* its sender, who counts, sent other packets in between */
    SU_GAP_WINDOW_LIMITED = 1u << 5,    /* as the gap began the peer's window had no room */
    SU_GAP_ACK_WAIT = 1u << 6,          /* an ACK had just let the sender go on */
    SU_GAP_RTO_LIKE = 1u << 7,          /* RETRANS after 200 ms or more; also if repeated */
    SU_GAP_APP_IDLE = 1u << 8,          /* all was acknowledged: nothing kept the sender waiting */
    SU_GAP_DELAYED_ACK = 1u << 9,       /* only on a bare ACK: 40 or 200 ms after its data */
    SU_GAP_CERTAIN = 1u << 10,          /* with OUT_OF_ORDER: its IP ID or TSval is older, too */
    SU_GAP_LONG = 1u << 11              /* never set here: whoever asks says what long is */
};

/** What kind of payload a segment carries. */
enum su_payload_kind {
    SU_PAYLOAD_NONE = 0,
    SU_PAYLOAD_NEW,    /* at least its last octet was never sent before */
    SU_PAYLOAD_FILL,   /* fills a hole: sent before, but new to this capture */
    SU_PAYLOAD_REPEAT, /* seen before (or it fills a hole older than the newest) */
    SU_PAYLOAD_COPY,   /* the capture's own copy: same IP ID within a millisecond */
    SU_PAYLOAD_PROBE   /* keep-alive or zero-window probe, RFC 9293 sections 3.8.4 and 3.8.6.1 */
};

/** One direction. Read count, sum_ns, max_ns, max_frame, ip_id and su_gap_p95(). */
struct su_gap {
    int64_t last_ns; /* last segment with new payload, SU_TIME_NONE before the first */
    int64_t sum_ns;
    int64_t max_ns;                /* with max_frame: 0 until there was a gap */
    uint32_t count;                /* gaps, those below the threshold left out */
    uint32_t max_frame;            /* frame that ended the longest gap, the first such */
    uint32_t nxt;                  /* number behind the payload sent */
    uint32_t una;                  /* highest ack of it seen */
    uint32_t hole_lo, hole_hi;     /* newest hole; equal: there is none */
    uint32_t mark[2];              /* nxt of two moments, further apart than a reordering lasts */
    uint32_t acked_tick;           /* when una last grew, in fine ticks */
    uint32_t tsval;                /* newest timestamp */
    uint16_t mark_tick;            /* of mark[1], the later one, in coarse ticks */
    uint16_t hole_tick;            /* when the hole was seen first, in coarse ticks */
    uint16_t full;                 /* payload of a full segment; 0: not known */
    uint16_t candidate;            /* seen once, perhaps the full size */
    uint16_t flight_kib;           /* in flight when the gap began */
    uint16_t repeat_tick;          /* last retransmission in this gap, in coarse ticks */
    uint16_t seen_tick;            /* last segment of any kind, in coarse ticks */
    uint16_t bits;                 /* private to gap.c */
    struct su_ip_id ip_id;         /* of all its packets */
    struct su_histogram histogram; /* of the gaps */
};

/** One segment on its way, after su_conn_apply() has taken it in. */
struct su_gap_step {
    struct su_gap *snd;         /* the sender's payload */
    struct su_gap *rcv;         /* payload toward the sender, which the segment may acknowledge */
    const struct su_side *from; /* the sender ... */
    const struct su_side_odd *odd; /* ... and what is odd of it */
    const struct su_side *to;      /* its peer */
    const struct su_segment *seg;
    int64_t now_ns;        /* never before that of an earlier step */
    int64_t rtt_ns;        /* round trip of the handshake, 0 if not known */
    int64_t sender_rtt_ns; /* the part of it between the capture and the sender */
    int64_t threshold_ns;
};

/** What became of it. */
struct su_gap_result {
    int64_t gap_ns;  /* since this side's last new payload; SU_TIME_NONE: none, or no payload */
    uint32_t fresh;  /* octets by which the payload sent has grown, skipped ones included */
    uint32_t behind; /* octets from its end up to the newest octet sent */
    uint16_t flags;  /* SU_GAP_* */
    uint8_t cause;   /* enum su_gap_cause */
    uint8_t kind;    /* enum su_payload_kind */
    bool counted;    /* it ended a gap that is in the statistics */
};

/** Ready an all-zero direction. `mss`: the smaller MSS of both SYNs, 0 if one is not known; a first
 *  idea of the full size, until payload of one size is seen repeatedly. */
void su_gap_init(struct su_gap *gap, uint16_t mss);

/** Take in one segment, in both directions: as payload of its sender and as ACK of its peer's. */
void su_gap_apply(const struct su_gap_step *step, struct su_gap_result *result);

/** 95 % of the gaps were not longer, as exactly as su_histogram_p95() is; SU_TIME_NONE: no gaps. */
int64_t su_gap_p95(const struct su_gap *gap);

#endif
