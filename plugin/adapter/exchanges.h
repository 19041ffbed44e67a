/* exchanges.h: the exchanges of all connections, as chains; 64 octets each once it is finished.
 * Places are numbers from 1 up; 0 is no place. Knows nothing of flows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_EXCHANGES_H
#define SU_ADAPTER_EXCHANGES_H

#include "engine/exchange.h"

#include "pool.h"

struct su_exchanges {
    struct su_pool nodes;
    struct su_pool live; /* those that the engine is at work on */
    struct su_pool wide; /* those that do not fit into a node */
};

/** An empty table in all-zero memory. */
void su_exchanges_init(struct su_exchanges *exchanges);

/** Begin one, behind that at `before` if that is a place. Returns its place. The exchange itself
 *  stays where it is until su_exchanges_finish(). */
uint32_t su_exchanges_begin(struct su_exchanges *exchanges, uint32_t before,
                            struct su_exchange **exchange);

/** It will not change any more. */
void su_exchanges_finish(struct su_exchanges *exchanges, uint32_t place);

/** Nobody will ask for it any more; its place may come again. */
void su_exchanges_forget(struct su_exchanges *exchanges, uint32_t place);

/** Is it still under way? */
bool su_exchanges_is_live(const struct su_exchanges *exchanges, uint32_t place);

void su_exchanges_get(const struct su_exchanges *exchanges, uint32_t place,
                      struct su_exchange *exchange);

/** The one behind it in its chain, or 0. */
uint32_t su_exchanges_next(const struct su_exchanges *exchanges, uint32_t place);

/** Its number in its connection. */
uint32_t su_exchanges_number(const struct su_exchanges *exchanges, uint32_t place);

/** Free everything. */
void su_exchanges_clear(struct su_exchanges *exchanges);

#endif
