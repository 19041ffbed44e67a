/* test_rows.c: rows by key: found again, held and dropped, sorted, added up. And cells in order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "schema/rows.h"
#include "views.h"

/* ---- a report ---------------------------------------------------------------------------- */

static const char *const groups[] = {"b", "a", NULL};

static const struct su_column columns[] = {
    {"group", "Group", NULL,          "",              SU_CELL_TEXT,          .rank = 1},
    {       "host", "Host",    NULL,            "", SU_CELL_ADDRESS,             .rank = 1         },
    { "count",   "Count",        NULL, "",       SU_CELL_COUNT, .rank = 1,          .total = SU_TOTAL_SUM},
    { "least",   "Least",        NULL,  "",       SU_CELL_SPAN, .rank = 1,          .total = SU_TOTAL_MIN},
    {  "most",   "Most",        NULL,  "",       SU_CELL_SPAN, .rank = 1,          .total = SU_TOTAL_MAX},
};

static const struct su_sort sort[] = {
    {2, true}
};

static const struct su_report report = {
    .id = "test",
    .columns = columns,
    .column_count = 5,
    .key_count = 2,
    .sort = sort,
    .sort_count = 1,
    .shape = SU_SHAPE_GROUPED,
    .groups = groups,
};

static unsigned changes;

static void count_change(void *user, uint32_t row)
{
    (void)user;
    (void)row;
    changes++;
}

static struct su_rows *new_rows(void)
{
    return su_rows_new(&report, NULL, (struct su_rows_watcher){count_change, NULL});
}

static uint32_t find(struct su_rows *rows, const char *group, unsigned version, unsigned host)
{
    char *own = g_strdup(group); /* rows must not rely on the caller's text */
    struct su_cell key[2] = {SU_CELL_OF_TEXT(own),
                             su_cell_of_address(host_address(version, host), version)};
    uint32_t row = su_rows_find(rows, key, draw(5));

    memset(own, 'x', strlen(own));
    g_free(own);
    return row;
}

/** A row that is shown, with a count. */
static uint32_t put(struct su_rows *rows, const char *group, unsigned version, unsigned host,
                    int64_t count)
{
    uint32_t row = find(rows, group, version, host);

    su_rows_hold(rows, row);
    su_rows_add(rows, row, 2, count);
    return row;
}

/* ---- tests ------------------------------------------------------------------------------- */

static void a_key_finds_its_row_again(void **state)
{
    struct su_rows *rows = new_rows();
    uint32_t row = find(rows, "a", 4, 1);

    (void)state;
    assert_int_not_equal(row, find(rows, "b", 4, 1));
    assert_int_not_equal(row, find(rows, "a", 4, 2));
    assert_int_not_equal(row, find(rows, "a", 6, 1));
    assert_int_equal(row, find(rows, "a", 4, 1));
    assert_int_equal(su_rows_count(rows), 4);
    assert_string_equal(su_rows_cells(rows, row)[0].text, "a");
    assert_int_equal(su_rows_cells(rows, row)[2].type, SU_CELL_COUNT);
    assert_int_equal(su_rows_cells(rows, row)[3].type, SU_CELL_NONE);
    su_rows_free(rows);
}

static void many_rows(void **state)
{
    struct su_rows *rows = new_rows();

    (void)state;
    for (unsigned round = 0; round < 2; round++)
        for (unsigned host = 0; host < 256; host++)
            assert_int_equal(find(rows, "a", 4, host), host);
    su_rows_free(rows);
}

static void only_rows_that_count_are_shown(void **state)
{
    struct su_rows *rows = new_rows();
    uint32_t row = find(rows, "a", 4, 1);

    (void)state;
    assert_false(su_rows_is_shown(rows, row));
    su_rows_hold(rows, row);
    su_rows_hold(rows, row);
    su_rows_drop(rows, row);
    assert_true(su_rows_is_shown(rows, row));
    su_rows_drop(rows, row);
    assert_false(su_rows_is_shown(rows, row));
    su_rows_free(rows);
}

