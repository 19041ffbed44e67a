/* exchanges.c: the exchanges of a flow as reports want them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "exchanges.h"

#include "adapter/timing_log.h"

/* ---- pauses ------------------------------------------------------------------------------- */

/** A packet that brought a piece of a response. */
struct pause {
    uint32_t flow;
    uint32_t frame;
    struct su_cell_gap gap;
};

struct su_pauses {
    GArray *all; /* of struct pause, by flow, then by frame */
};

/* Packets that one frame may hold: IP in IP in ... */
enum { LAYERS = 8 };

static bool brings_payload(const struct su_moment *moment)
{
    return moment->kind == SU_PAYLOAD_NEW || moment->kind == SU_PAYLOAD_FILL;
}

static void note_packet(GArray *all, uint32_t frame, const struct su_frame_record *record)
{
    const struct su_moment *moment = &record->moment;
    struct pause pause = {
        .frame = frame,
        .gap = {.gap_ns = moment->same_side_ns, .offset = moment->offset, .flags = moment->flags},
    };

    if (record->flow->protocol != SU_PROTOCOL_TCP || !brings_payload(moment) ||
        moment->same_side_ns == SU_TIME_NONE || record->from == su_flow_client(record->flow))
        return;
    pause.flow = record->flow->conn.index;
    g_array_append_val(all, pause);
}

static uint32_t last_frame(void)
{
    uint32_t last = 0;

    for (uint32_t i = 0; i < su_capture_count(SU_PROTOCOL_TCP); i++)
        last = MAX(last, su_capture_flow(SU_PROTOCOL_TCP, i)->conn.last_frame);
    return last;
}

static int compare_pauses(const void *a, const void *b)
{
    const struct pause *left = a;
    const struct pause *right = b;

    if (left->flow != right->flow)
        return left->flow < right->flow ? -1 : 1;
    return (left->frame > right->frame) - (left->frame < right->frame);
}

struct su_pauses *su_pauses_new(void)
{
    struct su_pauses *pauses = g_new(struct su_pauses, 1);
    uint32_t last = last_frame();

    pauses->all = g_array_new(FALSE, FALSE, sizeof(struct pause));
    for (uint32_t frame = 1; frame <= last; frame++)
        for (unsigned layer = 0; layer < LAYERS; layer++) {
            struct su_frame_record record;

            if (su_capture_recall(frame, (uint8_t)layer, &record))
                note_packet(pauses->all, frame, &record);
        }
    g_array_sort(pauses->all, compare_pauses);
    return pauses;
}

void su_pauses_free(struct su_pauses *pauses)
{
    g_array_free(pauses->all, TRUE);
    g_free(pauses);
}

