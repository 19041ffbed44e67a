/* text_grid.h: cells in columns that line up. Widths follow what is in them, so all rows are taken
 * in before the first is written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_RENDER_TEXT_GRID_H
#define SU_RENDER_TEXT_GRID_H

#include "text_rows.h"

struct su_grid {
    const struct su_report *report;
    struct su_text_rows rows; /* and the columns that may be shown */
    unsigned rank;            /* up to this rank they are */
    unsigned heading_lines;
    bool has_short;  /* addresses are cut in the middle */
    bool has_totals; /* of any column */
    struct su_cell totals[SU_COLUMNS_MAX];
};

/** Columns from `first` on that have a rank. */
void su_grid_init(struct su_grid *grid, const struct su_report *report, size_t first);
void su_grid_clear(struct su_grid *grid);

/** Take in a row. */
void su_grid_add(struct su_grid *grid, const struct su_cell *cells);

/** Choose the columns that fit into `limit`, 0: all. Those of rank 1 are always shown; where even
 *  they do not fit, addresses of IPv6 are cut in the middle. */
void su_grid_fit(struct su_grid *grid, unsigned limit);
/** Show columns up to this rank only, if the limit allowed more. */
void su_grid_limit_rank(struct su_grid *grid, unsigned rank);
unsigned su_grid_width(const struct su_grid *grid);

/** One line each, without its end and without blanks at its end. */
void su_grid_put_heading(const struct su_grid *grid, unsigned line, GString *out);
void su_grid_put_row(struct su_grid *grid, unsigned row, GString *out);

bool su_grid_has_totals(const struct su_grid *grid);
void su_grid_put_totals(const struct su_grid *grid, GString *out);

#endif
