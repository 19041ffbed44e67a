/* flow.h: one flow of the capture, and where the others keep what belongs to it.
 * Only the shape: flows are made by capture.c, which also tells of their addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_FLOW_H
#define SU_ADAPTER_FLOW_H

#include "engine/pair.h"
#include "engine/udp.h"

/** A flow: a TCP connection or a UDP conversation. File scope. Never copy one: a UDP flow has less
 *  memory than the structure says. */
struct su_flow {
    uint32_t pair;    /* number of its pair of sockets, shared by its incarnations */
    uint8_t table;    /* table which that pair is in */
    uint8_t protocol; /* enum su_protocol */
    uint16_t mss;     /* smallest of its SYNs, 1 if one had none; 0: no SYN yet */
    uint32_t timing;  /* private to timing_log.c; 0: it carries no payload */
    uint32_t opened;  /* private to opencount.c; 0: it never was open */
    union {
        struct su_conn conn;
        struct su_udp udp;
    };
};

_Static_assert(sizeof(void *) != 8 || (offsetof(struct su_flow, conn.side) == SU_CACHE_LINE &&
                                       sizeof(struct su_flow) == 4 * SU_CACHE_LINE),
               "its members lie as struct su_conn wants it");

#endif
