/* overview_rows.c: the fixed rows of the overview tree, and the rows that one connection counts in.
 * The words are those of the filter fields wherever there are such, so that what is read here can
 * be typed into a display filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "overview_rows.h"

#include <assert.h>
#include <stddef.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static_assert(SU_OUTCOME_COUNT <= 16 && SU_HANDSHAKE_COUNT <= 32 && SU_CLOSE_COUNT <= 16 &&
                  SU_ROLE_COUNT <= 4 && SU_STATE_COUNT <= 16 && SU_OVERVIEW_RTT_RANGES < 8,
              "struct su_overview_part has room for every verdict");
static_assert(sizeof(struct su_overview_part) == 12, "kept for every connection");

static const char *const outcome_names[SU_OUTCOME_COUNT] = {
    [SU_OUTCOME_OPEN] = "Open",
    [SU_OUTCOME_LINGER] = "Linger",
    [SU_OUTCOME_CLOSED] = "Closed",
    [SU_OUTCOME_ABORTED] = "Aborted",
    [SU_OUTCOME_SUPERSEDED] = "Superseded",
    [SU_OUTCOME_UNJUDGED] = "Unjudged",
    [SU_OUTCOME_FAILED] = "Failed",
    [SU_OUTCOME_PENDING] = "Pending",
    [SU_OUTCOME_UNSOLICITED] = "Unsolicited",
};

/* Upper limits, exclusive. 1 s and more is beyond what a first SYN is waited for. */
static const struct {
    int64_t below_ns;
    const char *name;
} rtt_ranges[SU_OVERVIEW_RTT_RANGES] = {
    {INT64_C(1000000),    "below 1 ms"   },
    {INT64_C(10000000),   "1 to 10 ms"   },
    {INT64_C(50000000),   "10 to 50 ms"  },
    {INT64_C(100000000),  "50 to 100 ms" },
    {INT64_C(300000000),  "100 to 300 ms"},
    {INT64_C(1000000000), "300 ms to 1 s"},
    {INT64_MAX,           "1 s or more"  },
};

/* A run of rows with one parent. Without names: looked up elsewhere. */
struct run {
    const char *const *names;
    uint32_t first, count;
    uint32_t parent;
    bool branch, always;
};

#define NAME(name) ((const char *const[]){name})
#define TOP(row, name)                                                                             \
    {                                                                                              \
        NAME(name), (row), 1, SU_OVERVIEW_NOWHERE, true, true                                      \
    }
#define BRANCH(row, parent, name)                                                                  \
    {                                                                                              \
        NAME(name), (row), 1, (parent), true, true                                                 \
    }

