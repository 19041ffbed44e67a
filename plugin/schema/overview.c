/* overview.c: counts connections into the rows of the overview tree, and takes back what no longer
 * holds. Every count is right after every call: there is no final summing up.
 * Hosts get rows when they first appear; only then is their address made into text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "overview.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

#include "overview_rows.h"

/* An address in a role. Version 0 stands for all hosts that have no rows of their own. */
struct host_key {
    uint8_t top; /* SU_OVERVIEW_SERVERS or SU_OVERVIEW_CLIENTS */
    uint8_t version;
    uint8_t octets[16];
};

struct host {
    struct host_key key;
    char *name;
};

struct su_overview {
    struct su_overview_sink sink;
    GArray *parts;       /* struct su_overview_part by connection number */
    GArray *counts;      /* uint32_t by row */
    GPtrArray *hosts;    /* struct host by number of its block of rows; owns them */
    GHashTable *numbers; /* of hosts, by key */
    uint32_t named[2];   /* servers, clients that have rows of their own */
    struct su_overview_times times[1 + SU_OVERVIEW_RTT_RANGES];
};

G_STATIC_ASSERT(SU_OVERVIEW_CLIENTS <= UINT8_MAX);
G_STATIC_ASSERT(2 * (SU_OVERVIEW_HOSTS_MAX + 1) <= UINT16_MAX);

static guint host_key_hash(gconstpointer key)
{
    const uint8_t *octets = key;
    guint hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < sizeof(struct host_key); i++)
        hash = (hash ^ octets[i]) * 16777619u;
    return hash;
}

static gboolean host_key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(struct host_key)) == 0;
}

static void host_free(gpointer data)
{
    struct host *host = data;

    g_free(host->name);
    g_free(host);
}

struct su_overview *su_overview_new(struct su_overview_sink sink)
{
    struct su_overview *overview = g_new0(struct su_overview, 1);

    overview->sink = sink;
    overview->parts = g_array_new(FALSE, TRUE, sizeof(struct su_overview_part));
    overview->counts = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    g_array_set_size(overview->counts, SU_OVERVIEW_FIXED);
    overview->hosts = g_ptr_array_new_with_free_func(host_free);
    overview->numbers = g_hash_table_new(host_key_hash, host_key_equal);
    return overview;
}

void su_overview_free(struct su_overview *overview)
{
    if (!overview)
        return;
    g_hash_table_destroy(overview->numbers);
    g_ptr_array_free(overview->hosts, TRUE);
    g_array_free(overview->counts, TRUE);
    g_array_free(overview->parts, TRUE);
    g_free(overview);
}

static struct su_overview_part *part_at(const struct su_overview *overview, uint32_t index)
{
    if (index >= overview->parts->len)
        return NULL;
    return &g_array_index(overview->parts, struct su_overview_part, index);
}

bool su_overview_has(const struct su_overview *overview, uint32_t index)
{
    const struct su_overview_part *part = part_at(overview, index);

    return part && part->counted;
}

bool su_overview_is_current(const struct su_overview *overview, uint32_t index, uint32_t changes)
{
    const struct su_overview_part *part = part_at(overview, index);

    return part && part->counted && part->changes == changes;
}

static struct host_key host_key(uint32_t top, const struct su_view_side *side, unsigned version)
{
    struct host_key key = {.top = (uint8_t)top, .version = (uint8_t)version};

    memcpy(key.octets, side->address, version == 4 ? 4 : 16);
    return key;
}

static char *host_name(const struct host_key *key)
{
    char text[INET6_ADDRSTRLEN] = "other hosts";

    if (key->version)
        inet_ntop(key->version == 4 ? AF_INET : AF_INET6, key->octets, text, sizeof(text));
    return g_strdup(text);
}

static uint32_t add_host(struct su_overview *overview, const struct host_key *key)
{
    struct host *host = g_new(struct host, 1);
    uint32_t number = overview->hosts->len;

    host->key = *key;
    host->name = host_name(key);
    g_ptr_array_add(overview->hosts, host);
    g_hash_table_insert(overview->numbers, &host->key, GUINT_TO_POINTER(number));
    g_array_set_size(overview->counts, overview->counts->len + SU_OVERVIEW_HOST_ROWS);
    return number;
}

/** Number of a host; the first SU_OVERVIEW_HOSTS_MAX of each role get one each. */
static uint32_t find_host(struct su_overview *overview, struct host_key key)
{
    uint32_t *named = &overview->named[key.top == SU_OVERVIEW_CLIENTS];
    gpointer number;

    if (g_hash_table_lookup_extended(overview->numbers, &key, NULL, &number))
        return GPOINTER_TO_UINT(number);
    if (*named < SU_OVERVIEW_HOSTS_MAX) {
        ++*named;
        return add_host(overview, &key);
    }
    key = (struct host_key){.top = key.top};
    if (g_hash_table_lookup_extended(overview->numbers, &key, NULL, &number))
        return GPOINTER_TO_UINT(number);
    return add_host(overview, &key);
}

/** The same, given the number it had before, which it nearly always still has. */
static uint16_t host_number(struct su_overview *overview, struct host_key key, bool had,
                            uint16_t before)
{
    const struct host *host = had ? g_ptr_array_index(overview->hosts, before) : NULL;

    if (host && host_key_equal(&host->key, &key))
        return before;
    return (uint16_t)find_host(overview, key);
}

