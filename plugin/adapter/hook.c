/* hook.c: our dissectors stand in front of Wireshark's own for TCP, UDP and ICMP.
 * Each reads the header itself, feeds or recalls, shows, and passes the packet on. They belong to
 * protocols in name only, so they add no layer and "disable TCP" disables them too.
 * The packet is taken in before it is passed on: then addresses are still its own, whatever is
 * found inside it, and no exception of another dissector can be in the way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hook.h"

#include <epan/exceptions.h>
#include <epan/ipproto.h>
#include <epan/tap.h>

#include "asked.h"
#include "clock.h"
#include "compat.h"
#include "conversation_filter.h"
#include "decode.h"
#include "expert.h"
#include "header.h"
#include "hf.h"
#include "prefs.h"
#include "tapdata.h"

static int proto_su = -1;
static int tap_su = -1;
unsigned su_tap_wants_segments;
static protocol_t *protocol_su;

/* Do the fields themselves want times measured? In one pass only if they are shown in it. */
static bool fields_want_timing;

static void want_timing(void)
{
    if (!fields_want_timing)
        su_capture_wants_timing++;
    fields_want_timing = true;
}

/** What is being dissected right now. */
static struct {
    uint32_t frame;
    uint8_t packets; /* of this frame, taken in so far */
    bool in_icmp;    /* inside of an ICMP message: what it says is below */
    bool icmp_v6;
    uint8_t icmp_type, icmp_code;
} current;

static bool is_enabled(void)
{
    return proto_is_protocol_enabled(protocol_su);
}

/* The how-manieth packet of its frame this is: the same on every pass. */
static uint8_t next_layer(const packet_info *pinfo)
{
    if (current.frame != pinfo->num) {
        current.frame = pinfo->num;
        current.packets = 0;
    }
    return current.packets < UINT8_MAX ? current.packets++ : current.packets;
}

/* ---- one packet -------------------------------------------------------------------------- */

/** A packet on its way: the arguments of a dissector. */
struct passing {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    void *data;
};

/** What a packet turned out to be. */
struct found {
    struct su_frame_record record;
    struct su_segment segment;
    bool has_segment;
};

/* On later passes the segment is read again, if anybody asked for it. */
static bool read_again(const struct passing *packet, struct found *found)
{
    const struct su_frame_record *record = &found->record;

    if (record->is_icmp || record->flow->protocol != SU_PROTOCOL_TCP ||
        !su_decode_segment(packet->tvb, packet->pinfo, packet->data, &found->segment))
        return false;
    found->segment.from = record->from;
    return true;
}

/* An ICMP error's quotation goes to all listeners: it decides about connection attempts. */
static void queue(const struct passing *packet, struct found *found)
{
    packet_info *pinfo = packet->pinfo;
    bool in_error = pinfo->flags.in_error_pkt;
    struct su_tap_packet *tapped;

    if (!have_tap_listener(tap_su))
        return;
    tapped = wmem_new(pinfo->pool, struct su_tap_packet);
    *tapped = (struct su_tap_packet){.flow = found->record.flow, .record = found->record};
    if (su_tap_wants_segments > 0 && (found->has_segment || read_again(packet, found)))
        tapped->segment = wmem_memdup(pinfo->pool, &found->segment, sizeof(found->segment));
    pinfo->flags.in_error_pkt = false;
    tap_queue_packet(tap_su, pinfo, tapped);
    pinfo->flags.in_error_pkt = in_error;
}

static bool recall(const packet_info *pinfo, const struct su_packet_key *key, uint8_t layer,
                   struct su_frame_record *record)
{
    return su_capture_recall(pinfo->num, layer, record) &&
           su_flow_has_ports(record->flow, key->srcport, key->dstport);
}

/* First pass: take it in. False if it belongs to no flow. */
typedef bool (*taker)(const struct passing *packet, const struct su_packet_key *key, uint8_t layer,
                      struct found *found);

static bool find(const struct passing *packet, taker take, struct found *found)
{
    packet_info *pinfo = packet->pinfo;
    struct su_packet_key key;
    uint8_t layer;

    if (!is_enabled() || !su_decode_key(packet->tvb, pinfo, &key))
        return false;
    if (packet->tree)
        want_timing();
    layer = next_layer(pinfo);
    found->has_segment = false;
    if (PINFO_FD_VISITED(pinfo))
        return recall(pinfo, &key, layer, &found->record);
    return take(packet, &key, layer, found);
}

static proto_item *tell(const struct passing *packet, struct found *found)
{
    packet_info *pinfo = packet->pinfo;
    uint32_t items;
    proto_item *item;

    queue(packet, found);
    items = su_asked_events(packet->tree) ? su_expert_items(&found->record, pinfo->num) : 0;
    item = su_hf_show(packet->tvb, pinfo, packet->tree, &found->record, items != 0);
    if (items)
        su_expert_list(pinfo, item, &found->record, items);
    return item;
}

