/* pair.c: where one connection ends and the next begins.
 * RFC 9293 section 3.5.1 (half-open connections), section 3.6.1 (reuse from TIME_WAIT), RFC 5961
 * section 4 (a SYN on a live connection draws a challenge ACK and proves nothing).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pair.h"

#include "seq.h"

/* Numbers this far from everything known cannot be of the same connection. */
#define OTHER_NUMBERS (1 << 24)

/* A SYN of the same number this soon after the end is the capture's own copy. */
#define COPY_NS INT64_C(1000000)

enum admission {
    ADMIT_HERE = 0, /* belongs to the connection at hand */
    ADMIT_ANEW,     /* begins a new one */
    ADMIT_HOLD,     /* might begin a new one: wait for the answer */
    ADMIT_PROMOTE,  /* proves that what was held began a new one */
    ADMIT_DROP      /* proves that it did not */
};

struct admit_step {
    struct su_pair *pair;
    const struct su_segment *seg;
    const struct su_side *snd, *rcv;
    const struct su_hold *hold; /* NULL unless active */
    bool over;
};

static bool is_live(uint8_t state)
{
    static const bool live[SU_STATE_COUNT] = {
        [SU_STATE_SYN_RECV] = true,  [SU_STATE_ESTABLISHED] = true, [SU_STATE_FIN_WAIT1] = true,
        [SU_STATE_FIN_WAIT2] = true, [SU_STATE_CLOSE_WAIT] = true,  [SU_STATE_CLOSING] = true,
        [SU_STATE_LAST_ACK] = true,
    };

    return live[state];
}

static bool is_held_syn(const struct su_hold *hold)
{
    return !(hold->first.flags & SU_ACK);
}

/* Does the ACK in this segment cover the held SYN or SYN-ACK, and nothing more? */
static bool acks_held(const struct admit_step *step)
{
    const struct su_segment *held = &step->hold->first;

    return (step->seg->flags & SU_ACK) && step->seg->from != held->from &&
           su_seq_between(step->seg->ack, held->seq + 1, held->seq + 1 + held->payload_octets);
}

static bool is_repeat_of_held(const struct admit_step *step)
{
    return step->hold && step->hold->first.from == step->seg->from &&
           step->hold->first.seq == step->seg->seq &&
           ((step->hold->first.flags ^ step->seg->flags) & (SU_SYN | SU_ACK)) == 0;
}

/* An ICMP error ended the attempt, or so it seemed. */
static bool is_given_up(const struct admit_step *step)
{
    return (step->pair->conn->facts & (SU_FACT_ICMP_HARD | SU_FACT_ICMP_SOFT)) &&
           !(step->pair->conn->facts & SU_FACT_RST);
}

static enum admission admit_same_syn(const struct admit_step *step)
{
    bool copy = step->snd->control_ip_id == step->seg->ip_id &&
                step->seg->time_ns - step->pair->conn->last_ns < COPY_NS;

    return step->over && !copy && !is_given_up(step) ? ADMIT_ANEW : ADMIT_HERE;
}

static enum admission admit_syn(const struct admit_step *step)
{
    const struct su_side *snd = step->snd;
    uint8_t peer = step->rcv->state;

    if (is_repeat_of_held(step))
        return ADMIT_HOLD;
    if ((snd->flags & (SU_SIDE_ISS | SU_SIDE_SEQ)) && step->seg->seq == snd->iss)
        return admit_same_syn(step);
    if (step->over)
        return ADMIT_ANEW;
    if (peer == SU_STATE_SYN_SENT && !(snd->flags & SU_SIDE_SEQ))
        return ADMIT_HERE; /* simultaneous open */
    return is_live(peer) ? ADMIT_HOLD : ADMIT_ANEW;
}

static enum admission admit_synack(const struct admit_step *step)
{
    const struct su_side *snd = step->snd;
    const struct su_side *rcv = step->rcv;
    bool same = (snd->flags & (SU_SIDE_ISS | SU_SIDE_SEQ)) && step->seg->seq == snd->iss;
    bool fits = (rcv->flags & SU_SIDE_ISS) && step->seg->ack == rcv->iss + 1;

