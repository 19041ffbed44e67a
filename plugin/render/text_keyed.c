/* text_keyed.c: few rows with many columns, turned round: each row becomes a column, named by its
 * first cell, and each column a line. So the twelve states of seven kinds of sockets fit a
 * terminal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text_layout.h"

#include <string.h>

#include "text_value.h"

static void begin(struct su_text *text)
{
    text->cells = g_ptr_array_new_with_free_func(g_free);
}

static void add_row(struct su_text *text, const struct su_cell *cells)
{
    const struct su_report *report = text->writer.report;

    for (size_t i = 0; i < report->column_count; i++) {
        GString *cell = g_string_new(NULL);

        su_text_put_cell(cell, &report->columns[i], &cells[i]);
        g_ptr_array_add(text->cells, g_string_free(cell, FALSE));
    }
}

static const char *cell_at(const struct su_text *text, size_t row, size_t column)
{
    return g_ptr_array_index(text->cells, row * text->writer.report->column_count + column);
}

static unsigned width_of(const char *string)
{
    return su_text_width(string, strlen(string));
}

static unsigned row_width(const struct su_text *text, size_t row)
{
    const struct su_report *report = text->writer.report;
    unsigned width = report->columns[1].width;

    for (size_t i = 0; i < report->column_count; i++)
        width = MAX(width, width_of(cell_at(text, row, i)));
    return width;
}

static unsigned heading_width(const struct su_report *report)
{
    unsigned width = 0;

    for (size_t i = 0; i < report->column_count; i++)
        width = MAX(width, width_of(report->columns[i].heading));
    return width;
}

static void put_line(const struct su_text *text, size_t column, size_t rows)
{
    enum { GAP = 2 };
    const struct su_report *report = text->writer.report;
    const char *heading = report->columns[column].heading;
    GString *out = text->writer.out->text;

    su_text_put_padded(out, heading, strlen(heading), heading_width(report), false);
    for (size_t row = 0; row < rows; row++) {
        const char *cell = cell_at(text, row, column);

        su_text_put_padded(out, cell, strlen(cell), GAP + row_width(text, row), true);
    }
    g_string_append_c(out, '\n');
}

static unsigned line_width(const struct su_text *text, size_t rows)
{
    unsigned width = heading_width(text->writer.report);

    for (size_t row = 0; row < rows; row++)
        width += 2 + row_width(text, row);
    return width;
}

static void end(struct su_text *text)
{
    const struct su_report *report = text->writer.report;
    size_t rows = text->cells->len / report->column_count;
    GString *out = text->writer.out->text;

    su_text_put_title(text);
    su_text_put_rule(out, '-', line_width(text, rows));
    put_line(text, 0, rows);
    su_text_put_rule(out, '-', line_width(text, rows));
    for (size_t i = 1; i < report->column_count; i++)
        if (report->columns[i].rank)
            put_line(text, i, rows);
    g_ptr_array_free(text->cells, TRUE);
}

const struct su_text_layout su_text_keyed = {begin, add_row, end};
