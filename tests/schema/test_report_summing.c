/* test_report_summing.c: every summing report is right at every moment, whatever connections do.
 * The oracles: the same report built at once from nothing but the last view of each connection; and
 * for the least and greatest values, the views themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "schema/report.h"
#include "schema/rows.h"
#include "views.h"

enum { CONNECTIONS = 40, STEPS = 4000, CHECK_EVERY = 50 };

static const struct su_rows_watcher nobody = {NULL, NULL};

/* ---- named filters for "handshakes" ------------------------------------------------------ */

static const char *filter_name(const struct su_named_filters *self, size_t i)
{
    static const char *const names[] = {"even", "all", "even", "none"};

    (void)self;
    return names[i];
}

static bool filter_match(const struct su_named_filters *self, size_t i, const struct su_view *view)
{
    (void)self;
    return i == 1 || (i != 3 && view->server.port % 2 == 0);
}

static const struct su_named_filters filters = {4, filter_name, filter_match, NULL};
static const struct su_context context = {&filters};

/* ---- a report under test ----------------------------------------------------------------- */

/** Connections, how they are counted, and what a watcher knows of the rows. */
struct trial {
    const struct su_report *report;
    struct su_rows *rows;
    struct su_view views[CONNECTIONS];
    bool counted[CONNECTIONS];
    char *marks;
    GPtrArray *seen; /* by row: a copy of its cells, renewed only when the watcher is called */
    GArray *dirty;
};

static void note(void *user, uint32_t row)
{
    struct trial *trial = user;

    g_array_append_val(trial->dirty, row);
}

static void begin(struct trial *trial, const struct su_report *report)
{
    *trial = (struct trial){.report = report};
    trial->marks = g_malloc0(CONNECTIONS * report->mark_octets);
    trial->seen = g_ptr_array_new_with_free_func(g_free);
    trial->dirty = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    trial->rows = su_rows_new(report, &context, (struct su_rows_watcher){note, trial});
}

static void end(struct trial *trial)
{
    su_rows_free(trial->rows);
    g_array_free(trial->dirty, TRUE);
    g_ptr_array_free(trial->seen, TRUE);
    g_free(trial->marks);
}

static void touch(struct trial *trial, unsigned i, bool count)
{
    trial->counted[i] = count;
    trial->report->touch(trial->rows, trial->marks + i * trial->report->mark_octets,
                         count ? &trial->views[i] : NULL);
}

/* ---- what must hold ---------------------------------------------------------------------- */

static void assert_same_cells(const struct su_report *report, const struct su_cell *a,
                              const struct su_cell *b)
{
    for (size_t i = 0; i < report->column_count; i++)
        assert_int_equal(su_cell_compare(&a[i], &b[i]), 0);
}

static struct su_rows *build_at_once(const struct trial *trial)
{
    struct su_rows *rows = su_rows_new(trial->report, &context, nobody);

    for (unsigned i = CONNECTIONS; i-- > 0;) { /* order must not matter either */
        void *mark = g_malloc0(trial->report->mark_octets);

        if (trial->counted[i])
            trial->report->touch(rows, mark, &trial->views[i]);
        g_free(mark);
    }
    return rows;
}

static void check_same_as_at_once(const struct trial *trial)
{
    struct su_rows *other = build_at_once(trial);
    uint32_t count;
    uint32_t other_count;
    uint32_t *sorted = su_rows_sorted(trial->rows, &count);
    uint32_t *other_sorted = su_rows_sorted(other, &other_count);
    struct su_cell totals[2][SU_COLUMNS_MAX];

    assert_int_equal(count, other_count);
    for (uint32_t i = 0; i < count; i++)
        assert_same_cells(trial->report, su_rows_cells(trial->rows, sorted[i]),
                          su_rows_cells(other, other_sorted[i]));
    su_rows_totals(trial->rows, NULL, totals[0]);
    su_rows_totals(other, NULL, totals[1]);
    assert_same_cells(trial->report, totals[0], totals[1]);
    g_free(sorted);
    g_free(other_sorted);
    su_rows_free(other);
}

