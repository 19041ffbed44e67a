/* report_totals.c: the whole capture in one row. Established connections are shared out among the
 * first six outcomes; with those that never were established they make up all there are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reports.h"

#include "extreme.h"
#include "rows.h"

enum {
    CONNECTIONS,
    TOTAL,
    OPEN, /* + enum su_outcome */
    PEAK_OPEN = OPEN + SU_OUTCOME_COUNT,
    UDP,
    COLUMNS
};

#define COUNTER(key, heading, help)                                                                \
    {                                                                                              \
        key, heading, NULL, help, SU_CELL_COUNT, .rank = 1                                         \
    }

/* clang-format off */
static const struct su_column columns[COLUMNS] = {
    [CONNECTIONS] = COUNTER("connections", "TCP connections", "TCP connections and attempts"),
    [TOTAL] = COUNTER("total", "Established", "Open, lingering, closed, aborted, superseded and "
                                              "unjudged connections"),
    [OPEN + SU_OUTCOME_OPEN] = COUNTER("open", "Open", "Neither side has begun to close"),
    [OPEN + SU_OUTCOME_LINGER] = COUNTER("linger", "Lingering", "Closing began and is not complete"),
    [OPEN + SU_OUTCOME_CLOSED] = COUNTER("closed", "Closed", "Closed by both sides"),
    [OPEN + SU_OUTCOME_ABORTED] = COUNTER("aborted", "Aborted", "Ended by a RST"),
    [OPEN + SU_OUTCOME_SUPERSEDED] =
        COUNTER("superseded", "Superseded", "Replaced by a new connection of the same sockets"),
    [OPEN + SU_OUTCOME_UNJUDGED] =
        COUNTER("unjudged", "Unjudged", "Closing began, but only one direction was captured"),
    [OPEN + SU_OUTCOME_FAILED] = COUNTER("failed", "Failed attempts", "Never established"),
    [OPEN + SU_OUTCOME_PENDING] =
        COUNTER("pending", "Pending attempts", "Not established yet when the capture ended"),
    [OPEN + SU_OUTCOME_UNSOLICITED] =
        COUNTER("unsolicited", "Unsolicited", "Answers to something that was not captured"),
    [PEAK_OPEN] = COUNTER("peak_open", "Most open at once", "Most connections open at one time"),
    [UDP] = COUNTER("udp", "UDP conversations", "UDP conversations"),
};
/* clang-format on */

struct mark {
    uint32_t open; /* at the time when it opened; 0: it never did */
    uint8_t outcome;
    uint8_t protocol;
    bool counted;
};

struct state {
    struct su_extreme peak; /* of negative values: the least is the most */
};

static void prepare(struct su_rows *rows)
{
    const struct su_cell no_key = SU_CELL_OF_NONE();

    su_rows_hold(rows, su_rows_find(rows, &no_key, 0));
}

static void count_tcp(struct su_rows *rows, const struct mark *mark, int64_t step)
{
    struct state *state = su_rows_state(rows, 0);
    int64_t peak = 0;

    su_rows_add(rows, 0, CONNECTIONS, step);
    su_rows_add(rows, 0, TOTAL, mark->outcome <= SU_OUTCOME_UNJUDGED ? step : 0);
    su_rows_add(rows, 0, OPEN + mark->outcome, step);
    if (mark->open == 0)
        return;
    if (step > 0)
        su_extreme_put(&state->peak, -(int64_t)mark->open);
    else
        su_extreme_take(&state->peak, -(int64_t)mark->open);
    su_extreme_least(&state->peak, &peak);
    su_rows_set(rows, 0, PEAK_OPEN, SU_CELL_OF_COUNT((uint64_t)-peak));
}

static void count(struct su_rows *rows, const struct mark *mark, int64_t step)
{
    if (!mark->counted)
        return;
    if (mark->protocol == SU_PROTOCOL_UDP)
        su_rows_add(rows, 0, UDP, step);
    else
        count_tcp(rows, mark, step);
}

static void touch(struct su_rows *rows, void *memory, const struct su_view *view)
{
    struct mark *mark = memory;
    struct mark now = {0};

    if (view)
        now = (struct mark){view->open, view->outcome, view->protocol, true};
    if (now.open == mark->open && now.outcome == mark->outcome && now.counted == mark->counted &&
        now.protocol == mark->protocol)
        return;
    count(rows, mark, -1);
    count(rows, &now, 1);
    *mark = now;
}

static void clear_state(void *memory)
{
    struct state *state = memory;

    su_extreme_clear(&state->peak);
}

static void fold_state(void *memory)
{
    struct state *state = memory;

    su_extreme_fold(&state->peak);
}

static void fold_mark(struct su_rows *rows, const void *memory)
{
    const struct mark *mark = memory;
    struct state *state = su_rows_state(rows, 0);

    if (mark->counted && mark->open > 0)
        su_extreme_keep(&state->peak, -(int64_t)mark->open);
}

const struct su_report su_report_totals = {
    .id = "totals",
    .title = "Totals",
    .help = "All connections of the capture by what became of them",
    .columns = columns,
    .column_count = COLUMNS,
    .shape = SU_SHAPE_SINGLE,
    .in_all = SU_IN_ALL_TEXT | SU_IN_ALL_DATA,
    .mark_octets = sizeof(struct mark),
    .state_octets = sizeof(struct state),
    .prepare = prepare,
    .touch = touch,
    .clear_state = clear_state,
    .fold_state = fold_state,
    .fold_mark = fold_mark,
};
