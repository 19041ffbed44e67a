/* text_list.c: a report as a table, with its totals below.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text_layout.h"
#include "text_value.h"

static void begin(struct su_text *text)
{
    su_grid_init(&text->grids[0], text->writer.report, 0);
}

static void add_row(struct su_text *text, const struct su_cell *cells)
{
    su_grid_add(&text->grids[0], cells);
}

static void put_lines(struct su_text *text, struct su_grid *grid)
{
    struct su_out *out = text->writer.out;

    for (unsigned line = 0; line < grid->heading_lines; line++) {
        su_grid_put_heading(grid, line, out->text);
        g_string_append_c(out->text, '\n');
    }
    su_text_put_rule(out->text, '-', su_grid_width(grid));
    for (unsigned row = 0; row < grid->rows.count; row++) {
        su_grid_put_row(grid, row, out->text);
        g_string_append_c(out->text, '\n');
        su_out_commit(out);
    }
}

static void end(struct su_text *text)
{
    struct su_grid *grid = &text->grids[0];
    GString *out = text->writer.out->text;

    su_grid_fit(grid, text->writer.document->width);
    su_text_put_title(text);
    su_text_put_rule(out, '-', su_grid_width(grid));
    put_lines(text, grid);
    if (su_grid_has_totals(grid)) {
        su_text_put_rule(out, '-', su_grid_width(grid));
        su_grid_put_totals(grid, out);
        g_string_append_c(out, '\n');
    }
    if (grid->has_short)
        g_string_append(out,
                        "Long addresses are cut in the middle. A wider terminal has them whole.\n");
    su_grid_clear(grid);
}

const struct su_text_layout su_text_list = {begin, add_row, end};
