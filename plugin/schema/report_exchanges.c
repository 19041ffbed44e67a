/* report_exchanges.c: one line for each request and its response, with the times that tell network
 * from server and from client. The keys bytes, start_latency, finish_latency, interpacket_times,
 * syn_rtt and addr are those of the script that measured fetches from Amazon S3.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reports.h"

/** What the columns are read from. */
struct record {
    struct su_report_exchange exchange;
    int64_t syn_rtt_ns;
    const uint8_t *client, *server;
    uint32_t stream;
    uint16_t client_port, server_port;
};

#define READ(kind_, member)                                                                        \
    .value = {.kind = SU_VALUE_##kind_, .offset = offsetof(struct record, member)}
#define COUNTER(key_, heading_, help_, kind_, member)                                              \
    .key = (key_), .heading = (heading_), .help = (help_), .type = SU_CELL_COUNT,                  \
    READ(kind_, member)
#define SPAN(key_, heading_, help_, member)                                                        \
    .key = (key_), .heading = (heading_), .unit = "ms", .help = (help_), .type = SU_CELL_SPAN,     \
    READ(TIME, member)
#define FLAG(key_, heading_, help_, member)                                                        \
    .key = (key_), .heading = (heading_), .help = (help_), .type = SU_CELL_TRUTH, READ(FLAG, member)

/* clang-format off */
static const struct su_column columns[] = {
    {COUNTER("stream", "Stream", "Number of the connection", U32, stream), .rank = 1},
    {COUNTER("exchange", "No.", "Number of the exchange in its connection; 0: the server spoke first",
             U32, exchange.number), .rank = 1},
    {.key = "addr", .heading = "Server", .help = "Address of the server", .type = SU_CELL_ADDRESS,
     .rank = 1, READ(IP, server)},
    {COUNTER("port", "Port", "Port of the server", U16, server_port), .rank = 2},
    {.key = "client.addr", .heading = "Client", .help = "Address of the client",
     .type = SU_CELL_ADDRESS, .width = 13, .rank = 4, READ(IP, client)},
    {COUNTER("client.port", "Port", "Port of the client", U16, client_port), .rank = 4},
    {.key = "start", .heading = "Start", .unit = "UTC", .help = "Time of its first packet", .rank = 6,
     .type = SU_CELL_STAMP, READ(STAMP, exchange.start_ns)},

    {COUNTER("request_bytes", "Request bytes", "Octets of the request", U64,
             exchange.request_octets), .rank = 2, .total = SU_TOTAL_SUM},
    {COUNTER("bytes", "Response bytes", "Octets of the response", U64, exchange.response_octets),
     .rank = 1, .total = SU_TOTAL_SUM},
    {SPAN("start_latency", "Start latency", "First packet of the request to first of the response",
          exchange.start_latency_ns), .rank = 1},
    {SPAN("finish_latency", "Finish latency", "First packet of the request to last of the response",
          exchange.finish_latency_ns), .rank = 1},
    {SPAN("service_time", "Service time", "Last packet of the request to first of the response",
          exchange.service_time_ns), .rank = 2},
    {SPAN("server_think", "Server think", "Service time less the time to acknowledge the request",
          exchange.server_think_ns), .rank = 3},
    {SPAN("request_spread", "Request spread", "First to last packet of the request",
          exchange.request_spread_ns), .rank = 5},
    {SPAN("response_spread", "Response spread", "First to last packet of the response",
          exchange.response_spread_ns), .rank = 3},
    {SPAN("client_think", "Client think", "Last packet of the response to the next request",
          exchange.client_think_ns), .rank = 5},
    {SPAN("syn_rtt", "SYN RTT", "SYN to SYN-ACK of the connection", syn_rtt_ns), .rank = 3},

    {SPAN("gap.largest", "Largest gap", "Longest pause within the response",
          exchange.largest_gap_ns), .rank = 1},
    {.key = "gap.cause", .heading = "Cause", .help = "What most likely caused it", .rank = 1,
     .type = SU_CELL_TEXT, READ(TEXT, exchange.largest_gap_cause)},
    {COUNTER("gap.frame", "Gap frame", "Frame of the packet that ended it", FRAME,
             exchange.largest_gap_frame), .rank = 2},

    {COUNTER("gap.long", "Long gaps",
             "Pauses within the response as long as the preference gap_threshold says, or longer",
             U32, exchange.long_gaps)},

    {COUNTER("frames.request_first", "First frame", "Frame of the request's first packet", FRAME,
             exchange.request_first_frame), .rank = 3},
    {COUNTER("frames.request_last", "Request's last frame", "Frame of the request's last packet",
             FRAME, exchange.request_last_frame)},
    {COUNTER("frames.response_first", "Response's first frame",
             "Frame of the response's first packet", FRAME, exchange.response_first_frame)},
    {COUNTER("frames.response_last", "Last frame", "Frame of the response's last packet", FRAME,
             exchange.response_last_frame), .rank = 3},

    {FLAG("greeting", "Greeting", "The server spoke first", exchange.greeting)},
    {FLAG("unanswered", "Unanswered", "No response was seen", exchange.unanswered)},
    {FLAG("overlap", "Overlap", "The client sent more while the response was under way",
          exchange.overlap)},
    {FLAG("rexmt", "Repeated", "Something of it was retransmitted", exchange.rexmt)},
    {FLAG("tls", "TLS", "Request or response begins with a TLS record", exchange.tls)},
    {FLAG("tls_handshake", "TLS handshake", "... that is no application data",
          exchange.tls_handshake)},
    {.key = "interpacket_times", .heading = "Gaps", .type = SU_CELL_GAPS,
     .help = "Of each packet of the response: [time since the packet before it, number of its last "
             "octet within the response, flags ...]"},
};
/* clang-format on */

enum {
    STREAM,
    NUMBER,
    KEYS,
    COLUMNS = sizeof columns / sizeof columns[0],
    INTERPACKET_TIMES = COLUMNS - 1
};
_Static_assert(sizeof columns / sizeof columns[0] <= (size_t)SU_COLUMNS_MAX,
               "a line has room for every column");

static size_t lines(const struct su_source *source)
{
    return source->exchanges ? source->exchanges->count : 0;
}

static void fill(const struct su_source *source, size_t i, struct su_line *line)
{
    const struct su_view *view = source->view;
    struct record record = {
        .syn_rtt_ns = view->syn_rtt_ns,
        .client = view->client.address,
        .server = view->server.address,
        .stream = view->stream,
        .client_port = view->client.port,
        .server_port = view->server.port,
    };

    source->exchanges->get(source->exchanges, i, &line->exchange);
    record.exchange = line->exchange;
    for (size_t column = 0; column < COLUMNS; column++)
        line->cells[column] = su_value_read(&columns[column], &record, view->ip_version);
    line->cells[INTERPACKET_TIMES] = SU_CELL_OF_GAPS(&line->exchange.gaps);
}

const struct su_report su_report_exchanges = {
    .id = "exchanges",
    .title = "Requests and responses",
    .help =
        "Each request and its response: how long until the first and the last octet, and pauses",
    .columns = columns,
    .column_count = COLUMNS,
    .key_count = KEYS,
    .shape = SU_SHAPE_LIST,
    .in_all = SU_IN_ALL_DATA,
    .lines = lines,
    .fill = fill,
};
