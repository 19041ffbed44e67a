/* window.c: sequence space: what has been sent, acknowledged, offered, skipped and repeated.
 * RFC 9293 section 3.4, RFC 7323 section 2 for scaled windows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "seq.h"
#include "step.h"

/* The window scale in force for what `side` offers; SU_WSCALE_UNKNOWN if it cannot be known. */
static uint8_t scale_of(const struct su_side *side, const struct su_side *peer)
{
    if (side->wscale <= SU_WSCALE_MAX && peer->wscale <= SU_WSCALE_MAX)
        return side->wscale;
    if (side->wscale == SU_WSCALE_ABSENT || peer->wscale == SU_WSCALE_ABSENT)
        return 0;
    if (side->wscale == SU_WSCALE_UNKNOWN || peer->wscale == SU_WSCALE_UNKNOWN)
        return SU_WSCALE_UNKNOWN;
    return side->wscale > SU_WSCALE_MAX ? SU_WSCALE_MAX : side->wscale;
}

uint8_t su_conn_window_scale(const struct su_conn *conn, unsigned from)
{
    if (!(conn->side[0].flags & conn->side[1].flags & SU_SIDE_ISS))
        return SU_WSCALE_UNKNOWN;
    return scale_of(&conn->side[from], &conn->side[!from]);
}

/* How far `rcv` may send now. The window of a SYN is never scaled. Without a known scale the
 * largest possible one holds, and the edge is not exact. */
static void note_edge(const struct su_step *step)
{
    struct su_side *rcv = step->rcv;
    uint8_t scale = step->seg->flags & SU_SYN ? 0 : scale_of(step->snd, rcv);
    bool exact = scale != SU_WSCALE_UNKNOWN;
    uint32_t edge =
        step->seg->ack + ((uint32_t)step->seg->window << (exact ? scale : SU_WSCALE_MAX));

    if (rcv->flags & SU_SIDE_ACKED && !su_seq_after(edge, rcv->edge))
        return;
    rcv->edge = edge;
    if (exact)
        rcv->flags |= SU_SIDE_EDGE;
    else
        rcv->flags &= (uint16_t)~SU_SIDE_EDGE;
}

static void remember_ack(struct su_side *snd, uint32_t ack)
{
    for (int i = SU_RECENT_ACKS - 1; i > 0; i--)
        snd->recent_acks[i] = snd->recent_acks[i - 1];
    snd->recent_acks[0] = ack;
    if (snd->recent_count < SU_RECENT_ACKS)
        snd->recent_count++;
}

void su_step_note_ack(const struct su_step *step)
{
    struct su_side *rcv = step->rcv;
    uint32_t ack = step->seg->ack;

    if (!(step->seg->flags & SU_ACK))
        return;
    note_edge(step);
    if (!(rcv->flags & SU_SIDE_ACKED)) {
        rcv->snd_una = ack;
        rcv->flags |= SU_SIDE_ACKED;
        if (!(rcv->flags & SU_SIDE_ISS))
            rcv->iss = ack - 1; /* a guess, good until its SYN or its first octet is seen */
    } else if (su_seq_after(ack, rcv->snd_una)) {
        remember_ack(step->snd, rcv->snd_una);
        rcv->snd_una = ack;
    }
    su_step_note_syn_acked(step, rcv);
    if (!(rcv->flags & SU_SIDE_SEQ)) {
        rcv->snd_nxt = ack;
        rcv->flags |= SU_SIDE_SEQ;
    } else if (!(rcv->packets) && su_seq_after(ack, rcv->snd_nxt)) {
        rcv->snd_nxt = ack; /* never captured: its peer's word is all there is */
    }
}

/* RFC 9293 section 3.8.4: one octet below what the peer expects, so that it must answer. */
static bool is_keepalive(const struct su_step *step)
{
    return step->seg->payload_octets <= 1 && step->seg->seq == step->snd->snd_nxt - 1 &&
           !(step->seg->flags & SU_FIN);
}

/* A hole is what was skipped; when a late segment touches it, it shrinks from one of its ends. */
static bool fills_hole(const struct su_step *step, uint32_t begin, uint32_t end)
{
    struct su_side_odd *odd = su_step_side_odd(step, step->snd);
    bool touches = (step->snd->flags & SU_SIDE_HOLE) && su_seq_before(begin, odd->hole_hi) &&
                   su_seq_after(end, odd->hole_lo);

    if (!touches)
        return false;
    if (!su_seq_after(begin, odd->hole_lo))
        odd->hole_lo = end;
    else
        odd->hole_hi = begin;
    if (!su_seq_before(odd->hole_lo, odd->hole_hi))
        step->snd->flags &= (uint16_t)~SU_SIDE_HOLE;
    return true;
}

static void note_old_data(const struct su_step *step, uint32_t end)
{
    struct su_side_odd *odd;

    if (end == step->seg->seq || is_keepalive(step))
        return;
    odd = su_step_side_odd(step, step->snd);
    if (fills_hole(step, step->seg->seq, end))
        su_step_count(step, &odd->reordered);
    else
        su_step_count(step, &odd->retransmits);
}

void su_step_note_data(const struct su_step *step)
{
    struct su_side *snd = step->snd;
    uint32_t begin = step->seg->seq;
    uint32_t end = su_segment_end(step->seg);
    uint32_t reach = su_side_reach(snd);

    if (!(snd->flags & SU_SIDE_SEQ)) {
        snd->flags |= SU_SIDE_SEQ;
        snd->iss = begin - 1;
        snd->snd_nxt = end;
        return;
    }
    if (!(snd->flags & SU_SIDE_ISS) && su_seq_before(begin, snd->iss + 1))
        snd->iss = begin - 1;
    if ((snd->flags & SU_SIDE_FIN) && su_seq_after(end, su_step_fin_seq(step, snd) + 1))
        su_step_learn(step, SU_FACT_DATA_AFTER_FIN);
    if (!su_seq_after(end, reach)) {
        note_old_data(step, end);
        if (su_seq_after(end, snd->snd_nxt))
            snd->snd_nxt = end;
        return;
    }
    if ((snd->flags & SU_SIDE_FIN_HELD) && end == su_step_fin_seq(step, snd) + 1)
        return; /* nobody has accepted it, so nothing was sent */
    if (su_seq_after(begin, reach)) {
        struct su_side_odd *odd = su_step_side_odd(step, snd);

        odd->hole_lo = reach;
        odd->hole_hi = begin;
        snd->flags |= SU_SIDE_HOLE;
    }
    snd->snd_nxt = end;
}
