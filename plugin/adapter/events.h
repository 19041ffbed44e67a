/* events.h: what happened to a connection with one packet, as a set of expert items.
 * Told by what the connection was before and is after it, so rules need not know who asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_EVENTS_H
#define SU_ADAPTER_EVENTS_H

#include "engine/conn.h"
#include "schema/expert.h"

/** What is compared of a connection. All-zero: there was none. */
struct su_before {
    const struct su_conn *conn;
    uint32_t changes, facts;
    uint16_t dup_syn, dup_synack, rst_invalid;
    uint8_t states; /* as su_conn_states() packs them */
};

_Static_assert(SU_EXPERT_KNOWN_LATE <= 8, "a set of items is an octet");

/** The bit of an item in a set. */
static inline uint32_t su_expert_bit(enum su_expert item)
{
    return UINT32_C(1) << item;
}

/** conn: NULL, there is none. */
struct su_before su_before(const struct su_conn *conn);

/** `conn` took the segment in; `before` is of what stood in its place, maybe another connection. */
uint8_t su_events_of_segment(const struct su_before *before, const struct su_conn *conn,
                             const struct su_segment *seg, const struct su_policy *policy);

/** Of a frame whose SYN or SYN-ACK was held, until it turned out to be one of this connection. */
uint8_t su_events_of_held(const struct su_conn *conn, uint32_t frame);

/** Likewise of an ICMP error. */
uint8_t su_events_of_icmp(const struct su_before *before, const struct su_conn *conn);

#endif
