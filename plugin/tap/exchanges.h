/* exchanges.h: the exchanges of a flow as reports want them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_EXCHANGES_H
#define SU_TAP_EXCHANGES_H

#include "adapter/capture.h"
#include "schema/report.h"

struct su_pauses;

/** Goes through the capture once for the pauses between the packets of all responses. Valid as long
 *  as no packet comes. */
struct su_pauses *su_pauses_new(void);
void su_pauses_free(struct su_pauses *pauses);

/** A list of exchanges that lives on its own. */
struct su_exchanges {
    struct su_exchange_list list; /* for reports */
    GArray *exchanges;            /* of struct su_exchange */
    const struct su_flow *flow;
    const struct su_pauses *pauses;
    GArray *gaps; /* of struct su_cell_gap: those of the exchange that was asked for last */
};

/** An empty list; without `pauses` its exchanges do not tell of them. It must stay where it is. */
void su_exchange_lines_init(struct su_exchanges *exchanges, const struct su_pauses *pauses);
void su_exchange_lines_clear(struct su_exchanges *exchanges);

/** Make it the list of this flow, as known by now. */
void su_exchanges_take(struct su_exchanges *exchanges, const struct su_flow *flow);

#endif
