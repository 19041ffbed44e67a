/* alarms.h: flows to look at again when the capture's clock reaches a certain time.
 * A binary heap, since packets may come with times that run backwards.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_ALARMS_H
#define SU_ADAPTER_ALARMS_H

#include <stdbool.h>
#include <stdint.h>

struct su_alarm {
    int64_t due_ns;
    uint32_t flow;
};

/** All-zero is an empty heap. */
struct su_alarms {
    struct su_alarm *heap;
    uint32_t count, room;
};

void su_alarms_add(struct su_alarms *alarms, int64_t due_ns, uint32_t flow);

/** Is any alarm due at this time? */
static inline bool su_alarms_due(const struct su_alarms *alarms, int64_t now_ns)
{
    return alarms->count > 0 && alarms->heap[0].due_ns <= now_ns;
}

/** Take out the earliest alarm and return its flow; there must be one. */
uint32_t su_alarms_take(struct su_alarms *alarms);

/** Free everything. */
void su_alarms_clear(struct su_alarms *alarms);

#endif
