/* timing_log.c: keeps the engine's timing of each connection with payload, its exchanges, and its
 * packets' moments.
 * Timing is large and only needed while a connection lives; its exchanges stay.
 * A packet's exchange is kept as the newest one before it: whether what the packet began was the
 * next one, only later packets tell (see struct su_moment).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "timing_log.h"

#include "exchanges.h"
#include "framelog.h"
#include "moments.h"

const struct su_moment su_moment_none = {
    .gap_ns = SU_TIME_NONE,
    .same_side_ns = SU_TIME_NONE,
    .exchange = SU_EXCHANGE_NONE,
};

/** A connection with payload that is not over. */
struct timed {
    struct su_timing timing;
    uint32_t first, last; /* places of its exchanges, 0: none */
};

/** What stays of a connection's gaps. */
struct gaps {
    int64_t longest_ns;
    uint32_t frame; /* that ended it; 0: there was no gap */
    uint32_t long_ones;
    uint8_t cause;
    uint8_t from;
};

static struct {
    struct su_pool timed;
    struct su_pool gaps; /* by number of the connection, as far as there was something to note */
    struct su_exchanges exchanges;
    struct su_moments moments;
} timing_log;

void su_timing_log_init(void)
{
    timing_log.timed.octets = sizeof(struct timed);
    timing_log.gaps.octets = sizeof(struct gaps);
    su_exchanges_init(&timing_log.exchanges);
    su_moments_init(&timing_log.moments);
}

void su_timing_log_clear(void)
{
    su_pool_clear(&timing_log.timed);
    su_pool_clear(&timing_log.gaps);
    su_exchanges_clear(&timing_log.exchanges);
    su_moments_clear(&timing_log.moments);
}

/* su_flow.timing: the number of its struct timed and ALIVE, or only the place of its first exchange
 * and OVER; SHIFT bits to the right. */
enum { ALIVE = 1, OVER = 2, STAGES = 3, SHIFT = 2 };

static struct timed *timed_of(const struct su_flow *flow)
{
    if ((flow->timing & STAGES) != ALIVE)
        return NULL;
    return su_pool_at(&timing_log.timed, flow->timing >> SHIFT);
}

static uint32_t first_place(const struct su_flow *flow)
{
    const struct timed *timed = timed_of(flow);

    return timed ? timed->first : flow->timing >> SHIFT;
}

/* ---- gaps -------------------------------------------------------------------------------- */

static struct gaps *gaps_of(const struct su_flow *flow)
{
    while (timing_log.gaps.count <= flow->conn.index)
        su_pool_new(&timing_log.gaps);
    return su_pool_at(&timing_log.gaps, flow->conn.index);
}

/* Who waits for the other does not pause. */
static int64_t last_payload_ns(const struct su_timing *timing)
{
    int64_t a = timing->gap[0].last_ns;
    int64_t b = timing->gap[1].last_ns;

    if (a == SU_TIME_NONE || b == SU_TIME_NONE)
        return a == SU_TIME_NONE ? b : a;
    return a > b ? a : b;
}

static void note_gap(const struct su_flow *flow, const struct su_segment *seg, int64_t gap_ns,
                     struct su_moment *moment)
{
    struct gaps *gaps = gaps_of(flow);

    if (gap_ns >= su_capture_long_gap_ns) {
        moment->flags |= SU_GAP_LONG;
        gaps->long_ones++;
    }
    if (gaps->frame != 0 && gap_ns <= gaps->longest_ns)
        return;
    gaps->longest_ns = gap_ns;
    gaps->frame = seg->frame;
    gaps->cause = moment->cause;
    gaps->from = seg->from & 1;
}

void su_timing_log_view(const struct su_flow *flow, struct su_view *view)
{
    const struct gaps *gaps;

    view->gap_ns = SU_TIME_NONE;
    view->gaps_known = flow->protocol == SU_PROTOCOL_TCP && su_capture_wants_timing > 0;
    if (!view->gaps_known || flow->conn.index >= timing_log.gaps.count)
        return;
    gaps = su_pool_at(&timing_log.gaps, flow->conn.index);
    view->long_gaps = gaps->long_ones;
    if (gaps->frame == 0)
        return;
    view->gap_ns = gaps->longest_ns;
    view->gap_frame = gaps->frame;
    view->gap_cause = gaps->cause;
    view->gap_by = gaps->from == su_flow_client(flow) ? SU_ROLE_CLIENT : SU_ROLE_SERVER;
}

