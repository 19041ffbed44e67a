/* opencount.h: how many connections are open: in all, of each host, between two hosts.
 * Open: established, and neither side has begun to close or reset it. Counts go with the first
 * pass; on later passes they are those right after the packet that is looked at. File scope.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_OPENCOUNT_H
#define SU_ADAPTER_OPENCOUNT_H

#include <glib.h>

#include "capture.h"

void su_opencount_init(void);
void su_opencount_clear(void);

/** First pass: something about this connection may have changed with packet (frame, layer). */
void su_opencount_update(struct su_flow *flow, uint32_t frame, uint8_t layer);

/** Open connections, as seen from one connection and its present roles. */
struct su_open_counts {
    uint32_t total;
    uint32_t client; /* of the client's host, as a client */
    uint32_t server; /* of the server's host, as a server */
    uint32_t peers;  /* of the client's host to other hosts than the server's */
};

/** Right after the packet of `record`, which is in this frame. TCP only. */
void su_opencount_at(const struct su_frame_record *record, uint32_t frame,
                     struct su_open_counts *open);

/** Which connections make up `client` of these counts: their numbers, uint32_t in no order. Later
 *  passes only. */
GArray *su_opencount_of_client(const struct su_frame_record *record, uint32_t frame);

/** Fill in the counts right after the connection opened. */
void su_opencount_view(const struct su_flow *flow, struct su_view *view);

/** The connection is forgotten. */
void su_opencount_forget(struct su_flow *flow);

#endif
