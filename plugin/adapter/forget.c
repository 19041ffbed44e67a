/* forget.c: looks at each connection now and then, until it can be forgotten.
 * That happens by the clock alone: a packet costs nothing by it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "forget.h"

#include <glib.h>

#include "alarms.h"
#include "clock.h"

/* A connection that lasts is looked at so often. */
#define LOOK_AGAIN_NS (10 * SU_NS_PER_S)

enum { TABLES = 8 }; /* values of su_flow.table */

int64_t su_forget_after_ns;

static struct {
    const struct su_pool *session; /* of struct su_flow */
    const struct su_policy *policy;
    struct su_alarms alarms;
    uint32_t count;        /* connections so far */
    GArray *streams;       /* uint32_t by place of the flow: its number */
    GArray *flows[TABLES]; /* uint32_t by number of the pair: flows of it that are there */
} forget;

void su_forget_init(int64_t after_ns, const struct su_pool *of_session,
                    const struct su_policy *in_force)
{
    su_forget_after_ns = after_ns;
    forget.session = of_session;
    forget.policy = in_force;
    forget.streams = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    for (int i = 0; i < TABLES; i++)
        forget.flows[i] = g_array_new(FALSE, TRUE, sizeof(uint32_t));
}

void su_forget_clear(void)
{
    su_alarms_clear(&forget.alarms);
    g_clear_pointer(&forget.streams, g_array_unref);
    for (int i = 0; i < TABLES; i++)
        g_clear_pointer(&forget.flows[i], g_array_unref);
    su_forget_after_ns = 0;
    forget.count = 0;
}

static uint32_t *number_at(GArray *numbers, uint32_t place)
{
    if (place >= numbers->len)
        g_array_set_size(numbers, place + 1);
    return &g_array_index(numbers, uint32_t, place);
}

uint32_t su_forget_stream(const struct su_flow *flow)
{
    return *number_at(forget.streams, flow->conn.index);
}

static void look_at(const struct su_flow *flow, int64_t time_ns)
{
    su_alarms_add(&forget.alarms, time_ns, flow->conn.index);
}

void su_forget_begin(const struct su_flow *flow)
{
    *number_at(forget.streams, flow->conn.index) = forget.count++;
    ++*number_at(forget.flows[flow->table], flow->pair);
    look_at(flow, su_clock_now() + su_forget_after_ns);
}

void su_forget_wait(const struct su_flow *flow)
{
    look_at(flow, su_clock_now() + LOOK_AGAIN_NS);
}

/* Once it is over nothing but packets can put that off. */
static bool is_due(const struct su_flow *flow, int64_t now_ns)
{
    int64_t gone_ns = su_conn_gone_ns(&flow->conn, forget.policy);

    if (gone_ns == SU_TIME_NONE)
        su_forget_wait(flow);
    else if (gone_ns + su_forget_after_ns > now_ns)
        look_at(flow, gone_ns + su_forget_after_ns);
    else
        return true;
    return false;
}

const struct su_flow *su_forget_next(int64_t now_ns)
{
    while (su_alarms_due(&forget.alarms, now_ns)) {
        const struct su_flow *flow = su_pool_at(forget.session, su_alarms_take(&forget.alarms));

        if (is_due(flow, now_ns))
            return flow;
    }
    return NULL;
}

bool su_forget_end(const struct su_flow *flow)
{
    return --*number_at(forget.flows[flow->table], flow->pair) == 0;
}
