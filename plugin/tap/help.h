/* help.h: -z sockusage,help: what there is, and how to ask for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_HELP_H
#define SU_TAP_HELP_H

void su_help_register(void);

#endif
