/* segment.h: what one TCP segment, one ICMP error and the user's policy say.
 * These are the engine's only inputs; all numbers are in host byte order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_SEGMENT_H
#define SU_ENGINE_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A point or span of time that is not known. */
#define SU_TIME_NONE INT64_MIN
#define SU_NS_PER_S  INT64_C(1000000000)

/* TCP flag bits as they stand in octet 13 of the header (RFC 9293 section 3.1). */
enum {
    SU_FIN = 0x01,
    SU_SYN = 0x02,
    SU_RST = 0x04,
    SU_PSH = 0x08,
    SU_ACK = 0x10,
    SU_URG = 0x20,
    SU_ECE = 0x40, /* RFC 3168 section 6.1, and SU_CWR */
    SU_CWR = 0x80
};

/* Window scale values of a SYN that are no shift count (RFC 7323 section 2.2). */
enum {
    SU_WSCALE_MAX = 14,
    SU_WSCALE_ABSENT = 0xFE, /* the options were captured and hold none: no scaling */
    SU_WSCALE_UNKNOWN = 0xFF /* the options were cut off, or no SYN was seen */
};

enum su_checksum {
    SU_CHECKSUM_UNVERIFIED = 0, /* cut short, or not asked for */
    SU_CHECKSUM_GOOD,
    SU_CHECKSUM_BAD
};

/** One TCP segment. `from` names the sender: side 0 or 1 of its connection. */
struct su_segment {
    int64_t time_ns; /* capture time, nanoseconds since the epoch */
    uint32_t frame;  /* frame number, for the links that prove a verdict */
    uint32_t seq;
    uint32_t ack;
    uint32_t payload_octets; /* by the IP length, never by what was captured */
    uint16_t window;         /* as on the wire, unscaled */
    uint16_t ip_id;          /* 0 in IPv6 */
    uint8_t flags;
    uint8_t from;
    uint8_t wscale;   /* SYN only: 0..14, or SU_WSCALE_ABSENT, SU_WSCALE_UNKNOWN */
    uint8_t checksum; /* enum su_checksum */
    uint32_t tsval;   /* of the timestamps option, RFC 7323 section 3; 0: it has none */
    uint16_t mss;     /* SYN only: maximum segment size option, RFC 9293 section 3.7.1; 0: none */
    uint8_t payload_head[2]; /* its first two payload octets; 0 if there are none or not captured */
};

/* What an ICMP error does to a connection attempt. */
enum su_icmp_class {
    SU_ICMP_IGNORED = 0, /* no error: packet too big, source quench, redirect ... */
    SU_ICMP_SOFT,        /* RFC 1122 section 4.2.3.9: TCP must not abort for it */
    SU_ICMP_HARD         /* RFC 1122 section 4.2.3.9, RFC 5927 section 4: TCP should abort */
};

/** An ICMP or ICMPv6 error that quotes a segment sent by side `from`. */
struct su_icmp_error {
    int64_t time_ns;
    uint32_t frame;
    uint32_t quoted_seq;
    uint8_t from; /* side that sent the quoted segment */
    uint8_t type;
    uint8_t code;
    bool v6;
};

enum su_checksum_policy {
    SU_CHECKSUM_POLICY_OFF = 0,
    SU_CHECKSUM_POLICY_CONTROL, /* SYN, FIN and RST only */
    SU_CHECKSUM_POLICY_ALL
};

enum su_role_policy {
    SU_ROLE_POLICY_AUTO = 0, /* handshake first, then ports */
    SU_ROLE_POLICY_PORT      /* the lower port is the server, whatever the handshake says */
};

#define SU_PORT_SET_OCTETS (65536 / 8)

/** What the user may set. Must outlive the connections that are fed with it. */
struct su_policy {
    int64_t syn_timeout_ns;   /* an unanswered SYN is a timeout after this long */
    int64_t time_wait_ns;     /* 2 MSL: how long TIME_WAIT lasts */
    int64_t fin_timeout_ns;   /* orphaned FIN_WAIT2 ends after this long; 0: never */
    int64_t gap_threshold_ns; /* shorter gaps are neither counted nor explained; 0: all are */
    enum su_role_policy role;
    enum su_checksum_policy checksum;
    bool strict_rst; /* judge a RST by its sequence number (RFC 5961 section 3) */
    bool icmp;       /* let ICMP errors decide about connection attempts */
    uint8_t server_ports[SU_PORT_SET_OCTETS]; /* one bit a port: preference server_ports */
};

/** Is this port in the user's list of server ports? */
static inline bool su_policy_is_server_port(const struct su_policy *policy, uint16_t port)
{
    return (policy->server_ports[port >> 3] >> (port & 7)) & 1;
}

/** Add a port to the list of server ports. */
static inline void su_policy_add_server_port(struct su_policy *policy, uint16_t port)
{
    policy->server_ports[port >> 3] |= (uint8_t)(1u << (port & 7));
}

#endif
