/* exchange.c: see exchange.h.
 * Sequence numbers are gap.c's business; here payload is new, filled in or repeated, so and so many
 * octets behind the newest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "exchange.h"

#include "seq.h"

enum {
    NEXT_MAX = 1 << 30, /* a request this long has begun, acknowledged or not */
    TLS_TYPE_MIN = 20,  /* RFC 8446 section 5.1: change_cipher_spec ... application_data */
    TLS_TYPE_DATA = 23,
    TLS_MAJOR = 3
};

static const struct su_gap *client_gap(const struct su_turn_step *step)
{
    return &step->gaps[step->turns->client];
}

static const struct su_side *client_side(const struct su_turn_step *step)
{
    return &step->conn->side[step->turns->client];
}

/* Both sockets are done with each other. A RST that may still be taken back does not count. */
static bool is_over(const struct su_conn *conn)
{
    return su_conn_is_over(conn) && !(conn->facts & SU_FACT_RST_REVOCABLE);
}

static bool has_request(const struct su_exchange *exchange)
{
    return exchange->req_first_ns != SU_TIME_NONE;
}

static bool has_response(const struct su_exchange *exchange)
{
    return exchange->rsp_first_ns != SU_TIME_NONE;
}

static uint16_t tls_flags(const struct su_segment *seg)
{
    uint8_t type = seg->payload_head[0];

    if (seg->payload_head[1] != TLS_MAJOR || type < TLS_TYPE_MIN || type > TLS_TYPE_DATA)
        return 0;
    return type == TLS_TYPE_DATA ? SU_EXCHANGE_TLS : SU_EXCHANGE_TLS | SU_EXCHANGE_TLS_HANDSHAKE;
}

static uint16_t rexmt_flag(const struct su_turn_step *step)
{
    return step->gap->flags & SU_GAP_RETRANS ? SU_EXCHANGE_REXMT : 0;
}

/* ---- begin and end ---- */

static void clear(struct su_exchange *exchange, uint32_t number)
{
    *exchange = (struct su_exchange){
        .req_first_ns = SU_TIME_NONE,
        .req_last_ns = SU_TIME_NONE,
        .req_acked_ns = SU_TIME_NONE,
        .rsp_first_ns = SU_TIME_NONE,
        .rsp_last_ns = SU_TIME_NONE,
        .number = number,
    };
}

static void begin(const struct su_turn_step *step, uint32_t number)
{
    struct su_turns *turns = step->turns;

    turns->begun = true;
    turns->number = number;
    turns->open = step->sink->new_exchange(step->sink->user);
    if (turns->open)
        clear(turns->open, number);
}

static uint16_t verdict(const struct su_exchange *exchange, bool over)
{
    return over && has_request(exchange) && !has_response(exchange) ? SU_EXCHANGE_UNANSWERED : 0;
}

static void finish(const struct su_turn_step *step, bool over)
{
    struct su_exchange *exchange = step->turns->open;

    if (!exchange)
        return;
    step->turns->open = NULL;
    exchange->flags |= verdict(exchange, over);
    step->sink->finished(step->sink->user, exchange);
}

/* ---- a request that waits to be believed ---- */

static void make_request(const struct su_turns *turns, const struct su_gap *client,
                         struct su_exchange *exchange)
{
    exchange->req_first_ns = turns->next_first_ns;
    exchange->req_last_ns = client->last_ns;
    exchange->req_first_frame = turns->next_first_frame;
    exchange->req_last_frame = turns->next_last_frame;
    exchange->req_octets = turns->next_octets;
    exchange->flags |= turns->next_flags;
}

static void forget_next(struct su_turns *turns)
{
    turns->next_octets = 0;
    turns->next_flags = 0;
}

/* The server has it: it is the next request. */
static void promote(const struct su_turn_step *step)
{
    struct su_turns *turns = step->turns;

    finish(step, false);
    begin(step, turns->number + 1);
    if (turns->open)
        make_request(turns, client_gap(step), turns->open);
    forget_next(turns);
}

/* The server goes on without it: the response was not over when the client spoke. */
static void merge(const struct su_turn_step *step)
{
    struct su_turns *turns = step->turns;

    turns->open->req_octets += turns->next_octets;
    turns->open->flags |= SU_EXCHANGE_OVERLAP | (turns->next_flags & SU_EXCHANGE_REXMT);
    forget_next(turns);
}

static void hold_next(const struct su_turn_step *step)
{
    struct su_turns *turns = step->turns;

    if (turns->next_octets == 0) {
        turns->next_first_ns = step->now_ns;
        turns->next_first_frame = step->seg->frame;
        turns->next_flags = tls_flags(step->seg);
    }
    turns->next_last_frame = step->seg->frame;
    turns->next_octets += step->gap->fresh;
    if (turns->next_octets > NEXT_MAX)
        promote(step);
}

/* ---- the client ---- */

