/* expert.h: expert items of packets, for Analyze > Expert Information and for filters.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_EXPERT_H
#define SU_ADAPTER_EXPERT_H

#include <epan/packet.h>

#include "capture.h"

void su_expert_register(int proto);

/** What there is to list of a packet: a set of bits by enum su_expert, 0 for nearly all. */
uint32_t su_expert_items(const struct su_frame_record *record, uint32_t frame);

/** List them. item: where they are shown, NULL if nothing is. */
void su_expert_list(packet_info *pinfo, proto_item *item, const struct su_frame_record *record,
                    uint32_t items);

#endif
