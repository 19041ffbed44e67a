/* report_flows.c: all that is known of each connection and UDP conversation, one line each.
 * Keys are the names that scripts rely on; what does not apply to UDP is unknown there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reports.h"

/* When a value applies: su_value.only. */
enum { ALWAYS = 0, TCP, ICMP, GAPS, GAP };

#define AT(member)  offsetof(struct su_view, member)
#define NUMBER(w)   .type = SU_CELL_COUNT, .width = (w)
#define SPAN(unit_) .type = SU_CELL_SPAN, .unit = (unit_)
#define READ(kind_, member)                                                                        \
    .value = {.kind = SU_VALUE_##kind_, .only = ALWAYS, .offset = AT(member)}
#define READ_IF(only_, kind_, member)                                                              \
    .value = {.kind = SU_VALUE_##kind_, .only = (only_), .offset = AT(member)}
#define WORD(only_, member, list, count)                                                           \
    .type = SU_CELL_TEXT, .value = {SU_VALUE_WORD, (only_), AT(member), (list), (count)}

#define COUNTER(key_, heading_, help_, only_, kind_, member)                                       \
    {                                                                                              \
        .key = (key_), .heading = (heading_), .help = (help_), NUMBER(0),                          \
        READ_IF(only_, kind_, member)                                                              \
    }
#define FLAG(key_, heading_, help_, member)                                                        \
    {                                                                                              \
        .key = (key_), .heading = (heading_), .help = (help_), .type = SU_CELL_TRUTH,              \
        READ_IF(TCP, FLAG, member)                                                                 \
    }
#define FRAME(key_, heading_, help_, member)                                                       \
    COUNTER("frames." key_, heading_ " frame", "Frame of " help_, ALWAYS, FRAME, member)

/* clang-format off */
#define SOCKET(who, Who)                                                                           \
    {.key = #who ".addr", .heading = Who, .help = "Address of the " #who, .rank = 1,               \
     .type = SU_CELL_ADDRESS, READ(IP, who.address)},                                              \
    {.key = #who ".port", .heading = "Port", .help = "Port of the " #who, .rank = 1, NUMBER(5),    \
     READ(U16, who.port)},                                                                         \
    {.key = #who ".state", .heading = Who " state", .rank = 5,                                     \
     .help = "State of the " #who "'s socket at the end, as netstat names it",                     \
     WORD(ALWAYS, who.state, su_state_words, SU_STATE_COUNT)},                                     \
    {.key = #who ".packets", .heading = Who " packets", .help = "Packets sent by the " #who,       \
     .rank = 4, .total = SU_TOTAL_SUM, NUMBER(0), READ(U32, who.packets)},                         \
    {.key = #who ".bytes", .heading = Who " bytes", .rank = 3, .total = SU_TOTAL_SUM,              \
     .help = "Octets of payload sent by the " #who ", repeated ones included", NUMBER(0),          \
     READ(U64, who.octets)},                                                                       \
    COUNTER(#who ".retransmits", Who " retransmits", "Segments of the " #who " without new data",  \
            TCP, U32, who.retransmits),                                                            \
    COUNTER(#who ".reordered", Who " reordered", "Segments of the " #who " that filled a hole",    \
            TCP, U32, who.reordered)

static const struct su_column columns[] = {
    {.key = "stream", .heading = "Stream", .rank = 1, NUMBER(0), READ(U32, stream),
     .help = "Number of the connection, in order of appearance from 0; TCP and UDP on their own"},
    {.key = "protocol", .heading = "Proto", .help = "Protocol and version of IP",
     .type = SU_CELL_TEXT, .rank = 1},
    SOCKET(client, "Client"),
    SOCKET(server, "Server"),
    {.key = "role_source", .heading = "Roles known by",
     .help = "On what evidence client and server are told apart",
     WORD(ALWAYS, role_source, su_role_source_words, SU_ROLE_SOURCE_COUNT)},
    {.key = "outcome", .heading = "Outcome", .help = "What became of the connection", .rank = 1,
     WORD(TCP, outcome, su_outcome_words, SU_OUTCOME_COUNT)},
    {.key = "start", .heading = "Start", .unit = "UTC", .help = "Time of the first packet", .rank = 6,
     .type = SU_CELL_STAMP, READ(STAMP, start_ns)},
    {.key = "duration", .heading = "Duration", .help = "First to last packet", .rank = 3,
     SPAN("s"), READ(TIME, duration_ns)},
    COUNTER("first_frame", "First frame", "Frame of the first packet", ALWAYS, FRAME, first_frame),
    COUNTER("last_frame", "Last frame", "Frame of the last packet", ALWAYS, FRAME, last_frame),

    {.key = "handshake.result", .heading = "Handshake", .help = "Result of the handshake",
     .rank = 1, WORD(TCP, handshake, su_handshake_words, SU_HANDSHAKE_COUNT)},
    {.key = "handshake.time", .heading = "Handshake time", SPAN("ms"), READ(TIME, handshake_ns),
     .help = "First SYN to the ACK of the SYN-ACK: how long the client waited"},
    {.key = "handshake.syn_rtt", .heading = "SYN RTT", .rank = 2, SPAN("ms"),
     READ(TIME, syn_rtt_ns), .help = "SYN (the last one, if repeated) to the first SYN-ACK"},
    {.key = "handshake.ack_rtt", .heading = "ACK RTT", SPAN("ms"), READ(TIME, ack_rtt_ns),
     .help = "First SYN-ACK to the first ACK of it"},
    COUNTER("handshake.dup_syn", "Dup SYN", "How often the SYN was repeated", TCP, U32, dup_syn),
    COUNTER("handshake.dup_synack", "Dup S/A", "How often the SYN-ACK was repeated",
            TCP, U32, dup_synack),
    FLAG("handshake.ambiguous", "RTT ambiguous",
         "SYN or SYN-ACK was repeated, so it cannot be known which one was answered", rtt_ambiguous),
    COUNTER("handshake.syn_challenged", "Challenged SYNs",
            "SYNs on the live connection that led to nothing", TCP, U32, syn_challenged),

    {.key = "close.type", .heading = "Close", .help = "How the connection ended", .rank = 2,
     WORD(TCP, close, su_close_words, SU_CLOSE_COUNT)},
    {.key = "close.by", .heading = "By", .rank = 1, .width = 6,
     .help = "Who sent the first FIN or, if there was none, the accepted RST",
     WORD(TCP, close_by, su_role_words, SU_ROLE_COUNT)},
    {.key = "close.rst_by", .heading = "RST by", .help = "Who sent the accepted RST",
     WORD(TCP, rst_by, su_role_words, SU_ROLE_COUNT)},
    FLAG("close.linger", "Linger", "Closing began and is not complete", linger),
    {.key = "close.linger_time", .heading = "Linger time", .rank = 3, SPAN("s"),
     READ(TIME, linger_ns), .help = "How long it has lingered when the capture ended"},
    {.key = "close.linger_since", .heading = "Linger since", .unit = "UTC", .type = SU_CELL_STAMP,
     READ(STAMP, linger_since_ns), .help = "Time of the first FIN of a lingering connection"},
    {.key = "close.linger_owing", .heading = "Owing",
     .help = "Who still has to act before a lingering connection is closed",
     WORD(TCP, linger_owing, su_role_words, SU_ROLE_COUNT)},
    {.key = "close.rst_class", .heading = "RST class",
     .help = "How far the accepted RST can be believed: exact, weak or unverified",
     WORD(TCP, rst_class, su_rst_class_words, SU_RST_CLASS_COUNT)},
    COUNTER("close.rst_invalid", "Invalid RSTs", "RSTs outside the window", TCP, U32, rst_invalid),
    COUNTER("close.rst_ignored", "Ignored RSTs", "RSTs after which the connection lived on",
            TCP, U32, rst_ignored),
    COUNTER("close.fin_invalid", "Invalid FINs", "FINs beyond what the receiver had offered to take",
            TCP, U32, fin_invalid),
    COUNTER("close.dup_fin", "Dup FIN", "How often FINs were repeated", TCP, U32, dup_fin),
    FLAG("close.fin_moved", "FIN moved", "A side sent a second FIN with a higher number", fin_moved),
    FLAG("close.data_after_fin", "Data after FIN", "A side sent payload beyond its own FIN",
         data_after_fin),
    FLAG("close.data_after_close", "Data after close",
         "A RST answered payload for a socket that was closed already", data_after_close),
    FLAG("close.tw_assassinated", "TIME_WAIT assassinated",
         "A RST came after a complete close and ended a TIME_WAIT (RFC 1337)", tw_assassinated),

    {.key = "gap.largest", .heading = "Largest gap", .unit = "s", .rank = 6, .type = SU_CELL_SPAN,
     .help = "Longest time between two packets with new payload, of either side",
     READ_IF(GAP, TIME, gap_ns)},
    {.key = "gap.by", .heading = "Gap by", .rank = 6,
     .help = "Who ended it, and so had kept the other waiting",
     WORD(GAP, gap_by, su_role_words, SU_ROLE_COUNT)},
    {.key = "gap.cause", .heading = "Cause", .rank = 6, .help = "What most likely caused it",
     WORD(GAP, gap_cause, su_gap_cause_words, SU_GAP_CAUSE_COUNT)},
    COUNTER("gap.frame", "Gap frame", "Frame of the packet that ended it", GAP, FRAME, gap_frame),
    {.key = "gap.long", .heading = "Long gaps", .rank = 6, NUMBER(0),
     .help = "How many of these lasted as long as the preference gap_threshold says, or longer",
     READ_IF(GAPS, U32, long_gaps)},

    {.key = "zeek.conn_state", .heading = "conn_state", .rank = 7,
     .help = "How the connection ended, in Zeek's words",
     WORD(TCP, conn_state, su_conn_state_words, SU_CONN_STATE_COUNT)},
    {.key = "zeek.history", .heading = "history", .type = SU_CELL_TEXT, .rank = 7,
     .help = "What was seen in which order, in Zeek's letters", READ_IF(TCP, CHARS, history)},

    FRAME("syn", "SYN", "the first SYN", syn_frame),
    FRAME("synack", "SYN-ACK", "the first SYN-ACK that answers it", synack_frame),
    FRAME("ack", "ACK", "the first ACK of the SYN-ACK", ack_frame),
    FRAME("fin", "FIN", "the first FIN", fin_frame),
    FRAME("rst", "RST", "the accepted RST", rst_frame),
    FRAME("icmp", "ICMP", "the last ICMP error", icmp_frame),

    COUNTER("icmp.errors", "ICMP errors", "ICMP errors about this connection",
            ALWAYS, U32, icmp_errors),
    COUNTER("icmp.type", "ICMP type", "Type of the last one", ICMP, U8, icmp_type),
    COUNTER("icmp.code", "ICMP code", "Code of the last one", ICMP, U8, icmp_code),
    COUNTER("icmp.stale", "Stale ICMP", "ICMP errors about something that was not in flight",
            TCP, U32, icmp_stale),

    COUNTER("open_then.all", "Open then", "Connections open when this one opened, in all",
            TCP, FRAME, open),
    COUNTER("open_then.client", "Client's open then", "... of the client's host, as a client",
            TCP, FRAME, client_open),
    COUNTER("open_then.server", "Server's open then", "... of the server's host, as a server",
            TCP, FRAME, server_open),
    COUNTER("open_then.service", "Service's open then", "... of the server's address and port",
            TCP, FRAME, service_open),

    FLAG("one_sided", "One-sided", "Only one direction was captured", one_sided),
    FLAG("bogus_flags", "Bogus flags", "A segment had SYN and FIN, SYN and RST, or FIN and RST",
         bogus_flags),
    COUNTER("bad_checksum", "Bad checksums", "Segments disbelieved for their checksum",
            TCP, U32, bad_checksum),
};
/* clang-format on */

enum { STREAM, PROTOCOL, KEYS, COLUMNS = sizeof columns / sizeof columns[0] };
_Static_assert(sizeof columns / sizeof columns[0] <= (size_t)SU_COLUMNS_MAX,
               "a line has room for every column");

static bool applies(const struct su_column *column, const struct su_view *view)
{
    switch (column->value.only) {
    case TCP:
        return view->protocol == SU_PROTOCOL_TCP;
    case ICMP:
        return view->icmp_errors > 0;
    case GAPS:
        return view->gaps_known;
    case GAP:
        return view->gap_frame != 0;
    default:
        return true;
    }
}

static size_t lines(const struct su_source *source)
{
    (void)source;
    return 1;
}

static void fill(const struct su_source *source, size_t i, struct su_line *line)
{
    const struct su_view *view = source->view;

    (void)i;
    for (size_t column = 0; column < COLUMNS; column++)
        line->cells[column] = applies(&columns[column], view)
                                  ? su_value_read(&columns[column], view, view->ip_version)
                                  : SU_CELL_OF_NONE();
    line->cells[PROTOCOL] = SU_CELL_OF_TEXT(su_protocol_word(view));
}

const struct su_report su_report_flows = {
    .id = "flows",
    .title = "Connections",
    .help = "All that is known of each TCP connection and UDP conversation",
    .columns = columns,
    .column_count = COLUMNS,
    .key_count = KEYS,
    .shape = SU_SHAPE_LIST,
    .in_all = SU_IN_ALL_DATA,
    .lines = lines,
    .fill = fill,
};
