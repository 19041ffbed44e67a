/* udp.h: one UDP conversation: who spoke, and which sockets are known to exist.
 * UDP has no connections, so there is no handshake, close or linger here: only what datagrams and
 * ICMP errors prove.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_UDP_H
#define SU_ENGINE_UDP_H

#include "segment.h"
#include "view.h"

struct su_udp_side {
    uint64_t octets;
    uint32_t packets;
    uint8_t state; /* UNKNOWN until it sends, ESTABLISHED then, CLOSE after port unreachable */
};

/** All-zero is a valid start. Side 0 sent the first datagram, and so is the client. */
struct su_udp {
    struct su_udp_side side[2];
    int64_t first_ns, last_ns;
    uint32_t index; /* the caller's number for it */
    uint32_t first_frame, last_frame, icmp_frame;
    uint16_t icmp_errors;
    uint8_t icmp_type, icmp_code;
};

/** One datagram with `octets` of payload from side `from`. */
void su_udp_apply(struct su_udp *udp, uint8_t from, uint32_t octets, int64_t time_ns,
                  uint32_t frame);

/** An ICMP error that quotes a datagram of side error->from. quoted_seq is not used. */
void su_udp_apply_icmp(struct su_udp *udp, const struct su_icmp_error *error);

/** Snapshot. Addresses, ports, ip_version and stream are left for the caller. */
void su_udp_view(const struct su_udp *udp, struct su_view *view);

#endif
