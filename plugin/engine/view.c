/* view.c: the snapshot of a connection: roles instead of sides, words instead of facts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "view.h"

#include "conn.h"
#include "verdict.h"

static int64_t span(int64_t from, int64_t to)
{
    if (from == SU_TIME_NONE || to == SU_TIME_NONE || to < from)
        return SU_TIME_NONE;
    return to - from;
}

static uint8_t role_of(const struct su_conn *conn, uint8_t side)
{
    return side == conn->client ? SU_ROLE_CLIENT : SU_ROLE_SERVER;
}

static bool is_expired(const struct su_conn *conn, const struct su_side *side,
                       const struct su_policy *policy, int64_t now_ns)
{
    if (side->state == SU_STATE_TIME_WAIT)
        return now_ns - su_conn_ending(conn)->time_wait_ns >= policy->time_wait_ns;
    return side->state == SU_STATE_FIN_WAIT2 && policy->fin_timeout_ns > 0 &&
           now_ns - su_conn_ending(conn)->first_fin_ns >= policy->fin_timeout_ns;
}

static void view_side(const struct su_conn *conn, uint8_t index, const struct su_policy *policy,
                      int64_t now_ns, struct su_view_side *view)
{
    const struct su_side *side = &conn->side[index];

    view->octets = side->octets;
    view->packets = side->packets;
    view->retransmits = su_conn_odd(conn)->side[index].retransmits;
    view->reordered = su_conn_odd(conn)->side[index].reordered;
    view->port = conn->port[index];
    view->state = is_expired(conn, side, policy, now_ns) ? SU_STATE_CLOSE : side->state;
}

static void view_times(const struct su_conn *conn, struct su_view *view)
{
    int64_t synack_ns = su_conn_when(conn, SU_WHEN_SYNACK);
    int64_t ack_ns = su_conn_when(conn, SU_WHEN_ACK);

    view->start_ns = conn->first_ns;
    view->end_ns = conn->last_ns;
    view->duration_ns = conn->last_ns - conn->first_ns;
    view->syn_rtt_ns = span(su_conn_when(conn, SU_WHEN_LAST_SYN), synack_ns);
    view->ack_rtt_ns = span(synack_ns, ack_ns);
    view->handshake_ns = span(su_conn_when(conn, SU_WHEN_FIRST_SYN), ack_ns);
    view->rtt_ambiguous = (conn->facts & SU_FACT_SYN_REPEATED) || su_conn_odd(conn)->dup_synack > 0;
}

static void view_close(const struct su_conn *conn, int64_t now_ns, struct su_view *view)
{
    bool first_owes = conn->side[conn->first_fin].flags & SU_SIDE_FIN_ACKED;

    view->linger_since_ns = view->linger_ns = SU_TIME_NONE;
    if (view->close == SU_CLOSE_NA)
        return; /* nothing to close; the handshake's result says what a RST meant */
    if (conn->facts & SU_FACT_RST) {
        view->rst_by = role_of(conn, conn->rst_from);
        view->rst_class = conn->rst_class;
    }
    if (conn->facts & SU_FACT_FIN)
        view->close_by = role_of(conn, conn->first_fin);
    else
        view->close_by = view->rst_by;
    if (view->close == SU_CLOSE_FIN_SIMUL ||
        (view->close == SU_CLOSE_FIN_UNACKED && (conn->facts & SU_FACT_FINS_CROSSED)))
        view->close_by = SU_ROLE_BOTH;
    view->linger = view->outcome == SU_OUTCOME_LINGER;
    if (!view->linger)
        return;
    view->linger_since_ns = su_conn_ending(conn)->first_fin_ns;
    view->linger_ns = span(view->linger_since_ns, now_ns);
    /* Who still has to act: the side without a FIN, or the one that has not acknowledged it. */
    if (view->close == SU_CLOSE_FIN_UNACKED)
        view->linger_owing = role_of(conn, first_owes ? conn->first_fin : !conn->first_fin);
    else
        view->linger_owing = role_of(conn, !conn->first_fin);
}

static void view_counts(const struct su_conn *conn, struct su_view *view)
{
    const struct su_odd *odd = su_conn_odd(conn);

    view->dup_syn = odd->dup_syn;
    view->dup_synack = odd->dup_synack;
    view->dup_fin = (uint32_t)odd->side[0].dup_fin + odd->side[1].dup_fin;
    view->rst_invalid = odd->rst_invalid;
    view->rst_ignored = odd->rst_ignored;
    view->fin_invalid = odd->fin_invalid;
    view->icmp_stale = odd->icmp_stale;
    view->icmp_errors = odd->icmp_errors;
    view->icmp_type = odd->icmp_type;
    view->icmp_code = odd->icmp_code;
    view->bad_checksum = odd->bad_checksum;
    view->syn_challenged = odd->syn_challenged;
}

static void view_frames(const struct su_conn *conn, struct su_view *view)
{
    view->first_frame = conn->first_frame;
    view->last_frame = conn->last_frame;
    view->syn_frame = conn->syn_frame;
    view->synack_frame = conn->synack_frame;
    view->ack_frame = conn->ack_frame;
    view->fin_frame = su_conn_ending(conn)->fin_frame;
    view->rst_frame = su_conn_ending(conn)->rst_frame;
    view->icmp_frame = su_conn_odd(conn)->icmp_frame;
}

static void view_hints(const struct su_conn *conn, struct su_view *view)
{
    view->tw_assassinated = conn->facts & SU_FACT_TW_ASSASSINATED;
    view->data_after_fin = conn->facts & SU_FACT_DATA_AFTER_FIN;
    view->data_after_close = conn->facts & SU_FACT_DATA_AFTER_CLOSE;
    view->fin_moved = conn->facts & SU_FACT_FIN_MOVED;
    view->bogus_flags = conn->facts & SU_FACT_BOGUS_FLAGS;
}

void su_conn_view(const struct su_conn *conn, const struct su_policy *policy, int64_t now_ns,
                  struct su_view *view)
{
    enum su_handshake handshake = su_verdict_handshake(conn, policy, now_ns);

    *view = (struct su_view){
        .stream = conn->index,
        .protocol = SU_PROTOCOL_TCP,
        .role_source = conn->role_source,
        .handshake = (uint8_t)handshake,
        .close = (uint8_t)su_verdict_close(conn, handshake),
        .one_sided = su_verdict_is_one_sided(conn),
        .conn_state = (uint8_t)su_zeek_conn_state(conn),
    };
    view->outcome =
        (uint8_t)su_verdict_outcome(handshake, (enum su_close)view->close, view->one_sided);
    view_side(conn, conn->client, policy, now_ns, &view->client);
    view_side(conn, !conn->client, policy, now_ns, &view->server);
    view_times(conn, view);
    view_close(conn, now_ns, view);
    view_counts(conn, view);
    view_frames(conn, view);
    view_hints(conn, view);
    su_zeek_history(conn, view->history);
}