/* clang-format off */
static const struct run runs[] = {
    TOP(SU_OVERVIEW_CONNECTIONS, "Connections"),
    TOP(SU_OVERVIEW_HANDSHAKES,  "Handshakes"),
    TOP(SU_OVERVIEW_CLOSES,      "Closes by type"),
    TOP(SU_OVERVIEW_CLOSERS,     "Closed first by"),
    TOP(SU_OVERVIEW_SOCKETS,     "Sockets"),
    TOP(SU_OVERVIEW_RTT,         "SYN RTT"),
    TOP(SU_OVERVIEW_SERVERS,     "Servers"),
    TOP(SU_OVERVIEW_CLIENTS,     "Clients"),
    BRANCH(SU_OVERVIEW_ESTABLISHED,    SU_OVERVIEW_CONNECTIONS, "Total established"),
    BRANCH(SU_OVERVIEW_CLIENT_SOCKETS, SU_OVERVIEW_SOCKETS,     "Client side"),
    BRANCH(SU_OVERVIEW_SERVER_SOCKETS, SU_OVERVIEW_SOCKETS,     "Server side"),
    {outcome_names, SU_OVERVIEW_OUTCOME, SU_OUTCOME_FAILED,
     SU_OVERVIEW_ESTABLISHED, false, true},
    {outcome_names + SU_OUTCOME_FAILED, SU_OVERVIEW_OUTCOME + SU_OUTCOME_FAILED,
     SU_OUTCOME_COUNT - SU_OUTCOME_FAILED, SU_OVERVIEW_CONNECTIONS, false, true},
    {su_handshake_words, SU_OVERVIEW_HANDSHAKE, SU_HANDSHAKE_COUNT,
     SU_OVERVIEW_HANDSHAKES, false, false},
    {su_close_words, SU_OVERVIEW_CLOSE, SU_CLOSE_COUNT, SU_OVERVIEW_CLOSES, true, false},
    {su_role_words, SU_OVERVIEW_CLOSER, SU_ROLE_COUNT, SU_OVERVIEW_CLOSERS, false, false},
    {su_state_words, SU_OVERVIEW_CLIENT_STATE, SU_STATE_COUNT,
     SU_OVERVIEW_CLIENT_SOCKETS, false, false},
    {su_state_words, SU_OVERVIEW_SERVER_STATE, SU_STATE_COUNT,
     SU_OVERVIEW_SERVER_SOCKETS, false, false},
    {NULL, SU_OVERVIEW_RTT_RANGE, SU_OVERVIEW_RTT_RANGES, SU_OVERVIEW_RTT, false, false},
};
/* clang-format on */

static bool is_established(unsigned outcome)
{
    return outcome < SU_OUTCOME_FAILED;
}

static bool is_closing(unsigned close)
{
    return close != SU_CLOSE_NONE && close != SU_CLOSE_NA;
}

static struct su_overview_row_info close_by_row(uint32_t offset)
{
    uint32_t close = offset / SU_ROLE_COUNT;
    uint32_t role = offset % SU_ROLE_COUNT;
    struct su_overview_row_info info = {.parent = SU_OVERVIEW_CLOSE + close};

    info.name = is_closing(close) && role != SU_ROLE_NONE ? su_role_words[role] : NULL;
    return info;
}

/** Is this a row that su_overview_part_slots() never gives? */
static bool is_unused(uint32_t row)
{
    switch (row) {
    case SU_OVERVIEW_HANDSHAKE + SU_HANDSHAKE_NONE:
    case SU_OVERVIEW_CLOSE + SU_CLOSE_NONE:
    case SU_OVERVIEW_CLOSE + SU_CLOSE_NA:
    case SU_OVERVIEW_CLOSER + SU_ROLE_NONE:
        return true;
    default:
        return false;
    }
}

struct su_overview_row_info su_overview_fixed_row(uint32_t row)
{
    struct su_overview_row_info info = {.parent = SU_OVERVIEW_NOWHERE};

    if (is_unused(row))
        return info;
    if (row - SU_OVERVIEW_CLOSE_BY < SU_CLOSE_COUNT * SU_ROLE_COUNT)
        return close_by_row(row - SU_OVERVIEW_CLOSE_BY);
    for (size_t i = 0; i < LENGTH(runs); i++) {
        const struct run *run = &runs[i];
        uint32_t offset = row - run->first;

        if (offset >= run->count)
            continue;
        info.name = run->names ? run->names[offset] : rtt_ranges[offset].name;
        info.parent = run->parent;
        info.branch = run->branch;
        info.always = run->always;
        return info;
    }
    return info;
}

struct su_overview_row_info su_overview_host_row(uint32_t first_row, uint32_t which, uint32_t top,
                                                 const char *name)
{
    static const char *const names[SU_OVERVIEW_HOST_ROWS] = {
        [SU_OVERVIEW_HOST_TOTAL] = "Total",
        [SU_OVERVIEW_HOST_OPEN] = "Open",
        [SU_OVERVIEW_HOST_LINGER] = "Linger",
        [SU_OVERVIEW_HOST_FAILED] = "Not established",
    };
    /* The host itself is not "always": it may turn out to have the other role. */
    if (which == SU_OVERVIEW_HOST)
        return (struct su_overview_row_info){.name = name, .parent = top, .branch = true};
    return (struct su_overview_row_info){
        .name = names[which],
        .parent = first_row,
        .always = which != SU_OVERVIEW_HOST_FAILED,
    };
}

