/* overview_rows.h: the fixed rows of the overview tree, and the rows that one connection counts in.
 * Part of overview.c, apart because it is pure data: no memory, no counting.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_OVERVIEW_ROWS_H
#define SU_SCHEMA_OVERVIEW_ROWS_H

#include "overview.h"

/** How a connection was counted last, kept for every connection: small on purpose. */
struct su_overview_part {
    uint32_t changes;        /* su_conn.changes at that time */
    uint16_t server, client; /* numbers of the hosts' blocks of rows */
    unsigned outcome : 4;
    unsigned handshake : 5;
    unsigned close : 4;
    unsigned close_by : 2;
    unsigned client_state : 4;
    unsigned server_state : 4;
    unsigned rtt : 3; /* range + 1, 0: no round trip time */
    unsigned counted : 1;
};

enum { SU_OVERVIEW_SLOTS = 26 };

/** The rows a part counts in. Slot i always tells about the same thing, so that two parts can be
 *  compared slot by slot; a slot that does not apply is SU_OVERVIEW_NOWHERE. */
struct su_overview_slots {
    uint32_t row[SU_OVERVIEW_SLOTS];
};

/** All slots empty if !part->counted. */
struct su_overview_slots su_overview_part_slots(const struct su_overview_part *part);

/** A fixed row. */
struct su_overview_row_info su_overview_fixed_row(uint32_t row);

/** Row `which` of a host whose address is `name`, below SU_OVERVIEW_SERVERS or _CLIENTS. */
struct su_overview_row_info su_overview_host_row(uint32_t first_row, uint32_t which, uint32_t top,
                                                 const char *name);

/** Range of a round trip time, 0 .. SU_OVERVIEW_RTT_RANGES - 1. */
uint32_t su_overview_rtt_range(int64_t rtt_ns);

#endif
