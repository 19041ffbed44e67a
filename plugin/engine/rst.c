/* rst.c: which RST counts.
 * RFC 9293 sections 3.5.2, 3.5.3 and 3.10.7, RFC 5961 section 3: a receiver acts on a RST only if
 * its number is the very next one it expects. An observer knows that number from its ACKs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "seq.h"
#include "step.h"

enum rst_verdict { RST_OUTSIDE = 0, RST_WEAK, RST_LOOSE, RST_UNVERIFIED, RST_EXACT };

static bool is_recent_ack(const struct su_side *receiver, uint32_t seq)
{
    for (unsigned i = 0; i < receiver->recent_count; i++) {
        if (receiver->recent_acks[i] == seq)
            return true;
    }
    return false;
}

/* Numbers at which the receiver acts at once: what it expects next (as its ACKs say, the newest or,
 * in flight, an older one), what it will expect when all that was sent has arrived, and the FIN's
 * own number, which some stacks use. */
static bool is_exact(const struct su_step *step)
{
    const struct su_side *snd = step->snd;
    uint32_t seq = step->seg->seq;

    if ((snd->flags & SU_SIDE_ACKED) && seq == snd->snd_una)
        return true;
    if ((snd->flags & SU_SIDE_SEQ) && snd->packets > 1 && seq == snd->snd_nxt)
        return true;
    if ((snd->flags & SU_SIDE_FIN) && seq - su_step_fin_seq(step, snd) <= 1)
        return true;
    return is_recent_ack(step->rcv, seq);
}

static enum rst_verdict judge(const struct su_step *step)
{
    const struct su_side *snd = step->snd;
    uint32_t seq = step->seg->seq;
    bool both_closing = (snd->flags & step->rcv->flags) & SU_SIDE_FIN;

    if (!(snd->flags & SU_SIDE_ACKED))
        return RST_UNVERIFIED; /* nothing known of the receiver */
    if (is_exact(step))
        return RST_EXACT;
    if (!step->policy->strict_rst || both_closing)
        return RST_UNVERIFIED;
    if (su_seq_before(seq, snd->snd_una) || !su_seq_before(seq, snd->edge))
        return RST_OUTSIDE;
    return snd->flags & SU_SIDE_EDGE ? RST_WEAK : RST_LOOSE; /* loose: window scale unknown */
}

/* Both sockets are gone. */
static void accept(const struct su_step *step, enum su_rst_class class)
{
    struct su_conn *conn = step->conn;

    su_step_learn(step, SU_FACT_RST);
    conn->rst_from = step->from;
    conn->rst_class = (uint8_t) class;
    su_step_ending(step)->rst_frame = step->seg->frame;
    su_step_ending(step)->rst_ns = step->seg->time_ns;
    if ((step->snd->flags & SU_SIDE_FIN) && (step->rcv->flags & SU_SIDE_DATA_AFTER_FIN))
        su_step_learn(step, SU_FACT_DATA_AFTER_CLOSE);
    for (int i = 0; i < 2; i++) {
        conn->state_before_rst[i] = conn->side[i].state;
        su_step_feed(step, &conn->side[i], SU_EVENT_RST);
    }
}

/* In TIME_WAIT a socket acts on the number behind the FIN and on no other. A RST that answers a
 * straggler has the straggler's number. */
static bool stays_in_time_wait(const struct su_step *step, const struct su_side *side)
{
    return side == step->rcv && side->state == SU_STATE_TIME_WAIT &&
           step->seg->seq != step->snd->snd_una;
}

/* A RST behind a complete close is the answer to a straggler, and changes no verdict. */
static void after_close(const struct su_step *step)
{
    struct su_conn *conn = step->conn;

    su_step_learn(step, SU_FACT_RST_AFTER_CLOSE);
    if (judge(step) == RST_OUTSIDE)
        return;
    for (int i = 0; i < 2; i++) {
        struct su_side *side = &conn->side[i];

        if (stays_in_time_wait(step, side))
            continue;
        if (side->state == SU_STATE_TIME_WAIT)
            su_step_learn(step, SU_FACT_TW_ASSASSINATED);
        su_step_feed(step, side, SU_EVENT_RST);
    }
}

/* Toward a socket in SYN_SENT: RFC 9293 section 3.10.7.3, only a RST that acknowledges its SYN. */
static bool refuses(const struct su_step *step)
{
    const struct su_side *rcv = step->rcv;

    return (step->seg->flags & SU_ACK) &&
           su_seq_between(step->seg->ack, rcv->iss + 1, rcv->snd_nxt);
}

static void toward_syn_sent(const struct su_step *step)
{
    const struct su_side *snd = step->snd;
    bool ends_synack = (snd->flags & SU_SIDE_SYNACK) && step->seg->seq == snd->snd_nxt;

    if (refuses(step)) {
        su_step_learn(step, SU_FACT_REFUSED);
        accept(step, SU_RST_CLASS_EXACT);
    } else if (ends_synack) {
        accept(step, SU_RST_CLASS_EXACT);
    } else {
        su_step_count(step, &su_step_odd(step)->rst_invalid);
    }
}

