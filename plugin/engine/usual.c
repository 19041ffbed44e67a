/* usual.c: the usual segment, nine in ten: both ends established, in order, nothing but data and
 * ACK. A short way past rules that have nothing to say of it. It changes exactly what they would,
 * which tests/engine/test_usual.c holds it to; each condition here names the rule it stands for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "seq.h"
#include "step.h"

/* Not bogus, nothing to expire, no challenge, not premature; no FIN to be acknowledged or repeated,
 * no RST to be doubted; nothing to be disbelieved. */
static bool is_plain_talk(const struct su_step *step)
{
    const uint8_t kinds = SU_SYN | SU_FIN | SU_RST | SU_ACK;
    const uint16_t closing = SU_SIDE_FIN | SU_SIDE_FIN_HELD;

    return (step->seg->flags & kinds) == SU_ACK && step->snd->state == SU_STATE_ESTABLISHED &&
           step->rcv->state == SU_STATE_ESTABLISHED && !(step->conn->facts & SU_FACT_RST) &&
           !((step->snd->flags | step->rcv->flags) & closing) &&
           step->policy->checksum != SU_CHECKSUM_POLICY_ALL;
}

/* It says nothing new of who is the client (role.c). */
static bool is_role_settled(const struct su_step *step)
{
    uint8_t source = step->conn->role_source;

    return source >= SU_ROLE_SOURCE_SYN ||
           (step->policy->role == SU_ROLE_POLICY_AUTO && source > SU_ROLE_SOURCE_FIRST_PACKET);
}

/* Nor of the handshake (handshake.c; su_step_note_syn_acked()). */
static bool is_handshake_past(const struct su_step *step)
{
    uint16_t rcv = step->rcv->flags;

    return (step->snd->flags & SU_SIDE_PROVEN) &&
           (!(rcv & SU_SIDE_SYNACK) || (step->conn->facts & SU_FACT_SYNACK_ACKED)) &&
           ((rcv & SU_SIDE_SYN_ACKED) || !(rcv & SU_SIDE_ISS));
}

/* It begins where its sender stopped, so it is not foreign, neither old nor beyond a hole, and the
 * receiver's numbers are known from the receiver itself (window.c). */
static bool is_in_order(const struct su_step *step)
{
    const struct su_side *snd = step->snd;
    const struct su_side *rcv = step->rcv;
    const uint16_t known = SU_SIDE_SEQ | SU_SIDE_ACKED;
    uint32_t seq = step->seg->seq;

    return (rcv->flags & known) == known && rcv->packets > 0 && (snd->flags & SU_SIDE_SEQ) &&
           seq == snd->snd_nxt && seq == su_side_reach(snd) &&
           ((snd->flags & SU_SIDE_ISS) || su_seq_after(seq, snd->iss)) &&
           step->seg->payload_octets <= INT32_MAX;
}

bool su_step_take_usual(const struct su_step *step)
{
    if (!is_plain_talk(step) || !is_in_order(step) || !is_role_settled(step) ||
        !is_handshake_past(step))
        return false;
    if (su_zeek_apply(step))
        step->conn->changes++;
    su_step_note_ack(step);
    step->snd->snd_nxt += step->seg->payload_octets;
    return true;
}
