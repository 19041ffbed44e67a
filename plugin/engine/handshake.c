/* handshake.c: SYN, SYN-ACK, and what later segments prove of the handshake.
 * RFC 9293 sections 3.5 and 3.10.7, RFC 7413 for data on SYN. What becomes of the handshake in the
 * users' words is decided late, in verdict.c; here only facts and states are noted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "seq.h"
#include "step.h"

static void take_scale_and_numbers(const struct su_step *step)
{
    struct su_side *snd = step->snd;

    snd->iss = step->seg->seq;
    snd->wscale = step->seg->wscale;
    if (!(snd->flags & SU_SIDE_SEQ) || su_seq_after(su_segment_end(step->seg), snd->snd_nxt))
        snd->snd_nxt = su_segment_end(step->seg);
    snd->flags |= SU_SIDE_ISS | SU_SIDE_SEQ;
    su_step_note_syn_acked(step, snd);
}

static void repeat_syn(const struct su_step *step)
{
    struct su_conn *conn = step->conn;

    if (su_step_is_copy(step))
        return;
    su_step_note_control(step);
    su_step_count(step, &su_step_odd(step)->dup_syn);
    su_step_feed(step, step->snd, SU_EVENT_TX_SYN);
    /* It goes on trying, so the error did not end it; soft errors stay on record. */
    conn->facts &= ~(uint32_t)SU_FACT_ICMP_HARD;
    if (su_conn_when(conn, SU_WHEN_SYNACK) != SU_TIME_NONE)
        return;
    su_step_learn(step, SU_FACT_SYN_REPEATED);
    su_step_set_when(step, SU_WHEN_LAST_SYN);
}

void su_step_syn(const struct su_step *step)
{
    struct su_conn *conn = step->conn;
    struct su_side *snd = step->snd;

    if (step->conn->facts & SU_FACT_RST)
        return;
    if (snd->flags & SU_SIDE_ISS) {
        if (step->seg->seq == snd->iss)
            repeat_syn(step);
        return;
    }
    su_step_note_control(step);
    take_scale_and_numbers(step);
    snd->flags |= SU_SIDE_SYN;
    conn->changes++;
    if (step->rcv->flags & SU_SIDE_SYN)
        su_step_learn(step, SU_FACT_SYN_BOTH);
    else {
        su_step_set_when(step, SU_WHEN_FIRST_SYN);
        su_step_set_when(step, SU_WHEN_LAST_SYN);
        conn->syn_frame = step->seg->frame;
    }
    if (step->seg->payload_octets > 0)
        su_step_learn(step, SU_FACT_SYN_DATA);
    su_step_feed(step, snd, SU_EVENT_TX_SYN);
    su_step_feed(step, step->rcv, SU_EVENT_RX_SYN);
}

/* Does this SYN-ACK answer the peer's SYN: ISN < SEG.ACK <= SND.NXT (RFC 9293 section 3.10.7.3)? */
static bool fits_syn(const struct su_step *step)
{
    const struct su_side *rcv = step->rcv;

    if (!(rcv->flags & SU_SIDE_ISS))
        return true;
    return su_seq_between(step->seg->ack, rcv->iss + 1, rcv->snd_nxt);
}

/* A SYN-ACK that met the ACK on the way: where the first one was lost, the client's timer and the
 * server's go off together, and two come at once. */
static bool was_on_its_way(const struct su_step *step)
{
    int64_t ack_ns = su_conn_when(step->conn, SU_WHEN_ACK);

    return ack_ns != SU_TIME_NONE && step->seg->time_ns - ack_ns < SU_IN_FLIGHT_NS;
}

static void repeat_synack(const struct su_step *step)
{
    struct su_side *snd = step->snd;

    if (su_step_is_copy(step))
        return;
    su_step_note_control(step);
    su_step_count(step, &su_step_odd(step)->dup_synack);
    if ((snd->flags & SU_SIDE_PROVEN) || was_on_its_way(step))
        return;
    if (snd->state == SU_STATE_ESTABLISHED) /* an ACK of it passed us, and was lost or not taken */
        snd->flags |= SU_SIDE_SYNACK_DOUBTED;
    su_step_feed(step, snd, SU_EVENT_TX_SYNACK_AGAIN);
}

