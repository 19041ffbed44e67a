/* tally.c: a summing report over the flows of a feed: its rows, and how each flow was counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tally.h"

#include <string.h>

#include "adapter/filter_prefs.h"
#include "feed.h"

void su_tally_init(struct su_tally *tally, const struct su_report *report,
                   struct su_rows_watcher watcher)
{
    tally->context = (struct su_context){.filters = su_filter_prefs_hold()};
    tally->rows = su_rows_new(report, &tally->context, watcher);
    tally->marks[SU_PROTOCOL_TCP] = g_byte_array_new();
    tally->marks[SU_PROTOCOL_UDP] = g_byte_array_new();
}

void su_tally_clear(struct su_tally *tally)
{
    su_rows_free(tally->rows);
    su_filter_prefs_release(tally->context.filters);
    g_byte_array_free(tally->marks[SU_PROTOCOL_TCP], TRUE);
    g_byte_array_free(tally->marks[SU_PROTOCOL_UDP], TRUE);
}

static void *mark_of(struct su_tally *tally, const struct su_flow *flow)
{
    GByteArray *marks = tally->marks[flow->protocol];
    guint octets = (guint)su_rows_report(tally->rows)->mark_octets;
    guint at = su_feed_index(flow) * octets;
    guint before = marks->len;

    if (at + octets > before) {
        g_byte_array_set_size(marks, MAX(at + octets, su_capture_count(flow->protocol) * octets));
        memset(marks->data + before, 0, marks->len - before);
    }
    return marks->data + at;
}

void su_tally_put(struct su_tally *tally, const struct su_flow *flow)
{
    struct su_view view;

    su_flow_view(flow, &view);
    su_tally_put_view(tally, flow, &view);
}

void su_tally_put_view(struct su_tally *tally, const struct su_flow *flow,
                       const struct su_view *view)
{
    su_rows_report(tally->rows)->touch(tally->rows, mark_of(tally, flow), view);
}

void su_tally_forget(struct su_tally *tally, const struct su_flow *flow)
{
    su_rows_fold_mark(tally->rows, mark_of(tally, flow));
}

void su_tally_new_session(struct su_tally *tally)
{
    su_rows_fold(tally->rows);
    g_byte_array_set_size(tally->marks[SU_PROTOCOL_TCP], 0);
    g_byte_array_set_size(tally->marks[SU_PROTOCOL_UDP], 0);
}