/* From a client whose handshake is not over. */
static void from_syn_sent(const struct su_step *step)
{
    struct su_side *rcv = step->rcv;
    const struct su_side *snd = step->snd;
    bool mine = su_seq_between(step->seg->seq, snd->iss, snd->snd_nxt);

    /* Aimed at an older connection of the server's: RFC 9293 section 3.5.1, figure 9. */
    if ((rcv->flags & SU_SIDE_CHALLENGED) &&
        step->seg->seq == su_step_side_odd(step, rcv)->challenge_ack) {
        rcv->flags &= (uint16_t)~SU_SIDE_CHALLENGED;
        return;
    }
    if (!mine) {
        su_step_count(step, &su_step_odd(step)->rst_invalid);
        return;
    }
    if (rcv->flags & SU_SIDE_SYNACK) {
        su_step_learn(step, SU_FACT_CLIENT_RST);
        accept(step, SU_RST_CLASS_EXACT);
        return;
    }
    su_step_learn(step, SU_FACT_CLIENT_ABORT);
    su_step_ending(step)->rst_frame = step->seg->frame;
    su_step_feed(step, step->snd, SU_EVENT_RST);
}

/* Nothing is known of either side: RFC 9293 section 3.10.7.1 tells what a RST answers. One with
 * number 0 that acknowledges something answers a SYN; any other ends or denies a connection. */
static void alone(const struct su_step *step)
{
    if ((step->seg->flags & SU_ACK) && step->seg->seq == 0)
        su_step_learn(step, SU_FACT_REFUSAL_ALONE);
    accept(step, SU_RST_CLASS_UNVERIFIED);
}

static void toward_synchronized(const struct su_step *step)
{
    static const enum su_rst_class class_of[] = {
        [RST_OUTSIDE] = SU_RST_CLASS_NONE,     [RST_WEAK] = SU_RST_CLASS_WEAK,
        [RST_LOOSE] = SU_RST_CLASS_UNVERIFIED, [RST_UNVERIFIED] = SU_RST_CLASS_UNVERIFIED,
        [RST_EXACT] = SU_RST_CLASS_EXACT,
    };
    enum rst_verdict verdict = judge(step);

    if (verdict == RST_OUTSIDE) {
        su_step_count(step, &su_step_odd(step)->rst_invalid);
        return;
    }
    accept(step, class_of[verdict]);
    if (verdict == RST_WEAK || verdict == RST_LOOSE)
        su_step_learn(step, SU_FACT_RST_REVOCABLE);
}

/* A second RST: may confirm a doubtful first one, and ends a socket that the first did not reach. */
static void repeat_rst(const struct su_step *step)
{
    struct su_conn *conn = step->conn;

    if (!is_exact(step))
        return;
    if (conn->facts & SU_FACT_RST_REVOCABLE) {
        conn->rst_class = SU_RST_CLASS_EXACT;
        conn->facts &= ~(uint32_t)SU_FACT_RST_REVOCABLE;
        conn->changes++;
    }
    su_step_feed(step, step->rcv, SU_EVENT_RST);
}

static bool is_closed(const struct su_conn *conn)
{
    return (conn->side[0].flags & conn->side[1].flags) & SU_SIDE_FIN_ACKED;
}

void su_step_rst(const struct su_step *step)
{
    struct su_conn *conn = step->conn;
    const struct su_side *rcv = step->rcv;

    if (conn->facts & SU_FACT_RST) {
        repeat_rst(step);
        return;
    }
    if ((conn->facts & SU_FACT_CLIENT_ABORT) && step->snd->state == SU_STATE_CLOSE)
        return; /* it has withdrawn its SYN already */
    if (is_closed(conn))
        after_close(step);
    else if (step->snd->state == SU_STATE_UNKNOWN && rcv->state == SU_STATE_UNKNOWN)
        alone(step);
    else if (rcv->state == SU_STATE_SYN_SENT && (rcv->flags & SU_SIDE_ISS))
        toward_syn_sent(step);
    else if (step->snd->state == SU_STATE_SYN_SENT && (step->snd->flags & SU_SIDE_ISS))
        from_syn_sent(step);
    else
        toward_synchronized(step);
}

void su_step_withdraw_rst(const struct su_step *step)
{
    struct su_conn *conn = step->conn;

    conn->facts &= ~(uint32_t)(SU_FACT_RST | SU_FACT_RST_REVOCABLE | SU_FACT_DATA_AFTER_CLOSE);
    conn->rst_class = SU_RST_CLASS_NONE;
    su_step_ending(step)->rst_frame = 0;
    for (int i = 0; i < 2; i++)
        conn->side[i].state = conn->state_before_rst[i];
    su_step_count(step, &su_step_odd(step)->rst_ignored);
}

void su_step_undo_rst(const struct su_step *step)
{
    struct su_conn *conn = step->conn;

    if (!(conn->facts & SU_FACT_RST_REVOCABLE))
        return;
    if (step->from == conn->rst_from && step->seg->payload_octets == 0)
        return;
    su_step_withdraw_rst(step);
}

void su_step_life_after_rst(const struct su_step *step)
{
    struct su_conn *conn = step->conn;
    struct su_side *snd = step->snd;
    bool sent_it = step->from == conn->rst_from;
    bool new_data = step->seg->payload_octets > 0 &&
                    (!(snd->flags & SU_SIDE_SEQ) ||
                     su_seq_after(su_segment_end(step->seg), su_side_reach(snd)));

    if (!(conn->facts & SU_FACT_RST) || snd->state != SU_STATE_CLOSE)
        return;
    /* A socket that sends new data after its RST never sent that RST. */
    if (sent_it ? !new_data : step->seg->time_ns - su_conn_ending(conn)->rst_ns < SU_IN_FLIGHT_NS)
        return;
    if (step->rcv->state != SU_STATE_CLOSE) {
        su_step_withdraw_rst(step); /* neither end took any notice of it */
        return;
    }
    snd->state = conn->state_before_rst[step->from];
    conn->changes++;
}
