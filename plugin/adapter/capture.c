/* capture.c: every flow of the session, and what each of its packets did.
 * Finds the flow of a packet, feeds the engine once, and remembers the outcome by frame. Does not
 * judge: that is the engine's work.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture.h"

#include <string.h>

#include <glib.h>

#include "clock.h"
#include "cmdline.h"
#include "events.h"
#include "forget.h"
#include "framelog.h"
#include "opencount.h"
#include "pairtable.h"
#include "pool.h"
#include "timing_log.h"

/* Pairs of sockets by protocol, IP version, and whether VLAN and interface tell them apart. */
enum { TABLE_UDP = 1, TABLE_V6 = 2, TABLE_LANES = 4, TABLES = 8 };

/** What a UDP pair holds; a TCP pair holds a struct su_pair. */
struct udp_pair {
    struct su_flow *flow;
};

struct su_policy su_capture_policy;
unsigned su_capture_wants_timing;
int64_t su_capture_long_gap_ns;
int64_t su_capture_forget_after_ns;
unsigned su_capture_wants_packets;

static struct {
    struct su_pool flows[2]; /* by enum su_protocol */
    struct su_pool holds;
    struct su_pool endings, odds; /* what not every connection needs */
    struct su_pair_table tables[TABLES];
    struct su_framelog frames;
    uint32_t generation;
    bool remembers; /* packets may be looked at again */
    bool running;
} capture;

/* ---- the session ------------------------------------------------------------------------- */

static void init_table(uint8_t index)
{
    bool udp = index & TABLE_UDP;
    uint16_t value = udp ? sizeof(struct udp_pair) : sizeof(struct su_pair);

    su_pair_table_init(&capture.tables[index], value,
                       index & TABLE_V6 ? SU_END_WORDS_V6 : SU_END_WORDS_V4, index & TABLE_LANES);
}

static void begin_forgetting(void);

void su_capture_init(void)
{
    su_capture_cleanup();
    for (unsigned i = 0; i < TABLES; i++)
        init_table((uint8_t)i);
    capture.flows[SU_PROTOCOL_TCP].octets = sizeof(struct su_flow);
    capture.flows[SU_PROTOCOL_UDP].octets =
        offsetof(struct su_flow, udp) + (uint32_t)sizeof(struct su_udp);
    capture.holds.octets = sizeof(struct su_hold);
    capture.endings.octets = sizeof(struct su_ending);
    capture.odds.octets = sizeof(struct su_odd);
    su_opencount_init();
    su_timing_log_init();
    su_clock_begin(&capture.flows[SU_PROTOCOL_TCP], &su_capture_policy);
    capture.remembers = su_cmdline_may_repeat();
    if (su_capture_forget_after_ns > 0 && !capture.remembers)
        begin_forgetting();
    capture.running = true;
}

void su_capture_cleanup(void)
{
    if (!capture.running)
        return;
    su_clock_session_ended();
    for (unsigned i = 0; i < TABLES; i++)
        su_pair_table_clear(&capture.tables[i]);
    su_pool_clear(&capture.flows[SU_PROTOCOL_TCP]);
    su_pool_clear(&capture.flows[SU_PROTOCOL_UDP]);
    su_pool_clear(&capture.holds);
    su_pool_clear(&capture.endings);
    su_pool_clear(&capture.odds);
    su_framelog_clear(&capture.frames);
    su_opencount_clear();
    su_timing_log_clear();
    su_forget_clear();
    su_clock_end();
    capture.generation++;
    capture.running = false;
}

uint32_t su_capture_generation(void)
{
    return capture.generation;
}

/* ---- flows ------------------------------------------------------------------------------- */

static struct su_flow *flow_at(enum su_protocol protocol, uint32_t index)
{
    return su_pool_at(&capture.flows[protocol], index);
}

static struct su_flow *flow_of(struct su_conn *conn)
{
    return (struct su_flow *)(void *)((char *)conn - offsetof(struct su_flow, conn));
}

