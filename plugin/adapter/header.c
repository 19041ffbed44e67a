/* header.c: a TCP header as columns and as a tree, by the names that TCP's own fields have.
 * So filters on ports and flags mean the same with and without Wireshark's TCP dissector. Reads no
 * further than what was captured, and never throws.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "header.h"

#include <wsutil/utf8_entities.h>

#include "compat.h"

/* Where things are: RFC 9293 section 3.1. */
enum { PORTS_END = 4, SEQ_AT = 4, ACK_AT = 8, LENGTH_AT = 12, FLAGS_AT = 13, WINDOW_AT = 14 };
enum { WINDOW_END = 16, OCTETS_MIN = 20 };

enum shape {
    SHAPE_UINT,    /* `octets` octets as they are */
    SHAPE_HIDDEN,  /* the same, only to be found by filters */
    SHAPE_FLAGS,   /* the low 12 of 16 bits */
    SHAPE_HDR_LEN, /* in words, the high 4 of 8 bits */
    SHAPE_PAYLOAD, /* not in the header: by the IP length */
    SHAPE_BIT      /* one of the flags */
};

/* clang-format off */
static struct {
    const char *name;
    uint8_t at, octets;
    uint8_t shape; /* enum shape */
    int hf;        /* 0 or less: this version has no such field */
} parts[] = {
    {"tcp.srcport",           0, 2, SHAPE_UINT,    -1},
    {"tcp.dstport",           2, 2, SHAPE_UINT,    -1},
    {"tcp.port",              0, 2, SHAPE_HIDDEN,  -1},
    {"tcp.port",              2, 2, SHAPE_HIDDEN,  -1},
    {"tcp.seq_raw",           4, 4, SHAPE_UINT,    -1},
    {"tcp.ack_raw",           8, 4, SHAPE_UINT,    -1},
    {"tcp.hdr_len",          12, 1, SHAPE_HDR_LEN, -1},
    {"tcp.len",              12, 1, SHAPE_PAYLOAD, -1},
    {"tcp.flags",            12, 2, SHAPE_FLAGS,   -1},
    {"tcp.flags.cwr",        13, 1, SHAPE_BIT,     -1},
    {"tcp.flags.ece",        13, 1, SHAPE_BIT,     -1},
    {"tcp.flags.urg",        13, 1, SHAPE_BIT,     -1},
    {"tcp.flags.ack",        13, 1, SHAPE_BIT,     -1},
    {"tcp.flags.push",       13, 1, SHAPE_BIT,     -1},
    {"tcp.flags.reset",      13, 1, SHAPE_BIT,     -1},
    {"tcp.flags.syn",        13, 1, SHAPE_BIT,     -1},
    {"tcp.flags.fin",        13, 1, SHAPE_BIT,     -1},
    {"tcp.window_size_value", 14, 2, SHAPE_UINT,   -1},
};

static const struct {
    uint8_t flag;
    const char *word;
} flag_words[] = {
    {SU_FIN, "FIN"}, {SU_SYN, "SYN"}, {SU_RST, "RST"}, {SU_PSH, "PSH"},
    {SU_ACK, "ACK"}, {SU_URG, "URG"}, {SU_ECE, "ECE"}, {SU_CWR, "CWR"},
};
/* clang-format on */

static int proto_tcp = -1;
static int ett_header = -1;

void su_header_register(void)
{
    static int *etts[] = {&ett_header};

    proto_register_subtree_array(etts, array_length(etts));
}

void su_header_handoff(void)
{
    proto_tcp = proto_get_id_by_filter_name("tcp");
    for (size_t i = 0; i < array_length(parts); i++) {
        const header_field_info *info = proto_registrar_get_byname(parts[i].name);

        parts[i].hf = info ? info->id : -1;
    }
}

static uint32_t header_octets(tvbuff_t *tvb)
{
    return (su_tvb_octet(tvb, LENGTH_AT) >> 4) * 4u;
}

static bool is_possible(tvbuff_t *tvb)
{
    return header_octets(tvb) >= OCTETS_MIN && header_octets(tvb) <= tvb_reported_length(tvb);
}

static uint32_t payload_octets(tvbuff_t *tvb, const packet_info *pinfo)
{
    uint32_t header = header_octets(tvb);
    uint32_t reported = tvb_reported_length(tvb);

    return pinfo->fragmented || reported < header ? 0 : reported - header;
}

/* ---- the tree ---------------------------------------------------------------------------- */

static uint32_t whole(tvbuff_t *tvb, int at, int octets)
{
    if (octets == 1)
        return su_tvb_octet(tvb, at);
    return octets == 2 ? tvb_get_ntohs(tvb, at) : tvb_get_ntohl(tvb, at);
}

static uint32_t value_of(size_t part, tvbuff_t *tvb, const packet_info *pinfo)
{
    switch ((enum shape)parts[part].shape) {
    case SHAPE_FLAGS:
        return tvb_get_ntohs(tvb, LENGTH_AT) & 0x0FFF;
    case SHAPE_HDR_LEN:
        return header_octets(tvb);
    case SHAPE_PAYLOAD:
        return payload_octets(tvb, pinfo);
    case SHAPE_UINT:
    case SHAPE_HIDDEN:
    case SHAPE_BIT:
        break;
    }
    return whole(tvb, parts[part].at, parts[part].octets);
}

