/* stream.c: -z sockusage,stream[,filter]: a JSON object on a line of its own for every handshake
 * that is decided, and for every connection that ends or is not followed any longer. Behind what
 * happened each has all that is known of the connection, as the export of the report "flows" does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "commands.h"

#include "adapter/filter_prefs.h"
#include "events.h"
#include "lines.h"
#include "named.h"
#include "render/json_row.h"
#include "render/value.h"
#include "tap/request.h"

struct stream {
    const struct su_watch *watch;
    struct su_events events;
    struct su_event_taker taker;
    const struct su_named_filters *filters;
    const struct su_report *report;
    struct su_json_layout layout;
    GString *row;
};

static const char *const kind_words[] = {
    [SU_EVENT_HANDSHAKE] = "handshake",
    [SU_EVENT_END] = "end",
    [SU_EVENT_LEFT] = "left",
    [SU_EVENT_FORGOTTEN] = "forgotten",
};

static void put_word(GString *out, const char *word)
{
    if (*word)
        g_string_append_printf(out, "\"%s\"", word);
    else
        g_string_append(out, "null");
}

static void put_row(struct stream *stream, const struct su_view *view)
{
    const struct su_source source = {.view = view};
    struct su_line line;

    g_string_truncate(stream->row, 0);
    stream->report->fill(&source, 0, &line);
    su_json_put_row(stream->row, &stream->layout, line.cells);
}

static void take(void *user, const struct su_live_event *event)
{
    struct stream *stream = user;
    GString *out = su_lines_text();

    put_row(stream, event->view);
    g_string_append_printf(out, "{\"event\":\"%s\",\"time\":\"", kind_words[event->kind]);
    su_value_put_stamp(out, event->at_ns);
    g_string_append(out, "\",\"result\":");
    put_word(out, su_result_words[event->result]);
    g_string_append(out, ",\"was\":");
    put_word(out, su_result_words[event->was]);
    g_string_append_printf(out, ",\"again\":%s,\"filters\":", event->is_again ? "true" : "false");
    su_named_put_json(out, stream->filters, event->view);
    g_string_append_c(out, ',');
    g_string_append_len(out, stream->row->str + 1, (gssize)stream->row->len - 1); /* after its { */
    g_string_append_c(out, '\n');
}

static void open_stream(struct su_watch *watch, const char *rest)
{
    struct stream *stream = g_new0(struct stream, 1);

    stream->watch = watch;
    stream->taker = (struct su_event_taker){take, stream};
    stream->filters = su_filter_prefs_hold();
    stream->report = su_report_find("flows");
    stream->row = g_string_new(NULL);
    su_json_layout_init(&stream->layout, stream->report, 0, NULL, NULL);
    watch->own = stream;
    watch->filter = *rest ? rest : NULL;
}

static void put(void *own, const struct su_flow *flow)
{
    struct stream *stream = own;
    struct su_view view;

    su_flow_view(flow, &view);
    su_events_put(&stream->events, flow, &view, &stream->taker);
}

static void forget(void *own, const struct su_flow *flow)
{
    struct stream *stream = own;
    struct su_view view;

    su_flow_view(flow, &view);
    su_events_forget(&stream->events, flow, &view, &stream->taker);
}

static void leave(void *user, const struct su_flow *flow)
{
    struct stream *stream = user;
    struct su_view view;

    su_flow_view(flow, &view);
    su_events_leave(&stream->events, flow, &view, &stream->taker);
}

static void session_ended(void *own)
{
    struct stream *stream = own;

    su_feed_each(&stream->watch->feed, SU_PROTOCOL_TCP, leave, stream);
    su_events_new_session(&stream->events);
}

static void turn(void *own)
{
    struct stream *stream = own;

    su_events_check(&stream->events, &stream->taker);
    su_lines_flush();
}

static void print(void *own, struct su_out *out)
{
    struct stream *stream = own;

    (void)out; /* its lines go the same way to the end */
    su_feed_each(&stream->watch->feed, SU_PROTOCOL_TCP, leave, stream);
    su_lines_flush();
}

static void close_stream(void *own)
{
    struct stream *stream = own;

    su_events_clear(&stream->events);
    su_filter_prefs_release(stream->filters);
    su_json_layout_clear(&stream->layout);
    g_string_free(stream->row, TRUE);
    g_free(stream);
}

const struct su_watch_class su_stream = {
    .command = SU_STREAM_COMMAND,
    .mode = SU_FEED_AT_ONCE,
    .has_flows = true,
    .open = open_stream,
    .put = put,
    .forget = forget,
    .session_ended = session_ended,
    .turn = turn,
    .print = print,
    .close = close_stream,
};
