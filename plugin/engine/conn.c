/* conn.c: takes one segment in: counts it, sorts it by kind, hands it to the rules.
 * The rules themselves are in handshake.c, window.c, closing.c and rst.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "conn.h"

#include "icmp.h"
#include "seq.h"
#include "step.h"

/* A segment this far from the numbers in use belongs to another connection on the same sockets. */
#define FOREIGN_DISTANCE (1 << 30)

void su_conn_init(struct su_conn *conn, const uint16_t port[2])
{
    conn->port[0] = port[0];
    conn->port[1] = port[1];
    conn->side[0].wscale = conn->side[1].wscale = SU_WSCALE_UNKNOWN;
}

static bool is_bogus(uint8_t flags)
{
    return (flags & (SU_SYN | SU_FIN)) == (SU_SYN | SU_FIN) ||
           ((flags & SU_RST) && (flags & (SU_SYN | SU_FIN)));
}

/* SYN and FIN, SYN and RST, FIN and RST: no host sends them in earnest. RST decides before SYN,
 * SYN before FIN. */
static uint8_t honest_flags(uint8_t flags)
{
    if (flags & SU_RST)
        return flags & (uint8_t) ~(SU_SYN | SU_FIN);
    return flags & (uint8_t)~SU_FIN;
}

/* A bad checksum counts only if the sender has shown good ones: captures on the sending host show
 * bad ones for every segment, because the network card fills them in. */
static bool is_disbelieved(const struct su_step *step)
{
    bool control = step->seg->flags & (SU_SYN | SU_FIN | SU_RST);

    if (step->policy->checksum == SU_CHECKSUM_POLICY_OFF ||
        (step->policy->checksum == SU_CHECKSUM_POLICY_CONTROL && !control))
        return false;
    if (step->seg->checksum == SU_CHECKSUM_GOOD)
        step->snd->flags |= SU_SIDE_GOOD_CHECKSUM;
    return step->seg->checksum == SU_CHECKSUM_BAD && (step->snd->flags & SU_SIDE_GOOD_CHECKSUM);
}

static bool is_far(uint32_t number, const struct su_side *side)
{
    int32_t off = su_seq_diff(number, su_side_reach(side));

    return off > FOREIGN_DISTANCE || off < -FOREIGN_DISTANCE;
}

/* Numbers of another connection: a straggler, or somebody's guess. One number alone may be far from
 * what was seen if much is missing in the capture. */
static bool is_foreign(const struct su_step *step)
{
    const struct su_side *snd = step->snd;
    const struct su_side *rcv = step->rcv;
    bool knows_seq = snd->flags & SU_SIDE_SEQ;
    bool knows_ack = (step->seg->flags & SU_ACK) && (rcv->flags & SU_SIDE_SEQ);

    /* Nothing of an attempt's can be below the number it began with. */
    if (snd->state == SU_STATE_SYN_SENT && (snd->flags & SU_SIDE_ISS) &&
        !su_seq_after(step->seg->seq, snd->iss))
        return true;
    if (!knows_seq && !knows_ack)
        return false;
    return (!knows_seq || is_far(step->seg->seq, snd)) &&
           (!knows_ack || is_far(step->seg->ack, rcv));
}

/* ACK, data and FIN: everything without SYN and RST. */
static void take_plain(const struct su_step *step)
{
    if (su_step_is_challenge(step) || is_foreign(step) || su_step_is_premature(step))
        return;
    su_step_undo_rst(step);
    su_step_life_after_rst(step);
    if (step->conn->facts & SU_FACT_RST)
        return;
    if (step->seg->payload_octets > 0 && (step->rcv->flags & SU_SIDE_FIN))
        step->snd->flags |= SU_SIDE_DATA_AFTER_FIN;
    su_step_note_ack(step);
    su_step_handshake_ack(step);
    su_step_acks_of_fin(step);
    if (step->seg->flags & SU_FIN)
        su_step_fin(step);
    su_step_note_data(step);
}