/** The part a view makes. A round trip time is a fact: once counted it stays. */
static struct su_overview_part part_of(struct su_overview *overview,
                                       const struct su_overview_part *before,
                                       const struct su_view *view)
{
    struct su_overview_part part = {
        .outcome = view->outcome,
        .handshake = view->handshake,
        .close = view->close,
        .close_by = view->close_by,
        .client_state = view->client.state,
        .server_state = view->server.state,
        .rtt = before->rtt,
        .counted = true,
    };
    struct host_key server = host_key(SU_OVERVIEW_SERVERS, &view->server, view->ip_version);
    struct host_key client = host_key(SU_OVERVIEW_CLIENTS, &view->client, view->ip_version);

    part.server = host_number(overview, server, before->counted, before->server);
    part.client = host_number(overview, client, before->counted, before->client);
    if (!part.rtt && view->syn_rtt_ns >= 0) /* negative: time ran backwards, or unknown */
        part.rtt = su_overview_rtt_range(view->syn_rtt_ns) + 1;
    return part;
}

static void count(struct su_overview *overview, uint32_t row, uint32_t step)
{
    uint32_t *counter;

    if (row == SU_OVERVIEW_NOWHERE)
        return;
    counter = &g_array_index(overview->counts, uint32_t, row);
    *counter += step; /* a step back is the number 2^32 - 1 */
    if (overview->sink.counted)
        overview->sink.counted(overview->sink.user, row, *counter);
}

static void recount(struct su_overview *overview, const struct su_overview_part *before,
                    const struct su_overview_part *after)
{
    struct su_overview_slots from = su_overview_part_slots(before);
    struct su_overview_slots to = su_overview_part_slots(after);

    for (size_t i = 0; i < SU_OVERVIEW_SLOTS; i++) {
        if (from.row[i] == to.row[i])
            continue;
        count(overview, from.row[i], UINT32_MAX);
        count(overview, to.row[i], 1);
    }
}

static void add_time(struct su_overview *overview, uint32_t row, uint32_t time_us)
{
    struct su_overview_times *times = &overview->times[row - SU_OVERVIEW_RTT];

    if (times->count == 0 || time_us < times->min_us)
        times->min_us = time_us;
    if (time_us > times->max_us)
        times->max_us = time_us;
    times->sum_us += time_us;
    times->count++;
    if (overview->sink.timed)
        overview->sink.timed(overview->sink.user, row, time_us);
}

void su_overview_put(struct su_overview *overview, uint32_t index, uint32_t changes,
                     const struct su_view *view)
{
    struct su_overview_part before;
    struct su_overview_part after;

    if (index >= overview->parts->len)
        g_array_set_size(overview->parts, index + 1);
    before = *part_at(overview, index);
    after = part_of(overview, &before, view);
    after.changes = changes;
    *part_at(overview, index) = after;

    recount(overview, &before, &after);
    if (after.rtt && !before.rtt) {
        uint32_t time_us = (uint32_t)MIN(view->syn_rtt_ns / 1000, UINT32_MAX);

        add_time(overview, SU_OVERVIEW_RTT, time_us);
        add_time(overview, SU_OVERVIEW_RTT_RANGE + after.rtt - 1u, time_us);
    }
}

void su_overview_forget(struct su_overview *overview, uint32_t index)
{
    struct su_overview_part *part = part_at(overview, index);

    if (part)
        *part = (struct su_overview_part){0};
}

void su_overview_new_session(struct su_overview *overview)
{
    g_array_set_size(overview->parts, 0);
}

uint32_t su_overview_rows(const struct su_overview *overview)
{
    return overview->counts->len;
}

uint32_t su_overview_count(const struct su_overview *overview, uint32_t row)
{
    return g_array_index(overview->counts, uint32_t, row);
}

struct su_overview_row_info su_overview_row_info(const struct su_overview *overview, uint32_t row)
{
    uint32_t block = (row - SU_OVERVIEW_FIXED) / SU_OVERVIEW_HOST_ROWS;
    uint32_t which = (row - SU_OVERVIEW_FIXED) % SU_OVERVIEW_HOST_ROWS;
    const struct host *host;

    if (row < SU_OVERVIEW_FIXED)
        return su_overview_fixed_row(row);
    host = g_ptr_array_index(overview->hosts, block);
    return su_overview_host_row(row - which, which, host->key.top, host->name);
}

int su_overview_host_compare(const struct su_overview *overview, uint32_t row_a, uint32_t row_b)
{
    uint32_t number_a = (row_a - SU_OVERVIEW_FIXED) / SU_OVERVIEW_HOST_ROWS;
    uint32_t number_b = (row_b - SU_OVERVIEW_FIXED) / SU_OVERVIEW_HOST_ROWS;
    const struct host *a = g_ptr_array_index(overview->hosts, number_a);
    const struct host *b = g_ptr_array_index(overview->hosts, number_b);

    if (a->key.version != b->key.version) /* 4, 6, and 0 at the end */
        return (int)(uint8_t)(a->key.version - 1) - (int)(uint8_t)(b->key.version - 1);
    return memcmp(a->key.octets, b->key.octets, sizeof(a->key.octets));
}

const struct su_overview_times *su_overview_times(const struct su_overview *overview, uint32_t row)
{
    return &overview->times[row - SU_OVERVIEW_RTT];
}
