/* exchanges.c: see exchanges.h.
 * A finished exchange is kept as one point in time and spans from there, in nanoseconds of 32 bits;
 * its frames as distances of 16 bits. One that takes more than four seconds, 65,000 frames or 4 GiB
 * is kept as it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "exchanges.h"

#define SPAN_NONE UINT32_MAX /* SU_TIME_NONE */

enum form { FORM_LIVE = 0, FORM_WIDE, FORM_BRIEF };

/* The times of an exchange; each is a span since the first of them. */
enum { REQ_FIRST, REQ_LAST, REQ_ACKED, RSP_FIRST, RSP_LAST, TIMES };

enum { REQ_FIRST_FRAME, REQ_LAST_FRAME, RSP_FIRST_FRAME, RSP_LAST_FRAME, MAX_GAP_FRAME, FRAMES };

/** All there is to know of a short exchange. No member has eight octets: that would cost four. */
struct brief {
    uint32_t begin_low, begin_high; /* nanoseconds since the epoch */
    uint32_t span[TIMES - 1];       /* of REQ_LAST and so on; REQ_FIRST is the begin or none */
    uint32_t max_gap_ns;
    uint32_t req_octets, rsp_octets;
    uint32_t first_frame;
    uint16_t frame[FRAMES]; /* distance from the first, plus one; 0: there is no such frame */
};

struct node {
    uint32_t next; /* place */
    uint32_t number;
    uint16_t flags;
    uint8_t cause;
    uint8_t form; /* enum form */
    union {
        struct brief brief;
        uint32_t elsewhere; /* number in its pool */
    };
};

_Static_assert(sizeof(struct node) <= 64, "there are many");

void su_exchanges_init(struct su_exchanges *exchanges)
{
    exchanges->nodes.octets = sizeof(struct node);
    exchanges->live.octets = sizeof(struct su_exchange);
    exchanges->wide.octets = sizeof(struct su_exchange);
}

void su_exchanges_clear(struct su_exchanges *exchanges)
{
    su_pool_clear(&exchanges->nodes);
    su_pool_clear(&exchanges->live);
    su_pool_clear(&exchanges->wide);
}

static struct node *node_at(const struct su_exchanges *exchanges, uint32_t place)
{
    return su_pool_at(&exchanges->nodes, place - 1);
}

uint32_t su_exchanges_begin(struct su_exchanges *exchanges, uint32_t before,
                            struct su_exchange **exchange)
{
    uint32_t place = su_pool_take(&exchanges->nodes) + 1;
    struct node *node = node_at(exchanges, place);

    if (before)
        node_at(exchanges, before)->next = place;
    node->elsewhere = su_pool_take(&exchanges->live);
    *exchange = su_pool_at(&exchanges->live, node->elsewhere);
    return place;
}

/* ---- in and out -------------------------------------------------------------------------- */

static void list_times(const struct su_exchange *exchange, int64_t times[TIMES])
{
    times[REQ_FIRST] = exchange->req_first_ns;
    times[REQ_LAST] = exchange->req_last_ns;
    times[REQ_ACKED] = exchange->req_acked_ns;
    times[RSP_FIRST] = exchange->rsp_first_ns;
    times[RSP_LAST] = exchange->rsp_last_ns;
}

static void list_frames(const struct su_exchange *exchange, uint32_t frames[FRAMES])
{
    frames[REQ_FIRST_FRAME] = exchange->req_first_frame;
    frames[REQ_LAST_FRAME] = exchange->req_last_frame;
    frames[RSP_FIRST_FRAME] = exchange->rsp_first_frame;
    frames[RSP_LAST_FRAME] = exchange->rsp_last_frame;
    frames[MAX_GAP_FRAME] = exchange->max_gap_frame;
}

/* A greeting has no request. */
static uint32_t first_frame_of(const struct su_exchange *exchange)
{
    return exchange->req_first_frame ? exchange->req_first_frame : exchange->rsp_first_frame;
}

static int64_t begin_of(const struct su_exchange *exchange)
{
    return exchange->req_first_ns != SU_TIME_NONE ? exchange->req_first_ns : exchange->rsp_first_ns;
}

static bool is_short(int64_t ns)
{
    return ns >= 0 && ns < (int64_t)SPAN_NONE;
}

static bool fits(const struct su_exchange *exchange)
{
    int64_t begin = begin_of(exchange);
    int64_t times[TIMES];
    uint32_t frames[FRAMES];
    bool fit = exchange->req_octets <= UINT32_MAX && exchange->rsp_octets <= UINT32_MAX &&
               is_short(exchange->max_gap_ns);

    list_times(exchange, times);
    for (int i = 0; i < TIMES; i++)
        fit = fit && (times[i] == SU_TIME_NONE || is_short(times[i] - begin));
    list_frames(exchange, frames);
    for (int i = 0; i < FRAMES; i++)
        fit = fit && (frames[i] == 0 || frames[i] - first_frame_of(exchange) < UINT16_MAX);
    return fit && begin != SU_TIME_NONE;
}

