/* invariants.c: see invariants.h.
 * Each check is one small predicate in a table, named by the sentence it stands for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "invariants.h"

#include <string.h>

#include "engine/words.h"

static bool is_established(const struct su_view *view)
{
    return view->handshake == SU_HANDSHAKE_COMPLETE ||
           view->handshake == SU_HANDSHAKE_COMPLETE_TFO ||
           view->handshake == SU_HANDSHAKE_COMPLETE_SIMUL ||
           view->handshake == SU_HANDSHAKE_INFERRED || view->handshake == SU_HANDSHAKE_MIDSTREAM;
}

static bool words_in_range(const struct su_view *view)
{
    return view->client.state < SU_STATE_COUNT && view->server.state < SU_STATE_COUNT &&
           view->role_source < SU_ROLE_SOURCE_COUNT && view->handshake < SU_HANDSHAKE_COUNT &&
           view->close < SU_CLOSE_COUNT && view->close_by < SU_ROLE_COUNT &&
           view->rst_by < SU_ROLE_COUNT && view->rst_class < SU_RST_CLASS_COUNT &&
           view->outcome < SU_OUTCOME_COUNT && view->linger_owing < SU_ROLE_COUNT &&
           view->conn_state < SU_CONN_STATE_COUNT;
}

static bool tcp_has_words(const struct su_view *view)
{
    return view->protocol == SU_PROTOCOL_TCP && view->handshake != SU_HANDSHAKE_NONE &&
           view->conn_state != SU_CONN_STATE_NONE && view->role_source != SU_ROLE_SOURCE_NONE;
}

static bool na_means_never_established(const struct su_view *view)
{
    return is_established(view) == (view->close != SU_CLOSE_NA);
}

static enum su_outcome outcome_of_established(const struct su_view *view)
{
    switch ((enum su_close)view->close) {
    case SU_CLOSE_HALF:
    case SU_CLOSE_FIN_UNACKED:
        return view->one_sided ? SU_OUTCOME_UNJUDGED : SU_OUTCOME_LINGER;
    case SU_CLOSE_FIN:
    case SU_CLOSE_FIN_SIMUL:
        return SU_OUTCOME_CLOSED;
    case SU_CLOSE_RST:
    case SU_CLOSE_FIN_RST_SELF:
    case SU_CLOSE_FIN_RST_PEER:
        return SU_OUTCOME_ABORTED;
    case SU_CLOSE_SUPERSEDED:
        return SU_OUTCOME_SUPERSEDED;
    case SU_CLOSE_NONE:
    case SU_CLOSE_NA:
    case SU_CLOSE_COUNT:
        break;
    }
    return SU_OUTCOME_OPEN;
}

static bool outcome_fits(const struct su_view *view)
{
    if (is_established(view))
        return view->outcome == outcome_of_established(view);
    if (view->handshake == SU_HANDSHAKE_UNSOLICITED)
        return view->outcome == SU_OUTCOME_UNSOLICITED;
    if (view->handshake == SU_HANDSHAKE_PENDING)
        return view->outcome == SU_OUTCOME_PENDING;
    return view->outcome == SU_OUTCOME_FAILED || view->outcome == SU_OUTCOME_PENDING;
}

static bool linger_is_the_outcome(const struct su_view *view)
{
    return view->linger == (view->outcome == SU_OUTCOME_LINGER);
}

static bool linger_has_a_beginning(const struct su_view *view)
{
    return view->linger == (view->linger_since_ns != SU_TIME_NONE);
}

static bool the_other_side_owes(const struct su_view *view)
{
    if (!view->linger || view->close != SU_CLOSE_HALF)
        return view->linger_owing == SU_ROLE_NONE || view->linger;
    return (view->close_by == SU_ROLE_CLIENT && view->linger_owing == SU_ROLE_SERVER) ||
           (view->close_by == SU_ROLE_SERVER && view->linger_owing == SU_ROLE_CLIENT);
}

static bool somebody_closed(const struct su_view *view)
{
    bool one = view->close_by == SU_ROLE_CLIENT || view->close_by == SU_ROLE_SERVER;

    switch ((enum su_close)view->close) {
    case SU_CLOSE_NONE:
    case SU_CLOSE_NA:
        return view->close_by == SU_ROLE_NONE;
    case SU_CLOSE_FIN_SIMUL:
        return view->close_by == SU_ROLE_BOTH;
    case SU_CLOSE_RST:
    case SU_CLOSE_FIN_RST_SELF:
        return one && view->close_by == view->rst_by;
    case SU_CLOSE_FIN_RST_PEER:
        return one && view->rst_by != SU_ROLE_NONE && view->close_by != view->rst_by;
    case SU_CLOSE_HALF:
    case SU_CLOSE_FIN:
        return one;
    case SU_CLOSE_FIN_UNACKED: /* of FINs that cross, one may not be acknowledged yet */
        return view->close_by != SU_ROLE_NONE;
    case SU_CLOSE_SUPERSEDED:
    case SU_CLOSE_COUNT:
        break;
    }
    return true;
}

static bool a_reset_has_a_sender(const struct su_view *view)
{
    return (view->rst_by == SU_ROLE_NONE) == (view->rst_class == SU_RST_CLASS_NONE) &&
           view->rst_by != SU_ROLE_BOTH;
}