static uint32_t flow_index(const struct su_flow *flow)
{
    return flow->protocol == SU_PROTOCOL_UDP ? flow->udp.index : flow->conn.index;
}

static uint8_t flow_states(const struct su_flow *flow)
{
    if (flow->protocol == SU_PROTOCOL_TCP)
        return su_conn_states(&flow->conn);
    return (uint8_t)(flow->udp.side[0].state | flow->udp.side[1].state << 4);
}

static struct su_flow *new_flow(enum su_protocol protocol, uint8_t table, uint32_t pair)
{
    uint32_t index = su_pool_take(&capture.flows[protocol]);
    struct su_flow *flow = flow_at(protocol, index);

    flow->protocol = (uint8_t)protocol;
    flow->table = table;
    flow->pair = pair;
    if (protocol == SU_PROTOCOL_UDP)
        flow->udp.index = index;
    else
        flow->conn.index = index;
    return flow;
}

uint32_t su_flow_stream(const struct su_flow *flow)
{
    if (flow->protocol == SU_PROTOCOL_TCP && su_forget_is_on())
        return su_forget_stream(flow);
    return flow_index(flow);
}

uint32_t su_capture_count(enum su_protocol protocol)
{
    return capture.flows[protocol].count;
}

const struct su_flow *su_capture_flow(enum su_protocol protocol, uint32_t index)
{
    return index < capture.flows[protocol].count ? flow_at(protocol, index) : NULL;
}

uint32_t su_capture_waiting_frame(const struct su_flow *flow)
{
    const struct su_pair *pair = su_pair_table_value(&capture.tables[flow->table], flow->pair);
    bool waits = pair->conn == &flow->conn && pair->hold && pair->hold->active;

    return waits ? pair->hold->first.frame : 0;
}

uint8_t su_flow_client(const struct su_flow *flow)
{
    return flow->protocol == SU_PROTOCOL_TCP ? flow->conn.client : 0;
}

bool su_flow_has_ports(const struct su_flow *flow, uint16_t a, uint16_t b)
{
    const struct su_pair_table *table = &capture.tables[flow->table];
    uint16_t port0 = su_pair_table_port(table, flow->pair, 0);
    uint16_t port1 = su_pair_table_port(table, flow->pair, 1);

    return (port0 == a && port1 == b) || (port0 == b && port1 == a);
}

const uint8_t *su_flow_address(const struct su_flow *flow, uint8_t side)
{
    return su_pair_table_address(&capture.tables[flow->table], flow->pair, side);
}

uint8_t su_flow_ip_version(const struct su_flow *flow)
{
    return flow->table & TABLE_V6 ? 6 : 4;
}

static void name_socket(const struct su_flow *flow, uint8_t side, struct su_view_side *view)
{
    view->address = su_flow_address(flow, side);
    view->port = su_pair_table_port(&capture.tables[flow->table], flow->pair, side);
}

void su_flow_name(const struct su_flow *flow, struct su_view *view)
{
    uint8_t client = su_flow_client(flow);

    view->protocol = flow->protocol;
    view->stream = su_flow_stream(flow);
    view->ip_version = su_flow_ip_version(flow);
    name_socket(flow, client, &view->client);
    name_socket(flow, !client, &view->server);
}

void su_flow_view(const struct su_flow *flow, struct su_view *view)
{
    if (flow->protocol == SU_PROTOCOL_TCP)
        su_conn_view(&flow->conn, &su_capture_policy, su_clock_now(), view);
    else
        su_udp_view(&flow->udp, view);
    su_flow_name(flow, view);
    su_opencount_view(flow, view);
    su_timing_log_view(flow, view);
}

/* ---- pairs of sockets -------------------------------------------------------------------- */

static uint8_t table_of(const struct su_packet_key *key, enum su_protocol protocol)
{
    uint8_t table = protocol == SU_PROTOCOL_UDP ? TABLE_UDP : 0;

    if (key->src->type == AT_IPv6)
        table |= TABLE_V6;
    if (key->interface_id != 0 || key->vlan_id != 0)
        table |= TABLE_LANES;
    return table;
}