static void expire(struct su_conn *conn, const struct su_step *step)
{
    const uint32_t timed = 1u << SU_STATE_TIME_WAIT | 1u << SU_STATE_FIN_WAIT2;
    int64_t now = step->seg->time_ns;
    const struct su_policy *policy = step->policy;

    if (!((1u << conn->side[0].state | 1u << conn->side[1].state) & timed))
        return;
    for (int i = 0; i < 2; i++) {
        struct su_side *side = &conn->side[i];
        bool over = side->state == SU_STATE_TIME_WAIT &&
                    now - su_conn_ending(conn)->time_wait_ns >= policy->time_wait_ns;

        if (side->state == SU_STATE_FIN_WAIT2 && policy->fin_timeout_ns > 0)
            over = now - su_conn_ending(conn)->first_fin_ns >= policy->fin_timeout_ns;
        if (over)
            su_step_feed(step, side, SU_EVENT_EXPIRES);
    }
}

static void note_packet(struct su_conn *conn, const struct su_segment *seg)
{
    struct su_side *snd = &conn->side[seg->from & 1];

    if (conn->first_frame == 0) {
        conn->first_frame = seg->frame;
        conn->first_ns = seg->time_ns;
        conn->last_ns = seg->time_ns;
    }
    conn->last_frame = seg->frame;
    if (seg->time_ns > conn->last_ns)
        conn->last_ns = seg->time_ns;
    if (snd->packets == 0)
        conn->changes++; /* perhaps it is not one-sided any more */
    snd->packets++;
    snd->octets += seg->payload_octets;
    snd->window_closed = seg->window == 0;
}

static void take_honest(const struct su_step *step)
{
    uint8_t flags = step->seg->flags;

    su_step_role(step);
    if (flags & SU_RST)
        su_step_rst(step);
    else if ((flags & (SU_SYN | SU_ACK)) == (SU_SYN | SU_ACK))
        su_step_synack(step);
    else if (flags & SU_SYN)
        su_step_syn(step);
    else
        take_plain(step);
}

static void take_bogus(const struct su_step *of)
{
    struct su_segment honest = *of->seg;
    struct su_step step = *of;

    su_step_learn(&step, SU_FACT_BOGUS_FLAGS);
    honest.flags = honest_flags(of->seg->flags);
    step.seg = &honest;
    take_honest(&step);
}

void su_step_take(const struct su_step *step)
{
    expire(step->conn, step);
    if (is_disbelieved(step)) {
        su_step_count(step, &su_step_odd(step)->bad_checksum);
        su_zeek_bad_checksum(step);
        return;
    }
    if (su_zeek_apply(step))
        step->conn->changes++;
    if (is_bogus(step->seg->flags))
        take_bogus(step);
    else
        take_honest(step);
}

void su_conn_apply(struct su_conn *conn, const struct su_segment *seg,
                   const struct su_policy *policy, const struct su_conn_parts *parts)
{
    const struct su_step step = {
        .conn = conn,
        .snd = &conn->side[seg->from & 1],
        .rcv = &conn->side[!(seg->from & 1)],
        .seg = seg,
        .policy = policy,
        .parts = parts,
        .from = seg->from & 1,
    };

    note_packet(conn, seg);
    if (!su_step_take_usual(&step))
        su_step_take(&step);
}

/* RFC 5927 section 4.1: only an error about octets in flight is about this connection. */
static bool quotes_flight(const struct su_side *sender, uint32_t quoted_seq)
{
    uint32_t oldest = sender->flags & SU_SIDE_ISS ? sender->iss : quoted_seq;

    if (!(sender->flags & SU_SIDE_SEQ))
        return false;
    if (sender->flags & SU_SIDE_ACKED)
        oldest = sender->snd_una;
    return su_seq_between(quoted_seq, oldest, sender->snd_nxt);
}

static void end_attempt(const struct su_step *step, const struct su_icmp_error *error,
                        enum su_icmp_class class)
{
    bool ends = false;

