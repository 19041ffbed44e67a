/* scenes.c: connections made up for reports to be made of.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "scenes.h"

#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define START         INT64_C(1795186560123456789) /* 2026-11-20 14:56:00 UTC */
#define MS            INT64_C(1000000)

static struct su_view base(const uint8_t *client, const uint8_t *server, uint8_t version)
{
    return (struct su_view){
        .client = {.address = client, .port = 40000, .state = SU_STATE_ESTABLISHED},
        .server = {.address = server, .port = 80,    .state = SU_STATE_ESTABLISHED},
        .ip_version = version,
        .start_ns = START,
        .end_ns = START,
        .syn_rtt_ns = SU_TIME_NONE,
        .ack_rtt_ns = SU_TIME_NONE,
        .handshake_ns = SU_TIME_NONE,
        .linger_since_ns = SU_TIME_NONE,
        .linger_ns = SU_TIME_NONE,
        .role_source = SU_ROLE_SOURCE_SYN,
        .handshake = SU_HANDSHAKE_COMPLETE,
        .outcome = SU_OUTCOME_OPEN,
        .first_frame = 1,
        .last_frame = 10,
    };
}

/* ---- socket_usage ------------------------------------------------------------------------ */

struct share {
    uint8_t address[4];
    unsigned count;
};

/* clang-format off */
static const struct share servers[] = {
    {{10, 10, 9, 122}, 8}, {{10, 10, 9, 130}, 7}, {{10, 10, 9, 124}, 7}, {{10, 10, 9, 128}, 6},
    {{10, 10, 8, 224}, 5}, {{10, 10, 8, 84}, 4},  {{10, 10, 8, 185}, 4}, {{10, 10, 9, 171}, 4},
    {{10, 10, 8, 183}, 3}, {{10, 10, 8, 226}, 3}, {{10, 10, 8, 184}, 3}, {{10, 10, 8, 189}, 2},
    {{192, 168, 215, 11}, 1}, {{10, 10, 9, 180}, 1}, {{10, 10, 8, 186}, 1}, {{10, 41, 3, 62}, 1},
};

static const struct share clients[] = {
    {{10, 10, 9, 128}, 9}, {{10, 10, 9, 122}, 7}, {{10, 10, 9, 130}, 6}, {{10, 10, 9, 124}, 6},
    {{10, 10, 8, 224}, 5}, {{10, 10, 8, 84}, 4},  {{10, 10, 8, 185}, 4}, {{10, 10, 8, 183}, 4},
    {{10, 10, 8, 184}, 4}, {{10, 10, 8, 226}, 3}, {{10, 10, 9, 180}, 2}, {{10, 10, 8, 189}, 2},
    {{10, 10, 8, 186}, 1}, {{192, 168, 215, 11}, 1}, {{10, 41, 3, 66}, 1}, {{10, 10, 9, 171}, 1},
};
/* clang-format on */

enum { SBC = 60 };
static struct su_view sbc_views[SBC];

/** Who has connection number `n`? */
static const uint8_t *holder(const struct share *shares, unsigned n)
{
    while (n >= shares->count)
        n -= shares++->count;
    return shares->address;
}

static void make_sbc(void)
{
    for (unsigned i = 0; i < SBC; i++) {
        sbc_views[i] = base(holder(clients, i * 7 % SBC), holder(servers, i), 4);
        sbc_views[i].stream = i;
    }
}

const struct scene scene_sbc = {.views = sbc_views, .count = SBC};

/* ---- tcpeek ------------------------------------------------------------------------------ */

enum { PEEK = 793, REJECTED = 10, HTTP = 767 };
static const uint8_t ours[4] = {192, 168, 2, 227};
static const uint8_t other[4] = {192, 168, 2, 228};
static struct su_view peek_views[PEEK];

static const char *peek_name(const struct su_named_filters *self, size_t i)
{
    static const char *const names[] = {"RX", "TX", "http-rx", "http-tx"};

    (void)self;
    return names[i];
}

static bool peek_match(const struct su_named_filters *self, size_t i, const struct su_view *view)
{
    bool receives = view->server.address == ours;

    (void)self;
    return receives == (i % 2 == 0) && (i < 2 || view->server.port == 80);
}