/** A row that the watcher was not told of is as it was. */
static void check_watcher(struct trial *trial)
{
    size_t octets = trial->report->column_count * sizeof(struct su_cell);

    g_ptr_array_set_size(trial->seen, (gint)su_rows_count(trial->rows));
    for (guint i = 0; i < trial->dirty->len; i++) {
        uint32_t row = g_array_index(trial->dirty, uint32_t, i);

        g_free(trial->seen->pdata[row]);
        trial->seen->pdata[row] = g_memdup2(su_rows_cells(trial->rows, row), octets);
    }
    g_array_set_size(trial->dirty, 0);
    for (uint32_t row = 0; row < su_rows_count(trial->rows); row++)
        if (trial->seen->pdata[row])
            assert_same_cells(trial->report, trial->seen->pdata[row],
                              su_rows_cells(trial->rows, row));
        else
            assert_false(su_rows_is_shown(trial->rows, row));
}

static void check_sorted(const struct trial *trial)
{
    const struct su_report *report = trial->report;
    uint32_t count;
    uint32_t *sorted = su_rows_sorted(trial->rows, &count);

    for (uint32_t i = 1; i < count && report->sort_count && !report->groups; i++) {
        const struct su_sort *sort = &report->sort[0];
        const struct su_cell *above = su_rows_cells(trial->rows, sorted[i - 1]);
        const struct su_cell *below = su_rows_cells(trial->rows, sorted[i]);
        int order = su_cell_compare(&above[sort->column], &below[sort->column]);

        assert_true(sort->descending ? order >= 0 : order <= 0);
    }
    g_free(sorted);
}

static void every_report_is_right_at_every_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < su_report_count; i++) {
        struct trial trial;

        if (!su_report_is_summing(su_reports[i]))
            continue;
        begin(&trial, su_reports[i]);
        for (unsigned step = 0; step < STEPS; step++) {
            unsigned n = draw(CONNECTIONS);

            trial.views[n] = draw_view();
            touch(&trial, n, draw(8) > 0);
            check_watcher(&trial);
            if (step % CHECK_EVERY == 0) {
                check_same_as_at_once(&trial);
                check_sorted(&trial);
            }
        }
        check_same_as_at_once(&trial);
        end(&trial);
    }
}

/** All connections taken back: nothing is left, but for the rows that are there from the start. */
static void nothing_remains_when_all_is_taken_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < su_report_count; i++) {
        struct trial trial;

        if (!su_report_is_summing(su_reports[i]))
            continue;
        begin(&trial, su_reports[i]);
        for (unsigned n = 0; n < CONNECTIONS; n++) {
            trial.views[n] = draw_view();
            touch(&trial, n, true);
        }
        for (unsigned n = 0; n < CONNECTIONS; n++)
            touch(&trial, n, false);
        check_same_as_at_once(&trial);
        su_rows_clear(trial.rows);
        memset(trial.marks, 0, CONNECTIONS * trial.report->mark_octets);
        check_same_as_at_once(&trial);
        end(&trial);
    }
}

/* ---- what the numbers mean --------------------------------------------------------------- */

static unsigned column_of(const struct su_report *report, const char *key)
{
    for (unsigned i = 0; i < report->column_count; i++)
        if (report->columns[i].key && strcmp(report->columns[i].key, key) == 0)
            return i;
    fail_msg("%s has no column %s", report->id, key);
    return 0;
}

static uint64_t number(const struct su_rows *rows, uint32_t row, const char *key)
{
    const struct su_cell *cells = su_rows_cells(rows, row);

    return cells[column_of(su_rows_report(rows), key)].count;
}

static void assert_sum(const struct su_rows *rows, uint32_t row, const char *whole,
                       const char *const *parts)
{
    uint64_t sum = 0;

    for (; *parts; parts++)
        sum += number(rows, row, *parts);
    assert_int_equal(sum, number(rows, row, whole));
}

