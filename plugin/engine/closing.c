/* closing.c: FIN and the ACK of it. RFC 9293 section 3.6.
 * A FIN is known by the number of its octet, and judged by what the peer had offered; the peer's
 * ACK is the better judge where there is one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "seq.h"
#include "step.h"

static bool is_acked(const struct su_step *step, const struct su_side *sender, uint32_t ack)
{
    return (sender->flags & SU_SIDE_FIN) && su_seq_after(ack, su_step_fin_seq(step, sender));
}

/* `acker` has acknowledged the FIN of `closer`. */
static void note_fin_acked(const struct su_step *step, struct su_side *acker,
                           struct su_side *closer)
{
    bool crossed = step->conn->facts & SU_FACT_FINS_CROSSED;

    if (!(closer->flags & SU_SIDE_FIN_ACKED)) {
        closer->flags |= SU_SIDE_FIN_ACKED;
        step->conn->changes++;
    }
    su_step_feed(step, acker, SU_EVENT_TX_ACK_OF_FIN);
    su_step_feed(step, closer, crossed ? SU_EVENT_RX_ACK_OF_CROSSED_FIN : SU_EVENT_RX_ACK_OF_FIN);
}

/* Is this FIN a repetition of one that nobody saw, from before the peer's FIN came? Then its sender
 * has skipped its octet already, in acknowledging the peer's. Had its own only been lost behind that,
 * the peer would have had to repeat its FIN to be acknowledged once more. */
static bool was_lost_before(const struct su_step *step)
{
    const struct su_odd *odd = su_conn_odd(step->conn);
    const struct su_side_odd *mine = &odd->side[step->from];
    uint32_t fin_seq = su_step_fin_seq(step, step->snd);

    return (step->snd->flags & SU_SIDE_HOLE) && mine->hole_lo == fin_seq &&
           mine->hole_hi == fin_seq + 1 && !su_seq_after(step->snd->snd_una, fin_seq) &&
           odd->side[!step->from].dup_fin == 0;
}

/* Has the sender of this FIN not seen its peer's? */
static bool is_blind(const struct su_step *step)
{
    if (!(step->rcv->flags & SU_SIDE_FIN))
        return false;
    if (!(step->seg->flags & SU_ACK) || !is_acked(step, step->rcv, step->seg->ack))
        return true;
    return was_lost_before(step);
}

/* The FIN counts: its sender has closed its half. */
static void take_fin(const struct su_step *step, struct su_side *side, uint32_t frame)
{
    struct su_conn *conn = step->conn;
    bool blind = side == step->snd && is_blind(step);

    side->flags |= SU_SIDE_FIN;
    side->flags &= (uint16_t)~SU_SIDE_FIN_HELD;
    conn->changes++;
    su_step_feed(step, side, blind ? SU_EVENT_TX_FIN_BLIND : SU_EVENT_TX_FIN);
    if (!(conn->facts & SU_FACT_FIN)) {
        su_step_learn(step, SU_FACT_FIN);
        conn->first_fin = (uint8_t)(side == &conn->side[1]);
        su_step_ending(step)->first_fin_ns = step->seg->time_ns;
        su_step_ending(step)->fin_frame = frame;
        return;
    }
    if (blind)
        su_step_learn(step, SU_FACT_FINS_CROSSED);
}

/* Captured behind its own ACK, and perhaps behind a later segment of its sender: that octet was
 * acknowledged, and never seen as data. */
static bool is_late(const struct su_step *step, uint32_t fin_seq)
{
    const struct su_side *snd = step->snd;
    const struct su_side_odd *odd = &su_conn_odd(step->conn)->side[step->from];

    if (fin_seq + 1 != snd->snd_una)
        return false;
    if ((snd->flags & SU_SIDE_HOLE) && su_seq_between(fin_seq, odd->hole_lo, odd->hole_hi - 1))
        return true;
    return !su_seq_before(fin_seq, snd->snd_nxt) || snd->packets == 1;
}

/* RFC 9293 section 3.10.7.4: a segment outside the window is not processed. A FIN that follows
 * right behind what was sent is believed even so: the ACK that opened the window may be missing. */
static bool is_acceptable(const struct su_step *step, uint32_t fin_seq)
{
    const struct su_side *snd = step->snd;

    if (!(snd->flags & SU_SIDE_ACKED))
        return true;
    if (is_late(step, fin_seq))
        return true;
    if (su_seq_before(fin_seq, snd->snd_una))
        return false;
    return step->seg->seq == su_side_reach(snd) || !su_seq_after(fin_seq, snd->edge);
}

/* A second FIN with a higher number: taken if the peer would take it. */
static void move_fin(const struct su_step *step, uint32_t fin_seq)
{
    struct su_side *snd = step->snd;

    if (!is_acceptable(step, fin_seq)) {
        su_step_count(step, &su_step_odd(step)->fin_invalid);
        return;
    }
    su_step_note_control(step);
    su_step_learn(step, SU_FACT_FIN_MOVED);
    su_step_set_fin_seq(step, fin_seq);
    snd->flags &= (uint16_t)~SU_SIDE_FIN_ACKED;
    step->conn->changes++;
}

static void repeat_fin(const struct su_step *step, uint32_t fin_seq)
{
    struct su_side *snd = step->snd;
    uint32_t known = su_step_fin_seq(step, snd);

    if (su_seq_before(fin_seq, known))
        return;
    if (su_seq_after(fin_seq, known)) {
        move_fin(step, fin_seq);
        return;
    }
    if (su_step_is_copy(step))
        return;
    su_step_note_control(step);
    su_step_count(step, &su_step_side_odd(step, snd)->dup_fin);
    su_step_feed(step, snd, SU_EVENT_TX_FIN_AGAIN);
    if (step->rcv->state == SU_STATE_TIME_WAIT)
        su_step_ending(step)->time_wait_ns = step->seg->time_ns; /* RFC 9293 section 3.10.7.4 */
}

void su_step_fin(const struct su_step *step)
{
    struct su_side *snd = step->snd;
    uint32_t fin_seq = step->seg->seq + step->seg->payload_octets;

    if (snd->flags & SU_SIDE_FIN) {
        repeat_fin(step, fin_seq);
        return;
    }
    if (!is_acceptable(step, fin_seq)) {
        su_step_count(step, &su_step_odd(step)->fin_invalid);
        if (su_seq_after(fin_seq, snd->edge)) {
            snd->flags |= SU_SIDE_FIN_HELD; /* until its peer's ACK says otherwise */
            su_step_set_fin_seq(step, fin_seq);
        }
        return;
    }
    su_step_note_control(step);
    su_step_set_fin_seq(step, fin_seq);
    take_fin(step, snd, step->seg->frame);
    if ((snd->flags & SU_SIDE_ACKED) && is_acked(step, snd, snd->snd_una))
        note_fin_acked(step, step->rcv, snd);
}

void su_step_acks_of_fin(const struct su_step *step)
{
    struct su_side *rcv = step->rcv;

    if (!(step->seg->flags & SU_ACK))
        return;
    if ((rcv->flags & SU_SIDE_FIN_HELD) && step->seg->ack == su_step_fin_seq(step, rcv) + 1) {
        take_fin(step, rcv, step->seg->frame);
        rcv->snd_nxt = step->seg->ack;
    }
    if (is_acked(step, rcv, step->seg->ack))
        note_fin_acked(step, step->snd, rcv);
}
