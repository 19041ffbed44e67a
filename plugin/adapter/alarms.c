/* alarms.c: the heap behind alarms.h.
 * Equal times come out in the order of their flows, so that runs are repeatable.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "alarms.h"

#include <glib.h>

static bool before(const struct su_alarm *a, const struct su_alarm *b)
{
    if (a->due_ns != b->due_ns)
        return a->due_ns < b->due_ns;
    return a->flow < b->flow;
}

void su_alarms_add(struct su_alarms *alarms, int64_t due_ns, uint32_t flow)
{
    struct su_alarm alarm = {.due_ns = due_ns, .flow = flow};
    uint32_t place;

    if (alarms->count == alarms->room) {
        alarms->room = alarms->room ? alarms->room * 2 : 64;
        alarms->heap = g_renew(struct su_alarm, alarms->heap, alarms->room);
    }
    for (place = alarms->count++; place > 0; place = (place - 1) / 2) {
        struct su_alarm *parent = &alarms->heap[(place - 1) / 2];

        if (!before(&alarm, parent))
            break;
        alarms->heap[place] = *parent;
    }
    alarms->heap[place] = alarm;
}

uint32_t su_alarms_take(struct su_alarms *alarms)
{
    struct su_alarm *heap = alarms->heap;
    uint32_t flow = heap[0].flow;
    struct su_alarm last = heap[--alarms->count];
    uint32_t place = 0;
    uint32_t child;

    while ((child = 2 * place + 1) < alarms->count) {
        if (child + 1 < alarms->count && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &last))
            break;
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = last;
    return flow;
}

void su_alarms_clear(struct su_alarms *alarms)
{
    g_free(alarms->heap);
    *alarms = (struct su_alarms){0};
}