    if (step->snd->state == SU_STATE_SYN_SENT) {
        su_step_learn(step, class == SU_ICMP_HARD ? SU_FACT_ICMP_HARD : SU_FACT_ICMP_SOFT);
        ends = su_icmp_ends_syn_sent(error->v6, error->type, error->code);
    } else if (step->snd->state == SU_STATE_SYN_RECV) {
        ends = su_icmp_ends_syn_recv(error->v6, error->type, error->code);
    }
    if (ends)
        su_step_feed(step, step->snd, SU_EVENT_ICMP_GIVES_UP);
}

void su_conn_apply_icmp(struct su_conn *conn, const struct su_icmp_error *error,
                        const struct su_policy *policy, const struct su_conn_parts *parts)
{
    const struct su_segment at = {.time_ns = error->time_ns, .frame = error->frame};
    const struct su_step step = {
        .conn = conn,
        .snd = &conn->side[error->from & 1],
        .rcv = &conn->side[!(error->from & 1)],
        .seg = &at,
        .policy = policy,
        .parts = parts,
        .from = error->from & 1,
    };
    enum su_icmp_class class = su_icmp_classify(error->v6, error->type, error->code);
    struct su_odd *odd;

    if (class == SU_ICMP_IGNORED)
        return;
    if (!quotes_flight(step.snd, error->quoted_seq)) {
        su_step_count(&step, &su_step_odd(&step)->icmp_stale);
        return;
    }
    odd = su_step_odd(&step);
    su_step_count(&step, &odd->icmp_errors);
    odd->icmp_frame = error->frame;
    odd->icmp_type = error->type;
    odd->icmp_code = error->code;
    if (policy->icmp)
        end_attempt(&step, error, class);
}

void su_conn_bury(struct su_conn *conn)
{
    for (int i = 0; i < 2; i++)
        conn->side[i].state = su_transitions[SU_EVENT_REPLACED][conn->side[i].state];
    conn->changes++;
}

void su_conn_supersede(struct su_conn *conn)
{
    if (!su_conn_is_over(conn))
        conn->facts |= SU_FACT_SUPERSEDED;
    su_conn_bury(conn);
}

static uint16_t saturated(uint16_t count, uint32_t more)
{
    return more > (uint32_t)(UINT16_MAX - count) ? UINT16_MAX : (uint16_t)(count + more);
}

void su_conn_add_held(struct su_conn *conn, const struct su_segment *seg, uint32_t repeats,
                      uint32_t copies, const struct su_conn_parts *parts)
{
    const struct su_step step = {.conn = conn, .parts = parts};
    uint32_t unseen = repeats > 1 ? repeats - 1 : 0;

    if (unseen > 0) {
        struct su_odd *odd = su_step_odd(&step);
        uint16_t *counter = seg->flags & SU_ACK ? &odd->dup_synack : &odd->dup_syn;

        *counter = saturated(*counter, unseen);
    }
    conn->side[seg->from & 1].packets += unseen + copies;
    conn->changes++;
}

void su_conn_note_dropped_syn(struct su_conn *conn, const struct su_segment *seg, uint32_t repeats,
                              const struct su_conn_parts *parts)
{
    const struct su_step step = {.conn = conn, .parts = parts};
    struct su_odd *odd = su_step_odd(&step);

    odd->syn_challenged = saturated(odd->syn_challenged, 1);
    conn->side[seg->from & 1].packets += 1 + repeats;
    conn->changes++;
}

bool su_conn_is_over(const struct su_conn *conn)
{
    static const bool gone[SU_STATE_COUNT] = {
        [SU_STATE_UNKNOWN] = true,
        [SU_STATE_LISTEN] = true,
        [SU_STATE_TIME_WAIT] = true,
        [SU_STATE_CLOSE] = true,
    };

    return conn->first_frame != 0 && gone[conn->side[0].state] && gone[conn->side[1].state];
}
