/* hf.h: the field table as Wireshark fields, and a packet's values in the tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_HF_H
#define SU_ADAPTER_HF_H

#include <epan/packet.h>

#include "capture.h"

/** Register all fields under our protocol. */
void su_hf_register(int proto);

/** Add what is known of a packet to the tree, if anybody will look at it, or if the item is wanted
 *  for others to be put below. Returns our top item, or NULL if there is none. */
proto_item *su_hf_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                       const struct su_frame_record *record, bool wanted);

#endif