/* Both, but for the host in whose name a RST was forged, or one that never got it: it talks on. */
static bool a_reset_closes_one(const struct su_view *view)
{
    bool aborted = view->close == SU_CLOSE_RST || view->close == SU_CLOSE_FIN_RST_SELF ||
                   view->close == SU_CLOSE_FIN_RST_PEER;

    return !aborted || view->client.state == SU_STATE_CLOSE || view->server.state == SU_STATE_CLOSE;
}

static bool one_sided_is_one_side(const struct su_view *view)
{
    return !view->one_sided || view->client.packets == 0 || view->server.packets == 0;
}

static bool history_is_zeeks(const struct su_view *view)
{
    size_t length = strnlen(view->history, SU_HISTORY_OCTETS);

    return length < SU_HISTORY_OCTETS &&
           strspn(view->history, "ShHsADadFfRrQqIiTtWwCcGg^x") == length;
}

static bool span_is_sound(int64_t span_ns)
{
    return span_ns == SU_TIME_NONE || span_ns >= 0;
}

static bool spans_are_sound(const struct su_view *view)
{
    return span_is_sound(view->duration_ns) && span_is_sound(view->syn_rtt_ns) &&
           span_is_sound(view->ack_rtt_ns) && span_is_sound(view->handshake_ns) &&
           span_is_sound(view->linger_ns);
}

static bool frame_within(const struct su_view *view, uint32_t frame)
{
    return frame == 0 || (frame >= view->first_frame && frame <= view->last_frame);
}

static bool frames_are_within(const struct su_view *view)
{
    return view->first_frame != 0 && view->first_frame <= view->last_frame &&
           frame_within(view, view->syn_frame) && frame_within(view, view->synack_frame) &&
           frame_within(view, view->ack_frame) && frame_within(view, view->fin_frame) &&
           frame_within(view, view->rst_frame);
}

static const struct {
    bool (*holds)(const struct su_view *view);
    const char *otherwise;
} view_checks[] = {
    {words_in_range,             "a word is out of its range"                                     },
    {tcp_has_words,              "a TCP connection lacks its handshake, role source or conn_state"},
    {na_means_never_established, "close is 'na' if and only if never established"                 },
    {outcome_fits,               "the outcome does not follow from handshake and close"           },
    {linger_is_the_outcome,      "linger and outcome disagree"                                    },
    {linger_has_a_beginning,     "linger without its first FIN's time, or the other way round"    },
    {the_other_side_owes,        "the side that owes a FIN is not the one that sent none"         },
    {somebody_closed,            "close and closed-by do not fit"                                 },
    {a_reset_has_a_sender,       "reset-by and its class do not fit"                              },
    {a_reset_closes_one,         "reset, yet no socket is CLOSE"                                  },
    {one_sided_is_one_side,      "one-sided, yet both sides sent"                                 },
    {history_is_zeeks,           "history is no Zeek history"                                     },
    {spans_are_sound,            "a span of time is negative"                                     },
    {frames_are_within,          "a frame number lies outside of the connection"                  },
};

const char *su_invariant_of_view(const struct su_view *view)
{
    for (size_t i = 0; i < sizeof(view_checks) / sizeof(view_checks[0]); i++) {
        if (!view_checks[i].holds(view))
            return view_checks[i].otherwise;
        if (i == 0 && view->protocol != SU_PROTOCOL_TCP)
            return "not a TCP connection";
    }
    return NULL;
}

#define COUNTER(member) offsetof(struct su_view, member)

static const size_t counters[] = {
    COUNTER(dup_syn),      COUNTER(dup_synack),     COUNTER(dup_fin),    COUNTER(rst_invalid),
    COUNTER(rst_ignored),  COUNTER(fin_invalid),    COUNTER(icmp_stale), COUNTER(icmp_errors),
    COUNTER(bad_checksum), COUNTER(syn_challenged),
};

static uint32_t counter(const struct su_view *view, size_t offset)
{
    uint32_t value;

    memcpy(&value, (const char *)view + offset, sizeof(value));
    return value;
}

static bool same_verdict(const struct su_view *a, const struct su_view *b)
{
    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
        if (counter(a, counters[i]) != counter(b, counters[i]))
            return false;
    }
    return a->client.state == b->client.state && a->server.state == b->server.state &&
           a->client.port == b->client.port && a->role_source == b->role_source &&
           a->handshake == b->handshake && a->close == b->close && a->close_by == b->close_by &&
           a->rst_by == b->rst_by && a->rst_class == b->rst_class && a->outcome == b->outcome &&
           a->conn_state == b->conn_state;
}

const char *su_invariant_of_step(const struct su_view *before, const struct su_view *after,
                                 bool fed)
{
    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
        if (counter(after, counters[i]) < counter(before, counters[i]))
            return "a counter went down";
    }
    uint64_t packets_before = (uint64_t)before->client.packets + before->server.packets;
    uint64_t packets_after = (uint64_t)after->client.packets + after->server.packets;
    if (packets_after < packets_before)
        return "the count of packets went down";
    if (after->client.octets + after->server.octets < before->client.octets + before->server.octets)
        return "the count of octets went down";
    if (after->last_frame < before->last_frame || after->first_frame != before->first_frame)
        return "the first frame moved, or the last one went back";
    if (!fed && !same_verdict(before, after))
        return "a verdict changed, but conn.changes did not grow";
    return NULL;
}
