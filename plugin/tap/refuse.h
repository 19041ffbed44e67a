/* refuse.h: how a -z argument that makes no sense is turned down.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_REFUSE_H
#define SU_TAP_REFUSE_H

#include <glib.h>
#include <stdbool.h>

/** Is this Wireshark, as opposed to tshark? */
bool su_is_gui(void);

/** Say why. tshark ends with an error here, before it reads a packet; Wireshark shows a dialog
 *  and goes on, so callers must be ready to return. */
void su_refuse(const char *format, ...) G_GNUC_PRINTF(1, 2);

/** The same for -z <argument>, which names no report, none to be exported, or no format. */
void su_refuse_unknown(const char *argument);
void su_refuse_export(const char *argument);
void su_refuse_format(const char *argument);

/** Is a preference wrong that reports depend on? Then the argument is refused. */
bool su_refuse_preferences(const char *argument);

/** Have su_refuse_unknown() answer every -z sockusage... that no report answers; otherwise that
 *  would be Wireshark's list of all statistics. */
void su_refuse_register(void);

#endif
