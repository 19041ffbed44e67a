/* hf.c: one Wireshark field per row of the field table, added by loops.
 * Fields are generated items in a subtree of our protocol. Nothing is formatted unless it is shown.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hf.h"

#include <epan/to_str.h>

#include "schema/field.h"

#include "asked.h"
#include "opencount.h"
#include "timing_log.h"

#define TITLE "Socket Usage"

static int proto_su = -1;
static int ett_su = -1;
static int hf_ids[SU_FIELD_LIMIT];

/* clang-format off */
static const struct {
    enum ftenum type;
    int display;
} kinds[SU_KIND_COUNT] = {
    [SU_KIND_WORD] = {FT_STRING, BASE_NONE},
    [SU_KIND_TEXT] = {FT_STRING, BASE_NONE},
    [SU_KIND_TIME] = {FT_RELATIVE_TIME, BASE_NONE},
    [SU_KIND_FLAG] = {FT_BOOLEAN, BASE_NONE},
    [SU_KIND_UINT8] = {FT_UINT8, BASE_DEC},
    [SU_KIND_UINT32] = {FT_UINT32, BASE_DEC},
    [SU_KIND_UINT64] = {FT_UINT64, BASE_DEC},
    [SU_KIND_PORT] = {FT_UINT16, BASE_DEC},
    [SU_KIND_IPV4] = {FT_IPv4, BASE_NONE},
    [SU_KIND_IPV6] = {FT_IPv6, BASE_NONE},
    [SU_KIND_FRAME] = {FT_FRAMENUM, BASE_NONE},
};
/* clang-format on */

void su_hf_register(int proto)
{
    static hf_register_info infos[SU_FIELD_LIMIT];
    static int *etts[] = {&ett_su};

    for (size_t i = 0; i < su_field_count; i++) {
        const struct su_field *field = &su_fields[i];

        hf_ids[i] = -1;
        infos[i].p_id = &hf_ids[i];
        infos[i].hfinfo = (header_field_info){
            .name = field->title,
            .abbrev = field->name,
            .type = kinds[field->kind].type,
            .display = kinds[field->kind].display,
            .blurb = field->help,
            HFILL,
        };
    }
    proto_su = proto;
    proto_register_field_array(proto, infos, (int)su_field_count);
    proto_register_subtree_array(etts, array_length(etts));
}

/* ---- values ------------------------------------------------------------------------------ */

/** Where a value goes. */
struct target {
    proto_tree *tree;
    tvbuff_t *tvb;
    int hf;
};

static proto_item *add_text(const struct target *to, const struct su_field *field,
                            const struct su_shown *shown)
{
    return proto_tree_add_string(to->tree, to->hf, to->tvb, 0, 0, su_field_text(field, shown));
}

/* Seconds and nanoseconds have the same sign, as nstime_t wants it. */
static proto_item *add_time(const struct target *to, const struct su_field *field,
                            const struct su_shown *shown)
{
    int64_t time_ns = su_field_time(field, shown);
    nstime_t time = {
        .secs = (time_t)(time_ns / SU_NS_PER_S),
        .nsecs = (int)(time_ns % SU_NS_PER_S),
    };

    return proto_tree_add_time(to->tree, to->hf, to->tvb, 0, 0, &time);
}

static proto_item *add_flag(const struct target *to, const struct su_field *field,
                            const struct su_shown *shown)
{
    return proto_tree_add_boolean(to->tree, to->hf, to->tvb, 0, 0,
                                  (uint32_t)su_field_number(field, shown));
}

static proto_item *add_number(const struct target *to, const struct su_field *field,
                              const struct su_shown *shown)
{
    return proto_tree_add_uint(to->tree, to->hf, to->tvb, 0, 0,
                               (uint32_t)su_field_number(field, shown));
}

static proto_item *add_number64(const struct target *to, const struct su_field *field,
                                const struct su_shown *shown)
{
    return proto_tree_add_uint64(to->tree, to->hf, to->tvb, 0, 0, su_field_number(field, shown));
}

static proto_item *add_ipv4(const struct target *to, const struct su_field *field,
                            const struct su_shown *shown)
{
    ws_in4_addr address;

    memcpy(&address, su_field_address(field, shown), sizeof(address));
    return proto_tree_add_ipv4(to->tree, to->hf, to->tvb, 0, 0, address);
}

static proto_item *add_ipv6(const struct target *to, const struct su_field *field,
                            const struct su_shown *shown)
{
    ws_in6_addr address;

    memcpy(&address, su_field_address(field, shown), sizeof(address));
    return proto_tree_add_ipv6(to->tree, to->hf, to->tvb, 0, 0, &address);
}

typedef proto_item *(*adder)(const struct target *, const struct su_field *,
                             const struct su_shown *);

/* clang-format off */
static const adder adders[SU_KIND_COUNT] = {
    [SU_KIND_WORD] = add_text,       [SU_KIND_TEXT] = add_text,
    [SU_KIND_TIME] = add_time,       [SU_KIND_FLAG] = add_flag,
    [SU_KIND_UINT8] = add_number,    [SU_KIND_UINT32] = add_number,
    [SU_KIND_UINT64] = add_number64, [SU_KIND_PORT] = add_number,
    [SU_KIND_IPV4] = add_ipv4,       [SU_KIND_IPV6] = add_ipv6,
    [SU_KIND_FRAME] = add_number,
};
/* clang-format on */

static void add_all(proto_tree *tree, tvbuff_t *tvb, const struct su_shown *shown)
{
    struct target to = {.tree = tree, .tvb = tvb};

    for (size_t i = 0; i < su_field_count; i++) {
        const struct su_field *field = &su_fields[i];
        proto_item *item;

        to.hf = hf_ids[i];
        if (!su_field_is_known(field, shown))
            continue;
        item = adders[field->kind](&to, field, shown);
        proto_item_set_generated(item);
        if (field->quiet && su_field_number(field, shown) == 0)
            proto_item_set_hidden(item);
    }
}