static void fill(struct trial *trial, const char *id)
{
    begin(trial, su_report_find(id));
    for (unsigned step = 0; step < 10 * CONNECTIONS; step++) {
        unsigned n = draw(CONNECTIONS);

        trial->views[n] = draw_view();
        touch(trial, n, true);
    }
}

static void numbers_add_up(void **state)
{
    static const char *const outcomes[] = {"open",       "linger",   "closed", "aborted",
                                           "superseded", "unjudged", NULL};
    static const char *const all[] = {"total", "failed", "pending", "unsolicited", NULL};
    static const char *const results[] = {"completed",  "refused",         "unreachable",
                                          "timed_out",  "reset_by_client", "no_ack",
                                          "mismatched", "pending",         NULL};
    static const char *const failures[] = {"failure.timeout", "failure.reject", "failure.unreach",
                                           NULL};
    static const struct {
        const char *id, *whole;
        const char *const *parts;
    } sums[] = {
        {"hosts",      "total",         outcomes},
        {"totals",     "total",         outcomes},
        {"totals",     "connections",   all     },
        {"services",   "attempts",      results },
        {"handshakes", "failure.total", failures},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(sums); i++) {
        struct trial trial;

        fill(&trial, sums[i].id);
        assert_true(su_rows_count(trial.rows) > 0);
        for (uint32_t row = 0; row < su_rows_count(trial.rows); row++)
            assert_sum(trial.rows, row, sums[i].whole, sums[i].parts);
        end(&trial);
    }
}

/** Greatest of a number of those views whose server is this host (and this port, if not 0). */
static uint64_t greatest(const struct trial *trial, const struct su_cell *host, uint64_t port,
                         size_t offset)
{
    uint64_t most = 0;

    for (unsigned i = 0; i < CONNECTIONS; i++) {
        const struct su_view *view = &trial->views[i];
        struct su_cell server = su_cell_of_address(view->server.address, view->ip_version);
        uint64_t value = *(const uint32_t *)(const void *)((const char *)view + offset);
        bool other = view->protocol == SU_PROTOCOL_UDP || su_cell_compare(&server, host) != 0;

        if (port && (view->server.port != port || view->outcome == SU_OUTCOME_UNSOLICITED))
            other = true;
        if (!other && value > most)
            most = value;
    }
    return most;
}

static void peaks_are_the_greatest_numbers(void **state)
{
    struct trial trial;

    (void)state;
    fill(&trial, "hosts");
    for (uint32_t row = 0; row < su_rows_count(trial.rows); row++) {
        const struct su_cell *cells = su_rows_cells(trial.rows, row);

        if (strcmp(cells[0].text, "server") == 0)
            assert_int_equal(number(trial.rows, row, "peak_open"),
                             greatest(&trial, &cells[1], 0, offsetof(struct su_view, server_open)));
    }
    end(&trial);
    fill(&trial, "services");
    for (uint32_t row = 0; row < su_rows_count(trial.rows); row++) {
        const struct su_cell *cells = su_rows_cells(trial.rows, row);

        assert_int_equal(
            number(trial.rows, row, "peak_open"),
            greatest(&trial, &cells[0], cells[1].count, offsetof(struct su_view, service_open)));
    }
    end(&trial);
}

/** Round trip times of a service, by looking at every view. */
struct times {
    int64_t least, greatest, sum, count;
};

static struct times times_of(const struct trial *trial, const struct su_cell *key)
{
    struct times times = {INT64_MAX, -1, 0, 0};

    for (unsigned i = 0; i < CONNECTIONS; i++) {
        const struct su_view *view = &trial->views[i];
        struct su_cell server = su_cell_of_address(view->server.address, view->ip_version);

        if (view->protocol == SU_PROTOCOL_UDP || view->outcome == SU_OUTCOME_UNSOLICITED ||
            view->syn_rtt_ns == SU_TIME_NONE || view->server.port != key[1].count ||
            su_cell_compare(&server, &key[0]) != 0)
            continue;
        times.least = MIN(times.least, view->syn_rtt_ns);
        times.greatest = MAX(times.greatest, view->syn_rtt_ns);
        times.sum += view->syn_rtt_ns;
        times.count++;
    }
    return times;
}

