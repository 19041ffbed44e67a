/* feed.c: keeps an overview up to date with the packets that pass one tap listener's filter.
 *
 * On a first pass connections grow with every packet; on later passes the first packet already
 * shows how they ended; between packets the capture's clock moves them. Where somebody follows
 * every count, the connection as known now at once takes the place of what was counted before.
 * Where counts are only looked at in the end, packets just tell which connections belong to them:
 * that saves most of the work.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"

#include <stdlib.h>

#include "adapter/tapdata.h"

/** A packet that passed as part of a connection to which it may not belong. */
struct held {
    uint32_t frame;
    uint32_t flow; /* number of that connection */
};

static void put(struct su_feed *feed, const struct su_flow *flow)
{
    struct su_view view;

    su_flow_view(flow, &view);
    su_overview_put(feed->overview, flow->conn.index, flow->conn.changes, &view);
}

static bool is_followed(const struct su_feed *feed)
{
    return feed->listener.flow_changed != NULL;
}

static bool put_if_changed(struct su_feed *feed, const struct su_flow *flow)
{
    if (su_overview_is_current(feed->overview, flow->conn.index, flow->conn.changes))
        return false;
    put(feed, flow);
    return true;
}

/* On the first pass a connection has taken in every packet that is tapped as part of it, but for a
 * SYN on a live connection: only its answer tells whether it began another one. */
static bool is_held(const struct su_tap_packet *packet, uint32_t frame)
{
    return !packet->record.is_icmp && packet->flow->conn.last_frame < frame;
}

static int compare_held(const void *frame, const void *held)
{
    uint32_t a = *(const uint32_t *)frame;
    uint32_t b = ((const struct held *)held)->frame;

    return (a > b) - (a < b);
}

static void flow_changed(struct su_capture_listener *self, const struct su_flow *flow)
{
    struct su_feed *feed = (struct su_feed *)((char *)self - offsetof(struct su_feed, listener));

    if (flow->protocol == SU_PROTOCOL_TCP && su_overview_has(feed->overview, flow->conn.index))
        put(feed, flow);
}

static void session_ended(struct su_capture_listener *self)
{
    struct su_feed *feed = (struct su_feed *)((char *)self - offsetof(struct su_feed, listener));

    su_feed_refresh(feed);
    su_overview_new_session(feed->overview);
    g_array_set_size(feed->held, 0);
}

void su_feed_start(struct su_feed *feed, struct su_overview_sink sink)
{
    *feed = (struct su_feed){
        .listener = {.session_ended = session_ended},
        .overview = su_overview_new(sink),
        .held = g_array_new(FALSE, FALSE, sizeof(struct held)),
    };
    if (sink.counted)
        feed->listener.flow_changed = flow_changed;
    su_capture_listen(&feed->listener);
}

void su_feed_stop(struct su_feed *feed)
{
    su_capture_unlisten(&feed->listener);
    su_overview_free(feed->overview);
    g_array_free(feed->held, TRUE);
}

bool su_feed_packet(struct su_feed *feed, const packet_info *pinfo, const void *data)
{
    const struct su_tap_packet *packet = data;
    const struct su_flow *flow = packet->flow;

    if (!flow || flow->protocol != SU_PROTOCOL_TCP)
        return false;
    if (is_held(packet, pinfo->num)) {
        struct held held = {pinfo->num, flow->conn.index};

        g_array_append_val(feed->held, held);
        return false;
    }
    if (!is_followed(feed) && su_overview_has(feed->overview, flow->conn.index))
        return false;
    return put_if_changed(feed, flow);
}

/* Count what began with a held packet. Returns, by the number of the connection that it followed,
 * its first frame. */
static GHashTable *put_successors(struct su_feed *feed)
{
    GHashTable *successors = g_hash_table_new(g_direct_hash, g_direct_equal);
    uint32_t count = su_capture_count(SU_PROTOCOL_TCP);

    for (uint32_t i = 0; feed->held->len > 0 && i < count; i++) {
        const struct su_flow *flow = su_capture_flow(SU_PROTOCOL_TCP, i);
        const struct held *held = bsearch(&flow->conn.first_frame, feed->held->data,
                                          feed->held->len, sizeof(*held), compare_held);

        if (!held)
            continue;
        put_if_changed(feed, flow);
        g_hash_table_insert(successors, GUINT_TO_POINTER(held->flow),
                            GUINT_TO_POINTER(held->frame));
    }
    return successors;
}

static void put_held(struct su_feed *feed)
{
    GHashTable *successors = put_successors(feed);

    for (guint i = 0; i < feed->held->len; i++) {
        struct held held = g_array_index(feed->held, struct held, i);
        gpointer first = g_hash_table_lookup(successors, GUINT_TO_POINTER(held.flow));

        if (!first || held.frame < GPOINTER_TO_UINT(first))
            put_if_changed(feed, su_capture_flow(SU_PROTOCOL_TCP, held.flow));
    }
    g_hash_table_destroy(successors);
}

void su_feed_refresh(struct su_feed *feed)
{
    uint32_t count = su_capture_count(SU_PROTOCOL_TCP);

    put_held(feed);
    for (uint32_t i = 0; i < count; i++)
        if (su_overview_has(feed->overview, i))
            put(feed, su_capture_flow(SU_PROTOCOL_TCP, i));
}
