/* icmp.h: what an ICMP or ICMPv6 error means to TCP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ENGINE_ICMP_H
#define SU_ENGINE_ICMP_H

#include "segment.h"

/** Class of an error message: RFC 1122 section 4.2.3.9, RFC 1812 section 5.2.7.1, RFC 4443. */
enum su_icmp_class su_icmp_classify(bool v6, uint8_t type, uint8_t code);

/** Does it end a connection attempt of Linux's in SYN_SENT (SYN_RECV)? */
bool su_icmp_ends_syn_sent(bool v6, uint8_t type, uint8_t code);
bool su_icmp_ends_syn_recv(bool v6, uint8_t type, uint8_t code);

/** Is it "port unreachable", which for UDP says that there is no such socket? */
bool su_icmp_is_port_unreachable(bool v6, uint8_t type, uint8_t code);

#endif
