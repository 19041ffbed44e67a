/* metrics.c: connections as numbers that Prometheus understands.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "metrics.h"

#include <string.h>

#include "events.h"
#include "exposition.h"
#include "marked.h"
#include "su_version.h"
#include "tap/census.h"
#include "tap/tally.h"

/* Of histograms of handshakes, in microseconds: from a LAN to repeated SYNs. */
static const int64_t bounds_us[] = {250,    500,     1000,    2500,    5000,
                                    10000,  25000,   50000,   100000,  250000,
                                    500000, 1000000, 2500000, 5000000, 10000000};

enum { BOUNDS = sizeof bounds_us / sizeof bounds_us[0], NS_PER_US = 1000 };

/** What has been counted of one connection. */
struct counted {
    uint64_t octets[2]; /* of client, of server */
    uint32_t dup_syn, dup_synack;
    bool known;
};

struct su_metrics {
    struct su_marked marked;
    struct su_events events;
    struct su_event_taker taker;
    struct su_tally totals, states;
    GArray *counted; /* struct counted by number of the connection */
    uint64_t connections, dup_syn, dup_synack, revised;
    uint64_t octets[2];
    uint64_t handshakes[SU_NAMED_FILTERS_MAX][SU_RESULT_COUNT];
    uint64_t closes[SU_CLOSE_COUNT][SU_ROLE_COUNT];
    uint64_t buckets[BOUNDS + 1];
    int64_t handshakes_ns;
};

/* ---- counting ----------------------------------------------------------------------------- */

static void note_time(struct su_metrics *metrics, int64_t ns)
{
    size_t bucket = 0;

    if (ns == SU_TIME_NONE)
        return;
    while (bucket < BOUNDS && ns > bounds_us[bucket] * NS_PER_US)
        bucket++;
    metrics->buckets[bucket]++;
    metrics->handshakes_ns =
        ns > INT64_MAX - metrics->handshakes_ns ? INT64_MAX : metrics->handshakes_ns + ns;
}

static void note_handshake(struct su_metrics *metrics, const struct su_live_event *event)
{
    const struct su_named_filters *filters = metrics->totals.context.filters;

    for (size_t i = 0; i < filters->count && i < SU_NAMED_FILTERS_MAX; i++)
        if (filters->match(filters, i, event->view))
            metrics->handshakes[i][event->result]++;
    if (event->is_again)
        metrics->revised++;
    if (event->result == SU_RESULT_SUCCESS)
        note_time(metrics, event->view->handshake_ns);
}

static void take(void *user, const struct su_live_event *event)
{
    struct su_metrics *metrics = user;

    if (event->kind == SU_EVENT_HANDSHAKE)
        note_handshake(metrics, event);
    else if (event->kind == SU_EVENT_END)
        metrics->closes[event->view->close][event->view->close_by]++;
}

static struct counted *counted_of(struct su_metrics *metrics, uint32_t index)
{
    if (index >= metrics->counted->len)
        g_array_set_size(metrics->counted, MAX(index + 1, su_capture_count(SU_PROTOCOL_TCP)));
    return &g_array_index(metrics->counted, struct counted, index);
}

/* Roles may be exchanged when more is known: then a number is less than before, and waits. */
static void add_more(uint64_t *sum, uint64_t *before, uint64_t now)
{
    if (now <= *before)
        return;
    *sum += now - *before;
    *before = now;
}

static void add_more_32(uint64_t *sum, uint32_t *before, uint32_t now)
{
    uint64_t wide = *before;

    add_more(sum, &wide, now);
    *before = (uint32_t)wide;
}

static void look(void *user, const struct su_flow *flow, const struct su_view *view)
{
    struct su_metrics *metrics = user;
    struct counted *counted;

    su_tally_put_view(&metrics->totals, flow, view);
    su_tally_put_view(&metrics->states, flow, view);
    if (view->protocol != SU_PROTOCOL_TCP)
        return;
    counted = counted_of(metrics, flow->conn.index);
    metrics->connections += !counted->known;
    counted->known = true;
    add_more_32(&metrics->dup_syn, &counted->dup_syn, view->dup_syn);
    add_more_32(&metrics->dup_synack, &counted->dup_synack, view->dup_synack);
    add_more(&metrics->octets[0], &counted->octets[0], view->client.octets);
    add_more(&metrics->octets[1], &counted->octets[1], view->server.octets);
    su_events_put(&metrics->events, flow, view, &metrics->taker);
}

