/* columns.h: tcpeek's columns: a line for a handshake, and in the same columns one for an end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_COLUMNS_H
#define SU_LIVE_COLUMNS_H

#include "events.h"

/** All-zero to begin with. */
struct su_columns {
    unsigned address_width; /* grows when a longer address comes; as wide as the heading */
};

/** The first heading. */
void su_columns_begin(struct su_columns *columns, GString *out);

/** A heading if one is due, and the line. For handshakes and ends. */
void su_columns_put(struct su_columns *columns, GString *out, const struct su_live_event *event);

#endif
