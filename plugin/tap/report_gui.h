/* report_gui.h: reports as windows of Wireshark, and as tables of sharkd.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_REPORT_GUI_H
#define SU_TAP_REPORT_GUI_H

#include <stdbool.h>

#include "schema/report.h"

void su_report_gui_register(void);

/** Has it a window? */
bool su_report_gui_has(const struct su_report *report);

#endif