static void extend_request(const struct su_turn_step *step)
{
    struct su_exchange *exchange = step->turns->open;

    if (!has_request(exchange)) {
        exchange->req_first_ns = step->now_ns;
        exchange->req_first_frame = step->seg->frame;
        exchange->flags |= tls_flags(step->seg);
    }
    exchange->req_last_ns = step->now_ns;
    exchange->req_last_frame = step->seg->frame;
    exchange->req_octets += step->gap->fresh;
    exchange->req_acked_ns = SU_TIME_NONE;
    exchange->flags &= (uint16_t)~SU_EXCHANGE_BARE_ACK;
}

static void take_request(const struct su_turn_step *step)
{
    struct su_turns *turns = step->turns;

    if (!turns->open && !is_over(step->conn))
        begin(step, turns->number + 1);
    if (!turns->open)
        return;
    if (has_response(turns->open))
        hold_next(step);
    else
        extend_request(step);
}

static void take_client(const struct su_turn_step *step)
{
    struct su_turns *turns = step->turns;
    bool of_next = step->gap->behind < turns->next_octets;

    if (step->gap->kind == SU_PAYLOAD_NEW) {
        take_request(step);
        return;
    }
    if (!turns->open)
        return;
    if (of_next)
        turns->next_flags |= rexmt_flag(step);
    else if (step->gap->behind - turns->next_octets < turns->open->req_octets)
        turns->open->flags |= rexmt_flag(step);
    /* Lost on its way to us: this is the first transmission that we know of. */
    if (step->gap->kind == SU_PAYLOAD_FILL && has_request(turns->open) &&
        !has_response(turns->open))
        extend_request(step);
}

/* ---- the server ---- */

/* Number behind the open exchange's request. */
static uint32_t request_end(const struct su_turn_step *step)
{
    return client_gap(step)->nxt - step->turns->next_octets;
}

static void note_acked(const struct su_turn_step *step)
{
    struct su_exchange *exchange = step->turns->open;

    if (!exchange || !has_request(exchange) || exchange->req_acked_ns != SU_TIME_NONE ||
        su_seq_after(request_end(step), client_side(step)->snd_una))
        return;
    exchange->req_acked_ns = step->now_ns;
    if (step->seg->payload_octets == 0)
        exchange->flags |= SU_EXCHANGE_BARE_ACK;
}

static void take_acks(const struct su_turn_step *step)
{
    const struct su_side *client = client_side(step);

    if (!(client->flags & SU_SIDE_ACKED))
        return;
    note_acked(step);
    if (step->turns->next_octets > 0 && su_seq_after(client->snd_una, request_end(step))) {
        promote(step);
        note_acked(step);
    }
}

/* Does the server speak before it can have seen any of the request? */
static bool crosses(const struct su_turn_step *step)
{
    const struct su_exchange *exchange = step->turns->open;
    uint32_t request_begin = request_end(step) - (uint32_t)exchange->req_octets;

    return has_request(exchange) && (client_side(step)->flags & SU_SIDE_ACKED) &&
           !su_seq_after(client_side(step)->snd_una, request_begin);
}

static void begin_response(const struct su_turn_step *step)
{
    struct su_exchange *exchange = step->turns->open;

    exchange->rsp_first_ns = step->now_ns;
    exchange->rsp_first_frame = step->seg->frame;
    exchange->flags |=
        has_request(exchange) ? tls_flags(step->seg) & SU_EXCHANGE_TLS : tls_flags(step->seg);
    if (crosses(step))
        exchange->flags |= SU_EXCHANGE_OVERLAP;
}

static void note_gap(const struct su_turn_step *step)
{
    struct su_exchange *exchange = step->turns->open;
    bool longer = exchange->max_gap_frame == 0 || step->gap->gap_ns > exchange->max_gap_ns;

    if (!step->gap->counted || !longer)
        return;
    exchange->max_gap_ns = step->gap->gap_ns;
    exchange->max_gap_frame = step->seg->frame;
    exchange->max_gap_cause = step->gap->cause;
}

static void deliver(const struct su_turn_step *step)
{
    struct su_exchange *exchange = step->turns->open;

    exchange->rsp_last_ns = step->now_ns;
    exchange->rsp_last_frame = step->seg->frame;
    exchange->rsp_octets += step->gap->fresh;
    exchange->flags |= rexmt_flag(step);
}

static void take_response(const struct su_turn_step *step)
{
    struct su_turns *turns = step->turns;

    if (!turns->open && !turns->begun && !is_over(step->conn)) {
        begin(step, 0);
        if (turns->open)
            turns->open->flags |= SU_EXCHANGE_GREETING;
    }
    if (!turns->open)
        return;
    if (turns->next_octets > 0)
        merge(step);
    if (has_response(turns->open))
        note_gap(step);
    else
        begin_response(step);
    deliver(step);
}

/* Repeated payload: only the last octet's last delivery counts, and none after its ACK. */
static void take_repeat(const struct su_turn_step *step)
{
    uint8_t server = !step->turns->client;
    bool acked = !su_seq_after(step->gaps[server].nxt, step->conn->side[server].snd_una);

    if (!rexmt_flag(step))
        return;
    if (step->gap->behind == 0 && !acked)
        deliver(step);
    else
        step->turns->open->flags |= SU_EXCHANGE_REXMT;
}

