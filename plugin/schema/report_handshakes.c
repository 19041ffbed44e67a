/* report_handshakes.c: handshakes that succeeded or failed, for each named filter, as tcpeek counts
 * them: a success may have repeated its SYN or SYN-ACK; a failure timed out, was rejected by a RST,
 * or met an ICMP error. Other ends (the client gave up, the capture ended) are neither.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reports.h"

#include "rows.h"

enum {
    NAME,
    NUMBER, /* two filters may have one name */
    KEYS,
    SUCCESS = KEYS,
    SUCCESS_DUP_SYN,
    SUCCESS_DUP_SYNACK,
    FAILURE,
    FAILURE_TIMEOUT,
    FAILURE_REJECT,
    FAILURE_UNREACH,
    COLUMNS
};

#define COUNTER(key, heading, help)                                                                \
    {                                                                                              \
        key, heading, NULL, help, SU_CELL_COUNT, .width = 6, .rank = 1                             \
    }

/* clang-format off */
static const struct su_column columns[COLUMNS] = {
    [NAME] = {"name", "Filter", NULL, "Name of the filter", SU_CELL_TEXT, .width = 8, .rank = 1},
    [NUMBER] = {NULL, "Number", NULL, "Number of the filter", SU_CELL_COUNT},
    [SUCCESS] = {"success.total", "Success", "session", "Handshakes that were completed",
                 SU_CELL_COUNT, .width = 6, .rank = 1},
    [SUCCESS_DUP_SYN] = COUNTER("success.dupsyn", "SYN Segment Duplicate",
                                "Completed handshakes whose SYN was repeated"),
    [SUCCESS_DUP_SYNACK] = COUNTER("success.dupsynack", "S/A Segment Duplicate",
                                   "Completed handshakes whose SYN-ACK was repeated"),
    [FAILURE] = {"failure.total", "Failure", "session", "Attempts that failed", SU_CELL_COUNT,
                 .width = 6, .rank = 1},
    [FAILURE_TIMEOUT] = COUNTER("failure.timeout", "Connection Timed Out",
                                "Attempts that were not answered in time"),
    [FAILURE_REJECT] = COUNTER("failure.reject", "Connection Rejected",
                               "Attempts answered by a RST"),
    [FAILURE_UNREACH] = COUNTER("failure.unreach", "ICMP Unreachable",
                                "Attempts answered by an ICMP error"),
};
/* clang-format on */

/* Which column a handshake counts in; 0: none. */
static const uint8_t result_columns[SU_HANDSHAKE_COUNT] = {
    [SU_HANDSHAKE_COMPLETE_SIMUL] = SUCCESS,    [SU_HANDSHAKE_COMPLETE_TFO] = SUCCESS,
    [SU_HANDSHAKE_COMPLETE] = SUCCESS,          [SU_HANDSHAKE_INFERRED] = SUCCESS,
    [SU_HANDSHAKE_REFUSED] = FAILURE_REJECT,    [SU_HANDSHAKE_ICMP_HARD] = FAILURE_UNREACH,
    [SU_HANDSHAKE_ICMP_SOFT] = FAILURE_UNREACH, [SU_HANDSHAKE_TIMEOUT] = FAILURE_TIMEOUT,
};

struct mark {
    uint64_t filters; /* bit i: filter i matched */
    uint8_t result;   /* column; 0: not counted */
    bool dup_syn, dup_synack;
};

static const char *default_name(const struct su_named_filters *self, size_t i)
{
    (void)self;
    return i == 0 ? "RX" : "TX";
}

static bool default_match(const struct su_named_filters *self, size_t i, const struct su_view *view)
{
    (void)self;
    (void)i;
    (void)view;
    return true;
}

const struct su_named_filters su_named_filters_default = {2, default_name, default_match, NULL};

static size_t filter_count(const struct su_named_filters *filters)
{
    return filters->count < SU_NAMED_FILTERS_MAX ? filters->count : SU_NAMED_FILTERS_MAX;
}

static void prepare(struct su_rows *rows)
{
    const struct su_named_filters *filters = su_rows_context(rows)->filters;

    for (size_t i = 0; i < filter_count(filters); i++) {
        const struct su_cell key[KEYS] = {SU_CELL_OF_TEXT(filters->name(filters, i)),
                                          SU_CELL_OF_COUNT(i)};

        su_rows_hold(rows, su_rows_find(rows, key, (uint32_t)i));
    }
}

static void count_in(struct su_rows *rows, uint32_t row, const struct mark *mark, int step)
{
    if (mark->result != SUCCESS) {
        su_rows_add(rows, row, FAILURE, step);
        su_rows_add(rows, row, mark->result, step);
        return;
    }
    su_rows_add(rows, row, SUCCESS, step);
    su_rows_add(rows, row, SUCCESS_DUP_SYN, mark->dup_syn ? step : 0);
    su_rows_add(rows, row, SUCCESS_DUP_SYNACK, mark->dup_synack ? step : 0);
}

static void count(struct su_rows *rows, const struct mark *mark, int step)
{
    for (uint32_t row = 0; mark->result && row < SU_NAMED_FILTERS_MAX; row++)
        if (mark->filters >> row & 1)
            count_in(rows, row, mark, step);
}

static struct mark make_mark(const struct su_named_filters *filters, const struct su_view *view)
{
    struct mark mark = {
        .result = result_columns[view->handshake],
        .dup_syn = view->dup_syn > 0,
        .dup_synack = view->dup_synack > 0,
    };

    for (size_t i = 0; mark.result && i < filter_count(filters); i++)
        if (filters->match(filters, i, view))
            mark.filters |= UINT64_C(1) << i;
    return mark;
}

static void touch(struct su_rows *rows, void *memory, const struct su_view *view)
{
    struct mark *mark = memory;
    struct mark now = {0};

    if (view && view->protocol == SU_PROTOCOL_TCP)
        now = make_mark(su_rows_context(rows)->filters, view);
    if (now.filters == mark->filters && now.result == mark->result &&
        now.dup_syn == mark->dup_syn && now.dup_synack == mark->dup_synack)
        return;
    count(rows, mark, -1);
    count(rows, &now, 1);
    *mark = now;
}

const struct su_report su_report_handshakes = {
    .id = "handshakes",
    .title = "Handshake summary",
    .help = "Handshakes that succeeded or failed, for each named filter, in the shape of tcpeek",
    .columns = columns,
    .column_count = COLUMNS,
    .key_count = KEYS,
    .shape = SU_SHAPE_NAMED_LIST,
    .in_all = SU_IN_ALL_TEXT | SU_IN_ALL_DATA,
    .mark_octets = sizeof(struct mark),
    .prepare = prepare,
    .touch = touch,
};
