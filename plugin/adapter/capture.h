/* capture.h: the connections of the capture that is being read.
 * Owns every flow for as long as Wireshark's file scope lasts. The engine is fed here, once per
 * frame, on the first pass; everybody else only reads. Knows nothing of trees, taps or output.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_CAPTURE_H
#define SU_ADAPTER_CAPTURE_H

#include <epan/address.h>

#include "engine/timing.h"
#include "flow.h"

/** A packet as taken from Wireshark: who, and the segment itself. */
struct su_packet_key {
    const address *src, *dst; /* IPv4 or IPv6 */
    uint16_t srcport, dstport;
    uint32_t interface_id; /* 0 unless conversations are told apart by interface */
    uint32_t vlan_id;      /* 0 unless conversations are told apart by VLAN */
};

/** A UDP datagram. */
struct su_datagram {
    int64_t time_ns;
    uint32_t frame;
    uint32_t octets; /* of payload, by the IP length */
};

/** What is remembered of one packet, to be shown again on later passes. */
struct su_frame_record {
    struct su_flow *flow; /* NULL: nothing known of this packet */
    uint8_t states;       /* both states right after it, as su_conn_states() packs them */
    uint8_t from;         /* side that sent it (for an ICMP error: the quoted segment) */
    uint8_t layer;        /* which packet of its frame this is */
    uint8_t events;       /* what happened with it: bits by enum su_expert */
    bool is_icmp;
    bool is_recalled;        /* this is a later pass */
    struct su_moment moment; /* what there is to say of time; su_moment_none: nothing */
    uint32_t exchange;       /* private to timing_log.c; valid if moment.exchange is one */
};

/** No times, no flags, no exchange. */
extern const struct su_moment su_moment_none;

/** Start and end of a session; wired to epan's init and cleanup routines by the adapter. */
void su_capture_init(void);
void su_capture_cleanup(void);

/** How many want gaps and exchanges measured; while nobody does, a run of one pass does without.
 *  Whoever wants them adds one before packets are read, and takes it off as it ends. */
extern unsigned su_capture_wants_timing;

/** From this length on a time without new payload is a long gap; set as the policy is. */
extern int64_t su_capture_long_gap_ns;

/** How long after its end a connection is forgotten in a run of one pass; 0: never. Set as the policy
 *  is. */
extern int64_t su_capture_forget_after_ns;

/** How many want to recall packets though there is no later pass; likewise. */
extern unsigned su_capture_wants_packets;

/** The policy in force; set from the preferences before a session starts. */
extern struct su_policy su_capture_policy;

/** First pass: feed one segment, datagram or ICMP error, and remember it under (frame, layer),
 *  where `layer` counts the packets of a frame. seg->from, error->from are filled in here.
 *  `record` is what su_capture_recall gives later. */
void su_capture_segment(const struct su_packet_key *key, struct su_segment *seg, uint8_t layer,
                        struct su_frame_record *record);
void su_capture_datagram(const struct su_packet_key *key, const struct su_datagram *datagram,
                         uint8_t layer, struct su_frame_record *record);
/** key: as quoted, so key->src sent the segment that caused the error. Only known flows. */
void su_capture_icmp(const struct su_packet_key *key, struct su_icmp_error *error,
                     enum su_protocol protocol, uint8_t layer, struct su_frame_record *record);

/** Later passes: what was remembered of this packet. False if nothing is; that is so for all packets
 *  of a run of one pass, unless somebody wanted them. */
bool su_capture_recall(uint32_t frame, uint8_t layer, struct su_frame_record *record);

/** Likewise of the innermost TCP segment of a frame; not of one quoted in an ICMP error. */
bool su_capture_recall_tcp(uint32_t frame, struct su_frame_record *record);

/** Only what names a flow: protocol, number, addresses and ports, client first. */
void su_flow_name(const struct su_flow *flow, struct su_view *view);
/** The flow as known now (first pass) or in the end (later passes), addresses included. */
void su_flow_view(const struct su_flow *flow, struct su_view *view);

/** Index of the client's side, to be held against su_frame_record.from. */
uint8_t su_flow_client(const struct su_flow *flow);

/** Address of one of its sides in network order, 4 or 16 octets by su_flow_ip_version(). */
const uint8_t *su_flow_address(const struct su_flow *flow, uint8_t side);
uint8_t su_flow_ip_version(const struct su_flow *flow);

/** Is this the pair of ports of the flow, either way round? */
bool su_flow_has_ports(const struct su_flow *flow, uint16_t a, uint16_t b);

/** Places of flows so far, TCP and UDP each from 0; in order of appearance, unless flows are
 *  forgotten: then places are used again, and at a free one there is a TCP flow without packets. */
uint32_t su_capture_count(enum su_protocol protocol);
const struct su_flow *su_capture_flow(enum su_protocol protocol, uint32_t index);

/** The frame of a SYN or SYN-ACK that is taken for one of this TCP connection until its answer tells
 *  whether it began another one; 0: there is none. */
uint32_t su_capture_waiting_frame(const struct su_flow *flow);

/** Number of a flow in order of appearance, as users know it. */
uint32_t su_flow_stream(const struct su_flow *flow);

/** Grows with every session that ends: flows and frames of another generation mean nothing. */
uint32_t su_capture_generation(void);

#endif
