/* marked.h: flows that have changed since somebody looked. Marking one is cheap enough for every
 * packet; looking is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_MARKED_H
#define SU_LIVE_MARKED_H

#include <glib.h>

#include "adapter/capture.h"

/** All-zero to begin with. */
struct su_marked {
    GArray *marks;
    GByteArray *is_marked[2]; /* by enum su_protocol and number of the flow */
};

void su_marked_clear(struct su_marked *marked);

/** The flow has changed. True if it is time to look. */
bool su_marked_put(struct su_marked *marked, const struct su_flow *flow);

/** Look at all of them, and mark none any more. */
void su_marked_look(struct su_marked *marked,
                    void (*look)(void *user, const struct su_flow *flow,
                                 const struct su_view *view),
                    void *user);

#endif
