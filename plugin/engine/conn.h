/* conn.h: one TCP connection, from its first captured segment to its last.
 * Feed it in capture order, once. It is laid out for millions of connections: see struct su_conn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_CONN_H
#define SU_ENGINE_CONN_H

#include "segment.h"
#include "view.h"
#include "zeek.h"

enum { SU_RECENT_ACKS = 3 };

/* What is known of one side: bits of su_side.flags. */
enum {
    SU_SIDE_ISS = 1u << 0,            /* its SYN or SYN-ACK was seen */
    SU_SIDE_SEQ = 1u << 1,            /* snd_nxt is known */
    SU_SIDE_ACKED = 1u << 2,          /* snd_una is known */
    SU_SIDE_EDGE = 1u << 3,           /* edge is known exactly, window scale included */
    SU_SIDE_SYN = 1u << 4,            /* it sent a SYN without ACK */
    SU_SIDE_SYNACK = 1u << 5,         /* it sent a SYN-ACK that fits */
    SU_SIDE_SYNACK_DOUBTED = 1u << 6, /* it repeats it: the ACK in sight did not count */
    SU_SIDE_PROVEN = 1u << 7,         /* it has sent or acknowledged data */
    SU_SIDE_FIN = 1u << 8,            /* its FIN counts; fin_seq is its number */
    SU_SIDE_FIN_HELD = 1u << 9,       /* fin_seq is of a FIN beyond the window */
    SU_SIDE_FIN_ACKED = 1u << 10,
    SU_SIDE_CHALLENGED = 1u << 11,     /* challenge_ack is valid */
    SU_SIDE_GOOD_CHECKSUM = 1u << 12,  /* it has shown a good checksum */
    SU_SIDE_DATA_AFTER_FIN = 1u << 13, /* it sent data after the peer's FIN */
    SU_SIDE_HOLE = 1u << 14,           /* hole_lo .. hole_hi is missing */
    SU_SIDE_SYN_ACKED = 1u << 15       /* its SYN or SYN-ACK was acknowledged */
};

/* What has happened to a connection: bits of su_conn.facts. */
enum {
    SU_FACT_SYN_BOTH = 1u << 0,     /* both sides sent a SYN: simultaneous open */
    SU_FACT_SYN_DATA = 1u << 1,     /* a SYN carried data: TCP Fast Open, RFC 7413 */
    SU_FACT_TFO_TAKEN = 1u << 2,    /* the SYN-ACK acknowledged that data */
    SU_FACT_SYNACK_ALONE = 1u << 3, /* a SYN-ACK to a SYN nobody saw */
    SU_FACT_SYNACK_STALE = 1u << 4, /* a SYN-ACK to some other SYN */
    SU_FACT_PROGRESS = 1u << 5,     /* later segments prove that the handshake succeeded */
    SU_FACT_CHALLENGED = 1u << 6,   /* the SYN was answered by an ACK with other numbers */
    SU_FACT_REFUSED = 1u << 7,
    SU_FACT_CLIENT_RST = 1u << 8,   /* the client's answer to the SYN-ACK was a RST */
    SU_FACT_CLIENT_ABORT = 1u << 9, /* the client gave up before any SYN-ACK */
    SU_FACT_ICMP_HARD = 1u << 10,
    SU_FACT_ICMP_SOFT = 1u << 11,
    SU_FACT_REFUSAL_ALONE = 1u << 12,   /* a RST that refuses a SYN nobody saw */
    SU_FACT_FIN = 1u << 13,             /* one side has sent a FIN */
    SU_FACT_FINS_CROSSED = 1u << 14,    /* both FINs, neither acknowledging the other */
    SU_FACT_RST = 1u << 15,             /* a RST was accepted */
    SU_FACT_RST_AFTER_CLOSE = 1u << 16, /* a RST came after a complete close */
    SU_FACT_TW_ASSASSINATED = 1u << 17, /* and ended a TIME_WAIT: RFC 1337 */
    SU_FACT_SUPERSEDED = 1u << 18,
    SU_FACT_DATA_AFTER_FIN = 1u << 19,   /* payload beyond the sender's own FIN */
    SU_FACT_DATA_AFTER_CLOSE = 1u << 20, /* RST answers data sent to a closed socket */
    SU_FACT_FIN_MOVED = 1u << 21,
    SU_FACT_BOGUS_FLAGS = 1u << 22,
    SU_FACT_SYN_REPEATED = 1u << 23,  /* before its SYN-ACK, so the RTT is ambiguous */
    SU_FACT_RST_REVOCABLE = 1u << 24, /* the RST holds only until its receiver speaks again */
    SU_FACT_SYNACK_ACKED = 1u << 25   /* SU_WHEN_ACK is known */
};