/* ---- forgetting -------------------------------------------------------------------------- */

void su_timing_log_forget(const struct su_flow *flow)
{
    uint32_t place = first_place(flow);

    while (place != 0) {
        uint32_t next = su_exchanges_next(&timing_log.exchanges, place);

        su_exchanges_forget(&timing_log.exchanges, place);
        place = next;
    }
    if (timed_of(flow))
        su_pool_give(&timing_log.timed, flow->timing >> SHIFT);
    if (flow->conn.index < timing_log.gaps.count)
        *gaps_of(flow) = (struct gaps){0};
}

/* ---- packets, first pass ----------------------------------------------------------------- */

static struct su_exchange *new_exchange(void *user)
{
    struct timed *timed = user;
    struct su_exchange *exchange;

    timed->last = su_exchanges_begin(&timing_log.exchanges, timed->last, &exchange);
    if (timed->first == 0)
        timed->first = timed->last;
    return exchange;
}

static void finished(void *user, struct su_exchange *exchange)
{
    const struct timed *timed = user;

    (void)exchange; /* the newest one: there never are two */
    su_exchanges_finish(&timing_log.exchanges, timed->last);
}

/* The smaller MSS of both SYNs, 0 if one is not known. */
static uint16_t known_mss(const struct su_flow *flow)
{
    bool both = flow->conn.side[0].flags & flow->conn.side[1].flags & SU_SIDE_ISS;

    return both && flow->mss > 1 ? flow->mss : 0;
}

/* The connection was thought to be over: go on after its last exchange. */
static void go_on(struct timed *timed, const struct su_conn *conn, uint32_t first)
{
    struct su_turns *turns = &timed->timing.turns;

    for (uint32_t i = first; i != 0; i = su_exchanges_next(&timing_log.exchanges, i))
        timed->last = i;
    timed->first = first;
    turns->number = su_exchanges_number(&timing_log.exchanges, timed->last);
    turns->client = conn->client;
    turns->begun = true;
}

static void begin(struct su_flow *flow, int64_t before_ns)
{
    uint32_t first = flow->timing >> SHIFT;
    uint32_t number = su_pool_take(&timing_log.timed);
    struct timed *timed = su_pool_at(&timing_log.timed, number);

    su_timing_init(&timed->timing, known_mss(flow), before_ns);
    if (first != 0)
        go_on(timed, &flow->conn, first);
    flow->timing = number << SHIFT | ALIVE;
}

static void end_if_over(struct su_flow *flow)
{
    const struct timed *timed = timed_of(flow);
    uint32_t number = flow->timing >> SHIFT;

    if (!su_conn_is_over(&flow->conn) || (flow->conn.facts & SU_FACT_RST_REVOCABLE) ||
        timed->timing.turns.open)
        return;
    flow->timing = timed->first << SHIFT | OVER;
    su_pool_give(&timing_log.timed, number);
}

/* Stragglers: they belong to no exchange and end no gap of their side's payload. */
static void take_late(const struct su_segment *seg, int64_t before_ns,
                      struct su_frame_record *record)
{
    if (before_ns != SU_TIME_NONE)
        record->moment.gap_ns = seg->time_ns > before_ns ? seg->time_ns - before_ns : 0;
}

static bool brings_news(const struct su_moment *moment)
{
    return moment->kind == SU_PAYLOAD_NEW || moment->kind == SU_PAYLOAD_FILL;
}

void su_timing_log_take(struct su_flow *flow, const struct su_segment *seg, int64_t before_ns,
                        struct su_frame_record *record)
{
    struct su_timing_ops ops = {
        &su_capture_policy, {new_exchange, finished, NULL}
    };
    struct timed *timed;
    int64_t last_ns;
    uint32_t last;

    if ((flow->timing & OVER) && su_conn_is_over(&flow->conn)) {
        take_late(seg, before_ns, record);
        return;
    }
    if ((flow->timing & STAGES) != ALIVE) {
        if (seg->payload_octets == 0)
            return;
        begin(flow, before_ns);
    }
    timed = timed_of(flow);
    last = timed->last;
    last_ns = last_payload_ns(&timed->timing);
    ops.sink.user = timed;
    su_timing_apply(&timed->timing, &flow->conn, seg, &ops, &record->moment);
    record->exchange = last ? last : timed->first;
    if (last_ns != SU_TIME_NONE && brings_news(&record->moment))
        note_gap(flow, seg, timed->timing.last_ns - last_ns, &record->moment);
    end_if_over(flow);
}

