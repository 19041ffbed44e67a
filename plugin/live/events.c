/* events.c: what happens to connections, by comparing each with what was told of it before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "events.h"

#include "adapter/clock.h"

/* clang-format off */
const char *const su_result_words[SU_RESULT_COUNT] = {
    [SU_RESULT_NONE] = "",
    [SU_RESULT_SUCCESS] = "success",
    [SU_RESULT_TIMEOUT] = "timeout",
    [SU_RESULT_REJECT] = "reject",
    [SU_RESULT_UNREACH] = "unreach",
    [SU_RESULT_OTHER] = "other",
};
/* clang-format on */

static const uint8_t results[SU_HANDSHAKE_COUNT] = {
    [SU_HANDSHAKE_COMPLETE_SIMUL] = SU_RESULT_SUCCESS,
    [SU_HANDSHAKE_COMPLETE_TFO] = SU_RESULT_SUCCESS,
    [SU_HANDSHAKE_COMPLETE] = SU_RESULT_SUCCESS,
    [SU_HANDSHAKE_INFERRED] = SU_RESULT_SUCCESS,
    [SU_HANDSHAKE_REFUSED] = SU_RESULT_REJECT,
    [SU_HANDSHAKE_RESET_CLIENT] = SU_RESULT_OTHER,
    [SU_HANDSHAKE_ABORTED_CLIENT] = SU_RESULT_OTHER,
    [SU_HANDSHAKE_NO_ACK] = SU_RESULT_OTHER,
    [SU_HANDSHAKE_ICMP_HARD] = SU_RESULT_UNREACH,
    [SU_HANDSHAKE_ICMP_SOFT] = SU_RESULT_UNREACH,
    [SU_HANDSHAKE_STALE_SYNACK] = SU_RESULT_OTHER,
    [SU_HANDSHAKE_CHALLENGED] = SU_RESULT_OTHER,
    [SU_HANDSHAKE_TIMEOUT] = SU_RESULT_TIMEOUT,
};

/* These are said of every attempt at some moment; they hold if nothing more comes in time. */
static const bool waits[SU_HANDSHAKE_COUNT] = {
    [SU_HANDSHAKE_NO_ACK] = true,
    [SU_HANDSHAKE_STALE_SYNACK] = true,
    [SU_HANDSHAKE_CHALLENGED] = true,
};

static const bool ends[SU_OUTCOME_COUNT] = {
    [SU_OUTCOME_CLOSED] = true,
    [SU_OUTCOME_ABORTED] = true,
    [SU_OUTCOME_SUPERSEDED] = true,
};

struct told {
    uint8_t result;  /* enum su_result */
    uint8_t ends;    /* how often its end was told, 2 at most ... */
    bool has_ended;  /* ... and whether that still holds */
    bool is_watched; /* there is an alarm for it */
};

/* When it holds, if nothing more comes. */
static int64_t due_ns(const struct su_view *view)
{
    return view->end_ns + su_capture_policy.syn_timeout_ns;
}

static bool is_waiting(const struct su_view *view)
{
    return waits[view->handshake] && su_clock_now() < due_ns(view);
}

static struct told *told_of(struct su_events *events, uint32_t index)
{
    if (!events->told)
        events->told = g_array_new(FALSE, TRUE, sizeof(struct told));
    if (index >= events->told->len)
        g_array_set_size(events->told, MAX(index + 1, su_capture_count(SU_PROTOCOL_TCP)));
    return &g_array_index(events->told, struct told, index);
}

static void put_handshake(struct told *told, struct su_live_event event,
                          const struct su_event_taker *taker)
{
    if (event.result == SU_RESULT_NONE || event.result == told->result)
        return;
    event.kind = SU_EVENT_HANDSHAKE;
    event.was = told->result;
    event.is_again = told->result != SU_RESULT_NONE;
    told->result = event.result;
    taker->take(taker->user, &event);
}

static void put_end(struct told *told, struct su_live_event event,
                    const struct su_event_taker *taker)
{
    bool has_ended = ends[event.view->outcome];

    if (has_ended == told->has_ended)
        return;
    told->has_ended = has_ended;
    if (!has_ended) /* a RST that its receiver did not believe after all */
        return;
    event.kind = SU_EVENT_END;
    event.is_again = told->ends > 0;
    told->ends = 1;
    taker->take(taker->user, &event);
}

static struct su_live_event event_of(const struct su_view *view)
{
    return (struct su_live_event){
        .view = view,
        .at_ns = su_clock_now(),
        .result = is_waiting(view) ? SU_RESULT_NONE : results[view->handshake],
    };
}

static void put(struct su_events *events, uint32_t index, const struct su_view *view,
                const struct su_event_taker *taker)
{
    struct told *told = told_of(events, index);

    if (is_waiting(view) && !told->is_watched) {
        su_alarms_add(&events->alarms, due_ns(view), index);
        told->is_watched = true;
    }
    put_handshake(told, event_of(view), taker);
    put_end(told, event_of(view), taker);
}

/* The alarm may be of a connection that is forgotten, and another one be in its place. */
void su_events_check(struct su_events *events, const struct su_event_taker *taker)
{
    while (su_alarms_due(&events->alarms, su_clock_now())) {
        uint32_t index = su_alarms_take(&events->alarms);
        struct told *told = told_of(events, index);
        struct su_view view;

        if (!told->is_watched)
            continue;
        told->is_watched = false;
        su_flow_view(su_capture_flow(SU_PROTOCOL_TCP, index), &view);
        put(events, index, &view, taker);
    }
}

void su_events_put(struct su_events *events, const struct su_flow *flow, const struct su_view *view,
                   const struct su_event_taker *taker)
{
    su_events_check(events, taker);
    if (view->protocol == SU_PROTOCOL_TCP)
        put(events, flow->conn.index, view, taker);
}

void su_events_leave(struct su_events *events, const struct su_flow *flow,
                     const struct su_view *view, const struct su_event_taker *taker)
{
    struct su_live_event event = event_of(view);

    if (view->protocol != SU_PROTOCOL_TCP || view->outcome == SU_OUTCOME_FAILED ||
        told_of(events, flow->conn.index)->has_ended)
        return;
    event.kind = SU_EVENT_LEFT;
    taker->take(taker->user, &event);
}

void su_events_forget(struct su_events *events, const struct su_flow *flow,
                      const struct su_view *view, const struct su_event_taker *taker)
{
    struct su_live_event event = event_of(view);

    event.kind = SU_EVENT_FORGOTTEN;
    taker->take(taker->user, &event);
    *told_of(events, flow->conn.index) = (struct told){0};
}

void su_events_new_session(struct su_events *events)
{
    su_alarms_clear(&events->alarms);
    if (events->told)
        g_array_set_size(events->told, 0);
}

void su_events_clear(struct su_events *events)
{
    su_alarms_clear(&events->alarms);
    if (events->told)
        g_array_free(events->told, TRUE);
    events->told = NULL;
}
