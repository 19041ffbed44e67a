/* field.h: the field table: everything that can be shown, filtered and exported of a packet's flow.
 * One row a field. Display filter names, tree items, docs/fields.md all come from loops over it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_FIELD_H
#define SU_SCHEMA_FIELD_H

#include <stddef.h>

#include "engine/view.h"

enum { SU_SHOWN_GAP_FLAGS = SU_GAP_CAUSE_COUNT };

/** The exchange that a packet belongs to. */
struct su_shown_exchange {
    int64_t start_latency_ns, finish_latency_ns, service_time_ns, server_think_ns;
    uint64_t request_octets, response_octets;
    uint32_t number;
    bool is_known; /* it belongs to one */
    bool is_unanswered;
};

/** What a field is read from: the flow, and the packet at hand. What is below `role` is set for TCP
 *  only. */
struct su_shown {
    struct su_view flow;
    uint8_t role;      /* enum su_role: who sent this packet; none for an ICMP error */
    uint8_t gap_cause; /* enum su_gap_cause */
    bool gap_flag[SU_SHOWN_GAP_FLAGS]; /* in the order of causes, the last: the order is certain */
    bool gap_long;                     /* this packet ended a long gap */
    int64_t gap_ns, same_side_ns;
    struct su_shown_exchange exchange;
    uint32_t open, client_open, server_open, peers_open; /* right after this packet */
};

/* How a value is stored and shown. */
enum su_kind {
    SU_KIND_WORD = 0, /* an octet, which is an index of su_field.words */
    SU_KIND_TEXT,     /* char[] */
    SU_KIND_TIME,     /* int64_t nanoseconds; SU_TIME_NONE: unknown */
    SU_KIND_FLAG,     /* bool; there only if it is true, as Wireshark's own analysis flags */
    SU_KIND_UINT8,
    SU_KIND_UINT32,
    SU_KIND_UINT64,
    SU_KIND_PORT,  /* uint16_t */
    SU_KIND_IPV4,  /* const uint8_t *, of an IPv4 flow */
    SU_KIND_IPV6,  /* const uint8_t *, of an IPv6 flow */
    SU_KIND_FRAME, /* uint32_t; 0: there is no such frame */
    SU_KIND_COUNT
};

/* Which flows have a field. */
enum {
    SU_FIELD_TCP = 1 << SU_PROTOCOL_TCP,
    SU_FIELD_UDP = 1 << SU_PROTOCOL_UDP,
    SU_FIELD_BOTH = SU_FIELD_TCP | SU_FIELD_UDP
};

struct su_field {
    const char *name;  /* display filter name; never changes */
    const char *title; /* in the tree */
    const char *help;  /* one sentence, with the unit */
    enum su_kind kind;
    uint8_t protocols;        /* SU_FIELD_TCP, SU_FIELD_UDP */
    size_t offset;            /* in struct su_shown */
    const char *const *words; /* SU_KIND_WORD: by value; "" if nothing applies */
    size_t word_count;
    bool quiet; /* hidden in the tree while it is 0; filters and columns have it all the same */
    bool (*known)(const struct su_shown *shown); /* NULL: the value itself tells */
};

enum { SU_FIELD_LIMIT = 128 };

extern const struct su_field su_fields[];
extern const size_t su_field_count; /* at most SU_FIELD_LIMIT */

/** Has this packet a value for the field? What is not known is not shown. */
bool su_field_is_known(const struct su_field *field, const struct su_shown *shown);

/* The value of a known field, by kind. */

/** SU_KIND_WORD, SU_KIND_TEXT. */
const char *su_field_text(const struct su_field *field, const struct su_shown *shown);
/** SU_KIND_TIME, in nanoseconds. */
int64_t su_field_time(const struct su_field *field, const struct su_shown *shown);
/** All that are whole numbers, SU_KIND_FLAG too. */
uint64_t su_field_number(const struct su_field *field, const struct su_shown *shown);
/** SU_KIND_IPV4, SU_KIND_IPV6: octets in network order. */
const uint8_t *su_field_address(const struct su_field *field, const struct su_shown *shown);

#endif
