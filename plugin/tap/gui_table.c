/* gui_table.c: a report's columns and rows as one of Wireshark's statistics tables.
 *
 * Items of one column must all be of one type, as Wireshark compares them by it; whole numbers have
 * 32 bits; and before 4.6 all others are shown with six decimals. So times, octets, and numbers
 * that may be unknown are texts of one width: those sort as numbers do, and one of them may be
 * empty.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_table.h"

#include "render/text_value.h"

enum { NUMBER_WIDTH = 20 }; /* holds any 64 bit number */

/* ---- columns ------------------------------------------------------------------------------ */

static bool is_number(const struct su_column *column)
{
    return column->type == SU_CELL_COUNT || column->type == SU_CELL_SPAN;
}

static bool is_always_known(const struct su_report *report, const struct su_column *column)
{
    return su_report_is_summing(report) ||
           (column->value.kind != SU_VALUE_FRAME && column->value.kind != SU_VALUE_NONE &&
            column->value.only == 0);
}

static stat_tap_table_item_enum type_of(const struct su_report *report,
                                        const struct su_column *column)
{
    bool fits = column->type == SU_CELL_COUNT && column->value.kind != SU_VALUE_U64;

    return fits && is_always_known(report, column) ? TABLE_ITEM_UINT : TABLE_ITEM_STRING;
}

/* A heading that may be broken at a hyphen is not broken here. */
static char *name_of(const struct su_column *column)
{
    char **parts = g_strsplit(column->heading, "- ", -1);
    char *heading = g_strjoinv("", parts);
    char *name =
        column->unit ? g_strdup_printf("%s (%s)", heading, column->unit) : g_strdup(heading);

    g_strfreev(parts);
    g_free(heading);
    return name;
}

void su_gui_table_init(struct su_gui_table *table, const struct su_report *report)
{
    table->report = report;
    table->retired = g_ptr_array_new();
    for (size_t i = 0; i < report->column_count; i++) {
        const struct su_column *column = &report->columns[i];
        stat_tap_table_item_enum type = type_of(report, column);

        if (column->rank == 0)
            continue;
        table->fields[table->field_count] = (stat_tap_table_item){
            .type = type,
            .align = is_number(column) ? TAP_ALIGN_RIGHT : TAP_ALIGN_LEFT,
            .column_name = name_of(column),
            .field_format = type == TABLE_ITEM_UINT ? "%u" : "%s",
        };
        table->columns[table->field_count++] = (uint8_t)i;
    }
}

/* ---- items -------------------------------------------------------------------------------- */

void su_gui_table_free_item(stat_tap_table_item_type *item)
{
    if (item->type == TABLE_ITEM_STRING)
        g_free((char *)item->value.string_value);
    item->type = TABLE_ITEM_NONE;
}

static char *make_text(const struct su_column *column, const struct su_cell *cell)
{
    GString *text = g_string_new(NULL);
    char *padded;

    if (cell->type != SU_CELL_NONE)
        su_text_put_cell(text, column, cell);
    if (!is_number(column) || text->len == 0)
        return g_string_free(text, FALSE);
    padded = g_strdup_printf("%*s", NUMBER_WIDTH, text->str);
    g_string_free(text, TRUE);
    return padded;
}

static void set_item(stat_tap_table_item_type *item, stat_tap_table_item_enum type,
                     const struct su_column *column, const struct su_cell *cell)
{
    uint64_t count = cell->type == SU_CELL_COUNT ? cell->count : 0;

    su_gui_table_free_item(item);
    item->type = type;
    if (type == TABLE_ITEM_UINT)
        item->value.uint_value = (unsigned)MIN(count, UINT_MAX);
    else
        item->value.string_value = make_text(column, cell);
}

/* ---- rows --------------------------------------------------------------------------------- */

bool su_gui_table_open(struct su_gui_table *table, stat_tap_table_ui *ui)
{
    if (su_gui_table_is_open(table, ui))
        return false;
    table->table = stat_tap_init_table(ui->title, (int)table->field_count, 0, NULL);
    stat_tap_add_table(ui, table->table);
    return true;
}

bool su_gui_table_is_open(const struct su_gui_table *table, const stat_tap_table_ui *ui)
{
    return table->table && ui->tables && ui->tables->len > 0 &&
           g_array_index(ui->tables, stat_tap_table *, 0) == table->table;
}

void su_gui_table_put(struct su_gui_table *table, unsigned row, const struct su_cell *cells)
{
    static const stat_tap_table_item_type empty[SU_COLUMNS_MAX];
    stat_tap_table_item_type *items;

    while (row >= table->table->num_elements)
        stat_tap_init_table_row(table->table, table->table->num_elements, table->field_count,
                                empty);
    items = stat_tap_get_field_data(table->table, row, 0);
    for (unsigned i = 0; i < table->field_count; i++) {
        unsigned column = table->columns[i];

        if (cells)
            set_item(&items[i], table->fields[i].type, &table->report->columns[column],
                     &cells[column]);
        else
            su_gui_table_free_item(&items[i]);
    }
}

static void free_row(const struct su_gui_table *table, stat_tap_table_item_type *items)
{
    for (unsigned i = 0; i < table->field_count; i++)
        su_gui_table_free_item(&items[i]);
    g_free(items);
}

static void free_retired(struct su_gui_table *table)
{
    for (guint i = 0; i < table->retired->len; i++)
        free_row(table, g_ptr_array_index(table->retired, i));
    g_ptr_array_set_size(table->retired, 0);
}

void su_gui_table_empty(struct su_gui_table *table, const stat_tap_table_ui *ui)
{
    stat_tap_table *theirs = table->table;

    for (unsigned i = 0; i < theirs->num_elements; i++)
        g_ptr_array_add(table->retired, theirs->elements[i]);
    g_free(theirs->elements);
    theirs->elements = NULL;
    theirs->num_elements = 0;
    if (ui->refcount <= 1)
        free_retired(table);
}

void su_gui_table_clear(struct su_gui_table *table)
{
    free_retired(table);
    g_ptr_array_free(table->retired, TRUE);
    for (unsigned i = 0; i < table->field_count; i++)
        g_free((char *)table->fields[i].column_name);
}
