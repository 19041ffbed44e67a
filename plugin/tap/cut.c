/* cut.c: which connections of a session go on with one of the session before.
 * Only sockets are remembered, and not for ever: what tshark wants forgotten is not kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cut.h"

#include <string.h>

struct su_cut {
    GHashTable *before; /* GBytes * of both sockets -> enum su_outcome, sessions ago above it */
    uint64_t count;     /* of all sessions that have ended */
};

enum { SOCKET_OCTETS = 18 };

/* How many more sessions a connection is remembered that had not ended. */
enum { OUTCOME_BITS = 8, SESSIONS_MAX = 16 };

static void unref_bytes(gpointer bytes)
{
    g_bytes_unref(bytes);
}

static void put_socket(uint8_t *octets, const struct su_view_side *side, uint8_t ip_version)
{
    memcpy(octets, side->address, ip_version == 6 ? 16 : 4);
    memcpy(octets + 16, &side->port, sizeof(side->port));
}

/* The same whichever is the client: of a part without its SYN that is a guess. */
static GBytes *sockets_of(const struct su_view *view)
{
    uint8_t octets[2 * SOCKET_OCTETS] = {0};
    bool swapped = view->client.port > view->server.port;

    if (view->client.port == view->server.port)
        swapped =
            memcmp(view->client.address, view->server.address, view->ip_version == 6 ? 16 : 4) > 0;
    put_socket(octets, swapped ? &view->server : &view->client, view->ip_version);
    put_socket(octets + SOCKET_OCTETS, swapped ? &view->client : &view->server, view->ip_version);
    return g_bytes_new(octets, sizeof(octets));
}

static enum su_outcome outcome_of(gpointer value)
{
    return GPOINTER_TO_UINT(value) & ((1u << OUTCOME_BITS) - 1);
}

/* A connection that began with a SYN of its own is another one; unless the one before still waited
 * for the answer to its SYN, which then was repeated. */
static bool goes_on(const struct su_cut *cut, GBytes *sockets, const struct su_view *view)
{
    gpointer value;

    return g_hash_table_lookup_extended(cut->before, sockets, NULL, &value) &&
           (view->syn_frame == 0 || outcome_of(value) == SU_OUTCOME_PENDING);
}

/* The connections of a session, the last one of each pair of sockets. Of those the first alone can
 * be the rest of an earlier one. */
static GHashTable *take(const struct su_cut *cut, const struct su_feed *feed, uint64_t *count)
{
    GHashTable *taken = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, unref_bytes, NULL);
    uint32_t flows = su_capture_count(SU_PROTOCOL_TCP);

    for (uint32_t i = 0; i < flows; i++) {
        const struct su_flow *flow = su_capture_flow(SU_PROTOCOL_TCP, i);
        struct su_view view;
        GBytes *sockets;

        if (!su_feed_has(feed, flow))
            continue;
        su_flow_view(flow, &view);
        sockets = sockets_of(&view);
        if (cut && !g_hash_table_contains(taken, sockets) && goes_on(cut, sockets, &view))
            ++*count;
        g_hash_table_insert(taken, sockets, GUINT_TO_POINTER(view.outcome));
    }
    return taken;
}

static bool may_go_on(gpointer value)
{
    enum su_outcome outcome = outcome_of(value);

    return (outcome == SU_OUTCOME_OPEN || outcome == SU_OUTCOME_LINGER ||
            outcome == SU_OUTCOME_PENDING) &&
           GPOINTER_TO_UINT(value) >> OUTCOME_BITS < SESSIONS_MAX;
}

/* Those that were silent for a whole session. */
static void keep_silent_ones(GHashTable *taken, GHashTable *before)
{
    GHashTableIter each;
    gpointer sockets;
    gpointer value;

    g_hash_table_iter_init(&each, before);
    while (g_hash_table_iter_next(&each, &sockets, &value)) {
        guint older = GPOINTER_TO_UINT(value) + (1u << OUTCOME_BITS);

        if (may_go_on(value) && !g_hash_table_contains(taken, sockets))
            g_hash_table_insert(taken, g_bytes_ref(sockets), GUINT_TO_POINTER(older));
    }
}

struct su_cut *su_cut_session_ended(struct su_cut *cut, const struct su_feed *feed)
{
    struct su_cut *next = g_new(struct su_cut, 1);

    next->count = cut ? cut->count : 0;
    next->before = take(cut, feed, &next->count);
    if (cut)
        keep_silent_ones(next->before, cut->before);
    su_cut_free(cut);
    return next;
}

uint64_t su_cut_count(const struct su_cut *cut, const struct su_feed *feed)
{
    uint64_t count;

    if (!cut)
        return 0;
    count = cut->count;
    g_hash_table_destroy(take(cut, feed, &count));
    return count;
}

void su_cut_free(struct su_cut *cut)
{
    if (!cut)
        return;
    g_hash_table_destroy(cut->before);
    g_free(cut);
}
