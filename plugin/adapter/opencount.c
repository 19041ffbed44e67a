/* opencount.c: counters by host, pair of hosts and service, and a log of what opened and closed.
 * Counters are looked up as a connection opens for the first time, and then known by number. What
 * they showed at some packet is only asked on later passes: their history is made then, of the log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "opencount.h"

#include "engine/verdict.h"

#include "forget.h"
#include "history.h"
#include "pairtable.h"

/* Kinds of counters; each but the total has a table for IPv4 and one for IPv6. */
enum { HOSTS, HOST_PAIRS, SERVICES, TABLES, TOTAL = TABLES, NOWHERE };

/** What the tables hold: two counters first. */
struct host {
    uint32_t open[2]; /* as client, as server */
};

struct host_pair {
    uint32_t open[2]; /* by the side that is the client */
    uint32_t host[2]; /* numbers of both sides' hosts */
};

struct service {
    uint32_t open[2]; /* the second is not used */
};

/** Names one counter. */
struct counter {
    uint32_t number; /* in its table */
    uint8_t version; /* 0: IPv4, 1: IPv6 */
    uint8_t kind;    /* NOWHERE: nothing of this kind ever was open */
    uint8_t which;   /* of the two */
};

/** The counters of a connection that packets show. */
enum { OF_ALL, OF_CLIENT, OF_SERVER, OF_PEERS, COUNTERS };

_Static_assert((int)COUNTERS <= (int)SU_HISTORY_STEPS_MAX, "an event changes all of them");

/** A connection that is or was open. */
struct opened {
    uint32_t open, client_open, server_open, service_open; /* see struct su_view */
    uint32_t host_pair;                                    /* number of its hosts' counters */
    uint32_t stream;                                       /* number of the connection */
    uint8_t version;                                       /* of the counters */
    uint8_t client;      /* side of the connection that is the client ... */
    uint8_t client_host; /* ... and of the pair of hosts */
    bool is_open;
};

/** A packet that opened or closed a connection. */
struct event {
    uint32_t frame;
    unsigned is_open : 1;
    unsigned layer : 2;   /* of packets far inside of tunnels in tunnels: 3 */
    unsigned opened : 29; /* number of the connection's struct opened */
};

enum { LAYER_MAX = 3 };

static struct {
    struct su_pair_table tables[2][TABLES];
    struct su_pool opened;
    struct su_pool events;
    uint32_t total;
    uint32_t moves; /* how often a connection's client and server changed places */
    struct su_history history;
    uint32_t history_events, history_moves; /* what it is made of */
} counts;

/* ---- the session ------------------------------------------------------------------------- */

void su_opencount_init(void)
{
    static const uint16_t octets[TABLES] = {
        [HOSTS] = sizeof(struct host),
        [HOST_PAIRS] = sizeof(struct host_pair),
        [SERVICES] = sizeof(struct service),
    };

    for (int kind = 0; kind < TABLES; kind++) {
        su_pair_table_init(&counts.tables[0][kind], octets[kind], SU_END_WORDS_V4, false);
        su_pair_table_init(&counts.tables[1][kind], octets[kind], SU_END_WORDS_V6, false);
    }
    counts.opened.octets = sizeof(struct opened);
    counts.events.octets = sizeof(struct event);
}

void su_opencount_clear(void)
{
    for (int kind = 0; kind < TABLES; kind++) {
        su_pair_table_clear(&counts.tables[0][kind]);
        su_pair_table_clear(&counts.tables[1][kind]);
    }
    su_pool_clear(&counts.opened);
    su_pool_clear(&counts.events);
    su_history_clear(&counts.history);
    counts.total = counts.moves = 0;
    counts.history_events = counts.history_moves = 0;
}

/* ---- counters ---------------------------------------------------------------------------- */

/** One end of a key; no address: zeros. A host and a service have one end, a pair of hosts two. */
struct end {
    const uint8_t *address;
    uint16_t port;
};

static void make_key(uint8_t version, struct end a, struct end b, struct su_pair_key *key)
{
    static const uint8_t zeros[16];
    uint8_t octets = version ? 16 : 4;
    uint32_t words = version ? SU_END_WORDS_V6 : SU_END_WORDS_V4;

    su_pair_key_end(key->words, a.address, octets, a.port);
    su_pair_key_end(key->words + words, b.address ? b.address : zeros, octets, b.port);
}

static uint8_t version_of(const struct su_flow *flow)
{
    return su_flow_ip_version(flow) == 6;
}