static const struct su_named_filters peek_filters = {4, peek_name, peek_match, NULL};
static const struct su_context peek_context = {&peek_filters};

static void make_peek(void)
{
    for (unsigned i = 0; i < PEEK; i++) {
        bool receives = i < REJECTED;

        peek_views[i] = base(receives ? other : ours, receives ? ours : other, 4);
        peek_views[i].stream = i;
        if (i >= REJECTED + HTTP)
            peek_views[i].server.port = 443;
        if (receives)
            peek_views[i].handshake = SU_HANDSHAKE_REFUSED;
    }
}

const struct scene scene_peek = {.views = peek_views, .count = PEEK, .context = &peek_context};

/* ---- everything -------------------------------------------------------------------------- */

static const uint8_t client4[4] = {10, 9, 0, 2};
static const uint8_t server4[4] = {10, 9, 0, 1};
static const uint8_t client6[16] = {0x20, 0x01, 0x0d, 0xb8, 0x11, 0x11, 0x22, 0x22,
                                    0x33, 0x33, 0x44, 0x44, 0x55, 0x55, 0x66, 0x66};
static const uint8_t server6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};

enum { CLOSED, REFUSED, LINGERING, UNREACHABLE, MIDSTREAM, RESET, UDP, UDP6, MIXED };
static struct su_view mixed[MIXED];

/* The example in the documentation of the format. */
static void make_closed(struct su_view *view)
{
    view->client.state = SU_STATE_TIME_WAIT;
    view->server.state = SU_STATE_CLOSE;
    view->client.packets = 6;
    view->client.octets = 78;
    view->server.packets = 4;
    view->server.octets = 250;
    view->duration_ns = 1234567;
    view->handshake_ns = 301000;
    view->syn_rtt_ns = 210000;
    view->ack_rtt_ns = 91000;
    view->close = SU_CLOSE_FIN;
    view->close_by = SU_ROLE_CLIENT;
    view->outcome = SU_OUTCOME_CLOSED;
    view->conn_state = SU_CONN_STATE_SF;
    memcpy(view->history, "ShADadFf", 9);
    view->syn_frame = 1;
    view->synack_frame = 2;
    view->ack_frame = 3;
    view->fin_frame = 7;
    view->open = view->client_open = view->server_open = view->service_open = 1;
    view->gaps_known = true;
    view->gap_ns = 350 * MS;
    view->gap_frame = 5;
    view->gap_by = SU_ROLE_SERVER;
    view->gap_cause = SU_GAP_CAUSE_APP_IDLE;
    view->long_gaps = 1;
}

static void make_refused(struct su_view *view)
{
    view->client.port = 40001;
    view->server.port = 81;
    view->client.state = view->server.state = SU_STATE_CLOSE;
    view->handshake = SU_HANDSHAKE_REFUSED;
    view->close = SU_CLOSE_NA;
    view->outcome = SU_OUTCOME_FAILED;
    view->dup_syn = 2;
    view->conn_state = SU_CONN_STATE_REJ;
    memcpy(view->history, "Sr", 3);
}

static void make_lingering(struct su_view *view)
{
    view->client.state = SU_STATE_FIN_WAIT2;
    view->server.state = SU_STATE_CLOSE_WAIT;
    view->duration_ns = 61 * SU_NS_PER_S;
    view->syn_rtt_ns = 412 * MS;
    view->ack_rtt_ns = 91000;
    view->handshake_ns = 1412 * MS;
    view->dup_syn = view->dup_synack = 1;
    view->rtt_ambiguous = true;
    view->close = SU_CLOSE_HALF;
    view->close_by = SU_ROLE_CLIENT;
    view->outcome = SU_OUTCOME_LINGER;
    view->linger = true;
    view->linger_since_ns = START + SU_NS_PER_S;
    view->linger_ns = 60 * SU_NS_PER_S;
    view->linger_owing = SU_ROLE_SERVER;
    view->open = view->service_open = 2;
    view->client_open = view->server_open = 1;
}