/* Listeners are there before the first packet. Saves others' statistics and filters our work. */
static bool nobody_looks(const struct passing *packet)
{
    return !su_asked_later() && !have_tap_listener(tap_su) && !su_asked_events(packet->tree);
}

static proto_item *note(const struct passing *packet, taker take)
{
    struct found found;

    if (nobody_looks(packet))
        return NULL;
    return find(packet, take, &found) ? tell(packet, &found) : NULL;
}

/* Our item was made before the other dissector's, so that of two packets in one frame the outer
 * one's comes first; it belongs behind that dissector's item. */
static void put_in_place(const struct passing *packet, proto_item *item)
{
    if (item && item->parent == packet->tree && item->next)
        proto_tree_move_item(packet->tree, item->next, item);
}

/* NOLINTNEXTLINE(readability-function-size): TRY and FINALLY are long macros */
static int pass_on(dissector_handle_t to, const struct passing *packet, proto_item *item)
{
    volatile int result = 0;

    if (!item || !PTREE_DATA(packet->tree)->visible)
        return call_dissector_only(to, packet->tvb, packet->pinfo, packet->tree, packet->data);
    TRY
    {
        result = call_dissector_only(to, packet->tvb, packet->pinfo, packet->tree, packet->data);
    }
    FINALLY
    {
        put_in_place(packet, item);
    }
    ENDTRY;
    return result;
}

/* ---- TCP and UDP ------------------------------------------------------------------------- */

/* A header quoted in an ICMP error. */
static bool take_quoted(const struct passing *packet, const struct su_packet_key *key,
                        enum su_protocol protocol, uint8_t layer, struct su_frame_record *record)
{
    struct su_icmp_error error = {
        .time_ns = su_decode_time(packet->pinfo),
        .frame = packet->pinfo->num,
        .quoted_seq = su_decode_quoted_seq(packet->tvb),
        .type = current.icmp_type,
        .code = current.icmp_code,
        .v6 = current.icmp_v6,
    };

    if (!current.in_icmp)
        return false;
    su_clock_advance(error.time_ns);
    su_capture_icmp(key, &error, protocol, layer, record);
    return record->flow != NULL;
}

static bool take_segment(const struct passing *packet, const struct su_packet_key *key,
                         uint8_t layer, struct found *found)
{
    struct su_segment *seg = &found->segment;

    if (packet->pinfo->flags.in_error_pkt)
        return take_quoted(packet, key, SU_PROTOCOL_TCP, layer, &found->record);
    if (!su_decode_segment(packet->tvb, packet->pinfo, packet->data, seg))
        return false;
    found->has_segment = true;
    su_clock_advance(seg->time_ns);
    su_capture_segment(key, seg, layer, &found->record);
    return true;
}

static bool take_datagram(const struct passing *packet, const struct su_packet_key *key,
                          uint8_t layer, struct found *found)
{
    struct su_datagram datagram;

    if (!su_prefs_wants_udp())
        return false;
    if (packet->pinfo->flags.in_error_pkt)
        return take_quoted(packet, key, SU_PROTOCOL_UDP, layer, &found->record);
    if (su_decode_is_group(packet->pinfo))
        return false;
    su_decode_datagram(packet->tvb, packet->pinfo, &datagram);
    su_clock_advance(datagram.time_ns);
    su_capture_datagram(key, &datagram, layer, &found->record);
    return true;
}

static dissector_handle_t tcp_handle, udp_handle, icmp_handle, icmpv6_handle;

static int hook_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct passing packet = {tvb, pinfo, tree, data};

    return pass_on(tcp_handle, &packet, note(&packet, take_segment));
}

/* Headers only, chosen by Decode As: nothing is passed on. Belongs to our own protocol, since it is
 * by a protocol's name that users choose. */
static int headers_only(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct passing packet = {tvb, pinfo, tree, data};
    struct found found;
    bool known;

    su_header_show(tvb, pinfo, tree);
    known = find(&packet, take_segment, &found);
    if (known)
        tell(&packet, &found);
    su_header_columns(tvb, pinfo, known ? &found.record : NULL);
    return (int)tvb_captured_length(tvb);
}

static int hook_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct passing packet = {tvb, pinfo, tree, data};

    return pass_on(udp_handle, &packet, note(&packet, take_datagram));
}

/* ---- ICMP -------------------------------------------------------------------------------- */

