/* extreme.c: two heaps. What is taken back goes into the second one, and both lose their top as
 * long as the tops are equal; so the top of the first is always a value that still counts. Of
 * values that stay for ever one number tells all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "extreme.h"

#include <stdlib.h>
#include <string.h>

#include <glib.h>

enum { LEAST_ROOM = 4 };

static void swap(struct su_heap *heap, uint32_t a, uint32_t b)
{
    int64_t value = heap->at[a];

    heap->at[a] = heap->at[b];
    heap->at[b] = value;
}

static void push(struct su_heap *heap, int64_t value)
{
    uint32_t i = heap->count;

    if (heap->count == heap->room) {
        heap->room = heap->room ? 2 * heap->room : LEAST_ROOM;
        heap->at = g_renew(int64_t, heap->at, heap->room);
    }
    heap->at[heap->count++] = value;
    while (i > 0 && heap->at[i] < heap->at[(i - 1) / 2]) {
        swap(heap, i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
}

/* A host that was busy once is remembered for long, and there may be very many. What is left moves
 * away: if it stayed, the hole behind it would be just too small for the next one. */
static void give_back_room(struct su_heap *heap)
{
    uint32_t room = heap->room;
    int64_t *at;

    while (room > LEAST_ROOM && heap->count < room / 4)
        room /= 2;
    if (room == heap->room)
        return;
    at = g_new(int64_t, room);
    memcpy(at, heap->at, heap->count * sizeof(*at));
    g_free(heap->at);
    heap->at = at;
    heap->room = room;
}

static void pop(struct su_heap *heap)
{
    uint32_t i = 0;

    heap->at[0] = heap->at[--heap->count];
    while (2 * i + 1 < heap->count) {
        uint32_t child = 2 * i + 1;

        if (child + 1 < heap->count && heap->at[child + 1] < heap->at[child])
            child++;
        if (heap->at[i] <= heap->at[child])
            return;
        swap(heap, i, child);
        i = child;
    }
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/** Remove from `in` all that is in `out`. Sorted values are a heap, too. */
static void settle(struct su_extreme *extreme)
{
    struct su_heap *in = &extreme->in;
    struct su_heap *out = &extreme->out;
    uint32_t kept = 0;
    uint32_t gone = 0;

    qsort(in->at, in->count, sizeof(*in->at), compare);
    qsort(out->at, out->count, sizeof(*out->at), compare);
    for (uint32_t i = 0; i < in->count; i++) {
        if (gone < out->count && in->at[i] == out->at[gone])
            gone++;
        else
            in->at[kept++] = in->at[i];
    }
    in->count = kept;
    out->count = 0;
}

void su_extreme_put(struct su_extreme *extreme, int64_t value)
{
    push(&extreme->in, value);
}

void su_extreme_take(struct su_extreme *extreme, int64_t value)
{
    push(&extreme->out, value);
    while (extreme->out.count > 0 && extreme->in.count > 0 &&
           extreme->in.at[0] == extreme->out.at[0]) {
        pop(&extreme->in);
        pop(&extreme->out);
    }
    if (extreme->out.count > extreme->in.count / 2)
        settle(extreme); /* or a value that comes and goes would fill the memory */
    give_back_room(&extreme->in);
    give_back_room(&extreme->out);
}

bool su_extreme_least(const struct su_extreme *extreme, int64_t *value)
{
    bool is_any = extreme->has_kept || extreme->in.count > 0;

    if (extreme->has_kept)
        *value = extreme->kept;
    if (extreme->in.count > 0 && !(extreme->has_kept && extreme->kept <= extreme->in.at[0]))
        *value = extreme->in.at[0];
    return is_any;
}

void su_extreme_keep(struct su_extreme *extreme, int64_t value)
{
    if (!extreme->has_kept || value < extreme->kept)
        extreme->kept = value;
    extreme->has_kept = true;
    su_extreme_take(extreme, value);
}

void su_extreme_fold(struct su_extreme *extreme)
{
    int64_t least;
    bool is_any = su_extreme_least(extreme, &least);

    su_extreme_clear(extreme);
    if (is_any)
        su_extreme_put(extreme, least);
}

void su_extreme_clear(struct su_extreme *extreme)
{
    g_free(extreme->in.at);
    g_free(extreme->out.at);
    *extreme = (struct su_extreme){0};
}
