/* clock.c: the capture's time, its alarms and its listeners.
 * Time never goes back: it is that of the newest frame. Unless somebody follows nothing is watched,
 * since su_conn_view() judges by the time at which it is asked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "clock.h"

#include <glib.h>

#include "alarms.h"

static const struct su_pool *flows; /* NULL: there is no session */
static const struct su_policy *policy;
static int64_t now_ns = SU_TIME_NONE;
static struct su_alarms alarms;
static GPtrArray *listeners;
static void (*after_move)(int64_t now_ns); /* NULL: nobody */

int64_t su_clock_now(void)
{
    return now_ns;
}

void su_clock_begin(const struct su_pool *of_session, const struct su_policy *in_force)
{
    su_clock_end();
    flows = of_session;
    policy = in_force;
}

void su_clock_end(void)
{
    su_alarms_clear(&alarms);
    now_ns = SU_TIME_NONE;
    flows = NULL;
    after_move = NULL;
}

void su_clock_follow(void (*moved)(int64_t now_ns))
{
    after_move = moved;
}

void su_clock_flow_changed(const struct su_flow *flow)
{
    for (unsigned i = 0; listeners && i < listeners->len; i++) {
        struct su_clock_listener *listener = listeners->pdata[i];

        if (listener->flow_changed)
            listener->flow_changed(listener, flow);
    }
}

void su_clock_flow_followed(const struct su_flow *before, const struct su_flow *flow)
{
    for (unsigned i = 0; listeners && i < listeners->len; i++) {
        struct su_clock_listener *listener = listeners->pdata[i];

        if (listener->flow_followed)
            listener->flow_followed(listener, before, flow);
    }
}

void su_clock_flow_forgotten(const struct su_flow *flow)
{
    for (unsigned i = 0; listeners && i < listeners->len; i++) {
        struct su_clock_listener *listener = listeners->pdata[i];

        if (listener->flow_forgotten)
            listener->flow_forgotten(listener, flow);
    }
}

void su_clock_session_ended(void)
{
    for (unsigned i = 0; listeners && i < listeners->len; i++) {
        struct su_clock_listener *listener = listeners->pdata[i];

        if (listener->session_ended)
            listener->session_ended(listener);
    }
}

/* How many listeners want to hear of changes; others only ask when the session ends. */
static unsigned followers;

static struct su_deadlines deadlines_of(const struct su_conn *conn)
{
    const struct su_ending *ending = su_conn_ending(conn);

    return (struct su_deadlines){su_conn_when(conn, SU_WHEN_FIRST_SYN), ending->time_wait_ns,
                                 ending->first_fin_ns};
}

struct su_deadlines su_deadlines(const struct su_conn *conn)
{
    const struct su_deadlines none = {SU_TIME_NONE, SU_TIME_NONE, SU_TIME_NONE};

    if (!conn || followers == 0)
        return none;
    return deadlines_of(conn);
}

static void watch(const struct su_conn *conn, int64_t before, int64_t after, int64_t span)
{
    if (after == before || after == SU_TIME_NONE || span <= 0)
        return;
    if (after + span > now_ns)
        su_alarms_add(&alarms, after + span, conn->index);
}

static void watch_all(const struct su_conn *conn, const struct su_deadlines *before)
{
    struct su_deadlines after = deadlines_of(conn);

    watch(conn, before->syn_ns, after.syn_ns, policy->syn_timeout_ns);
    watch(conn, before->time_wait_ns, after.time_wait_ns, policy->time_wait_ns);
    watch(conn, before->fin_ns, after.fin_ns, policy->fin_timeout_ns);
}

void su_clock_watch(const struct su_conn *conn, const struct su_deadlines *before)
{
    if (followers > 0)
        watch_all(conn, before);
}

/* States in which time alone can change something. */
static bool waits_for_time(const struct su_conn *conn)
{
    static const bool waits[SU_STATE_COUNT] = {
        [SU_STATE_SYN_SENT] = true,
        [SU_STATE_SYN_RECV] = true,
        [SU_STATE_FIN_WAIT2] = true,
        [SU_STATE_TIME_WAIT] = true,
    };

    return waits[conn->side[0].state] || waits[conn->side[1].state];
}

void su_clock_advance(int64_t time_ns)
{
    if (time_ns <= now_ns)
        return;
    now_ns = time_ns;
    while (su_alarms_due(&alarms, time_ns)) {
        const struct su_flow *flow = su_pool_at(flows, su_alarms_take(&alarms));

        if (waits_for_time(&flow->conn))
            su_clock_flow_changed(flow);
    }
    if (after_move)
        after_move(time_ns);
}

void su_clock_listen(struct su_clock_listener *listener)
{
    const struct su_deadlines none = su_deadlines(NULL);
    bool is_first = listener->flow_changed && followers++ == 0;
    uint32_t count = is_first && flows ? flows->count : 0;

    if (!listeners)
        listeners = g_ptr_array_new();
    g_ptr_array_add(listeners, listener);
    /* The first one to follow may come in the middle of a live capture. */
    for (uint32_t i = 0; i < count; i++)
        watch_all(&((const struct su_flow *)su_pool_at(flows, i))->conn, &none);
}

void su_clock_unlisten(struct su_clock_listener *listener)
{
    if (!listeners || !g_ptr_array_remove(listeners, listener))
        return;
    if (listener->flow_changed && --followers == 0)
        su_alarms_clear(&alarms);
    if (listeners->len == 0)
        g_clear_pointer(&listeners, g_ptr_array_unref);
}