/* Remembers type and code for a header that may be quoted inside; ICMP can hold ICMP. */
/* NOLINTNEXTLINE(readability-function-size): as above */
static int remember_icmp(dissector_handle_t to, const struct passing *packet, bool v6)
{
    const bool in_icmp = current.in_icmp;
    const bool icmp_v6 = current.icmp_v6;
    const uint8_t type = current.icmp_type;
    const uint8_t code = current.icmp_code;
    volatile int result = 0;
    uint8_t header[2];

    if (tvb_captured_length(packet->tvb) < sizeof(header))
        return call_dissector_only(to, packet->tvb, packet->pinfo, packet->tree, packet->data);
    tvb_memcpy(packet->tvb, header, 0, sizeof(header));
    current.in_icmp = true;
    current.icmp_v6 = v6;
    current.icmp_type = header[0];
    current.icmp_code = header[1];
    TRY
    {
        result = call_dissector_only(to, packet->tvb, packet->pinfo, packet->tree, packet->data);
    }
    FINALLY
    {
        current.in_icmp = in_icmp;
        current.icmp_v6 = icmp_v6;
        current.icmp_type = type;
        current.icmp_code = code;
    }
    ENDTRY;
    return result;
}

static int hook_icmp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct passing packet = {tvb, pinfo, tree, data};

    return remember_icmp(icmp_handle, &packet, false);
}

static int hook_icmpv6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct passing packet = {tvb, pinfo, tree, data};

    return remember_icmp(icmpv6_handle, &packet, true);
}

/* ---- after every frame ------------------------------------------------------------------- */

/* Other protocols move the clock too, and the next dissection may be of the same frame. */
static int end_of_frame(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree _U_, void *data _U_)
{
    current.packets = 0;
    if (!PINFO_FD_VISITED(pinfo))
        su_clock_advance(su_decode_time(pinfo));
    return (int)tvb_captured_length(tvb);
}

/* ---- registration ------------------------------------------------------------------------ */

/* Short names are stored in users' decode_as_entries: they never change. */
/* clang-format off */
static struct {
    uint32_t ip_proto;
    int proto;
    const char *parent; /* disabled together with it */
    const char *name, *short_name, *filter_name;
    dissector_t dissector;
    dissector_handle_t *original;
} hooks[] = {
    {IP_PROTO_TCP, -1, "tcp", "TCP (socket usage)", "TCP+SU", "sockusage.tcp",
     hook_tcp, &tcp_handle},
    {IP_PROTO_UDP, -1, "udp", "UDP (socket usage)", "UDP+SU", "sockusage.udp",
     hook_udp, &udp_handle},
    {IP_PROTO_ICMP, -1, "icmp", "ICMP (socket usage)", "ICMP+SU", "sockusage.icmp",
     hook_icmp, &icmp_handle},
    {IP_PROTO_ICMPV6, -1, "icmpv6", "ICMPv6 (socket usage)", "ICMPv6+SU", "sockusage.icmpv6",
     hook_icmpv6, &icmpv6_handle},
};
/* clang-format on */

static void start_session(void)
{
    su_prefs_policy(&su_capture_policy);
    su_capture_long_gap_ns = su_prefs_long_gap_ns();
    su_capture_forget_after_ns = su_prefs_forget_after_ns();
    su_capture_init();
    su_asked_begin(proto_su);
    if (su_asked_later())
        want_timing();
    memset(&current, 0, sizeof(current));
}

/* A postdissector is only called if it belongs to a protocol, and adds a layer if that is a real
 * one. */
static int proto_end = -1;

void su_adapter_register(void)
{
    proto_su = proto_register_protocol("Socket Usage", "SockUsage", "sockusage");
    protocol_su = find_protocol_by_id(proto_su);
    for (size_t i = 0; i < array_length(hooks); i++)
        hooks[i].proto = proto_register_protocol_in_name_only(
            hooks[i].name, hooks[i].short_name, hooks[i].filter_name,
            proto_get_id_by_filter_name(hooks[i].parent), FT_PROTOCOL);
    proto_end = proto_register_protocol_in_name_only("Socket Usage (end of frame)", "SockUsage-end",
                                                     "sockusage.end", proto_su, FT_PROTOCOL);
    su_header_register();
    su_hf_register(proto_su);
    su_expert_register(proto_su);
    su_prefs_register(proto_su);
    su_conversation_filter_register();
    tap_su = register_tap(SU_TAP_NAME);
    register_init_routine(start_session);
    register_cleanup_routine(su_capture_cleanup);
}

void su_adapter_handoff(void)
{
    dissector_table_t table = find_dissector_table("ip.proto");

    for (size_t i = 0; i < array_length(hooks); i++) {
        *hooks[i].original = dissector_get_uint_handle(table, hooks[i].ip_proto);
        dissector_add_uint("ip.proto", hooks[i].ip_proto,
                           create_dissector_handle(hooks[i].dissector, hooks[i].proto));
    }
    su_header_handoff();
    dissector_add_for_decode_as("ip.proto", create_dissector_handle(headers_only, proto_su));
    register_postdissector(create_dissector_handle(end_of_frame, proto_end));
}