static struct end host_end(const struct su_flow *flow, uint8_t side)
{
    return (struct end){.address = su_flow_address(flow, side)};
}

static struct host_pair *pair_at(uint8_t version, uint32_t number)
{
    return su_pair_table_value(&counts.tables[version][HOST_PAIRS], number);
}

/** Its value now. */
static uint32_t *open_of(const struct counter *counter)
{
    static uint32_t nothing;
    uint32_t *both;

    if (counter->kind == TOTAL)
        return &counts.total;
    if (counter->kind == NOWHERE)
        return &nothing;
    both = su_pair_table_value(&counts.tables[counter->version][counter->kind], counter->number);
    return &both[counter->which];
}

static void name_counters(const struct opened *opened, struct counter counters[COUNTERS])
{
    const struct host_pair *pair = pair_at(opened->version, opened->host_pair);
    uint8_t version = opened->version;
    uint8_t client = opened->client_host;

    counters[OF_ALL] = (struct counter){.kind = TOTAL};
    counters[OF_CLIENT] = (struct counter){pair->host[client], version, HOSTS, 0};
    counters[OF_SERVER] = (struct counter){pair->host[!client], version, HOSTS, 1};
    counters[OF_PEERS] = (struct counter){opened->host_pair, version, HOST_PAIRS, client};
}

/* ---- packets, first pass ----------------------------------------------------------------- */

static uint32_t find_or_add(uint8_t version, int kind, struct end end)
{
    struct su_pair_table *table = &counts.tables[version][kind];
    struct su_pair_key key;
    uint32_t number;
    uint8_t from;

    make_key(version, end, (struct end){0}, &key);
    return su_pair_table_find(table, &key, &number, &from) ? number
                                                           : su_pair_table_add(table, &key);
}

static void find_or_add_pair(const struct su_flow *flow, struct opened *opened)
{
    struct su_pair_table *table = &counts.tables[opened->version][HOST_PAIRS];
    struct end client = host_end(flow, opened->client);
    struct end server = host_end(flow, !opened->client);
    struct su_pair_key key;
    struct host_pair *pair;

    make_key(opened->version, client, server, &key);
    if (su_pair_table_find(table, &key, &opened->host_pair, &opened->client_host))
        return;
    opened->host_pair = su_pair_table_add(table, &key);
    opened->client_host = 0;
    pair = pair_at(opened->version, opened->host_pair);
    pair->host[0] = find_or_add(opened->version, HOSTS, client);
    pair->host[1] = find_or_add(opened->version, HOSTS, server);
}

/* Find a connection's counters, by its present roles. */
static void find_counters(const struct su_flow *flow, struct opened *opened)
{
    opened->version = version_of(flow);
    opened->client = flow->conn.client;
    find_or_add_pair(flow, opened);
}

/* Not kept for each connection: nobody asks for it but here. */
static uint32_t *open_of_service(const struct su_flow *flow, uint8_t client)
{
    struct end end = {su_flow_address(flow, !client), flow->conn.port[!client]};
    uint8_t version = version_of(flow);
    struct counter counter = {find_or_add(version, SERVICES, end), version, SERVICES, 0};

    return open_of(&counter);
}

static void count(const struct su_flow *flow, const struct opened *opened, uint32_t change)
{
    struct counter counters[COUNTERS];

    name_counters(opened, counters);
    for (int i = 0; i < COUNTERS; i++)
        *open_of(&counters[i]) += change;
    *open_of_service(flow, opened->client) += change;
}

/* What was open right after it opened; should it open again (a RST was not meant), the most. */
static void note_counts(const struct su_flow *flow, struct opened *opened)
{
    uint32_t service_open = *open_of_service(flow, opened->client);
    struct counter counters[COUNTERS];

    name_counters(opened, counters);
    opened->open = MAX(opened->open, *open_of(&counters[OF_ALL]));
    opened->client_open = MAX(opened->client_open, *open_of(&counters[OF_CLIENT]));
    opened->server_open = MAX(opened->server_open, *open_of(&counters[OF_SERVER]));
    opened->service_open = MAX(opened->service_open, service_open);
}

/* Client and server have changed places. */
static void move(const struct su_flow *flow, struct opened *opened)
{
    counts.moves++;
    if (opened->is_open)
        count(flow, opened, UINT32_MAX);
    find_counters(flow, opened);
    if (!opened->is_open)
        return;
    count(flow, opened, 1);
    opened->client_open = opened->server_open = opened->service_open = 0;
    note_counts(flow, opened);
}

