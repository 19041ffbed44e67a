/* events.c: see events.h. Nearly no packet changes anything: that is asked first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "events.h"

struct su_before su_before(const struct su_conn *conn)
{
    const struct su_odd *odd;

    if (!conn)
        return (struct su_before){0};
    odd = su_conn_odd(conn);
    return (struct su_before){
        .conn = conn,
        .changes = conn->changes,
        .facts = conn->facts,
        .dup_syn = odd->dup_syn,
        .dup_synack = odd->dup_synack,
        .rst_invalid = odd->rst_invalid,
        .states = su_conn_states(conn),
    };
}

static uint8_t bit(bool happened, enum su_expert item)
{
    return happened ? (uint8_t)su_expert_bit(item) : 0;
}

/* A RST that refuses a SYN nobody saw is no word about a connection. */
static uint8_t resets(uint32_t learned, uint8_t flags)
{
    if (learned & SU_FACT_REFUSED)
        return (uint8_t)su_expert_bit(SU_EXPERT_REFUSED);
    if (!(flags & SU_RST) || (learned & SU_FACT_REFUSAL_ALONE))
        return 0;
    return bit(learned & (SU_FACT_RST | SU_FACT_CLIENT_ABORT), SU_EXPERT_RESET);
}

/* Another connection begins where one still was in TIME_WAIT. */
static uint8_t reuses(const struct su_before *before, const struct su_segment *seg,
                      const struct su_policy *policy)
{
    bool waited =
        (before->states & 0x0F) == SU_STATE_TIME_WAIT || before->states >> 4 == SU_STATE_TIME_WAIT;

    return bit(waited && (seg->flags & (SU_SYN | SU_ACK)) == SU_SYN &&
                   seg->time_ns - su_conn_ending(before->conn)->time_wait_ns < policy->time_wait_ns,
               SU_EXPERT_PORT_REUSED);
}

uint8_t su_events_of_segment(const struct su_before *before, const struct su_conn *conn,
                             const struct su_segment *seg, const struct su_policy *policy)
{
    static const struct su_before nothing;
    const struct su_before *own = before->conn == conn ? before : &nothing;
    const struct su_odd *odd;
    uint8_t kind = seg->flags & (SU_SYN | SU_ACK);
    uint8_t events;

    if (own->changes == conn->changes)
        return 0;
    odd = su_conn_odd(conn);
    events = resets(conn->facts & ~own->facts, seg->flags);
    events |= bit(kind == SU_SYN && odd->dup_syn > own->dup_syn, SU_EXPERT_SYN_REPEATED);
    events |= bit(kind == (SU_SYN | SU_ACK) && odd->dup_synack > own->dup_synack,
                  SU_EXPERT_SYNACK_REPEATED);
    events |= bit(odd->rst_invalid > own->rst_invalid, SU_EXPERT_RST_OUTSIDE);
    if (own == &nothing && before->conn)
        events |= reuses(before, seg, policy);
    return events;
}

/* All that are held are one segment and its repetitions. */
uint8_t su_events_of_held(const struct su_conn *conn, uint32_t frame)
{
    const struct su_odd *odd = su_conn_odd(conn);

    if (frame == conn->first_frame)
        return 0;
    return (uint8_t)(bit(odd->dup_syn > 0, SU_EXPERT_SYN_REPEATED) |
                     bit(odd->dup_synack > 0, SU_EXPERT_SYNACK_REPEATED));
}

uint8_t su_events_of_icmp(const struct su_before *before, const struct su_conn *conn)
{
    uint32_t learned = conn->facts & ~before->facts;

    return bit(learned & (SU_FACT_ICMP_HARD | SU_FACT_ICMP_SOFT), SU_EXPERT_UNREACHABLE);
}
