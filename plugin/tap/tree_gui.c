/* tree_gui.c: the overview as a Wireshark statistics tree, for Wireshark's window and sharkd.
 *
 * Counters are set, never stepped: steps also feed Wireshark's burst columns, where a count that
 * goes down again makes no sense. Rows are made when they first count something, as adding one
 * walks all its brothers and rows of zeros only hide the others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tree_gui.h"

#include <epan/packet.h>
#include <limits.h>

#include "adapter/tapdata.h"
#include "feed.h"
#include "overview_flow.h"
#include "tapcompat.h"

/** One window. */
struct window {
    struct su_feed feed;
    struct su_overview *overview;
    stats_tree *tree;
    GArray *ids; /* int by row: 0 not made yet, otherwise its node's id */
};

/* A statistics tree has no room for our data. Keys are stats_tree *, values struct window *. */
static GHashTable *windows;

/* Wireshark shows averages with two decimals, and times of whole numbers without any: microseconds
 * suit both. */
static const char *node_name(uint32_t row, const struct su_overview_row_info *info)
{
    return row == SU_OVERVIEW_RTT ? "SYN RTT (\u00b5s)" : info->name;
}

static int parent_id(const struct window *window, const struct su_overview_row_info *info)
{
    return info->parent == SU_OVERVIEW_NOWHERE ? 0 : g_array_index(window->ids, int, info->parent);
}

static void make_node(struct window *window, uint32_t row)
{
    struct su_overview_row_info info = su_overview_row_info(window->overview, row);

    g_array_index(window->ids, int, row) = stats_tree_create_node(
        window->tree, node_name(row, &info), parent_id(window, &info), STAT_DT_INT, info.branch);
}

static void make_host(struct window *window, uint32_t first_row)
{
    make_node(window, first_row);
    for (uint32_t row = first_row + 1; row < first_row + SU_OVERVIEW_HOST_ROWS; row++)
        if (su_overview_row_info(window->overview, row).always)
            make_node(window, row);
}

static bool is_made(struct window *window, uint32_t row)
{
    if (row >= window->ids->len)
        g_array_set_size(window->ids, su_overview_rows(window->overview));
    return g_array_index(window->ids, int, row) != 0;
}

static void counted(void *user, uint32_t row, uint32_t count)
{
    struct window *window = user;
    struct su_overview_row_info info = su_overview_row_info(window->overview, row);

    if (!is_made(window, row)) {
        if (row >= SU_OVERVIEW_FIXED && info.branch)
            make_host(window, row);
        else
            make_node(window, row);
    }
    set_stat_node(window->tree, node_name(row, &info), parent_id(window, &info), info.branch,
                  (int)count);
}

static void timed(void *user, uint32_t row, uint32_t time_us)
{
    struct window *window = user;
    struct su_overview_row_info info = su_overview_row_info(window->overview, row);

    avg_stat_node_add_value_notick(window->tree, node_name(row, &info), parent_id(window, &info),
                                   info.branch, (int)MIN(time_us, INT_MAX));
}

/** The rows that are worth showing even in an empty tree; parents stand before their children. */
static void make_fixed_nodes(struct window *window)
{
    for (uint32_t row = 0; row < SU_OVERVIEW_FIXED; row++)
        if (su_overview_row_info(window->overview, row).always)
            make_node(window, row);
}

static void put(void *user, const struct su_flow *flow)
{
    struct window *window = user;

    su_overview_put_flow(window->overview, flow);
}

static void session_ended(void *user)
{
    struct window *window = user;

    su_overview_new_session(window->overview);
}

static void window_free(gpointer data)
{
    struct window *window = data;

    su_feed_stop(&window->feed);
    su_overview_free(window->overview);
    g_array_free(window->ids, TRUE);
    g_free(window);
}

/* Called before packets come, and again before they come anew. */
static void init(stats_tree *tree)
{
    struct window *window = g_new0(struct window, 1);
    struct su_overview_sink sink = {counted, timed, window};
    struct su_feed_sink feed_sink = {put, NULL, session_ended, window, SU_FEED_AT_ONCE};

    if (!windows)
        windows = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, window_free);
    window->tree = tree;
    window->ids = g_array_new(FALSE, TRUE, sizeof(int));
    g_array_set_size(window->ids, SU_OVERVIEW_FIXED);
    window->overview = su_overview_new(sink);
    su_feed_start(&window->feed, feed_sink);
    make_fixed_nodes(window);
    g_hash_table_replace(windows, tree, window);
}

static void cleanup(stats_tree *tree)
{
    if (windows)
        g_hash_table_remove(windows, tree);
}

static tap_packet_status packet(stats_tree *tree, packet_info *pinfo, epan_dissect_t *edt _U_,
                                const void *data, tap_flags_t flags _U_)
{
    struct window *window = windows ? g_hash_table_lookup(windows, tree) : NULL;

    if (!window)
        return TAP_PACKET_DONT_REDRAW;
    return su_feed_packet(&window->feed, pinfo, data) ? TAP_PACKET_REDRAW : TAP_PACKET_DONT_REDRAW;
}

void su_tree_gui_register(void)
{
    unsigned flags =
        TL_REQUIRES_ERROR_PACKETS | ST_FLG_SORT_DESC | (ST_SORT_COL_COUNT << ST_FLG_SRTCOL_SHIFT);

    stats_tree_register_plugin(SU_TAP_NAME, "sockusage", "Socket Usage Overview", flags, packet,
                               init, cleanup);
}
