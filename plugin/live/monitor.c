/* monitor.c: -z sockusage,monitor[,filter]: a line for every handshake and every end, as they
 * happen, and tcpeek's summary when the capture ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "commands.h"

#include "columns.h"
#include "lines.h"
#include "named.h"
#include "render/writer.h"
#include "tap/census.h"
#include "tap/request.h"
#include "tap/tally.h"

struct monitor {
    struct su_events events;
    struct su_event_taker taker;
    struct su_columns columns;
    struct su_tally summary;
};

/* tcpeek is silent about what no filter of the user's counts. */
static void take(void *user, const struct su_live_event *event)
{
    struct monitor *monitor = user;

    if (event->kind != SU_EVENT_FORGOTTEN &&
        su_named_any(monitor->summary.context.filters, event->view))
        su_columns_put(&monitor->columns, su_lines_text(), event);
}

static void open_monitor(struct su_watch *watch, const char *rest)
{
    struct monitor *monitor = g_new0(struct monitor, 1);

    monitor->taker = (struct su_event_taker){take, monitor};
    su_tally_init(&monitor->summary, su_report_find("handshakes"), (struct su_rows_watcher){0});
    watch->own = monitor;
    watch->filter = *rest ? rest : NULL;
}

static void put(void *own, const struct su_flow *flow)
{
    struct monitor *monitor = own;
    struct su_view view;

    su_flow_view(flow, &view);
    su_tally_put_view(&monitor->summary, flow, &view);
    su_events_put(&monitor->events, flow, &view, &monitor->taker);
}

static void forget(void *own, const struct su_flow *flow)
{
    struct monitor *monitor = own;
    struct su_view view;

    su_flow_view(flow, &view);
    su_tally_forget(&monitor->summary, flow);
    su_events_forget(&monitor->events, flow, &view, &monitor->taker);
}

static void session_ended(void *own)
{
    struct monitor *monitor = own;

    su_tally_new_session(&monitor->summary);
    su_events_new_session(&monitor->events);
}

static void turn(void *own)
{
    struct monitor *monitor = own;

    /* Not before: if the reader is gone, only a capture that runs can be ended in good order. */
    if (su_census_get()->packets > 0)
        su_columns_begin(&monitor->columns, su_lines_text());
    su_events_check(&monitor->events, &monitor->taker);
    su_lines_flush();
}

static void print(void *own, struct su_out *out)
{
    const struct monitor *monitor = own;
    const struct su_census *census = su_census_get();
    const struct su_document document = {
        .first_ns = census->first_ns,
        .last_ns = census->last_ns,
        .packets = census->packets,
    };
    struct su_writer *writer;

    su_lines_flush();
    writer = su_writer_new(SU_FORMAT_TEXT, out, &document);
    su_writer_rows(writer, monitor->summary.rows);
    su_writer_free(writer);
}

static void close_monitor(void *own)
{
    struct monitor *monitor = own;

    su_events_clear(&monitor->events);
    su_tally_clear(&monitor->summary);
    g_free(monitor);
}

const struct su_watch_class su_monitor = {
    .command = SU_MONITOR_COMMAND,
    .mode = SU_FEED_AT_ONCE,
    .for_people = true,
    .open = open_monitor,
    .put = put,
    .forget = forget,
    .session_ended = session_ended,
    .turn = turn,
    .print = print,
    .close = close_monitor,
};
