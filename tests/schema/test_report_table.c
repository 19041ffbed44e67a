/* test_report_table.c: what every report must be, whoever writes the next one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "schema/report.h"
#include "views.h"

static void ids_are_unique_and_found(void **state)
{
    static const char *const wanted[] = {"totals",     "hosts", "services",  "states",
                                         "handshakes", "flows", "exchanges", "ladder"};

    (void)state;
    assert_int_equal(su_report_count, G_N_ELEMENTS(wanted));
    for (size_t i = 0; i < su_report_count; i++) {
        assert_string_equal(su_reports[i]->id, wanted[i]);
        assert_ptr_equal(su_report_find(wanted[i]), su_reports[i]);
    }
    assert_null(su_report_find("host"));
    assert_null(su_report_find(""));
}

static void is_of_one_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < su_report_count; i++) {
        const struct su_report *report = su_reports[i];

        assert_true(su_report_is_summing(report) == (report->fill == NULL));
        assert_true((report->fill == NULL) == (report->lines == NULL));
        assert_true(report->column_count <= SU_COLUMNS_MAX);
        assert_true(report->key_count <= report->column_count);
        assert_true((report->shape == SU_SHAPE_GROUPED) == (report->groups != NULL));
        assert_true(report->title[0] && report->help[0]);
    }
}

/** An object of the JSON output is opened once only: its keys stand together. */
static void check_object(const struct su_report *report, size_t i)
{
    const char *key = report->columns[i].key;
    size_t object = strcspn(key, ".");
    bool left = false;

    assert_true(!key[object] || !strchr(key + object + 1, '.'));
    for (size_t j = i; key[object] && j-- > 0;) {
        const char *before = report->columns[j].key;
        bool same = before && strncmp(before, key, object + 1) == 0;

        assert_false(left && same);
        left = left || (before && !same);
    }
}

static void check_column(const struct su_report *report, size_t i)
{
    const struct su_column *column = &report->columns[i];

    assert_true(column->heading && column->heading[0]);
    assert_true(column->help && column->help[0]);
    assert_true(column->type != SU_CELL_NONE);
    assert_true(column->type != SU_CELL_SPAN || column->rank == 0 || column->unit);
    if (!column->key)
        return;
    assert_int_equal(strspn(column->key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                                         "0123456789."),
                     strlen(column->key));
    for (size_t j = 0; j < i; j++)
        assert_true(!report->columns[j].key || strcmp(report->columns[j].key, column->key) != 0);
    check_object(report, i);
}

static void columns_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < su_report_count; i++)
        for (size_t j = 0; j < su_reports[i]->column_count; j++)
            check_column(su_reports[i], j);
}

/* ---- listing reports --------------------------------------------------------------------- */

static void get_exchange(const struct su_exchange_list *self, size_t i,
                         struct su_report_exchange *exchange)
{
    (void)self;
    memset(exchange, 0, sizeof(*exchange));
    exchange->number = (uint32_t)i;
    exchange->largest_gap_cause = draw(2) ? "RETRANS" : NULL;
    exchange->client_think_ns = SU_TIME_NONE;
}

static struct su_ladder_packet draw_packet(void)
{
    return (struct su_ladder_packet){
        .frame = draw(1000) + 1,
        .flags = (uint8_t)draw(64),
        .from = (uint8_t)(draw(2) ? SU_ROLE_CLIENT : SU_ROLE_SERVER),
    };
}

/** A cell is of its column's type, or unknown. */
static void check_line(const struct su_report *report, const struct su_line *line)
{
    for (size_t i = 0; i < report->column_count; i++) {
        const struct su_cell *cell = &line->cells[i];

        assert_true(cell->type == SU_CELL_NONE || cell->type == report->columns[i].type);
        if (cell->type == SU_CELL_TEXT)
            assert_non_null(cell->text);
    }
}

static void cells_are_of_their_columns_type(void **state)
{
    struct su_exchange_list exchanges = {.count = 3, .get = get_exchange};
    struct su_line line;

    (void)state;
    for (unsigned step = 0; step < 20000; step++) {
        const struct su_report *report = su_reports[draw((unsigned)su_report_count)];
        struct su_view view = draw_view();
        struct su_ladder_packet packet = draw_packet();
        struct su_source source = {&view, &exchanges, &packet};

        if (su_report_is_summing(report))
            continue;
        for (size_t i = 0; i < report->lines(&source); i++) {
            memset(&line, 0xA5, sizeof(line));
            report->fill(&source, i, &line);
            check_line(report, &line);
        }
    }
}

static const struct su_cell *cell_of(const struct su_report *report, const struct su_line *line,
                                     const char *key)
{
    for (size_t i = 0; i < report->column_count; i++)
        if (report->columns[i].key && strcmp(report->columns[i].key, key) == 0)
            return &line->cells[i];
    fail_msg("no column %s", key);
    return NULL;
}

/** Of UDP nothing is said that only TCP has. */
static void udp_has_no_handshake_and_no_close(void **state)
{
    static const char *const unknown[] = {
        "outcome",      "handshake.result", "handshake.dup_syn", "handshake.ambiguous",
        "close.type",   "close.by",         "close.linger",      "zeek.conn_state",
        "zeek.history", "one_sided",        "client.retransmits"};
    const struct su_report *report = su_report_find("flows");
    struct su_view view = {.protocol = SU_PROTOCOL_UDP, .ip_version = 4, .history = "D"};
    struct su_source source = {.view = &view};
    struct su_line line;

    (void)state;
    report->fill(&source, 0, &line);
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
        assert_int_equal(cell_of(report, &line, unknown[i])->type, SU_CELL_NONE);
    assert_string_equal(cell_of(report, &line, "protocol")->text, "udp4");
}

static void ladder_shows_who_sent_what(void **state)
{
    static const struct {
        uint8_t from, flags;
        const char *arrow, *letters;
    } cases[] = {
        {SU_ROLE_CLIENT, SU_SYN,          "----- S ----->", "S"     },
        {SU_ROLE_SERVER, SU_SYN | SU_ACK, "<---- SA -----", "SA"    },
        {SU_ROLE_CLIENT, SU_PSH | SU_ACK, "----- PA ---->", "PA"    },
        {SU_ROLE_SERVER, SU_FIN | SU_ACK, "<---- FA -----", "FA"    },
        {SU_ROLE_CLIENT, 0,               "------------->", ""      },
        {SU_ROLE_SERVER, 0x3F,            "<-- SFRPAU ---", "SFRPAU"},
    };
    const struct su_report *report = su_report_find("ladder");
    struct su_view view = draw_view();
    struct su_line line;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct su_ladder_packet packet = {.from = cases[i].from, .flags = cases[i].flags};
        struct su_source source = {.view = &view, .packet = &packet};
        bool has_arrow = false;

        report->fill(&source, 0, &line);
        for (size_t j = 0; j < report->column_count; j++)
            if (!report->columns[j].key && strcmp(line.cells[j].text, cases[i].arrow) == 0)
                has_arrow = true;
        assert_true(has_arrow);
        assert_string_equal(cell_of(report, &line, "flags")->text, cases[i].letters);
        assert_int_equal(cell_of(report, &line, "ack")->type,
                         cases[i].flags & SU_ACK ? SU_CELL_COUNT : SU_CELL_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_unique_and_found),
        cmocka_unit_test(is_of_one_kind),
        cmocka_unit_test(columns_are_complete),
        cmocka_unit_test(cells_are_of_their_columns_type),
        cmocka_unit_test(udp_has_no_handshake_and_no_close),
        cmocka_unit_test(ladder_shows_who_sent_what),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
