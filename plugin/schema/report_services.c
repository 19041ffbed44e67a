/* report_services.c: how the attempts to connect to each server socket went.
 * An attempt is what began with a SYN; a connection that was under way when the capture began is
 * none, but may be open. Attempts are shared out among the columns from "completed" to "pending".
 * Repetitions are counted as tcpeek does: attempts with any, not how many. UDP is not counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reports.h"

#include "extreme.h"
#include "rows.h"
#include "span_sum.h"

enum {
    ADDRESS,
    PORT,
    KEYS,
    ATTEMPTS = KEYS,
    COMPLETED,
    REFUSED,
    UNREACHABLE,
    TIMED_OUT,
    RESET_BY_CLIENT,
    NO_ACK,
    MISMATCHED,
    PENDING,
    DUP_SYN,
    DUP_SYNACK,
    OPEN,
    LINGER,
    PEAK_OPEN,
    RTT_MIN,
    RTT_AVG,
    RTT_MAX,
    COLUMNS
};

#define COUNTER(key, heading, help, rank_)                                                         \
    {                                                                                              \
        key, heading, NULL, help, SU_CELL_COUNT, .rank = (rank_), .total = SU_TOTAL_SUM            \
    }
#define TIME(key, heading, help, total_)                                                           \
    {                                                                                              \
        key, heading, "ms", help, SU_CELL_SPAN, .rank = 3, .total = (total_)                       \
    }

/* clang-format off */
static const struct su_column columns[COLUMNS] = {
    [ADDRESS] = {"addr", "Server", NULL, "Address of the server", SU_CELL_ADDRESS, .width = 15,
                 .rank = 1},
    [PORT] = {"port", "Port", NULL, "Port of the server", SU_CELL_COUNT, .width = 5, .rank = 1},
    [ATTEMPTS] = COUNTER("attempts", "Attempts", "Connections that began with a SYN", 1),
    [COMPLETED] = COUNTER("completed", "Completed", "Established", 1),
    [REFUSED] = COUNTER("refused", "Refused", "The server answered with a RST", 1),
    [UNREACHABLE] = COUNTER("unreachable", "Unreach- able", "Answered by an ICMP error", 1),
    [TIMED_OUT] = COUNTER("timed_out", "Timed out", "Not answered in time", 1),
    [RESET_BY_CLIENT] = COUNTER("reset_by_client", "Reset by client",
                                "The client gave up or answered the SYN-ACK with a RST", 2),
    [NO_ACK] = COUNTER("no_ack", "No ACK", "The SYN-ACK was never acknowledged", 2),
    [MISMATCHED] = COUNTER("mismatched", "Mis- matched",
                           "Answered with numbers of another connection", 4),
    [PENDING] = COUNTER("pending", "Pending", "Not answered yet when the capture ended", 2),
    [DUP_SYN] = COUNTER("dup_syn", "Dup SYN", "Attempts whose SYN was repeated", 1),
    [DUP_SYNACK] = COUNTER("dup_synack", "Dup S/A", "Attempts whose SYN-ACK was repeated", 1),
    [OPEN] = COUNTER("open", "Open", "Connections that neither side has begun to close", 1),
    [LINGER] = COUNTER("linger", "Linger", "Closing began and is not complete", 2),
    [PEAK_OPEN] = {"peak_open", "Peak open", NULL, "Most connections open at one time",
                   SU_CELL_COUNT, .rank = 2},
    [RTT_MIN] = TIME("syn_rtt.min", "RTT min", "Shortest time from SYN to SYN-ACK", SU_TOTAL_MIN),
    [RTT_AVG] = TIME("syn_rtt.avg", "RTT avg", "Average time from SYN to SYN-ACK", SU_TOTAL_NONE),
    [RTT_MAX] = TIME("syn_rtt.max", "RTT max", "Longest time from SYN to SYN-ACK", SU_TOTAL_MAX),
};
/* clang-format on */