static void add_part(proto_tree *tree, size_t part, tvbuff_t *tvb, const packet_info *pinfo)
{
    const uint8_t shape = parts[part].shape;
    const int at = parts[part].at;
    const int octets = shape == SHAPE_PAYLOAD ? 0 : parts[part].octets;
    uint32_t value = value_of(part, tvb, pinfo);
    proto_item *item;

    if (shape == SHAPE_BIT)
        item = proto_tree_add_boolean(tree, parts[part].hf, tvb, at, octets, value);
    else
        item = proto_tree_add_uint(tree, parts[part].hf, tvb, at, octets, value);
    if (shape == SHAPE_HIDDEN)
        proto_item_set_hidden(item);
    if (shape == SHAPE_PAYLOAD)
        proto_item_set_generated(item);
}

static proto_item *add_top(tvbuff_t *tvb, proto_tree *tree)
{
    int octets = (int)MIN(tvb_captured_length(tvb), OCTETS_MIN);

    if (!PTREE_DATA(tree)->visible)
        return proto_tree_add_item(tree, proto_tcp, tvb, 0, octets, ENC_NA);
    return proto_tree_add_protocol_format(
        tree, proto_tcp, tvb, 0, octets,
        "Transmission Control Protocol (header only), Src Port: %u, Dst Port: %u",
        tvb_get_ntohs(tvb, 0), tvb_get_ntohs(tvb, 2));
}

void su_header_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    const unsigned have = tvb_captured_length(tvb);
    proto_tree *header;

    if (have < PORTS_END)
        return;
    pinfo->ptype = PT_TCP;
    pinfo->srcport = tvb_get_ntohs(tvb, 0);
    pinfo->destport = tvb_get_ntohs(tvb, 2);
    if (!tree)
        return;
    header = proto_item_add_subtree(add_top(tvb, tree), ett_header);
    for (size_t i = 0; i < array_length(parts); i++)
        if (parts[i].hf > 0 && parts[i].at + parts[i].octets <= have)
            add_part(header, i, tvb, pinfo);
}

/* ---- the columns ------------------------------------------------------------------------- */

static void append_flags(wmem_strbuf_t *text, uint8_t flags)
{
    const char *before = "";

    wmem_strbuf_append(text, " [");
    for (size_t i = 0; i < array_length(flag_words); i++) {
        if (!(flags & flag_words[i].flag))
            continue;
        wmem_strbuf_append_printf(text, "%s%s", before, flag_words[i].word);
        before = ", ";
    }
    wmem_strbuf_append(text, *before ? "]" : "no flags]");
}

/* A sender's number counted from its SYN, if that was captured. */
static uint32_t relative(const struct su_conn *conn, unsigned side, uint32_t number)
{
    if (!conn || !(conn->side[side].flags & SU_SIDE_ISS))
        return number;
    return number - conn->side[side].iss;
}

static uint32_t window_of(tvbuff_t *tvb, const struct su_conn *conn, unsigned from)
{
    uint32_t window = tvb_get_ntohs(tvb, WINDOW_AT);
    uint8_t scale;

    if (!conn || (su_tvb_octet(tvb, FLAGS_AT) & SU_SYN))
        return window;
    scale = su_conn_window_scale(conn, from);
    return scale == SU_WSCALE_UNKNOWN ? window : window << scale;
}

static void append_numbers(wmem_strbuf_t *text, tvbuff_t *tvb, const packet_info *pinfo,
                           const struct su_frame_record *record)
{
    const struct su_conn *conn = NULL;
    const uint8_t from = record ? record->from : 0;

    if (record && record->flow->protocol == SU_PROTOCOL_TCP)
        conn = &record->flow->conn;
    wmem_strbuf_append_printf(text, " Seq=%u", relative(conn, from, tvb_get_ntohl(tvb, SEQ_AT)));
    if (su_tvb_octet(tvb, FLAGS_AT) & SU_ACK)
        wmem_strbuf_append_printf(text, " Ack=%u",
                                  relative(conn, !from, tvb_get_ntohl(tvb, ACK_AT)));
    wmem_strbuf_append_printf(text, " Win=%u Len=%u", window_of(tvb, conn, from),
                              payload_octets(tvb, pinfo));
}

void su_header_columns(tvbuff_t *tvb, packet_info *pinfo, const struct su_frame_record *record)
{
    const unsigned have = tvb_captured_length(tvb);
    wmem_strbuf_t *text;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "TCP");
    if (!col_get_writable(pinfo->cinfo, COL_INFO))
        return;
    text = wmem_strbuf_new(pinfo->pool, "");
    if (have >= PORTS_END)
        wmem_strbuf_append_printf(text, "%u " UTF8_RIGHTWARDS_ARROW " %u", tvb_get_ntohs(tvb, 0),
                                  tvb_get_ntohs(tvb, 2));
    if (have >= WINDOW_END) {
        append_flags(text, su_tvb_octet(tvb, FLAGS_AT));
        append_numbers(text, tvb, pinfo, record);
    }
    if (have < OCTETS_MIN)
        wmem_strbuf_append(text, " [header cut short]");
    else if (!is_possible(tvb))
        wmem_strbuf_append(text, " [impossible header length]");
    col_add_str(pinfo->cinfo, COL_INFO, wmem_strbuf_finalize(text));
}
