/* overview.h: the overview tree as numbers: which rows a connection counts in, and the counts.
 * Knows snapshots (engine/view.h) only; who draws the rows, and when, is not its business.
 * Rows: outcomes, handshakes, closes, socket states, SYN round trip times, servers and clients.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_OVERVIEW_H
#define SU_SCHEMA_OVERVIEW_H

#include "engine/view.h"

/* Round trip times are counted in these ranges; the limits are in overview_rows.c. */
enum { SU_OVERVIEW_RTT_RANGES = 7 };

/* Hosts per role that get a row of their own, in order of appearance; the others share one. A
 * Wireshark statistics tree walks all children of a row to add one. */
enum { SU_OVERVIEW_HOSTS_MAX = 1000 };

/* Rows known beforehand. "+ enum x": one row for every x, although not all of them are ever used.
 * Rows from SU_OVERVIEW_FIXED on belong to hosts, SU_OVERVIEW_HOST_ROWS to each. */
enum su_overview_row {
    SU_OVERVIEW_CONNECTIONS = 0,
    SU_OVERVIEW_ESTABLISHED, /* the seed's Total: open + linger + ... + unjudged */
    SU_OVERVIEW_OUTCOME,     /* + enum su_outcome */
    SU_OVERVIEW_HANDSHAKES = SU_OVERVIEW_OUTCOME + SU_OUTCOME_COUNT,
    SU_OVERVIEW_HANDSHAKE, /* + enum su_handshake */
    SU_OVERVIEW_CLOSES = SU_OVERVIEW_HANDSHAKE + SU_HANDSHAKE_COUNT,
    SU_OVERVIEW_CLOSE,                                         /* + enum su_close */
    SU_OVERVIEW_CLOSE_BY = SU_OVERVIEW_CLOSE + SU_CLOSE_COUNT, /* + close * roles + enum su_role */
    SU_OVERVIEW_CLOSERS = SU_OVERVIEW_CLOSE_BY + SU_CLOSE_COUNT * SU_ROLE_COUNT,
    SU_OVERVIEW_CLOSER, /* + enum su_role */
    SU_OVERVIEW_SOCKETS = SU_OVERVIEW_CLOSER + SU_ROLE_COUNT,
    SU_OVERVIEW_CLIENT_SOCKETS,
    SU_OVERVIEW_SERVER_SOCKETS,
    SU_OVERVIEW_CLIENT_STATE,                                             /* + enum su_state */
    SU_OVERVIEW_SERVER_STATE = SU_OVERVIEW_CLIENT_STATE + SU_STATE_COUNT, /* + enum su_state */
    SU_OVERVIEW_RTT = SU_OVERVIEW_SERVER_STATE + SU_STATE_COUNT,
    SU_OVERVIEW_RTT_RANGE, /* + range */
    SU_OVERVIEW_SERVERS = SU_OVERVIEW_RTT_RANGE + SU_OVERVIEW_RTT_RANGES,
    SU_OVERVIEW_CLIENTS,
    SU_OVERVIEW_FIXED
};

/* The rows of one host, relative to its first. */
enum su_overview_host_row {
    SU_OVERVIEW_HOST = 0, /* all its connections, named by its address */
    SU_OVERVIEW_HOST_TOTAL,
    SU_OVERVIEW_HOST_OPEN,
    SU_OVERVIEW_HOST_LINGER,
    SU_OVERVIEW_HOST_FAILED, /* failed, pending or unsolicited */
    SU_OVERVIEW_HOST_ROWS
};

#define SU_OVERVIEW_NOWHERE UINT32_MAX

/** What is known of a row before anything is counted. */
struct su_overview_row_info {
    const char *name; /* NULL: this row is never used */
    uint32_t parent;  /* SU_OVERVIEW_NOWHERE: a top row */
    bool branch;      /* other rows hang below it */
    bool always;      /* worth showing even if it counts nothing */
};

/** Round trip times of one row, in microseconds. */
struct su_overview_times {
    uint64_t sum_us;
    uint32_t min_us, max_us;
    uint32_t count;
};

/** Who wants to follow every change; both may be NULL. Parents are told before their children. */
struct su_overview_sink {
    void (*counted)(void *user, uint32_t row, uint32_t count);
    void (*timed)(void *user, uint32_t row, uint32_t time_us);
    void *user;
};

struct su_overview;

struct su_overview *su_overview_new(struct su_overview_sink sink);
void su_overview_free(struct su_overview *overview);

/** Is connection number `index` counted already? */
bool su_overview_has(const struct su_overview *overview, uint32_t index);

/** Is it counted as it was when su_conn.changes was `changes`? Cheap enough for every packet. */
bool su_overview_is_current(const struct su_overview *overview, uint32_t index, uint32_t changes);

/** Connection number `index` will not change any more, and the number may come again. It remains
 *  counted. */
void su_overview_forget(struct su_overview *overview, uint32_t index);

/** Count connection number `index` as `view` says, in place of how it was counted before. */
void su_overview_put(struct su_overview *overview, uint32_t index, uint32_t changes,
                     const struct su_view *view);

/** The connections are gone and numbers start again from 0. What was counted remains. */
void su_overview_new_session(struct su_overview *overview);

/** Rows so far: the fixed ones and those of hosts. */
uint32_t su_overview_rows(const struct su_overview *overview);
uint32_t su_overview_count(const struct su_overview *overview, uint32_t row);
struct su_overview_row_info su_overview_row_info(const struct su_overview *overview, uint32_t row);

/** Order of two rows of hosts, the first of their blocks, by address; "other hosts" come last. */
int su_overview_host_compare(const struct su_overview *overview, uint32_t row_a, uint32_t row_b);

/** Times counted in a row: SU_OVERVIEW_RTT or a range of it. */
const struct su_overview_times *su_overview_times(const struct su_overview *overview, uint32_t row);

#endif
