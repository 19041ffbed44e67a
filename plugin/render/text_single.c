/* text_single.c: a report of one row as one line for each value.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text_layout.h"

#include <string.h>

#include "text_value.h"

static void begin(struct su_text *text)
{
    su_text_put_title(text);
}

static unsigned widest_heading(const struct su_report *report)
{
    unsigned widest = 0;

    for (size_t i = 0; i < report->column_count; i++)
        if (report->columns[i].rank)
            widest = MAX(widest, su_text_width(report->columns[i].heading,
                                               strlen(report->columns[i].heading)));
    return widest;
}

static void put_row(struct su_text *text, const struct su_cell *cells)
{
    enum { VALUE_WIDTH = 10, COLON = 1 };
    const struct su_report *report = text->writer.report;
    unsigned width = widest_heading(report) + COLON;
    GString *out = text->writer.out->text;
    GString *value = g_string_new(NULL);

    su_text_put_rule(out, '-', width + VALUE_WIDTH);
    for (size_t i = 0; i < report->column_count; i++) {
        const struct su_column *column = &report->columns[i];

        if (column->rank == 0)
            continue;
        g_string_printf(value, "%s:", column->heading);
        su_text_put_padded(out, value->str, value->len, width, false);
        g_string_truncate(value, 0);
        su_text_put_cell(value, column, &cells[i]);
        su_text_put_padded(out, value->str, value->len, VALUE_WIDTH, true);
        g_string_append_c(out, '\n');
    }
    g_string_free(value, TRUE);
}

static void end(struct su_text *text)
{
    (void)text;
}

const struct su_text_layout su_text_single = {begin, put_row, end};
