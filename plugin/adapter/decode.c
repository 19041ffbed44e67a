/* decode.c: from octets to the engine's inputs.
 * Headers may be cut by a short snap length: 16 octets of TCP are enough for a verdict; what lies
 * behind them is used if it is there. TCP: RFC 9293 section 3.1, its options: also RFC 7323.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "decode.h"

#include <epan/in_cksum.h>
#include <epan/ipproto.h>

#include <epan/dissectors/packet-ip.h>

#include "compat.h"

enum {
    TCP_OCTETS = 20,
    TCP_OCTETS_MAX = 60,
    TCP_OCTETS_NEEDED = 16, /* up to the window */
    UDP_OCTETS = 8,
    PORTS_OCTETS = 4,
    PAYLOAD_HEAD = 2,
    QUOTED_SEQ_OCTETS = 8
};

/* Times further away than this are nonsense, and differences of them would overflow. */
#define TIME_LIMIT_S INT64_C(4000000000)

int64_t su_decode_time(const packet_info *pinfo)
{
    int64_t seconds = pinfo->abs_ts.secs;

    seconds = MIN(MAX(seconds, -TIME_LIMIT_S), TIME_LIMIT_S);
    return seconds * SU_NS_PER_S + pinfo->abs_ts.nsecs;
}

bool su_decode_key(tvbuff_t *tvb, const packet_info *pinfo, struct su_packet_key *key)
{
    bool ip = pinfo->src.type == AT_IPv4 || pinfo->src.type == AT_IPv6;

    if (!ip || pinfo->dst.type != pinfo->src.type || tvb_captured_length(tvb) < PORTS_OCTETS)
        return false;
    *key = (struct su_packet_key){
        .src = &pinfo->src,
        .dst = &pinfo->dst,
        .srcport = tvb_get_ntohs(tvb, 0),
        .dstport = tvb_get_ntohs(tvb, 2),
        .interface_id = su_interface_lane(pinfo),
        .vlan_id = su_vlan_lane(pinfo),
    };
    return true;
}

/* ---- TCP options ------------------------------------------------------------------------- */

enum {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_MSS = 2,
    OPTION_WSCALE = 3,
    OPTION_TIMESTAMPS = 8,
    OPTION_MSS_OCTETS = 4,
    OPTION_WSCALE_OCTETS = 3,
    OPTION_TIMESTAMPS_OCTETS = 10
};

/* NOP, NOP, timestamps: what nearly all segments but SYNs have, if they have any options. */
#define USUAL_OPTIONS 0x0101080Au

static uint16_t be16(const uint8_t *octets)
{
    return (uint16_t)(octets[0] << 8 | octets[1]);
}

static uint32_t be32(const uint8_t *octets)
{
    return (uint32_t)be16(octets) << 16 | be16(octets + 2);
}

/* How far it is to the next option. Behind a broken one nothing can be found. */
static uint32_t option_octets(const uint8_t *header, uint32_t at, uint32_t end)
{
    if (header[at] == OPTION_NOP || at + 1 >= end)
        return 1;
    return header[at + 1] < 2 ? end : header[at + 1];
}

static void read_option(const uint8_t *option, uint32_t octets, struct su_segment *seg)
{
    bool syn = seg->flags & SU_SYN;

    if (option[0] == OPTION_TIMESTAMPS && octets == OPTION_TIMESTAMPS_OCTETS)
        seg->tsval = be32(option + 2);
    else if (syn && option[0] == OPTION_WSCALE && octets == OPTION_WSCALE_OCTETS)
        seg->wscale = MIN(option[2], SU_WSCALE_MAX);
    else if (syn && option[0] == OPTION_MSS && octets == OPTION_MSS_OCTETS)
        seg->mss = be16(option + 2);
}

/* From a header of `length` octets, of which `have` were captured. */
static void read_options(const uint8_t *header, uint32_t have, uint32_t length,
                         struct su_segment *seg)
{
    const uint32_t end = MIN(have, length);
    uint32_t at = TCP_OCTETS;

    if (end >= TCP_OCTETS + 12 && be32(header + TCP_OCTETS) == USUAL_OPTIONS &&
        !(seg->flags & SU_SYN)) {
        seg->tsval = be32(header + TCP_OCTETS + 4);
        return;
    }
    while (at < end && header[at] != OPTION_END) {
        uint32_t octets = option_octets(header, at, end);

        if (at + octets <= end)
            read_option(header + at, octets, seg);
        at += octets;
    }
    if ((seg->flags & SU_SYN) && seg->wscale == SU_WSCALE_UNKNOWN && !(at >= have && have < length))
        seg->wscale = SU_WSCALE_ABSENT;
}

/* ---- checksum ---------------------------------------------------------------------------- */

