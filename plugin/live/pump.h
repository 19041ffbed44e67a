/* pump.h: who gets a turn now and then, whatever the packets do.
 * In a live capture tshark's main loop runs between batches of packets, and a batch can be long when
 * it lags; in a file there is no main loop. So turns are given by both, the loop and the packets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_PUMP_H
#define SU_LIVE_PUMP_H

#include <stdbool.h>

/** Who wants turns: to be made part of whatever they are for. */
struct su_pump {
    /** Everything runs in tshark's one thread, between packets or between two dissections. */
    void (*turn)(struct su_pump *self);
};

/** From now on until su_pump_leave(). */
void su_pump_join(struct su_pump *pump);
void su_pump_leave(struct su_pump *pump);

/** Has the main loop run yet? Then this is a live capture. */
bool su_pump_is_live(void);

#endif