/* ---- the top line ------------------------------------------------------------------------ */

static const char *socket_text(wmem_allocator_t *pool, const struct su_view *flow,
                               const struct su_view_side *side)
{
    address addr;

    if (flow->ip_version == 6) {
        set_address(&addr, AT_IPv6, 16, side->address);
        return wmem_strdup_printf(pool, "[%s]:%u", address_to_str(pool, &addr), side->port);
    }
    set_address(&addr, AT_IPv4, 4, side->address);
    return wmem_strdup_printf(pool, "%s:%u", address_to_str(pool, &addr), side->port);
}

/* "client 10.0.0.1:4000, ESTABLISHED / ESTABLISHED, handshake complete, SYN RTT 0.21 ms" */
static const char *summary(wmem_allocator_t *pool, const struct su_view *flow)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pool, "");

    if (flow->protocol == SU_PROTOCOL_UDP)
        wmem_strbuf_append(text, "UDP, ");
    wmem_strbuf_append_printf(text, "client %s, %s / %s", socket_text(pool, flow, &flow->client),
                              su_state_words[flow->client.state],
                              su_state_words[flow->server.state]);
    if (flow->protocol == SU_PROTOCOL_UDP)
        return wmem_strbuf_finalize(text);
    wmem_strbuf_append_printf(text, ", handshake %s", su_handshake_words[flow->handshake]);
    if (flow->close != SU_CLOSE_NONE && flow->close != SU_CLOSE_NA)
        wmem_strbuf_append_printf(text, ", close %s", su_close_words[flow->close]);
    if (flow->close_by != SU_ROLE_NONE)
        wmem_strbuf_append_printf(text, " by %s", su_role_words[flow->close_by]);
    if (flow->syn_rtt_ns != SU_TIME_NONE)
        wmem_strbuf_append_printf(text, ", SYN RTT %.2f ms", (double)flow->syn_rtt_ns / 1e6);
    return wmem_strbuf_finalize(text);
}

static proto_item *add_top(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                           const struct su_view *flow)
{
    if (!PTREE_DATA(tree)->visible)
        return proto_tree_add_item(tree, proto_su, tvb, 0, 0, ENC_NA);
    return proto_tree_add_protocol_format(tree, proto_su, tvb, 0, 0, TITLE ": %s",
                                          summary(pinfo->pool, flow));
}

/* ---- one packet -------------------------------------------------------------------------- */

static void look_at_moment(const struct su_moment *moment, struct su_shown *shown)
{
    shown->gap_ns = moment->gap_ns;
    shown->same_side_ns = moment->same_side_ns;
    shown->gap_cause = moment->cause;
    shown->gap_long = moment->flags & SU_GAP_LONG;
    for (unsigned i = 0; i < SU_SHOWN_GAP_FLAGS; i++)
        shown->gap_flag[i] = moment->flags & 1u << i;
}

static void look_at_exchange(const struct su_frame_record *record, struct su_shown *shown)
{
    struct su_exchange exchange;

    shown->exchange = (struct su_shown_exchange){
        .start_latency_ns = SU_TIME_NONE,
        .finish_latency_ns = SU_TIME_NONE,
        .service_time_ns = SU_TIME_NONE,
        .server_think_ns = SU_TIME_NONE,
    };
    if (!su_record_exchange(record, &exchange))
        return;
    shown->exchange = (struct su_shown_exchange){
        .is_known = true,
        .is_unanswered = exchange.flags & SU_EXCHANGE_UNANSWERED,
        .number = exchange.number,
        .start_latency_ns = su_exchange_start_latency(&exchange),
        .finish_latency_ns = su_exchange_finish_latency(&exchange),
        .service_time_ns = su_exchange_service_time(&exchange),
        .server_think_ns = su_exchange_server_think(&exchange),
        .request_octets = exchange.req_octets,
        .response_octets = exchange.rsp_octets,
    };
}

static void look_at_open(const struct su_frame_record *record, uint32_t frame,
                         struct su_shown *shown)
{
    struct su_open_counts counts;

    su_opencount_at(record, frame, &counts);
    shown->open = counts.total;
    shown->client_open = counts.client;
    shown->server_open = counts.server;
    shown->peers_open = counts.peers;
}

/* The flow as known now, but the states as they were right after this packet. */
static void look_at(const struct su_frame_record *record, uint32_t frame, struct su_shown *shown)
{
    uint8_t client = su_flow_client(record->flow);

    su_flow_view(record->flow, &shown->flow);
    shown->flow.client.state = record->states >> (client ? 4 : 0) & 0x0F;
    shown->flow.server.state = record->states >> (client ? 0 : 4) & 0x0F;
    shown->role = record->from == client ? SU_ROLE_CLIENT : SU_ROLE_SERVER;
    if (record->is_icmp)
        shown->role = SU_ROLE_NONE;
    if (record->flow->protocol != SU_PROTOCOL_TCP)
        return;
    look_at_moment(&record->moment, shown);
    look_at_exchange(record, shown);
    look_at_open(record, frame, shown);
}

proto_item *su_hf_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                       const struct su_frame_record *record, bool wanted)
{
    struct su_shown shown;
    proto_item *top;

    if (!tree || !(wanted || su_asked_fields(tree)))
        return NULL;
    look_at(record, pinfo->num, &shown);
    top = add_top(tvb, pinfo, tree, &shown.flow);
    proto_item_set_generated(top);
    add_all(proto_item_add_subtree(top, ett_su), tvb, &shown);
    return top;
}
