/* step.c: the few things every rule does: feed an event, learn a fact, count, compare numbers.
 * Knows no rule. Every change that a listener might care for goes through here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "step.h"

#include "seq.h"

/* No host repeats a SYN, SYN-ACK or FIN within this time; a mirror port does. */
#define COPY_NS INT64_C(1000000)

void su_step_feed(const struct su_step *step, struct su_side *side, enum su_event event)
{
    uint8_t next = su_transitions[event][side->state];

    if (next == side->state)
        return;
    if (next == SU_STATE_TIME_WAIT)
        su_step_ending(step)->time_wait_ns = step->seg->time_ns;
    side->state = next;
    step->conn->changes++;
}

void su_step_learn(const struct su_step *step, uint32_t fact)
{
    if (step->conn->facts & fact)
        return;
    step->conn->facts |= fact;
    step->conn->changes++;
}

void su_step_count(const struct su_step *step, uint16_t *counter)
{
    if (*counter < UINT16_MAX)
        ++*counter;
    step->conn->changes++;
}

bool su_step_is_copy(const struct su_step *step)
{
    int64_t control_ns = su_conn_when(step->conn, SU_WHEN_CONTROL + step->from);

    return control_ns != SU_TIME_NONE && step->snd->control_ip_id == step->seg->ip_id &&
           step->seg->time_ns - control_ns < COPY_NS && control_ns - step->seg->time_ns < COPY_NS;
}

void su_step_note_control(const struct su_step *step)
{
    su_step_set_when(step, SU_WHEN_CONTROL + step->from);
    step->snd->control_ip_id = step->seg->ip_id;
}

uint32_t su_side_reach(const struct su_side *side)
{
    bool acked_more = (side->flags & SU_SIDE_ACKED) && su_seq_after(side->snd_una, side->snd_nxt);

    return acked_more ? side->snd_una : side->snd_nxt;
}

uint32_t su_segment_end(const struct su_segment *seg)
{
    return seg->seq + seg->payload_octets + ((seg->flags & SU_SYN) != 0) +
           ((seg->flags & SU_FIN) != 0);
}

/* Noted for good: after 2^31 octets the numbers themselves do not tell any more. */
void su_step_note_syn_acked(const struct su_step *step, struct su_side *side)
{
    const uint16_t known = SU_SIDE_ISS | SU_SIDE_ACKED;

    if ((side->flags & SU_SIDE_SYN_ACKED) || (side->flags & known) != known ||
        !su_seq_after(side->snd_una, side->iss))
        return;
    side->flags |= SU_SIDE_SYN_ACKED;
    step->conn->changes++;
}
