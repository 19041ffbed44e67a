/* text_rows.h: rows of cells in columns that line up. How wide the columns have to be is known only
 * when all rows are there, so rows are taken in first, laid out for what has come so far.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_RENDER_TEXT_ROWS_H
#define SU_RENDER_TEXT_ROWS_H

#include <glib.h>

#include "schema/report.h"

/** The address last seen in a column, and its text: often the next row has it too. */
struct su_text_address {
    struct su_cell cell;
    uint8_t octets; /* of text; 0: none seen yet */
    char text[46];
};

/** A column of a table. */
struct su_text_column {
    const struct su_column *column;
    const char *heading; /* may differ from the column's own */
    uint8_t index;       /* of the column in the report */
    bool right;          /* aligned to the right */
    bool shown;
    uint16_t room;    /* that rows are laid out with from now on */
    unsigned content; /* widest cell */
    unsigned least;   /* addresses: width of the widest that is never cut */
    unsigned width;   /* as shown; only addresses may be wider */
    struct su_text_address last;
};

struct su_text_rows {
    struct su_text_column columns[SU_COLUMNS_MAX];
    unsigned column_count;
    unsigned count;    /* rows */
    unsigned gap;      /* blanks between columns as shown */
    GString *text;     /* the rows, one behind the other */
    GArray *layouts;   /* of rows: each later one has more room */
    unsigned layout;   /* of the row last put */
    char *line;        /* room for the row that is laid out, and for a number before it */
    GArray *odd;       /* cells that are not among the others, in order */
    GString *odd_text; /* of all of them */
    GString *scratch;
};

/** No columns yet; add them to `columns` before the first row. */
void su_text_rows_init(struct su_text_rows *rows);
void su_text_rows_clear(struct su_text_rows *rows);

/** Take in a row. */
void su_text_rows_add(struct su_text_rows *rows, const struct su_cell *cells);

/** Call this when width, `shown` or the gap has been chosen. */
void su_text_rows_settle(struct su_text_rows *rows);

/** A line, without its end and without blanks at its end. Quickest in the order of rows. */
void su_text_rows_put(struct su_text_rows *rows, unsigned row, GString *out);

#endif