    if (step->hold && is_held_syn(step->hold) && acks_held(step))
        return ADMIT_PROMOTE;
    if (is_repeat_of_held(step))
        return ADMIT_HOLD;
    if (same)
        return ADMIT_HERE;
    if (step->over)
        return fits && is_given_up(step) ? ADMIT_HERE : ADMIT_ANEW;
    if (is_live(rcv->state) && is_live(snd->state) && !fits)
        return ADMIT_HOLD;
    return ADMIT_HERE;
}

static bool is_off(uint32_t seq, uint32_t known)
{
    int32_t off = su_seq_diff(seq, known);

    return off > OTHER_NUMBERS || off < -OTHER_NUMBERS;
}

/* Data of a connection whose SYNs were not captured, after the end of the one before. */
static bool is_unannounced(const struct admit_step *step)
{
    return step->over && (step->seg->flags & SU_ACK) &&
           (step->snd->flags & step->rcv->flags & SU_SIDE_SEQ) &&
           is_off(step->seg->seq, step->snd->snd_nxt) && is_off(step->seg->ack, step->rcv->snd_nxt);
}

static enum admission admit_plain(const struct admit_step *step)
{
    const struct su_segment *held;

    if (!step->hold)
        return is_unannounced(step) ? ADMIT_ANEW : ADMIT_HERE;
    held = &step->hold->first;
    if (step->seg->from == held->from) {
        uint32_t next = held->seq + 1 + held->payload_octets;

        return step->seg->seq == next && next != step->snd->snd_nxt ? ADMIT_PROMOTE : ADMIT_DROP;
    }
    if (!is_held_syn(step->hold) && acks_held(step) && step->seg->seq == held->ack)
        return ADMIT_PROMOTE;
    return ADMIT_HERE;
}

static enum admission admit_rst(const struct admit_step *step)
{
    bool refuses = step->hold && is_held_syn(step->hold) && acks_held(step);

    return refuses ? ADMIT_PROMOTE : ADMIT_HERE;
}

static enum admission admit(const struct admit_step *step)
{
    if (step->seg->flags & SU_RST)
        return admit_rst(step);
    if (!(step->seg->flags & SU_SYN))
        return admit_plain(step);
    return step->seg->flags & SU_ACK ? admit_synack(step) : admit_syn(step);
}

static void begin(struct su_pair *pair, const struct su_pair_ops *ops)
{
    struct su_conn *old = pair->conn;

    if (old)
        su_conn_supersede(old);
    pair->conn = ops->new_conn(ops->user, pair);
}

static bool is_copy(const struct su_segment *of, const struct su_segment *seg)
{
    return of->ip_id == seg->ip_id && seg->time_ns - of->time_ns < COPY_NS &&
           of->time_ns - seg->time_ns < COPY_NS;
}

static void hold(struct su_pair *pair, const struct su_segment *seg, const struct su_pair_ops *ops)
{
    struct su_hold *held = pair->hold;
    uint32_t count;

    if (!held)
        held = pair->hold = ops->new_hold(ops->user);
    if (!held->active || held->first.from != seg->from || held->first.seq != seg->seq)
        *held = (struct su_hold){.first = *seg, .active = true};
    else if (is_copy(&held->last, seg))
        held->copies++;
    else
        held->repeats++;
    held->last = *seg;
    count = held->repeats + held->copies;
    if (count < SU_HOLD_FRAMES)
        held->frames[count] = seg->frame;
}

/* What was held began a new connection: play it into one. */
static void promote(struct su_pair *pair, const struct su_policy *policy,
                    const struct su_pair_ops *ops)
{
    struct su_hold *held = pair->hold;
    uint32_t count = held->repeats + held->copies;
    uint8_t states;

    held->active = false;
    begin(pair, ops);
    su_conn_apply(pair->conn, &held->first, policy, &ops->parts);
    states = su_conn_states(pair->conn);
    if (held->repeats > 0)
        su_conn_apply(pair->conn, &held->last, policy, &ops->parts);
    su_conn_add_held(pair->conn, &held->last, held->repeats, held->copies, &ops->parts);
    for (uint32_t i = 0; i <= count && i < SU_HOLD_FRAMES; i++)
        ops->moved(ops->user, held->frames[i], pair->conn, states);
}