static void round_trip_times_are_exact(void **state)
{
    struct trial trial;
    unsigned least = column_of(su_report_find("services"), "syn_rtt.min");

    (void)state;
    fill(&trial, "services");
    for (uint32_t row = 0; row < su_rows_count(trial.rows); row++) {
        const struct su_cell *cells = su_rows_cells(trial.rows, row);
        struct times times = times_of(&trial, cells);

        if (times.count == 0) {
            assert_int_equal(cells[least].type, SU_CELL_NONE);
            continue;
        }
        assert_int_equal(cells[least].ns, times.least);
        assert_int_equal(cells[least + 1].ns, times.sum / times.count);
        assert_int_equal(cells[least + 2].ns, times.greatest);
    }
    end(&trial);
}

static void states_add_up(void **state)
{
    struct trial trial;
    const struct su_cell *rows[7];

    (void)state;
    fill(&trial, "states");
    assert_int_equal(su_rows_count(trial.rows), 7);
    for (uint32_t i = 0; i < 7; i++)
        rows[i] = su_rows_cells(trial.rows, i);
    for (size_t i = 1; i < trial.report->column_count; i++) {
        assert_int_equal(rows[0][i].count + rows[1][i].count, rows[4][i].count);
        assert_int_equal(rows[2][i].count + rows[3][i].count, rows[5][i].count);
        assert_int_equal(rows[4][i].count + rows[5][i].count, rows[6][i].count);
    }
    end(&trial);
}

static void states_count_two_sockets_each(void **state)
{
    struct su_rows *rows = su_rows_new(su_report_find("states"), NULL, nobody);
    const struct su_report *report = su_rows_report(rows);
    char mark[2][64] = {{0}};
    struct su_view tcp = {.ip_version = 4, .protocol = SU_PROTOCOL_TCP};
    struct su_view udp = {.ip_version = 6, .protocol = SU_PROTOCOL_UDP};

    (void)state;
    tcp.client.state = SU_STATE_SYN_SENT;
    tcp.server.state = SU_STATE_UNKNOWN;
    udp.client.state = SU_STATE_ESTABLISHED; /* and the server has never sent */
    report->touch(rows, mark[0], &tcp);
    report->touch(rows, mark[1], &udp);
    assert_int_equal(number(rows, 0, "SYN_SENT"), 1);
    assert_int_equal(number(rows, 0, "UNKNOWN"), 1);
    assert_int_equal(number(rows, 3, "ESTABLISHED"), 1);
    assert_int_equal(number(rows, 3, "UNKNOWN"), 0);
    assert_int_equal(number(rows, 6, "UNKNOWN"), 1);
    su_rows_free(rows);
}

static void filters_of_one_name_stay_apart(void **state)
{
    struct trial trial;

    (void)state;
    fill(&trial, "handshakes");
    assert_int_equal(su_rows_count(trial.rows), 4);
    assert_int_equal(number(trial.rows, 0, "success.total"),
                     number(trial.rows, 2, "success.total"));
    assert_true(number(trial.rows, 0, "success.total") > 0);
    assert_true(number(trial.rows, 1, "success.total") > number(trial.rows, 0, "success.total"));
    assert_int_equal(number(trial.rows, 3, "success.total"), 0);
    end(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_report_is_right_at_every_step),
        cmocka_unit_test(nothing_remains_when_all_is_taken_back),
        cmocka_unit_test(numbers_add_up),
        cmocka_unit_test(peaks_are_the_greatest_numbers),
        cmocka_unit_test(round_trip_times_are_exact),
        cmocka_unit_test(states_add_up),
        cmocka_unit_test(states_count_two_sockets_each),
        cmocka_unit_test(filters_of_one_name_stay_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
