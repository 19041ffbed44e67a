/* report.h: every report, described once: its columns, its rows, its order, its shape.
 * A report knows snapshots of connections and cells; nothing of packets, output or windows.
 *
 * There are two kinds.
 *
 * A summing report counts connections into rows that are keyed (a host, a service, a state ...).
 * It is right after every single call, and a connection that changes is counted anew:
 *
 *     const struct su_report *report = su_report_find("hosts");
 *     struct su_rows *rows = su_rows_new(report, &context, watcher);   // see rows.h
 *     void *mark = g_malloc0(report->mark_octets);      // one for each connection, all zero
 *     ...
 *     report->touch(rows, mark, &view);   // count it, in place of how it was counted before
 *     report->touch(rows, mark, &later);  // again, whenever the connection has changed
 *     report->touch(rows, mark, NULL);    // take it back: it is counted nowhere
 *     ...
 *     su_writer_rows(writer, rows);       // see render/writer.h; sorted, complete
 *
 * A listing report has lines of its own for each connection (or exchange, or packet) and adds
 * nothing up; whoever runs it goes through the connections in order:
 *
 *     struct su_line line;
 *     struct su_source source = {.view = &view};
 *     for (size_t i = 0; i < report->lines(&source); i++) {
 *         report->fill(&source, i, &line);
 *         su_writer_row(writer, line.cells);
 *     }
 *
 * The order to go in: TCP connections by number, then UDP conversations by number (flows); the
 * exchanges of a connection by number (exchanges); packets by frame number (ladder).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_REPORT_H
#define SU_SCHEMA_REPORT_H

#include "engine/view.h"

#include "cell.h"

struct su_rows;

/* ---- columns ----------------------------------------------------------------------------- */

/* What the last line of a text table says below a column. */
enum su_total_rule { SU_TOTAL_NONE = 0, SU_TOTAL_SUM, SU_TOTAL_MIN, SU_TOTAL_MAX };

/* How a listing report finds the value of a column in the record that it lists. */
enum su_value_kind {
    SU_VALUE_NONE = 0,
    SU_VALUE_U8,
    SU_VALUE_U16,
    SU_VALUE_U32,
    SU_VALUE_U64,
    SU_VALUE_FRAME, /* uint32_t; 0: there is no such frame */
    SU_VALUE_FLAG,  /* bool */
    SU_VALUE_TIME,  /* int64_t nanoseconds; SU_TIME_NONE: unknown */
    SU_VALUE_WORD,  /* an octet, which is an index of words; "" is none */
    SU_VALUE_CHARS, /* char[]; "" is none */
    SU_VALUE_STAMP, /* the same, but since the epoch */
    SU_VALUE_TEXT,  /* const char *; NULL is none */
    SU_VALUE_IP     /* const uint8_t *, of the version that report->fill knows */
};

struct su_value {
    uint8_t kind; /* enum su_value_kind */
    uint8_t only; /* meaning is the report's: when the value applies; 0: always */
    uint16_t offset;
    const char *const *words; /* SU_VALUE_WORD */
    size_t word_count;
};

/** A column. Its type says how cells are aligned and compared; a cell may still be NONE. */
struct su_column {
    const char *key; /* name in JSON and CSV, never changes; a dot opens an object: "client.addr".
                        NULL: not there, only in text and windows */
    const char *heading; /* in text and windows, short */
    const char *unit;    /* of numbers in text and windows: "ms" and "s" for spans; NULL: none */
    const char *help;    /* one sentence */
    enum su_cell_type type;
    uint8_t width; /* least width in text */
    uint8_t rank;  /* in text and windows: 0 never, 1 always, 2 and more as far as there is room */
    uint8_t total; /* enum su_total_rule */
    const char *total_label; /* "Total no. of open sockets": gets a line of its own after the table,
                                and a member of its own next to the groups of SU_SHAPE_GROUPED */
    struct su_value value;   /* listing reports only */
};

enum { SU_COLUMNS_MAX = 96 };

/* ---- what reports are made from ---------------------------------------------------------- */

/** Named filters of the report "handshakes": which of them a connection matches. A connection that
 *  an excluding filter matches, matches none. Give `user` to keep state. */
struct su_named_filters {
    size_t count; /* at most SU_NAMED_FILTERS_MAX */
    const char *(*name)(const struct su_named_filters *self, size_t i);
    bool (*match)(const struct su_named_filters *self, size_t i, const struct su_view *view);
    const void *user;
};

enum { SU_NAMED_FILTERS_MAX = 64 };

/** "RX" and "TX", each matching every connection: what tcpeek does without an expression, where
 *  nobody has said which addresses are ours. */
extern const struct su_named_filters su_named_filters_default;

/** What summing reports need besides connections. Must outlive the rows. */
struct su_context {
    const struct su_named_filters *filters; /* NULL: su_named_filters_default */
};

