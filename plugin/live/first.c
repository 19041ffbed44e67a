/* first.c: the first few of many: a heap with the last of them on top.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "first.h"

struct offer {
    uint64_t order;
    uint32_t item;
};

struct su_first {
    struct offer *heap;
    guint count, limit;
    bool is_cut;
};

struct su_first *su_first_new(guint limit)
{
    struct su_first *first = g_new0(struct su_first, 1);

    first->heap = g_new(struct offer, limit);
    first->limit = limit;
    return first;
}

static void add(struct su_first *first, struct offer offer)
{
    guint place = first->count++;

    for (; place > 0 && first->heap[(place - 1) / 2].order < offer.order; place = (place - 1) / 2)
        first->heap[place] = first->heap[(place - 1) / 2];
    first->heap[place] = offer;
}

static void replace_last(struct su_first *first, struct offer offer)
{
    struct offer *heap = first->heap;
    guint place = 0;
    guint child;

    while ((child = 2 * place + 1) < first->count) {
        if (child + 1 < first->count && heap[child + 1].order > heap[child].order)
            child++;
        if (heap[child].order <= offer.order)
            break;
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = offer;
}

void su_first_offer(struct su_first *first, uint64_t order, uint32_t item)
{
    struct offer offer = {order, item};

    if (first->count < first->limit) {
        add(first, offer);
        return;
    }
    first->is_cut = true;
    if (order < first->heap[0].order)
        replace_last(first, offer);
}

bool su_first_is_cut(const struct su_first *first)
{
    return first->is_cut;
}

uint64_t su_first_last(const struct su_first *first)
{
    return first->heap[0].order;
}

GArray *su_first_end(struct su_first *first)
{
    GArray *items = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (guint i = 0; i < first->count; i++)
        g_array_append_val(items, first->heap[i].item);
    g_free(first->heap);
    g_free(first);
    return items;
}