/** Points of time that nearly every connection has. Read them with su_conn_when(). */
enum su_when {
    SU_WHEN_FIRST_SYN = 0,
    SU_WHEN_LAST_SYN, /* the last one before the first valid SYN-ACK */
    SU_WHEN_SYNACK,   /* the first valid one */
    SU_WHEN_ACK,      /* the first ACK of it */
    SU_WHEN_CONTROL,  /* + side: its last SYN, SYN-ACK or FIN */
    SU_WHEN_COUNT = SU_WHEN_CONTROL + 2
};

/** What one socket has shown of itself. "Peer" is the other side. One cache line. */
struct su_side {
    uint64_t octets;  /* payload sent, repeated octets included */
    uint32_t packets; /* sent */
    uint32_t snd_nxt; /* highest number it has sent, plus one; valid with SU_SIDE_SEQ */
    uint32_t snd_una; /* highest ack the peer has sent; valid with SU_SIDE_ACKED */
    uint32_t edge;    /* right edge of what the peer has offered; valid with SU_SIDE_EDGE */
    uint32_t iss;     /* initial send sequence number; valid with SU_SIDE_ISS */
    uint32_t recent_acks[SU_RECENT_ACKS]; /* earlier acks it has sent, newest first */
    struct su_zeek_side zeek;
    uint16_t flags;         /* SU_SIDE_* */
    uint16_t control_ip_id; /* of its last SYN, SYN-ACK or FIN */
    uint8_t state;          /* enum su_state */
    uint8_t wscale;         /* of its SYN; without SU_SIDE_ISS it means nothing */
    uint8_t recent_count;   /* valid entries of recent_acks */
    bool window_closed;     /* its last segment offered nothing */
};

/** There is one for each connection with a segment that has FIN or RST. By side where it says [2]. */
struct su_ending {
    int64_t first_fin_ns;
    int64_t rst_ns;        /* the accepted RST */
    int64_t time_wait_ns;  /* when TIME_WAIT began, or began anew */
    int64_t control_ns[2]; /* SU_WHEN_CONTROL: a FIN often is long after the first packet */
    uint32_t fin_frame, rst_frame;
    uint32_t fin_seq[2]; /* number of its FIN octet; valid with SU_SIDE_FIN or SU_SIDE_FIN_HELD */
    struct su_zeek_ending zeek[2];
};

/** What there is of a side only if its connection has su_conn.odd. */
struct su_side_odd {
    uint32_t hole_lo, hole_hi; /* numbers skipped and not yet seen; the newest such hole */
    uint32_t challenge_ack;    /* ack of a bare ACK that answered a SYN without fitting it */
    uint16_t dup_fin;
    uint16_t retransmits; /* segments without anything new */
    uint16_t reordered;   /* segments that filled a hole */
    struct su_zeek_odd zeek;
};

/** There is one for each connection in which something was lost, repeated, refused, unusual. */
struct su_odd {
    int64_t far_ns[SU_WHEN_COUNT]; /* times that do not fit su_conn.when */
    uint32_t icmp_frame;
    uint16_t dup_syn, dup_synack, rst_invalid, rst_ignored, fin_invalid;
    uint16_t icmp_stale, icmp_errors, bad_checksum, syn_challenged;
    uint8_t icmp_type, icmp_code;
    char history[SU_HISTORY_OCTETS - SU_ZEEK_HISTORY_OCTETS]; /* what of it su_zeek cannot hold */
    struct su_side_odd side[2];
};

/** Where the parts come from that not every connection needs. They are all-zero, never NULL, and
 *  stay as long as the connection. */
struct su_conn_parts {
    struct su_ending *(*new_ending)(void *user);
    struct su_odd *(*new_odd)(void *user);
    void *user;
};

/** A connection. Read it through su_conn_view().
 *
 *  Ordered by how often it is touched. Plain data and ACKs touch the members up to and including
 *  `side`, which are three cache lines if the caller has `side` begin on one. Behind them comes what
 *  a handshake leaves; that makes four lines, of which 16 octets before the first member are the
 *  caller's. What few connections need is in two parts that are only there once they are needed. */
struct su_conn {
    int64_t last_ns;    /* last packet */
    struct su_odd *odd; /* NULL: nothing of it happened yet */
    uint32_t facts;     /* SU_FACT_* */
    uint32_t changes;   /* grows whenever a verdict, state or count of events may have changed */
    uint32_t first_frame, last_frame;
    uint32_t index; /* the caller's number for it */
    uint16_t port[2];
    uint8_t client;      /* index of the client's side */
    uint8_t role_source; /* enum su_role_source */
    uint8_t first_fin;   /* side of the first FIN, valid with SU_FACT_FIN */
    uint8_t rst_from;    /* side of the accepted RST, valid with SU_FACT_RST */
    uint8_t rst_class;   /* enum su_rst_class */
    uint8_t zeek_length; /* letters of its history so far */
    uint8_t zeek_orig;   /* side Zeek calls the originator */
    bool zeek_started;
    struct su_side side[2];
    int64_t first_ns;             /* first packet */
    uint32_t when[SU_WHEN_COUNT]; /* private to parts.c */
    uint32_t syn_frame, synack_frame, ack_frame;
    char history[SU_ZEEK_HISTORY_OCTETS]; /* its first letters */
    uint8_t state_before_rst[2];
    struct su_ending *ending; /* NULL: no FIN and no RST yet */
};

