/* field.c: the field table, and how to read a row's value.
 * To add a field, add a row. Names are filter names and never change; help texts are what users see
 * in Wireshark's status bar and in docs/fields.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "field.h"

#define AT(member)         .offset = offsetof(struct su_shown, flow.member)
#define SHOWN(member)      .offset = offsetof(struct su_shown, member)
#define WORDS(list, count) .words = (list), .word_count = (count)

static bool has_icmp(const struct su_shown *shown)
{
    return shown->flow.icmp_errors > 0;
}

static bool has_exchange(const struct su_shown *shown)
{
    return shown->exchange.is_known;
}

/* The same of both sockets. "who" is the key, "Who" what users read. */
/* clang-format off */
#define SOCKET(who, Who)                                                                           \
    {"sockusage." #who ".ip", Who " address",                                                      \
     "IPv4 address of the " #who "'s socket, whatever the direction of this packet",               \
     SU_KIND_IPV4, SU_FIELD_BOTH, AT(who.address)},                                                \
    {"sockusage." #who ".ipv6", Who " address",                                                    \
     "IPv6 address of the " #who "'s socket, whatever the direction of this packet",               \
     SU_KIND_IPV6, SU_FIELD_BOTH, AT(who.address)},                                                \
    {"sockusage." #who ".port", Who " port",                                                       \
     "Port of the " #who "'s socket, whatever the direction of this packet",                       \
     SU_KIND_PORT, SU_FIELD_BOTH, AT(who.port)},                                                   \
    {"sockusage." #who ".state", Who " state",                                                     \
     "State of the " #who "'s socket right after this packet, as netstat names it",                \
     SU_KIND_WORD, SU_FIELD_BOTH, AT(who.state), WORDS(su_state_words, SU_STATE_COUNT)}

