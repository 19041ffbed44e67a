/* udp.c: UDP sockets, counted by what they send.
 * A socket that has sent is there; one that never has may not be; a port unreachable says that it
 * is not. The first sender counts as the client: UDP has no handshake that would tell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "udp.h"

#include "icmp.h"

void su_udp_apply(struct su_udp *udp, uint8_t from, uint32_t octets, int64_t time_ns,
                  uint32_t frame)
{
    struct su_udp_side *snd = &udp->side[from & 1];

    if (udp->first_frame == 0) {
        udp->first_frame = frame;
        udp->first_ns = time_ns;
    }
    udp->last_frame = frame;
    udp->last_ns = time_ns;
    snd->packets++;
    snd->octets += octets;
    snd->state = SU_STATE_ESTABLISHED;
}

void su_udp_apply_icmp(struct su_udp *udp, const struct su_icmp_error *error)
{
    struct su_udp_side *unreachable = &udp->side[!error->from];

    if (su_icmp_classify(error->v6, error->type, error->code) == SU_ICMP_IGNORED)
        return;
    udp->icmp_frame = error->frame;
    udp->icmp_type = error->type;
    udp->icmp_code = error->code;
    if (udp->icmp_errors < UINT16_MAX)
        udp->icmp_errors++;
    if (su_icmp_is_port_unreachable(error->v6, error->type, error->code))
        unreachable->state = SU_STATE_CLOSE;
}

static void view_side(const struct su_udp_side *side, struct su_view_side *view)
{
    view->packets = side->packets;
    view->octets = side->octets;
    view->state = side->state;
}

void su_udp_view(const struct su_udp *udp, struct su_view *view)
{
    *view = (struct su_view){
        .start_ns = udp->first_ns,
        .end_ns = udp->last_ns,
        .duration_ns = udp->last_ns - udp->first_ns,
        .syn_rtt_ns = SU_TIME_NONE,
        .ack_rtt_ns = SU_TIME_NONE,
        .handshake_ns = SU_TIME_NONE,
        .linger_since_ns = SU_TIME_NONE,
        .linger_ns = SU_TIME_NONE,
        .first_frame = udp->first_frame,
        .last_frame = udp->last_frame,
        .icmp_frame = udp->icmp_frame,
        .icmp_errors = udp->icmp_errors,
        .icmp_type = udp->icmp_type,
        .icmp_code = udp->icmp_code,
        .protocol = SU_PROTOCOL_UDP,
        .role_source = SU_ROLE_SOURCE_FIRST_PACKET,
    };
    view_side(&udp->side[0], &view->client);
    view_side(&udp->side[1], &view->server);
}
