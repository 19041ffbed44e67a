/* history.h: what each of many counters showed after each of a row of events.
 * Made at once of a log of events; eight octets for each step of a counter. Knows nothing of what
 * is counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_HISTORY_H
#define SU_ADAPTER_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

enum { SU_HISTORY_STEPS_MAX = 4 };

/** What it is made of. */
struct su_history_source {
    uint32_t counters; /* they are numbered from 0 */
    uint32_t events;   /* and so are these */
    uint32_t steps;    /* so many counters change with each event, at most SU_HISTORY_STEPS_MAX */
    /** Which counters an event changes. True: they grow by one, false: they shrink by one. */
    bool (*event)(uint32_t event, uint32_t counters[SU_HISTORY_STEPS_MAX]);
};

struct su_history_step {
    uint32_t event, value;
};

/** All-zero is a history of nothing. */
struct su_history {
    struct su_history_step *steps; /* one counter's behind the other's */
    uint32_t *ends;                /* by counter: behind its last step */
    uint32_t counters;
};

/** Make it, in place of what it was. */
void su_history_make(struct su_history *history, const struct su_history_source *source);

/** What the counter showed when so many events had happened. */
uint32_t su_history_after(const struct su_history *history, uint32_t counter, uint32_t events);

/** The steps of one counter, in the order of events, up to so many events; `count` of them. */
const struct su_history_step *su_history_steps(const struct su_history *history, uint32_t counter,
                                               uint32_t events, uint32_t *count);

/** Free everything. */
void su_history_clear(struct su_history *history);

#endif