/* Which column a handshake counts in; 0: it was no attempt that could be seen. */
static const uint8_t result_columns[SU_HANDSHAKE_COUNT] = {
    [SU_HANDSHAKE_COMPLETE_SIMUL] = COMPLETED,
    [SU_HANDSHAKE_COMPLETE_TFO] = COMPLETED,
    [SU_HANDSHAKE_COMPLETE] = COMPLETED,
    [SU_HANDSHAKE_INFERRED] = COMPLETED,
    [SU_HANDSHAKE_REFUSED] = REFUSED,
    [SU_HANDSHAKE_RESET_CLIENT] = RESET_BY_CLIENT,
    [SU_HANDSHAKE_ABORTED_CLIENT] = RESET_BY_CLIENT,
    [SU_HANDSHAKE_NO_ACK] = NO_ACK,
    [SU_HANDSHAKE_ICMP_HARD] = UNREACHABLE,
    [SU_HANDSHAKE_ICMP_SOFT] = UNREACHABLE,
    [SU_HANDSHAKE_STALE_SYNACK] = MISMATCHED,
    [SU_HANDSHAKE_CHALLENGED] = MISMATCHED,
    [SU_HANDSHAKE_TIMEOUT] = TIMED_OUT,
    [SU_HANDSHAKE_PENDING] = PENDING,
};

static const struct su_sort sort[] = {
    {ATTEMPTS, true},
    {OPEN,     true},
};

struct mark {
    int64_t rtt_ns; /* negative: unknown */
    uint32_t row;
    uint32_t open;  /* connections of the service when this one opened; 0: it never did */
    uint8_t result; /* column; 0: none */
    uint8_t outcome;
    bool dup_syn, dup_synack;
    bool counted;
};

struct state {
    struct su_extreme peak;    /* of negative values: the least is the most */
    struct su_extreme longest; /* of negative values, too */
    struct su_extreme shortest;
    struct su_span_sum rtt;
};

static void put(struct su_extreme *extreme, int64_t value, int step)
{
    if (step > 0)
        su_extreme_put(extreme, value);
    else
        su_extreme_take(extreme, value);
}

static void count_peak(struct su_rows *rows, const struct mark *mark, int step)
{
    struct state *state = su_rows_state(rows, mark->row);
    int64_t peak = 0;

    if (mark->open == 0)
        return;
    put(&state->peak, -(int64_t)mark->open, step);
    su_extreme_least(&state->peak, &peak);
    su_rows_set(rows, mark->row, PEAK_OPEN, SU_CELL_OF_COUNT((uint64_t)-peak));
}

static void show_rtt(struct su_rows *rows, uint32_t row)
{
    const struct state *state = su_rows_state(rows, row);
    struct su_cell shortest = SU_CELL_OF_NONE();
    struct su_cell average = SU_CELL_OF_NONE();
    struct su_cell longest = SU_CELL_OF_NONE();
    int64_t value;

    if (su_extreme_least(&state->shortest, &value))
        shortest = SU_CELL_OF_SPAN(value);
    if (su_extreme_least(&state->longest, &value))
        longest = SU_CELL_OF_SPAN(-value);
    if (state->rtt.count > 0)
        average = SU_CELL_OF_SPAN(su_span_sum_mean(&state->rtt));
    su_rows_set(rows, row, RTT_MIN, shortest);
    su_rows_set(rows, row, RTT_AVG, average);
    su_rows_set(rows, row, RTT_MAX, longest);
}

static void count_rtt(struct su_rows *rows, const struct mark *mark, int step)
{
    struct state *state = su_rows_state(rows, mark->row);

    if (mark->rtt_ns < 0)
        return;
    put(&state->shortest, mark->rtt_ns, step);
    put(&state->longest, -mark->rtt_ns, step);
    su_span_sum_count(&state->rtt, mark->rtt_ns, step);
    show_rtt(rows, mark->row);
}

