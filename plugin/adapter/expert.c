/* expert.c: the table of expert items as Wireshark's, and which of them a packet has.
 * Once for each event, on the event's packet. What only the end of the capture tells is listed on
 * later passes, and never in one pass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "expert.h"

#include <epan/expert.h>

#include "engine/verdict.h"
#include "schema/expert.h"

#include "clock.h"
#include "events.h"

#define PROTOCOL_COLUMN "SockUsage"

static expert_field ids[SU_EXPERT_COUNT];

void su_expert_register(int proto)
{
    static const int severities[] = {
        [SU_SEVERITY_NOTE] = PI_NOTE,
        [SU_SEVERITY_WARNING] = PI_WARN,
    };
    static ei_register_info infos[SU_EXPERT_COUNT];

    for (unsigned i = 0; i < SU_EXPERT_COUNT; i++) {
        const struct su_expert_row *row = &su_expert_rows[i];

        ids[i] = (expert_field)EI_INIT;
        infos[i] = (ei_register_info){
            &ids[i],
            {row->name, PI_SEQUENCE, severities[row->severity], row->title, EXPFILL},
        };
    }
    expert_register_field_array(expert_register_protocol(proto), infos, SU_EXPERT_COUNT);
}

/* ---- what there is to list ---------------------------------------------------------------- */

/* A RST that looked good, until its receiver took no notice. */
static uint32_t withdraw(const struct su_conn *conn, uint32_t frame, uint32_t items)
{
    const uint32_t ends = su_expert_bit(SU_EXPERT_RESET) | su_expert_bit(SU_EXPERT_REFUSED);

    if (!(items & ends) || su_conn_odd(conn)->rst_ignored == 0 ||
        su_conn_ending(conn)->rst_frame == frame)
        return items;
    return (items & ~ends) | su_expert_bit(SU_EXPERT_RST_IGNORED);
}

static uint32_t known_late(const struct su_conn *conn, uint32_t frame)
{
    enum su_handshake handshake = su_verdict_handshake(conn, &su_capture_policy, su_clock_now());
    enum su_close close = su_verdict_close(conn, handshake);
    uint32_t items = 0;

    if (frame == conn->last_frame && handshake == SU_HANDSHAKE_TIMEOUT)
        items |= su_expert_bit(SU_EXPERT_TIMED_OUT);
    if (frame == su_conn_ending(conn)->fin_frame &&
        su_verdict_outcome(handshake, close, su_verdict_is_one_sided(conn)) == SU_OUTCOME_LINGER)
        items |= su_expert_bit(SU_EXPERT_LINGERING);
    return items;
}

uint32_t su_expert_items(const struct su_frame_record *record, uint32_t frame)
{
    const struct su_conn *conn = &record->flow->conn;
    uint32_t items = record->events;

    if (!record->is_recalled || record->is_icmp || record->flow->protocol != SU_PROTOCOL_TCP)
        return items;
    if (items)
        items = withdraw(conn, frame, items);
    if (frame == conn->last_frame || frame == su_conn_ending(conn)->fin_frame)
        items |= known_late(conn, frame);
    return items;
}

/* ---- the list ----------------------------------------------------------------------------- */

/* Who an item speaks of. */
static const char *who(const struct su_frame_record *record, enum su_expert item)
{
    struct su_view view;

    if (item != SU_EXPERT_LINGERING)
        return su_role_words[record->from == su_flow_client(record->flow) ? SU_ROLE_CLIENT
                                                                          : SU_ROLE_SERVER];
    su_flow_view(record->flow, &view);
    return su_role_words[view.linger_owing];
}

static void add(packet_info *pinfo, proto_item *item, const struct su_frame_record *record,
                enum su_expert which)
{
    const struct su_expert_row *row = &su_expert_rows[which];
    char *about;

    if (!row->about) {
        expert_add_info_format(pinfo, item, &ids[which], "%s", row->title);
        return;
    }
    about = wmem_strdup_printf(pinfo->pool, row->about, who(record, which));
    expert_add_info_format(pinfo, item, &ids[which], "%s%s", row->title, about);
}

/* An ICMP error's quotation is listed too; and whatever protocol is at work, the items are ours. */
void su_expert_list(packet_info *pinfo, proto_item *item, const struct su_frame_record *record,
                    uint32_t items)
{
    const char *protocol = pinfo->current_proto;
    bool in_error = pinfo->flags.in_error_pkt;

    pinfo->current_proto = PROTOCOL_COLUMN;
    pinfo->flags.in_error_pkt = false;
    for (unsigned i = 0; i < SU_EXPERT_COUNT; i++) {
        if (items & su_expert_bit((enum su_expert)i))
            add(pinfo, item, record, (enum su_expert)i);
    }
    pinfo->flags.in_error_pkt = in_error;
    pinfo->current_proto = protocol;
}
