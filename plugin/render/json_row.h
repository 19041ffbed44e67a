/* json_row.h: one row as a JSON object on one line, for the formats json and ndjson.
 * Strings are written by Wireshark's json_dumper; what stands between the values is the same for
 * every row and is made once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_RENDER_JSON_ROW_H
#define SU_RENDER_JSON_ROW_H

#include <glib.h>

#include "schema/report.h"

/** How the rows of a report become objects. */
struct su_json_layout {
    const struct su_report *report;
    char *before[SU_COLUMNS_MAX]; /* what comes before the value of a column; NULL: not shown */
    size_t octets[SU_COLUMNS_MAX];
    char *after; /* what ends the row */
};

/** Columns from `first` on. `member`: NULL, or a member that every object begins with, and its
 *  value. */
void su_json_layout_init(struct su_json_layout *layout, const struct su_report *report,
                         size_t first, const char *member, const char *value);
void su_json_layout_clear(struct su_json_layout *layout);

void su_json_put_row(GString *out, const struct su_json_layout *layout,
                     const struct su_cell *cells);
void su_json_put_cell(GString *out, const struct su_cell *cell);
void su_json_put_string(GString *out, const char *text);

#endif