static void count(struct su_rows *rows, const struct mark *mark, int step)
{
    uint32_t row = mark->row;

    if (!mark->counted)
        return;
    if (step > 0)
        su_rows_hold(rows, row);
    if (mark->result) {
        su_rows_add(rows, row, ATTEMPTS, step);
        su_rows_add(rows, row, mark->result, step);
        su_rows_add(rows, row, DUP_SYN, mark->dup_syn ? step : 0);
        su_rows_add(rows, row, DUP_SYNACK, mark->dup_synack ? step : 0);
    }
    su_rows_add(rows, row, OPEN, mark->outcome == SU_OUTCOME_OPEN ? step : 0);
    su_rows_add(rows, row, LINGER, mark->outcome == SU_OUTCOME_LINGER ? step : 0);
    count_peak(rows, mark, step);
    count_rtt(rows, mark, step);
    if (step < 0)
        su_rows_drop(rows, row);
}

static bool is_same(const struct mark *a, const struct mark *b)
{
    return a->rtt_ns == b->rtt_ns && a->row == b->row && a->open == b->open &&
           a->result == b->result && a->outcome == b->outcome && a->dup_syn == b->dup_syn &&
           a->dup_synack == b->dup_synack && a->counted == b->counted;
}

static struct mark make_mark(struct su_rows *rows, uint32_t hint, const struct su_view *view)
{
    const struct su_cell key[KEYS] = {
        su_cell_of_address(view->server.address, view->ip_version),
        SU_CELL_OF_COUNT(view->server.port),
    };

    return (struct mark){
        .rtt_ns = view->syn_rtt_ns,
        .row = su_rows_find(rows, key, hint),
        .open = view->service_open,
        .result = result_columns[view->handshake],
        .outcome = view->outcome,
        .dup_syn = view->dup_syn > 0,
        .dup_synack = view->dup_synack > 0,
        .counted = true,
    };
}

static void touch(struct su_rows *rows, void *memory, const struct su_view *view)
{
    struct mark *mark = memory;
    struct mark now = {0};

    if (view && view->protocol == SU_PROTOCOL_TCP && view->outcome != SU_OUTCOME_UNSOLICITED)
        now = make_mark(rows, mark->row, view);
    if (is_same(mark, &now))
        return;
    count(rows, mark, -1);
    count(rows, &now, 1);
    *mark = now;
}

static void clear_state(void *memory)
{
    struct state *state = memory;

    su_extreme_clear(&state->peak);
    su_extreme_clear(&state->longest);
    su_extreme_clear(&state->shortest);
}

static void fold_state(void *memory)
{
    struct state *state = memory;

    su_extreme_fold(&state->peak);
    su_extreme_fold(&state->longest);
    su_extreme_fold(&state->shortest);
}

static void fold_mark(struct su_rows *rows, const void *memory)
{
    const struct mark *mark = memory;
    struct state *state;

    if (!mark->counted)
        return;
    state = su_rows_state(rows, mark->row);
    if (mark->open > 0)
        su_extreme_keep(&state->peak, -(int64_t)mark->open);
    if (mark->rtt_ns < 0)
        return;
    su_extreme_keep(&state->shortest, mark->rtt_ns);
    su_extreme_keep(&state->longest, -mark->rtt_ns);
}

const struct su_report su_report_services = {
    .id = "services",
    .title = "Attempts to connect to each service",
    .help = "What came of the attempts to connect to each server address and port, and how quickly",
    .columns = columns,
    .column_count = COLUMNS,
    .key_count = KEYS,
    .sort = sort,
    .sort_count = sizeof sort / sizeof sort[0],
    .shape = SU_SHAPE_LIST,
    .in_all = SU_IN_ALL_DATA,
    .mark_octets = sizeof(struct mark),
    .state_octets = sizeof(struct state),
    .touch = touch,
    .clear_state = clear_state,
    .fold_state = fold_state,
    .fold_mark = fold_mark,
};
