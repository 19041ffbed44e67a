/* rows.c: rows by key. A row that no longer counts anything keeps its number but is not shown; it
 * would not be there either if the report had been made from the final state at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rows.h"

#include <string.h>

#include <glib.h>

enum { KEYS_MAX = 4 };

struct key {
    size_t count;
    struct su_cell cells[KEYS_MAX];
};

struct su_rows {
    const struct su_report *report;
    const struct su_context *context;
    struct su_rows_watcher watcher;
    GArray *cells;       /* struct su_cell, report->column_count for each row */
    GArray *held;        /* uint32_t: connections counted in each row */
    GArray *states;      /* report->state_octets for each row; NULL: none */
    GHashTable *numbers; /* struct key, owned -> number */
    GStringChunk *texts; /* of keys */
};

static const struct su_context no_context = {.filters = &su_named_filters_default};

/* ---- keys -------------------------------------------------------------------------------- */

static guint hash_octets(guint hash, const void *data, size_t octets)
{
    const uint8_t *octet = data;

    for (size_t i = 0; i < octets; i++)
        hash = (hash ^ octet[i]) * 16777619u; /* FNV-1a */
    return hash;
}

static guint hash_cell(guint hash, const struct su_cell *cell)
{
    if (cell->type == SU_CELL_TEXT)
        return hash_octets(hash, cell->text, strlen(cell->text));
    if (cell->type == SU_CELL_ADDRESS)
        return hash_octets(hash, cell->address, sizeof(cell->address));
    if (cell->type == SU_CELL_COUNT)
        return hash_octets(hash, &cell->count, sizeof(cell->count));
    return hash;
}

static guint hash_key(gconstpointer data)
{
    const struct key *key = data;
    guint hash = 2166136261u;

    for (size_t i = 0; i < key->count; i++)
        hash = hash_cell(hash, &key->cells[i]);
    return hash;
}

static bool equal_cells(const struct su_cell *a, const struct su_cell *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (su_cell_compare(&a[i], &b[i]) != 0)
            return false;
    return true;
}

static gboolean equal_keys(gconstpointer a, gconstpointer b)
{
    const struct key *left = a;
    const struct key *right = b;

    return equal_cells(left->cells, right->cells, left->count);
}

/* ---- life -------------------------------------------------------------------------------- */

struct su_rows *su_rows_new(const struct su_report *report, const struct su_context *context,
                            struct su_rows_watcher watcher)
{
    struct su_rows *rows = g_new0(struct su_rows, 1);

    g_return_val_if_fail(report->key_count <= KEYS_MAX, rows);
    rows->report = report;
    rows->context = context && context->filters ? context : &no_context;
    rows->watcher = watcher;
    rows->cells = g_array_new(FALSE, TRUE, sizeof(struct su_cell));
    rows->held = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    if (report->state_octets > 0)
        rows->states = g_array_new(FALSE, TRUE, (guint)report->state_octets);
    rows->numbers = g_hash_table_new_full(hash_key, equal_keys, g_free, NULL);
    rows->texts = g_string_chunk_new(256);
    if (report->prepare)
        report->prepare(rows);
    return rows;
}

static void clear_states(struct su_rows *rows)
{
    for (guint i = 0; rows->states && rows->report->clear_state && i < rows->states->len; i++)
        rows->report->clear_state(su_rows_state(rows, i));
}

void su_rows_fold(struct su_rows *rows)
{
    for (guint i = 0; rows->states && rows->report->fold_state && i < rows->states->len; i++)
        rows->report->fold_state(su_rows_state(rows, i));
}

void su_rows_fold_mark(struct su_rows *rows, void *mark)
{
    if (rows->report->fold_mark)
        rows->report->fold_mark(rows, mark);
    memset(mark, 0, rows->report->mark_octets);
}

void su_rows_free(struct su_rows *rows)
{
    if (!rows)
        return;
    clear_states(rows);
    if (rows->states)
        g_array_free(rows->states, TRUE);
    g_hash_table_destroy(rows->numbers);
    g_array_free(rows->held, TRUE);
    g_array_free(rows->cells, TRUE);
    g_string_chunk_free(rows->texts);
    g_free(rows);
}

void su_rows_clear(struct su_rows *rows)
{
    clear_states(rows);
    if (rows->states)
        g_array_set_size(rows->states, 0);
    g_hash_table_remove_all(rows->numbers);
    g_array_set_size(rows->held, 0);
    g_array_set_size(rows->cells, 0);
    g_string_chunk_clear(rows->texts);
    if (rows->report->prepare)
        rows->report->prepare(rows);
}

const struct su_report *su_rows_report(const struct su_rows *rows)
{
    return rows->report;
}

const struct su_context *su_rows_context(const struct su_rows *rows)
{
    return rows->context;
}

/* ---- rows -------------------------------------------------------------------------------- */

static struct su_cell *cells_of(const struct su_rows *rows, uint32_t row)
{
    return &g_array_index(rows->cells, struct su_cell, row * rows->report->column_count);
}

static void changed(struct su_rows *rows, uint32_t row)
{
    if (rows->watcher.changed)
        rows->watcher.changed(rows->watcher.user, row);
}

