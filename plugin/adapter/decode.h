/* decode.h: reads TCP, UDP and ICMP headers out of Wireshark's buffers.
 * By the IP length and by what was captured: nothing here throws, and nothing here remembers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_DECODE_H
#define SU_ADAPTER_DECODE_H

#include <epan/packet.h>

#include "capture.h"

/** Capture time of a packet. */
int64_t su_decode_time(const packet_info *pinfo);

/** Who speaks to whom: addresses as pinfo has them now, ports from the first four octets of `tvb`.
 *  False if that is not IP, or was not captured. */
bool su_decode_key(tvbuff_t *tvb, const packet_info *pinfo, struct su_packet_key *key);

/** A TCP segment. `ip` is what the IP dissector passes on. False if it is too short, or bogus. */
bool su_decode_segment(tvbuff_t *tvb, const packet_info *pinfo, void *ip, struct su_segment *seg);

/** A UDP datagram. */
void su_decode_datagram(tvbuff_t *tvb, const packet_info *pinfo, struct su_datagram *datagram);

/** Sequence number of a TCP header quoted in an ICMP error, 0 if the quote is too short. */
uint32_t su_decode_quoted_seq(tvbuff_t *tvb);

/** Is a packet for more than one host? Then its destination is no socket. */
bool su_decode_is_group(const packet_info *pinfo);

#endif