uint32_t su_overview_rtt_range(int64_t rtt_ns)
{
    uint32_t range = 0;

    while (range < SU_OVERVIEW_RTT_RANGES - 1 && rtt_ns >= rtt_ranges[range].below_ns)
        range++;
    return range;
}

static uint32_t when(bool applies, uint32_t row)
{
    return applies ? row : SU_OVERVIEW_NOWHERE;
}

/** Fills the four slots of a host. */
static void host_slots(uint32_t *slot, uint32_t top, unsigned host, unsigned outcome)
{
    uint32_t first = SU_OVERVIEW_FIXED + host * SU_OVERVIEW_HOST_ROWS;

    slot[0] = top;
    slot[1] = first + SU_OVERVIEW_HOST;
    slot[2] = first + (is_established(outcome) ? SU_OVERVIEW_HOST_TOTAL : SU_OVERVIEW_HOST_FAILED);
    slot[3] = SU_OVERVIEW_NOWHERE;
    if (outcome == SU_OUTCOME_OPEN)
        slot[3] = first + SU_OVERVIEW_HOST_OPEN;
    else if (outcome == SU_OUTCOME_LINGER)
        slot[3] = first + SU_OVERVIEW_HOST_LINGER;
}

struct su_overview_slots su_overview_part_slots(const struct su_overview_part *part)
{
    struct su_overview_slots slots = {{0}};
    uint32_t *row = slots.row;
    bool shook = part->handshake != SU_HANDSHAKE_NONE;
    bool closing = is_closing(part->close);
    bool closed_by = closing && part->close_by != SU_ROLE_NONE;
    bool timed = part->rtt > 0;

    if (!part->counted) {
        for (size_t i = 0; i < SU_OVERVIEW_SLOTS; i++)
            row[i] = SU_OVERVIEW_NOWHERE;
        return slots;
    }
    *row++ = SU_OVERVIEW_CONNECTIONS;
    *row++ = when(is_established(part->outcome), SU_OVERVIEW_ESTABLISHED);
    *row++ = SU_OVERVIEW_OUTCOME + part->outcome;
    *row++ = when(shook, SU_OVERVIEW_HANDSHAKES);
    *row++ = when(shook, SU_OVERVIEW_HANDSHAKE + part->handshake);
    *row++ = when(closing, SU_OVERVIEW_CLOSES);
    *row++ = when(closing, SU_OVERVIEW_CLOSE + part->close);
    *row++ = when(closed_by, SU_OVERVIEW_CLOSE_BY + part->close * SU_ROLE_COUNT + part->close_by);
    *row++ = when(closed_by, SU_OVERVIEW_CLOSERS);
    *row++ = when(closed_by, SU_OVERVIEW_CLOSER + part->close_by);
    *row++ = SU_OVERVIEW_SOCKETS;
    *row++ = SU_OVERVIEW_CLIENT_SOCKETS;
    *row++ = SU_OVERVIEW_CLIENT_STATE + part->client_state;
    *row++ = SU_OVERVIEW_SOCKETS;
    *row++ = SU_OVERVIEW_SERVER_SOCKETS;
    *row++ = SU_OVERVIEW_SERVER_STATE + part->server_state;
    *row++ = when(timed, SU_OVERVIEW_RTT);
    *row++ = when(timed, SU_OVERVIEW_RTT_RANGE + part->rtt - 1);
    host_slots(row, SU_OVERVIEW_SERVERS, part->server, part->outcome);
    host_slots(row + 4, SU_OVERVIEW_CLIENTS, part->client, part->outcome);
    return slots;
}
