/* text_grid.h: cells in columns that line up. Widths follow what is in them, so all rows are taken
 * in before the first is written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_RENDER_TEXT_GRID_H
#define SU_RENDER_TEXT_GRID_H

#include <glib.h>

#include "schema/report.h"

/** The address last seen in a column, and its text: often the next row has it too. */
struct su_grid_address {
    struct su_cell cell;
    uint8_t octets; /* of text; 0: none seen yet */
    char text[46];
};

/** A column of a grid. */
struct su_grid_column {
    const struct su_column *column;
    const char *heading; /* may differ from the column's own */
    uint8_t index;       /* of the column in the report */
    unsigned content;    /* widest cell */
    unsigned least;      /* addresses: width of the widest that is never cut */
    unsigned width;
    bool right; /* aligned to the right */
    struct su_grid_address last;
};

struct su_grid {
    const struct su_report *report;
    struct su_grid_column columns[SU_COLUMNS_MAX];
    unsigned column_count; /* those that may be shown */
    unsigned rank;         /* up to this rank they are shown */
    unsigned gap;          /* blanks between columns */
    unsigned rows;
    unsigned heading_lines;
    unsigned line; /* width of all that is shown */
    bool has_short;  /* addresses are cut in the middle */
    bool has_totals; /* of any column */
    GString *text;   /* of all cells */
    GArray *starts;  /* where in `text` each row begins */
    GArray *fields;  /* octets and width of each cell */
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
void su_grid_put_row(const struct su_grid *grid, unsigned row, GString *out);

bool su_grid_has_totals(const struct su_grid *grid);
void su_grid_put_totals(const struct su_grid *grid, GString *out);

#endif