/* Where something is forgotten no later pass asks for them. */
static bool are_events_wanted(void)
{
    return !su_forget_is_on();
}

/* Behind the last one, even where a read filter gave a frame's number to the next frame, too. */
static void add_event(uint32_t frame, uint8_t layer, uint32_t number, bool is_open)
{
    uint32_t before = counts.events.count;
    const struct event *last = before ? su_pool_at(&counts.events, before - 1) : NULL;
    struct event *event = su_pool_new(&counts.events);
    uint8_t least = last && last->frame == frame ? (uint8_t)last->layer : 0;

    *event = (struct event){
        .frame = frame,
        .is_open = is_open,
        .layer = CLAMP(layer, least, LAYER_MAX),
        .opened = number,
    };
}

static bool is_open(const struct su_conn *conn)
{
    enum su_handshake handshake;

    if (conn->facts & (SU_FACT_FIN | SU_FACT_RST | SU_FACT_SUPERSEDED))
        return false;
    handshake = su_verdict_handshake(conn, &su_capture_policy, conn->last_ns);
    return su_verdict_close(conn, handshake) == SU_CLOSE_NONE;
}

static struct opened *opened_of(const struct su_flow *flow)
{
    return su_pool_at(&counts.opened, flow->opened - 1);
}

static struct opened *new_opened(struct su_flow *flow)
{
    struct opened *opened;

    flow->opened = su_pool_take(&counts.opened) + 1;
    opened = opened_of(flow);
    opened->stream = flow->conn.index;
    find_counters(flow, opened);
    return opened;
}

void su_opencount_update(struct su_flow *flow, uint32_t frame, uint8_t layer)
{
    bool open = is_open(&flow->conn);
    struct opened *opened;

    if (!open && !flow->opened)
        return;
    opened = flow->opened ? opened_of(flow) : new_opened(flow);
    if (opened->client != flow->conn.client)
        move(flow, opened);
    if (opened->is_open == open)
        return;
    opened->is_open = open;
    count(flow, opened, open ? 1 : UINT32_MAX);
    if (open)
        note_counts(flow, opened);
    if (are_events_wanted())
        add_event(frame, layer, flow->opened - 1, open);
}

void su_opencount_forget(struct su_flow *flow)
{
    const struct opened *opened;

    if (!flow->opened)
        return;
    opened = opened_of(flow);
    if (opened->is_open)
        count(flow, opened, UINT32_MAX);
    su_pool_give(&counts.opened, flow->opened - 1);
}

void su_opencount_view(const struct su_flow *flow, struct su_view *view)
{
    const struct opened *opened;

    if (!flow->opened)
        return;
    opened = opened_of(flow);
    view->open = opened->open;
    view->client_open = opened->client_open;
    view->server_open = opened->server_open;
    view->service_open = opened->service_open;
}

/* ---- packets, later passes --------------------------------------------------------------- */

/* Number of a counter in the history. 0 is the total; two for each host and pair of hosts follow.
 */
static uint32_t number_of(const struct counter *counter)
{
    uint32_t number = 1;

    if (counter->kind == TOTAL)
        return 0;
    for (int version = 0; version < 2; version++) {
        for (int kind = HOSTS; kind <= HOST_PAIRS; kind++) {
            if (version == counter->version && kind == counter->kind)
                return number + 2 * counter->number + counter->which;
            number += 2 * counts.tables[version][kind].pairs.count;
        }
    }
    return number; /* how many there are */
}

static const struct event *event_at(uint32_t number)
{
    return su_pool_at(&counts.events, number);
}

static bool name_changes(uint32_t number, uint32_t changes[SU_HISTORY_STEPS_MAX])
{
    const struct event *event = event_at(number);
    struct counter counters[COUNTERS];

    name_counters(su_pool_at(&counts.opened, event->opened), counters);
    for (int i = 0; i < COUNTERS; i++)
        changes[i] = number_of(&counters[i]);
    return event->is_open;
}

/* In a capture that still goes on, the first pass and later ones take turns. */
static void need_history(void)
{
    const struct counter none = {.kind = NOWHERE};
    const struct su_history_source source = {
        .counters = number_of(&none),
        .events = counts.events.count,
        .steps = COUNTERS,
        .event = name_changes,
    };

    if (counts.history_events == counts.events.count && counts.history_moves == counts.moves)
        return;
    su_history_make(&counts.history, &source);
    counts.history_events = counts.events.count;
    counts.history_moves = counts.moves;
}

