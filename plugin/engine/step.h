/* step.h: one segment on its way through the engine. Internal to the engine.
 * Orients a segment once ("snd", "rcv"), so that no rule has to ask for the direction again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_STEP_H
#define SU_ENGINE_STEP_H

#include "conn.h"
#include "endpoint.h"

/** What a socket sends this long after a segment passed us toward it was not on its way already. */
#define SU_IN_FLIGHT_NS INT64_C(200000000)

struct su_step {
    struct su_conn *conn;
    struct su_side *snd; /* the segment's sender */
    struct su_side *rcv; /* its receiver */
    const struct su_segment *seg;
    const struct su_policy *policy;
    const struct su_conn_parts *parts;
    uint8_t from; /* index of snd */
};

/** An event happens to one side: the only way a state ever changes. */
void su_step_feed(const struct su_step *step, struct su_side *side, enum su_event event);

/** Note a fact, for good. */
void su_step_learn(const struct su_step *step, uint32_t fact);

/** The connection's parts, to be written; made if it has none yet (parts.c). */
struct su_ending *su_step_ending(const struct su_step *step);
struct su_odd *su_step_odd(const struct su_step *step);
/** What it holds of one side. */
struct su_side_odd *su_step_side_odd(const struct su_step *step, const struct su_side *side);

/** Number of a side's FIN octet; it has SU_SIDE_FIN or SU_SIDE_FIN_HELD. */
uint32_t su_step_fin_seq(const struct su_step *step, const struct su_side *side);
/** Note the sender's. */
void su_step_set_fin_seq(const struct su_step *step, uint32_t fin_seq);

/** It was now (parts.c). */
void su_step_set_when(const struct su_step *step, enum su_when when);

/** Count an event on a 16-bit counter that stops at its end. */
void su_step_count(const struct su_step *step, uint16_t *counter);

/** Is this SYN, SYN-ACK or FIN the capture's own copy of the sender's last one? Same IP ID, and
 *  within a millisecond: no host repeats itself that fast. */
bool su_step_is_copy(const struct su_step *step);

/** Remember this control segment for su_step_is_copy(). */
void su_step_note_control(const struct su_step *step);

/** Number behind all that the side has sent, as its own segments or its peer's ACKs tell. */
uint32_t su_side_reach(const struct su_side *side);

/** Note whether what is known of the side's numbers says that its SYN was acknowledged. */
void su_step_note_syn_acked(const struct su_step *step, struct su_side *side);

/** Number of the octet behind the segment, SYN and FIN counted. */
uint32_t su_segment_end(const struct su_segment *seg);

/** Take in a segment that needs no rules; false, and nothing is done, if it does (usual.c). */
bool su_step_take_usual(const struct su_step *step);
/** Take in any segment, by all the rules (conn.c). */
void su_step_take(const struct su_step *step);

/* The rules, by kind of segment. */
void su_step_syn(const struct su_step *step);           /* handshake.c */
void su_step_synack(const struct su_step *step);        /* handshake.c */
void su_step_handshake_ack(const struct su_step *step); /* handshake.c: what an ACK proves of it */
bool su_step_is_challenge(const struct su_step *step);  /* handshake.c: answers a SYN unfittingly */
bool su_step_is_premature(const struct su_step *step);  /* handshake.c: no host would take it yet */
void su_step_rst(const struct su_step *step);           /* rst.c */
void su_step_undo_rst(const struct su_step *step); /* rst.c: the receiver of a weak RST lives on */
void su_step_withdraw_rst(const struct su_step *step);   /* rst.c: it did not count after all */
void su_step_life_after_rst(const struct su_step *step); /* rst.c: it did not reach its receiver */
void su_step_note_ack(const struct su_step *step);       /* window.c */
void su_step_note_data(const struct su_step *step);      /* window.c */
void su_step_acks_of_fin(const struct su_step *step);    /* closing.c */
void su_step_fin(const struct su_step *step);            /* closing.c */

/** Weigh what this segment says of who is the client (role.c). */
void su_step_role(const struct su_step *step);

#endif
