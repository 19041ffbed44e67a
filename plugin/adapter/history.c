/* history.c: see history.h. A counting sort: steps are put where their counters' are, in the order
 * of events.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "history.h"

#include <glib.h>

void su_history_clear(struct su_history *history)
{
    g_free(history->steps);
    g_free(history->ends);
    *history = (struct su_history){0};
}

/* Where each counter's steps begin. */
static uint32_t *share_out(const struct su_history_source *source)
{
    uint32_t *begins = g_new0(uint32_t, source->counters);
    uint32_t counters[SU_HISTORY_STEPS_MAX];
    uint32_t begin = 0;

    for (uint32_t i = 0; i < source->events; i++) {
        source->event(i, counters);
        for (uint32_t k = 0; k < source->steps; k++)
            begins[counters[k]]++;
    }
    for (uint32_t i = 0; i < source->counters; i++) {
        uint32_t steps = begins[i];

        begins[i] = begin;
        begin += steps;
    }
    return begins;
}

void su_history_make(struct su_history *history, const struct su_history_source *source)
{
    uint32_t *values = g_new0(uint32_t, source->counters);
    uint32_t counters[SU_HISTORY_STEPS_MAX];

    su_history_clear(history);
    history->counters = source->counters;
    history->steps = g_new(struct su_history_step, (gsize)source->events * source->steps);
    history->ends = share_out(source); /* begins turn into ends as steps are put in */
    for (uint32_t i = 0; i < source->events; i++) {
        uint32_t change = source->event(i, counters) ? 1 : UINT32_MAX;

        for (uint32_t k = 0; k < source->steps; k++) {
            uint32_t counter = counters[k];

            values[counter] += change;
            history->steps[history->ends[counter]++] = (struct su_history_step){i, values[counter]};
        }
    }
    g_free(values);
}

const struct su_history_step *su_history_steps(const struct su_history *history, uint32_t counter,
                                               uint32_t events, uint32_t *count)
{
    uint32_t begin = counter > 0 ? history->ends[counter - 1] : 0;
    uint32_t low = begin;
    uint32_t high = history->ends[counter];

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (history->steps[middle].event < events)
            low = middle + 1;
        else
            high = middle;
    }
    *count = low - begin;
    return &history->steps[begin];
}

uint32_t su_history_after(const struct su_history *history, uint32_t counter, uint32_t events)
{
    uint32_t count;
    const struct su_history_step *steps = su_history_steps(history, counter, events, &count);

    return count == 0 ? 0 : steps[count - 1].value;
}