static bool wants_checksum(uint8_t flags)
{
    switch (su_capture_policy.checksum) {
    case SU_CHECKSUM_POLICY_OFF:
        return false;
    case SU_CHECKSUM_POLICY_CONTROL:
        return (flags & (SU_SYN | SU_FIN | SU_RST)) != 0;
    case SU_CHECKSUM_POLICY_ALL:
        return true;
    }
    return false;
}

/* RFC 9293 section 3.1: over the addresses, protocol and length, and then the segment. */
static uint8_t verify_checksum(tvbuff_t *tvb, const packet_info *pinfo)
{
    uint32_t length = tvb_reported_length(tvb);
    uint32_t v4_tail = g_htonl((IP_PROTO_TCP << 16) | (length & 0xFFFF));
    uint32_t v6_tail[2] = {g_htonl(length), g_htonl(IP_PROTO_TCP)};
    vec_t parts[4];

    if (pinfo->fragmented || tvb_captured_length(tvb) < length)
        return SU_CHECKSUM_UNVERIFIED;
    SET_CKSUM_VEC_PTR(parts[0], pinfo->src.data, pinfo->src.len);
    SET_CKSUM_VEC_PTR(parts[1], pinfo->dst.data, pinfo->dst.len);
    if (pinfo->src.type == AT_IPv4)
        SET_CKSUM_VEC_PTR(parts[2], (const uint8_t *)&v4_tail, sizeof(v4_tail));
    else
        SET_CKSUM_VEC_PTR(parts[2], (const uint8_t *)v6_tail, sizeof(v6_tail));
    SET_CKSUM_VEC_TVB(parts[3], tvb, 0, (int)length);
    return in_cksum(parts, 4) == 0 ? SU_CHECKSUM_GOOD : SU_CHECKSUM_BAD;
}

/* ---- segments and datagrams -------------------------------------------------------------- */

/* The payload of a datagram whose later fragments are missing cannot be known. */
static uint32_t payload_octets(tvbuff_t *tvb, const packet_info *pinfo, uint32_t header_octets)
{
    uint32_t reported = tvb_reported_length(tvb);

    return pinfo->fragmented || reported < header_octets ? 0 : reported - header_octets;
}

static uint16_t ip_id(void *ip)
{
    const ws_ip4 *v4 = WS_IP4_PTR(ip);

    return v4 ? v4->ip_id : 0;
}

bool su_decode_segment(tvbuff_t *tvb, const packet_info *pinfo, void *ip, struct su_segment *seg)
{
    uint32_t have = MIN(tvb_captured_length(tvb), TCP_OCTETS_MAX + PAYLOAD_HEAD);
    const uint8_t *header;
    uint32_t length;

    if (have < TCP_OCTETS_NEEDED)
        return false;
    header = tvb_get_ptr(tvb, 0, (int)have);
    length = (uint32_t)(header[12] >> 4) * 4;
    if (length < TCP_OCTETS || length > tvb_reported_length(tvb))
        return false;
    *seg = (struct su_segment){
        .time_ns = su_decode_time(pinfo),
        .frame = pinfo->num,
        .seq = be32(header + 4),
        .ack = be32(header + 8),
        .payload_octets = payload_octets(tvb, pinfo, length),
        .window = be16(header + 14),
        .ip_id = ip_id(ip),
        .flags = header[13],
        .wscale = SU_WSCALE_UNKNOWN,
    };
    if (length > TCP_OCTETS || (seg->flags & SU_SYN))
        read_options(header, have, length, seg);
    if (seg->payload_octets >= PAYLOAD_HEAD && length + PAYLOAD_HEAD <= have)
        memcpy(seg->payload_head, header + length, PAYLOAD_HEAD);
    if (wants_checksum(seg->flags))
        seg->checksum = verify_checksum(tvb, pinfo);
    return true;
}

void su_decode_datagram(tvbuff_t *tvb, const packet_info *pinfo, struct su_datagram *datagram)
{
    *datagram = (struct su_datagram){
        .time_ns = su_decode_time(pinfo),
        .frame = pinfo->num,
        .octets = payload_octets(tvb, pinfo, UDP_OCTETS),
    };
}

uint32_t su_decode_quoted_seq(tvbuff_t *tvb)
{
    return tvb_captured_length(tvb) < QUOTED_SEQ_OCTETS ? 0 : tvb_get_ntohl(tvb, 4);
}

bool su_decode_is_group(const packet_info *pinfo)
{
    static const uint8_t broadcast[4] = {255, 255, 255, 255};
    const uint8_t *octets = pinfo->dst.data;
    const uint8_t *link = pinfo->dl_dst.data;

    /* A directed broadcast of a network can only be told by the link layer's group bit. */
    if (pinfo->dl_dst.type == AT_ETHER && (link[0] & 1))
        return true;
    if (pinfo->dst.type == AT_IPv6)
        return octets[0] == 0xFF;
    return octets[0] >> 4 == 14 || memcmp(octets, broadcast, sizeof(broadcast)) == 0;
}
