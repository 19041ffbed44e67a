/* report_hosts.c: how many connections each host has, as a server and as a client. Each connection
 * counts twice: for its server's host and for its client's. UDP is not counted.
 * Total = Open + Linger + Closed + Aborted + Superseded + Unjudged, for every row.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reports.h"

#include "extreme.h"
#include "rows.h"

enum {
    ROLE,
    HOST,
    KEYS,
    TOTAL = KEYS,
    OUTCOME, /* + enum su_outcome */
    PEAK_OPEN = OUTCOME + SU_OUTCOME_COUNT,
    COLUMNS
};

#define COUNTER(key_, heading_, help_, rank_)                                                      \
    .key = (key_), .heading = (heading_), .help = (help_), .type = SU_CELL_COUNT, .width = 6,      \
    .rank = (rank_), .total = SU_TOTAL_SUM

/* clang-format off */
static const struct su_column columns[COLUMNS] = {
    [ROLE] = {.key = "role", .heading = "Role", .help = "Server or client",
              .type = SU_CELL_TEXT, .rank = 1},
    [HOST] = {.key = "host", .heading = "Host", .help = "Address of the host",
              .type = SU_CELL_ADDRESS, .width = 15, .rank = 1},
    [TOTAL] = {COUNTER("total", "Total", "Connections that were established", 1)},
    [OUTCOME + SU_OUTCOME_OPEN] = {COUNTER("open", "Open", "Neither side has begun to close", 1),
                                   .total_label = "Total no. of open sockets"},
    [OUTCOME + SU_OUTCOME_LINGER] = {COUNTER("linger", "Linger",
                                             "Closing began and is not complete", 1),
                                     .total_label = "Total no. of lingering sockets"},
    [OUTCOME + SU_OUTCOME_CLOSED] = {COUNTER("closed", "Closed", "Closed by both sides", 2)},
    [OUTCOME + SU_OUTCOME_ABORTED] = {COUNTER("aborted", "Aborted", "Ended by a RST", 2)},
    [OUTCOME + SU_OUTCOME_SUPERSEDED] = {COUNTER("superseded", "Superseded",
        "Replaced by a new connection of the same two sockets", 5)},
    [OUTCOME + SU_OUTCOME_UNJUDGED] = {COUNTER("unjudged", "Unjudged",
        "Closing began, but only one direction was captured", 5)},
    [OUTCOME + SU_OUTCOME_FAILED] = {COUNTER("failed", "Failed",
        "Attempts that were never established", 3)},
    [OUTCOME + SU_OUTCOME_PENDING] = {COUNTER("pending", "Pending",
        "Attempts without an answer yet when the capture ended", 4)},
    [OUTCOME + SU_OUTCOME_UNSOLICITED] = {COUNTER("unsolicited", "Unsolicited",
        "Answers to something that was not captured", 6)},
    [PEAK_OPEN] = {.key = "peak_open", .heading = "Peak open",
                   .help = "Most connections that the host had open at one time in this role",
                   .type = SU_CELL_COUNT, .rank = 3, .total = SU_TOTAL_NONE},
};
/* clang-format on */

static const char *const groups[] = {"server", "client", NULL};
enum { ROLES = 2 };

static const struct su_sort sort[] = {
    {TOTAL,                       true},
    {OUTCOME + SU_OUTCOME_OPEN,   true},
    {OUTCOME + SU_OUTCOME_LINGER, true},
};

/** How a connection was counted, by role. */
struct mark {
    uint32_t row[ROLES];
    uint32_t open[ROLES]; /* of the host when the connection opened; 0: it never did */
    uint8_t outcome;
    bool counted;
};

struct state {
    struct su_extreme peak; /* of negative values: the least is the most */
};

static void count_peak(struct su_rows *rows, uint32_t row, uint32_t open, int step)
{
    struct state *state = su_rows_state(rows, row);
    int64_t peak = 0;

    if (open == 0)
        return;
    if (step > 0)
        su_extreme_put(&state->peak, -(int64_t)open);
    else
        su_extreme_take(&state->peak, -(int64_t)open);
    su_extreme_least(&state->peak, &peak);
    su_rows_set(rows, row, PEAK_OPEN, SU_CELL_OF_COUNT((uint64_t)-peak));
}

static void count(struct su_rows *rows, const struct mark *mark, unsigned role, int step)
{
    uint32_t row = mark->row[role];

    if (step > 0)
        su_rows_hold(rows, row);
    su_rows_add(rows, row, TOTAL, mark->outcome <= SU_OUTCOME_UNJUDGED ? step : 0);
    su_rows_add(rows, row, OUTCOME + mark->outcome, step);
    count_peak(rows, row, mark->open[role], step);
    if (step < 0)
        su_rows_drop(rows, row);
}

static bool is_same(const struct mark *a, const struct mark *b, unsigned role)
{
    return a->counted == b->counted && a->outcome == b->outcome && a->row[role] == b->row[role] &&
           a->open[role] == b->open[role];
}

static uint32_t find(struct su_rows *rows, unsigned role, const struct su_cell *host, uint32_t hint)
{
    const struct su_cell key[KEYS] = {SU_CELL_OF_TEXT(groups[role]), *host};

    return su_rows_find(rows, key, hint);
}

static struct mark make_mark(struct su_rows *rows, const struct mark *before,
                             const struct su_view *view)
{
    struct mark mark = {
        .open = {view->server_open, view->client_open},
        .outcome = view->outcome,
        .counted = true,
    };
    struct su_cell server = su_cell_of_address(view->server.address, view->ip_version);
    struct su_cell client = su_cell_of_address(view->client.address, view->ip_version);

    mark.row[0] = find(rows, 0, &server, before->row[0]);
    mark.row[1] = find(rows, 1, &client, before->row[1]);
    return mark;
}

static void touch(struct su_rows *rows, void *memory, const struct su_view *view)
{
    struct mark *mark = memory;
    struct mark now = {0};

    if (view && view->protocol == SU_PROTOCOL_TCP)
        now = make_mark(rows, mark, view);
    for (unsigned role = 0; role < ROLES; role++) {
        if (is_same(mark, &now, role))
            continue;
        if (mark->counted)
            count(rows, mark, role, -1);
        if (now.counted)
            count(rows, &now, role, 1);
    }
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

    for (unsigned role = 0; role < ROLES; role++) {
        struct state *state;

        if (!mark->counted || mark->open[role] == 0)
            continue;
        state = su_rows_state(rows, mark->row[role]);
        su_extreme_keep(&state->peak, -(int64_t)mark->open[role]);
    }
}

const struct su_report su_report_hosts = {
    .id = "hosts",
    .title = "Sockets of each host",
    .help =
        "How many connections each host has as a server and as a client, and what became of them",
    .columns = columns,
    .column_count = COLUMNS,
    .key_count = KEYS,
    .sort = sort,
    .sort_count = sizeof sort / sizeof sort[0],
    .shape = SU_SHAPE_GROUPED,
    .groups = groups,
    .in_all = SU_IN_ALL_TEXT | SU_IN_ALL_DATA,
    .mark_octets = sizeof(struct mark),
    .state_octets = sizeof(struct state),
    .touch = touch,
    .clear_state = clear_state,
    .fold_state = fold_state,
    .fold_mark = fold_mark,
};
