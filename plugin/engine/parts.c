/* parts.c: what of a connection is kept short or not kept at all until it is needed.
 * Times: 32 bits behind the first packet, which is four seconds; what does not fit is far and lives
 * in su_odd. Parts: made by whoever writes to them first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "step.h"

/* Values of su_conn.when; any other is nanoseconds since first_ns, plus one. */
#define WHEN_NONE 0u
#define WHEN_FAR  UINT32_MAX

static const struct su_ending no_ending = {
    .first_fin_ns = SU_TIME_NONE,
    .rst_ns = SU_TIME_NONE,
    .time_wait_ns = SU_TIME_NONE,
};
static const struct su_odd nothing_odd;

const struct su_ending *su_conn_ending(const struct su_conn *conn)
{
    return conn->ending ? conn->ending : &no_ending;
}

const struct su_odd *su_conn_odd(const struct su_conn *conn)
{
    return conn->odd ? conn->odd : &nothing_odd;
}

struct su_odd *su_step_odd(const struct su_step *step)
{
    struct su_conn *conn = step->conn;

    if (!conn->odd)
        conn->odd = step->parts->new_odd(step->parts->user);
    return conn->odd;
}

struct su_ending *su_step_ending(const struct su_step *step)
{
    struct su_conn *conn = step->conn;
    struct su_ending *ending = conn->ending;

    if (ending)
        return ending;
    ending = step->parts->new_ending(step->parts->user);
    *ending = no_ending;
    for (unsigned i = 0; i < 2; i++)
        ending->control_ns[i] = su_conn_when(conn, SU_WHEN_CONTROL + i);
    conn->ending = ending;
    return ending;
}

struct su_side_odd *su_step_side_odd(const struct su_step *step, const struct su_side *side)
{
    return &su_step_odd(step)->side[side == &step->conn->side[1]];
}

uint32_t su_step_fin_seq(const struct su_step *step, const struct su_side *side)
{
    return su_conn_ending(step->conn)->fin_seq[side == &step->conn->side[1]];
}

void su_step_set_fin_seq(const struct su_step *step, uint32_t fin_seq)
{
    su_step_ending(step)->fin_seq[step->from] = fin_seq;
}

int64_t su_conn_when(const struct su_conn *conn, enum su_when when)
{
    uint32_t kept = conn->when[when];

    if (when >= SU_WHEN_CONTROL && conn->ending)
        return conn->ending->control_ns[when - SU_WHEN_CONTROL];
    if (kept == WHEN_NONE)
        return SU_TIME_NONE;
    return kept == WHEN_FAR ? conn->odd->far_ns[when] : conn->first_ns + (kept - 1);
}

void su_step_set_when(const struct su_step *step, enum su_when when)
{
    struct su_conn *conn = step->conn;
    int64_t time_ns = step->seg->time_ns;
    int64_t since = time_ns - conn->first_ns;

    if (when >= SU_WHEN_CONTROL && conn->ending) {
        conn->ending->control_ns[when - SU_WHEN_CONTROL] = time_ns;
        return;
    }
    if (since >= 0 && since + 1 < (int64_t)WHEN_FAR) {
        conn->when[when] = (uint32_t)(since + 1);
        return;
    }
    conn->when[when] = WHEN_FAR;
    su_step_odd(step)->far_ns[when] = time_ns;
}
