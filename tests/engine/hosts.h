/* hosts.h: the two hosts of a script and the numbers their segments would carry by themselves.
 * A simple, honest TCP sender's bookkeeping; written apart from the engine so that both can be
 * wrong only in different ways.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Automatic seq: the ISN for a SYN (a second SYN repeats the first), the old number for a repeated
 * FIN, 0 for a RST+ACK of a host that has no connection, else what comes next. Automatic ack: what
 * has arrived in order. A host that answers with SYN+ACK takes up the peer's last SYN; if it still
 * was in an earlier connection it does so under new numbers.
 * References, for seq=: own @isn, @nxt, @fin (number of the FIN), @old (what came next in the
 * incarnation before), @ack (the ack of the peer's last segment). For ack=: the peer's @isn, @nxt
 * and @fin; @old (own ack in the incarnation before).
 */
#ifndef SU_TESTS_ENGINE_HOSTS_H
#define SU_TESTS_ENGINE_HOSTS_H

#include "script.h"

struct su_host {
    uint32_t isn, nxt, fin;        /* own numbers */
    uint32_t rcv, peer_isn;        /* of the peer, valid with rcv_known */
    uint32_t pending, pending_end; /* peer's SYN not taken up yet, and what follows it */
    uint32_t hole_end, island_end; /* octets that arrived beyond a hole */
    uint32_t old_nxt, old_rcv;     /* in the incarnation before */
    uint32_t last_seq, last_ack;   /* of the last segment sent */
    uint16_t ip_id;                /* of the next packet */
    bool started, fin_sent, rcv_known, has_pending, has_island, has_acked;
    struct su_segment last; /* as it was captured, for `dup` */
    bool has_last;
};

/** Set a host's first ISN and IP ID. */
void su_host_init(struct su_host *host, uint32_t isn, uint16_t ip_id);

/** The segment that `me` sends by this step, without time, frame and side; moves both hosts on. */
void su_host_send(struct su_host *me, struct su_host *peer, const struct su_step_segment *step,
                  struct su_segment *segment);

/** The sequence number that an ICMP error about the last segment of `host` quotes. */
uint32_t su_host_quoted(const struct su_host *host, const struct su_number *seq);

#endif
