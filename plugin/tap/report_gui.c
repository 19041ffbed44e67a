/* report_gui.c: reports as windows of Wireshark, and as tables of sharkd.
 * Nobody tells us when the last packet has passed: so rows are right after every packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report_gui.h"

#include <string.h>

#include "adapter/tapdata.h"
#include "feed.h"
#include "gui_table.h"
#include "listing.h"
#include "request.h"
#include "tally.h"

/** A report that has a window. */
struct window {
    stat_tap_table_ui ui; /* what Wireshark knows of it */
    const char *command;  /* that of the report */
    char *title;
    struct su_gui_table table;

    /* In use while it is running. */
    struct su_feed feed;
    struct su_tally tally;     /* summing reports */
    GArray *changed;           /* uint32_t: rows of the tally */
    struct su_listing listing; /* listing reports */
    GHashTable *rows;          /* number of the row, by line_key() */
    unsigned row_count;
    bool is_running;
};

static struct window windows[] = {
    {.command = SU_COMMAND ",hosts",      .title = "Socket Usage Hosts"     },
    {.command = SU_COMMAND ",services",   .title = "Socket Usage Services"  },
    {.command = SU_COMMAND ",states",     .title = "Socket Usage States"    },
    {.command = SU_COMMAND ",handshakes", .title = "Socket Usage Handshakes"},
    {.command = SU_COMMAND ",flows",      .title = "Socket Usage Flows"     },
    {.command = SU_COMMAND ",exchanges",  .title = "Socket Usage Exchanges" },
};

static const struct su_report *report_of(const struct window *window)
{
    return su_report_find(window->command + strlen(SU_COMMAND ","));
}

static bool is_summing(const struct window *window)
{
    return su_report_is_summing(window->table.report);
}

/* ---- summing reports ---------------------------------------------------------------------- */

static void row_changed(void *user, uint32_t row)
{
    GArray *changed = ((struct window *)user)->changed;

    for (guint i = 0; i < changed->len; i++)
        if (g_array_index(changed, uint32_t, i) == row)
            return;
    g_array_append_val(changed, row);
}

static void show_changed_rows(struct window *window)
{
    struct su_rows *rows = window->tally.rows;

    for (guint i = 0; i < window->changed->len; i++) {
        uint32_t row = g_array_index(window->changed, uint32_t, i);

        su_gui_table_put(&window->table, row,
                         su_rows_is_shown(rows, row) ? su_rows_cells(rows, row) : NULL);
    }
    g_array_set_size(window->changed, 0);
}

/* ---- listing reports ---------------------------------------------------------------------- */

static gint64 line_key(const struct su_flow *flow, uint32_t number)
{
    return (gint64)((uint64_t)number << 33 | (uint64_t)su_feed_index(flow) << 1 | flow->protocol);
}

static unsigned row_of_line(struct window *window, gint64 key)
{
    gpointer row;

    if (g_hash_table_lookup_extended(window->rows, &key, NULL, &row))
        return GPOINTER_TO_UINT(row);
    g_hash_table_insert(window->rows, g_memdup2(&key, sizeof(key)),
                        GUINT_TO_POINTER(window->row_count));
    return window->row_count++;
}

static void show_line(void *user, const struct su_flow *flow, uint32_t number,
                      const struct su_cell *cells)
{
    struct window *window = user;

    su_gui_table_put(&window->table, row_of_line(window, line_key(flow, number)), cells);
}

/* ---- both --------------------------------------------------------------------------------- */

static void put(void *user, const struct su_flow *flow)
{
    struct window *window = user;
    const struct su_line_taker taker = {show_line, window};

    if (!su_gui_table_is_open(&window->table, &window->ui))
        return;
    if (is_summing(window)) {
        su_tally_put(&window->tally, flow);
        show_changed_rows(window);
    } else {
        su_listing_flow(&window->listing, flow, &taker);
    }
}

static void session_ended(void *user)
{
    struct window *window = user;

    if (is_summing(window))
        su_tally_new_session(&window->tally);
    else
        g_hash_table_remove_all(window->rows);
}

static void start_summing(struct window *window)
{
    struct su_rows_watcher watcher = {row_changed, window};

    window->changed = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    su_tally_init(&window->tally, window->table.report, watcher);
    show_changed_rows(window);
}

static void start_listing(struct window *window)
{
    window->rows = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    window->row_count = 0;
    su_listing_init(&window->listing, window->table.report, NULL);
}

static void start(struct window *window)
{
    struct su_feed_sink sink = {put, NULL, session_ended, window, SU_FEED_AT_ONCE};

    if (is_summing(window)) {
        start_summing(window);
    } else {
        start_listing(window);
        sink.mode = SU_FEED_EVERY_PACKET;
    }
    su_feed_start(&window->feed, sink);
    window->is_running = true;
}

static void stop(struct window *window)
{
    if (!window->is_running)
        return;
    window->is_running = false;
    su_feed_stop(&window->feed);
    if (is_summing(window)) {
        su_tally_clear(&window->tally);
        g_array_free(window->changed, TRUE);
    } else {
        su_listing_clear(&window->listing);
        g_hash_table_destroy(window->rows);
    }
}

/* ---- what Wireshark calls ----------------------------------------------------------------- */

/* Before packets come. Of a table that is there already, reset() comes too. */
static void init(stat_tap_table_ui *ui)
{
    struct window *window = (struct window *)ui;

    if (!su_gui_table_open(&window->table, ui))
        return;
    stop(window);
    start(window);
}

static void reset(stat_tap_table *table)
{
    for (size_t i = 0; i < G_N_ELEMENTS(windows); i++) {
        if (windows[i].table.table != table)
            continue;
        stop(&windows[i]);
        su_gui_table_empty(&windows[i].table, &windows[i].ui);
        start(&windows[i]);
    }
}

static tap_packet_status packet(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                const void *data, tap_flags_t flags _U_)
{
    struct window *window = (struct window *)((stat_data_t *)user)->stat_tap_data;

    if (!window->is_running || !su_feed_packet(&window->feed, pinfo, data))
        return TAP_PACKET_DONT_REDRAW;
    return TAP_PACKET_REDRAW;
}

static void free_item(stat_tap_table *table _U_, unsigned row _U_, unsigned column _U_,
                      stat_tap_table_item_type *item)
{
    su_gui_table_free_item(item);
}

static void register_window(struct window *window)
{
    static tap_param filter = {PARAM_FILTER, "filter", "Filter", NULL, TRUE};

    su_gui_table_init(&window->table, report_of(window));
    window->ui = (stat_tap_table_ui){
        .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
        .title = window->title,
        .tap_name = SU_TAP_NAME,
        .cli_string = window->command,
        .stat_tap_init_cb = init,
        .packet_func = packet,
        .stat_tap_reset_table_cb = reset,
        .stat_tap_free_table_item_cb = free_item,
        .nfields = window->table.field_count,
        .fields = window->table.fields,
        .nparams = 1,
        .params = &filter,
    };
    register_stat_tap_table_ui(&window->ui);
}

static void shut_down(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(windows); i++) {
        stop(&windows[i]);
        su_gui_table_clear(&windows[i].table);
    }
}

bool su_report_gui_has(const struct su_report *report)
{
    for (size_t i = 0; i < G_N_ELEMENTS(windows); i++)
        if (report_of(&windows[i]) == report)
            return true;
    return false;
}

void su_report_gui_register(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(windows); i++)
        register_window(&windows[i]);
    register_shutdown_routine(shut_down);
}
