/* marked.c: flows that have changed since somebody looked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "marked.h"

#include <string.h>

#include "tap/feed.h"

enum { MARKS_MAX = 1024 };

struct mark {
    uint32_t index;
    uint8_t protocol;
};

static void begin(struct su_marked *marked)
{
    marked->marks = g_array_new(FALSE, FALSE, sizeof(struct mark));
    marked->is_marked[SU_PROTOCOL_TCP] = g_byte_array_new();
    marked->is_marked[SU_PROTOCOL_UDP] = g_byte_array_new();
}

static uint8_t *place_of(const struct su_marked *marked, struct mark mark)
{
    GByteArray *places = marked->is_marked[mark.protocol];
    guint before = places->len;

    if (mark.index >= before) {
        g_byte_array_set_size(
            places, MAX(mark.index + 1, su_capture_count((enum su_protocol)mark.protocol)));
        memset(places->data + before, 0, places->len - before);
    }
    return places->data + mark.index;
}

bool su_marked_put(struct su_marked *marked, const struct su_flow *flow)
{
    struct mark mark = {su_feed_index(flow), flow->protocol};
    uint8_t *place;

    if (!marked->marks)
        begin(marked);
    place = place_of(marked, mark);
    if (*place)
        return false;
    *place = true;
    g_array_append_val(marked->marks, mark);
    return marked->marks->len >= MARKS_MAX;
}

void su_marked_look(struct su_marked *marked,
                    void (*look)(void *user, const struct su_flow *flow,
                                 const struct su_view *view),
                    void *user)
{
    struct su_view view;

    for (guint i = 0; marked->marks && i < marked->marks->len; i++) {
        struct mark mark = g_array_index(marked->marks, struct mark, i);
        const struct su_flow *flow = su_capture_flow((enum su_protocol)mark.protocol, mark.index);

        su_flow_view(flow, &view);
        look(user, flow, &view);
        *place_of(marked, mark) = false;
    }
    if (marked->marks)
        g_array_set_size(marked->marks, 0);
}

void su_marked_clear(struct su_marked *marked)
{
    if (!marked->marks)
        return;
    g_array_free(marked->marks, TRUE);
    g_byte_array_free(marked->is_marked[SU_PROTOCOL_TCP], TRUE);
    g_byte_array_free(marked->is_marked[SU_PROTOCOL_UDP], TRUE);
    *marked = (struct su_marked){0};
}
