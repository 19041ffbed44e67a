/* feed.c: the flows with a packet that passed one tap listener's filter, kept up to date.
 *
 * On a first pass connections grow with every packet; on later passes the first packet already
 * shows how they ended; between packets the capture's clock moves them. Where somebody follows
 * every change, the flow as known now at once takes the place of what it was before. Where flows
 * are only looked at in the end, packets just tell which of them belong to the feed: that saves
 * most of the work.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"

#include "adapter/forget.h"
#include "adapter/tapdata.h"
#include "cut.h"

enum { STRANGER = 0 }; /* stamp of a flow that does not belong to the feed */

/* ---- which flows, and as of when ---------------------------------------------------------- */

uint32_t su_feed_index(const struct su_flow *flow)
{
    return flow->protocol == SU_PROTOCOL_UDP ? flow->udp.index : flow->conn.index;
}

static uint32_t udp_events(const struct su_udp *udp)
{
    return udp->side[0].packets + udp->side[1].packets + udp->icmp_errors;
}

/* Differs from an earlier one of the same flow if it has changed since. Counters only grow. */
static uint32_t stamp_of(const struct su_feed *feed, const struct su_flow *flow)
{
    const struct su_conn *conn = &flow->conn;
    uint32_t events;

    if (flow->protocol == SU_PROTOCOL_UDP)
        events = udp_events(&flow->udp);
    else if (feed->sink.mode == SU_FEED_EVERY_PACKET)
        events = conn->changes + conn->side[0].packets + conn->side[1].packets;
    else
        events = conn->changes;
    return MAX(events + 1, 1);
}

static uint32_t *stamp_at(const struct su_feed *feed, const struct su_flow *flow)
{
    GArray *stamps = feed->stamps[flow->protocol];
    uint32_t index = su_feed_index(flow);

    if (index >= stamps->len)
        g_array_set_size(stamps, MAX(index + 1, su_capture_count(flow->protocol)));
    return &g_array_index(stamps, uint32_t, index);
}

bool su_feed_has(const struct su_feed *feed, const struct su_flow *flow)
{
    const GArray *stamps = feed->stamps[flow->protocol];
    uint32_t index = su_feed_index(flow);

    return index < stamps->len && g_array_index(stamps, uint32_t, index) != STRANGER;
}

/* The flow belongs to the feed. Returns whether it was put. */
static bool admit(struct su_feed *feed, const struct su_flow *flow)
{
    uint32_t *stamp = stamp_at(feed, flow);
    uint32_t now;

    if (feed->sink.mode == SU_FEED_IN_THE_END) {
        *stamp = STRANGER + 1;
        return false;
    }
    now = stamp_of(feed, flow);
    if (*stamp == now)
        return false;
    *stamp = now;
    feed->sink.put(feed->sink.user, flow);
    return true;
}

static struct su_feed *feed_of(struct su_clock_listener *listener)
{
    return (struct su_feed *)((char *)listener - offsetof(struct su_feed, listener));
}

static void flow_changed(struct su_clock_listener *self, const struct su_flow *flow)
{
    struct su_feed *feed = feed_of(self);

    if (su_feed_has(feed, flow))
        feed->sink.put(feed->sink.user, flow);
}

static void refresh(struct su_feed *feed);
static void flow_followed(struct su_clock_listener *self, const struct su_flow *before,
                          const struct su_flow *flow);
static void flow_forgotten(struct su_clock_listener *self, const struct su_flow *flow);

static void session_ended(struct su_clock_listener *self)
{
    struct su_feed *feed = feed_of(self);

    refresh(feed);
    if (feed->sink.session_ended)
        feed->sink.session_ended(feed->sink.user);
    if (feed->sink.mode == SU_FEED_IN_THE_END && !feed->is_told)
        feed->cut = su_cut_session_ended(feed->cut, feed);
    g_array_set_size(feed->stamps[SU_PROTOCOL_TCP], 0);
    g_array_set_size(feed->stamps[SU_PROTOCOL_UDP], 0);
}

void su_feed_start(struct su_feed *feed, struct su_feed_sink sink)
{
    *feed = (struct su_feed){
        .sink = sink,
        .held = g_hash_table_new(g_direct_hash, g_direct_equal),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(feed->stamps); i++)
        feed->stamps[i] = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    feed->listener.flow_followed = flow_followed;
    feed->listener.flow_forgotten = flow_forgotten;
    feed->listener.session_ended = session_ended;
    if (sink.mode != SU_FEED_IN_THE_END)
        feed->listener.flow_changed = flow_changed;
    su_clock_listen(&feed->listener);
}

void su_feed_stop(struct su_feed *feed)
{
    su_clock_unlisten(&feed->listener);
    g_array_free(feed->stamps[SU_PROTOCOL_TCP], TRUE);
    g_array_free(feed->stamps[SU_PROTOCOL_UDP], TRUE);
    g_hash_table_destroy(feed->held);
    su_cut_free(feed->cut);
}

/* ---- held packets ------------------------------------------------------------------------- */