/* The first pause of a flow in a frame, or in a later one. */
static guint find_pause(const struct su_pauses *pauses, uint32_t flow, uint32_t frame)
{
    const struct pause wanted = {.flow = flow, .frame = frame};
    guint low = 0;
    guint high = pauses->all->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (compare_pauses(&g_array_index(pauses->all, struct pause, middle), &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Those within the response: its first packet had no other before it. */
static void take_gaps(struct su_exchanges *own, const struct su_exchange *exchange)
{
    const GArray *all = own->pauses->all;
    uint32_t flow = own->flow->conn.index;

    for (guint i = find_pause(own->pauses, flow, exchange->rsp_first_frame + 1); i < all->len;
         i++) {
        const struct pause *pause = &g_array_index(all, struct pause, i);

        if (pause->flow != flow || pause->frame > exchange->rsp_last_frame)
            break;
        g_array_append_val(own->gaps, pause->gap);
    }
}

/* ---- exchanges ---------------------------------------------------------------------------- */

/* Names of the flags, by bit. */
static const char *const *gap_words(void)
{
    return su_gap_cause_words + SU_GAP_CAUSE_NONE + 1;
}

static void fill_times(struct su_report_exchange *report, const struct su_exchange *exchange,
                       const struct su_exchange *next)
{
    report->start_ns =
        exchange->req_first_ns == SU_TIME_NONE ? exchange->rsp_first_ns : exchange->req_first_ns;
    report->request_spread_ns = su_exchange_request_spread(exchange);
    report->start_latency_ns = su_exchange_start_latency(exchange);
    report->finish_latency_ns = su_exchange_finish_latency(exchange);
    report->service_time_ns = su_exchange_service_time(exchange);
    report->server_think_ns = su_exchange_server_think(exchange);
    report->response_spread_ns = su_exchange_response_spread(exchange);
    report->client_think_ns = next ? su_exchange_client_think(exchange, next) : SU_TIME_NONE;
    report->largest_gap_ns = exchange->max_gap_frame ? exchange->max_gap_ns : SU_TIME_NONE;
}

static void fill_facts(struct su_report_exchange *report, const struct su_exchange *exchange)
{
    report->request_octets = exchange->req_octets;
    report->response_octets = exchange->rsp_octets;
    report->request_first_frame = exchange->req_first_frame;
    report->request_last_frame = exchange->req_last_frame;
    report->response_first_frame = exchange->rsp_first_frame;
    report->response_last_frame = exchange->rsp_last_frame;
    report->largest_gap_frame = exchange->max_gap_frame;
    report->number = exchange->number;
    report->largest_gap_cause =
        exchange->max_gap_cause ? su_gap_cause_words[exchange->max_gap_cause] : NULL;
    report->greeting = exchange->flags & SU_EXCHANGE_GREETING;
    report->unanswered = exchange->flags & SU_EXCHANGE_UNANSWERED;
    report->overlap = exchange->flags & SU_EXCHANGE_OVERLAP;
    report->rexmt = exchange->flags & SU_EXCHANGE_REXMT;
    report->tls = exchange->flags & SU_EXCHANGE_TLS;
    report->tls_handshake = exchange->flags & SU_EXCHANGE_TLS_HANDSHAKE;
}

static void fill_gaps(struct su_exchanges *own, struct su_report_exchange *report,
                      const struct su_exchange *exchange)
{
    g_array_set_size(own->gaps, 0);
    if (own->pauses && exchange->rsp_first_frame)
        take_gaps(own, exchange);
    report->long_gaps = 0;
    for (guint i = 0; i < own->gaps->len; i++)
        report->long_gaps +=
            g_array_index(own->gaps, struct su_cell_gap, i).gap_ns >= su_capture_long_gap_ns;
    report->gaps = (struct su_cell_gaps){
        .gap = (const struct su_cell_gap *)(const void *)own->gaps->data,
        .count = own->gaps->len,
        .words = gap_words(),
        .word_count = SU_GAP_CAUSE_COUNT - 1,
    };
}

static void get(const struct su_exchange_list *self, size_t i, struct su_report_exchange *report)
{
    struct su_exchanges *own = (struct su_exchanges *)self->user;
    const struct su_exchange *exchange = &g_array_index(own->exchanges, struct su_exchange, i);

    fill_times(report, exchange, i + 1 < own->exchanges->len ? exchange + 1 : NULL);
    fill_facts(report, exchange);
    fill_gaps(own, report, exchange);
}

void su_exchange_lines_init(struct su_exchanges *exchanges, const struct su_pauses *pauses)
{
    *exchanges = (struct su_exchanges){
        .list = {.get = get, .user = exchanges},
        .exchanges = g_array_new(FALSE, FALSE, sizeof(struct su_exchange)),
        .pauses = pauses,
        .gaps = g_array_new(FALSE, FALSE, sizeof(struct su_cell_gap)),
    };
}

void su_exchange_lines_clear(struct su_exchanges *exchanges)
{
    g_array_free(exchanges->exchanges, TRUE);
    g_array_free(exchanges->gaps, TRUE);
}

void su_exchanges_take(struct su_exchanges *exchanges, const struct su_flow *flow)
{
    struct su_exchange_walk walk;
    struct su_exchange exchange;

    exchanges->flow = flow;
    g_array_set_size(exchanges->exchanges, 0);
    if (flow->protocol == SU_PROTOCOL_TCP)
        for (su_exchange_walk_begin(&walk, flow); su_exchange_walk_next(&walk, &exchange);)
            g_array_append_val(exchanges->exchanges, exchange);
    exchanges->list.count = exchanges->exchanges->len;
}