static void make_key(const struct su_packet_key *key, struct su_pair_key *made)
{
    bool v6 = key->src->type == AT_IPv6;
    uint8_t octets = v6 ? 16 : 4;
    uint32_t words = v6 ? SU_END_WORDS_V6 : SU_END_WORDS_V4;

    su_pair_key_end(made->words, key->src->data, octets, key->srcport);
    su_pair_key_end(made->words + words, key->dst->data, octets, key->dstport);
    made->words[2 * words] = (uint64_t)key->interface_id << 32 | key->vlan_id;
}

/** Where a packet's pair of sockets is. */
struct place {
    struct su_pair_table *table;
    uint32_t pair;
    uint8_t table_index;
    uint8_t from;
};

static bool find_place(const struct su_packet_key *key, enum su_protocol protocol, bool add,
                       struct place *place)
{
    struct su_pair_key words;

    place->table_index = table_of(key, protocol);
    place->table = &capture.tables[place->table_index];
    make_key(key, &words);
    if (su_pair_table_find(place->table, &words, &place->pair, &place->from))
        return true;
    if (!add)
        return false;
    place->pair = su_pair_table_add(place->table, &words);
    place->from = 0;
    return true;
}

static bool is_same_socket(const struct su_packet_key *key)
{
    return key->srcport == key->dstport && addresses_equal(key->src, key->dst);
}

/* The TCP pair of a packet, made if it is new. */
static struct su_pair *tcp_pair(const struct su_packet_key *key, struct place *place)
{
    find_place(key, SU_PROTOCOL_TCP, true, place);
    return su_pair_table_value(place->table, place->pair);
}

/* ---- the engine's wishes ----------------------------------------------------------------- */

/** One call of su_pair_feed(). */
struct feeding {
    const struct place *place;
    bool made; /* did a connection begin? */
};

static struct su_conn *make_conn(void *user, struct su_pair *pair)
{
    struct feeding *feeding = user;
    const struct place *place = feeding->place;
    struct su_flow *flow = new_flow(SU_PROTOCOL_TCP, place->table_index, place->pair);
    const uint16_t ports[2] = {su_pair_table_port(place->table, place->pair, 0),
                               su_pair_table_port(place->table, place->pair, 1)};

    (void)pair;
    su_conn_init(&flow->conn, ports);
    if (su_forget_is_on())
        su_forget_begin(flow);
    feeding->made = true;
    return &flow->conn;
}

static struct su_hold *make_hold(void *user)
{
    (void)user;
    return su_pool_take_object(&capture.holds);
}

static struct su_ending *make_ending(void *user)
{
    (void)user;
    return su_pool_take_object(&capture.endings);
}

static struct su_odd *make_odd(void *user)
{
    (void)user;
    return su_pool_take_object(&capture.odds);
}

static const struct su_conn_parts parts = {make_ending, make_odd, NULL};

static bool is_of_pair(const struct su_note *note, const struct su_flow *flow)
{
    const struct su_flow *noted;

    if (note->flags & (SU_NOTE_UDP | SU_NOTE_ICMP))
        return false;
    noted = flow_at(SU_PROTOCOL_TCP, note->flow);
    return noted->conn.first_frame != 0 && noted->table == flow->table && noted->pair == flow->pair;
}

static void move_frame(void *user, uint32_t frame, struct su_conn *conn, uint8_t states)
{
    const struct su_flow *flow = flow_of(conn);
    struct su_note *note;

    (void)user;
    for (uint32_t i = 0; (note = su_framelog_at(&capture.frames, frame, i)); i++) {
        if (!is_of_pair(note, flow))
            continue;
        note->flow = flow_index(flow);
        note->states = states;
        note->flags &= (uint8_t)~SU_NOTE_WORD; /* about time it spoke to the other connection */
        note->events = su_events_of_held(conn, frame);
    }
}