static uint32_t add_row(struct su_rows *rows, const struct key *key)
{
    const struct su_report *report = rows->report;
    struct key *own = g_memdup2(key, sizeof(*key));
    uint32_t row = rows->held->len;

    for (size_t i = 0; i < own->count; i++)
        if (own->cells[i].type == SU_CELL_TEXT)
            own->cells[i].text = g_string_chunk_insert_const(rows->texts, own->cells[i].text);
    g_hash_table_insert(rows->numbers, own, GUINT_TO_POINTER(row));
    g_array_set_size(rows->held, row + 1);
    if (rows->states)
        g_array_set_size(rows->states, row + 1);
    g_array_append_vals(rows->cells, own->cells, (guint)own->count);
    for (size_t i = own->count; i < report->column_count; i++) {
        struct su_cell cell = {.type = SU_CELL_NONE};

        if (report->columns[i].type == SU_CELL_COUNT)
            cell = SU_CELL_OF_COUNT(0);
        g_array_append_val(rows->cells, cell);
    }
    return row;
}

uint32_t su_rows_find(struct su_rows *rows, const struct su_cell *key, uint32_t hint)
{
    struct key wanted = {.count = rows->report->key_count};
    gpointer number;

    if (hint < rows->held->len && equal_cells(cells_of(rows, hint), key, wanted.count))
        return hint;
    memcpy(wanted.cells, key, wanted.count * sizeof(*key));
    if (g_hash_table_lookup_extended(rows->numbers, &wanted, NULL, &number))
        return GPOINTER_TO_UINT(number);
    return add_row(rows, &wanted);
}

void su_rows_hold(struct su_rows *rows, uint32_t row)
{
    if (g_array_index(rows->held, uint32_t, row)++ == 0)
        changed(rows, row);
}

void su_rows_drop(struct su_rows *rows, uint32_t row)
{
    if (--g_array_index(rows->held, uint32_t, row) == 0)
        changed(rows, row);
}

void su_rows_add(struct su_rows *rows, uint32_t row, unsigned column, int64_t step)
{
    if (step == 0)
        return;
    cells_of(rows, row)[column].count += (uint64_t)step;
    changed(rows, row);
}

void su_rows_set(struct su_rows *rows, uint32_t row, unsigned column, struct su_cell cell)
{
    struct su_cell *place = &cells_of(rows, row)[column];

    if (su_cell_compare(place, &cell) == 0)
        return;
    *place = cell;
    changed(rows, row);
}

void *su_rows_state(struct su_rows *rows, uint32_t row)
{
    return rows->states->data + row * rows->report->state_octets;
}

/* ---- for those who show them ------------------------------------------------------------- */

uint32_t su_rows_count(const struct su_rows *rows)
{
    return rows->held->len;
}

bool su_rows_is_shown(const struct su_rows *rows, uint32_t row)
{
    return g_array_index(rows->held, uint32_t, row) > 0;
}

const struct su_cell *su_rows_cells(const struct su_rows *rows, uint32_t row)
{
    return cells_of(rows, row);
}

static int group_of(const struct su_report *report, const struct su_cell *cells)
{
    int group = 0;

    while (report->groups && report->groups[group] &&
           strcmp(report->groups[group], cells[0].text) != 0)
        group++;
    return group;
}

static int compare_rows(const void *a, const void *b, void *user)
{
    const struct su_rows *rows = user;
    const struct su_report *report = rows->report;
    uint32_t row_a = *(const uint32_t *)a;
    uint32_t row_b = *(const uint32_t *)b;
    const struct su_cell *left = cells_of(rows, row_a);
    const struct su_cell *right = cells_of(rows, row_b);
    int order = report->groups ? group_of(report, left) - group_of(report, right) : 0;

    for (size_t i = 0; i < report->sort_count && order == 0; i++) {
        const struct su_sort *sort = &report->sort[i];

        order = su_cell_compare(&left[sort->column], &right[sort->column]);
        order = sort->descending ? -order : order;
    }
    for (size_t i = 0; i < report->key_count && order == 0 && report->sort; i++)
        order = su_cell_compare(&left[i], &right[i]);
    return order ? order : (row_a > row_b) - (row_a < row_b);
}

void su_rows_sort(const struct su_rows *rows, GArray *numbers)
{
    g_array_sort_with_data(numbers, compare_rows, (void *)rows);
}

uint32_t *su_rows_sorted(const struct su_rows *rows, uint32_t *count)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t row = 0; row < rows->held->len; row++)
        if (su_rows_is_shown(rows, row))
            g_array_append_val(numbers, row);
    su_rows_sort(rows, numbers);
    *count = numbers->len;
    return (uint32_t *)(void *)g_array_free(numbers, FALSE);
}

void su_rows_totals(const struct su_rows *rows, const char *group, struct su_cell *cells)
{
    memset(cells, 0, rows->report->column_count * sizeof(*cells));
    for (uint32_t row = 0; row < rows->held->len; row++) {
        const struct su_cell *from = cells_of(rows, row);

        if (su_rows_is_shown(rows, row) && (!group || strcmp(from[0].text, group) == 0))
            su_totals_add(rows->report, cells, from);
    }
}
