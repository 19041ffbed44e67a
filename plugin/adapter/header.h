/* header.h: shows a TCP header where Wireshark's own TCP dissector is not called.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_HEADER_H
#define SU_ADAPTER_HEADER_H

#include <epan/packet.h>

#include "capture.h"

/** Before the first use: while protocols are being registered, and when all are. */
void su_header_register(void);
void su_header_handoff(void);

/** Tell the rest of Wireshark the ports, and add the header to the tree if anybody will look. */
void su_header_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/** Fill in the columns; numbers are relative where `record` has a flow that knows what to. */
void su_header_columns(tvbuff_t *tvb, packet_info *pinfo, const struct su_frame_record *record);

#endif