#define TOTALS(who, Who)                                                                           \
    {"sockusage." #who ".packets", Who " packets",                                                 \
     "Packets sent by the " #who, SU_KIND_UINT32, SU_FIELD_BOTH, AT(who.packets)},                 \
    {"sockusage." #who ".bytes", Who " bytes",                                                     \
     "Octets of payload sent by the " #who ", repeated ones included",                             \
     SU_KIND_UINT64, SU_FIELD_BOTH, AT(who.octets)},                                               \
    {"sockusage." #who ".retransmits", Who " retransmits",                                         \
     "Segments of the " #who " that carried nothing new",                                          \
     SU_KIND_UINT32, SU_FIELD_TCP, AT(who.retransmits), .quiet = true},                                           \
    {"sockusage." #who ".reordered", Who " reordered",                                             \
     "Segments of the " #who " that came late and filled a hole",                                  \
     SU_KIND_UINT32, SU_FIELD_TCP, AT(who.reordered), .quiet = true}

#define GAP_FLAG(cause, name, title, help)                                                         \
    {"sockusage.gap." name, title, help, SU_KIND_FLAG, SU_FIELD_TCP,                               \
     SHOWN(gap_flag[SU_GAP_CAUSE_##cause - 1])}

#define LATENCY(name, title, help)                                                                 \
    {"sockusage.exchange." #name, title, help, SU_KIND_TIME, SU_FIELD_TCP,                         \
     SHOWN(exchange.name##_ns)}

const struct su_field su_fields[] = {
    {"sockusage.stream", "Connection",
     "Number of the TCP connection, in order of appearance from 0",
     SU_KIND_UINT32, SU_FIELD_TCP, AT(stream)},
    {"sockusage.udp.stream", "UDP conversation",
     "Number of the UDP conversation, in order of appearance from 0",
     SU_KIND_UINT32, SU_FIELD_UDP, AT(stream)},
    {"sockusage.role", "Sender",
     "Who sent this packet; not in ICMP errors",
     SU_KIND_WORD, SU_FIELD_BOTH, .offset = offsetof(struct su_shown, role),
     WORDS(su_role_words, SU_ROLE_BOTH)},
    {"sockusage.role_source", "Roles known by",
     "On what evidence client and server are told apart",
     SU_KIND_WORD, SU_FIELD_TCP, AT(role_source),
     WORDS(su_role_source_words, SU_ROLE_SOURCE_COUNT)},
    SOCKET(client, "Client"),
    SOCKET(server, "Server"),

    {"sockusage.outcome", "Outcome",
     "What became of the connection",
     SU_KIND_WORD, SU_FIELD_TCP, AT(outcome), WORDS(su_outcome_words, SU_OUTCOME_COUNT)},
    {"sockusage.handshake", "Handshake",
     "Result of the handshake",
     SU_KIND_WORD, SU_FIELD_TCP, AT(handshake), WORDS(su_handshake_words, SU_HANDSHAKE_COUNT)},
    {"sockusage.syn_rtt", "SYN RTT",
     "Seconds from the SYN (the last one, if it was repeated) to the first SYN-ACK",
     SU_KIND_TIME, SU_FIELD_TCP, AT(syn_rtt_ns)},
    {"sockusage.ack_rtt", "ACK RTT",
     "Seconds from the first SYN-ACK to the first ACK of it",
     SU_KIND_TIME, SU_FIELD_TCP, AT(ack_rtt_ns)},
    {"sockusage.handshake.time", "Handshake time",
     "Seconds from the first SYN to the ACK of the SYN-ACK: how long the client waited",
     SU_KIND_TIME, SU_FIELD_TCP, AT(handshake_ns)},
    {"sockusage.rtt_ambiguous", "RTT ambiguous",
     "A SYN or SYN-ACK was repeated, so it cannot be known which one was answered",
     SU_KIND_FLAG, SU_FIELD_TCP, AT(rtt_ambiguous)},
    {"sockusage.dup_syn", "Repeated SYNs",
     "How often the SYN was repeated",
     SU_KIND_UINT32, SU_FIELD_TCP, AT(dup_syn)},
    {"sockusage.dup_synack", "Repeated SYN-ACKs",
     "How often the SYN-ACK was repeated",
     SU_KIND_UINT32, SU_FIELD_TCP, AT(dup_synack)},

    {"sockusage.close", "Close",
     "How the connection ended",
     SU_KIND_WORD, SU_FIELD_TCP, AT(close), WORDS(su_close_words, SU_CLOSE_COUNT)},
    {"sockusage.close.by", "Closed by",
     "Who sent the first FIN or, if there was none, the accepted RST",
     SU_KIND_WORD, SU_FIELD_TCP, AT(close_by), WORDS(su_role_words, SU_ROLE_COUNT)},
    {"sockusage.close.rst_by", "Reset by",
     "Who sent the accepted RST",
     SU_KIND_WORD, SU_FIELD_TCP, AT(rst_by), WORDS(su_role_words, SU_ROLE_BOTH)},
    {"sockusage.rst.class", "RST class",
     "How far the accepted RST can be believed: exact (its number is the expected one), weak "
     "(inside the window, and nobody contradicted it), unverified (nothing to hold it against)",
     SU_KIND_WORD, SU_FIELD_TCP, AT(rst_class), WORDS(su_rst_class_words, SU_RST_CLASS_COUNT)},
    {"sockusage.linger", "Lingering",
     "Closing began and is not complete",
     SU_KIND_FLAG, SU_FIELD_TCP, AT(linger)},
    {"sockusage.linger.time", "Lingering for",
     "Seconds since the first FIN of a lingering connection",
     SU_KIND_TIME, SU_FIELD_TCP, AT(linger_ns)},
    {"sockusage.linger.owing", "Lingering because of",
     "Who still has to act before a lingering connection is closed",
     SU_KIND_WORD, SU_FIELD_TCP, AT(linger_owing), WORDS(su_role_words, SU_ROLE_BOTH)},

    {"sockusage.duration", "Duration",
     "Seconds from the first to the last packet",
     SU_KIND_TIME, SU_FIELD_BOTH, AT(duration_ns)},
    TOTALS(client, "Client"),
    TOTALS(server, "Server"),

    {"sockusage.first_frame", "First frame",
     "Frame of the first packet",
     SU_KIND_FRAME, SU_FIELD_BOTH, AT(first_frame)},
    {"sockusage.syn_frame", "SYN in",
     "Frame of the first SYN",
     SU_KIND_FRAME, SU_FIELD_TCP, AT(syn_frame)},
    {"sockusage.synack_frame", "SYN-ACK in",
     "Frame of the first SYN-ACK that answers the SYN",
     SU_KIND_FRAME, SU_FIELD_TCP, AT(synack_frame)},
    {"sockusage.ack_frame", "ACK in",
     "Frame that acknowledges the SYN-ACK",
     SU_KIND_FRAME, SU_FIELD_TCP, AT(ack_frame)},
    {"sockusage.fin_frame", "First FIN in",
     "Frame of the first FIN",
     SU_KIND_FRAME, SU_FIELD_TCP, AT(fin_frame)},
    {"sockusage.rst_frame", "RST in",
     "Frame of the accepted RST",
     SU_KIND_FRAME, SU_FIELD_TCP, AT(rst_frame)},
    {"sockusage.icmp_frame", "ICMP error in",
     "Frame of the last ICMP error about this flow",
     SU_KIND_FRAME, SU_FIELD_BOTH, AT(icmp_frame)},
    {"sockusage.last_frame", "Last frame",
     "Frame of the last packet",
     SU_KIND_FRAME, SU_FIELD_BOTH, AT(last_frame)},

    {"sockusage.gap", "Gap",
     "Seconds since the connection's packet before; from its first packet with payload on",
     SU_KIND_TIME, SU_FIELD_TCP, SHOWN(gap_ns)},
    {"sockusage.gap.same_side", "Gap of this side",
     "Seconds since this side's new payload before; only of packets with payload",
     SU_KIND_TIME, SU_FIELD_TCP, SHOWN(same_side_ns)},
    {"sockusage.gap.cause", "Cause of the gap",
     "What most likely kept this side from sending, or from acknowledging, until now: the first of "
     "this packet's flags",
     SU_KIND_WORD, SU_FIELD_TCP, SHOWN(gap_cause),
     WORDS(su_gap_cause_words, SU_GAP_CAUSE_COUNT)},
    {"sockusage.gap.long", "Long gap",
     "Its payload comes after neither side sent new payload for as long as the preference "
     "gap_threshold says",
     SU_KIND_FLAG, SU_FIELD_TCP, SHOWN(gap_long)},
    GAP_FLAG(SEQ_HOLE, "seq_hole", "Sequence hole",
             "It begins beyond all that its sender was seen to send"),
    GAP_FLAG(RETRANS, "retrans", "Retransmission",
             "Its payload was sent before"),
    GAP_FLAG(OUT_OF_ORDER, "out_of_order", "Out of order",
             "It fills a hole, too soon for a retransmission"),
    GAP_FLAG(LAST_PACKET_SHORT, "last_packet_short", "Last packet short",
             "The packet before it was not full: its sender had nothing more to send"),
    GAP_FLAG(IPID_GAP, "ipid_gap", "IP ID gap",
             "Its sender, who counts his packets, sent others in between"),
    GAP_FLAG(WINDOW_LIMITED, "window_limited", "Window limited",
             "The receiver's window had no room for more before"),
    GAP_FLAG(ACK_WAIT, "ack_wait", "Waited for an ACK",
             "An ACK had just let its sender go on"),
    GAP_FLAG(RTO_LIKE, "rto_like", "Like an RTO",
             "A retransmission after 200 ms or more, as by a timer"),
    GAP_FLAG(APP_IDLE, "app_idle", "Application idle",
             "All was acknowledged before: nothing but the application kept its sender waiting"),
    GAP_FLAG(DELAYED_ACK, "delayed_ack", "Delayed ACK",
             "A bare ACK that comes 40 or 200 ms after its data, as by a timer"),
    GAP_FLAG(COUNT, "certain", "Order is certain",
             "It is out of order, and its IP ID or timestamp proves it"),

    {"sockusage.exchange", "Exchange",
     "Number of the request, with its response, that this payload is part of: 1, 2 ...; 0 is what "
     "the server said first",
     SU_KIND_UINT32, SU_FIELD_TCP, SHOWN(exchange.number), .known = has_exchange},
    LATENCY(start_latency, "Start latency",
            "Seconds from the first packet of the request to the first of the response"),
    LATENCY(finish_latency, "Finish latency",
            "Seconds from the first packet of the request to the last of the response"),
    LATENCY(service_time, "Service time",
            "Seconds from the last packet of the request to the first of the response"),
    LATENCY(server_think, "Server think time",
            "The service time, less the time that the server took to acknowledge the request"),
    {"sockusage.exchange.request_bytes", "Request bytes",
     "Octets of the request, repeated ones counted once",
     SU_KIND_UINT64, SU_FIELD_TCP, SHOWN(exchange.request_octets), .known = has_exchange},
    {"sockusage.exchange.response_bytes", "Response bytes",
     "Octets of the response, repeated ones counted once",
     SU_KIND_UINT64, SU_FIELD_TCP, SHOWN(exchange.response_octets), .known = has_exchange},
    {"sockusage.exchange.bytes", "Bytes",
     "The same as response_bytes, by the name that it has in reports",
     SU_KIND_UINT64, SU_FIELD_TCP, SHOWN(exchange.response_octets), .known = has_exchange},
    {"sockusage.exchange.unanswered", "Unanswered",
     "The connection ended before there was any response to this request",
     SU_KIND_FLAG, SU_FIELD_TCP, SHOWN(exchange.is_unanswered)},

    {"sockusage.open", "Open connections",
     "Connections open right after this packet: established, and neither side has begun to close",
     SU_KIND_UINT32, SU_FIELD_TCP, SHOWN(open)},
    {"sockusage.client.open", "Open of the client",
     "Connections open right after this packet whose client is this client's host",
     SU_KIND_UINT32, SU_FIELD_TCP, SHOWN(client_open)},
    {"sockusage.server.open", "Open of the server",
     "Connections open right after this packet whose server is this server's host",
     SU_KIND_UINT32, SU_FIELD_TCP, SHOWN(server_open)},
    {"sockusage.client.peers.open", "Open to other servers",
     "Connections open right after this packet from this client's host to other hosts than this "
     "server's",
     SU_KIND_UINT32, SU_FIELD_TCP, SHOWN(peers_open)},

    {"sockusage.icmp.errors", "ICMP errors",
     "ICMP errors about this flow",
     SU_KIND_UINT32, SU_FIELD_BOTH, AT(icmp_errors), .quiet = true},
    {"sockusage.icmp.type", "ICMP type",
     "Type of the last ICMP or ICMPv6 error about this flow",
     SU_KIND_UINT8, SU_FIELD_BOTH, AT(icmp_type), .known = has_icmp},
    {"sockusage.icmp.code", "ICMP code",
     "Code of the last ICMP or ICMPv6 error about this flow",
     SU_KIND_UINT8, SU_FIELD_BOTH, AT(icmp_code), .known = has_icmp},
    {"sockusage.icmp.stale", "Stale ICMP errors",
     "ICMP errors that quote a sequence number which was not in flight: late or forged",
     SU_KIND_UINT32, SU_FIELD_TCP, AT(icmp_stale), .quiet = true},

    {"sockusage.rst.invalid", "Invalid RSTs",
     "RSTs that no receiver would have accepted: outside the window",
     SU_KIND_UINT32, SU_FIELD_TCP, AT(rst_invalid), .quiet = true},
    {"sockusage.rst.ignored", "Ignored RSTs",
     "RSTs inside the window after which the connection lived on",
     SU_KIND_UINT32, SU_FIELD_TCP, AT(rst_ignored), .quiet = true},
    {"sockusage.fin.invalid", "Invalid FINs",
     "FINs beyond what the receiver had offered to take",
     SU_KIND_UINT32, SU_FIELD_TCP, AT(fin_invalid), .quiet = true},
    {"sockusage.dup_fin", "Repeated FINs",
     "How often FINs were repeated, by both sides",
     SU_KIND_UINT32, SU_FIELD_TCP, AT(dup_fin), .quiet = true},
    {"sockusage.syn_challenged", "Challenged SYNs",
     "SYNs on a live connection that led to nothing",
     SU_KIND_UINT32, SU_FIELD_TCP, AT(syn_challenged), .quiet = true},
    {"sockusage.bad_checksum", "Bad checksums",
     "Segments disbelieved for their checksum (see the preference \"checksum\")",
     SU_KIND_UINT32, SU_FIELD_TCP, AT(bad_checksum), .quiet = true},

    {"sockusage.one_sided", "One-sided",
     "Only one direction was captured",
     SU_KIND_FLAG, SU_FIELD_TCP, AT(one_sided)},
    {"sockusage.fin_moved", "FIN moved",
     "A side sent a second FIN with a higher sequence number",
     SU_KIND_FLAG, SU_FIELD_TCP, AT(fin_moved)},
    {"sockusage.data_after_fin", "Data after FIN",
     "A side sent payload beyond its own FIN",
     SU_KIND_FLAG, SU_FIELD_TCP, AT(data_after_fin)},
    {"sockusage.data_after_close", "Data after close",
     "A RST answered payload that came for a socket which was closed already",
     SU_KIND_FLAG, SU_FIELD_TCP, AT(data_after_close)},
    {"sockusage.tw_assassinated", "TIME_WAIT assassinated",
     "A RST came after a complete close and ended a TIME_WAIT (RFC 1337)",
     SU_KIND_FLAG, SU_FIELD_TCP, AT(tw_assassinated)},
    {"sockusage.bogus_flags", "Bogus flags",
     "A segment had SYN and FIN, SYN and RST, or FIN and RST",
     SU_KIND_FLAG, SU_FIELD_TCP, AT(bogus_flags)},

    {"sockusage.conn_state", "conn_state",
     "How the connection ended, in the words and by the rules of Zeek's conn.log",
     SU_KIND_WORD, SU_FIELD_TCP, AT(conn_state), WORDS(su_conn_state_words, SU_CONN_STATE_COUNT)},
    {"sockusage.history", "history",
     "What was seen in which order, one letter each, by the rules of Zeek's conn.log",
     SU_KIND_TEXT, SU_FIELD_TCP, AT(history)},
};
/* clang-format on */

const size_t su_field_count = sizeof su_fields / sizeof su_fields[0];

_Static_assert(sizeof su_fields / sizeof su_fields[0] <= SU_FIELD_LIMIT,
               "SU_FIELD_LIMIT is too small");

static const void *value(const struct su_field *field, const struct su_shown *shown)
{
    return (const char *)shown + field->offset;
}

bool su_field_is_known(const struct su_field *field, const struct su_shown *shown)
{
    if (!(field->protocols & 1u << shown->flow.protocol))
        return false;
    if (field->known)
        return field->known(shown);
    switch (field->kind) {
    case SU_KIND_WORD:
    case SU_KIND_TEXT:
        return su_field_text(field, shown)[0] != '\0';
    case SU_KIND_TIME:
        return su_field_time(field, shown) != SU_TIME_NONE;
    case SU_KIND_FRAME:
        return su_field_number(field, shown) != 0;
    case SU_KIND_IPV4:
        return shown->flow.ip_version == 4;
    case SU_KIND_IPV6:
        return shown->flow.ip_version == 6;
    case SU_KIND_FLAG:
        return su_field_number(field, shown) != 0; /* so that the bare name works as a filter */
    case SU_KIND_UINT8:
    case SU_KIND_UINT32:
    case SU_KIND_UINT64:
    case SU_KIND_PORT:
    case SU_KIND_COUNT:
        break;
    }
    return true;
}

const char *su_field_text(const struct su_field *field, const struct su_shown *shown)
{
    size_t index;

    if (field->kind == SU_KIND_TEXT)
        return value(field, shown);
    index = *(const uint8_t *)value(field, shown);
    return index < field->word_count ? field->words[index] : "";
}

int64_t su_field_time(const struct su_field *field, const struct su_shown *shown)
{
    return *(const int64_t *)value(field, shown);
}

uint64_t su_field_number(const struct su_field *field, const struct su_shown *shown)
{
    const void *at = value(field, shown);

    switch (field->kind) {
    case SU_KIND_FLAG:
        return *(const bool *)at;
    case SU_KIND_WORD:
    case SU_KIND_UINT8:
        return *(const uint8_t *)at;
    case SU_KIND_PORT:
        return *(const uint16_t *)at;
    case SU_KIND_UINT32:
    case SU_KIND_FRAME:
        return *(const uint32_t *)at;
    case SU_KIND_UINT64:
        return *(const uint64_t *)at;
    case SU_KIND_TEXT:
    case SU_KIND_TIME:
    case SU_KIND_IPV4:
    case SU_KIND_IPV6:
    case SU_KIND_COUNT:
        break;
    }
    return 0;
}

const uint8_t *su_field_address(const struct su_field *field, const struct su_shown *shown)
{
    return *(const uint8_t *const *)value(field, shown);
}