static void shorten(const struct su_exchange *exchange, struct brief *brief)
{
    int64_t begin = begin_of(exchange);
    int64_t times[TIMES];
    uint32_t frames[FRAMES];

    *brief = (struct brief){
        .begin_low = (uint32_t)(uint64_t)begin,
        .begin_high = (uint32_t)((uint64_t)begin >> 32),
        .max_gap_ns = (uint32_t)exchange->max_gap_ns,
        .req_octets = (uint32_t)exchange->req_octets,
        .rsp_octets = (uint32_t)exchange->rsp_octets,
        .first_frame = first_frame_of(exchange),
    };
    list_times(exchange, times);
    for (int i = REQ_LAST; i < TIMES; i++)
        brief->span[i - 1] = times[i] == SU_TIME_NONE ? SPAN_NONE : (uint32_t)(times[i] - begin);
    list_frames(exchange, frames);
    for (int i = 0; i < FRAMES; i++)
        brief->frame[i] = frames[i] ? (uint16_t)(frames[i] - brief->first_frame + 1) : 0;
}

static int64_t time_of(const struct brief *brief, int which)
{
    int64_t begin = (int64_t)((uint64_t)brief->begin_high << 32 | brief->begin_low);
    uint32_t span = brief->span[which - 1];

    return span == SPAN_NONE ? SU_TIME_NONE : begin + span;
}

static uint32_t frame_of(const struct brief *brief, int which)
{
    return brief->frame[which] ? brief->first_frame + brief->frame[which] - 1 : 0;
}

static void lengthen(const struct node *node, struct su_exchange *exchange)
{
    const struct brief *brief = &node->brief;
    int64_t begin = (int64_t)((uint64_t)brief->begin_high << 32 | brief->begin_low);

    *exchange = (struct su_exchange){
        .req_first_ns = brief->frame[REQ_FIRST_FRAME] ? begin : SU_TIME_NONE,
        .req_last_ns = time_of(brief, REQ_LAST),
        .req_acked_ns = time_of(brief, REQ_ACKED),
        .rsp_first_ns = time_of(brief, RSP_FIRST),
        .rsp_last_ns = time_of(brief, RSP_LAST),
        .max_gap_ns = brief->max_gap_ns,
        .req_octets = brief->req_octets,
        .rsp_octets = brief->rsp_octets,
        .number = node->number,
        .req_first_frame = frame_of(brief, REQ_FIRST_FRAME),
        .req_last_frame = frame_of(brief, REQ_LAST_FRAME),
        .rsp_first_frame = frame_of(brief, RSP_FIRST_FRAME),
        .rsp_last_frame = frame_of(brief, RSP_LAST_FRAME),
        .max_gap_frame = frame_of(brief, MAX_GAP_FRAME),
        .flags = node->flags,
        .max_gap_cause = node->cause,
    };
}

static uint32_t add_wide(struct su_exchanges *exchanges, const struct su_exchange *exchange)
{
    uint32_t number = su_pool_take(&exchanges->wide);

    *(struct su_exchange *)su_pool_at(&exchanges->wide, number) = *exchange;
    return number;
}

void su_exchanges_finish(struct su_exchanges *exchanges, uint32_t place)
{
    struct node *node = node_at(exchanges, place);
    uint32_t live = node->elsewhere;
    const struct su_exchange *exchange = su_pool_at(&exchanges->live, live);

    node->form = fits(exchange) ? FORM_BRIEF : FORM_WIDE;
    node->number = exchange->number;
    node->flags = exchange->flags;
    node->cause = exchange->max_gap_cause;
    if (node->form == FORM_BRIEF)
        shorten(exchange, &node->brief);
    else
        node->elsewhere = add_wide(exchanges, exchange);
    su_pool_give(&exchanges->live, live);
}

void su_exchanges_forget(struct su_exchanges *exchanges, uint32_t place)
{
    const struct node *node = node_at(exchanges, place);

    if (node->form == FORM_LIVE)
        su_pool_give(&exchanges->live, node->elsewhere);
    if (node->form == FORM_WIDE)
        su_pool_give(&exchanges->wide, node->elsewhere);
    su_pool_give(&exchanges->nodes, place - 1);
}

bool su_exchanges_is_live(const struct su_exchanges *exchanges, uint32_t place)
{
    return node_at(exchanges, place)->form == FORM_LIVE;
}

void su_exchanges_get(const struct su_exchanges *exchanges, uint32_t place,
                      struct su_exchange *exchange)
{
    const struct node *node = node_at(exchanges, place);

    if (node->form == FORM_BRIEF)
        lengthen(node, exchange);
    else
        *exchange = *(const struct su_exchange *)su_pool_at(
            node->form == FORM_LIVE ? &exchanges->live : &exchanges->wide, node->elsewhere);
}

uint32_t su_exchanges_next(const struct su_exchanges *exchanges, uint32_t place)
{
    return node_at(exchanges, place)->next;
}

uint32_t su_exchanges_number(const struct su_exchanges *exchanges, uint32_t place)
{
    const struct node *node = node_at(exchanges, place);
    const struct su_exchange *live;

    if (node->form != FORM_LIVE)
        return node->number;
    live = su_pool_at(&exchanges->live, node->elsewhere);
    return live->number;
}