void su_metrics_put(struct su_metrics *metrics, const struct su_flow *flow)
{
    if (su_marked_put(&metrics->marked, flow))
        su_marked_look(&metrics->marked, look, metrics);
}

void su_metrics_forget(struct su_metrics *metrics, const struct su_flow *flow)
{
    struct su_view view;

    su_marked_look(&metrics->marked, look, metrics);
    su_flow_view(flow, &view);
    su_tally_forget(&metrics->totals, flow);
    su_tally_forget(&metrics->states, flow);
    su_events_forget(&metrics->events, flow, &view, &metrics->taker);
    *counted_of(metrics, flow->conn.index) = (struct counted){0};
}

void su_metrics_session_ended(struct su_metrics *metrics)
{
    su_marked_look(&metrics->marked, look, metrics);
    su_tally_new_session(&metrics->totals);
    su_tally_new_session(&metrics->states);
    su_events_new_session(&metrics->events);
    g_array_set_size(metrics->counted, 0);
}

/* ---- writing ------------------------------------------------------------------------------ */

static void put_counters(const struct su_metrics *metrics, GString *out)
{
    const struct su_census *census = su_census_get();

    su_metric_one(out, "sockusage_capture_packets_total",
                  "Packets captured, whatever their protocol.", census->packets);
    su_metric_one(out, "sockusage_connections_total", "TCP connections and attempts seen.",
                  metrics->connections);
    su_metric_one(out, "sockusage_syn_repeats_total", "SYNs that were repeated by their host.",
                  metrics->dup_syn);
    su_metric_one(out, "sockusage_synack_repeats_total",
                  "SYN-ACKs that were repeated by their host.", metrics->dup_synack);
    su_metric_one(out, "sockusage_handshakes_revised_total",
                  "Handshakes whose result turned out to be another one after it had been counted.",
                  metrics->revised);
    su_metric_head(out, "sockusage_payload_bytes_total", "counter",
                   "TCP payload sent, repeated octets included.");
    for (int i = 0; i < 2; i++)
        su_metric_line(out, "sockusage_payload_bytes_total",
                       (const char *[]){"from", i ? "server" : "client", NULL}, metrics->octets[i]);
}

static void put_handshakes(const struct su_metrics *metrics, GString *out)
{
    const struct su_named_filters *filters = metrics->totals.context.filters;

    su_metric_head(out, "sockusage_handshakes_total", "counter",
                   "Handshakes that were decided, by named filter and result.");
    for (size_t i = 0; i < filters->count && i < SU_NAMED_FILTERS_MAX; i++)
        for (int result = SU_RESULT_SUCCESS; result < SU_RESULT_COUNT; result++) {
            const char *const labels[] = {"filter", filters->name(filters, i), "result",
                                          su_result_words[result], NULL};

            su_metric_line(out, "sockusage_handshakes_total", labels,
                           metrics->handshakes[i][result]);
        }
}

static void put_closes(const struct su_metrics *metrics, GString *out)
{
    su_metric_head(out, "sockusage_closes_total", "counter",
                   "Established connections that ended, by how and by whom.");
    for (int close = 0; close < SU_CLOSE_COUNT; close++)
        for (int by = 0; by < SU_ROLE_COUNT; by++) {
            const char *const labels[] = {"how", su_close_words[close], "by",
                                          by ? su_role_words[by] : "nobody", NULL};

            if (metrics->closes[close][by] > 0)
                su_metric_line(out, "sockusage_closes_total", labels, metrics->closes[close][by]);
        }
}

static void put_times(const struct su_metrics *metrics, GString *out)
{
    uint64_t sum = 0;

    su_metric_head(out, "sockusage_handshake_seconds", "histogram",
                   "How long clients waited for successful handshakes, from the first SYN on.");
    for (size_t i = 0; i <= BOUNDS; i++) {
        GString *bound = g_string_new(i < BOUNDS ? NULL : "+Inf");

        sum += metrics->buckets[i];
        if (i < BOUNDS)
            su_metric_put_seconds(bound, bounds_us[i] * NS_PER_US);
        su_metric_line(out, "sockusage_handshake_seconds_bucket",
                       (const char *[]){"le", bound->str, NULL}, sum);
        g_string_free(bound, TRUE);
    }
    su_metric_seconds(out, "sockusage_handshake_seconds_sum", metrics->handshakes_ns);
    su_metric_line(out, "sockusage_handshake_seconds_count", NULL, sum);
}

