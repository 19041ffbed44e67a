/* gui_table.h: a report's columns and rows as one of Wireshark's statistics tables.
 * There is one such table for each report, shared by all windows that show it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_GUI_TABLE_H
#define SU_TAP_GUI_TABLE_H

#include <epan/packet.h>

#include <epan/stat_tap_ui.h>

#include "schema/report.h"

struct su_gui_table {
    const struct su_report *report;
    stat_tap_table_item fields[SU_COLUMNS_MAX];
    uint8_t columns[SU_COLUMNS_MAX]; /* of the report, by field */
    unsigned field_count;
    stat_tap_table *table; /* Wireshark's; NULL: none yet. It may be gone, see below */
    GPtrArray *retired;    /* rows that were taken out, but may still be looked at */
};

/** Once, for the whole run of the program. */
void su_gui_table_init(struct su_gui_table *table, const struct su_report *report);
void su_gui_table_clear(struct su_gui_table *table);

/** Make Wireshark's table if there is none. Is it a new one? */
bool su_gui_table_open(struct su_gui_table *table, stat_tap_table_ui *ui);

/** Is Wireshark's table still there? It frees tables without telling. */
bool su_gui_table_is_open(const struct su_gui_table *table, const stat_tap_table_ui *ui);

/** Fill a row, which is added if there is none of that number. NULL: leave it empty. */
void su_gui_table_put(struct su_gui_table *table, unsigned row, const struct su_cell *cells);

/** Take all rows out. If more than one window is open, others may still show them. */
void su_gui_table_empty(struct su_gui_table *table, const stat_tap_table_ui *ui);

/** Free what an item holds. */
void su_gui_table_free_item(stat_tap_table_item_type *item);

#endif
