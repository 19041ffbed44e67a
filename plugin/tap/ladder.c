/* ladder.c: every TCP packet of the capture, as long as somebody wants a picture of connections.
 * Which connection a packet belongs to, and how its window is scaled, is looked up in the end: only
 * then it is known for certain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ladder.h"

#include <epan/packet.h>
#include <epan/tap.h>

#include "adapter/tapdata.h"
#include "refuse.h"

/** A packet, as on the wire. */
struct packet {
    int64_t time_ns;
    uint32_t frame;
    uint32_t seq, ack;
    uint32_t payload_octets;
    uint16_t window;
    uint8_t flags;
    uint8_t layer;
};

struct su_ladder {
    GArray *packets; /* of struct packet */
};

/** The numbers that a connection's packets are relative to. */
struct bases {
    uint32_t base[2]; /* by side */
    bool known[2];
};

bool su_ladder_makes(const struct su_report *report)
{
    return report == su_report_find("ladder");
}

/* ---- packets ------------------------------------------------------------------------------ */

static tap_packet_status take(void *user, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                              const void *data, tap_flags_t flags _U_)
{
    struct su_ladder *ladder = user;
    const struct su_tap_packet *tapped = data;
    const struct su_segment *seg = tapped->segment;
    struct packet packet;

    if (!seg)
        return TAP_PACKET_DONT_REDRAW;
    packet = (struct packet){
        .time_ns = seg->time_ns,
        .frame = seg->frame,
        .seq = seg->seq,
        .ack = seg->ack,
        .payload_octets = seg->payload_octets,
        .window = seg->window,
        .flags = seg->flags,
        .layer = tapped->record.layer,
    };
    g_array_append_val(ladder->packets, packet);
    return TAP_PACKET_DONT_REDRAW;
}

static void finish(void *user)
{
    struct su_ladder *ladder = user;

    su_tap_wants_segments--;
    su_capture_wants_packets--;
    g_array_free(ladder->packets, TRUE);
    g_free(ladder);
}

struct su_ladder *su_ladder_new(void)
{
    struct su_ladder *ladder = g_new(struct su_ladder, 1);
    GString *problem;

    ladder->packets = g_array_new(FALSE, FALSE, sizeof(struct packet));
    su_tap_wants_segments++;
    su_capture_wants_packets++;
    problem = register_tap_listener(SU_TAP_NAME, ladder, NULL, TL_REQUIRES_NOTHING, NULL, take,
                                    NULL, finish);
    if (!problem)
        return ladder;
    su_refuse("%s", problem->str);
    g_string_free(problem, TRUE);
    finish(ladder);
    return NULL;
}

void su_ladder_new_session(struct su_ladder *ladder)
{
    g_array_set_size(ladder->packets, 0);
}

/* ---- relative numbers --------------------------------------------------------------------- */

/* The first data octet has number 1, also where the SYN was not captured. */
static void learn_base(struct bases *bases, const struct su_conn *conn, unsigned side,
                       uint32_t first)
{
    const struct su_side *known = &conn->side[side];

    if (bases->known[side])
        return;
    bases->base[side] = known->flags & SU_SIDE_ISS ? known->iss : first;
    bases->known[side] = true;
}

static void make_relative(struct bases *bases, const struct su_conn *conn, unsigned from,
                          struct su_ladder_packet *packet)
{
    uint32_t syn = packet->flags & SU_SYN ? 0 : 1;

    learn_base(bases, conn, from, packet->seq - syn);
    packet->seq -= bases->base[from];
    if (!(packet->flags & SU_ACK))
        return;
    learn_base(bases, conn, !from, packet->ack - 1);
    packet->ack -= bases->base[!from];
}

/* ---- windows ------------------------------------------------------------------------------ */

static void scale_window(const struct su_conn *conn, unsigned from, struct su_ladder_packet *packet)
{
    uint8_t scale = packet->flags & SU_SYN ? 0 : su_conn_window_scale(conn, from);

    packet->has_window_scale = scale != SU_WSCALE_UNKNOWN;
    if (packet->has_window_scale)
        packet->window <<= scale;
}

/* ---- lines -------------------------------------------------------------------------------- */

static struct bases *bases_of(GArray *all, uint32_t flow)
{
    if (flow >= all->len)
        g_array_set_size(all, flow + 1);
    return &g_array_index(all, struct bases, flow);
}

static void interpret(const struct packet *packet, const struct su_frame_record *record,
                      GArray *bases, struct su_ladder_packet *made)
{
    const struct su_flow *flow = record->flow;
    const struct su_conn *conn = &flow->conn;

    *made = (struct su_ladder_packet){
        .time_ns = packet->time_ns - conn->first_ns,
        .frame = packet->frame,
        .seq = packet->seq,
        .ack = packet->ack,
        .payload_octets = packet->payload_octets,
        .window = packet->window,
        .flags = packet->flags,
        .from = record->from == su_flow_client(flow) ? SU_ROLE_CLIENT : SU_ROLE_SERVER,
    };
    make_relative(bases_of(bases, conn->index), conn, record->from, made);
    scale_window(conn, record->from, made);
}

void su_ladder_list(const struct su_ladder *ladder, const struct su_feed *feed,
                    const struct su_report *report, const struct su_line_taker *taker)
{
    GArray *bases = g_array_new(FALSE, TRUE, sizeof(struct bases));
    const struct su_flow *viewed = NULL;
    struct su_view view = {0};

    for (guint i = 0; i < ladder->packets->len; i++) {
        const struct packet *packet = &g_array_index(ladder->packets, struct packet, i);
        struct su_ladder_packet made;
        struct su_frame_record record;
        struct su_source source = {.view = &view, .packet = &made};
        struct su_line line;

        if (!su_capture_recall(packet->frame, packet->layer, &record) ||
            record.flow->protocol != SU_PROTOCOL_TCP || !su_feed_has(feed, record.flow))
            continue;
        interpret(packet, &record, bases, &made);
        if (viewed != record.flow)
            su_flow_name(record.flow, &view);
        viewed = record.flow;
        report->fill(&source, 0, &line);
        taker->take(taker->user, record.flow, 0, line.cells);
    }
    g_array_free(bases, TRUE);
}