static void drop(struct su_pair *pair, const struct su_pair_ops *ops)
{
    struct su_hold *held = pair->hold;

    held->active = false;
    su_conn_note_dropped_syn(pair->conn, &held->first, held->repeats + held->copies, &ops->parts);
}

/* The capture's copy of the segment that settled the last hold: it has done its work. */
static bool is_settled(const struct su_pair *pair, const struct su_segment *seg)
{
    const struct su_segment *last;

    if (!pair->hold || pair->hold->active)
        return false;
    last = &pair->hold->last;
    return last->seq == seg->seq && last->flags == seg->flags && last->from == seg->from &&
           is_copy(last, seg);
}

static struct su_conn *feed_one(struct su_pair *pair, const struct su_segment *seg,
                                const struct su_policy *policy, const struct su_pair_ops *ops)
{
    struct su_conn *conn = pair->conn;
    struct admit_step step = {.pair = pair, .seg = seg};

    if (!conn) {
        begin(pair, ops);
        su_conn_apply(pair->conn, seg, policy, &ops->parts);
        return pair->conn;
    }
    if (is_settled(pair, seg))
        return conn;
    step.snd = &conn->side[seg->from & 1];
    step.rcv = &conn->side[!(seg->from & 1)];
    step.hold = pair->hold && pair->hold->active ? pair->hold : NULL;
    step.over = su_conn_is_over(conn);
    switch (admit(&step)) {
    case ADMIT_HERE:
        break;
    case ADMIT_ANEW:
        begin(pair, ops);
        break;
    case ADMIT_HOLD:
        hold(pair, seg, ops);
        return conn;
    case ADMIT_PROMOTE:
        promote(pair, policy, ops);
        break;
    case ADMIT_DROP:
        drop(pair, ops);
        break;
    }
    conn = pair->conn;
    su_conn_apply(conn, seg, policy, &ops->parts);
    if (pair->hold && pair->hold->active && su_conn_is_over(conn)) {
        promote(pair, policy, ops); /* the old connection is out of its way */
        pair->hold->last = *seg;
    }
    return conn;
}

/* A connection that was quiet for a while is in no cache; its lines come faster all at once. */
static void fetch(const struct su_conn *conn)
{
#ifdef __GNUC__
    if (!conn)
        return;
    __builtin_prefetch(conn, 1);
    __builtin_prefetch(&conn->side[0], 1);
    __builtin_prefetch(&conn->side[1], 1);
#else
    (void)conn;
#endif
}

/* No SYN ever had to wait here, and neither can this segment begin anything: see admit_plain(). */
static bool can_only_be_here(const struct su_pair *pair, const struct su_segment *seg,
                             const struct su_pair_ops *ops)
{
    return pair->conn && !pair->hold && !(seg->flags & (SU_SYN | SU_RST)) && !ops->same_socket &&
           !su_conn_is_over(pair->conn);
}

struct su_conn *su_pair_feed(struct su_pair *pair, const struct su_segment *seg,
                             const struct su_policy *policy, const struct su_pair_ops *ops)
{
    struct su_segment mirrored;
    struct su_conn *conn = pair->conn;

    fetch(conn);
    if (can_only_be_here(pair, seg, ops)) {
        su_conn_apply(conn, seg, policy, &ops->parts);
        return conn;
    }
    conn = feed_one(pair, seg, policy, ops);
    if (!ops->same_socket)
        return conn;
    /* A socket that talks to itself is both ends of a simultaneous open. */
    mirrored = *seg;
    mirrored.from = !seg->from;
    return feed_one(pair, &mirrored, policy, ops);
}

struct su_conn *su_pair_feed_icmp(struct su_pair *pair, const struct su_icmp_error *error,
                                  const struct su_policy *policy, const struct su_conn_parts *parts)
{
    if (pair->conn)
        su_conn_apply_icmp(pair->conn, error, policy, parts);
    return pair->conn;
}