/* ---- forgetting -------------------------------------------------------------------------- */

/* The last connection of a pair of sockets goes, and the pair with it. */
static void remove_pair(const struct su_flow *flow)
{
    struct su_pair_table *table = &capture.tables[flow->table];
    const struct su_pair *pair = su_pair_table_value(table, flow->pair);

    if (pair->hold)
        su_pool_give_object(&capture.holds, pair->hold);
    su_pair_table_remove(table, flow->pair);
}

static void leave_pair(struct su_flow *flow)
{
    struct su_pair *pair = su_pair_table_value(&capture.tables[flow->table], flow->pair);

    if (su_forget_end(flow))
        remove_pair(flow);
    else if (pair->conn == &flow->conn)
        pair->conn = NULL; /* an earlier one is still there, and nothing will come to it */
}

static void forget_flow(struct su_flow *flow)
{
    uint32_t index = flow->conn.index;

    su_conn_bury(&flow->conn);
    su_clock_flow_forgotten(flow);
    su_timing_log_forget(flow);
    su_opencount_forget(flow);
    if (flow->conn.ending)
        su_pool_give_object(&capture.endings, flow->conn.ending);
    if (flow->conn.odd)
        su_pool_give_object(&capture.odds, flow->conn.odd);
    leave_pair(flow);
    memset(flow, 0, sizeof(*flow));
    flow->conn.index = index;
    su_pool_give(&capture.flows[SU_PROTOCOL_TCP], index);
}

static void forget_what_is_due(int64_t now_ns)
{
    const struct su_flow *flow;

    while ((flow = su_forget_next(now_ns))) {
        if (su_capture_waiting_frame(flow) != 0)
            su_forget_wait(flow); /* that may yet say more of it */
        else
            forget_flow(flow_at(SU_PROTOCOL_TCP, flow->conn.index));
    }
}

static void begin_forgetting(void)
{
    su_forget_init(su_capture_forget_after_ns, &capture.flows[SU_PROTOCOL_TCP], &su_capture_policy);
    su_clock_follow(forget_what_is_due);
}

/* ---- packets, first pass ----------------------------------------------------------------- */

/* The record of a packet, but for what there is to say of time. */
static struct su_frame_record record_of(struct su_flow *flow, uint8_t from, uint8_t layer)
{
    return (struct su_frame_record){
        .flow = flow,
        .states = flow_states(flow),
        .from = from,
        .layer = layer,
        .moment = su_moment_none,
    };
}

static void remember(uint32_t frame, const struct su_frame_record *record)
{
    struct su_note note;
    uint32_t word;

    if (!capture.remembers && su_capture_wants_packets == 0)
        return;
    note = (struct su_note){
        .flow = flow_index(record->flow),
        .states = record->states,
        .layer = record->layer,
        .events = record->events,
        .flags =
            (uint8_t)((record->from ? SU_NOTE_FROM : 0) | (record->is_icmp ? SU_NOTE_ICMP : 0) |
                      (record->flow->protocol == SU_PROTOCOL_UDP ? SU_NOTE_UDP : 0)),
    };
    note.flags |= su_timing_log_keep(record, &word);
    su_framelog_put(&capture.frames, frame, note, word);
}

/** The connection at hand as it was before a packet was taken in. */
struct before {
    struct su_conn *conn; /* NULL: there was none */
    int64_t last_ns;
    struct su_before facts;
};

static struct before before_of(struct su_conn *conn)
{
    if (!conn)
        return (struct before){.last_ns = SU_TIME_NONE};
    return (struct before){conn, conn->last_ns, su_before(conn)};
}

/* Up to three connections can have changed: the one that was at hand, the one that took the segment
 * and the one that is at hand now. */
