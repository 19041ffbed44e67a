/* text_groups.c: the groups of a report as tables side by side, in the look of socket_usage, if
 * there is room, else one below the other with more columns. Both lists are always whole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text_layout.h"

#include <string.h>

#include "text_value.h"
#include "value.h"

enum { USUAL_WIDTH = 80, GAP = 4 };

static void begin(struct su_text *text)
{
    const struct su_report *report = text->writer.report;

    text->grid_count = 0;
    while (text->grid_count < SU_TEXT_GROUPS_MAX && report->groups[text->grid_count]) {
        struct su_grid *grid = &text->grids[text->grid_count];
        char *heading = g_strdup(report->groups[text->grid_count]);

        su_grid_init(grid, report, 1);
        heading[0] = g_ascii_toupper(heading[0]);
        grid->rows.columns[0].heading = heading;
        grid->rows.columns[0].right = true; /* as in socket_usage */
        text->grid_count++;
    }
}

static void add_row(struct su_text *text, const struct su_cell *cells)
{
    const char *const *groups = text->writer.report->groups;

    for (unsigned i = 0; i < text->grid_count; i++)
        if (strcmp(groups[i], cells[0].text) == 0)
            su_grid_add(&text->grids[i], cells);
}

/** The kinds of lines of a table. */
enum line { HEADING, ROW, TOTALS };

static void put_line(struct su_grid *grid, enum line line, unsigned number, GString *out)
{
    switch (line) {
    case HEADING:
        su_grid_put_heading(grid, number, out);
        break;
    case ROW:
        if (number < grid->rows.count)
            su_grid_put_row(grid, number, out);
        break;
    case TOTALS:
        su_grid_put_totals(grid, out);
        break;
    }
}

/** One line of tables first .. first + count - 1. */
static void put_lines(struct su_text *text, unsigned first, unsigned count, enum line line,
                      unsigned number)
{
    GString *out = text->writer.out->text;
    GString *part = g_string_new(NULL);

    for (unsigned i = first; i < first + count; i++) {
        struct su_grid *grid = &text->grids[i];

        g_string_truncate(part, 0);
        put_line(grid, line, number, part);
        su_text_put_padded(out, part->str, part->len,
                           su_grid_width(grid) + (i + 1 < first + count ? GAP : 0), false);
    }
    su_text_trim(out);
    g_string_append_c(out, '\n');
    g_string_free(part, TRUE);
    su_out_commit(text->writer.out);
}

/** Tables first .. first + count - 1, side by side. They have the same columns. */
static void put_tables(struct su_text *text, unsigned first, unsigned count)
{
    GString *out = text->writer.out->text;
    unsigned width = (count - 1) * GAP;
    unsigned rows = 0;

    for (unsigned i = first; i < first + count; i++) {
        width += su_grid_width(&text->grids[i]);
        rows = MAX(rows, text->grids[i].rows.count);
    }
    su_text_put_rule(out, '-', width);
    for (unsigned line = 0; line < text->grids[first].heading_lines; line++)
        put_lines(text, first, count, HEADING, line);
    su_text_put_rule(out, '-', width);
    for (unsigned row = 0; row < rows; row++)
        put_lines(text, first, count, ROW, row);
    su_text_put_rule(out, '-', width);
    put_lines(text, first, count, TOTALS, 0);
}

/** Choose the columns of tables that may have `limit` each: the same for all. False: there is no
 *  room even for the first ones. */
static bool fit(struct su_text *text, unsigned limit)
{
    unsigned rank = UINT8_MAX;
    bool fits = true;

    for (unsigned i = 0; i < text->grid_count; i++) {
        su_grid_fit(&text->grids[i], limit);
        rank = MIN(rank, text->grids[i].rank);
        fits = fits && (!limit || su_grid_width(&text->grids[i]) <= limit) &&
               !text->grids[i].has_short;
    }
    for (unsigned i = 0; i < text->grid_count; i++)
        su_grid_limit_rank(&text->grids[i], rank);
    return fits;
}

static bool fit_side_by_side(struct su_text *text, unsigned limit)
{
    unsigned gaps = (text->grid_count - 1) * GAP;

    return limit > gaps + text->grid_count && fit(text, (limit - gaps) / text->grid_count);
}

/** "Total no. of open sockets: 60", counted in the first group: each connection is in all. */
static void put_labelled_totals(struct su_text *text)
{
    const struct su_report *report = text->writer.report;
    GString *out = text->writer.out->text;

    g_string_append_c(out, '\n');
    for (size_t i = 0; i < report->column_count; i++) {
        const struct su_cell *total = &text->grids[0].totals[i];

        if (!report->columns[i].total_label)
            continue;
        g_string_append_printf(out, "%s: ", report->columns[i].total_label);
        su_value_put_count(out, total->type == SU_CELL_COUNT ? total->count : 0);
        g_string_append_c(out, '\n');
    }
}

static void end(struct su_text *text)
{
    unsigned width = text->writer.document->width;

    su_text_put_title(text);
    if (fit_side_by_side(text, width ? width : USUAL_WIDTH)) {
        put_tables(text, 0, text->grid_count);
    } else {
        fit(text, width);
        for (unsigned i = 0; i < text->grid_count; i++) {
            if (i > 0)
                g_string_append_c(text->writer.out->text, '\n');
            put_tables(text, i, 1);
        }
    }
    put_labelled_totals(text);
    for (unsigned i = 0; i < text->grid_count; i++) {
        g_free((char *)text->grids[i].rows.columns[0].heading);
        su_grid_clear(&text->grids[i]);
    }
}

const struct su_text_layout su_text_groups = {begin, add_row, end};
