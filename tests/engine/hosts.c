/* hosts.c: see hosts.h.
 * Compares sequence numbers by its own arithmetic, not by the engine's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hosts.h"

#include <string.h>

/* Far enough from the numbers before, and not a multiple of anything. */
enum { NEXT_ISN = 1000003 };

static bool later(uint32_t a, uint32_t b)
{
    return a != b && a - b < UINT32_C(0x80000000);
}

void su_host_init(struct su_host *host, uint32_t isn, uint16_t ip_id)
{
    memset(host, 0, sizeof(*host));
    host->isn = isn;
    host->nxt = isn;
    host->ip_id = ip_id;
}

static void renew(struct su_host *me, uint32_t isn)
{
    me->old_nxt = me->nxt;
    me->old_rcv = me->rcv;
    me->isn = isn;
    me->nxt = isn;
    me->started = true;
    me->fin_sent = false;
    me->rcv_known = false;
    me->has_island = false;
}

static void adopt(struct su_host *me)
{
    me->rcv = me->pending_end;
    me->peer_isn = me->pending;
    me->rcv_known = true;
    me->has_pending = false;
}

static uint32_t resolve(const struct su_number *number, uint32_t automatic, const uint32_t *refs)
{
    uint32_t offset = (uint32_t)number->offset;

    if (number->ref == SU_REF_RAW)
        return offset;
    return (number->ref == SU_REF_AUTO ? automatic : refs[number->ref]) + offset;
}

static void begin(struct su_host *me, const struct su_step_segment *step)
{
    bool syn = step->flags & SU_SYN;

    if (step->begins) {
        uint32_t refs[] = {[SU_REF_ISN] = me->isn,
                           [SU_REF_NXT] = me->nxt,
                           [SU_REF_FIN] = me->fin,
                           [SU_REF_OLD] = me->old_nxt,
                           [SU_REF_ACK] = 0};
        renew(me, resolve(&step->isn, me->isn, refs));
    } else if (syn && (step->flags & SU_ACK) && me->has_pending && me->rcv_known) {
        renew(me, me->isn + NEXT_ISN);
    }
    if (me->has_pending && (step->adopt || (syn && (step->flags & SU_ACK)))) {
        me->old_rcv = me->rcv;
        adopt(me);
    }
    if (!me->started && !(step->flags & SU_RST)) {
        me->started = true;
        me->nxt = syn ? me->isn : me->isn + 1;
    }
}

static uint32_t automatic_seq(const struct su_host *me, const struct su_step_segment *step)
{
    bool reset_with_ack = (step->flags & (SU_RST | SU_ACK)) == (SU_RST | SU_ACK);

    if (step->flags & SU_SYN)
        return me->isn;
    if ((step->flags & SU_FIN) && me->fin_sent)
        return me->fin - step->len;
    if (reset_with_ack && (step->adopt || (!me->started && me->has_pending)))
        return 0; /* RFC 9293 section 3.5.2: no connection, and the segment had no ACK */
    return me->started ? me->nxt : me->isn + 1;
}

static uint32_t automatic_ack(const struct su_host *me, const struct su_host *peer)
{
    if (me->rcv_known)
        return me->rcv;
    if (me->has_pending)
        return me->pending_end;
    return peer->started ? peer->nxt : peer->isn + 1;
}

static void number(const struct su_host *me, const struct su_host *peer,
                   const struct su_step_segment *step, struct su_segment *segment)
{
    uint32_t acked = peer->has_acked ? peer->last_ack : me->nxt;
    uint32_t seq_refs[] = {[SU_REF_ISN] = me->isn,
                           [SU_REF_NXT] = me->nxt,
                           [SU_REF_FIN] = me->fin,
                           [SU_REF_OLD] = me->old_nxt,
                           [SU_REF_ACK] = acked};
    uint32_t ack_refs[] = {[SU_REF_ISN] = peer->isn,
                           [SU_REF_NXT] = peer->nxt,
                           [SU_REF_FIN] = peer->fin,
                           [SU_REF_OLD] = me->old_rcv,
                           [SU_REF_ACK] = me->last_ack};

    segment->seq = resolve(&step->seq, automatic_seq(me, step), seq_refs);
    if (step->flags & SU_ACK)
        segment->ack = resolve(&step->ack, automatic_ack(me, peer), ack_refs);
}