static void count_open(const struct before *before, struct su_conn *fed, struct su_conn *now,
                       uint32_t frame, uint8_t layer)
{
    if (before->conn && before->conn->changes != before->facts.changes)
        su_opencount_update(flow_of(before->conn), frame, layer);
    if (fed != before->conn)
        su_opencount_update(flow_of(fed), frame, layer);
    if (now != before->conn && now != fed)
        su_opencount_update(flow_of(now), frame, layer);
}

/* Did a segment that had to wait begin the connection at hand? */
static bool began_with_held(const struct su_pair *pair)
{
    return pair->hold && pair->hold->first.frame == pair->conn->first_frame;
}

/* A connection began: the one before it may have been given up, and frames may have moved. */
static void tell_of_new(const struct su_pair *pair, struct su_conn *before, struct su_conn *fed)
{
    if (before && before != pair->conn && began_with_held(pair))
        su_clock_flow_followed(flow_of(before), flow_of(pair->conn));
    if (before && before != pair->conn && before != fed)
        su_clock_flow_changed(flow_of(before));
    if (pair->conn != fed)
        su_clock_flow_changed(flow_of(pair->conn));
}

static void note_mss(struct su_flow *flow, const struct su_segment *seg)
{
    uint16_t mss = seg->mss ? seg->mss : 1;

    if (seg->flags & SU_SYN)
        flow->mss = flow->mss ? MIN(flow->mss, mss) : mss;
}

/* What a segment says of time to the connection that took it in. Not a SYN that waits for its
 * answer; once that has come it is a segment of the new connection. */
static void take_time(const struct su_pair *pair, const struct before *before, struct su_flow *flow,
                      const struct su_segment *seg, struct su_frame_record *record)
{
    const struct su_hold *hold = pair->hold;
    int64_t before_ns = before->conn == &flow->conn ? before->last_ns : SU_TIME_NONE;

    if (hold && hold->last.frame == seg->frame)
        return;
    if (hold && hold->first.frame == flow->conn.first_frame && before->conn != &flow->conn) {
        note_mss(flow, &hold->first);
        before_ns = hold->last.time_ns;
    }
    note_mss(flow, seg);
    if (su_capture_wants_timing > 0)
        su_timing_log_take(flow, seg, before_ns, record);
}

void su_capture_segment(const struct su_packet_key *key, struct su_segment *seg, uint8_t layer,
                        struct su_frame_record *record)
{
    struct place place;
    struct feeding feeding = {.place = &place};
    const struct su_pair_ops ops = {make_conn, make_hold, move_frame,
                                    &feeding,  parts,     is_same_socket(key)};
    struct su_pair *pair = tcp_pair(key, &place);
    struct before before = before_of(pair->conn);
    struct su_deadlines deadlines = su_deadlines(before.conn);
    struct su_conn *fed;

    seg->from = place.from;
    fed = su_pair_feed(pair, seg, &su_capture_policy, &ops);
    if (feeding.made)
        deadlines = su_deadlines(NULL);
    su_clock_watch(pair->conn, &deadlines);
    *record = record_of(flow_of(fed), place.from, layer);
    record->events = su_events_of_segment(&before.facts, fed, seg, &su_capture_policy);
    if (!ops.same_socket) /* who talks to himself asks nobody */
        take_time(pair, &before, record->flow, seg, record);
    remember(seg->frame, record);
    count_open(&before, fed, pair->conn, seg->frame, layer);
    if (feeding.made)
        tell_of_new(pair, before.conn, fed);
}

static struct su_flow *udp_flow(const struct su_packet_key *key, bool add, struct place *place)
{
    struct udp_pair *pair;

    if (!find_place(key, SU_PROTOCOL_UDP, add, place))
        return NULL;
    pair = su_pair_table_value(place->table, place->pair);
    if (!pair->flow) {
        pair->flow = new_flow(SU_PROTOCOL_UDP, place->table_index, place->pair);
    }
    return pair->flow;
}

void su_capture_datagram(const struct su_packet_key *key, const struct su_datagram *datagram,
                         uint8_t layer, struct su_frame_record *record)
{
    struct place place;
    struct su_flow *flow = udp_flow(key, true, &place);

    su_udp_apply(&flow->udp, place.from, datagram->octets, datagram->time_ns, datagram->frame);
    *record = record_of(flow, place.from, layer);
    remember(datagram->frame, record);
}