static void take_server(const struct su_turn_step *step)
{
    const struct su_exchange *exchange = step->turns->open;

    if (step->gap->kind == SU_PAYLOAD_NEW) {
        take_response(step);
        return;
    }
    if (!exchange || step->gap->behind >= exchange->rsp_octets)
        return; /* of an earlier response */
    if (step->gap->kind == SU_PAYLOAD_REPEAT)
        take_repeat(step);
    if (step->gap->kind == SU_PAYLOAD_FILL)
        take_response(step);
}

/* ---- both ---- */

/* Roles are decided long before payload comes, but for some captures that begin in the middle. */
static void follow_role(const struct su_turn_step *step)
{
    struct su_turns *turns = step->turns;

    if (turns->client == step->conn->client)
        return;
    finish(step, false);
    forget_next(turns);
    turns->client = step->conn->client;
}

/* A request that nobody acknowledged any more counts as one, too. */
static void settle(const struct su_turn_step *step)
{
    if (step->turns->next_octets > 0)
        promote(step);
    finish(step, true);
}

static bool is_one_sided(const struct su_conn *conn)
{
    return conn->side[0].packets == 0 || conn->side[1].packets == 0;
}

static struct su_turn_place place_of(const struct su_turn_step *step)
{
    const struct su_turns *turns = step->turns;
    const struct su_exchange *open = turns->open;
    bool of_client = (step->seg->from & 1) == turns->client;
    uint64_t behind = step->gap->behind;
    uint64_t length = 0;

    if (is_one_sided(step->conn) || step->gap->kind == SU_PAYLOAD_NONE ||
        step->gap->kind == SU_PAYLOAD_PROBE || !open)
        return (struct su_turn_place){.number = SU_EXCHANGE_NONE};
    if (of_client && behind < turns->next_octets)
        return (struct su_turn_place){turns->next_octets - behind, open->number + 1};
    if (of_client)
        behind -= turns->next_octets;
    length = of_client ? open->req_octets : open->rsp_octets;
    if (behind >= length)
        return (struct su_turn_place){.number = SU_EXCHANGE_NONE};
    return (struct su_turn_place){length - behind, open->number};
}

void su_turns_apply(const struct su_turn_step *step, struct su_turn_place *place)
{
    struct su_turns *turns = step->turns;
    bool payload = step->gap->kind != SU_PAYLOAD_NONE && step->gap->kind != SU_PAYLOAD_PROBE;

    follow_role(step);
    if ((step->seg->from & 1) != turns->client)
        take_acks(step);
    if (payload && (step->seg->from & 1) == turns->client)
        take_client(step);
    else if (payload)
        take_server(step);
    *place = place_of(step);
    if (turns->open && is_over(step->conn))
        settle(step);
}

unsigned su_turns_peek(const struct su_turns *turns, const struct su_conn *conn,
                       const struct su_gap gaps[2], struct su_exchange out[2])
{
    bool over = is_over(conn);
    unsigned count = 0;

    if (!turns->open || is_one_sided(conn))
        return 0;
    out[count++] = *turns->open;
    if (turns->next_octets > 0) {
        clear(&out[count], turns->number + 1);
        make_request(turns, &gaps[turns->client], &out[count++]);
    }
    for (unsigned i = 0; i < count; i++)
        out[i].flags |= verdict(&out[i], over);
    return count;
}

/* ---- spans ---- */

static int64_t span(int64_t from_ns, int64_t to_ns)
{
    return from_ns == SU_TIME_NONE || to_ns == SU_TIME_NONE ? SU_TIME_NONE : to_ns - from_ns;
}

int64_t su_exchange_request_spread(const struct su_exchange *exchange)
{
    return span(exchange->req_first_ns, exchange->req_last_ns);
}

int64_t su_exchange_start_latency(const struct su_exchange *exchange)
{
    return span(exchange->req_first_ns, exchange->rsp_first_ns);
}

int64_t su_exchange_finish_latency(const struct su_exchange *exchange)
{
    return span(exchange->req_first_ns, exchange->rsp_last_ns);
}

int64_t su_exchange_service_time(const struct su_exchange *exchange)
{
    return span(exchange->req_last_ns, exchange->rsp_first_ns);
}

int64_t su_exchange_server_think(const struct su_exchange *exchange)
{
    int64_t service = su_exchange_service_time(exchange);
    int64_t network = span(exchange->req_last_ns, exchange->req_acked_ns);

    if (service == SU_TIME_NONE || network == SU_TIME_NONE ||
        !(exchange->flags & SU_EXCHANGE_BARE_ACK))
        return service;
    return service > network ? service - network : 0;
}

int64_t su_exchange_response_spread(const struct su_exchange *exchange)
{
    return span(exchange->rsp_first_ns, exchange->rsp_last_ns);
}

int64_t su_exchange_client_think(const struct su_exchange *exchange, const struct su_exchange *next)
{
    return span(exchange->rsp_last_ns, next->req_first_ns);
}