static void synack_without_syn(const struct su_step *step)
{
    struct su_side *rcv = step->rcv;

    su_step_learn(step, SU_FACT_SYNACK_ALONE);
    rcv->iss = step->seg->ack - 1;
    if (!(rcv->flags & SU_SIDE_SEQ))
        rcv->snd_nxt = step->seg->ack;
    rcv->flags |= SU_SIDE_SEQ;
    su_step_feed(step, rcv, SU_EVENT_RX_SYNACK_ALONE);
}

/* May a SYN-ACK still tell something new about its sender? */
static bool is_first_synack(const struct su_step *step)
{
    const struct su_side *snd = step->snd;

    if (!(snd->flags & SU_SIDE_SYNACK))
        return true;
    /* The server began anew before the client answered, as with SYN cookies. */
    return step->seg->seq != snd->iss && step->rcv->state == SU_STATE_SYN_SENT;
}

static void first_synack(const struct su_step *step)
{
    struct su_conn *conn = step->conn;

    su_step_note_control(step);
    take_scale_and_numbers(step);
    step->snd->flags |= SU_SIDE_SYNACK;
    conn->changes++;
    if (su_conn_when(conn, SU_WHEN_SYNACK) == SU_TIME_NONE) {
        su_step_set_when(step, SU_WHEN_SYNACK);
        conn->synack_frame = step->seg->frame;
    }
    if (step->rcv->flags & SU_SIDE_ISS) {
        if (su_seq_after(step->seg->ack, step->rcv->iss + 1))
            su_step_learn(step, SU_FACT_TFO_TAKEN);
    } else {
        synack_without_syn(step);
    }
    su_step_feed(step, step->rcv, SU_EVENT_RX_SYNACK_REVIVES);
    su_step_feed(step, step->snd, SU_EVENT_TX_SYNACK);
    su_step_feed(step, step->rcv, SU_EVENT_RX_ACK_OF_SYN);
}

/* The server goes on repeating its SYN-ACK, so the RST in sight did not reach it. */
static void synack_after_rst(const struct su_step *step)
{
    struct su_side *snd = step->snd;

    if (step->seg->seq != snd->iss || !(snd->flags & SU_SIDE_SYNACK) || su_step_is_copy(step))
        return;
    su_step_note_control(step);
    su_step_count(step, &su_step_odd(step)->dup_synack);
    if (!(step->conn->facts & SU_FACT_CLIENT_RST))
        return;
    if (step->rcv->state != SU_STATE_CLOSE)
        su_step_withdraw_rst(step);
    else
        su_step_feed(step, snd, SU_EVENT_TX_SYNACK_AGAIN);
}

void su_step_synack(const struct su_step *step)
{
    if (step->conn->facts & SU_FACT_RST) {
        synack_after_rst(step);
        return;
    }
    if (!fits_syn(step)) {
        su_step_learn(step, SU_FACT_SYNACK_STALE);
        return;
    }
    if (is_first_synack(step))
        first_synack(step);
    else if (step->seg->seq == step->snd->iss)
        repeat_synack(step);
    su_step_note_ack(step);
}

bool su_step_is_challenge(const struct su_step *step)
{
    struct su_side *snd = step->snd;
    const struct su_side *rcv = step->rcv;
    bool waits = snd->state == SU_STATE_UNKNOWN || snd->state == SU_STATE_LISTEN;

    if (!waits || rcv->state != SU_STATE_SYN_SENT || !(rcv->flags & SU_SIDE_ISS))
        return false;
    if (!(step->seg->flags & SU_ACK))
        return true;
    if (su_seq_between(step->seg->ack, rcv->iss + 1, rcv->snd_nxt))
        return false;
    su_step_side_odd(step, snd)->challenge_ack = step->seg->ack;
    snd->flags |= SU_SIDE_CHALLENGED;
    su_step_learn(step, SU_FACT_CHALLENGED);
    return true;
}