/* How many events there were up to a packet, its own included. */
static uint32_t events_until(uint32_t frame, uint8_t layer)
{
    uint8_t shown = MIN(layer, LAYER_MAX);
    uint32_t low = 0;
    uint32_t high = counts.events.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct event *event = event_at(middle);

        if (event->frame < frame || (event->frame == frame && event->layer <= shown))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- who looks --------------------------------------------------------------------------- */

static void find_counter(struct counter *counter, struct end a, struct end b)
{
    struct su_pair_key key;
    uint8_t from;

    make_key(counter->version, a, b, &key);
    if (!su_pair_table_find(&counts.tables[counter->version][counter->kind], &key, &counter->number,
                            &from))
        counter->kind = NOWHERE;
    else if (counter->kind == HOST_PAIRS)
        counter->which = from;
}

/* Of a connection that never was open, while others of its hosts may be. */
static void find_counters_of_others(const struct su_flow *flow, struct counter counters[COUNTERS])
{
    struct end client = host_end(flow, flow->conn.client);
    struct end server = host_end(flow, !flow->conn.client);
    uint8_t version = version_of(flow);

    counters[OF_ALL] = (struct counter){.kind = TOTAL};
    counters[OF_CLIENT] = (struct counter){.version = version, .kind = HOSTS, .which = 0};
    counters[OF_SERVER] = (struct counter){.version = version, .kind = HOSTS, .which = 1};
    counters[OF_PEERS] = (struct counter){.version = version, .kind = HOST_PAIRS};
    find_counter(&counters[OF_CLIENT], client, (struct end){0});
    find_counter(&counters[OF_SERVER], server, (struct end){0});
    find_counter(&counters[OF_PEERS], client, server);
}

/* Read all counters with a history, as they are now or were at the packet of the record. */
static void read_counters(const struct su_frame_record *record, uint32_t frame,
                          const struct counter counters[COUNTERS], uint32_t values[COUNTERS])
{
    uint32_t events;

    for (int i = 0; i < COUNTERS; i++)
        values[i] = *open_of(&counters[i]);
    if (!record->is_recalled || counts.events.count == 0)
        return;
    need_history();
    events = events_until(frame, record->layer);
    for (int i = 0; i < COUNTERS; i++) {
        if (counters[i].kind != NOWHERE)
            values[i] = su_history_after(&counts.history, number_of(&counters[i]), events);
    }
}

static void find_all_counters(const struct su_flow *flow, struct counter counters[COUNTERS])
{
    if (flow->opened)
        name_counters(opened_of(flow), counters);
    else
        find_counters_of_others(flow, counters);
}

void su_opencount_at(const struct su_frame_record *record, uint32_t frame,
                     struct su_open_counts *open)
{
    struct counter counters[COUNTERS];
    uint32_t values[COUNTERS];

    find_all_counters(record->flow, counters);
    read_counters(record, frame, counters, values);
    *open = (struct su_open_counts){
        .total = values[OF_ALL],
        .client = values[OF_CLIENT],
        .server = values[OF_SERVER],
        .peers = values[OF_CLIENT] - values[OF_PEERS],
    };
}

/* ---- which ones -------------------------------------------------------------------------- */

static void note_stream(gpointer number, gpointer value, gpointer streams)
{
    const struct opened *opened = su_pool_at(&counts.opened, GPOINTER_TO_UINT(number));

    (void)value;
    g_array_append_val((GArray *)streams, opened->stream);
}

/* The client's counter, played again: what opened and did not close. */
static void replay(const struct su_history_step *steps, uint32_t count, GArray *streams)
{
    GHashTable *open = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (uint32_t i = 0; i < count; i++) {
        const struct event *event = event_at(steps[i].event);

        if (event->is_open)
            g_hash_table_add(open, GUINT_TO_POINTER(event->opened));
        else
            g_hash_table_remove(open, GUINT_TO_POINTER(event->opened));
    }
    g_hash_table_foreach(open, note_stream, streams);
    g_hash_table_destroy(open);
}

GArray *su_opencount_of_client(const struct su_frame_record *record, uint32_t frame)
{
    GArray *streams = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    struct counter counters[COUNTERS];
    const struct su_history_step *steps;
    uint32_t count;

    find_all_counters(record->flow, counters);
    if (counters[OF_CLIENT].kind == NOWHERE || counts.events.count == 0)
        return streams;
    need_history();
    steps = su_history_steps(&counts.history, number_of(&counters[OF_CLIENT]),
                             events_until(frame, record->layer), &count);
    replay(steps, count, streams);
    return streams;
}