static void sorted_by_group_then_count_then_key(void **state)
{
    struct su_rows *rows = new_rows();
    uint32_t wanted[6];
    uint32_t count;
    uint32_t *sorted;

    (void)state;
    wanted[5] = put(rows, "a", 6, 9, 2);
    wanted[2] = put(rows, "b", 4, 9, 3);
    wanted[4] = put(rows, "a", 6, 1, 2);
    wanted[3] = put(rows, "a", 4, 200, 2);
    wanted[0] = put(rows, "b", 4, 5, 10);
    wanted[1] = put(rows, "b", 4, 8, 3);
    find(rows, "b", 4, 77); /* counts nothing */
    sorted = su_rows_sorted(rows, &count);
    assert_int_equal(count, 6);
    assert_memory_equal(sorted, wanted, sizeof(wanted));
    g_free(sorted);
    su_rows_free(rows);
}

static void totals_by_group(void **state)
{
    struct su_rows *rows = new_rows();
    struct su_cell totals[5];
    uint32_t row;

    (void)state;
    put(rows, "b", 4, 1, 100);
    row = put(rows, "a", 4, 1, 3);
    su_rows_set(rows, row, 3, SU_CELL_OF_SPAN(5));
    su_rows_set(rows, row, 4, SU_CELL_OF_SPAN(5));
    row = put(rows, "a", 4, 2, 4);
    su_rows_set(rows, row, 3, SU_CELL_OF_SPAN(7));
    su_rows_set(rows, row, 4, SU_CELL_OF_SPAN(7));
    su_rows_add(rows, find(rows, "a", 4, 3), 2, 1000); /* not shown */
    su_rows_totals(rows, "a", totals);
    assert_int_equal(totals[0].type, SU_CELL_NONE);
    assert_int_equal(totals[2].count, 7);
    assert_int_equal(totals[3].ns, 5);
    assert_int_equal(totals[4].ns, 7);
    su_rows_totals(rows, NULL, totals);
    assert_int_equal(totals[2].count, 107);
    su_rows_free(rows);
}

static void changes_are_told_and_nothing_else(void **state)
{
    struct su_rows *rows = new_rows();
    uint32_t row = put(rows, "a", 4, 1, 1);

    (void)state;
    changes = 0;
    su_rows_add(rows, row, 2, 0);
    su_rows_set(rows, row, 3, SU_CELL_OF_NONE());
    su_rows_hold(rows, row);
    assert_int_equal(changes, 0);
    su_rows_add(rows, row, 2, -1);
    su_rows_set(rows, row, 3, SU_CELL_OF_SPAN(0));
    su_rows_set(rows, row, 3, SU_CELL_OF_SPAN(0));
    assert_int_equal(changes, 2);
    assert_int_equal(su_rows_cells(rows, row)[2].count, 0);
    su_rows_free(rows);
}

static void values_have_an_order(void **state)
{
    const struct su_cell ascending[] = {
        SU_CELL_OF_NONE(),
        SU_CELL_OF_COUNT(1),
        SU_CELL_OF_COUNT(UINT64_MAX),
        SU_CELL_OF_SPAN(-1),
        SU_CELL_OF_SPAN(1),
        SU_CELL_OF_STAMP(0),
        SU_CELL_OF_TEXT(""),
        SU_CELL_OF_TEXT("B"),
        SU_CELL_OF_TEXT("a"),
        SU_CELL_OF_TEXT("\xc3\xa4"),
        su_cell_of_address(host_address(4, 9), 4),
        su_cell_of_address(host_address(4, 10), 4),
        su_cell_of_address(host_address(6, 1), 6),
        SU_CELL_OF_TRUTH(false),
        SU_CELL_OF_TRUTH(true),
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(ascending); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(ascending); j++) {
            int order = su_cell_compare(&ascending[i], &ascending[j]);

            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_finds_its_row_again),
        cmocka_unit_test(many_rows),
        cmocka_unit_test(only_rows_that_count_are_shown),
        cmocka_unit_test(sorted_by_group_then_count_then_key),
        cmocka_unit_test(totals_by_group),
        cmocka_unit_test(changes_are_told_and_nothing_else),
        cmocka_unit_test(values_have_an_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