/* Was the packet not taken in by the connection that it is tapped as part of? Such is a SYN on a
 * live connection: only its answer tells whether it began another one. */
static bool is_doubtful(const struct su_tap_packet *packet, uint32_t frame)
{
    const struct su_flow *flow = packet->flow;

    return flow->protocol == SU_PROTOCOL_TCP && !packet->record.is_icmp &&
           !packet->record.is_recalled && flow->conn.last_frame < frame;
}

/* One such packet can wait on a connection, and with it those that repeat it. Another one that waits
 * by now has decided about it: it began nothing. Returns whether the connection was put. */
static bool hold(struct su_feed *feed, const struct su_flow *flow)
{
    gpointer index = GUINT_TO_POINTER(flow->conn.index);
    uint32_t before = GPOINTER_TO_UINT(g_hash_table_lookup(feed->held, index));
    uint32_t waits = su_capture_waiting_frame(flow);

    if (waits != 0)
        g_hash_table_insert(feed->held, index, GUINT_TO_POINTER(waits));
    if (waits == 0 || (before != 0 && before != waits))
        return admit(feed, flow);
    return false;
}

static void flow_followed(struct su_clock_listener *self, const struct su_flow *before,
                          const struct su_flow *flow)
{
    struct su_feed *feed = feed_of(self);
    gpointer index = GUINT_TO_POINTER(before->conn.index);

    if (g_hash_table_lookup(feed->held, index) != GUINT_TO_POINTER(flow->conn.first_frame))
        return;
    g_hash_table_remove(feed->held, index);
    admit(feed, flow);
}

/* What waits until the end began nothing. */
static void take_held(struct su_feed *feed)
{
    GHashTableIter each;
    gpointer index;

    g_hash_table_iter_init(&each, feed->held);
    while (g_hash_table_iter_next(&each, &index, NULL)) {
        uint32_t *stamp = stamp_at(feed, su_capture_flow(SU_PROTOCOL_TCP, GPOINTER_TO_UINT(index)));

        *stamp = MAX(*stamp, STRANGER + 1);
    }
    g_hash_table_remove_all(feed->held);
}

/* ---- packets ------------------------------------------------------------------------------ */

bool su_feed_packet(struct su_feed *feed, const packet_info *pinfo, const void *data)
{
    const struct su_tap_packet *packet = data;

    if (!packet->flow)
        return false;
    if (is_doubtful(packet, pinfo->num))
        return hold(feed, packet->flow);
    return admit(feed, packet->flow);
}

/* ---- all flows ---------------------------------------------------------------------------- */

static int compare_streams(gconstpointer a, gconstpointer b)
{
    uint32_t left = su_flow_stream(*(const struct su_flow *const *)a);
    uint32_t right = su_flow_stream(*(const struct su_flow *const *)b);

    return (left > right) - (left < right);
}

static void take_place(void *flows, const struct su_flow *flow)
{
    g_ptr_array_add(flows, (gpointer)flow);
}

static void each_by_place(const struct su_feed *feed, enum su_protocol protocol,
                          void (*visit)(void *user, const struct su_flow *flow), void *user)
{
    uint32_t count = su_capture_count(protocol);

    for (uint32_t i = 0; i < count; i++) {
        const struct su_flow *flow = su_capture_flow(protocol, i);

        if (su_feed_has(feed, flow))
            visit(user, flow);
    }
}

/* Places are in order of appearance unless they are used again. */
void su_feed_each(const struct su_feed *feed, enum su_protocol protocol,
                  void (*visit)(void *user, const struct su_flow *flow), void *user)
{
    GPtrArray *flows;

    if (!su_forget_is_on()) {
        each_by_place(feed, protocol, visit, user);
        return;
    }
    flows = g_ptr_array_new();
    each_by_place(feed, protocol, take_place, flows);
    g_ptr_array_sort(flows, compare_streams);
    for (guint i = 0; i < flows->len; i++)
        visit(user, g_ptr_array_index(flows, i));
    g_ptr_array_free(flows, TRUE);
}

static void refresh(struct su_feed *feed)
{
    take_held(feed);
    su_feed_each(feed, SU_PROTOCOL_TCP, feed->sink.put, feed->sink.user);
    su_feed_each(feed, SU_PROTOCOL_UDP, feed->sink.put, feed->sink.user);
}

/* ---- forgetting --------------------------------------------------------------------------- */

static void flow_forgotten(struct su_clock_listener *self, const struct su_flow *flow)
{
    struct su_feed *feed = feed_of(self);

    if (g_hash_table_remove(feed->held, GUINT_TO_POINTER(flow->conn.index)))
        admit(feed, flow);
    if (!su_feed_has(feed, flow))
        return;
    feed->sink.put(feed->sink.user, flow);
    if (feed->sink.forget)
        feed->sink.forget(feed->sink.user, flow);
    *stamp_at(feed, flow) = STRANGER;
}

void su_feed_refresh(struct su_feed *feed)
{
    refresh(feed);
    feed->is_told = true;
}

uint64_t su_feed_cut(const struct su_feed *feed)
{
    return su_cut_count(feed->cut, feed);
}