static bool is_more_than_span(const struct su_moment *moment)
{
    return moment->same_side_ns != SU_TIME_NONE || moment->gap_ns >= (int64_t)UINT32_MAX ||
           moment->exchange != SU_EXCHANGE_NONE || moment->flags != 0 ||
           moment->kind != SU_PAYLOAD_NONE;
}

uint8_t su_timing_log_keep(const struct su_frame_record *record, uint32_t *word)
{
    struct su_moment_note note = {.moment = record->moment, .exchange = record->exchange};

    *word = 0;
    if (!is_more_than_span(&record->moment)) {
        if (record->moment.gap_ns == SU_TIME_NONE)
            return 0;
        *word = (uint32_t)record->moment.gap_ns;
        return SU_NOTE_SPAN;
    }
    if (note.moment.exchange != SU_EXCHANGE_NONE)
        note.moment.exchange -= su_exchanges_number(&timing_log.exchanges, note.exchange);
    *word = su_moments_add(&timing_log.moments, &note);
    return SU_NOTE_MOMENT;
}

/* ---- exchanges --------------------------------------------------------------------------- */

/* The place of a request that waits to be believed: it has none yet. */
#define PLACE_WAITING UINT32_MAX

uint32_t su_exchange_first_frame(const struct su_exchange *exchange)
{
    return exchange->req_first_frame ? exchange->req_first_frame : exchange->rsp_first_frame;
}

void su_exchange_walk_begin(struct su_exchange_walk *walk, const struct su_flow *flow)
{
    *walk = (struct su_exchange_walk){.flow = flow};
    if (flow->protocol == SU_PROTOCOL_TCP && flow->conn.side[0].packets > 0 &&
        flow->conn.side[1].packets > 0)
        walk->place = first_place(flow);
}

/* What the engine is still at work on, it knows best itself. */
static bool peek(const struct su_exchange_walk *walk, unsigned which, struct su_exchange *exchange)
{
    struct su_exchange under_way[2];

    if (which >= su_timing_peek(&timed_of(walk->flow)->timing, &walk->flow->conn, under_way))
        return false;
    *exchange = under_way[which];
    return true;
}

bool su_exchange_walk_next(struct su_exchange_walk *walk, struct su_exchange *exchange)
{
    uint32_t place = walk->place;

    if (place == 0)
        return false;
    if (place == PLACE_WAITING) {
        walk->place = 0;
        return peek(walk, 1, exchange);
    }
    if (su_exchanges_is_live(&timing_log.exchanges, place)) {
        walk->place = PLACE_WAITING;
        return peek(walk, 0, exchange);
    }
    su_exchanges_get(&timing_log.exchanges, place, exchange);
    walk->place = su_exchanges_next(&timing_log.exchanges, place);
    return true;
}

bool su_record_exchange(const struct su_frame_record *record, struct su_exchange *exchange)
{
    struct su_exchange_walk walk = {.flow = record->flow, .place = record->exchange};

    if (record->moment.exchange == SU_EXCHANGE_NONE)
        return false;
    while (su_exchange_walk_next(&walk, exchange)) {
        if (exchange->number == record->moment.exchange)
            return true;
    }
    return false;
}

/* ---- packets, later passes --------------------------------------------------------------- */

/* Number of the exchange of a frame that once was thought to be of number `most`. */
static uint32_t settled(const struct su_flow *flow, uint32_t place, uint32_t most, uint32_t frame)
{
    struct su_exchange_walk walk = {.flow = flow, .place = place};
    struct su_exchange exchange;
    uint32_t number = SU_EXCHANGE_NONE;

    while (su_exchange_walk_next(&walk, &exchange) && exchange.number <= most) {
        if (number == SU_EXCHANGE_NONE || su_exchange_first_frame(&exchange) <= frame)
            number = exchange.number;
    }
    return number;
}

void su_timing_log_recall(uint32_t frame, uint8_t note_flags, uint32_t word,
                          struct su_frame_record *record)
{
    struct su_moment_note note;
    uint32_t most;

    if (note_flags & SU_NOTE_SPAN) {
        record->moment.gap_ns = word;
        return;
    }
    su_moments_get(&timing_log.moments, word, &note);
    record->moment = note.moment;
    record->exchange = note.exchange;
    if (note.moment.exchange == SU_EXCHANGE_NONE)
        return;
    most = note.moment.exchange + su_exchanges_number(&timing_log.exchanges, note.exchange);
    record->moment.exchange = settled(record->flow, note.exchange, most, frame);
}