/** A request and its response. Unknown times are SU_TIME_NONE; missing frames are 0. */
struct su_report_exchange {
    int64_t start_ns;           /* since the epoch: the request's first octet, or the greeting's */
    int64_t request_spread_ns;  /* first to last packet of the request */
    int64_t start_latency_ns;   /* request's first packet to the response's first */
    int64_t finish_latency_ns;  /* request's first packet to the response's last */
    int64_t service_time_ns;    /* request's last packet to the response's first */
    int64_t server_think_ns;    /* the same less the time to acknowledge the request */
    int64_t response_spread_ns; /* first to last packet of the response */
    int64_t client_think_ns;    /* response's last packet to the next request's first */
    int64_t largest_gap_ns;     /* within the response */
    uint64_t request_octets;
    uint64_t response_octets;
    uint32_t request_first_frame, request_last_frame;
    uint32_t response_first_frame, response_last_frame;
    uint32_t largest_gap_frame;    /* the packet that ended it */
    uint32_t number;               /* from 1; 0: the server spoke first (greeting) */
    uint32_t long_gaps;            /* within the response, not below the threshold */
    const char *largest_gap_cause; /* NULL: none known */
    bool greeting;
    bool unanswered;
    bool overlap;             /* the client sent more while the response was under way */
    bool rexmt;               /* something of it was retransmitted */
    bool tls;                 /* request or response begins with a TLS record ... */
    bool tls_handshake;       /* ... that is no application data */
    struct su_cell_gaps gaps; /* before each packet of the response; owned by who gives it */
};

/** The exchanges of one connection. */
struct su_exchange_list {
    size_t count;
    void (*get)(const struct su_exchange_list *self, size_t i, struct su_report_exchange *exchange);
    const void *user;
};

/** A packet of a connection, for the ladder. */
struct su_ladder_packet {
    int64_t time_ns; /* since the connection's first packet */
    uint32_t frame;
    uint32_t seq, ack; /* relative to each side's initial number */
    uint32_t payload_octets;
    uint32_t window;       /* octets: scaled, but on a SYN never (RFC 7323 section 2.2) */
    uint8_t flags;         /* SU_SYN, SU_ACK ... */
    uint8_t from;          /* enum su_role */
    bool has_window_scale; /* false: the factor is not known, `window` is as on the wire */
};

/** What a listing report lists lines of. */
struct su_source {
    const struct su_view *view;
    const struct su_exchange_list *exchanges; /* "exchanges" only; NULL: this one has none */
    const struct su_ladder_packet *packet;    /* "ladder" only */
};

/** A line of a listing report. Its texts live as long as the line and its source do. */
struct su_line {
    struct su_cell cells[SU_COLUMNS_MAX];
    struct su_report_exchange exchange; /* where cells of "exchanges" point to */
    char text[256];                     /* where texts made for this line are */
};

/* ---- reports ----------------------------------------------------------------------------- */

/* How structured formats lay out the rows; text follows the same hint. But for the first two shapes
 * the first column is text. */
enum su_shape {
    SU_SHAPE_LIST = 0,   /* [{...}, ...] */
    SU_SHAPE_SINGLE,     /* {...}: there is one row */
    SU_SHAPE_KEYED,      /* {"first column": {...}, ...} */
    SU_SHAPE_NAMED_LIST, /* [{"first column": {...}}, ...] */
    SU_SHAPE_GROUPED     /* {"first column": [{...}, ...], ..., "key of a labelled total": n} */
};

/* Where "all" has a report: people get what fits a few pages, machines get everything. */
enum { SU_IN_ALL_TEXT = 1 << 0, SU_IN_ALL_DATA = 1 << 1 };

struct su_sort {
    uint8_t column;
    bool descending;
};

struct su_report {
    const char *id;    /* in -z sockusage,<id>; never changes */
    const char *title; /* of windows and tables */
    const char *help;  /* one sentence */
    const struct su_column *columns;
    size_t column_count;        /* at most SU_COLUMNS_MAX */
    size_t key_count;           /* so many of the first columns name a row */
    const struct su_sort *sort; /* then by the key; NULL: in the order in which rows came to be */
    size_t sort_count;
    enum su_shape shape;
    const char *const *groups; /* SU_SHAPE_GROUPED: texts of the first column in order, then NULL */
    uint8_t in_all; /* SU_IN_ALL_*: part of "all", which has the reports in su_reports' order */

    /* Summing reports: touch is set. */
    size_t mark_octets;  /* of what is kept for every connection */
    size_t state_octets; /* of what is kept for every row besides its cells; 0: nothing */
    void (*prepare)(struct su_rows *rows); /* NULL: no rows are there from the start */
    void (*touch)(struct su_rows *rows, void *mark, const struct su_view *view);
    void (*clear_state)(void *state); /* NULL: there is nothing to free in it */
    void (*fold_state)(void *state);  /* no connection counted so far will change any more; NULL:
                                         nothing becomes less by that */
    void (*fold_mark)(struct su_rows *rows, const void *mark); /* likewise of one connection */

    /* Listing reports: lines and fill are set. */
    size_t (*lines)(const struct su_source *source);
    void (*fill)(const struct su_source *source, size_t i, struct su_line *line);
};

/** All reports, in the order in which users are told of them. */
extern const struct su_report *const su_reports[];
extern const size_t su_report_count;

/** The report of that name; NULL if there is none. */
const struct su_report *su_report_find(const char *id);

static inline bool su_report_is_summing(const struct su_report *report)
{
    return report->touch != NULL;
}

/** Listing reports: the cell of a column as it stands in `record`. An SU_VALUE_IP is read as of
 *  `version`. */
struct su_cell su_value_read(const struct su_column *column, const void *record, unsigned version);

/** Sums, least and greatest values: take `cells` into `totals`, which begin all zero. */
void su_totals_add(const struct su_report *report, struct su_cell *totals,
                   const struct su_cell *cells);

#endif