enum { SU_CACHE_LINE = 64 };
_Static_assert(sizeof(struct su_side) == SU_CACHE_LINE, "one line each");
_Static_assert(offsetof(struct su_conn, side) <= 48, "the line before has room for the caller's");
_Static_assert(sizeof(struct su_conn) <= 48 + 3 * SU_CACHE_LINE, "one for each of millions");
_Static_assert(sizeof(struct su_ending) <= 72 && sizeof(struct su_odd) <= 176, "one for many");

/** Make an all-zero connection ready for its first segment. */
void su_conn_init(struct su_conn *conn, const uint16_t port[2]);

/** When was it? SU_TIME_NONE: it was not. */
int64_t su_conn_when(const struct su_conn *conn, enum su_when when);

/** Its parts, to be read; if it has none, as if it had an empty one. */
const struct su_ending *su_conn_ending(const struct su_conn *conn);
const struct su_odd *su_conn_odd(const struct su_conn *conn);

/** Take in one segment. Never fails; what it cannot believe it counts. */
void su_conn_apply(struct su_conn *conn, const struct su_segment *seg,
                   const struct su_policy *policy, const struct su_conn_parts *parts);

/** Take in one ICMP error that quotes a segment of this connection. */
void su_conn_apply_icmp(struct su_conn *conn, const struct su_icmp_error *error,
                        const struct su_policy *policy, const struct su_conn_parts *parts);

/** Another connection takes the place of this one, whether it had ended or not. */
void su_conn_supersede(struct su_conn *conn);

/** Nothing more will be heard of it: whatever its sockets were thought to be, they are gone. */
void su_conn_bury(struct su_conn *conn);

/** While the connection's first SYN was held, its host repeated it and the capture copied it. The
 *  first and, if it was repeated, the last of them have been applied. */
void su_conn_add_held(struct su_conn *conn, const struct su_segment *seg, uint32_t repeats,
                      uint32_t copies, const struct su_conn_parts *parts);

/** A SYN or SYN-ACK with other numbers, and `repeats` more of it, led to nothing. */
void su_conn_note_dropped_syn(struct su_conn *conn, const struct su_segment *seg, uint32_t repeats,
                              const struct su_conn_parts *parts);

/** Are both sockets gone, or in TIME_WAIT, so that a SYN begins something new? */
bool su_conn_is_over(const struct su_conn *conn);

/** When both sockets will be gone for good if nothing more is captured, TIME_WAIT included, or since
 *  when they are. SU_TIME_NONE: not by themselves. */
int64_t su_conn_gone_ns(const struct su_conn *conn, const struct su_policy *policy);

/** Both states in one octet: side 0 in the low four bits. Cheap enough for every packet. */
static inline uint8_t su_conn_states(const struct su_conn *conn)
{
    return (uint8_t)(conn->side[0].state | conn->side[1].state << 4);
}

/** Has su_conn_apply() disbelieved this segment of `side` for its checksum? A bad one counts only if
 *  its sender has shown good ones: captures on the sending host show bad ones for every segment. */
static inline bool su_side_disbelieves(const struct su_side *side, const struct su_segment *seg,
                                       const struct su_policy *policy)
{
    bool control = seg->flags & (SU_SYN | SU_FIN | SU_RST);
    bool asked = policy->checksum == SU_CHECKSUM_POLICY_ALL ||
                 (policy->checksum == SU_CHECKSUM_POLICY_CONTROL && control);

    return asked && seg->checksum == SU_CHECKSUM_BAD && (side->flags & SU_SIDE_GOOD_CHECKSUM);
}

/** The scale of the windows that side `from` offers in segments without SYN, SU_WSCALE_UNKNOWN if it
 *  cannot be known. RFC 7323 section 2.2: both SYNs must have the option. */
uint8_t su_conn_window_scale(const struct su_conn *conn, unsigned from);

/** Snapshot at capture time `now_ns`, at which SYN timeouts and TIME_WAIT are judged.
 *  Addresses and `stream` are left for the caller to fill in. */
void su_conn_view(const struct su_conn *conn, const struct su_policy *policy, int64_t now_ns,
                  struct su_view *view);

#endif
