/* report_states.c: how many sockets are in which state, as netstat would say on both hosts at once.
 * Each connection has two sockets, and so has a UDP conversation, if both have sent. The rows, the
 * columns and their order are those of network-connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reports.h"

#include "rows.h"

enum { SOCKETS, FIRST_STATE, COLUMNS = FIRST_STATE + SU_STATE_COUNT };

/* Rows. */
enum { TCP4, TCP6, UDP4, UDP6, TCP, UDP, ALL, ROWS };

static const char *const row_names[ROWS] = {"tcp4", "tcp6", "udp4", "udp6", "tcp", "udp", "all"};

/* Columns by state, and headings in the order of the columns. */
enum {
    C_FIN_WAIT1 = FIRST_STATE,
    C_ESTABLISHED,
    C_TIME_WAIT,
    C_CLOSE,
    C_SYN_SENT,
    C_SYN_RECV,
    C_FIN_WAIT2,
    C_LISTEN,
    C_CLOSING,
    C_CLOSE_WAIT,
    C_LAST_ACK,
    C_UNKNOWN
};

#define STATE(name, help)                                                                          \
    [C_##name] = {#name, #name, NULL, help, SU_CELL_COUNT, .width = 7, .rank = 1}
#define COLUMN(name) [SU_STATE_##name] = C_##name

/* clang-format off */
static const struct su_column columns[COLUMNS] = {
    [SOCKETS] = {"sockets", "Sockets", NULL, "Protocol and version of IP", SU_CELL_TEXT, .rank = 1},
    STATE(FIN_WAIT1, "The socket is closed, its FIN is not acknowledged yet"),
    STATE(ESTABLISHED, "The connection is established; a UDP socket has sent"),
    STATE(TIME_WAIT, "Closed, waiting for stray segments"),
    STATE(CLOSE, "The socket is not used any more, or nobody listens"),
    STATE(SYN_SENT, "A SYN was sent and not answered"),
    STATE(SYN_RECV, "A SYN-ACK was sent and not acknowledged"),
    STATE(FIN_WAIT2, "The socket is closed and waits for the other side to close"),
    STATE(LISTEN, "A SYN came, no answer was seen"),
    STATE(CLOSING, "Both sides have closed, the last FIN is not acknowledged yet"),
    STATE(CLOSE_WAIT, "The other side has closed, this one has not"),
    STATE(LAST_ACK, "Both sides have closed, this socket waits for the last ACK"),
    STATE(UNKNOWN, "Nothing was seen that would tell"),
};
/* clang-format on */

static const uint8_t state_columns[SU_STATE_COUNT] = {
    COLUMN(FIN_WAIT1), COLUMN(ESTABLISHED), COLUMN(TIME_WAIT), COLUMN(CLOSE),
    COLUMN(SYN_SENT),  COLUMN(SYN_RECV),    COLUMN(FIN_WAIT2), COLUMN(LISTEN),
    COLUMN(CLOSING),   COLUMN(CLOSE_WAIT),  COLUMN(LAST_ACK),  COLUMN(UNKNOWN),
};

/* Rows that a connection counts in. */
static const uint8_t rows_of[2][2][3] = {
    [SU_PROTOCOL_TCP] = {{TCP4, TCP, ALL}, {TCP6, TCP, ALL}},
    [SU_PROTOCOL_UDP] = {{UDP4, UDP, ALL}, {UDP6, UDP, ALL}},
};

struct mark {
    uint8_t column[2]; /* of both sockets; 0: not counted */
    uint8_t protocol;
    uint8_t v6;
};

static void prepare(struct su_rows *rows)
{
    for (uint32_t row = 0; row < ROWS; row++) {
        struct su_cell key = SU_CELL_OF_TEXT(row_names[row]);

        su_rows_hold(rows, su_rows_find(rows, &key, row));
    }
}

static void count(struct su_rows *rows, const struct mark *mark, int step)
{
    const uint8_t *of = rows_of[mark->protocol][mark->v6];

    for (unsigned i = 0; i < 3; i++)
        for (unsigned socket = 0; socket < 2; socket++)
            if (mark->column[socket])
                su_rows_add(rows, of[i], mark->column[socket], step);
}

/* A UDP socket that has never sent may not even be there. */
static uint8_t column_of(const struct su_view *view, const struct su_view_side *side)
{
    if (view->protocol == SU_PROTOCOL_UDP && side->state == SU_STATE_UNKNOWN)
        return 0;
    return state_columns[side->state];
}

static void touch(struct su_rows *rows, void *memory, const struct su_view *view)
{
    struct mark *mark = memory;
    struct mark now = {{0}, 0, 0};

    if (view)
        now = (struct mark){
            {column_of(view, &view->client), column_of(view, &view->server)},
            view->protocol,
            view->ip_version == 6,
        };
    if (now.column[0] == mark->column[0] && now.column[1] == mark->column[1] &&
        now.protocol == mark->protocol && now.v6 == mark->v6)
        return;
    count(rows, mark, -1);
    count(rows, &now, 1);
    *mark = now;
}

const struct su_report su_report_states = {
    .id = "states",
    .title = "Sockets by state",
    .help = "How many sockets are in which state, by protocol, in the shape of network-connections",
    .columns = columns,
    .column_count = COLUMNS,
    .key_count = 1,
    .shape = SU_SHAPE_KEYED,
    .in_all = SU_IN_ALL_TEXT | SU_IN_ALL_DATA,
    .mark_octets = sizeof(struct mark),
    .prepare = prepare,
    .touch = touch,
};
