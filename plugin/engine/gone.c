/* gone.c: since when nothing more is to be expected of a connection.
 * TIME_WAIT and FIN_WAIT2 end by the policy's clock; attempts that nobody answers end by silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "conn.h"

/* Who has been silent for so long does not repeat a SYN or its answer any more; Linux waits 64
 * seconds at most. */
#define SILENCE_NS (130 * SU_NS_PER_S)

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t end_of_attempt(const struct su_conn *conn, const struct su_policy *policy)
{
    return conn->last_ns + later(SILENCE_NS, policy->syn_timeout_ns);
}

static int64_t end_of_fin_wait2(const struct su_conn *conn, const struct su_policy *policy)
{
    if (policy->fin_timeout_ns <= 0)
        return SU_TIME_NONE;
    return su_conn_ending(conn)->first_fin_ns + policy->fin_timeout_ns;
}

static int64_t socket_gone_ns(const struct su_conn *conn, const struct su_side *side,
                              const struct su_policy *policy)
{
    switch ((enum su_state)side->state) {
    case SU_STATE_UNKNOWN:
    case SU_STATE_LISTEN:
    case SU_STATE_CLOSE:
        return conn->last_ns;
    case SU_STATE_TIME_WAIT:
        return su_conn_ending(conn)->time_wait_ns + policy->time_wait_ns;
    case SU_STATE_FIN_WAIT2:
        return end_of_fin_wait2(conn, policy);
    case SU_STATE_SYN_SENT:
    case SU_STATE_SYN_RECV:
        return end_of_attempt(conn, policy);
    case SU_STATE_ESTABLISHED:
    case SU_STATE_FIN_WAIT1:
    case SU_STATE_CLOSE_WAIT:
    case SU_STATE_LAST_ACK:
    case SU_STATE_CLOSING:
    case SU_STATE_COUNT:
        break;
    }
    return SU_TIME_NONE;
}

int64_t su_conn_gone_ns(const struct su_conn *conn, const struct su_policy *policy)
{
    int64_t a = socket_gone_ns(conn, &conn->side[0], policy);
    int64_t b = socket_gone_ns(conn, &conn->side[1], policy);

    if (a == SU_TIME_NONE || b == SU_TIME_NONE)
        return SU_TIME_NONE;
    return later(later(a, b), conn->last_ns);
}