static void make_unreachable(struct su_view *view)
{
    view->server.port = 443;
    view->client.state = SU_STATE_CLOSE;
    view->server.state = SU_STATE_LISTEN;
    view->handshake = SU_HANDSHAKE_ICMP_HARD;
    view->close = SU_CLOSE_NA;
    view->outcome = SU_OUTCOME_FAILED;
    view->icmp_errors = 1;
    view->icmp_type = 3;
    view->icmp_code = 3;
    view->icmp_frame = 12;
}

static void make_midstream(struct su_view *view)
{
    view->role_source = SU_ROLE_SOURCE_PORT_LIST;
    view->handshake = SU_HANDSHAKE_MIDSTREAM;
    view->client.octets = UINT64_C(5000000000);
    view->client.packets = 4000000000u;
    view->open = 2;
    view->client_open = view->server_open = view->service_open = 1;
}

static void make_reset(struct su_view *view)
{
    view->client.state = view->server.state = SU_STATE_CLOSE;
    view->close = SU_CLOSE_RST;
    view->close_by = view->rst_by = SU_ROLE_SERVER;
    view->rst_class = SU_RST_CLASS_EXACT;
    view->outcome = SU_OUTCOME_ABORTED;
    view->rst_frame = 9;
    view->syn_rtt_ns = 3 * MS;
    view->open = view->client_open = view->server_open = view->service_open = 3;
}

static void make_udp(struct su_view *view)
{
    view->protocol = SU_PROTOCOL_UDP;
    view->server.port = 53;
    view->role_source = SU_ROLE_SOURCE_FIRST_PACKET;
    view->handshake = SU_HANDSHAKE_NONE;
    view->server.state = SU_STATE_UNKNOWN;
    view->client.packets = 1;
    view->client.octets = 31;
}

static void make_mixed(void)
{
    static const struct {
        void (*make)(struct su_view *view);
        uint8_t version;
    } kinds[MIXED] = {
        {make_closed,      4},
        {make_refused,     4},
        {make_lingering,   4},
        {make_unreachable, 4},
        {make_midstream,   6},
        {make_reset,       4},
        {make_udp,         4},
        {make_udp,         6},
    };

    for (unsigned i = 0; i < MIXED; i++) {
        bool v6 = kinds[i].version == 6;

        mixed[i] = base(v6 ? client6 : client4, v6 ? server6 : server4, kinds[i].version);
        mixed[i].stream = i < UDP ? i : i - UDP;
        kinds[i].make(&mixed[i]);
    }
}

/* ---- exchanges and packets of the first one ---------------------------------------------- */

static const char *const gap_words[] = {
    "SEQ_HOLE",       "RETRANS",  "OUT_OF_ORDER", "LAST_PACKET_SHORT", "IPID_GAP",
    "WINDOW_LIMITED", "ACK_WAIT", "RTO_LIKE",     "APP_IDLE",          "DELAYED_ACK"};
static const struct su_cell_gap gaps[] = {
    {0,        1448, 0                },
    {21 * MS,  2896, 1u << 4          },
    {300 * MS, 3000, 1u << 3 | 1u << 8}
};

static void get_exchange(const struct su_exchange_list *self, size_t i,
                         struct su_report_exchange *exchange)
{
    /* clang-format off */
    static const struct su_report_exchange exchanges[] = {
        {.start_ns = START + MS, .request_spread_ns = 0, .start_latency_ns = 200 * MS,
         .finish_latency_ns = 521 * MS, .service_time_ns = 200 * MS, .server_think_ns = 160 * MS,
         .response_spread_ns = 321 * MS, .client_think_ns = 1500 * MS, .largest_gap_ns = 300 * MS,
         .request_octets = 78, .response_octets = 3000, .request_first_frame = 4,
         .request_last_frame = 4, .response_first_frame = 6, .response_last_frame = 8,
         .largest_gap_frame = 8, .number = 1, .largest_gap_cause = "LAST_PACKET_SHORT", .long_gaps = 1,
         .gaps = {gaps, LENGTH(gaps), gap_words, LENGTH(gap_words)}},
        {.start_ns = START + 2 * SU_NS_PER_S, .request_spread_ns = 40 * MS,
         .start_latency_ns = SU_TIME_NONE, .finish_latency_ns = SU_TIME_NONE,
         .service_time_ns = SU_TIME_NONE, .server_think_ns = SU_TIME_NONE,
         .response_spread_ns = SU_TIME_NONE, .client_think_ns = SU_TIME_NONE,
         .largest_gap_ns = SU_TIME_NONE, .request_octets = 1600, .request_first_frame = 9,
         .request_last_frame = 10, .number = 2, .unanswered = true, .rexmt = true,
         .gaps = {NULL, 0, gap_words, LENGTH(gap_words)}},
    };
    /* clang-format on */