static struct su_flow *tcp_icmp(const struct su_packet_key *key, struct su_icmp_error *error,
                                uint8_t *events)
{
    struct place place;
    struct su_pair *pair;
    struct su_conn *conn;
    struct su_before before;

    if (!find_place(key, SU_PROTOCOL_TCP, false, &place))
        return NULL;
    error->from = place.from;
    pair = su_pair_table_value(place.table, place.pair);
    before = su_before(pair->conn);
    conn = su_pair_feed_icmp(pair, error, &su_capture_policy, &parts);
    if (!conn)
        return NULL;
    *events = su_events_of_icmp(&before, conn);
    return flow_of(conn);
}

static struct su_flow *udp_icmp(const struct su_packet_key *key, struct su_icmp_error *error)
{
    struct place place;
    struct su_flow *flow = udp_flow(key, false, &place);

    if (!flow)
        return NULL;
    error->from = place.from;
    su_udp_apply_icmp(&flow->udp, error);
    return flow;
}

void su_capture_icmp(const struct su_packet_key *key, struct su_icmp_error *error,
                     enum su_protocol protocol, uint8_t layer, struct su_frame_record *record)
{
    uint8_t events = 0;
    struct su_flow *flow =
        protocol == SU_PROTOCOL_UDP ? udp_icmp(key, error) : tcp_icmp(key, error, &events);

    if (!flow) {
        *record = (struct su_frame_record){.is_icmp = true};
        return;
    }
    *record = record_of(flow, error->from, layer);
    record->is_icmp = true;
    record->events = events;
    remember(error->frame, record);
    if (protocol == SU_PROTOCOL_TCP)
        su_opencount_update(flow, error->frame, layer);
}

/* ---- packets, later passes --------------------------------------------------------------- */

static void recall(uint32_t frame, const struct su_note *note, struct su_frame_record *record)
{
    enum su_protocol protocol = note->flags & SU_NOTE_UDP ? SU_PROTOCOL_UDP : SU_PROTOCOL_TCP;

    *record = (struct su_frame_record){
        .flow = flow_at(protocol, note->flow),
        .states = note->states,
        .from = (note->flags & SU_NOTE_FROM) != 0,
        .layer = note->layer,
        .events = note->events,
        .is_icmp = (note->flags & SU_NOTE_ICMP) != 0,
        .is_recalled = true,
        .moment = su_moment_none,
    };
    if (note->flags & SU_NOTE_WORD)
        su_timing_log_recall(frame, note->flags,
                             su_framelog_word(&capture.frames, frame, note->layer), record);
}

/* The connection may have been forgotten, and its place taken by a later one. */
static bool is_there(const struct su_note *note, uint32_t frame)
{
    const struct su_conn *conn;

    if (!su_forget_is_on() || (note->flags & SU_NOTE_UDP))
        return true;
    conn = &flow_at(SU_PROTOCOL_TCP, note->flow)->conn;
    return conn->first_frame != 0 && conn->first_frame <= frame;
}

bool su_capture_recall(uint32_t frame, uint8_t layer, struct su_frame_record *record)
{
    const struct su_note *note = su_framelog_find(&capture.frames, frame, layer);

    if (!note || !is_there(note, frame))
        return false;
    recall(frame, note, record);
    return true;
}

bool su_capture_recall_tcp(uint32_t frame, struct su_frame_record *record)
{
    const struct su_note *innermost = NULL;
    const struct su_note *note;

    for (uint32_t i = 0; (note = su_framelog_at(&capture.frames, frame, i)); i++) {
        if (!(note->flags & (SU_NOTE_UDP | SU_NOTE_ICMP)))
            innermost = note;
    }
    if (innermost)
        recall(frame, innermost, record);
    return innermost != NULL;
}