/* What of [from, to) is new in order? Islands beyond a hole wait for it to be filled. */
static void receive_octets(struct su_host *host, uint32_t from, uint32_t to)
{
    if (!host->rcv_known) {
        host->rcv = to;
        host->rcv_known = true;
        return;
    }
    if (later(from, host->rcv)) {
        host->hole_end = from;
        host->island_end = to;
        host->has_island = true;
        return;
    }
    if (later(to, host->rcv))
        host->rcv = to;
    if (!host->has_island || later(host->hole_end, host->rcv))
        return;
    if (later(host->island_end, host->rcv))
        host->rcv = host->island_end;
    host->has_island = false;
}

static void receive_syn(struct su_host *host, const struct su_segment *segment, bool tfo)
{
    uint32_t end = segment->seq + 1 + (tfo ? segment->payload_octets : 0);

    if (host->rcv_known && segment->seq == host->peer_isn)
        return;
    host->pending = segment->seq;
    host->pending_end = end;
    host->has_pending = true;
    if ((segment->flags & SU_ACK) && host->started && !host->rcv_known)
        adopt(host); /* the answer to its own SYN */
}

static void receive(struct su_host *host, const struct su_segment *segment, bool tfo)
{
    uint32_t octets = segment->payload_octets + ((segment->flags & SU_FIN) ? 1 : 0);

    if (segment->flags & SU_RST)
        return;
    if (segment->flags & SU_SYN)
        receive_syn(host, segment, tfo);
    else if (octets)
        receive_octets(host, segment->seq, segment->seq + octets);
}

static void advance(struct su_host *me, const struct su_segment *segment, bool tfo)
{
    bool syn = segment->flags & SU_SYN;
    uint32_t payload = syn && !tfo && !(segment->flags & SU_ACK) ? 0 : segment->payload_octets;
    uint32_t end = segment->seq + payload + syn + (segment->flags & SU_FIN ? 1 : 0);

    me->last_seq = segment->seq;
    if (segment->flags & SU_ACK) {
        me->last_ack = segment->ack;
        me->has_acked = true;
    }
    if (segment->flags & SU_RST)
        return;
    if (later(end, me->nxt))
        me->nxt = end;
    if (segment->flags & SU_FIN) {
        me->fin = segment->seq + segment->payload_octets;
        me->fin_sent = true;
    }
}

void su_host_send(struct su_host *me, struct su_host *peer, const struct su_step_segment *step,
                  struct su_segment *segment)
{
    memset(segment, 0, sizeof(*segment));
    if (!step->forged)
        begin(me, step);
    segment->flags = step->flags;
    segment->payload_octets = step->len;
    segment->window = step->window;
    segment->wscale = step->flags & SU_SYN ? step->wscale : 0;
    segment->checksum = step->checksum;
    segment->ip_id = step->ip_id >= 0 ? (uint16_t)step->ip_id : me->ip_id++;
    number(me, peer, step, segment);
    if (step->forged)
        return;
    advance(me, segment, step->tfo);
    if (!step->lost)
        receive(peer, segment, step->tfo);
}

uint32_t su_host_quoted(const struct su_host *host, const struct su_number *seq)
{
    uint32_t refs[] = {[SU_REF_ISN] = host->isn,
                       [SU_REF_NXT] = host->nxt,
                       [SU_REF_FIN] = host->fin,
                       [SU_REF_OLD] = host->old_nxt,
                       [SU_REF_ACK] = host->last_ack};

    return resolve(seq, host->started ? host->last_seq : host->isn, refs);
}