    (void)self;
    *exchange = exchanges[i];
}

static const struct su_exchange_list exchange_list = {.count = 2, .get = get_exchange};

/* clang-format off */
static const struct su_ladder_packet packets[] = {
    {0,            2585, 0,        0,        0,     14600,   SU_SYN,          SU_ROLE_CLIENT, true},
    {307193000,    2586, 0,        1,        0,     14480,   SU_SYN | SU_ACK, SU_ROLE_SERVER, true},
    {307242000,    2587, 1,        1,        0,     29312,   SU_ACK,          SU_ROLE_CLIENT, true},
    {307359000,    2588, 1,        1,        174,   29312,   SU_PSH | SU_ACK, SU_ROLE_CLIENT, true},
    {620760000,    2589, 1,        175,      0,     15616,   SU_ACK,          SU_ROLE_SERVER, true},
    {61147645000,  22578, 52315201, 175,     13483, 15616,   SU_PSH | SU_ACK, SU_ROLE_SERVER, true},
    {61148632000,  22580, 175,     52328684, 0,     1573504, SU_FIN | SU_ACK, SU_ROLE_CLIENT, true},
    {61440260000,  22581, 52328684, 176,     0,     15616,   SU_FIN | SU_ACK, SU_ROLE_SERVER, true},
    {61440295000,  22582, 176,     0,        0,     0,       SU_RST,          SU_ROLE_CLIENT, false},
};
/* clang-format on */

const struct scene scene_mixed = {
    .views = mixed,
    .count = MIXED,
    .exchanges = &exchange_list,
    .packets = packets,
    .packet_count = LENGTH(packets),
};

void scenes_make(void)
{
    make_sbc();
    make_peek();
    make_mixed();
}

/* ---- reports ----------------------------------------------------------------------------- */

static void write_summing(struct su_writer *writer, const struct su_report *report,
                          const struct scene *scene)
{
    struct su_rows_watcher nobody = {NULL, NULL};
    struct su_rows *rows = su_rows_new(report, scene->context, nobody);
    char *marks = g_malloc0(scene->count * report->mark_octets);

    for (size_t i = 0; i < scene->count; i++)
        report->touch(rows, marks + i * report->mark_octets, &scene->views[i]);
    su_writer_rows(writer, rows);
    g_free(marks);
    su_rows_free(rows);
}

static void write_lines(struct su_writer *writer, const struct su_source *source)
{
    const struct su_report *report = su_report_find(source->packet      ? "ladder"
                                                    : source->exchanges ? "exchanges"
                                                                        : "flows");
    struct su_line line;

    for (size_t i = 0; i < report->lines(source); i++) {
        report->fill(source, i, &line);
        su_writer_row(writer, line.cells);
    }
}

static void write_listing(struct su_writer *writer, const struct su_report *report,
                          const struct scene *scene)
{
    su_writer_begin(writer, report);
    if (strcmp(report->id, "flows") == 0)
        for (size_t i = 0; i < scene->count; i++)
            write_lines(writer, &(struct su_source){.view = &scene->views[i]});
    if (strcmp(report->id, "exchanges") == 0 && scene->exchanges)
        write_lines(writer, &(struct su_source){scene->views, scene->exchanges, NULL});
    if (strcmp(report->id, "ladder") == 0)
        for (size_t i = 0; i < scene->packet_count; i++)
            write_lines(writer, &(struct su_source){scene->views, NULL, &scene->packets[i]});
    su_writer_end(writer);
}

void scene_write(struct su_writer *writer, const struct su_report *report,
                 const struct scene *scene)
{
    if (su_report_is_summing(report))
        write_summing(writer, report, scene);
    else
        write_listing(writer, report, scene);
}