bool su_step_is_premature(const struct su_step *step)
{
    const struct su_side *rcv = step->rcv;
    bool waits = step->snd->state == SU_STATE_SYN_SENT;

    if (step->seg->flags & SU_ACK)
        return waits && (rcv->flags & SU_SIDE_ISS) && !su_seq_after(step->seg->ack, rcv->iss);
    if (!((step->snd->flags | rcv->flags) & SU_SIDE_ISS))
        return false;
    /* RFC 9293 section 3.10.7.4: without ACK a segment is dropped. */
    if (waits && (step->seg->flags & SU_FIN) && !(rcv->flags & SU_SIDE_SYNACK))
        su_step_learn(step, SU_FACT_CLIENT_ABORT);
    return true;
}

/* Both ends are synchronized, though some part of the handshake was not captured. */
static void talk(const struct su_step *step)
{
    bool handshake_seen = (step->snd->flags | step->rcv->flags) & SU_SIDE_ISS;

    if (handshake_seen)
        su_step_learn(step, SU_FACT_PROGRESS);
    su_step_feed(step, step->snd, SU_EVENT_TX_TALK);
    if (step->seg->flags & SU_ACK)
        su_step_feed(step, step->rcv, SU_EVENT_RX_TALK);
}

/* The first ACK of a SYN-ACK: the third segment of the handshake, or the first after a lost one. */
static void ack_of_synack(const struct su_step *step)
{
    struct su_conn *conn = step->conn;

    su_step_feed(step, step->snd, SU_EVENT_TX_ACK_OF_SYN);
    if (!(step->rcv->flags & SU_SIDE_SYNACK_DOUBTED))
        su_step_feed(step, step->rcv, SU_EVENT_RX_ACK_OF_SYN);
    if ((conn->facts & SU_FACT_SYNACK_ACKED) || su_conn_when(conn, SU_WHEN_SYNACK) == SU_TIME_NONE)
        return;
    su_step_set_when(step, SU_WHEN_ACK);
    conn->ack_frame = step->seg->frame;
    su_step_learn(step, SU_FACT_SYNACK_ACKED);
}

/* RFC 7413 section 4.2: after a SYN with data a server may send before the handshake is over. */
static bool is_early_data(const struct su_step *step)
{
    const struct su_side *client = step->rcv;

    return (step->conn->facts & SU_FACT_TFO_TAKEN) && client->state == SU_STATE_SYN_SENT &&
           step->snd->state == SU_STATE_SYN_RECV;
}

/* Has this segment's sender got more from its peer than the SYN, or does it send data? */
static bool is_proof_of_data(const struct su_step *step)
{
    const struct su_side *rcv = step->rcv;

    if (step->seg->payload_octets > 0)
        return true;
    return (rcv->flags & SU_SIDE_ISS) && su_seq_after(step->seg->ack, rcv->iss + 1) &&
           !(step->conn->facts & SU_FACT_TFO_TAKEN);
}

void su_step_handshake_ack(const struct su_step *step)
{
    struct su_side *snd = step->snd;
    const struct su_side *rcv = step->rcv;
    bool acks_syn = (step->seg->flags & SU_ACK) && (rcv->flags & SU_SIDE_ISS) &&
                    su_seq_after(step->seg->ack, rcv->iss);

    if (is_proof_of_data(step))
        snd->flags |= SU_SIDE_PROVEN;
    if (acks_syn && (rcv->flags & SU_SIDE_SYNACK))
        ack_of_synack(step);
    if (snd->state == SU_STATE_SYN_RECV) {
        if (is_early_data(step))
            return;
        if ((snd->flags & SU_SIDE_SYNACK_DOUBTED) && !(snd->flags & SU_SIDE_PROVEN))
            return;
        if (snd->flags & SU_SIDE_SYN_ACKED)
            su_step_feed(step, snd, SU_EVENT_TX_TALK);
        else
            talk(step);
        return;
    }
    if (snd->state < SU_STATE_ESTABLISHED || rcv->state < SU_STATE_SYN_RECV)
        talk(step);
}