/* The number of the column that has this key. */
static size_t column_of(const struct su_report *report, const char *key)
{
    size_t i = 0;

    while (strcmp(report->columns[i].key, key) != 0)
        i++;
    return i;
}

static void put_connections(const struct su_metrics *metrics, GString *out)
{
    static const char *const keys[] = {"open", "linger", "pending"};
    const struct su_rows *rows = metrics->totals.rows;

    su_metric_head(
        out, "sockusage_connections", "gauge",
        "TCP connections that are open, half closed (linger) or attempted (pending) now.");
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        su_metric_line(out, "sockusage_connections", (const char *[]){"state", keys[i], NULL},
                       su_rows_cells(rows, 0)[column_of(su_rows_report(rows), keys[i])].count);
}

/* Sums are for the user to make; closed sockets are none any more; of UDP there is one state. */
static bool is_wanted(const char *row, const char *state)
{
    size_t length = strlen(row);

    if (row[length - 1] != '4' && row[length - 1] != '6')
        return false;
    return row[0] == 'u' ? strcmp(state, "ESTABLISHED") == 0 : strcmp(state, "CLOSE") != 0;
}

static void put_sockets(const struct su_metrics *metrics, GString *out)
{
    const struct su_rows *rows = metrics->states.rows;
    const struct su_report *report = su_rows_report(rows);

    su_metric_head(out, "sockusage_sockets", "gauge",
                   "Sockets of both ends in each state now; UDP sockets that have sent count as "
                   "ESTABLISHED.");
    for (uint32_t row = 0; row < su_rows_count(rows); row++)
        for (size_t i = report->key_count; i < report->column_count; i++) {
            const struct su_cell *cells = su_rows_cells(rows, row);
            const char *const labels[] = {"protocol", cells[0].text, "state",
                                          report->columns[i].key, NULL};

            if (is_wanted(cells[0].text, report->columns[i].key))
                su_metric_line(out, "sockusage_sockets", labels, cells[i].count);
        }
}

static void put_facts(GString *out)
{
    const struct su_census *census = su_census_get();

    su_metric_head(out, "sockusage_build_info", "gauge", "Which version this is; always 1.");
    su_metric_line(out, "sockusage_build_info", (const char *[]){"version", SU_VERSION, NULL}, 1);
    if (census->last_ns == SU_TIME_NONE)
        return;
    su_metric_head(out, "sockusage_capture_last_packet_timestamp_seconds", "gauge",
                   "Time of the newest packet, since the epoch.");
    su_metric_seconds(out, "sockusage_capture_last_packet_timestamp_seconds", census->last_ns);
}

void su_metrics_write(struct su_metrics *metrics, GString *out)
{
    su_marked_look(&metrics->marked, look, metrics);
    su_events_check(&metrics->events, &metrics->taker);
    put_facts(out);
    put_counters(metrics, out);
    put_handshakes(metrics, out);
    put_times(metrics, out);
    put_closes(metrics, out);
    put_connections(metrics, out);
    put_sockets(metrics, out);
}

/* ---- begin and end ------------------------------------------------------------------------ */

struct su_metrics *su_metrics_new(void)
{
    const struct su_rows_watcher nobody = {0};
    struct su_metrics *metrics = g_new0(struct su_metrics, 1);

    metrics->taker = (struct su_event_taker){take, metrics};
    metrics->counted = g_array_new(FALSE, TRUE, sizeof(struct counted));
    su_tally_init(&metrics->totals, su_report_find("totals"), nobody);
    su_tally_init(&metrics->states, su_report_find("states"), nobody);
    return metrics;
}

void su_metrics_free(struct su_metrics *metrics)
{
    su_marked_clear(&metrics->marked);
    su_events_clear(&metrics->events);
    su_tally_clear(&metrics->totals);
    su_tally_clear(&metrics->states);
    g_array_free(metrics->counted, TRUE);
    g_free(metrics);
}
