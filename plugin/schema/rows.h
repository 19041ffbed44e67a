/* rows.h: the rows of a summing report: keyed, growing, right at every moment.
 * Rows are numbered in order of appearance and keep their numbers; which of them are shown, and in
 * which order, su_rows_sorted() tells.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_ROWS_H
#define SU_SCHEMA_ROWS_H

#include <glib.h>

#include "report.h"

/** Who wants to follow every change; NULL is allowed. A row may change often during one touch, and
 *  may be on its way in or out (su_rows_is_shown): note its number, look at it later. */
struct su_rows_watcher {
    void (*changed)(void *user, uint32_t row);
    void *user;
};

struct su_rows;

/** `context` may be NULL, and must outlive the rows otherwise. */
struct su_rows *su_rows_new(const struct su_report *report, const struct su_context *context,
                            struct su_rows_watcher watcher);
void su_rows_free(struct su_rows *rows);

const struct su_report *su_rows_report(const struct su_rows *rows);
const struct su_context *su_rows_context(const struct su_rows *rows); /* never NULL */

/** Back to the beginning: no rows but those that are there from the start. Marks must be zeroed. */
void su_rows_clear(struct su_rows *rows);

/** No connection counted so far will change any more; marks are forgotten, counts remain. */
void su_rows_fold(struct su_rows *rows);

/** The connection of this mark will not change any more; the mark is all zero then, the counts
 *  remain. */
void su_rows_fold_mark(struct su_rows *rows, void *mark);

/* ---- for those who show them ------------------------------------------------------------- */

/** Rows so far; numbers go from 0. */
uint32_t su_rows_count(const struct su_rows *rows);

/** Does it count anything, or is it there from the start? Others are not shown. */
bool su_rows_is_shown(const struct su_rows *rows, uint32_t row);

/** Cells of a row, one for each column. Valid until rows are added. */
const struct su_cell *su_rows_cells(const struct su_rows *rows, uint32_t row);

/** Numbers of the rows that are shown, in the report's order. Free it with g_free(). */
uint32_t *su_rows_sorted(const struct su_rows *rows, uint32_t *count);

/** Bring some rows into the report's order: numbers, each a uint32_t. */
void su_rows_sort(const struct su_rows *rows, GArray *numbers);

/** The totals of all rows that are shown, or of one group of them (its text; NULL: all). */
void su_rows_totals(const struct su_rows *rows, const char *group, struct su_cell *cells);

/* ---- for the reports themselves ---------------------------------------------------------- */

/** The row with this key; it is added if there is none, with all other columns of type COUNT 0 and
 *  the rest unknown. Texts in the key are copied. `hint`: its number if it is the row that it was
 *  last time; any number will do. */
uint32_t su_rows_find(struct su_rows *rows, const struct su_cell *key, uint32_t hint);

/** One more, or one less, connection is counted in the row. */
void su_rows_hold(struct su_rows *rows, uint32_t row);
void su_rows_drop(struct su_rows *rows, uint32_t row);

/** Add to a COUNT; `step` may be negative. */
void su_rows_add(struct su_rows *rows, uint32_t row, unsigned column, int64_t step);
void su_rows_set(struct su_rows *rows, uint32_t row, unsigned column, struct su_cell cell);

/** What the report keeps for a row: report->state_octets, all zero at first. */
void *su_rows_state(struct su_rows *rows, uint32_t row);

#endif
